//! What one request has running in the database, so that it ends when nobody waits for it any more.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use pg_database::Canceller;

/// Between two statements there is nothing to cancel, so it is tried again after this.
const PAUSE: Duration = Duration::from_millis(50);

/// The work of one request.
#[derive(Clone, Default)]
pub(crate) struct Work(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    abandoned: bool,
    canceller: Option<Canceller>,
}

impl Work {
    /// From now on a connection works for it.
    pub(crate) fn begin(&self, canceller: Canceller) {
        self.state().canceller = Some(canceller);
    }

    /// It does so no more. Says whether it may have been cancelled: then the connection is not to be used again, as the cancelling can come late.
    pub(crate) fn end(&self) -> bool {
        let mut state = self.state();
        state.canceller = None;
        state.abandoned
    }

    /// Whether nobody waits for it any more.
    pub(crate) fn is_abandoned(&self) -> bool {
        self.state().abandoned
    }

    fn running(&self) -> Option<Canceller> {
        self.state().canceller.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn abandon(&self) {
        let mut state = self.state();
        state.abandoned = true;
        if state.canceller.is_none() {
            return;
        }
        drop(state);
        let work = self.clone();
        // Cancelling takes a connection of its own, and this is called where nothing may block.
        thread::spawn(move || {
            while let Some(canceller) = work.running() {
                // A server that cannot be reached has ended the work already.
                let _ = canceller.cancel();
                thread::sleep(PAUSE);
            }
        });
    }
}

/// Cancels the work when it is dropped before it is [disarmed](Self::disarm): a client that goes away takes the request's future with it.
pub(crate) struct Abandonment(Option<Work>);

impl Abandonment {
    pub(crate) fn of(work: &Work) -> Self {
        Self(Some(work.clone()))
    }

    pub(crate) fn disarm(mut self) {
        self.0 = None;
    }
}

impl Drop for Abandonment {
    fn drop(&mut self) {
        if let Some(work) = &self.0 {
            work.abandon();
        }
    }
}
