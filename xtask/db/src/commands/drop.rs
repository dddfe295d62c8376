//! `db drop`: the newest migration, taken out of the folder.

use pg_database::{Database, MigrateError, MigrateOptions, lock, status};
use pg_migration::{Migration, MigrationState, Migrations, Snapshot};

use super::generate::lock as lock_folder;
use super::migrate::waiting;
use crate::app::App;
use crate::error::Error;
use crate::git::{Repository, Tree};

/// Removes the newest migration from the folder, unless the database has it
///
/// Its SQL file, its snapshot and its entry in the journal go, all at once, so that the next `db generate` goes on from the state before it. The
/// database of DATABASE_URL is asked whether it has the migration, and nothing is changed in it. Asks first.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  cargo xtask db drop --dry-run")]
pub struct Args {
    /// Does not ask
    #[arg(long)]
    yes: bool,
    /// Shows what would be removed, and removes nothing
    #[arg(long)]
    dry_run: bool,
    /// Does not look whether a database has the migration
    #[arg(long)]
    offline: bool,
}

pub(crate) fn run(args: &Args, app: &App) -> Result<(), Error> {
    let folder = app.folder();
    let migrations = app.existing_migrations()?;
    if migrations.files.is_empty() {
        app.ui.done(format_args!(
            "Nothing to drop: {}",
            app.describe_folder(&migrations)
        ));
        return Ok(());
    }
    // A dry run takes no lock, and finds the same as it is.
    let (_lock, migrations) = if args.dry_run {
        (None, migrations)
    } else {
        let lock = lock_folder(&folder, app)?;
        let migrations = folder.load().map_err(|error| app.explain(error))?;
        (Some(lock), migrations)
    };
    let Some(newest) = migrations.files.last() else {
        return Ok(());
    };
    refuse_followed(newest, &migrations, app)?;
    let mut database = if args.offline {
        None
    } else {
        Some(connect(newest, app)?)
    };
    if let Some(database) = &mut database {
        refuse_applied(newest, &migrations, database)?;
    }

    let files = files(newest, &migrations, app);
    app.ui.say(format_args!(
        "To be removed: {}, and its entry in the journal",
        files.join(", ")
    ));
    warn_of_shared(newest, app);
    if args.dry_run {
        app.ui.done("Dry run: nothing was removed");
        return Ok(());
    }
    let question = format!("Remove {} from the folder?", newest.tag());
    if !args.yes && !app.ui.confirm(&question, "--yes")? {
        return Err(Error::failed("nothing was changed"));
    }
    if let Some(database) = &mut database {
        // Nobody applies it while it goes.
        let wait = MigrateOptions::default().wait_lock;
        lock::acquire(database, wait, &mut |holder, waited| {
            app.ui.say(waiting(&holder, waited));
        })
        .map_err(MigrateError::from)?;
        refuse_applied(newest, &migrations, database)?;
    }
    let removed = app.interrupts.uninterrupted(|| folder.remove_newest());
    if let Some(database) = &mut database {
        let _ = lock::release(database);
    }
    removed.map_err(|error| app.explain(error))?;
    app.ui.done(format_args!("Dropped: {}", newest.tag()));
    app.ui
        .hint("`cargo xtask db generate` writes what the schema still has of it anew");
    Ok(())
}

/// The chain ends where the newest migration was before, unless one before it follows it.
fn refuse_followed(newest: &Migration, migrations: &Migrations, app: &App) -> Result<(), Error> {
    let read = |migration: &Migration| -> Result<Option<Snapshot>, Error> {
        let file = app.folder().read_snapshot(migration);
        // One that cannot be read follows nothing.
        Ok(file
            .map_err(|error| app.explain(error))?
            .and_then(|file| Snapshot::parse(&file.text).ok()))
    };
    let Some(snapshot) = read(newest)? else {
        return Ok(());
    };
    for migration in &migrations.files {
        let shares = migration.snapshot_path() == newest.snapshot_path();
        if !shares && read(migration)?.is_some_and(|other| other.prev_id == snapshot.id) {
            return Err(Error::failed(format!(
                "the snapshot of {} follows that of {}, which is the newest in the journal",
                migration.tag(),
                newest.tag()
            ))
            .hint("`cargo xtask db check` says how the chain can be mended"));
        }
    }
    Ok(())
}

fn connect(newest: &Migration, app: &App) -> Result<Database, Error> {
    let connected = match app.config.find_database_url()? {
        Some(target) => app.connect_to(&target),
        None => Err(Error::failed("nothing names a database")),
    };
    connected.map_err(|error| {
        let mut unknown = Error::needs_answer(format!(
            "whether a database has {} cannot be found out: {}",
            newest.tag(),
            error.message
        ));
        unknown.hints = error.hints;
        unknown
            .hint("`--database-url URL` names the database that is to be asked")
            .hint("if no database has it, say `--offline`")
    })
}

fn refuse_applied(
    newest: &Migration,
    migrations: &Migrations,
    database: &mut Database,
) -> Result<(), Error> {
    let found = status(database, migrations)
        .map_err(|error| MigrateError::ReadHistory(error, database.url().clone().into()))?;
    let Some(it) = found.migrations.last() else {
        return Ok(());
    };
    let url = database.url();
    let tag = newest.tag();
    if it.progress.is_some() {
        return Err(Error::failed(format!("{url} has {tag} half done, so it stays"))
            .hint("`cargo xtask db migrate` does the rest of it")
            .hint(format!("what it did can be undone by hand, and `cargo xtask db resolve --not-applied {tag}` says so")));
    }
    if matches!(it.state, MigrationState::Applied | MigrationState::Edited) {
        return Err(Error::failed(format!("{url} has {tag}, so it stays"))
            .hint(format!(
                "`cargo xtask db generate --revert {tag}` writes the migration that takes it back"
            ))
            .hint(format!(
                "if that is not so, `cargo xtask db resolve --not-applied {tag}` says so"
            )));
    }
    Ok(())
}

fn files(newest: &Migration, migrations: &Migrations, app: &App) -> Vec<String> {
    let snapshot = newest.snapshot_path().filter(|path| {
        let of_it = migrations.files.iter();
        of_it.filter(|it| it.snapshot_path() == Some(path)).count() == 1
    });
    [Some(newest.path.as_path()), snapshot]
        .into_iter()
        .flatten()
        .map(|path| app.config.relative(path))
        .collect()
}

/// What is on the default branch may be in databases that are not asked.
fn warn_of_shared(newest: &Migration, app: &App) {
    let base = Repository::around(app.folder().path()).and_then(|it| it.base(Tree::Work));
    if let Ok(base) = base
        && base.files.tags().iter().any(|tag| tag == newest.tag())
    {
        app.ui.warning(format_args!(
            "{} has it ({}), so other databases may have it too",
            base.branch, base.commit
        ));
    }
}
