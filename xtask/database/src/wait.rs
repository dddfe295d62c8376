//! Waiting for something by asking again and again.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::thread;
use std::time::{Duration, Instant};

const FIRST_PAUSE: Duration = Duration::from_millis(25);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);
const REPORT_INTERVAL: Duration = Duration::from_secs(5);

/// Pauses that grow from 25 milliseconds to a second, each a little different from those of others who wait for the same.
pub(crate) struct Backoff {
    started: Instant,
    limit: Option<Duration>,
    pause: Duration,
    reported: Option<Instant>,
}

impl Backoff {
    /// `None` waits without limit.
    pub(crate) fn new(limit: Option<Duration>) -> Self {
        Self {
            started: Instant::now(),
            limit,
            pause: FIRST_PAUSE,
            reported: None,
        }
    }

    pub(crate) fn waited(&self) -> Duration {
        self.started.elapsed()
    }

    pub(crate) fn is_over(&self) -> bool {
        self.limit.is_some_and(|limit| self.waited() >= limit)
    }

    /// Whether it is time to say that one waits: at once, and then every few seconds after it was [said](Self::reported).
    pub(crate) fn should_report(&self) -> bool {
        self.reported
            .is_none_or(|reported| reported.elapsed() >= REPORT_INTERVAL)
    }

    pub(crate) fn reported(&mut self) {
        self.reported = Some(Instant::now());
    }

    pub(crate) fn pause(&mut self) {
        // Between half and all of the pause. A new hasher has random keys.
        let random = u32::from(RandomState::new().build_hasher().finish().to_le_bytes()[0]);
        let mut pause = self.pause * (256 + random) / 512;
        if let Some(limit) = self.limit {
            pause = pause.min(limit.saturating_sub(self.waited()));
        }
        thread::sleep(pause);
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
    }
}
