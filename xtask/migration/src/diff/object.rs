//! What a change is about, in words that reports may rely on.

use pg_schema::{CommentTarget, QualifiedName, Rename};
use serde::Serialize;

use super::{Change, Difference};

/// The object that a change is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ChangedObject<'a> {
    /// What it is: `table`, `primary-key` …
    pub kind: &'static str,
    /// The schema it lies in, or that its table lies in; a role and a schema lie in none.
    pub schema: Option<&'a str>,
    /// The table of which it is a part.
    pub table: Option<&'a str>,
    /// Its name; row security has none, and a primary key need not be given one.
    pub name: Option<&'a str>,
}

impl Change {
    /// What it is about.
    #[must_use]
    pub fn object(&self) -> ChangedObject<'_> {
        match self {
            Self::Rename(rename) => match rename {
                Rename::Global { kind, to, .. } => alone(kind.noun(), to),
                Rename::InSchema { kind, to, .. } => in_schema(kind.noun(), to),
                Rename::Part { kind, of, to, .. } => part(kind.noun(), of, Some(to)),
            },
            Self::Namespace(of) => alone("schema", &of.either().name),
            Self::Role(of) => alone("role", &of.either().name),
            Self::Enum(of) => in_schema("enum", &of.either().name),
            Self::Sequence(of) => in_schema("sequence", &of.either().name),
            Self::Table(of) => in_schema("table", &of.either().name),
            Self::View(of) => in_schema("view", &of.either().name),
            Self::Column(table, of) => part("column", table, Some(&of.either().name)),
            Self::PrimaryKey(table, of) => part("primary-key", table, of.either().name.as_deref()),
            Self::Unique(table, of) => part("unique", table, Some(&of.either().name)),
            Self::ForeignKey(table, of) => part("foreign-key", table, Some(&of.either().name)),
            Self::Check(table, of) => part("check", table, Some(&of.either().name)),
            Self::Index(table, of) => part("index", table, Some(&of.either().name)),
            Self::RowSecurity(table, _) => part("row-security", table, None),
            Self::Policy(table, of) => part("policy", table, Some(&of.either().name)),
            Self::ViewIndex(view, of) => part("index", view, Some(&of.either().name)),
            Self::Extension(of) => alone("extension", &of.either().name),
            Self::Comment(of) => commented(&of.either().on),
            Self::LinkedPolicy(of) => {
                let (table, name) = &of.either().name;
                part("policy", table, Some(name))
            }
        }
    }

    /// What happens to it: `added`, `removed`, `altered` or `renamed`.
    #[must_use]
    pub fn action(&self) -> &'static str {
        match self {
            Self::Rename(_) => "renamed",
            Self::Namespace(of) => of.action(),
            Self::Role(of) => of.action(),
            Self::Enum(of) => of.action(),
            Self::Sequence(of) => of.action(),
            Self::Table(of) => of.action(),
            Self::View(of) => of.action(),
            Self::Column(_, of) => of.action(),
            Self::PrimaryKey(_, of) => of.action(),
            Self::Unique(_, of) => of.action(),
            Self::ForeignKey(_, of) => of.action(),
            Self::Check(_, of) => of.action(),
            Self::Index(_, of) | Self::ViewIndex(_, of) => of.action(),
            Self::RowSecurity(_, true) => "added",
            Self::RowSecurity(_, false) => "removed",
            Self::Policy(_, of) => of.action(),
            Self::Extension(of) => of.action(),
            Self::Comment(of) => of.action(),
            Self::LinkedPolicy(of) => of.action(),
        }
    }
}

impl<T> Difference<T> {
    /// The later side, or the earlier one of what is removed.
    fn either(&self) -> &T {
        match self {
            Self::Added(object) | Self::Removed(object) | Self::Altered { to: object, .. } => {
                object
            }
        }
    }

    fn action(&self) -> &'static str {
        match self {
            Self::Added(_) => "added",
            Self::Removed(_) => "removed",
            Self::Altered { .. } => "altered",
        }
    }
}

/// A comment is called after what it is on.
fn commented(on: &CommentTarget) -> ChangedObject<'_> {
    let kind = "comment";
    match on {
        CommentTarget::Namespace(name)
        | CommentTarget::Extension(name)
        | CommentTarget::Role(name) => alone(kind, name),
        CommentTarget::Enum(name)
        | CommentTarget::Sequence(name)
        | CommentTarget::Table(name)
        | CommentTarget::View(name) => in_schema(kind, name),
        CommentTarget::Column(of, name)
        | CommentTarget::Constraint(of, name)
        | CommentTarget::Index(of, name)
        | CommentTarget::Policy(of, name) => part(kind, of, Some(name)),
    }
}

fn alone<'a>(kind: &'static str, name: &'a str) -> ChangedObject<'a> {
    ChangedObject {
        kind,
        schema: None,
        table: None,
        name: Some(name),
    }
}

fn in_schema<'a>(kind: &'static str, name: &'a QualifiedName) -> ChangedObject<'a> {
    ChangedObject {
        kind,
        schema: Some(&name.schema),
        table: None,
        name: Some(&name.name),
    }
}

fn part<'a>(
    kind: &'static str,
    table: &'a QualifiedName,
    name: Option<&'a str>,
) -> ChangedObject<'a> {
    ChangedObject {
        kind,
        schema: Some(&table.schema),
        table: Some(&table.name),
        name,
    }
}
