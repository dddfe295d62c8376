//! A database that has its objects already takes over a folder: migrations that describe what is there count as applied, without being run.

use pg_migration::Migration;

use crate::connect::Database;
use crate::error::QueryError;
use crate::history;
use crate::migrate::MigrateError;

/// Why a baseline was not recorded.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError<E> {
    /// The history holds migrations already. Nothing was written.
    #[error("the database has a history of migrations already")]
    HasHistory {
        /// How many rows it has.
        rows: usize,
    },
    /// The migrations could not be made. Nothing was recorded.
    #[error("the migrations could not be made")]
    Write(E),
    /// The history could not be read or written. Nothing was recorded.
    #[error(transparent)]
    History(MigrateError),
    /// The connection was lost while it was committed: it may have been recorded.
    #[error("it is not known whether the baseline is recorded: {0}")]
    Commit(QueryError),
}

/// Records the migrations that `write` makes as applied, and gives what else it makes. What `write` makes and its rows in the history stand together or, after an error, it is the
/// caller's to take back what was made: the rows are written first, and committed when all else is done. The caller holds the [lock](crate::lock).
///
/// # Errors
/// [`BaselineError`]; after all but [`BaselineError::Commit`] the database is as it was.
pub fn record_baseline<T, E>(
    database: &mut Database,
    write: impl FnOnce() -> Result<(Vec<Migration>, T), E>,
) -> Result<T, BaselineError<E>> {
    let url = database.url().clone();
    let unreadable =
        |error| BaselineError::History(MigrateError::ReadHistory(error, url.clone().into()));
    let unwritable =
        |error| BaselineError::History(MigrateError::CreateHistory(error, url.clone().into()));
    let rows = history::read(database).map_err(unreadable)?.rows.len();
    if rows > 0 {
        return Err(BaselineError::HasHistory { rows });
    }
    database.execute("BEGIN").map_err(unwritable)?;
    let recorded = history::ensure_tables(database)
        .map_err(unwritable)
        .and_then(|()| write().map_err(BaselineError::Write))
        .and_then(|(migrations, made)| {
            let rows = migrations.iter();
            let rows: Vec<_> = rows.map(|it| history::insert_sql(it, None)).collect();
            let inserted = database.execute(&rows.join("; "));
            inserted.map_err(unwritable).map(|()| made)
        });
    if recorded.is_err() {
        // If that fails, the connection is gone, and the transaction with it.
        let _ = database.execute("ROLLBACK");
        return recorded;
    }
    database.execute("COMMIT").map_err(BaselineError::Commit)?;
    recorded
}
