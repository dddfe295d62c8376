//! What `db check --database` finds: a history that the folder does not bear out, and drift.

use pg_database::{MigrateError, Status, status};
use pg_migration::MigrationState;
use serde::Serialize;

use super::Found;
use crate::app::App;
use crate::drift::{Drift, Standing};
use crate::error::Error;
use crate::filters::FilterArgs;

/// A database that was looked at.
#[derive(Serialize)]
pub(super) struct Looked {
    pub(super) database: String,
    pub(super) drift: Drift,
}

/// Looks at the configured database. That it cannot be done is a finding like others, so that these are told, too.
pub(super) fn look(filters: &FilterArgs, app: &App) -> (Option<Looked>, Vec<Found>) {
    match compare(filters, app) {
        Ok((looked, findings)) => (Some(looked), findings),
        Err(error) => {
            let mend = error.hints.join("; ");
            (None, vec![Found::new("database", error.message, mend)])
        }
    }
}

fn compare(filters: &FilterArgs, app: &App) -> Result<(Looked, Vec<Found>), Error> {
    let migrations = app.folder().load().map_err(|error| app.explain(error))?;
    let mut database = app.connect()?;
    let place = database.url().clone();
    let history = status(&mut database, &migrations)
        .map_err(|error| MigrateError::ReadHistory(error, place.clone().into()))?;
    let mut findings = history_findings(&history);
    let drift = Drift::find(&migrations, &history, database, filters, app)?;
    findings.extend(drift.findings().into_iter().map(|finding| Found {
        changes: finding.plain_lines(),
        ..Found::new(finding.kind, finding.message, finding.mend.join("; or "))
    }));
    let looked = Looked {
        database: place.to_string(),
        drift,
    };
    Ok((looked, findings))
}

fn history_findings(history: &Status) -> Vec<Found> {
    let missing = history.missing.iter().map(|row| {
        Found::new(
            "missing-in-folder",
            format!(
                "the database has a migration that the folder does not have: history row {} (hash {:.12}…)",
                row.id, row.hash
            ),
            format!(
                "bring it back from version control, or switch to the branch that has it; if it is undone in the database, `cargo xtask db resolve --not-applied {:.12}` forgets it",
                row.hash
            ),
        )
    });
    let of_folder = history.migrations.iter().filter_map(|migration| {
        let tag = &migration.tag;
        let (kind, message, mend) = match migration.state {
            MigrationState::Edited => (
                "edited-since-applied",
                format!("`{tag}` was edited since the database applied it"),
                format!(
                    "restore it from version control, and put the change into a new one; if the database is as the file says now, `cargo xtask db resolve --applied {tag}` takes it so"
                ),
            ),
            MigrationState::OutOfOrder => (
                "out-of-order",
                format!("`{tag}` is not applied, and a later one is"),
                format!(
                    "if it does not depend on being first, `cargo xtask db migrate --out-of-order` applies it; if the database has what it does, `cargo xtask db resolve --applied {tag}` says so"
                ),
            ),
            MigrationState::Pending if migration.progress.is_some() => (
                "half-done",
                format!("`{tag}` is half done"),
                "`cargo xtask db migrate` goes on with it".to_owned(),
            ),
            MigrationState::Applied | MigrationState::Pending => return None,
        };
        Some(Found::new(kind, message, mend))
    });
    of_folder.chain(missing).collect()
}

impl Looked {
    /// What was seen, for the end of a report that found nothing.
    pub(super) fn summary(&self) -> String {
        let place = &self.database;
        match &self.drift.standing {
            Standing::Unknown(reason) => format!("{place} was not compared: {reason}"),
            _ => match self.drift.beside() {
                Some(beside) => format!("{place} is as its history says; beside it {beside}"),
                None => format!("{place} is as its history says"),
            },
        }
    }
}
