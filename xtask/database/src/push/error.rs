//! Why a push stopped, and what stands.

use std::fmt;

use crate::error::{QueryError, ServerError};
use crate::migrate::{FailureCause, POOLED, hint_for};

/// A push that stopped: what, where, why, and how the database is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushFailure {
    /// Where it stopped.
    pub point: PushPoint,
    /// Why.
    pub cause: PushCause,
    /// How many statements are committed and stay, from the first on.
    pub committed: usize,
    /// How many there are.
    pub total: usize,
}

/// Where a push stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PushPoint {
    /// Before the first statement of a stage.
    Begin,
    /// At a statement.
    Statement {
        /// Which, counted from 0.
        index: usize,
        /// Its text.
        sql: String,
        /// Whether it ran in a transaction.
        in_transaction: bool,
    },
    /// When a stage was committed.
    Commit,
}

/// Why a push stopped.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PushCause {
    /// The server, the connection, the lock or an index.
    #[error(transparent)]
    Failed(#[from] FailureCause),
    /// What had nothing to lose when it was planned has something now.
    #[error(
        "what would be lost was nothing when this was planned, and is {rows} now: another session has written since"
    )]
    RowsCame {
        /// How many rows.
        rows: String,
    },
}

impl PushFailure {
    /// What the server said, if it was the server.
    #[must_use]
    pub fn server_error(&self) -> Option<&ServerError> {
        match &self.cause {
            PushCause::Failed(FailureCause::Query(error)) => error.server(),
            _ => None,
        }
    }

    /// Whether the connection was lost just when a stage was committed, so that nobody knows whether that came to pass.
    #[must_use]
    pub fn is_commit_unknown(&self) -> bool {
        let lost = matches!(
            &self.cause,
            PushCause::Failed(FailureCause::Query(QueryError::ConnectionLost(_)))
        );
        let alone = matches!(
            self.point,
            PushPoint::Statement {
                in_transaction: false,
                ..
            }
        );
        lost && (self.point == PushPoint::Commit || alone)
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match &self.cause {
            PushCause::Failed(FailureCause::LockLost) => Some(POOLED),
            PushCause::Failed(FailureCause::InvalidIndex { .. }) => {
                Some("the next push drops it and builds it anew")
            }
            PushCause::RowsCame { .. } => None,
            PushCause::Failed(_) => {
                let sql = match &self.point {
                    PushPoint::Statement { sql, .. } => sql,
                    _ => "",
                };
                hint_for(&self.server_error()?.sqlstate, sql)
            }
        }
    }
}

impl fmt::Display for PushFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.point {
            PushPoint::Begin => write!(f, "the push failed before a statement")?,
            PushPoint::Statement { index, .. } => {
                write!(f, "statement {} of {} failed", index + 1, self.total)?;
            }
            PushPoint::Commit => write!(f, "the push failed when it was committed")?,
        }
        write!(f, ": {}", self.cause)
    }
}

impl std::error::Error for PushFailure {}
