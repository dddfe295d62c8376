//! A workspace of someone else's, built from nothing: its own xtask mounts the commands, and its database is taken over.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use pg_devserver::TestServer;
use postgres::{Client, NoTls};
use tempfile::TempDir;

use crate::client::{dump, psql};
use crate::facts::column;
use crate::workspace::{Outcome, shop};

struct Foreign {
    folder: TempDir,
    url: String,
}

/// The whole of its xtask.
const XTASK: &str = "use std::process::ExitCode;

use xtask_db::Project;

fn main() -> ExitCode {
    xtask_db::run(Project {
        name: \"bookshop\",
        schema: bookshop::schema,
        ..Project::default()
    })
}
";

/// What the application has before it has a schema.
const NO_SCHEMA: &str = "use pg_schema::prelude::*;

pub fn schema() -> Declaration {
    Declaration::new()
}
";

impl Foreign {
    /// With a database in which this has been run. The name is no other workspace's, since cargo would take their packages for the same.
    fn new(name: &str, sql: &str) -> Self {
        let (app, xtask) = (format!("{name}-app"), format!("{name}-xtask"));
        let url = TestServer::shared().create_database("bookshop");
        psql(&url, sql);
        let folder = TempDir::new().expect("a temporary folder");
        let foreign = Self { folder, url };
        let root = root();
        let manifest = fs::read_to_string(root.join("Cargo.toml")).expect("our own manifest");
        // The profile is ours, so that what is compiled already is of use; so are the versions, so that nothing is fetched.
        let (_, profile) = manifest.split_once("[profile.dev]").expect("a profile");
        foreign.write(
            "Cargo.toml",
            &format!("[workspace]\nresolver = \"3\"\nmembers = [\"app\", \"xtask\"]\n\n[profile.dev]{profile}"),
        );
        fs::copy(root.join("Cargo.lock"), foreign.path("Cargo.lock")).expect("our own lock");
        let package = |name: &str, dependencies: &str| {
            format!(
                "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n{dependencies}"
            )
        };
        let ours = |name: &str, path: &str| {
            let path = root.join("xtask").join(path);
            format!("{name} = {{ path = '{}' }}\n", path.display())
        };
        let library = "\n[lib]\nname = \"bookshop\"\n";
        foreign.write(
            "app/Cargo.toml",
            &(package(&app, &ours("pg-schema", "schema")) + library),
        );
        foreign.write("app/src/lib.rs", NO_SCHEMA);
        let dependencies = format!(
            "bookshop = {{ package = \"{app}\", path = \"../app\" }}\n{}",
            ours("xtask-db", "db")
        );
        foreign.write("xtask/Cargo.toml", &package(&xtask, &dependencies));
        foreign.write("xtask/src/main.rs", XTASK);
        foreign.write(
            ".cargo/config.toml",
            &format!("[alias]\nxtask = \"run --quiet --package {xtask} --\"\n"),
        );
        foreign.write(".env.local", &format!("DATABASE_URL='{}'\n", foreign.url));
        foreign
    }

    fn path(&self, relative: &str) -> PathBuf {
        self.folder.path().join(relative)
    }

    fn write(&self, relative: &str, text: &str) {
        let path = self.path(relative);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    fn read(&self, relative: &str) -> String {
        fs::read_to_string(self.path(relative))
            .unwrap_or_else(|error| panic!("{relative}: {error}"))
    }

    /// `cargo xtask db …` as its owner types it.
    fn xtask(&self, arguments: &[&str]) -> Outcome {
        let mut cargo = Command::new(env!("CARGO"));
        cargo
            .args(["--offline", "xtask", "db"])
            .args(arguments)
            .current_dir(self.folder.path())
            .env("CARGO_TARGET_DIR", target())
            .env_remove("DATABASE_URL")
            .stdin(Stdio::null());
        Outcome::of(cargo)
    }

    fn ok(&self, arguments: &[&str]) -> Outcome {
        let outcome = self.xtask(arguments);
        let Outcome {
            code,
            stdout,
            stderr,
        } = &outcome;
        assert_eq!(*code, Some(0), "{arguments:?}\n{stdout}\n{stderr}");
        outcome
    }

    fn query(&self, sql: &str) -> Vec<String> {
        let mut client = Client::connect(&self.url, NoTls).expect("the test server accepts us");
        column(&mut client, sql)
    }

    /// What a deployment makes in an empty database: the program and the folder alone, elsewhere.
    fn deployed(&self) -> String {
        let url = TestServer::shared().create_database("deployed");
        let image = TempDir::new().expect("a temporary folder");
        let path = |relative: &str| image.path().join(relative);
        fs::create_dir_all(path("drizzle/meta")).expect("a folder");
        for file in [
            "0000_baseline.sql",
            "meta/_journal.json",
            "meta/0000_snapshot.json",
        ] {
            fs::write(
                path("drizzle").join(file),
                self.read(&format!("drizzle/{file}")),
            )
            .expect("a file");
        }
        fs::copy(target().join("debug/bookshop-xtask"), path("xtask")).expect("the program");
        let mut migrate = Command::new(path("xtask"));
        migrate
            .args(["db", "migrate"])
            .current_dir(image.path())
            .env_clear()
            .env("DATABASE_URL", &url);
        let migrated = Outcome::of(migrate);
        assert_eq!(migrated.code, Some(0), "{}", migrated.stderr);
        url
    }

    /// That neither the folder nor the database wants anything.
    fn assert_up_to_date(&self) {
        let generated = self.ok(&["generate"]);
        assert!(
            generated
                .stderr
                .contains("No schema changes, nothing to generate"),
            "{}",
            generated.stderr
        );
        let _ = self.ok(&["status"]);
        let _ = self.ok(&["diff", "--from", "database", "--exit-code"]);
        let pushed = self.ok(&["push", "--dry-run"]);
        assert_eq!(pushed.stdout, "", "{}", pushed.stderr);
    }
}

/// The README shows this database.
fn assert_in_readme(foreign: &Foreign, said: &str) {
    let readme = fs::read_to_string(root().join("README.md")).expect("the README");
    let plain = readme.replace("📦 ", "").replace("✅ ", "");
    let (_, address) = foreign.url.split_once('@').expect("a host");
    let said = said.replace(address, "127.0.0.1:28592/bookshop");
    assert!(plain.contains(&said), "not in the README:\n{said}");
    let source = foreign.read("app/src/schema.rs");
    let (_, books) = source
        .split_once("// Not declared: trigger")
        .expect("a comment");
    let (books, _) = books.split_once("\n}\n").expect("an end");
    assert!(readme.contains(books), "not in the README:\n{books}");
    assert!(readme.contains(XTASK));
}

fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.canonicalize().expect("our own workspace")
}

/// Where the example that the tests run was built.
fn target() -> PathBuf {
    let shop = shop();
    let target = shop.ancestors().nth(3);
    target.expect("target/debug/examples/shop").to_owned()
}

#[test]
fn a_database_becomes_a_schema_in_a_workspace_of_its_own_and_grows() {
    let foreign = Foreign::new(
        "bookshop",
        "CREATE TYPE binding AS ENUM ('soft', 'hard');
         CREATE TABLE authors (id serial PRIMARY KEY, name varchar(80) NOT NULL UNIQUE);
         CREATE TABLE books (isbn text PRIMARY KEY, author integer NOT NULL REFERENCES authors ON DELETE CASCADE, binding binding DEFAULT 'soft',
             price numeric(8, 2) DEFAULT 9.99 CHECK (price >= 0), since timestamptz DEFAULT now());
         CREATE INDEX books_author ON books (author, lower(isbn)); CREATE VIEW cheap AS SELECT isbn FROM books WHERE price < 5;
         INSERT INTO authors (name) VALUES ('A'); INSERT INTO books VALUES ('1', 1);
         CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.since = now(); RETURN NEW; END';
         CREATE TRIGGER touch BEFORE UPDATE ON books FOR EACH ROW EXECUTE FUNCTION touch()",
    );
    let before = dump(&foreign.url);
    let pulled = foreign.ok(&["pull", "--to", "app/src/schema.rs"]);
    assert_in_readme(&foreign, &pulled.stderr);
    foreign.write("app/src/lib.rs", "mod schema;\n\npub use schema::schema;\n");
    foreign.assert_up_to_date();
    assert_eq!(dump(&foreign.url), before);
    let elsewhere = foreign.deployed();
    psql(&foreign.url, "DROP FUNCTION touch CASCADE");
    assert_eq!(dump(&elsewhere), dump(&foreign.url));

    let source = foreign.read("app/src/schema.rs");
    let grown = source.replace(
        "            text(\"isbn\").primary_key(),\n",
        "            text(\"isbn\").primary_key(),\n            integer(\"pages\").default(0).not_null(),\n",
    );
    assert_ne!(grown, source);
    foreign.write("app/src/schema.rs", &grown);
    let _ = foreign.ok(&["generate", "--name", "count_pages"]);
    assert_eq!(
        foreign.read("drizzle/0001_count_pages.sql"),
        "ALTER TABLE \"books\" ADD COLUMN \"pages\" integer DEFAULT 0 NOT NULL;"
    );
    let status = foreign.xtask(&["status"]);
    assert_eq!(status.code, Some(1));
    assert!(
        status.stdout.contains("0001_count_pages  pending"),
        "{}",
        status.stdout
    );
    let _ = foreign.ok(&["migrate"]);
    foreign.assert_up_to_date();
    assert_eq!(foreign.query("SELECT isbn || pages FROM books"), ["10"]);
    let _ = foreign.ok(&["migrate", "--database-url", &elsewhere]);
    // Where the column stands does not count.
    assert_eq!(dump(&elsewhere), dump(&foreign.url));
}

/// As drizzle has left them.
#[test]
fn an_existing_drizzle_project_keeps_its_folder_and_its_history() {
    let foreign = Foreign::new("trading", "");
    let drizzle = root().join("xtask/migration/tests/drizzle/autonome");
    let files = [
        "meta/_journal.json",
        "meta/0000_snapshot.json",
        "meta/0001_snapshot.json",
        "meta/0002_snapshot.json",
        "0000_init.sql",
        "0001_add_exit_plan_to_orders.sql",
        "0002_add_trailing_stop.sql",
    ];
    let text = |file: &str| fs::read_to_string(drizzle.join(file)).expect("a fixture");
    for file in files {
        foreign.write(&format!("drizzle/{file}"), &text(file));
    }
    let journal: serde_json::Value =
        serde_json::from_str(&text("meta/_journal.json")).expect("JSON");
    psql(
        &foreign.url,
        "CREATE SCHEMA drizzle; CREATE TABLE drizzle.__drizzle_migrations (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at bigint)",
    );
    for entry in journal["entries"].as_array().expect("entries") {
        let sql = text(&format!("{}.sql", entry["tag"].as_str().expect("a tag")));
        psql(&foreign.url, &sql);
        let literal = pg_schema::quote_literal(&sql);
        let when = &entry["when"];
        psql(
            &foreign.url,
            &format!(
                "INSERT INTO drizzle.__drizzle_migrations (hash, created_at) SELECT encode(sha256(convert_to({literal}, 'UTF8')), 'hex'), {when}"
            ),
        );
    }
    let history =
        || foreign.query("SELECT id || hash || created_at FROM drizzle.__drizzle_migrations");
    let (rows, before) = (history(), dump(&foreign.url));
    assert_eq!(rows.len(), 3);

    let pulled = foreign.ok(&["pull", "--to", "app/src/schema.rs"]);
    assert!(
        pulled
            .stderr
            .contains("No baseline: drizzle (3 migrations) describes a database already"),
        "{}",
        pulled.stderr
    );
    foreign.write("app/src/lib.rs", "mod schema;\n\npub use schema::schema;\n");
    foreign.assert_up_to_date();
    let migrated = foreign.ok(&["migrate"]);
    assert!(
        migrated.stderr.contains("Nothing to apply"),
        "{}",
        migrated.stderr
    );
    assert_eq!((history(), dump(&foreign.url)), (rows, before));
    for file in files {
        assert_eq!(foreign.read(&format!("drizzle/{file}")), text(file));
    }
}
