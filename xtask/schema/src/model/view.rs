use super::{Column, Index, Object, Objects, QualifiedName, StorageParameter};

/// A view or a materialized view (manual, CREATE VIEW and CREATE MATERIALIZED VIEW).
#[derive(Debug, Clone)]
pub struct View {
    /// Its name.
    pub name: QualifiedName,
    /// Its columns as a snapshot lists them. PostgreSQL takes them from the query, so they never make two views differ.
    pub columns: Objects<Column>,
    /// Those of them that a snapshot calls primary keys, as drizzle takes them over from a table. No state either.
    pub primary_key: Vec<String>,
    /// The query; `None` for a view that exists and is only referred to.
    pub definition: Option<String>,
    /// Whether it is materialized.
    pub materialized: bool,
    /// `security_barrier`, `security_invoker` and `check_option` of a view, storage parameters of a materialized one. Their order is no state.
    pub with: Vec<StorageParameter>,
    /// Where a materialized view is stored, if not in the database's own tablespace.
    pub tablespace: Option<String>,
    /// How a materialized view is stored, if not in the server's default way.
    pub access_method: Option<String>,
    /// Whether a materialized view is made empty. How it was made is no state: a later REFRESH fills it.
    pub with_no_data: bool,
    /// The indexes of a materialized view.
    pub indexes: Objects<Index>,
}

impl View {
    /// A view that exists and is only referred to.
    #[must_use]
    pub fn existing(name: QualifiedName) -> Self {
        Self {
            name,
            columns: Objects::default(),
            primary_key: Vec::new(),
            definition: None,
            materialized: false,
            with: Vec::new(),
            tablespace: None,
            access_method: None,
            with_no_data: false,
            indexes: Objects::default(),
        }
    }

    /// Whether both are the same view, whatever indexes they have.
    #[must_use]
    pub fn same_but_indexes(&self, other: &Self) -> bool {
        Self {
            indexes: other.indexes.clone(),
            ..self.clone()
        } == *other
    }
}

impl PartialEq for View {
    fn eq(&self, other: &Self) -> bool {
        let Self {
            name,
            columns: _,
            primary_key: _,
            definition,
            materialized,
            with,
            tablespace,
            access_method,
            with_no_data: _,
            indexes,
        } = self;
        *name == other.name
            && *definition == other.definition
            && *materialized == other.materialized
            && StorageParameter::same(with, &other.with)
            && *tablespace == other.tablespace
            && *access_method == other.access_method
            && *indexes == other.indexes
    }
}

impl Object for View {
    type Name = QualifiedName;

    fn name(&self) -> &QualifiedName {
        &self.name
    }
}
