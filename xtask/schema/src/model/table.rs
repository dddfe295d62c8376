use super::{
    Check, Column, ForeignKey, Index, Object, Objects, Policy, PrimaryKey, QualifiedName, Unique,
};

/// An ordinary table.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Its name.
    pub name: QualifiedName,
    /// Columns. A table that is created has them in this order.
    pub columns: Objects<Column>,
    /// The primary key.
    pub primary_key: Option<PrimaryKey>,
    /// Unique constraints. Unique indexes are among the indexes.
    pub uniques: Objects<Unique>,
    /// Foreign keys.
    pub foreign_keys: Objects<ForeignKey>,
    /// Check constraints.
    pub checks: Objects<Check>,
    /// Indexes other than those that PostgreSQL makes for constraints.
    pub indexes: Objects<Index>,
    /// Row security policies.
    pub policies: Objects<Policy>,
    /// Whether row security is enabled by itself; a policy implies it too.
    pub row_security: bool,
}

impl Table {
    /// A table without columns.
    #[must_use]
    pub fn new(name: QualifiedName) -> Self {
        Self {
            name,
            columns: Objects::default(),
            primary_key: None,
            uniques: Objects::default(),
            foreign_keys: Objects::default(),
            checks: Objects::default(),
            indexes: Objects::default(),
            policies: Objects::default(),
            row_security: false,
        }
    }

    /// Whether row security is enabled, by itself or for a policy.
    #[must_use]
    pub fn is_row_secured(&self) -> bool {
        self.row_security || !self.policies.is_empty()
    }

    /// Whether a constraint has that name: the primary key, a unique, a foreign key or a check.
    #[must_use]
    pub fn has_constraint(&self, name: &str) -> bool {
        self.uniques.contains(name)
            || self.foreign_keys.contains(name)
            || self.checks.contains(name)
            || (self.primary_key.as_ref()).is_some_and(|key| key.name_on(&self.name) == name)
    }
}

impl Object for Table {
    type Name = QualifiedName;

    fn name(&self) -> &QualifiedName {
        &self.name
    }
}
