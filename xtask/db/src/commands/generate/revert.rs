//! `--revert`: the way back to the state before a migration.

use pg_migration::{
    Migration, Migrations, ORIGIN, PlannedMigration, Snapshot, Undone, planned_migrations,
    planned_revert,
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
        let states = states(kept, taken_back, app)?;
        let undone: Vec<_> = taken_back
            .iter()
            .zip(states.windows(2))
            .map(|(migration, states)| Undone {
                tag: migration.tag(),
                sql: &migration.sql,
                before: &states[0],
                after: &states[1],
            })
            .collect();
        let way = planned_revert(&undone);
        let own: Vec<_> = undone.iter().filter(|it| it.own_sql().is_some()).collect();
        if way.is_empty() && !own.is_empty() {
            let tags: Vec<_> = own.iter().map(|it| it.tag).collect();
            return Err(Error::failed(format!(
                "the schema is as it was before {}, and what {} did by SQL of its own only SQL of your own can undo",
                undone[0].tag,
                tags.join(", ")
            ))
            .hint(format!(
                "write that into a migration: `cargo xtask db generate --custom --name {}`",
                name(undone[0].tag)
            )));
        }
        Ok(Self {
            way,
            tags: undone.iter().map(|it| it.tag.to_owned()).collect(),
            target: states.into_iter().next().unwrap_or_default(),
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
        let again = planned_migrations(&self.target, schema);
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

/// The state before the first of the migrations that are taken back, and after each.
fn states(kept: &[Migration], taken_back: &[Migration], app: &App) -> Result<Vec<Schema>, Error> {
    let mut latest = nearest_snapshot(kept, app)?.map(|(_, snapshot)| snapshot);
    let mut states = vec![state(latest.as_ref())];
    for migration in taken_back {
        let snapshot = nearest_snapshot(std::slice::from_ref(migration), app)?;
        // One that was written by hand may have none: it changes no state.
        if let Some((_, snapshot)) = snapshot {
            let previous = latest.as_ref().map_or(ORIGIN, |latest| &latest.id);
            if snapshot.prev_id != previous {
                return Err(Error::failed(format!(
                    "the snapshot of {} does not follow the one before it, so the state before it is not known",
                    migration.tag()
                ))
                .hint("if a snapshot is missing in the folder's meta/, restore it from version control")
                .hint("if two branches met, write the way back yourself: `cargo xtask db generate --custom`"));
            }
            latest = Some(snapshot);
        }
        states.push(state(latest.as_ref()));
    }
    Ok(states)
}

fn state(snapshot: Option<&Snapshot>) -> Schema {
    snapshot.map_or_else(Schema::default, |snapshot| snapshot.schema.clone())
}

/// `revert_add_venue` for `0002_add_venue`.
fn name(tag: &str) -> String {
    let name = match tag.split_once('_') {
        Some((number, name)) if number.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => tag,
    };
    format!("revert_{}", in_file_name(name))
}
