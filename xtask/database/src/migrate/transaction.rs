//! A file that runs in one transaction, together with its history row.

use std::time::Instant;

use super::{
    Failure, FailureCause, FailurePoint, FileState, MigrateEvent, MigrateOptions, PendingMigration,
    QueryError, at_statement, prepare_session, run_statement,
};
use crate::connect::Database;
use crate::{history, lock};

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
    let at = |point: FailurePoint, cause: FailureCause| Failure {
        point,
        cause,
        state: FileState::RolledBack,
    };
    prepare_session(database, options).map_err(|e| at(FailurePoint::Begin, e.into()))?;
    let held = database
        .text(&format!("BEGIN; {}", lock::is_held_sql()))
        .map_err(|e| at(FailurePoint::Begin, e.into()))?;
    if held.as_deref() != Some("t") {
        return Err(at(FailurePoint::Begin, FailureCause::LockLost));
    }
    for (index, statement) in file.script.statements.iter().enumerate() {
        run_statement(database, file.migration, index, statement, events)
            .map_err(|e| at(at_statement(file.migration, &file.script, index), e.into()))?;
    }
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
