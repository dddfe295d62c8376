//! A value is shown as the server shows it, and found by what is shown.

use pg_database::browse::{At, Cell, Comparison, Filter, Operand, Query, describe, page};

use super::{database, id, texts};

/// Types and values in SQL, at the edges of what they hold.
const VALUES: &[(&str, &[&str])] = &[
    ("smallint", &["-32768", "32767"]),
    ("bigint", &["9223372036854775807", "-9223372036854775808"]),
    (
        "numeric(38,18)",
        &["12345678901234567890.123456789012345678", "'NaN'"],
    ),
    ("numeric", &["'Infinity'", "0.10", "1e300"]),
    ("real", &["'NaN'", "0.1", "'-0'", "3.4028235e38"]),
    (
        "double precision",
        &["0.1::float8 + 0.2", "5e-324", "'-Infinity'"],
    ),
    ("boolean", &["true", "false"]),
    (
        "text",
        &[
            "''",
            "'null'",
            "E'tab\\tline\\nquote\\'\"\\\\'",
            "'<script>alert(1)</script>'",
            "U&'\\+01F600'",
        ],
    ),
    ("varchar(5)", &["'abc'"]),
    ("name", &["'a name'"]),
    ("\"char\"", &["'x'"]),
    ("bytea", &["'\\x00ff'", "''"]),
    (
        "date",
        &[
            "'infinity'",
            "'-infinity'",
            "'4713-01-01 BC'",
            "'10000-01-01'",
            "'5874897-12-31'",
        ],
    ),
    ("time", &["'24:00'", "'00:00:00.000001'"]),
    ("timetz", &["'12:00+05:30'"]),
    (
        "timestamp",
        &[
            "'infinity'",
            "'2020-02-29 23:59:59.999999'",
            "'294276-12-31 23:59:59.999999'",
            "'0044-03-15 BC'",
        ],
    ),
    (
        "timestamptz",
        &["'-infinity'", "'2020-01-01 00:00:00.123456+05:45'"],
    ),
    ("timestamptz(3)", &["'2020-01-01 00:00:00.123456+00'"]),
    (
        "interval",
        &["'1 year 2 mons -3 days 04:05:06.789'", "'-00:00:00.000001'"],
    ),
    ("uuid", &["'00000000-0000-0000-0000-000000000000'"]),
    (
        "json",
        &[
            "'{\"b\": 1, \"a\":   12345678901234567890.10, \"a\": 2}'",
            "'null'",
        ],
    ),
    (
        "jsonb",
        &[
            "'{\"b\": 1, \"a\": 12345678901234567890.10}'",
            "'null'",
            "'\"\"'",
        ],
    ),
    ("int[]", &["'{{1,2},{NULL,4}}'", "'{}'", "'[0:1]={1,2}'"]),
    ("text[]", &["ARRAY['a,b', 'q\"uote', 'NULL', NULL, '']"]),
    ("int4range", &["'[1,5)'", "'empty'", "'(,)'"]),
    ("tstzrange", &["'[2020-01-01 00:00+00,infinity)'"]),
    ("int4multirange", &["'{[1,2),[5,9)}'"]),
    ("inet", &["'10.0.0.1'", "'10.0.0.0/8'", "'::1/64'"]),
    ("cidr", &["'10.0.0.0/8'"]),
    ("macaddr", &["'08:00:2b:01:02:03'"]),
    ("bit(5)", &["B'10101'"]),
    ("bit varying", &["B'1'", "''"]),
    ("money", &["'-12.34'"]),
    ("point", &["'(1,2.5)'"]),
    ("polygon", &["'((0,0),(1,1),(1,0))'"]),
    ("tsvector", &["'a:1 b:2'"]),
    ("tsquery", &["'a & !b'"]),
    ("xml", &["'<a>b &amp; c</a>'"]),
    ("pg_lsn", &["'16/B374D848'"]),
    ("oid", &["4294967295"]),
    ("regclass", &["'pg_class'"]),
    ("mood", &["'it''s'"]),
    ("mood[]", &["'{calm}'"]),
    ("positive", &["7"]),
    ("address", &["'a'"]),
    (
        "pair",
        &["ROW(1, 'x, y')", "ROW(NULL, NULL)", "ROW(1, '(\"')"],
    ),
    ("pair[]", &["ARRAY[ROW(1, 'x')::pair]"]),
];

/// `bpchar` and `inet` are cast to another text than they are shown as; the first loses blanks that mean nothing.
#[test]
fn a_value_is_shown_as_the_server_shows_it_and_found_by_that() {
    let mut database = database(
        "types",
        "CREATE TYPE mood AS ENUM ('calm', 'it''s'); CREATE TYPE pair AS (a int, b text);
         CREATE DOMAIN positive AS int CHECK (VALUE > 0); CREATE DOMAIN letter AS varchar(3); CREATE DOMAIN address AS letter NOT NULL DEFAULT 'a';",
    );
    let columns: Vec<_> = VALUES
        .iter()
        .enumerate()
        .map(|(number, (data_type, _))| format!("c{number} {data_type}"))
        .collect();
    database
        .execute(&format!(
            "CREATE TABLE t ({}, id int PRIMARY KEY)",
            columns.join(", ")
        ))
        .unwrap();
    let mut row = 0;
    for (number, (_, values)) in VALUES.iter().enumerate() {
        for value in *values {
            row += 1;
            let address = VALUES
                .iter()
                .position(|(data_type, _)| *data_type == "address")
                .unwrap();
            let more = if number == address {
                String::new()
            } else {
                format!(", c{address}")
            };
            let default = if number == address { "" } else { ", 'b'" };
            database
                .execute(&format!(
                    "INSERT INTO t (id, c{number}{more}) VALUES ({row}, {value}{default})"
                ))
                .unwrap();
        }
    }
    let id = id(&mut database, "t");
    let relation = describe(&mut database, id).unwrap();
    let all = page(
        &mut database,
        &Query {
            id,
            ..Query::default()
        },
        &At::First,
        1000,
    )
    .unwrap();
    for (number, (data_type, _)) in VALUES.iter().enumerate() {
        let column = &relation.columns[number];
        // What the server sends, but `true` for `t`.
        let shown = if *data_type == "boolean" {
            format!("c{number}::text")
        } else {
            format!("c{number}")
        };
        let expected = texts(&mut database, &format!("SELECT {shown} FROM t ORDER BY id"));
        let found: Vec<_> = all
            .rows
            .iter()
            .map(|row| match &row.values[number] {
                Cell::Whole(value) => value.clone().unwrap_or("NULL".to_owned()),
                Cell::Cut { .. } => panic!("it is short"),
            })
            .collect();
        assert_eq!(found, expected, "{data_type}");
        for (row, value) in all.rows.iter().zip(&found) {
            if value == "NULL" && *data_type != "text" {
                continue;
            }
            let filter = Filter {
                column: column.number,
                op: Comparison::Eq,
                value: Operand::One(value.clone()),
            };
            let query = Query {
                id,
                filters: vec![filter],
                ..Query::default()
            };
            let equal = page(&mut database, &query, &At::First, 1000);
            let equal = equal.unwrap_or_else(|error| panic!("{data_type} {value}: {error}"));
            if value != "NULL" {
                assert!(
                    equal.rows.iter().any(|equal| equal.key == row.key),
                    "{data_type} {value}"
                );
            }
        }
    }
}
