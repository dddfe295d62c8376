use super::{Object, QualifiedName};
use crate::quote::mentions;

/// An index that is not a constraint's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index {
    /// Its name; it lies in its table's schema.
    pub name: String,
    /// Whether it refuses equal rows.
    pub unique: bool,
    /// The access method: `btree`, `hash`, `gin`, `gist`, `spgist`, `brin`, or an extension's.
    pub method: String,
    /// What is indexed, in order.
    pub keys: Vec<IndexKey>,
    /// Columns that it holds beside its keys (INCLUDE).
    pub include: Vec<String>,
    /// NULLS NOT DISTINCT: two NULLs count as the same (PostgreSQL 15 and later).
    pub nulls_not_distinct: bool,
    /// The predicate of a partial index.
    pub predicate: Option<String>,
    /// Storage parameters, in order.
    pub with: Vec<StorageParameter>,
    /// Whether it is built without blocking writes. How it was built is no state, so it never makes two indexes differ.
    pub concurrently: bool,
}

/// A storage parameter of an index or a materialized view, or an option of a view (manual, CREATE INDEX, CREATE TABLE and CREATE VIEW).
#[derive(Debug, Clone)]
pub struct StorageParameter {
    /// Its name.
    pub name: String,
    /// Its value as SQL.
    pub value: String,
    /// Whether a snapshot holds the value as a string even if it is a number. The parameter is the same.
    pub as_string: bool,
}

/// One key of an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexKey {
    /// A column or an expression.
    pub term: IndexTerm,
    /// ASC or DESC.
    pub order: SortOrder,
    /// Where NULLs sort.
    pub nulls: NullsOrder,
    /// The collation, if not the column's own.
    pub collation: Option<QualifiedName>,
    /// The operator class, if not the type's default.
    pub operator_class: Option<String>,
}

/// What an index key is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IndexTerm {
    /// A column, by name.
    Column(String),
    /// An expression, as SQL.
    Expression(String),
}

/// A sort direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortOrder {
    /// Ascending, PostgreSQL's default.
    Ascending,
    /// Descending.
    Descending,
}

/// Where NULLs sort.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NullsOrder {
    /// Before all values.
    First,
    /// After all values.
    Last,
}

impl Index {
    /// Whether both stand for the same index in the database.
    #[must_use]
    pub fn same_state(&self, other: &Self) -> bool {
        Self {
            concurrently: other.concurrently,
            ..self.clone()
        } == *other
    }

    /// Whether a key, the predicate or what it includes uses the column.
    #[must_use]
    pub fn uses(&self, column: &str) -> bool {
        self.mentions(column)
            || self.include.iter().any(|included| included == column)
            || self
                .keys
                .iter()
                .any(|key| matches!(&key.term, IndexTerm::Column(name) if name == column))
    }

    /// Whether an expression or the predicate mentions the column's name.
    #[must_use]
    pub fn mentions(&self, column: &str) -> bool {
        let in_key = |key: &IndexKey| matches!(&key.term, IndexTerm::Expression(sql) if mentions(sql, column));
        self.keys.iter().any(in_key)
            || self
                .predicate
                .as_ref()
                .is_some_and(|sql| mentions(sql, column))
    }
}

impl StorageParameter {
    /// Whether both lists set the same parameters, in whatever order.
    #[must_use]
    pub fn same(parameters: &[Self], others: &[Self]) -> bool {
        parameters.len() == others.len()
            && parameters
                .iter()
                .all(|parameter| others.contains(parameter))
    }
}

impl PartialEq for StorageParameter {
    fn eq(&self, other: &Self) -> bool {
        (&self.name, &self.value) == (&other.name, &other.value)
    }
}

impl Eq for StorageParameter {}

impl Object for Index {
    type Name = String;

    fn name(&self) -> &String {
        &self.name
    }
}
