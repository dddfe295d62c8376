//! Where the database and the folder are, and who said so.

use std::env;
use std::ffi::OsStr;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use pg_database::ConnectionUrl;

use crate::error::Error;
use crate::project::Project;

/// The variable that names the database.
pub const VARIABLE: &str = "DATABASE_URL";

/// The files that are looked into for it, the first that has it first; the process's own environment goes before all of them.
pub const ENV_FILES: [&str; 3] = [".env.local", ".env", ".env.development"];

/// Flags that any command takes.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Options {
    /// The database, instead of DATABASE_URL
    #[arg(
        long,
        global = true,
        value_name = "URL",
        hide_env_values = true,
        help_heading = "Configuration"
    )]
    pub database_url: Option<String>,
    /// Reads DATABASE_URL from this file, instead of the environment, .env.local, .env and .env.development
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        help_heading = "Configuration"
    )]
    pub env_file: Option<PathBuf>,
    /// The folder of the migrations, instead of the project's
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        help_heading = "Configuration"
    )]
    pub folder: Option<PathBuf>,
}

/// Where things are.
#[derive(Debug, Clone)]
pub struct Config {
    /// The workspace's root, or, where there is no checkout, the folder that holds the migrations.
    pub root: PathBuf,
    /// The folder of the migrations.
    pub folder: PathBuf,
    options: Options,
}

/// A database, and who named it.
#[derive(Debug, Clone)]
pub struct DatabaseUrl {
    /// Where it is.
    pub url: ConnectionUrl,
    /// Who said so.
    pub source: Source,
    /// Whether a `$` seems to have been taken for a variable, so that a part of the URL is lost.
    pub lost_dollar: bool,
}

/// Who named the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// `--database-url`.
    Flag,
    /// The process's environment.
    Environment,
    /// This file.
    File(PathBuf),
    /// A state in the arguments.
    State,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag => f.write_str("--database-url"),
            Self::Environment => write!(f, "{VARIABLE} in the environment"),
            Self::File(path) => write!(
                f,
                "{VARIABLE} in {}",
                path.file_name()
                    .map_or(path.as_os_str(), OsStr::new)
                    .display()
            ),
            Self::State => f.write_str("`database:URL`"),
        }
    }
}

impl Config {
    /// Looks for the root from the current folder upwards: the first folder with a workspace's `Cargo.toml` or with the project's migrations.
    ///
    /// # Errors
    /// When there is no current folder.
    pub fn new(project: &Project, options: Options) -> Result<Self, Error> {
        let current = env::current_dir().map_err(|error| {
            Error::failed(format!("the current folder cannot be entered: {error}"))
        })?;
        let root = current
            .ancestors()
            .find(|folder| is_root(folder, project))
            .unwrap_or(&current)
            .to_owned();
        let folder = options
            .folder
            .as_ref()
            .map_or_else(|| root.join(project.folder), |folder| current.join(folder));
        Ok(Self {
            root,
            folder,
            options,
        })
    }

    /// The database that the flags, the environment or the files name, in this order.
    ///
    /// # Errors
    /// When none does, or when the URL or a file is malformed. No part of a URL is shown.
    pub fn database_url(&self) -> Result<DatabaseUrl, Error> {
        self.find_database_url()?.ok_or_else(|| {
            let files = self
                .env_files()
                .iter()
                .map(|path| self.relative(path))
                .collect::<Vec<_>>()
                .join(", ");
            Error::usage(if self.options.env_file.is_some() {
                format!("no {VARIABLE} in {files}")
            } else {
                format!("no {VARIABLE}: it is neither in the environment nor in {files}")
            })
            .hint("`cargo xtask setup` makes a local database and writes its URL into .env.local")
            .hint("`--database-url postgres://user:password@host:5432/database` names another")
        })
    }

    /// As [`database_url`](Self::database_url), but `None` where nothing names a database.
    ///
    /// # Errors
    /// When the URL or a file is malformed.
    pub fn find_database_url(&self) -> Result<Option<DatabaseUrl>, Error> {
        if let Some(url) = &self.options.database_url {
            return Self::parsed(url, Source::Flag, false).map(Some);
        }
        match env::var(VARIABLE) {
            // A file that is named goes before the environment, as every flag does.
            _ if self.options.env_file.is_some() => {}
            Ok(url) if !url.trim().is_empty() => {
                return Self::parsed(&url, Source::Environment, false).map(Some);
            }
            Err(env::VarError::NotUnicode(_)) => {
                return Err(
                    Error::usage(format!("{VARIABLE} in the environment is not UTF-8"))
                        .hint("write special characters as escapes, as in %C3%BC for ü"),
                );
            }
            _ => {}
        }
        for path in self.env_files() {
            let bytes = match fs::read(&path) {
                Ok(bytes) => bytes,
                Err(error)
                    if error.kind() == std::io::ErrorKind::NotFound
                        && self.options.env_file.is_none() =>
                {
                    continue;
                }
                Err(error) => return Err(self.unreadable(&path, &error)),
            };
            let text = str::from_utf8(&bytes).map_err(|_| {
                Error::usage(format!("{} is not UTF-8", self.relative(&path)))
                    .hint("save the file as UTF-8")
            })?;
            // Some editors begin a file with a byte order mark.
            let text = text.strip_prefix('\u{feff}').unwrap_or(text);
            if let Some(url) = variable(text)
                .map_err(|line| self.malformed(&path, line))?
                .filter(|url| !url.trim().is_empty())
            {
                let lost_dollar = loses_dollar(text, &url);
                return Self::parsed(&url, Source::File(path), lost_dollar).map(Some);
            }
        }
        Ok(None)
    }

    fn parsed(url: &str, source: Source, lost_dollar: bool) -> Result<DatabaseUrl, Error> {
        match url.trim().parse() {
            Ok(url) => Ok(DatabaseUrl {
                url,
                source,
                lost_dollar,
            }),
            Err(error) => {
                let mut error = Error::from(error);
                error.message = format!("{source}: {}", error.message);
                if lost_dollar {
                    error.hints = vec![LOST_DOLLAR.to_owned()];
                }
                Err(error)
            }
        }
    }

    fn unreadable(&self, path: &Path, error: &io::Error) -> Error {
        let shown = self.relative(path);
        Error::usage(format!("cannot read `{shown}`: {error}")).hint(match error.kind() {
            io::ErrorKind::NotFound => {
                "`--env-file` names a file with a line DATABASE_URL='…', from the current folder"
                    .to_owned()
            }
            io::ErrorKind::PermissionDenied => {
                "give the user who runs this the right to it".to_owned()
            }
            _ => "it is to be a file with a line DATABASE_URL='…'".to_owned(),
        })
    }

    fn malformed(&self, path: &Path, line: Option<usize>) -> Error {
        let line = line.map_or_else(String::new, |line| format!(":{line}"));
        Error::usage(format!(
            "{}{line} is not of the form NAME='value'",
            self.relative(path)
        ))
        .hint("a quote that is opened is to be closed; a value with spaces or special characters stands in single quotes")
    }

    fn env_files(&self) -> Vec<PathBuf> {
        match &self.options.env_file {
            Some(file) => vec![file.clone()],
            None => ENV_FILES.iter().map(|name| self.root.join(name)).collect(),
        }
    }

    /// A path as it is shown: below the root without it.
    #[must_use]
    pub fn relative(&self, path: &Path) -> String {
        path.strip_prefix(&self.root)
            .unwrap_or(path)
            .display()
            .to_string()
    }
}

pub(crate) const LOST_DOLLAR: &str = "outside of single quotes, a `$` in an .env file begins a variable, and the URL seems to have lost one: write DATABASE_URL='…'";

fn is_root(folder: &Path, project: &Project) -> bool {
    let is_workspace = fs::read_to_string(folder.join("Cargo.toml"))
        .is_ok_and(|manifest| manifest.lines().any(|line| line.trim() == "[workspace]"));
    is_workspace
        || folder
            .join(project.folder)
            .join("meta/_journal.json")
            .is_file()
}

/// The variable's value in a file's text, or the line that cannot be read. dotenvy's own message would show the line, and so a password.
fn variable(text: &str) -> Result<Option<String>, Option<usize>> {
    for pair in dotenvy::Iter::new(text.as_bytes()) {
        match pair {
            Ok((name, value)) if name == VARIABLE => return Ok(Some(value)),
            Ok(_) => {}
            // An open quote makes it read on to the end of the file.
            Err(dotenvy::Error::LineParse(entry, _)) => {
                let first = entry.lines().next().unwrap_or_default().trim();
                return Err(text
                    .lines()
                    .position(|line| line.trim() == first)
                    .map(|index| index + 1));
            }
            Err(_) => return Err(None),
        }
    }
    Ok(None)
}

/// Whether the value stands outside of single quotes with a `$` that is not there any more.
fn loses_dollar(text: &str, value: &str) -> bool {
    let raw = text.lines().find_map(|line| {
        let line = line.trim();
        line.strip_prefix("export ")
            .unwrap_or(line)
            .trim_start()
            .strip_prefix(VARIABLE)?
            .trim_start()
            .strip_prefix('=')
    });
    raw.is_some_and(|raw| {
        !raw.trim().starts_with('\'') && raw.matches('$').count() > value.matches('$').count()
    })
}

#[cfg(test)]
mod tests {
    use super::{loses_dollar, variable};

    #[test]
    fn a_dollar_outside_of_single_quotes_is_noticed() {
        for (text, lost) in [
            ("DATABASE_URL=postgres://u:pa$$word@h/d", true),
            ("export DATABASE_URL=\"postgres://u:p$word@h/d\"", true),
            ("DATABASE_URL='postgres://u:p$word@h/d'", false),
            ("DATABASE_URL=postgres://u:p\\$word@h/d", false),
            ("DATABASE_URL=postgres://u:word@h/d", false),
        ] {
            let value = variable(text).expect("readable").expect("there");
            assert_eq!(loses_dollar(text, &value), lost, "{text} gives {value}");
        }
    }

    #[test]
    fn a_line_that_cannot_be_read_is_named_by_its_number() {
        assert_eq!(variable("A=1\n\nDATABASE_URL='secret\nB=2"), Err(Some(3)));
    }
}
