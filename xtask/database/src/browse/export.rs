//! All rows of a query, piece by piece.

use postgres::Transaction;

use super::condition::{Condition, Query};
use super::page::Order;
use super::relation::Column;
use super::{BrowseError, describe};
use crate::connect::Database;

/// How many rows are in memory at once.
const ROWS: i32 = 500;

/// The rows of an export: what they consist of, and then their values.
pub trait Sink {
    /// Once, before the first row.
    ///
    /// # Errors
    /// When nobody wants them any more: then it ends.
    fn begin(&mut self, table: &str, columns: &[Column]) -> Result<(), Unwanted>;

    /// A row: its values as PostgreSQL shows them.
    ///
    /// # Errors
    /// As [`begin`](Self::begin).
    fn row(&mut self, values: &[Option<&str>]) -> Result<(), Unwanted>;
}

/// Nobody wants the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unwanted;

/// Gives all rows of a query to a sink, in order and from one snapshot. It takes as long as it takes, and the memory of some rows.
///
/// # Errors
/// [`BrowseError`] when the query is wrong, at once; or when the server breaks off, in the middle.
pub fn export(
    database: &mut Database,
    query: &Query,
    sink: &mut impl Sink,
) -> Result<(), BrowseError> {
    let mut transaction = database
        .client()
        .build_transaction()
        .read_only(true)
        .start()?;
    transaction.batch_execute("SET LOCAL statement_timeout = 0")?;
    rows(&mut transaction, query, sink)?;
    transaction.rollback()?;
    Ok(())
}

fn rows(
    transaction: &mut Transaction<'_>,
    query: &Query,
    sink: &mut impl Sink,
) -> Result<(), BrowseError> {
    let relation = describe::find(transaction, query.id)?;
    let condition = Condition::of(query, &relation)?;
    let order = Order::of(&query.sort, &relation)?;
    let texts: Vec<_> = relation.columns.iter().map(Column::text).collect();
    let select = format!("SELECT {} FROM {}", texts.join(", "), relation.sql());
    // Without an order that was asked for, the table's own is the fastest.
    let by = if query.sort.is_empty() {
        String::new()
    } else {
        order.sql(&relation)
    };
    let statement = condition.statement(&select, &by);
    let typed = condition.parameters.typed();
    let kinds: Vec<_> = typed
        .iter()
        .map(|(_, data_type)| data_type.clone())
        .collect();
    let values: Vec<_> = typed.iter().map(|(value, _)| *value).collect();
    let prepared = transaction.prepare_typed(&statement.sql, &kinds);
    let prepared = prepared.map_err(|error| statement.explain(error))?;
    let portal = transaction.bind(&prepared, &values);
    let portal = portal.map_err(|error| statement.explain(error))?;
    let mut begun = false;
    loop {
        let rows = transaction.query_portal(&portal, ROWS);
        let rows = rows.map_err(|error| statement.explain(error))?;
        if !begun && sink.begin(&relation.sql(), &relation.columns).is_err() {
            return Ok(());
        }
        begun = true;
        for row in &rows {
            let values: Vec<_> = (0..row.len()).map(|index| row.get(index)).collect();
            if sink.row(&values).is_err() {
                return Ok(());
            }
        }
        if rows.is_empty() {
            return Ok(());
        }
    }
}
