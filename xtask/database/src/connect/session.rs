//! A connection that hands rows over as they come.

use std::future::poll_fn;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use futures_util::TryStreamExt;
use postgres::tls::MakeTlsConnect;
use tokio::runtime::{Builder, Runtime};
use tokio::task::yield_now;
use tokio::time::timeout;
use tokio_postgres::{
    AsyncMessage, Client, Connection, Error, SimpleQueryMessage, SimpleQueryRow, Socket,
};

use super::{
    CHECK_CLIENT, Canceller, Connect, ConnectError, ConnectProblem, KEEPALIVES, STANDARD_STRINGS,
    try_open,
};
use crate::browse;
use crate::error::{QueryError, ServerError};
use crate::tls::Tls;
use crate::url::ConnectionUrl;

/// A transaction that everybody has forgotten keeps others from its rows, so it ends after half an hour, if the server is not told otherwise.
const IDLE_LIMIT: &str = "SELECT set_config('idle_in_transaction_session_timeout', '30min', false) WHERE current_setting('idle_in_transaction_session_timeout') = '0'";

/// How long a server that does not answer any more holds up the end of a session.
const PATIENCE: Duration = Duration::from_secs(1);

/// One connection for SQL that a person types: a [`Database`](super::Database) holds all rows of a result, this one only the one that it has just read.
pub struct Session {
    // Dropped before the driver, which then says goodbye.
    client: Client,
    driver: Driver,
    url: ConnectionUrl,
    backend: i32,
}

/// What makes a connection go on.
struct Driver {
    runtime: Arc<Runtime>,
    /// None once it ended.
    connection: Option<Wire>,
    notices: Vec<ServerError>,
}

type Wire = Connection<Socket, <Tls as MakeTlsConnect<Socket>>::Stream>;

impl Session {
    /// Connects, and sets what [`browse::prepare`] sets. A transaction that is idle for half an hour is ended by the server.
    ///
    /// # Errors
    /// [`ConnectError`], as [`Database::connect`](super::Database::connect).
    pub fn connect(
        url: &ConnectionUrl,
        application_name: &str,
        read_only: bool,
    ) -> Result<Self, ConnectError> {
        Self::try_connect(url, application_name, read_only)
            .map_err(|problem| ConnectError::new(url, problem))
    }

    fn try_connect(
        url: &ConnectionUrl,
        application_name: &str,
        read_only: bool,
    ) -> Result<Self, ConnectProblem> {
        let runtime = runtime().map_err(|error| ConnectProblem::Unreachable(error.to_string()))?;
        let runtime = Arc::new(runtime);
        let connecting = Arc::clone(&runtime);
        let connect: Connect<_> =
            Arc::new(move |config, tls| connecting.block_on(config.connect(tls)));
        let (client, connection) = try_open(url, application_name, &connect)?;
        let mut session = Self {
            client,
            driver: Driver {
                runtime,
                connection: Some(connection),
                notices: Vec::new(),
            },
            url: url.clone(),
            backend: 0,
        };
        for settings in [CHECK_CLIENT, KEEPALIVES] {
            // Some platforms cannot do it, and refuse the setting.
            let _ = session.execute(settings);
        }
        session.execute(STANDARD_STRINGS)?;
        session.execute(&browse::settings(read_only))?;
        session.execute(IDLE_LIMIT)?;
        let backend = session.text("SELECT pg_backend_pid()")?;
        session.backend = backend.and_then(|id| id.parse().ok()).unwrap_or_default();
        Ok(session)
    }

    /// What ends its statements from another thread.
    #[must_use]
    pub fn canceller(&self) -> Canceller {
        let token = self.client.cancel_token();
        Canceller {
            cancel: Arc::new(move |tls| {
                let runtime = runtime().map_err(|error| QueryError::Driver(error.to_string()))?;
                Ok(runtime.block_on(token.cancel_query(tls))?)
            }),
            url: self.url.clone(),
            cancelled: Arc::default(),
        }
    }

    /// Its process on the server, as `pg_stat_activity` has it.
    #[must_use]
    pub fn backend(&self) -> i32 {
        self.backend
    }

    /// Waits until the server is done with what was asked: an error comes before that.
    pub fn settle(&mut self) {
        // Where it fails the connection is gone, which `end` tells.
        let _ = self.execute("");
    }

    /// Why the connection is gone, if it is; the server may have ended it since it was last used.
    pub fn end(&mut self) -> Option<QueryError> {
        // What has come is seen when the runtime has waited once.
        let look = async {
            yield_now().await;
            Ok(())
        };
        match self.driver.block_on(look) {
            Ok(()) if self.driver.connection.is_some() => None,
            Ok(()) => Some(QueryError::ConnectionLost("it was closed".to_owned())),
            Err(error) => Some(error),
        }
    }

    /// Runs SQL as it is, by the simple query protocol, and forgets its rows.
    pub(crate) fn execute(&mut self, sql: &str) -> Result<(), QueryError> {
        self.rows(sql, |_| ()).map(|_| ())
    }

    /// The names and types of the columns of a statement, and that it is one and no more.
    pub(crate) fn columns(&mut self, sql: &str) -> Result<Vec<(String, String)>, QueryError> {
        let Self { client, driver, .. } = self;
        let prepared = driver.block_on(client.prepare(sql))?;
        let columns = prepared.columns().iter();
        let described = columns.map(|column| (column.name().into(), column.type_().name().into()));
        Ok(described.collect())
    }

    /// Runs SQL as it is, by the simple query protocol. Gives the number in the last statement's completion.
    pub(crate) fn rows(
        &mut self,
        sql: &str,
        mut row: impl FnMut(&SimpleQueryRow),
    ) -> Result<u64, QueryError> {
        let Self { client, driver, .. } = self;
        let run = async {
            let mut messages = pin!(client.simple_query_raw(sql).await?);
            let mut count = 0;
            while let Some(message) = messages.try_next().await? {
                match message {
                    SimpleQueryMessage::Row(read) => row(&read),
                    SimpleQueryMessage::CommandComplete(completed) => count = completed,
                    _ => {}
                }
            }
            Ok(count)
        };
        driver.block_on(run)
    }

    /// The first column of the first row.
    pub(crate) fn text(&mut self, sql: &str) -> Result<Option<String>, QueryError> {
        let mut text = None;
        self.rows(sql, |row| {
            text.get_or_insert_with(|| row.get(0).map(str::to_owned));
        })?;
        Ok(text.flatten())
    }

    /// The notices and warnings that came since the last call.
    pub(crate) fn take_notices(&mut self) -> Vec<ServerError> {
        std::mem::take(&mut self.driver.notices)
    }
}

impl Driver {
    /// Waits for what the server answers.
    fn block_on<T>(
        &mut self,
        answer: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, QueryError> {
        let Self {
            runtime,
            connection,
            notices,
        } = self;
        let mut answer = pin!(answer);
        let answered = runtime.block_on(poll_fn(|context| {
            while let Some(open) = connection {
                match open.poll_message(context) {
                    Poll::Ready(Some(Ok(AsyncMessage::Notice(notice)))) => {
                        notices.push(ServerError::from(&notice));
                    }
                    Poll::Ready(Some(Ok(_))) => {}
                    Poll::Ready(Some(Err(error))) => {
                        *connection = None;
                        return Poll::Ready(Err(error));
                    }
                    Poll::Ready(None) => *connection = None,
                    Poll::Pending => break,
                }
            }
            answer.as_mut().poll(context)
        }));
        Ok(answered?)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else {
            return;
        };
        let end = poll_fn(|context| {
            loop {
                match connection.poll_message(context) {
                    Poll::Ready(Some(Ok(_))) => {}
                    Poll::Ready(_) => return Poll::Ready(()),
                    Poll::Pending => return Poll::Pending,
                }
            }
        });
        // It is gone in any case.
        let _ = self
            .runtime
            .block_on(async { timeout(PATIENCE, end).await });
    }
}

fn runtime() -> io::Result<Runtime> {
    Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .build()
}
