//! `db generate`: the way from the folder's state to the schema, written down as a migration.

use std::time::{SystemTime, UNIX_EPOCH};

use pg_migration::{
    CUSTOM_MIGRATION, Change, Difference, Folder, JournalEntry, Migrations, NewMigration,
    PlannedMigration, Snapshot, planned_migrations, random_name, repeat_snapshot,
};
use pg_schema::{QualifiedName, Schema};
use uuid::Uuid;

use crate::app::App;
use crate::error::Error;
use crate::ui::{ADDED, ALTERED, BOLD, REMOVED, highlight};

/// Writes a migration for what has changed in the schema
///
/// Compares the schema that the code declares with the newest snapshot of the folder and writes the SQL between them, with its snapshot and
/// journal entry. Shows what changed, the SQL, and what it can do to existing data. The database is not looked at.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  cargo xtask db generate --name add_trailing_stop")]
pub struct Args {
    /// What the migration does, as in add_trailing_stop; a random name without it
    #[arg(long)]
    name: Option<String>,
    /// Writes an empty migration for SQL of your own
    #[arg(long)]
    custom: bool,
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
    let new = if args.custom {
        vec![custom_migration(args, &migrations)?]
    } else {
        generated_migrations(args, previous.as_ref(), &schema, app)?
    };
    if new.is_empty() {
        app.ui.done("No schema changes, nothing to generate");
        return Ok(());
    }
    if args.dry_run {
        app.ui.done("Dry run: nothing was written");
        return Ok(());
    }
    for entry in folder.append(&new)? {
        say_written(&entry, args, app);
    }
    Ok(())
}

fn lock(folder: &Folder, app: &App) -> Result<pg_migration::FolderLock, Error> {
    if let Some(lock) = folder.try_lock()? {
        Ok(lock)
    } else {
        app.ui
            .say("Waiting for another command that writes to the folder");
        Ok(folder.lock()?)
    }
}

/// The state after the newest migration; `None` for an empty folder.
pub(crate) fn newest_snapshot(
    migrations: &Migrations,
    app: &App,
) -> Result<Option<Snapshot>, Error> {
    let Some(file) = migrations.newest_snapshot() else {
        return Ok(None);
    };
    Snapshot::parse(&file.text).map(Some).map_err(|error| {
        Error::failed(format!("{} {error}", app.config.relative(&file.path)))
            .hint("restore the file from version control")
    })
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

fn generated_migrations(
    args: &Args,
    previous: Option<&Snapshot>,
    schema: &Schema,
    app: &App,
) -> Result<Vec<NewMigration>, Error> {
    let empty = Schema::default();
    let planned = planned_migrations(previous.map_or(&empty, |previous| &previous.schema), schema)?;
    let mut latest = previous.cloned();
    let mut name = args.name.clone();
    let mut new = Vec::new();
    for migration in planned {
        show(&migration, app);
        let sql = migration.sql();
        let snapshot = Snapshot::following(latest.as_ref(), migration.state);
        let base = match &name {
            Some(name) => name.clone(),
            None => name.insert(name_from(&snapshot.id)).clone(),
        };
        let suffix = migration
            .suffix
            .map_or_else(String::new, |suffix| format!("_{}", in_file_name(&suffix)));
        new.push(NewMigration {
            name: format!("{base}{suffix}"),
            sql,
            snapshot: snapshot.to_json(),
            when: now(),
        });
        latest = Some(snapshot);
    }
    Ok(new)
}

fn custom_migration(args: &Args, migrations: &Migrations) -> Result<NewMigration, Error> {
    let snapshot = match migrations.newest_snapshot() {
        Some(file) => repeat_snapshot(&file.text)
            .map_err(|error| Error::failed(format!("{} {error}", file.path.display())))?,
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

fn show(migration: &PlannedMigration, app: &App) {
    let ui = &app.ui;
    ui.say("");
    show_changes(&migration.plan.changes, app);
    ui.say("");
    for line in migration
        .sql()
        .replace("--> statement-breakpoint\n", "\n")
        .trim_end()
        .lines()
    {
        if !line.is_empty() {
            ui.data(highlight(line));
        }
    }
    ui.say("");
    let hazards = migration.plan.hazards();
    for hazard in &hazards {
        ui.say(format_args!(
            "{ALTERED}{}{ALTERED:#}: {}",
            hazard.kind, hazard.message
        ));
    }
    if !hazards.is_empty() {
        ui.say("");
    }
}

fn show_changes(changes: &[Change], app: &App) {
    let mut table_of_parts: Option<&QualifiedName> = None;
    for change in changes {
        if let Some((table, line)) = part_of_table(change) {
            if table_of_parts != Some(table) {
                app.ui.say(format_args!(
                    "  {ALTERED}~{ALTERED:#} table {BOLD}{table}{BOLD:#}"
                ));
                table_of_parts = Some(table);
            }
            app.ui.say(format_args!("    {line}"));
        } else if let Some(line) = whole_object(change) {
            app.ui.say(format_args!("  {line}"));
        }
    }
}

fn whole_object(change: &Change) -> Option<String> {
    match change {
        Change::Namespace(difference) => Some(marked(
            difference,
            |schema| format!("schema {}", schema.name),
            |_, _| String::new(),
        )),
        Change::Enum(difference) => Some(marked(
            difference,
            |declared| format!("enum {} ({})", declared.name, declared.values.join(", ")),
            |from, _| format!(", before: {}", from.values.join(", ")),
        )),
        Change::Table(difference) => Some(marked(
            difference,
            |table| {
                let counted = [
                    (table.columns.len(), "column"),
                    (table.indexes.len(), "index"),
                    (table.foreign_keys.len(), "foreign key"),
                ];
                let parts: Vec<_> = counted
                    .iter()
                    .filter(|(number, _)| *number > 0)
                    .map(|(number, noun)| plural(*number, noun))
                    .collect();
                format!("table {BOLD}{}{BOLD:#} ({})", table.name, parts.join(", "))
            },
            |_, _| String::new(),
        )),
        _ => None,
    }
}

fn plural(number: usize, noun: &str) -> String {
    match (number, noun) {
        (1, noun) => format!("1 {noun}"),
        (_, "index") => format!("{number} indexes"),
        (_, noun) => format!("{number} {noun}s"),
    }
}

fn part_of_table(change: &Change) -> Option<(&QualifiedName, String)> {
    match change {
        Change::Column(table, difference) => Some((
            table,
            marked(
                difference,
                |column| {
                    let not_null = if column.not_null { " not null" } else { "" };
                    let default = column
                        .default
                        .as_ref()
                        .map_or_else(String::new, |default| format!(" default {}", default.sql()));
                    format!(
                        "column {BOLD}{}{BOLD:#} {}{not_null}{default}",
                        column.name, column.data_type
                    )
                },
                |from, to| {
                    let was = if from.data_type == to.data_type {
                        String::new()
                    } else {
                        format!(", before: {}", from.data_type)
                    };
                    let loses = |before: bool, what: &str| {
                        if before {
                            format!(", no longer {what}")
                        } else {
                            String::new()
                        }
                    };
                    let nullable = loses(from.not_null && !to.not_null, "not null");
                    let default = match (&from.default, &to.default) {
                        (Some(from), None) => format!(", default {} dropped", from.sql()),
                        (Some(from), Some(to)) if from != to => {
                            format!(", default before: {}", from.sql())
                        }
                        _ => String::new(),
                    };
                    format!("{was}{nullable}{default}")
                },
            ),
        )),
        Change::PrimaryKey(table, difference) => Some((
            table,
            marked(
                difference,
                |key| format!("primary key ({})", key.columns.join(", ")),
                |_, _| String::new(),
            ),
        )),
        Change::Unique(table, difference) => Some((
            table,
            marked(
                difference,
                |u| format!("unique {} ({})", u.name, u.columns.join(", ")),
                |_, _| String::new(),
            ),
        )),
        Change::ForeignKey(table, difference) => Some((
            table,
            marked(
                difference,
                |key| {
                    format!(
                        "foreign key {} → {} ({})",
                        key.columns.join(", "),
                        key.references,
                        key.referenced_columns.join(", ")
                    )
                },
                |_, _| String::new(),
            ),
        )),
        Change::Check(table, difference) => Some((
            table,
            marked(
                difference,
                |check| format!("check {}", check.name),
                |_, _| String::new(),
            ),
        )),
        Change::Index(table, difference) => Some((
            table,
            marked(
                difference,
                |index| format!("index {}", index.name),
                |_, _| String::new(),
            ),
        )),
        _ => None,
    }
}

/// A line with `+`, `-` or `~` in its colour, and for `~` what was before.
fn marked<T>(
    difference: &Difference<T>,
    describe: impl Fn(&T) -> String,
    before: impl Fn(&T, &T) -> String,
) -> String {
    match difference {
        Difference::Added(object) => format!("{ADDED}+{ADDED:#} {}", describe(object)),
        Difference::Removed(object) => format!("{REMOVED}-{REMOVED:#} {}", describe(object)),
        Difference::Altered { from, to } => {
            format!("{ALTERED}~{ALTERED:#} {}{}", describe(to), before(from, to))
        }
    }
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
