//! What a database is, other than what its history says: `db status` and `db check --database`, and whether what they say mends it.

use serde_json::Value;

use crate::workspace::Workspace;

/// The schema as it is at a step, migrated.
fn migrated(step: u32) -> Workspace {
    let shop = Workspace::new().at_step(step);
    let _ = shop.ok(&["db", "generate", "--name", "init"]);
    let _ = shop.ok(&["db", "migrate"]);
    shop
}

fn json(shop: &Workspace, command: &[&str]) -> Value {
    let report = shop.run(&[command, &["--json"]].concat());
    serde_json::from_str(&report.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}{}", report.stdout, report.stderr))
}

/// The kinds of what `db status` finds and what `db check --database` finds, which must be the same.
fn findings(shop: &Workspace) -> Vec<String> {
    let before = shop.state();
    let kinds = |findings: &Value| -> Vec<String> {
        let findings = findings.as_array().expect("a list").iter();
        findings
            .map(|finding| finding["kind"].as_str().expect("a kind").to_owned())
            .filter(|kind| kind != "schema-changed")
            .collect()
    };
    let status = json(shop, &["db", "status"]);
    let check = json(shop, &["db", "check", "--database"]);
    assert_eq!(
        kinds(&status["drift"]["findings"]),
        kinds(&check["findings"])
    );
    assert_eq!(status["drift"], check["drift"]);
    assert!(shop.state() == before, "reading has changed something");
    kinds(&check["findings"])
}

const NONE: [String; 0] = [];

#[test]
fn what_was_done_by_hand_is_named_object_by_object_and_a_push_undoes_it() {
    let shop = migrated(10);
    assert_eq!(findings(&shop), NONE);
    let _ = shop.ok(&["db", "check", "--database"]);
    let _ = shop.query(
        "ALTER TABLE \"Orders\" ADD COLUMN by_hand text; DROP TABLE \"audit\".\"Trail\"; CREATE INDEX hot ON \"Orders\" (by_hand);
         CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    );
    assert_eq!(findings(&shop), ["drift"]);
    let changes = &json(&shop, &["db", "status"])["drift"]["findings"][0]["changes"];
    let objects: Vec<_> = (changes.as_array().expect("a list").iter())
        .map(|it| format!("{} {} {}", it["change"], it["kind"], it["name"]).replace('"', ""))
        .collect();
    assert_eq!(
        objects,
        [
            "removed table Trail",
            "added column by_hand",
            "added index hot"
        ]
    );
    let status = shop.run(&["db", "status"]);
    assert_eq!(status.code, Some(1));
    for says in [
        "Drift     the database is not in the state after 0001_init_Orders_symbol_idx, but differs from it",
        "    + column by_hand text",
        "  - table audit.Trail (4 columns, 1 foreign key)",
    ] {
        assert!(status.stdout.contains(says), "{}", status.stdout);
    }
    let check = shop.run(&["db", "check", "--database"]);
    assert_eq!(check.code, Some(1));
    for printed in [&status.stderr, &check.stdout] {
        assert!(
            printed.contains("to undo it, `cargo xtask db push`"),
            "{printed}"
        );
        assert!(!printed.contains("reset"), "{printed}");
    }

    let _ = shop.ok(&["db", "push", "--yes", "--allow", "data-loss"]);
    assert_eq!(findings(&shop), NONE);
    let status = shop.ok(&["db", "status"]);
    let beside = "Drift     none; beside it 1 thing that no state holds: function public.touch()";
    assert!(status.stdout.contains(beside), "{}", status.stdout);
}

#[test]
fn it_is_adopted_as_a_migration_that_this_database_has() {
    let mut shop = migrated(0);
    // What the schema has at the next step, done by hand.
    shop.grow(1);
    let _ = shop.ok(&["db", "push", "--yes"]);
    shop.grow(0);
    assert_eq!(findings(&shop), ["drift"]);
    let status = shop.run(&["db", "status"]);
    let adopt = "hint: to adopt it, declare it in the schema, as `cargo xtask db pull --tables Orders` prints it, then `cargo xtask db generate`";
    assert!(status.stderr.contains(adopt), "{}", status.stderr);

    shop.grow(1);
    assert_eq!(findings(&shop), ["not-migrated"]);
    let _ = shop.ok(&["db", "generate", "--name", "stop"]);
    assert_eq!(findings(&shop), ["not-recorded"]);
    let mend = "`cargo xtask db resolve --applied 0001_stop`";
    let status = shop.run(&["db", "status"]);
    assert!(status.stderr.contains(mend), "{}", status.stderr);
    let _ = shop.ok(&["db", "resolve", "--applied", "0001_stop", "--yes"]);
    assert_eq!(findings(&shop), NONE);
    let status = shop.ok(&["db", "status"]);
    assert!(
        status.stdout.contains("Drift     none\n"),
        "{}",
        status.stdout
    );
}

#[test]
fn what_is_pending_is_no_drift_and_what_a_push_made_is_told_from_what_a_hand_made() {
    let mut shop = migrated(0);
    shop.grow(1);
    let _ = shop.ok(&["db", "generate", "--name", "stop"]);
    assert_eq!(findings(&shop), NONE);
    let _ = shop.ok(&["db", "check", "--database"]);
    let _ = shop.query("CREATE TABLE by_hand (id int)");
    // The SQL leads back to what is applied, not to the schema, which is further.
    assert_eq!(findings(&shop), ["drift"]);
    let status = shop.run(&["db", "status"]);
    let undo = "`cargo xtask db diff --from database --to migrations:0000_init` prints";
    assert!(status.stderr.contains(undo), "{}", status.stderr);
    let diff = shop.ok(&[
        "db",
        "diff",
        "--from",
        "database",
        "--to",
        "migrations:0000_init",
    ]);
    let _ = shop.query(&diff.stdout);
    assert_eq!(findings(&shop), NONE);

    let _ = shop.ok(&["db", "migrate"]);
    shop.grow(4);
    let _ = shop.ok(&["db", "push", "--yes"]);
    let _ = shop.query("CREATE TABLE by_hand (id int)");
    assert_eq!(findings(&shop), ["not-migrated", "drift"]);
    let report = json(&shop, &["db", "status"]);
    assert_eq!(
        report["drift"]["findings"][1]["changes"][0]["name"],
        "by_hand"
    );
    assert_eq!(report["up_to_date"], false);
}

#[test]
fn a_database_that_was_there_before_its_history_gets_a_baseline_and_nobody_proposes_to_empty_it() {
    let mut shop = migrated(0);
    shop.grow(1);
    let _ = shop.ok(&["db", "generate", "--name", "stop"]);
    let _ = shop.ok(&["db", "migrate"]);
    let _ = shop.query("DROP SCHEMA drizzle CASCADE");
    assert_eq!(findings(&shop), ["not-recorded"]);
    let status = shop.run(&["db", "status"]);
    let mend = "`cargo xtask db resolve --baseline 0001_stop`";
    assert!(status.stderr.contains(mend), "{}", status.stderr);
    let _ = shop.query("CREATE TABLE theirs (id int)");
    assert_eq!(findings(&shop), ["drift"]);
    let status = shop.run(&["db", "status"]);
    assert!(
        status.stderr.contains("resolve --baseline TAG"),
        "{}",
        status.stderr
    );
    assert!(!status.stderr.contains("undo"), "{}", status.stderr);
    // What flags leave out is no drift.
    let check = ["db", "check", "--database", "--tables", "!theirs"];
    let report = shop.run(&check);
    assert!(
        report.stdout.contains("[not-recorded]"),
        "{}",
        report.stdout
    );
    let _ = shop.ok(&["db", "resolve", "--baseline", "--yes"]);
    let _ = shop.ok(&check);
    let shop = shop.with_env("SHOP_TABLES", "!theirs");
    assert_eq!(findings(&shop), NONE);
}

#[test]
fn a_history_that_leads_to_no_state_is_said_to_and_nothing_is_compared() {
    let mut shop = migrated(0);
    shop.grow(1);
    let _ = shop.ok(&["db", "generate", "--name", "stop"]);
    let _ = shop.ok(&["db", "migrate"]);
    let sql = shop.read("drizzle/0000_init.sql");
    shop.write("drizzle/0000_init.sql", &format!("{sql}\n-- edited"));
    assert_eq!(check_kinds(&shop), ["edited-since-applied"]);
    shop.write("drizzle/0000_init.sql", &sql);
    let _ = shop.ok(&["db", "check", "--database"]);

    let _ = shop.query("DELETE FROM drizzle.__drizzle_migrations WHERE id = 1");
    assert_eq!(check_kinds(&shop), ["out-of-order"]);
    let status = shop.run(&["db", "status"]);
    let reason = "Drift     not known: 0000_init is not applied, and a later one is";
    assert!(status.stdout.contains(reason), "{}", status.stdout);
    let _ = shop.query("UPDATE drizzle.__drizzle_migrations SET hash = 'abc', created_at = 1");
    assert_eq!(check_kinds(&shop)[..1], ["missing-in-folder"]);
}

fn check_kinds(shop: &Workspace) -> Vec<String> {
    let report = json(shop, &["db", "check", "--database"]);
    let findings = report["findings"].as_array().expect("a list").iter();
    let kinds = findings.map(|finding| finding["kind"].as_str().expect("a kind").to_owned());
    kinds.collect()
}

#[test]
fn what_can_be_told_without_the_database_is_told_where_it_does_not_answer() {
    let mut shop = migrated(0);
    shop.grow(1);
    let shop = shop.with_env("DATABASE_URL", "postgres://postgres@127.0.0.1:1/nowhere");
    let check = shop.run(&["db", "check", "--database"]);
    assert_eq!(check.code, Some(1));
    for says in ["[schema-changed]", "[database]", "127.0.0.1:1/nowhere"] {
        assert!(check.stdout.contains(says), "{}", check.stdout);
    }
}

#[test]
fn a_session_that_may_not_write_hears_the_rest_of_the_status() {
    let shop = migrated(10);
    let _ = shop.query(
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', current_database()); END $$",
    );
    let status = shop.run(&["db", "status"]);
    for says in [
        " applied ",
        "Schema    agrees with the folder",
        "Drift     not known",
        "name a primary that may write",
    ] {
        assert!(status.stdout.contains(says), "{}", status.stdout);
    }
    assert_eq!(status.code, Some(0));
}
