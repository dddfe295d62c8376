//! Keys that hold everywhere, and that nobody is caught in the editor.

use serde_json::json;

use super::page::Page;
use super::sql::{CELLS, write};
use crate::studio::Studio;

/// What has the focus, by its name.
const FOCUSED: &str =
    "(one => one.getAttribute('aria-label') ?? one.innerText)(document.activeElement)";

fn shop(name: &str) -> Studio {
    Studio::new(
        name,
        "CREATE TABLE orders (id int PRIMARY KEY, note text); INSERT INTO orders VALUES (1, 'old'); CREATE TABLE clients (id int PRIMARY KEY)",
    )
}

/// Check 31: Ctrl+S.
#[test]
fn what_is_staged_is_previewed_from_every_place() {
    let studio = shop("keys_preview");
    let Some(page) = Page::open_at(&studio, "#/tables/public/orders") else {
        return;
    };
    let heard = "document.querySelector('[role=status]').textContent.trim()";
    let preview = "document.querySelector('.tray-statement pre')?.innerText ?? ''";
    page.until("document.querySelector('[role=gridcell]')");
    page.press(&["Control+s"]);
    page.until_is(heard, "Nothing is staged");
    page.double_click(("gridcell", "old"));
    page.press(&["Control+a"]);
    page.type_text("new\n");
    page.until("document.querySelector('change-tray').innerText.includes('1 edit')");
    page.press(&["Control+s"]);
    page.until(&format!("{preview}.startsWith('UPDATE')"));
    page.until_is(FOCUSED, "SQL of the staged changes");
    page.click(("button", "Preview SQL"));
    page.until("!document.querySelector('.tray-statements')?.checkVisibility()");
    page.go("#/sql");
    page.click(("textbox", "SQL"));
    page.press(&["Control+s"]);
    page.until("document.querySelector('.tray-statements')?.checkVisibility()");
    page.until(&format!("{preview}.startsWith('UPDATE')"));
    assert_eq!(studio.query("SELECT note FROM orders"), "old");
}

/// Check 31: Ctrl+Enter.
#[test]
fn control_and_enter_run_what_is_written() {
    let studio = shop("keys_run");
    let Some(page) = Page::open_at(&studio, "#/sql") else {
        return;
    };
    page.until_is(FOCUSED, "SQL");
    page.type_text("table orders");
    page.press(&["Control+Enter"]);
    page.until_is(CELLS, json!(["1", "old"]));
    page.until_is("document.querySelector('.sql-text').value", "table orders");
}

/// Check 31: Ctrl+K.
#[test]
fn control_and_k_go_to_anything() {
    let studio = shop("keys_palette");
    let Some(page) = Page::open_at(&studio, "#/sql") else {
        return;
    };
    page.until_is(FOCUSED, "SQL");
    page.press(&["Control+k"]);
    page.until("document.querySelector('dialog:modal')");
    page.press(&["Escape"]);
    page.until("!document.querySelector('dialog')");
    page.until_is(FOCUSED, "SQL");
    page.press(&["Control+k"]);
    page.until("document.querySelector('dialog:modal')");
    page.type_text("cli");
    page.until_is(
        "[...document.querySelectorAll('dialog [role=option]')].map(one => one.innerText.split('\\n')[0].trim())",
        json!(["clients"]),
    );
    page.press(&["Enter"]);
    page.until_is("location.hash", "#/tables/public/clients");
    page.press(&["Control+k"]);
    page.until("document.querySelector('dialog:modal')");
    page.type_text("diag\n");
    page.until_is("location.hash", "#/diagram");
}

/// Check 31: `/`.
#[test]
fn a_slash_finds_a_table() {
    let studio = shop("keys_filter");
    let Some(page) = Page::open_at(&studio, "#/tables/public/orders") else {
        return;
    };
    page.click(("gridcell", "old"));
    page.press(&["/"]);
    page.until_is(FOCUSED, "Find a table");
    page.type_text("cli");
    page.until_is(
        "[...document.querySelectorAll('.relations-list a.relation .clip')].map(one => one.textContent)",
        json!(["clients"]),
    );
    // Also when the sidebar is hidden.
    page.press(&["Control+b"]);
    page.until("!document.querySelector('.relations-list').checkVisibility({ visibilityProperty: true }) || document.querySelector('app-sidebar').getBoundingClientRect().right <= 0");
    page.of("[role=gridcell][tabindex='0']", "one => one.focus()");
    page.press(&["/"]);
    page.until_is(FOCUSED, "Find a table");
    // Where one types it is a sign like others.
    page.go("#/sql");
    page.until("document.querySelector('.sql-text')");
    write(&page, "SELECT 4 ¦");
    page.type_text("/ 2");
    page.until_is("document.querySelector('.sql-text').value", "SELECT 4 / 2");
}

/// Check 31: `?`.
#[test]
fn a_question_mark_lists_the_keys() {
    let studio = shop("keys_list");
    let Some(page) = Page::open_at(&studio, "#/tables/public/orders") else {
        return;
    };
    page.click(("gridcell", "old"));
    page.press(&["?"]);
    let listed = "[...document.querySelectorAll('dialog:modal dl')].flatMap(list => [...list.querySelectorAll('dt')].map(one => [...one.children].map(key => key.textContent).join('+')))";
    page.until(&format!("['Ctrl+K', '/', 'Ctrl+S', '?', 'Ctrl+Enter', 'Esc+Tab'].every(key => {listed}.includes(key))"));
    // Once, however often it is pressed.
    page.press(&["?"]);
    assert_eq!(page.eval("document.querySelectorAll('dialog').length"), 1);
    page.press(&["Escape"]);
    page.until("!document.querySelector('dialog')");
    page.until("document.activeElement.getAttribute('role') === 'gridcell'");
    page.go("#/sql");
    page.until("document.querySelector('.sql-text')");
    write(&page, "SELECT '¦'");
    page.type_text("?");
    page.until_is("document.querySelector('.sql-text').value", "SELECT '?'");
    assert!(!page.has("dialog"));
}

/// Check 31: no trap.
#[test]
fn escape_and_tab_leave_the_editor() {
    let studio = shop("keys_trap");
    let Some(page) = Page::open_at(&studio, "#/sql") else {
        return;
    };
    let value = "document.querySelector('.sql-text').value";
    write(&page, "SELECT 1¦");
    // Tab alone is one that is typed.
    page.type_text(" ");
    page.press(&["Tab"]);
    page.until_is(value, "SELECT 1   ");
    page.until_is(FOCUSED, "SQL");
    page.press(&["Escape", "Tab"]);
    page.until("document.activeElement !== document.querySelector('.sql-text') && document.activeElement !== document.body");
    page.until("document.querySelector('.sql-text').compareDocumentPosition(document.activeElement) & Node.DOCUMENT_POSITION_FOLLOWING");
    page.press(&["Shift+Tab"]);
    page.until_is(FOCUSED, "SQL");
    page.press(&["Escape", "Shift+Tab"]);
    page.until("document.querySelector('.sql-text').compareDocumentPosition(document.activeElement) & Node.DOCUMENT_POSITION_PRECEDING");
    page.until_is(value, "SELECT 1   ");
    // Escape counts until something else is pressed.
    page.press(&["Tab"]);
    page.until_is(FOCUSED, "SQL");
    page.press(&["Escape", "End", "Tab"]);
    page.until_is(value, "SELECT 1     ");
    page.until_is(FOCUSED, "SQL");
    // The list of completions does not hold anyone either.
    write(&page, "¦");
    page.type_text("ord");
    page.until("document.querySelector('.completion [role=option]')");
    page.press(&["Escape"]);
    page.until("!document.querySelector('.completion')");
    page.press(&["Tab"]);
    page.until("document.activeElement !== document.querySelector('.sql-text')");
    page.until_is(value, "ord");
    // Who cannot see it is told.
    page.until(
        "/Escape.*Tab/.test(document.querySelector('.sql-text').getAttribute('aria-description'))",
    );
}
