//! Plans.

use serde_json::json;

use super::page::Page;
use super::sql::{UNDERLINED, write};
use crate::studio::Studio;

const PLAN: &str = "(document.querySelector('pre.plan')?.innerText ?? '')";

fn choose(page: &Page, item: &str) {
    page.eval("document.querySelector('.result-panel').replaceChildren()");
    page.click(("button", "More ways to run"));
    page.click(("menuitem", item));
}

/// Check 24.
#[test]
fn a_plan_is_shown_and_what_analyzing_changes_is_rolled_back() {
    let studio = Studio::new(
        "explain",
        "CREATE TABLE t (id int PRIMARY KEY, n int); INSERT INTO t SELECT i, 0 FROM generate_series(1, 50) i; ANALYZE t",
    );
    let Some(page) = Page::open_at(&studio, "#/sql") else {
        return;
    };
    let rows = "SELECT count(*) || ':' || sum(n) FROM t";
    write(&page, "SELECT 1; SELECT * FROM t ¦WHERE n = 0;");
    choose(&page, "Explain");
    page.until(&format!(
        "/^Seq Scan on t .*\\n +Filter: \\(n = 0\\)/.test({PLAN})"
    ));
    page.until_is(&format!("{PLAN}.includes('actual')"), false);
    // Reading needs no question.
    choose(&page, "Explain and analyze");
    page.until(&format!(
        "{PLAN}.includes('actual') && {PLAN}.includes('rows=50')"
    ));
    // Without being run, a change needs none either.
    write(&page, "-- all of them\nDELETE FROM t");
    choose(&page, "Explain");
    page.until(&format!("{PLAN}.startsWith('Delete on t')"));
    assert_eq!(studio.query(rows), "50:0");
    for change in [
        "DELETE FROM t",
        "-- said\nUPDATE t SET n = 1",
        "/* said */ WITH gone AS (DELETE FROM t RETURNING *) SELECT * FROM gone",
        "INSERT INTO t VALUES (51, 1)",
    ] {
        write(&page, change);
        choose(&page, "Explain and analyze");
        page.until("document.querySelector('dialog')?.innerText.includes('rolled back')");
        page.click(("button", "Cancel"));
        page.until("!document.querySelector('dialog')");
        page.until_is(PLAN, "");
        choose(&page, "Explain and analyze");
        page.click(("button", "Run and roll back"));
        page.until(&format!(
            "{PLAN}.includes('actual') && {PLAN}.includes('on t ')"
        ));
        assert_eq!(studio.query(rows), "50:0", "{change}");
    }
    // What is wrong is underlined here, too.
    write(&page, "SELECT '😀';\nSELECT 'ä', nope¦ FROM t;");
    choose(&page, "Explain");
    page.until("document.querySelector('.result-error')?.innerText.includes('nope')");
    page.until_is(
        UNDERLINED,
        json!(["SELECT '😀';\nSELECT 'ä', ", "nope", "underline"]),
    );
    // What is written out is a plan as well.
    write(&page, "EXPLAIN SELECT * FROM t WHERE n = 0");
    page.press(&["Control+Enter"]);
    page.until(&format!(
        "/^Seq Scan on t .*\\n +Filter: \\(n = 0\\)/.test({PLAN})"
    ));
    choose(&page, "Explain");
    page.until(&format!(
        "/^Seq Scan on t .*\\n +Filter: \\(n = 0\\)/.test({PLAN})"
    ));
}
