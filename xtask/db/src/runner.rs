//! How commands that change a database wait: for each other, and for PostgreSQL.

use std::time::Duration;

use pg_database::{Database, LockHolder, MigrateError, MigrateOptions, lock};

use crate::app::App;
use crate::error::Error;
use crate::ui::elapsed;

/// How long anything may take.
#[derive(Debug, clap::Args)]
pub(crate) struct Limits {
    /// How long to wait for another run to finish, and for a free connection [default: 10m]
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    wait_lock: Option<Duration>,
    /// PostgreSQL's lock_timeout for each statement, as in 5s
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub(crate) lock_timeout: Option<Duration>,
    /// PostgreSQL's statement_timeout for each statement, as in 10m
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub(crate) statement_timeout: Option<Duration>,
}

impl Limits {
    /// How long another run is waited for.
    pub(crate) fn wait_lock(&self) -> Option<Duration> {
        self.wait_lock.or(MigrateOptions::default().wait_lock)
    }
}

fn parse_time(text: &str) -> Result<Duration, String> {
    humantime::parse_duration(text)
        .map_err(|_| "a time is a number and its unit, as in 500ms, 5s or 10m".to_owned())
}

/// Keeps other runs away until the lock is released, and says meanwhile for whom it waits.
///
/// # Errors
/// When the others take longer than `wait`.
pub(crate) fn lock_runs(
    database: &mut Database,
    wait: Option<Duration>,
    app: &App,
) -> Result<(), Error> {
    lock::acquire(database, wait, &mut |holder, waited| {
        app.ui.say(waiting(&holder, waited));
    })
    .map_err(|error| MigrateError::from(error).into())
}

/// For whom a run waits.
pub(crate) fn waiting(holder: &LockHolder, waited: Duration) -> String {
    let name = holder
        .application_name
        .as_deref()
        .filter(|name| !name.is_empty())
        .unwrap_or("an unnamed application");
    let since = holder.connected_for.map_or_else(String::new, |time| {
        format!(", connected for {}", elapsed(time))
    });
    let so_far = if waited.as_secs() == 0 {
        String::new()
    } else {
        format!(" ({} so far)", elapsed(waited))
    };
    format!(
        "Waiting for another run to finish{so_far}: {name}, pid {}{since}",
        holder.pid
    )
}
