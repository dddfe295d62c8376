//! The places of primary keys in the order.

use pg_schema::{PrimaryKey, QualifiedName, Schema};

use super::context::Context;
use super::order::{Order, drop_constraint};
use crate::diff::{Change, Difference};
use crate::statement::{ConstraintKind, Statement};

impl Order<'_> {
    pub(super) fn drop_named_keys(&mut self) {
        let context = self.context;
        self.phase(|change| match change {
            Change::PrimaryKey(table, difference) => {
                let replaced = difference
                    .to()
                    .is_some_and(|key| context.replaces_key(table, key));
                let named = difference
                    .from()
                    .filter(|key| key.name.is_some() && !replaced);
                named.map(|key| {
                    drop_constraint(
                        table,
                        &primary_key_name(table, key),
                        ConstraintKind::PrimaryKey,
                    )
                })
            }
            _ => None,
        });
    }

    /// A named key comes before new columns, as drizzle-kit has it, unless it needs one of them.
    pub(super) fn add_named_keys(&mut self, on_new_columns: bool) {
        let context = self.context;
        self.phase(|change| match change {
            Change::PrimaryKey(table, difference) => difference
                .to()
                .filter(|key| key.name.is_some() && !context.replaces_key(table, key))
                .filter(|key| {
                    key.columns
                        .iter()
                        .any(|column| context.adds_column(table, column))
                        == on_new_columns
                })
                .map(|key| Statement::AddPrimaryKey {
                    table: table.clone(),
                    key: key.clone(),
                }),
            _ => None,
        });
    }

    pub(super) fn replace_keys(&mut self) {
        let context = self.context;
        self.phase(|change| match change {
            Change::PrimaryKey(table, Difference::Altered { to, .. })
                if context.replaces_key(table, to) =>
            {
                vec![
                    Statement::DropConstraint {
                        table: table.clone(),
                        name: primary_key_name(table, to),
                        kind: ConstraintKind::PrimaryKey,
                        replaced: true,
                    },
                    Statement::AddPrimaryKey {
                        table: table.clone(),
                        key: to.clone(),
                    },
                ]
            }
            _ => Vec::new(),
        });
    }
}

/// The statements of a primary key that has no name on one of its sides. The key of a new column is part of ADD COLUMN, and that of a dropped
/// column goes with it.
pub(super) fn unnamed_key(
    context: &Context,
    table: &QualifiedName,
    difference: &Difference<PrimaryKey>,
) -> Vec<Statement> {
    let unnamed = |key: &&PrimaryKey| key.name.is_none();
    let mut statements = Vec::new();
    if let Some(key) = difference.from().filter(unnamed) {
        let goes_along = difference.to().is_none()
            && key
                .columns
                .iter()
                .any(|column| context.drops_column(table, column));
        if !goes_along {
            statements.push(drop_constraint(
                table,
                &primary_key_name(table, key),
                ConstraintKind::PrimaryKey,
            ));
        }
    }
    if let Some(key) = difference.to().filter(unnamed)
        && !key
            .columns
            .iter()
            .any(|column| context.adds_column(table, column))
    {
        statements.push(Statement::AddPrimaryKey {
            table: table.clone(),
            key: key.clone(),
        });
    }
    statements
}

/// A column that a primary key has made NOT NULL stays so without it, and is let go if nothing else of it changes.
pub(super) fn released_columns(
    context: &Context,
    table: &QualifiedName,
    difference: &Difference<PrimaryKey>,
) -> Vec<Statement> {
    let columns = difference.from().map_or(&[][..], |key| &key.columns);
    let released = columns.iter().filter(|name| {
        let column = |schema: &Schema| Some(schema.tables.get(table)?.columns.get(*name)?.clone());
        let (from, to) = (column(context.from), column(context.to));
        context.key_releases(table, name)
            && from == to
            && to.is_some_and(|column| !column.is_not_null())
    });
    released
        .map(|column| Statement::DropNotNull {
            table: table.clone(),
            column: column.clone(),
        })
        .collect()
}

/// (drizzle-kit does not know the name of an unnamed key and writes a comment that asks the reader to find it.)
fn primary_key_name(table: &QualifiedName, key: &PrimaryKey) -> String {
    key.name_on(table).into_owned()
}
