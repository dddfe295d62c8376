//! The state of a database as data: what is compared, planned and rendered.

mod column;
mod column_type;
mod comment;
mod constraint;
mod extension;
mod index;
mod objects;
mod role;
mod sequence;
mod table;
mod view;

use std::fmt;

pub use column::{Column, DefaultValue, Identity, IdentityKind};
pub use column_type::ColumnType;
pub use comment::{Comment, CommentTarget};
pub use constraint::{Check, Deferrable, ForeignKey, PrimaryKey, ReferentialAction, Unique};
pub use extension::Extension;
pub use index::{Index, IndexKey, IndexTerm, NullsOrder, SortOrder, StorageParameter};
pub use objects::{Object, Objects};
pub use role::{LinkedPolicy, Policy, PolicyCommand, Role};
pub use sequence::{Sequence, SequenceOptions, SequenceType};
pub use table::Table;
pub use view::View;

use crate::quote::quote_identifier;

/// The schema that PostgreSQL creates in every database and drizzle leaves out of its SQL.
pub const PUBLIC: &str = "public";

/// The longest name PostgreSQL keeps, in bytes (`NAMEDATALEN - 1`; manual, 4.1.1).
pub const MAX_NAME_BYTES: usize = 63;

/// A state of a database.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Schema {
    /// Schemas (namespaces) other than `public`.
    pub schemas: Objects<Namespace>,
    /// Enum types.
    pub enums: Objects<Enum>,
    /// Sequences that stand for themselves; those of serial and identity columns belong to their column.
    pub sequences: Objects<Sequence>,
    /// Ordinary tables.
    pub tables: Objects<Table>,
    /// Views and materialized views.
    pub views: Objects<View>,
    /// Policies on tables that this state does not hold; a table's own policies are in the table.
    pub policies: Objects<LinkedPolicy>,
    /// Roles. They belong to the whole server, not to one database.
    pub roles: Objects<Role>,
    /// Extensions.
    pub extensions: Objects<Extension>,
    /// Comments on all of these.
    pub comments: Objects<Comment>,
}

/// A name and the schema it lies in; `public` is stated.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct QualifiedName {
    /// The schema.
    pub schema: String,
    /// The name inside the schema.
    pub name: String,
}

impl QualifiedName {
    /// `schema.name`.
    pub fn new(schema: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            schema: schema.into(),
            name: name.into(),
        }
    }

    /// Whether it lies in the schema `public`.
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.schema == PUBLIC
    }

    /// As SQL with the schema always stated: `"schema"."name"`.
    #[must_use]
    pub fn sql(&self) -> String {
        format!(
            "{}.{}",
            quote_identifier(&self.schema),
            quote_identifier(&self.name)
        )
    }

    /// As SQL in drizzle's way, which leaves `public` out: `"name"`.
    #[must_use]
    pub fn short_sql(&self) -> String {
        if self.is_public() {
            quote_identifier(&self.name)
        } else {
            self.sql()
        }
    }
}

/// For people: `name`, or `schema.name` outside `public`.
impl fmt::Display for QualifiedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_public() {
            f.write_str(&self.name)
        } else {
            write!(f, "{}.{}", self.schema, self.name)
        }
    }
}

/// A schema in PostgreSQL's sense: a place for names. Never `public`, which every database has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Namespace {
    /// Its name.
    pub name: String,
}

/// An enum type (manual, 8.7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enum {
    /// Its name.
    pub name: QualifiedName,
    /// The labels in their sort order.
    pub values: Vec<String>,
}

impl Object for Namespace {
    type Name = String;

    fn name(&self) -> &String {
        &self.name
    }
}

impl Object for Enum {
    type Name = QualifiedName;

    fn name(&self) -> &QualifiedName {
        &self.name
    }
}
