//! From states of a database to migrations in a folder, and back.
//!
//! [`diff()`] says what differs between two states, [`plan()`] orders the statements that lead from one to the other and names their hazards, and
//! [`planned_migrations`] cuts them into migrations where PostgreSQL wants a commit in between; [`planned_revert`] gives those that lead back.
//! [`Snapshot`] is a state as text, [`Folder`] the migrations as files, [`split`] and [`Script`] take SQL files apart, and [`reconcile`] compares a
//! folder with a database's history.
//!
//! Invariants:
//! * Pure but for `Folder`, the one place with I/O: the same two states always give the same plan.
//! * Files, snapshots and SQL are drizzle-kit 0.31's, byte for byte, but where drizzle-kit is wrong; `DEVIATIONS.md` lists every such case.
//! * A plan reaches its target from any database that is in its earlier state; if rows can be in the way, a hazard says so.
//! * No SQL is made but by [`Statement::sql`]; names and constants are quoted by `pg-schema`'s functions.

mod check;
mod diff;
mod folder;
mod hazard;
mod history;
mod journal;
mod names;
mod plan;
mod renames;
mod script;
mod snapshot;
mod source;
mod sql;
mod statement;

pub use check::{BaseFiles, Checked, Finding, Problem, check, check_since};
pub use diff::{Change, ChangedObject, Difference, diff};
pub use folder::{
    Folder, FolderError, FolderFiles, FolderLock, Migration, Migrations, NewMigration, SnapshotFile,
};
pub use hazard::{Hazard, HazardKind};
pub use history::{HistoryRow, MigrationState, ReconciledMigration, Reconciliation, reconcile};
pub use journal::{Journal, JournalEntry, JournalError};
pub use names::random_name;
pub use plan::{
    CUSTOM_MIGRATION, NO_TRANSACTION, OwnSql, Plan, PlannedMigration, RunMode, Step, Undone,
    own_sql, plan, plan_renamed, planned_migrations, planned_migrations_renamed, planned_revert,
};
pub use renames::{
    RenameError, RenameQuestion, TypedRename, applicable, composed, rename_questions, renamed,
    resolve, reversed,
};
pub use script::{Script, ScriptError, ScriptMode, ScriptProblem};
pub use snapshot::{ORIGIN, SNAPSHOT_VERSION, Snapshot, SnapshotError, repeat_snapshot};
pub use source::{LeftOut, Source, relation_of, rust_source};
pub use sql::{
    ConcurrentIndex, RunsIn, SplitError, SplitProblem, SqlStatement, StatementKind,
    TransactionControl, is_query, line_column, split,
};
pub use statement::{ConstraintKind, PolicyTable, RelationWord, Statement};
