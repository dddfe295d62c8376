//! Why a connection could not be made.

use std::fmt;
use std::time::Duration;

use crate::error::{QueryError, ServerError};
use crate::url::{ConnectionUrl, Host, SslMode};

/// A connection that could not be made: where to, and why. It never shows the password.
#[derive(Clone, Debug)]
pub struct ConnectError {
    url: Box<ConnectionUrl>,
    problem: Box<ConnectProblem>,
}

/// Why a connection could not be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectProblem {
    /// The host name has no address.
    #[error("the host name cannot be resolved: {0}")]
    UnknownHost(String),
    /// The host is there, and nothing listens on the port, or no socket lies in the directory.
    #[error("no server listens there")]
    Refused,
    /// No way to the host.
    #[error("the host cannot be reached: {0}")]
    Unreachable(String),
    /// No answer within the limit.
    #[error("no answer within {} seconds", .0.as_secs_f32())]
    Timeout(Duration),
    /// TLS is not offered, the handshake failed, the certificate is not trusted, or `sslrootcert` cannot be read.
    #[error("TLS: {0}")]
    Tls(String),
    /// The server asks for a password, and the URL has none.
    #[error("the server asks for a password, and the database URL has none")]
    PasswordMissing,
    /// The server refused the user or the password (28000, 28P01).
    #[error("{0}")]
    Authentication(Box<ServerError>),
    /// The database does not exist (3D000).
    #[error("{0}")]
    NoDatabase(Box<ServerError>),
    /// Every connection of the server, the database or the role is taken (53300).
    #[error("{0}")]
    TooManyConnections(Box<ServerError>),
    /// The server is starting up, shutting down or recovering (57P03).
    #[error("{0}")]
    StartingUp(Box<ServerError>),
    /// Something answers that does not speak PostgreSQL's protocol.
    #[error("what answers there is not a PostgreSQL server: {0}")]
    NotPostgres(String),
    /// The server is older than PostgreSQL 14.
    #[error("the server is PostgreSQL {version}, and the oldest supported one is 14")]
    TooOld {
        /// As the server states it.
        version: String,
    },
    /// Something the URL or the server asks for cannot be had: an authentication method, `channel_binding`, `target_session_attrs`.
    #[error("{0}")]
    Unsupported(String),
    /// Anything else that the server said.
    #[error("{0}")]
    Server(Box<ServerError>),
}

impl ConnectProblem {
    pub(super) fn is_wrong_password(&self) -> bool {
        matches!(self, ConnectProblem::Authentication(error) if error.sqlstate == "28P01")
    }
}

impl From<Box<ServerError>> for ConnectProblem {
    fn from(error: Box<ServerError>) -> Self {
        match error.sqlstate.as_str() {
            "28000" | "28P01" => ConnectProblem::Authentication(error),
            "3D000" => ConnectProblem::NoDatabase(error),
            "53300" => ConnectProblem::TooManyConnections(error),
            "57P03" => ConnectProblem::StartingUp(error),
            _ => ConnectProblem::Server(error),
        }
    }
}

impl From<QueryError> for ConnectProblem {
    fn from(error: QueryError) -> Self {
        match error {
            QueryError::Server(error) => ConnectProblem::from(error),
            QueryError::ConnectionLost(reason) | QueryError::Driver(reason) => {
                ConnectProblem::NotPostgres(reason)
            }
        }
    }
}

impl ConnectError {
    pub(super) fn new(url: &ConnectionUrl, problem: ConnectProblem) -> Self {
        Self {
            url: Box::new(url.clone()),
            problem: Box::new(problem),
        }
    }

    /// Where it was to lead.
    #[must_use]
    pub fn url(&self) -> &ConnectionUrl {
        &self.url
    }

    /// What went wrong.
    #[must_use]
    pub fn problem(&self) -> &ConnectProblem {
        &self.problem
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let url = &self.url;
        let hint = match &*self.problem {
            ConnectProblem::UnknownHost(_) => {
                "Check the host in the database URL. A special character in the password, not written as %XX, can also shift it.".to_owned()
            }
            ConnectProblem::Refused => match &url.host {
                Host::Tcp(_) => format!(
                    "Is the server running, and is {} its port? Start it, or correct the database URL.",
                    url.port
                ),
                Host::Socket(directory) => format!(
                    "There is no socket .s.PGSQL.{} in {}. Start the server, or correct the database URL.",
                    url.port,
                    directory.display()
                ),
            },
            ConnectProblem::Unreachable(_) | ConnectProblem::Timeout(_) => {
                "Is the server awake, and does a firewall or VPN let this machine through? `connect_timeout=30` in the database URL waits longer.".to_owned()
            }
            ConnectProblem::Tls(_) => self.tls_hint(),
            ConnectProblem::PasswordMissing => {
                "Write it into the database URL: postgres://user:password@host:5432/database".to_owned()
            }
            ConnectProblem::Authentication(_) if url.password.is_some() && !url.has_password() => {
                "The password in the database URL is empty. In a .env file, a `$` outside single quotes begins a variable: write the URL in single quotes.".to_owned()
            }
            ConnectProblem::Authentication(error) if error.sqlstate == "28P01" => {
                "Check user and password. In the database URL, special characters of a password are written as %XX; in a .env file, a URL with a `$` is written in single quotes.".to_owned()
            }
            ConnectProblem::Authentication(_) => {
                "Check the user; if it is right, the server's pg_hba.conf does not let it in from here, or not with this sslmode.".to_owned()
            }
            ConnectProblem::NoDatabase(_) => match url.database() {
                Some(database) => format!(
                    "Create it (`CREATE DATABASE {}`), or correct the database URL.",
                    pg_schema::quote_identifier(database)
                ),
                None => "Name the database in the database URL: postgres://user:password@host:5432/database".to_owned(),
            },
            ConnectProblem::TooManyConnections(_) => {
                "Close connections that are not needed, or try again later.".to_owned()
            }
            ConnectProblem::StartingUp(_) => "Try again in a moment.".to_owned(),
            ConnectProblem::NotPostgres(_) => format!(
                "Is {} the port of PostgreSQL, and not of another service?",
                url.port
            ),
            ConnectProblem::TooOld { .. } => "Upgrade the server.".to_owned(),
            ConnectProblem::Unsupported(_) | ConnectProblem::Server(_) => return None,
        };
        Some(hint)
    }

    fn tls_hint(&self) -> String {
        match self.url.ssl_mode() {
            SslMode::VerifyCa | SslMode::VerifyFull => {
                "Name the file with your provider's certificate authority: `sslrootcert=/path/to/ca.pem`. `sslmode=require` encrypts without verifying.".to_owned()
            }
            SslMode::Require if self.url.ssl_root_certificate.is_some() => {
                "With `sslrootcert`, the certificate is verified against that file; without it, `sslmode=require` encrypts without verifying.".to_owned()
            }
            _ => "If the server has no TLS and the network is trusted, add `sslmode=disable` to the database URL.".to_owned(),
        }
    }
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "cannot connect to {}: {}",
            self.url.with_user(),
            self.problem
        )
    }
}

impl std::error::Error for ConnectError {}
