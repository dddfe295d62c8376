//! The SQL of a migration, and what has become of it in the history.

use std::fs;

use super::{APPLYING, Case, case, generated};
use crate::workspace::Workspace;

const SQL: &str = "drizzle/0001_broken.sql";

/// A second migration with this text.
fn with(sql: &'static str) -> impl Fn() -> Workspace + Send + Sync {
    move || {
        let shop = generated();
        let _ = shop.ok(&["db", "generate", "--custom", "--name", "broken"]);
        let _ = shop.ok(&["db", "migrate", "--to", "0000_init"]);
        fs::write(shop.path(SQL), sql).expect("a file");
        shop
    }
}

/// Two migrations that are applied.
fn migrated() -> Workspace {
    let mut shop = generated();
    shop.grow(1);
    let _ = shop.ok(&["db", "generate", "--name", "second"]);
    let _ = shop.ok(&["db", "migrate"]);
    shop
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = texts();
    cases.extend(history());
    cases
}

fn texts() -> Vec<Case> {
    const MIGRATE: &[&str] = &["db migrate", "db migrate --dry-run"];
    vec![
        case(
            "a statement that fails",
            APPLYING,
            1,
            with(
                "CREATE TABLE extra (id int);\n\nALTER TABLE \"Orders\"\n  ADD COLUMN fine text,\n  ADD COLUMN bad nosuchtype;\n",
            ),
        ),
        case(
            "a statement that fails on the data",
            &["db migrate"],
            1,
            with(
                "INSERT INTO \"Orders\" (\"id\", \"symbol\") VALUES ('1', 'BTC');\nINSERT INTO \"Orders\" (\"id\", \"symbol\") VALUES ('1', 'BTC');\n",
            ),
        ),
        case(
            "a syntax error",
            &["db migrate"],
            1,
            with("CREATE TABEL extra (id int);"),
        ),
        case(
            "something that exists already",
            &["db migrate"],
            1,
            with("CREATE TABLE \"Orders\" (id int);"),
        ),
        case(
            "an open quote",
            MIGRATE,
            1,
            with("SELECT 1;\nSELECT 'open;\n"),
        ),
        case(
            "an open dollar quote",
            MIGRATE,
            1,
            with("DO $body$ BEGIN\nEND; $$;\n"),
        ),
        case(
            "an open comment",
            MIGRATE,
            1,
            with("SELECT 1;\n/* open /* nested */\nSELECT 2;\n"),
        ),
        case(
            "a NUL byte",
            MIGRATE,
            1,
            with("SELECT 1;\nSELECT 'a\0b';\n"),
        ),
        case(
            "a COMMIT in the middle",
            MIGRATE,
            1,
            with("CREATE TABLE extra (id int);\nCOMMIT;\nSELECT 1;\n"),
        ),
        case(
            "what no transaction takes",
            MIGRATE,
            1,
            with("CREATE INDEX CONCURRENTLY extra ON \"Orders\" (\"symbol\");\n"),
        ),
        case(
            "a `-- no-transaction` that comes too late",
            MIGRATE,
            1,
            with("SELECT 1;\n-- no-transaction\n"),
        ),
        case(
            "a COPY from the client",
            &["db migrate"],
            1,
            with("COPY \"Orders\" FROM STDIN;\n"),
        ),
    ]
}

/// What the history says of the folder, and of what is there.
fn history() -> Vec<Case> {
    const MIGRATE: &[&str] = &["db migrate", "db migrate --dry-run"];
    vec![
        case("an edited migration", MIGRATE, 1, || {
            let shop = migrated();
            let sql = shop.read("drizzle/0000_init.sql");
            shop.write("drizzle/0000_init.sql", &format!("{sql}\n-- edited"));
            shop
        }),
        case("a migration that the folder has lost", MIGRATE, 1, || {
            let mut shop = generated();
            let journal = shop.read("drizzle/meta/_journal.json");
            shop.grow(1);
            let _ = shop.ok(&["db", "generate", "--name", "second"]);
            let _ = shop.ok(&["db", "migrate"]);
            shop.write("drizzle/meta/_journal.json", &journal);
            fs::remove_file(shop.path("drizzle/0001_second.sql")).expect("a file");
            shop
        }),
        case("a migration out of order", MIGRATE, 1, || {
            let shop = migrated();
            let _ = shop.query("DELETE FROM drizzle.__drizzle_migrations WHERE id = 1");
            shop
        }),
        case("a seed that fails", &["db seed --yes"], 1, || {
            migrated().with_env("SHOP_SEED_FAILS", "1")
        }),
        case(
            "what belongs to someone else",
            &["db seed --yes", "db reset --yes"],
            1,
            || {
                let shop = migrated();
                let _ = shop.query("CREATE SCHEMA reports; CREATE VIEW reports.open_orders AS SELECT * FROM public.\"Orders\"");
                shop
            },
        ),
    ]
}

/// As drizzle does: a file with nothing to run is applied, and remembered.
#[test]
fn an_empty_migration_is_applied_as_nothing() {
    let shop = generated();
    for (name, sql) in [
        ("empty", ""),
        ("comments", "-- nothing yet\n/* still nothing */\n"),
        ("marker", "--> statement-breakpoint\n"),
        ("mark", "\u{feff}"),
        ("semicolons", ";;\n"),
    ] {
        let _ = shop.ok(&["db", "generate", "--custom", "--name", name]);
        let journal = shop.read("drizzle/meta/_journal.json");
        let (_, tag) = journal.rsplit_once("\"tag\": \"").expect("a tag");
        let tag = tag.split('"').next().unwrap_or_default();
        shop.write(&format!("drizzle/{tag}.sql"), sql);
        let _ = shop.ok(&["db", "migrate"]);
    }
    assert_eq!(
        shop.query("SELECT count(*) FROM drizzle.__drizzle_migrations"),
        ["6"]
    );
    let _ = shop.ok(&["db", "status"]);
}
