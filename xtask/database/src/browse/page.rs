//! Rows, page by page.
//!
//! A page begins behind a row and not behind a number of rows, so that it costs the same wherever it is and no row is shown twice or left out when
//! others come and go. What comes behind a row in the order `(a, b, key)` is not asked for as one condition, which no index answers, but as the
//! ranges that it consists of, one after the other until the page is full:
//!
//! ```text
//! a = $1 AND b = $2 AND key > $3        a = $1 AND b > $2        a > $1
//! ```
//!
//! Each is one stretch of an index over the order's columns. With nulls, which come last (descending: first), `a > $1` is followed by `a IS NULL`.
//! Where nothing tells rows apart, as in a view, pages are counted after all.

mod order;
mod windows;

use postgres::Transaction;
use postgres::types::Type;
use serde::{Deserialize, Serialize};

use super::condition::{Condition, Parameters, Query, Sort, Statement};
use super::identity::{IdentityKind, Key};
use super::relation::{Column, Relation};
use super::{BrowseError, LIMIT, describe, reading};
use crate::connect::Database;
pub(super) use order::Order;

/// Of a longer value a page has only the beginning; in characters.
const LONGEST: usize = 64 << 10;

/// Which page.
#[derive(Clone, Debug)]
pub enum At {
    /// The first.
    First,
    /// The last.
    Last,
    /// The one behind a row.
    After(Cursor),
    /// The one before a row.
    Before(Cursor),
}

/// A place between two rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Cursor {
    /// At a row: its values in the columns of the order, the key's included.
    Row {
        /// The order that they are of.
        sort: Vec<Sort>,
        /// The values.
        values: Vec<Option<String>>,
    },
    /// Behind so many rows, where nothing tells them apart.
    Offset(u64),
}

/// Some rows that follow each other.
#[derive(Clone, Debug)]
pub struct Page {
    /// The numbers of the columns, in the order of the values.
    pub columns: Vec<i16>,
    /// The rows.
    pub rows: Vec<Row>,
    /// Before the first row; none if there are no rows.
    pub first: Option<Cursor>,
    /// Behind the last row; none if there are no rows.
    pub last: Option<Cursor>,
    /// Whether others come before.
    pub has_previous: bool,
    /// Whether others follow.
    pub has_next: bool,
    /// What was run, the first statement of it.
    pub sql: String,
}

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// What it is named by; none where nothing tells rows apart.
    pub key: Option<Key>,
    /// Its values.
    pub values: Vec<Cell>,
}

/// A value, as PostgreSQL shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Cell {
    /// All of it; `None` is null.
    Whole(Option<String>),
    /// The beginning of a long one.
    Cut {
        /// That it is so.
        cut: bool,
        /// The beginning.
        text: String,
        /// How long it is.
        bytes: i32,
    },
}

/// A page of a relation, with so many rows if there are as many.
///
/// # Errors
/// [`BrowseError`] when the query or the cursor does not fit the relation, or the server refuses it or is too slow.
pub fn page(
    database: &mut Database,
    query: &Query,
    at: &At,
    limit: usize,
) -> Result<Page, BrowseError> {
    reading(database, LIMIT, |transaction| {
        let relation = describe::find(transaction, query.id)?;
        let reader = Reader {
            condition: Condition::of(query, &relation)?,
            order: Order::of(&query.sort, &relation)?,
            relation,
            sort: &query.sort,
            limit,
        };
        if reader.relation.identity.kind == IdentityKind::None {
            reader.counted(transaction, at)
        } else {
            reader.keyed(transaction, at)
        }
    })
}

/// A value of a row, whatever its length.
///
/// # Errors
/// [`BrowseError::NoRow`] when the row is gone; others when there is no such column, or the server refuses it.
pub fn value(
    database: &mut Database,
    id: u32,
    key: &Key,
    column: i16,
) -> Result<Option<String>, BrowseError> {
    reading(database, LIMIT, |transaction| {
        let relation = describe::find(transaction, id)?;
        let mut parameters = Parameters::default();
        let is_row = relation.is_row(key, &mut parameters)?;
        let text = relation.column(column)?.text();
        let sql = format!("SELECT {text} FROM {} WHERE {is_row}", relation.sql());
        let rows = transaction.query_typed(&sql, &parameters.typed())?;
        rows.first().map(|row| row.get(0)).ok_or(BrowseError::NoRow)
    })
}

/// What reads a page.
struct Reader<'a> {
    relation: Relation,
    condition: Condition,
    order: Order,
    sort: &'a [Sort],
    limit: usize,
}

/// A row with its place in the order.
struct Placed {
    row: Row,
    place: Vec<Option<String>>,
}

impl Reader<'_> {
    fn keyed(&self, transaction: &mut Transaction<'_>, at: &At) -> Result<Page, BrowseError> {
        let (cursor, backward) = match at {
            At::First => (None, false),
            At::Last => (None, true),
            At::After(cursor) => (Some(self.place(cursor)?), false),
            At::Before(cursor) => (Some(self.place(cursor)?), true),
        };
        let order = if backward {
            self.order.reversed()
        } else {
            self.order.clone()
        };
        let ranges = if self.is_by_place() {
            let place = cursor.and_then(|place| place.first()?.as_deref());
            let blocks = self.blocks(transaction)?;
            windows::windows(place, backward, blocks, &self.condition)
        } else {
            match cursor {
                None => vec![self.condition.clone()],
                Some(place) => order.behind(place, &self.condition),
            }
        };
        let by = order.sql(&self.relation);
        let mut placed = Vec::new();
        let mut first_statement = None;
        // One more than the page has, to see whether others follow.
        let wanted = self.limit + 1;
        for range in ranges {
            if placed.len() == wanted {
                break;
            }
            let end = format!("{by} LIMIT {}", wanted - placed.len());
            let statement = range.statement(&self.select(), &end);
            let rows = self.rows(transaction, &statement, &range.parameters)?;
            placed.extend(rows);
            first_statement.get_or_insert(statement.sql);
        }
        let more = placed.len() > self.limit;
        placed.truncate(self.limit);
        if backward {
            placed.reverse();
        }
        let cursor = |placed: &Placed| Cursor::Row {
            sort: self.sort.to_vec(),
            values: placed.place.clone(),
        };
        Ok(Page {
            first: placed.first().map(cursor),
            last: placed.last().map(cursor),
            has_previous: if backward { more } else { cursor_given(at) },
            has_next: if backward { cursor_given(at) } else { more },
            ..self.finished(placed, first_statement)
        })
    }

    /// Whether the order is that of the rows' places in one table.
    fn is_by_place(&self) -> bool {
        let identity = &self.relation.identity;
        self.sort.is_empty() && identity.kind == IdentityKind::Ctid && !identity.spans_tables
    }

    fn blocks(&self, transaction: &mut Transaction<'_>) -> Result<u64, BrowseError> {
        const BLOCKS: &str = "SELECT pg_relation_size($1) / current_setting('block_size')::bigint";
        let rows = transaction.query_typed(BLOCKS, &[(&self.relation.id, Type::OID)])?;
        let blocks: Option<i64> = rows.first().and_then(|row| row.get(0));
        Ok(blocks.unwrap_or_default().unsigned_abs())
    }

    /// By the number of rows before it. Without an order that is as good as the server's: it does not change while nothing else does.
    fn counted(&self, transaction: &mut Transaction<'_>, at: &At) -> Result<Page, BrowseError> {
        let limit = self.limit as u64;
        let offset = match at {
            At::First => 0,
            At::After(Cursor::Offset(rows)) => *rows,
            At::Before(Cursor::Offset(rows)) => rows.saturating_sub(limit),
            At::Last => self.count(transaction)?.saturating_sub(1) / limit * limit,
            At::After(_) | At::Before(_) => return Err(BrowseError::Cursor),
        };
        let by = self.order.sql(&self.relation);
        let end = format!("{by} LIMIT {} OFFSET {offset}", self.limit + 1);
        let statement = self.condition.statement(&self.select(), &end);
        let mut placed = self.rows(transaction, &statement, &self.condition.parameters)?;
        let has_next = placed.len() > self.limit;
        placed.truncate(self.limit);
        let rows = placed.len() as u64;
        Ok(Page {
            first: Some(Cursor::Offset(offset)),
            last: Some(Cursor::Offset(offset + rows)),
            has_previous: offset > 0,
            has_next,
            ..self.finished(placed, Some(statement.sql))
        })
    }

    fn count(&self, transaction: &mut Transaction<'_>) -> Result<u64, BrowseError> {
        let select = format!("SELECT count(*) FROM {}", self.relation.sql());
        let statement = self.condition.statement(&select, "");
        let parameters = self.condition.parameters.typed();
        let rows = transaction.query_typed(&statement.sql, &parameters);
        let rows = rows.map_err(|error| statement.explain(error))?;
        let count: Option<i64> = rows.first().map(|row| row.get(0));
        Ok(count.unwrap_or_default().unsigned_abs())
    }

    fn finished(&self, placed: Vec<Placed>, sql: Option<String>) -> Page {
        let columns = self.relation.columns.iter();
        Page {
            columns: columns.map(|column| column.number).collect(),
            rows: placed.into_iter().map(|placed| placed.row).collect(),
            first: None,
            last: None,
            has_previous: false,
            has_next: false,
            sql: sql.unwrap_or_default(),
        }
    }

    /// The values, then the place in the order.
    fn select(&self) -> String {
        let mut list = value_list(&self.relation);
        list.extend(self.order.texts());
        format!("SELECT {} FROM {}", list.join(", "), self.relation.sql())
    }

    fn rows(
        &self,
        transaction: &mut Transaction<'_>,
        statement: &Statement,
        parameters: &Parameters,
    ) -> Result<Vec<Placed>, BrowseError> {
        let rows = transaction.query_typed(&statement.sql, &parameters.typed());
        let rows = rows.map_err(|error| statement.explain(error))?;
        Ok(rows.iter().map(|row| self.placed(row)).collect())
    }

    fn placed(&self, row: &postgres::Row) -> Placed {
        let (values, next) = cells(&self.relation, row);
        let place: Vec<Option<String>> = (next..row.len()).map(|index| row.get(index)).collect();
        let key = self.order.key(&place);
        Placed {
            row: Row { key, values },
            place,
        }
    }

    /// The values of a cursor, if it is one of this order.
    fn place<'c>(&self, cursor: &'c Cursor) -> Result<&'c [Option<String>], BrowseError> {
        match cursor {
            Cursor::Row { sort, values }
                if sort == self.sort && values.len() == self.order.len() =>
            {
                Ok(values)
            }
            _ => Err(BrowseError::Cursor),
        }
    }
}

/// The row of the cursor lies on the other side.
fn cursor_given(at: &At) -> bool {
    matches!(at, At::After(_) | At::Before(_))
}

/// What is selected of a row: its values, of those that may be long their beginning and, if that is not all, their length.
pub(super) fn value_list(relation: &Relation) -> Vec<String> {
    let mut list = Vec::new();
    for column in &relation.columns {
        let text = column.text();
        if column.may_be_long {
            list.push(format!("left({text}, {LONGEST})"));
            list.push(format!(
                "nullif(octet_length({text}), octet_length(left({text}, {LONGEST})))"
            ));
        } else {
            list.push(text);
        }
    }
    list
}

/// That a page has only the beginning of a value; none if it always has all of it.
pub(super) fn is_cut(column: &Column) -> Option<String> {
    let text = column.text();
    column
        .may_be_long
        .then(|| format!("length({text}) > {LONGEST}"))
}

/// What comes of [`value_list`], and how many columns of the result that was.
pub(super) fn cells(relation: &Relation, row: &postgres::Row) -> (Vec<Cell>, usize) {
    let mut next = 0;
    let columns = relation.columns.iter();
    let cells = columns.map(|column: &Column| {
        let text: Option<String> = row.get(next);
        next += 1;
        if !column.may_be_long {
            return Cell::Whole(text);
        }
        let bytes: Option<i32> = row.get(next);
        next += 1;
        match (text, bytes) {
            (Some(text), Some(bytes)) => Cell::Cut {
                cut: true,
                text,
                bytes,
            },
            (text, _) => Cell::Whole(text),
        }
    });
    let cells = cells.collect();
    (cells, next)
}
