//! `db server …`: the local PostgreSQL server of this checkout.

use std::process::Command;

use pg_devserver::Status;
use xshell::{Shell, cmd};

use crate::app::App;
use crate::error::Error;

/// The local PostgreSQL server of this checkout
///
/// It lives in .devdb, listens on this machine only, and uses an installed PostgreSQL (PG_BIN names one) or one that is built on demand.
#[derive(Debug, clap::Subcommand)]
#[command(after_help = "Example:\n  cargo xtask db server psql -- -c 'TABLE \"Models\"'")]
pub enum ServerCommand {
    /// Starts it; makes it first if there is none
    #[command(after_help = "Example:\n  cargo xtask db server start")]
    Start,
    /// Stops it; the data stays
    #[command(after_help = "Example:\n  cargo xtask db server stop")]
    Stop,
    /// Says whether it runs; exit code 1 if it does not
    #[command(after_help = "Example:\n  cargo xtask db server status")]
    Status,
    /// Prints its URL, with the password
    #[command(after_help = "Example:\n  pg_dump \"$(cargo xtask db server url)\"")]
    Url,
    /// Opens psql on it
    #[command(after_help = "Example:\n  cargo xtask db server psql -- -c 'TABLE \"Models\"'")]
    Psql {
        /// Arguments for psql
        #[arg(last = true)]
        arguments: Vec<String>,
    },
    /// Stops it and deletes all its data
    #[command(after_help = "Example:\n  cargo xtask db server destroy --yes")]
    Destroy {
        /// Does not ask
        #[arg(long)]
        yes: bool,
    },
}

pub(crate) fn run(command: &ServerCommand, app: &App) -> Result<(), Error> {
    let server = app.server();
    match command {
        ServerCommand::Start => {
            if let Status::Running(running) = server.status()? {
                app.ui.done(format_args!(
                    "The local server runs already, on port {}",
                    running.port
                ));
                return Ok(());
            }
            let started = server.start(&mut |event| app.say_server_event(event))?;
            app.ui.done(format_args!(
                "The local server runs on port {} (PostgreSQL {})",
                started.port, started.version
            ));
            Ok(())
        }
        ServerCommand::Stop => {
            let ran = server.stop()?;
            app.ui.done(if ran {
                "The local server is stopped"
            } else {
                "The local server did not run"
            });
            Ok(())
        }
        ServerCommand::Status => match server.status()? {
            Status::Running(running) => {
                app.ui.data(format_args!(
                    "running on port {} (PostgreSQL {}, pid {})",
                    running.port, running.version, running.pid
                ));
                app.ui
                    .data(format_args!("data in {}", running.data.display()));
                Ok(())
            }
            Status::Stopped => {
                app.ui.data("stopped");
                Err(Error::found_something().hint("`cargo xtask db server start` starts it"))
            }
            Status::Absent => {
                app.ui.data("there is none");
                Err(Error::found_something().hint("`cargo xtask setup` makes one"))
            }
        },
        ServerCommand::Url => {
            app.ui.data(url(app)?);
            Ok(())
        }
        ServerCommand::Psql { arguments } => psql(app, arguments),
        ServerCommand::Destroy { yes } => {
            if server.status()? == Status::Absent {
                app.ui.done("There is no local server");
                return Ok(());
            }
            let question = format!(
                "Delete the local server and all its data in {}?",
                app.config.relative(server.dir())
            );
            if !yes && !app.ui.confirm(&question, "--yes")? {
                return Err(Error::failed("nothing was changed"));
            }
            server.destroy()?;
            app.ui.done("The local server and its data are deleted");
            Ok(())
        }
    }
}

fn url(app: &App) -> Result<String, Error> {
    app.server().url()?.ok_or_else(|| {
        Error::failed("there is no local server").hint("`cargo xtask setup` makes one")
    })
}

fn psql(app: &App, arguments: &[String]) -> Result<(), Error> {
    let server = app.server();
    let psql = server.psql().ok_or_else(|| {
        Error::failed("no psql is installed")
            .hint("`cargo xtask db server url` prints a URL for any other client")
    })?;
    server.start(&mut |event| app.say_server_event(event))?;
    let url: pg_database::ConnectionUrl = url(app)?.parse()?;
    let shell = Shell::new().map_err(Error::failed)?;
    let (host, port) = ("127.0.0.1", url.port().to_string());
    let (user, database) = (
        url.user().unwrap_or_default(),
        url.database().unwrap_or_default(),
    );
    // Not in the command line, which everyone on this machine can see.
    let password = String::from_utf8_lossy(url.password().unwrap_or_default()).into_owned();
    let command = cmd!(
        shell,
        "{psql} -h {host} -p {port} -U {user} -d {database} {arguments...}"
    )
    .env("PGPASSWORD", password);
    become_it(command.into())
}

/// In place of this process, so that input, Ctrl-C and the exit code are psql's own: xshell's `run` gives a program no input.
#[cfg(unix)]
fn become_it(mut command: Command) -> Result<(), Error> {
    let error = std::os::unix::process::CommandExt::exec(&mut command);
    Err(Error::failed(format!("psql cannot be run: {error}")))
}

#[cfg(not(unix))]
fn become_it(mut command: Command) -> Result<(), Error> {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(Error::found_something()),
        Err(error) => Err(Error::failed(format!("psql cannot be run: {error}"))),
    }
}
