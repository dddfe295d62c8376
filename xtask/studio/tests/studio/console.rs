//! SQL as a person types it.

mod tabs;

use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::studio::Studio;

fn run(studio: &Studio, sql: &str) -> Value {
    let body = json!({ "sql": sql, "all": true, "inTransaction": false, "cap": 3, "tab": "1" });
    studio.call("query", &body)
}

#[track_caller]
fn eventually(studio: &Studio, sql: &str, expected: &str) {
    let start = Instant::now();
    while studio.query(sql) != expected {
        assert!(start.elapsed() < Duration::from_secs(30), "{sql}");
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn each_statement_has_its_result() {
    let studio = Studio::new("statements", "CREATE TABLE t (id int, \"<b>\" text)");
    let answer = run(
        &studio,
        "-- ä comment\nINSERT INTO t VALUES (1, 'a;b'), (2, NULL);\nSELECT *, $$;$$ AS x FROM t ORDER BY id; DO $$ BEGIN RAISE NOTICE 'hello'; END $$; SELECT 1, 1 WHERE false",
    );
    let results = answer["results"].as_array().unwrap();
    assert_eq!(answer.get("error"), None, "{answer}");
    assert_eq!(results.len(), 4);
    assert_eq!(
        (
            &results[0]["affected"],
            &results[0]["from"],
            results[0].get("rows")
        ),
        (&json!(2), &json!(13), None)
    );
    assert_eq!(
        results[1]["rows"],
        json!([["1", "a;b", ";"], ["2", null, ";"]])
    );
    assert_eq!(
        results[1]["columns"],
        json!([{ "name": "id", "type": "int4" }, { "name": "<b>", "type": "text" }, { "name": "x", "type": "text" }])
    );
    assert_eq!(
        (&results[1]["affected"], &results[1]["capped"]),
        (&Value::Null, &json!(false))
    );
    assert_eq!(results[2]["notices"], json!(["NOTICE: hello"]));
    assert_eq!(
        (
            &results[3]["rows"],
            results[3]["columns"].as_array().unwrap().len()
        ),
        (&json!([]), 2)
    );
}

#[test]
fn the_statement_at_the_cursor_is_run() {
    let studio = Studio::new("cursor", "");
    let sql = "SELECT 'ä;'; SELECT 2;\n\nSELECT 3";
    for (cursor, expected) in [
        (0, "ä;"),
        (11, "ä;"),
        (13, "2"),
        (22, "2"),
        (23, "2"),
        (24, "3"),
        (32, "3"),
    ] {
        let body =
            json!({ "sql": sql, "cursor": cursor, "inTransaction": false, "cap": 3, "tab": "1" });
        let answer = studio.call("query", &body);
        assert_eq!(answer["results"].as_array().unwrap().len(), 1);
        assert_eq!(answer["results"][0]["rows"][0][0], expected, "{cursor}");
    }
}

#[test]
fn an_error_is_placed_in_the_whole_text() {
    let studio = Studio::new("error", "CREATE TABLE t (id int PRIMARY KEY)");
    let answer = run(
        &studio,
        "INSERT INTO t VALUES (1);\nSELECT 'é', nope FROM t;\nINSERT INTO t VALUES (2)",
    );
    assert_eq!(answer["results"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&answer["error"]["code"], &answer["error"]["position"]),
        (&json!("42703"), &json!(39))
    );
    assert_eq!(studio.query("SELECT string_agg(id::text, ' ') FROM t"), "1");
    assert_eq!(run(&studio, "SELECT 'open")["error"]["position"], 8);
    assert!(run(&studio, "COPY t FROM STDIN")["error"]["message"].is_string());
    // The session goes on.
    assert_eq!(
        run(&studio, "SELECT 1")["results"][0]["rows"],
        json!([["1"]])
    );
}

#[test]
fn a_result_has_a_limit() {
    let studio = Studio::new("cap", "CREATE TABLE t (id int)");
    for sql in [
        "SELECT generate_series(1, 1000000000)",
        "WITH x AS (SELECT 1) SELECT generate_series(1, 1000000000) FROM x",
        "WITH RECURSIVE x AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM x) SELECT i AS \"insert\" FROM x /* delete */ WHERE 'merge' <> ''",
        "(SELECT generate_series(1, 1000000000) /* for */ AS \"into\")",
        "INSERT INTO t SELECT generate_series(1, 9) RETURNING id",
    ] {
        let start = Instant::now();
        let answer = run(&studio, sql);
        let result = &answer["results"][0];
        assert_eq!(
            (
                result["rows"].as_array().map(Vec::len),
                &result["capped"],
                &result["total"]
            ),
            (
                Some(3),
                &json!(true),
                &if sql.starts_with("INSERT") {
                    json!(9)
                } else {
                    Value::Null
                }
            ),
            "{sql}: {answer}"
        );
        assert!(start.elapsed() < Duration::from_secs(20), "{sql}");
    }
    assert_eq!(studio.query("SELECT count(*) FROM t"), "9");
}

/// What is not shown does not go undone: only a query that has changed nothing by then is stopped.
#[test]
fn a_statement_that_does_something_runs_to_its_end() {
    let studio = Studio::new(
        "whole",
        "CREATE TABLE t (id int); CREATE SEQUENCE s; CREATE TABLE nine AS SELECT i AS id FROM generate_series(1, 9) i;
         CREATE FUNCTION adding(int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN INSERT INTO t VALUES ($1); RETURN $1; END $$;",
    );
    for (sql, total) in [
        ("SELECT id, adding(id) FROM nine ORDER BY id", 9),
        ("SELECT id, nextval('s') FROM nine ORDER BY id", 9),
        ("SELECT id FROM nine ORDER BY id FOR UPDATE", 9),
        ("INSERT INTO t SELECT id FROM nine RETURNING id", 9),
        ("UPDATE nine SET id = id RETURNING id", 9),
        (
            "WITH x AS (INSERT INTO t SELECT id FROM nine RETURNING id) SELECT id FROM x",
            9,
        ),
        (
            "(WITH x AS (INSERT INTO t SELECT id FROM nine RETURNING id) SELECT id FROM x)",
            9,
        ),
        (
            "DELETE FROM t WHERE ctid IN (SELECT ctid FROM t LIMIT 5) RETURNING 1",
            5,
        ),
        ("PREPARE p AS SELECT id FROM nine ORDER BY id; EXECUTE p", 9),
        (
            "BEGIN; DECLARE mine CURSOR FOR SELECT id FROM nine; FETCH ALL FROM mine; COMMIT",
            9,
        ),
        // In a transaction that has written, nobody can tell who wrote.
        (
            "BEGIN; INSERT INTO t VALUES (0); SELECT id FROM nine ORDER BY id; COMMIT",
            9,
        ),
    ] {
        let answer = run(&studio, sql);
        assert_eq!(answer.get("error"), None, "{sql}: {answer}");
        let results = answer["results"].as_array().unwrap();
        let result = results.iter().find(|result| result.get("rows").is_some());
        let result = result.unwrap_or_else(|| panic!("{sql}: {answer}"));
        assert_eq!(
            (
                result["rows"].as_array().map(Vec::len),
                &result["capped"],
                &result["total"]
            ),
            (Some(3), &json!(true), &json!(total)),
            "{sql}: {answer}"
        );
        assert_eq!(result["rows"][0][0], "1", "{sql}");
    }
    let inserted = run(&studio, "INSERT INTO t SELECT id FROM nine RETURNING id");
    assert_eq!(inserted["results"][0]["affected"], 9);
    assert_eq!(studio.query("SELECT count(*) FROM t"), "41");
    assert_eq!(studio.query("SELECT last_value FROM s"), "9");
    // No more than fits is no reason to warn.
    let answer = run(&studio, "SELECT id FROM nine WHERE id <= 3");
    assert_eq!(
        (
            &answer["results"][0]["capped"],
            &answer["results"][0]["total"]
        ),
        (&json!(false), &json!(3))
    );
    run(&studio, "SELECT id INTO made FROM nine");
    assert_eq!(studio.query("SELECT count(*) FROM made"), "9");
}

/// A query that is stopped takes no transaction with it, nor ends one.
#[test]
fn a_transaction_goes_on_after_a_query_that_was_stopped() {
    let studio = Studio::new("stopped_query", "CREATE TABLE t (id int)");
    let isolated = "BEGIN; SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SELECT generate_series(1, 1000000000); SHOW transaction_isolation";
    let answer = run(&studio, isolated);
    assert_eq!(answer.get("error"), None, "{answer}");
    assert_eq!(answer["results"][3]["rows"], json!([["repeatable read"]]));
    run(&studio, "INSERT INTO t VALUES (1)");
    assert_eq!(studio.query("SELECT count(*) FROM t"), "0");
    // One that fails does, as everywhere.
    assert_eq!(run(&studio, "SELECT 1 / 0")["error"]["code"], "22012");
    assert_eq!(run(&studio, "SELECT 1")["error"]["code"], "25P02");
    run(&studio, "ROLLBACK");
    assert_eq!(run(&studio, "SELECT 1 / 0")["error"]["code"], "22012");
    // Outside of one, each statement stands for itself.
    run(
        &studio,
        "SELECT generate_series(1, 9); INSERT INTO t VALUES (2)",
    );
    assert_eq!(studio.query("SELECT count(*) FROM t"), "1");
}

#[test]
#[cfg(target_os = "linux")]
fn rows_that_are_not_shown_take_no_memory() {
    const ROWS: usize = 600;
    let studio = Studio::new("memory", "CREATE TABLE t (id int)");
    let peak = || -> usize {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        line.unwrap()
            .trim()
            .trim_end_matches(" kB")
            .parse()
            .unwrap()
    };
    run(
        &studio,
        &format!("INSERT INTO t SELECT generate_series(1, {ROWS})"),
    );
    let before = peak();
    for sql in [
        "UPDATE t SET id = id RETURNING repeat('x', 1000000)",
        "WITH x AS (DELETE FROM t RETURNING id) SELECT repeat('x', 1000000) FROM x -- for",
    ] {
        let answer = run(&studio, sql);
        assert_eq!(answer["results"][0]["total"], json!(ROWS), "{sql}");
    }
    let grown = peak() - before;
    assert!(grown < ROWS * 1000 / 2, "{grown} kB");
}

#[test]
fn all_in_one_transaction_is_all_or_nothing() {
    let studio = Studio::new("transaction", "CREATE TABLE t (id int PRIMARY KEY)");
    let run = |sql: &str| {
        studio.call(
            "query",
            &json!({ "sql": sql, "inTransaction": true, "cap": 3, "tab": "1" }),
        )
    };
    assert_eq!(
        run("INSERT INTO t VALUES (1); INSERT INTO t VALUES (1)")["error"]["code"],
        "23505"
    );
    assert_eq!(studio.query("SELECT count(*) FROM t"), "0");
    run("INSERT INTO t VALUES (1); INSERT INTO t VALUES (2)");
    assert_eq!(studio.query("SELECT count(*) FROM t"), "2");
}

#[test]
fn names_are_offered() {
    let studio = Studio::new(
        "names",
        "CREATE SCHEMA s; CREATE TABLE s.\"The <b>\" (id int, gone int); ALTER TABLE s.\"The <b>\" DROP gone; CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    );
    let names = studio.call("complete", &json!({}));
    assert_eq!(
        names["relations"],
        json!([{ "schema": "s", "name": "The <b>", "columns": ["id"] }])
    );
    let functions = names["functions"].as_array().unwrap();
    for function in ["mine", "count", "json_agg", "now"] {
        assert!(functions.contains(&json!(function)), "{function}");
    }
}

#[test]
fn a_read_only_console_changes_nothing_whatever_is_typed() {
    let studio = Studio::read_only(
        "guarded",
        "CREATE TABLE t (id int); CREATE TABLE old (id int); INSERT INTO old VALUES (1); CREATE SEQUENCE s;
         CREATE FUNCTION sneak() RETURNS int LANGUAGE plpgsql AS $$ BEGIN INSERT INTO t VALUES (1); RETURN 1; END $$;
         CREATE PROCEDURE commits() LANGUAGE plpgsql AS $$ BEGIN COMMIT; SET TRANSACTION READ WRITE; INSERT INTO t VALUES (1); END $$;",
    );
    for in_transaction in [false, true] {
        for sql in [
            "INSERT INTO t VALUES (1)",
            "UPDATE old SET id = 2",
            "DELETE FROM old",
            "MERGE INTO old USING (SELECT 1) x ON true WHEN MATCHED THEN DELETE",
            "SET default_transaction_read_only = off; UPDATE old SET id = 2",
            "SET SESSION default_transaction_read_only TO off; BEGIN; UPDATE old SET id = 2; COMMIT",
            "SELECT set_config('default_transaction_read_only', 'off', false); UPDATE old SET id = 2",
            "RESET ALL; UPDATE old SET id = 2",
            "DISCARD ALL; UPDATE old SET id = 2",
            "SET default_transaction_read_only = off; INSERT INTO t VALUES (1)",
            "SET TRANSACTION READ WRITE; INSERT INTO t VALUES (1)",
            "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE; INSERT INTO t VALUES (1)",
            "SELECT set_config('transaction_read_only', 'off', false); INSERT INTO t VALUES (1)",
            "COMMIT; INSERT INTO t VALUES (1)",
            "ROLLBACK; BEGIN READ WRITE; INSERT INTO t VALUES (1)",
            "END; BEGIN READ WRITE; INSERT INTO t VALUES (1); COMMIT",
            "WITH x AS (INSERT INTO t VALUES (1) RETURNING *) SELECT * FROM x",
            "SELECT sneak()",
            "SELECT nextval('s')",
            "CALL commits()",
            "DO $$ BEGIN COMMIT; INSERT INTO t VALUES (1); END $$",
            "WITH x AS (UPDATE old SET id = 2 RETURNING *) SELECT * FROM x",
            "WITH x AS (DELETE FROM old RETURNING *) TABLE x",
            "SELECT * INTO new FROM old",
            "SELECT id FROM old FOR UPDATE",
            "SELECT setval('s', 5)",
            "COPY t FROM '/dev/null'",
            "COPY old TO '/dev/null'",
            "DECLARE c CURSOR WITH HOLD FOR SELECT sneak(); FETCH ALL FROM c",
            "COPY t FROM PROGRAM 'echo 1'",
            "COPY (SELECT 1) TO PROGRAM 'cat >/dev/null'",
            "CREATE TABLE u (id int)",
            "TRUNCATE t",
            "PREPARE x AS INSERT INTO t VALUES (1); EXECUTE x",
            "EXPLAIN ANALYZE INSERT INTO t VALUES (1)",
        ] {
            let body = json!({ "sql": sql, "inTransaction": in_transaction, "cap": 3, "tab": "1" });
            let answer = studio.call("query", &body);
            assert!(answer["error"]["message"].is_string(), "{sql}: {answer}");
            let rows = "SELECT (SELECT count(*) FROM t) || ' ' || (SELECT string_agg(id::text, ' ') FROM old)";
            assert_eq!(studio.query(rows), "0 1", "{sql}");
        }
    }
    // Before 16 PostgreSQL makes large objects in transactions that only read.
    for in_transaction in [false, true] {
        let body = json!({ "sql": "SELECT lo_create(0)", "inTransaction": in_transaction, "cap": 3, "tab": "1" });
        studio.call("query", &body);
    }
    let answer = studio.call(
        "query",
        &json!({ "sql": "SELECT count(*) FROM t", "cap": 3, "tab": "1" }),
    );
    assert_eq!(answer["results"][0]["rows"], json!([["0"]]));
    studio.refused(
        422,
        "explain",
        &json!({ "sql": "INSERT INTO t VALUES (1)", "analyze": true, "tab": "1" }),
    );
    assert_eq!(studio.query("SELECT is_called FROM s"), "f");
    assert_eq!(
        studio.query("SELECT count(*) FROM pg_largeobject_metadata"),
        "0"
    );
}

/// What fails leaves no transaction open, and the server has said so before it is asked.
#[test]
fn what_fails_is_no_open_transaction() {
    let studio = Studio::new("failing", "");
    for sql in [
        "SELECT wrong",
        "FORM",
        "SELECT 1 / 0",
        "SELECT 1; SELECT 'x'::int",
    ] {
        for _ in 0..20 {
            let answer = run(&studio, sql);
            assert_eq!(answer["inTransaction"], false, "{sql}: {answer}");
        }
    }
    assert_eq!(run(&studio, "BEGIN; SELECT wrong")["inTransaction"], true);
    assert_eq!(run(&studio, "SELECT 1")["error"]["code"], "25P02");
    assert_eq!(run(&studio, "ROLLBACK")["inTransaction"], false);
}
