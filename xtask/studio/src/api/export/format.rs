//! The formats of files.

use pg_database::browse::{Base, Column, Generated};
use pg_schema::quote_literal;
use serde::Deserialize;

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Format {
    /// Comma-separated values (RFC 4180), as `COPY … CSV HEADER` writes them.
    Csv,
    /// One array of objects.
    Json,
    /// An object a line.
    Ndjson,
    /// An INSERT statement a row.
    Sql,
}

impl Format {
    pub(super) fn mime(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Json => "application/json",
            Self::Ndjson => "application/x-ndjson",
            Self::Sql => "application/sql",
        }
    }

    pub(super) fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Ndjson => "ndjson",
            Self::Sql => "sql",
        }
    }
}

/// Writes rows in a format.
pub(super) struct Writer {
    format: Format,
    columns: Vec<Written>,
    /// What every INSERT begins with.
    insert: String,
    /// Whether a row was written.
    begun: bool,
}

struct Written {
    /// As a key of JSON.
    key: String,
    base: Base,
    /// Whether its values can be given to an INSERT.
    given: bool,
}

impl Writer {
    pub(super) fn new(format: Format) -> Self {
        Self {
            format,
            columns: Vec::new(),
            insert: String::new(),
            begun: false,
        }
    }

    pub(super) fn begin(&mut self, table: &str, columns: &[Column], text: &mut String) {
        self.columns = columns
            .iter()
            .map(|column| Written {
                key: json_string(&column.name),
                base: column.base,
                given: column.generated != Some(Generated::Stored),
            })
            .collect();
        match self.format {
            Format::Csv => csv_row(
                columns.iter().map(|column| Some(column.name.as_str())),
                text,
            ),
            Format::Json => text.push('['),
            Format::Ndjson => {}
            Format::Sql => self.insert = insert(table, columns),
        }
    }

    pub(super) fn row(&mut self, values: &[Option<&str>], text: &mut String) {
        let columns = self.columns.iter().zip(values);
        match self.format {
            Format::Csv => csv_row(values.iter().copied(), text),
            Format::Json | Format::Ndjson => {
                if let Format::Json = self.format {
                    text.push_str(if self.begun { ",\n" } else { "\n" });
                }
                text.push('{');
                for (place, (column, value)) in columns.enumerate() {
                    if place > 0 {
                        text.push(',');
                    }
                    text.push_str(&column.key);
                    text.push(':');
                    text.push_str(&json(column.base, *value));
                }
                text.push('}');
                if let Format::Ndjson = self.format {
                    text.push('\n');
                }
            }
            Format::Sql => {
                let given = columns.filter(|(column, _)| column.given);
                let values = given.map(|(_, value)| value.map_or("NULL".to_owned(), quote_literal));
                let values: Vec<_> = values.collect();
                text.push_str(&self.insert);
                if !values.is_empty() {
                    text.push_str(&format!(" VALUES ({})", values.join(", ")));
                }
                text.push_str(";\n");
            }
        }
        self.begun = true;
    }

    pub(super) fn end(&self, text: &mut String) {
        if let Format::Json = self.format {
            text.push_str("\n]\n");
        }
    }
}

fn insert(table: &str, columns: &[Column]) -> String {
    let given = || {
        let columns = columns.iter();
        columns.filter(|column| column.generated != Some(Generated::Stored))
    };
    let names: Vec<_> = given().map(Column::sql).collect();
    if names.is_empty() {
        return format!("INSERT INTO {table} DEFAULT VALUES");
    }
    let is_always = given().any(|column| column.generated == Some(Generated::IdentityAlways));
    let overriding = if is_always {
        " OVERRIDING SYSTEM VALUE"
    } else {
        ""
    };
    format!("INSERT INTO {table} ({}){overriding}", names.join(", "))
}

fn csv_row<'a>(values: impl Iterator<Item = Option<&'a str>>, text: &mut String) {
    for (place, value) in values.enumerate() {
        if place > 0 {
            text.push(',');
        }
        match value {
            None => {}
            // `\.` ends the data of COPY.
            Some(value)
                if value.is_empty() || value == "\\." || value.contains([',', '"', '\n', '\r']) =>
            {
                text.push('"');
                text.push_str(&value.replace('"', "\"\""));
                text.push('"');
            }
            Some(value) => text.push_str(value),
        }
    }
    text.push('\n');
}

/// JSON's own kinds where PostgreSQL's are the same; digits are not touched. What JSON has no number for is a text.
fn json(base: Base, value: Option<&str>) -> String {
    let Some(value) = value else {
        return "null".to_owned();
    };
    match base {
        Base::Boolean | Base::Json | Base::Jsonb => value.to_owned(),
        Base::Number if !value.contains(['N', 'I']) => value.to_owned(),
        _ => json_string(value),
    }
}

fn json_string(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
