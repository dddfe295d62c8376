//! The subcommands, one file each, named after them.

pub(crate) mod check;
mod diff;
mod drop;
mod export;
mod generate;
pub(crate) mod migrate;
mod pull;
mod push;
mod reset;
mod resolve;
pub(crate) mod seed;
mod server;
mod status;
mod studio;

use std::ffi::{OsStr, OsString};

use clap::error::ContextValue;
use clap::{Parser, Subcommand};

use crate::app::App;
use crate::error::Error;

/// The `db` subcommands.
#[derive(Debug, Subcommand)]
#[expect(
    missing_docs,
    reason = "each variant's text, which is its help too, stands in its own file"
)]
pub enum Command {
    Generate(generate::Args),
    Migrate(migrate::Args),
    Push(Box<push::Args>),
    Status(status::Args),
    Check(check::Args),
    Diff(Box<diff::Args>),
    Export(export::Args),
    Pull(pull::Args),
    Drop(drop::Args),
    Resolve(resolve::Args),
    Seed(seed::Args),
    Reset(reset::Args),
    Studio(studio::Args),
    #[command(subcommand)]
    Server(server::ServerCommand),
}

impl Command {
    /// Runs it.
    ///
    /// # Errors
    /// Why it did not succeed, with its exit code.
    pub fn run(self, app: &App) -> Result<(), Error> {
        match self {
            Self::Generate(args) => generate::run(&args, app),
            Self::Migrate(args) => migrate::run(&args, app),
            Self::Push(args) => push::run(&args, app),
            Self::Status(args) => status::run(&args, app),
            Self::Check(args) => check::run(&args, app),
            Self::Diff(args) => diff::run(&args, app),
            Self::Export(args) => export::run(&args, app),
            Self::Pull(args) => pull::run(&args, app),
            Self::Drop(args) => drop::run(&args, app),
            Self::Resolve(args) => resolve::run(&args, app),
            Self::Seed(args) => seed::run(&args, app),
            Self::Reset(args) => reset::run(&args, app),
            Self::Studio(args) => studio::run(&args, app),
            Self::Server(command) => server::run(&command, app),
        }
    }
}

/// Parses the command line of a binary that mounts [`Command`] as `db`. `db:migrate`, as the scripts of a Drizzle project are called, is read as
/// `db migrate`. Ends the process on wrong use and on `--help`.
#[must_use]
pub fn parse<C: Parser>() -> C {
    let args = expand_aliases(std::env::args_os());
    C::try_parse_from(args).unwrap_or_else(|error| without_passwords(error).exit())
}

/// clap shows the argument that it cannot read, and that may be a URL.
fn without_passwords(mut error: clap::Error) -> clap::Error {
    let arguments = error.context().filter_map(|(kind, value)| match value {
        ContextValue::String(text) => Some((kind, without_password(text)?)),
        _ => None,
    });
    for (kind, text) in arguments.collect::<Vec<_>>() {
        error.insert(kind, ContextValue::String(text));
    }
    error
}

/// An argument without what stands behind the scheme of a URL, or behind the first `:` or `=` of what looks like a part of one.
fn without_password(argument: &str) -> Option<String> {
    let scheme = argument.find("://").map(|start| start + 3);
    let start = scheme.or_else(|| {
        let is_suspicious = argument.contains('@') || argument.contains("password");
        let start = argument.find([':', '=']).filter(|_| is_suspicious)?;
        Some(start + 1)
    })?;
    Some(format!("{}…", &argument[..start]))
}

fn expand_aliases(args: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut expanded = Vec::new();
    let mut done = false;
    for arg in args {
        match arg.to_str().and_then(|arg| arg.strip_prefix("db:")) {
            Some(command) if !done && !command.is_empty() && !expanded.is_empty() => {
                expanded.extend(["db".into(), command.into()]);
                done = true;
            }
            _ => {
                // Behind the first word that is no flag stand a command's own arguments, which are nobody's to expand.
                done |= !expanded.is_empty() && !is_flag(&arg) && !is_flag_value(expanded.last());
                expanded.push(arg);
            }
        }
    }
    expanded
}

fn is_flag(arg: &OsStr) -> bool {
    arg.as_encoded_bytes().starts_with(b"-")
}

/// Whether the word after this one is its value: all flags of the program itself take one, but when it stands behind `=`.
fn is_flag_value(previous: Option<&OsString>) -> bool {
    previous.is_some_and(|flag| {
        is_flag(flag)
            && flag.as_encoded_bytes().starts_with(b"--")
            && !flag.as_encoded_bytes().contains(&b'=')
    })
}

#[cfg(test)]
mod tests {
    use super::expand_aliases;

    #[test]
    fn an_alias_is_a_command_and_nothing_else() {
        let expand = |line: &str| {
            let words = expand_aliases(line.split(' ').map(Into::into));
            words
                .iter()
                .map(|word| word.to_string_lossy().into_owned())
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(expand("xtask db:migrate --to x"), "xtask db migrate --to x");
        assert_eq!(
            expand("xtask --folder f db:seed"),
            "xtask --folder f db seed"
        );
        assert_eq!(
            expand("xtask --folder=f db:seed"),
            "xtask --folder=f db seed"
        );
        assert_eq!(
            expand("xtask db generate --name db:x"),
            "xtask db generate --name db:x"
        );
        assert_eq!(
            expand("xtask db:generate --name db:x"),
            "xtask db generate --name db:x"
        );
    }
}
