//! A table as one reads it: the line below it, and its cells.

use serde_json::{Value, json};

use super::page::Page;
use super::staging::cell;

/// Which rows are shown: `1–50`.
pub(super) const ROWS: &str = "document.querySelector('.status .rows').innerText";

/// Of how many: `of ≈ 1,000 · Count`.
pub(super) const COUNT: &str = "document.querySelector('.status .count').innerText";

/// Where the focus is: `[row, column]` as assistive technology counts them from 1, the head and the row numbers included.
pub(super) const FOCUS: &str = "(cell => [cell.parentElement, cell].map((one, at) => Number(one.getAttribute(['aria-rowindex', 'aria-colindex'][at]))))(document.activeElement)";

/// The texts of a column, from the first row to the last.
#[track_caller]
pub(super) fn column(page: &Page, name: &str) -> Vec<String> {
    serde_json::from_value(page.eval(&column_expression(name))).unwrap()
}

/// Waits until a column has these texts.
#[track_caller]
pub(super) fn until_column(page: &Page, name: &str, texts: &[impl AsRef<str>]) {
    let texts: Vec<_> = texts.iter().map(AsRef::as_ref).collect();
    page.until_is(&column_expression(name), json!(texts));
}

fn column_expression(name: &str) -> String {
    format!(
        "(() => {{
            const head = [...document.querySelectorAll('[role=columnheader] .head-name')].find(one => one.innerText.trim() === {});
            const index = head.closest('th').ariaColIndex;
            return [...document.querySelectorAll(`[role=gridcell][aria-colindex='${{index}}']`)].map(one => one.innerText);
        }})()",
        json!(name)
    )
}

/// What a cell says.
#[track_caller]
pub(super) fn text(page: &Page, row: usize, column: usize) -> String {
    let text = page.of(cell(row, column).as_str(), "cell => cell.innerText");
    text.as_str().unwrap().to_owned()
}

/// Fifty rows a page, so that few make several pages.
#[track_caller]
pub(super) fn short_pages(page: &Page) {
    page.until_is(ROWS, "1–100");
    page.choose(("combobox", "Rows a page"), "50 rows");
    page.until_is(ROWS, "1–50");
}

/// Can the button be pressed?
#[track_caller]
pub(super) fn is_enabled(page: &Page, button: &str) -> bool {
    page.of(
        ("button", button),
        "button => button.ariaDisabled !== 'true'",
    ) == Value::Bool(true)
}
