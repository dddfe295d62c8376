//! A column's type, in one canonical spelling.

use std::fmt;

use crate::quote::quote_identifier;

/// PostgreSQL's other spellings of its own types (manual, table 8.1, and `pg_type`), and the spelling used here, which is drizzle's.
const ALIASES: &[(&str, &str)] = &[
    ("int8", "bigint"),
    ("int4", "integer"),
    ("int", "integer"),
    ("int2", "smallint"),
    ("serial8", "bigserial"),
    ("serial4", "serial"),
    ("serial2", "smallserial"),
    ("bool", "boolean"),
    ("float8", "double precision"),
    ("float4", "real"),
    ("decimal", "numeric"),
    ("character varying", "varchar"),
    ("character", "char"),
    ("bpchar", "char"),
    ("bit varying", "varbit"),
    ("timestamptz", "timestamp with time zone"),
    ("timestamp without time zone", "timestamp"),
    ("timetz", "time with time zone"),
    ("time without time zone", "time"),
];

/// Types whose names are keywords of the grammar: in quotes they would mean something else or nothing.
const KEYWORD_TYPES: &[&str] = &[
    "smallint",
    "integer",
    "bigint",
    "real",
    "double precision",
    "numeric",
    "boolean",
    "char",
    "varchar",
    "bit",
    "time",
    "timestamp",
    "interval",
];

/// Types that drizzle-kit writes without quotes, by the beginning of their text (`parseType` in its SQL generator).
const DRIZZLE_BARE: &[&str] = &[
    "uuid",
    "text",
    "serial",
    "bigserial",
    "json",
    "date",
    "vector",
    "geometry",
    "halfvec",
    "sparsevec",
];

/// A column's type: its SQL text in canonical spelling, and the array brackets behind it.
///
/// Canonical means: PostgreSQL's aliases replaced (`int4` is `integer`), one space after the comma between modifiers, none before the
/// parenthesis. The two spellings that drizzle has for one type (`timestamp (3)` and `timestamp(3)`) are therefore equal.
#[derive(Debug, Clone)]
pub struct ColumnType {
    schema: Option<String>,
    base: String,
    modifiers: Option<String>,
    suffix: Option<&'static str>,
    dimensions: Vec<Option<u32>>,
    /// Whether it was spelled `timestamp(3)`, as drizzle's mode `string` does, and not `timestamp (3)`. Kept so that a text stays what it was,
    /// but the type is the same.
    tight: bool,
}

impl PartialEq for ColumnType {
    fn eq(&self, other: &Self) -> bool {
        (
            &self.schema,
            &self.base,
            &self.modifiers,
            self.suffix,
            &self.dimensions,
        ) == (
            &other.schema,
            &other.base,
            &other.modifiers,
            other.suffix,
            &other.dimensions,
        )
    }
}

impl Eq for ColumnType {}

impl ColumnType {
    /// A type of PostgreSQL's own or of an extension, by its SQL text, e.g. `numeric(18, 8)` or `timestamp(3) with time zone[]`.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let (scalar, dimensions) = split_dimensions(text.trim());
        let lowered = scalar.to_ascii_lowercase();
        let (lowered, suffix) = if let Some(rest) = lowered.strip_suffix(" with time zone") {
            (rest, Some("with time zone"))
        } else {
            (
                lowered
                    .strip_suffix(" without time zone")
                    .unwrap_or(&lowered),
                None,
            )
        };
        let scalar = &scalar[..lowered.len()];
        let (base, modifiers) = match scalar.find('(') {
            Some(open) if scalar.ends_with(')') => {
                (&scalar[..open], Some(&scalar[open + 1..scalar.len() - 1]))
            }
            _ => (scalar, None),
        };
        let (base_text, base) = (base, base.trim());
        let lowered = base.to_ascii_lowercase();
        let mut canonical = Self {
            schema: None,
            base: base.to_owned(),
            modifiers: modifiers.map(|list| {
                list.split(',')
                    .map(str::trim)
                    .collect::<Vec<_>>()
                    .join(", ")
            }),
            suffix,
            dimensions,
            tight: modifiers.is_some() && !base_text.ends_with(' '),
        };
        if let Some((_, name)) = ALIASES.iter().find(|(alias, _)| *alias == lowered) {
            let without_zone = name.strip_suffix(" with time zone");
            without_zone.unwrap_or(name).clone_into(&mut canonical.base);
            canonical.suffix = canonical.suffix.or(without_zone.map(|_| "with time zone"));
        } else if is_known(&lowered) || lowered.starts_with("interval ") {
            canonical.base = lowered;
        }
        canonical
    }

    /// A type that lies in a schema, such as an enum; `text` may end in array brackets.
    pub fn user_defined(schema: impl Into<String>, text: &str) -> Self {
        let (name, dimensions) = split_dimensions(text);
        Self {
            schema: Some(schema.into()),
            base: name.to_owned(),
            modifiers: None,
            suffix: None,
            dimensions,
            tight: false,
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
        self.suffix.is_some()
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

    /// The same type as an array with one more dimension.
    #[must_use]
    pub fn array_of(mut self, size: Option<u32>) -> Self {
        self.dimensions.push(size);
        self
    }

    /// As SQL.
    ///
    /// PostgreSQL's multi-word and keyword types stand bare, as do those that drizzle writes bare; every other name is quoted, and only the
    /// name: the modifiers and brackets stay outside the quotes. (drizzle-kit quotes `"varbit(5)"` as a whole, which names no type.)
    #[must_use]
    pub fn sql(&self) -> String {
        let mut sql = match &self.schema {
            Some(schema) if schema != super::PUBLIC => {
                format!(
                    "{}.{}",
                    quote_identifier(schema),
                    quote_identifier(&self.base)
                )
            }
            // A custom type may come quoted or qualified already.
            None if self.stands_bare() || self.base.contains(['"', '.']) => self.base.clone(),
            _ => quote_identifier(&self.base),
        };
        self.push_rest(&mut sql);
        sql
    }

    fn stands_bare(&self) -> bool {
        KEYWORD_TYPES.contains(&self.base.as_str())
            || self.base.starts_with("interval ")
            || DRIZZLE_BARE.contains(&self.base.as_str())
            || self.base == "jsonb"
    }

    /// What follows the name. drizzle writes the precision of `timestamp` after a space, but in its mode `string`.
    fn push_rest(&self, text: &mut String) {
        if let Some(modifiers) = &self.modifiers {
            if self.base == "timestamp" && !self.tight {
                text.push(' ');
            }
            text.push('(');
            text.push_str(modifiers);
            text.push(')');
        }
        if let Some(suffix) = self.suffix {
            text.push(' ');
            text.push_str(suffix);
        }
        for size in &self.dimensions {
            text.push('[');
            if let Some(size) = size {
                text.push_str(&size.to_string());
            }
            text.push(']');
        }
    }
}

/// The text without quotes and schema, as a snapshot holds it: `numeric(18, 8)`, `OrderSide[]`.
impl fmt::Display for ColumnType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = self.base.clone();
        self.push_rest(&mut text);
        f.write_str(&text)
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

/// Types that every PostgreSQL has and a column can have (manual, chapter 8), besides the aliases.
const BUILT_IN: &[&str] = &[
    "bytea",
    "cidr",
    "inet",
    "macaddr",
    "macaddr8",
    "money",
    "xml",
    "tsvector",
    "tsquery",
    "point",
    "line",
    "lseg",
    "box",
    "path",
    "polygon",
    "circle",
    "int4range",
    "int8range",
    "numrange",
    "tsrange",
    "tstzrange",
    "daterange",
    "int4multirange",
    "int8multirange",
    "nummultirange",
    "tsmultirange",
    "tstzmultirange",
    "datemultirange",
    "pg_lsn",
    "pg_snapshot",
    "jsonpath",
    "oid",
    "xid",
    "xid8",
    "cid",
    "tid",
    "name",
    "regclass",
    "regtype",
    "regproc",
    "regprocedure",
    "regoper",
    "regoperator",
    "regrole",
    "regnamespace",
    "regconfig",
    "regdictionary",
    "varbit",
    "jsonb",
    "uuid",
    "text",
    "json",
    "date",
    "serial",
    "bigserial",
    "smallserial",
    "\"char\"",
];

fn is_known(lowered: &str) -> bool {
    KEYWORD_TYPES.contains(&lowered)
        || BUILT_IN.contains(&lowered)
        || DRIZZLE_BARE.contains(&lowered)
}

/// The built-in type that a misspelt name is nearest to; `None` when the name is known, or like none, as an extension's type may be.
pub(crate) fn nearest_built_in(base: &str) -> Option<&'static str> {
    let lowered = base.to_ascii_lowercase();
    if is_known(&lowered) || lowered.starts_with("interval ") || lowered.contains(['"', '.']) {
        return None;
    }
    let all = KEYWORD_TYPES
        .iter()
        .chain(BUILT_IN)
        .chain(DRIZZLE_BARE)
        .copied();
    crate::nearest::nearest(&lowered, all)
}

#[cfg(test)]
mod tests {
    use super::ColumnType;

    #[track_caller]
    fn check(text: &str, snapshot: &str, sql: &str) {
        let parsed = ColumnType::parse(text);
        assert_eq!(parsed.to_string(), snapshot);
        assert_eq!(parsed.sql(), sql);
        assert_eq!(
            ColumnType::parse(snapshot),
            parsed,
            "the snapshot's text must read back as the same type"
        );
    }

    #[test]
    fn spellings_of_one_type_are_one() {
        check("numeric(18,8)", "numeric(18, 8)", "numeric(18, 8)");
        check("DECIMAL ( 18 , 8 )", "numeric(18, 8)", "numeric(18, 8)");
        check("int4", "integer", "integer");
        check("timestamp (3)", "timestamp (3)", "timestamp (3)");
        check("timestamp(3)", "timestamp(3)", "timestamp(3)");
        assert_eq!(
            ColumnType::parse("timestamp(3)"),
            ColumnType::parse("timestamp (3)")
        );
        check(
            "timestamptz (3)",
            "timestamp (3) with time zone",
            "timestamp (3) with time zone",
        );
        check("timestamp without time zone", "timestamp", "timestamp");
        check(
            "time(6) with time zone",
            "time(6) with time zone",
            "time(6) with time zone",
        );
        check("character varying(10)[]", "varchar(10)[]", "varchar(10)[]");
        check(
            "float8[3][]",
            "double precision[3][]",
            "double precision[3][]",
        );
        check(
            "interval day to second(3)",
            "interval day to second(3)",
            "interval day to second(3)",
        );
    }

    #[test]
    fn only_the_name_is_quoted() {
        check("inet", "inet", "\"inet\"");
        check("inet[]", "inet[]", "\"inet\"[]");
        check("bit varying(5)", "varbit(5)", "\"varbit\"(5)");
        check("citext", "citext", "\"citext\"");
        check("geometry(point)", "geometry(point)", "geometry(point)");
        assert_eq!(
            ColumnType::user_defined("public", "text_kind").sql(),
            "\"text_kind\""
        );
        assert_eq!(
            ColumnType::user_defined("a", "Kind[]").sql(),
            "\"a\".\"Kind\"[]"
        );
    }
}
