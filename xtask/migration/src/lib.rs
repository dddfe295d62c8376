//! TODO

mod diff;
mod folder;
mod hazard;
mod history;
mod journal;
mod migrations;
mod names;
mod plan;
mod script;
mod snapshot;
mod sql;
mod statement;

pub use diff::{Change, Difference, UnsupportedKinds, diff};
pub use folder::{
    Folder, FolderError, FolderLock, Migration, Migrations, NewMigration, SnapshotFile,
};
pub use hazard::{Hazard, HazardKind};
pub use history::{HistoryRow, MigrationState, ReconciledMigration, Reconciliation, reconcile};
pub use journal::{Journal, JournalEntry, JournalError};
pub use migrations::{CUSTOM_MIGRATION, PlannedMigration, planned_migrations};
pub use names::random_name;
pub use plan::{Plan, RunMode, Step, plan};
pub use script::{Script, ScriptError, ScriptMode, ScriptProblem};
pub use snapshot::{ORIGIN, SNAPSHOT_VERSION, Snapshot, SnapshotError, repeat_snapshot};
pub use sql::{
    ConcurrentIndex, RunsIn, SplitError, SplitProblem, SqlStatement, StatementKind,
    TransactionControl, line_column, split,
};
pub use statement::{ConstraintKind, Statement};
