//! What is staged outlives everything but the page itself, and that asks.

use pg_devserver::TestServer;
use serde_json::json;

use super::page::Page;
use super::staging::{MARKS, REFUSED, STAGED};

use crate::studio::Studio;

const ORDERS: &str =
    "CREATE TABLE orders (id int PRIMARY KEY, note text); INSERT INTO orders VALUES (1, 'old')";
const NOTE: &str = "SELECT note FROM orders";
const BANNER: &str = "(banner => banner.checkVisibility() ? banner.innerText : '')(document.querySelector('.banner[role=alert]'))";

/// Check 28: the database.
#[test]
fn a_database_that_is_started_again_finds_what_was_staged() {
    let server = TestServer::start(&[]).unwrap();
    let studio = Studio::on(&server, "restarted", ORDERS, false);
    let Some(page) = Page::open_at(&studio, "#/tables/public/orders") else {
        return;
    };
    page.edit((1, 2), "new");
    page.until_is(STAGED, "~ 1 edit");
    server.stop_immediately().unwrap();
    page.click(("button", "Apply"));
    page.until(BANNER);
    page.until_is(STAGED, "~ 1 edit");
    page.until_is(REFUSED, "");
    page.until_is(MARKS, json!(["changed"]));
    // To try too early does no harm.
    page.click(("button", "Retry"));
    page.until(BANNER);
    page.click(("button", "Refresh"));
    page.until("document.querySelector('.place-errors [role=alert]')");
    server.restart().unwrap();
    if page.has(("button", "Retry")) {
        page.click(("button", "Retry"));
    }
    page.until_is(BANNER, "");
    // What said that it could not be reached says so no longer.
    page.until("!document.querySelector('.place-errors [role=alert]')");
    page.until_is(STAGED, "~ 1 edit");
    assert_eq!(studio.query(NOTE), "old");
    page.apply();
    assert_eq!(studio.query(NOTE), "new");
    page.until_is(MARKS, json!([""]));
}

/// Check 28: the studio.
#[test]
fn a_studio_that_is_started_again_finds_what_was_staged() {
    let mut studio = Studio::new("again", ORDERS);
    let Some(page) = Page::open_at(&studio, "#/tables/public/orders") else {
        return;
    };
    page.edit((1, 2), "new");
    page.until_is(STAGED, "~ 1 edit");
    studio.stop().unwrap();
    page.click(("button", "Apply"));
    page.until(&format!("({BANNER}).includes('cannot be reached')"));
    page.until(&format!(
        "({REFUSED}).includes('not known whether the changes were applied')"
    ));
    page.until_is(STAGED, "~ 1 edit");
    studio.start_again();
    // It has another key, which the page cannot guess.
    page.until(&format!("({BANNER}).includes('no valid key')"));
    page.until_is(STAGED, "~ 1 edit");
    page.go(&format!("#t={}", studio.token));
    page.until_is(BANNER, "");
    page.until_is("location.hash", "#/tables/public/orders");
    page.until_is(STAGED, "~ 1 edit");
    assert_eq!(studio.query(NOTE), "old");
    page.apply();
    assert_eq!(studio.query(NOTE), "new");
}

/// Check 28: the page itself.
#[test]
fn to_load_the_page_again_asks_while_something_is_staged() {
    let studio = Studio::new("reload", ORDERS);
    let Some(page) = Page::open_at(&studio, "#/tables/public/orders") else {
        return;
    };
    page.click(("gridcell", "old"));
    page.reload();
    page.until_is(MARKS, json!([""]));
    assert_eq!(page.dialogs().len(), 0);
    page.edit((1, 2), "new");
    page.until_is(STAGED, "~ 1 edit");
    page.reload();
    // It asks, and is answered with yes.
    page.until_is(MARKS, json!([""]));
    assert_eq!(page.dialogs().len(), 1);
    page.until_is(STAGED, "");
    assert_eq!(studio.query(NOTE), "old");
}
