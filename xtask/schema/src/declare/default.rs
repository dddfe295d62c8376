//! Default values: constants that become SQL, and functions that the application calls.

use crate::model::DefaultValue;
use crate::quote::quote_literal;

/// A constant for `.default(…)`.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// A string constant; also dates, times, enum labels and numbers too long for a float.
    Text(String),
    /// An integer.
    Integer(i64),
    /// A floating-point number.
    Float(f64),
    /// A truth value.
    Boolean(bool),
}

/// A default as it was declared.
#[derive(Debug, Clone)]
pub(super) enum ColumnDefault {
    Literal(Literal),
    Array(Vec<Literal>),
    Json(String),
    Sql(String),
}

/// A random UUID (version 4), for `.default_fn(random_uuid)`.
#[must_use]
pub fn random_uuid() -> String {
    uuid::Uuid::new_v4().to_string()
}

impl ColumnDefault {
    /// The value as SQL, spelled as drizzle spells it; `base` is the column type's name.
    pub(super) fn value(&self, base: &str) -> DefaultValue {
        match self {
            Self::Literal(Literal::Boolean(value)) => DefaultValue::Boolean(*value),
            Self::Literal(Literal::Text(text)) => DefaultValue::Sql(quote_literal(text)),
            Self::Literal(number) => DefaultValue::Number(number.plain()),
            Self::Array(elements) => {
                let elements: Vec<_> = elements.iter().map(Literal::array_element).collect();
                DefaultValue::Sql(quote_literal(&format!("{{{}}}", elements.join(","))))
            }
            Self::Json(json) => DefaultValue::Sql(format!("{}::{base}", quote_literal(json))),
            Self::Sql(sql) => DefaultValue::Sql(sql.clone()),
        }
    }
}

impl Literal {
    fn plain(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Integer(value) => value.to_string(),
            Self::Float(value) => value.to_string(),
            Self::Boolean(value) => value.to_string(),
        }
    }

    /// As it stands inside an array constant, strings always in double quotes (manual, 8.15.2).
    fn array_element(&self) -> String {
        match self {
            Self::Text(text) => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
            other => other.plain(),
        }
    }
}

impl From<&str> for Literal {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Literal {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i32> for Literal {
    fn from(value: i32) -> Self {
        Self::Integer(value.into())
    }
}

impl From<i64> for Literal {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<f64> for Literal {
    fn from(value: f64) -> Self {
        Self::Float(value)
    }
}

impl From<bool> for Literal {
    fn from(value: bool) -> Self {
        Self::Boolean(value)
    }
}
