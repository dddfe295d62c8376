//! `db seed`: everything the project manages, made anew and filled by the application's seed.

use pg_database::{
    ConnectionUrl, Database, Managed, MigrateEvent, MigrateOptions, ResetCause, ResetError,
    ResetEvent, ResetReport, ResetState, Seed as SeedRun, reset,
};
use pg_migration::Migrations;
use pg_schema::{PUBLIC, QualifiedName};

use super::migrate::{Progress, explain};
use crate::app::App;
use crate::error::Error;
use crate::filters::FilterArgs;
use crate::state::newest_snapshot;
use crate::ui::count;

/// Drops everything, applies all migrations, and inserts the seed data
///
/// The schemas' objects and the history are dropped, made anew from the migrations and filled by the application's seed, in one transaction: if
/// the seed fails, the old data is as it was. For development: it asks first, and refuses a remote database.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  cargo xtask db seed --yes")]
pub struct Args {
    #[command(flatten)]
    confirmation: Confirmation,
}

/// What must be confirmed before a database is changed.
#[derive(Debug, clap::Args)]
pub(crate) struct Confirmation {
    /// Does not ask
    #[arg(long)]
    pub(crate) yes: bool,
    /// Does it even if the database is not on this machine
    #[arg(long)]
    pub(super) allow_remote: bool,
}

impl Confirmation {
    /// Refuses a database that is not on this machine, unless told otherwise; `consequence` is what would happen there.
    ///
    /// # Errors
    /// An answer is needed: exit code 3.
    pub(crate) fn check_place(&self, url: &ConnectionUrl, consequence: &str) -> Result<(), Error> {
        if url.is_local() || self.allow_remote {
            return Ok(());
        }
        Err(
            Error::needs_answer(format!("{url} is not on this machine, and {consequence}"))
                .hint("if that is what you want, say `--allow-remote`"),
        )
    }
}

pub(crate) fn run(args: &Args, app: &App) -> Result<(), Error> {
    confirm_and_recreate(&args.confirmation, app, true)
}

pub(crate) fn confirm_and_recreate(
    confirmation: &Confirmation,
    app: &App,
    with_seed: bool,
) -> Result<(), Error> {
    let target = app.config.database_url()?;
    confirmation.check_place(&target.url, "all its data would be dropped")?;
    let migrations = app.existing_migrations()?;
    let mut database = app.connect_to(&target)?;
    let name = database
        .text("SELECT current_database()")?
        .unwrap_or_default();
    let question = format!(
        "Drop everything that this project manages in the database {name} ({})?",
        target.url
    );
    if !confirmation.yes && !app.ui.confirm(&question, "--yes")? {
        return Err(Error::failed("nothing was changed"));
    }
    recreate(app, &mut database, &migrations, with_seed)
}

/// Drops what the project manages, applies all migrations, and seeds if asked to; says what was done.
///
/// # Errors
/// Why it failed, and whether the old data is still there.
pub fn recreate(
    app: &App,
    database: &mut Database,
    migrations: &Migrations,
    with_seed: bool,
) -> Result<(), Error> {
    app.ui.begin(if with_seed {
        "Seeding the database..."
    } else {
        "Resetting the database..."
    });
    let managed = managed(migrations, app)?;
    let declaration = (app.project.schema)();
    let mut function = app.project.seed;
    let mut seed = SeedRun {
        declaration: &declaration,
        function: &mut function,
    };
    let mut progress = Progress::new(app.ui);
    let (canceller, mut work) = (database.canceller(), None);
    let result = reset(
        database,
        migrations,
        &managed,
        with_seed.then_some(&mut seed),
        &MigrateOptions::default(),
        &mut |event| {
            let waits = matches!(event, ResetEvent::Migrate(MigrateEvent::Waiting { .. }));
            if !waits && work.is_none() {
                work = Some(app.interrupts.cancelling(canceller.clone()));
            }
            match event {
                ResetEvent::Dropping { objects: 0 } => {}
                ResetEvent::Dropping { objects } => app
                    .ui
                    .say(format_args!("Dropping {}", count(objects, "object"))),
                ResetEvent::FileByFile(reason) => app.ui.warning(format_args!(
                    "not in one transaction: {reason}; going file by file"
                )),
                ResetEvent::Migrate(event) => progress.show(event),
                ResetEvent::Seeding => app.ui.say("Inserting the seed data"),
            }
        },
    );
    drop((work, progress));
    let report = result.map_err(|error| explain_reset(error, migrations, app))?;
    say_kept(&report, app);
    if with_seed {
        say_inserted(&report.inserted, app);
        app.ui.done("Seed complete!");
    } else {
        app.ui.done("Reset complete!");
    }
    Ok(())
}

/// The schemas `public`, that are declared, and that the folder's newest state has, as far as the project's filters let them count.
fn managed(migrations: &Migrations, app: &App) -> Result<Managed, Error> {
    let mut schemas = vec![PUBLIC.to_owned()];
    let snapshot = newest_snapshot(migrations, app)?.map(|snapshot| snapshot.schema);
    for schema in snapshot.into_iter().chain([app.schema()?]) {
        for namespace in &schema.schemas {
            if !schemas.contains(&namespace.name) {
                schemas.push(namespace.name.clone());
            }
        }
    }
    Ok(Managed {
        schemas,
        filter: FilterArgs::default().of_databases(app),
    })
}

fn say_kept(report: &ResetReport, app: &App) {
    if !report.kept.is_empty() {
        app.ui.say(format_args!(
            "Left alone, as it is not the project's: {}",
            report.kept.join(", ")
        ));
    }
}

/// What was inserted, a line a table.
pub fn say_inserted(inserted: &[(QualifiedName, u64)], app: &App) {
    let width = inserted
        .iter()
        .map(|(table, _)| table.to_string().len())
        .max()
        .unwrap_or(0);
    for (table, rows) in inserted {
        let noun = if *rows == 1 { "row" } else { "rows" };
        app.ui.say(format_args!(
            "  {:width$}  {rows} {noun}",
            table.to_string()
        ));
    }
}

fn explain_reset(error: ResetError, migrations: &Migrations, app: &App) -> Error {
    let state = match error.state {
        ResetState::Untouched => "The old data is as it was",
        ResetState::Dropped => {
            "The old data is dropped, and what is new is not complete; run it again when the cause is mended"
        }
        ResetState::Unknown => {
            "The connection was lost while it was committed: either all is new, or all is as it was"
        }
    };
    let detail = error
        .query_error()
        .and_then(|error| error.server()?.detail.clone());
    let hint = error.hint();
    if app.interrupts.exit_code().is_some() {
        return Error::failed(format!("interrupted\n{state}"));
    }
    let mut explained = match *error.cause {
        ResetCause::Migrate(error) => explain(error, migrations, app),
        cause => {
            let mut explained = Error::failed(cause);
            if let Some(detail) = detail {
                explained.message.push_str(&format!("\n{detail}"));
            }
            explained.hints.extend(hint);
            explained
        }
    };
    explained.message.push_str(&format!("\n{state}"));
    explained
}
