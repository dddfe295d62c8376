//! SQL as a person types it.

use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::studio::Studio;

fn run(studio: &Studio, sql: &str) -> Value {
    let body = json!({ "sql": sql, "all": true, "inTransaction": false, "cap": 3, "tab": "1" });
    studio.call("query", &body)
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
        "INSERT INTO t SELECT generate_series(1, 9) RETURNING id",
    ] {
        let start = Instant::now();
        let answer = run(&studio, sql);
        let result = &answer["results"][0];
        assert_eq!(
            (result["rows"].as_array().unwrap().len(), &result["capped"]),
            (3, &json!(true)),
            "{sql}"
        );
        assert!(start.elapsed() < Duration::from_secs(20), "{sql}");
    }
    assert_eq!(studio.query("SELECT count(*) FROM t"), "9");
}

#[test]
fn a_tab_is_a_session() {
    let studio = Studio::new("tabs", "CREATE TABLE t (id int)");
    let on =
        |tab: &str, sql: &str| studio.call("query", &json!({ "sql": sql, "cap": 5, "tab": tab }));
    on(
        "a",
        "CREATE TEMP TABLE mine (id int); BEGIN; INSERT INTO t VALUES (1)",
    );
    assert_eq!(
        on("a", "SELECT count(*) FROM t, mine")["results"][0]["rows"],
        json!([["0"]])
    );
    assert_eq!(on("b", "SELECT * FROM mine")["error"]["code"], "42P01");
    assert_eq!(studio.query("SELECT count(*) FROM t"), "0");
    on("a", "COMMIT");
    assert_eq!(studio.query("SELECT count(*) FROM t"), "1");
    for tab in 0..12 {
        on(&tab.to_string(), "SELECT 1");
    }
    let sessions = "SELECT count(*) <= 13 FROM pg_stat_activity WHERE application_name = 'cargo xtask db studio' AND datname = current_database()";
    assert_eq!(studio.query(sessions), "t");
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
fn what_runs_can_be_cancelled() {
    let studio = Studio::new("cancel", "");
    let start = Instant::now();
    thread::scope(|scope| {
        let running = scope.spawn(|| run(&studio, "SELECT pg_sleep(60)"));
        while !studio.call("cancel", &json!({ "tab": "1" }))["cancelled"]
            .as_bool()
            .unwrap()
        {
            thread::sleep(Duration::from_millis(20));
        }
        // It may not have begun when it was cancelled.
        while !running.is_finished() {
            thread::sleep(Duration::from_millis(50));
            studio.call("cancel", &json!({ "tab": "1" }));
        }
        assert_eq!(running.join().unwrap()["error"]["code"], "57014");
    });
    assert!(start.elapsed() < Duration::from_secs(10));
    assert_eq!(studio.query("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()"), "0");
    assert_eq!(
        run(&studio, "SELECT 1")["results"][0]["rows"],
        json!([["1"]])
    );
}

#[test]
fn a_plan_is_shown_and_what_it_took_is_rolled_back() {
    let studio = Studio::new(
        "explain",
        "CREATE TABLE t (id int); INSERT INTO t VALUES (1)",
    );
    let explain = |sql: &str, analyze: bool| json!({ "sql": sql, "analyze": analyze, "tab": "1" });
    let plan = studio.call("explain", &explain("SELECT * FROM t", false));
    assert!(
        plan["plan"][0]
            .as_str()
            .unwrap()
            .starts_with("Seq Scan on t"),
        "{plan}"
    );
    let plan = studio.call("explain", &explain("DELETE FROM t", true));
    assert!(plan["plan"].to_string().contains("actual time"), "{plan}");
    assert_eq!(studio.query("SELECT count(*) FROM t"), "1");
    assert_eq!(
        studio.refused(422, "explain", &explain("SELECT nope", false))["position"],
        8
    );
    studio.refused(422, "explain", &explain("SELECT 1; DELETE FROM t", false));
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
        "CREATE TABLE t (id int); CREATE SEQUENCE s;
         CREATE FUNCTION sneak() RETURNS int LANGUAGE plpgsql AS $$ BEGIN INSERT INTO t VALUES (1); RETURN 1; END $$;
         CREATE PROCEDURE commits() LANGUAGE plpgsql AS $$ BEGIN COMMIT; SET TRANSACTION READ WRITE; INSERT INTO t VALUES (1); END $$;",
    );
    for in_transaction in [false, true] {
        for sql in [
            "INSERT INTO t VALUES (1)",
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
            assert_eq!(studio.query("SELECT count(*) FROM t"), "0", "{sql}");
        }
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
}
