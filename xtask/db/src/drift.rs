//! Drift: what a database is, other than what its history says.

mod findings;

use std::collections::BTreeSet;

use pg_database::{Database, MigrationStatus, Outside, Status};
use pg_migration::{
    Change, ChangedObject, Migration, MigrationState, Migrations, PlannedMigration, applicable,
    planned_migrations_renamed,
};
use pg_schema::{QualifiedName, Schema};

use crate::app::App;
use crate::error::Error;
use crate::filters::FilterArgs;
use crate::state::{ReadState, Reader, State, newest_snapshot};
use crate::ui::count;

/// How a database stands to the state that its history says it is in.
pub(crate) struct Drift {
    /// The migration after which that is; none for the empty state.
    since: Option<String>,
    pub(crate) standing: Standing,
    outside: Vec<Outside>,
}

pub(crate) enum Standing {
    /// It is in that state.
    Agrees,
    /// It is in the state after the last of these, which its history does not have.
    Ahead(Vec<String>),
    Differs(Box<Differences>),
    /// The history leads to no state that the folder has; why.
    Unknown(String),
}

/// What has been done to a database beside its migrations.
pub(crate) struct Differences {
    /// What the schema declares as it is in the database, and no migration has.
    declared: Vec<Change>,
    /// What the schema does not declare so.
    undeclared: Vec<Change>,
    undo: Undo,
    /// From the database to the state that its history says.
    back: Vec<PlannedMigration>,
    has_migrations: bool,
}

/// What takes back what is undeclared.
enum Undo {
    /// A push, as the schema says what the history says, on this machine.
    Push,
    /// The SQL from the database to the state after a migration.
    Diff(String),
    /// Nothing: no migration made any of it, so that it is not to be taken away either.
    Nothing,
}

impl Drift {
    /// Compares a database with the state after the migrations that its history has.
    ///
    /// # Errors
    /// Why one of them cannot be read.
    pub(crate) fn find(
        migrations: &Migrations,
        history: &Status,
        database: Database,
        filters: &FilterArgs,
        app: &App,
    ) -> Result<Self, Error> {
        let applied = (history.migrations.iter()).rfind(|migration| has(migration));
        let since = applied.map(|migration| migration.tag.clone());
        let drift = |standing, outside| Self {
            since: since.clone(),
            standing,
            outside,
        };
        if let Some(reason) = no_state(history) {
            return Ok(drift(Standing::Unknown(reason), Vec::new()));
        }
        let is_local = database.url().is_local();
        let mut reader = Reader::of(migrations, app).filtered(filters).over(database);
        let said = (since.clone()).map_or(State::Empty, |tag| State::Migrations(Some(tag)));
        let (said, found) = reader.read_both(&said, &State::Database(None))?;
        let outside = found.outside.clone();
        let changes = differences(&said.schema, &found.schema, app);
        if changes.is_empty() {
            return Ok(drift(Standing::Agrees, outside));
        }
        let back = way(&found.schema, &said.schema, app);
        let columns = columns(&found.schema);
        keep_connection(&mut reader, found);
        let pending: Vec<_> = (history.migrations.iter())
            .filter(|migration| !has(migration))
            .map(|migration| migration.tag.clone())
            .collect();
        if let Some(ahead) = ahead(&mut reader, migrations, &pending, &columns, app)? {
            let standing = Standing::Ahead(pending[..ahead].to_vec());
            return Ok(drift(standing, outside));
        }
        let schema_is_migrated = is_migrated(migrations, app)?;
        let left = if schema_is_migrated == Some(false) {
            let (found, schema) = reader.read_both(&State::Database(None), &State::Schema)?;
            differences(&found.schema, &schema.schema, app)
        } else {
            changes.clone()
        };
        let (undeclared, declared) = (changes.into_iter())
            .partition(|change| left.iter().any(|left| concern_the_same(change, left)));
        let undo = match since.clone() {
            None => Undo::Nothing,
            Some(_) if is_local && pending.is_empty() && schema_is_migrated == Some(true) => {
                Undo::Push
            }
            Some(tag) => Undo::Diff(tag),
        };
        let differences = Differences {
            declared,
            undeclared,
            undo,
            back,
            has_migrations: !migrations.files.is_empty(),
        };
        Ok(drift(Standing::Differs(Box::new(differences)), outside))
    }

    /// Of a database that could not be compared.
    pub(crate) fn unknown(error: Error) -> Self {
        let reason = [error.message].into_iter().chain(error.hints);
        Self {
            since: None,
            standing: Standing::Unknown(reason.collect::<Vec<_>>().join("; ")),
            outside: Vec::new(),
        }
    }

    /// What undoes what has been done beside the migrations, if that is to be undone at all.
    pub(crate) fn way_back(&self) -> &[PlannedMigration] {
        match &self.standing {
            Standing::Differs(differences) => match differences.undo {
                Undo::Push | Undo::Diff(_) if !differences.undeclared.is_empty() => {
                    &differences.back
                }
                _ => &[],
            },
            Standing::Agrees | Standing::Ahead(_) | Standing::Unknown(_) => &[],
        }
    }

    /// What of the database was left out, if anything.
    pub(crate) fn beside(&self) -> Option<String> {
        let things: Vec<_> = self.outside.iter().map(Outside::to_string).collect();
        let number = count(things.len(), "thing");
        (!things.is_empty()).then(|| format!("{number} that no state holds: {}", things.join(", ")))
    }
}

/// What has been done between two states, with the renames that the schema states.
pub(crate) fn differences(from: &Schema, to: &Schema, app: &App) -> Vec<Change> {
    let way = way(from, to, app).into_iter();
    way.flat_map(|migration| migration.plan.changes).collect()
}

fn way(from: &Schema, to: &Schema, app: &App) -> Vec<PlannedMigration> {
    planned_migrations_renamed(from, to, &applicable(app.renames(), from, to))
}

/// How many of the pending migrations a database has the state of, if any; its `columns` are known.
fn ahead(
    reader: &mut Reader<'_>,
    migrations: &Migrations,
    pending: &[String],
    columns: &Columns,
    app: &App,
) -> Result<Option<usize>, Error> {
    for (number, tag) in pending.iter().enumerate().rev() {
        let has_state = migrations.find(tag).and_then(Migration::snapshot_path);
        let state = State::Migrations(Some(tag.clone()));
        // Of a hundred that are pending, few are worth to be put into the server's words.
        if has_state.is_none()
            || self::columns(&reader.read_as_beside_database(&state)?) != *columns
        {
            continue;
        }
        let (said, found) = reader.read_both(&state, &State::Database(None))?;
        let is_there = differences(&said.schema, &found.schema, app).is_empty();
        keep_connection(reader, found);
        if is_there {
            return Ok(Some(number + 1));
        }
    }
    Ok(None)
}

/// The names of all tables and of their columns.
type Columns = BTreeSet<(QualifiedName, BTreeSet<String>)>;

fn columns(schema: &Schema) -> Columns {
    let tables = schema.tables.iter().map(|table| {
        let columns = table.columns.iter().map(|column| column.name.clone());
        (table.name.clone(), columns.collect())
    });
    tables.collect()
}

fn has(migration: &MigrationStatus) -> bool {
    migration.row.is_some()
}

/// Why no state is known after what a history has.
fn no_state(history: &Status) -> Option<String> {
    if let Some(row) = history.missing.first() {
        return Some(format!(
            "the database has a migration that the folder does not have (history row {})",
            row.id
        ));
    }
    let out_of_order = |migration: &&MigrationStatus| migration.state == MigrationState::OutOfOrder;
    if let Some(migration) = history.migrations.iter().find(out_of_order) {
        return Some(format!(
            "{} is not applied, and a later one is",
            migration.tag
        ));
    }
    let half_done = |migration: &&MigrationStatus| migration.progress.is_some();
    let migration = history.migrations.iter().find(half_done)?;
    Some(format!("{} is half done", migration.tag))
}

fn keep_connection(reader: &mut Reader<'_>, found: ReadState) {
    if let Some(database) = found.into_connection() {
        reader.connect(database);
    }
}

/// Whether the folder has all of the schema; `None` if the schema is wrong, as others say.
pub(crate) fn is_migrated(migrations: &Migrations, app: &App) -> Result<Option<bool>, Error> {
    let Ok(schema) = app.schema() else {
        return Ok(None);
    };
    let newest = newest_snapshot(migrations, app)?;
    let state = newest.map_or_else(Schema::default, |snapshot| snapshot.schema);
    Ok(Some(differences(&state, &schema, app).is_empty()))
}

/// Whether two changes are about one object, or one is about a part of the other's.
fn concern_the_same(a: &Change, b: &Change) -> bool {
    let (a, b) = (a.object(), b.object());
    let is_part_of = |part: &ChangedObject<'_>, relation: &ChangedObject<'_>| {
        relation.table.is_none()
            && part.table.is_some()
            && (part.schema, part.table) == (relation.schema, relation.name)
    };
    a == b || is_part_of(&a, &b) || is_part_of(&b, &a)
}
