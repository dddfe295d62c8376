//! How many rows there are.

use std::time::Duration;

use super::condition::{Condition, Query};
use super::{BrowseError, LIMIT, describe, reading};
use crate::connect::Database;

/// How long counting may take.
const COUNTING: Duration = Duration::from_secs(5);

/// What of the rows can be said without looking at them: the size of the table when it was last analysed, or what the planner expects of the filters.
/// None if the table was never analysed, or is a view.
///
/// # Errors
/// [`BrowseError`] when the filters are wrong or the server does not answer.
pub fn estimate(database: &mut Database, query: &Query) -> Result<Option<u64>, BrowseError> {
    reading(database, LIMIT, |transaction| {
        let relation = describe::find(transaction, query.id)?;
        let condition = Condition::of(query, &relation)?;
        if condition.is_empty() && relation.has_storage {
            return Ok(relation.rows);
        }
        let select = format!("EXPLAIN SELECT FROM {}", relation.sql());
        let statement = condition.statement(&select, "");
        let rows = transaction.query_typed(&statement.sql, &condition.parameters.typed());
        let rows = rows.map_err(|error| statement.explain(error))?;
        Ok(rows.first().and_then(|row| expected_rows(row.get(0))))
    })
}

/// Of a plan's first line: `Seq Scan on "rows=1"  (cost=0.00..1.01 rows=1 width=0)`.
fn expected_rows(line: &str) -> Option<u64> {
    let (_, rest) = line.rsplit_once(" rows=")?;
    rest.split(' ').next()?.parse().ok()
}

/// How many rows there are exactly.
///
/// # Errors
/// [`BrowseError::TooSlow`] after five seconds; others when the filters are wrong or the server does not answer.
pub fn count(database: &mut Database, query: &Query) -> Result<u64, BrowseError> {
    reading(database, COUNTING, |transaction| {
        let relation = describe::find(transaction, query.id)?;
        let condition = Condition::of(query, &relation)?;
        let select = format!("SELECT count(*) FROM {}", relation.sql());
        let statement = condition.statement(&select, "");
        let rows = transaction.query_typed(&statement.sql, &condition.parameters.typed());
        let rows = rows.map_err(|error| statement.explain(error))?;
        let count: Option<i64> = rows.first().map(|row| row.get(0));
        Ok(count
            .and_then(|count| count.try_into().ok())
            .unwrap_or_default())
    })
}
