//! The names of PostgreSQL's own types, and how drizzle writes them.

/// PostgreSQL's other spellings of its own types (manual, table 8.1, and its grammar), and the spelling used here, which is drizzle's.
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
    ("dec", "numeric"),
    ("character varying", "varchar"),
    ("char varying", "varchar"),
    ("character", "char"),
    ("nchar", "char"),
    ("bit varying", "varbit"),
    ("timestamptz", "timestamp with time zone"),
    ("timetz", "time with time zone"),
];

/// Aliases that are names in `pg_type`, or that CREATE TABLE knows by name (the serials), so that they also hold in quotes.
const CATALOG_ALIASES: &[&str] = &[
    "int8", "int4", "int2", "serial8", "serial4", "serial2", "bool", "float8", "float4",
];

/// Other names in `pg_type`: of types whose name in quotes leaves something out (`"bit"` has no length), and of such as few know. Those of arrays
/// begin with an underscore.
const CATALOG_ONLY: &[&str] = &[
    "numeric",
    "char",
    "varchar",
    "bit",
    "time",
    "timetz",
    "timestamp",
    "timestamptz",
    "interval",
    "aclitem",
    "any",
    "anyarray",
    "anycompatible",
    "anyelement",
    "anyenum",
    "anymultirange",
    "anynonarray",
    "anyrange",
    "cstring",
    "event_trigger",
    "gtsvector",
    "int2vector",
    "internal",
    "oidvector",
    "record",
    "refcursor",
    "regcollation",
    "trigger",
    "txid_snapshot",
    "unknown",
    "void",
];

/// Types whose names are words of the grammar: in quotes they would mean something else or nothing.
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
    "smallint",
    "integer",
    "bigint",
    "boolean",
    "text",
    "varchar",
    "serial",
    "bigserial",
    "decimal",
    "numeric",
    "real",
    "json",
    "time",
    "date",
    "interval",
    "double precision",
    "char",
    "vector",
    "geometry",
    "halfvec",
    "sparsevec",
    "bit",
];

/// The other types that every PostgreSQL has and a column can have (manual, chapter 8).
const BUILT_IN: &[&str] = &[
    "text",
    "uuid",
    "jsonb",
    "json",
    "date",
    "serial",
    "bigserial",
    "smallserial",
    "varbit",
    "bytea",
    "bpchar",
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
    "\"char\"",
];

/// Types of extensions that drizzle has functions for.
const EXTENSIONS: &[&str] = &["vector", "geometry", "halfvec", "sparsevec"];

/// Other types of extensions (manual, appendix F, and PostGIS), which are no slips however near to another they are.
const OTHER_EXTENSIONS: &[&str] = &[
    "citext",
    "hstore",
    "ltree",
    "lquery",
    "ltxtquery",
    "cube",
    "seg",
    "earth",
    "query_int",
    "ean13",
    "isbn",
    "isbn13",
    "ismn",
    "ismn13",
    "issn",
    "issn13",
    "upc",
    "geography",
    "raster",
    "box2d",
    "box3d",
];

/// Words that begin like a type that drizzle-kit writes bare, but that PostgreSQL 16 and later read as calls (manual, appendix C).
const FUNCTION_KEYWORDS: &[&str] = &[
    "json_array",
    "json_arrayagg",
    "json_exists",
    "json_object",
    "json_objectagg",
    "json_query",
    "json_scalar",
    "json_serialize",
    "json_table",
    "json_value",
];

/// The spelling used here of a built-in type, if the word has another.
pub(super) fn alias(lowered: &str) -> Option<&'static str> {
    ALIASES
        .iter()
        .find(|(alias, _)| *alias == lowered)
        .map(|(_, name)| *name)
}

pub(super) fn is_keyword(base: &str) -> bool {
    KEYWORD_TYPES.contains(&base) || base.starts_with("interval ")
}

/// Whether it is a type that PostgreSQL or an extension known here has, in the spelling used here.
pub(super) fn is_known(lowered: &str) -> bool {
    is_keyword(lowered) || BUILT_IN.contains(&lowered) || EXTENSIONS.contains(&lowered)
}

/// Whether the word in quotes names a built-in type.
pub(super) fn is_in_catalog(word: &str) -> bool {
    CATALOG_ALIASES.contains(&word) || BUILT_IN.contains(&word) || EXTENSIONS.contains(&word)
}

/// Whether a type of that name in `public` is not found without its schema: PostgreSQL looks into its own first (manual, 5.9.3).
pub(super) fn is_hidden(word: &str) -> bool {
    is_in_catalog(word)
        || CATALOG_ONLY.contains(&word)
        || word.strip_prefix('_').is_some_and(is_hidden)
}

/// Whether drizzle-kit writes a type of this text without quotes.
pub(super) fn is_drizzle_bare(text: &str) -> bool {
    DRIZZLE_BARE.iter().any(|word| text.starts_with(word))
}

/// Whether the word, bare, names the user's own type of that name: none of PostgreSQL's, no keyword, and nothing that is folded or cut.
pub(super) fn is_plain_name(word: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    word.chars().all(plain)
        && !is_known(word)
        && alias(word).is_none()
        && !FUNCTION_KEYWORDS.contains(&word)
}

/// The built-in type that a misspelt name is nearest to; `None` when the name is known, or like none, as an extension's type may be.
pub(super) fn nearest_built_in(base: &str) -> Option<&'static str> {
    let lowered = base.to_ascii_lowercase();
    let is_known = is_known(&lowered) || OTHER_EXTENSIONS.contains(&lowered.as_str());
    if is_known || lowered.contains(['"', '.']) {
        return None;
    }
    let all = KEYWORD_TYPES
        .iter()
        .chain(BUILT_IN)
        .chain(EXTENSIONS)
        .copied();
    crate::nearest::nearest(&lowered, all)
}
