use super::{Column, Index, Reference};
use crate::model::StorageParameter;

/// A view, declared.
#[derive(Debug, Clone)]
pub struct View {
    pub(super) name: String,
    pub(super) schema: Option<String>,
    pub(super) columns: Vec<Column>,
    pub(super) source: Option<Source>,
    pub(super) with: Vec<StorageParameter>,
    pub(super) comment: Option<String>,
    pub(super) renamed_from: Option<Reference>,
}

/// A materialized view, declared.
#[derive(Debug, Clone)]
pub struct MaterializedView {
    pub(super) view: View,
    pub(super) tablespace: Option<String>,
    pub(super) access_method: Option<String>,
    pub(super) with_no_data: bool,
    pub(super) indexes: Vec<Index>,
}

/// Where a view comes from.
#[derive(Debug, Clone)]
pub(super) enum Source {
    Query(String),
    Existing,
}

/// What must hold of a row that is written through a view (manual, CREATE VIEW).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckOption {
    /// The view's own condition.
    Local,
    /// And those of the views below it.
    Cascaded,
}

/// A view; its query is given by [`View::as_sql`].
pub fn pg_view(name: impl Into<String>) -> View {
    View {
        name: name.into(),
        schema: None,
        columns: Vec::new(),
        source: None,
        with: Vec::new(),
        comment: None,
        renamed_from: None,
    }
}

/// A materialized view; its query is given by [`MaterializedView::as_sql`].
pub fn pg_materialized_view(name: impl Into<String>) -> MaterializedView {
    MaterializedView {
        view: pg_view(name),
        tablespace: None,
        access_method: None,
        with_no_data: false,
        indexes: Vec::new(),
    }
}

impl View {
    /// Places the view in a schema other than `public`.
    #[must_use]
    pub fn in_schema(mut self, schema: impl Into<String>) -> Self {
        self.schema = Some(schema.into());
        self
    }

    /// Its columns, for those who read the snapshot. PostgreSQL takes them from the query.
    #[must_use]
    pub fn columns(mut self, columns: impl IntoIterator<Item = Column>) -> Self {
        self.columns = columns.into_iter().collect();
        self
    }

    /// The query, without a semicolon.
    #[must_use]
    pub fn as_sql(mut self, query: impl Into<String>) -> Self {
        self.source = Some(Source::Query(query.into()));
        self
    }

    /// The view exists and is only referred to: no migration touches it.
    #[must_use]
    pub fn existing(mut self) -> Self {
        self.source = Some(Source::Existing);
        self
    }

    /// Whether the view's conditions come before those of who reads it.
    #[must_use]
    pub fn security_barrier(self, value: bool) -> Self {
        self.option("security_barrier", value)
    }

    /// Whether the tables below are read with the rights of who reads the view (PostgreSQL 15 and later).
    #[must_use]
    pub fn security_invoker(self, value: bool) -> Self {
        self.option("security_invoker", value)
    }

    /// WITH CHECK OPTION.
    #[must_use]
    pub fn check_option(self, option: CheckOption) -> Self {
        self.option(
            "check_option",
            match option {
                CheckOption::Local => "local",
                CheckOption::Cascaded => "cascaded",
            },
        )
    }

    fn option(mut self, name: &str, value: impl ToString) -> Self {
        self.with.push(StorageParameter {
            name: name.to_owned(),
            value: value.to_string(),
            as_string: false,
        });
        self
    }
}

impl MaterializedView {
    /// Places the view in a schema other than `public`.
    #[must_use]
    pub fn in_schema(mut self, schema: impl Into<String>) -> Self {
        self.view = self.view.in_schema(schema);
        self
    }

    /// Its columns, for those who read the snapshot. PostgreSQL takes them from the query.
    #[must_use]
    pub fn columns(mut self, columns: impl IntoIterator<Item = Column>) -> Self {
        self.view = self.view.columns(columns);
        self
    }

    /// The query, without a semicolon.
    #[must_use]
    pub fn as_sql(mut self, query: impl Into<String>) -> Self {
        self.view = self.view.as_sql(query);
        self
    }

    /// The view exists and is only referred to: no migration touches it.
    #[must_use]
    pub fn existing(mut self) -> Self {
        self.view = self.view.existing();
        self
    }

    /// A storage parameter in PostgreSQL's spelling, e.g. `fillfactor`, `70`.
    #[must_use]
    pub fn with(mut self, parameter: &str, value: impl ToString) -> Self {
        self.view = self.view.option(parameter, value);
        self
    }

    /// The tablespace.
    #[must_use]
    pub fn tablespace(mut self, tablespace: impl Into<String>) -> Self {
        self.tablespace = Some(tablespace.into());
        self
    }

    /// The table access method.
    #[must_use]
    pub fn using(mut self, access_method: impl Into<String>) -> Self {
        self.access_method = Some(access_method.into());
        self
    }

    /// An index.
    #[must_use]
    pub fn index(mut self, index: Index) -> Self {
        self.indexes.push(index);
        self
    }

    /// Its comment (manual, COMMENT).
    #[must_use]
    pub fn comment(mut self, text: impl Into<String>) -> Self {
        self.view = self.view.comment(text);
        self
    }

    /// Leaves the view empty until the first REFRESH.
    #[must_use]
    pub fn with_no_data(mut self) -> Self {
        self.with_no_data = true;
        self
    }
}
