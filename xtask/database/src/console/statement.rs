//! One statement, run as it is written, with as many of its rows as are wanted.

use std::time::Instant;

use pg_migration::is_query;
use tokio_postgres::SimpleQueryRow;

use super::transaction::is_open;
use super::{ResultColumn, StatementResult, first_word};
use crate::connect::Session;
use crate::error::{QueryError, ServerError};

/// The first words of statements that change rows.
const CHANGING: [&str; 5] = ["insert", "update", "delete", "merge", "copy"];

/// Before a query it makes a cursor of it.
const DECLARE: &str = "DECLARE \"db studio\" NO SCROLL CURSOR FOR ";

/// Whether the transaction has changed anything, be it that it locked a row.
const HAS_WRITTEN: &str = "SELECT pg_catalog.pg_current_xact_id_if_assigned() IS NOT NULL";

/// The rows that are kept.
struct Rows {
    cap: usize,
    kept: Vec<Vec<Option<String>>>,
    count: u64,
}

impl Rows {
    fn new(cap: usize) -> Self {
        let (kept, count) = (Vec::new(), 0);
        Self { cap, kept, count }
    }

    fn add(&mut self, row: &SimpleQueryRow) {
        self.count += 1;
        if self.kept.len() < self.cap {
            let values = (0..row.len()).map(|index| row.get(index).map(str::to_owned));
            self.kept.push(values.collect());
        }
    }

    fn are_capped(&self) -> bool {
        self.count > self.kept.len() as u64
    }
}

/// Runs a statement, once and to its end, and keeps `cap` of its rows. Only a query that has changed nothing by then is not asked for more.
pub(super) fn run(
    session: &mut Session,
    text: &str,
    cap: usize,
) -> Result<StatementResult, QueryError> {
    session.take_notices();
    let start = Instant::now();
    // One statement and no more, whatever the splitter takes for one; and its types, which the other protocol does not tell.
    let columns = session.columns(text)?;
    let mut rows = Rows::new(cap);
    let (total, affected) = if !columns.is_empty() && is_query(text) {
        (query(session, text, &mut rows)?, None)
    } else {
        let count = session.rows(text, |row| rows.add(row))?;
        (Some(rows.count), Some(count))
    };
    let ms = start.elapsed().as_secs_f64() * 1000.0;
    let notices = session.take_notices();
    let has_result = !columns.is_empty();
    let columns = columns
        .into_iter()
        .map(|(name, data_type)| ResultColumn { name, data_type });
    Ok(StatementResult {
        sql: text.to_owned(),
        from: 0,
        to: 0,
        columns: has_result.then(|| columns.collect()),
        capped: rows.are_capped(),
        total: total.filter(|_| has_result),
        rows: has_result.then_some(rows.kept),
        affected: affected.filter(|_| CHANGING.contains(&&*first_word(text))),
        ms,
        notices: notices
            .into_iter()
            .map(|notice| format!("{}: {}", notice.severity, notice.message))
            .collect(),
    })
}

/// The error of a statement that stood behind a prefix, as if it had stood alone.
pub(super) fn behind(prefix: &str, error: QueryError) -> QueryError {
    match error {
        QueryError::Server(error) => {
            let position = error.position.and_then(|it| it.checked_sub(prefix.len()));
            QueryError::Server(Box::new(ServerError { position, ..*error }))
        }
        error => error,
    }
}

/// Through a cursor, as psql's `FETCH_COUNT` has it: PostgreSQL makes no more rows than it is asked for. Gives the number of rows, if all were made.
fn query(session: &mut Session, text: &str, rows: &mut Rows) -> Result<Option<u64>, QueryError> {
    if is_open(session)? {
        return fetch(session, text, rows);
    }
    session.execute("BEGIN")?;
    let fetched = fetch(session, text, rows);
    let end = if fetched.is_ok() {
        "COMMIT"
    } else {
        "ROLLBACK"
    };
    let ended = session.execute(end);
    fetched.and_then(|total| ended.map(|()| total))
}

fn fetch(session: &mut Session, text: &str, rows: &mut Rows) -> Result<Option<u64>, QueryError> {
    let within = |error| behind(DECLARE, error);
    session
        .execute(&format!("{DECLARE}{text}"))
        .map_err(within)?;
    let more_than_kept = rows.cap.saturating_add(1);
    let fetch = format!("FETCH FORWARD {more_than_kept} FROM \"db studio\"");
    session.rows(&fetch, |row| rows.add(row)).map_err(within)?;
    let mut total = Some(rows.count);
    if rows.are_capped() {
        let has_written = session.text(HAS_WRITTEN)?.as_deref() == Some("t");
        total = if has_written {
            let moved = session.rows("MOVE FORWARD ALL FROM \"db studio\"", |_| ());
            Some(rows.count + moved.map_err(within)?)
        } else {
            None
        };
    }
    session.execute("CLOSE \"db studio\"")?;
    Ok(total)
}
