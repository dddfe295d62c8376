//! SQL as a person types it: run statement by statement, with what came of each.

use std::ops::Range;
use std::time::{Duration, Instant};

use pg_migration::{SqlStatement, StatementKind, split};
use postgres::SimpleQueryMessage;
use serde::Serialize;

use crate::connect::Database;
use crate::error::{QueryError, ServerError};

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

/// The first words of statements that change rows.
const CHANGING: [&str; 5] = ["insert", "update", "delete", "merge", "copy"];

/// Words with which a query does more than read, so that it cannot be part of another one.
const NOT_NESTED: [&str; 6] = ["insert", "update", "delete", "merge", "into", "for"];

/// Runs a script in the session as it is: settings, temporary tables and an open transaction stay for the next one.
///
/// # Errors
/// [`QueryError::ConnectionLost`]; what the server refuses is in the [`Outcome`].
pub fn run(database: &mut Database, script: &Script<'_>) -> Result<Outcome, QueryError> {
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
        database.execute(if script.read_only { READ_ONLY } else { "BEGIN" })?;
    }
    for statement in &statements {
        let range = characters(script.sql, &statement.range);
        let text = statement.text(script.sql);
        match run_one(database, script, statement, text) {
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
        let end = if outcome.error.is_none() {
            "COMMIT"
        } else {
            "ROLLBACK"
        };
        match database.execute(end) {
            Err(QueryError::Server(error)) => outcome.error = Some(*error),
            done => done?,
        }
    }
    Ok(outcome)
}

fn run_one(
    database: &mut Database,
    script: &Script<'_>,
    statement: &SqlStatement,
    text: &str,
) -> Result<StatementResult, QueryError> {
    let word = first_word(text);
    if !script.read_only {
        return execute(database, text, &word, script.cap);
    }
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
        return execute(database, text, &word, script.cap);
    }
    database.execute(READ_ONLY)?;
    let result = execute(database, text, &word, script.cap);
    let end = database.execute("ROLLBACK");
    result.and_then(|result| end.map(|()| result))
}

fn execute(
    database: &mut Database,
    text: &str,
    word: &str,
    cap: usize,
) -> Result<StatementResult, QueryError> {
    database.take_notices();
    let start = Instant::now();
    // One statement and no more, whatever the splitter takes for one; and its types, which the other protocol does not tell.
    let prepared = database.client().prepare(text)?;
    let columns: Vec<_> = prepared
        .columns()
        .iter()
        .map(|column| ResultColumn {
            name: column.name().to_owned(),
            data_type: column.type_().name().to_owned(),
        })
        .collect();
    let limited = (!columns.is_empty() && can_be_nested(text, word)).then(|| {
        format!(
            "SELECT * FROM (\n{text}\n) AS result LIMIT {}",
            cap.saturating_add(1)
        )
    });
    let messages = database
        .client()
        .simple_query(limited.as_deref().unwrap_or(text))?;
    let ms = start.elapsed().as_secs_f64() * 1000.0;
    let (mut rows, mut affected) = (Vec::new(), None);
    for message in &messages {
        match message {
            SimpleQueryMessage::Row(row) => {
                rows.push(
                    (0..row.len())
                        .map(|index| row.get(index).map(str::to_owned))
                        .collect(),
                );
            }
            SimpleQueryMessage::CommandComplete(count) => affected = Some(*count),
            _ => {}
        }
    }
    let capped = rows.len() > cap;
    rows.truncate(cap);
    let notices = database.take_notices();
    let has_result = !columns.is_empty();
    Ok(StatementResult {
        sql: text.to_owned(),
        from: 0,
        to: 0,
        columns: has_result.then_some(columns),
        rows: has_result.then_some(rows),
        affected: affected.filter(|_| CHANGING.contains(&word)),
        ms,
        capped,
        notices: notices
            .into_iter()
            .map(|notice| format!("{}: {}", notice.severity, notice.message))
            .collect(),
    })
}

/// The plan of a statement, line by line. With `analyze` it is run, and what it changes is rolled back.
///
/// # Errors
/// [`QueryError`]; a position is one in the statement.
pub fn explain(
    database: &mut Database,
    sql: &str,
    analyze: bool,
    read_only: bool,
) -> Result<(Vec<String>, Duration), QueryError> {
    let prefix = if analyze {
        "EXPLAIN (ANALYZE, BUFFERS) "
    } else {
        "EXPLAIN "
    };
    let mut transaction = database
        .client()
        .build_transaction()
        .read_only(read_only)
        .start()?;
    let start = Instant::now();
    let rows = transaction.query_typed(&format!("{prefix}{sql}"), &[]);
    let elapsed = start.elapsed();
    let rows = rows.map_err(|error| match QueryError::from(error) {
        QueryError::Server(error) => {
            let position = error.position.and_then(|it| it.checked_sub(prefix.len()));
            QueryError::Server(Box::new(ServerError { position, ..*error }))
        }
        error => error,
    })?;
    transaction.rollback()?;
    Ok((rows.iter().map(|row| row.get(0)).collect(), elapsed))
}

/// What a person can mean while typing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Names {
    /// All relations, the server's own excepted.
    pub relations: Vec<NamedRelation>,
    /// The functions that need no schema.
    pub functions: Vec<String>,
}

/// A relation that can be named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NamedRelation {
    /// Its schema.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// The names of its columns.
    pub columns: Vec<String>,
}

const RELATIONS: &str = "
SELECT n.nspname::text, c.relname::text, array_agg(a.attname::text ORDER BY a.attnum)
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
 WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
 GROUP BY n.nspname, c.relname
 ORDER BY n.nspname, c.relname";

/// Functions that are called, rather than those that types and operators consist of.
const FUNCTIONS: &str = "
SELECT DISTINCT p.proname::text
  FROM pg_proc p
 WHERE pg_function_is_visible(p.oid) AND p.proname ~ '^[a-z]' AND p.prorettype NOT IN ('trigger'::regtype, 'internal'::regtype)
   AND 'internal'::regtype <> ALL (p.proargtypes) AND 'cstring'::regtype <> ALL (p.proargtypes)
 ORDER BY 1";

/// The names of what is there.
///
/// # Errors
/// [`QueryError`] when the server does not answer.
pub fn names(database: &mut Database) -> Result<Names, QueryError> {
    let relations = database.client().query_typed(RELATIONS, &[])?;
    let functions = database.client().query_typed(FUNCTIONS, &[])?;
    let relations = relations.iter().map(|row| NamedRelation {
        schema: row.get(0),
        name: row.get(1),
        columns: row.get(2),
    });
    Ok(Names {
        relations: relations.collect(),
        functions: functions.iter().map(|row| row.get(0)).collect(),
    })
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

/// Whether it is a query that can be asked for its first rows. Not sure means no.
fn can_be_nested(text: &str, word: &str) -> bool {
    let mut words = text.split(|sign: char| !sign.is_alphanumeric() && sign != '_');
    ["select", "values", "table", "with"].contains(&word)
        && !words.any(|word| NOT_NESTED.contains(&word.to_ascii_lowercase().as_str()))
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
