//! The grid as assistive technology gets it.

use serde_json::{Value, json};

use super::page::Page;
use super::staging::cell;
use super::table::{ROWS, short_pages};
use crate::studio::Studio;

const ORDERS: &str = "
CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text, price int CHECK (price < 1000));
INSERT INTO orders (name, price) SELECT 'order ' || n, n FROM generate_series(1, 130) n;
CREATE TABLE few (id int PRIMARY KEY, name text); INSERT INTO few VALUES (1, 'one'), (2, 'two'), (3, 'three');
CREATE VIEW seen AS SELECT * FROM few;";

/// The grid's own attributes: its name, and how many rows and columns it has.
const GRID: &str = "(grid => [grid.ariaLabel, grid.ariaRowCount, grid.ariaColCount, grid.ariaMultiSelectable])(document.querySelector('[role=grid]'))";

/// The rows' places.
const PLACES: &str =
    "[...document.querySelectorAll('[role=grid] [role=row]')].map(row => Number(row.ariaRowIndex))";

/// The cells of a row as `ROLE COLUMN`.
fn cells(row: usize) -> String {
    format!(
        "[...document.querySelectorAll('[role=grid] [role=row]')[{row}].children].filter(one => one.role !== 'presentation').map(one => `${{one.role}} ${{one.ariaColIndex}}`)"
    )
}

/// An attribute of all cells of a row, the first of which is 1.
fn each(page: &Page, row: usize, attribute: &str) -> Value {
    page.eval(&format!(
        "[...document.querySelectorAll('tbody [role=row]:nth-child({row}) [role=gridcell]')].map(one => one.getAttribute('{attribute}'))"
    ))
}

/// Check 34.
#[test]
fn rows_and_columns_have_their_places() {
    let studio = Studio::new("roles", ORDERS);
    let Some(page) = Page::open_at(&studio, "#/tables/public/orders") else {
        return;
    };
    short_pages(&page);
    // Nobody knows yet how many rows there are: -1 says so.
    assert_eq!(page.eval(GRID), json!(["table orders", "-1", "4", "true"]));
    let head = [
        "columnheader 1",
        "columnheader 2",
        "columnheader 3",
        "columnheader 4",
    ];
    assert_eq!(page.eval(&cells(0)), json!(head));
    let body = ["rowheader 1", "gridcell 2", "gridcell 3", "gridcell 4"];
    assert_eq!(page.eval(&cells(1)), json!(body));
    let places = |from: u32, to: u32| -> Value {
        json!([1].into_iter().chain(from..=to).collect::<Vec<_>>())
    };
    assert_eq!(page.eval(PLACES), places(2, 51));
    // What the browser makes of it: names, and that they are found by role at all.
    for (role, name) in [
        ("grid", "table orders"),
        (
            "columnheader",
            "primary key id bigint identity: always made by the database",
        ),
        ("columnheader", "price integer"),
        ("rowheader", "50"),
        ("gridcell", "order 50"),
    ] {
        assert!(page.has((role, name)), "{role} {name}");
    }
    page.click(("button", "Next page"));
    page.until_is(ROWS, "51–100");
    assert_eq!(page.eval(PLACES), places(52, 101));
    // The last page, come to from the first, has places that nobody has counted; nor have its rows numbers.
    page.click(("button", "First page"));
    page.until_is(ROWS, "1–50");
    page.click(("button", "Last page"));
    page.until_is(ROWS, "the last 50 rows");
    assert_eq!(
        page.eval(PLACES),
        places(0, 0)
            .as_array()
            .map(|one| json!([&one[..1], &vec![json!(0); 50]].concat()))
            .unwrap()
    );
    assert_eq!(
        page.of("tbody [role=rowheader]", "head => head.innerText"),
        ""
    );
    // With all rows on one page it is known.
    page.go("#/tables/public/few");
    page.until_is(ROWS, "1–3");
    assert_eq!(page.eval(GRID), json!(["table few", "4", "3", "true"]));
    assert_eq!(page.eval(PLACES), places(2, 4));
    // A hidden column is in nobody's way.
    page.click(("button", "Columns"));
    page.click(("menuitemcheckbox", "id integer"));
    page.press(&["Escape"]);
    page.until_is(GRID, json!(["table few", "4", "2", "true"]));
    assert_eq!(page.eval(&cells(1)), json!(["rowheader 1", "gridcell 2"]));
}

/// Check 34.
#[test]
fn order_selection_and_what_cannot_be_changed_are_told() {
    let studio = Studio::new("states", ORDERS);
    let Some(page) = Page::open_at(&studio, "#/tables/public/orders") else {
        return;
    };
    page.until_is(ROWS, "1–100");
    let sorts = "[...document.querySelectorAll('[role=columnheader]')].map(one => one.ariaSort)";
    assert_eq!(page.eval(sorts), json!([null, "none", "none", "none"]));
    page.click("[role=columnheader][aria-colindex='4']");
    page.until_is(sorts, json!([null, "none", "none", "ascending"]));
    page.click("[role=columnheader][aria-colindex='4']");
    page.until_is(sorts, json!([null, "none", "none", "descending"]));
    page.until_is("document.querySelector('[role=gridcell]').innerText", "130");

    // A block of two by two; everything else could be selected, and is not.
    page.click(cell(2, 2).as_str());
    page.press(&["Shift+ArrowDown", "Shift+ArrowRight"]);
    for (row, selected) in [
        (1, ["false", "false", "false"]),
        (2, ["false", "true", "true"]),
        (3, ["false", "true", "true"]),
        (4, ["false", "false", "false"]),
    ] {
        assert_eq!(
            each(&page, row, "aria-selected"),
            json!(selected),
            "row {row}"
        );
    }
    page.press(&["ArrowUp"]);
    assert_eq!(
        page.eval("document.querySelectorAll('[aria-selected=true]').length"),
        1
    );

    // An identity makes its own values; nothing of a view is changed here.
    assert_eq!(each(&page, 1, "aria-readonly"), json!(["true", null, null]));
    page.go("#/tables/public/seen");
    page.until_is(ROWS, "1–3");
    assert_eq!(each(&page, 1, "aria-readonly"), json!(["true", "true"]));
}

/// Check 34.
#[test]
fn what_is_changed_and_what_is_wrong_is_told_at_the_cell() {
    let studio = Studio::new("wrong", ORDERS);
    let Some(page) = Page::open_at(&studio, "#/tables/public/orders") else {
        return;
    };
    page.until_is(ROWS, "1–100");
    // While it is typed, at the field.
    page.begin((1, 3));
    page.type_text("many");
    page.press(&["Enter"]);
    page.until_heard("A whole number is needed");
    let field = "[role=gridcell] input";
    assert_eq!(
        page.of(field, "one => one.getAttribute('aria-invalid')"),
        "true"
    );
    let reason = "one => document.getElementById(one.getAttribute('aria-describedby')).innerText";
    assert_eq!(page.of(field, reason), "A whole number is needed.");
    page.press(&["Control+a"]);
    page.type_text("2000");
    assert_eq!(
        page.of(field, "one => one.getAttribute('aria-invalid')"),
        json!(null)
    );
    page.press(&["Enter"]);
    assert_eq!(
        each(&page, 1, "aria-description"),
        json!([null, null, "changed"])
    );
    assert_eq!(each(&page, 1, "aria-invalid"), json!([null, null, null]));
    // What the database does not take, at the cell that was changed.
    page.click(("button", "Apply"));
    page.until_heard("orders_price_check");
    page.until("document.querySelector('[role=gridcell][aria-invalid=true]')");
    assert_eq!(each(&page, 1, "aria-invalid"), json!([null, null, "true"]));
    assert_eq!(each(&page, 2, "aria-invalid"), json!([null, null, null]));
    let description = page.of(
        cell(1, 3).as_str(),
        "cell => cell.getAttribute('aria-description')",
    );
    assert!(
        description.as_str().unwrap().contains("orders_price_check"),
        "{description}"
    );
}
