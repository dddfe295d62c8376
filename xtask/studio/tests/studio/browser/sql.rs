//! The console: what is run of what stands there, and what is shown of it.

use headless_chrome::protocol::cdp::Input;
use serde_json::json;

use super::page::Page;
use crate::studio::Studio;

/// What stands in the cells of the result that is shown.
pub(super) const CELLS: &str =
    "[...document.querySelectorAll('sql-results [role=gridcell]')].map(one => one.innerText)";

/// What is underlined: the text before it, itself, and whether it is.
pub(super) const UNDERLINED: &str = "(() => {
    const mark = document.querySelector('.sql-layer .sql-error');
    if (!mark) return null;
    const before = document.createRange();
    before.setStart(mark.closest('.sql-layer'), 0);
    before.setEndBefore(mark);
    return [before.toString(), mark.textContent, getComputedStyle(mark).textDecorationLine];
})()";

/// Puts a text into the editor. The cursor goes where `¦` stands in it; what is between two of them is selected.
pub(super) fn write(page: &Page, text: &str) {
    page.of(("textbox", "SQL"), "area => area.focus()");
    page.press(&["Control+a", "Delete"]);
    let parts: Vec<_> = text.split('¦').collect();
    page.cdp(Input::InsertText {
        text: parts.concat(),
    });
    // The list of completions, if one came.
    page.press(&["Escape"]);
    let units = |count: usize| parts[..count].concat().encode_utf16().count();
    let (from, to) = match parts.len() {
        1 => return,
        2 => (units(1), units(1)),
        _ => (units(1), units(2)),
    };
    page.of(
        ("textbox", "SQL"),
        &format!("area => area.setSelectionRange({from}, {to})"),
    );
}

fn open(studio: &Studio) -> Option<Page> {
    Page::open_at(studio, "#/sql")
}

/// Check 22: the statement under the cursor, dollar quotes.
#[test]
fn the_statement_under_the_cursor_is_run_and_no_other() {
    let studio = Studio::new(
        "sql_cursor",
        "CREATE TABLE ran (at int GENERATED ALWAYS AS IDENTITY, what text)",
    );
    let Some(page) = open(&studio) else { return };
    let text = "INSERT INTO ran (what) VALUES ('1; ☃ no end');
-- said; of 2
INSERT INTO ran (what) VALUES ($q$2; $$ 'in $1 quotes$q$); INSERT INTO ran (what) VALUES ('3');

DO $$ BEGIN
  INSERT INTO ran (what) VALUES ('4');
  INSERT INTO ran (what) VALUES ('5');
END $$;
CREATE FUNCTION six() RETURNS text BEGIN ATOMIC
  INSERT INTO ran (what) VALUES ('6');
  SELECT '7;';
END;
SELECT six()";
    let lines =
        "[...document.querySelectorAll('.sql-gutter .current')].map(one => one.textContent).join()";
    let ran = "SELECT coalesce(string_agg(what, '|' ORDER BY at), '') FROM ran";
    for (at, expected_lines, expected) in [
        ("☃", "1", "1; ☃ no end"),
        ("$q$2", "3", "2; $$ 'in $1 quotes"),
        // Between two it is the one that ends there.
        (
            " INSERT INTO ran (what) VALUES ('3')",
            "3",
            "2; $$ 'in $1 quotes",
        ),
        ("'3'", "3", "3"),
        ("INTO ran (what) VALUES ('5')", "5,6,7,8", "4|5"),
        ("SELECT '7;'", "9,10,11,12", ""),
        ("six()\u{0}", "13", "6"),
    ] {
        studio.database().execute("TRUNCATE ran").unwrap();
        let place = match at.strip_suffix('\u{0}') {
            Some(last) => text.rfind(last).unwrap(),
            None => text.find(at).unwrap(),
        };
        write(&page, &format!("{}¦{}", &text[..place], &text[place..]));
        page.until_is(lines, expected_lines);
        page.eval("document.querySelector('sql-results .status').textContent = 'before'");
        page.press(&["Control+Enter"]);
        page.until("document.querySelector('sql-results .status').textContent !== 'before'");
        assert!(!page.has(".result-error"), "{at}: {}", page.text());
        assert_eq!(studio.query(ran), expected, "{at}");
    }
    page.until_is(CELLS, json!(["7;"]));
    // What is selected is run as it stands there.
    studio.database().execute("TRUNCATE ran").unwrap();
    write(
        &page,
        "¦INSERT INTO ran (what) VALUES ('a'); INSERT INTO ran (what) VALUES ('b')¦; DELETE FROM ran",
    );
    page.click(("button", "Run"));
    studio.until(ran, "a|b");
}

/// Check 22: several statements.
#[test]
fn several_statements_have_a_result_each() {
    let studio = Studio::new("sql_several", "CREATE TABLE t (id int)");
    let Some(page) = open(&studio) else { return };
    write(
        &page,
        "SELECT 'one' AS a; INSERT INTO t VALUES (1), (2);\nDO $$ BEGIN RAISE NOTICE '<b>said;</b>'; END $$; SELECT NULL AS n, '' AS e, id FROM t ORDER BY id",
    );
    page.press(&["Control+Shift+Enter"]);
    let tabs = "[...document.querySelectorAll('[role=tablist][aria-label=Results] [role=tab]')].map(one => one.innerText.replace(/\\s+/g, ' '))";
    page.until_is(
        tabs,
        json!([
            "1 SELECT 'one' AS a",
            "2 INSERT INTO t VALUES (1), (2)",
            "3 DO $$ BEGIN RAISE NOTICE '<b>sai…",
            "4 SELECT NULL AS n, '' AS e, id FR…"
        ]),
    );
    let chosen = "document.querySelector('[aria-label=Results] [aria-selected=true]').innerText[0]";
    // The last one is shown.
    page.until_is(chosen, "4");
    page.until_is(CELLS, json!(["NULL", "empty", "1", "NULL", "empty", "2"]));
    page.until_is(
        "[...document.querySelectorAll('sql-results [role=columnheader]')].map(one => one.innerText.split('\\n')[0]).filter(Boolean)",
        json!(["Row", "n", "e", "id"]),
    );
    page.click("[aria-label=Results] [role=tab]:nth-child(2)");
    page.until("document.querySelector('.result-panel').innerText.includes('INSERT: 2 rows')");
    page.press(&["ArrowLeft"]);
    page.until_is(CELLS, json!(["one"]));
    page.press(&["ArrowRight", "ArrowRight"]);
    page.until_is(chosen, "3");
    page.until_is(
        "document.querySelector('[aria-label=Notices]').innerText.trim()",
        "NOTICE: <b>said;</b>",
    );
    // One that fails is the last: what was before it stays, and nothing after it is run.
    write(&page, "SELECT 1; SELECT 1 / 0; INSERT INTO t VALUES (3)");
    page.press(&["Control+Shift+Enter"]);
    page.until("document.querySelector('.result-error [role=alert]')?.innerText.includes('division by zero')");
    page.until_is(tabs, json!(["1 SELECT 1", "Error"]));
    assert_eq!(studio.query("SELECT count(*) FROM t"), "2");
    // In one transaction nothing of it stays.
    write(&page, "INSERT INTO t VALUES (4); SELECT 1 / 0");
    page.click(("button", "More ways to run"));
    page.click(("menuitem", "Run everything in one transaction"));
    page.until_is(tabs, json!(["1 INSERT INTO t VALUES (4)", "Error"]));
    assert_eq!(studio.query("SELECT count(*) FROM t"), "2");
}

/// Check 22: the position of an error.
#[test]
fn what_is_wrong_is_underlined_exactly() {
    let studio = Studio::new("sql_error", "CREATE TABLE \"ta ble\" (id int)");
    let Some(page) = open(&studio) else { return };
    for (text, before, wrong, place) in [
        (
            "SELECT 'é ☃ 表 😀', nope¦ FROM \"ta ble\"",
            "SELECT 'é ☃ 表 😀', ",
            "nope",
            "Line 1, column 19",
        ),
        (
            "SELECT 1;\n-- 😀;\n\nSELECT 'ä'::text,\n  no.pe¦ FROM \"ta ble\"; SELECT 2",
            "SELECT 1;\n-- 😀;\n\nSELECT 'ä'::text,\n  ",
            "no",
            "Line 5, column 3",
        ),
        (
            "SELECT * FROM \"no \"\" ä\"¦;",
            "SELECT * FROM ",
            "\"no \"\" ä\"",
            "Line 1, column 15",
        ),
        (
            "SELECT ¦* FORM \"ta ble\"",
            "SELECT * ",
            "FORM",
            "Line 1, column 10",
        ),
        (
            "SELECT ¦(1 = '😀x')",
            "SELECT (1 = ",
            "'😀x'",
            "Line 1, column 13",
        ),
        // At the end there is nothing that is wrong: it is told after what.
        ("SELECT 1 + ¦\n", "SELECT 1 ", "+", "Line 1, column 10"),
        (
            "SELECT 'not ended¦",
            "SELECT ",
            "'not ended",
            "Line 1, column 8",
        ),
        // Of what is selected, in the whole text.
        (
            "SELECT '😀'; ¦SELECT 'ü', wrong¦",
            "SELECT '😀'; SELECT 'ü', ",
            "wrong",
            "Line 1, column 25",
        ),
    ] {
        write(&page, text);
        page.eval("document.querySelector('.result-panel').textContent = ''");
        page.press(&["Control+Enter"]);
        page.until("document.querySelector('.result-error')");
        page.until_is(UNDERLINED, json!([before, wrong, "underline"]));
        page.until_is(
            "document.querySelector('.result-error button').innerText",
            place,
        );
        // It leads there.
        page.of(("textbox", "SQL"), "area => area.setSelectionRange(0, 0)");
        page.click(("button", place));
        page.until_is(
            "(area => document.activeElement === area && area.value.slice(0, area.selectionStart))(document.querySelector('.sql-text'))",
            before,
        );
        // Its line is over the text that is typed.
        page.until_is("(([layer, area]) => layer.left === area.left && layer.top === area.top)(['.sql-layer', '.sql-text'].map(one => document.querySelector(one).getBoundingClientRect()))", true);
    }
    page.type_text("x");
    page.until_is(UNDERLINED, json!(null));
}

/// Check 22: the row cap.
#[test]
fn it_is_said_that_there_are_more_rows() {
    let studio = Studio::new(
        "sql_cap",
        "CREATE TABLE t AS SELECT i AS id FROM generate_series(1, 101) i",
    );
    let Some(page) = open(&studio) else { return };
    page.of(("combobox", "Rows at most"), "one => one.focus()");
    page.press(&["Home"]);
    page.until_is("document.querySelector('select').value", "100");
    write(&page, "SELECT id FROM t ORDER BY id DESC");
    page.press(&["Control+Enter"]);
    page.until("document.querySelector('.capped')?.innerText.includes('Only the first 100 rows are shown; there are more, and the query was stopped here.')");
    page.until_is(&format!("{CELLS}.length"), 100);
    page.until_is(&format!("{CELLS}.at(-1)"), "2");
    write(&page, "SELECT id FROM t ORDER BY id LIMIT 100");
    page.press(&["Control+Enter"]);
    page.until_is(&format!("{CELLS}.at(-1)"), "100");
    assert!(!page.has(".capped"));
    // What changes rows is not stopped: it says how many they are.
    write(&page, "DELETE FROM t RETURNING id");
    page.press(&["Control+Enter"]);
    page.until("document.querySelector('.capped')?.innerText.includes('Only the first 100 rows are shown, of 101; the statement ran to its end.')");
    assert_eq!(studio.query("SELECT count(*) FROM t"), "0");
}

const SLEEPING: &str = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()";

/// Check 23.
#[test]
fn what_takes_too_long_is_cancelled() {
    let studio = Studio::new("sql_cancel", "CREATE TABLE t (id int)");
    let Some(page) = open(&studio) else { return };
    write(
        &page,
        "INSERT INTO t VALUES (1); SELECT pg_sleep(60); INSERT INTO t VALUES (2)",
    );
    page.press(&["Control+Shift+Enter"]);
    studio.until(SLEEPING, "1");
    page.until("document.querySelector('sql-results .status').innerText.includes('Running')");
    page.click(("button", "Cancel"));
    page.until("document.querySelector('.result-error')?.innerText.includes('canceling statement due to user request')");
    studio.until(SLEEPING, "0");
    // It is as it was before, and the next statement runs.
    page.until("document.querySelector('sql-place .button.primary').ariaDisabled === 'false'");
    assert!(!page.has(("button", "Cancel")));
    write(&page, "SELECT id FROM t");
    page.press(&["Control+Enter"]);
    page.until_is(CELLS, json!(["1"]));
}

/// Check 23: another script is not held up by one that runs, nor cancelled in its stead.
#[test]
fn scripts_run_beside_each_other() {
    let studio = Studio::new("sql_beside", "");
    let Some(page) = open(&studio) else { return };
    write(&page, "SELECT pg_sleep(60)");
    page.press(&["Control+Enter"]);
    studio.until(SLEEPING, "1");
    page.click(("button", "New script"));
    page.until("document.querySelector('sql-place .button.primary').ariaDisabled === 'false'");
    assert!(!page.has(("button", "Cancel")));
    write(&page, "SELECT 'second', wrong");
    page.press(&["Control+Enter"]);
    page.until("document.querySelector('.result-error')");
    page.until_is(
        UNDERLINED,
        json!(["SELECT 'second', ", "wrong", "underline"]),
    );
    assert_eq!(studio.query(SLEEPING), "1");
    page.click(("tab", "Script 1"));
    page.until_is(UNDERLINED, json!(null));
    page.click(("button", "Cancel"));
    studio.until(SLEEPING, "0");
    page.until("document.querySelector('.result-error')?.innerText.includes('user request')");
    // Each keeps its text, its result and what is wrong in it.
    page.click(("tab", "Script 2"));
    page.until("document.querySelector('.sql-text').value === `SELECT 'second', wrong`");
    page.until_is(
        UNDERLINED,
        json!(["SELECT 'second', ", "wrong", "underline"]),
    );
    page.reload();
    page.until("document.querySelector('.sql-text')?.value === `SELECT 'second', wrong`");
}
