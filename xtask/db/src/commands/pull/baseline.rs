//! The migration that makes what the database has already, recorded as applied.

use pg_database::{BaselineError, Database, MigrateError, history, lock, record_baseline};
use pg_migration::{FolderLock, Migration, NewMigration, planned_migrations};
use pg_schema::Schema;

use super::Args;
use crate::app::App;
use crate::commands::generate::{lock as lock_folder, named};
use crate::config::DatabaseUrl;
use crate::error::Error;
use crate::state::ReadState;
use crate::ui::count;

const NAME: &str = "baseline";

/// What is to be written.
pub(super) enum Baseline {
    /// Nothing.
    None,
    /// These migrations, while the folder is locked.
    New {
        migrations: Vec<NewMigration>,
        database: Box<Database>,
        lock: FolderLock,
    },
}

impl Baseline {
    /// Finds out whether there is one to be written, and says why not. Asks where the database is not on this machine.
    pub(super) fn plan(
        args: &Args,
        target: &DatabaseUrl,
        read: ReadState,
        declared: &Schema,
        app: &App,
    ) -> Result<Self, Error> {
        if args.no_baseline {
            return Ok(Self::None);
        }
        let planned = planned_migrations(&Schema::default(), declared);
        let (_, migrations) = named(Some(NAME.to_owned()), None, planned);
        let Some(mut database) = read.into_connection().filter(|_| !migrations.is_empty()) else {
            app.ui
                .say("No baseline: there is nothing that a migration could make");
            return Ok(Self::None);
        };
        let existing = app.migrations()?;
        if !existing.files.is_empty() {
            app.ui.say(format_args!(
                "No baseline: {} describes a database already",
                app.describe_folder(&existing)
            ));
            app.ui.hint("`cargo xtask db diff --from migrations --to database` shows whether it describes this one");
            return Ok(Self::None);
        }
        let history = history::read(&mut database)
            .map_err(|error| MigrateError::ReadHistory(error, target.url.clone().into()))?;
        if !history.rows.is_empty() {
            say_has_history(history.rows.len(), app);
            return Ok(Self::None);
        }
        let question = format!(
            "Record the baseline in the history of {}, which is not on this machine?",
            target.url
        );
        if !target.url.is_local() && !args.yes && !app.ui.confirm(&question, "--yes")? {
            return Err(Error::failed("nothing was changed")
                .hint("`--no-baseline` writes just the file, and nothing to the database"));
        }
        Ok(Self::New {
            migrations,
            database: Box::new(database),
            lock: lock_folder(&app.folder(), app)?,
        })
    }

    /// Writes it and records it, both or neither, and gives the names of its migrations.
    pub(super) fn write(self, app: &App) -> Result<Vec<String>, Error> {
        let Self::New {
            migrations,
            mut database,
            lock: _lock,
        } = self
        else {
            return Ok(Vec::new());
        };
        lock::acquire(&mut database, None, &mut |holder, _| {
            app.ui
                .say(format_args!("Waiting for another run to finish: {holder}"));
        })
        .map_err(MigrateError::from)?;
        let mut tags = Vec::new();
        let recorded = app.interrupts.uninterrupted(|| {
            let recorded = record_baseline(&mut database, || {
                let written = append(&migrations, app)?;
                tags = written.iter().map(|it| it.tag().to_owned()).collect();
                Ok(written)
            });
            if !matches!(recorded, Ok(()) | Err(BaselineError::Commit(_))) {
                for _ in &tags {
                    // It was put there just now, in a folder that is locked.
                    let _ = app.folder().remove_newest();
                }
            }
            recorded
        });
        recorded.map_err(explain)?;
        for tag in &tags {
            let path = app.config.folder.join(format!("{tag}.sql"));
            app.ui.done(format_args!(
                "Wrote {}, recorded as applied in {}",
                app.config.relative(&path),
                database.url()
            ));
        }
        Ok(tags)
    }
}

fn append(new: &[NewMigration], app: &App) -> Result<Vec<Migration>, Error> {
    let folder = app.folder();
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
            error.hint("`--no-baseline` writes just the file, and nothing to the database")
        }
        BaselineError::HasHistory { rows } => Error::failed(format!(
            "since a moment ago the database has a history of {}\nNothing was written",
            count(rows, "migration")
        ))
        .hint("run this again: it writes the file, and no baseline"),
        BaselineError::Commit(error) => Error::failed(format!(
            "it is not known whether the baseline is recorded: {error}"
        ))
        .hint("`cargo xtask db status` shows whether it is"),
    }
}
