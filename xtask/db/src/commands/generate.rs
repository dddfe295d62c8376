//! `db generate`: the way from the folder's state to the schema, or back to an earlier state, written down as a migration.

mod revert;

use std::time::{SystemTime, UNIX_EPOCH};

use pg_migration::{
    CUSTOM_MIGRATION, Folder, FolderError, JournalEntry, Migrations, NewMigration, Plan,
    PlannedMigration, Snapshot, planned_migrations_renamed, random_name, repeat_snapshot,
};
use pg_schema::Schema;
use uuid::Uuid;

use crate::app::App;
use crate::error::Error;
use crate::renames::RenameArgs;
use crate::state::{explain_snapshot, newest_snapshot};
use crate::ui::show_plan;
use revert::Revert;

/// Writes a migration for what has changed in the schema
///
/// Compares the schema that the code declares with the newest snapshot of the folder and writes the SQL between them, with its snapshot and
/// journal entry. Shows what changed, the SQL, and what it can do to existing data. The database is not looked at.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  cargo xtask db generate --name add_trailing_stop\n  cargo xtask db generate --revert 0002_add_trailing_stop"
)]
pub struct Args {
    /// What the migration does, as in add_trailing_stop; a random name without it
    #[arg(long, value_parser = parse_name)]
    name: Option<String>,
    /// Writes an empty migration for SQL of your own
    #[arg(long)]
    custom: bool,
    /// Writes the way back to the state before this migration, and so takes back all after it too
    #[arg(long, value_name = "TAG", conflicts_with_all = ["custom", "renames", "created", "hints"])]
    revert: Option<String>,
    #[command(flatten)]
    renames: RenameArgs,
    /// Shows everything and writes nothing
    #[arg(long)]
    dry_run: bool,
}

pub(crate) fn run(args: &Args, app: &App) -> Result<(), Error> {
    app.ui.begin("Generating migration...");
    let schema = app.schema()?;
    let folder = app.folder();
    // A dry run takes no lock, since that would create the folder.
    let _lock = if args.dry_run {
        None
    } else {
        Some(lock(&folder, app)?)
    };
    let migrations = app.migrations()?;
    refuse_unreferenced_snapshots(&migrations, app)?;
    let previous = newest_snapshot(&migrations, app)?;
    let empty = Schema::default();
    let revert = match &args.revert {
        Some(tag) => Some(Revert::plan(tag, &migrations, app)?),
        None => None,
    };
    let (plans, new) = if args.custom {
        (Vec::new(), vec![custom_migration(args, &migrations, app)?])
    } else if let Some(revert) = &revert {
        revert.announce(app);
        let name = args.name.clone().unwrap_or_else(|| revert.name());
        named(Some(name), previous, revert.way.clone())
    } else {
        let from = previous
            .as_ref()
            .map_or(&empty, |previous| &previous.schema);
        let renames = args.renames.decided(from, &schema, app)?;
        let planned = planned_migrations_renamed(from, &schema, &renames);
        named(args.name.clone(), previous, planned)
    };
    if new.is_empty() {
        app.ui.done(if revert.is_some() {
            "The state is the same already, nothing to generate"
        } else {
            "No schema changes, nothing to generate"
        });
        return Ok(());
    }
    // Before anything is shown, so that what is shown is true.
    let written = if args.dry_run {
        Vec::new()
    } else {
        app.interrupts
            .uninterrupted(|| folder.append(&new))
            .map_err(|error| app.explain(error))?
    };
    for plan in &plans {
        show_plan(plan, app.ui);
    }
    if args.dry_run {
        app.ui.done("Dry run: nothing was written");
    }
    for entry in written {
        say_written(&entry, args, app);
    }
    if let Some(revert) = &revert {
        revert.say_what_comes_again(&schema, app);
    }
    Ok(())
}

/// At once, since everything else would be in vain.
fn parse_name(name: &str) -> Result<String, String> {
    match NewMigration::check_name(name) {
        Err(FolderError::Name { reason, .. }) => Err(reason),
        Err(error) => Err(error.to_string()),
        Ok(()) => Ok(name.to_owned()),
    }
}

pub(super) fn lock(folder: &Folder, app: &App) -> Result<pg_migration::FolderLock, Error> {
    let lock = match folder.try_lock() {
        Ok(None) => {
            app.ui
                .say("Waiting for another command that writes to the folder");
            folder.lock()
        }
        Ok(Some(lock)) => Ok(lock),
        Err(error) => Err(error),
    };
    lock.map_err(|error| app.explain(error))
}

/// drizzle-kit would take the last of them for the newest state, so they are not passed over.
fn refuse_unreferenced_snapshots(migrations: &Migrations, app: &App) -> Result<(), Error> {
    let snapshots = migrations.unreferenced_snapshots();
    if snapshots.is_empty() {
        return Ok(());
    }
    let names: Vec<_> = snapshots
        .iter()
        .map(|path| app.config.relative(path))
        .collect();
    Err(Error::failed(format!("the journal has no migration for {}", names.join(", ")))
        .hint("if a migration was taken away, delete them too; if the journal was, restore it from version control"))
}

/// The planned migrations as they are written: with a name and a snapshot each.
pub(super) fn named(
    mut name: Option<String>,
    previous: Option<Snapshot>,
    planned: Vec<PlannedMigration>,
) -> (Vec<Plan>, Vec<NewMigration>) {
    let mut latest = previous;
    let (mut plans, mut new) = (Vec::new(), Vec::new());
    for migration in planned {
        let sql = migration.sql();
        let mut snapshot = Snapshot::following(latest.as_ref(), migration.state);
        snapshot.renames = migration.plan.renames();
        let base = match &name {
            Some(name) => name.clone(),
            None => name.insert(name_from(&snapshot.id)).clone(),
        };
        let suffix = migration
            .suffix
            .as_ref()
            .map_or_else(String::new, |suffix| format!("_{}", in_file_name(suffix)));
        new.push(NewMigration {
            name: format!("{base}{suffix}"),
            sql,
            snapshot: snapshot.to_json(),
            when: now(),
        });
        plans.push(migration.plan);
        latest = Some(snapshot);
    }
    (plans, new)
}

fn custom_migration(
    args: &Args,
    migrations: &Migrations,
    app: &App,
) -> Result<NewMigration, Error> {
    let snapshot = match migrations.newest_snapshot() {
        Some(file) => {
            repeat_snapshot(&file.text).map_err(|error| explain_snapshot(&error, file, app))?
        }
        None => Snapshot::following(None, Schema::default()).to_json(),
    };
    let name = args
        .name
        .clone()
        .unwrap_or_else(|| random_name(&Uuid::new_v4()));
    Ok(NewMigration {
        name,
        sql: CUSTOM_MIGRATION.to_owned(),
        snapshot,
        when: now(),
    })
}

fn name_from(id: &str) -> String {
    random_name(&id.parse().unwrap_or_else(|_| Uuid::new_v4()))
}

fn in_file_name(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || c == '-' {
                c
            } else {
                '_'
            }
        })
        .collect()
}

/// Milliseconds since 1970, as the journal has it.
fn now() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

fn say_written(entry: &JournalEntry, args: &Args, app: &App) {
    let path = app
        .config
        .relative(&app.config.folder.join(entry.sql_file_name()));
    app.ui.done(format_args!("Migration generated: {path}"));
    if args.custom {
        app.ui
            .hint("write its SQL, then apply it with `cargo xtask db migrate`");
    } else {
        app.ui
            .hint("review it, then apply it with `cargo xtask db migrate`");
    }
}
