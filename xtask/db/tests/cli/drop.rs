//! `db drop`: what it removes, what it refuses, and that the folder is whole whenever its process ends.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use pg_migration::{Folder, NewMigration, repeat_snapshot};

use crate::check::git;
use crate::workspace::{Outcome, Workspace};

const DROP: [&str; 3] = ["db", "drop", "--yes"];
/// How often a process is killed while it removes.
const ROUNDS: u32 = 40;

/// Three migrations, of which the database has the first.
fn migrated() -> Workspace {
    let mut shop = Workspace::new();
    for (step, name) in [(0, "init"), (1, "stop"), (3, "venue")] {
        shop.grow(step);
        let _ = shop.ok(&["db", "generate", "--name", name]);
    }
    let _ = shop.ok(&["db", "migrate", "--to", "0000_init"]);
    shop
}

fn names(shop: &Workspace) -> Vec<String> {
    shop.migrations()
        .into_iter()
        .map(|(name, _)| name)
        .collect()
}

#[test]
fn the_newest_goes_until_the_database_has_it() {
    let shop = migrated();
    let before = shop.migrations();
    let dry = shop.ok(&["db", "drop", "--dry-run"]);
    assert!(
        dry.stderr
            .contains("0002_venue.sql, drizzle/meta/0002_snapshot.json, and its entry")
    );
    assert!(shop.migrations() == before);
    let unasked = shop.run(&["db", "drop"]);
    assert_eq!(unasked.code, Some(3), "{}", unasked.stderr);
    assert!(unasked.stderr.contains("`--yes`") && shop.migrations() == before);

    let venue = shop.read("drizzle/0002_venue.sql");
    let _ = shop.ok(&DROP);
    let unchanged = [
        "drizzle/0000_init.sql",
        "drizzle/0001_stop.sql",
        "drizzle/meta/0000_snapshot.json",
        "drizzle/meta/0001_snapshot.json",
        "drizzle/meta/_journal.json",
    ];
    assert_eq!(names(&shop), unchanged);
    // The state before it is that of the folder, so that the same comes again.
    let _ = shop.ok(&["db", "generate", "--name", "venue"]);
    assert_eq!(shop.read("drizzle/0002_venue.sql"), venue);
    let _ = shop.ok(&["db", "check"]);
    let _ = shop.ok(&DROP);
    let _ = shop.ok(&DROP);
    let refused = shop.run(&DROP);
    assert_eq!(refused.code, Some(1));
    for says in [
        "has 0000_init, so it stays",
        "--revert 0000_init",
        "--not-applied 0000_init",
    ] {
        assert!(refused.stderr.contains(says), "{}", refused.stderr);
    }
    let _ = shop.ok(&["db", "resolve", "--not-applied", "0000_init", "--yes"]);
    let _ = shop.ok(&DROP);
    assert_eq!(names(&shop), ["drizzle/meta/_journal.json"]);
    let none = shop.ok(&DROP);
    assert!(none.stderr.contains("Nothing to drop"), "{}", none.stderr);
}

#[test]
fn where_no_database_can_be_asked_a_flag_decides() {
    let shop = migrated();
    let before = shop.migrations();
    let nowhere = "postgres://me:secret@127.0.0.1:1/shop";
    let unreachable = shop.run(&["db", "drop", "--yes", "--database-url", nowhere]);
    shop.write(".env.local", "");
    let unnamed = shop.run(&DROP);
    for refused in [unreachable, unnamed] {
        assert_eq!(refused.code, Some(3), "{}", refused.stderr);
        assert!(refused.stderr.contains("`--offline`"), "{}", refused.stderr);
        assert!(!refused.stderr.contains("secret"));
        assert!(shop.migrations() == before);
    }
    let _ = shop.ok(&["db", "drop", "--yes", "--offline"]);
    assert_eq!(names(&shop).len() + 2, before.len());
}

#[test]
fn a_custom_migration_goes_without_a_snapshot_or_with_one() {
    let shop = migrated();
    let _ = shop.ok(&["db", "generate", "--custom", "--name", "fill"]);
    fs::remove_file(shop.path("drizzle/meta/0003_snapshot.json")).expect("a file");
    let dropped = shop.ok(&DROP);
    assert!(
        dropped
            .stderr
            .contains("drizzle/0003_fill.sql, and its entry"),
        "{}",
        dropped.stderr
    );
    let _ = shop.ok(&["db", "check"]);
    let _ = shop.ok(&["db", "generate", "--custom", "--name", "fill"]);
    let _ = shop.ok(&DROP);
    let _ = shop.ok(&["db", "check"]);
}

#[test]
fn a_half_done_migration_stays_and_so_does_one_that_another_follows() {
    let shop = migrated();
    let _ = shop.ok(&["db", "migrate"]);
    let _ = shop.ok(&["db", "generate", "--custom", "--name", "half"]);
    shop.write(
        "drizzle/0003_half.sql",
        "-- no-transaction\nCREATE TABLE a (a int);\nSELECT 1/0;",
    );
    assert_eq!(shop.run(&["db", "migrate"]).code, Some(1));
    let refused = shop.run(&DROP);
    assert_eq!(refused.code, Some(1));
    assert!(
        refused.stderr.contains("has 0003_half half done"),
        "{}",
        refused.stderr
    );
    let _ = shop.ok(&["db", "resolve", "--not-applied", "0003_half", "--yes"]);
    let _ = shop.ok(&DROP);

    let journal = "drizzle/meta/_journal.json";
    let swapped = shop
        .read(journal)
        .replace("0001_stop", "?")
        .replace("0002_venue", "0001_stop");
    shop.write(journal, &swapped.replace('?', "0002_venue"));
    let refused = shop.run(&["db", "drop", "--yes", "--offline"]);
    assert_eq!(refused.code, Some(1));
    assert!(
        refused.stderr.contains("`cargo xtask db check` says"),
        "{}",
        refused.stderr
    );
}

#[test]
fn what_the_default_branch_has_is_said_to_be_shared() {
    let shop = migrated();
    let root = shop.path("");
    git(&root, &["init", "--quiet", "--initial-branch", "main"]);
    git(&root, &["add", "--all"]);
    let alone = shop.ok(&["db", "drop", "--dry-run"]);
    assert!(!alone.stderr.contains("warning"), "{}", alone.stderr);
    git(&root, &["commit", "--quiet", "--message", "three"]);
    let shared = shop.ok(&["db", "drop", "--dry-run"]);
    assert!(
        shared.stderr.contains("warning: main has it ("),
        "{}",
        shared.stderr
    );
}

/// Whoever reads or writes the folder next finds it with the migration, or without.
#[test]
fn a_process_that_is_killed_while_it_removes_leaves_a_whole_folder() {
    let shop = Workspace::bare().at_step(0);
    let _ = shop.ok(&["db", "generate", "--name", "init"]);
    let folder = Folder::new(shop.path("drizzle"));
    let mut snapshot = shop.read("drizzle/meta/0000_snapshot.json");
    for number in 0..40 {
        snapshot = repeat_snapshot(&snapshot).expect("our own snapshot");
        let migration = NewMigration {
            name: format!("custom{number}"),
            sql: "SELECT 1;".to_owned(),
            snapshot: snapshot.clone(),
            when: 0,
        };
        folder.append(&[migration]).expect("a migration");
    }
    let newest = NewMigration {
        name: "newest".to_owned(),
        sql: "SELECT 1;".to_owned(),
        snapshot: repeat_snapshot(&snapshot).expect("our own snapshot"),
        when: 0,
    };
    let without = shop.migrations();
    let (mut stayed, mut killed) = (0, 0);
    for round in 0..ROUNDS {
        folder
            .append(std::slice::from_ref(&newest))
            .expect("a migration");
        let mut command = shop.command(&["db", "drop", "--yes", "--offline"]);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().expect("it starts");
        let hidden = || {
            let entries = fs::read_dir(shop.path("drizzle/meta")).expect("a folder");
            let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
            names.filter(|name| name.starts_with('.')).count()
        };
        while hidden() == 0 && child.try_wait().expect("our child").is_none() {}
        thread::sleep(Duration::from_micros(u64::from(round) * 60));
        let _ = child.kill();
        killed += u32::from(!child.wait().expect("our child").success());

        let read = folder.load().expect("a whole folder");
        assert!(
            read.stray.is_empty() && read.unreferenced_snapshots().is_empty(),
            "round {round}"
        );
        let is_there = read.files.len() == 42;
        let _ = shop.ok(&["db", "check"]);
        drop(folder.lock().expect("a writer"));
        assert_eq!(
            shop.migrations().len(),
            without.len() + if is_there { 2 } else { 0 }
        );
        if is_there {
            stayed += 1;
            let _ = folder.remove_newest().expect("a migration");
        }
        assert!(shop.migrations() == without, "round {round}");
    }
    assert!(
        killed > 0 && stayed < ROUNDS,
        "{killed} killed, {stayed} stayed"
    );
}

pub(crate) fn drizzle_kit() -> Option<PathBuf> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migration/tests/drizzle");
    let kit = fixtures.join("node_modules/drizzle-kit/bin.cjs");
    if !kit.is_file() {
        eprintln!(
            "skipped the real drizzle-kit: `npm install` was not run in {}",
            fixtures.display()
        );
        return None;
    }
    Some(fixtures)
}

/// Gives it the schema, and the database.
pub(crate) fn set_up_drizzle_kit(fixtures: &Path, shop: &Workspace) {
    let modules = fixtures.join("node_modules");
    std::os::unix::fs::symlink(modules, shop.path("node_modules")).expect("a link");
    fs::copy(fixtures.join("turns/schema.ts"), shop.path("schema.ts")).expect("a copy");
    let config = serde_json::json!({
        "dialect": "postgresql",
        "schema": "./schema.ts",
        "out": "./drizzle",
        "dbCredentials": { "url": shop.url },
    });
    shop.write("drizzle.config.ts", &format!("export default {config};"));
}

/// What it says; it exits with 0 even where it fails.
pub(crate) fn kit(fixtures: &Path, shop: &Workspace, step: &str, arguments: &[&str]) -> String {
    let mut command = Command::new("node");
    command
        .arg(fixtures.join("node_modules/drizzle-kit/bin.cjs"))
        .args(arguments)
        .current_dir(shop.path(""))
        .env("SHOP_STEP", step)
        .stdin(Stdio::null());
    let outcome = Outcome::of(command);
    outcome.stdout + &outcome.stderr
}

#[test]
fn drizzle_kit_goes_on_from_the_folder_as_it_is_then() {
    let Some(fixtures) = drizzle_kit() else {
        return;
    };
    let shop = migrated();
    set_up_drizzle_kit(&fixtures, &shop);
    let shop = shop.at_step(1);
    let _ = shop.ok(&DROP);
    let checked = kit(&fixtures, &shop, "1", &["check"]);
    assert!(checked.contains("Everything's fine"), "{checked}");
    let unchanged = kit(&fixtures, &shop, "1", &["generate"]);
    assert!(unchanged.contains("No schema changes"), "{unchanged}");
    // Its own next one, and ours away again.
    let written = kit(&fixtures, &shop, "3", &["generate", "--name", "theirs"]);
    assert!(written.contains("0002_theirs.sql"), "{written}");
    let shop = shop.at_step(3);
    let _ = shop.ok(&["db", "check"]);
    let _ = shop.ok(&DROP);
    let unchanged = kit(&fixtures, &shop, "1", &["generate"]);
    assert!(unchanged.contains("No schema changes"), "{unchanged}");
}
