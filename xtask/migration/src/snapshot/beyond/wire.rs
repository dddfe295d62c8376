//! The shape of our key. What is as it is by default stands nowhere.

use indexmap::IndexMap;
use pg_schema::{GlobalKind, PartKind, QualifiedName, RelationKind};
use serde::{Deserialize, Serialize};

use super::super::wire;

/// Objects by schema and name.
pub(super) type Places<T> = IndexMap<String, IndexMap<String, T>>;

#[derive(Serialize, Deserialize, Default, PartialEq)]
#[serde(default)]
pub(in super::super) struct Beyond {
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub(super) extensions: IndexMap<String, Extension>,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub(super) tables: Places<Table>,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub(super) views: Places<View>,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub(super) sequences: Places<Sequence>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) comments: Vec<Comment>,
    /// What was renamed on the way to the state, for the way back. No part of the state.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) renames: Vec<Rename>,
}

#[derive(Serialize, Deserialize, PartialEq)]
pub(super) struct Extension {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) schema: Option<String>,
}

#[derive(Serialize, Deserialize, Default, PartialEq)]
#[serde(default)]
pub(super) struct Table {
    /// By column; schema and name.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub(super) collations: IndexMap<String, (String, String)>,
    /// By constraint, of which a table has one of a name.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub(super) deferrable: IndexMap<String, Deferrable>,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub(super) indexes: IndexMap<String, Index>,
}

#[derive(Serialize, Deserialize, Clone, Copy, PartialEq)]
#[serde(rename_all = "camelCase")]
pub(super) enum Deferrable {
    InitiallyImmediate,
    InitiallyDeferred,
}

#[derive(Serialize, Deserialize, Default, PartialEq)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Index {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) include: Vec<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) nulls_not_distinct: bool,
    /// Key by key; schema and name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) collations: Vec<Option<(String, String)>>,
}

#[derive(Serialize, Deserialize, Default, PartialEq)]
#[serde(default)]
pub(super) struct View {
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub(super) indexes: IndexMap<String, WholeIndex>,
}

/// An index as it stands in a table, with what it lacks there.
#[derive(Serialize, Deserialize, PartialEq)]
pub(super) struct WholeIndex {
    #[serde(flatten)]
    pub(super) index: wire::Index,
    #[serde(flatten)]
    pub(super) beyond: Index,
}

#[derive(Serialize, Deserialize, Default, PartialEq)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Sequence {
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub(super) data_type: Option<String>,
    /// A table of the same schema, and a column of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) owned_by: Option<(String, String)>,
}

#[derive(Serialize, Deserialize, PartialEq)]
pub(super) struct Comment {
    pub(super) on: CommentTarget,
    pub(super) text: String,
}

/// Schema, table or view, and the part of it, as far as there are such.
#[derive(Serialize, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub(super) enum CommentTarget {
    Schema(String),
    Extension(String),
    Role(String),
    Enum(String, String),
    Sequence(String, String),
    Table(String, String),
    View(String, String),
    Column(String, String, String),
    Constraint(String, String, String),
    Index(String, String, String),
    Policy(String, String, String),
}

/// The earlier name and the later one; before them what the object is a part of, under its later name.
#[derive(Serialize, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub(super) enum Rename {
    Schema(String, String),
    Role(String, String),
    Enum((String, String), (String, String)),
    Sequence((String, String), (String, String)),
    Table((String, String), (String, String)),
    View((String, String), (String, String)),
    Column((String, String), String, String),
    Label((String, String), String, String),
    Constraint((String, String), String, String),
    Index((String, String), String, String),
    Policy((String, String), String, String),
}

impl Deferrable {
    pub(super) fn of(deferrable: pg_schema::Deferrable) -> Option<Self> {
        match deferrable {
            pg_schema::Deferrable::No => None,
            pg_schema::Deferrable::InitiallyImmediate => Some(Self::InitiallyImmediate),
            pg_schema::Deferrable::InitiallyDeferred => Some(Self::InitiallyDeferred),
        }
    }
}

impl From<Deferrable> for pg_schema::Deferrable {
    fn from(deferrable: Deferrable) -> Self {
        match deferrable {
            Deferrable::InitiallyImmediate => Self::InitiallyImmediate,
            Deferrable::InitiallyDeferred => Self::InitiallyDeferred,
        }
    }
}

impl CommentTarget {
    pub(super) fn of(on: &pg_schema::CommentTarget) -> Self {
        use pg_schema::CommentTarget as Target;
        let whole = |kind: fn(String, String) -> Self, name: &QualifiedName| {
            kind(name.schema.clone(), name.name.clone())
        };
        let part = |kind: fn(String, String, String) -> Self, of: &QualifiedName, name: &String| {
            kind(of.schema.clone(), of.name.clone(), name.clone())
        };
        match on {
            Target::Namespace(name) => Self::Schema(name.clone()),
            Target::Extension(name) => Self::Extension(name.clone()),
            Target::Role(name) => Self::Role(name.clone()),
            Target::Enum(name) => whole(Self::Enum, name),
            Target::Sequence(name) => whole(Self::Sequence, name),
            Target::Table(name) => whole(Self::Table, name),
            Target::View(name) => whole(Self::View, name),
            Target::Column(of, name) => part(Self::Column, of, name),
            Target::Constraint(of, name) => part(Self::Constraint, of, name),
            Target::Index(of, name) => part(Self::Index, of, name),
            Target::Policy(of, name) => part(Self::Policy, of, name),
        }
    }

    pub(super) fn read(self) -> pg_schema::CommentTarget {
        use pg_schema::CommentTarget as Target;
        let whole = |schema: String, name: String| QualifiedName::new(schema, name);
        match self {
            Self::Schema(name) => Target::Namespace(name),
            Self::Extension(name) => Target::Extension(name),
            Self::Role(name) => Target::Role(name),
            Self::Enum(schema, name) => Target::Enum(whole(schema, name)),
            Self::Sequence(schema, name) => Target::Sequence(whole(schema, name)),
            Self::Table(schema, name) => Target::Table(whole(schema, name)),
            Self::View(schema, name) => Target::View(whole(schema, name)),
            Self::Column(schema, of, name) => Target::Column(whole(schema, of), name),
            Self::Constraint(schema, of, name) => Target::Constraint(whole(schema, of), name),
            Self::Index(schema, of, name) => Target::Index(whole(schema, of), name),
            Self::Policy(schema, of, name) => Target::Policy(whole(schema, of), name),
        }
    }
}

impl Rename {
    pub(super) fn of(rename: &pg_schema::Rename) -> Self {
        let pair = |name: &QualifiedName| (name.schema.clone(), name.name.clone());
        match rename {
            pg_schema::Rename::Global { kind, from, to } => {
                let (from, to) = (from.clone(), to.clone());
                match kind {
                    GlobalKind::Namespace => Self::Schema(from, to),
                    GlobalKind::Role => Self::Role(from, to),
                }
            }
            pg_schema::Rename::InSchema { kind, from, to } => {
                let (from, to) = (pair(from), pair(to));
                match kind {
                    RelationKind::Enum => Self::Enum(from, to),
                    RelationKind::Sequence => Self::Sequence(from, to),
                    RelationKind::Table => Self::Table(from, to),
                    RelationKind::View => Self::View(from, to),
                }
            }
            pg_schema::Rename::Part { kind, of, from, to } => {
                let (of, from, to) = (pair(of), from.clone(), to.clone());
                match kind {
                    PartKind::Column => Self::Column(of, from, to),
                    PartKind::Label => Self::Label(of, from, to),
                    PartKind::Constraint => Self::Constraint(of, from, to),
                    PartKind::Index => Self::Index(of, from, to),
                    PartKind::Policy => Self::Policy(of, from, to),
                }
            }
        }
    }

    pub(super) fn read(self) -> pg_schema::Rename {
        let global = |kind, from, to| pg_schema::Rename::Global { kind, from, to };
        let name = |(schema, name): (String, String)| QualifiedName { schema, name };
        let relation = |kind, from, to| pg_schema::Rename::InSchema {
            kind,
            from: name(from),
            to: name(to),
        };
        let part = |kind, of, from, to| pg_schema::Rename::Part {
            kind,
            of: name(of),
            from,
            to,
        };
        match self {
            Self::Schema(from, to) => global(GlobalKind::Namespace, from, to),
            Self::Role(from, to) => global(GlobalKind::Role, from, to),
            Self::Enum(from, to) => relation(RelationKind::Enum, from, to),
            Self::Sequence(from, to) => relation(RelationKind::Sequence, from, to),
            Self::Table(from, to) => relation(RelationKind::Table, from, to),
            Self::View(from, to) => relation(RelationKind::View, from, to),
            Self::Column(of, from, to) => part(PartKind::Column, of, from, to),
            Self::Label(of, from, to) => part(PartKind::Label, of, from, to),
            Self::Constraint(of, from, to) => part(PartKind::Constraint, of, from, to),
            Self::Index(of, from, to) => part(PartKind::Index, of, from, to),
            Self::Policy(of, from, to) => part(PartKind::Policy, of, from, to),
        }
    }
}
