//! The focus, which goes with what it was on and is never lost.

use serde_json::json;

use super::page::Page;
use super::staging::cell;
use super::table::{FOCUS, ROWS, short_pages};
use crate::studio::Studio;

/// What is focused, by its name.
const FOCUSED: &str = "(one => one.ariaLabel ?? one.innerText.trim())(document.activeElement)";

fn orders(name: &str) -> Option<(Studio, Page)> {
    let studio = Studio::new(
        name,
        "CREATE TABLE orders (id int PRIMARY KEY, name text, price int);
         INSERT INTO orders SELECT n, 'order ' || n, n FROM generate_series(1, 130) n",
    );
    let page = Page::open_at(&studio, "#/tables/public/orders")?;
    short_pages(&page);
    Some((studio, page))
}

#[test]
fn a_button_for_pages_keeps_the_focus_to_the_end() {
    let Some((_studio, page)) = orders("pager") else {
        return;
    };
    page.of(("button", "Next page"), "button => button.focus()");
    for rows in ["51–100", "101–130"] {
        page.press(&["Enter"]);
        page.until_is(ROWS, rows);
        assert_eq!(page.eval(FOCUSED), "Next page");
    }
    // There is no next page; the key does nothing, and the way back is a Shift+Tab away.
    page.press(&["Enter", "Shift+Tab", "Enter"]);
    page.until_is(ROWS, "51–100");
    assert_eq!(page.eval(FOCUSED), "Previous page");
}

#[test]
fn filters_leave_the_focus_on_what_they_have_become() {
    let Some((_studio, page)) = orders("chips") else {
        return;
    };
    let loaded = |rows: &str| page.until_is(ROWS, rows);
    page.of(("button", "WHERE"), "button => button.focus()");
    page.press(&["Enter"]);
    page.type_text("id < 3");
    page.press(&["Enter"]);
    loaded("1–2");
    page.until_is(FOCUSED, "id < 3");
    page.press(&["Enter", "Control+a"]);
    page.type_text("nosuch");
    page.press(&["Enter"]);
    page.until("document.querySelector('.chip-wrong')");
    page.until_is(FOCUSED, "nosuch");
    page.press(&["Tab"]);
    page.until_is(FOCUSED, "Remove the filter nosuch");
    page.press(&["Enter"]);
    loaded("1–50");
    page.until_is(FOCUSED, "Filter");
    page.press(&["Enter"]);
    page.until("document.activeElement.matches('[role=dialog] input')");
    page.type_text("7");
    page.press(&["Enter"]);
    loaded("1–1");
    page.until_is(FOCUSED, "Filter");
    page.press(&["Shift+Tab", "Shift+Tab", "Enter"]);
    page.until("document.activeElement.matches('[role=dialog] input')");
    page.press(&["Control+a"]);
    page.type_text("1000");
    page.press(&["Enter"]);
    loaded("No rows");
    page.until("/^id\\s*=\\s*1000$/.test(document.activeElement.innerText)");
    // The button that removes all goes with them; one is in the grid then.
    page.of(("button", "Remove the filters"), "button => button.focus()");
    page.press(&["Enter"]);
    loaded("1–50");
    page.until("document.activeElement.closest('[role=grid]')");
}

#[test]
fn the_menu_of_a_column_gives_the_focus_back_to_the_grid() {
    let Some((_studio, page)) = orders("heads") else {
        return;
    };
    page.click(cell(1, 2).as_str());
    page.press(&["ArrowUp", "Alt+ArrowDown"]);
    page.until("document.activeElement.closest('[role=menu]')");
    page.item("Pin to the left");
    page.until("document.querySelector('[role=gridcell]').innerText === 'order 1'");
    page.until("document.activeElement.role === 'columnheader'");
    page.press(&["Home", "Alt+ArrowDown"]);
    page.item("Sort descending");
    page.until("document.querySelector('[role=gridcell]').innerText === 'order 99'");
    page.until_is(FOCUS, json!([1, 2]));
    page.press(&["Alt+ArrowDown"]);
    page.item("Hide");
    page.until("document.querySelector('[role=gridcell]').innerText === '99'");
    page.until_is(FOCUS, json!([1, 2]));
    // Narrower and wider, too.
    page.press(&["Alt+ArrowRight", "Alt+ArrowRight", "Alt+ArrowLeft"]);
    page.until_is(FOCUS, json!([1, 2]));
}
