//! The console: `query { sql, cursor | all, inTransaction, cap, tab }`, `explain { sql, analyze, tab }`, `cancel { tab }`, `close { tabs }` and `complete {}`.

use hyper::StatusCode;
use pg_database::QueryError;
use pg_database::console::{self, Names, Script, StatementResult};
use serde::{Deserialize, Serialize};

use crate::error::{ApiError, Problem};
use crate::studio::Call;

/// How many rows of a result are shown at most.
const MOST: usize = 10_000;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Query {
    /// The whole text.
    sql: String,
    /// Only the statement at this character of it, counted from 0; otherwise all.
    #[serde(default)]
    cursor: Option<usize>,
    /// Whether all of them are one transaction.
    #[serde(default)]
    in_transaction: bool,
    /// How many rows of a result are shown.
    cap: usize,
    /// Whose session it is.
    tab: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Answer {
    /// Of the statements that succeeded.
    results: Vec<StatementResult>,
    /// Why the next one failed; its position is one in the whole text.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Problem>,
    /// Whether the tab has a transaction open now.
    in_transaction: bool,
}

pub(super) fn query(call: &Call<'_>, request: Query) -> Result<Answer, ApiError> {
    let studio = call.studio;
    let script = Script {
        sql: &request.sql,
        cursor: request.cursor,
        in_transaction: request.in_transaction,
        cap: request.cap.clamp(1, MOST),
        read_only: studio.read_only,
    };
    let done = studio
        .tabs
        .with(&request.tab, call, |session| console::run(session, &script))?;
    let outcome = done.result?;
    Ok(Answer {
        results: outcome.results,
        error: outcome.error.as_ref().map(Problem::from),
        in_transaction: done.in_transaction,
    })
}

#[derive(Deserialize)]
pub(super) struct Explain {
    /// One statement.
    sql: String,
    /// Whether it is run, and rolled back.
    #[serde(default)]
    analyze: bool,
    tab: String,
}

#[derive(Serialize)]
pub(super) struct Plan {
    /// Its lines.
    plan: Vec<String>,
    /// What it took, in milliseconds.
    ms: f64,
}

pub(super) fn explain(call: &Call<'_>, request: Explain) -> Result<Plan, ApiError> {
    let Explain { sql, analyze, tab } = request;
    let studio = call.studio;
    let explained = studio.tabs.with(&tab, call, |session| {
        console::explain(session, &sql, analyze, studio.read_only)
    })?;
    match explained.result {
        Ok((plan, elapsed)) => Ok(Plan {
            plan,
            ms: elapsed.as_secs_f64() * 1000.0,
        }),
        Err(QueryError::Server(error)) => Err(ApiError::of(
            StatusCode::UNPROCESSABLE_ENTITY,
            Problem::from(&*error),
        )),
        Err(error) => Err(error.into()),
    }
}

#[derive(Deserialize)]
pub(super) struct Cancel {
    tab: String,
}

#[derive(Serialize)]
pub(super) struct Cancelled {
    /// Whether there was something to cancel.
    cancelled: bool,
}

pub(super) fn cancel(call: &Call<'_>, request: Cancel) -> Result<Cancelled, ApiError> {
    let running = call.studio.tabs.running(&request.tab);
    if let Some(canceller) = &running {
        canceller.cancel()?;
    }
    Ok(Cancelled {
        cancelled: running.is_some(),
    })
}

#[derive(Deserialize)]
pub(super) struct Close {
    /// Those that are no more.
    tabs: Vec<String>,
}

#[derive(Serialize)]
pub(super) struct Closed {}

pub(super) fn close(call: &Call<'_>, request: Close) -> Result<Closed, ApiError> {
    for tab in &request.tabs {
        call.studio.tabs.close(tab)?;
    }
    Ok(Closed {})
}

#[derive(Deserialize)]
pub(super) struct Complete {}

pub(super) fn complete(call: &Call<'_>, _: Complete) -> Result<Names, ApiError> {
    call.read(|database| Ok(console::names(database)?))
}
