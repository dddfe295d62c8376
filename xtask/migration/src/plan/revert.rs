//! The way back from the newest state to an earlier one, with what does not come back by it.

#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::fmt;

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
    /// What it renamed, as far as its snapshot says so: one of drizzle-kit's never does.
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
/// What was renamed, by the snapshots or by the files, is renamed back. What a migration deleted, and what SQL of its own did, is a hazard of the
/// first step that concerns the same object, or else of the first of all.
#[must_use]
pub fn planned_revert(undone: &[Undone<'_>], target: &Schema) -> Vec<PlannedMigration> {
    let spans = Span::all(undone, target);
    let newest = spans.last().map_or(target, |span| span.after);
    let back = spans.iter().rev().map(|span| reversed(&span.renames));
    let back = back.fold(Vec::new(), |renames, further| composed(&renames, &further));
    let mut way = planned_migrations_renamed(newest, target, &applicable(&back, newest, target));
    for span in &spans {
        for forth in span.forth() {
            for step in &forth.plan.steps {
                let change = &forth.plan.changes[step.change];
                let is_loss = |hazard: &&Hazard| hazard.kind == HazardKind::DataLoss;
                if has(target, change) {
                    for lost in step.hazards.iter().filter(is_loss) {
                        let message =
                            format!("what {span} deleted does not come back: {}", lost.message);
                        add(&mut way, Some(change.object()), message);
                    }
                }
            }
        }
    }
    for OwnSql { tag, line } in own_sql(undone, target) {
        let message = format!(
            "{tag} has SQL of its own (line {line}): what that did stays, but for what a later snapshot shows"
        );
        add(&mut way, None, message);
    }
    way
}

/// Migrations up to the next one that has a snapshot, which accounts for all of them.
struct Span<'a> {
    migrations: &'a [Undone<'a>],
    before: &'a Schema,
    after: &'a Schema,
    renames: Vec<Rename>,
}

impl<'a> Span<'a> {
    /// Of those behind the last snapshot nothing is known: there the state stays as it is.
    fn all(undone: &'a [Undone<'a>], target: &'a Schema) -> Vec<Self> {
        let mut before = target;
        let spans = undone.split_inclusive(|migration| migration.after.is_some());
        let spans = spans.map(|migrations| {
            let last = &migrations[migrations.len() - 1];
            let after = last.after.unwrap_or(before);
            let known = applicable(last.renames, before, after);
            let span = Self {
                migrations,
                before,
                after,
                renames: renames_in(migrations, known, before, after),
            };
            before = after;
            span
        });
        spans.collect()
    }

    fn forth(&self) -> Vec<PlannedMigration> {
        planned_migrations_renamed(self.before, self.after, &self.renames)
    }
}

impl fmt::Display for Span<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tags: Vec<_> = self.migrations.iter().map(|it| it.tag).collect();
        f.write_str(&tags.join(", "))
    }
}

/// Of each of `undone` the first statement that its change of state does not account for, if there is one.
///
/// Where the state does change, all that makes, alters or drops something that a state can hold counts as accounted for, however it is worded.
#[must_use]
pub fn own_sql<'a>(undone: &'a [Undone<'a>], target: &'a Schema) -> Vec<OwnSql<'a>> {
    let mut own = Vec::new();
    for span in Span::all(undone, target) {
        let way = span.forth();
        for migration in span.migrations {
            let line = unplanned_line(migration.sql, &way);
            own.extend(line.map(|line| OwnSql {
                tag: migration.tag,
                line,
            }));
        }
    }
    own
}

/// The known renames between two states, and which of the plausible ones the files of the migrations state.
fn renames_in(
    migrations: &[Undone<'_>],
    known: Vec<Rename>,
    from: &Schema,
    to: &Schema,
) -> Vec<Rename> {
    let statements: HashSet<&str> = migrations
        .iter()
        .flat_map(|migration| {
            let statements = split(migration.sql).unwrap_or_default();
            statements.into_iter().map(|it| it.text(migration.sql))
        })
        .collect();
    let (mut renames, mut created) = (known, Vec::new());
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
