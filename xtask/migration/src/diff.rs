//! What makes one state another.

use pg_schema::{
    Check, Column, Enum, ForeignKey, Index, Namespace, Object, Objects, PrimaryKey, QualifiedName,
    Schema, Table, Unique,
};

/// One object that differs between two states, with both of its sides.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// A schema.
    Namespace(Difference<Namespace>),
    /// An enum type.
    Enum(Difference<Enum>),
    /// A whole table; one that is in both states differs in its parts.
    Table(Difference<Box<Table>>),
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

    fn boxed(self) -> Difference<Box<T>> {
        match self {
            Self::Added(to) => Difference::Added(Box::new(to)),
            Self::Removed(from) => Difference::Removed(Box::new(from)),
            Self::Altered { from, to } => Difference::Altered {
                from: Box::new(from),
                to: Box::new(to),
            },
        }
    }
}

/// Kinds of objects in which two states differ, though no change of them can be planned yet.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} cannot be declared or changed by this version, and the two states differ in them", kinds.join(", "))]
pub struct UnsupportedKinds {
    /// `sequences`, `views`, `policies`, `roles`.
    pub kinds: Vec<&'static str>,
}

/// All changes from one state to another.
///
/// The order inside a kind is that of drizzle-kit's own diff, since the SQL follows it: removed objects in the earlier state's order, then added
/// ones in the later state's, then altered ones in the earlier state's; parts of tables by table in the earlier state's order.
///
/// # Errors
/// When the states differ in a kind of object that is not planned.
pub fn diff(from: &Schema, to: &Schema) -> Result<Vec<Change>, UnsupportedKinds> {
    refuse_unsupported(from, to)?;
    let mut changes = Vec::new();
    changes.extend(differences(&from.schemas, &to.schemas, PartialEq::eq).map(Change::Namespace));
    changes.extend(differences(&from.enums, &to.enums, PartialEq::eq).map(Change::Enum));
    changes.extend(
        differences(&from.tables, &to.tables, |_, _| true).map(|d| Change::Table(d.boxed())),
    );
    for table in &from.tables {
        if let Some(later) = to.tables.get(&table.name) {
            diff_table(table, later, &mut changes);
        }
    }
    Ok(changes)
}

fn diff_table(from: &Table, to: &Table, changes: &mut Vec<Change>) {
    let name = || from.name.clone();
    changes.extend(
        differences(&from.columns, &to.columns, PartialEq::eq)
            .map(|d| Change::Column(name(), d.boxed())),
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

fn refuse_unsupported(from: &Schema, to: &Schema) -> Result<(), UnsupportedKinds> {
    // A dropped table takes its policies along.
    let same_row_security = to.tables.iter().all(|later| {
        let (policies, enabled) = (&later.policies, later.row_security);
        match from.tables.get(&later.name) {
            Some(table) => (&table.policies, table.row_security) == (policies, enabled),
            None => policies.is_empty() && !enabled,
        }
    });
    let same = [
        ("sequences", from.sequences == to.sequences),
        ("views", from.views == to.views),
        (
            "policies",
            from.policies == to.policies && same_row_security,
        ),
        ("roles", from.roles == to.roles),
    ];
    let kinds: Vec<_> = same
        .into_iter()
        .filter(|(_, same)| !same)
        .map(|(kind, _)| kind)
        .collect();
    if kinds.is_empty() {
        Ok(())
    } else {
        Err(UnsupportedKinds { kinds })
    }
}
