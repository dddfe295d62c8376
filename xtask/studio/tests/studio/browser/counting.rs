//! How many rows there are.

use super::page::Page;
use super::staging::STAGED;
use super::table::COUNT;
use crate::studio::Studio;

const EVENTS: &str = "
CREATE TABLE events (id int PRIMARY KEY, even boolean NOT NULL) WITH (autovacuum_enabled = false);
INSERT INTO events SELECT n, n % 2 = 0 FROM generate_series(1, 1000) n;
ANALYZE events;
INSERT INTO events SELECT n, true FROM generate_series(1001, 1234) n;
CREATE TABLE fresh (id int PRIMARY KEY) WITH (autovacuum_enabled = false);
INSERT INTO fresh SELECT generate_series(1, 101);
CREATE VIEW seen AS SELECT * FROM events;";

/// Check 7.
#[test]
fn a_count_is_about_until_it_is_asked_for() {
    let studio = Studio::new("about", EVENTS);
    let Some(page) = Page::open_at(&studio, "#/tables/public/events") else {
        return;
    };
    // What the statistics say, and what there is.
    page.until_is(COUNT, "of ≈ 1,000 · Count");
    page.click(("button", "Count"));
    page.until_is(COUNT, "of 1,234");
    page.until_heard("1,234 rows");
    // It is still what it was on another page of the same rows.
    page.click(("button", "Next page"));
    page.until_is(super::table::ROWS, "101–200");
    assert_eq!(page.eval(COUNT), "of 1,234");
    // With a filter it is what the planner expects: half of what is in the table by its size.
    page.go("#/tables/public/events?f=2.eq.true");
    page.until(&format!("/^of ≈ (5|6)\\d\\d · Count$/.test({COUNT})"));
    page.click(("button", "Count"));
    page.until_is(COUNT, "of 734");
    // Nobody knows how many rows a table has that was never analysed; nor those of a view.
    page.go("#/tables/public/fresh");
    page.until_is(COUNT, "of an unknown number · Count");
    page.click(("button", "Count"));
    page.until_is(COUNT, "of 101");
    page.go("#/tables/public/seen");
    page.until_is(COUNT, "of an unknown number · Count");
}

/// Check 7.
#[test]
fn a_count_that_takes_too_long_says_so_and_can_be_asked_for_again() {
    let studio = Studio::new("long", EVENTS);
    let Some(page) = Page::open_at(&studio, "#/tables/public/events") else {
        return;
    };
    page.until_is(COUNT, "of ≈ 1,000 · Count");
    let mut other = studio.database();
    other.execute("BEGIN; LOCK TABLE events").unwrap();
    page.click(("button", "Count"));
    page.until_is(COUNT, "counting …");
    page.until_is(
        COUNT,
        "Not counted: it took more than 5 s, and was cancelled · Count",
    );
    page.until_heard("Not counted: it took more than 5 s");
    // The rows are still there, and so is the way to try again, with the keyboard, too.
    assert!(page.has(("gridcell", "100")));
    page.press(&["Tab", "Enter"]);
    page.until_is(COUNT, "counting …");
    // What is done meanwhile does not make it forget what it was asked.
    page.from_menu((1, 1), "Delete the row");
    page.until_is(STAGED, "− 1 delete");
    other.execute("COMMIT").unwrap();
    page.until_is(COUNT, "of 1,234");
}
