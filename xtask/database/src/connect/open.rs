//! From a URL to the driver's client, within a deadline.

use std::io;
use std::net::ToSocketAddrs;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use postgres::config::SslMode as DriverMode;
use tokio_postgres::Config;

use super::{ConnectProblem, probe};
use crate::error::{ServerError, is_lost, with_sources};
use crate::tls::{self, Tls};
use crate::url::{ConnectionUrl, Host};

/// After this long without an answer the driver's TCP probes declare a connection dead: it would otherwise wait for two hours.
const KEEPALIVE_IDLE: Duration = Duration::from_mins(1);
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(10);
/// A server that takes longer than this to let us in is asked whether it is PostgreSQL at all.
const SUSPICIOUS: Duration = Duration::from_millis(500);

/// One attempt to connect.
pub(super) type Connect<C> = Arc<dyn Fn(Config, Tls) -> Result<C, postgres::Error> + Send + Sync>;

/// Connects with each mode of TLS that the URL allows, until one works.
///
/// As libpq does it, a second mode is tried when the first fails in TLS, or when the server refuses the user under it (`pg_hba.conf` tells
/// connections with TLS from those without), and not when the server cannot be reached at all.
///
/// `connect` is one attempt of one of the driver's two clients.
pub(super) fn open<C: Send + 'static>(
    url: &ConnectionUrl,
    application_name: &str,
    deadline: Option<Instant>,
    connect: &Connect<C>,
) -> Result<C, ConnectProblem> {
    let mut config = config(url, application_name);
    let tls = Tls::new(url)?;
    let mut first_problem: Option<ConnectProblem> = None;
    for mode in tls::attempts(url.ssl_mode()) {
        config.ssl_mode(*mode);
        let problem = match open_once(url, &config, tls.clone(), deadline, connect) {
            Ok(client) => return Ok(client),
            Err(problem) => problem,
        };
        if let ConnectProblem::Tls(_)
        | ConnectProblem::NoTls
        | ConnectProblem::NotPostgres(_)
        | ConnectProblem::Lost(_) = problem
            && let Some(answer) = probe::foreign_answer(url)
        {
            return Err(ConnectProblem::NotPostgres(answer));
        }
        if !problem.may_differ_without_tls() {
            return Err(problem);
        }
        first_problem = Some(match first_problem {
            // A wrong password says more than “no entry for a connection without encryption”, or than no TLS.
            Some(first) if first.is_wrong_password() || !problem.is_wrong_password() => first,
            _ => problem,
        });
    }
    Err(first_problem.expect("every mode has an attempt"))
}

fn config(url: &ConnectionUrl, application_name: &str) -> Config {
    let mut config = Config::new();
    match &url.host {
        Host::Tcp(host) => config.host(host),
        #[cfg(unix)]
        Host::Socket(directory) => config.host_path(directory),
        #[cfg(not(unix))]
        Host::Socket(directory) => config.host(&directory.to_string_lossy()),
    };
    if let (Host::Tcp(_), Some(address)) = (&url.host, url.host_address) {
        config.hostaddr(address);
    }
    config.port(url.port);
    if let Some(user) = &url.user {
        config.user(user);
    }
    if let Some(password) = &url.password {
        config.password(&password.0);
    }
    if let Some(database) = &url.database {
        config.dbname(database);
    }
    if let Some(options) = &url.options {
        config.options(options);
    }
    config
        .application_name(url.application_name.as_deref().unwrap_or(application_name))
        .target_session_attrs(url.target_session_attrs)
        .channel_binding(url.channel_binding)
        .keepalives_idle(KEEPALIVE_IDLE)
        .keepalives_interval(KEEPALIVE_INTERVAL);
    if let Some(timeout) = url.connect_timeout {
        // The driver's limit is for each address of the host; the second one gets a chance too.
        config.connect_timeout(timeout / 2);
    }
    config
}

/// The driver's limit ends with the TCP connection: a server that never answers on it would hang us, so a thread of its own does the waiting.
fn open_once<C: Send + 'static>(
    url: &ConnectionUrl,
    config: &Config,
    tls: Tls,
    deadline: Option<Instant>,
    connect: &Connect<C>,
) -> Result<C, ConnectProblem> {
    let (sender, receiver) = mpsc::channel();
    let (thread_config, connect) = (config.clone(), Arc::clone(connect));
    thread::spawn(move || {
        // Nobody listens any more after the deadline.
        let _ = sender.send(connect(thread_config, tls));
    });
    let remaining = || deadline.map(|end| end.saturating_duration_since(Instant::now()));
    let mut result = receiver.recv_timeout(remaining().unwrap_or(SUSPICIOUS).min(SUSPICIOUS));
    if result.is_err() {
        if let Some(answer) = probe::foreign_answer(url) {
            return Err(ConnectProblem::NotPostgres(answer));
        }
        result = match remaining() {
            Some(remaining) => receiver.recv_timeout(remaining),
            None => receiver.recv().map_err(mpsc::RecvTimeoutError::from),
        };
    }
    match result {
        Ok(Ok(client)) => Ok(client),
        Ok(Err(error)) => Err(classify(url, config, &error)),
        Err(_) => Err(ConnectProblem::Timeout(
            url.connect_timeout.unwrap_or_default(),
        )),
    }
}

/// The driver keeps the kind of its errors to itself; what remains are the server's code, the cause, and the wording.
fn classify(url: &ConnectionUrl, config: &Config, error: &postgres::Error) -> ConnectProblem {
    if let Some(server) = error.as_db_error() {
        return ConnectProblem::from(Box::new(ServerError::from(server)));
    }
    let cause = std::error::Error::source(error);
    let reason = cause.map_or_else(|| error.to_string(), with_sources);
    match error.to_string().as_str() {
        // The library's error repeats its own causes.
        "error performing TLS handshake" => {
            tls::handshake_problem(cause.map_or(reason, ToString::to_string))
        }
        "invalid configuration" if reason == "password missing" => ConnectProblem::PasswordMissing,
        "authentication error" if config.get_ssl_mode() == DriverMode::Disable => {
            // Channel binding needs TLS.
            ConnectProblem::Tls(reason)
        }
        "authentication error" => ConnectProblem::Unsupported(reason),
        "error connecting to server" => unreachable(url, reason, cause.and_then(io_kind)),
        _ if is_lost(error) => ConnectProblem::Lost(match cause.and_then(io_kind) {
            Some(io::ErrorKind::UnexpectedEof) => "the server closed it".to_owned(),
            _ => reason,
        }),
        _ => ConnectProblem::NotPostgres(with_sources(error)),
    }
}

fn io_kind(error: &(dyn std::error::Error + 'static)) -> Option<io::ErrorKind> {
    error.downcast_ref::<io::Error>().map(io::Error::kind)
}

fn unreachable(url: &ConnectionUrl, reason: String, kind: Option<io::ErrorKind>) -> ConnectProblem {
    match (kind, &url.host) {
        (Some(io::ErrorKind::ConnectionRefused), _)
        | (Some(io::ErrorKind::NotFound), Host::Socket(_)) => ConnectProblem::Refused,
        (Some(io::ErrorKind::TimedOut), _) => {
            ConnectProblem::Timeout(url.connect_timeout.unwrap_or_default())
        }
        // How the driver says that `target_session_attrs` is not met.
        (Some(io::ErrorKind::PermissionDenied), Host::Tcp(_)) => {
            ConnectProblem::Unsupported(reason)
        }
        // The error of a failed lookup has no kind, and a text that every system words differently.
        (_, Host::Tcp(host))
            if url.host_address.is_none()
                && (host.as_str(), url.port).to_socket_addrs().is_err() =>
        {
            ConnectProblem::UnknownHost(reason)
        }
        _ => ConnectProblem::Unreachable(reason),
    }
}
