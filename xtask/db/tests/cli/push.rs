//! `db push` as a user runs it.

mod faults;

use serde_json::Value;

use crate::terminal::at_terminal;
use crate::workspace::Workspace;

/// A database that was pushed to, as far as the schema had grown.
fn pushed(step: u32) -> Workspace {
    let shop = Workspace::new().at_step(step);
    let _ = shop.ok(&["db", "push", "--yes"]);
    shop
}

#[test]
fn a_push_after_a_push_has_nothing_to_do() {
    let mut shop = Workspace::new();
    for step in 0..=10 {
        shop.grow(step);
        let flags: &[&str] = match step {
            // A column that goes, and one that comes: which would be a question.
            5 => &["--allow", "data-loss"],
            _ => &[],
        };
        let push = shop.ok(&[&["db", "push", "--yes"], flags].concat());
        let changes = !push.stdout.is_empty();
        assert_eq!(
            push.stderr.contains("Push complete!"),
            changes,
            "{}",
            push.stderr
        );
        let again = shop.ok(&["db", "push", "--yes"]);
        assert_eq!(again.stdout, "", "step {step}");
        assert_eq!(
            again.stderr.lines().last(),
            Some("No changes: the database is as the schema declares it")
        );
        shop.assert_no_difference("database", "schema");
    }
    // A folder and a history are none of its business.
    assert_eq!(
        shop.query("SELECT nspname FROM pg_namespace WHERE nspname = 'drizzle'"),
        [""; 0]
    );
    assert!(shop.migrations().is_empty());
}

#[test]
fn what_cannot_succeed_is_refused_with_the_rows_that_are_in_the_way() {
    let mut shop = pushed(6);
    let _ = shop.query(
        "INSERT INTO \"Orders\" (\"id\", \"symbol\", \"status\", \"trailingStopPercent\") VALUES ('a', 'BTC', 'EXPIRED', 150), ('b', 'ETH', 'OPEN', 5)",
    );
    let _ = shop.query(
        "INSERT INTO \"Trades\" (\"id\", \"orderId\", \"executedAt\") SELECT n, 'a', '2020-01-01' FROM generate_series(1, 3) n",
    );
    let refused = |shop: &Workspace, found: &[(&str, usize)]| {
        let before = shop.state();
        let push = shop.run(&["db", "push", "--yes", "--allow", "data-loss"]);
        assert_eq!(push.code, Some(1), "{}", push.stderr);
        assert!(
            push.stderr
                .contains("this cannot succeed, and nothing was changed")
        );
        assert!(shop.state() == before, "it changed something");
        for (says, rows) in found {
            let (_, after) = push
                .stderr
                .rsplit_once(says)
                .unwrap_or_else(|| panic!("{says}: {}", push.stderr));
            let (_, after) = after.split_once("they are found with\n").expect("a query");
            let (query, _) = after.split_once(';').expect("its end");
            assert_eq!(
                shop.query(&format!("SELECT '' FROM ({query}) q")).len(),
                *rows,
                "{query}"
            );
        }
    };
    shop.grow(7);
    refused(
        &shop,
        &[
            ("3 of 3 rows are equal to another one", 1),
            ("1 of 2 rows break it", 1),
        ],
    );
    // A label that a row uses.
    shop.grow(5);
    refused(
        &shop,
        &[("1 of 2 rows hold a value that it does not have", 1)],
    );
    let _ = shop.query("DELETE FROM \"Trades\" WHERE \"id\" <> '1'");
    let _ = shop.query("UPDATE \"Orders\" SET \"trailingStopPercent\" = 7");
    shop.grow(7);
    let _ = shop.ok(&["db", "push", "--yes"]);
    assert_eq!(shop.query("SELECT count(*) FROM \"Orders\""), ["2"]);
}

#[test]
fn a_loss_has_to_be_allowed_by_name_if_there_is_something_to_lose() {
    let shop = pushed(4);
    let earlier = shop.at_step(3);
    // The table is empty, and so it loses nothing.
    let push = earlier.ok(&["db", "push", "--yes"]);
    assert!(
        push.stderr.contains("\n  here: it has no rows\n"),
        "{}",
        push.stderr
    );
    let mut shop = pushed(4);
    let _ = shop.query(
        "INSERT INTO \"Orders\" (\"id\", \"symbol\", \"note\") VALUES ('a', 'BTC', 'n'), ('b', 'ETH', NULL)",
    );
    let _ = shop.query("INSERT INTO \"Trades\" (\"id\", \"orderId\") VALUES ('1', 'a')");
    shop.grow(5);
    let before = shop.state();
    for (flags, hint) in [
        (&[][..], "--yes --allow data-loss"),
        (&["--yes"], "--allow data-loss"),
        (&["--allow", "data-loss"], "--yes"),
        (
            &["--yes", "--allow", "access", "--allow", "rewrite"],
            "--allow data-loss",
        ),
    ] {
        let push = shop.run(&[&["db", "push"], flags].concat());
        assert_eq!(push.code, Some(3), "{flags:?}\n{}", push.stderr);
        assert!(
            push.stderr.contains("\n  here: 1 of 2 rows lose a value\n"),
            "{}",
            push.stderr
        );
        let says = format!("hint: if that is what you want, say `{hint}`");
        assert_eq!(push.stderr.lines().last(), Some(says.as_str()));
        assert!(shop.state() == before, "it changed something");
    }
    let dry = shop.ok(&["db", "push", "--dry-run"]);
    assert!(
        dry.stderr
            .ends_with("To be allowed: --allow data-loss\nDry run: nothing was changed\n"),
        "{}",
        dry.stderr
    );
    assert!(shop.state() == before, "it changed something");
    let _ = shop.ok(&["db", "push", "--yes", "--allow", "data-loss"]);
    assert_eq!(shop.query("SELECT count(*) FROM \"Trades\""), ["1"]);
}

#[test]
fn it_asks_once_at_a_terminal() {
    let shop = pushed(4);
    let _ = shop
        .query("INSERT INTO \"Orders\" (\"id\", \"symbol\", \"note\") VALUES ('a', 'BTC', 'n')");
    let before = shop.state();
    for (answer, code, says) in [
        ("n\n", 1, "nothing was changed"),
        ("\u{4}", 1, "nothing was changed"),
        ("\u{3}", 130, "Interrupted"),
    ] {
        let Some((ended, seen)) = at_terminal(&shop, &["db", "push"], &[], answer) else {
            return;
        };
        assert_eq!(ended, Some(code), "{seen}");
        assert!(
            seen.contains(", with data-loss? [y/N]") && seen.contains(says),
            "{seen}"
        );
        assert!(shop.state() == before, "it changed something");
    }
    let (ended, seen) = at_terminal(&shop, &["db", "push"], &[], "y\n").expect("as before");
    assert_eq!(ended, Some(0), "{seen}");
    assert_eq!(seen.matches("[y/N]").count(), 1);
    assert!(seen.contains("Push complete!"), "{seen}");
}

#[test]
fn what_json_says_is_the_plan_with_its_facts() {
    let mut shop = pushed(4);
    let _ = shop
        .query("INSERT INTO \"Orders\" (\"id\", \"symbol\", \"note\") VALUES ('a', 'BTC', 'n')");
    shop.grow(10);
    let report = |flags: &[&str], code: i32| -> Value {
        let push = shop.run(&[&["db", "push", "--json"], flags].concat());
        assert_eq!(push.code, Some(code), "{}", push.stderr);
        serde_json::from_str(&push.stdout).expect("JSON")
    };
    let dry = report(&["--dry-run"], 0);
    assert_eq!(dry["allow"], serde_json::json!(["data-loss"]));
    assert_eq!(dry["applied"], false);
    let steps = dry["steps"].as_array().expect("steps");
    let drop = steps
        .iter()
        .find(|step| step["statement"] == "drop-column")
        .expect("it goes");
    assert_eq!(
        drop["hazards"][0]["fact"],
        serde_json::json!({"verdict": "applies", "finding": "1 of 1 row lose a value", "rows": 1, "query": null})
    );
    let last = steps.len() - 1;
    assert_eq!(
        dry["stages"],
        serde_json::json!([
            {"from": 0, "to": last, "in_transaction": true},
            {"from": last, "to": last + 1, "in_transaction": false}
        ])
    );
    assert_eq!(report(&["--yes"], 3)["applied"], false);
    assert_eq!(
        report(&["--yes", "--allow", "data-loss"], 0)["applied"],
        true
    );
    let nothing = report(&["--yes"], 0);
    assert_eq!(nothing["steps"], serde_json::json!([]));
    assert_eq!(nothing["applied"], false);
}

/// Renames are taken and asked for as in `diff` and `generate`.
#[test]
fn a_rename_keeps_the_values() {
    let shop = pushed(3);
    let _ = shop.query(
        "INSERT INTO \"Orders\" (\"id\", \"symbol\", \"venue\") VALUES ('a', 'BTC', 'here')",
    );
    let shop = shop.with_env("SHOP_VENUE", "place");
    let open = shop.run(&["db", "push", "--yes"]);
    assert_eq!(open.code, Some(3), "{}", open.stderr);
    assert!(
        open.stderr.contains("--rename Orders.venue=Orders.place"),
        "{}",
        open.stderr
    );
    let _ = shop.ok(&[
        "db",
        "push",
        "--yes",
        "--rename",
        "Orders.venue=Orders.place",
    ]);
    assert_eq!(shop.query("SELECT \"place\" FROM \"Orders\""), ["here"]);
}

#[test]
fn a_history_is_left_alone_and_spoken_of() {
    let mut shop = Workspace::new().at_step(2);
    let _ = shop.ok(&["db", "generate", "--name", "init"]);
    let _ = shop.ok(&["db", "migrate"]);
    let history = shop.query("SELECT t::text FROM drizzle.__drizzle_migrations t");
    shop.grow(3);
    let _ = shop.ok(&["db", "generate", "--name", "index"]);
    let ends = |shop: &Workspace, hints: &str| {
        let push = shop.ok(&["db", "push", "--yes"]);
        let says = format!("Push complete!\n{hints}");
        assert!(push.stderr.ends_with(&says), "{}", push.stderr);
        assert_eq!(
            shop.query("SELECT t::text FROM drizzle.__drizzle_migrations t"),
            history
        );
    };
    ends(
        &shop,
        "hint: migrations that are pending here have this change: `cargo xtask db status` says how that is recorded\n",
    );
    shop.grow(4);
    ends(
        &shop,
        "hint: no migration has this change: `cargo xtask db generate` writes one for the other databases, and `cargo xtask db resolve --applied TAG` says that this one has it\n\
         hint: 1 migration of the folder is pending here, and can meet what is there already\n",
    );
    // What takes back what a hand has done is no change that a migration lacks.
    let shop = pushed(2);
    let _ = shop.ok(&["db", "generate", "--name", "init"]);
    let _ = shop.ok(&["db", "resolve", "--baseline", "--yes"]);
    let _ = shop.query("CREATE TABLE by_hand (id integer)");
    let push = shop.ok(&["db", "push", "--yes"]);
    assert!(push.stderr.ends_with("Push complete!\n"), "{}", push.stderr);
}

#[test]
fn what_is_left_out_is_neither_made_nor_dropped() {
    let shop = pushed(8);
    let _ = shop.query("CREATE TABLE \"legacy\" (id integer); INSERT INTO \"legacy\" VALUES (1); DROP TABLE \"Trades\"");
    let _ = shop.ok(&["db", "push", "--yes", "--tables", "!legacy,!Trades"]);
    assert_eq!(
        shop.query("SELECT to_regclass('\"Trades\"') IS NULL, count(*) FROM \"legacy\" GROUP BY 1"),
        ["t"]
    );
    let shop = shop.with_env("SHOP_TABLES", "!legacy");
    let _ = shop.ok(&["db", "push", "--yes"]);
    assert_eq!(
        shop.query("SELECT count(*) FROM \"Trades\", \"legacy\""),
        ["0"]
    );
    assert_eq!(shop.query("SELECT count(*) FROM \"legacy\""), ["1"]);
}

/// DROP TABLE … CASCADE takes what nobody here knows of, which is said, and has to be allowed even if the table is empty.
#[test]
fn what_goes_along_with_a_table_is_named() {
    let shop = pushed(4);
    let _ = shop.query(
        "CREATE SCHEMA theirs; CREATE VIEW theirs.\"all\" AS SELECT * FROM \"Trades\"; CREATE TABLE theirs.notes (trade text CONSTRAINT of_trade REFERENCES \"Trades\"); \
         CREATE FUNCTION theirs.f() RETURNS SETOF \"Trades\" LANGUAGE sql AS 'SELECT * FROM \"Trades\"'; CREATE TABLE theirs.old () INHERITS (\"Trades\")",
    );
    let shop = shop.at_step(3);
    let before = shop.state();
    let push = shop.run(&["db", "push", "--yes", "--schemas", "public"]);
    assert_eq!(push.code, Some(3), "{}", push.stderr);
    let says = "  here: it has no rows; with it goes foreign key of_trade of theirs.notes, routine theirs.f(), table theirs.old, view theirs.\"all\"\n";
    assert!(push.stderr.contains(says), "{}", push.stderr);
    assert!(shop.state() == before, "it changed something");
}

/// What nobody here knows of can also be in the way.
#[test]
fn a_schema_that_holds_something_else_is_refused() {
    let shop = pushed(9);
    let _ = shop.query("CREATE FUNCTION audit.f(a integer) RETURNS integer LANGUAGE sql AS 'SELECT a'; CREATE DOMAIN audit.d AS text");
    let shop = shop.at_step(8);
    let before = shop.state();
    let push = shop.run(&["db", "push", "--yes"]);
    assert_eq!(push.code, Some(1), "{}", push.stderr);
    let says =
        "\n  DROP SCHEMA \"audit\";\n    it also holds routine audit.f(integer), type audit.d\n";
    assert!(push.stderr.contains(says), "{}", push.stderr);
    assert!(shop.state() == before, "it changed something");
    let _ = shop.query("DROP FUNCTION audit.f; DROP DOMAIN audit.d");
    let _ = shop.ok(&["db", "push", "--yes"]);
}

/// Row security would hide rows from the count, and rights may be missing: then it is not known, and said to be so.
#[test]
fn a_role_without_rights_is_told_what_it_lacks() {
    let shop = pushed(4);
    let _ = shop
        .query("INSERT INTO \"Orders\" (\"id\", \"symbol\", \"note\") VALUES ('a', 'BTC', 'n')");
    let shop = shop.with_role("Xq7vKz9wPj2").at_step(5);
    let before = shop.state();
    let push = shop.run(&["db", "push", "--yes", "--allow", "data-loss"]);
    assert_eq!(push.code, Some(1), "{}", push.stderr);
    assert!(
        push.stderr
            .contains("\n  here: not known: permission denied for table Orders\n"),
        "{}",
        push.stderr
    );
    assert!(
        push.stderr
            .contains("must be owner of table Orders (SQLSTATE 42501)"),
        "{}",
        push.stderr
    );
    assert!(
        push.stderr.contains("\nNothing was changed\n"),
        "{}",
        push.stderr
    );
    assert!(shop.state() == before, "it changed something");
    assert_eq!(shop.leak(&push.stderr), None);
}
