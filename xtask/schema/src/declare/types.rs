//! One function for each column type of drizzle's `pg-core`, and two for all other types.

use super::Reference;
use super::column::{Column, TypeName};

macro_rules! column_types {
    ($($(#[doc = $doc:literal])+ $function:ident = $sql:literal;)+) => {
        /// The functions below, by name, each with the SQL of its type.
        pub const COLUMN_TYPES: &[(&str, &str)] = &[$((stringify!($function), $sql)),+];

        $(
            $(#[doc = $doc])+
            pub fn $function(name: impl Into<String>) -> Column {
                Column::new(name.into(), TypeName::BuiltIn($sql))
            }
        )+
    };
}

column_types! {
    /// `smallint`, 2 bytes.
    smallint = "smallint";
    /// `integer`, 4 bytes.
    integer = "integer";
    /// `bigint`, 8 bytes.
    bigint = "bigint";
    /// `smallserial`: a `smallint` with a sequence as its default.
    smallserial = "smallserial";
    /// `serial`: an `integer` with a sequence as its default.
    serial = "serial";
    /// `bigserial`: a `bigint` with a sequence as its default.
    bigserial = "bigserial";
    /// `boolean`.
    boolean = "boolean";
    /// `text`.
    text = "text";
    /// `varchar`, of any length or at most [`Column::length`] characters.
    varchar = "varchar";
    /// `char`, one character or exactly [`Column::length`], padded.
    char = "char";
    /// `numeric`, exact, of any size or with [`Column::precision`].
    numeric = "numeric";
    /// Another name for [`numeric`].
    decimal = "numeric";
    /// `real`, 4-byte floating point.
    real = "real";
    /// `double precision`, 8-byte floating point.
    double_precision = "double precision";
    /// `json`, kept as text.
    json = "json";
    /// `jsonb`, kept decomposed.
    jsonb = "jsonb";
    /// `uuid`.
    uuid = "uuid";
    /// `date`.
    date = "date";
    /// `time`, with [`Column::seconds_precision`] and [`Column::with_timezone`].
    time = "time";
    /// `timestamp`, with [`Column::seconds_precision`] and [`Column::with_timezone`].
    timestamp = "timestamp";
    /// `interval`, with [`Column::fields`] and [`Column::seconds_precision`].
    interval = "interval";
    /// `inet`, a host or network address.
    inet = "inet";
    /// `cidr`, a network address.
    cidr = "cidr";
    /// `macaddr`, 6 bytes.
    macaddr = "macaddr";
    /// `macaddr8`, 8 bytes.
    macaddr8 = "macaddr8";
    /// `point`.
    point = "point";
    /// `line`.
    line = "line";
    /// `geometry(point)` of PostGIS, as drizzle has it; [`custom_type`] states any other geometry.
    geometry = "geometry(point)";
    /// `vector` of pgvector, with [`Column::dimensions`].
    vector = "vector";
    /// `halfvec` of pgvector, with [`Column::dimensions`].
    halfvec = "halfvec";
    /// `sparsevec` of pgvector, with [`Column::dimensions`].
    sparsevec = "sparsevec";
    /// `bit`, with [`Column::dimensions`].
    bit = "bit";
}

/// A column of an enum type of this declaration.
pub fn enum_column(name: impl Into<String>, declared: impl Into<Reference>) -> Column {
    Column::new(name.into(), TypeName::Enum(declared.into()))
}

/// A column of any type, by its SQL text: `tsvector`, `bytea`, `geometry(Polygon, 4326)`, `auth.email`.
pub fn custom_type(name: impl Into<String>, sql: impl Into<String>) -> Column {
    Column::new(name.into(), TypeName::Custom(sql.into()))
}

impl Column {
    /// Total and fractional decimal digits of a `numeric`; the second may be `None`.
    #[must_use]
    pub fn precision(self, precision: u16, scale: impl Into<Option<i16>>) -> Self {
        let scale = scale.into();
        let allowed = (1..=1000).contains(&precision)
            && scale.is_none_or(|scale| (-1000..=1000).contains(&scale));
        let modifiers = scale.map_or_else(
            || precision.to_string(),
            |scale| format!("{precision}, {scale}"),
        );
        self.modifiers("precision", &["numeric"], modifiers, allowed)
    }

    /// Fractional digits of the seconds (0 to 6) of a `time`, `timestamp` or `interval`: drizzle's `precision` there.
    #[must_use]
    pub fn seconds_precision(self, digits: u8) -> Self {
        self.modifiers(
            "seconds_precision",
            &["time", "timestamp", "interval"],
            digits.to_string(),
            digits <= 6,
        )
    }

    /// The length of a `varchar` or `char`, in characters.
    #[must_use]
    pub fn length(self, characters: u32) -> Self {
        self.modifiers(
            "length",
            &["varchar", "char"],
            characters.to_string(),
            (1..=10_485_760).contains(&characters),
        )
    }

    /// The dimensions of a `vector`, `halfvec` or `sparsevec`, or the bits of a `bit`.
    #[must_use]
    pub fn dimensions(self, dimensions: u32) -> Self {
        self.modifiers(
            "dimensions",
            &["vector", "halfvec", "sparsevec", "bit"],
            dimensions.to_string(),
            dimensions >= 1,
        )
    }

    fn modifiers(mut self, option: &str, types: &[&str], modifiers: String, allowed: bool) -> Self {
        if self.accepts(option, types) {
            if !allowed {
                self.problems.push(format!(
                    "`.{option}({modifiers})` is outside of what PostgreSQL allows"
                ));
            }
            self.modifiers = Some(modifiers);
        }
        self
    }

    /// WITH TIME ZONE, for `time` and `timestamp`.
    #[must_use]
    pub fn with_timezone(mut self) -> Self {
        self.with_time_zone = self.accepts("with_timezone", &["time", "timestamp"]);
        self
    }

    /// The fields that an `interval` keeps, e.g. `day to second` (manual, 8.5.4).
    #[must_use]
    pub fn fields(mut self, fields: impl Into<String>) -> Self {
        const FIELDS: [&str; 13] = [
            "year",
            "month",
            "day",
            "hour",
            "minute",
            "second",
            "year to month",
            "day to hour",
            "day to minute",
            "day to second",
            "hour to minute",
            "hour to second",
            "minute to second",
        ];
        let fields = fields.into();
        if self.accepts("fields", &["interval"]) {
            if !FIELDS.contains(&fields.as_str()) {
                self.problems.push(format!(
                    "an interval has no fields `{fields}`; it may have {}",
                    FIELDS.join(", ")
                ));
            }
            self.fields = Some(fields);
        }
        self
    }

    /// An array of the type so far.
    #[must_use]
    pub fn array(mut self) -> Self {
        self.array_sizes.push(None);
        self
    }

    /// An array of the type so far with a stated size, which PostgreSQL does not enforce.
    #[must_use]
    pub fn array_of(mut self, size: u32) -> Self {
        self.array_sizes.push(Some(size));
        self
    }

    /// Whether an option applies to this type; if not, `build` will say so.
    fn accepts(&mut self, option: &str, types: &[&str]) -> bool {
        let accepted = matches!(self.type_name, TypeName::BuiltIn(name) if types.contains(&name));
        if !accepted {
            self.problems.push(format!(
                "`.{option}` is for {}, not for {}",
                types.join(", "),
                self.type_name
            ));
        }
        accepted
    }
}
