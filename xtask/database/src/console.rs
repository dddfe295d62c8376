//! SQL as a person types it: run statement by statement, with what came of each.

mod explain;
mod names;
mod statement;
mod transaction;

use std::ops::Range;

use pg_migration::{SqlStatement, StatementKind, split};
use serde::Serialize;

use crate::connect::Session;
use crate::error::{QueryError, ServerError};

pub use explain::explain;
pub use names::{NamedRelation, Names, names};
pub use transaction::is_in_transaction;

/// What is to be run.
#[derive(Clone, Debug)]
pub struct Script<'a> {
    /// The whole text.
    pub sql: &'a str,
    /// Only the statement at this character, counted from 0.
    pub cursor: Option<usize>,
    /// All statements in one transaction, which ends with the last one, or with the first that fails.
    pub in_transaction: bool,
    /// How many rows of a result are kept.
    pub cap: usize,
    /// Whether nothing may be changed, whatever the statements say.
    pub read_only: bool,
}

/// What came of a script: of the statements before the one that failed, too.
#[derive(Debug, Default)]
pub struct Outcome {
    /// One a statement that succeeded.
    pub results: Vec<StatementResult>,
    /// Why the next one failed; the position is one in the whole text.
    pub error: Option<ServerError>,
}

/// What came of a statement.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StatementResult {
    /// Its text.
    pub sql: String,
    /// Where it begins in the whole text: in characters, from 0.
    pub from: usize,
    /// Where it ends.
    pub to: usize,
    /// The columns of its result, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub columns: Option<Vec<ResultColumn>>,
    /// The rows, as PostgreSQL shows them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<Vec<Vec<Option<String>>>>,
    /// How many rows it changed, if it is one that changes rows.
    pub affected: Option<u64>,
    /// What it took, in milliseconds.
    pub ms: f64,
    /// Whether there were more rows.
    pub capped: bool,
    /// How many there were in all; none if a query was stopped when it had as many as are kept.
    pub total: Option<u64>,
    /// What the server said beside it.
    pub notices: Vec<String>,
}

/// A column of a result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ResultColumn {
    /// Its name.
    pub name: String,
    /// Its type's name.
    #[serde(rename = "type")]
    pub data_type: String,
}

/// A transaction that has read cannot be made to write.
const READ_ONLY: &str = "BEGIN READ ONLY; SELECT 1";

/// The first words of statements that would get round a read-only transaction: they end it, or write where it does not look.
const UNBOUND: [&str; 10] = [
    "begin",
    "start",
    "commit",
    "end",
    "rollback",
    "abort",
    "savepoint",
    "release",
    "prepare",
    "copy",
];

/// Runs a script in the session as it is: settings, temporary tables and an open transaction stay for the next one.
///
/// # Errors
/// [`QueryError::ConnectionLost`]; what the server refuses is in the [`Outcome`].
pub fn run(session: &mut Session, script: &Script<'_>) -> Result<Outcome, QueryError> {
    let mut outcome = Outcome::default();
    let statements = match split(script.sql) {
        Ok(statements) => statements,
        Err(error) => {
            let position = script.sql[..error.offset].chars().count() + 1;
            outcome.error = Some(refusal("42601", error.problem.to_string(), Some(position)));
            return Ok(outcome);
        }
    };
    let statements = match script.cursor {
        None => statements,
        Some(cursor) => at(script.sql, &statements, cursor).into_iter().collect(),
    };
    if script.in_transaction {
        session.execute(if script.read_only { READ_ONLY } else { "BEGIN" })?;
    }
    for statement in &statements {
        let range = characters(script.sql, &statement.range);
        let text = statement.text(script.sql);
        match run_one(session, script, statement, text) {
            Ok(result) => outcome.results.push(StatementResult {
                from: range.start,
                to: range.end,
                ..result
            }),
            Err(QueryError::Server(error)) => {
                let position = error.position.map(|position| position + range.start);
                outcome.error = Some(ServerError { position, ..*error });
                break;
            }
            Err(QueryError::Driver(message)) => {
                outcome.error = Some(refusal("0A000", message, Some(range.start + 1)));
                break;
            }
            Err(error) => return Err(error),
        }
    }
    if script.in_transaction {
        // Before 16 PostgreSQL makes large objects in transactions that only read.
        let end = if outcome.error.is_none() && !script.read_only {
            "COMMIT"
        } else {
            "ROLLBACK"
        };
        match session.execute(end) {
            Err(QueryError::Server(error)) => outcome.error = Some(*error),
            done => done?,
        }
    }
    Ok(outcome)
}

fn run_one(
    session: &mut Session,
    script: &Script<'_>,
    statement: &SqlStatement,
    text: &str,
) -> Result<StatementResult, QueryError> {
    if !script.read_only {
        return statement::run(session, text, script.cap);
    }
    let word = first_word(text);
    let is_unbound = UNBOUND.contains(&word.as_str())
        || matches!(statement.kind, StatementKind::TransactionControl(_));
    if is_unbound {
        let message = format!("{} is not allowed with --read-only", word.to_uppercase());
        return Err(QueryError::Server(Box::new(refusal(
            "25006",
            message,
            Some(1),
        ))));
    }
    if script.in_transaction {
        return statement::run(session, text, script.cap);
    }
    session.execute(READ_ONLY)?;
    let result = statement::run(session, text, script.cap);
    let end = session.execute("ROLLBACK");
    result.and_then(|result| end.map(|()| result))
}

/// The last statement that begins before the cursor, or the first.
fn at(sql: &str, statements: &[SqlStatement], cursor: usize) -> Option<SqlStatement> {
    let begun = statements.iter().rev();
    let mut begun = begun.filter(|statement| characters(sql, &statement.range).start <= cursor);
    begun.next().or(statements.first()).cloned()
}

/// A range of bytes as one of characters.
fn characters(sql: &str, bytes: &Range<usize>) -> Range<usize> {
    let count = |end: usize| sql[..end].chars().count();
    count(bytes.start)..count(bytes.end)
}

fn first_word(text: &str) -> String {
    let word = text.split(|sign: char| !sign.is_ascii_alphabetic()).next();
    word.unwrap_or_default().to_ascii_lowercase()
}

fn refusal(sqlstate: &str, message: String, position: Option<usize>) -> ServerError {
    ServerError {
        severity: "ERROR".to_owned(),
        sqlstate: sqlstate.to_owned(),
        message,
        detail: None,
        hint: None,
        position,
        internal_query: None,
        context: None,
        schema: None,
        table: None,
        column: None,
        data_type: None,
        constraint: None,
    }
}
