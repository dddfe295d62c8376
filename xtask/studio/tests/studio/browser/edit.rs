//! Staged changes.

use serde_json::json;

use super::page::Page;
use crate::studio::Studio;

/// Checks 10 and 11.
#[test]
fn a_cell_is_written_when_it_is_applied_and_not_before() {
    let studio = Studio::new(
        "cell",
        "CREATE TABLE orders (id int PRIMARY KEY, note text); INSERT INTO orders VALUES (1, 'old'), (2, 'other')",
    );
    let Some(page) = Page::open_at(&studio, "#/tables/public/orders") else {
        return;
    };
    let note = "SELECT note FROM orders WHERE id = 1";
    page.double_click(("gridcell", "old"));
    page.press(&["Control+a"]);
    page.type_text("new ☃");
    page.press(&["Enter"]);
    page.until("document.querySelector('change-tray').innerText.includes('1 edit')");
    assert_eq!(studio.query(note), "old");
    page.press(&["Control+s"]);
    page.until("document.querySelector('.tray-statement pre')?.innerText.includes('UPDATE')");
    page.press(&["Escape"]);
    page.click(("button", "Apply"));
    page.until("!document.querySelector('change-tray').innerText.includes('1 edit')");
    assert_eq!(studio.query(note), "new ☃");
    page.until_is(
        "[...document.querySelectorAll('[role=gridcell]')].map(one => one.innerText).join()",
        json!("1,new ☃,2,other"),
    );
}
