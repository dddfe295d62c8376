//! Changes of an enum's labels. New ones are added; for anything else PostgreSQL has no statement, and the type is made anew.

use pg_schema::{Check, Column, ColumnType, Enum, Index, QualifiedName, Table};

use super::context::Context;
use crate::diff::{Change, Difference};
use crate::statement::{ConstraintKind, Statement, altered_type};

/// A change of an enum that is in both states.
pub(super) struct EnumChange<'a> {
    /// Its place among the changes.
    pub(super) index: usize,
    from: &'a Enum,
    to: &'a Enum,
    carried: Vec<CarriedColumn<'a>>,
    /// Whether a table is created with a default that the type has only afterwards.
    pub(super) needed_by_new_tables: bool,
    checks: Vec<(&'a QualifiedName, &'a Check)>,
    indexes: Vec<(&'a QualifiedName, &'a Index)>,
    generated: Vec<(&'a QualifiedName, &'a Column)>,
}

/// A column that goes through text while its type is made anew.
struct CarriedColumn<'a> {
    table: &'a QualifiedName,
    before: &'a Column,
    /// `None` when it has another type, or is gone, afterwards.
    after: Option<&'a Column>,
}

/// What the recreation of an enum has done to a column already.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Carried {
    /// It has its new type and default.
    Through,
    /// It is text without a default.
    AsText,
}

impl<'a> EnumChange<'a> {
    pub(super) fn all(context: Context<'a>) -> Vec<Self> {
        let altered =
            context
                .changes
                .iter()
                .enumerate()
                .filter_map(|(index, change)| match change {
                    Change::Enum(Difference::Altered { from, to }) => Some((index, from, to)),
                    _ => None,
                });
        altered
            .map(|(index, from, to)| Self::new(index, from, to, context))
            .collect()
    }

    fn new(index: usize, from: &'a Enum, to: &'a Enum, context: Context<'a>) -> Self {
        let is_of = |column: &&Column| is_of(&column.data_type, &from.name);
        let mut created = Vec::new();
        let mut carried = Vec::new();
        for table in &context.to.tables {
            for after in table.columns.iter().filter(is_of) {
                match context.from.tables.get(&table.name) {
                    None => created.push(CarriedColumn {
                        table: &table.name,
                        before: after,
                        after: Some(after),
                    }),
                    Some(earlier) => {
                        carried.extend(earlier.columns.get(&after.name).map(|before| {
                            CarriedColumn {
                                table: &table.name,
                                before,
                                after: Some(after),
                            }
                        }));
                    }
                }
            }
        }
        let needed_by_new_tables = created
            .iter()
            .any(|column| !defaults_to_one_of(column.before, &from.values));
        if !needed_by_new_tables {
            carried.extend(created);
        }
        for table in &context.from.tables {
            let Some(later) = context.to.tables.get(&table.name) else {
                continue;
            };
            let leaves =
                |column: &&Column| !later.columns.get(&column.name).as_ref().is_some_and(is_of);
            let leaving = table.columns.iter().filter(is_of).filter(leaves);
            carried.extend(leaving.map(|before| CarriedColumn {
                table: &table.name,
                before,
                after: None,
            }));
        }
        let mut change = Self {
            index,
            from,
            to,
            carried,
            needed_by_new_tables,
            checks: Vec::new(),
            indexes: Vec::new(),
            generated: Vec::new(),
        };
        change.find_dependents(context);
        change
    }

    /// Generated columns, checks and indexes whose SQL mentions a carried column: PostgreSQL would have to read it anew with a column of text,
    /// and cannot.
    fn find_dependents(&mut self, context: Context<'a>) {
        for table in &context.from.tables {
            let Some(later) = context.to.tables.get(&table.name) else {
                continue;
            };
            let name = &table.name;
            let carried = self.carried.iter().filter(|column| column.table == name);
            let columns: Vec<_> = carried.map(|column| column.before.name.as_str()).collect();
            let mentions =
                |columns: &[&str], sql: &str| columns.iter().any(|column| sql.contains(column));
            let computed = table.columns.iter().filter(|column| {
                column
                    .generated
                    .as_ref()
                    .is_some_and(|sql| mentions(&columns, sql))
                    && later.columns.get(&column.name) == Some(column)
            });
            let computed: Vec<_> = computed.collect();
            let checks = table.checks.iter().filter(|check| {
                mentions(&columns, &check.expression)
                    && later.checks.get(&check.name) == Some(check)
            });
            self.checks.extend(checks.map(|check| (name, check)));
            let indexes = table.indexes.iter().filter(|index| {
                let depends = columns.iter().any(|column| index.mentions(column));
                (depends || computed.iter().any(|column| index.uses(&column.name)))
                    && later
                        .indexes
                        .get(&index.name)
                        .is_some_and(|later| later.same_state(index))
            });
            self.indexes.extend(indexes.map(|index| (name, index)));
            self.generated
                .extend(computed.into_iter().map(|column| (name, column)));
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
        let mut statements = Vec::new();
        statements.extend(
            self.checks
                .iter()
                .map(|(table, check)| Statement::DropConstraint {
                    table: (*table).clone(),
                    name: check.name.clone(),
                    kind: ConstraintKind::Check,
                    replaced: false,
                }),
        );
        statements.extend(self.indexes.iter().map(|(table, index)| {
            Statement::DropIndex(QualifiedName::new(&table.schema, &index.name))
        }));
        statements.extend(
            self.generated
                .iter()
                .map(|(table, column)| Statement::DropColumn {
                    table: (*table).clone(),
                    column: column.name.clone(),
                    rebuilt: true,
                }),
        );
        for column in &self.carried {
            column.to_text(&mut statements);
        }
        statements.push(Statement::DropEnum(self.from.name.clone()));
        statements.push(Statement::CreateEnum(self.to.clone()));
        for column in &self.carried {
            column.from_text(&mut statements);
        }
        statements.extend(
            self.generated
                .iter()
                .map(|(table, column)| Statement::AddColumn {
                    table: (*table).clone(),
                    column: (*column).clone(),
                    primary_key: false,
                }),
        );
        statements.extend(
            self.indexes
                .iter()
                .map(|(table, index)| Statement::CreateIndex {
                    table: (*table).clone(),
                    index: (*index).clone(),
                }),
        );
        statements.extend(
            self.checks
                .iter()
                .map(|(table, check)| Statement::AddCheck {
                    table: (*table).clone(),
                    check: (*check).clone(),
                }),
        );
        statements
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
        let mut later = self.to.values.iter();
        self.from
            .values
            .iter()
            .all(|value| later.any(|label| label == value))
    }
}

impl CarriedColumn<'_> {
    fn to_text(&self, statements: &mut Vec<Statement>) {
        let (table, column) = (self.table.clone(), self.before.name.clone());
        let default = self.after.and_then(|after| after.default.as_ref());
        if self.before.default.is_some() && default.is_none() {
            statements.push(Statement::DropDefault {
                table: table.clone(),
                column: column.clone(),
            });
        }
        statements.push(Statement::SetDataType {
            table: table.clone(),
            column: column.clone(),
            data_type: "text".to_owned(),
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

    fn from_text(&self, statements: &mut Vec<Statement>) {
        let Some(after) = self.after else { return };
        let (table, column) = (self.table.clone(), self.before.name.clone());
        let data_type = altered_type(&after.data_type);
        if let Some(default) = &after.default {
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
            table,
            column,
            data_type,
            using,
        });
    }
}

fn is_of(data_type: &ColumnType, name: &QualifiedName) -> bool {
    data_type.schema() == Some(&name.schema) && data_type.base() == name.name
}

fn defaults_to_one_of(column: &Column, values: &[String]) -> bool {
    column.default.as_ref().is_none_or(|default| {
        values
            .iter()
            .any(|value| pg_schema::quote_literal(value) == default.sql())
    })
}
