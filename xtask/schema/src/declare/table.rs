use super::{Column, Index, Policy, Reference};
use crate::model::{Deferrable, PUBLIC, QualifiedName, ReferentialAction};

/// A table, declared.
#[derive(Debug, Clone)]
pub struct Table {
    pub(super) name: String,
    pub(super) schema: Option<String>,
    pub(super) columns: Vec<Column>,
    pub(super) primary_keys: Vec<PrimaryKey>,
    pub(super) uniques: Vec<Unique>,
    pub(super) foreign_keys: Vec<ForeignKey>,
    pub(super) checks: Vec<Check>,
    pub(super) indexes: Vec<Index>,
    pub(super) policies: Vec<Policy>,
    pub(super) row_security: bool,
    pub(super) existing: bool,
    pub(super) comment: Option<String>,
    pub(super) renamed_from: Option<Reference>,
}

/// A table's primary key over several columns, declared.
#[derive(Debug, Clone)]
pub struct PrimaryKey {
    pub(super) name: Option<String>,
    pub(super) columns: Vec<String>,
    pub(super) comment: Option<String>,
    pub(super) renamed_from: Option<String>,
}

/// A unique constraint, declared.
#[derive(Debug, Clone)]
pub struct Unique {
    pub(super) name: Option<String>,
    pub(super) columns: Vec<String>,
    pub(super) nulls_not_distinct: bool,
    pub(super) deferrable: Deferrable,
    pub(super) comment: Option<String>,
    pub(super) renamed_from: Option<String>,
}

/// A foreign key, declared.
#[derive(Debug, Clone)]
pub struct ForeignKey {
    pub(super) name: Option<String>,
    pub(super) columns: Vec<String>,
    pub(super) references: Option<Reference>,
    pub(super) referenced_columns: Vec<String>,
    pub(super) on_delete: ReferentialAction,
    pub(super) on_update: ReferentialAction,
    pub(super) deferrable: Deferrable,
    pub(super) comment: Option<String>,
    pub(super) renamed_from: Option<String>,
}

/// A check constraint, declared.
#[derive(Debug, Clone)]
pub struct Check {
    pub(super) name: String,
    pub(super) expression: String,
    pub(super) comment: Option<String>,
    pub(super) renamed_from: Option<String>,
}

/// A table with these columns.
pub fn pg_table(name: impl Into<String>, columns: impl IntoIterator<Item = Column>) -> Table {
    Table {
        name: name.into(),
        schema: None,
        columns: columns.into_iter().collect(),
        primary_keys: Vec::new(),
        uniques: Vec::new(),
        foreign_keys: Vec::new(),
        checks: Vec::new(),
        indexes: Vec::new(),
        policies: Vec::new(),
        row_security: false,
        existing: false,
        comment: None,
        renamed_from: None,
    }
}

/// A primary key over these columns, named `<table>_<columns>_pk` unless it is given a name.
pub fn primary_key<C: Into<String>>(columns: impl IntoIterator<Item = C>) -> PrimaryKey {
    PrimaryKey {
        name: None,
        columns: strings(columns),
        comment: None,
        renamed_from: None,
    }
}

/// A unique constraint over these columns, named `<table>_<columns>_unique` unless it is given a name.
pub fn unique<C: Into<String>>(columns: impl IntoIterator<Item = C>) -> Unique {
    Unique {
        name: None,
        columns: strings(columns),
        nulls_not_distinct: false,
        deferrable: Deferrable::No,
        comment: None,
        renamed_from: None,
    }
}

/// A foreign key of these columns, named `<table>_<columns>_<other table>_<other columns>_fk` unless it is given a name.
pub fn foreign_key<C: Into<String>>(columns: impl IntoIterator<Item = C>) -> ForeignKey {
    ForeignKey {
        name: None,
        columns: strings(columns),
        references: None,
        referenced_columns: Vec::new(),
        on_delete: ReferentialAction::NoAction,
        on_update: ReferentialAction::NoAction,
        deferrable: Deferrable::No,
        comment: None,
        renamed_from: None,
    }
}

/// A check constraint: `expression` is SQL without the outer parentheses.
pub fn check(name: impl Into<String>, expression: impl Into<String>) -> Check {
    Check {
        name: name.into(),
        expression: expression.into(),
        comment: None,
        renamed_from: None,
    }
}

impl Table {
    /// Places the table in a schema other than `public`.
    #[must_use]
    pub fn in_schema(mut self, schema: impl Into<String>) -> Self {
        self.schema = Some(schema.into());
        self
    }

    /// The primary key, when it has several columns or a name.
    #[must_use]
    pub fn primary_key(mut self, key: PrimaryKey) -> Self {
        self.primary_keys.push(key);
        self
    }

    /// A unique constraint.
    #[must_use]
    pub fn unique(mut self, unique: Unique) -> Self {
        self.uniques.push(unique);
        self
    }

    /// A foreign key.
    #[must_use]
    pub fn foreign_key(mut self, key: ForeignKey) -> Self {
        self.foreign_keys.push(key);
        self
    }

    /// A check constraint.
    #[must_use]
    pub fn check(mut self, check: Check) -> Self {
        self.checks.push(check);
        self
    }

    /// An index.
    #[must_use]
    pub fn index(mut self, index: Index) -> Self {
        self.indexes.push(index);
        self
    }

    /// A row security policy. It enables row security.
    #[must_use]
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policies.push(policy);
        self
    }

    /// Enables row security. Without a policy nobody but the owner sees a row.
    #[must_use]
    pub fn enable_rls(mut self) -> Self {
        self.row_security = true;
        self
    }

    /// The table exists and foreign keys only refer to it: no migration touches it, so what is said of it is of no use.
    #[must_use]
    pub fn existing(mut self) -> Self {
        self.existing = true;
        self
    }

    pub(super) fn qualified_name(&self) -> QualifiedName {
        QualifiedName::new(self.schema.as_deref().unwrap_or(PUBLIC), &self.name)
    }
}

impl PrimaryKey {
    pub(super) fn name_in(&self, table: &str) -> String {
        let automatic = || format!("{table}_{}_pk", self.columns.join("_"));
        self.name.clone().unwrap_or_else(automatic)
    }

    /// Gives it a name.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }
}

impl Unique {
    pub(super) fn name_in(&self, table: &str) -> String {
        let automatic = || format!("{table}_{}_unique", self.columns.join("_"));
        self.name.clone().unwrap_or_else(automatic)
    }

    /// Gives it a name.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Two NULLs count as the same (PostgreSQL 15 and later).
    #[must_use]
    pub fn nulls_not_distinct(mut self) -> Self {
        self.nulls_not_distinct = true;
        self
    }

    /// Lets a transaction put off the check to its end (DEFERRABLE). No foreign key can refer to its columns then.
    #[must_use]
    pub fn deferrable(mut self) -> Self {
        self.deferrable = Deferrable::InitiallyImmediate;
        self
    }

    /// Puts off the check to the end of each transaction (DEFERRABLE INITIALLY DEFERRED). No foreign key can refer to its columns then.
    #[must_use]
    pub fn initially_deferred(mut self) -> Self {
        self.deferrable = Deferrable::InitiallyDeferred;
        self
    }
}

impl ForeignKey {
    pub(super) fn name_in(&self, table: &str) -> String {
        let references = self.references.as_ref();
        self.name.clone().unwrap_or_else(|| {
            format!(
                "{table}_{}_{}_{}_fk",
                self.columns.join("_"),
                references.map_or("", |references| &references.name),
                self.referenced_columns.join("_")
            )
        })
    }

    /// What it refers to; the columns are paired with its own, in order.
    #[must_use]
    pub fn references<C: Into<String>>(
        mut self,
        table: impl Into<Reference>,
        columns: impl IntoIterator<Item = C>,
    ) -> Self {
        self.references = Some(table.into());
        self.referenced_columns = strings(columns);
        self
    }

    /// ON DELETE.
    #[must_use]
    pub fn on_delete(mut self, action: ReferentialAction) -> Self {
        self.on_delete = action;
        self
    }

    /// ON UPDATE.
    #[must_use]
    pub fn on_update(mut self, action: ReferentialAction) -> Self {
        self.on_update = action;
        self
    }

    /// Lets a transaction put off the check to its end (DEFERRABLE).
    #[must_use]
    pub fn deferrable(mut self) -> Self {
        self.deferrable = Deferrable::InitiallyImmediate;
        self
    }

    /// Puts off the check to the end of each transaction (DEFERRABLE INITIALLY DEFERRED).
    #[must_use]
    pub fn initially_deferred(mut self) -> Self {
        self.deferrable = Deferrable::InitiallyDeferred;
        self
    }

    /// Gives it a name.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }
}

fn strings<C: Into<String>>(columns: impl IntoIterator<Item = C>) -> Vec<String> {
    columns.into_iter().map(Into::into).collect()
}
