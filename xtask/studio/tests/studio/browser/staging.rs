//! What the tests of staged changes read and do alike.

use super::page::Page;

/// The texts of the grid, row by row.
pub(super) const ROWS: &str = "[...document.querySelectorAll('[role=grid] tbody tr')]
    .map(row => [...row.querySelectorAll('[role=gridcell]')].map(one => one.textContent))";

/// How each row is marked, for those who hear it.
pub(super) const MARKS: &str = "[...document.querySelectorAll('[role=grid] tbody th')]
    .map(head => head.querySelector('[role=img]')?.getAttribute('aria-label') ?? '')";

/// What the tray counts; nothing where there is no tray.
pub(super) const STAGED: &str = "(tray => tray.checkVisibility() ? [...tray.querySelectorAll('.badge')].map(one => one.textContent).join(', ') : '')
    (document.querySelector('change-tray'))";

/// What went wrong, as the tray has it.
pub(super) const REFUSED: &str =
    "document.querySelector('change-tray [role=alert]')?.innerText ?? ''";

/// The statements of the preview, with their parameters.
pub(super) const PREVIEW: &str = "[...document.querySelectorAll('.tray-statement')].map(one =>
    [one.querySelector('pre').innerText, ...[...one.querySelectorAll('.tray-parameters > span')].map(value => value.innerText)])";

/// The reason that stands at an invalid value.
pub(super) const REASON: &str =
    "(field => document.getElementById(field?.getAttribute('aria-describedby'))?.innerText ?? '')
    (document.querySelector('[aria-invalid=true]:is(input, textarea)'))";

/// A cell of the grid, both counted from 1.
pub(super) fn cell(row: usize, column: usize) -> String {
    format!("[role=grid] tbody tr:nth-of-type({row}) [role=gridcell]:nth-of-type({column})")
}

impl Page {
    /// Types a value over that of a cell, and keeps it.
    #[track_caller]
    pub(super) fn edit(&self, (row, column): (usize, usize), value: &str) {
        self.begin((row, column));
        self.type_text(value);
        self.press(&["Enter"]);
    }

    /// Opens a cell's editor, with all of its text selected.
    #[track_caller]
    pub(super) fn begin(&self, (row, column): (usize, usize)) {
        self.double_click(cell(row, column).as_str());
        self.until("document.activeElement.matches('[role=grid] :is(input, select)')");
    }

    /// Chooses an item from the menu of a cell.
    #[track_caller]
    pub(super) fn choose_from_menu(&self, (row, column): (usize, usize), item: &str) {
        self.right_click(cell(row, column).as_str());
        self.item(item);
    }

    /// Chooses an item of the open menu, whatever key is named beside it.
    #[track_caller]
    pub(super) fn item(&self, item: &str) {
        let label = serde_json::json!(item);
        self.eval(&format!(
            "document.querySelectorAll('[role=menu] [role^=menuitem]').forEach(one =>
                one.toggleAttribute('data-wanted', one.querySelector('.clip').textContent === {label}))"
        ));
        self.click("[data-wanted]");
    }

    /// Applies what is staged, which succeeds.
    #[track_caller]
    pub(super) fn apply(&self) {
        self.click(("button", "Apply"));
        self.until_is(STAGED, "");
    }
}
