//! The declaration: builders in drizzle's vocabulary that say what a database should look like.

mod build;
mod check;
mod column;
mod default;
mod error;
mod extension;
mod index;
mod rename;
mod role;
mod sequence;
mod table;
mod types;
mod view;

pub use column::{Column, IdentityOptions, identity};
pub use default::{Literal, random_uuid};
pub use error::{SchemaError, SchemaErrors};
pub use extension::{Extension, pg_extension};
pub use index::{Index, IndexKey, asc, desc, expression, index, unique_index};
pub use role::{Policy, Role, pg_role, policy};
pub use sequence::{Sequence, pg_sequence};
pub use table::{
    Check, ForeignKey, PrimaryKey, Table, Unique, check, foreign_key, pg_table, primary_key, unique,
};
pub use types::*;
pub use view::{CheckOption, MaterializedView, View, pg_materialized_view, pg_view};

use crate::model;

/// Gives the text of a new value, as PostgreSQL would read it.
pub type DefaultFn = fn() -> String;

/// Everything an application declares: the single source of truth for its database.
#[derive(Debug, Clone, Default)]
pub struct Declaration {
    items: Vec<Item>,
}

/// Something that can be declared.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Item {
    /// A schema other than `public`.
    Namespace(Namespace),
    /// An enum type.
    Enum(Enum),
    /// A sequence.
    Sequence(Sequence),
    /// A table.
    Table(Table),
    /// A view.
    View(View),
    /// A materialized view.
    MaterializedView(MaterializedView),
    /// A policy that is linked to its table.
    Policy(Policy),
    /// A role.
    Role(Role),
    /// An extension.
    Extension(Extension),
}

/// A schema other than `public`, declared.
#[derive(Debug, Clone)]
pub struct Namespace {
    name: String,
    comment: Option<String>,
    renamed_from: Option<String>,
}

/// An enum type, declared.
#[derive(Debug, Clone)]
pub struct Enum {
    name: String,
    schema: Option<String>,
    values: Vec<String>,
    comment: Option<String>,
    renamed_from: Option<Reference>,
    /// Each with its earlier and its later text.
    renamed_values: Vec<(String, String)>,
}

/// A table or type referred to by name: in the schema that is stated, or else in the referring table's own schema, or else in `public`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    schema: Option<String>,
    name: String,
}

impl Declaration {
    /// A declaration of nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an item. The order of tables and enums is the order in which SQL creates them.
    #[must_use]
    pub fn with(mut self, item: impl Into<Item>) -> Self {
        self.items.push(item.into());
        self
    }

    /// The state that is declared.
    ///
    /// # Errors
    /// All that is wrong with the declaration, at once.
    pub fn build(&self) -> Result<model::Schema, SchemaErrors> {
        build::build(self)
    }

    /// The application-side defaults of a table, by column name. They are no part of the state.
    pub fn default_fns<'a>(
        &'a self,
        table: &'a model::QualifiedName,
    ) -> impl Iterator<Item = (&'a str, DefaultFn)> + 'a {
        self.tables()
            .filter(|declared| declared.qualified_name() == *table)
            .flat_map(|declared| {
                declared
                    .columns
                    .iter()
                    .filter_map(|column| Some((column.name.as_str(), column.default_fn?)))
            })
    }

    fn tables(&self) -> impl Iterator<Item = &Table> {
        self.items.iter().filter_map(|item| match item {
            Item::Table(table) => Some(table),
            _ => None,
        })
    }
}

/// An enum type with its labels in their sort order.
pub fn pg_enum<V: Into<String>>(
    name: impl Into<String>,
    values: impl IntoIterator<Item = V>,
) -> Enum {
    Enum {
        name: name.into(),
        schema: None,
        values: values.into_iter().map(Into::into).collect(),
        comment: None,
        renamed_from: None,
        renamed_values: Vec::new(),
    }
}

/// A schema other than `public`. That one is declared only to comment on it.
pub fn pg_schema(name: impl Into<String>) -> Namespace {
    Namespace {
        name: name.into(),
        comment: None,
        renamed_from: None,
    }
}

impl Enum {
    /// Places the type in a schema other than `public`.
    #[must_use]
    pub fn in_schema(mut self, schema: impl Into<String>) -> Self {
        self.schema = Some(schema.into());
        self
    }
}

macro_rules! items {
    ($($kind:ident),*) => {
        $(impl From<$kind> for Item {
            fn from(declared: $kind) -> Self {
                Self::$kind(declared)
            }
        })*
    };
}

items!(
    Namespace,
    Enum,
    Sequence,
    Table,
    View,
    MaterializedView,
    Policy,
    Role,
    Extension
);

macro_rules! commented {
    ($($kind:ident),*) => {
        $(impl $kind {
            /// Its comment (manual, COMMENT).
            #[must_use]
            pub fn comment(mut self, text: impl Into<String>) -> Self {
                self.comment = Some(text.into());
                self
            }
        })*
    };
}

commented!(
    Namespace, Enum, Sequence, Table, Column, PrimaryKey, Unique, ForeignKey, Check, Index, View,
    Policy, Role, Extension
);

impl From<&str> for Reference {
    fn from(name: &str) -> Self {
        Self {
            schema: None,
            name: name.to_owned(),
        }
    }
}

impl From<String> for Reference {
    fn from(name: String) -> Self {
        Self { schema: None, name }
    }
}

/// Schema and name.
impl From<(&str, &str)> for Reference {
    fn from((schema, name): (&str, &str)) -> Self {
        Self {
            schema: Some(schema.to_owned()),
            name: name.to_owned(),
        }
    }
}
