//! `db resolve`: what it marks, who is recorded to have said so, and what the other commands make of it.

use serde_json::Value;

use crate::drop::{drizzle_kit, kit, set_up_drizzle_kit};
use crate::terminal::at_terminal;
use crate::workspace::Workspace;

const ROWS: &str =
    "SELECT concat_ws(' ', hash, created_at) FROM drizzle.__drizzle_migrations ORDER BY id";
const OWN: &str = "SELECT concat_ws(' ', tag, applied_at IS NOT NULL, duration_ms IS NOT NULL, applied_by, marked_by, marked_at > now() - interval '1 hour')
    FROM drizzle.__xtask_migrations ORDER BY tag";

/// Two migrations, of which the database has none.
fn generated() -> Workspace {
    let mut shop = Workspace::new().at_step(0);
    let _ = shop.ok(&["db", "generate", "--name", "init"]);
    shop.grow(1);
    let _ = shop.ok(&["db", "generate", "--name", "stop"]);
    shop
}

/// What the journal says, as drizzle would have it in its table after it has run all.
fn as_drizzle_writes(shop: &Workspace) -> Vec<String> {
    let journal: Value =
        serde_json::from_str(&shop.read("drizzle/meta/_journal.json")).expect("JSON");
    let entries = journal["entries"].as_array().expect("entries");
    let rows = entries.iter().map(|entry| {
        let sql = shop.read(&format!(
            "drizzle/{}.sql",
            entry["tag"].as_str().expect("a tag")
        ));
        let sql = pg_schema::quote_literal(&sql);
        let hash = shop.query(&format!(
            "SELECT encode(sha256(convert_to({sql}, 'UTF8')), 'hex')"
        ));
        format!("{} {}", hash[0], entry["when"])
    });
    rows.collect()
}

fn states(shop: &Workspace) -> Vec<(String, String)> {
    let status = shop.run(&["db", "status", "--json"]);
    let report: Value = serde_json::from_str(&status.stdout).expect("JSON");
    let migrations = report["migrations"].as_array().expect("a list").iter();
    let text = |value: &Value| value.as_str().unwrap_or("nobody").to_owned();
    migrations
        .map(|it| (text(&it["state"]), text(&it["marked_by"])))
        .collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = expected
        .iter()
        .map(|(state, by)| ((*state).to_owned(), (*by).to_owned()));
    owned.collect()
}

#[test]
fn a_database_that_was_there_before_is_adopted_by_a_baseline() {
    let shop = generated();
    // As a psql of someone's, or `drizzle-kit push`, made it.
    for sql in ["drizzle/0000_init.sql", "drizzle/0001_stop.sql"] {
        let _ = shop.query(&shop.read(sql));
    }
    let before = shop.state();
    let unasked = shop.run(&["db", "resolve", "--baseline"]);
    assert_eq!(unasked.code, Some(3), "{}", unasked.stderr);
    for says in [
        "0001_stop: counts as applied; its SQL is not run",
        "The database is in the state after 0001_stop",
        "say `--yes`",
    ] {
        assert!(unasked.stderr.contains(says), "{}", unasked.stderr);
    }
    assert!(shop.state() == before, "it wrote something");

    let _ = shop.ok(&["db", "resolve", "--baseline", "--yes"]);
    assert_eq!(shop.query(ROWS), as_drizzle_writes(&shop));
    assert_eq!(
        shop.query(OWN),
        [
            "0000_init t f postgres postgres t",
            "0001_stop t f postgres postgres t"
        ]
    );
    let status = shop.ok(&["db", "status"]);
    assert_eq!(
        status
            .stdout
            .matches("by postgres (marked, not run)")
            .count(),
        2,
        "{}",
        status.stdout
    );
    let migrated = shop.ok(&["db", "migrate"]);
    assert!(
        migrated.stderr.contains("Nothing to apply"),
        "{}",
        migrated.stderr
    );
    let again = shop.ok(&["db", "resolve", "--baseline"]);
    assert!(again.stderr.contains("Nothing to do"), "{}", again.stderr);
}

#[test]
fn a_baseline_up_to_a_migration_leaves_the_rest_to_be_run_and_says_what_differs() {
    let shop = generated();
    let _ = shop.query(&shop.read("drizzle/0000_init.sql"));
    let _ = shop.query("ALTER TABLE \"Orders\" ADD COLUMN by_hand text");
    let said = shop.ok(&["db", "resolve", "--baseline", "0000_init", "--yes"]);
    assert!(
        said.stderr.contains("+ column by_hand text"),
        "{}",
        said.stderr
    );
    assert_eq!(
        states(&shop),
        pairs(&[("applied", "postgres"), ("pending", "nobody")])
    );
    // A history that is there says more than a word.
    let refused = shop.run(&["db", "resolve", "--baseline", "--yes"]);
    assert_eq!(refused.code, Some(1));
    assert!(
        refused.stderr.contains("has a history already (1 row)"),
        "{}",
        refused.stderr
    );
    let _ = shop.ok(&["db", "migrate"]);
    assert_eq!(shop.query(ROWS), as_drizzle_writes(&shop));
    assert_eq!(
        states(&shop),
        pairs(&[("applied", "postgres"), ("applied", "nobody")])
    );
}

#[test]
fn what_is_not_applied_runs_again_and_what_is_applied_does_not() {
    let shop = generated();
    let _ = shop.ok(&["db", "migrate"]);
    let _ = shop.query("ALTER TABLE \"Orders\" DROP COLUMN \"trailingStopPercent\"");
    let json = shop.ok(&[
        "db",
        "resolve",
        "--not-applied",
        "0001_stop.sql",
        "--yes",
        "--json",
    ]);
    let report: Value = serde_json::from_str(&json.stdout).expect("JSON");
    assert_eq!(report["marked"][0]["mark"], "not applied");
    assert_eq!(shop.query(OWN)[1], "0001_stop f f postgres postgres t");
    assert_eq!(
        states(&shop),
        pairs(&[("applied", "nobody"), ("pending", "postgres")])
    );
    let status = shop.run(&["db", "status"]);
    assert!(
        status.stdout.contains("pending, marked so ") && !status.stdout.contains("half done"),
        "{}",
        status.stdout
    );
    let migrated = shop.ok(&["db", "migrate"]);
    assert!(
        migrated.stderr.contains("Applied: 0001_stop.sql"),
        "{}",
        migrated.stderr
    );
    // The word is older than the run.
    assert_eq!(
        states(&shop),
        pairs(&[("applied", "nobody"), ("applied", "nobody")])
    );

    // One that leaves another behind.
    let _ = shop.ok(&[
        "db",
        "resolve",
        "--not-applied",
        "0001_stop",
        "--not-applied",
        "0000_init",
        "--yes",
    ]);
    assert!(shop.query(ROWS).is_empty());
    let said = shop.ok(&["db", "resolve", "--applied", "0001_stop", "--yes"]);
    assert!(
        said.stderr
            .contains("warning: 0000_init before it is not applied"),
        "{}",
        said.stderr
    );
    assert_eq!(
        states(&shop),
        pairs(&[("out of order", "postgres"), ("applied", "postgres")])
    );
    let _ = shop.ok(&["db", "resolve", "--applied", "0000_init", "--yes"]);
    let _ = shop.ok(&["db", "status"]);
}

/// What `migrate` says that leads out of a folder and a history that have diverged.
#[test]
fn what_migrate_refuses_is_led_out_of_as_it_says() {
    let shop = generated();
    let _ = shop.ok(&["db", "migrate"]);
    let sql = shop.read("drizzle/0000_init.sql");
    shop.write("drizzle/0000_init.sql", &format!("{sql} -- edited"));
    let refused = shop.run(&["db", "migrate"]);
    assert!(
        refused
            .stderr
            .contains("`cargo xtask db resolve --applied 0000_init`"),
        "{}",
        refused.stderr
    );
    let said = shop.ok(&["db", "resolve", "--applied", "0000_init", "--yes"]);
    assert!(
        said.stderr
            .contains("the file as it is now counts as what was applied"),
        "{}",
        said.stderr
    );
    let _ = shop.ok(&["db", "migrate"]);
    assert_eq!(shop.query(ROWS), as_drizzle_writes(&shop));
    // It was run, and that is not forgotten.
    assert_eq!(shop.query(OWN)[0], "0000_init t t postgres postgres t");
    let status = shop.ok(&["db", "status"]);
    assert!(
        status.stdout.contains("its text accepted"),
        "{}",
        status.stdout
    );

    // A migration of ours that the folder does not have, and one of drizzle's, twice.
    let _ = shop.query("UPDATE drizzle.__xtask_migrations SET tag = '0000_gone', created_at = 5 WHERE tag = '0000_init'");
    let _ = shop.query(
        "UPDATE drizzle.__drizzle_migrations SET hash = 'gone', created_at = 5 WHERE id = 1",
    );
    let _ = shop.query("INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('0123456789abcdef', 6), ('0123456789abcdef', 6)");
    let refused = shop.run(&["db", "migrate"]);
    for says in [
        "0000_gone: applied, but not in the folder",
        "(hash 0123456789ab…)",
        "`cargo xtask db resolve --not-applied 0000_gone --not-applied 0123456789ab",
    ] {
        assert!(refused.stderr.contains(says), "{}", refused.stderr);
    }
    let _ = shop.ok(&[
        "db",
        "resolve",
        "--not-applied",
        "0000_gone",
        "--not-applied",
        "0123456789ab",
        "--yes",
    ]);
    let _ = shop.ok(&["db", "resolve", "--applied", "0000_init", "--yes"]);
    let _ = shop.ok(&["db", "migrate"]);
    assert_eq!(
        shop.query(OWN)[..3],
        [
            "0000_gone f f postgres postgres t",
            "0000_init t f postgres postgres t",
            "0001_stop t t postgres"
        ]
    );
}

#[test]
fn a_half_done_migration_begins_anew_or_is_done() {
    let shop = generated();
    let _ = shop.ok(&["db", "migrate"]);
    let _ = shop.ok(&["db", "generate", "--custom", "--name", "half"]);
    shop.write(
        "drizzle/0002_half.sql",
        "-- no-transaction\nCREATE TABLE a (a int);\nSELECT 1/0;",
    );
    assert_eq!(shop.run(&["db", "migrate"]).code, Some(1));
    shop.write(
        "drizzle/0002_half.sql",
        "-- no-transaction\nCREATE TABLE b (b int);",
    );
    let refused = shop.run(&["db", "migrate"]);
    assert!(
        refused
            .stderr
            .contains("`cargo xtask db resolve --not-applied 0002_half`"),
        "{}",
        refused.stderr
    );
    let said = shop.ok(&["db", "resolve", "--not-applied", "0002_half", "--yes"]);
    assert!(
        said.stderr.contains("its first 1 statement stay"),
        "{}",
        said.stderr
    );
    let _ = shop.ok(&["db", "migrate"]);
    assert_eq!(
        shop.query("SELECT to_regclass('a') IS NOT NULL AND to_regclass('b') IS NOT NULL"),
        ["t"]
    );
}

/// The table as an earlier version of this program made it has no columns for marks.
#[test]
fn a_history_of_an_earlier_version_gets_what_it_lacks_when_it_is_needed() {
    let shop = generated();
    let _ = shop.ok(&["db", "migrate"]);
    let _ = shop.query(
        "ALTER TABLE drizzle.__xtask_migrations DROP COLUMN marked_at, DROP COLUMN marked_by",
    );
    let _ = shop.ok(&["db", "status"]);
    let _ = shop.ok(&["db", "migrate"]);
    let _ = shop.ok(&["db", "resolve", "--not-applied", "0001_stop", "--yes"]);
    assert_eq!(shop.query(OWN)[1], "0001_stop f f postgres postgres t");
}

#[test]
fn at_a_terminal_a_word_and_a_removal_are_asked_for_once() {
    let shop = generated();
    let before = shop.state();
    for arguments in [&["db", "resolve", "--baseline"][..], &["db", "drop"]] {
        for (answer, code) in [("n\n", 1), ("\n", 1), ("\u{3}", 130)] {
            let Some((ended, seen)) = at_terminal(&shop, arguments, &[], answer) else {
                return;
            };
            assert_eq!(ended, Some(code), "{answer:?}\n{seen}");
            assert_eq!(seen.matches("[y/N]").count(), 1, "{seen}");
            assert!(shop.state() == before, "{seen}");
        }
    }
    let (ended, seen) = at_terminal(&shop, &["db", "drop"], &[], "y\n").expect("as before");
    assert_eq!(ended, Some(0), "{seen}");
    let (ended, seen) =
        at_terminal(&shop, &["db", "resolve", "--baseline"], &[], "y\n").expect("as before");
    assert_eq!(ended, Some(0), "{seen}");
    assert_eq!(shop.query(ROWS), as_drizzle_writes(&shop));
}

/// Another run holds the lock: it is waited for.
#[test]
fn two_at_once_take_turns_and_mark_once() {
    let shop = generated();
    let mut children = Vec::new();
    for _ in 0..6 {
        let mut command = shop.command(&["db", "resolve", "--baseline", "--yes"]);
        command
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped());
        children.push(command.spawn().expect("it starts"));
    }
    let outcomes: Vec<_> = children
        .into_iter()
        .map(crate::workspace::Outcome::of_child)
        .collect();
    let done = outcomes.iter().filter(|it| it.code == Some(0)).count();
    assert!(done >= 1);
    for other in outcomes.iter().filter(|it| it.code != Some(0)) {
        assert!(
            other.stderr.contains("changed the history in the meantime"),
            "{}",
            other.stderr
        );
    }
    assert_eq!(shop.query(ROWS), as_drizzle_writes(&shop));
}

/// What is marked is marked for drizzle-kit, too.
#[test]
fn drizzle_kit_goes_by_what_was_said() {
    let Some(fixtures) = drizzle_kit() else {
        return;
    };
    let shop = generated();
    set_up_drizzle_kit(&fixtures, &shop);
    let migrate = || {
        let said = kit(&fixtures, &shop, "1", &["migrate"]);
        assert!(said.contains("migrations applied successfully"), "{said}");
    };
    for sql in ["drizzle/0000_init.sql", "drizzle/0001_stop.sql"] {
        let _ = shop.query(&shop.read(sql));
    }
    let _ = shop.ok(&["db", "resolve", "--baseline", "--yes"]);
    migrate();
    assert_eq!(shop.query(ROWS), as_drizzle_writes(&shop));
    let _ = shop.query("ALTER TABLE \"Orders\" DROP COLUMN \"trailingStopPercent\"");
    let _ = shop.ok(&["db", "resolve", "--not-applied", "0001_stop", "--yes"]);
    migrate();
    assert_eq!(shop.query(ROWS), as_drizzle_writes(&shop));
    let status = shop.ok(&["db", "status"]);
    assert!(!status.stdout.contains("pending"), "{}", status.stdout);
    shop.assert_no_difference("migrations", "database");
}
