//! `setup`: from a fresh clone to a migrated and seeded database.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;

use pg_database::{ConnectionUrl, Database, MigrateOptions, Seed, lock, seed};
use pg_devserver::Event;
use xtask_db::{App, DatabaseUrl, Error, Source, VARIABLE, count};

/// What `.env.local` is made from.
const EXAMPLE: &str = ".env.example";
const LOCAL: &str = ".env.local";

/// Makes a local database, migrates and seeds it; can be run again at any time
///
/// Starts a PostgreSQL server of this checkout in .devdb and writes its URL into .env.local, unless DATABASE_URL names a database already; applies
/// the migrations; inserts the seed data if there are no models yet. What is there stays as it is.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  cargo xtask setup && cargo run -p autonome")]
pub(crate) struct Args {}

pub(crate) fn run(_: &Args, app: &App) -> Result<(), Error> {
    let target = database(app)?;
    let mut database = app.connect_to(&target)?;
    let migrations = app.existing_migrations()?;
    xtask_db::migrate(app, &mut database, &migrations, &MigrateOptions::default())?;
    let models = seed_if_empty(&mut database, app)?;
    let (migrations, models) = (
        count(migrations.files.len(), "migration"),
        count(models, "model"),
    );
    app.ui.done(format_args!(
        "Ready: {}, {migrations}, {models}",
        target.url
    ));
    app.ui.say("\nNext:");
    for (command, what) in [
        (
            "cargo run -p autonome",
            "prints the models and their variants",
        ),
        (
            "cargo xtask db status",
            "shows which migrations the database has",
        ),
        ("cargo xtask db studio", "shows the data in the browser"),
        ("cargo xtask db server psql", "opens an SQL prompt"),
    ] {
        app.ui.say(format_args!("  {command:28}{what}"));
    }
    Ok(())
}

/// The database that is configured, or else the local server, started and written into `.env.local`.
fn database(app: &App) -> Result<DatabaseUrl, Error> {
    let named = app.config.find_database_url()?;
    if let Some(target) = &named {
        refuse_remote(target)?;
        if !is_ours(target, app)? {
            say_used(target, app);
            return Ok(target.clone());
        }
    }
    let url = start(app)?;
    let own: ConnectionUrl = url.parse()?;
    if let Some(target) = named.filter(|target| is_same(&target.url, &own)) {
        say_used(&target, app);
        return Ok(target);
    }
    write_env_local(&url, app)?;
    app.config.database_url()
}

fn refuse_remote(target: &DatabaseUrl) -> Result<(), Error> {
    if target.url.is_local() {
        return Ok(());
    }
    Err(Error::usage(format!(
        "{} names {}, which is not on this machine; setup is for local databases",
        target.source, target.url
    ))
    .hint("without it, setup makes a local database")
    .hint("`cargo xtask db migrate` brings that one up to date"))
}

fn say_used(target: &DatabaseUrl, app: &App) {
    app.ui
        .say(format_args!("Using {} from {}", target.url, target.source));
}

/// Whether the URL may be corrected, since setup wrote it: it stands in `.env.local` and is that of the local server, or of one that was destroyed.
/// Another checkout's server, while it runs, is left alone.
fn is_ours(target: &DatabaseUrl, app: &App) -> Result<bool, Error> {
    if target.source != Source::File(app.config.root.join(LOCAL)) || !app.made(&target.url) {
        return Ok(false);
    }
    let own: Option<ConnectionUrl> = app.server().url()?.map(|url| url.parse()).transpose()?;
    let listens = || TcpStream::connect((Ipv4Addr::LOCALHOST, target.url.port())).is_ok();
    Ok(own.is_some_and(|own| own.password() == target.url.password()) || !listens())
}

fn is_same(a: &ConnectionUrl, b: &ConnectionUrl) -> bool {
    a.port() == b.port() && a.password() == b.password()
}

fn start(app: &App) -> Result<String, Error> {
    let server = app.server();
    let mut say = |event: Event| app.say_server_event(event);
    server.start(&mut say)?;
    server
        .url()?
        .ok_or_else(|| Error::failed("the local server was deleted while it was set up"))
}

/// Writes the URL where the example, or the file itself, has the variable, or else at the end. Everything else stays.
fn write_env_local(url: &str, app: &App) -> Result<(), Error> {
    let path = app.config.root.join(LOCAL);
    let (text, from) = match read(&path)? {
        Some(text) => (text, None),
        None => (
            read(&app.config.root.join(EXAMPLE))?.unwrap_or_default(),
            Some(EXAMPLE),
        ),
    };
    write_private(&path, &with_url(&text, url))
        .map_err(|error| Error::failed(format!("{LOCAL} cannot be written: {error}")))?;
    match from {
        Some(example) => app.ui.done(format_args!(
            "Wrote {LOCAL} (from {example}) with the URL of the local server"
        )),
        None => app.ui.done(format_args!(
            "Wrote the URL of the local server into {LOCAL}"
        )),
    }
    Ok(())
}

fn read(path: &Path) -> Result<Option<String>, Error> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::failed(format!(
            "{} cannot be read: {error}",
            path.display()
        ))),
    }
}

/// The text with the variable set, in single quotes, in which dotenvy leaves everything as it is.
fn with_url(text: &str, url: &str) -> String {
    let line = format!("{VARIABLE}='{url}'\n");
    let is_variable = |line: &str| {
        line.split_once('=').is_some_and(|(name, _)| {
            let name = name.trim();
            name.strip_prefix("export ").unwrap_or(name).trim_start() == VARIABLE
        })
    };
    let mut found = false;
    let mut lines: Vec<&str> = text
        .split_inclusive('\n')
        .map(|old| {
            if found || !is_variable(old) {
                return old;
            }
            found = true;
            line.as_str()
        })
        .collect();
    if !found {
        if !text.is_empty() && !text.ends_with('\n') {
            lines.push("\n");
        }
        lines.push(&line);
    }
    lines.concat()
}

/// Whole or not at all, and readable by nobody else: it holds a password.
fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    let temporary = path.with_file_name(format!("{LOCAL}.{}.tmp", std::process::id()));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(&temporary).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&temporary, path)
    });
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    written
}

/// Seeds if there are no models. Under the runners' lock, so that of two setups at once only one does.
fn seed_if_empty(database: &mut Database, app: &App) -> Result<usize, Error> {
    lock::acquire(database, None, &mut |holder, _| {
        app.ui.say(format_args!("Waiting for {holder}"));
    })
    .map_err(Error::failed)?;
    let result = count_or_seed(database, app);
    let _ = lock::release(database);
    result
}

fn count_or_seed(database: &mut Database, app: &App) -> Result<usize, Error> {
    let models = autonome::db::models(database)?.len();
    if models > 0 {
        return Ok(models);
    }
    app.ui.begin("Inserting the seed data...");
    let declaration = (app.project.schema)();
    let mut function = app.project.seed;
    let inserted = seed(
        database,
        &mut Seed {
            declaration: &declaration,
            function: &mut function,
        },
    )
    .map_err(Error::failed)?;
    xtask_db::say_inserted(&inserted, app);
    Ok(autonome::db::models(database)?.len())
}

#[cfg(test)]
mod tests {
    use super::with_url;

    #[test]
    fn only_the_variable_changes() {
        assert_eq!(
            with_url("A=1\nDATABASE_URL=\n# end\n", "postgres://x"),
            "A=1\nDATABASE_URL='postgres://x'\n# end\n"
        );
        assert_eq!(
            with_url("A=1", "postgres://x"),
            "A=1\nDATABASE_URL='postgres://x'\n"
        );
        assert_eq!(
            with_url("A=1\r\nexport DATABASE_URL='old'\nB=2", "postgres://x"),
            "A=1\r\nDATABASE_URL='postgres://x'\nB=2"
        );
        assert_eq!(
            with_url("", "postgres://x"),
            "DATABASE_URL='postgres://x'\n"
        );
    }
}
