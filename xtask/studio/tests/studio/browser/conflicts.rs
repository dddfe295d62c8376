//! Changes that another session was quicker to make.

use serde_json::json;

use super::page::Page;
use super::staging::{REFUSED, ROWS, STAGED};

use crate::studio::Studio;

const ORDERS: &str = "
CREATE TABLE orders (id int PRIMARY KEY, note text, state text);
INSERT INTO orders VALUES (1, 'note', 'open'), (2, 'other', 'open')";

const NOTES: &str = "SELECT string_agg(note || ' ' || state, ', ' ORDER BY id) FROM orders";

/// Check 15.
#[test]
fn what_someone_else_wrote_is_shown_and_not_written_over() {
    let studio = Studio::new("conflict", ORDERS);
    let Some(page) = Page::open_at(&studio, "#/tables/public/orders") else {
        return;
    };
    page.edit((1, 2), "mine");
    page.edit((2, 2), "mine, too");
    let mut other = studio.database();
    other
        .execute("UPDATE orders SET note = 'theirs', state = 'closed' WHERE id = 1")
        .unwrap();
    page.click(("button", "Apply"));
    page.until(&format!(
        "({REFUSED}).includes('Nothing was applied. Change 1 of 2, in orders')"
    ));
    page.until_is(
        "[...document.querySelectorAll('change-tray .conflict > *')].map(one => one.innerText)",
        json!(["note", "note → theirs", "state", "open → closed"]),
    );
    page.until_is(
        "[...document.querySelectorAll('[role=grid] tbody tr')].map(row => row.querySelectorAll('[aria-invalid=true]').length)",
        json!([1, 0]),
    );
    assert_eq!(studio.query(NOTES), "theirs closed, other open");
    // Once more is no other answer.
    page.click(("button", "Apply"));
    page.until(&format!("({REFUSED}).includes('Nothing was applied')"));
    assert_eq!(studio.query(NOTES), "theirs closed, other open");
    // Known, it may be written over; of what is not changed here theirs stays.
    page.click(("button", "Keep my change"));
    page.until_is(REFUSED, "");
    page.until_is(&format!("({ROWS})[0]"), json!(["1", "mine", "closed"]));
    page.apply();
    assert_eq!(studio.query(NOTES), "mine closed, mine, too open");
}

/// Check 15.
#[test]
fn theirs_can_be_taken_instead() {
    let studio = Studio::new("theirs", ORDERS);
    let Some(page) = Page::open_at(&studio, "#/tables/public/orders") else {
        return;
    };
    page.edit((1, 2), "mine");
    page.choose_from_menu((2, 2), "Delete the row");
    let mut other = studio.database();
    other.execute("UPDATE orders SET note = 'theirs'").unwrap();
    page.click(("button", "Apply"));
    page.until(REFUSED);
    page.click(("button", "Take theirs"));
    page.until_is(STAGED, "− 1 delete");
    page.until_is(&format!("({ROWS})[0]"), json!(["1", "theirs", "open"]));
    // A row that was changed meanwhile is not deleted, either.
    page.click(("button", "Apply"));
    page.until(&format!("({REFUSED}).includes('other → theirs')"));
    assert_eq!(studio.query(NOTES), "theirs open, theirs open");
    page.click(("button", "Keep my change"));
    page.apply();
    assert_eq!(studio.query(NOTES), "theirs open");
}

/// Check 15.
#[test]
fn a_row_that_someone_else_deleted_is_gone() {
    let studio = Studio::new("gone", ORDERS);
    let Some(page) = Page::open_at(&studio, "#/tables/public/orders") else {
        return;
    };
    page.edit((1, 2), "mine");
    studio
        .database()
        .execute("DELETE FROM orders WHERE id = 1")
        .unwrap();
    page.click(("button", "Apply"));
    page.until(&format!(
        "({REFUSED}).includes('The row is not there any more.')"
    ));
    assert!(!page.has(("button", "Keep my change")));
    page.click(("button", "Take theirs"));
    page.until_is(STAGED, "");
    page.until_is(ROWS, json!([["2", "other", "open"]]));
    assert_eq!(studio.query(NOTES), "other open");
}
