//! Running an application's seed function.

use pg_schema::{Declaration, QualifiedName, Schema, SchemaErrors};

use crate::connect::Database;
use crate::error::QueryError;
use crate::insert::{InsertError, Inserter};
use crate::migrate::{MigrateOptions, prepare_session};

/// An application's seed: the function, and the declaration that it inserts by.
pub struct Seed<'s> {
    /// What tables there are, and which columns the application fills.
    pub declaration: &'s Declaration,
    /// Inserts the rows. It may be called twice, when what the first call did was rolled back.
    pub function: &'s mut dyn FnMut(&mut Inserter<'_>) -> Result<(), InsertError>,
}

/// Why a seed was not run, or failed. Nothing of it remains.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SeedError {
    /// The declaration itself is wrong.
    #[error(transparent)]
    Schema(#[from] SchemaErrors),
    /// The transaction could not be begun.
    #[error("cannot begin to seed: {0}")]
    Begin(QueryError),
    /// A row or a statement failed.
    #[error("the seed failed: {0}")]
    Insert(#[from] InsertError),
    /// The transaction could not be committed; constraints that are `DEFERRABLE INITIALLY DEFERRED` are checked there.
    #[error("the seed failed when it was committed: {0}")]
    Commit(QueryError),
}

impl SeedError {
    /// What the server or the connection had against it, if it was one of them.
    #[must_use]
    pub fn query_error(&self) -> Option<&QueryError> {
        match self {
            SeedError::Schema(_) => None,
            SeedError::Insert(error) => error.query_error(),
            SeedError::Begin(error) | SeedError::Commit(error) => Some(error),
        }
    }
}

/// Runs a seed on the tables as they are, in one transaction. Returns how many rows it inserted, by table.
///
/// # Errors
/// [`SeedError`]; then nothing of it remains.
pub fn seed(
    database: &mut Database,
    seed: &mut Seed<'_>,
) -> Result<Vec<(QualifiedName, u64)>, SeedError> {
    let schema = seed.declaration.build()?;
    let result = seed_in_own_transaction(database, seed, &schema, &MigrateOptions::default());
    // Whoever goes on with this connection finds it as it was. If that fails, it is gone.
    let _ = database.execute(&database.reset_session_sql());
    result
}

pub(crate) fn seed_in_own_transaction(
    database: &mut Database,
    seed: &mut Seed<'_>,
    schema: &Schema,
    options: &MigrateOptions,
) -> Result<Vec<(QualifiedName, u64)>, SeedError> {
    // The transaction begins with the session's own defaults, and not with those that a migration has set.
    prepare_session(database, options)
        .and_then(|()| database.execute("BEGIN"))
        .map_err(SeedError::Begin)?;
    let result = seed_in_transaction(database, seed, schema, options).and_then(|inserted| {
        database.execute("COMMIT").map_err(SeedError::Commit)?;
        Ok(inserted)
    });
    if result.is_err() {
        // If the connection is gone, the server has done it.
        let _ = database.execute("ROLLBACK");
    }
    result
}

/// Runs a seed inside the transaction that is open.
pub(crate) fn seed_in_transaction(
    database: &mut Database,
    seed: &mut Seed<'_>,
    schema: &Schema,
    options: &MigrateOptions,
) -> Result<Vec<(QualifiedName, u64)>, SeedError> {
    prepare_session(database, options).map_err(SeedError::Begin)?;
    let mut inserter = Inserter::new(database, seed.declaration, schema);
    (seed.function)(&mut inserter)?;
    Ok(inserter.finish()?)
}
