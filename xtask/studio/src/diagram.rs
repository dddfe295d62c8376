//! Where the tables of a diagram stand, and how the lines between them run.
//!
//! Tables stand in layers from left to right, each left of those that it refers to. Tables that have nothing to do with each other make groups,
//! which are put into rows.

use std::collections::{HashMap, HashSet};

use pg_database::browse::{ColumnShape, Reference, Structure, TableShape};
use rust_sugiyama::configure::Config;
use rust_sugiyama::from_vertices_and_edges;
use serde::Serialize;

/// The measures of a card; the page draws by them.
const WIDTH: f64 = 240.0;
const HEAD: f64 = 32.0;
const ROW: f64 = 24.0;
/// Between cards, and around all of them.
const SPACE: f64 = 56.0;
/// How far a line goes straight before it turns.
const STUB: f64 = 20.0;
/// How much wider than high it becomes.
const ASPECT: f64 = 1.6;

/// All cards and lines, from the upper left corner on.
#[derive(Debug, Serialize)]
pub(crate) struct Diagram {
    width: f64,
    height: f64,
    nodes: Vec<Node>,
    edges: Vec<Line>,
}

/// A table.
#[derive(Debug, Serialize)]
struct Node {
    id: u32,
    schema: String,
    name: String,
    x: f64,
    y: f64,
    width: f64,
    height: f64,
    columns: Vec<ColumnShape>,
}

/// A foreign key.
#[derive(Debug, Serialize)]
struct Line {
    name: String,
    from: End,
    to: End,
    points: Vec<[f64; 2]>,
    /// Whether at most one row refers to a row.
    one: bool,
    /// Whether a row may refer to none.
    optional: bool,
}

#[derive(Debug, Serialize)]
struct End {
    id: u32,
    column: i16,
}

/// Lays out a structure.
pub(crate) fn lay_out(structure: Structure) -> Diagram {
    let Structure { tables, references } = structure;
    let sizes: Vec<f64> = tables.iter().map(height).collect();
    let (places, width, height) = places(&tables, &references, &sizes);
    let nodes: Vec<_> = tables
        .into_iter()
        .zip(sizes.iter().zip(&places))
        .map(|(table, (height, (x, y)))| Node {
            id: table.id,
            schema: table.schema,
            name: table.name,
            x: *x,
            y: *y,
            width: WIDTH,
            height: *height,
            columns: table.columns,
        })
        .collect();
    let by_id: HashMap<_, _> = nodes.iter().map(|node| (node.id, node)).collect();
    let edges = references.into_iter().filter_map(|reference| {
        let (from, to) = (by_id.get(&reference.from.0)?, by_id.get(&reference.to.0)?);
        Some(Line {
            points: points((from, reference.from.1), (to, reference.to.1)),
            name: reference.name,
            from: End {
                id: from.id,
                column: reference.from.1,
            },
            to: End {
                id: to.id,
                column: reference.to.1,
            },
            one: reference.one,
            optional: reference.optional,
        })
    });
    let edges = edges.collect();
    Diagram {
        width,
        height,
        nodes,
        edges,
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a table has 1,600 columns at most"
)]
fn height(table: &TableShape) -> f64 {
    HEAD + ROW * table.columns.len() as f64
}

/// The upper left corners, and how large the whole is.
fn places(
    tables: &[TableShape],
    references: &[Reference],
    sizes: &[f64],
) -> (Vec<(f64, f64)>, f64, f64) {
    let numbers: HashMap<u32, u32> = (0..)
        .zip(tables)
        .map(|(number, table)| (table.id, number))
        .collect();
    // Its layers lie below each other, so that it is laid out on its side.
    let vertices: Vec<_> = (0..)
        .zip(sizes)
        .map(|(number, height)| (number, (*height, WIDTH)))
        .collect();
    let mut seen = HashSet::new();
    let edges = references.iter().filter_map(|reference| {
        let edge = (
            *numbers.get(&reference.from.0)?,
            *numbers.get(&reference.to.0)?,
        );
        // Neither way twice, and none to itself: that is drawn beside the card.
        let is_new = edge.0 != edge.1 && !seen.contains(&(edge.1, edge.0)) && seen.insert(edge);
        is_new.then_some(edge)
    });
    let edges: Vec<_> = edges.collect();
    let config = Config {
        vertex_spacing: SPACE,
        ..Config::default()
    };
    let mut groups = Vec::new();
    for (group, _, _) in from_vertices_and_edges(&vertices, &edges, &config) {
        let corners = group.into_iter().filter_map(|(number, (y, x))| {
            let height = sizes.get(number)?;
            // The middle of a card.
            Some((number, x - WIDTH / 2.0, y - height / 2.0))
        });
        groups.push(Group::of(corners.collect(), sizes));
    }
    shelves(groups, tables.len())
}

/// Tables that have to do with each other, from the upper left corner on.
struct Group {
    corners: Vec<(usize, f64, f64)>,
    width: f64,
    height: f64,
}

impl Group {
    fn of(mut corners: Vec<(usize, f64, f64)>, sizes: &[f64]) -> Self {
        let least = |pick: fn(&(usize, f64, f64)) -> f64| {
            corners.iter().map(pick).fold(f64::INFINITY, f64::min)
        };
        let (left, top) = (least(|it| it.1), least(|it| it.2));
        let (mut width, mut height) = (0.0_f64, 0.0_f64);
        for (number, x, y) in &mut corners {
            (*x, *y) = (*x - left, *y - top);
            width = width.max(*x + WIDTH);
            height = height.max(*y + sizes.get(*number).copied().unwrap_or_default());
        }
        Self {
            corners,
            width,
            height,
        }
    }
}

/// The groups in rows, the highest first.
fn shelves(mut groups: Vec<Group>, tables: usize) -> (Vec<(f64, f64)>, f64, f64) {
    groups.sort_by(|a, b| b.height.total_cmp(&a.height));
    let area: f64 = groups
        .iter()
        .map(|it| (it.width + SPACE) * (it.height + SPACE))
        .sum();
    let widest = groups.iter().map(|it| it.width).fold(0.0, f64::max);
    let most = (area * ASPECT).sqrt().max(widest);
    let mut places = vec![(0.0, 0.0); tables];
    let (mut x, mut y, mut row, mut width) = (SPACE, SPACE, 0.0_f64, 0.0_f64);
    for group in groups {
        if x > SPACE && x + group.width > most + SPACE {
            (x, y, row) = (SPACE, y + row + SPACE, 0.0);
        }
        for (number, left, top) in group.corners {
            places[number] = (x + left, y + top);
        }
        x += group.width + SPACE;
        width = width.max(x);
        row = row.max(group.height);
    }
    (places, width, y + row + SPACE)
}

/// From the side of a column's row to the side of the other's, over corners.
fn points((from, from_column): (&Node, i16), (to, to_column): (&Node, i16)) -> Vec<[f64; 2]> {
    let (start, end) = (from.middle(from_column), to.middle(to_column));
    let (right, left) = (from.x + WIDTH, to.x);
    if right + 2.0 * STUB <= left {
        let turn = left - STUB;
        return vec![[right, start], [turn, start], [turn, end], [left, end]];
    }
    if to.x + WIDTH + 2.0 * STUB <= from.x {
        let turn = to.x + WIDTH + STUB;
        return vec![
            [from.x, start],
            [turn, start],
            [turn, end],
            [to.x + WIDTH, end],
        ];
    }
    // Above each other, or the same: round the right side.
    let turn = right.max(to.x + WIDTH) + STUB;
    vec![
        [right, start],
        [turn, start],
        [turn, end],
        [to.x + WIDTH, end],
    ]
}

impl Node {
    /// The height of the middle of a column's row.
    #[expect(
        clippy::cast_precision_loss,
        reason = "a table has 1,600 columns at most"
    )]
    fn middle(&self, column: i16) -> f64 {
        let place = self.columns.iter().position(|it| it.number == column);
        self.y + HEAD + ROW * (place.unwrap_or_default() as f64 + 0.5)
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    fn table(id: u32, columns: i16) -> TableShape {
        let column = |number| ColumnShape {
            number,
            name: format!("column {number}"),
            data_type: "text".to_owned(),
            key: None,
        };
        TableShape {
            id,
            schema: "public".to_owned(),
            name: format!("table {id}"),
            columns: (1..=columns).map(column).collect(),
        }
    }

    fn reference(from: u32, to: u32) -> Reference {
        Reference {
            name: format!("{from} to {to}"),
            from: (from, 1),
            to: (to, 1),
            one: false,
            optional: false,
        }
    }

    /// Every card is there, within the whole, and covers no other; every line ends at the side of its row.
    fn check(structure: &Structure) {
        let diagram = lay_out(structure.clone());
        assert_eq!(diagram.nodes.len(), structure.tables.len());
        assert_eq!(diagram.edges.len(), structure.references.len());
        for (place, node) in diagram.nodes.iter().enumerate() {
            assert!(
                node.x >= 0.0 && node.x + node.width <= diagram.width,
                "{node:?}"
            );
            assert!(
                node.y >= 0.0 && node.y + node.height <= diagram.height,
                "{node:?}"
            );
            for other in &diagram.nodes[place + 1..] {
                let apart = node.x + node.width <= other.x
                    || other.x + other.width <= node.x
                    || node.y + node.height <= other.y
                    || other.y + other.height <= node.y;
                assert!(apart, "{node:?} and {other:?}");
            }
        }
        for line in &diagram.edges {
            for (point, end) in [
                (line.points.first(), &line.from),
                (line.points.last(), &line.to),
            ] {
                let node = diagram
                    .nodes
                    .iter()
                    .find(|node| node.id == end.id)
                    .expect("it is there");
                let [x, y] = point.expect("a line has points");
                let on_side = [node.x, node.x + node.width]
                    .iter()
                    .any(|side| (side - x).abs() < 0.01);
                assert!(
                    on_side && *y > node.y && *y < node.y + node.height,
                    "{line:?}"
                );
            }
            for pair in line.points.windows(2) {
                let straight = (pair[0][0] - pair[1][0]).abs() < 0.01
                    || (pair[0][1] - pair[1][1]).abs() < 0.01;
                assert!(straight, "{line:?}");
            }
        }
    }

    #[test]
    fn cards_do_not_cover_each_other() {
        check(&Structure::default());
        let tables = |count: u32| {
            (1..=count)
                .map(|id| table(id, i16::try_from(id % 9 + 1).unwrap_or(1)))
                .collect::<Vec<_>>()
        };
        for references in [
            vec![],
            vec![reference(1, 1)],
            vec![reference(1, 2), reference(2, 1)],
            vec![
                reference(1, 2),
                reference(2, 3),
                reference(3, 1),
                reference(1, 2),
            ],
            vec![
                reference(1, 2),
                reference(3, 2),
                reference(4, 5),
                reference(5, 5),
            ],
        ] {
            check(&Structure {
                tables: tables(7),
                references,
            });
        }
        let spread = |from: u32| {
            [
                reference(from, from * 7 % 100 + 1),
                reference(from, from * 13 % 100 + 1),
            ]
        };
        let large = Structure {
            tables: tables(100),
            references: (1..=100).flat_map(spread).collect(),
        };
        let start = Instant::now();
        check(&large);
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "{:?}",
            start.elapsed()
        );
    }
}
