//! The one function for quoting identifiers and the one for literals (PostgreSQL manual, 4.1.1 and 4.1.2.1).

/// `name` as a quoted identifier: always in double quotes, inner ones doubled.
#[must_use]
pub fn quote_identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// `text` as a string constant, inner quotes doubled.
///
/// Correct under `standard_conforming_strings = on`, the default since PostgreSQL 9.1, which the connection sets.
#[must_use]
pub fn quote_literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
