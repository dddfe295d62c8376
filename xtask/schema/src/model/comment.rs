use super::{Object, PUBLIC, QualifiedName, Schema, Table};

/// A comment on an object (manual, COMMENT). It goes when its object goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// What it is about.
    pub on: CommentTarget,
    /// The text, never empty.
    pub text: String,
}

/// What a comment is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum CommentTarget {
    /// A schema, `public` included.
    Namespace(String),
    /// An enum type.
    Enum(QualifiedName),
    /// A sequence.
    Sequence(QualifiedName),
    /// A table.
    Table(QualifiedName),
    /// A view or a materialized view.
    View(QualifiedName),
    /// A column of a table or view.
    Column(QualifiedName, String),
    /// A constraint of a table: primary key, unique, check or foreign key.
    Constraint(QualifiedName, String),
    /// An index of a table or a materialized view.
    Index(QualifiedName, String),
    /// A policy of a table.
    Policy(QualifiedName, String),
    /// An extension.
    Extension(String),
    /// A role.
    Role(String),
}

impl CommentTarget {
    /// The table or view that it is a part of.
    #[must_use]
    pub fn relation(&self) -> Option<&QualifiedName> {
        match self {
            Self::Column(relation, _)
            | Self::Constraint(relation, _)
            | Self::Index(relation, _)
            | Self::Policy(relation, _) => Some(relation),
            _ => None,
        }
    }
}

impl Schema {
    /// Whether the state holds what a comment is about. Of a view's columns nothing is known but by PostgreSQL.
    #[must_use]
    pub fn holds(&self, on: &CommentTarget) -> bool {
        let in_table = |name: &QualifiedName, holds: &dyn Fn(&Table) -> bool| {
            self.tables.get(name).is_some_and(holds)
        };
        match on {
            CommentTarget::Namespace(name) => name == PUBLIC || self.schemas.contains(name),
            CommentTarget::Extension(name) => self.extensions.contains(name),
            CommentTarget::Role(name) => self.roles.contains(name),
            CommentTarget::Enum(name) => self.enums.contains(name),
            CommentTarget::Sequence(name) => self.sequences.contains(name),
            CommentTarget::Table(name) => self.tables.contains(name),
            CommentTarget::View(name) => self.makes_view(name),
            CommentTarget::Column(name, column) => {
                self.makes_view(name) || in_table(name, &|it| it.columns.contains(column))
            }
            CommentTarget::Constraint(name, constraint) => {
                in_table(name, &|it| it.has_constraint(constraint))
            }
            CommentTarget::Index(name, index) => {
                let view = self.views.get(name);
                in_table(name, &|it| it.indexes.contains(index))
                    || view.is_some_and(|view| view.indexes.contains(index))
            }
            CommentTarget::Policy(name, policy) => {
                in_table(name, &|it| it.policies.contains(policy))
                    || self.policies.contains(&(name.clone(), policy.clone()))
            }
        }
    }

    fn makes_view(&self, name: &QualifiedName) -> bool {
        let view = self.views.get(name);
        view.is_some_and(|view| view.definition.is_some())
    }
}

impl Object for Comment {
    type Name = CommentTarget;

    fn name(&self) -> &CommentTarget {
        &self.on
    }
}
