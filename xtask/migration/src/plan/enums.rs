//! Changes of an enum's labels. New ones are added; for anything else PostgreSQL has no statement, and the type is made anew.

use std::collections::{HashMap, HashSet};

use pg_schema::{Column, ColumnType, DefaultValue, Enum, QualifiedName, Table, mentions};

use super::context::Context;
use super::dependents::{Causes, Dependents};
use crate::diff::{Change, Difference};
use crate::statement::Statement;

/// A change of an enum that is in both states.
pub(super) struct EnumChange<'a> {
    /// Its place among the changes.
    pub(super) index: usize,
    from: &'a Enum,
    to: &'a Enum,
    carried: Vec<CarriedColumn<'a>>,
    pub(super) dependents: Dependents<'a>,
    /// Whether what has gone beside the columns can only come back once they have their later types: one of them leaves the enum for another type.
    restores_late: bool,
}

/// A column that goes through text while its type is made anew.
struct CarriedColumn<'a> {
    table: &'a QualifiedName,
    before: &'a Column,
    /// `None` when it has another type, or is gone, afterwards.
    after: Option<&'a Column>,
    /// Whether it has another type.
    leaves: bool,
}

/// What the recreation of an enum has done to a column already.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Carried {
    /// It has its new type and default.
    Through,
    /// It is text, or an array of text, without a default.
    AsText,
}

/// Whether the old labels stay and keep their order.
fn only_adds(from: &Enum, to: &Enum) -> bool {
    let mut later = to.values.iter();
    from.values
        .iter()
        .all(|value| later.any(|label| label == value))
}

/// The enums that are made anew, with the places of their changes.
pub(super) fn remade<'a>(context: &Context<'a>) -> impl Iterator<Item = (usize, &'a Enum)> {
    let altered = context.altered_enums.iter().copied();
    altered
        .filter(|(_, from, to)| !only_adds(from, to))
        .map(|(index, from, _)| (index, from))
}

/// New tables that can only be created once an enum is made anew: they have a default that the type has only afterwards, or compute something from a
/// column of it.
pub(super) fn late_tables<'a>(context: &Context<'a>) -> HashSet<&'a QualifiedName> {
    let remade: HashMap<_, _> = remade(context)
        .map(|(_, declared)| (&declared.name, declared))
        .collect();
    let waits = |table: &Table| {
        table.columns.iter().any(|column| {
            let Some(schema) = column.data_type.schema() else {
                return false;
            };
            let name = QualifiedName::new(schema, column.data_type.base());
            remade.get(&name).is_some_and(|declared| {
                !defaults_to_one_of(column, &declared.values) || is_computed_from(table, column)
            })
        })
    };
    let new = context.changes.iter().filter_map(|change| match change {
        Change::Table(Difference::Added(table)) if !remade.is_empty() => Some(table),
        _ => None,
    });
    new.filter(|table| waits(table))
        .map(|table| &table.name)
        .collect()
}

fn is_computed_from(table: &Table, column: &Column) -> bool {
    let generated = table.columns.iter();
    let generated = generated.filter_map(|column| column.generated.as_ref());
    let checks = table.checks.iter().map(|check| &check.expression);
    generated
        .chain(checks)
        .any(|sql| mentions(sql, &column.name))
}

impl<'a> EnumChange<'a> {
    pub(super) fn all(context: &Context<'a>, late: &HashSet<&QualifiedName>) -> Vec<Self> {
        let altered = context.altered_enums.iter().copied();
        let mut changes: Vec<Self> = altered
            .map(|(index, from, to)| Self::new(index, from, to, context, late))
            .collect();
        for place in 0..changes.len() {
            let (earlier, rest) = changes.split_at_mut(place);
            let is_gone = |column: &CarriedColumn| {
                let mut dependents = earlier.iter().map(|change| &change.dependents);
                dependents.any(|it| it.settles(column.table, &column.before.name))
            };
            rest[0].carried.retain(|column| !is_gone(column));
            for earlier in earlier {
                if rest[0].dependents.take_over(&mut earlier.dependents) {
                    rest[0].restores_late |= earlier.restores_late;
                }
            }
        }
        changes
    }

    fn new(
        index: usize,
        from: &'a Enum,
        to: &'a Enum,
        context: &Context<'a>,
        late: &HashSet<&QualifiedName>,
    ) -> Self {
        // Between two of them a column waits as text where the earlier type is made anew first, and else goes straight over.
        let first: Vec<_> = remade(context)
            .filter(|(other, _)| *other < index)
            .map(|(_, other)| &other.name)
            .collect();
        let of_first = |column: &Column| first.iter().any(|other| is_of(&column.data_type, other));
        let is_of = |column: &&Column| is_of(&column.data_type, &from.name);
        let mut created = Vec::new();
        let mut carried = Vec::new();
        for table in &context.to.tables {
            for after in table.columns.iter().filter(is_of) {
                match context.from.tables.get(&table.name) {
                    None if late.contains(&table.name) => {}
                    None => created.push(CarriedColumn {
                        table: &table.name,
                        before: after,
                        after: Some(after),
                        leaves: false,
                    }),
                    Some(earlier) => {
                        let before = earlier.columns.get(&after.name);
                        let before = before
                            .filter(|before| goes_through(before, after) && !of_first(before));
                        carried.extend(before.map(|before| CarriedColumn {
                            table: &table.name,
                            before,
                            after: Some(after),
                            leaves: false,
                        }));
                    }
                }
            }
        }
        carried.extend(created);
        for table in &context.from.tables {
            let Some(later) = context.to.tables.get(&table.name) else {
                continue;
            };
            let leaves = |column: &&Column| {
                let after = later.columns.get(&column.name).filter(is_of);
                !after.is_some_and(|after| goes_through(column, after))
            };
            let is_over = |column: &&Column| {
                let after = later.columns.get(&column.name);
                after.is_some_and(|after| of_first(after) && goes_through(column, after))
            };
            let leaving = table.columns.iter().filter(is_of).filter(leaves);
            let leaving = leaving.filter(|column| !is_over(column));
            carried.extend(leaving.map(|before| CarriedColumn {
                table: &table.name,
                before,
                after: None,
                leaves: later.columns.contains(&before.name),
            }));
        }
        let mut change = Self {
            index,
            from,
            to,
            restores_late: carried.iter().any(|column| column.leaves),
            carried,
            dependents: Dependents::default(),
        };
        if !change.only_adds() {
            change.find_dependents(context);
        }
        change
    }

    fn find_dependents(&mut self, context: &Context<'a>) {
        for table in &context.from.tables {
            if let Some(later) = context.to.tables.get(&table.name) {
                let carried = self
                    .carried
                    .iter()
                    .filter(|column| *column.table == table.name);
                let columns: Vec<_> = carried.map(|column| column.before.name.as_str()).collect();
                let causes = Causes {
                    retyped: columns.clone(),
                    converted: columns,
                    rebuilt: Vec::new(),
                    before_indexes: true,
                };
                self.dependents.add(table, later, &causes);
            }
        }
    }

    /// New labels, each before the next old one, if the old ones stay and keep their order.
    pub(super) fn added_values(&self) -> Vec<Statement> {
        if !self.only_adds() {
            return Vec::new();
        }
        let old = |value: &&String| self.from.values.contains(value);
        let added = self
            .to
            .values
            .iter()
            .enumerate()
            .filter(|(_, value)| !old(value));
        added
            .map(|(position, value)| Statement::AddEnumValue {
                name: self.to.name.clone(),
                value: value.clone(),
                before: self.to.values[position..].iter().find(old).cloned(),
            })
            .collect()
    }

    /// The columns to text, the type made anew, and the columns back.
    pub(super) fn recreation(&self) -> Vec<Statement> {
        if self.only_adds() {
            return Vec::new();
        }
        let mut statements = self.dependents.drop();
        for column in &self.carried {
            column.to_text(&mut statements);
        }
        statements.push(Statement::DropEnum(self.from.name.clone()));
        statements.push(Statement::CreateEnum(self.to.clone()));
        for column in &self.carried {
            column.to_enum(&mut statements);
        }
        if !self.restores_late {
            statements.extend(self.dependents.restore());
        }
        statements
    }

    /// What comes back once columns that leave the enum have their later types.
    pub(super) fn late_restoration(&self) -> Vec<Statement> {
        if self.restores_late {
            self.dependents.restore()
        } else {
            Vec::new()
        }
    }

    /// What the recreation does to a column, if it does anything to it.
    pub(super) fn carries(&self, table: &QualifiedName, column: &str) -> Option<Carried> {
        if self.only_adds() {
            return None;
        }
        let carried = self
            .carried
            .iter()
            .find(|carried| carried.table == table && carried.before.name == column)?;
        Some(if carried.after.is_some() {
            Carried::Through
        } else {
            Carried::AsText
        })
    }

    fn only_adds(&self) -> bool {
        only_adds(self.from, self.to)
    }

    /// Whether the type is dropped and created again.
    pub(super) fn makes_anew(&self) -> bool {
        !self.only_adds()
    }

    pub(super) fn name(&self) -> &'a str {
        &self.from.name.name
    }

    /// The columns that go through text.
    pub(super) fn carried_columns(&self) -> impl Iterator<Item = (&'a QualifiedName, &'a str)> {
        let carried = self.carried.iter();
        carried.map(|column| (column.table, column.before.name.as_str()))
    }
}

impl CarriedColumn<'_> {
    fn to_text(&self, statements: &mut Vec<Statement>) {
        let (table, column) = (self.table.clone(), self.before.name.clone());
        let (default, _) = self.defaults();
        if self.before.default.is_some() && default.is_none() {
            statements.push(Statement::DropDefault {
                table: table.clone(),
                column: column.clone(),
            });
        }
        statements.push(Statement::SetDataType {
            table: table.clone(),
            column: column.clone(),
            data_type: match self.after {
                None => left_as(self.before).sql(),
                Some(_) => "text".to_owned(),
            },
            using: None,
        });
        if let Some(default) = default {
            statements.push(Statement::SetDefault {
                table,
                column,
                default: format!("{}::text", default.sql()),
            });
        }
    }

    fn to_enum(&self, statements: &mut Vec<Statement>) {
        let Some(after) = self.after else { return };
        let (table, column) = (self.table.clone(), self.before.name.clone());
        let data_type = after.data_type.qualified_sql();
        let (default, late_default) = self.defaults();
        if let Some(default) = default {
            let default = format!("{}::{data_type}", default.sql());
            statements.push(Statement::SetDefault {
                table: table.clone(),
                column: column.clone(),
                default,
            });
        }
        let using = Some(format!(
            "{}::{data_type}",
            pg_schema::quote_identifier(&column)
        ));
        statements.push(Statement::SetDataType {
            table: table.clone(),
            column: column.clone(),
            data_type,
            using,
        });
        if let Some(default) = late_default {
            statements.push(Statement::SetDefault {
                table,
                column,
                default: default.sql().to_owned(),
            });
        }
    }

    /// The later default, by whether it can go through text with the column or has to come after it: PostgreSQL prints a label with its type, and
    /// drops no type that a default names.
    fn defaults(&self) -> (Option<&DefaultValue>, Option<&DefaultValue>) {
        let names_type = |after: &Column, default: &DefaultValue| {
            mentions(default.sql(), after.data_type.base()) && default.sql().contains("::")
        };
        match self
            .after
            .and_then(|after| Some((after, after.default.as_ref()?)))
        {
            Some((after, default)) if names_type(after, default) => (None, Some(default)),
            Some((_, default)) => (Some(default), None),
            None => (None, None),
        }
    }
}

/// Whether a column that has the enum's type afterwards can become it by way of text: a value and an array of it are no text of each other, and
/// what else gives a column its value does not give text.
fn goes_through(before: &Column, after: &Column) -> bool {
    before.data_type.dimensions().is_empty() == after.data_type.dimensions().is_empty()
        && !before.data_type.is_serial()
        && before.identity.is_none()
        && before.generated.is_none()
}

/// The type in which a column waits for another one than the enum's.
pub(super) fn left_as(before: &Column) -> ColumnType {
    ColumnType::parse(if before.data_type.dimensions().is_empty() {
        "text"
    } else {
        "text[]"
    })
}

pub(super) fn is_of(data_type: &ColumnType, name: &QualifiedName) -> bool {
    data_type.schema() == Some(&name.schema) && data_type.base() == name.name
}

fn defaults_to_one_of(column: &Column, values: &[String]) -> bool {
    column.default.as_ref().is_none_or(|default| {
        values
            .iter()
            .any(|value| pg_schema::quote_literal(value) == default.sql())
    })
}
