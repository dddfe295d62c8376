//! Texts that are the same to PostgreSQL, and texts that are not.

pub(super) const TABLE: &str = "CREATE SCHEMA app; CREATE TYPE \"Mood\" AS ENUM ('a', 'b'); CREATE TYPE app.mood AS ENUM ('a', 'b');
CREATE FUNCTION public.f(integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE FUNCTION app.f(integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1'; CREATE SEQUENCE s;";

/// A type, and defaults of which each is the same as all others in its list and as none in other lists of the same type.
pub(super) const DEFAULTS: &[(&str, &[&[&str]])] = &[
    (
        "text",
        &[
            &["'x'", "'x'::text", "E'x'", "('x')", "CAST('x' AS text)"],
            &["'X'"],
            &["''", "''::text"],
            &["'x '"],
            &["lower('x')", "pg_catalog.lower('x'::text)"],
        ],
    ),
    (
        "varchar(25)",
        &[
            &["'abc'", "'abc'::character varying"],
            &["'abcd'"],
            &["'abcd'::varchar(3)"],
        ],
    ),
    (
        "integer",
        &[
            &["-1", "'-1'::integer", "(-1)"],
            &["1", "'1'::int"],
            &["1 + 1", "(1+1)"],
            &["f(1)", "public.f(1)"],
            &["app.f(1)"],
            &["nextval('s')", "nextval('public.s'::regclass)"],
        ],
    ),
    ("bigint", &[&["100"], &["'100'::bigint"], &["101"]]),
    (
        "numeric(10, 2)",
        &[&["99.9", "'99.9'", "'99.9'::numeric"], &["99.90"]],
    ),
    (
        "boolean",
        &[&["true", "TRUE", "'t'::boolean", "'yes'"], &["false"]],
    ),
    (
        "timestamp with time zone",
        &[
            &["now()", "pg_catalog.now()"],
            &["CURRENT_TIMESTAMP"],
            &[
                "'2024-01-01T00:00:00Z'",
                "'2024-01-01 01:00:00+01'::timestamptz",
            ],
        ],
    ),
    (
        "timestamp",
        &[
            &["'2024-01-01 00:00:00'", "'2024-01-01 00:00:00+00'"],
            &["'2024-01-01 00:00:00+00'::timestamptz"],
        ],
    ),
    (
        "interval",
        &[
            &["'1 day 01:00:00'", "interval '1 day 1 hour'"],
            &["'1 day'"],
        ],
    ),
    (
        "jsonb",
        &[
            &["'{}'", "'{}'::jsonb"],
            &["'{\"a\": \"it''s\"}'", "'{\"a\":\"it''s\"}'::jsonb"],
        ],
    ),
    (
        "\"Mood\"",
        &[&["'a'", "'a'::\"Mood\"", "'a'::public.\"Mood\""], &["'b'"]],
    ),
    ("app.mood", &[&["'a'", "'a'::app.mood"], &["'b'"]]),
    (
        "\"Mood\"[]",
        &[
            &["'{a,b}'", "'{a,b}'::\"Mood\"[]"],
            &["ARRAY['a', 'b']::\"Mood\"[]"],
            &["'{b,a}'"],
        ],
    ),
    ("text[]", &[&["'{}'", "'{}'::text[]"], &["'{\"\"}'"]]),
    ("bytea", &[&["'\\x00ff'", "'\\x00FF'::bytea"], &["'\\x00'"]]),
    ("bit(3)", &[&["B'101'", "'101'::\"bit\""], &["B'100'"]]),
    (
        "uuid",
        &[&["gen_random_uuid()", "pg_catalog.gen_random_uuid()"]],
    ),
    (
        "date",
        &[
            &["'2024-01-01'", "'2024-01-01'::date", "'20240101'"],
            &["CURRENT_DATE"],
        ],
    ),
];

/// Conditions on `a integer, b text, c varchar(9), d \"Mood\"`.
pub(super) const CHECKS: &[&[&str]] = &[
    &["a > 0", "(a > 0)", "\"a\" > 0", "\"t\".\"a\" > 0", "t.a>0"],
    &["a >= 0"],
    &["\"a\" > 1"],
    &["a IN (1, 2)", "a = ANY (ARRAY[1, 2])", "a in (1,2)"],
    &["a IN (2, 1)"],
    &["a BETWEEN 1 AND 2", "a >= 1 AND a <= 2"],
    &[
        "c IN ('x', 'y')",
        "(c)::text = ANY ((ARRAY['x'::character varying, 'y'::character varying])::text[])",
    ],
    &["c = 'x' OR c = 'y'"],
    &["b <> ''", "b != ''::text"],
    &["d = 'a'", "d = 'a'::\"Mood\"", "d = 'a'::public.\"Mood\""],
    &["d = 'b'"],
    &[
        "length(b) < 5 AND (a > 0 OR b IS NULL)",
        "((length(b) < 5) AND ((a > 0) OR (b IS NULL)))",
    ],
    &["(length(b) < 5 AND a > 0) OR b IS NULL"],
];

/// Queries on the table of the checks.
pub(super) const VIEWS: &[&[&str]] = &[
    &[
        "SELECT * FROM t",
        "(select \"a\", \"b\", \"c\", \"d\" from \"t\")",
        "SELECT t.a, t.b, t.c, t.d FROM public.t",
    ],
    &["SELECT a, b FROM t"],
    &["select x.a, x.b from t x", "SELECT x.a, b FROM t AS x"],
    &["SELECT a AS b, b AS a FROM t"],
    &[
        "SELECT a FROM t WHERE d = 'a'",
        "SELECT \"t\".\"a\" FROM \"t\" WHERE \"d\" = 'a'::\"Mood\"",
    ],
    &["SELECT a FROM t WHERE d = 'b'"],
    &[
        "SELECT count(*) AS n FROM t",
        "SELECT count(*) n FROM \"public\".\"t\"",
    ],
];

pub(super) const EXPRESSIONS: &[&[&str]] = &[
    &["lower(b)", "lower(\"b\")", "(lower(b))", "lower(t.b)"],
    &["upper(b)"],
    &["(a + 1)", "((a+1))", "(\"a\" + 1)"],
    &["(a + 2)"],
];
