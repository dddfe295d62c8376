//! Rows in an order.

use super::page::Page;
use super::table::{ROWS, column, is_enabled, short_pages};
use crate::studio::Studio;

const WORDS: &str = r#"
CREATE TABLE words (id int PRIMARY KEY, word text, bytewise text COLLATE "C", rank int, half numeric);
INSERT INTO words
SELECT n, word, word, nullif(n % 4, 3), n / 2.0
  FROM generate_series(1, 130) n,
       LATERAL (SELECT (ARRAY['zebra', 'Zebra', 'émile', 'Emile', 'eagle', '10', '9', '', '_x', ' y', 'ß', 'ss', NULL])[1 + n * 7 % 13] AS word) w;
"#;

/// The number of the column in the grid, behind the row numbers.
const COLUMNS: [(&str, u32); 4] = [("word", 3), ("bytewise", 4), ("rank", 5), ("half", 6)];

/// Check 5.
#[test]
fn rows_are_sorted_as_the_database_sorts_them_through_all_pages() {
    let studio = Studio::new("sorted", WORDS);
    let Some(page) = Page::open_at(&studio, "#/tables/public/words") else {
        return;
    };
    short_pages(&page);
    for (name, index) in COLUMNS {
        let head = format!("[role=columnheader][aria-colindex='{index}']");
        for (way, said) in [("ASC", "ascending"), ("DESC", "descending")] {
            page.click(head.as_str());
            page.until_is(
                &format!("document.querySelector(\"{head}\").ariaSort"),
                said,
            );
            page.until_is(ROWS, "1–50");
            // Equal ones are in the order of the key, so that they stay where they are from page to page.
            let order = format!("{name} {way}, id {way}");
            assert_eq!(all(&page), expected(&studio, &order), "{order}");
        }
        // The third press ends it.
        page.click(head.as_str());
        page.until_is(
            &format!("document.querySelector(\"{head}\").ariaSort"),
            "none",
        );
        page.until_is("document.querySelector('[role=gridcell]').innerText", "1");
    }
}

/// Check 5.
#[test]
fn a_second_column_orders_what_the_first_leaves_equal() {
    let studio = Studio::new("sorted_twice", WORDS);
    let Some(page) = Page::open_at(&studio, "#/tables/public/words?s=4.desc") else {
        return;
    };
    short_pages(&page);
    // From the keyboard: up to the head, to the column, and Shift.
    page.click(("gridcell", "NULL"));
    page.press(&["Control+Home", "ArrowUp", "ArrowRight", "Shift+Enter"]);
    page.until_is("[...document.querySelectorAll('[aria-sort=ascending] .head-name, [aria-sort=descending] .head-name')].map(one => one.innerText.replace(/\\s+/g, ' ')).join()", "word 2,rank 1");
    page.until_is(ROWS, "1–50");
    assert_eq!(all(&page), expected(&studio, "rank DESC, word, id"));
    // Back is the order that was.
    page.eval("history.back()");
    page.until("document.querySelectorAll('[aria-sort=ascending]').length === 0");
    page.until_is(ROWS, "1–50");
    assert_eq!(all(&page), expected(&studio, "rank DESC, id DESC"));
}

/// The ids of all pages.
fn all(page: &Page) -> Vec<String> {
    let mut ids = column(page, "id");
    let rows = ["51–100", "101–130"];
    for rows in rows {
        page.click(("button", "Next page"));
        page.until_is(ROWS, rows);
        ids.extend(column(page, "id"));
    }
    assert!(!is_enabled(page, "Next page"));
    ids
}

fn expected(studio: &Studio, order: &str) -> Vec<String> {
    let ids = studio.query(&format!(
        "SELECT string_agg(id::text, ' ' ORDER BY {order}) FROM words"
    ));
    ids.split(' ').map(str::to_owned).collect()
}
