//! The rows of a table by their place on disk, where nothing better tells them apart.
//!
//! No index has that order, and to sort a large table for one page takes long. So the blocks are read in windows, each twice as large as the one
//! before, until the page is full: most often that is the first.

use super::super::condition::Condition;

/// How many blocks the first window has.
const FIRST: u64 = 8;

/// A bound on `ctid`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Bound {
    operator: &'static str,
    place: String,
}

fn bound(operator: &'static str, place: impl Into<String>) -> Bound {
    Bound {
        operator,
        place: place.into(),
    }
}

/// The ranges of rows behind a place, or all of them; `backward` those before it, from the last on. The table has so many blocks, or some more by now.
pub(super) fn windows(
    place: Option<&str>,
    backward: bool,
    blocks: u64,
    condition: &Condition,
) -> Vec<Condition> {
    let bounds = if backward {
        before(place, blocks)
    } else {
        behind(place, blocks)
    };
    let window = |bounds: Vec<Bound>| {
        let mut window = condition.clone();
        for Bound { operator, place } in bounds {
            let parameter = window.parameters.add(Some(place));
            window.and(format!("ctid {operator} {parameter}::tid"));
        }
        window
    };
    bounds.into_iter().map(window).collect()
}

fn behind(place: Option<&str>, blocks: u64) -> Vec<Vec<Bound>> {
    let mut start = place.map(|place| bound(">", place));
    let (mut block, mut size) = (place.map_or(0, block), FIRST);
    let mut windows = Vec::new();
    loop {
        block += size;
        let last = block >= blocks;
        let end = (!last).then(|| bound("<", corner(block)));
        windows.push(start.into_iter().chain(end).collect());
        if last {
            return windows;
        }
        start = Some(bound(">=", corner(block)));
        size *= 2;
    }
}

fn before(place: Option<&str>, blocks: u64) -> Vec<Vec<Bound>> {
    let mut end = place.map(|place| bound("<", place));
    let (mut block, mut size) = (place.map_or(blocks, |place| block(place) + 1), FIRST);
    let mut windows = Vec::new();
    loop {
        block = block.saturating_sub(size);
        let start = (block > 0).then(|| bound(">=", corner(block)));
        windows.push(end.into_iter().chain(start).collect());
        if block == 0 {
            return windows;
        }
        end = Some(bound("<", corner(block)));
        size *= 2;
    }
}

/// Before the first row of a block.
fn corner(block: u64) -> String {
    format!("({block},0)")
}

/// The block of `(block,row)`. What is none is judged by the server.
fn block(place: &str) -> u64 {
    let digits = place.trim_start_matches('(').split(',').next();
    digits
        .and_then(|digits| digits.parse().ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `>(3,4) <(11,0)`.
    fn shown(windows: Vec<Vec<Bound>>) -> Vec<String> {
        let window = |window: Vec<Bound>| {
            let bounds = window
                .iter()
                .map(|it| format!("{}{}", it.operator, it.place));
            bounds.collect::<Vec<_>>().join(" ")
        };
        windows.into_iter().map(window).collect()
    }

    #[test]
    fn windows_follow_each_other_to_the_end() {
        assert_eq!(shown(behind(None, 0)), [""]);
        assert_eq!(shown(behind(None, 8)), [""]);
        assert_eq!(shown(behind(None, 9)), ["<(8,0)", ">=(8,0)"]);
        assert_eq!(
            shown(behind(Some("(3,4)"), 40)),
            [">(3,4) <(11,0)", ">=(11,0) <(27,0)", ">=(27,0)"]
        );
        assert_eq!(shown(before(None, 8)), [""]);
        assert_eq!(shown(before(None, 9)), [">=(1,0)", "<(1,0)"]);
        assert_eq!(
            shown(before(Some("(30,4)"), 40)),
            ["<(30,4) >=(23,0)", "<(23,0) >=(7,0)", "<(7,0)"]
        );
        assert_eq!(shown(before(Some("(0,4)"), 40)), ["<(0,4)"]);
    }
}
