//! Files of rows that the browser saves.

use std::io::Write as _;

use super::page::Page;
use crate::studio::Studio;

/// Check 25.
#[test]
fn all_rows_that_are_filtered_are_saved_in_each_format() {
    let studio = Studio::new(
        "export",
        r#"
        CREATE TABLE "<b> t" (id bigint PRIMARY KEY, "say ""x"", y" text, price numeric, data jsonb, at timestamptz, list text[]);
        INSERT INTO "<b> t" VALUES
            (1, E'quote " comma , line\nend\r\n;', 'NaN', '{"b": 1, "a": 12345678901234567890}', '2020-01-01 00:00+00', '{a,"b,c",NULL}'),
            (2, '', 12345678901234567890.50, '[]', 'infinity', '{}'), (3, NULL, NULL, NULL, NULL, NULL), (4, '\.', 0, '"x"', NULL, NULL),
            (5, E'it''s \\ <b> 表 😀', NULL, 'true', NULL, NULL), (6, '=1+1', NULL, NULL, NULL, NULL);
        INSERT INTO "<b> t" (id, "say ""x"", y") SELECT i, 'row ' || i FROM generate_series(7, 1500) i;
        INSERT INTO "<b> t" (id) VALUES (0), (2000), (2001);
        CREATE TABLE wanted AS SELECT * FROM "<b> t" WHERE id BETWEEN 1 AND 1999;
        CREATE TABLE copied (LIKE wanted);
        "#,
    );
    // By a filter, in an order, and by what is typed.
    let Some(page) = Page::open_at(&studio, "#/tables/public/%3Cb%3E%20t?f=1.lt.2000&s=1.desc")
    else {
        return;
    };
    page.click(("button", "WHERE"));
    page.type_text("id > 0\n");
    page.until("document.querySelector('.grid, data-grid')?.innerText.includes('row 1500')");
    page.until("document.querySelectorAll('.chip').length === 2");
    let save = |item| {
        page.download(|| {
            page.click(("button", "Export"));
            page.click(("menuitem", item));
        })
    };
    let differences = "SELECT count(*) FROM (
        (SELECT wanted::text FROM wanted EXCEPT ALL SELECT copied::text FROM copied) UNION ALL
        (SELECT copied::text FROM copied EXCEPT ALL SELECT wanted::text FROM wanted)) differences";
    let is_the_same = |format: &str| {
        assert_eq!(
            studio.query("SELECT count(*) FROM copied"),
            "1500",
            "{format}"
        );
        assert_eq!(studio.query(differences), "0", "{format}");
        studio.database().execute("TRUNCATE copied").unwrap();
    };

    let (name, csv) = save("CSV");
    // The browser itself writes what no file's name has everywhere as `_`.
    assert_eq!(name, "_b_ t.csv");
    assert!(csv.starts_with("id,\"say \"\"x\"\", y\",price,data,at,list\n1500,row 1500,"));
    let mut database = studio.database();
    let mut copy = database
        .client()
        .copy_in("COPY copied FROM STDIN CSV HEADER")
        .unwrap();
    copy.write_all(csv.as_bytes()).unwrap();
    copy.finish().unwrap();
    is_the_same("CSV");

    let insert =
        "INSERT INTO copied SELECT * FROM json_populate_recordset(NULL::copied, $1::text::json)";
    let (name, json) = save("JSON");
    assert_eq!(name, "_b_ t.json");
    database.client().execute(insert, &[&json]).unwrap();
    is_the_same("JSON");

    let (name, lines) = save("JSON, an object a line");
    assert_eq!(name, "_b_ t.ndjson");
    let lines: Vec<_> = lines.lines().collect();
    assert_eq!(lines.len(), 1500);
    let json = format!("[{}]", lines.join(","));
    database.client().execute(insert, &[&json]).unwrap();
    is_the_same("NDJSON");

    let (name, sql) = save("SQL, as INSERT");
    assert_eq!(name, "_b_ t.sql");
    // In a table that is the same, and empty.
    database
        .execute(&format!(
            "DELETE FROM \"<b> t\"; {sql}; INSERT INTO copied SELECT * FROM \"<b> t\""
        ))
        .unwrap();
    is_the_same("SQL");
}

/// What cannot be exported is said where the table is.
#[test]
fn an_export_that_fails_says_why() {
    let studio = Studio::new(
        "export_fails",
        "CREATE VIEW wrong AS SELECT 1 / (3 - i) AS n FROM generate_series(1, 2) i",
    );
    let Some(page) = Page::open_at(&studio, "#/tables/public/wrong") else {
        return;
    };
    page.until("document.querySelector('[role=gridcell]')");
    studio
        .database()
        .execute(
            "CREATE OR REPLACE VIEW wrong AS SELECT 1 / (3 - i) AS n FROM generate_series(1, 3) i",
        )
        .unwrap();
    page.click(("button", "Export"));
    page.click(("menuitem", "CSV"));
    page.until("document.querySelector('[role=alert]:not([hidden])')?.innerText.includes('division by zero')");
}
