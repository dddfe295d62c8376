//! The way from one state to another: ordered steps with what can go wrong at each.

mod alter;
mod cast;
mod columns;
mod comments;
mod context;
mod dependents;
mod enums;
mod extensions;
mod hazards;
mod keys;
mod migrations;
mod order;
mod readers;
mod renames;
mod revert;
mod security;
mod sequences;

use std::collections::HashSet;

use pg_schema::{Rename, Schema};

pub(crate) use self::columns::cast_is_automatic;
use self::context::Context;
use crate::diff::{Change, diff};
use crate::hazard::Hazard;
use crate::renames::complete;
use crate::statement::Statement;

pub use self::migrations::{
    CUSTOM_MIGRATION, NO_TRANSACTION, PlannedMigration, planned_migrations,
    planned_migrations_renamed,
};
pub use self::revert::{OwnSql, Undone, own_sql, planned_revert};

/// The way from one state to another, made once and shared by whatever shows it or runs it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Plan {
    /// Why there are steps at all.
    pub changes: Vec<Change>,
    /// What to run, in order.
    pub steps: Vec<Step>,
}

/// One statement of a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// What runs.
    pub statement: Statement,
    /// Which change it serves: an index into [`Plan::changes`].
    pub change: usize,
    /// What it can do to data and to others.
    pub hazards: Vec<Hazard>,
    /// How it may run.
    pub run: RunMode,
}

/// How a step may run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunMode {
    /// In one transaction with its neighbours.
    InTransaction,
    /// In no transaction: PostgreSQL refuses it in one.
    Outside,
}

/// Plans the way from one state to another.
///
/// The steps stand in drizzle-kit's order, but where PostgreSQL would refuse that order: then what must come first does.
#[must_use]
pub fn plan(from: &Schema, to: &Schema) -> Plan {
    let changes = diff(from, to);
    let steps = order::steps(&Context::new(from, from, to, &changes));
    Plan { changes, steps }
}

/// The same where some objects have other names in the later state: `renames` are those of [`applicable`](crate::applicable).
#[must_use]
pub fn plan_renamed(from: &Schema, to: &Schema, renames: &[Rename]) -> Plan {
    if renames.is_empty() {
        return plan(from, to);
    }
    let (state, all) = complete(from, to, renames);
    let mut changes: Vec<_> = all.into_iter().map(Change::Rename).collect();
    changes.extend(diff(&state, to));
    let steps = order::steps(&Context::new(from, &state, to, &changes));
    Plan { changes, steps }
}

impl Plan {
    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// What it renames, all that follows from a rename included.
    #[must_use]
    pub fn renames(&self) -> Vec<Rename> {
        let renames = self.changes.iter().filter_map(|change| match change {
            Change::Rename(rename) => Some(rename.clone()),
            _ => None,
        });
        renames.collect()
    }

    /// Whether a step must run outside a transaction.
    #[must_use]
    pub fn runs_outside(&self) -> bool {
        self.steps.iter().any(|step| step.run == RunMode::Outside)
    }

    /// The statements for people and for psql, each on lines of its own, without drizzle-kit's marks between them.
    #[must_use]
    pub fn sql(&self) -> String {
        let statements = self.steps.iter().map(|step| step.statement.sql());
        statements.collect::<Vec<_>>().join("\n")
    }

    /// All hazards, in the order of the steps, each once.
    #[must_use]
    pub fn hazards(&self) -> Vec<&Hazard> {
        let mut seen = HashSet::new();
        let hazards = self.steps.iter().flat_map(|step| &step.hazards);
        hazards.filter(|hazard| seen.insert(*hazard)).collect()
    }
}
