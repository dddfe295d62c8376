//! The focus in the grid, by keyboard alone.

use serde_json::json;

use super::page::Page;
use super::staging::cell;
use super::table::{FOCUS, ROWS};
use crate::studio::Studio;

/// More rows than fit on the screen, and more columns.
fn wide(name: &str) -> Option<(Studio, Page)> {
    let columns = (2..=30).map(|n| format!("c{n} text DEFAULT 'a value of c{n}'"));
    let columns = columns.collect::<Vec<_>>().join(", ");
    let studio = Studio::new(
        name,
        &format!(
            "CREATE TABLE wide (id int PRIMARY KEY, {columns}); INSERT INTO wide SELECT generate_series(1, 80)"
        ),
    );
    let page = Page::open_at(&studio, "#/tables/public/wide")?;
    page.until_is(ROWS, "1–80");
    Some((studio, page))
}

/// The focused cell can be seen: it is inside the grid's window, and neither the head nor a row's number covers it.
const SEEN: &str = "(cell => {
    const { left, right, top, bottom } = cell.getBoundingClientRect();
    return [[left + 6, top + 6], [Math.min(right, left + 60) - 6, bottom - 6]].every(point => cell.contains(document.elementFromPoint(...point)));
})(document.activeElement)";

/// Presses a key, and the focus is there; as assistive technology counts, with the head as row 1 and the row numbers as column 1.
#[track_caller]
fn goes(page: &Page, key: &str, row: u32, column: u32) {
    page.press(&[key]);
    page.until_is(FOCUS, json!([row, column]));
    page.until(SEEN);
    let stops =
        "[...document.querySelectorAll('[role=grid] *')].filter(one => one.tabIndex >= 0).length";
    assert_eq!(page.eval(stops), 1, "one tab stop after {key}");
}

/// Check 29.
#[test]
fn keys_move_one_focused_cell() {
    let Some((_studio, page)) = wide("moving") else {
        return;
    };
    page.click(cell(1, 1).as_str());
    page.until_is(FOCUS, json!([2, 2]));
    goes(&page, "ArrowRight", 2, 3);
    goes(&page, "ArrowDown", 3, 3);
    goes(&page, "ArrowLeft", 3, 2);
    goes(&page, "ArrowLeft", 3, 2);
    goes(&page, "End", 3, 31);
    goes(&page, "ArrowRight", 3, 31);
    goes(&page, "Home", 3, 2);
    goes(&page, "Control+End", 81, 31);
    goes(&page, "ArrowDown", 81, 31);
    goes(&page, "Control+Home", 2, 2);
    goes(&page, "Control+ArrowDown", 81, 2);
    goes(&page, "Control+ArrowRight", 81, 31);
    goes(&page, "Control+ArrowUp", 2, 31);
    goes(&page, "Control+ArrowLeft", 2, 2);
    // A page is what is to be seen, less a row that stays.
    let screen = page.eval("(grid => Math.floor((grid.clientHeight - grid.querySelector('thead').offsetHeight) / grid.querySelector('tbody tr').offsetHeight) - 1)(document.querySelector('data-grid'))");
    let screen = u32::try_from(screen.as_u64().unwrap()).unwrap();
    assert!((10..50).contains(&screen), "{screen}");
    goes(&page, "PageDown", 2 + screen, 2);
    goes(&page, "PageDown", 2 + 2 * screen, 2);
    goes(&page, "PageUp", 2 + screen, 2);
    goes(&page, "PageUp", 2, 2);
    goes(&page, "PageUp", 2, 2);
    goes(&page, "Control+End", 81, 31);
    goes(&page, "PageDown", 81, 31);
    // The head is the row above the first, and a place of its own.
    goes(&page, "Control+Home", 2, 2);
    goes(&page, "ArrowUp", 1, 2);
    goes(&page, "End", 1, 31);
    goes(&page, "Home", 1, 2);
    goes(&page, "ArrowDown", 2, 2);
}

/// Check 29.
#[test]
fn tab_comes_to_the_grid_once_and_leaves_it() {
    let Some((_studio, page)) = wide("tab") else {
        return;
    };
    page.click(cell(5, 3).as_str());
    page.until_is(FOCUS, json!([6, 4]));
    page.press(&["Tab"]);
    assert_eq!(
        page.eval("document.activeElement.closest('data-grid')"),
        json!(null)
    );
    let behind = "document.querySelector('[role=grid]').compareDocumentPosition(document.activeElement) & Node.DOCUMENT_POSITION_FOLLOWING";
    assert_ne!(page.eval(behind), 0, "it goes on behind the grid");
    // And back to the same cell.
    page.press(&["Shift+Tab"]);
    page.until_is(FOCUS, json!([6, 4]));
    page.press(&["Shift+Tab"]);
    assert_eq!(
        page.eval("document.activeElement.closest('data-grid')"),
        json!(null)
    );
    page.press(&["Tab"]);
    page.until_is(FOCUS, json!([6, 4]));
}

/// Check 29. The focus stays in the grid while its rows change.
#[test]
fn the_focus_stays_in_the_grid_from_page_to_page() {
    let Some((_studio, page)) = wide("staying") else {
        return;
    };
    page.click(cell(5, 3).as_str());
    // Sorted by the keyboard: the head keeps the focus.
    page.press(&["Control+Home", "ArrowUp", "Enter", "Enter"]);
    page.until_is("document.querySelector('[role=gridcell]').innerText", "80");
    page.until_is(FOCUS, json!([1, 2]));
    // An order without a way back to what was.
    page.press(&["ArrowDown", "Alt+ArrowDown"]);
    page.until("document.querySelector('[role=menu]')");
    page.press(&["Escape"]);
    page.until_is(FOCUS, json!([2, 2]));
}
