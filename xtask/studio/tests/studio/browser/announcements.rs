//! What a screen reader says by itself.

use super::page::Page;
use super::staging::cell;
use super::table::{COUNT, short_pages};
use crate::studio::Studio;

const ORDERS: &str = "
CREATE TABLE orders (id int PRIMARY KEY, name text, price int CHECK (price < 1000));
INSERT INTO orders SELECT n, 'order ' || n, n FROM generate_series(1, 130) n;";

/// Check 35. That a region was there before its text is what makes it heard.
#[test]
fn rows_counts_errors_and_what_was_applied_are_announced() {
    let studio = Studio::new("announced", ORDERS);
    let Some(page) = Page::open_at(&studio, "#/tables/public/orders") else {
        return;
    };
    page.until_heard("orders: rows 1 to 100");
    assert_eq!(page.heard(), [""; 0], "once is enough");
    short_pages(&page);
    page.until_heard("orders: rows 1 to 50");
    page.click(("button", "Next page"));
    page.until_heard("orders: rows 51 to 100");
    page.click(("button", "Last page"));
    page.until_heard("orders: the last 50 rows");
    page.click(("button", "Previous page"));
    page.until_heard("orders: 50 rows");
    page.click(("button", "First page"));
    page.until_heard("orders: rows 1 to 50");
    page.click("[role=columnheader][aria-colindex='4']");
    page.until_heard("orders by price ascending: rows 1 to 50");
    // The same once more is news, too.
    page.click(("button", "Refresh"));
    page.until_heard("orders by price ascending: rows 1 to 50");

    page.click(("button", "Count"));
    page.until_is(COUNT, "of 130");
    page.until_heard("130 rows");

    page.go("#/tables/public/orders?w=nosuch%20%3D%201");
    page.until_heard("column \"nosuch\" does not exist");
    page.go("#/tables/public/orders?f=2.eq.nothing");
    page.until_heard("orders: no rows");
    page.go("#/tables/public/orders");
    page.until_heard("orders: rows 1 to 50");

    page.edit((1, 3), "5000");
    page.click(("button", "Apply"));
    page.until_heard("orders_price_check");
    page.edit((1, 3), "500");
    page.apply();
    page.until_heard("Applied 1 change");
    page.until_is(
        &format!("document.querySelector(\"{}\").innerText", cell(1, 3)),
        "500",
    );
    assert_eq!(studio.query("SELECT price FROM orders WHERE id = 1"), "500");
}

/// Check 35.
#[test]
fn the_regions_are_in_the_page_before_they_say_anything() {
    let studio = Studio::new("regions", ORDERS);
    let Some(page) = Page::open_at(&studio, "#/tables/public/orders") else {
        return;
    };
    page.until_heard("orders: rows 1 to 100");
    let region = "document.querySelector('[aria-live=polite]')";
    page.eval(&format!("globalThis.region = {region}, true"));
    page.click(("link", "SQL"));
    page.until("document.querySelector('sql-place')");
    page.click(("link", "Tables"));
    page.until("document.querySelector('tables-place')");
    page.go("#/tables/public/orders?s=2.desc");
    page.until_heard("orders by name descending: rows 1 to 100");
    assert_eq!(
        page.eval(&format!(
            "region.isConnected && region === {region} && region.checkVisibility()"
        )),
        true,
        "one region for as long as the page is there"
    );
}
