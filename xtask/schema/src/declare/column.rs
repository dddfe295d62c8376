use std::fmt;

use super::default::{ColumnDefault, Literal};
use super::{DefaultFn, Reference};
use crate::model::{Deferrable, IdentityKind, ReferentialAction};

/// A column, declared.
#[derive(Debug, Clone)]
pub struct Column {
    pub(super) name: String,
    pub(super) type_name: TypeName,
    pub(super) modifiers: Option<String>,
    pub(super) collation: Option<Reference>,
    pub(super) fields: Option<String>,
    pub(super) with_time_zone: bool,
    pub(super) array_sizes: Vec<Option<u32>>,
    pub(super) primary_key: bool,
    pub(super) not_null: bool,
    pub(super) unique: bool,
    pub(super) default: Option<ColumnDefault>,
    pub(super) default_fn: Option<DefaultFn>,
    pub(super) generated: Option<String>,
    pub(super) identity: Option<(IdentityKind, IdentityOptions)>,
    pub(super) references: Option<ColumnReference>,
    pub(super) comment: Option<String>,
    pub(super) renamed_from: Option<String>,
    /// What was said of this column that cannot hold; reported by `build`, with everything else.
    pub(super) problems: Vec<String>,
}

/// What kind of type a column was declared with.
#[derive(Debug, Clone)]
pub(super) enum TypeName {
    BuiltIn(&'static str),
    Custom(String),
    Enum(Reference),
}

/// A foreign key that is declared on its only column.
#[derive(Debug, Clone)]
pub(super) struct ColumnReference {
    pub(super) table: Reference,
    pub(super) column: String,
    pub(super) on_delete: ReferentialAction,
    pub(super) on_update: ReferentialAction,
    pub(super) deferrable: Deferrable,
}

/// The options of an identity column's sequence; what is not stated has PostgreSQL's default.
#[derive(Debug, Clone, Default)]
pub struct IdentityOptions {
    pub(super) name: Option<String>,
    pub(super) increment: Option<i64>,
    pub(super) min: Option<i64>,
    pub(super) max: Option<i64>,
    pub(super) start: Option<i64>,
    pub(super) cache: Option<i64>,
    pub(super) cycle: bool,
}

/// An identity sequence with PostgreSQL's defaults, named `<table>_<column>_seq`.
#[must_use]
pub fn identity() -> IdentityOptions {
    IdentityOptions::default()
}

impl Column {
    pub(super) fn new(name: String, type_name: TypeName) -> Self {
        let is_serial = matches!(
            type_name,
            TypeName::BuiltIn("smallserial" | "serial" | "bigserial")
        );
        Self {
            name,
            type_name,
            modifiers: None,
            collation: None,
            fields: None,
            with_time_zone: false,
            array_sizes: Vec::new(),
            primary_key: false,
            not_null: is_serial,
            unique: false,
            default: None,
            default_fn: None,
            generated: None,
            identity: None,
            references: None,
            comment: None,
            renamed_from: None,
            problems: Vec::new(),
        }
    }

    /// The table's primary key; implies NOT NULL.
    #[must_use]
    pub fn primary_key(mut self) -> Self {
        self.primary_key = true;
        self.not_null = true;
        self
    }

    /// NOT NULL.
    #[must_use]
    pub fn not_null(mut self) -> Self {
        self.not_null = true;
        self
    }

    /// A unique constraint on this column alone, named `<table>_<column>_unique`; [`super::unique`] states any other.
    #[must_use]
    pub fn unique(mut self) -> Self {
        self.unique = true;
        self
    }

    /// A constant as the default; for an array, an array of constants.
    #[must_use]
    pub fn default(mut self, value: impl Into<Literal>) -> Self {
        let value = value.into();
        if matches!(self.type_name, TypeName::BuiltIn("json" | "jsonb"))
            && self.array_sizes.is_empty()
        {
            self.problems
                .push("the default of a json column is JSON: use `.default_json`".to_owned());
        }
        if matches!(value, Literal::Array(_)) && self.array_sizes.is_empty() {
            self.problems.push(
                "an array is the default of arrays only; put `.array()` before it".to_owned(),
            );
        }
        self.default = Some(ColumnDefault::Literal(value));
        self
    }

    /// A JSON text as the default of a `json` or `jsonb` column.
    #[must_use]
    pub fn default_json(mut self, json: impl Into<String>) -> Self {
        if !matches!(self.type_name, TypeName::BuiltIn("json" | "jsonb")) {
            self.problems.push(format!(
                "`.default_json` is for json, jsonb, not for {}",
                self.type_name
            ));
        }
        self.default = Some(ColumnDefault::Json(json.into()));
        self
    }

    /// An SQL expression as the default.
    #[must_use]
    pub fn default_sql(mut self, sql: impl Into<String>) -> Self {
        self.default = Some(ColumnDefault::Sql(sql.into()));
        self
    }

    /// The time of the transaction as the default: `now()`.
    #[must_use]
    pub fn default_now(self) -> Self {
        self.default_sql("now()")
    }

    /// A random UUID made by the database as the default: `gen_random_uuid()`.
    #[must_use]
    pub fn default_random(self) -> Self {
        self.default_sql("gen_random_uuid()")
    }

    /// A default that the application makes for new rows. It is never SQL and no part of the state.
    #[must_use]
    pub fn default_fn(mut self, function: DefaultFn) -> Self {
        self.default_fn = Some(function);
        self
    }

    /// A stored generated column: its value is always that of the expression.
    #[must_use]
    pub fn generated_always_as(mut self, expression: impl Into<String>) -> Self {
        self.generated = Some(expression.into());
        self
    }

    /// GENERATED ALWAYS AS IDENTITY: the value comes from a sequence, and an INSERT cannot give another.
    #[must_use]
    pub fn generated_always_as_identity(mut self, options: IdentityOptions) -> Self {
        self.identity = Some((IdentityKind::Always, options));
        self.not_null = true;
        self
    }

    /// GENERATED BY DEFAULT AS IDENTITY: the value comes from a sequence unless an INSERT gives one.
    #[must_use]
    pub fn generated_by_default_as_identity(mut self, options: IdentityOptions) -> Self {
        self.identity = Some((IdentityKind::ByDefault, options));
        self.not_null = true;
        self
    }

    /// A foreign key on this column alone; [`super::foreign_key`] states any other.
    #[must_use]
    pub fn references(mut self, table: impl Into<Reference>, column: impl Into<String>) -> Self {
        self.references = Some(ColumnReference {
            table: table.into(),
            column: column.into(),
            on_delete: ReferentialAction::NoAction,
            on_update: ReferentialAction::NoAction,
            deferrable: Deferrable::No,
        });
        self
    }

    /// ON DELETE of the foreign key.
    #[must_use]
    pub fn on_delete(mut self, action: ReferentialAction) -> Self {
        match &mut self.references {
            Some(reference) => reference.on_delete = action,
            None => self
                .problems
                .push("`.on_delete` needs a `.references` before it".to_owned()),
        }
        self
    }

    /// ON UPDATE of the foreign key.
    #[must_use]
    pub fn on_update(mut self, action: ReferentialAction) -> Self {
        match &mut self.references {
            Some(reference) => reference.on_update = action,
            None => self
                .problems
                .push("`.on_update` needs a `.references` before it".to_owned()),
        }
        self
    }

    /// Lets a transaction put off the check of the foreign key to its end (DEFERRABLE).
    #[must_use]
    pub fn deferrable(self) -> Self {
        self.deferred("deferrable", Deferrable::InitiallyImmediate)
    }

    /// Puts off the check of the foreign key to the end of each transaction (DEFERRABLE INITIALLY DEFERRED).
    #[must_use]
    pub fn initially_deferred(self) -> Self {
        self.deferred("initially_deferred", Deferrable::InitiallyDeferred)
    }

    fn deferred(mut self, option: &str, deferrable: Deferrable) -> Self {
        match &mut self.references {
            Some(reference) => reference.deferrable = deferrable,
            None => self
                .problems
                .push(format!("`.{option}` needs a `.references` before it")),
        }
        self
    }

    /// How its text compares and sorts: a collation of PostgreSQL's own, e.g. `C`, or another one with its schema.
    #[must_use]
    pub fn collate(mut self, collation: impl Into<Reference>) -> Self {
        self.collation = Some(collation.into());
        self
    }

    /// The type's SQL text without array brackets; `None` for an enum.
    pub(super) fn type_text(&self) -> Option<String> {
        let mut text = match &self.type_name {
            TypeName::BuiltIn(name) => (*name).to_owned(),
            TypeName::Custom(sql) => sql.clone(),
            TypeName::Enum(_) => return None,
        };
        if let Some(fields) = &self.fields {
            text.push(' ');
            text.push_str(fields);
        }
        if let Some(modifiers) = &self.modifiers {
            // drizzle's spelling of `timestamp` in its usual mode.
            text.push_str(if text == "timestamp" { " (" } else { "(" });
            text.push_str(modifiers);
            text.push(')');
        }
        if self.with_time_zone {
            text.push_str(" with time zone");
        }
        Some(text)
    }
}

impl IdentityOptions {
    /// The sequence's name.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// INCREMENT BY.
    #[must_use]
    pub fn increment(mut self, increment: i64) -> Self {
        self.increment = Some(increment);
        self
    }

    /// MINVALUE.
    #[must_use]
    pub fn min_value(mut self, min: i64) -> Self {
        self.min = Some(min);
        self
    }

    /// MAXVALUE.
    #[must_use]
    pub fn max_value(mut self, max: i64) -> Self {
        self.max = Some(max);
        self
    }

    /// START WITH.
    #[must_use]
    pub fn start_with(mut self, start: i64) -> Self {
        self.start = Some(start);
        self
    }

    /// CACHE.
    #[must_use]
    pub fn cache(mut self, cache: i64) -> Self {
        self.cache = Some(cache);
        self
    }

    /// CYCLE.
    #[must_use]
    pub fn cycle(mut self) -> Self {
        self.cycle = true;
        self
    }
}

impl fmt::Display for TypeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BuiltIn(name) => f.write_str(name),
            Self::Custom(sql) => f.write_str(sql),
            Self::Enum(reference) => write!(f, "the enum {}", reference.name),
        }
    }
}
