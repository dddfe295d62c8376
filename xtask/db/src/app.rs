//! What every command works with, and how a program ends.

use std::cell::OnceCell;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use pg_database::{ConnectProblem, ConnectionUrl, Database, Host};
use pg_devserver::{DevServer, Event, Search};
use pg_migration::{Folder, FolderError, Migrations};
use pg_schema::{Rename, Schema};

use crate::commands::{self, Command};
use crate::config::{Config, DatabaseUrl, LOST_DOLLAR, Options, Source};
use crate::error::Error;
use crate::interrupt::Interrupts;
use crate::project::Project;
use crate::ui::{Ui, count};

/// What every command works with.
pub struct App {
    /// What the project's code says.
    pub project: Project,
    /// Where things are.
    pub config: Config,
    /// Where lines go.
    pub ui: Ui,
    /// What a signal does.
    pub(crate) interrupts: Interrupts,
    renames: OnceCell<Vec<Rename>>,
}

/// The program that has nothing but the `db` commands.
#[derive(Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    version,
    about = "The workspace's own commands"
)]
struct Cli {
    #[command(subcommand)]
    command: Group,
    #[command(flatten)]
    options: Options,
}

#[derive(clap::Subcommand)]
enum Group {
    /// Migrations, seed and local server of the database
    #[command(subcommand, after_help = WORKFLOW)]
    Db(Command),
}

/// What the help of `db` ends with.
pub const WORKFLOW: &str = "After a change of the schema:
  cargo xtask db generate --name add_trailing_stop
  cargo xtask db migrate";

/// A whole program: parses the command line, runs the command, and says what went wrong.
#[must_use]
pub fn run(project: Project) -> ExitCode {
    let cli: Cli = commands::parse();
    run_with(project, cli.options, |app| match cli.command {
        Group::Db(command) => command.run(app),
    })
}

/// Runs a command of a binary that has its own, and says what went wrong.
pub fn run_with(
    project: Project,
    options: Options,
    command: impl FnOnce(&App) -> Result<(), Error>,
) -> ExitCode {
    let ui = Ui::new();
    let interrupts = Interrupts::watched(ui);
    let result = Config::new(&project, options)
        .and_then(|config| command(&App::new(project, config, ui, interrupts.clone())));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            ui.error(&error);
            interrupts
                .exit_code()
                .map_or_else(|| error.status.into(), ExitCode::from)
        }
    }
}

impl App {
    pub(crate) fn new(project: Project, config: Config, ui: Ui, interrupts: Interrupts) -> Self {
        Self {
            project,
            config,
            ui,
            interrupts,
            renames: OnceCell::new(),
        }
    }

    /// The state that the project declares.
    ///
    /// # Errors
    /// All that is wrong with the declaration.
    pub fn schema(&self) -> Result<Schema, Error> {
        let declaration = (self.project.schema)();
        self.renames.get_or_init(|| declaration.renames());
        Ok(declaration.build()?)
    }

    /// What the schema says to have been called otherwise.
    pub(crate) fn renames(&self) -> &[Rename] {
        let declared = || (self.project.schema)().renames();
        self.renames.get_or_init(declared)
    }

    /// The folder of the migrations.
    #[must_use]
    pub fn folder(&self) -> Folder {
        Folder::new(&self.config.folder)
    }

    /// Reads the folder, and warns of files in it that are no migrations.
    ///
    /// # Errors
    /// What is wrong with the folder.
    pub fn migrations(&self) -> Result<Migrations, Error> {
        let migrations = self.folder().load().map_err(|error| self.explain(error))?;
        for path in &migrations.stray {
            self.ui.warning(format_args!(
                "{} is not in the journal, so it is never applied",
                self.config.relative(path)
            ));
        }
        Ok(migrations)
    }

    /// What is wrong with the folder, with paths as everything else shows them.
    pub(crate) fn explain(&self, error: FolderError) -> Error {
        error.relative_to(&self.config.root).into()
    }

    /// As [`migrations`](Self::migrations), for commands that apply them: a folder that is not there is a mistake, and not an empty one.
    ///
    /// # Errors
    /// When it is not there; what is wrong with it.
    pub fn existing_migrations(&self) -> Result<Migrations, Error> {
        let folder = &self.config.folder;
        if matches!(folder.try_exists(), Ok(false)) {
            return Err(Error::usage(format!(
                "there is no folder of migrations `{}`",
                self.config.relative(folder)
            ))
            .hint("`cargo xtask db generate` writes the first migration; `--folder` names another folder"));
        }
        self.migrations()
    }

    /// The local server of this checkout.
    #[must_use]
    pub fn server(&self) -> DevServer {
        let engine = Some(self.config.root.join("xtask/devserver/engine/Cargo.toml"))
            .filter(|manifest| manifest.is_file());
        DevServer::new(
            self.config.root.join(".devdb"),
            self.project.name,
            Search::from_env(engine),
        )
    }

    /// Connects to the configured database, and starts the local server first if the URL is its own and it is stopped.
    ///
    /// # Errors
    /// When nothing names a database, or it cannot be reached.
    pub fn connect(&self) -> Result<Database, Error> {
        self.connect_to(&self.config.database_url()?)
    }

    /// Connects to a database.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub fn connect_to(&self, database: &DatabaseUrl) -> Result<Database, Error> {
        self.connect_within(Some(WAIT_FOR_CONNECTION), database)
    }

    /// As [`connect_to`](Self::connect_to), but waits so long for a connection where the server has none left, `None` without limit.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub fn connect_within(
        &self,
        limit: Option<Duration>,
        database: &DatabaseUrl,
    ) -> Result<Database, Error> {
        self.start_own_server(database)?;
        let spinner = self
            .ui
            .spinner(format_args!("Connecting to {}", database.url));
        let connected =
            Database::connect_waiting(&database.url, "cargo xtask db", limit, &mut |error| {
                spinner.suspend(|| self.ui.say(format_args!("Waiting: {error}")));
            });
        drop(spinner);
        connected.map_err(|error| {
            let is_gone = matches!(error.problem(), ConnectProblem::Refused) && self.made(&database.url);
            let mut error = Error::from(error);
            if is_gone {
                error.hints = vec![
                    "it looks like a local server that is deleted; `cargo xtask setup` makes a new one".to_owned(),
                ];
            }
            if database.lost_dollar {
                error.hints = vec![LOST_DOLLAR.to_owned()];
            }
            error
        })
    }

    /// Whether a URL is of the local server's making: its own, or that of one that is gone.
    #[must_use]
    pub fn made(&self, url: &ConnectionUrl) -> bool {
        let Host::Tcp(host) = url.host() else {
            return false;
        };
        self.server().made(
            host,
            url.user().unwrap_or_default(),
            url.password().unwrap_or_default(),
            url.database().unwrap_or_default(),
        )
    }

    fn start_own_server(&self, database: &DatabaseUrl) -> Result<(), Error> {
        let Host::Tcp(host) = database.url.host() else {
            return Ok(());
        };
        let server = self.server();
        if !server.owns(host, database.url.port())
            || matches!(server.status()?, pg_devserver::Status::Running(_))
        {
            return Ok(());
        }
        let mut moved = None;
        server.start(&mut |event| {
            if let Event::PortChanged { from, to } = event {
                moved = Some((from, to));
            }
            self.say_server_event(event);
        })?;
        match moved {
            None => Ok(()),
            Some((from, to)) => Err(Error::usage(format!(
                "the local server's port {from} is taken by another program, so it runs on port {to}, and {} still names {from}",
                database.source
            ))
            .hint(match &database.source {
                Source::File(path) if path.ends_with(".env.local") => {
                    "`cargo xtask setup` writes the new URL there"
                }
                _ => "`cargo xtask db server url` prints the new URL, to be written there",
            })),
        }
    }

    /// Says what the local server is doing.
    pub fn say_server_event(&self, event: Event) {
        let ui = &self.ui;
        match event {
            Event::BuildingEngine { .. } => {
                ui.say("No PostgreSQL is installed: building the one from the crate registry (once, some seconds)");
            }
            Event::Initialising {
                version,
                data,
                left_behind,
            } => {
                ui.say(format_args!(
                    "Making a local PostgreSQL {version} server in {}",
                    self.config.relative(&data)
                ));
                for old in left_behind {
                    ui.warning(format_args!(
                        "the data of another PostgreSQL version stays in {}, and is not used",
                        old.display()
                    ));
                }
            }
            Event::Starting { version, .. } => ui.say(format_args!(
                "Starting the local server (PostgreSQL {version})"
            )),
            Event::PortChanged { from, to } => {
                ui.warning(format_args!(
                    "port {from} is taken by another program; the local server runs on port {to}"
                ));
            }
            Event::DatabaseCreated { name } => ui.say(format_args!("Created the database {name}")),
        }
    }

    /// `drizzle (3 migrations)`.
    pub(crate) fn describe_folder(&self, migrations: &Migrations) -> String {
        format!(
            "{} ({})",
            self.config.relative(&self.config.folder),
            count(migrations.files.len(), "migration")
        )
    }
}

/// How long a full server is waited for by default.
const WAIT_FOR_CONNECTION: Duration = Duration::from_mins(1);
