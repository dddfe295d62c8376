//! A studio with `--read-only`, as its user sees it.

use serde_json::json;

use super::page::Page;
use super::staging::{ROWS, cell};
use crate::studio::Studio;

const ORDERS: &str = "
CREATE TABLE orders (id int PRIMARY KEY, note text);
INSERT INTO orders VALUES (1, 'one');
CREATE FUNCTION change() RETURNS void LANGUAGE sql AS $$ UPDATE orders SET note = 'changed' $$";

/// Check 43: nothing offers a change, and whatever is typed is refused as PostgreSQL refuses it.
#[test]
fn nothing_can_be_changed_and_it_says_so() {
    let studio = Studio::read_only("looking", ORDERS);
    let Some(page) = Page::open_at(&studio, "#/tables/public/orders") else {
        return;
    };
    page.until_is(ROWS, json!([["1", "one"]]));
    assert!(page.text().contains("READ-ONLY"));
    assert!(!page.has(("button", "Insert row")));
    page.click(cell(1, 2).as_str());
    page.type_text("x");
    page.press(&["Delete"]);
    page.until_is(ROWS, json!([["1", "one"]]));
    assert_eq!(
        page.of(cell(1, 2).as_str(), "cell => cell.ariaReadOnly"),
        "true"
    );
    page.right_click(cell(1, 2).as_str());
    let items = page.until("document.querySelector('[role=menu]')?.innerText");
    for change in ["Edit", "Set NULL", "Duplicate", "Delete"] {
        assert!(!items.as_str().unwrap().contains(change), "{items}");
    }
    page.press(&["Escape"]);

    page.go("#/sql");
    for attempt in [
        "UPDATE orders SET note = 'changed'",
        "SET default_transaction_read_only = off; UPDATE orders SET note = 'changed'",
        "WITH changed AS (UPDATE orders SET note = 'changed' RETURNING 1) SELECT * FROM changed",
        "SELECT change()",
        "COPY orders FROM PROGRAM 'echo 2'",
    ] {
        page.click("textarea");
        page.press(&["Control+a"]);
        page.insert(attempt);
        page.press(&["Control+Shift+Enter"]);
        page.until(&format!(
            "document.querySelector('[role=tabpanel]')?.innerText.includes('SQLSTATE 25006')
                && document.querySelector('textarea').value === {}",
            json!(attempt)
        ));
        assert_eq!(
            studio.query("SELECT string_agg(id || note, ' ') FROM orders"),
            "1one"
        );
        // So that the next message is the next attempt's.
        page.press(&["Control+a"]);
        page.insert("SELECT 'between'");
        page.press(&["Control+Enter"]);
        page.until("document.querySelector('[role=tabpanel]')?.innerText.includes('between')");
    }
}
