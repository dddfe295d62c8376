//! What makes one state another.

mod object;

use std::sync::Arc;

use pg_schema::{
    Check, Column, Comment, Enum, Extension, ForeignKey, Index, LinkedPolicy, Namespace, Object,
    Objects, Policy, PrimaryKey, QualifiedName, Rename, Role, Schema, Sequence, Table, Unique,
    View,
};

pub use object::ChangedObject;

/// One object that differs between two states, with both of its sides.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// Another name, or another schema. The changes after it use the later names.
    Rename(Rename),
    /// A schema.
    Namespace(Difference<Namespace>),
    /// An enum type.
    Enum(Difference<Enum>),
    /// A sequence that stands for itself.
    Sequence(Difference<Sequence>),
    /// A role.
    Role(Difference<Role>),
    /// A whole table; one that is in both states differs in its parts.
    Table(Difference<Arc<Table>>),
    /// A column of a table that is in both states.
    Column(QualifiedName, Difference<Box<Column>>),
    /// The primary key of such a table.
    PrimaryKey(QualifiedName, Difference<PrimaryKey>),
    /// A unique constraint of such a table.
    Unique(QualifiedName, Difference<Unique>),
    /// A foreign key of such a table.
    ForeignKey(QualifiedName, Difference<ForeignKey>),
    /// A check constraint of such a table.
    Check(QualifiedName, Difference<Check>),
    /// An index of such a table.
    Index(QualifiedName, Difference<Index>),
    /// Whether row security of such a table is enabled afterwards.
    RowSecurity(QualifiedName, bool),
    /// A policy of such a table.
    Policy(QualifiedName, Difference<Policy>),
    /// A view or materialized view that migrations make.
    View(Difference<Box<View>>),
    /// An index of a materialized view that is in both states.
    ViewIndex(QualifiedName, Difference<Index>),
    /// A policy on a table that is in neither state.
    LinkedPolicy(Difference<LinkedPolicy>),
    /// An extension.
    Extension(Difference<Extension>),
    /// A comment. One that goes with what it is about is no change of its own.
    Comment(Difference<Comment>),
}

/// An object's two sides.
#[derive(Debug, Clone, PartialEq)]
pub enum Difference<T> {
    /// Only the later state has it.
    Added(T),
    /// Only the earlier state has it.
    Removed(T),
    /// Both have it, and it differs.
    Altered {
        /// In the earlier state.
        from: T,
        /// In the later state.
        to: T,
    },
}

impl<T> Difference<T> {
    /// What the earlier state has.
    pub fn from(&self) -> Option<&T> {
        match self {
            Self::Added(_) => None,
            Self::Removed(from) | Self::Altered { from, .. } => Some(from),
        }
    }

    /// What the later state has.
    pub fn to(&self) -> Option<&T> {
        match self {
            Self::Removed(_) => None,
            Self::Added(to) | Self::Altered { to, .. } => Some(to),
        }
    }

    fn map<U>(self, wrap: impl Fn(T) -> U) -> Difference<U> {
        match self {
            Self::Added(to) => Difference::Added(wrap(to)),
            Self::Removed(from) => Difference::Removed(wrap(from)),
            Self::Altered { from, to } => Difference::Altered {
                from: wrap(from),
                to: wrap(to),
            },
        }
    }
}

/// All changes from one state to another.
///
/// The order inside a kind is that of drizzle-kit's own diff, since the SQL follows it: removed objects in the earlier state's order, then added
/// ones in the later state's, then altered ones in the earlier state's; parts of tables by table in the earlier state's order.
#[must_use]
pub fn diff(from: &Schema, to: &Schema) -> Vec<Change> {
    let mut changes = Vec::new();
    changes.extend(differences(&from.schemas, &to.schemas, PartialEq::eq).map(Change::Namespace));
    changes.extend(differences(&from.enums, &to.enums, PartialEq::eq).map(Change::Enum));
    changes
        .extend(differences(&from.sequences, &to.sequences, PartialEq::eq).map(Change::Sequence));
    changes.extend(differences(&from.roles, &to.roles, PartialEq::eq).map(Change::Role));
    changes.extend(
        differences(&from.tables, &to.tables, |_, _| true).map(|d| Change::Table(d.map(Arc::new))),
    );
    for table in &from.tables {
        if let Some(later) = to.tables.get(&table.name) {
            diff_table(table, later, &mut changes);
        }
    }
    changes.extend(diff_views(&from.views, &to.views).map(|d| Change::View(d.map(Box::new))));
    for view in &from.views {
        if let Some(later) = to.views.get(&view.name) {
            let indexes = differences(&view.indexes, &later.indexes, Index::same_state);
            changes.extend(indexes.map(|d| Change::ViewIndex(view.name.clone(), d)));
        }
    }
    changes
        .extend(differences(&from.policies, &to.policies, PartialEq::eq).map(Change::LinkedPolicy));
    // A schema that is left open later is no reason to move.
    let lies_well =
        |from: &Extension, to: &Extension| from.schema == to.schema || to.schema.is_none();
    changes.extend(differences(&from.extensions, &to.extensions, lies_well).map(Change::Extension));
    let comments = differences(&from.comments, &to.comments, PartialEq::eq);
    let comments =
        comments.filter(|it| !matches!(it, Difference::Removed(gone) if !to.holds(&gone.on)));
    changes.extend(comments.map(Change::Comment));
    changes
}

/// A view that exists and is only referred to is made and dropped by nobody here.
fn diff_views<'a>(
    from: &'a Objects<View>,
    to: &'a Objects<View>,
) -> impl Iterator<Item = Difference<View>> + 'a {
    differences(from, to, View::same_but_indexes).filter(|difference| match difference {
        Difference::Added(view) | Difference::Removed(view) => view.definition.is_some(),
        Difference::Altered { to, .. } => to.definition.is_some(),
    })
}

fn diff_table(from: &Table, to: &Table, changes: &mut Vec<Change>) {
    let name = || from.name.clone();
    changes.extend(
        differences(&from.columns, &to.columns, PartialEq::eq)
            .map(|d| Change::Column(name(), d.map(Box::new))),
    );
    changes.extend(
        diff_primary_key(from.primary_key.as_ref(), to.primary_key.as_ref())
            .map(|d| Change::PrimaryKey(name(), d)),
    );
    changes.extend(
        differences(&from.uniques, &to.uniques, PartialEq::eq).map(|d| Change::Unique(name(), d)),
    );
    changes.extend(
        differences(&from.foreign_keys, &to.foreign_keys, PartialEq::eq)
            .map(|d| Change::ForeignKey(name(), d)),
    );
    changes.extend(
        differences(&from.checks, &to.checks, PartialEq::eq).map(|d| Change::Check(name(), d)),
    );
    changes.extend(
        differences(&from.indexes, &to.indexes, Index::same_state)
            .map(|d| Change::Index(name(), d)),
    );
    changes.extend(row_security(from, to).map(|enabled| Change::RowSecurity(name(), enabled)));
    changes.extend(
        differences(&from.policies, &to.policies, PartialEq::eq).map(|d| Change::Policy(name(), d)),
    );
}

/// drizzle-kit enables row security, too, where a policy has done so already, if only now it is said.
fn row_security(from: &Table, to: &Table) -> Option<bool> {
    let first_policy = from.policies.is_empty() && !to.policies.is_empty() && !to.row_security;
    if first_policy || to.row_security && !from.row_security {
        Some(true)
    } else {
        (from.is_row_secured() && !to.is_row_secured()).then_some(false)
    }
}

fn diff_primary_key(
    from: Option<&PrimaryKey>,
    to: Option<&PrimaryKey>,
) -> Option<Difference<PrimaryKey>> {
    match (from, to) {
        (None, None) => None,
        (None, Some(to)) => Some(Difference::Added(to.clone())),
        (Some(from), None) => Some(Difference::Removed(from.clone())),
        (Some(from), Some(to)) => (from != to).then(|| Difference::Altered {
            from: from.clone(),
            to: to.clone(),
        }),
    }
}

fn differences<'a, T: Object + Clone>(
    from: &'a Objects<T>,
    to: &'a Objects<T>,
    same: impl Fn(&T, &T) -> bool + 'a,
) -> impl Iterator<Item = Difference<T>> + 'a {
    let removed = from
        .iter()
        .filter(|object| !to.contains(object.name()))
        .cloned()
        .map(Difference::Removed);
    let added = to
        .iter()
        .filter(|object| !from.contains(object.name()))
        .cloned()
        .map(Difference::Added);
    let altered = from.iter().filter_map(move |object| {
        let later = to.get(object.name()).filter(|later| !same(object, later))?;
        Some(Difference::Altered {
            from: object.clone(),
            to: later.clone(),
        })
    });
    removed.chain(added).chain(altered)
}
