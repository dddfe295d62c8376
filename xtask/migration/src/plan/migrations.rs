//! From two states to the migrations between them: usually one, more where PostgreSQL wants a commit between steps.

mod labels;
#[cfg(test)]
mod tests;

use pg_schema::{CommentTarget, QualifiedName, Rename, Schema};

use self::labels::Labels;
use crate::plan::{Plan, plan_renamed};
use crate::statement::Statement;

/// What drizzle-kit puts between two statements.
const BREAKPOINT: &str = "--> statement-breakpoint\n";

/// The first line of a migration that runs outside a transaction.
pub const NO_TRANSACTION: &str = "-- no-transaction\n";

/// The body of a migration that is to be written by hand, as drizzle-kit words it.
pub const CUSTOM_MIGRATION: &str = "-- Custom SQL migration file, put your code below! --";

/// One migration that is to be written: the plan to a state, and that state.
#[derive(Debug, Clone)]
pub struct PlannedMigration {
    /// What to add to the migration's name, if it is not the first of several.
    pub suffix: Option<String>,
    /// The way there.
    pub plan: Plan,
    /// The state afterwards.
    pub state: Schema,
}

/// The migrations from one state to another; none when the states are the same.
///
/// Labels that an enum gains and the rest already uses come in a migration before it, as PostgreSQL lets nobody use a label before its commit
/// (manual, ALTER TYPE, notes). Each index that is built CONCURRENTLY comes in a migration of its own after it, as that cannot run in a transaction.
#[must_use]
pub fn planned_migrations(from: &Schema, to: &Schema) -> Vec<PlannedMigration> {
    planned_migrations_renamed(from, to, &[])
}

/// The same where some objects have other names in the later state: `renames` are those of [`applicable`](crate::applicable). They come with the
/// first of the migrations but that of labels, which leaves everything else as it is.
#[must_use]
pub fn planned_migrations_renamed(
    from: &Schema,
    to: &Schema,
    renames: &[Rename],
) -> Vec<PlannedMigration> {
    let whole = plan_renamed(from, to, renames);
    let labels = Labels::before_use(from, to, renames, &whole);
    let concurrent = concurrent_indexes(&whole);
    if labels.is_none() && concurrent.is_empty() {
        let single = (!whole.is_empty()).then(|| PlannedMigration {
            suffix: None,
            plan: whole,
            state: to.clone(),
        });
        return single.into_iter().collect();
    }
    let mut way = Way {
        reached: from.clone(),
        renames: &[],
        migrations: Vec::new(),
    };
    match &labels {
        Some(labels) => {
            way.renames = &labels.renames;
            way.go_to(labels.state.clone(), Some("labels"));
            way.renames = &labels.later_renames;
        }
        None => way.renames = renames,
    }
    for done in 0..=concurrent.len() {
        // Taken from the final state, so that a snapshot has its keys in the order of the declaration.
        let mut state = to.clone();
        for (table, index) in &concurrent[done..] {
            if let Some(table) = state.tables.get_mut(*table) {
                table.indexes.remove(*index);
            } else if let Some(view) = state.views.get_mut(*table) {
                view.indexes.remove(*index);
            }
            let index = CommentTarget::Index((*table).clone(), (*index).to_owned());
            state.comments.remove(&index);
        }
        let built = done.checked_sub(1).map(|last| concurrent[last].1);
        let suffix = built.filter(|_| !way.migrations.is_empty());
        way.go_to(state, suffix);
    }
    way.migrations
}

struct Way<'a> {
    reached: Schema,
    /// Those that are not yet part of a migration.
    renames: &'a [Rename],
    migrations: Vec<PlannedMigration>,
}

impl Way<'_> {
    fn go_to(&mut self, state: Schema, suffix: Option<&str>) {
        let plan = plan_renamed(&self.reached, &state, self.renames);
        if !plan.is_empty() {
            self.renames = &[];
            self.reached = state.clone();
            self.migrations.push(PlannedMigration {
                suffix: suffix.map(str::to_owned),
                plan,
                state,
            });
        }
    }
}

fn concurrent_indexes(plan: &Plan) -> Vec<(&QualifiedName, &str)> {
    let built = plan.steps.iter().filter_map(|step| match &step.statement {
        Statement::CreateIndex { table, index } if index.concurrently => {
            Some((table, index.name.as_str()))
        }
        _ => None,
    });
    built.collect()
}

impl PlannedMigration {
    /// The text of the SQL file, as drizzle-kit writes it, and marked on its first line if it must run outside a transaction.
    #[must_use]
    pub fn sql(&self) -> String {
        let mut text = String::new();
        if self.plan.runs_outside() {
            text.push_str(NO_TRANSACTION);
        }
        let mut steps = self.plan.steps.iter().peekable();
        while let Some(step) = steps.next() {
            text.push_str(&step.statement.sql());
            if step.statement.ends_with_newline() {
                text.push('\n');
            }
            if steps.peek().is_some() {
                text.push_str(BREAKPOINT);
            }
        }
        text
    }
}
