//! `db check`: a table of all that it can find, with what it says in `check.txt`; and places in which there is nothing to find.

mod cases;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::workspace::{Outcome, Workspace};
use cases::{add, cases, change, repeated};

const JOURNAL: &str = "drizzle/meta/_journal.json";
const FIRST: &str = "drizzle/0000_init.sql";
const SECOND: &str = "drizzle/0001_stop.sql";

/// Every kind of finding, so that none is missing in the table.
const KINDS: [&str; 24] = [
    "broken-chain",
    "duplicate-id",
    "edited",
    "edited-snapshot",
    "forked-chain",
    "inserted",
    "journal",
    "merge-marks",
    "missing-file",
    "newer-layout",
    "no-journal",
    "out-of-chain",
    "removed",
    "removed-snapshot",
    "schema",
    "schema-changed",
    "script",
    "shared-snapshot",
    "snapshot",
    "stray-file",
    "stray-snapshot",
    "unreadable",
    "when-changed",
    "when-goes-back",
];

pub(crate) fn git(directory: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .args(arguments)
        .current_dir(directory)
        .envs([
            ("GIT_CONFIG_GLOBAL", "/dev/null"),
            ("GIT_CONFIG_SYSTEM", "/dev/null"),
            ("GIT_AUTHOR_NAME", "me"),
            ("GIT_AUTHOR_EMAIL", "me@example.invalid"),
            ("GIT_COMMITTER_NAME", "me"),
            ("GIT_COMMITTER_EMAIL", "me@example.invalid"),
        ])
        .output()
        .expect("git is installed");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(
        output.status.success(),
        "git {arguments:?}\n{}",
        text(&output.stderr)
    );
    text(&output.stdout).trim().to_owned()
}

/// Two migrations, as the schema has grown.
fn grown() -> Workspace {
    let mut shop = Workspace::bare()
        .at_step(0)
        .with_env("GIT_CONFIG_GLOBAL", "/dev/null")
        .with_env("GIT_CONFIG_SYSTEM", "/dev/null");
    let _ = shop.ok(&["db", "generate", "--name", "init"]);
    shop.grow(1);
    let _ = shop.ok(&["db", "generate", "--name", "stop"]);
    shop
}

fn commit(shop: &Workspace) {
    let root = shop.path("");
    if !shop.path(".git").exists() {
        git(&root, &["init", "--quiet", "--initial-branch", "main"]);
    }
    git(&root, &["add", "--all"]);
    git(&root, &["commit", "--quiet", "--message", "a commit"]);
}

/// As [`grown`], on a branch that has just left `main`.
fn branched() -> Workspace {
    let shop = grown();
    commit(&shop);
    git(
        &shop.path(""),
        &["switch", "--quiet", "--create", "feature"],
    );
    shop
}

/// A text without ids, and without the names of commits.
fn anonymous(shop: &Workspace, text: &str) -> String {
    let mut text = shop.anonymous(text);
    if shop.path(".git").exists() {
        for commit in git(&shop.path(""), &["rev-list", "--all"]).lines() {
            text = text.replace(&commit[..9], "COMMIT");
        }
    }
    let mut anonymous = String::new();
    for line in text.split_inclusive('\n') {
        let words: Vec<_> = line
            .split(' ')
            .map(|word| {
                let number = word.trim_matches(['`', ')', ',', ':', '\n']);
                let is_number = number.len() == 13 && number.bytes().all(|b| b.is_ascii_digit());
                match word.len() {
                    36 if word.matches('-').count() == 4 => "ID",
                    _ if is_number => return word.replace(number, "WHEN"),
                    _ => word,
                }
                .to_owned()
            })
            .collect();
        anonymous.push_str(&words.join(" "));
    }
    anonymous
}

/// After a change that is meant: `UPDATE=1 cargo test -p xtask-db all_that_can_be_found`, and then read what has changed.
#[test]
fn all_that_can_be_found_is_said_as_recorded() {
    let mut text = String::new();
    let mut kinds = BTreeSet::new();
    for (name, prepare) in cases() {
        let shop = prepare();
        let before = shop.state();
        let said = shop.run(&["db", "check"]);
        let json = shop.run(&["db", "check", "--json"]);
        assert!(shop.state() == before, "{name}: it wrote something");
        let _ = writeln!(
            text,
            "## {name}\n\n{}{}",
            anonymous(&shop, &said.stdout),
            anonymous(&shop, &said.stderr)
        );
        assert_eq!((said.code, json.code), (Some(1), Some(1)), "{name}\n{text}");
        let report: Value = serde_json::from_str(&json.stdout).expect("JSON");
        assert_eq!(report["ok"], false, "{name}");
        for finding in report["findings"].as_array().expect("a list") {
            let kind = finding["kind"].as_str().expect("a text");
            assert!(said.stdout.contains(&format!("[{kind}]")), "{name}: {kind}");
            assert!(
                finding["mend"]
                    .as_str()
                    .is_some_and(|mend| !mend.is_empty())
            );
            kinds.insert(kind.to_owned());
        }
    }
    assert_eq!(kinds.iter().map(String::as_str).collect::<Vec<_>>(), KINDS);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/check.txt");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &text).expect("the record can be written");
    }
    let recorded = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        text == recorded,
        "what check finds has changed; if that is meant: UPDATE=1 cargo test -p xtask-db all_that_can_be_found\n{text}"
    );
}

#[track_caller]
fn finds_nothing(shop: &Workspace, says: &str) {
    is_fine(&shop.run(&["db", "check"]), says);
}

#[track_caller]
fn is_fine(outcome: &Outcome, says: &str) {
    let said = format!("{}{}", outcome.stdout, outcome.stderr);
    assert_eq!(outcome.code, Some(0), "{said}");
    assert!(outcome.stdout.is_empty() && said.contains(says), "{said}");
}

#[test]
fn nothing_is_found_where_there_is_nothing() {
    let shop = grown();
    finds_nothing(&shop, "this is no git repository");
    git(
        &shop.path(""),
        &["init", "--quiet", "--initial-branch", "main"],
    );
    finds_nothing(&shop, "nothing is committed yet");
    commit(&shop);
    finds_nothing(&shop, "nothing of main (");
    let mut shop = shop;

    // A migration that is new, whether it is committed or not.
    git(
        &shop.path(""),
        &["switch", "--quiet", "--create", "feature"],
    );
    shop.grow(3);
    let _ = shop.ok(&["db", "generate", "--name", "venue"]);
    finds_nothing(&shop, "drizzle (3 migrations) agrees with the schema");
    change(&shop, "drizzle/0002_venue.sql", |sql| {
        format!("-- mine\n{sql}")
    });
    commit(&shop);
    change(&shop, "drizzle/0002_venue.sql", |sql| {
        format!("-- still mine\n{sql}")
    });
    finds_nothing(&shop, "nothing of main (");

    // Line ends, byte order marks, and the layout of JSON.
    for path in [FIRST, SECOND, JOURNAL, "drizzle/meta/0001_snapshot.json"] {
        change(&shop, path, |text| {
            format!("\u{feff}{}", text.replace('\n', "\r\n"))
        });
    }
    change(&shop, "drizzle/meta/0000_snapshot.json", |text| {
        let value: Value = serde_json::from_str(text).expect("JSON");
        value.to_string()
    });
    finds_nothing(&shop, "nothing of main (");
    git(&shop.path(""), &["checkout", "--quiet", "--", "."]);

    // Where git is not.
    let mut without_git = shop.command(&["db", "check"]);
    without_git.env("PATH", "/nowhere");
    is_fine(&Outcome::of(without_git), "git cannot be run");

    // A detached head, another work tree, and a clone, below its top.
    git(&shop.path(""), &["checkout", "--quiet", "--detach"]);
    finds_nothing(&shop, "nothing of main (");
    let elsewhere = tempfile::tempdir().expect("a folder");
    let tree = elsewhere.path().join("a tree");
    let path = tree.display().to_string();
    git(
        &shop.path(""),
        &["worktree", "add", "--quiet", &path, "feature"],
    );
    let clone = elsewhere.path().join("clone");
    let origin = shop.path("").display().to_string();
    let path = clone.display().to_string();
    git(
        elsewhere.path(),
        &["clone", "--quiet", "--branch", "feature", &origin, &path],
    );
    for (directory, branch) in [(&tree, "nothing of main ("), (&clone, "nothing of origin/")] {
        let mut check = shop.command(&["db", "check"]);
        check.current_dir(directory);
        is_fine(&Outcome::of(check), branch);
        assert_eq!(git(directory, &["status", "--short"]), "");
    }
    let outer = elsewhere.path().join("outer");
    let below = outer.join("an inner");
    fs::create_dir_all(&below).expect("a folder");
    git(&outer, &["init", "--quiet", "--initial-branch", "master"]);
    fs::rename(tree.join("drizzle"), below.join("drizzle")).expect("a folder");
    fs::write(below.join("Cargo.toml"), "[workspace]\n").expect("a file");
    git(&outer, &["add", "--all"]);
    git(&outer, &["commit", "--quiet", "--message", "moved"]);
    let mut check = shop.command(&["db", "check"]);
    check.current_dir(&below);
    is_fine(&Outcome::of(check), "nothing of master (");
    fs::write(below.join("drizzle/0000_init.sql"), "SELECT 1;").expect("a file");
    let mut check = shop.command(&["db", "check"]);
    check.current_dir(&below);
    let found = Outcome::of(check);
    assert_eq!(found.code, Some(1));
    assert!(
        found.stdout.starts_with("drizzle/0000_init.sql:1: "),
        "{}",
        found.stdout
    );
}

/// Not mended here, so no finding; but it is better known before the branches meet.
#[test]
fn a_default_branch_that_has_gone_on_is_warned_of() {
    let shop = branched();
    let root = shop.path("");
    add(&shop, "mine", repeated);
    commit(&shop);
    git(&root, &["switch", "--quiet", "main"]);
    finds_nothing(&shop, "drizzle (2 migrations)");
    add(&shop, "theirs", repeated);
    commit(&shop);
    git(&root, &["switch", "--quiet", "feature"]);
    let says = "warning: main has got 0002_theirs since this branch left it, which added 0002_mine";
    finds_nothing(&shop, says);
    let json = shop.ok(&["db", "check", "--json"]);
    let report: Value = serde_json::from_str(&json.stdout).expect("JSON");
    assert_eq!(report["collides"]["ours"][0], "0002_mine");
    // One that has nothing of its own only lags behind.
    git(&root, &["switch", "--quiet", "--detach", "main~1"]);
    let outcome = shop.ok(&["db", "check"]);
    assert!(!outcome.stderr.contains("warning"), "{}", outcome.stderr);
}

/// A writer at work, or one that was killed, is no finding.
#[test]
fn what_is_being_written_is_not_found() {
    let shop = grown();
    let journal = shop.read(JOURNAL);
    add(&shop, "third", repeated);
    let new = shop.read(JOURNAL);
    shop.write(JOURNAL, &journal);
    let found = shop.run(&["db", "check"]);
    assert!(found.stdout.contains("[stray-file]"), "{}", found.stdout);
    shop.write("drizzle/meta/._journal.json.tmp", &new);
    finds_nothing(&shop, "drizzle (2 migrations)");
}

#[test]
fn a_folder_that_is_not_there_lacks_all_of_the_schema() {
    let shop = Workspace::bare().at_step(0);
    let found = shop.run(&["db", "check"]);
    assert_eq!(found.code, Some(1));
    assert!(found.stdout.contains("+ table Orders"), "{}", found.stdout);
    assert!(!shop.path("drizzle").exists());
    let shop = shop.at_step(0).with_folder();
    let _ = shop.ok(&["db", "generate"]);
    finds_nothing(&shop, "drizzle (1 migration)");
}
