//! Why migrations were not applied.

use std::fmt;
use std::ops::Range;
use std::path::PathBuf;

use pg_migration::{HistoryRow, ScriptError};
use pg_schema::quote_identifier;

use super::hint::hint_for;
use super::newer::{Newer, newer};
use crate::error::{QueryError, ServerError};
use crate::history::SCHEMA;
use crate::lock::LockError;
use crate::url::ConnectionUrl;

/// What to do when a lock does not last.
pub(crate) const POOLED: &str = "the URL seems to lead through a connection pooler in transaction mode, where locks and settings do not last; \
     use the URL of the server itself (often port 5432 instead of 6543, or the host without `-pooler`)";

/// Why migrations were not applied.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MigrateError {
    /// The lock was not got; nothing was run.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The history cannot be read; nothing was run.
    #[error("cannot read the history of migrations in schema {SCHEMA}: {0}")]
    ReadHistory(QueryError, Box<ConnectionUrl>),
    /// The history's tables cannot be created; nothing was run.
    #[error("cannot create the history of migrations in schema {SCHEMA}: {0}")]
    CreateHistory(QueryError, Box<ConnectionUrl>),
    /// The migration to stop at is not in the folder; nothing was run.
    #[error("there is no migration `{tag}`")]
    UnknownTag {
        /// What was asked for.
        tag: String,
        /// What there is, in order.
        known: Vec<String>,
    },
    /// The folder and the history do not belong together; nothing was run.
    #[error("the database and the folder of migrations have diverged; nothing was applied:{}", lines(.0))]
    Refused(Vec<Refusal>),
    /// Files that cannot be run as they are; nothing was run.
    #[error("migrations that cannot be run; nothing was applied:{}", lines(.0))]
    Unreadable(Vec<UnreadableScript>),
    /// A `-- no-transaction` file was changed where it has taken effect already; nothing was run.
    #[error(
        "migration `{tag}` is half done ({done} of its statements took effect in an earlier run), and statement {} has been edited since; nothing was applied",
        statement + 1
    )]
    EditedHalfway {
        /// The migration.
        tag: String,
        /// Its file.
        path: PathBuf,
        /// The first statement that differs, counted from 0. If it is number `done`, it was begun, and its outcome is not known.
        statement: usize,
        /// How many statements took effect.
        done: usize,
    },
    /// A migration failed.
    #[error(transparent)]
    Failed(Box<MigrationFailure>),
}

/// How the folder and the history do not belong together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The file was changed after it had been applied.
    #[error("{tag}: edited after it was applied")]
    Edited {
        /// The migration.
        tag: String,
        /// Its file.
        path: PathBuf,
    },
    /// A migration that is not applied, although a later one is.
    #[error("{tag}: out of order: not applied, but a later one is")]
    OutOfOrder {
        /// The migration.
        tag: String,
        /// Its file.
        path: PathBuf,
    },
    /// A migration that is applied and that the folder does not have.
    #[error(
        "{}: applied, but not in the folder",
        tag.clone().unwrap_or_else(|| format!("history row {} (hash {:.12}…)", row.id, row.hash))
    )]
    Missing {
        /// Its name, if it was us who applied it.
        tag: Option<String>,
        /// Its row in the history.
        row: HistoryRow,
    },
}

/// A file that cannot be run as it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}, {error}", path.display())]
pub struct UnreadableScript {
    /// The migration.
    pub tag: String,
    /// Its file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub error: ScriptError,
}

/// A migration that failed while it was run: what, where, why, and how the database is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationFailure {
    /// The migration.
    pub tag: String,
    /// Its file.
    pub path: PathBuf,
    /// How many statements it has.
    pub statements: usize,
    /// Where it failed.
    pub point: FailurePoint,
    /// Why.
    pub cause: FailureCause,
    /// What remains of it.
    pub state: FileState,
    /// The server's version as `server_version_num` has it.
    pub server_version: u32,
    /// The migrations that this run applied before it; they stay.
    pub applied: Vec<String>,
}

/// Where a migration failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FailurePoint {
    /// Before its first statement.
    Begin,
    /// At a statement.
    Statement {
        /// Which, counted from 0.
        index: usize,
        /// Where it is in the file, in bytes.
        range: Range<usize>,
        /// Its text.
        sql: String,
    },
    /// When it was recorded and committed; constraints that are `DEFERRABLE INITIALLY DEFERRED` are checked there.
    Commit,
}

/// Why a migration failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FailureCause {
    /// The server or the connection.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// The index exists, but the server cannot use it: `IF NOT EXISTS` passed over the remains of a build that failed, or someone else is building it.
    #[error("the index {index} exists, but is not valid")]
    InvalidIndex {
        /// Its qualified name.
        index: String,
    },
    /// The session is no longer the one that took the lock.
    #[error("the lock is gone: this session is not the one that took it")]
    LockLost,
}

/// What remains of a migration that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileState {
    /// Nothing.
    RolledBack,
    /// Of a `-- no-transaction` file: so many statements, from the first on. The next run continues after them. What a failed
    /// `CREATE INDEX CONCURRENTLY` leaves behind, an invalid index, it drops and builds anew.
    Kept {
        /// How many.
        done: usize,
    },
    /// Of a `-- no-transaction` file whose connection was lost: so many statements, and perhaps the one after them, which the next run finds out.
    KeptAtLeast {
        /// How many.
        done: usize,
    },
    /// The connection was lost during COMMIT: the history knows whether it came to pass.
    Unknown,
}

impl MigrationFailure {
    /// What the server said, if it was the server.
    #[must_use]
    pub fn server_error(&self) -> Option<&ServerError> {
        match &self.cause {
            FailureCause::Query(error) => error.server(),
            FailureCause::InvalidIndex { .. } | FailureCause::LockLost => None,
        }
    }

    /// Where in the file the error is, in bytes: the server's position if it gave one, or what it does not know, or else the statement's beginning.
    #[must_use]
    pub fn offset_in_file(&self) -> Option<usize> {
        let FailurePoint::Statement { range, sql, .. } = &self.point else {
            return None;
        };
        let offset = self.server_error().and_then(|error| error.offset_in(sql));
        let offset = offset.or_else(|| self.newer()?.offset);
        Some(range.start + offset.unwrap_or(0))
    }

    fn newer(&self) -> Option<Newer> {
        let FailurePoint::Statement { sql, .. } = &self.point else {
            return None;
        };
        newer(self.server_error()?, sql, self.server_version)
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        if let Some(Newer { feature, since, .. }) = self.newer() {
            let (major, minor) = (self.server_version / 10_000, self.server_version % 10_000);
            return Some(format!(
                "`{feature}` needs PostgreSQL {since} or later, and this server is PostgreSQL {major}.{minor}: use a newer server, or do without it."
            ));
        }
        match &self.cause {
            FailureCause::Query(QueryError::Server(error)) => {
                let statement = match &self.point {
                    FailurePoint::Statement { sql, .. } => sql,
                    FailurePoint::Begin | FailurePoint::Commit => "",
                };
                hint_for(&error.sqlstate, statement).map(str::to_owned)
            }
            FailureCause::Query(QueryError::ConnectionLost(_)) => {
                Some("run it again when the server can be reached".to_owned())
            }
            FailureCause::Query(_) => None,
            FailureCause::InvalidIndex { index } => Some(format!(
                "if nobody is building it, drop it (DROP INDEX CONCURRENTLY {index}) and run this again"
            )),
            FailureCause::LockLost => Some(POOLED.to_owned()),
        }
    }
}

impl fmt::Display for MigrationFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "migration `{}` failed ", self.tag)?;
        match &self.point {
            FailurePoint::Begin => write!(f, "before its first statement")?,
            FailurePoint::Statement { index, .. } => {
                write!(f, "at statement {} of {}", index + 1, self.statements)?;
            }
            FailurePoint::Commit => write!(f, "when it was committed")?,
        }
        write!(f, ": {}; ", self.cause)?;
        match self.state {
            FileState::RolledBack => write!(f, "it was rolled back")?,
            FileState::Kept { done: 0 } => write!(f, "none of its statements took effect")?,
            FileState::Kept { done } => write!(
                f,
                "{done} of its statements took effect and stay, the others did not; the next run continues there"
            )?,
            FileState::KeptAtLeast { done } => write!(
                f,
                "{done} of its statements took effect and stay, and perhaps the one after them; the next run finds out and continues there"
            )?,
            FileState::Unknown => write!(f, "whether it was committed is not known")?,
        }
        if !self.applied.is_empty() {
            write!(f, "; applied before it: {}", self.applied.join(", "))?;
        }
        Ok(())
    }
}

impl std::error::Error for MigrationFailure {}

impl From<MigrationFailure> for MigrateError {
    fn from(failure: MigrationFailure) -> Self {
        MigrateError::Failed(Box::new(failure))
    }
}

impl MigrateError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            MigrateError::Lock(LockError::Held {
                holder: Some(holder),
                ..
            }) => format!(
                "wait for it, or end it: SELECT pg_terminate_backend({})",
                holder.pid
            ),
            MigrateError::CreateHistory(error, url) if error.sqlstate() == Some("42501") => {
                let role = role(url);
                let database = quote_identifier(url.database().unwrap_or_default());
                format!(
                    "let someone with the right run it once: CREATE SCHEMA {SCHEMA} AUTHORIZATION {role}; or GRANT CREATE ON DATABASE {database} TO {role}"
                )
            }
            MigrateError::ReadHistory(error, url) if error.sqlstate() == Some("42501") => {
                let role = role(url);
                format!(
                    "let its owner run it once: GRANT USAGE ON SCHEMA {SCHEMA} TO {role}; GRANT SELECT ON ALL TABLES IN SCHEMA {SCHEMA} TO {role}"
                )
            }
            MigrateError::CreateHistory(error, _) => {
                return hint_for(error.sqlstate()?, "").map(str::to_owned);
            }
            MigrateError::EditedHalfway { .. } => {
                "restore the statement's text: what has taken effect cannot be changed in the file"
                    .to_owned()
            }
            MigrateError::Failed(failure) => return failure.hint(),
            _ => return None,
        };
        Some(hint)
    }
}

fn role(url: &ConnectionUrl) -> String {
    quote_identifier(url.user().unwrap_or_default())
}

fn lines<T: fmt::Display>(items: &[T]) -> String {
    items
        .iter()
        .fold(String::new(), |lines, item| format!("{lines}\n  {item}"))
}
