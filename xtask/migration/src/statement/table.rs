//! ALTER TABLE.

use pg_schema::{Deferrable, quote_identifier};

use super::Statement;
use super::definition::{
    check_constraint, column_definition, column_list, foreign_key, identity_clause, primary_key,
    unique_constraint,
};
use crate::sql::break_after;

impl Statement {
    pub(super) fn alter_table(&self) -> String {
        let (table, action) = match self {
            Self::AddColumn {
                table,
                column,
                primary_key,
            } => (
                table,
                format!(
                    "ADD COLUMN {}",
                    column_definition(column, *primary_key, true)
                ),
            ),
            Self::DropColumn {
                table,
                column,
                rebuilt,
            } => {
                let verb = if *rebuilt {
                    "drop column"
                } else {
                    "DROP COLUMN"
                };
                (table, format!("{verb} {}", quote_identifier(column)))
            }
            Self::SetDataType {
                table,
                column,
                data_type,
                using,
            } => {
                let using = using
                    .as_ref()
                    .map_or_else(String::new, |expression| format!(" USING {expression}"));
                (
                    table,
                    alter_column(column, &format!("SET DATA TYPE {data_type}{using}")),
                )
            }
            Self::SetDefault {
                table,
                column,
                default,
            } => (
                table,
                alter_column(
                    column,
                    &format!("SET DEFAULT {default}{}", break_after(default)),
                ),
            ),
            Self::DropDefault { table, column } => (table, alter_column(column, "DROP DEFAULT")),
            Self::SetNotNull { table, column } => (table, alter_column(column, "SET NOT NULL")),
            Self::DropNotNull { table, column } => (table, alter_column(column, "DROP NOT NULL")),
            Self::DropExpression { table, column } => {
                (table, alter_column(column, "DROP EXPRESSION"))
            }
            Self::AddIdentity {
                table,
                column,
                identity,
            } => (
                table,
                alter_column(column, &format!("ADD {}", identity_clause(identity))),
            ),
            Self::AlterIdentity { table, column, set } => {
                (table, alter_column(column, &format!("SET {set}")))
            }
            Self::DropIdentity { table, column } => (table, alter_column(column, "DROP IDENTITY")),
            Self::AddPrimaryKey { table, key } => (
                table,
                match &key.name {
                    Some(_) => format!("ADD {}", primary_key(key)),
                    None => format!("ADD PRIMARY KEY ({})", column_list(&key.columns)),
                },
            ),
            Self::AddUnique { table, unique } => {
                (table, format!("ADD {}", unique_constraint(unique)))
            }
            Self::AddCheck { table, check } => (table, format!("ADD {}", check_constraint(check))),
            Self::AddForeignKey { table, key } => (table, format!("ADD {}", foreign_key(key))),
            Self::DeferForeignKey {
                table,
                name,
                deferrable,
            } => {
                let deferrable = match deferrable {
                    Deferrable::No => " NOT DEFERRABLE",
                    // What is not said stays as it is.
                    Deferrable::InitiallyImmediate => " DEFERRABLE INITIALLY IMMEDIATE",
                    Deferrable::InitiallyDeferred => deferrable.sql(),
                };
                let name = quote_identifier(name);
                (table, format!("ALTER CONSTRAINT {name}{deferrable}"))
            }
            Self::DropConstraint { table, name, .. } => {
                (table, format!("DROP CONSTRAINT {}", quote_identifier(name)))
            }
            Self::EnableRowSecurity(table) => (table, "ENABLE ROW LEVEL SECURITY".to_owned()),
            Self::DisableRowSecurity(table) => (table, "DISABLE ROW LEVEL SECURITY".to_owned()),
            other => unreachable!("{other:?} is no ALTER TABLE"),
        };
        format!("ALTER TABLE {} {action};", table.short_sql())
    }
}

fn alter_column(column: &str, action: &str) -> String {
    format!("ALTER COLUMN {} {action}", quote_identifier(column))
}
