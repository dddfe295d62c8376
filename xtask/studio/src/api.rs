//! The calls of the page: `POST /api/NAME`, JSON in and JSON out, one file each. Their types are the whole protocol.
//!
//! A relation is named by its `oid`, a column by its number; a value is the text that PostgreSQL shows and reads, or null. What fails is
//! `{ "error": { message, … } }` with a status that says so.

mod change;
mod console;
mod count;
mod defaults;
mod diagram;
mod export;
mod lookup;
mod migrations;
mod relation;
mod relations;
mod rows;
mod session;
mod value;

use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Response, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::body::Body;
use crate::error::{ApiError, Problem};
use crate::studio::Call;

/// What answers a call: given the body of the request, it gives the response.
pub(crate) type Handler = fn(&Call<'_>, &[u8]) -> Result<Response<Body>, ApiError>;

/// All calls.
const HANDLERS: &[(&str, Handler)] = &[
    ("session", |call, body| json(call, body, session::session)),
    ("relations", |call, body| {
        json(call, body, relations::relations)
    }),
    ("relation", |call, body| {
        json(call, body, relation::relation)
    }),
    ("rows", |call, body| json(call, body, rows::rows)),
    ("value", |call, body| json(call, body, value::value)),
    ("count", |call, body| json(call, body, count::count)),
    ("lookup", |call, body| json(call, body, lookup::lookup)),
    ("export", |call, body| export::export(call, read(body)?)),
    ("migrations", |call, body| {
        json(call, body, migrations::migrations)
    }),
    ("migrate", |call, body| {
        json(call, body, migrations::migrate)
    }),
    ("diagram", |call, body| json(call, body, diagram::diagram)),
    ("preview", |call, body| json(call, body, change::preview)),
    ("apply", |call, body| change::apply(call, read(body)?)),
    ("query", |call, body| json(call, body, console::query)),
    ("cancel", |call, body| json(call, body, console::cancel)),
    ("close", |call, body| json(call, body, console::close)),
    ("explain", |call, body| json(call, body, console::explain)),
    ("complete", |call, body| json(call, body, console::complete)),
    ("defaults", |call, body| {
        json(call, body, defaults::defaults)
    }),
];

/// What answers the call of this name.
pub(crate) fn handler(name: &str) -> Option<Handler> {
    let found = HANDLERS.iter().find(|(known, _)| *known == name);
    found.map(|(_, handler)| *handler)
}

fn json<Q: DeserializeOwned, A: Serialize>(
    call: &Call<'_>,
    body: &[u8],
    handle: impl FnOnce(&Call<'_>, Q) -> Result<A, ApiError>,
) -> Result<Response<Body>, ApiError> {
    respond(StatusCode::OK, &handle(call, read(body)?)?)
}

fn read<Q: DeserializeOwned>(body: &[u8]) -> Result<Q, ApiError> {
    serde_json::from_slice(body).map_err(|error| {
        let message = format!("the request cannot be read: {error}");
        ApiError::new(StatusCode::BAD_REQUEST, message)
    })
}

fn respond(status: StatusCode, answer: &impl Serialize) -> Result<Response<Body>, ApiError> {
    let bytes = serde_json::to_vec(answer)
        .map_err(|error| ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
    let mut response = Response::new(Body::whole(bytes));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}

/// What a call ends with that has no answer.
pub(crate) fn failure(error: &ApiError) -> Response<Body> {
    #[derive(Serialize)]
    struct Failure<'a> {
        error: &'a Problem,
    }
    let problem = Failure {
        error: &error.problem,
    };
    respond(error.status, &problem).unwrap_or_else(|error| {
        let mut response = Response::new(Body::whole(error.problem.message));
        *response.status_mut() = error.status;
        response
    })
}
