//! The migration that makes what the database has already, recorded as applied.

use pg_database::{
    BaselineError, Database, MigrateError, MigrateOptions, history, record_baseline,
};
use pg_migration::{Migration, NewMigration, planned_migrations};
use pg_schema::Schema;

use super::Args;
use super::file::{SourceFile, WrittenFile};
use crate::app::App;
use crate::commands::generate::{lock as lock_folder, named};
use crate::config::DatabaseUrl;
use crate::error::Error;
use crate::runner::lock_runs;
use crate::state::ReadState;
use crate::ui::count;

const NAME: &str = "baseline";

/// What is to be written.
pub(super) enum Baseline {
    /// Nothing.
    None,
    /// These migrations, of this database.
    New(Vec<NewMigration>, Box<Database>),
}

/// Whether there is to be one, as far as the folder and the flags tell; says why not. Asks where the database is not on this machine.
pub(super) fn is_wanted(args: &Args, target: &DatabaseUrl, app: &App) -> Result<bool, Error> {
    if args.no_baseline {
        return Ok(false);
    }
    let existing = app.migrations()?;
    if !existing.files.is_empty() {
        app.ui.say(format_args!(
            "No baseline: {} describes a database already",
            app.describe_folder(&existing)
        ));
        app.ui.hint(
            "`cargo xtask db diff --from migrations --to database` shows whether it describes this one; if so, and this one has no history yet, \
             `cargo xtask db resolve --baseline` records it as applied",
        );
        return Ok(false);
    }
    let question = format!(
        "Record the baseline in the history of {}, which is not on this machine?",
        target.url
    );
    if target.url.is_local()
        || args.allow_remote
        || (app.ui.confirm(&question, "--allow-remote")).map_err(or_without)?
    {
        return Ok(true);
    }
    Err(or_without(Error::failed("nothing was changed")))
}

fn or_without(error: Error) -> Error {
    error.hint("`--no-baseline` writes just the file, and nothing to the database")
}

impl Baseline {
    /// What is to be written for a database, if anything; says why not.
    pub(super) fn plan(
        target: &DatabaseUrl,
        read: ReadState,
        declared: &Schema,
        app: &App,
    ) -> Result<Self, Error> {
        let planned = planned_migrations(&Schema::default(), declared);
        let (_, migrations) = named(Some(NAME.to_owned()), None, planned);
        let Some(mut database) = read.into_connection().filter(|_| !migrations.is_empty()) else {
            app.ui
                .say("No baseline: there is nothing that a migration could make");
            return Ok(Self::None);
        };
        let history = history::read(&mut database)
            .map_err(|error| MigrateError::ReadHistory(error, target.url.clone().into()))?;
        if !history.rows.is_empty() {
            say_has_history(history.rows.len(), app);
            return Ok(Self::None);
        }
        Ok(Self::New(migrations, Box::new(database)))
    }

    /// Writes it beside the source and records it, all of that or nothing, and gives the names of its migrations. The source gets its name later.
    pub(super) fn write(
        self,
        file: SourceFile,
        source: &str,
        app: &App,
    ) -> Result<(Vec<String>, WrittenFile), Error> {
        let (migrations, mut database) = match self {
            Self::None => return Ok((Vec::new(), file.write(source)?)),
            Self::New(migrations, database) => (migrations, database),
        };
        lock_runs(&mut database, MigrateOptions::default().wait_lock, app)?;
        let mut tags = Vec::new();
        let recorded = app.interrupts.uninterrupted(|| {
            // What the server refuses it refuses before there is any file.
            let recorded = record_baseline(&mut database, || {
                let written = file.write(source)?;
                let appended = append(&migrations, app)?;
                tags = appended.iter().map(|it| it.tag().to_owned()).collect();
                Ok((appended, written))
            });
            if !matches!(recorded, Ok(_) | Err(BaselineError::Commit(_))) {
                for _ in &tags {
                    // It was put there just now.
                    let _ = app.folder().remove_newest();
                }
            }
            recorded
        });
        let written = recorded.map_err(explain)?;
        for tag in &tags {
            let path = app.config.folder.join(format!("{tag}.sql"));
            app.ui.done(format_args!(
                "Wrote {}, recorded as applied in {}",
                app.config.relative(&path),
                database.url()
            ));
        }
        Ok((tags, written))
    }
}

fn append(new: &[NewMigration], app: &App) -> Result<Vec<Migration>, Error> {
    let folder = app.folder();
    let _lock = lock_folder(&folder, app)?;
    let existing = folder.load().map_err(|error| app.explain(error))?;
    if !existing.files.is_empty() {
        return Err(Error::failed(format!(
            "since a moment ago there are migrations in {}\nNothing was written",
            app.describe_folder(&existing)
        ))
        .hint("run this again: it writes the file, and no baseline"));
    }
    let entries = folder.append(new).map_err(|error| app.explain(error))?;
    let migrations = folder.load().map_err(|error| app.explain(error))?;
    let written = entries
        .iter()
        .filter_map(|entry| migrations.find(&entry.tag));
    Ok(written.cloned().collect())
}

fn say_has_history(rows: usize, app: &App) {
    app.ui.say(format_args!(
        "No baseline: the database has a history of {} already",
        count(rows, "migration")
    ));
    app.ui.hint(format_args!(
        "bring the folder that they came from to {}, or name it with `--folder`",
        app.config.relative(&app.config.folder)
    ));
}

fn explain(error: BaselineError<Error>) -> Error {
    match error {
        BaselineError::Write(error) => error,
        BaselineError::History(error) => {
            let mut error = Error::from(error);
            error.message.push_str("\nNothing was written");
            or_without(error)
        }
        BaselineError::HasHistory { rows } => Error::failed(format!(
            "since a moment ago the database has a history of {}\nNothing was written",
            count(rows, "migration")
        ))
        .hint("run this again: it writes the file, and no baseline"),
        BaselineError::Commit(error) => Error::failed(format!(
            "it is not known whether the baseline is recorded: {error}"
        ))
        .hint("`cargo xtask db status` shows whether it is, and `cargo xtask db resolve --baseline` records it if it is not"),
    }
}
