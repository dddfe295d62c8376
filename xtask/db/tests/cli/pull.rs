//! `db pull`: what it writes, what it leaves alone, and what comes of the baseline.

mod faults;

use std::thread;

use pg_devserver::TestServer;
use serde_json::Value;

use crate::client::{dump, psql};
use crate::workspace::{Outcome, Workspace};

const DATABASE: &str = r#"
CREATE SCHEMA audit; CREATE TYPE mood AS ENUM ('happy', 'it''s'); CREATE SEQUENCE ticket;
CREATE TABLE customers (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text COLLATE "C" NOT NULL UNIQUE, mood mood DEFAULT 'happy', tags text[] DEFAULT '{}');
CREATE TABLE "Orders" (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), customer bigint NOT NULL REFERENCES customers ON DELETE CASCADE,
    number integer DEFAULT nextval('ticket'), total numeric(10, 2) NOT NULL DEFAULT 0 CHECK (total >= 0));
CREATE INDEX ON "Orders" (customer DESC, number) WHERE total > 0; COMMENT ON TABLE "Orders" IS 'what was bought';
CREATE TABLE audit.trail (id serial PRIMARY KEY, at timestamptz DEFAULT now(), change jsonb DEFAULT '{}');
CREATE VIEW "Open" AS SELECT o.id, c.email FROM "Orders" o JOIN customers c ON c.id = o.customer;
INSERT INTO customers (email) VALUES ('a@b'), ('c@d');
"#;

const PULL: [&str; 4] = ["db", "pull", "--to", "src/schema.rs"];

fn database(sql: &str) -> Workspace {
    let shop = Workspace::new();
    psql(&shop.url, sql);
    shop
}

fn said(outcome: &Outcome, what: &str) {
    assert!(
        outcome.stderr.contains(what),
        "{what:?} is not in\n{}",
        outcome.stderr
    );
}

/// What the database remembers, by tag.
fn history(shop: &Workspace) -> Vec<String> {
    let is_there = shop.query("SELECT to_regclass('drizzle.__xtask_migrations') IS NOT NULL");
    if is_there == ["f"] {
        return Vec::new();
    }
    shop.query("SELECT x.tag FROM drizzle.__xtask_migrations x JOIN drizzle.__drizzle_migrations USING (created_at) WHERE x.applied_at IS NOT NULL")
}

#[test]
fn a_database_is_taken_over_without_a_change() {
    let shop = database(DATABASE);
    let before = dump(&shop.url);
    let pulled = shop.ok(&PULL);
    assert_eq!(pulled.stdout, "");
    assert_eq!(
        shop.anonymous(&pulled.stderr),
        "Pulling 127.0.0.1:PORT/DATABASE...\n\
         Wrote drizzle/0000_baseline.sql, recorded as applied in 127.0.0.1:PORT/DATABASE\n\
         Wrote src/schema.rs: 3 tables and 1 view\n\
         hint: declare it as a module (`mod schema;`) and give its function to the xtask: `schema: …::schema::schema`; then look at `cargo xtask db status`\n"
    );
    assert_eq!(dump(&shop.url), before);
    assert_eq!(shop.query("SELECT count(*) FROM customers"), ["2"]);
    assert_eq!(history(&shop), ["0000_baseline"]);
    assert!(
        shop.read("src/schema.rs")
            .contains("fn orders() -> Table {")
    );

    shop.assert_no_difference("migrations", "database");
    let status = shop.run(&["db", "status"]);
    assert!(
        status.stdout.contains("0000_baseline  applied"),
        "{}",
        status.stdout
    );
    let migrated = shop.ok(&["db", "migrate"]);
    assert_eq!(
        migrated.stderr,
        "Applying migrations...\nNothing to apply: the database has all of drizzle (1 migration)\n"
    );
    // Elsewhere the baseline is a migration as any other.
    let other = TestServer::shared().create_database("other");
    let _ = shop.ok(&["db", "migrate", "--database-url", &other]);
    assert_eq!(dump(&other), before);
}

#[test]
fn without_a_file_the_source_is_printed_and_nothing_is_written() {
    let shop = database(DATABASE);
    let before = shop.state();
    let printed = shop.ok(&["db", "pull"]);
    said(&printed, "Pulled 3 tables and 1 view\n");
    let json = shop.ok(&["db", "pull", "--json"]);
    assert!(before == shop.state(), "reading has changed something");
    let report: Value = serde_json::from_str(&json.stdout).expect("JSON");
    assert_eq!(report["source"].as_str(), Some(printed.stdout.as_str()));
    assert_eq!(report["file"], Value::Null);
    assert_eq!(report["baseline"], serde_json::json!([]));
    let _ = shop.ok(&PULL);
    assert_eq!(shop.read("src/schema.rs"), printed.stdout);
}

/// The text is the same where there is no rustfmt, as far as it is short of very long lines.
#[test]
fn the_source_needs_no_rustfmt() {
    let shop = database(DATABASE);
    let formatted = shop.ok(&["db", "pull"]).stdout;
    let without = shop.with_env("PATH", "/nowhere");
    assert_eq!(without.ok(&["db", "pull"]).stdout, formatted);
}

#[test]
fn a_file_that_is_there_is_replaced_only_if_that_is_said() {
    let shop = database(DATABASE);
    shop.write("schema.rs", "mine");
    let before = shop.state();
    let refused = shop.run(&["db", "pull", "--to", "schema.rs"]);
    assert_eq!(refused.code, Some(3));
    said(&refused, "Replace schema.rs, which is there already?");
    said(&refused, "`--overwrite`");
    assert!(before == shop.state());
    let _ = shop.ok(&["db", "pull", "--to", "schema.rs", "--overwrite"]);
    assert!(shop.read("schema.rs").starts_with("//! The schema"));
    assert_eq!(history(&shop), ["0000_baseline"]);
}

#[test]
fn there_is_no_baseline_where_something_describes_the_database_already() {
    // A folder that has migrations.
    let shop = database(DATABASE);
    let _ = shop.ok(&["db", "generate", "--name", "own"]);
    let migrations = shop.migrations();
    let pulled = shop.ok(&PULL);
    said(
        &pulled,
        "No baseline: drizzle (2 migrations) describes a database already\n",
    );
    assert_eq!(shop.migrations(), migrations);
    assert_eq!(history(&shop), [""; 0]);
    // A history of another folder.
    let shop = Workspace::new().at_step(0);
    let _ = shop.ok(&["db", "generate", "--name", "init", "--folder", "elsewhere"]);
    let _ = shop.ok(&["db", "migrate", "--folder", "elsewhere"]);
    let pulled = shop.ok(&PULL);
    said(
        &pulled,
        "No baseline: the database has a history of 1 migration already\n",
    );
    assert_eq!(shop.migrations(), []);
    assert_eq!(history(&shop), ["0000_init"]);
    // And where that is said.
    let shop = database(DATABASE);
    let pulled = shop.ok(&[&PULL[..], &["--no-baseline"]].concat());
    said(&pulled, "Wrote src/schema.rs: 3 tables and 1 view\n");
    assert_eq!((shop.migrations(), history(&shop)), (vec![], vec![]));
}

#[test]
fn an_empty_database_and_one_with_nothing_to_declare() {
    let shop = Workspace::new();
    let before = shop.state();
    let pulled = shop.ok(&PULL);
    said(&pulled, "There is nothing in 127.0.0.1:");
    assert!(before == shop.state());
    psql(
        &shop.url,
        "CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
    );
    let pulled = shop.ok(&PULL);
    said(
        &pulled,
        "No baseline: there is nothing that a migration could make\n",
    );
    let source = shop.read("src/schema.rs");
    assert!(
        source.contains(
            "// The database holds, and no declaration can state:\n// - function public.f()\n"
        ),
        "{source}"
    );
    assert_eq!((shop.migrations(), history(&shop)), (vec![], vec![]));
}

#[test]
fn what_no_declaration_states_is_told_and_stands_where_it_belongs() {
    let shop = database(DATABASE);
    psql(
        &shop.url,
        r#"CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
           CREATE TRIGGER "on update" BEFORE UPDATE ON "Orders" FOR EACH ROW EXECUTE FUNCTION touch(); ALTER TABLE audit.trail SET UNLOGGED;
           CREATE TABLE parts (id integer, day date, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
           CREATE TABLE uses (part integer, day date, FOREIGN KEY (part, day) REFERENCES parts)"#,
    );
    let pulled = shop.ok(&PULL);
    let source = shop.read("src/schema.rs");
    for line in [
        "// - function public.touch()\n// - partitioned table public.parts\n",
        "// Not declared: trigger \"on update\" on public.\"Orders\"\nfn orders() -> Table {",
        "// Not declared: table audit.trail (UNLOGGED)\nfn trail() -> Table {",
        ".with(pg_table(\"parts\", []).existing())\n",
    ] {
        assert!(source.contains(line), "{line:?} is not in\n{source}");
    }
    for line in [
        "\n  function public.touch()\n",
        "\n  trigger \"on update\" on public.\"Orders\"\n",
    ] {
        said(&pulled, line);
    }
    shop.assert_no_difference("database", "migrations");
    let json = shop.ok(&["db", "pull", "--json"]);
    let report: Value = serde_json::from_str(&json.stdout).expect("JSON");
    assert_eq!(report["outside"][0]["identity"], "public.touch()");
}

#[test]
fn what_is_left_out_is_not_pulled() {
    let shop = database(DATABASE);
    psql(
        &shop.url,
        "CREATE TABLE legacy_notes (customer bigint REFERENCES customers)",
    );
    let tables = |flags: &[&str]| {
        let source = shop.ok(&[&["db", "pull"], flags].concat()).stdout;
        let names = source
            .lines()
            .filter_map(|line| line.strip_prefix("fn ")?.split_once('('));
        names.map(|(name, _)| name.to_owned()).collect::<Vec<_>>()
    };
    let without_legacy = ["customers", "orders", "trail", "open"];
    assert_eq!(tables(&["--tables", "!legacy_*"]), without_legacy);
    assert_eq!(tables(&["--schemas", "audit"]), ["trail"]);
    assert_eq!(
        tables(&["--schemas", "!audit", "--tables", "customers"]),
        ["customers"]
    );
    let source = shop.ok(&["db", "pull", "--tables", "legacy_*"]).stdout;
    assert!(
        source.contains(".with(pg_table(\"customers\", []).existing())"),
        "{source}"
    );
    // The two together are the database again, but for those flags.
    let pulled = shop.ok(&[&PULL[..], &["--tables", "!legacy_*"]].concat());
    said(
        &pulled,
        "hint: what the flags left out counts again for the next command",
    );
    let same = [
        "db",
        "diff",
        "--from",
        "database",
        "--to",
        "migrations",
        "--tables",
        "!legacy_*",
    ];
    assert_eq!(shop.ok(&same).stdout, "");
}

/// Neither half of a baseline is there without the other.
#[test]
fn without_the_right_to_record_a_baseline_nothing_is_written() {
    let shop = database(DATABASE).with_role("a secret password");
    let before = shop.state();
    let refused = shop.run(&PULL);
    assert_eq!(refused.code, Some(1), "{}", refused.stderr);
    said(
        &refused,
        "cannot create the history of migrations in schema drizzle: ",
    );
    said(&refused, "\nNothing was written\n");
    said(&refused, "`--no-baseline` writes just the file");
    assert!(before == shop.state());
    let _ = shop.ok(&[&PULL[..], &["--no-baseline"]].concat());
    assert!(
        shop.read("src/schema.rs")
            .contains("fn customers() -> Table {")
    );
}

#[test]
fn a_folder_that_cannot_be_written_leaves_the_history_alone() {
    let shop = database(DATABASE).of_ordinary_user();
    shop.write("drizzle", "a file");
    let before = shop.state();
    let refused = shop.run(&PULL);
    assert_eq!(refused.code, Some(2), "{}", refused.stderr);
    assert!(before == shop.state());
    let shop = database(DATABASE);
    shop.write(".0000_baseline.sql.tmp", "");
    std::fs::create_dir_all(shop.path("drizzle/.0000_baseline.sql.tmp/x")).expect("a folder");
    let refused = shop.run(&PULL);
    assert_eq!(refused.code, Some(1), "{}", refused.stderr);
    assert_eq!((shop.migrations(), history(&shop)), (vec![], vec![]));
    assert!(!shop.path("src/schema.rs").exists());
}

#[test]
fn a_remote_database_is_asked_about_by_name() {
    let shop = database(DATABASE);
    let before = shop.state();
    let remote = "postgres://u:secret@db.example.invalid/prod";
    let refused = shop.run(&[&PULL[..], &["--database-url", remote]].concat());
    assert_eq!(refused.code, Some(3), "{}", refused.stderr);
    said(
        &refused,
        "Record the baseline in the history of db.example.invalid:5432/prod, which is not on this machine?",
    );
    said(&refused, "`--allow-remote`");
    said(&refused, "`--no-baseline`");
    assert!(!refused.stderr.contains("secret"));
    assert!(before == shop.state());
}

#[test]
fn of_several_at_once_one_writes_the_baseline() {
    let shop = database(DATABASE);
    thread::scope(|scope| {
        let pulls: Vec<_> = (0..4)
            .map(|number| {
                let file = format!("src/schema_{number}.rs");
                let shop = &shop;
                scope.spawn(move || shop.run(&["db", "pull", "--to", &file]))
            })
            .collect();
        let outcomes: Vec<_> = pulls
            .into_iter()
            .map(|it| it.join().expect("no panic"))
            .collect();
        for outcome in &outcomes {
            assert!(matches!(outcome.code, Some(0 | 1)), "{}", outcome.stderr);
        }
        let wrote = outcomes
            .iter()
            .filter(|it| it.stderr.contains("Wrote drizzle/0000_baseline.sql"));
        assert_eq!(wrote.count(), 1);
    });
    assert_eq!(history(&shop), ["0000_baseline"]);
    assert_eq!(shop.migrations().len(), 3);
}
