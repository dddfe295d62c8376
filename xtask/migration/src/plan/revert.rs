//! The way back from the newest state to an earlier one, with what does not come back by it.

#[cfg(test)]
mod tests;

use std::collections::HashSet;

use pg_schema::{Rename, Schema};

use super::migrations::{PlannedMigration, planned_migrations_renamed};
use super::plan_renamed;
use crate::diff::{Change, ChangedObject};
use crate::hazard::{Hazard, HazardKind};
use crate::renames::{applicable, composed, rename_questions, reversed};
use crate::sql::{line_column, split};

/// A migration that is to be undone.
#[derive(Debug, Clone, Copy)]
pub struct Undone<'a> {
    /// Its name.
    pub tag: &'a str,
    /// The text of its file.
    pub sql: &'a str,
    /// The state after it, unless it has no snapshot: then the next one that has accounts for it too.
    pub after: Option<&'a Schema>,
    /// What its snapshot says to be renamed. One that drizzle-kit wrote does not say; then the file does.
    pub renames: &'a [Rename],
}

/// A statement that no change of state accounts for, such as one that changes rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnSql<'a> {
    /// The migration's name.
    pub tag: &'a str,
    /// The line of its file, counted from 1.
    pub line: usize,
}

/// The migrations from the state after the last of `undone`, which follow one another, to `target`, the state before the first; none when the
/// states are the same.
///
/// What was renamed is renamed back. What a migration deleted, and what SQL of its own did, is a hazard of the first step that concerns the same
/// object, or else of the first of all.
#[must_use]
pub fn planned_revert(undone: &[Undone<'_>], target: &Schema) -> Vec<PlannedMigration> {
    let mut newest = target;
    let mut back = Vec::new();
    for migration in undone {
        if let Some(after) = migration.after {
            back = composed(&reversed(&migration.renames(newest, after)), &back);
            newest = after;
        }
    }
    let mut way = planned_migrations_renamed(newest, target, &applicable(&back, newest, target));
    let mut before = target;
    let mut by = "";
    for migration in undone {
        let Some(after) = migration.after else {
            by = " and the migrations without a snapshot before it";
            continue;
        };
        for forth in migration.planned(before, after) {
            for step in &forth.plan.steps {
                let change = &forth.plan.changes[step.change];
                let is_loss = |hazard: &&Hazard| hazard.kind == HazardKind::DataLoss;
                if has(target, change) {
                    for lost in step.hazards.iter().filter(is_loss) {
                        let message = format!(
                            "what {}{by} deleted does not come back: {}",
                            migration.tag, lost.message
                        );
                        add(&mut way, Some(change.object()), message);
                    }
                }
            }
        }
        (before, by) = (after, "");
    }
    for OwnSql { tag, line } in own_sql(undone, target) {
        let message = format!(
            "{tag} has SQL of its own (line {line}): what that did stays, but for what a later snapshot shows"
        );
        add(&mut way, None, message);
    }
    way
}

/// Of each of `undone` the first statement that its change of state does not account for, if there is one.
///
/// Where the state does change, all that makes, alters or drops something that a state can hold counts as accounted for, however it is worded.
#[must_use]
pub fn own_sql<'a>(undone: &[Undone<'a>], target: &Schema) -> Vec<OwnSql<'a>> {
    let mut before = target;
    let mut own = Vec::new();
    for (position, migration) in undone.iter().enumerate() {
        let next = undone[position..].iter().find_map(|later| later.after);
        let way = migration.planned(before, next.unwrap_or(before));
        let line = unplanned_line(migration.sql, &way);
        own.extend(line.map(|line| OwnSql {
            tag: migration.tag,
            line,
        }));
        before = migration.after.unwrap_or(before);
    }
    own
}

impl Undone<'_> {
    fn renames(&self, before: &Schema, after: &Schema) -> Vec<Rename> {
        if self.renames.is_empty() {
            renames_in(self.sql, before, after)
        } else {
            applicable(self.renames, before, after)
        }
    }

    /// The migrations that would be planned in its place.
    fn planned(&self, before: &Schema, after: &Schema) -> Vec<PlannedMigration> {
        planned_migrations_renamed(before, after, &self.renames(before, after))
    }
}

/// Which of the plausible renames between two states a file states.
fn renames_in(sql: &str, from: &Schema, to: &Schema) -> Vec<Rename> {
    let statements = split(sql).unwrap_or_default();
    let statements: HashSet<_> = statements.iter().map(|it| it.text(sql)).collect();
    let (mut renames, mut created) = (Vec::new(), Vec::new());
    while let Some(question) = rename_questions(from, to, &renames, &created).first() {
        // drizzle-kit leaves out what we rename along with a table.
        let stated = question.candidates.iter().find(|candidate| {
            let tried = [renames.as_slice(), &[(*candidate).clone()]].concat();
            let plan = plan_renamed(from, to, &tried);
            plan.steps.iter().any(|step| {
                let sql = step.statement.sql();
                matches!(&plan.changes[step.change], Change::Rename(it) if it == *candidate)
                    && statements.contains(sql.trim_end_matches(';'))
            })
        });
        match stated {
            Some(rename) => renames.push(rename.clone()),
            None => created.push(question.new_name()),
        }
    }
    renames
}

fn unplanned_line(sql: &str, way: &[PlannedMigration]) -> Option<usize> {
    let statements = match split(sql) {
        Ok(statements) => statements,
        Err(error) => return Some(error.line),
    };
    let planned = way.iter().flat_map(|migration| &migration.plan.steps);
    let planned: Vec<_> = planned.map(|step| step.statement.sql()).collect();
    let own = statements.iter().find(|statement| {
        let text = statement.text(sql);
        let is_planned = planned.iter().any(|sql| sql.trim_end_matches(';') == text);
        !is_planned && (planned.is_empty() || !defines_state(text))
    })?;
    Some(line_column(sql, own.range.start).0)
}

/// Whether a statement defines something of a kind that a state can hold. drizzle-kit wrapped some in `DO $$ BEGIN … EXCEPTION …` once.
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
    // As many as in DO $$ BEGIN CREATE OR REPLACE VIEW.
    let words: Vec<_> = words.take(7).collect();
    let words = match words.as_slice() {
        [word, _, begin, wrapped @ ..] if word == "do" && begin == "begin" => wrapped,
        words => words,
    };
    let defines = |word: &String| ["create", "alter", "drop"].contains(&word.as_str());
    words.first().is_some_and(defines)
        && words
            .iter()
            .take(4)
            .any(|word| KINDS.contains(&word.as_str()))
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
