//! Statements as data, and the one place that turns them into SQL.

mod definition;
mod index;

use pg_schema::{
    Check, Column, Enum, ForeignKey, Identity, Index, PrimaryKey, QualifiedName, Table, Unique,
    quote_identifier, quote_literal,
};

use self::definition::{
    check_constraint, column_definition, column_list, create_table, foreign_key, identity_clause,
    primary_key, unique_constraint,
};
use self::index::create_index;

/// A statement of a plan.
#[derive(Debug, Clone, PartialEq)]
#[expect(
    missing_docs,
    reason = "variants and fields are named after the SQL they stand for"
)]
pub enum Statement {
    CreateSchema(String),
    DropSchema(String),
    CreateEnum(Enum),
    AddEnumValue {
        name: QualifiedName,
        value: String,
        before: Option<String>,
    },
    DropEnum(QualifiedName),
    /// With its columns, primary key, unique and check constraints; foreign keys and indexes follow as statements of their own.
    CreateTable(Box<Table>),
    DropTable(QualifiedName),
    DisableRowSecurity(QualifiedName),
    AddColumn {
        table: QualifiedName,
        column: Column,
        primary_key: bool,
    },
    /// `rebuilt` when the column is added again at once, as drizzle-kit does to change a generated column.
    DropColumn {
        table: QualifiedName,
        column: String,
        rebuilt: bool,
    },
    SetDataType {
        table: QualifiedName,
        column: String,
        data_type: String,
        using: Option<String>,
    },
    SetDefault {
        table: QualifiedName,
        column: String,
        default: String,
    },
    DropDefault {
        table: QualifiedName,
        column: String,
    },
    SetNotNull {
        table: QualifiedName,
        column: String,
    },
    DropNotNull {
        table: QualifiedName,
        column: String,
    },
    DropExpression {
        table: QualifiedName,
        column: String,
    },
    AddIdentity {
        table: QualifiedName,
        column: String,
        identity: Identity,
    },
    AlterIdentity {
        table: QualifiedName,
        column: String,
        set: String,
    },
    DropIdentity {
        table: QualifiedName,
        column: String,
    },
    AddPrimaryKey {
        table: QualifiedName,
        key: PrimaryKey,
    },
    AddUnique {
        table: QualifiedName,
        unique: Unique,
    },
    AddCheck {
        table: QualifiedName,
        check: Check,
    },
    AddForeignKey {
        table: QualifiedName,
        key: ForeignKey,
    },
    /// `replaced` when one of the same name is added again at once.
    DropConstraint {
        table: QualifiedName,
        name: String,
        kind: ConstraintKind,
        replaced: bool,
    },
    CreateIndex {
        table: QualifiedName,
        index: Index,
    },
    DropIndex(QualifiedName),
    /// The sequence that `serial` stands for, behind a column that had none.
    CreateOwnedSequence {
        table: QualifiedName,
        column: String,
        sequence: QualifiedName,
        data_type: &'static str,
    },
    /// Lets a sequence go on behind the last value in a column, or begin at `start` if there is none.
    SetSequenceValue {
        table: QualifiedName,
        column: String,
        sequence: QualifiedName,
        increment: i64,
        start: i64,
    },
    AlterSequenceType {
        sequence: QualifiedName,
        data_type: &'static str,
    },
    RenameSequence {
        name: QualifiedName,
        to: String,
    },
    DropSequence(QualifiedName),
}

/// The kind of a constraint that is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the variants are the kinds")]
pub enum ConstraintKind {
    PrimaryKey,
    Unique,
    ForeignKey,
    Check,
}

impl Statement {
    /// The statement as SQL, with its semicolon, in drizzle-kit's words and spacing.
    #[must_use]
    pub fn sql(&self) -> String {
        match self {
            Self::CreateSchema(name) => format!("CREATE SCHEMA {};", quote_identifier(name)),
            Self::DropSchema(name) => format!("DROP SCHEMA {};", quote_identifier(name)),
            Self::CreateEnum(declared) => {
                let values: Vec<_> = declared
                    .values
                    .iter()
                    .map(|value| quote_literal(value))
                    .collect();
                format!(
                    "CREATE TYPE {} AS ENUM({});",
                    declared.name.sql(),
                    values.join(", ")
                )
            }
            Self::AddEnumValue {
                name,
                value,
                before,
            } => {
                let before = before.as_ref().map_or_else(String::new, |value| {
                    format!(" BEFORE {}", quote_literal(value))
                });
                format!(
                    "ALTER TYPE {} ADD VALUE {}{before};",
                    name.sql(),
                    quote_literal(value)
                )
            }
            Self::DropEnum(name) => format!("DROP TYPE {};", name.sql()),
            Self::CreateTable(table) => create_table(table),
            Self::DropTable(name) => format!("DROP TABLE {} CASCADE;", name.short_sql()),
            Self::CreateIndex { table, index } => create_index(table, index),
            Self::DropIndex(name) => format!("DROP INDEX {};", name.short_sql()),
            Self::CreateOwnedSequence {
                table,
                column,
                sequence,
                data_type,
            } => format!(
                "CREATE SEQUENCE {} AS {data_type} OWNED BY {}.{};",
                sequence.short_sql(),
                table.short_sql(),
                quote_identifier(column)
            ),
            Self::SetSequenceValue {
                table,
                column,
                sequence,
                increment,
                start,
            } => {
                let (further, last) = if *increment < 0 {
                    ("LEAST", "MIN")
                } else {
                    ("GREATEST", "MAX")
                };
                format!(
                    "SELECT setval({}, {further}((SELECT {last}({}) FROM {}) + {increment}, {start}), false);",
                    quote_literal(&sequence.short_sql()),
                    quote_identifier(column),
                    table.short_sql()
                )
            }
            Self::AlterSequenceType {
                sequence,
                data_type,
            } => {
                format!("ALTER SEQUENCE {} AS {data_type};", sequence.short_sql())
            }
            Self::RenameSequence { name, to } => {
                format!(
                    "ALTER SEQUENCE {} RENAME TO {};",
                    name.short_sql(),
                    quote_identifier(to)
                )
            }
            Self::DropSequence(name) => format!("DROP SEQUENCE {};", name.short_sql()),
            _ => self.alter_table(),
        }
    }

    /// Whether drizzle-kit ends the statement's text with a line break of its own, which shows before a breakpoint and at a file's end.
    #[must_use]
    pub fn ends_with_newline(&self) -> bool {
        matches!(
            self,
            Self::CreateSchema(_)
                | Self::DropSchema(_)
                | Self::CreateTable(_)
                | Self::DropConstraint {
                    kind: ConstraintKind::ForeignKey,
                    ..
                }
                | Self::DropConstraint { replaced: true, .. }
        )
    }

    fn alter_table(&self) -> String {
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
                alter_column(column, &format!("SET DEFAULT {default}")),
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
            Self::DropConstraint { table, name, .. } => {
                (table, format!("DROP CONSTRAINT {}", quote_identifier(name)))
            }
            Self::DisableRowSecurity(table) => (table, "DISABLE ROW LEVEL SECURITY".to_owned()),
            other => unreachable!("{other:?} is no ALTER TABLE"),
        };
        format!("ALTER TABLE {} {action};", table.short_sql())
    }
}

fn alter_column(column: &str, action: &str) -> String {
    format!("ALTER COLUMN {} {action}", quote_identifier(column))
}
