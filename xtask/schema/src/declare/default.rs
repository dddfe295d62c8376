//! Default values: constants that become SQL, and functions that the application calls.

use crate::model::DefaultValue;
use crate::quote::quote_literal;

/// A constant for `.default(…)`.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// NULL, which is what a column without a default has, too.
    Null,
    /// A string constant; also dates, times, enum labels and numbers too long for a float.
    Text(String),
    /// An integer.
    Integer(i64),
    /// A floating-point number.
    Float(f64),
    /// A truth value.
    Boolean(bool),
    /// An array of constants, which may be arrays in turn.
    Array(Vec<Self>),
}

/// A default as it was declared.
#[derive(Debug, Clone)]
pub(super) enum ColumnDefault {
    Literal(Literal),
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
            Self::Literal(literal) => literal.value(),
            Self::Json(json) => DefaultValue::Sql(format!("{}::{base}", quote_literal(json))),
            Self::Sql(sql) => DefaultValue::Sql(sql.clone()),
        }
    }
}

impl Literal {
    fn value(&self) -> DefaultValue {
        match self {
            Self::Null => DefaultValue::Null,
            Self::Boolean(value) => DefaultValue::Boolean(*value),
            Self::Integer(_) | Self::Float(_) => DefaultValue::Number(self.plain()),
            Self::Text(_) | Self::Array(_) => DefaultValue::Sql(quote_literal(&self.plain())),
        }
    }

    pub(super) fn plain(&self) -> String {
        match self {
            Self::Null => "NULL".to_owned(),
            Self::Text(text) => text.clone(),
            Self::Integer(value) => value.to_string(),
            Self::Float(value) => javascript_number(*value),
            Self::Boolean(value) => value.to_string(),
            Self::Array(elements) => {
                let elements: Vec<_> = elements.iter().map(Self::array_element).collect();
                format!("{{{}}}", elements.join(","))
            }
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

/// The number's shortest text, with an exponent where JavaScript, and so drizzle, writes one.
fn javascript_number(value: f64) -> String {
    if value == 0.0 || (1e-6..1e21).contains(&value.abs()) {
        return value.to_string();
    }
    let text = format!("{value:e}");
    if value.abs() < 1.0 {
        text
    } else {
        text.replace('e', "e+")
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

impl<T: Into<Self>, const N: usize> From<[T; N]> for Literal {
    fn from(elements: [T; N]) -> Self {
        Self::Array(elements.into_iter().map(Into::into).collect())
    }
}

impl<T: Into<Self>> From<Vec<T>> for Literal {
    fn from(elements: Vec<T>) -> Self {
        Self::Array(elements.into_iter().map(Into::into).collect())
    }
}
