//! A cell edited where it stands, by keys alone.

use serde_json::json;

use super::page::Page;
use super::staging::{REASON, ROWS, STAGED, cell};
use crate::studio::Studio;

const ORDERS: &str = "
CREATE TABLE orders (id int PRIMARY KEY, note text, price numeric NOT NULL, code uuid);
INSERT INTO orders VALUES (1, 'one', 10, NULL), (2, 'two', 20, NULL), (3, 'three', 30, NULL)";

/// Where the focus is: row and column from 1, and whether it is in an editor.
const FOCUS: &str = "(at => [at.parentElement.sectionRowIndex + 1, at.ariaColIndex - 1, at.contains(document.activeElement) && at !== document.activeElement])
    (document.activeElement.closest('[role=gridcell]'))";

/// Check 30.
#[test]
fn keys_begin_keep_leave_and_take_back_an_edit() {
    let studio = Studio::new("editing", ORDERS);
    let Some(page) = Page::open_at(&studio, "#/tables/public/orders") else {
        return;
    };
    let value = |row: usize, column: usize| format!("({ROWS})[{}][{}]", row - 1, column - 1);
    let field = "document.activeElement.value";
    page.click(cell(1, 2).as_str());
    page.until_is(FOCUS, json!([1, 2, false]));
    // Enter edits what is there, and keeps it one row further down.
    page.press(&["Enter"]);
    page.until_is(FOCUS, json!([1, 2, true]));
    page.until_is(field, "one");
    page.press(&["End"]);
    page.type_text("!");
    page.press(&["Enter"]);
    page.until_is(FOCUS, json!([2, 2, false]));
    page.until_is(&value(1, 2), "one!");
    page.until_is(STAGED, "~ 1 edit");
    // F2 does, too; Escape leaves it as it was.
    page.press(&["F2"]);
    page.until_is(field, "two");
    page.type_text("gone");
    page.press(&["Escape"]);
    page.until_is(FOCUS, json!([2, 2, false]));
    page.until_is(&value(2, 2), "two");
    page.until_is(STAGED, "~ 1 edit");
    // A letter begins a new text; Tab keeps it and goes on, Shift+Tab back.
    page.type_text("new");
    page.until_is(FOCUS, json!([2, 2, true]));
    page.until_is(field, "new");
    page.press(&["Tab"]);
    page.until_is(FOCUS, json!([2, 3, false]));
    page.until_is(&value(2, 2), "new");
    page.type_text("-2.5");
    page.press(&["Shift+Tab"]);
    page.until_is(FOCUS, json!([2, 2, false]));
    page.until_is(&value(2, 3), "-2.5");
    page.until_is(STAGED, "~ 2 edits");
    // Delete sets NULL where that may be.
    page.press(&["Delete"]);
    page.until_is(&value(2, 2), "NULL");
    page.press(&["ArrowRight", "Delete"]);
    page.until_heard("price: NOT NULL");
    page.until_is(&value(2, 3), "-2.5");
    // One step after the other back.
    page.press(&["Control+z"]);
    page.until_is(&value(2, 2), "new");
    page.press(&["Control+z"]);
    page.until_is(&value(2, 3), "20");
    page.press(&["Control+z"]);
    page.until_is(&value(2, 2), "two");
    page.until_is(STAGED, "~ 1 edit");
    page.press(&["Control+z"]);
    page.until_is(STAGED, "");
    page.until_is(&value(1, 2), "one");
    page.until_is(FOCUS, json!([2, 3, false]));
    assert_eq!(
        studio.query("SELECT string_agg(note, ' ' ORDER BY id) FROM orders"),
        "one two three"
    );
}

#[test]
fn what_is_no_value_is_not_staged() {
    let studio = Studio::new("invalid", ORDERS);
    let Some(page) = Page::open_at(&studio, "#/tables/public/orders") else {
        return;
    };
    for (column, wrong, reason, right, shown) in [
        (1, "1x", "A whole number is needed.", "0x0", "0"),
        (3, "12,5", "A number is needed.", "1.25e3", "1250"),
        (
            4,
            "123",
            "A UUID has 32 hexadecimal digits.",
            "{A0EEBC999C0B4EF8BB6D6BB9BD380A11}",
            "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
        ),
    ] {
        page.begin((1, column));
        page.type_text(wrong);
        // It is marked, and told when one wants to go on.
        page.until("document.activeElement.ariaInvalid === 'true'");
        page.until_is(REASON, "");
        for key in ["Enter", "Tab"] {
            page.press(&[key]);
            page.until_is(REASON, reason);
            page.until_is(FOCUS, json!([1, column, true]));
        }
        assert!(page.has(("alert", "")), "it is said aloud");
        page.until_is(STAGED, "");
        page.press(&["Control+a"]);
        page.type_text(right);
        page.until_is(REASON, "");
        page.press(&["Enter"]);
        page.until_is(STAGED, "~ 1 edit");
        if column == 1
            && studio.query("SELECT current_setting('server_version_num')::int < 160000") == "t"
        {
            page.press(&["Control+z"]);
            page.until_is(STAGED, "");
            continue;
        }
        page.apply();
        page.until_is(&format!("({ROWS})[0][{}]", column - 1), shown);
    }
    // Who goes elsewhere is told what became of it.
    page.begin((2, 3));
    page.type_text("much");
    page.click(cell(3, 2).as_str());
    page.until("document.querySelector('.place-errors').innerText.includes('price: A number is needed. “much” was not kept.')");
    page.until_is(&format!("({ROWS})[1][2]"), "20");
    page.until_is(STAGED, "");
}

#[test]
fn of_a_block_with_a_value_that_is_none_nothing_is_pasted() {
    let studio = Studio::new("pasted", ORDERS);
    let Some(page) = Page::open_at(&studio, "#/tables/public/orders") else {
        return;
    };
    let paste = |text: &str| {
        page.click(cell(2, 2).as_str());
        page.until_is(FOCUS, json!([2, 2, false]));
        let text = json!(text);
        page.eval(&format!(
            "(data => {{ data.setData('text/plain', {text});
                document.activeElement.dispatchEvent(new ClipboardEvent('paste', {{ clipboardData: data, bubbles: true, cancelable: true }})) }})
            (new DataTransfer())"
        ));
    };
    paste("a\t1\nb\tx");
    page.until("document.querySelector('.place-errors').innerText.includes('Nothing was pasted. price: A number is needed.')");
    page.until_is(STAGED, "");
    paste("a\t1\nb\t2");
    page.until_is(STAGED, "~ 2 edits");
    page.until_is(
        ROWS,
        json!([
            ["1", "one", "10", "NULL"],
            ["2", "a", "1", "NULL"],
            ["3", "b", "2", "NULL"]
        ]),
    );
}

#[test]
fn a_press_on_another_cell_keeps_what_was_typed_and_goes_there() {
    let studio = Studio::new("pressed", ORDERS);
    let Some(page) = Page::open_at(&studio, "#/tables/public/orders") else {
        return;
    };
    page.begin((1, 2));
    page.type_text("kept");
    page.click(cell(2, 3).as_str());
    page.until_is(STAGED, "~ 1 edit");
    page.until_is(FOCUS, json!([2, 3, false]));
    page.press(&["ArrowDown"]);
    page.until_is(FOCUS, json!([3, 3, false]));
}
