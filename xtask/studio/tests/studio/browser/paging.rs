//! From page to page.

use std::collections::HashSet;
use std::fs;
use std::time::Duration;

use pg_devserver::TestServer;

use super::page::Page;
use super::table::{ROWS, column, is_enabled, short_pages, until_column};
use crate::limits::within;
use crate::studio::Studio;

/// Check 3. What makes it quick is that few rows are read; how long that takes is the machine's affair.
#[test]
fn a_million_rows_are_shown_without_being_read_or_counted() {
    let server = TestServer::start(&[("log_statement", "all")]).unwrap();
    let sql = "
        CREATE TABLE big (id bigint PRIMARY KEY, at timestamptz NOT NULL, note text) WITH (autovacuum_enabled = false);
        INSERT INTO big SELECT n, now(), 'row ' || n FROM generate_series(1, 1000000) n;
        VACUUM ANALYZE big;";
    let mut studio = Studio::on(&server, "million", "", false);
    for statement in sql.split_terminator(';') {
        studio.database().execute(statement).unwrap();
    }
    studio.query("SELECT pg_stat_reset()");
    let before = fs::read_to_string(server.log()).unwrap().len();
    let Some(page) = Page::open_at(&studio, "#/tables/public/big") else {
        return;
    };
    let ids = |from: u32, to: u32| (from..=to).map(|id| id.to_string()).collect::<Vec<_>>();
    until_column(&page, "id", &ids(1, 100));
    page.until("document.querySelector('table-status').innerText.includes('of ≈ 1,000,000')");
    page.click(("button", "Next page"));
    until_column(&page, "id", &ids(101, 200));
    page.click(("button", "Last page"));
    until_column(&page, "id", &ids(999_901, 1_000_000));
    page.click(("button", "Previous page"));
    until_column(&page, "id", &ids(999_801, 999_900));
    page.click("[role=columnheader][aria-colindex='2']");
    page.until("location.hash.endsWith('s=1.asc')");
    until_column(&page, "id", &ids(1, 100));
    drop(page);
    // Its sessions end, and with that have told what they did.
    studio.stop().unwrap();
    let log = fs::read_to_string(server.log()).unwrap().split_off(before);
    within(Duration::from_secs(30), "the end of its sessions", || {
        studio.query("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'cargo xtask db studio'") == "0"
    });
    assert!(log.contains("FROM \"public\".\"big\""), "{log}");
    assert!(!log.to_lowercase().contains("count("), "{log}");
    let scans = studio.query("SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'big'");
    assert_eq!(scans, "0");
    let read = "SELECT idx_tup_read FROM pg_stat_user_indexes WHERE relname = 'big'";
    let read: u32 = studio.query(read).parse().unwrap();
    assert!((400..=1500).contains(&read), "{read} rows were read");
}

/// Check 4.
#[test]
fn each_row_is_seen_once_while_others_come_between() {
    let studio = Studio::new(
        "between",
        "CREATE TABLE rows (id int PRIMARY KEY, born text DEFAULT 'later');
         INSERT INTO rows SELECT n * 1000, 'first' FROM generate_series(1, 230) n",
    );
    let mut other = studio.database();
    // Before the first row, behind the last, and in the midst of where one is.
    let mut born = 0;
    let mut insert = |near: &str| {
        born += 1;
        let near: i32 = near.parse().unwrap();
        let sql = format!(
            "INSERT INTO rows VALUES ({}), ({}), ({}), ({}) ON CONFLICT DO NOTHING",
            -born,
            900_000 + born,
            near + born,
            near - born
        );
        other.execute(&sql).unwrap();
    };
    let Some(page) = Page::open_at(&studio, "#/tables/public/rows") else {
        return;
    };
    short_pages(&page);
    let first: HashSet<String> = (1..=230).map(|n| (n * 1000).to_string()).collect();

    let forth = walk(&page, "Next page", &mut insert);
    assert!(
        forth.len() > 230 + 4,
        "what came in front of one is seen, too: {}",
        forth.len()
    );
    assert_once(&forth, &first);
    assert!(forth.is_sorted_by_key(|id| id.parse::<i32>().unwrap()));

    let mut back = walk(&page, "Previous page", &mut insert);
    back.reverse();
    assert_once(&back, &first);
    assert!(!is_enabled(&page, "First page"));

    // The last page is full, and the last; what is before it is right behind it.
    page.click(("button", "Last page"));
    let last = "SELECT string_agg(id::text, ' ' ORDER BY id) FROM (SELECT id FROM rows ORDER BY id DESC LIMIT 50 OFFSET ";
    let expected = |from: u32| studio.query(&format!("{last} {from}) last"));
    let split = |ids: &str| ids.split(' ').map(str::to_owned).collect::<Vec<_>>();
    until_column(&page, "id", &split(&expected(0)));
    assert!(!is_enabled(&page, "Next page") && !is_enabled(&page, "Last page"));
    page.click(("button", "Previous page"));
    until_column(&page, "id", &split(&expected(50)));
    page.click(("button", "First page"));
    page.until_is(ROWS, "1–50");
    let start = studio.query("SELECT min(id) FROM rows");
    assert_eq!(column(&page, "id")[0], start);
}

/// A view has no key, so its pages are counted, and what follows from that is said.
#[test]
fn a_view_says_that_its_pages_are_counted() {
    let studio = Studio::new(
        "counted",
        "CREATE TABLE rows (id int PRIMARY KEY); INSERT INTO rows SELECT generate_series(1, 130);
         CREATE VIEW seen AS SELECT * FROM rows; CREATE VIEW few AS SELECT * FROM rows WHERE id < 10",
    );
    let Some(page) = Page::open_at(&studio, "#/tables/public/seen") else {
        return;
    };
    page.until_is(ROWS, "1–100");
    let note = "document.querySelector('.status .note').checkVisibility()";
    assert_eq!(page.eval(note), true);
    page.click(("button", "Last page"));
    page.until_is(ROWS, "the last 30 rows");
    let ids: Vec<_> = (101..=130).map(|id: u32| id.to_string()).collect();
    until_column(&page, "id", &ids);
    // Where there is but one page, or a key, there is nothing to say.
    page.go("#/tables/public/few");
    page.until_is(ROWS, "1–9");
    assert_eq!(page.eval(note), false);
    page.go("#/tables/public/rows");
    page.until_is(ROWS, "1–100");
    assert_eq!(page.eval(note), false);
}

/// All ids from this page to the end in one direction, in the order in which they were seen; pages as they lie are turned round when going back.
fn walk(page: &Page, button: &str, meanwhile: &mut impl FnMut(&str)) -> Vec<String> {
    let mut seen = Vec::new();
    loop {
        let mut ids = column(page, "id");
        let edge = ids.last().unwrap().clone();
        let first = ids[0].clone();
        if button.starts_with("Previous") {
            ids.reverse();
        }
        seen.extend(ids);
        if !is_enabled(page, button) {
            return seen;
        }
        meanwhile(&edge);
        page.click(("button", button));
        page.until(&format!(
            "document.querySelector('[role=gridcell]').innerText !== '{first}'"
        ));
    }
}

#[track_caller]
fn assert_once(seen: &[String], wanted: &HashSet<String>) {
    let distinct: HashSet<String> = seen.iter().cloned().collect();
    assert_eq!(distinct.len(), seen.len(), "none twice: {seen:?}");
    let missing: Vec<_> = wanted.difference(&distinct).collect();
    assert!(missing.is_empty(), "left out: {missing:?}");
}
