//! The sessions of the console, one a tab: what a statement sets, or begins, is there for the next.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pg_database::{Canceller, Database};

use crate::error::ApiError;
use crate::pool::Pool;
use crate::work::Work;

/// How many sessions stay; the one that was used longest ago ends for a new one.
const SESSIONS: usize = 8;

/// A connection, once it is made; locked while it works.
type Session = Arc<Mutex<Option<Database>>>;

/// The sessions of the console by tab, the one that was used last at the end.
#[derive(Default)]
pub(crate) struct Tabs {
    sessions: Mutex<Vec<(String, Session)>>,
    running: Mutex<HashMap<String, Canceller>>,
}

impl Tabs {
    /// Works in the session of a tab, which is made where there is none.
    pub(crate) fn with<T>(
        &self,
        tab: &str,
        pool: &Pool,
        work: &Work,
        run: impl FnOnce(&mut Database) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        let session = self.session(tab);
        // Another request of the same tab is waited for.
        let mut session = lock(&session);
        let open = session.take().filter(|database| !database.is_closed());
        let mut database = match open {
            Some(database) => database,
            None => pool.connect()?,
        };
        self.begin(tab, work, database.canceller());
        let result = run(&mut database);
        self.end(tab, work);
        if !database.is_closed() {
            *session = Some(database);
        }
        result
    }

    /// That something runs for a tab, which can be cancelled.
    pub(crate) fn begin(&self, tab: &str, work: &Work, canceller: Canceller) {
        work.begin(canceller.clone());
        lock(&self.running).insert(tab.to_owned(), canceller);
    }

    /// That it does so no more.
    pub(crate) fn end(&self, tab: &str, work: &Work) {
        lock(&self.running).remove(tab);
        work.end();
    }

    /// What runs for a tab.
    pub(crate) fn running(&self, tab: &str) -> Option<Canceller> {
        lock(&self.running).get(tab).cloned()
    }

    fn session(&self, tab: &str) -> Session {
        let mut sessions = lock(&self.sessions);
        let known = sessions.iter().position(|(known, _)| known == tab);
        let session = match known {
            Some(place) => sessions.remove(place).1,
            None => Arc::default(),
        };
        if sessions.len() == SESSIONS {
            sessions.remove(0);
        }
        sessions.push((tab.to_owned(), Arc::clone(&session)));
        session
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
