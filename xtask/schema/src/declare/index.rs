use super::{Literal, Reference};
use crate::model::{IndexTerm, NullsOrder, SortOrder, StorageParameter};

/// An index, declared. Its name may be left to drizzle's rule, `<table>_<columns>_index`.
#[derive(Debug, Clone)]
pub struct Index {
    pub(super) name: Option<String>,
    pub(super) unique: bool,
    pub(super) method: String,
    pub(super) keys: Vec<IndexKey>,
    pub(super) include: Vec<String>,
    pub(super) nulls_not_distinct: bool,
    pub(super) predicate: Option<String>,
    pub(super) with: Vec<StorageParameter>,
    pub(super) concurrently: bool,
    pub(super) comment: Option<String>,
    pub(super) renamed_from: Option<String>,
}

/// One key of a declared index. A plain `"name"` is the column of that name, ascending.
#[derive(Debug, Clone)]
pub struct IndexKey {
    pub(super) term: IndexTerm,
    pub(super) order: SortOrder,
    pub(super) nulls: NullsOrder,
    pub(super) collation: Option<Reference>,
    pub(super) operator_class: Option<String>,
}

/// An index; an empty name stands for the automatic one.
pub fn index(name: impl Into<String>) -> Index {
    let name = name.into();
    Index {
        name: (!name.is_empty()).then_some(name),
        unique: false,
        method: "btree".to_owned(),
        keys: Vec::new(),
        include: Vec::new(),
        nulls_not_distinct: false,
        predicate: None,
        with: Vec::new(),
        concurrently: false,
        comment: None,
        renamed_from: None,
    }
}

/// A unique index; an empty name stands for the automatic one.
pub fn unique_index(name: impl Into<String>) -> Index {
    Index {
        unique: true,
        ..index(name)
    }
}

/// A column in ascending order.
pub fn asc(column: impl Into<String>) -> IndexKey {
    IndexKey {
        term: IndexTerm::Column(column.into()),
        order: SortOrder::Ascending,
        nulls: NullsOrder::Last,
        collation: None,
        operator_class: None,
    }
}

/// A column in descending order; NULLs last, as drizzle has it, unless [`IndexKey::nulls_first`] says otherwise.
pub fn desc(column: impl Into<String>) -> IndexKey {
    IndexKey {
        order: SortOrder::Descending,
        ..asc(column)
    }
}

/// An SQL expression, e.g. `lower(email)`.
pub fn expression(sql: impl Into<String>) -> IndexKey {
    IndexKey {
        term: IndexTerm::Expression(sql.into()),
        ..asc("")
    }
}

impl Index {
    /// Those of its keys that are columns.
    pub(super) fn columns(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().filter_map(|key| match &key.term {
            IndexTerm::Column(name) => Some(name.as_str()),
            IndexTerm::Expression(_) => None,
        })
    }

    pub(super) fn name_in(&self, table: &str) -> String {
        let columns = || self.columns().collect::<Vec<_>>().join("_");
        let automatic = || format!("{table}_{}_index", columns());
        self.name.clone().unwrap_or_else(automatic)
    }

    /// What is indexed.
    #[must_use]
    pub fn on<K: Into<IndexKey>>(mut self, keys: impl IntoIterator<Item = K>) -> Self {
        self.keys = keys.into_iter().map(Into::into).collect();
        self
    }

    /// The access method: `btree` unless stated, `hash`, `gin`, `gist`, `spgist`, `brin`, or an extension's.
    #[must_use]
    pub fn using(mut self, method: impl Into<String>) -> Self {
        self.method = method.into();
        self
    }

    /// Columns that it holds beside its keys, so that a query that wants no others need not look into the table (INCLUDE).
    #[must_use]
    pub fn include<C: Into<String>>(mut self, columns: impl IntoIterator<Item = C>) -> Self {
        self.include = columns.into_iter().map(Into::into).collect();
        self
    }

    /// Two NULLs count as the same (PostgreSQL 15 and later).
    #[must_use]
    pub fn nulls_not_distinct(mut self) -> Self {
        self.nulls_not_distinct = true;
        self
    }

    /// The predicate of a partial index.
    #[must_use]
    pub fn predicate(mut self, predicate: impl Into<String>) -> Self {
        self.predicate = Some(predicate.into());
        self
    }

    /// A storage parameter, e.g. `fillfactor`, `70`.
    #[must_use]
    pub fn with(mut self, parameter: impl Into<String>, value: impl Into<Literal>) -> Self {
        let value = value.into();
        self.with.push(StorageParameter {
            name: parameter.into(),
            value: value.plain(),
            as_string: matches!(value, Literal::Text(_)),
        });
        self
    }

    /// Builds the index without blocking writes, in a migration of its own that runs outside a transaction.
    #[must_use]
    pub fn concurrently(mut self) -> Self {
        self.concurrently = true;
        self
    }
}

impl IndexKey {
    /// Descending order, for an expression; NULLs last as with [`desc`].
    #[must_use]
    pub fn desc(mut self) -> Self {
        self.order = SortOrder::Descending;
        self
    }

    /// NULLs before all values.
    #[must_use]
    pub fn nulls_first(mut self) -> Self {
        self.nulls = NullsOrder::First;
        self
    }

    /// NULLs after all values, the default here for both directions.
    #[must_use]
    pub fn nulls_last(mut self) -> Self {
        self.nulls = NullsOrder::Last;
        self
    }

    /// How its text compares and sorts: a collation of PostgreSQL's own, e.g. `C`, or another one with its schema.
    #[must_use]
    pub fn collate(mut self, collation: impl Into<Reference>) -> Self {
        self.collation = Some(collation.into());
        self
    }

    /// The operator class, e.g. `gin_trgm_ops`.
    #[must_use]
    pub fn op(mut self, operator_class: impl Into<String>) -> Self {
        self.operator_class = Some(operator_class.into());
        self
    }
}

impl From<&str> for IndexKey {
    fn from(column: &str) -> Self {
        asc(column)
    }
}
