//! `--revert`: the way back to the state before a migration.

use pg_migration::{
    Migration, Migrations, ORIGIN, PlannedMigration, Snapshot, Undone, applicable, own_sql,
    planned_migrations_renamed, planned_revert,
};
use pg_schema::Schema;

use super::in_file_name;
use crate::app::App;
use crate::error::Error;
use crate::state::{nearest_snapshot, position, without_extension};
use crate::ui::change_lines;

/// What takes back a migration and all after it.
pub(super) struct Revert {
    /// The migrations that do so.
    pub(super) way: Vec<PlannedMigration>,
    /// What is taken back, the oldest first.
    tags: Vec<String>,
    /// The state to which it leads.
    target: Schema,
}

impl Revert {
    pub(super) fn plan(tag: &str, migrations: &Migrations, app: &App) -> Result<Self, Error> {
        let start = position(migrations, &without_extension(tag))?;
        let (kept, taken_back) = migrations.files.split_at(start);
        let before = nearest_snapshot(kept, app)?.map(|(_, snapshot)| snapshot);
        let snapshots = following(before.as_ref(), taken_back, app)?;
        let target = before.map_or_else(Schema::default, |snapshot| snapshot.schema);
        let undone = taken_back.iter().zip(&snapshots);
        let undone: Vec<_> = undone
            .map(|(migration, snapshot)| Undone {
                tag: migration.tag(),
                sql: &migration.sql,
                after: snapshot.as_ref().map(|snapshot| &snapshot.schema),
                renames: snapshot.as_ref().map_or(&[], |snapshot| &snapshot.renames),
            })
            .collect();
        let way = planned_revert(&undone, &target);
        let own = own_sql(&undone, &target);
        let first = undone[0].tag;
        if way.is_empty() && !own.is_empty() {
            let own: Vec<_> = own.iter().map(|own| own.tag).collect();
            return Err(Error::failed(format!(
                "the schema is as it was before {first}, and what {} did by SQL of its own only SQL of your own can undo",
                own.join(", ")
            ))
            .hint(format!(
                "write that into a migration: `cargo xtask db generate --custom --name {}`",
                name(first)
            )));
        }
        Ok(Self {
            way,
            tags: undone.iter().map(|it| it.tag.to_owned()).collect(),
            target,
        })
    }

    /// What the migration is called unless another name is given.
    pub(super) fn name(&self) -> String {
        name(&self.tags[0])
    }

    /// What is taken back.
    pub(super) fn announce(&self, app: &App) {
        app.ui.say(match self.tags.as_slice() {
            [first, later @ ..] if !later.is_empty() => {
                format!(
                    "Taking back {first} and what came after it: {}",
                    later.join(", ")
                )
            }
            tags => format!("Taking back {}", tags.concat()),
        });
    }

    /// What the next `db generate` would write, as long as the code declares it.
    pub(super) fn say_what_comes_again(&self, schema: &Schema, app: &App) {
        let renames = applicable(app.renames(), &self.target, schema);
        let again = planned_migrations_renamed(&self.target, schema, &renames);
        if again.is_empty() {
            return;
        }
        app.ui.warning(
            "the schema in the code differs from this state: take it back there too, or the next `cargo xtask db generate` writes it again",
        );
        for migration in &again {
            for line in change_lines(&migration.plan.changes) {
                app.ui.say(line);
            }
        }
    }
}

/// The snapshots of migrations, as far as they have some, each of which must follow the one before it.
fn following(
    before: Option<&Snapshot>,
    migrations: &[Migration],
    app: &App,
) -> Result<Vec<Option<Snapshot>>, Error> {
    let mut latest = before.cloned();
    let mut snapshots = Vec::new();
    for migration in migrations {
        let snapshot = nearest_snapshot(std::slice::from_ref(migration), app)?;
        let mut snapshot = snapshot.map(|(_, snapshot)| snapshot);
        if let Some(snapshot) = &mut snapshot {
            let previous = latest.as_ref().map_or(ORIGIN, |latest| &latest.id);
            if snapshot.prev_id != previous {
                return Err(Error::failed(format!(
                    "the snapshot of {} does not follow the one before it, so the state before it is not known",
                    migration.tag()
                ))
                .hint("if a snapshot is missing in the folder's meta/, restore it from version control")
                .hint("if two branches met, write the way back yourself: `cargo xtask db generate --custom`"));
            }
            if let Some(previous) = &latest {
                snapshot.inherit(previous);
            }
            latest = Some(snapshot.clone());
        }
        snapshots.push(snapshot);
    }
    Ok(snapshots)
}

/// `revert_add_venue` for `0002_add_venue`.
fn name(tag: &str) -> String {
    let name = match tag.split_once('_') {
        Some((number, name)) if number.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => tag,
    };
    format!("revert_{}", in_file_name(name))
}
