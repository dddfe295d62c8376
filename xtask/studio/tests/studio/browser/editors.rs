//! What a value is edited with: choices, JSON, the row as a form.

use serde_json::json;

use super::page::Page;
use super::staging::{REASON, ROWS, STAGED, cell};
use crate::studio::Studio;

/// The choices of the editor that has the focus.
const CHOICES: &str = "[...document.activeElement.options].map(one => one.label)";

/// Check 18.
#[test]
fn an_enum_offers_its_labels_in_their_order() {
    let studio = Studio::new(
        "labels",
        "CREATE TYPE mood AS ENUM ('zufrieden', 'ok', 'Ärger', 'null');
         CREATE TABLE people (id int PRIMARY KEY, now mood, always mood NOT NULL DEFAULT 'ok', told boolean);
         INSERT INTO people VALUES (1, 'ok', 'ok', NULL)",
    );
    let Some(page) = Page::open_at(&studio, "#/tables/public/people") else {
        return;
    };
    page.until_heard("people: rows 1 to 1");
    page.begin((1, 2));
    page.until_is(CHOICES, json!(["NULL", "zufrieden", "ok", "Ärger", "null"]));
    page.press(&["Escape"]);
    page.begin((1, 3));
    page.until_is(
        CHOICES,
        json!(["DEFAULT", "zufrieden", "ok", "Ärger", "null"]),
    );
    page.press(&["Escape"]);
    page.begin((1, 4));
    page.until_is(CHOICES, json!(["NULL", "true", "false"]));
    page.press(&["Escape"]);
    // A letter chooses the label that begins so.
    page.click(cell(1, 2).as_str());
    page.press(&["z", "Enter"]);
    page.until_is(&format!("({ROWS})[0][1]"), "zufrieden");
    page.click(cell(1, 4).as_str());
    page.press(&["f", "Enter"]);
    page.apply();
    assert_eq!(
        studio.query("SELECT now || ' ' || told FROM people"),
        "zufrieden false"
    );
    page.until_heard("Applied");
    studio
        .database()
        .execute("ALTER TYPE mood ADD VALUE 'heiter' BEFORE 'ok'")
        .unwrap();
    page.click(("button", "Refresh"));
    // It is read again before one can look.
    page.until_heard("people: rows 1 to 1");
    page.click(cell(1, 2).as_str());
    page.press(&["h"]);
    page.until_is(
        CHOICES,
        json!(["NULL", "zufrieden", "heiter", "ok", "Ärger", "null"]),
    );
    page.press(&["Enter"]);
    page.apply();
    assert_eq!(studio.query("SELECT now FROM people"), "heiter");
}

const DATA: &str = r#"{"z": 12345678901234567890.10, "a": [1,  {"b": null}], "z2": 1E400}"#;

/// Check 19.
#[test]
fn json_is_checked_and_keeps_every_digit_and_the_order_of_its_keys() {
    let studio = Studio::new(
        "json",
        &format!(
            "CREATE TABLE documents (id int PRIMARY KEY, plain json, binary_ jsonb);
             INSERT INTO documents VALUES (1, '{DATA}', '{{\"big\": 9007199254740993}}')"
        ),
    );
    let Some(page) = Page::open_at(&studio, "#/tables/public/documents") else {
        return;
    };
    let plain = "SELECT plain FROM documents";
    page.double_click(cell(1, 2).as_str());
    let text = "textarea[aria-label=plain]";
    let shown = "{\n  \"z\": 12345678901234567890.10,\n  \"a\": [\n    1,\n    {\n      \"b\": null\n    }\n  ],\n  \"z2\": 1E400\n}";
    page.until_is(
        "document.querySelector('textarea[aria-label=plain]')?.value",
        shown,
    );
    page.until("document.activeElement.matches('textarea[aria-label=plain]')");
    // To look at it is no change.
    page.press(&["Tab"]);
    page.until_is(STAGED, "");
    page.fill(text, "{\"z\": 1,}");
    page.press(&["Tab"]);
    page.until(&format!("({REASON}).startsWith('Not JSON: ')"));
    page.until_is(STAGED, "");
    page.fill(text, " ");
    page.press(&["Tab"]);
    page.until_is(REASON, "An empty text is not JSON; null is.");
    page.until_is(STAGED, "");
    page.fill(
        text,
        "{\"z\": 98765432109876543210.10, \"b\": 1, \"a\": 0.1000}",
    );
    page.press(&["Tab"]);
    page.until_is(STAGED, "~ 1 edit");
    page.until_is(REASON, "");
    page.fill(
        "textarea[aria-label=binary_]",
        "{\"big\": 9007199254740995}",
    );
    page.press(&["Tab"]);
    page.until_is(&format!("({ROWS})[0][2]"), "{\"big\": 9007199254740995}");
    page.apply();
    assert_eq!(
        studio.query(plain),
        "{\"z\": 98765432109876543210.10, \"b\": 1, \"a\": 0.1000}"
    );
    assert_eq!(
        studio.query("SELECT binary_ FROM documents"),
        "{\"big\": 9007199254740995}"
    );
    // JSON's null, and NULL.
    page.fill(text, "null");
    page.press(&["Tab"]);
    page.click(("button", "More for binary_"));
    page.item("Set NULL");
    page.until_is(&format!("({ROWS})[0].slice(1)"), json!(["null", "NULL"]));
    page.apply();
    assert_eq!(
        studio.query("SELECT (plain::text = 'null') || ' ' || (binary_ IS NULL) FROM documents"),
        "true true"
    );
}

/// The form of a row goes with what is staged, applied and taken back.
#[test]
fn the_row_in_the_drawer_is_the_one_in_the_grid() {
    let studio = Studio::new(
        "drawer",
        "CREATE TABLE notes (id int PRIMARY KEY, note text); INSERT INTO notes VALUES (1, 'one')",
    );
    let Some(page) = Page::open_at(&studio, "#/tables/public/notes") else {
        return;
    };
    let field = "side-drawer input[aria-label=note]";
    let value = "document.querySelector('side-drawer input[aria-label=note]')?.value ?? null";
    page.click(cell(1, 2).as_str());
    page.press(&["Space"]);
    page.until_is(value, "one");
    page.fill(field, "two");
    page.press(&["Tab"]);
    page.until_is(STAGED, "~ 1 edit");
    page.apply();
    // It is based on what was applied, which is no conflict.
    page.fill(field, "three");
    page.press(&["Tab"]);
    page.apply();
    assert_eq!(studio.query("SELECT note FROM notes"), "three");
    page.edit((1, 2), "four");
    page.until_is(value, "four");
    page.press(&["Control+z"]);
    page.until_is(value, "three");
    // Of a new row it becomes that of the row that was made of it.
    page.click(("button", "Insert row"));
    page.until_is(STAGED, "+ 1 insert");
    page.press(&["Space"]);
    page.until("document.querySelector('side-drawer h2').innerText === 'New row of notes'");
    page.fill("side-drawer input[aria-label=id]", "2");
    page.press(&["Tab"]);
    page.apply();
    page.until("document.querySelector('side-drawer h2').innerText === 'Row of notes'");
    page.fill(field, "new");
    page.press(&["Tab"]);
    page.until_is(STAGED, "~ 1 edit");
    page.apply();
    assert_eq!(
        studio.query("SELECT string_agg(note, ' ' ORDER BY id) FROM notes"),
        "three new"
    );
    page.from_menu((1, 2), "Delete the row");
    page.apply();
    page.until("document.querySelector('side-drawer').hidden");
}
