//! The types of columns, and values for them.

use pg_schema::declare::{self, Column, custom_type};

/// A type, and what it can be used for.
pub(super) struct Type {
    /// Its name without modifiers.
    pub(super) base: &'static str,
    pub(super) make: fn(&str) -> Column,
    /// Defaults, as SQL.
    pub(super) defaults: &'static [&'static str],
    /// Whether its values can be compared, and so be in a btree or a unique constraint.
    pub(super) compares: bool,
    /// Other ways to index it: an access method and an operator class, if it is not the type's own.
    pub(super) indexes: &'static [(&'static str, Option<&'static str>)],
}

const fn compared(
    base: &'static str,
    make: fn(&str) -> Column,
    defaults: &'static [&'static str],
    indexes: &'static [(&'static str, Option<&'static str>)],
) -> Type {
    Type {
        base,
        make,
        defaults,
        compares: true,
        indexes,
    }
}

const fn opaque(
    base: &'static str,
    make: fn(&str) -> Column,
    defaults: &'static [&'static str],
    indexes: &'static [(&'static str, Option<&'static str>)],
) -> Type {
    Type {
        base,
        make,
        defaults,
        compares: false,
        indexes,
    }
}

pub(super) const TYPES: &[Type] = &[
    compared(
        "integer",
        |n| declare::integer(n),
        &["0", "7", "(1 + 2)"],
        &[("brin", None), ("hash", None)],
    ),
    compared(
        "text",
        |n| declare::text(n),
        &["'a'", "''", "'it''s; -- \"x\" \\'", "CURRENT_USER"],
        &[
            ("btree", Some("text_pattern_ops")),
            ("hash", None),
            ("spgist", None),
        ],
    ),
    compared(
        "bigint",
        |n| declare::bigint(n),
        &["0", "-7"],
        &[("brin", None)],
    ),
    compared("smallint", |n| declare::smallint(n), &["3"], &[]),
    compared(
        "varchar",
        |n| declare::varchar(n).length(10),
        &["'a'", "'1'"],
        &[("btree", Some("varchar_pattern_ops")), ("hash", None)],
    ),
    compared(
        "varchar",
        |n| declare::varchar(n).length(20),
        &["'a'", "upper('b')"],
        &[("btree", Some("text_ops"))],
    ),
    compared("varchar", |n| declare::varchar(n), &["'NULL'"], &[]),
    compared(
        "char",
        |n| declare::char(n).length(3),
        &["'a'"],
        &[("btree", Some("bpchar_pattern_ops"))],
    ),
    compared(
        "boolean",
        |n| declare::boolean(n),
        &["true", "false"],
        &[("hash", None)],
    ),
    compared("numeric", |n| declare::numeric(n), &["0", "1.50"], &[]),
    compared(
        "numeric",
        |n| declare::numeric(n).precision(10, 2),
        &["1.5", "0"],
        &[("brin", None)],
    ),
    compared("real", |n| declare::real(n), &["1.5"], &[]),
    compared(
        "double precision",
        |n| declare::double_precision(n),
        &["0", "1e10", "'NaN'"],
        &[],
    ),
    compared(
        "uuid",
        |n| declare::uuid(n),
        &[
            "gen_random_uuid()",
            "'00000000-0000-4000-8000-000000000000'",
        ],
        &[("hash", None)],
    ),
    compared(
        "date",
        |n| declare::date(n),
        &["now()", "CURRENT_DATE", "'2024-02-29'"],
        &[("brin", None)],
    ),
    compared(
        "timestamp",
        |n| declare::timestamp(n),
        &["now()", "'2024-02-29 12:00:00'"],
        &[],
    ),
    compared(
        "timestamp",
        |n| declare::timestamp(n).seconds_precision(3),
        &["now()", "CURRENT_TIMESTAMP(3)"],
        &[],
    ),
    compared(
        "timestamp",
        |n| declare::timestamp(n).with_timezone(),
        &["now()", "timezone('utc', now())"],
        &[("brin", None)],
    ),
    compared(
        "timestamp",
        |n| declare::timestamp(n).seconds_precision(0).with_timezone(),
        &["now()"],
        &[],
    ),
    compared("time", |n| declare::time(n), &["'12:00'", "LOCALTIME"], &[]),
    compared(
        "time",
        |n| declare::time(n).seconds_precision(2).with_timezone(),
        &["CURRENT_TIME"],
        &[],
    ),
    compared(
        "interval",
        |n| declare::interval(n),
        &["'1 day'", "interval '2 hours'"],
        &[],
    ),
    compared(
        "interval",
        |n| declare::interval(n).fields("day to minute"),
        &["'1 02:03'"],
        &[],
    ),
    compared(
        "interval",
        |n| {
            declare::interval(n)
                .fields("day to second")
                .seconds_precision(3)
        },
        &[],
        &[],
    ),
    opaque(
        "json",
        |n| declare::json(n),
        &["'{}'", "'[\"it''s\"]'"],
        &[],
    ),
    compared(
        "jsonb",
        |n| declare::jsonb(n),
        &["'{\"a\": 1}'", "'[]'", "jsonb_build_object('a', 1)"],
        &[("gin", None), ("gin", Some("jsonb_path_ops"))],
    ),
    compared(
        "inet",
        |n| declare::inet(n),
        &["'127.0.0.1'"],
        &[("gist", Some("inet_ops")), ("spgist", None)],
    ),
    compared("cidr", |n| declare::cidr(n), &["'10.0.0.0/8'"], &[]),
    compared(
        "macaddr",
        |n| declare::macaddr(n),
        &["'08:00:2b:01:02:03'"],
        &[("hash", None)],
    ),
    compared(
        "macaddr8",
        |n| declare::macaddr8(n),
        &["'08:00:2b:01:02:03:04:05'"],
        &[],
    ),
    opaque(
        "point",
        |n| declare::point(n),
        &["'(1,2)'", "point(0, 0)"],
        &[
            ("gist", None),
            ("spgist", None),
            ("spgist", Some("kd_point_ops")),
        ],
    ),
    opaque("line", |n| declare::line(n), &["'{1,2,3}'"], &[]),
    compared(
        "bit",
        |n| declare::bit(n).dimensions(3),
        &["'101'", "B'111'"],
        &[],
    ),
    compared("varbit", |n| custom_type(n, "varbit(8)"), &["'101'"], &[]),
    compared(
        "bytea",
        |n| custom_type(n, "bytea"),
        &["'\\x00ff'", "''"],
        &[],
    ),
    compared(
        "tsvector",
        |n| custom_type(n, "tsvector"),
        &["''", "to_tsvector('english', 'a cat')"],
        &[("gin", None), ("gist", None)],
    ),
    compared(
        "int4range",
        |n| custom_type(n, "int4range"),
        &["'[1,5)'"],
        &[("gist", None), ("spgist", None)],
    ),
    compared(
        "daterange",
        |n| custom_type(n, "daterange"),
        &["'empty'"],
        &[("gist", None)],
    ),
    compared("money", |n| custom_type(n, "money"), &["'1.00'", "0"], &[]),
    compared("oid", |n| custom_type(n, "oid"), &["0"], &[]),
    opaque(
        "box",
        |n| custom_type(n, "box"),
        &["'(1,1),(0,0)'"],
        &[("gist", None)],
    ),
    opaque(
        "circle",
        |n| custom_type(n, "circle"),
        &[],
        &[("gist", None)],
    ),
];

/// Types of `id` columns.
pub(super) const ID_TYPES: [fn(&str) -> Column; 4] = [
    |n| declare::integer(n),
    |n| declare::bigint(n),
    |n| declare::numeric(n),
    |n| declare::double_precision(n),
];

/// How many different values [`value`] knows of each type, but for truth values.
pub(super) const VALUES: usize = 3;

/// The text of a value of a type that is no enum, other ones for other numbers below [`VALUES`].
pub(super) fn value(base: &str, number: usize) -> String {
    let n = number + 1;
    match base.split(' ').next().unwrap_or_default() {
        "boolean" => (number.is_multiple_of(2)).to_string(),
        "uuid" => format!("00000000-0000-4000-8000-00000000000{n}"),
        "date" | "timestamp" => format!("2024-01-0{n}"),
        "time" => format!("0{n}:00"),
        "interval" => format!("{n} days"),
        "inet" | "cidr" => format!("10.0.0.{n}"),
        "macaddr" => format!("08:00:2b:01:02:0{n}"),
        "macaddr8" => format!("08:00:2b:01:02:03:04:0{n}"),
        "point" => format!("({n},2)"),
        "line" => format!("{{1,{n},3}}"),
        "bit" | "varbit" => format!("{n:03b}"),
        "bytea" => format!("\\x0{n}"),
        "int4range" => format!("[{n},9)"),
        "daterange" => format!("[2024-01-0{n},2025-01-01)"),
        "box" => format!("({n},{n}),(0,0)"),
        "circle" => format!("<(0,0),{n}>"),
        // Numbers, and texts of all kinds.
        _ => n.to_string(),
    }
}
