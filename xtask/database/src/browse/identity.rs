//! What tells the rows of a relation apart.

use serde::Serialize;

use super::BrowseError;
use super::condition::Parameters;
use super::relation::{Index, Relation, RelationKind};

/// What tells the rows of a relation apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Identity {
    /// By what.
    pub kind: IdentityKind,
    /// The columns, if it is by columns.
    pub columns: Vec<i16>,
    /// Why by nothing better.
    pub reason: Option<String>,
    /// Whether a row's place is one in several tables.
    #[serde(skip)]
    pub(super) spans_tables: bool,
}

/// By what rows are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum IdentityKind {
    /// The primary key.
    PrimaryKey,
    /// A unique index over columns that are never null.
    Unique,
    /// The row's place on disk, which changes when the row does.
    Ctid,
    /// Nothing.
    None,
}

/// What names a row: the values of the columns of its relation's [`Identity`]; or its place, behind its table's oid where there are several.
pub type Key = Vec<String>;

impl Identity {
    /// The best that a relation has.
    pub(super) fn of(
        kind: RelationKind,
        has_storage: bool,
        has_children: bool,
        indexes: &[Index],
    ) -> Self {
        let by = |kind, columns: Vec<i16>, reason: Option<&str>| Self {
            kind,
            columns,
            reason: reason.map(str::to_owned),
            spans_tables: false,
        };
        match kind {
            RelationKind::View => {
                return by(
                    IdentityKind::None,
                    vec![],
                    Some("the rows of a view have no key"),
                );
            }
            RelationKind::Foreign => {
                let reason = "the rows of a foreign table have no key here";
                return by(IdentityKind::None, vec![], Some(reason));
            }
            _ => {}
        }
        // A key of a table says nothing of the tables that inherit from it; partitions share their table's.
        if has_children && has_storage {
            return Self {
                spans_tables: true,
                ..by(
                    IdentityKind::Ctid,
                    vec![],
                    Some("other tables inherit from it, whose rows its key does not tell apart"),
                )
            };
        }
        if let Some(key) = indexes
            .iter()
            .find(|index| index.primary && index.identifies)
        {
            return by(IdentityKind::PrimaryKey, key.numbers.clone(), None);
        }
        let unique = indexes.iter().filter(|index| index.identifies);
        if let Some(key) = unique.min_by_key(|index| index.numbers.len()) {
            let reason = format!("it has no primary key, but the unique index {}", key.name);
            return by(IdentityKind::Unique, key.numbers.clone(), Some(&reason));
        }
        Self {
            spans_tables: !has_storage,
            ..by(
                IdentityKind::Ctid,
                vec![],
                Some("it has no primary key, and no unique index over columns that are never null"),
            )
        }
    }
}

impl Relation {
    /// What a key consists of, in SQL: what is compared, its text, and the type of the comparison.
    pub(super) fn key_parts(&self) -> Result<Vec<KeyPart>, BrowseError> {
        let identity = &self.identity;
        if identity.kind != IdentityKind::Ctid {
            let parts = identity.columns.iter().map(|number| {
                let column = self.column(*number)?;
                let part = column.key_part();
                part.ok_or_else(|| BrowseError::NoOrder(column.data_type.clone()))
            });
            return parts.collect();
        }
        let system = |name: &str, data_type: &str| KeyPart {
            column: None,
            sql: name.to_owned(),
            text: format!("{name}::text"),
            cast: data_type.to_owned(),
            operators: "pg_catalog".to_owned(),
        };
        let mut parts = vec![system("ctid", "tid")];
        if identity.spans_tables {
            parts.insert(0, system("tableoid", "oid"));
        }
        Ok(parts)
    }

    /// That a row is the one with this key.
    pub(super) fn is_row(
        &self,
        key: &Key,
        parameters: &mut Parameters,
    ) -> Result<String, BrowseError> {
        let parts = self.key_parts()?;
        if parts.is_empty() || parts.len() != key.len() {
            return Err(BrowseError::Key(self.sql()));
        }
        let equal = parts.iter().zip(key).map(|(part, value)| {
            let value = parameters.add(Some(value.clone()));
            part.compare("=", &value)
        });
        Ok(equal.collect::<Vec<_>>().join(" AND "))
    }
}

/// A part of a key, or of an order.
#[derive(Clone, Debug)]
pub(super) struct KeyPart {
    /// The column, if it is one that the table declares.
    pub(super) column: Option<i16>,
    /// What is compared.
    pub(super) sql: String,
    /// The same as text.
    pub(super) text: String,
    /// The type that a parameter is cast to.
    pub(super) cast: String,
    /// The schema of the operators.
    pub(super) operators: String,
}

impl KeyPart {
    /// `a < $1::type`.
    pub(super) fn compare(&self, operator: &str, parameter: &str) -> String {
        let Self {
            sql,
            cast,
            operators,
            ..
        } = self;
        let operator = if operators == "pg_catalog" {
            operator.to_owned()
        } else {
            let schema = pg_schema::quote_identifier(operators);
            format!("OPERATOR({schema}.{operator})")
        };
        if cast == "text" {
            format!("{sql} {operator} {parameter}")
        } else {
            format!("{sql} {operator} {parameter}::{cast}")
        }
    }
}
