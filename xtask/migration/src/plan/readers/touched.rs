//! What of the tables and types changes in a way that PostgreSQL refuses while something reads it (0A000, 2BP01).

use std::collections::HashMap;

use pg_schema::{Column, PartKind, QualifiedName, Rename};

use crate::diff::{Change, Difference};
use crate::plan::columns::{rebuilds, retyping};
use crate::plan::context::Context;
use crate::plan::enums::EnumChange;
use crate::sql::Words;

#[derive(Default)]
pub(super) struct Touched<'a> {
    tables: HashMap<&'a QualifiedName, TouchedTable<'a>>,
    by_name: HashMap<&'a str, Vec<&'a QualifiedName>>,
    /// Enums that are made anew.
    enums: Vec<(usize, &'a str)>,
}

/// A table that is dropped, or whose columns change.
#[derive(Default)]
struct TouchedTable<'a> {
    /// The first change of it that counts.
    change: usize,
    gone: bool,
    /// Columns that go, are made anew or get another type.
    columns: Vec<&'a str>,
    /// Earlier names of columns, which a view's own columns are called after.
    renamed: Vec<&'a str>,
    /// Whether it gains columns, which `*` does not know of.
    grows: bool,
    /// Whether it loses a primary key, on which GROUP BY can rely.
    loses_key: bool,
}

impl<'a> Touched<'a> {
    pub(super) fn new(context: &Context<'a>, enums: &[EnumChange<'a>]) -> Self {
        let mut touched = Self::default();
        for (index, change) in context.changes.iter().enumerate() {
            match change {
                Change::Table(Difference::Removed(table)) => {
                    touched.table(index, &table.name).gone = true;
                }
                Change::Column(table, Difference::Added(_)) => {
                    touched.table(index, table).grows = true;
                }
                Change::Column(table, Difference::Removed(column)) => {
                    touched.table(index, table).columns.push(&column.name);
                }
                Change::Column(table, Difference::Altered { from, to })
                    if rebuilds(from, to) || retyping(from, to).is_some() =>
                {
                    touched.table(index, table).columns.push(&from.name);
                }
                Change::PrimaryKey(table, key) if key.from().is_some() => {
                    touched.table(index, table).loses_key = true;
                }
                // Whatever has the name now, PostgreSQL's reference has gone with the other.
                Change::Rename(Rename::InSchema { from, .. }) if is_taken_again(context, from) => {
                    touched.table(index, from).gone = true;
                }
                Change::Rename(Rename::Part {
                    kind: PartKind::Column,
                    of,
                    from,
                    ..
                }) => touched.table(index, of).renamed.push(from),
                _ => {}
            }
        }
        for change in enums.iter().filter(|change| change.makes_anew()) {
            touched.enums.push((change.index, change.name()));
            for (table, column) in change.carried_columns() {
                touched.table(change.index, table).columns.push(column);
            }
        }
        touched.add_computed(context);
        for name in touched.tables.keys() {
            touched.by_name.entry(&name.name).or_default().push(name);
        }
        touched
    }

    fn table(&mut self, change: usize, name: &'a QualifiedName) -> &mut TouchedTable<'a> {
        self.tables.entry(name).or_insert_with(|| TouchedTable {
            change,
            ..TouchedTable::default()
        })
    }

    /// Generated columns go with what they are computed from.
    fn add_computed(&mut self, context: &Context<'a>) {
        for (name, touched) in &mut self.tables {
            let Some(table) = context.from.tables.get(*name) else {
                continue;
            };
            let is_computed = |column: &&Column| {
                column.generated.as_ref().is_some_and(|sql| {
                    let mut causes = touched.columns.iter();
                    causes.any(|cause| pg_schema::mentions(sql, cause))
                })
            };
            let computed: Vec<_> = table.columns.iter().filter(is_computed).collect();
            let names = computed.into_iter().map(|column| column.name.as_str());
            touched.columns.extend(names);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.tables.is_empty() && self.enums.is_empty()
    }

    /// The change that a query with these words cannot stay for.
    pub(super) fn read_by(&self, words: &Words) -> Option<usize> {
        let named = words.iter().filter_map(|word| self.by_name.get(word));
        let tables = named.flatten().map(|name| &self.tables[*name]);
        let names_columns = tables.filter(|table| table.names_columns_of(words));
        let change = names_columns.map(|table| table.change).min();
        change.or_else(|| self.read_by_other_than(None, words))
    }

    /// The same of a policy, which reads its own table without a mention, and goes with it.
    pub(super) fn read_by_policy_of(&self, own: &QualifiedName, words: &Words) -> Option<usize> {
        let in_own = self.tables.get(own).filter(|table| table.is_read_in(words));
        let in_own = in_own.map(|table| table.change);
        in_own.or_else(|| self.read_by_other_than(Some(own), words))
    }

    fn read_by_other_than(&self, own: Option<&QualifiedName>, words: &Words) -> Option<usize> {
        let is_read = |name: &&&QualifiedName| {
            let table = &self.tables[**name];
            table.gone && Some(**name) != own || table.is_read_in(words)
        };
        let named = words.iter().filter_map(|word| self.by_name.get(word));
        let tables = named.flatten().filter(is_read);
        let change = tables.map(|name| self.tables[*name].change).min();
        change.or_else(|| {
            let mut enums = self.enums.iter();
            enums.find_map(|(change, name)| words.has(name).then_some(*change))
        })
    }
}

impl TouchedTable<'_> {
    fn is_read_in(&self, words: &Words) -> bool {
        words.selects_all && (self.grows || !self.columns.is_empty())
            || self.columns.iter().any(|column| words.has(column))
            || self.loses_key && words.has("group")
    }

    fn names_columns_of(&self, words: &Words) -> bool {
        !self.renamed.is_empty()
            && (words.selects_all || self.renamed.iter().any(|column| words.has(column)))
    }
}

fn is_taken_again(context: &Context, name: &QualifiedName) -> bool {
    context.to.tables.contains(name) || context.to.views.contains(name)
}
