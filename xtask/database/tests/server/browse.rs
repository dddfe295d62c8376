//! Looking at relations and their rows.

mod paging;
mod types;

use pg_database::Database;
use pg_database::browse::{At, Cell, Cursor, Page, Query, describe, page, prepare};
use pg_devserver::TestServer;

use crate::common::{connect, query};

/// A database of its own, in which this was run.
fn database(name: &str, sql: &str) -> Database {
    let mut database = connect(&TestServer::shared().create_database(name));
    database.execute(sql).unwrap();
    prepare(&mut database, false).unwrap();
    database
}

fn id(database: &mut Database, table: &str) -> u32 {
    query(database, &format!("'{table}'::regclass::oid"))
        .parse()
        .unwrap()
}

/// The first value of each row, in order.
fn firsts(page: &Page) -> Vec<String> {
    let firsts = page.rows.iter().map(|row| match &row.values[0] {
        Cell::Whole(value) => value.clone().unwrap_or("NULL".to_owned()),
        Cell::Cut { text, .. } => text.clone(),
    });
    firsts.collect()
}

/// All pages from the first to the last.
fn forward(database: &mut Database, query: &Query, limit: usize) -> Vec<String> {
    let (mut at, mut found) = (At::First, Vec::new());
    loop {
        let page = page(database, query, &at, limit).unwrap();
        assert!(page.rows.len() <= limit);
        assert_eq!(page.has_previous, matches!(at, At::After(_)));
        found.extend(firsts(&page));
        match page.last {
            Some(cursor) if page.has_next => at = At::After(through_json(&cursor)),
            _ => return found,
        }
    }
}

/// All pages from the last to the first, with their rows in order.
fn backward(database: &mut Database, query: &Query, limit: usize) -> Vec<String> {
    let (mut at, mut pages) = (At::Last, Vec::new());
    loop {
        let page = page(database, query, &at, limit).unwrap();
        pages.push(firsts(&page));
        match page.first {
            Some(cursor) if page.has_previous => at = At::Before(through_json(&cursor)),
            _ => break,
        }
    }
    pages.reverse();
    pages.concat()
}

/// As it comes back from a page in a browser.
fn through_json(cursor: &Cursor) -> Cursor {
    serde_json::from_str(&serde_json::to_string(cursor).unwrap()).unwrap()
}

/// `SELECT expression …` of all rows, in the server's own text.
fn texts(database: &mut Database, sql: &str) -> Vec<String> {
    let messages = database.client().simple_query(sql).unwrap();
    let rows = messages.iter().filter_map(|message| match message {
        postgres::SimpleQueryMessage::Row(row) => Some(row.get(0).unwrap_or("NULL").to_owned()),
        _ => None,
    });
    rows.collect()
}

#[test]
fn what_tells_rows_apart_is_found() {
    let mut database = database(
        "identity",
        "
        CREATE TABLE keyed (a int, b text, PRIMARY KEY (b, a));
        CREATE TABLE uniquely (a int NOT NULL, b int NOT NULL, c int UNIQUE, UNIQUE (a, b));
        CREATE TABLE best (a int NOT NULL, b int NOT NULL, c int NOT NULL, UNIQUE (a, b), UNIQUE (c));
        CREATE TABLE nullable (a int UNIQUE);
        CREATE TABLE partly (a int NOT NULL); CREATE UNIQUE INDEX ON partly (a) WHERE a > 1;
        CREATE TABLE computed (a int NOT NULL); CREATE UNIQUE INDEX ON computed ((a + 1));
        CREATE TABLE later (a int NOT NULL UNIQUE DEFERRABLE INITIALLY DEFERRED);
        CREATE TABLE parent (a int PRIMARY KEY); CREATE TABLE child () INHERITS (parent);
        CREATE TABLE parts (a int PRIMARY KEY) PARTITION BY RANGE (a); CREATE TABLE part PARTITION OF parts DEFAULT;
        CREATE TABLE loose (a int) PARTITION BY RANGE (a); CREATE TABLE loose_1 PARTITION OF loose DEFAULT;
        CREATE VIEW seen AS SELECT 1 AS a;
        CREATE MATERIALIZED VIEW stored AS SELECT 1 AS a;
        ",
    );
    for (table, kind, columns) in [
        ("keyed", "PrimaryKey", vec![2, 1]),
        ("uniquely", "Unique", vec![1, 2]),
        ("best", "Unique", vec![3]),
        ("nullable", "Ctid", vec![]),
        ("partly", "Ctid", vec![]),
        ("computed", "Ctid", vec![]),
        ("later", "Ctid", vec![]),
        ("parent", "Ctid", vec![]),
        ("child", "Ctid", vec![]),
        ("parts", "PrimaryKey", vec![1]),
        ("part", "PrimaryKey", vec![1]),
        ("loose", "Ctid", vec![]),
        ("seen", "None", vec![]),
        ("stored", "Ctid", vec![]),
    ] {
        let id = id(&mut database, table);
        let identity = describe(&mut database, id).unwrap().identity;
        assert_eq!(format!("{:?}", identity.kind), kind, "{table}");
        assert_eq!(identity.columns, columns, "{table}");
        assert_eq!(identity.reason.is_none(), kind == "PrimaryKey", "{table}");
    }
}
