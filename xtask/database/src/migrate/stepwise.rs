//! A `-- no-transaction` file: statement by statement, so that a run which ends in the middle can be continued.
//!
//! What can run in a transaction commits together with its progress. The rest is announced first and recorded afterwards, as two commits of their own;
//! a run that finds an announcement without an outcome looks for the effect: an index in the catalogs, otherwise the server's answer that
//! what is to be made is there, or what is to be dropped is not. Statements that leave no such trace (`VACUUM`, `REINDEX`, `CALL`) are run again.

use std::time::Instant;

use pg_migration::{ConcurrentIndex, RunsIn, SqlStatement, StatementKind};
use pg_schema::{quote_identifier, quote_literal};

use super::plan::statement_hash;
use super::{
    Failure, FailureCause, FailurePoint, FileState, MigrateEvent, MigrateOptions, PendingMigration,
    QueryError, at_statement, is_prepared_sql, prepare_session, run_statement,
};
use crate::connect::Database;
use crate::{history, lock};

pub(super) fn apply(
    database: &mut Database,
    file: &PendingMigration<'_>,
    options: &MigrateOptions,
    events: &mut dyn FnMut(MigrateEvent<'_>),
) -> Result<(), Failure> {
    let started = Instant::now();
    let mut done = file.done;
    begin(database, file, options).map_err(|cause| Failure {
        point: FailurePoint::Begin,
        cause,
        state: FileState::Kept { done },
    })?;
    for (index, statement) in file.script.statements.iter().enumerate().skip(file.done) {
        let mut step = Step {
            database,
            file,
            index,
            statement,
            hash: statement_hash(&file.migration.sql, statement),
            events,
        };
        step.run().map_err(|cause| Failure {
            point: at_statement(file.migration, &file.script, index),
            state: match &cause {
                FailureCause::Query(QueryError::ConnectionLost(_)) => {
                    FileState::KeptAtLeast { done }
                }
                _ => FileState::Kept { done },
            },
            cause,
        })?;
        done += 1;
    }
    let record = history::insert_sql(file.migration, Some(started.elapsed()));
    database.execute(&record).map_err(|error| Failure {
        point: FailurePoint::Commit,
        state: match &error {
            QueryError::ConnectionLost(_) => FileState::Unknown,
            QueryError::Server(_) | QueryError::Driver(_) => FileState::Kept { done },
        },
        cause: error.into(),
    })
}

fn begin(
    database: &mut Database,
    file: &PendingMigration<'_>,
    options: &MigrateOptions,
) -> Result<(), FailureCause> {
    prepare_session(database, options)?;
    if database.text(&is_prepared_sql())?.as_deref() != Some("t") {
        return Err(FailureCause::LockLost);
    }
    if file.done == 0 && !file.interrupted {
        database.execute(&history::begin_progress_sql(file.migration))?;
    }
    // The settings that the earlier run made ended with its session.
    for statement in &file.script.statements[..file.done] {
        let sql = statement.text(&file.migration.sql);
        if makes_setting(sql) {
            database.execute(sql)?;
        }
    }
    Ok(())
}

/// Whether a statement does nothing but change the session. `SELECT set_config(…)` is how `pg_dump` writes it.
fn makes_setting(sql: &str) -> bool {
    let sql = sql.to_ascii_lowercase();
    let (first_word, rest) = sql.split_once(char::is_whitespace).unwrap_or((&sql, ""));
    let call = rest.trim_start();
    let arguments = call
        .strip_prefix("pg_catalog.")
        .unwrap_or(call)
        .strip_prefix("set_config");
    match first_word {
        "set" | "reset" => true,
        "select" => arguments.is_some_and(|rest| rest.trim_start().starts_with('(')),
        _ => false,
    }
}

/// One statement of the file.
struct Step<'a, 'e> {
    database: &'a mut Database,
    file: &'a PendingMigration<'a>,
    index: usize,
    statement: &'a SqlStatement,
    hash: String,
    events: &'a mut (dyn FnMut(MigrateEvent<'_>) + 'e),
}

impl Step<'_, '_> {
    fn run(&mut self) -> Result<(), FailureCause> {
        match (self.statement.runs_in(), &self.statement.kind) {
            (RunsIn::Transaction, _) => self.run_in_transaction().inspect_err(|_| {
                let _ = self.database.execute("ROLLBACK");
            }),
            (RunsIn::Autocommit, StatementKind::CreateIndexConcurrently(Some(index))) => {
                self.build_index(index)
            }
            (RunsIn::Autocommit, _) => self.run_alone(None),
        }
    }

    fn run_in_transaction(&mut self) -> Result<(), FailureCause> {
        let begin = format!("BEGIN; {}", lock::is_held_sql());
        if self.database.text(&begin)?.as_deref() != Some("t") {
            return Err(FailureCause::LockLost);
        }
        self.run_statement()?;
        let done = self.done_sql();
        self.database.execute(&format!("{done}; COMMIT"))?;
        Ok(())
    }

    fn build_index(&mut self, index: &ConcurrentIndex) -> Result<(), FailureCause> {
        let found = find_index(self.database, index)?;
        let known = self.is_interrupted().then_some(self.file.found_index);
        let mut before = None;
        if let Some(found) = found {
            if found.valid && known.is_some_and(|known| known != Some(found.oid)) {
                // The earlier run built it, and was ended before it could say so.
                return self.record_done();
            }
            if !found.valid && !found.being_built {
                self.drop_index(&found.name)?;
            } else {
                before = Some(found.oid);
            }
        }
        self.run_alone(before)
    }

    fn drop_index(&mut self, name: &str) -> Result<(), FailureCause> {
        (self.events)(MigrateEvent::DroppingInvalidIndex {
            tag: self.file.migration.tag(),
            index: name,
        });
        let sql = format!("DROP INDEX CONCURRENTLY IF EXISTS {name}");
        Ok(without_lock_timeout(self.database, |database| {
            database.execute(&sql)
        })?)
    }

    /// Runs a statement that no transaction can cover.
    fn run_alone(&mut self, found_index: Option<u32>) -> Result<(), FailureCause> {
        let tag = self.file.migration.tag();
        let attempt = history::attempt_sql(tag, &self.hash, found_index);
        self.database.execute(&attempt)?;
        let result = if self.waits_by_design() {
            self.run_without_lock_timeout()
        } else {
            self.run_statement()
        };
        match result {
            Ok(()) => {}
            Err(QueryError::Server(error)) if self.has_taken_effect(&error.sqlstate) => {}
            Err(error) => {
                if matches!(error, QueryError::Server(_)) {
                    self.database.execute(&history::attempt_failed_sql(tag))?;
                }
                return Err(error.into());
            }
        }
        if let StatementKind::CreateIndexConcurrently(Some(index)) = &self.statement.kind {
            match find_index(self.database, index)? {
                Some(found) if !found.valid => {
                    self.database.execute(&history::attempt_failed_sql(tag))?;
                    return Err(FailureCause::InvalidIndex { index: found.name });
                }
                _ => {}
            }
        }
        self.record_done()
    }

    /// Whether the statement was begun by an earlier run, and it is not known how it ended.
    fn is_interrupted(&self) -> bool {
        self.file.interrupted && self.index == self.file.done
    }

    /// Whether the server's answer means that the earlier run was successful.
    fn has_taken_effect(&self, sqlstate: &str) -> bool {
        let answers: &[&str] = match &self.statement.kind {
            StatementKind::DropIndexConcurrently(_) => &["42704"],
            StatementKind::Autocommit(what) if what.starts_with("CREATE") => &["42P04", "42710"],
            StatementKind::Autocommit(what) if what.starts_with("DROP") => &["42704", "3D000"],
            StatementKind::Autocommit(what) if what.contains("DETACH") => &["42P01"],
            _ => &[],
        };
        self.is_interrupted() && answers.contains(&sqlstate)
    }

    /// Whether the statement waits for transactions that have nothing to do with its table.
    fn waits_by_design(&self) -> bool {
        match &self.statement.kind {
            StatementKind::CreateIndexConcurrently(_) | StatementKind::DropIndexConcurrently(_) => {
                true
            }
            StatementKind::Autocommit(what) => what.ends_with("CONCURRENTLY"),
            _ => false,
        }
    }

    fn run_statement(&mut self) -> Result<(), QueryError> {
        run_statement(
            self.database,
            self.file.migration,
            self.index,
            self.statement,
            self.events,
        )
    }

    fn run_without_lock_timeout(&mut self) -> Result<(), QueryError> {
        let (file, index, statement) = (self.file, self.index, self.statement);
        let events = &mut *self.events;
        without_lock_timeout(self.database, |database| {
            run_statement(database, file.migration, index, statement, events)
        })
    }

    fn record_done(&mut self) -> Result<(), FailureCause> {
        let done = self.done_sql();
        Ok(self.database.execute(&done)?)
    }

    fn done_sql(&self) -> String {
        history::done_sql(self.file.migration.tag(), &self.hash)
    }
}

/// Runs something without `lock_timeout`, and then with the one before.
pub(crate) fn without_lock_timeout(
    database: &mut Database,
    run: impl FnOnce(&mut Database) -> Result<(), QueryError>,
) -> Result<(), QueryError> {
    let timeout = database.text("SHOW lock_timeout")?.unwrap_or_default();
    database.execute("SET lock_timeout = 0")?;
    let result = run(database);
    if !database.is_closed() {
        database.execute(&format!("SET lock_timeout = {}", quote_literal(&timeout)))?;
    }
    result
}

/// An index in the catalogs.
pub(crate) struct FoundIndex {
    oid: u32,
    /// Qualified and quoted.
    pub(crate) name: String,
    pub(crate) valid: bool,
    pub(crate) being_built: bool,
}

/// The index of that name on that table, as far as the statement says which. An unqualified table is looked for along the `search_path`, as the statement does it.
pub(crate) fn find_index(
    database: &mut Database,
    index: &ConcurrentIndex,
) -> Result<Option<FoundIndex>, QueryError> {
    let Some(table) = &index.table else {
        return Ok(None);
    };
    let table = match &index.schema {
        Some(schema) => format!("{}.{}", quote_identifier(schema), quote_identifier(table)),
        None => quote_identifier(table),
    };
    let row = database.client().query_typed_opt(
        &format!(
            "SELECT i.indexrelid, n.nspname, c.relname, i.indisvalid AND i.indisready,
                    EXISTS (SELECT FROM pg_catalog.pg_stat_progress_create_index p WHERE p.index_relid = i.indexrelid)
               FROM pg_catalog.pg_index i
               JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
               JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
              WHERE i.indrelid = pg_catalog.to_regclass({}) AND c.relname = {}",
            quote_literal(&table),
            quote_literal(&index.name)
        ),
        &[],
    )?;
    Ok(row.map(|row| FoundIndex {
        oid: row.get(0),
        name: format!(
            "{}.{}",
            quote_identifier(row.get(1)),
            quote_identifier(row.get(2))
        ),
        valid: row.get(3),
        being_built: row.get(4),
    }))
}
