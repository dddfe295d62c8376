//! A value of every type, seen and changed.

use serde_json::json;

use super::page::Page;
use super::staging::{REFUSED, ROWS, STAGED};
use crate::studio::Studio;

/// Type, what is stored, how it shows, what is typed over it, and what PostgreSQL makes of that.
const VALUES: &[(&str, &str, &str, &str, &str)] = &[
    ("int[]", "{1,NULL,3}", "{1,NULL,3}", "{4, 5}", "{4,5}"),
    (
        "text[]",
        r#"{"a,b","NULL",""}"#,
        r#"{"a,b","NULL",""}"#,
        r#"{"x \"y\"",NULL}"#,
        r#"{"x \"y\"",NULL}"#,
    ),
    (
        "int[][]",
        "{{1,2},{3,4}}",
        "{{1,2},{3,4}}",
        "{{5},{6}}",
        "{{5},{6}}",
    ),
    ("int4range", "[1,10)", "[1,10)", "(2,4]", "[3,5)"),
    (
        "tstzrange",
        "[2026-01-02 03:04:05+00,)",
        r#"["2026-01-02 03:04:05+00",)"#,
        "empty",
        "empty",
    ),
    (
        "int4multirange",
        "{[1,3),[5,7)}",
        "{[1,3),[5,7)}",
        "{}",
        "{}",
    ),
    ("bytea", r"\x00ff", r"\x00ff", r"\xDEAD", r"\xdead"),
    ("inet", "10.0.0.1/8", "10.0.0.1/8", "::1", "::1"),
    (
        "cidr",
        "10.0.0.0/8",
        "10.0.0.0/8",
        "192.168.0.0/16",
        "192.168.0.0/16",
    ),
    (
        "macaddr",
        "08:00:2b:01:02:03",
        "08:00:2b:01:02:03",
        "08002b010204",
        "08:00:2b:01:02:04",
    ),
    (
        "uuid",
        "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
        "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
        "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A12",
        "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a12",
    ),
    (
        "interval",
        "1 year 2 days 03:04:05.000006",
        "1 year 2 days 03:04:05.000006",
        "-36 hours",
        "-36:00:00",
    ),
    ("amount", "12", "12", "13", "13"),
    ("point_of", "(1,\"a b\")", "(1,\"a b\")", "(2,)", "(2,)"),
    ("point", "(1,2)", "(1,2)", "3,4", "(3,4)"),
    ("bit varying(8)", "1010", "1010", "11", "11"),
    (
        "time with time zone",
        "03:04:05.000006+02",
        "03:04:05.000006+02",
        "24:00",
        "24:00:00+00",
    ),
    ("money", "12.34", "$12.34", "5", "$5.00"),
    ("tsvector", "a:1 b:2", "'a':1 'b':2", "c", "'c'"),
    ("xml", "<a/>", "<a/>", "<b>text</b>", "<b>text</b>"),
    ("mood[]", "{ok}", "{ok}", "{ok,bad}", "{ok,bad}"),
    ("char(4)", "ab", "ab", "cd", "cd"),
];

/// Check 21.
#[test]
fn a_value_of_every_type_is_shown_and_changed() {
    let columns: Vec<_> = VALUES
        .iter()
        .enumerate()
        .map(|(index, (name, ..))| format!("c{index} {name}"))
        .collect();
    let stored: Vec<_> = VALUES
        .iter()
        .map(|(_, stored, ..)| format!("'{}'", stored.replace('\'', "''")))
        .collect();
    let studio = Studio::new(
        "types",
        &format!(
            "SET timezone = 'UTC'; SET lc_monetary = 'C';
             CREATE DOMAIN amount AS int CHECK (value > 0); CREATE TYPE point_of AS (x int, y text); CREATE TYPE mood AS ENUM ('ok', 'bad');
             CREATE TABLE every (id int PRIMARY KEY, {}); INSERT INTO every VALUES (1, {})",
            columns.join(", "),
            stored.join(", ")
        ),
    );
    let Some(page) = Page::open_at(&studio, "#/tables/public/every") else {
        return;
    };
    let shown = |index: usize| format!("({ROWS})[0][{}]", index + 1);
    for (index, (.., text, typed, _)) in VALUES.iter().enumerate() {
        page.until_is(&shown(index), *text);
        page.edit((1, index + 2), typed);
        page.until_is(&shown(index), *typed);
    }
    page.until_is(STAGED, "~ 1 edit");
    page.apply();
    for (index, (name, .., expected)) in VALUES.iter().enumerate() {
        page.until_is(&shown(index), *expected);
        let literal = expected.replace('\'', "''");
        let same = format!("SELECT c{index}::text = '{literal}'::{name}::text FROM every");
        assert_eq!(studio.query(&same), "t", "{name}");
    }
    // What only PostgreSQL can refuse, it does, and the row says why.
    page.edit((1, 2 + 12), "-1");
    page.click(("button", "Apply"));
    page.until(&format!("({REFUSED}).includes('amount_check')"));
    page.until_is(
        "[...document.querySelectorAll('[role=gridcell][aria-invalid=true]')].map(one => one.ariaColIndex)",
        json!(["15"]),
    );
    assert_eq!(studio.query("SELECT c12 FROM every"), "13");
}
