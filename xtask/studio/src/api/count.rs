//! `count { id, filters, where?, exact }`: how many rows there are, about or exactly.

use pg_database::browse::{self, Query};
use serde::{Deserialize, Serialize};

use crate::error::ApiError;
use crate::studio::Call;

#[derive(Deserialize)]
pub(super) struct Request {
    /// `id`, `filters` and `where`.
    #[serde(flatten)]
    query: Query,
    /// Whether they are to be counted, for five seconds at most. Otherwise it is what the server's statistics say.
    #[serde(default)]
    exact: bool,
}

#[derive(Serialize)]
pub(super) struct Count {
    /// None when the statistics do not say.
    rows: Option<u64>,
    exact: bool,
    /// What it took, in milliseconds.
    ms: f64,
}

pub(super) fn count(call: &Call<'_>, request: Request) -> Result<Count, ApiError> {
    let Request { query, exact } = request;
    let (rows, ms) = call.timed(|database| {
        if exact {
            browse::count(database, &query).map(Some)
        } else {
            browse::estimate(database, &query)
        }
    })?;
    Ok(Count { rows, exact, ms })
}
