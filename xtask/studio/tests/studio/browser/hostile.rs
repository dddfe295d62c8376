//! Names, values and messages that want to be markup.

use serde_json::json;

use super::page::Page;
use crate::studio::Studio;

const SCRIPT: &str = "<img src=x onerror=pwned=1><script>pwned=2</script>";

/// Check 42.
#[test]
fn what_is_in_the_database_is_never_run() {
    let url = "javascript:pwned=3";
    let names = format!("{SCRIPT}\"'`${{pwned=4}}");
    let (short, quoted) = (&names[..60], |text: &str| {
        text.replace('"', "\"\"").replace('\'', "''")
    });
    let name = quoted(short);
    let sql = format!(
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
        INSERT INTO "{name}"."{name}" VALUES (1, DEFAULT, DEFAULT, '{{"{SCRIPT}": ["{SCRIPT}"]}}', '{url}');
        INSERT INTO "{name}".beside VALUES (1, 1);
        CREATE FUNCTION "{name}".fails() RETURNS void LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION '%', '{SCRIPT}' USING DETAIL = '{SCRIPT}', HINT = '{SCRIPT}'; END $$;
        "#,
        name = name.replace("''", "'"),
    );
    let studio = Studio::new("hostile", &sql);
    let Some(page) = Page::open(&studio) else {
        return;
    };

    // The sidebar, the grid with its heads, and the row beside it.
    page.until("document.querySelector('[role=gridcell]')");
    let place = |table: &str| {
        format!(
            "location.hash = '#/tables/' + encodeURIComponent({}) + '/' + encodeURIComponent({})",
            json!(short),
            json!(table)
        )
    };
    page.eval(&place(short));
    page.until(&format!(
        "document.querySelector('[role=grid]').innerText.includes({})",
        json!(SCRIPT)
    ));
    assert_eq!(
        page.eval("document.querySelectorAll('a[href^=javascript]').length"),
        0
    );
    page.until(
        "document.querySelector('[role=gridcell][tabindex=\"0\"], [role=grid] [tabindex=\"0\"]')",
    );
    page.click("[role=gridcell]");
    page.press(&["Space"]);
    page.until(&format!(
        "[...document.querySelectorAll('[role=complementary]')].some(one => one.innerText.includes({}) || [...one.querySelectorAll('input, textarea, select')].some(field => field.value.includes({})))",
        json!(SCRIPT),
        json!("<img")
    ));
    page.press(&["Escape"]);

    // An edit that is refused: the message names the constraint and quotes the row.
    page.double_click("[role=gridcell][aria-colindex='4']");
    page.press(&["Control+a"]);
    page.type_text("refused");
    page.press(&["Enter", "Control+s"]);
    page.until("document.querySelector('.tray-statement pre')?.innerText.includes('UPDATE')");
    page.click(("button", "Apply"));
    page.until(&format!(
        "document.querySelector('.tray-problem').innerText.includes({})",
        json!("<img src=x")
    ));
    page.click(("button", "Discard"));
    page.until("document.querySelector('dialog[open]')");
    page.click("dialog[open] .primary");

    // The referenced row, from the other table.
    page.eval(&place("beside"));
    page.until("document.querySelector('[role=grid]').innerText.includes('<b>of</b>')");

    // The console: a result, an error with its detail and hint, completion.
    page.go("#/sql");
    page.click("textarea");
    page.insert(&format!(
        "SELECT '{SCRIPT}' AS \"{}\"",
        quoted("<img src=x onerror=pwned=5>")
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

    // The diagram, and the palette over it.
    page.go("#/diagram");
    page.until("document.querySelector('svg text')");
    page.press(&["Control+k"]);
    page.until("document.querySelector('dialog[open]')");
    page.type_text("<img");
    page.until("document.querySelector('dialog[open]').innerText.includes('<img')");
    page.press(&["Escape"]);
    page.go("#/migrations");
    page.until("document.querySelector('main').innerText.includes('Migrations')");

    assert_eq!(page.eval("typeof pwned"), "undefined");
    assert_eq!(page.dialogs(), Vec::<String>::new());
    // What was refused is the edit, and the statement that fails.
    assert!(
        page.refused().iter().all(|one| one.contains("/api/")),
        "{:?}",
        page.refused()
    );
}
