//! Values as PostgreSQL has them, to the last digit.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::page::Page;
use super::staging::cell;
use super::table::{ROWS, text};
use crate::studio::Studio;

/// What a JavaScript number or date would not survive, by type.
const HARD: &[(&str, &str)] = &[
    ("bigint", "9223372036854775807"),
    ("bigint", "-9223372036854775808"),
    ("numeric(38,18)", "12345678901234567890.123456789012345678"),
    ("numeric(38,18)", "-0.000000000000000001"),
    ("numeric", "NaN"),
    (
        "numeric",
        "1000000000000000000000000000000000000000000000000000000000000000000000000000000001",
    ),
    ("double precision", "NaN"),
    ("double precision", "Infinity"),
    ("double precision", "-Infinity"),
    ("double precision", "0.1"),
    ("double precision", "5e-324"),
    ("double precision", "-0"),
    ("real", "3.4028235e+38"),
    ("date", "-infinity"),
    ("date", "infinity"),
    ("date", "10000-01-01"),
    ("date", "4713-01-01 BC"),
    ("timestamp", "-infinity"),
    ("timestamp", "10000-12-31 23:59:59.999999"),
    ("timestamp", "2026-11-25 14:15:16.000001"),
    ("timestamptz", "2026-11-25 14:15:16.123456+00"),
    ("timestamptz", "infinity"),
    ("time", "24:00:00"),
    ("time", "23:59:59.999999"),
    ("timetz", "12:00:00.000001+05:30"),
    ("interval", "1 year 2 mons 3 days 04:05:06.000007"),
    ("interval", "-178000000 years"),
    ("money", "-$92,233,720,368,547,758.08"),
];

/// The settings under which values are written as above.
const SETTINGS: &str = "DO $$ BEGIN
    EXECUTE format('ALTER DATABASE %I SET timezone = %L', current_database(), 'UTC');
    EXECUTE format('ALTER DATABASE %I SET lc_monetary = %L', current_database(), 'C');
END $$;";

/// A table with a column for each of these types, and one to edit. Its only row has the key `1`, and these values.
fn table(values: impl Fn(&str) -> String) -> String {
    let columns = HARD.iter().enumerate();
    let columns = columns.map(|(at, (of, _))| format!(", c{at} {of}"));
    let values = HARD.iter().map(|(_, value)| format!(", {}", values(value)));
    format!(
        "{SETTINGS} SET timezone = 'UTC'; SET lc_monetary = 'C';
         CREATE TABLE hard (id int PRIMARY KEY, note text{});
         INSERT INTO hard VALUES (1, 'before'{})",
        columns.collect::<String>(),
        values.collect::<String>()
    )
}

/// The whole row, as PostgreSQL writes it.
const ROW: &str = "SELECT hard::text FROM hard";

/// Check 8.
#[test]
fn values_beyond_javascript_are_shown_and_saved_unchanged() {
    let studio = Studio::new("hard", &table(|value| format!("'{value}'")));
    let Some(page) = Page::open_at(&studio, "#/tables/public/hard") else {
        return;
    };
    page.until_is(ROWS, "1–1");
    let shown = |page: &Page| -> Value {
        page.eval(
            "[...document.querySelectorAll('[role=gridcell]')].slice(2).map(one => one.innerText)",
        )
    };
    let expected: Vec<_> = HARD.iter().map(|(_, value)| value).collect();
    assert_eq!(shown(&page), json!(expected));
    let before = studio.query(ROW).replace("before", "after");
    page.double_click(("gridcell", "before"));
    page.press(&["Control+a"]);
    page.type_text("after");
    page.press(&["Enter"]);
    page.apply();
    page.until_is(
        "document.querySelector('[role=gridcell]:nth-of-type(2)').innerText",
        "after",
    );
    assert_eq!(studio.query(ROW), before);
    assert_eq!(shown(&page), json!(expected));
}

/// Check 8. Through an editor, too, a value is what it was, or what was typed.
#[test]
fn values_beyond_javascript_go_through_their_editors_unchanged() {
    let studio = Studio::new("typed", &table(|_| "NULL".to_owned()));
    let Some(page) = Page::open_at(&studio, "#/tables/public/hard") else {
        return;
    };
    page.click(("gridcell", "before"));
    // Tab keeps what was typed and goes to the next.
    page.press(&["ArrowRight", "F2"]);
    for (_, value) in HARD {
        page.type_text(value);
        page.press(&["Tab", "F2"]);
    }
    page.press(&["Escape"]);
    page.apply();
    for (at, (of, value)) in HARD.iter().enumerate() {
        assert_eq!(
            studio.query(&format!("SELECT c{at}::text FROM hard")),
            *value,
            "{of}"
        );
    }
    // An editor that is opened and left stages nothing.
    let before = studio.query(ROW);
    page.until_is(ROWS, "1–1");
    page.click(("gridcell", "before"));
    for _ in HARD {
        page.press(&["ArrowRight", "F2", "Enter"]);
    }
    assert!(!page.has(("button", "Apply")), "nothing is staged");
    assert_eq!(studio.query(ROW), before);
}

const NOTHING: &str = r#"
CREATE TABLE nothing (id int PRIMARY KEY, note text, t text, j jsonb);
INSERT INTO nothing VALUES
  (1, 'x', NULL, NULL), (2, 'x', '', 'null'), (3, 'x', 'null', '"null"'), (4, 'x', 'NULL', '""'), (5, 'x', 'empty', '{}');
"#;

/// What PostgreSQL has, NULL told from text.
const NOTHINGS: &str = "
SELECT string_agg(concat_ws(' ', coalesce(quote_literal(t), '-'), coalesce(quote_literal(j::text), '-')), ', ' ORDER BY id) FROM nothing";

fn nothing(name: &str) -> Option<(Studio, Page)> {
    let studio = Studio::new(name, NOTHING);
    let page = Page::open_at(&studio, "#/tables/public/nothing")?;
    page.until_is(ROWS, "1–5");
    Some((studio, page))
}

/// Check 9.
#[test]
fn nothing_and_empty_and_null_look_different() {
    let Some((_studio, page)) = nothing("nothing") else {
        return;
    };
    // For the eye the text, its shape and its colour; for the ear, what is said of a text that only reads like a sign for no text.
    let look = "cell => {
        const inner = cell.querySelector('.token') ?? cell.querySelector('.value');
        const { fontFamily, fontStyle, fontVariantCaps, color } = getComputedStyle(inner);
        return [cell.innerText, fontFamily, fontStyle, fontVariantCaps, color].join();
    }";
    let sound = "cell => `${cell.innerText} ${cell.getAttribute('aria-description') ?? ''}`";
    for (column, texts) in [
        (3, ["NULL", "empty", "null", "NULL", "empty"]),
        (4, ["NULL", "null", "\"null\"", "\"\"", "{}"]),
    ] {
        let all = |how: &str| -> HashSet<String> {
            let rows = 1..=5;
            rows.map(|row| page.of(cell(row, column).as_str(), how).to_string())
                .collect()
        };
        assert_eq!([1, 2, 3, 4, 5].map(|row| text(&page, row, column)), texts);
        assert_eq!(all(look).len(), 5, "{:#?}", all(look));
        assert_eq!(all(sound).len(), 5, "{:#?}", all(sound));
    }
}

/// Check 9.
#[test]
fn nothing_and_empty_and_null_stay_apart_when_they_are_saved() {
    let Some((studio, page)) = nothing("saved") else {
        return;
    };
    let before = studio.query(NOTHINGS);
    // Another cell of each row; and an editor that is opened on them and left.
    page.click(cell(1, 2).as_str());
    for _ in 1..=5 {
        page.type_text("y");
        page.press(&["Enter"]);
    }
    page.click(cell(1, 3).as_str());
    for _ in 1..=5 {
        page.press(&["F2", "Enter"]);
    }
    page.until("document.querySelector('change-tray').innerText.includes('5 edits')");
    page.apply();
    assert_eq!(
        studio.query("SELECT string_agg(note, '') FROM nothing"),
        "yyyyy"
    );
    assert_eq!(studio.query(NOTHINGS), before);

    // Each becomes another one.
    page.click(cell(1, 3).as_str());
    page.press(&["Enter", "a", "Backspace", "Enter"]);
    page.press(&["Delete", "ArrowDown", "Enter", "Control+a"]);
    page.type_text("empty");
    page.press(&["Enter", "Delete", "ArrowDown", "Enter", "Control+a"]);
    page.type_text("null");
    page.press(&["Enter"]);
    let set_json = |row: usize, text: &str| {
        page.click(cell(row, 4).as_str());
        page.press(&["Enter", "Control+a"]);
        page.type_text(text);
        page.press(&["Tab", "Escape"]);
    };
    set_json(1, "null");
    page.click(cell(2, 4).as_str());
    page.press(&["Delete"]);
    set_json(3, "{}");
    set_json(5, "\"\"");
    page.until("document.querySelector('change-tray').innerText.includes('5 edits')");
    let staged = |column: usize| [1, 2, 3, 4, 5].map(|row| text(&page, row, column));
    let (t, j) = (
        ["empty", "NULL", "empty", "NULL", "null"],
        ["null", "NULL", "{}", "\"\"", "\"\""],
    );
    assert_eq!(
        (staged(3), staged(4)),
        (t.map(str::to_owned), j.map(str::to_owned))
    );
    page.apply();
    assert_eq!(
        studio.query(NOTHINGS),
        r#"'' 'null', - -, 'empty' '{}', - '""', 'null' '""'"#
    );
    page.until_is(ROWS, "1–5");
    assert_eq!(
        (staged(3), staged(4)),
        (t.map(str::to_owned), j.map(str::to_owned))
    );
}
