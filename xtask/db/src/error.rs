//! What a command ends with when it does not succeed: a message, what to do about it, and the exit code.

use std::fmt::Display;
use std::process::ExitCode;

use pg_database::{ConnectError, MigrateError, QueryError, UrlError};
use pg_migration::{FolderError, JournalError, RenameError};
use pg_schema::SchemaErrors;

use crate::ui::json_problem;

/// Why a command did not succeed.
#[derive(Debug)]
pub struct Error {
    /// The exit code.
    pub status: ExitStatus,
    /// What went wrong, in one line or several; empty when all has been said already.
    pub message: String,
    /// What to do about it.
    pub hints: Vec<String>,
}

/// The exit codes other than 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitStatus {
    /// 1: it failed, or a check found something.
    Failed,
    /// 2: wrong use or configuration. clap's own errors end with it too.
    Usage,
    /// 3: an answer is needed that cannot be asked for here.
    NeedsAnswer,
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        Self::from(match status {
            ExitStatus::Failed => 1,
            ExitStatus::Usage => 2,
            ExitStatus::NeedsAnswer => 3,
        })
    }
}

impl Error {
    /// It failed.
    pub fn failed(message: impl Display) -> Self {
        Self {
            status: ExitStatus::Failed,
            message: message.to_string(),
            hints: Vec::new(),
        }
    }

    /// Wrong use or configuration.
    pub fn usage(message: impl Display) -> Self {
        Self {
            status: ExitStatus::Usage,
            ..Self::failed(message)
        }
    }

    /// An answer is needed.
    pub fn needs_answer(message: impl Display) -> Self {
        Self {
            status: ExitStatus::NeedsAnswer,
            ..Self::failed(message)
        }
    }

    /// A check found something, and has said what.
    #[must_use]
    pub fn found_something() -> Self {
        Self::failed("")
    }

    /// A migration that is not in the folder, among those that are.
    pub(crate) fn unknown_migration<'a>(
        tag: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let error = Self::usage(format!("there is no migration `{tag}` in the folder"));
        match pg_schema::nearest(tag, known) {
            Some(meant) => error.hint(format!("did you mean `{meant}`?")),
            None => error.hint("`cargo xtask db status` lists them"),
        }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Display) -> Self {
        self.hints.push(hint.to_string());
        self
    }

    fn hints(mut self, hints: impl IntoIterator<Item = String>) -> Self {
        self.hints.extend(hints);
        self
    }
}

impl From<SchemaErrors> for Error {
    fn from(errors: SchemaErrors) -> Self {
        Self::failed(errors).hint("correct the schema in the code, then run this again")
    }
}

impl From<RenameError> for Error {
    fn from(error: RenameError) -> Self {
        let hint = match &error {
            RenameError::Unknown {
                nearest: Some(name),
                ..
            } => format!("did you mean `{name}`?"),
            RenameError::Unknown { nearest: None, .. } | RenameError::Unlike { .. } => {
                "`cargo xtask db diff` lists what goes and what comes".to_owned()
            }
            RenameError::Taken { .. } => {
                "drop or rename what has the name, in this migration or in one before".to_owned()
            }
            RenameError::Form => {
                "the parts of a name stand between dots, and in double quotes if they hold any other sign".to_owned()
            }
        };
        Self::usage(error).hint(hint)
    }
}

impl From<FolderError> for Error {
    fn from(error: FolderError) -> Self {
        let hint = error.hint();
        match &error {
            FolderError::Name { .. } | FolderError::NotADirectory(_) => Self::usage(error),
            FolderError::Io { .. } => Self::failed(with_causes(&error)),
            FolderError::Journal {
                path,
                text,
                source: JournalError::Malformed(json),
            } => Self::failed(json_problem("a journal of drizzle-kit", path, text, json)),
            _ => Self::failed(error),
        }
        .hint(hint)
    }
}

impl From<UrlError> for Error {
    fn from(error: UrlError) -> Self {
        let hints = error.hints();
        Self::usage(error).hints(hints)
    }
}

impl From<ConnectError> for Error {
    fn from(error: ConnectError) -> Self {
        let hint = error.hint();
        Self::failed(error).hints(hint)
    }
}

impl From<QueryError> for Error {
    fn from(error: QueryError) -> Self {
        let server = error.server().cloned();
        let detail = server
            .as_ref()
            .and_then(|server| server.detail.clone())
            .map(|detail| format!("\n{detail}"));
        Self::failed(format!("{error}{}", detail.unwrap_or_default()))
            .hints(server.and_then(|server| server.hint))
    }
}

impl From<MigrateError> for Error {
    fn from(error: MigrateError) -> Self {
        let hint = error.hint();
        Self::failed(error).hints(hint)
    }
}

impl From<pg_devserver::Error> for Error {
    fn from(error: pg_devserver::Error) -> Self {
        Self::failed(with_causes(&error))
    }
}

/// An error and what caused it, where its own text does not say so.
fn with_causes(error: &dyn std::error::Error) -> String {
    let mut message = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        message.push_str(": ");
        message.push_str(&cause.to_string());
        source = cause.source();
    }
    message
}
