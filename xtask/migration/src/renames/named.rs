//! Either end of a rename.

use pg_schema::{GlobalKind, PartKind, QualifiedName, RelationKind, Rename, Schema, Table};

/// What a rename names at one of its ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Named<'a> {
    Global(GlobalKind, &'a String),
    InSchema(RelationKind, &'a QualifiedName),
    Part(PartKind, &'a QualifiedName, &'a String),
}

impl<'a> Named<'a> {
    /// What it was called.
    pub(super) fn earlier(rename: &'a Rename) -> Self {
        match rename {
            Rename::Global { kind, from, .. } => Self::Global(*kind, from),
            Rename::InSchema { kind, from, .. } => Self::InSchema(*kind, from),
            Rename::Part { kind, of, from, .. } => Self::Part(*kind, of, from),
        }
    }

    /// What it is called afterwards.
    pub(super) fn later(rename: &'a Rename) -> Self {
        match rename {
            Rename::Global { kind, to, .. } => Self::Global(*kind, to),
            Rename::InSchema { kind, to, .. } => Self::InSchema(*kind, to),
            Rename::Part { kind, of, to, .. } => Self::Part(*kind, of, to),
        }
    }

    pub(super) fn is_in(self, state: &Schema) -> bool {
        match self {
            Self::Global(GlobalKind::Namespace, name) => state.schemas.contains(name),
            Self::Global(GlobalKind::Role, name) => state.roles.contains(name),
            Self::InSchema(RelationKind::Enum, name) => state.enums.contains(name),
            Self::InSchema(RelationKind::Sequence, name) => state.sequences.contains(name),
            Self::InSchema(RelationKind::Table, name) => state.tables.contains(name),
            Self::InSchema(RelationKind::View, name) => state.views.contains(name),
            Self::Part(PartKind::Label, of, name) => {
                let declared = state.enums.get(of);
                declared.is_some_and(|it| it.values.contains(name))
            }
            Self::Part(kind, of, name) => match state.tables.get(of) {
                Some(table) => is_part(kind, table, name),
                None => {
                    kind == PartKind::Policy && state.policies.contains(&(of.clone(), name.clone()))
                }
            },
        }
    }

    /// Whether something that is there keeps the name from being given. Constraints and indexes of a table can be in each other's way.
    pub(super) fn is_taken_in(self, state: &Schema) -> bool {
        match self {
            Self::Part(PartKind::Constraint | PartKind::Index, of, name) => {
                [PartKind::Constraint, PartKind::Index]
                    .into_iter()
                    .any(|kind| Self::Part(kind, of, name).is_in(state))
            }
            named => named.is_in(state),
        }
    }
}

fn is_part(kind: PartKind, table: &Table, name: &String) -> bool {
    match kind {
        PartKind::Column => table.columns.contains(name),
        PartKind::Label => false,
        PartKind::Constraint => {
            let key = table.primary_key.as_ref();
            key.is_some_and(|key| key.name.as_ref() == Some(name))
                || table.uniques.contains(name)
                || table.foreign_keys.contains(name)
                || table.checks.contains(name)
        }
        PartKind::Index => table.indexes.contains(name),
        PartKind::Policy => table.policies.contains(name),
    }
}
