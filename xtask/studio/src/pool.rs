//! A few connections that stand ready.

use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, MutexGuard, PoisonError};

use pg_database::{ConnectionUrl, Database, Session, browse};

use crate::error::ApiError;
use crate::work::Work;

/// How many wait for the next request; each costs the server a process.
const IDLE: usize = 4;
/// What `pg_stat_activity` shows.
const APPLICATION: &str = "cargo xtask db studio";

/// Connections to one database.
pub(crate) struct Pool {
    url: ConnectionUrl,
    read_only: bool,
    idle: Mutex<Vec<Database>>,
}

impl Pool {
    pub(crate) fn new(url: ConnectionUrl, read_only: bool) -> Self {
        Self {
            url,
            read_only,
            idle: Mutex::default(),
        }
    }

    pub(crate) fn url(&self) -> &ConnectionUrl {
        &self.url
    }

    /// A connection with a session as the server makes it.
    pub(crate) fn connect_plainly(&self) -> Result<Database, ApiError> {
        Ok(Database::connect(&self.url, APPLICATION)?)
    }

    /// A connection of its own.
    pub(crate) fn connect(&self) -> Result<Database, ApiError> {
        let mut database = self.connect_plainly()?;
        browse::prepare(&mut database, self.read_only)?;
        Ok(database)
    }

    /// A session of the console.
    pub(crate) fn console(&self) -> Result<Session, ApiError> {
        Ok(Session::connect(&self.url, APPLICATION, self.read_only)?)
    }

    /// One that is ready, or a new one. Says whether it is new: an old one may have died unnoticed.
    pub(crate) fn lease<'a>(&'a self, work: &'a Work) -> Result<(Lease<'a>, bool), ApiError> {
        let idle = {
            let mut idle = self.idle();
            idle.retain(|database| !database.is_closed());
            idle.pop()
        };
        let is_new = idle.is_none();
        let database = match idle {
            Some(database) => database,
            None => self.connect()?,
        };
        work.begin(database.canceller());
        let lease = Lease {
            database: Some(database),
            pool: self,
            work,
        };
        Ok((lease, is_new))
    }

    /// Forgets those that stand ready, when one of them turned out to be dead.
    pub(crate) fn clear(&self) {
        self.idle().clear();
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Database>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection that goes back when it is dropped, if it is still good.
pub(crate) struct Lease<'a> {
    database: Option<Database>,
    pool: &'a Pool,
    work: &'a Work,
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        let was_cancelled = self.work.end();
        let Some(database) = self.database.take() else {
            return;
        };
        let mut idle = self.pool.idle();
        if !was_cancelled && !database.is_closed() && idle.len() < IDLE {
            idle.push(database);
        }
    }
}

impl Deref for Lease<'_> {
    type Target = Database;

    fn deref(&self) -> &Database {
        self.database.as_ref().expect("it is taken by drop only")
    }
}

impl DerefMut for Lease<'_> {
    fn deref_mut(&mut self) -> &mut Database {
        self.database.as_mut().expect("it is taken by drop only")
    }
}
