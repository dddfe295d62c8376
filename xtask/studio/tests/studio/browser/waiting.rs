//! Rows that are on their way.

use serde_json::json;

use super::page::Page;
use super::staging::cell;
use super::table::{FOCUS, ROWS, short_pages, text};
use crate::studio::Studio;

const SLOW: &str = "
CREATE VIEW late AS SELECT 1 AS number, 'here' AS note FROM pg_advisory_xact_lock_shared(1);
CREATE TABLE slow (id int PRIMARY KEY, name text); INSERT INTO slow SELECT n, 'row ' || n FROM generate_series(1, 130) n;";

/// Bars in the place of rows, and nothing that could be taken for a value.
const SKELETON: &str = "(grid => grid.ariaBusy === 'true' && [...grid.querySelectorAll('.skeleton')].filter(row => row.checkVisibility()).length > 10
    && grid.querySelectorAll('[role=gridcell]').length === 0)(document.querySelector('[role=grid]'))";

fn slow(name: &str) -> Option<(Studio, Page)> {
    let studio = Studio::new(name, SLOW);
    let page = Page::open_at(&studio, "#/tables/public/slow")?;
    short_pages(&page);
    page.until_heard("slow: rows 1 to 50");
    Some((studio, page))
}

#[test]
fn a_slow_page_is_a_skeleton_until_it_comes() {
    let Some((studio, page)) = slow("slow") else {
        return;
    };
    page.click(cell(3, 2).as_str());
    let mut other = studio.database();
    other.execute("BEGIN; LOCK TABLE slow").unwrap();
    // Not at once: who gets an answer at once sees no flicker.
    let at_once = page.eval("(document.querySelector('[aria-label=\"Next page\"]').click(), [document.querySelectorAll('.skeleton').length, document.querySelectorAll('[role=gridcell]').length])");
    assert_eq!(at_once, json!([0, 100]));
    page.until(SKELETON);
    page.until_heard("Loading table slow");
    // The focus waits in the grid, and no key does anything to what is not there.
    assert_eq!(page.eval("document.activeElement.role"), "grid");
    page.press(&["ArrowDown", "Enter", "Delete", "x"]);
    assert_eq!(page.eval(SKELETON), true);
    other.execute("COMMIT").unwrap();
    page.until_is(ROWS, "51–100");
    page.until_heard("slow: rows 51 to 100");
    assert_eq!(
        page.eval("document.querySelectorAll('.skeleton, [aria-busy=true]').length"),
        0
    );
    assert_eq!(text(&page, 1, 2), "row 51");
    page.until_is(FOCUS, json!([54, 3]));
    assert!(!page.has(("button", "Apply")), "nothing was staged");
}

#[test]
fn rows_that_do_not_come_leave_those_that_were_there() {
    let Some((studio, page)) = slow("cancelled") else {
        return;
    };
    page.click(cell(3, 2).as_str());
    let mut other = studio.database();
    other.execute("BEGIN; LOCK TABLE slow").unwrap();
    page.eval("document.querySelector('[aria-label=\"Next page\"]').click()");
    page.until(SKELETON);
    studio.query("SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'");
    page.until_heard("was cancelled");
    page.until_is(FOCUS, json!([4, 3]));
    assert_eq!(
        (text(&page, 1, 2).as_str(), page.eval(ROWS)),
        ("row 1", json!("1–50"))
    );
    other.execute("COMMIT").unwrap();
    page.click(("button", "Next page"));
    page.until_is(ROWS, "51–100");
    assert_eq!(
        page.eval("document.querySelector('.place-errors').innerText"),
        ""
    );
}

#[test]
fn another_table_that_is_slow_shows_its_own_columns_first() {
    let Some((studio, page)) = slow("other") else {
        return;
    };
    let mut other = studio.database();
    other.execute("SELECT pg_advisory_lock(1)").unwrap();
    page.click("a[href='#/tables/public/late']");
    page.until(SKELETON);
    page.until_is(
        "[...document.querySelectorAll('.head-name')].map(one => one.innerText)",
        json!(["number", "note"]),
    );
    assert!(page.has(("grid", "view late")));
    assert_eq!(page.eval(ROWS), "", "nothing is said of the rows before");
    assert!(!page.has(("button", "Count")));
    other.execute("SELECT pg_advisory_unlock(1)").unwrap();
    page.until_is(ROWS, "1–1");
    assert_eq!(text(&page, 1, 2), "here");
    assert!(!page.has(".skeleton"));
}

#[test]
fn a_table_that_cannot_be_read_is_not_shown_as_the_one_before() {
    let Some((studio, page)) = slow("unread") else {
        return;
    };
    studio.database().execute("DROP VIEW late").unwrap();
    page.click("a[href='#/tables/public/late']");
    page.until_is("document.querySelector('h2').innerText", "late");
    page.until("document.querySelector('.place-main .message').innerText.includes('dropped')");
    page.until_heard("it was dropped");
    assert!(!page.has(("gridcell", "row 1")));
    let again = "CREATE VIEW late AS SELECT 1 AS number, 'again' AS note";
    studio.database().execute(again).unwrap();
    page.click(("button", "Try again"));
    page.until_is(ROWS, "1–1");
    assert_eq!(text(&page, 1, 2), "again");
}

#[test]
fn a_row_of_the_table_before_does_not_stay_open() {
    let Some((_studio, page)) = slow("before") else {
        return;
    };
    page.click(cell(3, 2).as_str());
    // Opened when the other table is asked for already, and not there yet.
    let opened = page.eval(
        "(async () => {
            const asked = new Promise(done => addEventListener('popstate', done, { once: true }));
            document.querySelector(\"a[href='#/tables/public/late']\").click();
            await asked;
            document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: ' ', bubbles: true }));
            return document.querySelector('side-drawer').innerText.includes('Row of slow');
        })()",
    );
    assert_eq!(opened, true);
    page.until_is(ROWS, "1–1");
    assert_eq!(text(&page, 1, 2), "here");
    assert_eq!(
        page.eval("document.querySelector('side-drawer').hidden"),
        true
    );
}

#[test]
fn what_is_being_typed_is_not_lost_to_rows_that_come_meanwhile() {
    let Some((studio, page)) = slow("typing") else {
        return;
    };
    let mut other = studio.database();
    other
        .execute("BEGIN; UPDATE slow SET name = 'theirs' WHERE id = 2; LOCK TABLE slow")
        .unwrap();
    page.click(("button", "Refresh"));
    page.begin((1, 2));
    page.type_text("mi");
    other.execute("COMMIT").unwrap();
    page.until_heard("slow: rows 1 to 50");
    page.type_text("ne");
    page.press(&["Enter"]);
    page.until("document.querySelector('change-tray').innerText.includes('1 edit')");
    assert_eq!([text(&page, 1, 2), text(&page, 2, 2)], ["mine", "theirs"]);
    page.until_is(FOCUS, json!([3, 3]));
}
