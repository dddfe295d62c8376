//! The plan of a statement.

use std::time::{Duration, Instant};

use super::statement::behind;
use super::transaction::is_open;
use crate::connect::Session;
use crate::error::QueryError;

/// The plan of a statement, line by line. With `analyze` it is run, and what it changes is rolled back. A transaction that is open goes on, even if this
/// fails.
///
/// # Errors
/// [`QueryError`]; a position is one in the statement.
pub fn explain(
    session: &mut Session,
    sql: &str,
    analyze: bool,
    read_only: bool,
) -> Result<(Vec<String>, Duration), QueryError> {
    let prefix = if analyze {
        "EXPLAIN (ANALYZE, BUFFERS) "
    } else {
        "EXPLAIN "
    };
    let (begin, end) = if is_open(session)? {
        let end = "ROLLBACK TO SAVEPOINT \"db studio\"; RELEASE SAVEPOINT \"db studio\"";
        ("SAVEPOINT \"db studio\"", end)
    } else if read_only {
        ("BEGIN READ ONLY", "ROLLBACK")
    } else {
        ("BEGIN", "ROLLBACK")
    };
    session.execute(begin)?;
    let explained = plan(session, &format!("{prefix}{sql}"));
    let ended = session.execute(end);
    let explained = explained.map_err(|error| behind(prefix, error))?;
    ended?;
    Ok(explained)
}

fn plan(session: &mut Session, explain: &str) -> Result<(Vec<String>, Duration), QueryError> {
    // One statement and no more.
    session.columns(explain)?;
    let start = Instant::now();
    let mut lines = Vec::new();
    session.rows(explain, |row| {
        lines.extend(row.get(0).map(str::to_owned));
    })?;
    Ok((lines, start.elapsed()))
}
