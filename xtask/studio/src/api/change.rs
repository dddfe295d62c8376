//! `preview { changes }` and `apply { changes }`: what was staged, as SQL and in the database.

use hyper::{Response, StatusCode};
use pg_database::browse::{self, BrowseError, Cell, Change, ChangeStatement, Row};
use serde::{Deserialize, Serialize};

use super::respond;
use crate::body::Body;
use crate::error::{ApiError, Problem};
use crate::studio::Call;

#[derive(Deserialize)]
pub(super) struct Request {
    changes: Vec<Change>,
}

#[derive(Serialize)]
pub(super) struct Statements {
    /// One a change.
    statements: Vec<ChangeStatement>,
}

pub(super) fn preview(call: &Call<'_>, request: Request) -> Result<Statements, ApiError> {
    let statements = call.read(|database| browse::preview(database, &request.changes))?;
    Ok(Statements { statements })
}

#[derive(Serialize)]
struct Applied {
    /// The rows as they are now, one a change; deleted ones as they were.
    applied: Vec<Row>,
}

/// Why nothing was changed.
#[derive(Serialize)]
struct Refused {
    error: Problem,
    /// Which change it was, counted from 0; none when all were made and could not be committed.
    change: Option<usize>,
    /// Where another session came first.
    #[serde(skip_serializing_if = "Option::is_none")]
    conflict: Option<Conflict>,
}

#[derive(Serialize)]
struct Conflict {
    /// The row as it is now; none if it is gone.
    now: Option<Vec<Cell>>,
}

pub(super) fn apply(call: &Call<'_>, request: Request) -> Result<Response<Body>, ApiError> {
    if call.studio.read_only {
        let message = "the studio was started with --read-only";
        return Err(ApiError::new(StatusCode::FORBIDDEN, message));
    }
    // One that died while it stood ready is replaced before: afterwards it could not be told whether the changes were made.
    call.read(|database| database.text("SELECT 1").map_err(BrowseError::Query))?;
    let (mut database, _) = call.studio.pool.lease(call.work)?;
    match browse::apply(&mut database, &request.changes) {
        Ok(applied) => respond(StatusCode::OK, &Applied { applied }),
        Err(refused) => {
            let error = ApiError::from(refused.error);
            let answer = Refused {
                error: *error.problem,
                change: refused.change,
                conflict: refused.conflict.map(|now| Conflict { now }),
            };
            respond(error.status, &answer)
        }
    }
}
