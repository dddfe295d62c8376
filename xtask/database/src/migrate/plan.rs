//! Which migrations are to be run, and whether they may be.

use pg_migration::{
    HistoryRow, Migration, MigrationState, Migrations, Reconciliation, Script, ScriptMode,
    SqlStatement, reconcile,
};

use super::MigrateOptions;
use super::error::{MigrateError, Refusal, UnreadableScript};
use crate::history::{History, Record};
use crate::lock::fnv1a_64;

/// A migration that is to be run.
#[derive(Clone, Debug)]
pub struct PendingMigration<'a> {
    /// The migration.
    pub migration: &'a Migration,
    /// Its statements.
    pub script: Script,
    /// Of a `-- no-transaction` file that was begun: how many of its statements have taken effect. The run continues after them.
    pub done: usize,
    /// Whether the statement after them was begun, and it is not known how it ended.
    pub interrupted: bool,
    /// The index that had the name of the one that statement builds.
    pub(super) found_index: Option<u32>,
}

/// The migrations to run, in order.
///
/// # Errors
///
/// Whatever would make the run stop before it has begun, all of it at once.
pub(crate) fn pending<'a>(
    migrations: &'a Migrations,
    history: &History,
    options: &MigrateOptions,
) -> Result<Vec<PendingMigration<'a>>, MigrateError> {
    let last = match &options.to {
        None => migrations.files.len(),
        Some(tag) => migrations
            .files
            .iter()
            .position(|migration| migration.tag() == tag)
            .map(|index| index + 1)
            .ok_or_else(|| MigrateError::UnknownTag {
                tag: tag.clone(),
                known: tags(&migrations.files),
            })?,
    };
    let reconciliation = reconcile(migrations, &history.rows);
    let refusals = refusals(migrations, &reconciliation, history, options, last);
    if !refusals.is_empty() {
        return Err(MigrateError::Refused(refusals));
    }

    let mut pending = Vec::new();
    let mut unreadable = Vec::new();
    for reconciled in &reconciliation.migrations[..last] {
        let migration = &migrations.files[reconciled.index];
        if reconciled.state == MigrationState::Applied {
            continue;
        }
        match migration.script() {
            Ok(script) => pending.push((migration, script)),
            Err(error) => unreadable.push(UnreadableScript {
                tag: migration.tag().to_owned(),
                path: migration.path.clone(),
                error,
            }),
        }
    }
    if !unreadable.is_empty() {
        return Err(MigrateError::Unreadable(unreadable));
    }
    pending
        .into_iter()
        .map(|(migration, script)| {
            with_progress(migration, script, history.records.get(migration.tag()))
        })
        .collect()
}

fn tags(migrations: &[Migration]) -> Vec<String> {
    migrations.iter().map(|m| m.tag().to_owned()).collect()
}

fn refusals(
    migrations: &Migrations,
    reconciliation: &Reconciliation,
    history: &History,
    options: &MigrateOptions,
    last: usize,
) -> Vec<Refusal> {
    let missing = reconciliation.missing.iter().map(|row| Refusal::Missing {
        tag: tag_of(row, history),
        row: row.clone(),
    });
    let files = reconciliation.migrations.iter().filter_map(|reconciled| {
        let migration = &migrations.files[reconciled.index];
        let (tag, path) = (migration.tag().to_owned(), migration.path.clone());
        match reconciled.state {
            MigrationState::Edited => Some(Refusal::Edited { tag, path }),
            MigrationState::OutOfOrder if !options.out_of_order && reconciled.index < last => {
                Some(Refusal::OutOfOrder { tag, path })
            }
            MigrationState::Applied | MigrationState::Pending | MigrationState::OutOfOrder => None,
        }
    });
    missing.chain(files).collect()
}

/// drizzle's table does not know the tag, but ours may.
pub(crate) fn tag_of(row: &HistoryRow, history: &History) -> Option<String> {
    let records = history.records.values();
    let mut matching = records
        .filter(|record| record.applied_at.is_some() && Some(record.created_at) == row.created_at);
    matching.next().map(|record| record.tag.clone())
}

/// Finds the statement to continue with. What has taken effect must still be what the file says.
fn with_progress<'a>(
    migration: &'a Migration,
    script: Script,
    record: Option<&Record>,
) -> Result<PendingMigration<'a>, MigrateError> {
    let mut pending = PendingMigration {
        migration,
        script,
        done: 0,
        interrupted: false,
        found_index: None,
    };
    let Some(record) = record.filter(|record| record.applied_at.is_none()) else {
        return Ok(pending);
    };
    let begun: Vec<&String> = record.done.iter().chain(&record.attempting).collect();
    if begun.is_empty() {
        return Ok(pending);
    }
    let statements = &pending.script.statements;
    let same = statements
        .iter()
        .zip(&begun)
        .take_while(|(statement, hash)| statement_hash(&migration.sql, statement) == hash.as_str())
        .count();
    if same < begun.len() || pending.script.mode == ScriptMode::Transaction {
        return Err(MigrateError::EditedHalfway {
            tag: migration.tag().to_owned(),
            path: migration.path.clone(),
            statement: same,
            done: record.done.len(),
        });
    }
    pending.done = record.done.len();
    pending.interrupted = record.attempting.is_some();
    pending.found_index = record.found_index;
    Ok(pending)
}

/// What a statement is recognised by in a later run, whatever the line ends of the checkout.
pub(super) fn statement_hash(sql: &str, statement: &SqlStatement) -> String {
    let text = statement.text(sql).replace("\r\n", "\n");
    format!("{:016x}", fnv1a_64(text.as_bytes()))
}
