//! The first view.

use serde_json::json;

use super::page::Page;
use crate::studio::Studio;

/// Check 1.
#[test]
fn the_page_loads_without_an_error_and_from_nowhere_else() {
    let studio = Studio::new(
        "loading",
        "CREATE TABLE orders (id int PRIMARY KEY); INSERT INTO orders VALUES (7)",
    );
    let Some(page) = Page::open_at(&studio, "#/tables/public/orders") else {
        return;
    };
    page.until("document.querySelector('[role=gridcell]')?.textContent === '7'");
    assert_eq!(page.refused(), Vec::<String>::new());
    let origin = format!("http://{}/", studio.host());
    assert!(page.requests().len() > 20, "{:?}", page.requests());
    assert!(
        page.requests()
            .iter()
            .all(|address| address.starts_with(&origin))
    );
}

/// Check 2.
#[test]
fn the_sidebar_lists_every_kind_of_relation_by_its_own_name() {
    let studio = Studio::new(
        "sidebar",
        r#"
        CREATE TABLE plain (id int PRIMARY KEY);
        CREATE VIEW seen AS SELECT * FROM plain;
        CREATE MATERIALIZED VIEW kept AS SELECT * FROM plain;
        CREATE TABLE days (day date) PARTITION BY RANGE (day);
        CREATE TABLE days_2026 PARTITION OF days FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
        CREATE SCHEMA "Zweites Schéma";
        CREATE TABLE "Zweites Schéma"."it's ""quoted""" (id int);
        CREATE TABLE "Zweites Schéma"."<b>bold</b>" (id int);
        CREATE TABLE "Zweites Schéma"."表 / %2F?&#" (id int);
        CREATE TABLE "Zweites Schéma"."UPPER Case" (id int);
        "#,
    );
    let Some(page) = Page::open(&studio) else {
        return;
    };
    let names = "[...document.querySelectorAll('.relations-list a.relation .clip')].map(one => one.textContent)";
    page.until_is(
        &format!("{names}.filter(name => name !== 'days_2026')"),
        json!([
            "days",
            "kept",
            "plain",
            "seen",
            "<b>bold</b>",
            "UPPER Case",
            "it's \"quoted\"",
            "表 / %2F?&#"
        ]),
    );
    let kinds = "[...document.querySelectorAll('.relations-list a.relation svg')].map(one => one.getAttribute('aria-label'))";
    page.until_is(
        kinds,
        json!([
            "partitioned table",
            "partition",
            "materialized view",
            "table",
            "view",
            "table",
            "table",
            "table",
            "table"
        ]),
    );
    page.click(("link", "table 表 / %2F?&#"));
    let current =
        "document.querySelector('.relations-list [aria-current=page] .clip')?.textContent";
    page.until_is(current, "表 / %2F?&#");
    // Back is where one was: at the first of them.
    page.eval("history.back()");
    page.until_is(current, "days");
    // A partition is where its table is.
    page.click("details.partitions summary");
    page.click(("link", "partition days_2026"));
    page.until_is(
        "decodeURIComponent(location.hash)",
        "#/tables/public/days_2026",
    );
    // Words narrow the list.
    page.press(&["Escape", "/"]);
    page.type_text("case zwei");
    page.until_is(names, json!(["UPPER Case"]));
    page.press(&["Enter"]);
    page.until_is(
        "decodeURIComponent(location.hash)",
        "#/tables/Zweites Schéma/UPPER Case",
    );
}
