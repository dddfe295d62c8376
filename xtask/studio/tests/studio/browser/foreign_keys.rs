//! The way along a foreign key: to choose, to look, to go, and to come back.

use serde_json::json;

use super::page::Page;
use super::staging::{ROWS, STAGED, cell};
use crate::studio::Studio;

const SHOP: &str = "
CREATE TABLE customers (id int PRIMARY KEY, name text NOT NULL, email text);
INSERT INTO customers SELECT place, 'Customer ' || place, 'c' || place || '@example.org' FROM generate_series(1, 40) place;
CREATE TABLE shelves (hall text, place int, label text, PRIMARY KEY (hall, place));
INSERT INTO shelves VALUES ('A', 1, 'screws'), ('A', 2, 'nails'), ('B', 1, 'paint');
CREATE TABLE orders (id int PRIMARY KEY, customer int REFERENCES customers, place int, hall text, FOREIGN KEY (hall, place) REFERENCES shelves (hall, place));
INSERT INTO orders VALUES (1, 7, 1, 'A'), (2, 7, NULL, NULL), (3, 8, NULL, NULL)";

const FOUND: &str = "[...document.querySelectorAll('[role=listbox] [role=option]')].map(one => one.innerText.replaceAll(/\\s+/g, ' ').trim())";

const TITLE: &str = "document.querySelector('.toolbar h2').innerText.trim()";

/// Check 20.
#[test]
fn a_referenced_row_is_searched_and_chosen() {
    let studio = Studio::new("picker", SHOP);
    let Some(page) = Page::open_at(&studio, "#/tables/public/orders") else {
        return;
    };
    page.double_click(cell(1, 2).as_str());
    page.until(&format!("({FOUND}).length === 20"));
    page.until("document.activeElement.ariaLabel === 'Search customers'");
    page.type_text("c3");
    // By the text, and not where a number begins so.
    page.until_is(
        &format!("({FOUND}).map(one => one.split(' ').at(-1))"),
        json!([
            "3", "30", "31", "32", "33", "34", "35", "36", "37", "38", "39"
        ]),
    );
    page.press(&["Control+a"]);
    page.type_text("mer 12");
    page.until_is(FOUND, json!(["Customer 12 c12@example.org 12"]));
    page.press(&["Enter"]);
    page.until_is(&format!("({ROWS})[0]"), json!(["1", "12", "1", "A"]));
    page.until("document.activeElement.matches('[role=gridcell]')");
    // A key of two columns is one row, whichever of them one comes from.
    page.double_click(cell(2, 3).as_str());
    page.until_is(FOUND, json!(["screws A, 1", "nails A, 2", "paint B, 1"]));
    page.press(&["ArrowDown", "ArrowDown", "Enter"]);
    page.until_is(&format!("({ROWS})[1]"), json!(["2", "7", "1", "B"]));
    page.double_click(cell(3, 4).as_str());
    page.until(&format!("({FOUND}).length === 3"));
    page.type_text("nails");
    page.until_is(FOUND, json!(["nails A, 2"]));
    page.click("[role=option]");
    page.until_is(&format!("({ROWS})[2]"), json!(["3", "8", "2", "A"]));
    page.until_is(STAGED, "~ 3 edits");
    page.apply();
    let orders = "SELECT string_agg(customer || coalesce(hall, '-') || coalesce(place, 0), ' ' ORDER BY id) FROM orders";
    assert_eq!(studio.query(orders), "12A1 7B1 8A2");
    // In the form of a row, too.
    page.click(cell(3, 1).as_str());
    page.press(&["Space"]);
    page.click(("button", "Choose a row for hall"));
    page.until(&format!("({FOUND}).length === 3"));
    page.press(&["ArrowDown", "ArrowDown", "Enter"]);
    page.until_is(&format!("({ROWS})[2]"), json!(["3", "8", "1", "B"]));
    page.until_is(
        "document.querySelector('side-drawer input[aria-label=place]').value",
        "1",
    );
    page.apply();
    assert_eq!(studio.query(orders), "12A1 7B1 8B1");
    // NULL is no row, and set as everywhere.
    page.press(&["Escape"]);
    page.click(cell(3, 2).as_str());
    page.press(&["Delete"]);
    page.until_is(&format!("({ROWS})[2][1]"), "NULL");
}

/// Check 20.
#[test]
fn one_looks_at_the_referenced_row_goes_there_and_comes_back() {
    let studio = Studio::new("jump", SHOP);
    let Some(page) = Page::open_at(&studio, "#/tables/public/orders") else {
        return;
    };
    page.until(&format!("({ROWS}).length === 3"));
    // Peek: beside the row, without leaving it.
    page.choose_from_menu((1, 2), "Peek at customers");
    page.until(
        "document.querySelector('side-drawer h2').innerText === 'customers, referenced row'",
    );
    page.until("document.querySelector('side-drawer').innerText.includes('c7@example.org')");
    assert!(!page.has("side-drawer input"));
    page.until_is(TITLE, "orders");
    page.choose_from_menu((1, 4), "Peek at shelves");
    page.until("document.querySelector('side-drawer').innerText.includes('screws')");
    page.click(("button", "Close"));
    // Forward, by mouse and by key, and over two columns.
    page.choose_from_menu((1, 2), "Go to customers");
    page.until_is(TITLE, "customers");
    page.until_is(ROWS, json!([["7", "Customer 7", "c7@example.org"]]));
    // Backward: all that refer to it.
    page.choose_from_menu((1, 1), "Rows of orders that refer to it");
    page.until_is(TITLE, "orders");
    page.until_is(&format!("({ROWS}).map(row => row[0])"), json!(["1", "2"]));
    page.eval("history.back()");
    page.until_is(TITLE, "customers");
    page.until_is(ROWS, json!([["7", "Customer 7", "c7@example.org"]]));
    page.eval("history.back()");
    page.until_is(TITLE, "orders");
    page.until(&format!("({ROWS}).length === 3"));
    page.click(cell(1, 3).as_str());
    page.press(&["Alt+Enter"]);
    page.until_is(TITLE, "shelves");
    page.until_is(ROWS, json!([["A", "1", "screws"]]));
    // In its form the row says what refers to it, and how much when asked.
    page.click(cell(1, 1).as_str());
    page.press(&["Space"]);
    page.click(("button", "Count"));
    page.until("document.querySelector('.drawer-links li .dim:not(.mono)').innerText === '1'");
    page.click(".drawer-links a");
    page.until_is(TITLE, "orders");
    page.until_is(&format!("({ROWS}).map(row => row[0])"), json!(["1"]));
    // NULL leads nowhere, and that is said.
    page.go("#/tables/public/orders");
    page.until(&format!("({ROWS}).length === 3"));
    page.click(cell(2, 3).as_str());
    page.press(&["Alt+Enter"]);
    page.until_heard("NULL refers to nothing");
    page.until_is(TITLE, "orders");
}
