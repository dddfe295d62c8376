//! What PostgreSQL computes from a column, and cannot keep while the column's type changes or the column itself is made anew.

use pg_schema::{Check, Column, Index, QualifiedName, Table, Unique, mentions};

use super::columns::rebuilds;
use crate::statement::{ConstraintKind, Statement};

/// Columns of a table whose change others do not survive.
#[derive(Default)]
pub(super) struct Causes<'a> {
    /// Columns that get another type, and so cannot be part of a generation expression meanwhile (manual, 5.4).
    pub(super) retyped: Vec<&'a str>,
    /// Those of them of which the SQL of checks and indexes, which PostgreSQL reads anew, may not make sense any more.
    pub(super) converted: Vec<&'a str>,
    /// Columns that are dropped and added again, with which PostgreSQL drops their constraints and indexes.
    pub(super) rebuilt: Vec<&'a str>,
    /// Whether this comes before the place at which indexes are dropped.
    pub(super) before_indexes: bool,
}

/// Parts of tables that go before such a change, and come back after it in their later form.
#[derive(Default)]
pub(super) struct Dependents<'a> {
    checks: Vec<(&'a QualifiedName, &'a Check)>,
    uniques: Vec<(&'a QualifiedName, &'a Unique)>,
    indexes: Vec<(&'a QualifiedName, &'a Index)>,
    /// Indexes that only go.
    dropped_indexes: Vec<(&'a QualifiedName, &'a Index)>,
    generated: Vec<(&'a QualifiedName, &'a Column)>,
    /// Generated columns that only go.
    dropped: Vec<(&'a QualifiedName, &'a Column)>,
    /// Generated columns that stay as plain ones.
    plain: Vec<(&'a QualifiedName, &'a Column)>,
}

impl<'a> Dependents<'a> {
    pub(super) fn add(&mut self, from: &'a Table, to: &'a Table, causes: &Causes<'a>) {
        let table = &from.name;
        let mentioned =
            |columns: &[&str], sql: &str| columns.iter().any(|column| mentions(sql, column));
        let computed = |column: &Column| {
            let expression = column.generated.as_ref();
            expression.is_some_and(|sql| {
                mentioned(&causes.retyped, sql) || mentioned(&causes.rebuilt, sql)
            })
        };
        let mut rebuilt = causes.rebuilt.clone();
        for column in &from.columns {
            match to.columns.get(&column.name) {
                None if computed(column) => self.dropped.push((table, column)),
                Some(later) if later.generated.is_none() && computed(column) => {
                    self.plain.push((table, column));
                }
                Some(later) if computed(later) || computed(column) && rebuilds(column, later) => {
                    rebuilt.push(&column.name);
                    self.generated.push((table, later));
                }
                _ => {}
            }
        }
        let checks = from.checks.iter().filter(|check| {
            let depends = mentioned(&causes.converted, &check.expression)
                || mentioned(&rebuilt, &check.expression);
            depends && to.checks.get(&check.name) == Some(check)
        });
        self.checks.extend(checks.map(|check| (table, check)));
        let uniques = from.uniques.iter().filter(|unique| {
            let depends = unique
                .columns
                .iter()
                .any(|column| rebuilt.contains(&column.as_str()));
            depends && to.uniques.get(&unique.name) == Some(unique)
        });
        self.uniques.extend(uniques.map(|unique| (table, unique)));
        let (kept, dropped): (Vec<_>, Vec<_>) = from
            .indexes
            .iter()
            .filter(|index| {
                causes.converted.iter().any(|column| {
                    index.mentions(column)
                        || causes.before_indexes && needs_its_type(index) && index.uses(column)
                }) || rebuilt.iter().any(|column| index.uses(column))
            })
            .map(|index| (table, index))
            .partition(|(_, index)| {
                let later = to.indexes.get(&index.name);
                later.is_some_and(|later| later.same_state(index))
            });
        self.indexes.extend(kept);
        if causes.before_indexes {
            self.dropped_indexes.extend(dropped);
        }
    }

    /// Whether the column needs no other statement.
    pub(super) fn settles(&self, table: &QualifiedName, column: &str) -> bool {
        let mut settled = self.generated.iter().chain(&self.dropped);
        settled.any(|(at, settled)| *at == table && settled.name == column)
    }

    /// Whether the index has gone before its turn.
    pub(super) fn drops_index(&self, table: &QualifiedName, index: &str) -> bool {
        let mut dropped = self.dropped_indexes.iter();
        dropped.any(|(at, dropped)| *at == table && dropped.name == index)
    }

    /// The generated columns that come back.
    pub(super) fn generated(&self) -> impl Iterator<Item = &'a Column> {
        self.generated.iter().map(|(_, column)| *column)
    }

    /// The columns that go before their turn.
    pub(super) fn dropped(&self) -> impl Iterator<Item = (&'a QualifiedName, &'a str)> {
        let dropped = self.dropped.iter();
        dropped.map(|(table, column)| (*table, column.name.as_str()))
    }

    /// Whether the column has lost its generation expression already.
    pub(super) fn makes_plain(&self, table: &QualifiedName, column: &str) -> bool {
        let mut plain = self.plain.iter();
        plain.any(|(at, plain)| *at == table && plain.name == column)
    }

    /// What goes before.
    pub(super) fn drop(&self) -> Vec<Statement> {
        let constraint = |table: &QualifiedName, name: &str, kind| Statement::DropConstraint {
            table: table.clone(),
            name: name.to_owned(),
            kind,
            replaced: false,
        };
        let column = |table: &QualifiedName, column: &Column, rebuilt| Statement::DropColumn {
            table: table.clone(),
            column: column.name.clone(),
            rebuilt,
        };
        let mut statements = Vec::new();
        let uniques = self.uniques.iter();
        statements.extend(
            uniques.map(|(table, unique)| constraint(table, &unique.name, ConstraintKind::Unique)),
        );
        let checks = self.checks.iter();
        statements.extend(
            checks.map(|(table, check)| constraint(table, &check.name, ConstraintKind::Check)),
        );
        let indexes = self.indexes.iter().chain(&self.dropped_indexes);
        statements.extend(indexes.map(|(table, index)| {
            Statement::DropIndex(QualifiedName::new(&table.schema, &index.name))
        }));
        let generated = self.generated.iter();
        statements.extend(generated.map(|(table, generated)| column(table, generated, true)));
        let dropped = self.dropped.iter();
        statements.extend(dropped.map(|(table, dropped)| column(table, dropped, false)));
        statements.extend(
            self.plain
                .iter()
                .map(|(table, plain)| Statement::DropExpression {
                    table: (*table).clone(),
                    column: plain.name.clone(),
                }),
        );
        statements
    }

    /// What comes back after.
    pub(super) fn restore(&self) -> Vec<Statement> {
        let mut statements = Vec::new();
        statements.extend(
            self.generated
                .iter()
                .map(|(table, column)| Statement::AddColumn {
                    table: (*table).clone(),
                    column: Box::new((*column).clone()),
                    primary_key: false,
                }),
        );
        statements.extend(
            self.indexes
                .iter()
                .map(|(table, index)| Statement::CreateIndex {
                    table: (*table).clone(),
                    // Its table is locked as it is.
                    index: Index {
                        concurrently: false,
                        ..(*index).clone()
                    },
                }),
        );
        statements.extend(
            self.uniques
                .iter()
                .map(|(table, unique)| Statement::AddUnique {
                    table: (*table).clone(),
                    unique: (*unique).clone(),
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
}

/// Whether the index may not be one of texts, as which the values of an enum wait for its recreation.
fn needs_its_type(index: &Index) -> bool {
    let classed = index.keys.iter().any(|key| key.operator_class.is_some());
    classed || !["btree", "hash"].contains(&index.method.as_str())
}
