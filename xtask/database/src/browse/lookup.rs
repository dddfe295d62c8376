//! The rows that a foreign key can refer to.

use super::condition::Condition;
use super::page::{Cell, cells, value_list};
use super::relation::Base;
use super::{BrowseError, LIMIT, describe, reading};
use crate::connect::Database;

/// Rows of the relation that a foreign key refers to whose key, texts or labels contain what is searched; and the numbers of their columns.
///
/// # Errors
/// [`BrowseError`] when there is no such key or the server does not answer.
pub fn lookup(
    database: &mut Database,
    id: u32,
    foreign_key: usize,
    search: &str,
    limit: usize,
) -> Result<(Vec<i16>, Vec<Vec<Cell>>), BrowseError> {
    let relation = describe(database, id)?;
    let key = relation.foreign_keys.get(foreign_key);
    let key = key.ok_or(BrowseError::NoForeignKey)?;
    reading(database, LIMIT, |transaction| {
        let target = describe::find(transaction, key.relation)?;
        let mut condition = Condition::default();
        if !search.is_empty() {
            let pattern = search
                .replace('\\', "\\\\")
                .replace('%', "\\%")
                .replace('_', "\\_");
            let parameter = condition.parameters.add(Some(format!("%{pattern}%")));
            let searched = target.columns.iter().filter(|column| {
                key.referenced.contains(&column.number)
                    || matches!(column.base, Base::Text | Base::Enum | Base::Uuid)
            });
            let each = searched.map(|column| format!("{} ILIKE {parameter}", column.text()));
            condition.and(format!("({})", each.collect::<Vec<_>>().join(" OR ")));
        }
        let table = pg_schema::quote_identifier(&target.name);
        let mut order = Vec::new();
        for number in &key.referenced {
            order.push(format!("{table}.{}", target.column(*number)?.sql()));
        }
        let select = format!(
            "SELECT {} FROM {}",
            value_list(&target).join(", "),
            target.sql()
        );
        let end = format!(" ORDER BY {} LIMIT {limit}", order.join(", "));
        let statement = condition.statement(&select, &end);
        let rows = transaction.query_typed(&statement.sql, &condition.parameters.typed())?;
        let columns = target.columns.iter().map(|column| column.number);
        let rows = rows.iter().map(|row| cells(&target, row).0);
        Ok((columns.collect(), rows.collect()))
    })
}
