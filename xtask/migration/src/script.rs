//! A migration's SQL as the runner executes it: which statements, and whether in one transaction.

use crate::sql::{
    SplitError, SqlStatement, StatementKind, TransactionControl, line_column, line_comments, split,
};

/// The comment that, as a file's first line, keeps its statements out of a transaction.
const NO_TRANSACTION: &str = "no-transaction";

/// A migration file, ready to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// Whether the statements share one transaction.
    pub mode: ScriptMode,
    /// The statements in order, without the `BEGIN` … `COMMIT` that the whole file may be wrapped in.
    pub statements: Vec<SqlStatement>,
}

/// How a file is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScriptMode {
    /// All in one transaction.
    Transaction,
    /// Each statement on its own: the file's first line is `-- no-transaction`.
    NoTransaction,
}

/// Why the runner will not execute a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScriptError {
    /// The text cannot be cut into statements.
    #[error(transparent)]
    Split(#[from] SplitError),
    /// A statement would fail, or do something else than it says.
    #[error("line {line}: `{statement}` {problem}")]
    Statement {
        /// Where it begins, in bytes of the text.
        offset: usize,
        /// The line of `offset`, counted from 1.
        line: usize,
        /// Its beginning, on one line.
        statement: String,
        /// What is wrong with it.
        problem: ScriptProblem,
    },
    /// `-- no-transaction` anywhere but on the first line.
    #[error(
        "line {line}: `-- {NO_TRANSACTION}` counts only as the first line of the file; move it there"
    )]
    MisplacedDirective {
        /// Where it begins, in bytes of the text.
        offset: usize,
        /// The line of `offset`, counted from 1.
        line: usize,
    },
}

/// What is wrong with a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ScriptProblem {
    /// It begins or ends a transaction.
    #[error(
        "would begin or end a transaction, but a migration already runs in one of its own; remove it (only a `BEGIN` \
         as the first statement together with a `COMMIT` as the last is fine), or split the file into several migrations"
    )]
    TransactionControl,
    /// It begins a transaction with an isolation level or an access mode.
    #[error(
        "states transaction modes, which the migration's own transaction does not take over; \
         write a plain `BEGIN` and `COMMIT`, or neither"
    )]
    TransactionModes,
    /// It begins, ends or divides a transaction in a `-- no-transaction` file.
    #[error(
        "controls a transaction, but each statement of a `-- {NO_TRANSACTION}` file runs on its own; \
         remove it, or move what belongs together to a migration without that line"
    )]
    ControlOutsideTransaction,
    /// PostgreSQL refuses such a statement inside a transaction, and the file runs in one.
    #[error(
        "cannot run inside a transaction ({0}); \
         put it in a migration of its own with `-- {NO_TRANSACTION}` as the first line"
    )]
    NeedsNoTransaction(&'static str),
    /// It builds an index concurrently that has no name, or an escaped one (`U&"…"`).
    #[error(
        "needs a plain name for its index, so that it can be found again when the build was interrupted"
    )]
    UnnamedIndex,
    /// It is `DISCARD ALL`.
    #[error("would let go of the lock that keeps migrations apart; use `RESET ALL` instead")]
    DiscardAll,
}

impl ScriptError {
    /// Where in the text it is, in bytes.
    #[must_use]
    pub fn offset(&self) -> usize {
        match self {
            Self::Split(error) => error.offset,
            Self::Statement { offset, .. } | Self::MisplacedDirective { offset, .. } => *offset,
        }
    }

    /// What is wrong there, without the place.
    #[must_use]
    pub fn problem(&self) -> String {
        match self {
            Self::Split(error) => error.problem.to_string(),
            Self::Statement { problem, .. } => format!("this statement {problem}"),
            Self::MisplacedDirective { .. } => format!(
                "`-- {NO_TRANSACTION}` counts only as the first line of the file; move it there"
            ),
        }
    }
}

impl Script {
    /// Reads the text of a migration file.
    ///
    /// # Errors
    ///
    /// [`ScriptError`] for whatever would fail, or do something else than it says, when the runner executes it.
    pub fn parse(sql: &str) -> Result<Self, ScriptError> {
        let mode = mode(sql)?;
        let mut statements = split(sql)?;
        if mode == ScriptMode::Transaction {
            take_wrapper_off(&mut statements);
        }
        let script = Self { mode, statements };
        let refused = script.refused(sql).next();
        refused.map_or(Ok(script), Err)
    }

    /// All that keeps the text of a migration file from being run, where [`parse`](Self::parse) says the first.
    #[must_use]
    pub fn problems(sql: &str) -> Vec<ScriptError> {
        let (mode, misplaced) = match mode(sql) {
            Ok(mode) => (mode, None),
            // What such a file is meant to be.
            Err(error) => (ScriptMode::NoTransaction, Some(error)),
        };
        let mut problems: Vec<_> = misplaced.into_iter().collect();
        match split(sql) {
            Ok(mut statements) => {
                if mode == ScriptMode::Transaction {
                    take_wrapper_off(&mut statements);
                }
                problems.extend(Self { mode, statements }.refused(sql));
            }
            Err(error) => problems.push(error.into()),
        }
        problems
    }

    /// The statements that would fail, or do something else than they say.
    fn refused<'a>(&'a self, sql: &'a str) -> impl Iterator<Item = ScriptError> + 'a {
        self.statements.iter().filter_map(|statement| {
            let problem = problem(self.mode, &statement.kind)?;
            let offset = statement.range.start;
            Some(ScriptError::Statement {
                offset,
                line: line_column(sql, offset).0,
                statement: beginning(statement.text(sql)),
                problem,
            })
        })
    }
}

fn mode(sql: &str) -> Result<ScriptMode, ScriptError> {
    let first_line = sql
        .trim_start_matches('\u{feff}')
        .lines()
        .next()
        .unwrap_or_default();
    if is_directive(first_line.trim()) {
        return Ok(ScriptMode::NoTransaction);
    }
    match line_comments(sql).find(|comment| is_directive(&sql[comment.clone()])) {
        Some(comment) => Err(ScriptError::MisplacedDirective {
            offset: comment.start,
            line: line_column(sql, comment.start).0,
        }),
        None => Ok(ScriptMode::Transaction),
    }
}

fn is_directive(comment: &str) -> bool {
    comment
        .strip_prefix("--")
        .is_some_and(|text| text.trim().eq_ignore_ascii_case(NO_TRANSACTION))
}

fn take_wrapper_off(statements: &mut Vec<SqlStatement>) {
    const BEGIN: StatementKind = StatementKind::TransactionControl(TransactionControl::Begin);
    const COMMIT: StatementKind = StatementKind::TransactionControl(TransactionControl::Commit);
    if let [first, .., last] = statements.as_slice()
        && first.kind == BEGIN
        && last.kind == COMMIT
    {
        statements.pop();
        statements.remove(0);
    }
}

/// What is wrong with a statement of this kind, in a file of this mode.
fn problem(mode: ScriptMode, kind: &StatementKind) -> Option<ScriptProblem> {
    use ScriptMode::{NoTransaction, Transaction};
    match (kind, mode) {
        (StatementKind::DiscardAll, _) => Some(ScriptProblem::DiscardAll),
        (StatementKind::TransactionControl(_), NoTransaction) => {
            Some(ScriptProblem::ControlOutsideTransaction)
        }
        (StatementKind::TransactionControl(control), Transaction) => match control {
            TransactionControl::Savepoint => None,
            TransactionControl::BeginWithModes => Some(ScriptProblem::TransactionModes),
            _ => Some(ScriptProblem::TransactionControl),
        },
        (StatementKind::CreateIndexConcurrently(None), NoTransaction) => {
            Some(ScriptProblem::UnnamedIndex)
        }
        (_, NoTransaction) => None,
        (kind, Transaction) => kind
            .refused_in_transaction()
            .map(ScriptProblem::NeedsNoTransaction),
    }
}

/// As much of a statement as a message needs, on one line.
fn beginning(statement: &str) -> String {
    const LENGTH: usize = 60;
    let line = statement.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LENGTH) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line,
    }
}

#[cfg(test)]
mod tests;
