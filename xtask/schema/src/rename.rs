//! A change of name: the one thing about two states that cannot be seen by comparing them.

use std::fmt;

use crate::model::{PUBLIC, QualifiedName};

/// An object that has another name, or lies elsewhere, in the later of two states.
///
/// What lies in something else is found in it under the later name of that: `of` is what the table is called afterwards, and the schema of a moved
/// table's earlier name is what that schema is called afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Rename {
    /// A schema or a role.
    Global {
        /// Which of them.
        kind: GlobalKind,
        /// The earlier name.
        from: String,
        /// The later name.
        to: String,
    },
    /// Something in a schema, from which it can also move to another.
    InSchema {
        /// What.
        kind: RelationKind,
        /// The earlier name.
        from: QualifiedName,
        /// The later name.
        to: QualifiedName,
    },
    /// A part of a table, or a label of an enum.
    Part {
        /// What.
        kind: PartKind,
        /// What it is a part of, under its later name.
        of: QualifiedName,
        /// The earlier name.
        from: String,
        /// The later name.
        to: String,
    },
}

/// What lies in no schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the variants are the kinds")]
pub enum GlobalKind {
    Namespace,
    Role,
}

/// What lies in a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the variants are the kinds")]
pub enum RelationKind {
    Enum,
    Sequence,
    Table,
    /// A materialized view, too.
    View,
}

/// What is part of something in a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the variants are the kinds")]
pub enum PartKind {
    Column,
    /// Of an enum.
    Label,
    Constraint,
    Index,
    Policy,
}

impl GlobalKind {
    /// As users call it.
    #[must_use]
    pub fn noun(self) -> &'static str {
        match self {
            Self::Namespace => "schema",
            Self::Role => "role",
        }
    }
}

impl RelationKind {
    /// As users call it.
    #[must_use]
    pub fn noun(self) -> &'static str {
        match self {
            Self::Enum => "enum",
            Self::Sequence => "sequence",
            Self::Table => "table",
            Self::View => "view",
        }
    }
}

impl PartKind {
    /// As users call it.
    #[must_use]
    pub fn noun(self) -> &'static str {
        match self {
            Self::Column => "column",
            Self::Label => "label",
            Self::Constraint => "constraint",
            Self::Index => "index",
            Self::Policy => "policy",
        }
    }
}

impl Rename {
    /// As users call the kind of the object.
    #[must_use]
    pub fn noun(&self) -> &'static str {
        match self {
            Self::Global { kind, .. } => kind.noun(),
            Self::InSchema { kind, .. } => kind.noun(),
            Self::Part { kind, .. } => kind.noun(),
        }
    }

    /// The later name alone, in the notation of [`Rename`]'s `Display`.
    #[must_use]
    pub fn later_name(&self) -> String {
        match self {
            Self::Global { to, .. } => part(to),
            Self::InSchema { to, .. } => qualified(to),
            Self::Part { of, to, .. } => format!("{}.{}", qualified(of), part(to)),
        }
    }

    /// The earlier name alone.
    #[must_use]
    pub fn earlier_name(&self) -> String {
        match self {
            Self::Global { from, .. } => part(from),
            Self::InSchema { from, .. } => qualified(from),
            Self::Part { of, from, .. } => format!("{}.{}", qualified(of), part(from)),
        }
    }
}

/// In drizzle's notation, as `--rename` takes it: `schema.table.old=schema.table.new`, without `public`. A part with anything but letters, digits and
/// underscores in it stands in double quotes.
impl fmt::Display for Rename {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.earlier_name(), self.later_name())
    }
}

fn qualified(name: &QualifiedName) -> String {
    if name.schema == PUBLIC {
        part(&name.name)
    } else {
        format!("{}.{}", part(&name.schema), part(&name.name))
    }
}

fn part(name: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || c == '_';
    if !name.is_empty() && name.chars().all(plain) {
        name.to_owned()
    } else {
        crate::quote_identifier(name)
    }
}
