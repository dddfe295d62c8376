//! What the planning of one step may ask of the whole.

use pg_schema::{Column, ForeignKey, Index, PrimaryKey, QualifiedName, Schema, Table};

use super::columns::rebuilds;
use crate::diff::{Change, Difference};

/// The two states and what differs between them.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) from: &'a Schema,
    pub(super) to: &'a Schema,
    pub(super) changes: &'a [Change],
}

impl<'a> Context<'a> {
    /// The changed columns of tables that are in both states.
    pub(super) fn columns(
        self,
    ) -> impl Iterator<Item = (usize, &'a QualifiedName, &'a Difference<Column>)> {
        self.changes
            .iter()
            .enumerate()
            .filter_map(|(index, change)| match change {
                Change::Column(table, difference) => Some((index, table, difference)),
                _ => None,
            })
    }

    pub(super) fn adds_column(self, table: &QualifiedName, name: &str) -> bool {
        self.columns().any(|(_, at, change)| matches!(change, Difference::Added(c) if at == table && c.name == name))
    }

    pub(super) fn drops_column(self, table: &QualifiedName, name: &str) -> bool {
        self.columns().any(|(_, at, change)| matches!(change, Difference::Removed(c) if at == table && c.name == name))
    }

    /// Whether the column is, in the later state, an unnamed primary key.
    pub(super) fn is_inline_key(self, table: &QualifiedName, column: &str) -> bool {
        let key = self
            .to
            .tables
            .get(table)
            .and_then(|table| table.primary_key.as_ref());
        key.is_some_and(|key| key.name.is_none() && key.columns.iter().any(|name| name == column))
    }

    /// Columns that are dropped and added again to become generated otherwise; PostgreSQL drops their indexes and constraints with them.
    pub(super) fn rebuilt_columns(self) -> impl Iterator<Item = (usize, &'a Table, &'a str)> {
        self.columns()
            .filter_map(move |(index, table, change)| match change {
                Difference::Altered { from, to } if rebuilds(from, to) => {
                    Some((index, self.to.tables.get(table)?, to.name.as_str()))
                }
                _ => None,
            })
    }

    pub(super) fn keeps_index(self, table: &QualifiedName, index: &Index) -> bool {
        let earlier = self
            .from
            .tables
            .get(table)
            .and_then(|earlier| earlier.indexes.get(&index.name));
        earlier.is_some_and(|earlier| earlier.same_state(index))
    }

    /// Whether what the key refers to goes in this plan: a dropped table takes the key along, and PostgreSQL refuses to drop the unique
    /// constraint, index or primary key that it needs.
    pub(super) fn loses_target(self, key: &ForeignKey) -> bool {
        let target = &key.references;
        let same = |columns: &[String]| same_columns(columns, &key.referenced_columns);
        self.changes.iter().any(|change| match change {
            Change::Table(Difference::Removed(table)) => table.name == *target,
            Change::Unique(table, change) => {
                table == target && change.from().is_some_and(|unique| same(&unique.columns))
            }
            Change::PrimaryKey(table, change) => {
                table == target && change.from().is_some_and(|key| same(&key.columns))
            }
            Change::Index(table, change) => {
                table == target
                    && change
                        .from()
                        .and_then(unique_columns)
                        .is_some_and(|columns| same(&columns))
            }
            _ => false,
        })
    }

    /// Whether what the key refers to is only made after the usual place of foreign keys.
    pub(super) fn gains_target_late(self, key: &ForeignKey) -> bool {
        let Some(target) = self.to.tables.get(&key.references) else {
            return false;
        };
        let earlier = self.from.tables.get(&key.references);
        let same = |columns: &[String]| same_columns(columns, &key.referenced_columns);
        let by_key = target
            .primary_key
            .as_ref()
            .is_some_and(|key| same(&key.columns) && !self.replaces_key(&target.name, key));
        let by_unique = target.uniques.iter().any(|unique| {
            same(&unique.columns)
                && earlier.is_none_or(|earlier| earlier.uniques.get(&unique.name) == Some(unique))
        });
        let by_index = target.indexes.iter().any(|index| {
            self.keeps_index(&target.name, index)
                && unique_columns(index).is_some_and(|columns| same(&columns))
        });
        !(by_key || by_unique || by_index)
    }

    /// Whether the named key only changes its columns: then drizzle-kit replaces it near the end. A dropped column would take it along, so
    /// with one it goes the way of other keys.
    pub(super) fn replaces_key(self, table: &QualifiedName, key: &PrimaryKey) -> bool {
        let earlier = self
            .from
            .tables
            .get(table)
            .and_then(|table| table.primary_key.as_ref());
        earlier.is_some_and(|earlier| {
            key.name.is_some()
                && earlier.name == key.name
                && earlier.columns != key.columns
                && !earlier
                    .columns
                    .iter()
                    .any(|column| self.drops_column(table, column))
        })
    }
}

fn same_columns(columns: &[String], others: &[String]) -> bool {
    columns.len() == others.len() && columns.iter().all(|column| others.contains(column))
}

/// The columns on which an index makes a foreign key possible (manual, CREATE TABLE, REFERENCES).
fn unique_columns(index: &Index) -> Option<Vec<String>> {
    let columns = index.keys.iter().map(|key| match &key.term {
        pg_schema::IndexTerm::Column(name) => Some(name.clone()),
        pg_schema::IndexTerm::Expression(_) => None,
    });
    if index.unique && index.predicate.is_none() {
        columns.collect()
    } else {
        None
    }
}
