//! Other names and other schemas.

use pg_schema::{GlobalKind, quote_identifier, quote_literal};

use super::{RelationWord, Statement};

impl Statement {
    pub(super) fn rename(&self) -> String {
        let quoted = |name: &str| quote_identifier(name);
        match self {
            Self::RenameGlobal { kind, name, to } => {
                let word = match kind {
                    GlobalKind::Namespace => "SCHEMA",
                    GlobalKind::Role => "ROLE",
                };
                format!("ALTER {word} {} RENAME TO {};", quoted(name), quoted(to))
            }
            Self::RenameRelation { relation, name, to } => {
                let named = match relation {
                    RelationWord::Table => name.short_sql(),
                    _ => name.sql(),
                };
                format!("ALTER {} {named} RENAME TO {};", relation.sql(), quoted(to))
            }
            Self::SetSchema {
                relation,
                name,
                schema,
            } => format!(
                "ALTER {} {} SET SCHEMA {};",
                relation.sql(),
                name.sql(),
                quoted(schema)
            ),
            Self::RenameColumn { table, column, to } => {
                format!(
                    "ALTER TABLE {} RENAME COLUMN {} TO {};",
                    table.short_sql(),
                    quoted(column),
                    quoted(to)
                )
            }
            Self::RenameConstraint { table, name, to } => {
                format!(
                    "ALTER TABLE {} RENAME CONSTRAINT {} TO {};",
                    table.short_sql(),
                    quoted(name),
                    quoted(to)
                )
            }
            Self::RenameIndex { name, to } => {
                format!("ALTER INDEX {} RENAME TO {};", name.short_sql(), quoted(to))
            }
            Self::RenameEnumValue { name, value, to } => format!(
                "ALTER TYPE {} RENAME VALUE {} TO {};",
                name.sql(),
                quote_literal(value),
                quote_literal(to)
            ),
            Self::RenamePolicy { on, name, to } => format!(
                "ALTER POLICY {} ON {} RENAME TO {};",
                quoted(name),
                on.sql(),
                quoted(to)
            ),
            other => unreachable!("{other:?} renames nothing"),
        }
    }
}

impl RelationWord {
    fn sql(self) -> &'static str {
        match self {
            Self::Type => "TYPE",
            Self::Sequence => "SEQUENCE",
            Self::Table => "TABLE",
            Self::View => "VIEW",
            Self::MaterializedView => "MATERIALIZED VIEW",
        }
    }
}
