//! The `db` commands as a library: a clap subcommand that any xtask can mount.
//!
//! [`Project`] is the configuration, written in code: the schema, the seed, the folder. [`run`] makes a whole program of it; a binary that has commands
//! of its own mounts [`Command`] among them and calls [`run_with`].
//!
//! Invariants:
//! * Only [`Ui`] writes to the terminal: data to stdout, talk to stderr; colour and signs on a terminal only.
//! * Only [`Error`] decides exit codes: 1 failed, 2 wrong use or configuration, 3 an answer is needed that cannot be asked for here;
//!   a signal adds 128 and its number.
//! * A command talks to the database that its configuration names, never to another; no password is shown but by `db server url`.
//! * The other crates do the work and return data; here it becomes lines, JSON and hints.

mod app;
mod commands;
mod config;
mod confirmation;
mod drift;
mod error;
mod filters;
mod git;
mod interrupt;
mod json;
mod project;
mod renames;
mod runner;
mod state;
mod ui;

pub use app::{App, WORKFLOW, run, run_with};
pub use commands::{Command, parse};
pub use config::{Config, DatabaseUrl, ENV_FILES, Options, Source, VARIABLE};
pub use error::{Error, ExitStatus};
pub use filters::Filters;
pub use project::{Project, Seed};
pub use ui::{Ui, count};

pub use commands::check::check_staged;
pub use commands::migrate::apply as migrate;
pub use commands::seed::{recreate, say_inserted};
