//! Why a connection could not be made.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use crate::error::{QueryError, ServerError};
use crate::tls;
use crate::url::{ConnectionUrl, Host, RootCertificate, SslMode};

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
    #[error("no answer within {} s", .0.as_secs_f32())]
    Timeout(Duration),
    /// The server has no TLS, and the URL demands it.
    #[error("the server does not offer TLS")]
    NoTls,
    /// The server's certificate is not accepted.
    #[error("the server's certificate {0}")]
    Certificate(CertificateProblem),
    /// The file of trusted authorities cannot be used.
    #[error("the root certificate {} cannot be used: {reason}", path.display())]
    RootCertificate {
        /// The file: `sslrootcert`, or libpq's default.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The handshake failed for another reason, or what the URL asks for cannot be had without TLS.
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
    /// The connection was closed before it could be used, as a server that crashes or is restarted does it.
    #[error("the connection was lost: {0}")]
    Lost(String),
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

/// Why a server's certificate is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateProblem {
    /// Its time is over.
    #[error("has expired")]
    Expired,
    /// Its time has not come, or a clock is wrong.
    #[error("is not valid yet")]
    NotYetValid,
    /// It is made out to other names (`verify-full`).
    #[error("is made out to another host")]
    OtherHost,
    /// It is signed by itself, and not one of those that are trusted.
    #[error("is self-signed")]
    SelfSigned,
    /// It is signed by an authority that is not trusted.
    #[error("is signed by an authority that is not trusted here")]
    UnknownAuthority,
    /// Anything else, in the words of the TLS library.
    #[error("is refused: {0}")]
    Other(String),
}

impl ConnectProblem {
    /// Whether the other half of `allow` or `prefer` can have another outcome.
    pub(super) fn may_differ_without_tls(&self) -> bool {
        matches!(
            self,
            ConnectProblem::NoTls
                | ConnectProblem::Certificate(_)
                | ConnectProblem::Tls(_)
                | ConnectProblem::Authentication(_)
        )
    }

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
                ConnectProblem::Lost(reason)
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
                "check the host in the database URL; a special character in the password, not written as %XX, can also shift it".to_owned()
            }
            ConnectProblem::Refused => match &url.host {
                Host::Tcp(_) => format!(
                    "is the server running, and is {} its port? start it, or correct the database URL",
                    url.port
                ),
                Host::Socket(directory) => format!(
                    "there is no socket .s.PGSQL.{} in {}: start the server, or correct the database URL",
                    url.port,
                    directory.display()
                ),
            },
            ConnectProblem::Unreachable(_) => {
                "does a firewall or VPN let this machine through?".to_owned()
            }
            ConnectProblem::Timeout(_) => format!(
                "is the server awake, is {} its port, and does a firewall or VPN let this machine through? `connect_timeout=30` in the database URL waits longer",
                url.port
            ),
            ConnectProblem::Certificate(problem) => self.certificate_hint(problem),
            // Not every TLS library says that it was the certificate.
            ConnectProblem::Tls(_) if tls::verifies(url) => {
                self.certificate_hint(&CertificateProblem::UnknownAuthority)
            }
            ConnectProblem::NoTls if url.ssl_mode.is_none() => {
                "a database on another machine is reached with TLS unless the URL says otherwise: add `sslmode=disable` to it if the network is trusted".to_owned()
            }
            ConnectProblem::NoTls => {
                "switch TLS on in the server; or, if the network is trusted, write `sslmode=disable` into the database URL".to_owned()
            }
            ConnectProblem::RootCertificate { .. } => {
                "`sslrootcert` names a PEM file with the certificates of the authorities to trust".to_owned()
            }
            ConnectProblem::PasswordMissing => {
                "write it into the database URL: postgres://user:password@host:5432/database".to_owned()
            }
            ConnectProblem::Authentication(_) if url.password.is_some() && !url.has_password() => {
                "the password in the database URL is empty; in a .env file, a `$` outside single quotes begins a variable: write the URL in single quotes".to_owned()
            }
            ConnectProblem::Authentication(error) if error.sqlstate == "28P01" => {
                "check user and password; in the database URL, special characters of a password are written as %XX; in a .env file, a URL with a `$` is written in single quotes".to_owned()
            }
            ConnectProblem::Authentication(_) if url.ssl_mode == Some(SslMode::Disable) => {
                "if the server takes encrypted connections only, write `sslmode=require` into the database URL in place of `sslmode=disable`; if not, check the user, and whether the server's pg_hba.conf lets it in from here (client certificates are not supported)".to_owned()
            }
            ConnectProblem::Authentication(_) => {
                "check the user; if it is right, the server's pg_hba.conf does not let it in from here, or not with this sslmode (client certificates are not supported)".to_owned()
            }
            ConnectProblem::NoDatabase(_) => match url.database() {
                Some(database) if database.contains(char::is_control) => {
                    "create it, or correct the database URL".to_owned()
                }
                Some(database) => format!(
                    "create it (`CREATE DATABASE {}`), or correct the database URL",
                    pg_schema::quote_identifier(database)
                ),
                None => "name the database in the database URL: postgres://user:password@host:5432/database".to_owned(),
            },
            ConnectProblem::TooManyConnections(_) => {
                "close connections that are not needed, or try again later".to_owned()
            }
            ConnectProblem::StartingUp(_) => "try again in a moment".to_owned(),
            ConnectProblem::NotPostgres(_) => format!(
                "is {} the port of PostgreSQL, and not of another service?",
                url.port
            ),
            ConnectProblem::Lost(_) => format!(
                "try again; if it stays so, the server's log may say why; and is {} the port of PostgreSQL?",
                url.port
            ),
            ConnectProblem::TooOld { .. } => "upgrade the server, or use another one".to_owned(),
            ConnectProblem::Server(error) if error.sqlstate == "42501" => format!(
                "the owner of the database can grant it: GRANT CONNECT ON DATABASE {} TO {}",
                pg_schema::quote_identifier(url.database().unwrap_or_default()),
                pg_schema::quote_identifier(url.user().unwrap_or_default())
            ),
            ConnectProblem::Server(error) => return error.hint.clone(),
            ConnectProblem::Tls(_) => {
                "if the server has no TLS and the network is trusted, add `sslmode=disable` to the database URL".to_owned()
            }
            ConnectProblem::Unsupported(_) => {
                "leave it out of the database URL, or ask the server's administrator".to_owned()
            }
        };
        Some(hint)
    }

    /// What to do about a certificate: mend it, trust it, or go without verifying it.
    fn certificate_hint(&self, problem: &CertificateProblem) -> String {
        let authorities = tls::root_certificate(&self.url);
        let named = match &authorities {
            Some(RootCertificate::File(path)) => Some(path.display()),
            Some(RootCertificate::System) | None => None,
        };
        let cure = match (problem, named) {
            (CertificateProblem::Expired, _) => "the server needs a new one".to_owned(),
            (CertificateProblem::NotYetValid, _) => {
                "is the clock of this machine right, and the server's?".to_owned()
            }
            (CertificateProblem::OtherHost, _) => {
                "use a host name that it is for; `sslmode=verify-ca` verifies the authority, and not the name".to_owned()
            }
            (_, Some(path)) => format!(
                "what is trusted is in {path}, and nothing else; `sslrootcert=/path/to/ca.pem` names another file"
            ),
            (CertificateProblem::SelfSigned, None) => {
                "to trust it, name its file: `sslrootcert=/path/to/server.crt`".to_owned()
            }
            (_, None) => {
                "name the file with your provider's certificate authority: `sslrootcert=/path/to/ca.pem`".to_owned()
            }
        };
        let way_out = match (&self.url.ssl_root_certificate, authorities) {
            (Some(_), _) => "`sslmode=require` without `sslrootcert` encrypts without verifying",
            (None, Some(_)) => {
                "`sslmode=require` encrypts without verifying where that file does not exist"
            }
            (None, None) => "`sslmode=require` encrypts without verifying",
        };
        format!("{cure}; {way_out}")
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
