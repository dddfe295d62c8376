//! How a folder of migrations and a database stand to each other.

use pg_migration::{HistoryRow, MigrationState, Migrations, reconcile};

use crate::connect::Database;
use crate::error::QueryError;
use crate::history::{self, Marked, Record};

/// How a folder of migrations and a database stand to each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The migrations of the folder, in order.
    pub migrations: Vec<MigrationStatus>,
    /// Rows of migrations that the folder does not have.
    pub missing: Vec<HistoryRow>,
    /// Further rows of migrations that have one already.
    pub duplicates: Vec<HistoryRow>,
}

/// How one migration stands to a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationStatus {
    /// Its tag.
    pub tag: String,
    /// Whether it is applied.
    pub state: MigrationState,
    /// Its row in drizzle's history, if it is applied.
    pub row: Option<HistoryRow>,
    /// When and by whom it was applied; none if drizzle applied it, or if it is not applied.
    pub record: Option<Record>,
    /// Who said last that it is applied, or not, without running it; none if it was run since.
    pub marked: Option<Marked>,
    /// How far it got, if it is a `-- no-transaction` file that is half done.
    pub progress: Option<Progress>,
}

/// How far a `-- no-transaction` file got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// How many statements have taken effect.
    pub done: usize,
    /// How many there are; none when the file cannot be read.
    pub statements: Option<usize>,
    /// Whether the next one was begun, and it is not known how it ended.
    pub interrupted: bool,
}

/// Compares the folder with the history. It writes nothing.
///
/// # Errors
///
/// [`QueryError`] when the history cannot be read.
pub fn status(database: &mut Database, migrations: &Migrations) -> Result<Status, QueryError> {
    let mut history = history::read(database)?;
    let reconciliation = reconcile(migrations, &history.rows);
    let migrations = reconciliation.migrations.into_iter().map(|reconciled| {
        let migration = &migrations.files[reconciled.index];
        let record = history.records.remove(migration.tag());
        let is_applied = reconciled.row.is_some();
        let marked = record.as_ref().and_then(|record| {
            let marked = record.marked.clone()?;
            (record.applied_at <= Some(marked.at)).then_some(marked)
        });
        let (record, half_done) = match record {
            Some(record) if record.applied_at.is_some() == is_applied => {
                if is_applied {
                    (Some(record), None)
                } else {
                    // What was marked as not applied has a record, too.
                    let is_begun = !record.done.is_empty()
                        || record.attempting.is_some()
                        || record.marked.is_none();
                    (None, Some(record).filter(|_| is_begun))
                }
            }
            _ => (None, None),
        };
        MigrationStatus {
            tag: migration.tag().to_owned(),
            state: reconciled.state,
            row: reconciled.row,
            record,
            marked,
            progress: half_done.map(|record| Progress {
                done: record.done.len(),
                statements: migration
                    .script()
                    .ok()
                    .map(|script| script.statements.len()),
                interrupted: record.attempting.is_some(),
            }),
        }
    });
    Ok(Status {
        migrations: migrations.collect(),
        missing: reconciliation.missing,
        duplicates: reconciliation.duplicates,
    })
}
