//! What is asked before a database is changed.

use pg_database::{ConnectionUrl, Database};

use crate::error::Error;

/// What must be confirmed before a database is changed.
#[derive(Debug, clap::Args)]
pub(crate) struct Confirmation {
    /// Does not ask
    #[arg(long)]
    pub(crate) yes: bool,
    /// Does it even if the database is not on this machine
    #[arg(long)]
    pub(crate) allow_remote: bool,
}

impl Confirmation {
    /// Refuses a database that is not on this machine, unless told otherwise; `consequence` is what would happen there.
    ///
    /// # Errors
    /// An answer is needed: exit code 3.
    pub(crate) fn check_place(&self, url: &ConnectionUrl, consequence: &str) -> Result<(), Error> {
        check_place(url, self.allow_remote, consequence)
    }
}

/// Refuses a database that is not on this machine, unless it is allowed; `consequence` is what would happen there.
///
/// # Errors
/// An answer is needed: exit code 3.
pub(crate) fn check_place(
    url: &ConnectionUrl,
    allow_remote: bool,
    consequence: &str,
) -> Result<(), Error> {
    if url.is_local() || allow_remote {
        return Ok(());
    }
    Err(
        Error::needs_answer(format!("{url} is not on this machine, and {consequence}"))
            .hint("if that is what you want, say `--allow-remote`"),
    )
}

/// A database as questions name it: by its name, and where it is.
///
/// # Errors
/// When it does not answer.
pub(crate) fn called(database: &mut Database) -> Result<String, Error> {
    let name = database.text("SELECT current_database()")?;
    Ok(format!("{} ({})", name.unwrap_or_default(), database.url()))
}
