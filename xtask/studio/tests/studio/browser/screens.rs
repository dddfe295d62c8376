//! Every screen of the page that looks like no other, and how its user comes there.

use super::page::Page;
use crate::studio::Studio;

pub(super) const SHOP: &str = r#"
    CREATE TYPE state AS ENUM ('open', 'paid', 'sent');
    CREATE TABLE customers (id int PRIMARY KEY, name text NOT NULL);
    CREATE TABLE orders (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        customer int REFERENCES customers,
        state state NOT NULL DEFAULT 'open',
        gift boolean,
        total numeric(12,2),
        document jsonb,
        note text,
        lines text[],
        at timestamptz DEFAULT '2026-11-25 12:00Z',
        secret bytea
    );
    COMMENT ON TABLE orders IS 'What was ordered';
    CREATE VIEW open_orders AS SELECT id, total FROM orders WHERE state = 'open';
    CREATE SCHEMA beside;
    CREATE TABLE beside.days (day date PRIMARY KEY);
    INSERT INTO customers SELECT n, 'customer ' || n FROM generate_series(1, 40) AS n;
    INSERT INTO orders (customer, gift, total, document, note, lines, secret)
        SELECT 1 + n % 40, (ARRAY[true, false, NULL])[1 + n % 3], n * 1.25, '{"b": 1, "a": [1, {"deep": null}]}',
               (ARRAY['', NULL, 'a longer note about what is to be done with it, which does not fit into its column'])[1 + n % 3],
               ARRAY['one', 'two'], '\xdeadbeef'
        FROM generate_series(1, 130) AS n;
    ANALYZE;
"#;

pub(super) struct Screen {
    pub(super) name: &'static str,
    pub(super) place: &'static str,
    pub(super) arrive: fn(&Page),
}

pub(super) const SCREENS: &[Screen] = &[
    Screen {
        name: "grid",
        place: "#/tables/public/orders",
        arrive: rows_are_there,
    },
    Screen {
        name: "empty table",
        place: "#/tables/beside/days",
        arrive: |page| {
            page.until("document.body.innerText.includes('This table has no rows')");
        },
    },
    Screen {
        name: "menu of a column",
        place: "#/tables/public/orders",
        arrive: |page| {
            rows_are_there(page);
            page.right_click("[role=columnheader][aria-colindex='4']");
            page.until("document.querySelector('[role=menu]')");
        },
    },
    Screen {
        name: "menu of a cell",
        place: "#/tables/public/orders",
        arrive: |page| {
            rows_are_there(page);
            page.right_click("[role=gridcell][aria-colindex='3']");
            page.until("document.querySelector('[role=menu]')");
        },
    },
    Screen {
        name: "filters",
        place: "#/tables/public/orders?f=3.eq.open&w=nonsense",
        arrive: |page| {
            page.until("document.querySelector('.chip[data-error]')");
            page.click(("button", "Filter"));
            page.until("document.querySelector('[role=dialog] select')");
        },
    },
    Screen {
        name: "row",
        place: "#/tables/public/orders",
        arrive: row_is_open,
    },
    Screen {
        name: "staged",
        place: "#/tables/public/orders",
        arrive: |page| {
            edit_is_staged(page);
            page.click(("button", "Insert row"));
            page.until("document.querySelector('change-tray').innerText.includes('1 insert')");
            page.press(&["Control+s"]);
            page.until("document.querySelectorAll('.tray-statement pre').length === 2");
        },
    },
    Screen {
        name: "discard",
        place: "#/tables/public/orders",
        arrive: |page| {
            edit_is_staged(page);
            page.click(("button", "Discard"));
            page.until("document.querySelector('dialog[open]')");
        },
    },
    Screen {
        name: "palette",
        place: "#/tables/public/orders",
        arrive: |page| {
            rows_are_there(page);
            page.press(&["Control+k"]);
            page.until("document.querySelector('dialog[open] [role=option]')");
        },
    },
    Screen {
        name: "keys",
        place: "#/tables/public/orders",
        arrive: |page| {
            rows_are_there(page);
            page.press(&["?"]);
            page.until("document.querySelector('dialog[open] kbd')");
        },
    },
    Screen {
        name: "sql, nothing yet",
        place: "#/sql",
        arrive: |page| {
            page.until("document.querySelector('textarea')");
        },
    },
    Screen {
        name: "sql, two results",
        place: "#/sql",
        arrive: |page| {
            page.click("textarea");
            page.insert("SELECT * FROM orders;\nSELECT name AS customer, 'text' AS \"kind\" FROM customers -- all of them\n");
            page.press(&["Control+Shift+Enter"]);
            page.until("document.querySelectorAll('[role=tab]').length >= 2 && document.querySelector('[role=tabpanel] td')");
        },
    },
    Screen {
        name: "sql, error",
        place: "#/sql",
        arrive: |page| {
            page.click("textarea");
            page.insert("SELECT id,\n  nonsense\nFROM orders");
            page.press(&["Control+Enter"]);
            page.until("document.body.innerText.includes('does not exist')");
        },
    },
    Screen {
        name: "diagram",
        place: "#/diagram",
        arrive: |page| {
            page.until("document.querySelectorAll('svg .card').length === 3");
        },
    },
    Screen {
        name: "diagram as a list",
        place: "#/diagram",
        arrive: |page| {
            page.until("document.querySelectorAll('svg .card').length === 3");
            page.click(("button", "As a list"));
            page.until("document.querySelector('.diagram-list h3')?.checkVisibility()");
        },
    },
    Screen {
        name: "migrations",
        place: "#/migrations",
        arrive: |page| {
            page.until("document.querySelector('.comparison')");
        },
    },
];

impl Screen {
    /// `None` where there is no browser.
    pub(super) fn open(&self, studio: &Studio) -> Option<Page> {
        let page = Page::open_at(studio, self.place)?;
        (self.arrive)(&page);
        Some(page)
    }
}

fn rows_are_there(page: &Page) {
    // Not those of the table before.
    page.until("document.querySelector('[role=gridcell]')?.closest('[role=grid]').ariaLabel.endsWith(` ${location.hash.split(/[/?]/)[3]}`)");
}

fn row_is_open(page: &Page) {
    rows_are_there(page);
    page.click("[role=gridcell]");
    page.press(&["Space"]);
    page.until("document.querySelector('side-drawer:not([hidden]) textarea')");
}

fn edit_is_staged(page: &Page) {
    rows_are_there(page);
    page.double_click("[role=gridcell][aria-colindex='8']");
    page.type_text("x");
    page.press(&["Enter"]);
    page.until("document.querySelector('change-tray').innerText.includes('1 edit')");
}
