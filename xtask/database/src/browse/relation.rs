//! What a relation is made of, in the words of people who look at it.

use pg_schema::quote_identifier;
use serde::Serialize;

use super::BrowseError;
use super::identity::Identity;

/// A table, a view, or what else has rows.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Relation {
    /// Its oid.
    pub id: u32,
    /// Its schema.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: RelationKind,
    /// What is said about it.
    pub comment: Option<String>,
    /// Its columns, in order.
    pub columns: Vec<Column>,
    /// The columns of its primary key, in the key's order.
    pub primary_key: Option<Vec<i16>>,
    /// What tells its rows apart.
    pub identity: Identity,
    /// What may be done to its rows.
    pub writable: Writable,
    /// What it refers to.
    pub foreign_keys: Vec<ForeignKey>,
    /// What refers to it.
    pub referenced_by: Vec<ForeignKey>,
    /// Its indexes, by name.
    pub indexes: Vec<Index>,
    /// About how many rows it has; none if the server does not know.
    pub rows: Option<u64>,
    /// Whether it has rows of its own, rather than those of partitions or of a query.
    #[serde(skip)]
    pub(super) has_storage: bool,
}

/// What a relation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RelationKind {
    /// An ordinary table.
    Table,
    /// A view.
    View,
    /// A materialized view.
    MaterializedView,
    /// A table that consists of partitions.
    Partitioned,
    /// A table that is a partition; it may have partitions itself.
    Partition,
    /// A table of another server.
    Foreign,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Column {
    /// Its number, which no other column of the relation ever has.
    pub number: i16,
    /// Its name.
    pub name: String,
    /// Its type, as SQL writes it.
    #[serde(rename = "type")]
    pub data_type: String,
    /// What kind of type that is; of a domain, what it is made of.
    pub base: Base,
    /// Whether it refuses null.
    pub not_null: bool,
    /// Whether its values have an order, by which rows can be sorted and compared.
    pub sortable: bool,
    /// Its default in SQL, or what it is generated from.
    pub default: Option<String>,
    /// Whether the application makes new values. No database knows it, so this says no until who reads the column says otherwise.
    pub app_default: bool,
    /// Whether the database makes its values.
    pub generated: Option<Generated>,
    /// The labels of an enum, or of an array of one, in order.
    pub enum_labels: Option<Vec<String>>,
    /// What is said about it.
    pub comment: Option<String>,
    /// Whether it is part of the primary key.
    pub primary_key: bool,
    /// The foreign keys that it is part of: places in [`Relation::foreign_keys`].
    pub foreign_keys: Vec<usize>,
    /// The type that a text is cast to: without what would cut or round the value.
    #[serde(skip)]
    pub(super) cast: String,
    /// The schema of the type's comparison operators.
    #[serde(skip)]
    pub(super) operators: Option<String>,
    /// Whether a value can be long.
    #[serde(skip)]
    pub(super) may_be_long: bool,
    /// Whether the cast to text is not what PostgreSQL shows: `inet` adds `/32`.
    #[serde(skip)]
    pub(super) is_inet: bool,
}

/// What kind of type a column has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Base {
    /// One of some labels.
    Enum,
    /// `true` or `false`.
    Boolean,
    /// JSON as it was written.
    Json,
    /// JSON as a value.
    Jsonb,
    /// Integers, `numeric`, floating point.
    Number,
    /// `text` and its like.
    Text,
    /// Bytes, in hexadecimal digits.
    Bytea,
    /// With or without a zone.
    Timestamp,
    /// A day.
    Date,
    /// With or without a zone.
    Time,
    /// An UUID.
    Uuid,
    /// Several of one type.
    Array,
    /// Ranges and multiranges.
    Range,
    /// Several of several types.
    Composite,
    /// Any other one.
    Other,
}

/// Who makes the values of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Generated {
    /// An expression over other columns; stored or not.
    Stored,
    /// A sequence, always.
    IdentityAlways,
    /// A sequence, where no value is given.
    IdentityDefault,
}

/// A foreign key, from either side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ForeignKey {
    /// Its name.
    pub name: String,
    /// The columns on this side.
    pub columns: Vec<i16>,
    /// The relation on the other side.
    pub relation: u32,
    /// Its schema.
    pub schema: String,
    /// Its name.
    pub table: String,
    /// The columns on the other side, in the order of those on this one.
    pub referenced: Vec<i16>,
    /// Their names.
    pub referenced_names: Vec<String>,
}

/// An index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Index {
    /// Its name.
    pub name: String,
    /// Its key columns and expressions in order, as SQL has them.
    pub columns: Vec<String>,
    /// Whether each key stands once.
    pub unique: bool,
    /// `btree`, `gin` …
    pub method: String,
    /// The numbers of its key columns; 0 stands for an expression.
    #[serde(skip)]
    pub(super) numbers: Vec<i16>,
    /// Whether it tells rows apart: valid, checked at once, whole, of columns alone, and none of them null.
    #[serde(skip)]
    pub(super) identifies: bool,
    /// Whether it is the primary key's.
    #[serde(skip)]
    pub(super) primary: bool,
}

/// What may be done to the rows of a relation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Writable {
    /// Whether rows can come.
    pub insert: bool,
    /// Whether values can change.
    pub update: bool,
    /// Whether rows can go.
    pub delete: bool,
    /// Why not, where one of them is not so.
    pub reason: Option<String>,
}

impl Writable {
    /// Nothing, for a reason.
    pub(super) fn nothing(reason: impl Into<String>) -> Self {
        Self {
            insert: false,
            update: false,
            delete: false,
            reason: Some(reason.into()),
        }
    }
}

impl Relation {
    /// Says that nothing may be done to its rows.
    pub fn forbid_writing(&mut self, reason: &str) {
        self.writable = Writable::nothing(reason);
    }

    /// The column of this number.
    ///
    /// # Errors
    /// When it has none.
    pub fn column(&self, number: i16) -> Result<&Column, BrowseError> {
        let found = self.columns.iter().find(|column| column.number == number);
        found.ok_or_else(|| BrowseError::NoColumn {
            relation: self.sql(),
            column: number,
        })
    }

    /// Its name in SQL.
    pub(super) fn sql(&self) -> String {
        let (schema, name) = (quote_identifier(&self.schema), quote_identifier(&self.name));
        format!("{schema}.{name}")
    }
}

impl Column {
    /// Its name in SQL.
    #[must_use]
    pub fn sql(&self) -> String {
        quote_identifier(&self.name)
    }

    /// Its value as PostgreSQL shows it.
    pub(super) fn text(&self) -> String {
        if self.is_inet {
            format!("pg_catalog.abbrev({})", self.sql())
        } else {
            format!("{}::text", self.sql())
        }
    }

    /// A parameter, which is a text, as a value of its type.
    pub(super) fn cast(&self, parameter: &str) -> String {
        if self.cast == "text" {
            parameter.to_owned()
        } else {
            format!("{parameter}::{}", self.cast)
        }
    }
}
