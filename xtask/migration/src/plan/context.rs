//! What the planning of one step may ask of the whole.

use std::collections::HashMap;

use pg_schema::{
    Column, ColumnType, Deferrable, Enum, ForeignKey, Index, PrimaryKey, QualifiedName, Rename,
    Schema, Sequence, Table, Unique, mentions,
};

use super::cast::can_refer;
use super::columns::{retyping, serial_sequence, stored};
use super::enums::{is_of, remade};
use crate::diff::{Change, Difference};
use crate::sql::Words;

/// The two states and what differs between them. Every question about one table is answered without a look at the others.
pub(super) struct Context<'a> {
    /// The earlier state under the names that it had.
    pub(super) before: &'a Schema,
    /// The earlier state under the later names.
    pub(super) from: &'a Schema,
    pub(super) to: &'a Schema,
    pub(super) changes: &'a [Change],
    /// The enums that are in both states and differ, with the places of their changes.
    pub(super) altered_enums: Vec<(usize, &'a Enum, &'a Enum)>,
    altered: HashMap<&'a QualifiedName, AlteredTable<'a>>,
}

/// The changes of a table that is in both states, each with its place among all changes.
#[derive(Default)]
pub(super) struct AlteredTable<'a> {
    pub(super) primary_key: Option<(usize, &'a Difference<PrimaryKey>)>,
    pub(super) columns: Vec<(usize, &'a Difference<Box<Column>>)>,
    uniques: Vec<(usize, &'a Difference<Unique>)>,
    indexes: Vec<(usize, &'a Difference<Index>)>,
    row_security: Option<(usize, bool)>,
}

impl<'a> Context<'a> {
    pub(super) fn new(
        before: &'a Schema,
        from: &'a Schema,
        to: &'a Schema,
        changes: &'a [Change],
    ) -> Self {
        let mut altered: HashMap<_, AlteredTable> = HashMap::new();
        let mut altered_enums = Vec::new();
        for (index, change) in changes.iter().enumerate() {
            match change {
                Change::Column(table, difference) => {
                    let columns = &mut altered.entry(table).or_default().columns;
                    columns.push((index, difference));
                }
                Change::PrimaryKey(table, difference) => {
                    altered.entry(table).or_default().primary_key = Some((index, difference));
                }
                Change::Unique(table, difference) => {
                    let uniques = &mut altered.entry(table).or_default().uniques;
                    uniques.push((index, difference));
                }
                Change::Index(table, difference) => {
                    let indexes = &mut altered.entry(table).or_default().indexes;
                    indexes.push((index, difference));
                }
                Change::Enum(Difference::Altered { from, to }) => {
                    altered_enums.push((index, from, to));
                }
                Change::RowSecurity(table, enabled) => {
                    altered.entry(table).or_default().row_security = Some((index, *enabled));
                }
                _ => {}
            }
        }
        Self {
            before,
            from,
            to,
            changes,
            altered_enums,
            altered,
        }
    }

    /// Tables that change in their columns, primary key, uniques or indexes, in the earlier state's order.
    pub(super) fn altered_tables(
        &self,
    ) -> impl Iterator<Item = (&'a QualifiedName, &AlteredTable<'a>)> {
        let tables = self.from.tables.iter();
        tables.filter_map(|table| Some((&table.name, self.altered.get(&table.name)?)))
    }

    /// The names in an SQL text of the earlier state, those that things have been renamed to included: PostgreSQL keeps in views and policies what
    /// they refer to, whatever it is called meanwhile.
    pub(super) fn earlier_words(&self, sql: &str) -> Words {
        let mut words = Words::of(sql);
        for change in self.changes {
            if let Change::Rename(rename) = change {
                let (from, to) = match rename {
                    Rename::Global { from, to, .. } | Rename::Part { from, to, .. } => (from, to),
                    Rename::InSchema { from, to, .. } => (&from.name, &to.name),
                };
                words.rename(from, to);
            }
        }
        words
    }

    /// The change of a table's row security, and whether it is enabled afterwards.
    pub(super) fn row_security(&self, table: &QualifiedName) -> Option<(usize, bool)> {
        self.altered.get(table)?.row_security
    }

    fn table(&self, name: &QualifiedName) -> (Option<&'a Table>, Option<&'a Table>) {
        (self.from.tables.get(name), self.to.tables.get(name))
    }

    /// Whether a table that is in both states has the column only in the later one.
    pub(super) fn adds_column(&self, table: &QualifiedName, name: &str) -> bool {
        matches!(self.table(table), (Some(from), Some(to)) if !from.columns.contains(name) && to.columns.contains(name))
    }

    /// Whether a table that is in both states has the column only in the earlier one.
    pub(super) fn drops_column(&self, table: &QualifiedName, name: &str) -> bool {
        matches!(self.table(table), (Some(from), Some(to)) if from.columns.contains(name) && !to.columns.contains(name))
    }

    /// Whether a column is, in the later state, computed from this one.
    pub(super) fn computes_from(&self, table: &QualifiedName, column: &str) -> bool {
        let later = self.to.tables.get(table);
        let mut columns = later.iter().flat_map(|table| &table.columns);
        columns.any(|other| (other.generated.as_ref()).is_some_and(|sql| mentions(sql, column)))
    }

    /// Whether a new column is computed from one that is declared behind it and is new as well.
    pub(super) fn is_computed_from_next(&self, table: &QualifiedName, column: &Column) -> bool {
        let later = self.to.tables.get(table);
        let columns = later.iter().flat_map(|table| &table.columns);
        let next = columns.skip_while(|other| other.name != column.name);
        computed_from(column, next).any(|other| self.adds_column(table, &other.name))
    }

    /// Whether a column that goes is computed from another one that does.
    pub(super) fn is_computed_from_dropped(&self, table: &QualifiedName, column: &Column) -> bool {
        let earlier = self.from.tables.get(table);
        let columns = earlier.iter().flat_map(|table| &table.columns);
        computed_from(column, columns).any(|other| self.drops_column(table, &other.name))
    }

    /// Whether a column is computed from one that is only added, and so cannot be there before it.
    pub(super) fn is_computed_from_added(&self, table: &QualifiedName, column: &Column) -> bool {
        let later = self.to.tables.get(table);
        let columns = later.iter().flat_map(|table| &table.columns);
        computed_from(column, columns).any(|other| self.adds_column(table, &other.name))
    }

    /// Whether the column is, in the later state, an unnamed primary key.
    pub(super) fn is_inline_key(&self, table: &QualifiedName, column: &str) -> bool {
        let key = self
            .to
            .tables
            .get(table)
            .and_then(|table| table.primary_key.as_ref());
        key.is_some_and(|key| key.name.is_none() && key.columns.iter().any(|name| name == column))
    }

    pub(super) fn keeps_index(&self, table: &QualifiedName, index: &Index) -> bool {
        let earlier = self
            .from
            .tables
            .get(table)
            .and_then(|earlier| earlier.indexes.get(&index.name));
        earlier.is_some_and(|earlier| earlier.same_state(index))
    }

    /// Whether what the key refers to goes in this plan: a dropped table takes the key along, and PostgreSQL refuses to drop the unique
    /// constraint, index or primary key that it needs.
    pub(super) fn loses_target(&self, key: &ForeignKey) -> bool {
        let dropped = matches!(self.table(&key.references), (Some(_), None));
        dropped || self.change_of_target(key).is_some()
    }

    /// The change that takes away what the key needs in the table that it refers to.
    fn change_of_target(&self, key: &ForeignKey) -> Option<usize> {
        let altered = self.altered.get(&key.references)?;
        let is_target = |columns: &[String]| same_columns(columns, &key.referenced_columns);
        let unique = altered.uniques.iter().find(|(_, change)| {
            change
                .from()
                .is_some_and(|unique| is_target_unique(unique, is_target))
        });
        let index = altered.indexes.iter().find(|(_, change)| {
            change
                .from()
                .is_some_and(|index| is_target_index(index, is_target))
        });
        let primary_key = altered
            .primary_key
            .filter(|(_, change)| change.from().is_some_and(|key| is_target(&key.columns)));
        unique
            .map(|(index, _)| *index)
            .or(index.map(|(index, _)| *index))
            .or(primary_key.map(|(index, _)| index))
    }

    /// Foreign keys that are in both states and cannot stay in between, with the change that they are in the way of: what they refer to goes and
    /// comes again, or a column at one of their ends gets a type that PostgreSQL cannot compare with what the other end has at that time, be it only while
    /// an enum is made anew.
    pub(super) fn interrupted_keys(
        &self,
    ) -> impl Iterator<Item = (usize, &'a QualifiedName, &'a ForeignKey)> {
        let tables = self.from.tables.iter();
        let keys = tables.flat_map(|table| {
            let later = self.to.tables.get(&table.name);
            let keys = table.foreign_keys.iter();
            keys.filter(move |key| {
                later.is_some_and(|later| later.foreign_keys.get(&key.name) == Some(key))
            })
            .map(|key| (&table.name, key))
        });
        keys.filter_map(|(table, key)| {
            let change = self.change_of_target(key);
            let change = change.or_else(|| self.incomparable_ends(table, key));
            let change = change.or_else(|| self.remade_ends(table, key))?;
            Some((change, table, key))
        })
    }

    /// Whether the key stays and is only checked at another time, for which it can be altered.
    pub(super) fn only_defers(
        &self,
        table: &QualifiedName,
        difference: &Difference<ForeignKey>,
    ) -> bool {
        let Difference::Altered { from, to } = difference else {
            return false;
        };
        let same = ForeignKey {
            deferrable: to.deferrable,
            ..from.clone()
        } == *to;
        same && !self.loses_target(from)
            && self.incomparable_ends(table, from).is_none()
            && self.remade_ends(table, from).is_none()
    }

    /// The first change of a type at either end, if PostgreSQL cannot compare the ends after each such change.
    fn incomparable_ends(&self, table: &QualifiedName, key: &ForeignKey) -> Option<usize> {
        let own = key.columns.iter().map(|column| (table, column));
        let referenced = key.referenced_columns.iter();
        let referenced = referenced.map(|column| (&key.references, column));
        let columns: Vec<_> = own.chain(referenced).collect();
        let before = columns.iter().map(|(table, column)| {
            let column = self.from.tables.get(table)?.columns.get(*column)?;
            Some(stored(&column.data_type))
        });
        let mut types: Vec<_> = before.collect::<Option<_>>()?;
        let changes = columns.iter().enumerate();
        let changes = changes.filter_map(|(place, (table, column))| {
            let (change, after) = self.retyped(table, column)?;
            Some((change, place, after))
        });
        let mut changes: Vec<_> = changes.collect();
        changes.sort_by_key(|(change, ..)| *change);
        let first = changes.first()?.0;
        let comparable = changes.into_iter().all(|(_, place, after)| {
            types[place] = after;
            let (own, referenced) = types.split_at(key.columns.len());
            let mut pairs = own.iter().zip(referenced);
            pairs.all(|(own, referenced)| can_refer(own, referenced))
        });
        (!comparable).then_some(first)
    }

    /// The change that makes the enum anew of which a column of the key is.
    fn remade_ends(&self, table: &QualifiedName, key: &ForeignKey) -> Option<usize> {
        let columns = &self.from.tables.get(table)?.columns;
        let types = || {
            key.columns
                .iter()
                .filter_map(|name| Some(&columns.get(name)?.data_type))
        };
        let mut remade = remade(self);
        let (change, _) =
            remade.find(|(_, declared)| types().any(|own| is_of(own, &declared.name)))?;
        Some(change)
    }

    /// The change that gives the column another type, and that type.
    fn retyped(&self, table: &QualifiedName, column: &str) -> Option<(usize, ColumnType)> {
        let mut changes = self.altered.get(table)?.columns.iter();
        changes.find_map(|(index, change)| match change {
            Difference::Altered { from, to } if from.name == column => {
                Some((*index, retyping(from, to)?.1))
            }
            _ => None,
        })
    }

    /// The sequence that stands for itself on one side and belongs to a serial column on the other.
    pub(super) fn standing_sequence(
        &self,
        table: &QualifiedName,
        from: &Column,
        to: &Column,
    ) -> Option<&'a Sequence> {
        let sequences = match (from.data_type.is_serial(), to.data_type.is_serial()) {
            (true, false) => &self.to.sequences,
            (false, true) => &self.from.sequences,
            _ => return None,
        };
        sequences.get(&serial_sequence(table, &to.name))
    }

    /// Whether what the key refers to is only made after the usual place of foreign keys.
    pub(super) fn gains_target_late(&self, key: &ForeignKey) -> bool {
        let (earlier, Some(target)) = self.table(&key.references) else {
            return false;
        };
        let is_target = |columns: &[String]| same_columns(columns, &key.referenced_columns);
        let by_key = target
            .primary_key
            .as_ref()
            .is_some_and(|key| is_target(&key.columns) && !self.replaces_key(&target.name, key));
        let by_unique = target.uniques.iter().any(|unique| {
            is_target_unique(unique, is_target)
                && earlier.is_none_or(|earlier| earlier.uniques.get(&unique.name) == Some(unique))
        });
        let by_index = target.indexes.iter().any(|index| {
            self.keeps_index(&target.name, index) && is_target_index(index, is_target)
        });
        !(by_key || by_unique || by_index)
    }

    /// Whether the named key only changes its columns: then drizzle-kit replaces it near the end. A column that is dropped would take it along, and
    /// one that it no longer holds could not lose its NOT NULL before, so with one it goes the way of other keys.
    pub(super) fn replaces_key(&self, table: &QualifiedName, key: &PrimaryKey) -> bool {
        let (Some(from), Some(to)) = self.table(table) else {
            return false;
        };
        let goes_first = |name: &String| {
            let later = to.columns.get(name);
            later.is_none_or(|column| !column.not_null && !key.columns.contains(name))
        };
        from.primary_key.as_ref().is_some_and(|earlier| {
            key.name.is_some()
                && earlier.name == key.name
                && earlier.columns != key.columns
                && !earlier.columns.iter().any(goes_first)
        })
    }

    /// Whether a primary key requires a value of the column while columns are altered: an unnamed one is added before, a named one that goes is
    /// dropped before.
    pub(super) fn key_requires(&self, table: &QualifiedName, column: &str) -> bool {
        let (Some(from), Some(to)) = self.table(table) else {
            return false;
        };
        let holds = |key: &&PrimaryKey| key.columns.iter().any(|name| name == column);
        let earlier = from.primary_key.as_ref().filter(holds);
        let later = to.primary_key.as_ref().filter(holds);
        let stays = earlier.is_some()
            && to.primary_key.as_ref().is_some_and(|key| {
                from.primary_key.as_ref() == Some(key) || self.replaces_key(table, key)
            });
        stays || later.is_some_and(|key| key.name.is_none())
    }

    /// Whether a primary key required a value of the column before, and none does afterwards.
    pub(super) fn key_releases(&self, table: &QualifiedName, column: &str) -> bool {
        let holds = |table: Option<&Table>| {
            table
                .and_then(|table| table.primary_key.as_ref())
                .is_some_and(|key| key.columns.iter().any(|name| name == column))
        };
        let (from, to) = self.table(table);
        holds(from) && !holds(to)
    }
}

/// Those of some other columns that the column is computed from.
fn computed_from<'a>(
    column: &'a Column,
    others: impl Iterator<Item = &'a Column>,
) -> impl Iterator<Item = &'a Column> {
    let expression = column.generated.as_deref();
    others.filter(move |other| {
        other.name != column.name && expression.is_some_and(|sql| mentions(sql, &other.name))
    })
}

fn same_columns(columns: &[String], others: &[String]) -> bool {
    columns.len() == others.len() && columns.iter().all(|column| others.contains(column))
}

/// Whether a foreign key can refer to the constraint's columns: PostgreSQL refuses one that is deferrable.
fn is_target_unique(unique: &Unique, is_target: impl Fn(&[String]) -> bool) -> bool {
    unique.deferrable == Deferrable::No && is_target(&unique.columns)
}

/// Whether a foreign key can refer to the index's columns (manual, CREATE TABLE, REFERENCES).
fn is_target_index(index: &Index, is_target: impl Fn(&[String]) -> bool) -> bool {
    let columns = index.keys.iter().map(|key| match &key.term {
        pg_schema::IndexTerm::Column(name) => Some(name.clone()),
        pg_schema::IndexTerm::Expression(_) => None,
    });
    index.unique
        && index.predicate.is_none()
        && columns
            .collect::<Option<Vec<_>>>()
            .is_some_and(|columns| is_target(&columns))
}
