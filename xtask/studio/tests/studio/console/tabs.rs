//! The session of a tab: what stays, what ends it, and who is asked in it.

use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use super::{eventually, run};
use crate::studio::Studio;

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
