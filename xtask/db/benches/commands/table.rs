//! The table: a line a comparison, printed as soon as it is measured.

use std::env;
use std::time::Duration;

use crate::workspace::{Sample, psql_program};

pub(crate) struct Table {
    filter: Option<String>,
    rounds: usize,
}

/// What is to be reached.
pub(crate) enum Target {
    None,
    Milliseconds(u64),
    /// Of the peer's time.
    Ratio(f64),
}

pub(crate) type Run<'r> = dyn FnMut() -> Sample + 'r;

impl Table {
    pub(crate) fn from_arguments() -> Self {
        // cargo itself adds `--bench`.
        let filter = env::args()
            .skip(1)
            .find(|argument| !argument.starts_with('-'));
        let rounds = env::var("BENCH_ROUNDS")
            .ok()
            .and_then(|rounds| rounds.parse().ok());
        let table = Self {
            filter,
            rounds: rounds.unwrap_or(5).max(1),
        };
        println!(
            "{} rounds; milliseconds: shortest and median; the ratio and the target are of the medians\n",
            table.rounds
        );
        if psql_program().is_none() {
            println!("(psql is left out, as it is not here)\n");
        }
        println!(
            "{:<38}{:>8}{:>8}  {:<18}{:>8}{:>8}{:>7}  {:<14}{:>8}",
            "", "min", "median", "peer", "min", "median", "ratio", "target", "peak"
        );
        table
    }

    /// Whether any of these rows is wanted, before something is prepared for them.
    pub(crate) fn wants(&self, rows: &[&str]) -> bool {
        let wanted = |filter: &String| rows.iter().any(|row| row.contains(filter.as_str()));
        self.filter.as_ref().is_none_or(wanted)
    }

    /// Measures ours and the peer's in turn.
    pub(crate) fn row(
        &mut self,
        what: &str,
        target: Target,
        ours: &mut Run<'_>,
        peer: Option<(&str, &mut Run<'_>)>,
    ) {
        if !self.wants(&[what]) {
            return;
        }
        let here = |(name, _): &(&str, _)| !name.starts_with('p') || psql_program().is_some();
        let (name, mut peer) = peer.filter(here).unzip();
        let (mut our_times, mut peer_times, mut peak) = (Vec::new(), Vec::new(), None);
        for _ in 0..self.rounds {
            let sample = ours();
            our_times.push(sample.time);
            peak = peak.max(sample.peak);
            peer_times.extend(peer.as_mut().map(|peer| peer().time));
        }
        let (min, median) = of(&mut our_times);
        let mut line = format!(
            "{what:<38}{min:>8.1}{median:>8.1}  {:<18}",
            name.unwrap_or("")
        );
        let mut ratio = None;
        if peer_times.is_empty() {
            line += &" ".repeat(23);
        } else {
            let (peer_min, peer_median) = of(&mut peer_times);
            let quotient = ratio.insert(median / peer_median);
            line += &format!("{peer_min:>8.1}{peer_median:>8.1}{quotient:>7.2}");
        }
        let peak = peak.map_or_else(String::new, |peak| format!("{} MB", peak.div_ceil(1024)));
        println!("{line}  {:<14}{peak:>8}", target.judge(median, ratio));
    }
}

impl Target {
    fn judge(&self, median: f64, ratio: Option<f64>) -> String {
        let (text, reached) = match *self {
            Self::None => return String::new(),
            Self::Milliseconds(most) => {
                let most_time = Duration::from_millis(most).as_secs_f64() * 1000.0;
                (format!("< {most} ms"), Some(median < most_time))
            }
            Self::Ratio(most) => (format!("<= {most:.1}"), ratio.map(|ratio| ratio <= most)),
        };
        match reached {
            Some(true) => format!("{text} ✓"),
            Some(false) => format!("{text} ✗"),
            None => format!("{text} ?"),
        }
    }
}

/// The shortest and the median, in milliseconds.
fn of(times: &mut [Duration]) -> (f64, f64) {
    times.sort();
    let milliseconds = |time: Duration| time.as_secs_f64() * 1000.0;
    (milliseconds(times[0]), milliseconds(times[times.len() / 2]))
}
