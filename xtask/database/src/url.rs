//! The connection URL (PostgreSQL manual, 34.1.1.2), parsed here before the driver sees it: the driver refuses half of the `sslmode`s and takes a
//! password with an `@` in it for a host name.
//!
//! What is read more kindly than libpq does, since people paste passwords as they are:
//! * The parameters begin at the first `?` that is followed by `name=`. The user and password end at the last `@` before them. So a password may hold
//!   `@`, `:`, `/`, `#` and `?` as they are; only a database name with an `@` has to write `%40`.
//! * A `%` that is not followed by two hexadecimal digits stands for itself. Where two digits follow, it is an escape: a password `50%20` is written `50%2520`.
//! * The user ends at the first `:`.
//!
//! Defaults: host `localhost`, port 5432, the operating-system user, the database of the user's name; `sslmode` see [`SslMode`]. libpq's environment
//! variables (`PGHOST`, `PGSSLMODE`, `PGPASSWORD` …), `~/.pgpass` and service files are not read: a URL means the same database, reached in the same way,
//! wherever it is written.

mod error;
mod parse;

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

pub use error::UrlError;
use postgres::config::{ChannelBinding, TargetSessionAttrs};

/// Where a server is, as whom and how to reach it. Neither `Debug` nor `Display` shows the password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionUrl {
    pub(crate) host: Host,
    pub(crate) host_address: Option<IpAddr>,
    pub(crate) port: u16,
    pub(crate) user: Option<String>,
    pub(crate) password: Option<Password>,
    pub(crate) database: Option<String>,
    pub(crate) ssl_mode: Option<SslMode>,
    pub(crate) ssl_root_certificate: Option<RootCertificate>,
    pub(crate) application_name: Option<String>,
    pub(crate) connect_timeout: Option<Duration>,
    pub(crate) options: Option<String>,
    pub(crate) target_session_attrs: TargetSessionAttrs,
    pub(crate) channel_binding: ChannelBinding,
}

/// What a server listens on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Host {
    /// A host name or an IP address (IPv6 without brackets).
    Tcp(String),
    /// The directory of a Unix socket.
    Socket(PathBuf),
}

/// How far TLS is used and the server's certificate verified, with libpq's names and meanings (PostgreSQL manual, 34.19).
///
/// A URL without `sslmode` means `require` for a remote host, where libpq would mean `prefer`, and `prefer` for this machine.
/// A Unix socket never uses TLS, whatever the mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SslMode {
    /// Never TLS.
    Disable,
    /// Without TLS, and with it when the server refuses that.
    Allow,
    /// With TLS, and without it when that fails.
    Prefer,
    /// TLS, the certificate not verified; with `sslrootcert` the same as [`SslMode::VerifyCa`].
    Require,
    /// TLS, the certificate signed by an authority that is trusted.
    VerifyCa,
    /// As [`SslMode::VerifyCa`], and made out to the host that was asked for.
    VerifyFull,
}

/// The authorities that may sign the server's certificate: the parameter `sslrootcert`.
///
/// Where it is given, every mode that uses TLS verifies the certificate with it; where it is not, `~/.postgresql/root.crt` counts as given if it exists.
/// Without both, `verify-ca` and `verify-full` trust the system's authorities, where psql needs to be told `sslrootcert=system` for that.
///
/// Stricter than libpq: a file that cannot be read is an error in every mode but `disable`, where libpq would not verify, or not encrypt, in the lower
/// ones; and `verify-full` finds an IP address only among the certificate's IP addresses, where libpq also takes a name that is written like one.
/// Not read: `~/.postgresql/root.crl`, and the client's own certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RootCertificate {
    /// Those the operating system trusts.
    System,
    /// Those in this PEM file, and no other.
    File(PathBuf),
}

/// Shows itself to the driver only.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Password(pub(crate) Vec<u8>);

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl ConnectionUrl {
    /// The host name, IP address or socket directory.
    #[must_use]
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// The TCP port, or the number in a Unix socket's name.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The database, if the URL names one; if not, the server takes the one of the user's name.
    #[must_use]
    pub fn database(&self) -> Option<&str> {
        self.database.as_deref().or(self.user())
    }

    /// The user, if the URL names one; if not, the operating-system user is meant.
    #[must_use]
    pub fn user(&self) -> Option<&str> {
        self.user.as_deref()
    }

    /// The password, for handing it on to another program. It must not be shown.
    #[must_use]
    pub fn password(&self) -> Option<&[u8]> {
        self.password.as_ref().map(|password| password.0.as_slice())
    }

    /// Whether the URL has a password that is not empty.
    #[must_use]
    pub fn has_password(&self) -> bool {
        self.password
            .as_ref()
            .is_some_and(|password| !password.0.is_empty())
    }

    /// The mode in force: the URL's, or the default for its host.
    #[must_use]
    pub fn ssl_mode(&self) -> SslMode {
        match (&self.host, self.ssl_mode) {
            (Host::Socket(_), _) => SslMode::Disable,
            (Host::Tcp(_), Some(mode)) => mode,
            (Host::Tcp(_), None) if self.ssl_root_certificate == Some(RootCertificate::System) => {
                SslMode::VerifyFull
            }
            (Host::Tcp(_), None) if self.is_local() => SslMode::Prefer,
            (Host::Tcp(_), None) => SslMode::Require,
        }
    }

    /// Whether the server is on this machine: a Unix socket, `localhost`, or a loopback address.
    ///
    /// A tunnel to another machine looks local too; nothing on this side can tell.
    #[must_use]
    pub fn is_local(&self) -> bool {
        let local_address = |address: IpAddr| {
            let address = address.to_canonical();
            address.is_loopback() || address.is_unspecified()
        };
        match (&self.host, self.host_address) {
            (Host::Socket(_), _) => true,
            (Host::Tcp(_), Some(address)) => local_address(address),
            (Host::Tcp(name), None) => {
                let name = name.trim_end_matches('.').to_ascii_lowercase();
                name == "localhost"
                    || name.ends_with(".localhost")
                    || name.parse().is_ok_and(local_address)
            }
        }
    }

    /// `user@host:port/database`, for messages.
    #[must_use]
    pub fn with_user(&self) -> String {
        match self.user() {
            Some(user) => format!("{}@{self}", printable(user)),
            None => self.to_string(),
        }
    }
}

/// A name without what would break a line or colour it.
fn printable(name: &str) -> String {
    name.chars()
        .map(|c| {
            if c.is_control() {
                c.escape_default().to_string()
            } else {
                c.to_string()
            }
        })
        .collect()
}

/// `host:port/database`.
impl fmt::Display for ConnectionUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.host {
            Host::Tcp(name) if name.contains(':') => write!(f, "[{name}]")?,
            Host::Tcp(name) => f.write_str(name)?,
            Host::Socket(directory) => write!(f, "{}", directory.display())?,
        }
        write!(f, ":{}", self.port)?;
        match self.database() {
            Some(database) => write!(f, "/{}", printable(database)),
            None => Ok(()),
        }
    }
}

impl FromStr for ConnectionUrl {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Self, UrlError> {
        parse::parse(text)
    }
}

impl SslMode {
    /// All modes by name.
    pub(crate) const NAMES: [(&'static str, SslMode); 6] = [
        ("disable", SslMode::Disable),
        ("allow", SslMode::Allow),
        ("prefer", SslMode::Prefer),
        ("require", SslMode::Require),
        ("verify-ca", SslMode::VerifyCa),
        ("verify-full", SslMode::VerifyFull),
    ];
}

impl fmt::Display for SslMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = SslMode::NAMES.iter().find(|(_, mode)| mode == self);
        f.write_str(name.map_or("", |(name, _)| name))
    }
}
