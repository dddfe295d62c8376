//! The repository's own commands: `cargo xtask setup`, `cargo xtask ci`, `cargo xtask hooks …`, `cargo xtask db …`.
//!
//! This file is to `xtask-db` what `drizzle.config.ts` is to drizzle: the configuration, in code.

mod ci;
mod hooks;
mod setup;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xtask_db::{Options, Project};

/// The repository's own commands
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version)]
#[command(
    after_help = "Start with:\n  cargo xtask setup\n\nThen, after a change of the schema:\n  cargo xtask db generate --name add_trailing_stop\n  cargo xtask db migrate"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    options: Options,
}

#[derive(Subcommand)]
enum Command {
    Setup(setup::Args),
    Ci(ci::Args),
    #[command(subcommand)]
    Hooks(hooks::HooksCommand),
    /// Migrations, seed and local server of the database; `db:migrate` is read as `db migrate`
    #[command(subcommand, after_help = xtask_db::WORKFLOW)]
    Db(xtask_db::Command),
}

fn main() -> ExitCode {
    let cli: Cli = xtask_db::parse();
    let project = Project {
        name: "autonome",
        schema: autonome::db::schema,
        seed: autonome::db::seed,
        ..Project::default()
    };
    xtask_db::run_with(project, cli.options, |app| match cli.command {
        Command::Setup(args) => setup::run(&args, app),
        Command::Ci(args) => ci::run(&args, app),
        Command::Hooks(command) => hooks::run(&command, app),
        Command::Db(command) => command.run(app),
    })
}
