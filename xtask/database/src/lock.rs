//! The lock that keeps runners of the same history apart.
//!
//! A session-level advisory lock (PostgreSQL manual, 13.3.5) on the connection that executes: it ends with it, so that no crash leaves it behind.
//! It is polled for: a runner that waits in `pg_advisory_lock` holds a snapshot, for which a `CREATE INDEX CONCURRENTLY` of the runner
//! that holds the lock waits in turn, and the server ends one of the two as a deadlock.
//!
//! It is taken twice, since a session counts how often it has a lock: so whether it is still held can be asked by letting go of one and taking it again,
//! which nobody else sees. `pg_locks` would tell too, but for each row the server goes through its whole lock table, which can take a millisecond.

use std::fmt;
use std::time::Duration;

use crate::connect::Database;
use crate::error::QueryError;
use crate::history::TABLE;
use crate::wait::Backoff;

/// The lock's key: the same for all runners of a history. Advisory locks are per database, so that its name need not be in the key.
const KEY: i64 = fnv1a_64(TABLE.as_bytes()).cast_signed();

/// More than most pools have.
const SESSIONS_TO_LOOK_IN: usize = 50;

/// The FNV-1a hash: small, and the same in every version of this program, which the standard library's are not.
pub(crate) const fn fnv1a_64(bytes: &[u8]) -> u64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut at = 0;
    while at < bytes.len() {
        hash ^= bytes[at] as u64;
        hash = hash.wrapping_mul(0x0100_0000_01b3);
        at += 1;
    }
    hash
}

/// Who holds the lock, as far as the server lets us see: of sessions of other roles it hides most from an ordinary role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockHolder {
    /// The server process, for `pg_terminate_backend`.
    pub pid: i32,
    /// What the session calls itself.
    pub application_name: Option<String>,
    /// The role that logged in.
    pub user: Option<String>,
    /// The address it connected from; none for a Unix socket.
    pub client_address: Option<String>,
    /// How long the session has been there.
    pub connected_for: Option<Duration>,
    /// What it executes, or executed last.
    pub query: Option<String>,
}

/// Why the lock was not got.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LockError {
    /// Another session holds it, and the wait is over.
    #[error("another run holds the lock{}; gave up after {} seconds",
        holder.as_ref().map(|holder| format!(": {holder}")).unwrap_or_default(), waited.as_secs())]
    Held {
        /// Who; none if it let go just now.
        holder: Option<Box<LockHolder>>,
        /// How long we waited.
        waited: Duration,
    },
    /// Asking for it failed.
    #[error("cannot ask for the lock: {0}")]
    Query(#[from] QueryError),
}

/// In one line, without the query.
impl fmt::Display for LockHolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "process {}", self.pid)?;
        if let Some(name) = &self.application_name {
            write!(f, ", `{name}`")?;
        }
        if let Some(user) = &self.user {
            write!(f, ", role {user}")?;
        }
        if let Some(address) = &self.client_address {
            write!(f, ", from {address}")?;
        }
        if let Some(connected_for) = self.connected_for {
            write!(f, ", connected for {} s", connected_for.as_secs())?;
        }
        Ok(())
    }
}

/// Takes the lock. While it waits, at most for `limit`, `None` without limit, `on_wait` hears who holds it and how long it has waited: at once, and
/// then every few seconds.
///
/// # Errors
///
/// [`LockError`] when it is still held after `limit`, or when the connection fails.
pub fn acquire(
    database: &mut Database,
    limit: Option<Duration>,
    on_wait: &mut dyn FnMut(LockHolder, Duration),
) -> Result<(), LockError> {
    let mut backoff = Backoff::new(limit);
    let take = call("pg_try_advisory_lock");
    let twice = format!("SELECT CASE WHEN {take} THEN {take} ELSE false END");
    loop {
        if database.text(&twice)?.as_deref() == Some("t") {
            return Ok(());
        }
        if backoff.is_over() {
            return Err(LockError::Held {
                holder: holder(database)?.map(Box::new),
                waited: backoff.waited(),
            });
        }
        if backoff.should_report()
            && let Some(holder) = holder(database)?
        {
            on_wait(holder, backoff.waited());
            backoff.reported();
        }
        backoff.pause();
    }
}

/// Lets go of the lock. So does the end of the connection, but behind a pooler: there it is looked for in the sessions that come up, lest one keeps it.
///
/// # Errors
///
/// [`QueryError`] when the connection fails.
pub fn release(database: &mut Database) -> Result<(), QueryError> {
    let let_go = call("pg_advisory_unlock");
    // Not simply let go of: where it is not held, that would be a warning in the server's log each time.
    let unlock = format!(
        "SELECT {let_go}, {let_go} WHERE EXISTS (SELECT FROM pg_catalog.pg_locks l WHERE {} AND l.pid = pg_catalog.pg_backend_pid())",
        is_the_lock()
    );
    for _ in 0..SESSIONS_TO_LOOK_IN {
        if database.text(&unlock)?.is_some() {
            break;
        }
    }
    Ok(())
}

/// Who holds the lock at this moment, other than this session.
///
/// # Errors
///
/// [`QueryError`] when the connection fails.
pub fn holder(database: &mut Database) -> Result<Option<LockHolder>, QueryError> {
    let row = database.client().query_typed_opt(
        &format!(
            "SELECT l.pid, a.application_name, a.usename::text, host(a.client_addr),
                    extract(epoch FROM clock_timestamp() - a.backend_start)::float8, a.query
               FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
              WHERE {} AND l.pid <> pg_catalog.pg_backend_pid()",
            is_the_lock()
        ),
        &[],
    )?;
    Ok(row.map(|row| LockHolder {
        pid: row.get(0),
        application_name: non_empty(row.get(1)),
        user: row.get(2),
        client_address: row.get(3),
        connected_for: row
            .get::<_, Option<f64>>(4)
            .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
        query: non_empty(row.get(5)),
    }))
}

fn non_empty(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

/// A query that is true in the session that holds the lock. Behind a pooler that gives every transaction another session, it is not ours for long.
pub(crate) fn is_held_sql() -> String {
    let (let_go, take) = (call("pg_advisory_unlock"), call("pg_try_advisory_lock"));
    format!("SELECT CASE WHEN {let_go} THEN {take} ELSE false END")
}

/// A condition on a row `l` of `pg_locks`. Manual, 54.12: a bigint key is in classid (high half) and objid (low half), with objsubid 1.
fn is_the_lock() -> String {
    format!(
        "l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND (l.classid::bigint << 32 | l.objid::bigint) = {KEY} \
         AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())"
    )
}

fn call(function: &str) -> String {
    format!("pg_catalog.{function}({KEY})")
}
