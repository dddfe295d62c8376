//! The lines of the foreign keys: level over cards and layers, up and down in the channels between them, each on a track of its own.

use std::collections::BTreeMap;

use super::layout::{Arrangement, Place, Size};

/// A card, and how far below its upper edge the row lies at which a line ends.
pub(super) type End = (usize, f64);

/// How far a line leaves a card that it comes back to.
const LOOP: f64 = 22.0;
/// Between lines that share a lane.
const BESIDE: f64 = 6.0;

/// A part of a line: through one channel, from one height to another.
struct Hop {
    line: usize,
    /// The layer on whose right the channel lies.
    channel: usize,
    from: f64,
    to: f64,
    /// Whether it goes from the left to the right.
    rightwards: bool,
}

/// The points of each line, from one end to the other.
pub(super) fn lines(
    arrangement: &Arrangement,
    sizes: &[Size],
    ends: &[(End, End)],
) -> Vec<Vec<(f64, f64)>> {
    let mut hops = Vec::new();
    let mut of_pair: BTreeMap<(usize, usize), u32> = BTreeMap::new();
    for (line, (from, to)) in ends.iter().enumerate() {
        if from.0 != to.0 {
            let beside = of_pair
                .entry((from.0.min(to.0), from.0.max(to.0)))
                .or_default();
            hops.extend(hops_of(
                arrangement,
                line,
                *from,
                *to,
                BESIDE * f64::from(*beside),
            ));
            *beside += 1;
        }
    }
    let tracks = tracks(arrangement, &hops);
    let mut lines: Vec<Vec<(f64, f64)>> = vec![Vec::new(); ends.len()];
    for (hop, track) in hops.iter().zip(&tracks) {
        lines[hop.line].extend([(*track, hop.from), (*track, hop.to)]);
    }
    for (line, (from, to)) in lines.iter_mut().zip(ends) {
        let (first, last) = (line.first().map(|it| it.0), line.last().map(|it| it.0));
        let start = side(arrangement, sizes, *from, first);
        let end = side(arrangement, sizes, *to, last);
        if from.0 == to.0 {
            let right = start.0 + LOOP;
            line.extend([(right, start.1), (right, end.1)]);
        }
        line.insert(0, start);
        line.push(end);
    }
    lines
}

fn hops_of(arrangement: &Arrangement, line: usize, from: End, to: End, beside: f64) -> Vec<Hop> {
    let height = |(card, row): End| {
        let place = arrangement.places[card];
        (place.layer, place.y + row)
    };
    let lanes = arrangement.lanes.get(&(from.0, to.0));
    let turned = arrangement.lanes.get(&(to.0, from.0));
    let lanes: Vec<&Place> = match (lanes, turned) {
        (Some(lanes), _) => lanes.iter().collect(),
        (None, Some(lanes)) => lanes.iter().rev().collect(),
        (None, None) => Vec::new(),
    };
    let mut stops = vec![height(from)];
    stops.extend(lanes.iter().map(|lane| (lane.layer, lane.y + beside)));
    stops.push(height(to));
    let hops = stops.windows(2).map(|two| {
        let ((from_layer, from), (to_layer, to)) = (two[0], two[1]);
        Hop {
            line,
            channel: from_layer.min(to_layer),
            from,
            to,
            rightwards: from_layer < to_layer,
        }
    });
    hops.collect()
}

/// Where each goes up or down. In a channel, lines that go down from above lie on the right of those below them, so that they do not cross.
fn tracks(arrangement: &Arrangement, hops: &[Hop]) -> Vec<f64> {
    let mut of_channel: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (number, hop) in hops.iter().enumerate() {
        of_channel.entry(hop.channel).or_default().push(number);
    }
    let mut tracks = vec![0.0; hops.len()];
    for (channel, mut numbers) in of_channel {
        let ends = |number: &usize| {
            let Hop {
                from,
                to,
                rightwards,
                ..
            } = hops[*number];
            if rightwards { (from, to) } else { (to, from) }
        };
        numbers.sort_by(|a, b| {
            let ((a_left, a_right), (b_left, b_right)) = (ends(a), ends(b));
            let (a_down, b_down) = (a_right >= a_left, b_right >= b_left);
            let within = if a_down {
                b_left.total_cmp(&a_left)
            } else {
                a_left.total_cmp(&b_left)
            };
            a_down.cmp(&b_down).then(within)
        });
        let layer = arrangement.layers[channel];
        let step = (layer.channel - layer.right)
            / f64::from(u32::try_from(numbers.len() + 1).unwrap_or(u32::MAX));
        let mut track = layer.right;
        for number in numbers {
            track += step;
            tracks[number] = track;
        }
    }
    tracks
}

/// Where a line leaves a card on its way to a track, or from where it comes; on the right if it comes back.
fn side(
    arrangement: &Arrangement,
    sizes: &[Size],
    (card, row): End,
    track: Option<f64>,
) -> (f64, f64) {
    let place = arrangement.places[card];
    let is_left = track.is_some_and(|track| track < place.x);
    let x = if is_left {
        place.x
    } else {
        place.x + sizes[card].width
    };
    (x, place.y + row)
}
