//! `db migrate`: applies what is pending.

use std::fmt::Write;

use pg_database::{
    Database, FailureCause, FailurePoint, FileState, MigrateError, MigrateEvent, MigrateOptions,
    MigrationFailure, Refusal, migrate, plan,
};
use pg_migration::Migrations;

use crate::app::App;
use crate::error::Error;
use crate::runner::{Limits, waiting};
use crate::state::without_extension;
use crate::ui::{Place, Spinner, Ui, count, elapsed, server_problem, snippet};

/// Applies the pending migrations
///
/// Each migration runs in a transaction of its own, together with its row in the history; one that fails leaves nothing behind. Before anything
/// runs, all applied migrations are compared with the history: an edited, missing or out-of-order one stops the run. Several runs at once take turns.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  cargo xtask db migrate\n  DATABASE_URL=postgres://… cargo xtask db migrate --lock-timeout 5s"
)]
pub struct Args {
    /// Lists what would be applied, and applies nothing
    #[arg(long)]
    dry_run: bool,
    /// Applies migrations up to this one
    #[arg(long, value_name = "TAG")]
    to: Option<String>,
    /// Also applies migrations that are older than one already applied
    #[arg(long)]
    out_of_order: bool,
    #[command(flatten)]
    limits: Limits,
}

impl Args {
    fn options(&self) -> MigrateOptions {
        MigrateOptions {
            to: self.to.as_deref().map(without_extension),
            out_of_order: self.out_of_order,
            wait_lock: self.limits.wait_lock(),
            lock_timeout: self.limits.lock_timeout,
            statement_timeout: self.limits.statement_timeout,
        }
    }
}

pub(crate) fn run(args: &Args, app: &App) -> Result<(), Error> {
    let target = app.config.database_url()?;
    let migrations = app.existing_migrations()?;
    let options = args.options();
    // The others that take up all connections may be runs that wait for the lock.
    let mut database = app.connect_within(options.wait_lock, &target)?;
    if args.dry_run {
        dry_run(app, &mut database, &migrations, &options)
    } else {
        apply(app, &mut database, &migrations, &options)
    }
}

fn dry_run(
    app: &App,
    database: &mut Database,
    migrations: &Migrations,
    options: &MigrateOptions,
) -> Result<(), Error> {
    let pending =
        plan(database, migrations, options).map_err(|error| explain(error, migrations, app))?;
    if pending.is_empty() {
        say_up_to_date(options.to.as_deref(), app, migrations);
        return Ok(());
    }
    app.ui.say(format_args!(
        "Would apply {} to {}:",
        count(pending.len(), "migration"),
        database.url()
    ));
    for file in &pending {
        app.ui.data(format_args!("{}.sql", file.migration.tag()));
    }
    Ok(())
}

/// Applies what is pending and says so, one line a migration.
///
/// # Errors
/// Why it stopped, and how things stand.
pub fn apply(
    app: &App,
    database: &mut Database,
    migrations: &Migrations,
    options: &MigrateOptions,
) -> Result<(), Error> {
    app.ui.begin("Applying migrations...");
    let mut progress = Progress::new(app.ui);
    let (canceller, mut work) = (database.canceller(), None);
    let result = migrate(database, migrations, options, &mut |event| {
        if matches!(event, MigrateEvent::Started { .. }) && work.is_none() {
            work = Some(app.interrupts.cancelling(canceller.clone()));
        }
        progress.show(&event);
    });
    drop((work, progress));
    let report = result.map_err(|error| explain(error, migrations, app))?;
    if report.applied.is_empty() {
        say_up_to_date(options.to.as_deref(), app, migrations);
    } else {
        app.ui.done("Migration complete!");
    }
    Ok(())
}

fn say_up_to_date(to: Option<&str>, app: &App, migrations: &Migrations) {
    match to {
        Some(tag) => app.ui.done(format_args!(
            "Nothing to apply: the database has all up to {tag}"
        )),
        None => app.ui.done(format_args!(
            "Nothing to apply: the database has all of {}",
            app.describe_folder(migrations)
        )),
    }
}

/// Shows the events of a run.
pub(crate) struct Progress {
    ui: Ui,
    spinner: Option<Spinner>,
}

impl Progress {
    pub(crate) fn new(ui: Ui) -> Self {
        Self { ui, spinner: None }
    }

    pub(crate) fn show(&mut self, event: &MigrateEvent<'_>) {
        let ui = self.ui;
        match event {
            MigrateEvent::Waiting { holder, waited } => {
                self.line(|| ui.say(waiting(holder, *waited)));
            }
            MigrateEvent::Started {
                tag,
                statements,
                done,
                ..
            } => {
                if *done > 0 {
                    self.line(|| ui.say(format_args!("{tag}.sql: an earlier run has done {done} of {statements} statements; going on after them")));
                }
                self.spinner = Some(ui.spinner(format_args!("{tag}.sql")));
            }
            MigrateEvent::Statement { .. } => {}
            MigrateEvent::Notice { notice, .. } => self.line(|| {
                ui.say(format_args!(
                    "{}: {}",
                    notice.severity.to_lowercase(),
                    notice.message
                ));
            }),
            MigrateEvent::DroppingInvalidIndex { index, .. } => {
                self.line(|| {
                    ui.say(format_args!(
                        "Dropping the invalid index {index} that an earlier run left behind"
                    ));
                });
            }
            MigrateEvent::Applied { tag, elapsed: time } => {
                self.spinner = None;
                ui.done(format_args!("Applied: {tag}.sql ({})", elapsed(*time)));
            }
        }
    }

    fn line(&self, write: impl FnOnce()) {
        match &self.spinner {
            Some(spinner) => spinner.suspend(write),
            None => write(),
        }
    }
}

/// An error of a run with its place in the file, and what to do.
pub(crate) fn explain(error: MigrateError, migrations: &Migrations, app: &App) -> Error {
    match error {
        MigrateError::Failed(failure) => explain_failure(&failure, migrations, app),
        MigrateError::Refused(refusals) => explain_refusals(refusals),
        MigrateError::Unreadable(scripts) => {
            let mut message = "nothing was applied, since this cannot be run:\n".to_owned();
            for script in &scripts {
                let path = app.config.relative(&script.path);
                let text = migrations
                    .find(&script.tag)
                    .map_or("", |migration| migration.sql.as_str());
                let offset = script.error.offset();
                let place = Place {
                    path: &path,
                    text,
                    statement: offset..offset,
                    offset,
                };
                let _ = writeln!(
                    message,
                    "\n{}",
                    snippet(&script.error.problem(), &place, &[])
                );
            }
            Error::failed(message).hint("correct it, then run `cargo xtask db migrate` again")
        }
        MigrateError::EditedHalfway { ref tag, .. } => {
            let undone = format!(
                "if what it did is undone by hand, `cargo xtask db resolve --not-applied {tag}` lets it begin anew"
            );
            Error::from(error).hint(undone)
        }
        MigrateError::UnknownTag { tag, known } => {
            Error::unknown_migration(&tag, known.iter().map(String::as_str))
        }
        other => other.into(),
    }
}

fn explain_refusals(refusals: Vec<Refusal>) -> Error {
    let lines: Vec<_> = refusals
        .iter()
        .map(|refusal| format!("\n  {refusal}"))
        .collect();
    let mut error = Error::failed(format!(
        "nothing was applied, as the folder and the database have diverged:{}",
        lines.concat()
    ));
    // Each as the flag that takes it.
    let (mut edited, mut missing, mut out_of_order) = (String::new(), String::new(), String::new());
    for refusal in &refusals {
        match refusal {
            Refusal::Edited { tag, .. } => edited.push_str(&format!(" --applied {tag}")),
            Refusal::OutOfOrder { tag, .. } => out_of_order.push_str(&format!(" --applied {tag}")),
            Refusal::Missing { tag, row } => {
                let named = tag.clone().unwrap_or_else(|| format!("{:.12}", row.hash));
                missing.push_str(&format!(" --not-applied {named}"));
            }
        }
    }
    if !edited.is_empty() {
        error = error
            .hint("an applied migration stays as it is: restore it from version control, and put the change into a new one")
            .hint(format!("if the database is as the file says now, `cargo xtask db resolve{edited}` takes it so"));
    }
    if !missing.is_empty() {
        error = error
            .hint("a migration that a database has stays in the folder: restore it, or switch to the branch that has it")
            .hint(format!("if it is undone in the database, or gone for good, `cargo xtask db resolve{missing}` forgets it"));
    }
    if !out_of_order.is_empty() {
        error = error
            .hint("if it does not depend on being first, `cargo xtask db migrate --out-of-order` applies it now")
            .hint(format!("if the database has what it does, `cargo xtask db resolve{out_of_order}` says so"));
    }
    error
}

fn explain_failure(failure: &MigrationFailure, migrations: &Migrations, app: &App) -> Error {
    let path = app.config.relative(&failure.path);
    if app.interrupts.exit_code().is_some() {
        let place = headline(failure, &path).replacen(" failed ", " was interrupted ", 1);
        return Error::failed(format!("{place}\n{}", state(failure)))
            .hint("`cargo xtask db migrate` goes on from there");
    }
    let text = migrations
        .find(&failure.tag)
        .map(|migration| migration.sql.as_str());
    let mut message = headline(failure, &path);
    match (
        failure.server_error(),
        text,
        &failure.point,
        failure.offset_in_file(),
    ) {
        (Some(server), Some(text), FailurePoint::Statement { range, .. }, Some(offset)) => {
            let place = Place {
                path: &path,
                text,
                statement: range.clone(),
                offset,
            };
            let _ = writeln!(message, "\n\n{}", server_problem(server, &place));
        }
        _ => {
            let _ = write!(message, ": {}", failure.cause);
        }
    }
    let _ = write!(message, "\n{}", state(failure));
    let mut error = Error::failed(message);
    let is_there = |code: &str| ["42701", "42P06", "42P07", "42710"].contains(&code);
    if let Some(server) = failure.server_error()
        && is_there(&server.sqlstate)
    {
        error = error.hint(format!(
            "if the database has all that {tag} makes, as after `cargo xtask db push`, then `cargo xtask db status` shows it, and `cargo xtask db resolve --applied {tag}` records it",
            tag = failure.tag
        ));
    }
    error.hints.extend(failure.hint());
    if matches!(failure.cause, FailureCause::Query(_)) && failure.server_error().is_some() {
        error = error.hint(format!(
            "correct {path}, then run `cargo xtask db migrate` again"
        ));
    }
    error
}

fn headline(failure: &MigrationFailure, path: &str) -> String {
    match &failure.point {
        FailurePoint::Begin => format!("{path} failed before its first statement"),
        FailurePoint::Statement { index, .. } => format!(
            "{path} failed at statement {} of {}",
            index + 1,
            failure.statements
        ),
        FailurePoint::Commit => format!("{path} failed when it was committed"),
    }
}

fn state(failure: &MigrationFailure) -> String {
    let file = match failure.state {
        FileState::RolledBack => "It was rolled back".to_owned(),
        FileState::Kept { done: 0 } => "None of its statements took effect".to_owned(),
        FileState::Kept { done } => format!("Its first {} took effect and stay; the next run goes on after them", count(done, "statement")),
        FileState::KeptAtLeast { done: 0 } => "Whether its first statement took effect is not known; the next run finds out and goes on after it".to_owned(),
        FileState::KeptAtLeast { done } => format!("Its first {} took effect and stay; whether the next one did is not known, which the next run finds out", count(done, "statement")),
        FileState::Unknown => "The connection was lost while it was committed; `cargo xtask db status` shows whether it is applied".to_owned(),
    };
    match failure.applied.as_slice() {
        [] => format!("{file}; nothing else was applied"),
        applied => format!("{file}; applied before it: {}", applied.join(", ")),
    }
}
