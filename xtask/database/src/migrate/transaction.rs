//! A file that runs in one transaction, together with its history row.

use std::time::Instant;

use super::{
    Failure, FailureCause, FailurePoint, FileState, MigrateEvent, MigrateOptions, PendingMigration,
    QueryError, at_statement, is_prepared_sql, prepare_session, run_statement,
};
use crate::connect::Database;
use crate::history;

pub(super) fn apply(
    database: &mut Database,
    file: &PendingMigration<'_>,
    options: &MigrateOptions,
    events: &mut dyn FnMut(MigrateEvent<'_>),
) -> Result<(), Failure> {
    let result = apply_open(database, file, options, events);
    if result.is_err() {
        // If the connection is gone, the server has done it.
        let _ = database.execute("ROLLBACK");
    }
    result
}

fn apply_open(
    database: &mut Database,
    file: &PendingMigration<'_>,
    options: &MigrateOptions,
    events: &mut dyn FnMut(MigrateEvent<'_>),
) -> Result<(), Failure> {
    let started = Instant::now();
    prepare_session(database, options).map_err(|e| at(FailurePoint::Begin, e))?;
    let held = database
        .text(&format!("BEGIN; {}", is_prepared_sql()))
        .map_err(|e| at(FailurePoint::Begin, e))?;
    if held.as_deref() != Some("t") {
        return Err(at(FailurePoint::Begin, FailureCause::LockLost));
    }
    run_statements(database, file, events)?;
    let record = history::insert_sql(file.migration, Some(started.elapsed()));
    database
        .execute(&format!("{record}; COMMIT"))
        .map_err(|error| Failure {
            point: FailurePoint::Commit,
            state: match &error {
                QueryError::ConnectionLost(_) => FileState::Unknown,
                QueryError::Server(_) | QueryError::Driver(_) => FileState::RolledBack,
            },
            cause: error.into(),
        })
}

/// Applies a file inside the transaction that is open, as far as possible as if it had its own.
pub(super) fn apply_in_open(
    database: &mut Database,
    file: &PendingMigration<'_>,
    options: &MigrateOptions,
    events: &mut dyn FnMut(MigrateEvent<'_>),
) -> Result<(), Failure> {
    let started = Instant::now();
    prepare_session(database, options).map_err(|e| at(FailurePoint::Begin, e))?;
    run_statements(database, file, events)?;
    let record = history::insert_sql(file.migration, Some(started.elapsed()));
    check_deferred_constraints(database)
        .and_then(|()| database.execute(&record))
        .map_err(|e| at(FailurePoint::Commit, e))
}

/// As COMMIT does it. What is still to be checked would keep the next file from altering the tables concerned.
///
/// By name: `ALL` would also count for the constraints that are yet to be made.
fn check_deferred_constraints(database: &mut Database) -> Result<(), QueryError> {
    let row = database.client().query_typed_one(
        "SELECT pg_catalog.string_agg(DISTINCT q.name, ', '), pg_catalog.string_agg(DISTINCT q.name, ', ') FILTER (WHERE c.condeferred)
           FROM pg_catalog.pg_constraint c JOIN pg_catalog.pg_namespace n ON n.oid = c.connamespace,
                pg_catalog.format('%I.%I', n.nspname, c.conname) AS q (name)
          WHERE c.condeferrable",
        &[],
    )?;
    let (deferrable, deferred): (Option<String>, Option<String>) = (row.get(0), row.get(1));
    if let Some(names) = deferrable {
        database.execute(&format!("SET CONSTRAINTS {names} IMMEDIATE"))?;
    }
    if let Some(names) = deferred {
        database.execute(&format!("SET CONSTRAINTS {names} DEFERRED"))?;
    }
    Ok(())
}

fn run_statements(
    database: &mut Database,
    file: &PendingMigration<'_>,
    events: &mut dyn FnMut(MigrateEvent<'_>),
) -> Result<(), Failure> {
    for (index, statement) in file.script.statements.iter().enumerate() {
        run_statement(database, file.migration, index, statement, events)
            .map_err(|e| at(at_statement(file.migration, &file.script, index), e))?;
    }
    Ok(())
}

fn at(point: FailurePoint, cause: impl Into<FailureCause>) -> Failure {
    Failure {
        point,
        cause: cause.into(),
        state: FileState::RolledBack,
    }
}
