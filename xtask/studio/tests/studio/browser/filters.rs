//! What narrows the rows.

use super::page::Page;
use super::table::{ROWS, until_column};
use crate::studio::Studio;

const TRADES: &str = r#"
CREATE TYPE side AS ENUM ('LONG', 'SHORT', 'it''s "flat"');
CREATE TABLE trades (id int PRIMARY KEY, symbol text, side side, price numeric(20, 8), data jsonb, list int[]);
INSERT INTO trades VALUES
  (1, 'BTC', 'LONG', 100.5, '{"tags": ["a", "b"], "deep": {"n": 1}}', '{1,2}'),
  (2, 'ETH', 'SHORT', 20, '{"tags": ["b"]}', '{2,3}'),
  (3, 'btc', 'SHORT', 3, NULL, '{}'),
  (4, NULL, 'it''s "flat"', NULL, 'null', NULL),
  (5, '', NULL, -1, '[]', '{3}'),
  (6, '50%', 'LONG', 99.99999999, '{"deep": {"n": 1, "m": 2}}', '{1}');
"#;

fn trades(name: &str) -> Option<(Studio, Page)> {
    let studio = Studio::new(name, TRADES);
    let page = Page::open_at(&studio, "#/tables/public/trades")?;
    page.until_is(ROWS, "1–6");
    Some((studio, page))
}

/// Fills in the form of a new filter.
#[track_caller]
fn filter(page: &Page, name: &str, condition: &str, value: &str) {
    page.click(("button", "Filter"));
    page.choose(("combobox", "Column"), name);
    page.choose(("combobox", "Condition"), condition);
    if !value.is_empty() {
        page.fill("[role=dialog] .stack .field.mono", value);
    }
    page.click("[role=dialog] button[type=submit]");
}

/// Removes the only filter.
#[track_caller]
fn remove(page: &Page, chip: &str) {
    page.click(("button", format!("Remove the filter {chip}").as_str()));
    page.until_is(ROWS, "1–6");
    assert!(!page.has(".chip"));
}

/// Check 6.
#[test]
fn each_kind_of_filter_shows_what_it_says_and_can_be_removed() {
    let Some((_studio, page)) = trades("filters") else {
        return;
    };
    let cases: &[(&str, &str, &str, &str, &[&str])] = &[
        ("symbol", "equals", "BTC", "symbol=BTC", &["1"]),
        (
            "symbol",
            "is not",
            "BTC",
            "symbol≠BTC",
            &["2", "3", "5", "6"],
        ),
        ("symbol", "LIKE", "%T%", "symbolLIKE%T%", &["1", "2"]),
        (
            "symbol",
            "LIKE, any case",
            "bt%",
            "symbolILIKEbt%",
            &["1", "3"],
        ),
        ("symbol", "is NULL", "", "symbolIS NULL", &["4"]),
        (
            "symbol",
            "is not NULL",
            "",
            "symbolIS NOT NULL",
            &["1", "2", "3", "5", "6"],
        ),
        (
            "symbol",
            "one of",
            "BTC\nETH\n50%",
            "symbolINBTC, ETH, 50%",
            &["1", "2", "6"],
        ),
        ("price", "less than", "20", "price<20", &["3", "5"]),
        ("price", "at most", "20", "price≤20", &["2", "3", "5"]),
        (
            "price",
            "greater than",
            "99.99999999",
            "price>99.99999999",
            &["1"],
        ),
        (
            "price",
            "at least",
            "99.99999999",
            "price≥99.99999999",
            &["1", "6"],
        ),
        (
            "data",
            "contains",
            r#"{"deep": {"n": 1}}"#,
            r#"data@>{"deep": {"n": 1}}"#,
            &["1", "6"],
        ),
        ("list", "contains", "{2}", "list@>{2}", &["1", "2"]),
    ];
    for (name, condition, value, chip, ids) in cases {
        if value.contains('\n') {
            page.click(("button", "Filter"));
            page.choose(("combobox", "Column"), name);
            page.choose(("combobox", "Condition"), condition);
            // Enter is a new line there, as it says: one value a line.
            page.fill(("textbox", "Values, one a line"), value);
            page.click("[role=dialog] button[type=submit]");
        } else {
            filter(&page, name, condition, value);
        }
        until_column(&page, "id", ids);
        remove(&page, chip);
    }
}

/// Check 6.
#[test]
fn an_enum_is_filtered_by_its_labels() {
    let Some((_studio, page)) = trades("labels") else {
        return;
    };
    let labels = "[...document.querySelectorAll('[role=dialog] select[aria-label=Value] option')].map(one => one.label)";
    page.click(("button", "Filter"));
    page.choose(("combobox", "Column"), "side");
    page.until_is(
        labels,
        serde_json::json!(["LONG", "SHORT", "it's \"flat\""]),
    );
    page.choose(("combobox", "Value"), "it's \"flat\"");
    page.press(&["Enter"]);
    // Enter in a list opens it in some browsers, and so submits nothing.
    if page.has("[role=dialog]") {
        page.click("[role=dialog] button[type=submit]");
    }
    until_column(&page, "id", &["4"]);
    remove(&page, "side=it's \"flat\"");
    page.click(("button", "Filter"));
    page.choose(("combobox", "Column"), "side");
    // What was chosen for one is the first of several.
    page.choose(("combobox", "Value"), "SHORT");
    page.choose(("combobox", "Condition"), "one of");
    assert!(page.has("input[value=SHORT]:checked") && !page.has("input[value=LONG]:checked"));
    page.click(("checkbox", "it's \"flat\""));
    page.click("[role=dialog] button[type=submit]");
    until_column(&page, "id", &["2", "3", "4"]);
    remove(&page, "sideINSHORT, it's \"flat\"");
}

/// Check 6.
#[test]
fn filters_hold_together_change_and_stay_in_the_address() {
    let Some((_studio, page)) = trades("together") else {
        return;
    };
    filter(&page, "side", "is not", "");
    filter(&page, "price", "less than", "50");
    until_column(&page, "id", &["2", "3"]);
    // A chip opens its filter again.
    page.click(".chip:nth-of-type(2) .chip-text");
    page.fill("[role=dialog] .field.mono", "10");
    page.press(&["Enter"]);
    until_column(&page, "id", &["3"]);
    page.reload();
    until_column(&page, "id", &["3"]);
    page.click(("button", "Remove the filter side≠LONG"));
    until_column(&page, "id", &["3", "5"]);
    // The rest goes with the way out of an empty table.
    filter(&page, "symbol", "equals", "nothing");
    page.until("document.body.innerText.includes('No row matches')");
    page.until_heard("trades: no rows");
    page.click(("button", "Remove the filters"));
    page.until_is(ROWS, "1–6");
}

/// Check 6.
#[test]
fn a_condition_in_sql_filters_and_its_error_is_shown_where_it_stands() {
    let Some((_studio, page)) = trades("free") else {
        return;
    };
    page.click(("button", "WHERE"));
    page.type_text("price > 10 -- and that is all");
    page.press(&["Enter"]);
    until_column(&page, "id", &["1", "2", "6"]);
    page.click(".chip .chip-text");
    page.press(&["Control+a"]);
    page.type_text("price > 10 and nosuch = 1");
    page.press(&["Enter"]);
    // The message is PostgreSQL's; the rows of before are still there, and so is the condition, which is marked.
    page.until("document.querySelector('.place-errors').innerText.includes('column \"nosuch\" does not exist')");
    page.until_heard("column \"nosuch\" does not exist");
    page.until("document.querySelector('.chip').matches('[data-error]')");
    assert_eq!(
        page.of(".chip-wrong", "wrong => wrong.innerText"),
        "nosuch = 1"
    );
    // Mended in the same place, where the message is, too.
    page.click(("button", "not valid: price > 10 and nosuch = 1"));
    page.until("document.querySelector('[role=dialog]').innerText.includes('column \"nosuch\" does not exist')");
    assert_eq!(
        page.of("[role=dialog] textarea", "area => area.value"),
        "price > 10 and nosuch = 1"
    );
    page.press(&["Control+a"]);
    page.type_text("side IN ('SHORT', 'LONG') AND price < 50");
    page.press(&["Enter"]);
    until_column(&page, "id", &["2", "3"]);
    assert_eq!(
        page.eval("document.querySelector('.place-errors').innerText"),
        ""
    );
    assert!(!page.has(".chip[data-error]"));
    // A value of a filter that is none of its type is told in the same way.
    filter(&page, "price", "equals", "much");
    page.until("document.querySelector('.place-errors').innerText.includes('invalid input syntax for type numeric: \"much\"')");
}
