//! `db status`: how schema, folder and database stand to each other.

use std::time::SystemTime;

use pg_database::{MigrateError, MigrationStatus, Status, status};
use pg_migration::{MigrationState, Migrations, planned_migrations};
use pg_schema::Schema;
use serde::Serialize;

use crate::app::App;
use crate::drift::{Drift, Standing};
use crate::error::Error;
use crate::filters::{FilterArgs, PATTERNS};
use crate::state::newest_snapshot;
use crate::ui::{ADDED, ALTERED, DIM, REMOVED, change_lines, elapsed};

/// Shows which migrations the database has
///
/// Each migration of the folder with its state: applied and when, pending, edited since, out of order; and those that the database has and the folder
/// does not. Also says whether the schema has changes without a migration, and whether the database is in the state after the migrations that it
/// has, or has drifted from it. Writes nothing. Exit code 1 when anything is not up to date.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help())]
pub struct Args {
    /// Prints JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    filters: FilterArgs,
}

fn after_help() -> String {
    format!(
        "{PATTERNS}\n\nExample:\n  cargo xtask db status --json | jq '.migrations[] | select(.state != \"applied\")'"
    )
}

/// What `--json` prints.
#[derive(Serialize)]
struct Report {
    database: String,
    server_version: u32,
    folder: String,
    /// Whether everything is up to date.
    up_to_date: bool,
    /// Whether the schema has changes without a migration.
    schema_changed: bool,
    migrations: Vec<MigrationReport>,
    missing: Vec<MissingReport>,
    drift: Drift,
}

#[derive(Serialize)]
struct MigrationReport {
    tag: String,
    state: &'static str,
    applied_at: Option<String>,
    applied_by: Option<String>,
    duration_ms: Option<u64>,
    /// When and by whom it was last said to be applied, or not, without being run.
    marked_at: Option<String>,
    marked_by: Option<String>,
    /// Of a `-- no-transaction` migration that is half done.
    statements_done: Option<usize>,
}

#[derive(Serialize)]
struct MissingReport {
    id: i64,
    hash: String,
    created_at: Option<i64>,
}

pub(crate) fn run(args: &Args, app: &App) -> Result<(), Error> {
    let migrations = app.migrations()?;
    let schema_changed = schema_changed(&migrations, app)?;
    let mut database = app.connect()?;
    let found = status(&mut database, &migrations)
        .map_err(|error| MigrateError::ReadHistory(error, database.url().clone().into()))?;
    let place = database.url().to_string();
    let server_version = database.server_version();
    // That it cannot be found out, as in a database that is read only, is no reason to say nothing of the rest.
    let drift = Drift::find(&migrations, &found, database, &args.filters, app)
        .unwrap_or_else(Drift::unknown);
    let report = Report {
        database: place,
        server_version,
        folder: app.config.relative(&app.config.folder),
        up_to_date: !schema_changed
            && drift.findings().is_empty()
            && found.missing.is_empty()
            && found
                .migrations
                .iter()
                .all(|migration| migration.state == MigrationState::Applied),
        schema_changed,
        migrations: found.migrations.iter().map(report).collect(),
        missing: found
            .missing
            .iter()
            .map(|row| MissingReport {
                id: row.id,
                hash: row.hash.clone(),
                created_at: row.created_at,
            })
            .collect(),
        drift,
    };
    if args.json {
        app.ui
            .data(serde_json::to_string_pretty(&report).map_err(Error::failed)?);
    } else {
        show(&report, &found, &migrations, app);
    }
    if report.up_to_date {
        Ok(())
    } else {
        Err(Error::found_something())
    }
}

fn schema_changed(migrations: &Migrations, app: &App) -> Result<bool, Error> {
    let from =
        newest_snapshot(migrations, app)?.map_or_else(Schema::default, |snapshot| snapshot.schema);
    Ok(!planned_migrations(&from, &app.schema()?).is_empty())
}

fn report(migration: &MigrationStatus) -> MigrationReport {
    let record = migration.record.as_ref();
    MigrationReport {
        tag: migration.tag.clone(),
        state: state(migration.state),
        applied_at: record.and_then(|record| record.applied_at).map(moment),
        applied_by: record.map(|record| record.applied_by.clone()),
        duration_ms: record
            .and_then(|record| record.duration)
            .and_then(|time| u64::try_from(time.as_millis()).ok()),
        marked_at: migration.marked.as_ref().map(|marked| moment(marked.at)),
        marked_by: migration.marked.as_ref().map(|marked| marked.by.clone()),
        statements_done: migration.progress.map(|progress| progress.done),
    }
}

pub(super) fn moment(at: SystemTime) -> String {
    humantime::format_rfc3339_seconds(at).to_string()
}

/// What it is called.
pub(super) fn state(state: MigrationState) -> &'static str {
    match state {
        MigrationState::Applied => "applied",
        MigrationState::Edited => "edited",
        MigrationState::Pending => "pending",
        MigrationState::OutOfOrder => "out of order",
    }
}

fn show(report: &Report, found: &Status, migrations: &Migrations, app: &App) {
    let ui = &app.ui;
    let (major, minor) = (
        report.server_version / 10_000,
        report.server_version % 10_000,
    );
    ui.data(format_args!(
        "Database  {} (PostgreSQL {major}.{minor})",
        report.database
    ));
    ui.data(format_args!(
        "Folder    {}",
        app.describe_folder(migrations)
    ));
    ui.data("");
    let width = report
        .migrations
        .iter()
        .map(|migration| migration.tag.len())
        .max()
        .unwrap_or(0);
    for (migration, line) in found.migrations.iter().zip(&report.migrations) {
        let style = match migration.state {
            MigrationState::Applied => ADDED,
            MigrationState::Pending => ALTERED,
            MigrationState::Edited | MigrationState::OutOfOrder => REMOVED,
        };
        ui.data(format_args!(
            "  {:width$}  {style}{}{style:#}{DIM}{}{DIM:#}",
            line.tag,
            line.state,
            details(migration, line)
        ));
    }
    for row in &found.missing {
        ui.data(format_args!(
            "  {REMOVED}missing{REMOVED:#} in the folder: history row {} (hash {:.12}…)",
            row.id, row.hash
        ));
    }
    ui.data("");
    if report.schema_changed {
        ui.data(format_args!(
            "Schema    {ALTERED}has changes without a migration{ALTERED:#}"
        ));
        ui.hint("`cargo xtask db generate` writes one");
    } else {
        ui.data("Schema    agrees with the folder");
    }
    show_drift(&report.drift, app);
    let diverged = [MigrationState::Edited, MigrationState::OutOfOrder];
    let has_diverged = |it: &MigrationStatus| diverged.contains(&it.state);
    // It would fail at what is there already.
    let is_ahead = matches!(report.drift.standing, Standing::Ahead(_));
    if !found.missing.is_empty() || found.migrations.iter().any(has_diverged) {
        ui.hint("`cargo xtask db migrate --dry-run` says what leads out of what has diverged");
    } else if !is_ahead
        && found
            .migrations
            .iter()
            .any(|migration| migration.state == MigrationState::Pending)
    {
        ui.hint("`cargo xtask db migrate` applies what is pending");
    }
}

fn show_drift(drift: &Drift, app: &App) {
    let ui = &app.ui;
    let findings = drift.findings();
    if let Standing::Unknown(reason) = &drift.standing {
        ui.data(format_args!("Drift     not known: {reason}"));
    } else if findings.is_empty() {
        let beside = drift.beside();
        let beside = beside.map_or_else(String::new, |it| format!("; beside it {it}"));
        ui.data(format_args!("Drift     none{beside}"));
    }
    for finding in findings {
        ui.data(format_args!(
            "Drift     {REMOVED}{}{REMOVED:#}",
            finding.message
        ));
        for line in change_lines(finding.changes) {
            ui.data(line);
        }
        for mend in finding.mend {
            ui.hint(mend);
        }
    }
}

fn details(migration: &MigrationStatus, line: &MigrationReport) -> String {
    let mut details = String::new();
    if let Some(at) = &line.applied_at {
        details.push_str(&format!(" {at}"));
    }
    if let Some(by) = &line.applied_by {
        details.push_str(&format!(" by {by}"));
    }
    if let Some(time) = migration.record.as_ref().and_then(|record| record.duration) {
        details.push_str(&format!(" ({})", elapsed(time)));
    }
    if migration.row.is_some()
        && migration
            .record
            .as_ref()
            .is_some_and(|it| it.duration.is_none())
    {
        details.push_str(" (marked, not run)");
    } else if let (Some(at), Some(by)) = (&line.marked_at, &line.marked_by) {
        details.push_str(&match migration.row {
            Some(_) => format!(", its text accepted {at} by {by}"),
            None => format!(", marked so {at} by {by}"),
        });
    }
    if let Some(progress) = &migration.progress {
        let of = progress
            .statements
            .map_or_else(String::new, |statements| format!(" of {statements}"));
        details.push_str(&format!(" half done: {}{of} statements", progress.done));
    }
    details
}
