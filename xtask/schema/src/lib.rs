//! A PostgreSQL schema as data, and the builders that declare it.
//!
//! [`Schema`] is a state of a database: what every other crate compares, plans and renders. A state comes from a [`declare::Declaration`], which an
//! application writes in Rust with the vocabulary of drizzle's `pg-core`, or from a snapshot or a live database, which other crates read.
//!
//! Invariants:
//! * Pure: no I/O, no clock. (`random_uuid` is the one function with randomness; it is called for new rows, never by `build`.)
//! * A state has one spelling: type names are canonical, `public` is stated, an object's name is its key.
//! * What is no state (the application-side default, an earlier name) stays in the declaration.
//! * Light: an application's schema is compiled before every command.

mod automatic_name;
pub mod declare;
mod model;
mod nearest;
mod quote;
mod rename;

pub use automatic_name::automatic_name;
pub use declare::{Declaration, DefaultFn, SchemaError, SchemaErrors};
pub use model::{
    Check, Column, ColumnType, Comment, CommentTarget, DefaultValue, Deferrable, Enum, Extension,
    ForeignKey, Identity, IdentityKind, Index, IndexKey, IndexTerm, LinkedPolicy, MAX_NAME_BYTES,
    Namespace, NullsOrder, Object, Objects, PUBLIC, Policy, PolicyCommand, PrimaryKey,
    QualifiedName, ReferentialAction, Role, Schema, Sequence, SequenceOptions, SequenceType,
    SortOrder, StorageParameter, Table, Unique, View,
};
pub use nearest::{nearest, similarity};
pub use quote::{mentions, quote_identifier, quote_literal};
pub use rename::{GlobalKind, PartKind, RelationKind, Rename};

/// Everything that a schema file needs: `use pg_schema::prelude::*;`.
pub mod prelude {
    pub use crate::declare::CheckOption::{Cascaded, Local};
    pub use crate::declare::*;
    pub use crate::model::PolicyCommand::{self, All, Delete, Insert, Select, Update};
    pub use crate::model::ReferentialAction::{
        self, Cascade, NoAction, Restrict, SetDefault, SetNull,
    };
    pub use crate::model::SequenceType::{self, BigInt, Integer, SmallInt};
}
