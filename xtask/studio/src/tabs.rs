//! The sessions of the console, one a tab: what a statement sets, or begins, is there for the next.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hyper::StatusCode;
use pg_database::{Canceller, QueryError, Session, console};

use crate::error::{ApiError, Problem};
use crate::studio::Call;

/// How many sessions there are; for one more, the one that was used longest ago ends, if nothing is lost by that.
const SESSIONS: usize = 8;

/// A tab's session, once it is made.
#[derive(Default)]
struct Seat {
    session: Option<Session>,
    /// Whether it has a transaction open.
    in_transaction: bool,
}

/// The sessions of the console.
#[derive(Default)]
pub(crate) struct Tabs {
    /// By tab, the one that was used last at the end. A seat is locked while its session works.
    seats: Mutex<Vec<(String, Arc<Mutex<Seat>>)>>,
    running: Mutex<HashMap<String, Canceller>>,
}

/// What came of work in a session.
pub(crate) struct Done<T> {
    pub(crate) result: T,
    /// Whether the session has a transaction open now.
    pub(crate) in_transaction: bool,
}

impl Tabs {
    /// Works in the session of a tab, which is made where there is none.
    pub(crate) fn with<T>(
        &self,
        tab: &str,
        call: &Call<'_>,
        run: impl FnOnce(&mut Session) -> Result<T, QueryError>,
    ) -> Result<Done<Result<T, QueryError>>, ApiError> {
        let seat = self.seat(tab)?;
        // Another request of the same tab is waited for.
        let mut seat = lock(&seat);
        let was_in_transaction = std::mem::take(&mut seat.in_transaction);
        let mut session = match seat.session.take() {
            Some(mut session) => match session.end() {
                None => session,
                Some(reason) if was_in_transaction => return Err(rolled_back(&reason)),
                Some(_) => call.studio.pool.console()?,
            },
            None => call.studio.pool.console()?,
        };
        let canceller = session.canceller();
        call.work.begin(canceller.clone());
        lock(&self.running).insert(tab.to_owned(), canceller);
        let result = run(&mut session);
        lock(&self.running).remove(tab);
        call.work.end();
        session.settle();
        if session.end().is_none() {
            let backend = session.backend();
            // Where that cannot be found out, nothing is given up.
            seat.in_transaction = call
                .read(|database| Ok(console::is_in_transaction(database, backend)?))
                .unwrap_or(true);
            seat.session = Some(session);
        }
        Ok(Done {
            result,
            in_transaction: seat.in_transaction,
        })
    }

    /// Ends the session of a tab, and what runs there; an open transaction is rolled back.
    pub(crate) fn close(&self, tab: &str) -> Result<(), QueryError> {
        let seat = {
            let mut seats = lock(&self.seats);
            let place = seats.iter().position(|(known, _)| known == tab);
            place.map(|place| seats.remove(place))
        };
        // Its session ends with the last who has the seat, which may be who runs something there.
        drop(seat);
        match self.running(tab) {
            Some(canceller) => canceller.cancel(),
            None => Ok(()),
        }
    }

    /// What runs for a tab.
    pub(crate) fn running(&self, tab: &str) -> Option<Canceller> {
        lock(&self.running).get(tab).cloned()
    }

    fn seat(&self, tab: &str) -> Result<Arc<Mutex<Seat>>, ApiError> {
        let mut seats = lock(&self.seats);
        let known = seats.iter().position(|(known, _)| known == tab);
        let seat = match known {
            Some(place) => seats.remove(place).1,
            None if seats.len() < SESSIONS => Arc::default(),
            None => {
                let free = seats.iter_mut().position(|(_, seat)| is_free(seat));
                seats.remove(free.ok_or_else(all_taken)?);
                Arc::default()
            }
        };
        seats.push((tab.to_owned(), Arc::clone(&seat)));
        Ok(seat)
    }
}

/// Whether nobody works in it, and it has nothing that would be rolled back.
fn is_free(seat: &mut Arc<Mutex<Seat>>) -> bool {
    let seat = Arc::get_mut(seat).map(Mutex::get_mut);
    seat.is_some_and(|seat| !seat.unwrap_or_else(PoisonError::into_inner).in_transaction)
}

fn all_taken() -> ApiError {
    let problem = Problem {
        message: format!("there are {SESSIONS} sessions, and each has a transaction open or works"),
        hint: Some("COMMIT or ROLLBACK in one of the other tabs, or close it".to_owned()),
        ..Problem::default()
    };
    ApiError::of(StatusCode::CONFLICT, problem)
}

fn rolled_back(reason: &QueryError) -> ApiError {
    let problem = Problem {
        message: format!(
            "the session of this tab has ended, and PostgreSQL rolled its transaction back: {reason}"
        ),
        hint: Some("nothing was run now; the next run has a new session".to_owned()),
        ..Problem::default()
    };
    ApiError::of(StatusCode::CONFLICT, problem)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
