//! `ci`: what CI runs.

use std::env;

use xshell::{Shell, cmd};
use xtask_db::{App, Error};

/// The commands, in order. The tests are those of the README.
const STEPS: [&[&str]; 4] = [
    &["fmt", "--all", "--", "--check"],
    &[
        "clippy",
        "--workspace",
        "--all-targets",
        "--locked",
        "--",
        "-D",
        "warnings",
    ],
    &["test", "--workspace"],
    &["xtask", "db", "check"],
];

/// Runs what CI runs: format, lints, tests, `db check`
///
/// Shows each command before it runs it, with this environment, and stops at the first that fails.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  PG_BIN=/opt/postgresql-18/bin cargo xtask ci")]
pub(crate) struct Args {}

pub(crate) fn run(_: &Args, app: &App) -> Result<(), Error> {
    let shell = Shell::new().map_err(Error::failed)?;
    shell.change_dir(&app.config.root);
    // The one that runs this, whichever toolchain it is of.
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    for arguments in STEPS {
        let line = format!("cargo {}", arguments.join(" "));
        app.ui.say(format_args!("$ {line}"));
        let command = cmd!(shell, "{cargo} {arguments...}");
        let status = std::process::Command::from(command)
            .status()
            .map_err(|error| Error::failed(format!("cargo cannot be run: {error}")))?;
        if !status.success() {
            return Err(Error::failed(format!("`{line}` failed ({status})"))
                .hint("what comes after it was not run"));
        }
    }
    app.ui
        .done("All that CI runs succeeded: format, lints, tests, check");
    Ok(())
}
