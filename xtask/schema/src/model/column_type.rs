//! A column's type: one meaning, and the spelling in which it came.

mod names;
#[cfg(test)]
mod tests;

use std::fmt;

use crate::quote::quote_identifier;

const WITH_TIME_ZONE: &str = " with time zone";

/// A column's type.
///
/// It is compared by its canonical form: PostgreSQL's aliases replaced (`int4` is `integer`), one space after the comma between modifiers, the
/// modifiers that PostgreSQL adds stated (`char` is `char(1)`). Snapshots and SQL keep the spelling in which a type was read or declared, so
/// that drizzle's two spellings of one type (`timestamp (3)` and `timestamp(3)`) are equal and yet each stays what it was.
#[derive(Debug, Clone)]
pub struct ColumnType {
    schema: Option<String>,
    base: String,
    modifiers: Option<String>,
    with_time_zone: bool,
    dimensions: Vec<Option<u32>>,
    /// The text as it came, without array brackets.
    spelling: String,
}

impl PartialEq for ColumnType {
    fn eq(&self, other: &Self) -> bool {
        let Self {
            schema,
            base,
            modifiers,
            with_time_zone,
            dimensions,
            spelling: _,
        } = self;
        *schema == other.schema
            && *base == other.base
            && *modifiers == other.modifiers
            && *with_time_zone == other.with_time_zone
            && *dimensions == other.dimensions
    }
}

impl Eq for ColumnType {}

impl ColumnType {
    /// A type of PostgreSQL's own or of an extension, by its SQL text, e.g. `numeric(18, 8)` or `timestamp(3) with time zone[]`.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let (spelling, dimensions) = split_dimensions(text.trim());
        let lowered = spelling.to_ascii_lowercase();
        let (length, stated_zone) = match lowered.strip_suffix(WITH_TIME_ZONE) {
            Some(rest) => (rest.len(), true),
            None => (
                lowered
                    .strip_suffix(" without time zone")
                    .unwrap_or(&lowered)
                    .len(),
                false,
            ),
        };
        let scalar = &spelling[..length];
        let (word, modifiers) = match scalar.find('(') {
            Some(open) if scalar.ends_with(')') => {
                (&scalar[..open], Some(&scalar[open + 1..scalar.len() - 1]))
            }
            _ => (scalar, None),
        };
        let word = word.trim();
        let modifiers = modifiers.map(|list| {
            list.split(',')
                .map(str::trim)
                .collect::<Vec<_>>()
                .join(", ")
        });
        let lowered = word.to_ascii_lowercase();
        let name = names::alias(&lowered).unwrap_or(&lowered);
        let (name, aliased_zone) = match name.strip_suffix(WITH_TIME_ZONE) {
            Some(name) => (name, true),
            None => (name, false),
        };
        let (name, modifiers) = complete(name, modifiers);
        Self {
            schema: None,
            base: if names::is_known(name) {
                name.to_owned()
            } else {
                word.to_owned()
            },
            modifiers,
            with_time_zone: stated_zone || aliased_zone,
            dimensions,
            spelling: spelling.to_owned(),
        }
    }

    /// A type that lies in a schema, such as an enum; `text` may end in array brackets.
    pub fn user_defined(schema: impl Into<String>, text: &str) -> Self {
        let (trimmed, dimensions) = split_dimensions(text);
        // A name can end in a space.
        let brackets = text[trimmed.len()..].find('[');
        let end = brackets.map_or(text.len(), |spaces| trimmed.len() + spaces);
        let name = &text[..end];
        Self {
            schema: Some(schema.into()),
            base: name.to_owned(),
            modifiers: None,
            with_time_zone: false,
            dimensions,
            spelling: name.to_owned(),
        }
    }

    /// The schema of a type that was declared with one.
    #[must_use]
    pub fn schema(&self) -> Option<&str> {
        self.schema.as_deref()
    }

    /// The type's name without modifiers, time zone and brackets: `numeric`, `timestamp`, `OrderSide`.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// What stands in the parentheses: `18, 8`.
    #[must_use]
    pub fn modifiers(&self) -> Option<&str> {
        self.modifiers.as_deref()
    }

    /// Whether it is a `timestamp` or `time` WITH TIME ZONE.
    #[must_use]
    pub fn with_time_zone(&self) -> bool {
        self.with_time_zone
    }

    /// The sizes in the array brackets, outermost first; empty when the type is no array. PostgreSQL does not enforce them.
    #[must_use]
    pub fn dimensions(&self) -> &[Option<u32>] {
        &self.dimensions
    }

    /// Whether it is `smallserial`, `serial` or `bigserial`: no types, but a notation that PostgreSQL expands (manual, 8.1.4).
    #[must_use]
    pub fn is_serial(&self) -> bool {
        self.schema.is_none()
            && matches!(self.base.as_str(), "smallserial" | "serial" | "bigserial")
    }

    /// Whether PostgreSQL, or an extension known here, has a type of this name.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.schema.is_none() && names::is_known(&self.base)
    }

    /// The type of PostgreSQL's own that a name without quotes and schema was likely meant to be; `None` when it is known, or like none, as an
    /// extension's type may be.
    #[must_use]
    pub fn nearest_built_in(&self) -> Option<&'static str> {
        names::nearest_built_in(&self.base)
    }

    /// A type that lies in a schema, under another name.
    #[must_use]
    pub fn renamed(&self, name: &super::QualifiedName) -> Self {
        Self {
            schema: Some(name.schema.clone()),
            base: name.name.clone(),
            spelling: name.name.clone(),
            ..self.clone()
        }
    }

    /// The same type as an array with one more dimension.
    #[must_use]
    pub fn array_of(mut self, size: Option<u32>) -> Self {
        self.dimensions.push(size);
        self
    }

    /// As SQL in a definition.
    ///
    /// As drizzle-kit writes it, wherever that names the type: some types bare in their own spelling, all others quoted as a whole, `public`
    /// left out. Where it does not (`"varbit(5)"` and `"int"` name no type), in the canonical form, with modifiers outside the quotes.
    #[must_use]
    pub fn sql(&self) -> String {
        let schema = self.schema.as_deref();
        self.with_brackets(self.scalar_sql(schema.filter(|schema| *schema != super::PUBLIC)))
    }

    /// As SQL with the schema stated even if it is `public`, as drizzle-kit has it behind SET DATA TYPE.
    #[must_use]
    pub fn qualified_sql(&self) -> String {
        self.with_brackets(self.scalar_sql(self.schema()))
    }

    fn scalar_sql(&self, stated_schema: Option<&str>) -> String {
        let Some(schema) = &self.schema else {
            return self.unqualified_sql();
        };
        let bare = names::is_drizzle_bare(&self.base) && names::is_plain_name(&self.base);
        let hidden = names::is_hidden(&self.base);
        match stated_schema {
            _ if bare && schema == super::PUBLIC => self.base.clone(),
            None if !hidden => quote_identifier(&self.base),
            _ => format!(
                "{}.{}",
                quote_identifier(schema),
                quote_identifier(&self.base)
            ),
        }
    }

    fn unqualified_sql(&self) -> String {
        // A custom type may come quoted or qualified already.
        if names::is_drizzle_bare(&self.spelling) || self.base.contains(['"', '.']) {
            return self.spelling.clone();
        }
        let custom = !names::is_known(&self.base) && self.spelling == self.base;
        if custom || names::is_in_catalog(&self.spelling) {
            return quote_identifier(&self.spelling);
        }
        self.canonical()
    }

    fn canonical(&self) -> String {
        let mut sql = if names::is_keyword(&self.base) {
            self.base.clone()
        } else {
            quote_identifier(&self.base)
        };
        if let Some(modifiers) = &self.modifiers {
            sql.push('(');
            sql.push_str(modifiers);
            sql.push(')');
        }
        if self.with_time_zone {
            sql.push_str(WITH_TIME_ZONE);
        }
        sql
    }

    fn with_brackets(&self, mut text: String) -> String {
        for size in &self.dimensions {
            text.push('[');
            if let Some(size) = size {
                text.push_str(&size.to_string());
            }
            text.push(']');
        }
        text
    }
}

/// The text without quotes and schema in its own spelling, as a snapshot holds it: `numeric(18, 8)`, `OrderSide[]`.
impl fmt::Display for ColumnType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.with_brackets(self.spelling.clone()))
    }
}

/// The name and modifiers that PostgreSQL understands where some of it is left out (manual, 8.1.2, 8.1.3, 8.3 and 8.10).
fn complete(name: &str, modifiers: Option<String>) -> (&str, Option<String>) {
    match (name, modifiers) {
        ("float", bits) => {
            let single = bits
                .and_then(|bits| bits.parse().ok())
                .is_some_and(|bits: u32| bits <= 24);
            (if single { "real" } else { "double precision" }, None)
        }
        ("bpchar", Some(length)) => ("char", Some(length)),
        ("char" | "bit", None) => (name, Some("1".to_owned())),
        ("numeric", Some(precision)) if !precision.contains(',') => {
            (name, Some(format!("{precision}, 0")))
        }
        (_, modifiers) => (name, modifiers),
    }
}

fn split_dimensions(text: &str) -> (&str, Vec<Option<u32>>) {
    let mut rest = text;
    let mut dimensions = Vec::new();
    while let Some((before, size)) = rest
        .strip_suffix(']')
        .and_then(|inner| inner.rsplit_once('['))
    {
        let size = size.trim();
        let Ok(size) = (if size.is_empty() {
            Ok(None)
        } else {
            size.parse().map(Some)
        }) else {
            break;
        };
        dimensions.push(size);
        rest = before.trim_end();
    }
    dimensions.reverse();
    (rest, dimensions)
}
