use super::{Object, QualifiedName};

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
    /// An index of a table.
    Index(QualifiedName, String),
    /// A policy of a table.
    Policy(QualifiedName, String),
    /// An extension.
    Extension(String),
    /// A role.
    Role(String),
}

impl Object for Comment {
    type Name = CommentTarget;

    fn name(&self) -> &CommentTarget {
        &self.on
    }
}
