//! The drawing of all tables and their foreign keys: cards in layers, from what is referred to on the left to what refers to it on the right, and lines
//! that end at the rows of the columns.
//!
//! Pure: the same structure gives the same drawing.

mod layout;
mod lines;

use std::collections::HashMap;

use pg_database::browse::{ColumnShape, KeyKind, Reference, Structure, TableShape};
use serde::Serialize;

use layout::{Size, arrange};

/// The drawing. Lengths are in pixels, counted from the upper left corner.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Diagram {
    width: f64,
    height: f64,
    nodes: Vec<Node>,
    edges: Vec<Edge>,
}

/// The card of a table.
#[derive(Debug, PartialEq, Serialize)]
struct Node {
    id: u32,
    schema: String,
    name: String,
    x: f64,
    y: f64,
    width: f64,
    height: f64,
    /// The rows of the card, from above.
    columns: Vec<ColumnShape>,
}

/// The line of a foreign key.
#[derive(Debug, PartialEq, Serialize)]
struct Edge {
    name: String,
    from: End,
    to: End,
    /// From the column that refers to the one that is referred to.
    points: Vec<(f64, f64)>,
    /// Whether no two rows can refer to the same one.
    one: bool,
    /// Whether a row need not refer to any.
    optional: bool,
}

#[derive(Debug, PartialEq, Serialize)]
struct End {
    id: u32,
    column: i16,
}

/// The upper part of a card, with the name.
const HEAD: f64 = 32.0;
const ROW: f64 = 24.0;
/// What a letter takes, of a table's name and of a column's name or type.
const LETTER: (f64, f64) = (7.4, 6.7);
/// What stands beside the letters: margins, and the sign of a key.
const BESIDE: f64 = 48.0;
const NARROWEST: f64 = 168.0;
const WIDEST: f64 = 340.0;

/// Draws a structure; with `keys_only` the cards show no other columns.
pub(crate) fn draw(structure: Structure, keys_only: bool) -> Diagram {
    let Structure { tables, references } = structure;
    let several_schemas = tables.windows(2).any(|two| two[0].schema != two[1].schema);
    let mut nodes: Vec<_> = tables
        .into_iter()
        .map(|table| node(table, keys_only, several_schemas))
        .collect();
    let places: HashMap<u32, usize> = nodes.iter().enumerate().map(|(n, it)| (it.id, n)).collect();
    let place = |id: &u32| places.get(id).copied();
    // Referred to first: that is where the drawing begins.
    let links: Vec<_> = references
        .iter()
        .filter_map(|it| Some((place(&it.to.0)?, place(&it.from.0)?)))
        .collect();
    let sizes: Vec<_> = nodes
        .iter()
        .map(|node| Size {
            width: node.width,
            height: node.height,
        })
        .collect();
    let arrangement = arrange(&sizes, &links);
    for (node, at) in nodes.iter_mut().zip(&arrangement.places) {
        (node.x, node.y) = (at.x, at.y);
    }
    let ends: Vec<_> = references
        .iter()
        .filter_map(|it| {
            let (from, to) = (place(&it.from.0)?, place(&it.to.0)?);
            Some((
                (from, nodes[from].row(it.from.1)),
                (to, nodes[to].row(it.to.1)),
            ))
        })
        .collect();
    let routes = lines::lines(&arrangement, &sizes, &ends);
    let edges = references
        .into_iter()
        .zip(routes)
        .map(|(it, points)| edge(it, points));
    Diagram {
        width: arrangement.size.width,
        height: arrangement.size.height,
        edges: edges.collect(),
        nodes,
    }
}

/// A card that is not placed yet: keys above the other columns.
fn node(table: TableShape, keys_only: bool, with_schema: bool) -> Node {
    let TableShape {
        id,
        schema,
        name,
        mut columns,
    } = table;
    columns.retain(|column| !keys_only || column.key.is_some());
    columns.sort_by_key(|column| match column.key {
        Some(KeyKind::Primary) => 0,
        Some(KeyKind::Foreign) => 1,
        None => 2,
    });
    let title = name.chars().count()
        + if with_schema {
            schema.chars().count() + 1
        } else {
            0
        };
    let widest = columns
        .iter()
        .map(|column| column.name.chars().count() + column.data_type.chars().count());
    let (title, widest) = (
        length(title, LETTER.0),
        length(widest.max().unwrap_or(0), LETTER.1),
    );
    Node {
        id,
        schema,
        name,
        x: 0.0,
        y: 0.0,
        width: (title.max(widest) + BESIDE).clamp(NARROWEST, WIDEST),
        height: HEAD + length(columns.len(), ROW),
        columns,
    }
}

#[expect(clippy::cast_precision_loss, reason = "it is a small number")]
fn length(number: usize, of_one: f64) -> f64 {
    (number as f64 * of_one).round()
}

impl Node {
    /// How far below its upper edge the row of a column lies.
    fn row(&self, number: i16) -> f64 {
        let place = self.columns.iter().position(|row| row.number == number);
        place.map_or(HEAD / 2.0, |place| HEAD + ROW / 2.0 + length(place, ROW))
    }
}

fn edge(reference: Reference, points: Vec<(f64, f64)>) -> Edge {
    let end = |(id, column)| End { id, column };
    Edge {
        name: reference.name,
        from: end(reference.from),
        to: end(reference.to),
        points,
        one: reference.one,
        optional: reference.optional,
    }
}

#[cfg(test)]
mod tests;
