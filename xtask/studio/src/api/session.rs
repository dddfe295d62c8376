//! `session {}`: what is shown, and where it is.

use pg_database::Host;
use serde::{Deserialize, Serialize};

use crate::error::ApiError;
use crate::studio::Call;

/// Nothing is asked.
#[derive(Deserialize)]
pub(super) struct Request {}

/// What every page shows.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Session {
    /// The project's name.
    project: String,
    /// The database's name.
    database: String,
    /// The host and port, or the directory of the socket.
    host: String,
    /// Whether that is this machine.
    local: bool,
    /// Whether nothing can be changed.
    read_only: bool,
    /// Who is connected.
    user: String,
    /// `15.4`.
    server_version: String,
    /// The places of the page that have something to show.
    places: &'static [&'static str],
}

/// What the server can answer for.
const PLACES: &[&str] = &["tables", "sql", "diagram", "migrations"];

pub(super) fn session(call: &Call<'_>, _: Request) -> Result<Session, ApiError> {
    let url = call.studio.pool.url().clone();
    let host = match url.host() {
        Host::Tcp(host) if host.contains(':') => format!("[{host}]:{}", url.port()),
        Host::Tcp(host) => format!("{host}:{}", url.port()),
        Host::Socket(directory) => directory.display().to_string(),
    };
    call.read(|database| {
        let mut text = |sql| {
            let text = database.text(sql);
            text.map(Option::unwrap_or_default)
        };
        Ok(Session {
            project: call.studio.project.name().to_owned(),
            database: text("SELECT current_database()")?,
            host: host.clone(),
            local: url.is_local(),
            read_only: call.studio.read_only,
            user: text("SELECT session_user")?,
            server_version: text("SHOW server_version")?,
            places: PLACES,
        })
    })
}
