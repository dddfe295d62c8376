//! `db generate --revert`: forth and back on a real server.

use crate::client::dump;
use crate::workspace::{Outcome, Workspace};

/// The name of the newest migration.
fn newest(shop: &Workspace) -> String {
    let journal: serde_json::Value =
        serde_json::from_str(&shop.read("drizzle/meta/_journal.json")).expect("JSON");
    let entries = journal["entries"].as_array().expect("entries");
    let newest = entries.last().expect("an entry");
    newest["tag"].as_str().expect("a tag").to_owned()
}

fn generate(shop: &Workspace, name: &str) -> String {
    let _ = shop.ok(&["db", "generate", "--name", name]);
    newest(shop)
}

fn revert(shop: &Workspace, tag: &str) -> Outcome {
    shop.ok(&["db", "generate", "--revert", tag])
}

#[test]
fn forth_and_back_leads_to_the_same_catalogs_at_every_step() {
    let mut shop = Workspace::new();
    let mut earlier = Vec::new();
    for step in 0..=10 {
        shop.grow(step);
        let before = dump(&shop.url);
        let tag = generate(&shop, &format!("step{step}"));
        let _ = shop.ok(&["db", "migrate"]);
        let after = dump(&shop.url);
        assert!(
            before.is_none() || before != after,
            "step {step} does nothing"
        );
        let _ = revert(&shop, &tag);
        let _ = shop.ok(&["db", "migrate"]);
        assert_eq!(dump(&shop.url), before, "step {step}");
        shop.assert_no_difference("database", "migrations");
        let again = generate(&shop, &format!("again{step}"));
        let _ = shop.ok(&["db", "migrate"]);
        assert_eq!(dump(&shop.url), after, "step {step}");
        if step == 0 {
            let _ = shop.query("INSERT INTO \"Orders\" (\"id\", \"symbol\") VALUES ('1', 'BTC')");
        }
        earlier.push((again, before));
    }
    for (tag, before) in earlier.into_iter().rev() {
        let _ = revert(&shop, &tag);
        let _ = shop.ok(&["db", "migrate"]);
        assert_eq!(dump(&shop.url), before, "{tag}");
    }
}

#[test]
fn a_migration_is_taken_back_with_all_after_it_and_what_is_lost_is_said() {
    let mut shop = Workspace::new();
    for (step, name) in [(4, "init"), (5, "drop_note"), (6, "add_label")] {
        shop.grow(step);
        let _ = generate(&shop, name);
    }
    let _ = shop.ok(&["db", "generate", "--custom", "--name", "backfill"]);
    shop.write(
        "drizzle/0003_backfill.sql",
        "-- once\nUPDATE \"Orders\" SET \"status\" = 'OPEN';\n",
    );
    let before = shop.state();
    let dry = shop.ok(&[
        "db",
        "generate",
        "--revert",
        "0001_drop_note.sql",
        "--dry-run",
    ]);
    assert!(before == shop.state(), "a dry run changed something");
    let reverted = revert(&shop, "0001_drop_note");
    for said in [&dry, &reverted] {
        assert!(
            said.stdout.contains("ADD COLUMN \"note\" text;"),
            "{}",
            said.stdout
        );
        for line in [
            "Taking back 0001_drop_note and what came after it: 0002_add_label, 0003_backfill\n",
            "not-reversible: what 0001_drop_note deleted does not come back: dropping column \"note\" of \"Orders\" deletes its values\n",
            "not-reversible: 0003_backfill has SQL of its own (line 2): what that did stays, but for what a later snapshot shows\n",
            "may-fail: enum \"Status\" loses 'EXPIRED', which fails if \"status\" of \"Orders\" holds it; change such rows first\n",
            "warning: the schema in the code differs from this state",
            "    - column note text\n",
        ] {
            assert!(said.stderr.contains(line), "{line}\n{}", said.stderr);
        }
    }
    assert_eq!(newest(&shop), "0004_revert_drop_note");
    shop.assert_no_difference("migrations:0000_init", "migrations");
    // Once the code says so too, nothing is left to say.
    shop.grow(4);
    let again = shop.ok(&["db", "generate"]);
    assert!(
        again.stderr.contains("No schema changes"),
        "{}",
        again.stderr
    );
    let named = shop.ok(&[
        "db",
        "generate",
        "--revert",
        "0004_revert_drop_note",
        "--name",
        "forth_again",
    ]);
    assert!(
        named.stderr.contains("drizzle/0005_forth_again.sql"),
        "{}",
        named.stderr
    );
    let same = shop.ok(&["db", "generate", "--revert", "0004_revert_drop_note"]);
    assert!(
        same.stderr.contains("The state is the same already"),
        "{}",
        same.stderr
    );
    assert!(!same.stderr.contains("warning"), "{}", same.stderr);
}

#[test]
fn a_migration_without_a_snapshot_changes_no_state() {
    let mut shop = Workspace::new().at_step(0);
    let _ = generate(&shop, "init");
    let _ = shop.ok(&["db", "generate", "--custom", "--name", "by_hand"]);
    // As it is where the file was written by hand.
    let first: serde_json::Value =
        serde_json::from_str(&shop.read("drizzle/meta/0000_snapshot.json")).expect("JSON");
    std::fs::remove_file(shop.path("drizzle/meta/0001_snapshot.json")).expect("a file");
    shop.write(
        "drizzle/0001_by_hand.sql",
        "UPDATE \"Orders\" SET \"note\" = '';",
    );
    shop.grow(1);
    let _ = generate(&shop, "add_stop");
    let last: serde_json::Value =
        serde_json::from_str(&shop.read("drizzle/meta/0002_snapshot.json")).expect("JSON");
    assert_eq!(first["id"], last["prevId"]);
    let reverted = revert(&shop, "0001_by_hand");
    assert_eq!(
        reverted.stdout,
        "ALTER TABLE \"Orders\" DROP COLUMN \"trailingStopPercent\";\n"
    );
    assert!(
        reverted
            .stderr
            .contains("0001_by_hand has SQL of its own (line 1)"),
        "{}",
        reverted.stderr
    );
    let of = shop.ok(&[
        "db",
        "diff",
        "--from",
        "migrations:0001_by_hand",
        "--to",
        "migrations:0000_init",
    ]);
    assert!(
        of.stderr.contains(
            "warning: 0001_by_hand has no snapshot, so this is the state after 0000_init"
        ),
        "{}",
        of.stderr
    );
}
