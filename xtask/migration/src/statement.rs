//! Statements as data, and the one place that turns them into SQL.

mod comment;
mod definition;
mod index;
mod kind;
mod rename;
mod security;
mod sequence;
mod table;
mod view;

use std::sync::Arc;

use pg_schema::{
    Check, Column, CommentTarget, Deferrable, Enum, Extension, ForeignKey, GlobalKind, Identity,
    Index, Policy, PrimaryKey, QualifiedName, Role, Sequence, SequenceType, Table, Unique, View,
    quote_identifier, quote_literal,
};

use self::comment::comment_on;
pub(crate) use self::definition::collated;
use self::definition::create_table;
use self::index::create_index;
use self::security::{alter_policy, alter_role, create_policy, create_role, drop_policy};
use self::view::{create_view, view_kind};

/// A statement of a plan.
#[derive(Debug, Clone, PartialEq)]
#[expect(
    missing_docs,
    reason = "variants and fields are named after the SQL they stand for"
)]
pub enum Statement {
    CreateSchema(String),
    DropSchema(String),
    /// An extension is often there already: somebody with more rights has made it, or a reset has left it.
    CreateExtension(Extension),
    SetExtensionSchema {
        name: String,
        schema: String,
    },
    DropExtension(String),
    CreateEnum(Enum),
    AddEnumValue {
        name: QualifiedName,
        value: String,
        before: Option<String>,
    },
    DropEnum(QualifiedName),
    /// With its columns, primary key, unique and check constraints; foreign keys and indexes follow as statements of their own.
    CreateTable(Arc<Table>),
    DropTable(QualifiedName),
    EnableRowSecurity(QualifiedName),
    DisableRowSecurity(QualifiedName),
    AddColumn {
        table: QualifiedName,
        column: Box<Column>,
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
    /// When a foreign key is checked, which is all that can be altered of one.
    DeferForeignKey {
        table: QualifiedName,
        name: String,
        deferrable: Deferrable,
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
    CreateSequence(Sequence),
    /// With all options, as drizzle-kit states them; `retyped` when it has counted in another type, `no_cycle` when it has cycled before.
    AlterSequence {
        sequence: Sequence,
        retyped: bool,
        no_cycle: bool,
    },
    /// The column with which it goes.
    OwnSequence {
        name: QualifiedName,
        owner: Option<(QualifiedName, String)>,
    },
    /// Bounds that hold the old and the new ones, in a type that holds them.
    WidenSequence {
        name: QualifiedName,
        data_type: Option<SequenceType>,
        min: i64,
        max: i64,
    },
    /// Lets a sequence begin at `start` if it has counted to nothing between `min` and `max`.
    RestartSequenceOutside {
        name: QualifiedName,
        min: i64,
        max: i64,
        start: i64,
    },
    DropSequence(QualifiedName),
    CreateRole(Role),
    AlterRole(Role),
    DropRole(String),
    CreatePolicy {
        on: PolicyTable,
        policy: Policy,
    },
    AlterPolicy {
        on: PolicyTable,
        policy: Policy,
    },
    DropPolicy {
        on: PolicyTable,
        name: String,
    },
    CreateView(Box<View>),
    AlterView {
        name: QualifiedName,
        materialized: bool,
        action: String,
    },
    DropView {
        name: QualifiedName,
        materialized: bool,
    },
    /// Without a text it is taken away. `materialized` when it is on a materialized view, which COMMENT has to say.
    Comment {
        on: CommentTarget,
        materialized: bool,
        text: Option<String>,
    },
    RenameGlobal {
        kind: GlobalKind,
        name: String,
        to: String,
    },
    RenameRelation {
        relation: RelationWord,
        name: QualifiedName,
        to: String,
    },
    SetSchema {
        relation: RelationWord,
        name: QualifiedName,
        schema: String,
    },
    RenameColumn {
        table: QualifiedName,
        column: String,
        to: String,
    },
    RenameConstraint {
        table: QualifiedName,
        name: String,
        to: String,
    },
    RenameIndex {
        name: QualifiedName,
        to: String,
    },
    RenameEnumValue {
        name: QualifiedName,
        value: String,
        to: String,
    },
    RenamePolicy {
        on: PolicyTable,
        name: String,
        to: String,
    },
}

/// What is renamed or moved, as ALTER calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the variants are the kinds")]
pub enum RelationWord {
    Type,
    Sequence,
    Table,
    View,
    MaterializedView,
}

/// The table of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyTable {
    /// The table.
    pub name: QualifiedName,
    /// Whether it is in neither state. Only of such a table drizzle-kit states the schema `public`.
    pub linked: bool,
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
            Self::CreateExtension(extension) => {
                let schema = extension.schema.as_ref();
                let schema = schema.map_or_else(String::new, |schema| {
                    format!(" WITH SCHEMA {}", quote_identifier(schema))
                });
                format!(
                    "CREATE EXTENSION IF NOT EXISTS {}{schema};",
                    quote_identifier(&extension.name)
                )
            }
            Self::SetExtensionSchema { name, schema } => format!(
                "ALTER EXTENSION {} SET SCHEMA {};",
                quote_identifier(name),
                quote_identifier(schema)
            ),
            Self::DropExtension(name) => format!("DROP EXTENSION {};", quote_identifier(name)),
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
            Self::CreateOwnedSequence { .. }
            | Self::SetSequenceValue { .. }
            | Self::AlterSequenceType { .. }
            | Self::RenameSequence { .. }
            | Self::CreateSequence(_)
            | Self::AlterSequence { .. }
            | Self::OwnSequence { .. }
            | Self::WidenSequence { .. }
            | Self::RestartSequenceOutside { .. }
            | Self::DropSequence(_) => self.sequence(),
            Self::CreateRole(role) => create_role(role),
            Self::AlterRole(role) => alter_role(role),
            Self::DropRole(name) => format!("DROP ROLE {};", quote_identifier(name)),
            Self::CreatePolicy { on, policy } => create_policy(on, policy),
            Self::AlterPolicy { on, policy } => alter_policy(on, policy),
            Self::DropPolicy { on, name } => drop_policy(on, name),
            Self::CreateView(view) => create_view(view),
            Self::AlterView {
                name,
                materialized,
                action,
            } => format!(
                "ALTER {} {} {action};",
                view_kind(*materialized),
                name.sql()
            ),
            Self::DropView { name, materialized } => {
                format!("DROP {} {};", view_kind(*materialized), name.sql())
            }
            Self::Comment {
                on,
                materialized,
                text,
            } => comment_on(on, *materialized, text.as_deref()),
            Self::RenameGlobal { .. }
            | Self::RenameRelation { .. }
            | Self::SetSchema { .. }
            | Self::RenameColumn { .. }
            | Self::RenameConstraint { .. }
            | Self::RenameIndex { .. }
            | Self::RenameEnumValue { .. }
            | Self::RenamePolicy { .. } => self.rename(),
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
                | Self::RenameGlobal {
                    kind: GlobalKind::Namespace,
                    ..
                }
                | Self::SetSchema {
                    relation: RelationWord::Table,
                    ..
                }
        )
    }
}
