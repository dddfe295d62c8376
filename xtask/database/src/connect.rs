//! One connection to one database.

mod error;
mod open;
mod probe;
mod session;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use postgres::{Client, SimpleQueryMessage};

use crate::error::{QueryError, ServerError};
use crate::tls::Tls;
use crate::url::ConnectionUrl;
use crate::wait::Backoff;

pub use error::{CertificateProblem, ConnectError, ConnectProblem};
use open::Connect;
pub use session::Session;

/// The oldest supported version, as `server_version_num` has it.
const OLDEST_VERSION: u32 = 140_000;
/// How our literals are written.
const STANDARD_STRINGS: &str = "SET standard_conforming_strings = on";
/// It ends a statement whose client is gone.
const CHECK_CLIENT: &str = "SET client_connection_check_interval = '10s'";
/// Two minutes after a client's whole machine is gone, so are its session and the lock. By itself the server would wait for two hours.
const KEEPALIVES: &str =
    "SET tcp_keepalives_idle = 60; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 6";

/// One connection. Everything that a command does in a database goes through one, so that the lock, the settings and the work are in one session.
pub struct Database {
    client: Client,
    url: ConnectionUrl,
    server_version: u32,
    notices: Notices,
    session_settings: String,
    cancelled: Arc<AtomicBool>,
}

/// Ends what a connection is doing, from another thread.
#[derive(Clone)]
pub struct Canceller {
    cancel: Arc<dyn Fn(Tls) -> Result<(), QueryError> + Send + Sync>,
    url: ConnectionUrl,
    cancelled: Arc<AtomicBool>,
}

impl Canceller {
    /// Asks the server to end the statement that is running. Between two statements there is none, and nothing happens. A COPY of an
    /// [`Inserter`](crate::Inserter) is ended on our side too: the driver hears of the server's end only when all rows are sent.
    ///
    /// # Errors
    /// [`QueryError`] when the server cannot be reached.
    pub fn cancel(&self) -> Result<(), QueryError> {
        self.cancelled.store(true, Ordering::Relaxed);
        let tls = Tls::new(&self.url).map_err(|problem| QueryError::Driver(problem.to_string()))?;
        (self.cancel)(tls)
    }
}

/// What the server has said unasked since it was last looked at.
type Notices = Arc<Mutex<Vec<ServerError>>>;

impl Database {
    /// Connects, and checks that the server is one that we support.
    ///
    /// `application_name` is what the server's administrator sees in `pg_stat_activity`; the URL's own goes before it.
    /// A server that is just starting up (57P03) is given the URL's connect timeout to finish.
    ///
    /// # Errors
    ///
    /// [`ConnectError`], within the URL's `connect_timeout`, by default 10 seconds.
    pub fn connect(url: &ConnectionUrl, application_name: &str) -> Result<Self, ConnectError> {
        Self::try_connect(url, application_name).map_err(|problem| ConnectError::new(url, problem))
    }

    /// As [`connect`](Self::connect), but waits while the server has no connection left (53300), at most for `limit`, `None` without limit.
    /// `on_wait` hears of it at once and then every few seconds.
    ///
    /// # Errors
    ///
    /// [`ConnectError`]: any other problem at once, and this one after `limit`.
    pub fn connect_waiting(
        url: &ConnectionUrl,
        application_name: &str,
        limit: Option<Duration>,
        on_wait: &mut dyn FnMut(&ConnectError),
    ) -> Result<Self, ConnectError> {
        let mut backoff = Backoff::new(limit);
        loop {
            let error = match Self::connect(url, application_name) {
                Err(error) if matches!(error.problem(), ConnectProblem::TooManyConnections(_)) => {
                    error
                }
                done => return done,
            };
            if backoff.is_over() {
                return Err(error);
            }
            if backoff.should_report() {
                on_wait(&error);
                backoff.reported();
            }
            backoff.pause();
        }
    }

    fn try_connect(url: &ConnectionUrl, application_name: &str) -> Result<Self, ConnectProblem> {
        let notices = Notices::default();
        let heard = Arc::clone(&notices);
        let connect: Connect<Client> = Arc::new(move |config, tls| {
            let mut config = postgres::Config::from(config);
            let notices = Arc::clone(&heard);
            config.notice_callback(move |notice| {
                let mut notices = notices.lock().unwrap_or_else(PoisonError::into_inner);
                notices.push(ServerError::from(&notice));
            });
            config.connect(tls)
        });
        let client = try_open(url, application_name, &connect)?;
        let mut database = Self {
            client,
            url: url.clone(),
            server_version: 0,
            notices,
            session_settings: STANDARD_STRINGS.to_owned(),
            cancelled: Arc::default(),
        };
        database.begin_session()?;
        Ok(database)
    }

    fn begin_session(&mut self) -> Result<(), ConnectProblem> {
        let version = self.text("SHOW server_version_num")?;
        self.server_version = version
            .and_then(|version| version.parse().ok())
            .ok_or_else(|| ConnectProblem::NotPostgres("it states no version".to_owned()))?;
        if self.server_version < OLDEST_VERSION {
            let version = self.text("SHOW server_version")?.unwrap_or_default();
            return Err(ConnectProblem::TooOld { version });
        }
        // Some platforms cannot do it, and refuse the setting.
        for settings in [CHECK_CLIENT, KEEPALIVES] {
            if self.execute(settings).is_ok() {
                self.session_settings.push_str("; ");
                self.session_settings.push_str(settings);
            }
        }
        self.execute(STANDARD_STRINGS)?;
        Ok(())
    }

    /// Where it leads.
    #[must_use]
    pub fn url(&self) -> &ConnectionUrl {
        &self.url
    }

    /// The server's version as `server_version_num` has it: 150004 is 15.4.
    #[must_use]
    pub fn server_version(&self) -> u32 {
        self.server_version
    }

    /// The driver's client, for queries that this crate has no function for.
    pub fn client(&mut self) -> &mut Client {
        &mut self.client
    }

    /// Runs SQL as it is, by the simple query protocol: several statements share one transaction, unless they control it themselves.
    ///
    /// # Errors
    ///
    /// [`QueryError`] of the first statement that fails.
    pub fn execute(&mut self, sql: &str) -> Result<(), QueryError> {
        Ok(self.client.batch_execute(sql)?)
    }

    /// The notices and warnings that came since the last call.
    pub fn take_notices(&mut self) -> Vec<ServerError> {
        std::mem::take(&mut *self.notices.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What ends its statements from another thread.
    #[must_use]
    pub fn canceller(&self) -> Canceller {
        let token = self.client.cancel_token();
        Canceller {
            cancel: Arc::new(move |tls| Ok(token.cancel_query(tls)?)),
            url: self.url.clone(),
            cancelled: Arc::clone(&self.cancelled),
        }
    }

    /// Whether a [`Canceller`] was used.
    pub(crate) fn cancelled(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.cancelled)
    }

    /// Whether the connection is gone.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// The first column of the first row, by the simple query protocol.
    ///
    /// # Errors
    /// [`QueryError`] when the server refuses it.
    pub fn text(&mut self, sql: &str) -> Result<Option<String>, QueryError> {
        let messages = self.client.simple_query(sql)?;
        Ok(messages.iter().find_map(|message| match message {
            SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        }))
    }

    /// SQL that takes back what statements before it have set, temporary tables included, and then applies our own settings again.
    /// Not `DISCARD ALL`, which would let go of the lock.
    pub(crate) fn reset_session_sql(&self) -> String {
        format!(
            "RESET SESSION AUTHORIZATION; RESET ROLE; RESET ALL; DISCARD TEMP; {}",
            self.session_settings
        )
    }
}

fn try_open<C: Send + 'static>(
    url: &ConnectionUrl,
    application_name: &str,
    connect: &Connect<C>,
) -> Result<C, ConnectProblem> {
    let deadline = url.connect_timeout.map(|timeout| Instant::now() + timeout);
    let mut starting_up = Backoff::new(url.connect_timeout);
    loop {
        match open::open(url, application_name, deadline, connect) {
            Err(ConnectProblem::StartingUp(_)) if !starting_up.is_over() => {
                starting_up.pause();
            }
            done => return done,
        }
    }
}

/// Shows where it leads, without the password.
impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Database")
            .field(&self.url.with_user())
            .finish()
    }
}
