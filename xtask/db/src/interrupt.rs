//! Ctrl-C, and SIGTERM, which ends a process in a deployment.
//!
//! While a command changes a database, the first one cancels the statement that runs, so that the command ends as it does after any failure: rolled
//! back, and with what was and was not applied. A second one ends the process at once; the server then rolls back by itself. At any other time there
//! is nothing to tidy up, and the first one ends the process.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pg_database::Canceller;
use pg_studio::Stop;

use crate::ui::Ui;

/// What is to be done when a signal comes.
#[derive(Clone, Default)]
pub(crate) struct Interrupts {
    /// What is under way; locked while something must not be cut off.
    work: Arc<Mutex<Option<Running>>>,
    /// The signal that came, 0 before.
    signal: Arc<AtomicU8>,
}

/// What a signal ends before it ends the process.
#[derive(Clone)]
enum Running {
    Statement(Box<Canceller>),
    Server(Stop),
}

impl Running {
    fn end(&self) {
        match self {
            // A server that cannot be reached has ended the work already.
            Self::Statement(canceller) => drop(canceller.cancel()),
            Self::Server(stop) => stop.stop(),
        }
    }

    /// What is said then.
    fn ending(&self) -> &'static str {
        match self {
            Self::Statement(_) => "Interrupted: cancelling what runs (once more ends it at once)",
            Self::Server(_) => "Stopping (once more ends it at once)",
        }
    }
}

/// Work that a signal cancels, until this is dropped.
#[must_use]
pub(crate) struct Work<'a>(&'a Interrupts);

impl Interrupts {
    /// From now on.
    pub(crate) fn watched(ui: Ui) -> Self {
        let interrupts = Self::default();
        watch(&interrupts, ui);
        interrupts
    }

    /// The exit code that the signal means by convention, if one came: 128 and its number.
    pub(crate) fn exit_code(&self) -> Option<u8> {
        let signal = self.signal.load(Ordering::SeqCst);
        (signal != 0).then(|| signal.saturating_add(128))
    }

    /// What a signal cancels instead of ending the process.
    pub(crate) fn cancelling(&self, canceller: Canceller) -> Work<'_> {
        *self.lock() = Some(Running::Statement(Box::new(canceller)));
        Work(self)
    }

    /// What a signal stops instead of ending the process.
    pub(crate) fn stopping(&self, stop: Stop) -> Work<'_> {
        *self.lock() = Some(Running::Server(stop));
        Work(self)
    }

    /// Does what is short and must not be cut off: a signal waits for it.
    pub(crate) fn uninterrupted<T>(&self, work: impl FnOnce() -> T) -> T {
        let _lock = self.lock();
        work()
    }

    fn lock(&self) -> MutexGuard<'_, Option<Running>> {
        self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Work<'_> {
    fn drop(&mut self) {
        *self.0.lock() = None;
    }
}

#[cfg(unix)]
fn watch(interrupts: &Interrupts, ui: Ui) {
    use signal_hook::consts::{SIGINT, SIGTERM};
    use std::thread;

    let Ok(mut signals) = signal_hook::iterator::Signals::new([SIGINT, SIGTERM]) else {
        // Then they do what they do by default.
        return;
    };
    let interrupts = interrupts.clone();
    thread::spawn(move || {
        for signal in signals.forever() {
            let number = u8::try_from(signal).unwrap_or_default();
            let is_first = interrupts.signal.swap(number, Ordering::SeqCst) == 0;
            let work = interrupts.lock();
            if let Some(running) = work.as_ref().filter(|_| is_first) {
                ui.interrupted(running.ending());
                let interrupts = interrupts.clone();
                thread::spawn(move || interrupts.cancel());
            } else {
                ui.interrupted("Interrupted");
                std::process::exit(128 + signal);
            }
        }
    });
}

#[cfg(not(unix))]
fn watch(_: &Interrupts, _: Ui) {}

impl Interrupts {
    /// Until it is over: between two statements there is nothing that the server could cancel.
    #[cfg(unix)]
    fn cancel(&self) {
        const PAUSE: std::time::Duration = std::time::Duration::from_millis(50);
        loop {
            let Some(running) = self.lock().clone() else {
                return;
            };
            running.end();
            std::thread::sleep(PAUSE);
        }
    }
}
