//! All rows as a file.

use serde_json::{Value, json};

use crate::studio::{Response, Studio};

const TABLE: &str = r#"
CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text, price numeric, flag boolean, data json, at timestamptz, list text[], twice bigint GENERATED ALWAYS AS (2) STORED);
INSERT INTO t (name, price, flag, data, at, list) VALUES
    ('plain', 1.10, true, '{"b": 1, "a": 12345678901234567890}', '2020-01-01 00:00+00', '{a,"b,c"}'), (E'quote " comma , line\nend', 'NaN', false, 'null', 'infinity', '{}'),
    ('', 0, NULL, NULL, NULL, NULL), (NULL, 12345678901234567890.5, NULL, NULL, NULL, NULL), ('\.', NULL, NULL, NULL, NULL, NULL), ('=1+1', NULL, NULL, NULL, NULL, NULL), ('it''s \ <b>', NULL, NULL, NULL, NULL, NULL);
INSERT INTO t (name) SELECT 'row ' || i FROM generate_series(1, 2000) i;
"#;

fn export(studio: &Studio, more: &Value) -> Response {
    let mut body =
        json!({ "id": studio.id("t"), "sort": [{ "column": 1, "desc": false }], "filters": [] });
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    studio.post("export", &body)
}

/// The body of a response in pieces.
fn text(response: &Response) -> String {
    assert_eq!(response.status, 200, "{}", response.body);
    assert_eq!(response.header("transfer-encoding"), Some("chunked"));
    let (mut text, mut rest) = (Vec::new(), response.body.as_bytes());
    loop {
        let end = rest.windows(2).position(|pair| pair == b"\r\n").unwrap();
        let length = usize::from_str_radix(std::str::from_utf8(&rest[..end]).unwrap(), 16).unwrap();
        rest = &rest[end + 2..];
        if length == 0 {
            return String::from_utf8(text).unwrap();
        }
        text.extend_from_slice(&rest[..length]);
        rest = &rest[length + 2..];
    }
}

#[test]
fn csv_is_what_the_server_itself_writes() {
    let studio = Studio::new("csv", TABLE);
    let response = export(&studio, &json!({ "format": "csv" }));
    assert_eq!(
        response.header("content-disposition"),
        Some("attachment; filename=\"t.csv\"")
    );
    let csv = text(&response);
    let mut database = studio.database();
    database.execute("CREATE TABLE copy (LIKE t)").unwrap();
    let mut copy = database
        .client()
        .copy_in("COPY copy FROM STDIN CSV HEADER")
        .unwrap();
    std::io::Write::write_all(&mut copy, csv.as_bytes()).unwrap();
    copy.finish().unwrap();
    assert_eq!(
        studio.query(
            "SELECT count(*) FROM (SELECT t::text FROM t EXCEPT ALL SELECT copy::text FROM copy) x"
        ),
        "0"
    );
    assert_eq!(studio.query("SELECT count(*) FROM copy"), "2007");
}

#[test]
fn a_file_has_the_name_of_its_table() {
    let studio = Studio::new("names_of_files", "");
    for (table, expected) in [
        ("orders", r#"filename="orders.csv""#),
        (
            "Zażółć",
            r#"filename="Za.csv"; filename*=UTF-8''Za%C5%BC%C3%B3%C5%82%C4%87.csv"#,
        ),
        (
            "注文",
            r#"filename="rows.csv"; filename*=UTF-8''%E6%B3%A8%E6%96%87.csv"#,
        ),
        (
            "a\"b/c;\r\nX: y",
            r#"filename="ab_c__X y.csv"; filename*=UTF-8''a%22b_c%3B__X%3A%20y.csv"#,
        ),
    ] {
        let quoted = format!("\"{}\"", table.replace('"', "\"\""));
        let mut database = studio.database();
        database
            .execute(&format!("CREATE TABLE {quoted} (id int)"))
            .unwrap();
        let response = studio.post(
            "export",
            &json!({ "id": studio.id(&quoted), "format": "csv" }),
        );
        assert_eq!(
            response.header("content-disposition"),
            Some(&*format!("attachment; {expected}"))
        );
        assert_eq!(response.header("x"), None);
    }
}

#[test]
fn sql_makes_the_same_rows_elsewhere() {
    let studio = Studio::new("sql", TABLE);
    let sql = text(&export(&studio, &json!({ "format": "sql" })));
    let mut database = studio.database();
    database
        .execute("CREATE TABLE before AS TABLE t; TRUNCATE t")
        .unwrap();
    database.execute(&sql).unwrap();
    assert_eq!(studio.query("SELECT count(*) FROM t"), "2007");
    assert_eq!(studio.query("SELECT count(*) FROM (SELECT t::text FROM t EXCEPT ALL SELECT before::text FROM before) x"), "0");
}

#[test]
fn json_has_every_digit() {
    let studio = Studio::new("json", TABLE);
    let text_of_json = text(&export(&studio, &json!({ "format": "json" })));
    let rows: Vec<Value> = serde_json::from_str(&text_of_json).unwrap();
    assert_eq!(rows.len(), 2007);
    assert!(text_of_json.contains(r#""price":12345678901234567890.5"#));
    assert_eq!(
        (
            &rows[0]["flag"],
            &rows[1]["price"],
            &rows[1]["data"],
            &rows[2]["name"],
            &rows[3]["name"]
        ),
        (
            &json!(true),
            &json!("NaN"),
            &Value::Null,
            &json!(""),
            &Value::Null
        )
    );
    assert!(text_of_json.contains(r#""data":{"b": 1, "a": 12345678901234567890}"#));
    let lines = text(&export(&studio, &json!({ "format": "ndjson" })));
    let of_lines: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(of_lines, rows);
    let none = json!({ "format": "json", "where": "false" });
    assert_eq!(
        serde_json::from_str::<Value>(&text(&export(&studio, &none))).unwrap(),
        json!([])
    );
}

#[test]
fn the_filters_and_the_order_count() {
    let studio = Studio::new("filtered", TABLE);
    let asked = json!({ "format": "csv", "sort": [{ "column": 1, "desc": true }], "filters": [{ "column": 2, "op": "like", "value": "row 199%" }] });
    let names: Vec<_> = text(&export(&studio, &asked))
        .lines()
        .skip(1)
        .map(|line| line.split(',').nth(1).unwrap().to_owned())
        .collect();
    assert_eq!(names.len(), 11);
    assert_eq!((&*names[0], &*names[10]), ("row 1999", "row 199"));
    let wrong = export(&studio, &json!({ "format": "csv", "where": "nope" }));
    assert_eq!(
        (wrong.status, &wrong.json()["error"]["position"]),
        (422, &json!(1))
    );
    // It fails in the middle, and so does the file.
    let broken = export(
        &studio,
        &json!({ "format": "csv", "sort": [], "where": "1 / (1900 - id) IS NOT NULL" }),
    );
    assert_eq!(broken.status, 200);
    assert!(!broken.body.ends_with("0\r\n\r\n"));
}

#[test]
fn an_export_that_nobody_waits_for_ends_before_its_first_row_and_after() {
    let studio = Studio::new(
        "unread",
        "CREATE TABLE t (id int PRIMARY KEY, name text); INSERT INTO t SELECT i, repeat('x', 1000) FROM generate_series(1, 100000) i",
    );
    for condition in ["pg_sleep(60) IS NULL", "true"] {
        is_left_alone(&studio, condition);
    }
}

fn is_left_alone(studio: &Studio, condition: &str) {
    let body = json!({ "id": studio.id("t"), "format": "csv", "where": condition }).to_string();
    let mut request = "POST /api/export HTTP/1.1\r\n".to_owned();
    for (name, value) in studio.headers() {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str(&format!("Content-Length: {}\r\n\r\n{body}", body.len()));
    let mut stream = studio.connect();
    std::io::Write::write_all(&mut stream, request.as_bytes()).unwrap();
    let running = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%FROM \"public\".\"t\"%' AND state <> 'idle' AND pid <> pg_backend_pid()";
    let wait = |expected: &str| {
        let start = std::time::Instant::now();
        while studio.query(running) != expected {
            assert!(start.elapsed().as_secs() < 10, "{expected}");
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
    };
    wait("1");
    drop(stream);
    wait("0");
}
