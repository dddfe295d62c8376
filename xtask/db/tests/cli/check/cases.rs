//! Folders in which there is something to find.

use std::fs;

use pg_migration::{Folder, NewMigration, repeat_snapshot};
use serde_json::Value;

use super::{FIRST, JOURNAL, SECOND, branched, commit, git, grown};
use crate::workspace::Workspace;

pub(super) type Prepare = fn() -> Workspace;

pub(super) fn cases() -> impl Iterator<Item = (&'static str, Prepare)> {
    files().into_iter().chain(chains()).chain(in_git())
}

fn files() -> Vec<(&'static str, Prepare)> {
    vec![
        ("a schema that has grown", || grown().at_step(3)),
        ("a schema with mistakes", || {
            grown().with_env("SHOP_SCHEMA", "broken")
        }),
        ("SQL files and snapshots without a journal", || {
            let shop = grown();
            fs::remove_file(shop.path(JOURNAL)).expect("a file");
            shop
        }),
        ("a folder of drizzle-kit 1.0", || {
            let shop = Workspace::bare().with_folder();
            fs::create_dir(shop.path("drizzle/20260101000000_init")).expect("a directory");
            shop.write("drizzle/20260101000000_init/migration.sql", "SELECT 1;");
            shop
        }),
        ("a journal with the marks of a merge", || {
            let shop = grown();
            change(&shop, JOURNAL, |text| {
                text.replacen("    {", "<<<<<<< HEAD\n    {", 1)
            });
            shop
        }),
        ("a journal with several mistakes", || {
            let shop = grown();
            change(&shop, JOURNAL, |text| {
                let start = text.find("    {").expect("an entry");
                let end = text.find("\n  ]").expect("the end of the list");
                let entries = &text[start..end];
                let again = entries
                    .replace("0001_stop", "0002_again")
                    .replace("\"version\": \"7\"", "\"version\": \"8\"");
                format!("{},\n{again}{}", &text[..end], &text[end..])
                    .replace("postgresql", "sqlite")
            });
            shop
        }),
        ("a `when` that goes back", || {
            let shop = grown();
            change(&shop, JOURNAL, |text| {
                let (head, tail) = text.rsplit_once("\"when\": ").expect("an entry");
                let (_, rest) = tail.split_once(',').expect("more keys");
                format!("{head}\"when\": 1,{rest}")
            });
            shop
        }),
        (
            "an entry without its file, and files without an entry",
            || {
                let shop = grown();
                fs::rename(shop.path(SECOND), shop.path("drizzle/0001_renamed.sql"))
                    .expect("a file");
                shop.write("drizzle/meta/0007_snapshot.json", "{}");
                shop
            },
        ),
        ("files that cannot be read", || {
            let shop = grown();
            fs::write(shop.path(FIRST), b"SELECT 1;\nSELECT '\xe9';\n").expect("a file");
            fs::remove_file(shop.path(SECOND)).expect("a file");
            fs::create_dir(shop.path(SECOND)).expect("a directory");
            shop
        }),
        ("a file with the marks of a merge", || {
            let shop = grown();
            change(&shop, SECOND, |text| {
                format!("<<<<<<< HEAD\n{text}\n=======\nSELECT 1;\n>>>>>>> other\n")
            });
            shop
        }),
        ("files that cannot be run", || {
            let shop = grown();
            change(&shop, FIRST, |text| {
                format!(
                    "{text}\nCOMMIT;\nSELECT 1;\nCREATE INDEX CONCURRENTLY ON \"Orders\" (id);\nROLLBACK;\n"
                )
            });
            change(&shop, SECOND, |text| format!("{text}\nSELECT 'open;"));
            add(&shop, "late", repeated);
            change(&shop, "drizzle/0002_late.sql", |text| {
                format!("{text}\n-- no-transaction\nBEGIN;\n")
            });
            shop
        }),
    ]
}

fn chains() -> Vec<(&'static str, Prepare)> {
    vec![
        ("two branches that met: two migrations after one", || {
            let shop = grown();
            add(&shop, "venue", beside);
            shop
        }),
        ("two branches that met: one number twice", || {
            let shop = grown();
            shop.write("drizzle/0001_venue.sql", "SELECT 1;");
            change(&shop, JOURNAL, |text| {
                let start = text.rfind("    {").expect("an entry");
                let end = text.find("\n  ]").expect("the end of the list");
                let entry = text[start..end]
                    .replace("\"idx\": 1", "\"idx\": 2")
                    .replace("0001_stop", "0001_venue")
                    .replace("\"when\": 1", "\"when\": 2");
                format!("{},\n{entry}{}", &text[..end], &text[end..])
            });
            shop
        }),
        ("a snapshot that follows none", || {
            let shop = grown();
            change(&shop, "drizzle/meta/0001_snapshot.json", |text| {
                text.replace(
                    &value(text, "prevId"),
                    "11111111-2222-3333-4444-555555555555",
                )
            });
            shop
        }),
        ("a copied snapshot", || {
            let shop = grown();
            add(&shop, "copy", str::to_owned);
            shop
        }),
        ("a journal in another order than the snapshots", || {
            let shop = grown();
            add(&shop, "third", repeated);
            change(&shop, JOURNAL, |text| {
                text.replace("0001_stop", "0002_?")
                    .replace("0002_third", "0001_stop")
                    .replace("0002_?", "0002_third")
            });
            shop
        }),
        ("snapshots that are none", || {
            let shop = grown();
            change(&shop, "drizzle/meta/0000_snapshot.json", |text| {
                text.replacen("\"7\"", "\"5\"", 1)
            });
            change(&shop, "drizzle/meta/0001_snapshot.json", |text| {
                text[..text.len() / 2].to_owned()
            });
            add_after_broken(&shop);
            shop
        }),
    ]
}

/// A third migration whose snapshot is of a later tool.
fn add_after_broken(shop: &Workspace) {
    add(shop, "later", |_| {
        r#"{"version":"8","dialect":"postgresql","ddl":[]}"#.to_owned()
    });
}

fn in_git() -> Vec<(&'static str, Prepare)> {
    vec![
        ("an edited migration", || {
            let shop = branched();
            change(&shop, SECOND, |text| format!("-- why\n{text}"));
            shop
        }),
        ("an edited migration that is committed", || {
            let shop = branched();
            change(&shop, SECOND, |text| format!("{text} -- why"));
            commit(&shop);
            shop
        }),
        ("an edited snapshot", || {
            let shop = branched();
            change(&shop, "drizzle/meta/0000_snapshot.json", |text| {
                text.replacen("\"OPEN\"", "\"NEW\"", 1)
            });
            shop
        }),
        ("a snapshot that is taken away", || {
            let shop = branched();
            add(&shop, "third", repeated);
            commit(&shop);
            git(&shop.path(""), &["branch", "--force", "main"]);
            fs::remove_file(shop.path("drizzle/meta/0002_snapshot.json")).expect("a file");
            shop
        }),
        ("a migration that is taken away", || {
            let shop = branched().at_step(0);
            let folder = Folder::new(shop.path("drizzle"));
            let _ = folder.remove_newest().expect("a migration");
            shop
        }),
        ("another `when`", || {
            let shop = branched();
            change(&shop, JOURNAL, |text| {
                let (head, tail) = text.rsplit_once("\"when\": ").expect("an entry");
                let (_, rest) = tail.split_once(',').expect("more keys");
                format!("{head}\"when\": 9999999999999,{rest}")
            });
            shop
        }),
        ("a new migration before one that was there", || {
            let shop = branched();
            shop.write("drizzle/0000b_mine.sql", "SELECT 1;");
            change(&shop, JOURNAL, |text| {
                let start = text.find("    {").expect("an entry");
                let end = text.find("    },").expect("its end") + 7;
                let when: i64 = text[start..]
                    .split_once("\"when\": ")
                    .and_then(|(_, rest)| rest.split_once(',')?.0.parse().ok())
                    .expect("a number");
                let mine = text[start..end]
                    .replace("\"idx\": 0", "\"idx\": 9")
                    .replace("0000_init", "0000b_mine")
                    .replace(&when.to_string(), &(when + 1).to_string());
                let later = text[end..].replacen("\"when\": ", "\"when\": 9", 1);
                format!("{}{mine}{later}", &text[..end])
            });
            shop
        }),
        ("a shallow clone", || {
            let shop = branched();
            let origin = shop.path("").display().to_string();
            let clone = Workspace::bare().at_step(3);
            let clone = clone.with_env("GIT_CONFIG_GLOBAL", "/dev/null");
            git(
                &clone.path(""),
                &["init", "--quiet", "--initial-branch", "feature"],
            );
            let url = format!("file://{origin}");
            git(
                &clone.path(""),
                &["fetch", "--quiet", "--depth=1", &url, "feature"],
            );
            git(&clone.path(""), &["reset", "--quiet", "FETCH_HEAD"]);
            git(&clone.path(""), &["checkout", "--quiet", "--detach"]);
            git(&clone.path(""), &["checkout", "--quiet", "--", "drizzle"]);
            git(&clone.path(""), &["branch", "--quiet", "-D", "feature"]);
            clone
        }),
    ]
}

pub(super) fn change(shop: &Workspace, path: &str, change: impl Fn(&str) -> String) {
    let text = shop.read(path);
    let changed = change(&text);
    assert_ne!(changed, text, "{path} is not changed");
    shop.write(path, &changed);
}

/// One more migration without a change of state, its snapshot made of that of the newest.
pub(super) fn add(shop: &Workspace, name: &str, snapshot: impl Fn(&str) -> String) {
    let newest = shop.read("drizzle/meta/0001_snapshot.json");
    let migration = NewMigration {
        name: name.to_owned(),
        sql: "SELECT 1;".to_owned(),
        snapshot: snapshot(&newest),
        when: 0,
    };
    let folder = Folder::new(shop.path("drizzle"));
    folder.append(&[migration]).expect("a migration");
}

pub(super) fn repeated(snapshot: &str) -> String {
    repeat_snapshot(snapshot).expect("our own snapshot")
}

/// The value of a key at the top of a snapshot.
fn value(snapshot: &str, key: &str) -> String {
    let snapshot: Value = serde_json::from_str(snapshot).expect("JSON");
    snapshot[key].as_str().expect("a text").to_owned()
}

/// A snapshot that follows the same one as this.
fn beside(snapshot: &str) -> String {
    let repeated = repeated(snapshot);
    repeated.replace(&value(&repeated, "prevId"), &value(snapshot, "prevId"))
}
