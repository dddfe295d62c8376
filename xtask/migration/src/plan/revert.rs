//! The way back from the newest state to an earlier one, with what does not come back by it.

#[cfg(test)]
mod tests;

use pg_schema::Schema;

use super::migrations::{PlannedMigration, planned_migrations};
use crate::diff::{Change, ChangedObject};
use crate::hazard::{Hazard, HazardKind};
use crate::sql::{line_column, split};

/// A migration that is to be undone.
#[derive(Debug, Clone, Copy)]
pub struct Undone<'a> {
    /// Its name.
    pub tag: &'a str,
    /// The text of its file.
    pub sql: &'a str,
    /// The state before it.
    pub before: &'a Schema,
    /// The state after it.
    pub after: &'a Schema,
}

/// The migrations from the state after the last of `undone`, which follow one another, to the state before the first; none when the states are
/// the same.
///
/// What a migration deleted, and what SQL of its own did, is a hazard of the first step that concerns the same object, or else of the first of all.
#[must_use]
pub fn planned_revert(undone: &[Undone<'_>]) -> Vec<PlannedMigration> {
    let (Some(first), Some(last)) = (undone.first(), undone.last()) else {
        return Vec::new();
    };
    let mut way = planned_migrations(last.after, first.before);
    for migration in undone {
        for forth in planned_migrations(migration.before, migration.after) {
            for step in &forth.plan.steps {
                let change = &forth.plan.changes[step.change];
                if !has(first.before, change) {
                    continue;
                }
                for lost in step
                    .hazards
                    .iter()
                    .filter(|it| it.kind == HazardKind::DataLoss)
                {
                    let message = format!(
                        "what {} deleted does not come back: {}",
                        migration.tag, lost.message
                    );
                    add(&mut way, Some(change.object()), message);
                }
            }
        }
        if let Some(line) = migration.own_sql() {
            let message = format!(
                "{} has SQL of its own (line {line}): what that did stays",
                migration.tag
            );
            add(&mut way, None, message);
        }
    }
    way
}

impl Undone<'_> {
    /// The line, counted from 1, of the first statement that its change of state does not account for, such as one that changes rows.
    ///
    /// In a migration that does change the state, what makes, alters or drops something that a state can hold counts as accounted for however it
    /// is worded.
    #[must_use]
    pub fn own_sql(&self) -> Option<usize> {
        let statements = match split(self.sql) {
            Ok(statements) => statements,
            Err(error) => return Some(error.line),
        };
        let way = planned_migrations(self.before, self.after);
        let planned = way.iter().flat_map(|migration| &migration.plan.steps);
        let planned: Vec<_> = planned.map(|step| step.statement.sql()).collect();
        let own = statements.iter().find(|statement| {
            let text = statement.text(self.sql);
            let is_planned = planned.iter().any(|sql| sql.trim_end_matches(';') == text);
            !is_planned && (planned.is_empty() || !defines_state(text))
        })?;
        Some(line_column(self.sql, own.range.start).0)
    }
}

/// Whether a statement defines something of a kind that a state can hold.
fn defines_state(statement: &str) -> bool {
    const KINDS: [&str; 9] = [
        "schema",
        "type",
        "sequence",
        "table",
        "index",
        "view",
        "role",
        "policy",
        "extension",
    ];
    let words = statement.split_whitespace().map(str::to_lowercase);
    // As many as in CREATE OR REPLACE VIEW.
    let words: Vec<_> = words.take(4).collect();
    let defines = |word: &String| ["create", "alter", "drop"].contains(&word.as_str());
    words.first().is_some_and(defines) && words.iter().any(|word| KINDS.contains(&word.as_str()))
}

fn add(way: &mut [PlannedMigration], object: Option<ChangedObject<'_>>, message: String) {
    let steps = way.iter_mut().flat_map(|migration| {
        let changes = &migration.plan.changes;
        let steps = migration.plan.steps.iter_mut();
        steps.map(|step| (changes[step.change].object(), &mut step.hazards))
    });
    let mut steps: Vec<_> = steps.collect();
    let concerned = steps.iter().position(|(of, _)| Some(*of) == object);
    if let Some((_, hazards)) = steps.get_mut(concerned.unwrap_or(0)) {
        hazards.push(Hazard::new(HazardKind::NotReversible, message));
    }
}

/// Whether a state has what a change has lost rows or values of. Those of a materialized view are only computed.
fn has(state: &Schema, change: &Change) -> bool {
    match change {
        Change::Table(table) => table
            .from()
            .is_some_and(|table| state.tables.contains(&table.name)),
        Change::Column(table, column) => column.from().is_some_and(|column| {
            let table = state.tables.get(table);
            table.is_some_and(|table| table.columns.contains(&column.name))
        }),
        Change::Sequence(sequence) => sequence
            .from()
            .is_some_and(|sequence| state.sequences.contains(&sequence.name)),
        _ => false,
    }
}
