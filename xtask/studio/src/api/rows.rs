//! `rows { id, sort, filters, where?, limit, page }`: a page of a relation.

use hyper::StatusCode;
use pg_database::browse::{self, At, Cursor, Page, Query, Row};
use serde::{Deserialize, Serialize};

use crate::error::ApiError;
use crate::studio::Call;

/// How many rows a page holds at most.
const MOST: usize = 1000;

#[derive(Deserialize)]
pub(super) struct Request {
    /// `id`, `sort`, `filters` and `where`.
    #[serde(flatten)]
    query: Query,
    /// How many rows, from 1 to 1000.
    limit: usize,
    /// Which ones: `{"first": true}`, `{"last": true}`, `{"after": CURSOR}` or `{"before": CURSOR}`.
    page: Place,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum Place {
    First(#[expect(dead_code, reason = "it is always true")] bool),
    Last(#[expect(dead_code, reason = "it is always true")] bool),
    After(String),
    Before(String),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Answer {
    /// The numbers of the columns, in the order of the values.
    columns: Vec<i16>,
    rows: Vec<Row>,
    /// For what comes before this page.
    first: Option<String>,
    /// For what comes after it.
    last: Option<String>,
    has_previous: bool,
    has_next: bool,
    /// What the database took, in milliseconds.
    ms: f64,
    /// What was run, with `$1` … for the values.
    sql: String,
}

pub(super) fn rows(call: &Call<'_>, request: Request) -> Result<Answer, ApiError> {
    let at = match &request.page {
        Place::First(_) => At::First,
        Place::Last(_) => At::Last,
        Place::After(cursor) => At::After(read(cursor)?),
        Place::Before(cursor) => At::Before(read(cursor)?),
    };
    let limit = request.limit.clamp(1, MOST);
    let (page, ms) = call.timed(|database| browse::page(database, &request.query, &at, limit))?;
    let Page {
        columns,
        rows,
        first,
        last,
        has_previous,
        has_next,
        sql,
    } = page;
    Ok(Answer {
        columns,
        rows,
        first: first.as_ref().map(written).transpose()?,
        last: last.as_ref().map(written).transpose()?,
        has_previous,
        has_next,
        ms,
        sql,
    })
}

/// To the page it is a text that it gives back.
fn written(cursor: &Cursor) -> Result<String, ApiError> {
    serde_json::to_string(cursor)
        .map_err(|error| ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))
}

fn read(cursor: &str) -> Result<Cursor, ApiError> {
    serde_json::from_str(cursor)
        .map_err(|_| ApiError::new(StatusCode::BAD_REQUEST, "this is no cursor of a page"))
}
