//! Where the cards lie: in layers from left to right as far as they hang together, and these pieces beside and below each other.

use std::collections::BTreeMap;

use rust_sugiyama::configure::Config;
use rust_sugiyama::from_vertices_and_edges;

/// What something takes, in pixels.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Size {
    pub(super) width: f64,
    pub(super) height: f64,
}

/// Where something lies: its upper left corner.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Place {
    pub(super) x: f64,
    pub(super) y: f64,
    /// The number of its layer in [`Arrangement::layers`].
    pub(super) layer: usize,
}

/// A column of cards.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Layer {
    pub(super) left: f64,
    pub(super) right: f64,
    /// How far the space on its right reaches in which lines go up and down.
    pub(super) channel: f64,
}

/// All of it.
#[derive(Debug, Default)]
pub(super) struct Arrangement {
    pub(super) size: Size,
    /// Of each card.
    pub(super) places: Vec<Place>,
    /// Of all pieces; those of one follow each other.
    pub(super) layers: Vec<Layer>,
    /// Where what leads from a card to another passes the layers between them.
    pub(super) lanes: BTreeMap<(usize, usize), Vec<Place>>,
}

/// Between two cards above each other.
const SPACING: f64 = 28.0;
/// Between two layers, for the first line and for each further one, and at most.
const CHANNEL: (f64, f64, f64) = (64.0, 8.0, 240.0);
/// What a line takes that passes a layer.
const LANE: Size = Size {
    width: 0.0,
    height: 8.0,
};
const MARGIN: f64 = 32.0;
/// Between two pieces.
const APART: f64 = 64.0;
/// How much wider than high the whole should be.
const SHAPE: f64 = 1.6;

/// Arranges cards; a link leads from a card to one on its right, unless a circle of links is in the way.
pub(super) fn arrange(cards: &[Size], links: &[(usize, usize)]) -> Arrangement {
    let mut weights: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    for (left, right) in links.iter().filter(|(left, right)| left != right) {
        let turned = (*right, *left);
        let pair = if weights.contains_key(&turned) {
            turned
        } else {
            (*left, *right)
        };
        *weights.entry(pair).or_default() += 1;
    }
    let graph = Graph::with_lanes(cards, &weights);
    let mut pieces = graph.pieces();
    pieces.sort_by(|a, b| {
        b.size
            .height
            .total_cmp(&a.size.height)
            .then(a.first().cmp(&b.first()))
    });
    graph.put_together(&pieces, cards.len())
}

/// What is arranged: the cards, and behind them a lane for each layer that a link passes.
struct Graph {
    sizes: Vec<Size>,
    /// From the left to the right, with how many lines each stands for.
    edges: BTreeMap<(usize, usize), usize>,
    /// The lanes of each link.
    lanes: BTreeMap<(usize, usize), Vec<usize>>,
}

/// What hangs together.
struct Piece {
    size: Size,
    layers: Vec<Layer>,
    /// What lies in it; the layers are those of the piece.
    places: Vec<(usize, Place)>,
}

impl Piece {
    fn first(&self) -> Option<usize> {
        self.places.iter().map(|(vertex, _)| *vertex).min()
    }
}

impl Graph {
    fn with_lanes(cards: &[Size], weights: &BTreeMap<(usize, usize), usize>) -> Self {
        let mut graph = Self {
            sizes: cards.to_vec(),
            edges: weights.clone(),
            lanes: BTreeMap::new(),
        };
        let mut layer_of = vec![0; cards.len()];
        for (number, layer) in graph
            .layered()
            .iter()
            .flatten()
            .enumerate()
            .collect::<Vec<_>>()
        {
            for (vertex, _) in layer {
                layer_of[*vertex] = number;
            }
        }
        let mut edges = BTreeMap::new();
        for (link, weight) in weights {
            let (left, right) = match link {
                (a, b) if layer_of[*a] <= layer_of[*b] => (*a, *b),
                (a, b) => (*b, *a),
            };
            let mut before = left;
            let mut lanes = Vec::new();
            for _ in layer_of[left] + 1..layer_of[right] {
                let lane = graph.sizes.len();
                graph.sizes.push(Size {
                    height: LANE.height * f64::from(u32::try_from(*weight).unwrap_or(1)),
                    ..LANE
                });
                edges.insert((before, lane), *weight);
                lanes.push(lane);
                before = lane;
            }
            edges.insert((before, right), *weight);
            if (left, right) != *link {
                lanes.reverse();
            }
            graph.lanes.insert(*link, lanes);
        }
        graph.edges = edges;
        graph
    }

    /// The layers of each piece, each with what lies in it and how far down its middle lies.
    fn layered(&self) -> Vec<Vec<Vec<(usize, f64)>>> {
        let vertex = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        // The algorithm's layers lie below each other, ours beside each other.
        let sizes: Vec<_> = (self.sizes.iter().enumerate())
            .map(|(number, size)| (vertex(number), (size.height, 1.0)))
            .collect();
        let edges: Vec<_> = self
            .edges
            .keys()
            .map(|(a, b)| (vertex(*a), vertex(*b)))
            .collect();
        let config = Config {
            vertex_spacing: SPACING,
            transpose: self.sizes.len() < 300,
            ..Config::default()
        };
        let pieces = from_vertices_and_edges(&sizes, &edges, &config);
        pieces
            .into_iter()
            .map(|(places, _, _)| {
                let mut layers: BTreeMap<i64, Vec<(usize, f64)>> = BTreeMap::new();
                for (vertex, (along, layer)) in places {
                    #[expect(clippy::cast_possible_truncation, reason = "it is a small number")]
                    layers
                        .entry(layer.round() as i64)
                        .or_default()
                        .push((vertex, along));
                }
                layers.into_values().collect()
            })
            .collect()
    }

    fn pieces(&self) -> Vec<Piece> {
        self.layered()
            .into_iter()
            .map(|layers| self.piece(&layers))
            .collect()
    }

    fn piece(&self, layered: &[Vec<(usize, f64)>]) -> Piece {
        let layer_of: BTreeMap<usize, usize> = (layered.iter().enumerate())
            .flat_map(|(number, layer)| layer.iter().map(move |(vertex, _)| (*vertex, number)))
            .collect();
        let mut crossing = vec![0; layered.len()];
        for ((left, right), weight) in &self.edges {
            if let (Some(a), Some(b)) = (layer_of.get(left), layer_of.get(right)) {
                crossing[*a.min(b)] += weight;
            }
        }
        let top = |(vertex, middle): &(usize, f64)| middle - self.sizes[*vertex].height / 2.0;
        let highest = layered
            .iter()
            .flatten()
            .map(top)
            .fold(f64::INFINITY, f64::min);
        let mut piece = Piece {
            size: Size::default(),
            layers: Vec::new(),
            places: Vec::new(),
        };
        let mut left = 0.0;
        for (number, layer) in layered.iter().enumerate() {
            let widths = layer.iter().map(|(vertex, _)| self.sizes[*vertex].width);
            let right = left + widths.fold(0.0, f64::max);
            let (first, further, most) = CHANNEL;
            let lines = u32::try_from(crossing[number]).unwrap_or(u32::MAX);
            let channel = right + (first + further * f64::from(lines)).min(most);
            piece.layers.push(Layer {
                left,
                right,
                channel,
            });
            for at in layer {
                let y = top(at) - highest;
                piece.places.push((
                    at.0,
                    Place {
                        x: left,
                        y,
                        layer: number,
                    },
                ));
                piece.size.height = piece.size.height.max(y + self.sizes[at.0].height);
            }
            piece.size.width = right;
            left = channel;
        }
        piece
    }

    /// Puts pieces into rows, the highest first.
    fn put_together(&self, pieces: &[Piece], cards: usize) -> Arrangement {
        let area = |piece: &Piece| (piece.size.width + APART) * (piece.size.height + APART);
        let widest = pieces
            .iter()
            .map(|piece| piece.size.width)
            .fold(0.0, f64::max);
        let width = widest.max((pieces.iter().map(area).sum::<f64>() * SHAPE).sqrt());
        let mut arrangement = Arrangement {
            places: vec![Place::default(); cards],
            ..Arrangement::default()
        };
        let mut lane_places = BTreeMap::new();
        let (mut x, mut y, mut row_height) = (0.0, 0.0, 0.0_f64);
        for piece in pieces {
            if x > 0.0 && x + piece.size.width > width {
                (x, y, row_height) = (0.0, y + row_height + APART, 0.0);
            }
            let first_layer = arrangement.layers.len();
            let right = MARGIN + x;
            arrangement
                .layers
                .extend(piece.layers.iter().map(|layer| Layer {
                    left: layer.left + right,
                    right: layer.right + right,
                    channel: layer.channel + right,
                }));
            for (vertex, place) in &piece.places {
                let place = Place {
                    x: place.x + right,
                    y: place.y + MARGIN + y,
                    layer: place.layer + first_layer,
                };
                if *vertex < cards {
                    arrangement.places[*vertex] = place;
                } else {
                    lane_places.insert(*vertex, place);
                }
            }
            row_height = row_height.max(piece.size.height);
            let size = &mut arrangement.size;
            size.width = size.width.max(right + piece.size.width + MARGIN);
            size.height = size.height.max(MARGIN + y + piece.size.height + MARGIN);
            x += piece.size.width + APART;
        }
        for (link, lanes) in &self.lanes {
            let places = lanes
                .iter()
                .filter_map(|lane| lane_places.get(lane).copied());
            arrangement.lanes.insert(*link, places.collect());
        }
        arrangement
    }
}
