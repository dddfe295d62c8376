use std::fmt;

use super::{LOCK_TABLE_FULL, UNSAFE_NEW_ENUM_VALUE};
use crate::error::QueryError;
use crate::lock::LockError;
use crate::migrate::{FailureCause, MigrateError, POOLED, hint_for};
use crate::seed::SeedError;

/// Why a reset failed, and how the database is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResetError {
    /// Why.
    pub cause: Box<ResetCause>,
    /// What became of the old data.
    pub state: ResetState,
}

/// Why a reset failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ResetCause {
    /// The lock was not got.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The session is no longer the one that took the lock.
    #[error("{}", FailureCause::LockLost)]
    LockLost,
    /// The transaction could not be begun.
    #[error("cannot begin: {0}")]
    Begin(QueryError),
    /// It could not be found out what there is to drop.
    #[error("cannot find out what there is to drop: {0}")]
    Inventory(QueryError),
    /// Objects that would go too, or are in the way, and are not the project's: each as PostgreSQL describes it.
    #[error(
        "what is there is not all this project's:\n  {}",
        .0.join("\n  ")
    )]
    SomeoneElses(Vec<String>),
    /// Something could not be dropped.
    #[error("cannot drop what is there: {0}")]
    Drop(QueryError),
    /// The migrations cannot be applied, or failed.
    #[error(transparent)]
    Migrate(#[from] MigrateError),
    /// The seed cannot be run, or failed.
    #[error(transparent)]
    Seed(#[from] SeedError),
    /// The transaction could not be committed.
    #[error("cannot commit: {0}")]
    Commit(QueryError),
}

/// What became of the old data when a reset failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResetState {
    /// Everything is as it was.
    Untouched,
    /// All or some of it is dropped, and what is new is not complete. Another reset starts from there.
    Dropped,
    /// The connection was lost during COMMIT: either all is new, or all is as it was.
    Unknown,
}

/// Why a reset is not done in one transaction.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FileByFile {
    /// A file says so itself.
    #[error("migration `{tag}` must not run in a transaction")]
    NoTransaction {
        /// The migration.
        tag: String,
    },
    /// A new value of an enum is used; PostgreSQL allows that only after the commit of the migration that added it (55P04).
    #[error(
        "PostgreSQL lets nobody use a new enum value before the migration that adds it is committed"
    )]
    NewEnumValue,
    /// The server's lock table is too small for a transaction that drops and creates so much (53200).
    #[error("the server's lock table is too small for one transaction (max_locks_per_transaction)")]
    LockTableFull,
}

impl FileByFile {
    /// Whether PostgreSQL's reason for refusing one transaction is one that several do not have.
    pub(super) fn after(error: &ResetError) -> Option<Self> {
        match error.sqlstate()? {
            UNSAFE_NEW_ENUM_VALUE => Some(FileByFile::NewEnumValue),
            LOCK_TABLE_FULL => Some(FileByFile::LockTableFull),
            _ => None,
        }
    }
}

impl ResetError {
    pub(super) fn untouched(cause: impl Into<ResetCause>) -> Self {
        Self::new(cause, ResetState::Untouched)
    }

    pub(super) fn dropped(cause: impl Into<ResetCause>) -> Self {
        Self::new(cause, ResetState::Dropped)
    }

    pub(super) fn unknown(error: QueryError) -> Self {
        Self::new(ResetCause::Commit(error), ResetState::Unknown)
    }

    fn new(cause: impl Into<ResetCause>, state: ResetState) -> Self {
        Self {
            cause: Box::new(cause.into()),
            state,
        }
    }

    /// What the server or the connection had against it, if it was one of them.
    #[must_use]
    pub fn query_error(&self) -> Option<&QueryError> {
        match &*self.cause {
            ResetCause::Lock(LockError::Query(error))
            | ResetCause::Begin(error)
            | ResetCause::Inventory(error)
            | ResetCause::Drop(error)
            | ResetCause::Commit(error) => Some(error),
            ResetCause::Seed(error) => error.query_error(),
            ResetCause::Migrate(MigrateError::Failed(failure)) => match &failure.cause {
                FailureCause::Query(error) => Some(error),
                _ => None,
            },
            _ => None,
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match &*self.cause {
            ResetCause::Migrate(error) => error.hint(),
            ResetCause::SomeoneElses(_) => Some(
                "drop them first, or move them to a schema that is not the project's".to_owned(),
            ),
            ResetCause::LockLost => Some(POOLED.to_owned()),
            ResetCause::Seed(_) => Some("correct the seed, then run this again".to_owned()),
            _ => hint_for(self.sqlstate()?, "").map(str::to_owned),
        }
    }

    pub(super) fn sqlstate(&self) -> Option<&str> {
        self.query_error()?.sqlstate()
    }
}

impl fmt::Display for ResetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.state {
            ResetState::Untouched => "nothing was changed",
            ResetState::Dropped => "the old data is gone, and the new is not complete",
            ResetState::Unknown => "whether it was committed is not known",
        };
        write!(f, "{}\n{state}", self.cause)
    }
}

impl std::error::Error for ResetError {}
