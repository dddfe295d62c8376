//! What the editor offers and how it colours, and what was run before.

use serde_json::json;

use super::page::Page;
use super::sql::{CELLS, write};
use crate::studio::Studio;

const OFFERED: &str = "[...document.querySelectorAll('.completion [role=option]')].map(one => one.innerText.replace(/\\s+/g, ' ').trim())";
const VALUE: &str = "document.querySelector('.sql-text').value";

const TABLES: &str = r#"
CREATE TABLE users (id int PRIMARY KEY, email text, "Display Name" text, "order" int);
CREATE TABLE users_old (id int);
CREATE TABLE orders (id int PRIMARY KEY, buyer int, "type" text, "left" text);
CREATE SCHEMA audit;
CREATE TABLE audit.users (at timestamptz, who text);
CREATE TABLE audit."Log entries" (line text);
CREATE FUNCTION user_count() RETURNS int LANGUAGE sql RETURN 1;
"#;

fn open(studio: &Studio) -> Option<Page> {
    Page::open_at(studio, "#/sql")
}

/// Types at the cursor, and takes the first offer.
fn complete(page: &Page, text: &str, typed: &str) -> String {
    write(page, text);
    page.type_text(typed);
    page.until("document.querySelector('.completion [role=option]')");
    page.press(&["Tab"]);
    page.until("!document.querySelector('.completion')");
    page.eval(VALUE).as_str().unwrap().to_owned()
}

#[test]
fn names_come_from_the_catalogs() {
    let studio = Studio::new("completion", TABLES);
    let Some(page) = open(&studio) else { return };
    for (text, typed, expected) in [
        // After FROM come relations, with the schema and the quotes that they need.
        ("SELECT * FROM ¦", "us", "SELECT * FROM users"),
        (
            "SELECT * FROM ¦",
            "Log",
            "SELECT * FROM audit.\"Log entries\"",
        ),
        (
            "SELECT * FROM audit¦",
            ".l",
            "SELECT * FROM audit.\"Log entries\"",
        ),
        ("SELECT * FROM ¦", "aud", "SELECT * FROM audit"),
        // Of the tables that the statement names, wherever it does.
        ("SELECT ¦ FROM users", "em", "SELECT email FROM users"),
        (
            "SELECT ¦ FROM users",
            "disp",
            "SELECT \"Display Name\" FROM users",
        ),
        ("SELECT ¦ FROM users", "ord", "SELECT \"order\" FROM users"),
        ("SELECT ¦ FROM orders", "typ", "SELECT type FROM orders"),
        (
            "SELECT u¦ FROM orders o JOIN users AS u ON u.id = o.buyer",
            ".em",
            "SELECT u.email FROM orders o JOIN users AS u ON u.id = o.buyer",
        ),
        (
            "SELECT U¦ FROM users AS u",
            ".em",
            "SELECT U.email FROM users AS u",
        ),
        (
            "SELECT orders¦ FROM orders",
            ".lef",
            "SELECT orders.\"left\" FROM orders",
        ),
        (
            "SELECT x¦ FROM audit.users x",
            ".wh",
            "SELECT x.who FROM audit.users x",
        ),
        ("UPDATE users SET ¦", "ema", "UPDATE users SET email"),
        (
            "INSERT INTO audit.users (¦",
            "who",
            "INSERT INTO audit.users (who",
        ),
        // Of what the statement itself calls something.
        (
            "WITH recent AS (SELECT 1) SELECT * FROM ¦",
            "rec",
            "WITH recent AS (SELECT 1) SELECT * FROM recent",
        ),
        // Functions, and words of the language.
        ("SELECT ¦", "user_c", "SELECT user_count("),
        ("SELECT ¦", "split_p", "SELECT split_part("),
        // Those that are called, before what operators consist of.
        ("SELECT ¦", "range_", "SELECT range_agg("),
        ("SELECT ¦", "starts_", "SELECT starts_with("),
        ("SELECT ¦", "regexp_repl", "SELECT regexp_replace("),
        ("¦", "sel", "SELECT"),
        ("SELECT * FROM users ¦", "whe", "SELECT * FROM users WHERE"),
    ] {
        if typed == "who" {
            // What is there in full needs no offer.
            write(&page, text);
            page.type_text(typed);
            page.until_is(&format!("{VALUE}.endsWith('who')"), true);
            continue;
        }
        assert_eq!(complete(&page, text, typed), expected, "{text}{typed}");
    }
    // In a text or a comment nothing is offered, and nothing of a name that is complete.
    for text in [
        "SELECT 'us¦'",
        "-- us¦",
        "SELECT $$us¦$$",
        "SELECT * FROM orders¦",
    ] {
        write(&page, text);
        page.press(&["Control+Space"]);
        page.type_text("e");
        page.press(&["Backspace"]);
        page.until("!document.querySelector('.completion')");
    }
}

#[test]
fn what_is_made_is_known_at_once() {
    let studio = Studio::new("completion_now", "");
    let Some(page) = open(&studio) else { return };
    write(&page, "CREATE TABLE zebras (stripes int)");
    page.press(&["Control+Enter"]);
    page.until("document.querySelector('.relations-list').innerText.includes('zebras')");
    assert_eq!(
        complete(&page, "SELECT ¦ FROM zebras", "str"),
        "SELECT stripes FROM zebras"
    );
    // In other places, too, and what a transaction made when it ends.
    page.go("#/diagram");
    page.until("[...document.querySelectorAll('svg.diagram .card > title')].some(one => one.textContent === 'zebras')");
    page.go("#/sql");
    write(&page, "BEGIN; CREATE TABLE yaks (horns int)");
    page.press(&["Control+Shift+Enter"]);
    page.until("document.querySelector('[role=tab] .badge')?.innerText === 'transaction'");
    write(&page, "COMMIT");
    page.press(&["Control+Enter"]);
    page.until("document.querySelector('.relations-list').innerText.includes('yaks')");
    assert_eq!(
        complete(&page, "SELECT ¦ FROM yaks", "hor"),
        "SELECT horns FROM yaks"
    );
    page.go("#/diagram");
    page.until("[...document.querySelectorAll('svg.diagram .card > title')].some(one => one.textContent === 'yaks')");
}

#[test]
fn the_list_is_used_by_keys_and_stands_in_nobodys_way() {
    let studio = Studio::new("completion_keys", TABLES);
    let Some(page) = open(&studio) else { return };
    write(&page, "SELECT * FROM ¦");
    page.type_text("user");
    page.until(&format!(
        "{OFFERED}.slice(0, 3).join('|') === 'users public|users_old public|users audit'"
    ));
    let marked = "document.querySelector('.completion [aria-selected=true]').innerText.replace(/\\s+/g, ' ').trim()";
    page.until_is(marked, "users public");
    page.press(&["ArrowDown", "ArrowDown", "ArrowUp"]);
    page.until_is(marked, "users_old public");
    // What is marked is told to who cannot see it.
    page.until_is("document.getElementById(document.activeElement.getAttribute('aria-activedescendant')).innerText.split(/\\s/)[0]", "users_old");
    page.press(&["Enter"]);
    page.until_is(VALUE, "SELECT * FROM users_old");
    page.until("!document.querySelector('.completion')");
    // The list does not come back for what was just taken.
    write(&page, "SELECT * FROM ¦");
    page.type_text("use");
    page.until("document.querySelector('.completion')");
    page.press(&["Tab"]);
    page.until_is(VALUE, "SELECT * FROM users");
    page.eval("new Promise(done => setTimeout(done, 200))");
    assert!(!page.has(".completion"));
    // By mouse.
    write(&page, "SELECT * FROM ¦");
    page.type_text("order");
    page.click(".completion [role=option]");
    page.until_is(VALUE, "SELECT * FROM orders");
    page.until_is("document.activeElement.className", "sql-text");
    // A word that is written in full stays as it is: Enter is a new line.
    for text in [
        "SELECT * FROM users",
        "SELECT 1 AS",
        "SELECT id is",
        "SELECT user",
    ] {
        write(&page, "¦");
        page.type_text(text);
        page.type_text("\n");
        page.until_is(VALUE, format!("{text}\n"));
    }
    // All that can come here, without a letter.
    write(&page, "SELECT ¦ FROM users");
    page.press(&["Control+Space"]);
    page.until_is(
        &format!("{OFFERED}.slice(0, 4)"),
        json!([
            "id users",
            "email users",
            "Display Name users",
            "order users"
        ]),
    );
    page.press(&["Escape"]);
    page.until("!document.querySelector('.completion')");
    page.until_is(VALUE, "SELECT  FROM users");
    // What is taken is undone like what is typed.
    assert_eq!(
        complete(&page, "SELECT ¦ FROM users", "em"),
        "SELECT email FROM users"
    );
    page.eval("document.execCommand('undo')");
    page.until_is(VALUE, "SELECT em FROM users");
}

#[test]
fn each_part_of_the_language_has_its_colour() {
    let studio = Studio::new("highlight", "");
    let Some(page) = open(&studio) else { return };
    let text = "SELECT \"a b\", 'it''s', E'\\'x', $t$ $$ ; $t$, 1.5e3, $1, x -- é\nFROM /* a /* b */ c */ t <b>";
    write(&page, text);
    page.until_is(
        "[...document.querySelectorAll('.sql-line > span')].map(one => [one.className.replace('sql-', ''), one.textContent])",
        json!([
            ["keyword", "SELECT"],
            ["quoted", "\"a b\""],
            ["string", "'it''s'"],
            ["string", "E'\\'x'"],
            ["string", "$t$ $$ ; $t$"],
            ["number", "1.5e3"],
            ["parameter", "$1"],
            ["comment", "-- é"],
            ["keyword", "FROM"],
            ["comment", "/* a /* b */ c */"]
        ]),
    );
    // Letter by letter what is typed, each kind in a colour of its own, in the light and in the dark.
    page.until_is(
        "document.querySelector('.sql-layer').textContent.replace(/\\u200b$/, '')",
        text,
    );
    for scheme in ["light", "dark"] {
        page.prefer(&[("prefers-color-scheme", scheme)]);
        page.until_is("new Set(['keyword', 'quoted', 'string', 'number', 'comment'].map(kind => getComputedStyle(document.querySelector(`.sql-layer .sql-${kind}`)).color)).size", 5);
    }
    // Long lines and many of them are where the text is.
    let long = format!("SELECT '{}'\n{}", "x".repeat(400), "-- y\n".repeat(80));
    write(&page, &long);
    page.until_is("(([layer, area]) => layer.width === area.width && layer.height === area.height)(['.sql-layer', '.sql-text'].map(one => document.querySelector(one).getBoundingClientRect()))", true);
    page.until_is(
        "document.querySelector('.sql-gutter').childElementCount",
        82,
    );
}

/// As long as a dump: what is typed is drawn, and nothing else anew.
#[test]
fn a_long_script_is_typed_like_a_short_one() {
    let studio = Studio::new("long_script", "");
    let Some(page) = open(&studio) else { return };
    let line = |number| format!("INSERT INTO t VALUES ({number}); -- line {number}\n");
    let text: String = (0..3000).map(line).collect();
    // By hand, since the browser takes minutes to insert that much at once.
    page.of(
        ("textbox", "SQL"),
        &format!("area => {{ area.value = {}; area.dispatchEvent(new InputEvent('input')); area.focus(); area.setSelectionRange(0, 0); }}", json!(text)),
    );
    page.until_is(
        "document.querySelector('.sql-gutter').childElementCount",
        3001,
    );
    page.eval("window.drawn = 0; new MutationObserver(all => { for (const { addedNodes } of all) drawn += addedNodes.length; }).observe(document.querySelector('.sql-layer'), { childList: true, subtree: true })");
    page.press(&["ArrowDown", "End"]);
    page.type_text(" 'x");
    page.until_is(
        "document.querySelectorAll('.sql-line')[1].textContent",
        "INSERT INTO t VALUES (1); -- line 1 'x\n",
    );
    page.until_is("document.querySelectorAll('.sql-line').length", 3001);
    page.until_is("drawn", 3);
    page.until_is("document.querySelector('.sql-layer').textContent.replace(/\\u200b$/, '') === document.querySelector('.sql-text').value", true);
    // A line is added and taken away, and what is open colours all that follows.
    page.press(&["Enter", "Backspace"]);
    page.until_is("document.querySelectorAll('.sql-line').length", 3001);
    page.press(&["Control+Home"]);
    page.type_text("/*");
    page.until_is(
        "document.querySelectorAll('.sql-line .sql-comment').length",
        3000,
    );
    page.press(&["Backspace", "Backspace"]);
    page.until_is(
        "document.querySelectorAll('.sql-line .sql-keyword').length",
        9000,
    );
    // The cursor stays in sight.
    page.press(&["Control+End"]);
    page.until("(one => one.scrollTop + one.clientHeight > one.scrollHeight - 40)(document.querySelector('sql-editor'))");
}

#[test]
fn what_was_run_is_found_again() {
    let studio = Studio::new("sql_history", "");
    let Some(page) = open(&studio) else { return };
    for (sql, shown) in [
        ("SELECT 'first'", "first"),
        ("SELECT '<b>second</b>'", "<b>second</b>"),
        ("SELECT 'first'", "first"),
    ] {
        write(&page, sql);
        page.press(&["Control+Enter"]);
        page.until_is(CELLS, json!([shown]));
    }
    write(&page, "SELECT wrong");
    page.press(&["Control+Enter"]);
    page.until("document.querySelector('.result-error')");
    page.reload();
    page.click(("button", "History"));
    // The latest first, each once, what failed with why.
    let runs = "[...document.querySelectorAll('dialog .history pre')].map(one => one.textContent)";
    page.until_is(
        runs,
        json!(["SELECT wrong", "SELECT 'first'", "SELECT '<b>second</b>'"]),
    );
    page.until("document.querySelector('dialog .history li').innerText.includes('column \"wrong\" does not exist')");
    page.fill(("searchbox", "Find a run"), "SECOND");
    page.until_is(runs, json!(["SELECT '<b>second</b>'"]));
    page.press(&["Enter"]);
    page.until("!document.querySelector('dialog')");
    page.until_is(VALUE, "SELECT wrong;\n\nSELECT '<b>second</b>'");
    // It is ready to be run, and nothing is in its way.
    page.eval("new Promise(done => setTimeout(done, 200))");
    assert!(!page.has(".completion"));
    page.press(&["Control+Enter"]);
    page.until_is(CELLS, json!(["<b>second</b>"]));
}
