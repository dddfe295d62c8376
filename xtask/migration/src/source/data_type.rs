//! The declaration's word for a type.

use pg_schema::declare::COLUMN_TYPES;
use pg_schema::{ColumnType, QualifiedName, Schema, quote_identifier};

use super::literal::integer;
use super::tree::{Expression, Method};

/// How the declaration states a type that is no array.
pub(super) struct Notation {
    /// The function that makes the column.
    pub(super) function: Function,
    /// What it is called with beside the column's name, and what its result is refined by.
    pub(super) options: Vec<Method>,
    /// The type as the declaration spells it.
    pub(super) spelled: ColumnType,
}

pub(super) enum Function {
    /// Of a type's own.
    Own(&'static str),
    Enum(QualifiedName),
    /// With the type as SQL.
    Custom(String),
}

/// How a type is stated, but for its array brackets.
pub(super) fn notation(data_type: &ColumnType, schema: &Schema) -> Notation {
    if let Some(of) = data_type.schema() {
        let name = QualifiedName::new(of, data_type.base());
        return if schema.enums.contains(&name) {
            Notation {
                spelled: ColumnType::user_defined(of, data_type.base()),
                function: Function::Enum(name),
                options: Vec::new(),
            }
        } else {
            custom(name.sql())
        };
    }
    own(data_type).unwrap_or_else(|| custom(sql_of(data_type)))
}

fn custom(sql: String) -> Notation {
    Notation {
        spelled: ColumnType::parse(&sql),
        function: Function::Custom(sql),
        options: Vec::new(),
    }
}

/// `None` where no function of the declaration's states precisely this type.
fn own(data_type: &ColumnType) -> Option<Notation> {
    if !data_type.is_known() {
        return None;
    }
    let (base, fields) = match data_type.base().split_once(' ') {
        Some(("interval", fields)) => ("interval", Some(fields)),
        _ => (data_type.base(), None),
    };
    let (function, sql) = COLUMN_TYPES.iter().find(|(_, sql)| *sql == base)?;
    let mut spelled = (*sql).to_owned();
    let mut options = Vec::new();
    if let Some(fields) = fields {
        spelled.push_str(&format!(" {fields}"));
        let fields = Expression::Text(format!("\"{fields}\""));
        options.push(Method::new("fields", vec![fields]));
    }
    // One `char` or `bit` goes without saying.
    let implied = matches!(base, "char" | "bit") && data_type.modifiers() == Some("1");
    if let Some(modifiers) = data_type.modifiers().filter(|_| !implied) {
        let numbers: Option<Vec<_>> = modifiers
            .split(", ")
            .map(|number| number.parse::<i64>().ok())
            .collect();
        let numbers = numbers?.into_iter().map(|number| integer(number, false));
        options.push(Method::new(option(base)?, numbers.collect()));
        // As the declaration spells it, which is as drizzle does.
        spelled.push_str(if spelled == "timestamp" { " (" } else { "(" });
        spelled.push_str(&format!("{modifiers})"));
    }
    if data_type.with_time_zone() {
        spelled.push_str(" with time zone");
        options.push(Method::new("with_timezone", Vec::new()));
    }
    let spelled = ColumnType::parse(&spelled);
    (spelled == ColumnType::parse(&scalar_text(data_type))).then_some(Notation {
        function: Function::Own(function),
        options,
        spelled,
    })
}

/// The option that gives a type its modifiers.
fn option(base: &str) -> Option<&'static str> {
    Some(match base {
        "numeric" => "precision",
        "varchar" | "char" => "length",
        "time" | "timestamp" | "interval" => "seconds_precision",
        "vector" | "halfvec" | "sparsevec" | "bit" => "dimensions",
        _ => return None,
    })
}

/// The type's SQL without array brackets; in quotes where the declaration would take it for a misspelt type of PostgreSQL's.
fn sql_of(data_type: &ColumnType) -> String {
    if data_type.nearest_built_in().is_none() {
        return scalar_text(data_type);
    }
    let modifiers = data_type.modifiers();
    let modifiers = modifiers.map_or_else(String::new, |modifiers| format!("({modifiers})"));
    format!("{}{modifiers}", quote_identifier(data_type.base()))
}

fn scalar_text(data_type: &ColumnType) -> String {
    let mut text = data_type.to_string();
    for size in data_type.dimensions() {
        let brackets = size.map_or(2, |size| size.to_string().len() + 2);
        text.truncate(text.len() - brackets);
    }
    text
}
