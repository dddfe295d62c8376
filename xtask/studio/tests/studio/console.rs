//! SQL as a person types it.

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

/// What a tab has begun is not rolled back because of another tab.
#[test]
fn a_new_tab_ends_no_transaction() {
    let studio = Studio::new("ninth", "CREATE TABLE t (id int)");
    let body = |tab: &str, sql: &str| json!({ "sql": sql, "cap": 5, "tab": tab });
    let on = |tab: &str, sql: &str| studio.call("query", &body(tab, sql));
    for tab in 1..=7 {
        let answer = on(
            &tab.to_string(),
            &format!("BEGIN; INSERT INTO t VALUES ({tab})"),
        );
        assert_eq!(answer["inTransaction"], true, "{answer}");
    }
    // A transaction that failed is one, too.
    assert_eq!(on("8", "BEGIN; SELECT 1 / 0")["inTransaction"], true);
    let error = studio.refused(409, "query", &body("9", "SELECT 1"));
    assert!(
        error["message"].as_str().unwrap().contains("transaction"),
        "{error}"
    );
    assert!(
        error["hint"].as_str().unwrap().contains("ROLLBACK"),
        "{error}"
    );
    assert_eq!(on("8", "ROLLBACK")["inTransaction"], false);
    assert_eq!(on("9", "SELECT 1")["results"][0]["rows"], json!([["1"]]));
    for tab in 1..=7 {
        on(&tab.to_string(), "COMMIT");
    }
    assert_eq!(studio.query("SELECT sum(id) FROM t"), "28");
}

#[test]
fn a_tab_that_is_closed_ends_its_session_and_what_runs_there() {
    let studio = Studio::new("closed", "CREATE TABLE t (id int)");
    let on =
        |tab: &str, sql: &str| studio.call("query", &json!({ "sql": sql, "cap": 5, "tab": tab }));
    on("a", "BEGIN; INSERT INTO t VALUES (1)");
    on("b", "BEGIN; INSERT INTO t VALUES (2)");
    studio.call("close", &json!({ "tabs": ["a", "nothing"] }));
    eventually(
        &studio,
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'",
        "1",
    );
    // The name begins anew.
    assert_eq!(on("a", "SELECT 1")["inTransaction"], false);
    on("b", "COMMIT");
    assert_eq!(studio.query("SELECT string_agg(id::text, ' ') FROM t"), "2");
    thread::scope(|scope| {
        let running = scope.spawn(|| on("a", "SELECT pg_sleep(60)"));
        eventually(
            &studio,
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'",
            "1",
        );
        studio.call("close", &json!({ "tabs": ["a"] }));
        assert_eq!(running.join().unwrap()["error"]["code"], "57014");
    });
}

/// Of a browser that crashed nobody hears any more.
#[test]
fn a_forgotten_transaction_ends_and_its_tab_gets_to_hear_of_it() {
    let studio = Studio::new("forgotten", "CREATE TABLE t (id int)");
    let body = |sql: &str| json!({ "sql": sql, "cap": 5, "tab": "1" });
    let on = |sql: &str| studio.call("query", &body(sql));
    let limit = "SHOW idle_in_transaction_session_timeout";
    assert_eq!(on(limit)["results"][0]["rows"], json!([["30min"]]));
    on("SET idle_in_transaction_session_timeout = '100ms'; BEGIN; INSERT INTO t VALUES (1)");
    eventually(
        &studio,
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'",
        "0",
    );
    let error = studio.refused(409, "query", &body("INSERT INTO t VALUES (2)"));
    assert!(
        error["message"].as_str().unwrap().contains("rolled"),
        "{error}"
    );
    assert_eq!(studio.query("SELECT count(*) FROM t"), "0");
    on("INSERT INTO t VALUES (3)");
    assert_eq!(studio.query("SELECT string_agg(id::text, ' ') FROM t"), "3");
    // A session that had nothing open is replaced without a word.
    let own = "FROM pg_stat_activity WHERE application_name = 'cargo xtask db studio' AND datname = current_database()";
    studio.query(&format!("SELECT count(pg_terminate_backend(pid)) {own}"));
    eventually(&studio, &format!("SELECT count(*) {own}"), "0");
    assert_eq!(on("SELECT 1")["results"][0]["rows"], json!([["1"]]));
}

#[test]
fn a_limit_of_the_servers_own_for_idle_transactions_stays() {
    let studio = Studio::new(
        "own_limit",
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET idle_in_transaction_session_timeout = %L', current_database(), '5min'); END $$",
    );
    let answer = run(&studio, "SHOW idle_in_transaction_session_timeout");
    assert_eq!(answer["results"][0]["rows"], json!([["5min"]]));
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

/// A plan is of the session: of its settings, its temporary tables and its transaction, which goes on.
#[test]
fn a_plan_is_made_where_the_statement_would_run() {
    let studio = Studio::new("explain_there", "CREATE TABLE t (id int PRIMARY KEY)");
    let explain = |sql: &str, analyze: bool| json!({ "sql": sql, "analyze": analyze, "tab": "1" });
    run(
        &studio,
        "CREATE TEMP TABLE mine (id int); SET enable_seqscan = off; BEGIN; INSERT INTO t VALUES (1)",
    );
    studio.call("explain", &explain("SELECT * FROM mine", false));
    let plan = studio.call("explain", &explain("SELECT * FROM t", false));
    assert!(
        !plan["plan"][0].as_str().unwrap().starts_with("Seq Scan"),
        "{plan}"
    );
    let plan = studio.call("explain", &explain("DELETE FROM t", true));
    assert!(plan["plan"].to_string().contains("actual time"), "{plan}");
    // A wrong one does not take the transaction with it, nor one that fails as it runs.
    let error = studio.refused(422, "explain", &explain("SELECT nope", true));
    assert_eq!(
        (&error["code"], &error["position"]),
        (&json!("42703"), &json!(8))
    );
    studio.refused(422, "explain", &explain("SELECT 1 / 0", true));
    let rows = run(&studio, "SELECT count(*) FROM t");
    assert_eq!(rows["results"][0]["rows"], json!([["1"]]), "{rows}");
    assert_eq!(studio.query("SELECT count(*) FROM t"), "0");
    run(&studio, "COMMIT");
    assert_eq!(studio.query("SELECT count(*) FROM t"), "1");
}

#[test]
fn a_plan_that_takes_long_can_be_cancelled() {
    let studio = Studio::new("explain_cancel", "");
    let body = json!({ "sql": "SELECT pg_sleep(60)", "analyze": true, "tab": "1" });
    thread::scope(|scope| {
        let explaining = scope.spawn(|| studio.refused(422, "explain", &body));
        while !explaining.is_finished() {
            thread::sleep(Duration::from_millis(50));
            studio.call("cancel", &json!({ "tab": "1" }));
        }
        assert_eq!(explaining.join().unwrap()["code"], "57014");
    });
    assert_eq!(
        run(&studio, "SELECT 1")["results"][0]["rows"],
        json!([["1"]])
    );
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
