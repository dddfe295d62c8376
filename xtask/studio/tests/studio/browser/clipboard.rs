//! Blocks of cells, from and to a spreadsheet.

use serde_json::{Value, json};

use super::page::Page;
use super::staging::cell;
use super::table::{ROWS, text};
use crate::studio::Studio;

const GOODS: &str = r#"
CREATE TABLE goods (id int PRIMARY KEY, name text, price numeric(12, 2), note text, twice numeric GENERATED ALWAYS AS (price * 2) STORED);
INSERT INTO goods VALUES
  (1, 'one', 1.10, 'a'), (2, E'two\tand', 2.20, NULL), (3, E'three\n"lines"', 3.30, ''), (4, 'four', 4.40, 'd'), (5, 'five', NULL, 'e');
"#;

/// Every value, NULL told from text.
const VALUES: &str = "SELECT string_agg(concat_ws(' ', id, coalesce(quote_literal(name), '-'), coalesce(price::text, '-'), coalesce(quote_literal(note), '-')), ', ' ORDER BY id) FROM goods";

/// Check 32. One test, since the browser has one clipboard.
#[test]
fn a_block_is_copied_and_pasted_as_a_spreadsheet_has_it() {
    let studio = Studio::new("clipboard", GOODS);
    let Some(page) = Page::open_at(&studio, "#/tables/public/goods") else {
        return;
    };
    page.until_is(ROWS, "1–5");
    // Three rows of two columns. What has a tab, a line or a quote in it is quoted, as spreadsheets do.
    page.click(cell(1, 2).as_str());
    page.press(&["Shift+ArrowDown", "Shift+ArrowDown", "Shift+ArrowRight"]);
    assert_eq!(
        page.eval("document.querySelectorAll('[role=gridcell][aria-selected=true]').length"),
        6
    );
    page.until("document.querySelector('table-status').innerText.includes('3 rows × 2 columns')");
    page.press(&["Control+c"]);
    page.until_heard("Copied 3 × 2");
    assert_eq!(
        clipboard(&page),
        "one\t1.10\n\"two\tand\"\t2.20\n\"three\n\"\"lines\"\"\"\t3.30"
    );
    // NULL is an empty field, as COPY and spreadsheets have it.
    page.click(cell(4, 3).as_str());
    page.press(&["Shift+ArrowDown", "Control+c"]);
    page.until_heard("Copied 2 × 1");
    assert_eq!(clipboard(&page), "4.40\n");

    // Back in, two rows further down; staged, not written.
    let before = studio.query(VALUES);
    put(&page, "\"x\ty\"\t7.77\r\n\"z\n\"\"z\"\"\"\t8.88\r\n");
    page.click(cell(3, 2).as_str());
    page.press(&["Control+v"]);
    page.until("document.querySelector('change-tray').innerText.includes('2 edits')");
    page.until_heard("Pasted 2 × 2");
    assert_eq!(text(&page, 3, 2), "x⇥y");
    assert_eq!(studio.query(VALUES), before);
    // One value goes into every cell that is selected.
    put(&page, "same");
    page.click(cell(1, 4).as_str());
    page.press(&["Shift+ArrowDown", "Control+v"]);
    page.until("document.querySelector('change-tray').innerText.includes('4 edits')");
    page.apply();
    assert_eq!(
        studio.query(VALUES),
        "1 'one' 1.10 'same', 2 E'two\tand' 2.20 'same', 3 'x\ty' 7.77 '', 4 'z\n\"z\"' 8.88 'd', 5 'five' - 'e'".replace("E'two", "'two")
    );

    // Too large for where it is put: nothing is changed, and it says so.
    page.until_is(ROWS, "1–5");
    let refused = |at: &str, text: &str, said: &str| {
        put(&page, text);
        page.click(at);
        page.press(&["Control+v"]);
        page.until(&format!(
            "document.querySelector('.place-errors').innerText.includes({})",
            json!(said)
        ));
        page.until_heard(said);
        assert!(!page.has(("button", "Apply")), "nothing is staged");
        page.click(("button", "Refresh"));
        page.until("document.querySelector('.place-errors').innerText === ''");
    };
    refused(&cell(5, 2), "a\nb", "2 × 1 values do not fit here");
    refused(&cell(1, 4), "a\tb\tc", "1 × 3 values do not fit here");
    let many = vec!["1\t2"; 2501].join("\n");
    refused(
        &cell(1, 2),
        &many,
        "5,002 values are too many to paste: 5,000 at most",
    );
    // Nor into a column that takes no values.
    refused(
        &cell(1, 5),
        "9",
        "twice takes no values: generated from other columns",
    );
    // Nor what is no value of the column.
    refused(
        &cell(1, 3),
        "1\nmany",
        "price: A number is needed. “many” is none.",
    );
    assert_eq!(page.eval("document.querySelectorAll('.changed').length"), 0);

    // Into an editor, it is text like any other.
    put(&page, "into");
    page.double_click(cell(1, 2).as_str());
    page.press(&["Control+a", "Control+v", "Enter"]);
    page.until("document.querySelector('change-tray').innerText.includes('1 edit')");
    assert_eq!(text(&page, 1, 2), "into");
}

/// What was copied, as a field gets it.
fn clipboard(page: &Page) -> Value {
    page.eval("document.body.append(Object.assign(document.createElement('textarea'), { id: 'pasted' })) ?? document.querySelector('#pasted').focus()");
    page.press(&["Control+v"]);
    page.eval("(area => { const { value } = area; area.remove(); return value; })(document.querySelector('#pasted'))")
}

/// Copies a text as another program does.
fn put(page: &Page, text: &str) {
    page.eval(&format!(
        "(() => {{
            const area = Object.assign(document.createElement('textarea'), {{ id: 'copied', value: {} }});
            document.body.append(area);
            area.focus();
            area.select();
        }})()",
        json!(text)
    ));
    page.press(&["Control+c"]);
    page.eval("document.querySelector('#copied').remove()");
}
