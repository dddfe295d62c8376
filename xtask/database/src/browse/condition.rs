//! Which rows, in which order: what is asked for, and its SQL.

use postgres::types::{ToSql, Type};
use serde::{Deserialize, Serialize};

use super::BrowseError;
use super::identity::KeyPart;
use super::relation::{Base, Column, Relation};
use crate::error::ServerError;

/// Which rows of which relation, in which order.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Query {
    /// The relation's oid.
    pub id: u32,
    /// The order; rows that it leaves equal are ordered by their key.
    #[serde(default)]
    pub sort: Vec<Sort>,
    /// What holds for all of them.
    #[serde(default)]
    pub filters: Vec<Filter>,
    /// A condition in SQL that a person wrote, which holds too.
    #[serde(default, rename = "where")]
    pub condition: Option<String>,
}

/// An order by a column. As PostgreSQL has it, null counts as greater than everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sort {
    /// The column's number.
    pub column: i16,
    /// Whether the greatest comes first.
    #[serde(default)]
    pub desc: bool,
}

/// A condition on a column.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Filter {
    /// The column's number.
    pub column: i16,
    /// How it is compared.
    pub op: Comparison,
    /// With what.
    #[serde(default)]
    pub value: Operand,
}

/// How a column is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Comparison {
    /// Equal.
    Eq,
    /// Not equal, and not null.
    Ne,
    /// Less.
    Lt,
    /// Less or equal.
    Le,
    /// Greater.
    Gt,
    /// Greater or equal.
    Ge,
    /// Its text matches a pattern of `%` and `_`.
    Like,
    /// The same, whatever the case.
    Ilike,
    /// Null.
    IsNull,
    /// Not null.
    NotNull,
    /// One of some.
    In,
    /// An array, a range or a `jsonb` that holds another.
    Contains,
}

/// What a column is compared with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Operand {
    /// Nothing.
    #[default]
    None,
    /// A value.
    One(String),
    /// Several.
    Many(Vec<String>),
}

/// The values behind `$1`, `$2` …
#[derive(Clone, Debug, Default)]
pub(super) struct Parameters(Vec<Option<String>>);

impl Parameters {
    /// One more, as SQL names it.
    pub(super) fn add(&mut self, value: Option<String>) -> String {
        self.0.push(value);
        format!("${}", self.0.len())
    }

    /// The values themselves.
    pub(super) fn into_values(self) -> Vec<Option<String>> {
        self.0
    }

    /// As the driver takes them.
    pub(super) fn typed(&self) -> Vec<(&(dyn ToSql + Sync), Type)> {
        let typed = |value| (value as &(dyn ToSql + Sync), Type::TEXT);
        self.0.iter().map(typed).collect()
    }
}

/// A condition in SQL, with its parameters.
#[derive(Clone, Debug, Default)]
pub(super) struct Condition {
    parts: Vec<String>,
    /// What a person wrote.
    free: Option<String>,
    pub(super) parameters: Parameters,
}

impl Condition {
    pub(super) fn of(query: &Query, relation: &Relation) -> Result<Self, BrowseError> {
        let mut condition = Self::default();
        for filter in &query.filters {
            let column = relation.column(filter.column)?;
            let part = sql(column, filter, &mut condition.parameters)?;
            condition.parts.push(part);
        }
        let free = query.condition.as_deref();
        let free = free.filter(|text| !text.trim().is_empty());
        condition.free = free.map(str::to_owned);
        Ok(condition)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.parts.is_empty() && self.free.is_none()
    }

    pub(super) fn and(&mut self, part: String) {
        self.parts.push(part);
    }

    /// `select`, a WHERE clause if there is a condition, and the `end`.
    pub(super) fn statement(&self, select: &str, end: &str) -> Statement {
        let mut sql = select.to_owned();
        let mut separator = " WHERE ";
        for part in &self.parts {
            sql.push_str(separator);
            sql.push_str(part);
            separator = " AND ";
        }
        let mut free = None;
        if let Some(text) = &self.free {
            sql.push_str(separator);
            // On a line of its own, so that a comment in it ends.
            sql.push_str("(\n");
            let start = sql.chars().count() + 1;
            sql.push_str(text);
            free = Some((start, start + text.chars().count()));
            sql.push_str("\n)");
        }
        sql.push_str(end);
        Statement { sql, free }
    }
}

/// A statement, and where in it stands what a person wrote.
#[derive(Clone, Debug)]
pub(super) struct Statement {
    pub(super) sql: String,
    /// From the first character, counted from 1, to the one behind the last.
    free: Option<(usize, usize)>,
}

impl Statement {
    /// What the server says of it, of which a mistake in the free condition is the person's.
    pub(super) fn explain(&self, error: postgres::Error) -> BrowseError {
        let error = crate::error::QueryError::from(error);
        let (Some((start, end)), Some(server)) = (self.free, error.server()) else {
            return error.into();
        };
        // A condition that ends too early is an error at the parenthesis behind it.
        let within = |position: usize| {
            (start..=end + 1)
                .contains(&position)
                .then(|| position.min(end) + 1 - start)
        };
        let is_in_it = server.position.and_then(within);
        // What is wrong with a value, or not allowed, has no position.
        let has_none = server.position.is_none() && server.sqlstate != "57014";
        if is_in_it.is_none() && !has_none {
            return error.into();
        }
        BrowseError::Condition(Box::new(ServerError {
            position: is_in_it,
            ..server.clone()
        }))
    }
}

fn sql(
    column: &Column,
    filter: &Filter,
    parameters: &mut Parameters,
) -> Result<String, BrowseError> {
    let problem = |problem| BrowseError::Filter {
        column: column.name.clone(),
        problem,
    };
    let name = column.sql();
    let one = || match &filter.value {
        Operand::One(value) => Ok(value.clone()),
        _ => Err(problem("needs a value")),
    };
    let mut compared = |operator: &str, value: String| {
        let parameter = parameters.add(Some(value));
        match column.key_part() {
            Some(part) => part.compare(operator, &parameter),
            // Without an order there may be no equality either, as with `json`.
            None => format!("{} {operator} {parameter}", column.text()),
        }
    };
    let ordered = |operator: &'static str| {
        if column.sortable {
            Ok(operator)
        } else {
            Err(BrowseError::NoOrder(column.data_type.clone()))
        }
    };
    Ok(match filter.op {
        Comparison::Eq => compared("=", one()?),
        Comparison::Ne => compared("<>", one()?),
        Comparison::Lt => compared(ordered("<")?, one()?),
        Comparison::Le => compared(ordered("<=")?, one()?),
        Comparison::Gt => compared(ordered(">")?, one()?),
        Comparison::Ge => compared(ordered(">=")?, one()?),
        Comparison::Like => format!("{} LIKE {}", column.text(), parameters.add(Some(one()?))),
        Comparison::Ilike => format!("{} ILIKE {}", column.text(), parameters.add(Some(one()?))),
        Comparison::IsNull => format!("{name} IS NOT DISTINCT FROM NULL"),
        Comparison::NotNull => format!("{name} IS DISTINCT FROM NULL"),
        Comparison::In => match &filter.value {
            Operand::Many(values) if !values.is_empty() => {
                let each = values.iter().map(|value| compared("=", value.clone()));
                format!("({})", each.collect::<Vec<_>>().join(" OR "))
            }
            Operand::One(value) => compared("=", value.clone()),
            _ => return Err(problem("needs values")),
        },
        Comparison::Contains => {
            if !matches!(column.base, Base::Jsonb | Base::Array | Base::Range) {
                return Err(problem("needs an array, a range or jsonb"));
            }
            let parameter = parameters.add(Some(one()?));
            format!("{name} @> {}", column.cast(&parameter))
        }
    })
}

impl Column {
    /// As part of an order; none if its type has none.
    pub(super) fn key_part(&self) -> Option<KeyPart> {
        Some(KeyPart {
            column: Some(self.number),
            sql: self.sql(),
            text: self.text(),
            cast: self.cast.clone(),
            operators: self.operators.clone()?,
        })
    }
}
