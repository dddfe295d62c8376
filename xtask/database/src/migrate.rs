//! Applying the migrations of a folder.
//!
//! One run at a time, under the [lock](crate::lock). Before anything is run, the whole folder is compared with the history, and every pending file is
//! read. Each file then runs as if it had a session of its own: settings, roles and temporary tables of the one before are taken back.
//!
//! What a session is set to by its role, its database or the URL's `options` is the operator's, but for what would change what the SQL means:
//! * `search_path` is `public`, since drizzle's SQL does not name that schema. (Not `"$user", public`: a schema with the role's name would catch all tables;
//!   nor any further schema, whose `orders` a `DROP TABLE IF EXISTS orders` would find.)
//! * `standard_conforming_strings` is on, as the splitter reads them; `client_encoding` is the driver's UTF-8.
//! * `session_replication_role` is `origin`: under `replica`, rows that break a foreign key go in unseen.
//!
//! So these stay: the role that `ALTER ROLE … SET role` changes to and that is to own everything; `default_transaction_read_only` and the timeouts, which
//! end a run with an error and nothing half done; tablespace, access method, event triggers and row security; and how ambiguous values are read
//! (`DateStyle`, `IntervalStyle`, `TimeZone`), as in psql. What a file needs otherwise it sets itself.

mod error;
mod hint;
mod newer;
mod plan;
mod stepwise;
mod transaction;

use std::time::{Duration, Instant};

use pg_migration::{Migration, Migrations, Script, ScriptMode, SqlStatement};

use crate::connect::Database;
use crate::error::{QueryError, ServerError};
use crate::history;
use crate::lock::{self, LockHolder};

pub(crate) use error::POOLED;
pub use error::{
    FailureCause, FailurePoint, FileState, MigrateError, MigrationFailure, Refusal,
    UnreadableScript,
};
pub use hint::hint_for;
pub use plan::PendingMigration;
pub(crate) use plan::{pending, tag_of};
pub(crate) use stepwise::{find_index, without_lock_timeout};

/// Longer than most migrations take, and short enough for a deployment to fail rather than to hang.
const DEFAULT_WAIT: Duration = Duration::from_mins(10);

const SET_SEARCH_PATH: &str = "SET search_path = public";
/// Not a plain SET, for which an ordinary role has no right even if it changes nothing.
const FIRE_TRIGGERS: &str = "SELECT pg_catalog.set_config('session_replication_role', 'origin', false) \
     WHERE pg_catalog.current_setting('session_replication_role') <> 'origin'";

/// How to migrate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrateOptions {
    /// The tag of the last migration to apply; none for all.
    pub to: Option<String>,
    /// Whether to apply migrations that are older than one that is applied already.
    pub out_of_order: bool,
    /// How long to wait for another run to finish: none without limit, zero not at all. By default 10 minutes.
    pub wait_lock: Option<Duration>,
    /// PostgreSQL's `lock_timeout` for each statement; none leaves it as the server has it.
    /// Statements with CONCURRENTLY run without: they wait for others by design, and one that gives up leaves an invalid index.
    pub lock_timeout: Option<Duration>,
    /// PostgreSQL's `statement_timeout` for each statement; none leaves it as the server has it.
    pub statement_timeout: Option<Duration>,
}

impl Default for MigrateOptions {
    fn default() -> Self {
        Self {
            to: None,
            out_of_order: false,
            wait_lock: Some(DEFAULT_WAIT),
            lock_timeout: None,
            statement_timeout: None,
        }
    }
}

/// What happens during a run.
#[derive(Clone, Debug)]
pub enum MigrateEvent<'a> {
    /// Another run holds the lock: said at once, and then every few seconds.
    Waiting {
        /// Which.
        holder: LockHolder,
        /// How long we have waited so far.
        waited: Duration,
    },
    /// A migration begins.
    Started {
        /// Its tag.
        tag: &'a str,
        /// Which of the pending ones, counted from 0.
        index: usize,
        /// How many are pending.
        total: usize,
        /// How many statements it has.
        statements: usize,
        /// How many of them an earlier run has done.
        done: usize,
    },
    /// A statement begins.
    Statement {
        /// The migration's tag.
        tag: &'a str,
        /// Which, counted from 0.
        index: usize,
        /// Its text.
        sql: &'a str,
    },
    /// The server says something unasked, such as what `RAISE NOTICE` makes it say.
    Notice {
        /// The migration's tag.
        tag: &'a str,
        /// What it says.
        notice: ServerError,
    },
    /// The remains of an index build that failed or was interrupted are dropped, so that the index can be built.
    DroppingInvalidIndex {
        /// The migration's tag.
        tag: &'a str,
        /// The index's qualified name.
        index: &'a str,
    },
    /// A migration is applied.
    Applied {
        /// Its tag.
        tag: &'a str,
        /// How long it took.
        elapsed: Duration,
    },
}

/// What a run has done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MigrateReport {
    /// The migrations that it applied, in order.
    pub applied: Vec<AppliedMigration>,
}

/// A migration that was applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppliedMigration {
    /// Its tag.
    pub tag: String,
    /// How long it took.
    pub elapsed: Duration,
}

/// Applies the pending migrations, each in a transaction of its own together with its history row, or statement by statement where the file says
/// `-- no-transaction`.
///
/// # Errors
///
/// [`MigrateError`]: all but [`MigrateError::Failed`] come before anything is run.
pub fn migrate(
    database: &mut Database,
    migrations: &Migrations,
    options: &MigrateOptions,
    events: &mut dyn FnMut(MigrateEvent<'_>),
) -> Result<MigrateReport, MigrateError> {
    lock::acquire(database, options.wait_lock, &mut |holder, waited| {
        events(MigrateEvent::Waiting { holder, waited });
    })?;
    let result = migrate_locked(database, migrations, options, Transactions::OneEach, events);
    // Whoever goes on with this connection finds it as it was. If that fails, it is gone, and the lock with it.
    let _ = database.execute(&database.reset_session_sql());
    let _ = lock::release(database);
    result
}

/// What [`migrate`] would apply, in order, after the same checks. It takes no lock and writes nothing.
///
/// # Errors
///
/// [`MigrateError`], all but [`MigrateError::Failed`] and those of the lock.
pub fn plan<'a>(
    database: &mut Database,
    migrations: &'a Migrations,
    options: &MigrateOptions,
) -> Result<Vec<PendingMigration<'a>>, MigrateError> {
    let history = history::read(database)
        .map_err(|error| MigrateError::ReadHistory(error, database.url().clone().into()))?;
    plan::pending(migrations, &history, options)
}

/// Which transactions migrations run in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transactions {
    /// Each file in its own.
    OneEach,
    /// All in the one that is open, which the caller ends. No file may say `-- no-transaction`.
    TheOpenOne,
}

/// As [`migrate`]; the caller holds the lock.
pub(crate) fn migrate_locked(
    database: &mut Database,
    migrations: &Migrations,
    options: &MigrateOptions,
    transactions: Transactions,
    events: &mut dyn FnMut(MigrateEvent<'_>),
) -> Result<MigrateReport, MigrateError> {
    let pending = plan(database, migrations, options)?;
    let mut report = MigrateReport::default();
    if pending.is_empty() {
        return Ok(report);
    }
    history::ensure_tables(database)
        .map_err(|error| MigrateError::CreateHistory(error, database.url().clone().into()))?;
    // What is said of those is no concern of the migrations.
    database.take_notices();
    for (index, file) in pending.iter().enumerate() {
        let tag = file.migration.tag();
        events(MigrateEvent::Started {
            tag,
            index,
            total: pending.len(),
            statements: file.script.statements.len(),
            done: file.done,
        });
        let started = Instant::now();
        let result = match (transactions, file.script.mode) {
            (Transactions::TheOpenOne, _) => {
                transaction::apply_in_open(database, file, options, events)
            }
            (Transactions::OneEach, ScriptMode::Transaction) => {
                transaction::apply(database, file, options, events)
            }
            (Transactions::OneEach, ScriptMode::NoTransaction) => {
                stepwise::apply(database, file, options, events)
            }
        };
        pass_on_notices(database, tag, events);
        result.map_err(|failure| MigrationFailure {
            tag: tag.to_owned(),
            path: file.migration.path.clone(),
            statements: file.script.statements.len(),
            point: failure.point,
            cause: failure.cause,
            state: failure.state,
            server_version: database.server_version(),
            applied: match transactions {
                Transactions::OneEach => report.applied.iter().map(|a| a.tag.clone()).collect(),
                Transactions::TheOpenOne => Vec::new(),
            },
        })?;
        let elapsed = started.elapsed();
        events(MigrateEvent::Applied { tag, elapsed });
        report.applied.push(AppliedMigration {
            tag: tag.to_owned(),
            elapsed,
        });
    }
    Ok(report)
}

/// A failure inside a file.
struct Failure {
    point: FailurePoint,
    cause: FailureCause,
    state: FileState,
}

/// Gives a file the session that it expects: see [the module](self).
pub(crate) fn prepare_session(
    database: &mut Database,
    options: &MigrateOptions,
) -> Result<(), QueryError> {
    let timeouts = [
        ("lock_timeout", options.lock_timeout),
        ("statement_timeout", options.statement_timeout),
    ];
    let mut settings = vec![
        database.reset_session_sql(),
        SET_SEARCH_PATH.to_owned(),
        FIRE_TRIGGERS.to_owned(),
    ];
    settings.extend(timeouts.iter().filter_map(|(name, timeout)| {
        timeout.map(|timeout| format!("SET {name} = {}", timeout.as_millis()))
    }));
    database.execute(&settings.join("; "))
}

/// A query that is true in the session that [`prepare_session`] prepared and that holds the lock. Asked inside the transaction that the answer is for:
/// behind a pooler, the next one may be in another session.
pub(crate) fn is_prepared_sql() -> String {
    format!(
        "{} AND pg_catalog.current_setting('search_path') = 'public'",
        lock::is_held_sql()
    )
}

/// Runs one statement. Sent alone, so that the position of an error is that in the statement.
fn run_statement(
    database: &mut Database,
    migration: &Migration,
    index: usize,
    statement: &SqlStatement,
    events: &mut dyn FnMut(MigrateEvent<'_>),
) -> Result<(), QueryError> {
    let (tag, sql) = (migration.tag(), statement.text(&migration.sql));
    events(MigrateEvent::Statement { tag, index, sql });
    let result = database.execute(sql);
    pass_on_notices(database, tag, events);
    result
}

fn pass_on_notices(database: &mut Database, tag: &str, events: &mut dyn FnMut(MigrateEvent<'_>)) {
    for notice in database.take_notices() {
        events(MigrateEvent::Notice { tag, notice });
    }
}

fn at_statement(migration: &Migration, script: &Script, index: usize) -> FailurePoint {
    let statement = &script.statements[index];
    FailurePoint::Statement {
        index,
        range: statement.range.clone(),
        sql: statement.text(&migration.sql).to_owned(),
    }
}
