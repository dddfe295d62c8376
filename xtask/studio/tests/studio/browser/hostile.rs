//! Names, values and messages that want to be markup.

use serde_json::json;

use super::page::Page;
use crate::studio::Studio;

const SCRIPT: &str = "<img src=x onerror=pwned=1><script>pwned=2</script>";

/// A name of markup; cut where PostgreSQL would cut it.
fn name() -> String {
    format!("{SCRIPT}\"'`${{pwned=4}}")[..60].to_owned()
}

/// A database in which all that can be named, said or stored is markup.
fn database() -> String {
    let name = name().replace('"', "\"\"");
    format!(
        r#"
        CREATE SCHEMA "{name}";
        CREATE TYPE "{name}"."{name}t" AS ENUM ('{SCRIPT}', 'plain');
        CREATE TABLE "{name}"."{name}" (
            id int PRIMARY KEY,
            "{name}" "{name}"."{name}t" DEFAULT '{SCRIPT}',
            value text DEFAULT '{SCRIPT}',
            document jsonb,
            link text,
            CONSTRAINT "{name}x" CHECK (value <> 'refused')
        );
        CREATE TABLE "{name}".beside (id int PRIMARY KEY, "<b>of</b>" int REFERENCES "{name}"."{name}");
        COMMENT ON SCHEMA "{name}" IS '{SCRIPT}';
        COMMENT ON TABLE "{name}"."{name}" IS '{SCRIPT}';
        COMMENT ON COLUMN "{name}"."{name}".value IS '{SCRIPT}';
        INSERT INTO "{name}"."{name}" VALUES (1, DEFAULT, DEFAULT, '{{"{SCRIPT}": ["{SCRIPT}"]}}', 'javascript:pwned=3');
        INSERT INTO "{name}".beside VALUES (1, 1);
        "#
    )
}

fn go_to(page: &Page, table: &str) {
    page.eval(&format!(
        "location.hash = '#/tables/' + encodeURIComponent({}) + '/' + encodeURIComponent({})",
        json!(name()),
        json!(table)
    ));
}

/// The sidebar, the grid with its heads, the row beside it; an edit whose refusal names the constraint and quotes the row.
fn look_at_tables(page: &Page) {
    go_to(page, &name());
    page.until(&format!(
        "document.querySelector('[role=grid]').innerText.includes({})",
        json!(SCRIPT)
    ));
    page.until_is("document.querySelectorAll('a[href^=javascript]').length", 0);
    page.click("[role=gridcell]");
    page.press(&["Space"]);
    page.until(&format!(
        "[...document.querySelectorAll('[role=complementary]')].some(one => one.innerText.includes({}) || [...one.querySelectorAll('input, textarea, select')].some(field => field.value.includes('<img')))",
        json!(SCRIPT),
    ));
    page.press(&["Escape"]);
    page.double_click("[role=gridcell][aria-colindex='4']");
    page.press(&["Control+a"]);
    page.type_text("refused");
    page.press(&["Enter", "Control+s"]);
    page.until("document.querySelector('.tray-statement pre')?.innerText.includes('UPDATE')");
    page.click(("button", "Apply"));
    page.until("document.querySelector('.tray-problem').innerText.includes('<img src=x')");
    page.click(("button", "Discard"));
    page.until("document.querySelector('dialog[open]')");
    page.click("dialog[open] .primary");
    go_to(page, "beside");
    page.until("document.querySelector('[role=grid]').innerText.includes('<b>of</b>')");
}

/// A result with its head, and an error with its detail and hint.
fn run_statements(page: &Page) {
    page.go("#/sql");
    page.click("textarea");
    page.insert(&format!(
        "SELECT '{SCRIPT}' AS \"<img src=x onerror=pwned=5>\""
    ));
    page.press(&["Control+Enter"]);
    page.until("document.querySelector('[role=tabpanel]')?.innerText.includes('<img src=x onerror=pwned=5>')");
    page.press(&["Control+a"]);
    page.insert(&format!("DO $$ BEGIN RAISE EXCEPTION '%', '{SCRIPT}' USING DETAIL = '{SCRIPT}', HINT = '{SCRIPT}'; END $$"));
    page.press(&["Control+Enter"]);
    page.until(&format!(
        "document.body.innerText.split({}).length > 3",
        json!(SCRIPT)
    ));
}

/// The diagram, with the palette over it, and the migrations.
fn look_at_the_rest(page: &Page) {
    page.go("#/diagram");
    page.until("document.querySelector('svg text')");
    page.press(&["Control+k"]);
    page.until("document.querySelector('dialog[open]')");
    page.type_text("<img");
    page.until("document.querySelector('dialog[open]').innerText.includes('<img')");
    page.press(&["Escape"]);
    page.go("#/migrations");
    page.until("document.querySelector('main').innerText.includes('Migrations')");
}

/// Check 42.
#[test]
fn what_is_in_the_database_is_never_run() {
    let studio = Studio::new("hostile", &database());
    let Some(page) = Page::open(&studio) else {
        return;
    };
    look_at_tables(&page);
    run_statements(&page);
    look_at_the_rest(&page);
    assert_eq!(page.eval("typeof pwned"), "undefined");
    assert_eq!(page.dialogs(), Vec::<String>::new());
    // What was refused is the edit, and the statement that fails.
    assert!(
        page.refused().iter().all(|one| one.contains("/api/")),
        "{:?}",
        page.refused()
    );
}
