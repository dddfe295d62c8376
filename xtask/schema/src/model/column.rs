use super::{ColumnType, Object, QualifiedName, SequenceOptions};

/// A column of a table. A default of NULL counts as none, as it does in PostgreSQL.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type.
    pub data_type: ColumnType,
    /// The collation, if not the type's own (manual, 24.2). PostgreSQL's own ones lie in `pg_catalog`.
    pub collation: Option<QualifiedName>,
    /// Whether it is declared NOT NULL. A primary key and the notations of `serial` imply it whatever this says.
    pub not_null: bool,
    /// The default.
    pub default: Option<DefaultValue>,
    /// The expression of a stored generated column (manual, 5.4).
    pub generated: Option<String>,
    /// The identity property (manual, CREATE TABLE, `GENERATED … AS IDENTITY`).
    pub identity: Option<Identity>,
}

/// A column's default. Two defaults are equal when their SQL is; the kinds differ only in how a snapshot spells them.
#[derive(Debug, Clone)]
pub enum DefaultValue {
    /// A number, as SQL and JSON both write it.
    Number(String),
    /// A truth value.
    Boolean(bool),
    /// NULL, which drizzle states where it was given.
    Null,
    /// Any SQL expression, string constants included.
    Sql(String),
}

/// An identity column's property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// ALWAYS or BY DEFAULT.
    pub kind: IdentityKind,
    /// The sequence behind it, which lies in the table's schema unless a snapshot says otherwise.
    pub sequence: QualifiedName,
    /// The sequence's options.
    pub options: SequenceOptions,
}

/// Whether an identity column takes a value that an INSERT gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdentityKind {
    /// Only with OVERRIDING SYSTEM VALUE.
    Always,
    /// Yes.
    ByDefault,
}

impl IdentityKind {
    /// The SQL after GENERATED.
    #[must_use]
    pub fn sql(self) -> &'static str {
        match self {
            Self::Always => "ALWAYS",
            Self::ByDefault => "BY DEFAULT",
        }
    }
}

impl Column {
    /// Whether it is NOT NULL by itself: declared so, or a `serial`.
    #[must_use]
    pub fn is_not_null(&self) -> bool {
        self.not_null || self.data_type.is_serial()
    }
}

impl DefaultValue {
    /// The SQL after DEFAULT.
    #[must_use]
    pub fn sql(&self) -> &str {
        match self {
            Self::Number(sql) | Self::Sql(sql) => sql,
            Self::Boolean(true) => "true",
            Self::Boolean(false) => "false",
            Self::Null => "null",
        }
    }

    fn is_null(&self) -> bool {
        self.sql().eq_ignore_ascii_case("null")
    }
}

impl PartialEq for DefaultValue {
    fn eq(&self, other: &Self) -> bool {
        self.sql() == other.sql()
    }
}

fn stated(default: Option<&DefaultValue>) -> Option<&DefaultValue> {
    default.filter(|default| !default.is_null())
}

impl PartialEq for Column {
    fn eq(&self, other: &Self) -> bool {
        let Self {
            name,
            data_type,
            collation,
            not_null: _,
            default,
            generated,
            identity,
        } = self;
        *name == other.name
            && *data_type == other.data_type
            && *collation == other.collation
            && self.is_not_null() == other.is_not_null()
            && stated(default.as_ref()) == stated(other.default.as_ref())
            && *generated == other.generated
            && *identity == other.identity
    }
}

impl Object for Column {
    type Name = String;

    fn name(&self) -> &String {
        &self.name
    }
}
