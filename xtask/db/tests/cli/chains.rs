//! Two public projects' whole folders, which drizzle-kit wrote, from the corpus.

use std::fs;
use std::path::{Path, PathBuf};

use pg_schema::quote_literal;
use serde_json::Value;

use crate::workspace::Workspace;

/// A workspace with a copy of the project's folder, or `None` where the corpus is not.
fn workspace(project: &str) -> Option<Workspace> {
    let chains = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/chains");
    let folder = chains.join(project);
    if !folder.is_dir() {
        eprintln!(
            "skipped {project}, which is not here ({})",
            folder.display()
        );
        return None;
    }
    let shop = Workspace::new().with_folder();
    fs::create_dir(shop.path("drizzle/meta")).expect("a folder");
    for part in ["", "meta"] {
        for file in files(&folder.join(part)) {
            let name = file.file_name().expect("a file");
            let copy = shop.path("drizzle").join(part).join(name);
            fs::copy(&file, copy).expect("a copy");
        }
    }
    Some(shop)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a readable folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths.filter(|path| path.is_file()).collect()
}

/// The tags in the journal, and the rows that drizzle's migrator writes for them: the hash of the file's bytes and the journal's `when`.
fn journal(shop: &Workspace) -> (Vec<String>, Vec<String>) {
    let journal: Value =
        serde_json::from_str(&shop.read("drizzle/meta/_journal.json")).expect("JSON");
    let entries = journal["entries"].as_array().expect("entries");
    let tags: Vec<_> = entries
        .iter()
        .map(|entry| entry["tag"].as_str().expect("a tag").to_owned())
        .collect();
    let rows = entries.iter().zip(&tags).map(|(entry, tag)| {
        let sql = quote_literal(&shop.read(&format!("drizzle/{tag}.sql")));
        let hash = shop.query(&format!(
            "SELECT encode(sha256(convert_to({sql}, 'UTF8')), 'hex')"
        ));
        format!("{} {}", hash[0], entry["when"])
    });
    let rows = rows.collect();
    (tags, rows)
}

const HISTORY: &str =
    "SELECT hash || ' ' || created_at FROM drizzle.__drizzle_migrations ORDER BY id";

/// What `status` says of each migration.
fn states(shop: &Workspace) -> Vec<String> {
    let status = shop.run(&["db", "status", "--json"]);
    let report: Value = serde_json::from_str(&status.stdout).expect("JSON on stdout");
    let migrations = report["migrations"].as_array().expect("a list");
    migrations
        .iter()
        .map(|migration| migration["state"].as_str().expect("a state").to_owned())
        .collect()
}

fn applies_wholly(shop: &Workspace) {
    let (tags, rows) = journal(shop);
    let first = shop.ok(&["db", "migrate"]);
    for tag in &tags {
        assert!(
            first.stderr.contains(&format!("Applied: {tag}.sql")),
            "{tag}\n{}",
            first.stderr
        );
    }
    let again = shop.ok(&["db", "migrate"]);
    assert!(
        again.stderr.contains("Nothing to apply"),
        "{}",
        again.stderr
    );
    assert_eq!(shop.query(HISTORY), rows);
    assert_eq!(states(shop), vec!["applied"; tags.len()]);
}

#[test]
fn humantryx_applies_wholly() {
    if let Some(shop) = workspace("humantryx") {
        applies_wholly(&shop);
    }
}

#[test]
fn hushbox_applies_up_to_the_file_that_needs_a_newer_server() {
    let Some(shop) = workspace("hushbox") else {
        return;
    };
    let version: u32 = shop.query("SHOW server_version_num")[0]
        .parse()
        .expect("a number");
    if version >= 180_000 {
        applies_wholly(&shop);
        return;
    }
    let failed = shop.run(&["db", "migrate"]);
    assert_eq!(failed.code, Some(1));
    let (major, minor) = (version / 10_000, version % 10_000);
    let error = format!(
        "error: drizzle/0008_full_schema_overhaul.sql failed at statement 31 of 100

error: function uuidv7() does not exist (SQLSTATE 42883)
  --> drizzle/0008_full_schema_overhaul.sql:84:51
   |
84 | ALTER TABLE \"users\" ALTER COLUMN \"id\" SET DEFAULT uuidv7();
   |                                                   ^^^^^^
   |
   = hint: No function matches the given name and argument types. You might need to add explicit type casts.

It was rolled back; applied before it: 0000_clumsy_queen_noir, 0001_last_wendell_vaughn, 0002_lovely_typhoid_mary, 0003_confused_elektra, 0004_fair_stingray, 0005_normalize_balance_transactions, 0006_supreme_stranger, 0007_tiny_trauma
hint: `uuidv7()` needs PostgreSQL 18 or later, and this server is PostgreSQL {major}.{minor}: use a newer server, or do without it.
hint: correct drizzle/0008_full_schema_overhaul.sql, then run `cargo xtask db migrate` again
"
    );
    assert!(failed.stderr.ends_with(&error), "{}", failed.stderr);
    let (_, rows) = journal(&shop);
    assert_eq!(shop.query(HISTORY), rows[..8]);
    let states = states(&shop);
    assert_eq!(states[..8], ["applied"; 8]);
    assert!(
        states[8..].iter().all(|state| state == "pending"),
        "{states:?}"
    );
    // The failing file had dropped it.
    assert_eq!(
        shop.query("SELECT to_regclass('balance_transactions') IS NOT NULL"),
        ["t"]
    );
}

/// But that the example's schema is another.
#[test]
fn check_finds_nothing_wrong_with_them() {
    for project in ["humantryx", "hushbox"] {
        let Some(shop) = workspace(project) else {
            continue;
        };
        let checked = shop.run(&["db", "check", "--json"]);
        let report: Value = serde_json::from_str(&checked.stdout).expect("JSON");
        let findings = report["findings"].as_array().expect("a list").iter();
        let kinds: Vec<_> = findings.map(|finding| &finding["kind"]).collect();
        assert_eq!(kinds, ["schema-changed"], "{project}");
    }
}
