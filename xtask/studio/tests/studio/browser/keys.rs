//! Which row is changed, whatever tells it from the others.

use serde_json::json;

use super::page::Page;
use super::staging::{PREVIEW, ROWS, STAGED, cell};
use crate::studio::Studio;

/// Check 16.
#[test]
fn a_key_of_two_columns_finds_its_row_even_while_it_changes() {
    let studio = Studio::new(
        "pairs",
        "CREATE TABLE pairs (a int, b text, value text, PRIMARY KEY (a, b));
         INSERT INTO pairs VALUES (1, 'x', 'v'), (1, 'y', 'w'), (2, 'x', 'u')",
    );
    let Some(page) = Page::open_at(&studio, "#/tables/public/pairs") else {
        return;
    };
    let pairs = "SELECT string_agg(a || b || value, ' ' ORDER BY a, b) FROM pairs";
    page.edit((2, 3), "changed");
    page.edit((1, 2), "z");
    page.edit((1, 3), "moved");
    page.until_is(STAGED, "~ 2 edits");
    page.press(&["Control+s"]);
    page.until_is(
        &format!("({PREVIEW}).map(one => one[0])"),
        json!([
            r#"UPDATE "public"."pairs" SET "value" = $1 WHERE "a" = $2::integer AND "b" = $3 AND ("value"::text) COLLATE "C" = $4"#,
            r#"UPDATE "public"."pairs" SET "b" = $1, "value" = $2 WHERE "a" = $3::integer AND "b" = $4 AND ("b"::text) COLLATE "C" = $5 AND ("value"::text) COLLATE "C" = $6"#,
        ]),
    );
    page.apply();
    assert_eq!(studio.query(pairs), "1ychanged 1zmoved 2xu");
    page.until_is(
        ROWS,
        json!([["1", "y", "changed"], ["1", "z", "moved"], ["2", "x", "u"]]),
    );
    // By its new key it is found again.
    page.edit((2, 1), "3");
    page.apply();
    assert_eq!(studio.query(pairs), "1ychanged 2xu 3zmoved");
}

/// Check 17.
#[test]
fn a_unique_index_does_for_a_key() {
    let studio = Studio::new(
        "unique",
        "CREATE TABLE coded (code text NOT NULL, maybe int UNIQUE, value text);
         CREATE UNIQUE INDEX coded_code ON coded (code);
         INSERT INTO coded VALUES ('a', 1, 'same'), ('b', NULL, 'same'), ('c', NULL, 'same')",
    );
    let Some(page) = Page::open_at(&studio, "#/tables/public/coded") else {
        return;
    };
    page.edit((2, 3), "changed");
    page.press(&["Control+s"]);
    page.until_is(
        &format!("({PREVIEW})[0][0]"),
        r#"UPDATE "public"."coded" SET "value" = $1 WHERE "code" = $2 AND ("value"::text) COLLATE "C" = $3"#,
    );
    page.apply();
    let coded = "SELECT string_agg(code || value, ' ' ORDER BY code) FROM coded";
    assert_eq!(studio.query(coded), "asame bchanged csame");
    page.edit((2, 1), "z");
    page.from_menu((1, 1), "Delete the row");
    page.apply();
    assert_eq!(studio.query(coded), "csame zchanged");
    page.until_is(
        ROWS,
        json!([["c", "NULL", "same"], ["z", "NULL", "changed"]]),
    );
}

/// Check 17.
#[test]
fn of_two_equal_rows_one_is_changed() {
    let studio = Studio::new(
        "equal",
        "CREATE TABLE loose (a int, b text); INSERT INTO loose VALUES (1, 'same'), (1, 'same'), (2, NULL)",
    );
    let Some(page) = Page::open_at(&studio, "#/tables/public/loose") else {
        return;
    };
    page.edit((2, 2), "other");
    page.press(&["Control+s"]);
    page.until_is(
        &format!("({PREVIEW})[0][0]"),
        r#"UPDATE "public"."loose" SET "b" = $1 WHERE ctid = $2::tid AND ("a"::text) COLLATE "C" = $3 AND ("b"::text) COLLATE "C" = $4"#,
    );
    page.apply();
    let loose = "SELECT string_agg(a || coalesce(b, '-'), ' ' ORDER BY a, b) FROM loose";
    assert_eq!(studio.query(loose), "1other 1same 2-");
    // It lies elsewhere by now, and is found again.
    page.until_is(ROWS, json!([["1", "same"], ["2", "NULL"], ["1", "other"]]));
    page.edit((3, 2), "again");
    page.from_menu((1, 1), "Delete the row");
    page.apply();
    assert_eq!(studio.query(loose), "1again 2-");
    // A new one, too, without being asked for again.
    page.click(("button", "Insert row"));
    page.until_is(STAGED, "+ 1 insert");
    page.edit((1, 1), "9");
    page.apply();
    page.until_is(
        &format!("({ROWS}).filter(row => row[0] === '9')"),
        json!([["9", "NULL"]]),
    );
    page.edit((1, 2), "new");
    page.apply();
    assert_eq!(studio.query(loose), "1again 2- 9new");
}

/// Check 17.
#[test]
fn a_view_says_why_it_is_read_only() {
    let studio = Studio::new(
        "view",
        "CREATE TABLE orders (id int PRIMARY KEY, note text); INSERT INTO orders VALUES (1, 'note');
         CREATE VIEW shown AS SELECT * FROM orders",
    );
    let Some(page) = Page::open_at(&studio, "#/tables/public/shown") else {
        return;
    };
    page.until_is(ROWS, json!([["1", "note"]]));
    let at = cell(1, 2);
    let reason = page.of(
        ".toolbar h2 .badge",
        "badge => [badge.innerText, badge.title]",
    );
    assert_eq!(reason[0], "read-only");
    assert!(reason[1].as_str().unwrap().contains("view"), "{reason}");
    assert_eq!(page.of(at.as_str(), "one => one.ariaReadOnly"), "true");
    assert!(!page.has(("button", "Insert row")));
    page.click(at.as_str());
    page.type_text("x");
    assert!(!page.has("[role=grid] input"));
    // It is heard, too.
    page.press(&["Delete"]);
    page.until_heard(reason[1].as_str().unwrap());
    page.right_click(at.as_str());
    let items = page.until("document.querySelector('[role=menu]')?.innerText");
    let items = items.as_str().unwrap();
    assert!(items.contains("Open the row"), "{items}");
    for item in ["Edit", "Set NULL", "Duplicate", "Delete"] {
        assert!(!items.contains(item), "{items}");
    }
    page.press(&["Escape"]);
    page.until_is(STAGED, "");
}
