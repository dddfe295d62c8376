//! `setup` as a new colleague runs it: in a workspace of its own, with a local server of its own.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// A checkout with this repository's migrations.
struct Checkout(TempDir);

impl Checkout {
    fn new() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let checkout = Self(TempDir::new().expect("a temporary folder"));
        checkout.write("Cargo.toml", "[workspace]\n");
        checkout.write(".env.example", "# The example\nDATABASE_URL=''\n");
        fs::create_dir(checkout.path("app")).expect("a subfolder");
        for folder in ["drizzle", "drizzle/meta"] {
            fs::create_dir(checkout.path(folder)).expect("a folder");
            for entry in fs::read_dir(root.join(folder)).expect("the migrations") {
                let from = entry.expect("a readable folder").path();
                if let (true, Some(name)) = (from.is_file(), from.file_name()) {
                    fs::copy(&from, checkout.path(folder).join(name)).expect("a copy");
                }
            }
        }
        checkout
    }

    fn path(&self, relative: &str) -> PathBuf {
        self.0.path().join(relative)
    }

    fn write(&self, relative: &str, text: &str) {
        fs::write(self.path(relative), text).expect("a file");
    }

    fn read(&self, relative: &str) -> String {
        fs::read_to_string(self.path(relative))
            .unwrap_or_else(|error| panic!("{relative}: {error}"))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command
            .args(arguments)
            .current_dir(self.path("app"))
            .env_remove("DATABASE_URL")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    #[track_caller]
    fn ok(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().expect("it runs");
        succeeded(&output)
    }

    fn url(&self) -> String {
        self.ok(&["db", "server", "url"]).trim().to_owned()
    }
}

impl Drop for Checkout {
    fn drop(&mut self) {
        let _ = self.command(&["db", "server", "destroy", "--yes"]).output();
    }
}

/// What it said.
#[track_caller]
fn succeeded(output: &Output) -> String {
    let text = [&*output.stdout, &*output.stderr]
        .map(String::from_utf8_lossy)
        .concat();
    assert!(output.status.success(), "{}\n{text}", output.status);
    text
}

#[test]
fn three_at_once_make_one_database_and_the_next_changes_nothing() {
    let checkout = Checkout::new();
    let running = [(); 3].map(|()| checkout.command(&["setup"]).spawn().expect("it starts"));
    let said = running.map(|child| succeeded(&child.wait_with_output().expect("it ends")));
    for text in &said {
        assert!(text.contains("3 migrations, 12 models"), "{text}");
    }
    let seeded = said.iter().filter(|text| text.contains("Models  12 rows"));
    assert_eq!(seeded.count(), 1, "{said:#?}");

    let before = checkout.read(".env.local");
    assert_eq!(
        before,
        format!("# The example\nDATABASE_URL='{}'\n", checkout.url())
    );
    let again = checkout.ok(&["setup"]);
    assert!(again.contains("Nothing to apply"), "{again}");
    assert_eq!(checkout.read(".env.local"), before);
}

#[test]
fn the_url_follows_the_server_and_nothing_else_in_the_file_changes() {
    let checkout = Checkout::new();
    checkout.write(".env.local", "FIRST=1\nexport DATABASE_URL=\nLAST='a b'");
    checkout.ok(&["setup"]);
    let expected = |url: &str| format!("FIRST=1\nDATABASE_URL='{url}'\nLAST='a b'");
    let first = checkout.url();
    assert_eq!(checkout.read(".env.local"), expected(&first));

    // Its port is taken while it is stopped.
    checkout.ok(&["db", "server", "stop"]);
    let port: u16 = checkout.read(".devdb/port").trim().parse().expect("a port");
    let taken = TcpListener::bind(("127.0.0.1", port)).expect("it is free now");
    checkout.ok(&["setup"]);
    drop(taken);
    let moved = checkout.url();
    assert_ne!(moved, first);
    assert_eq!(checkout.read(".env.local"), expected(&moved));

    // It is deleted: the URL in the file leads nowhere, until the next setup.
    checkout.ok(&["db", "server", "destroy", "--yes"]);
    let lost = checkout
        .command(&["db", "status"])
        .output()
        .expect("it runs");
    let text = String::from_utf8_lossy(&lost.stderr);
    assert!(
        text.contains("`cargo xtask setup` makes a new one"),
        "{text}"
    );
    let anew = checkout.ok(&["setup"]);
    assert!(anew.contains("Models  12 rows"), "{anew}");
    assert_eq!(checkout.read(".env.local"), expected(&checkout.url()));
}

#[test]
fn a_database_that_someone_named_is_left_alone() {
    let checkout = Checkout::new();
    let file = "DATABASE_URL='postgres://me:secret@127.0.0.1:1/mine'\n";
    checkout.write(".env.local", file);
    let refused = checkout.command(&["setup"]).output().expect("it runs");
    assert_eq!(refused.status.code(), Some(1));
    let mut remote = checkout.command(&["setup"]);
    remote.env(
        "DATABASE_URL",
        "postgres://me:secret@db.example.invalid/shop",
    );
    let refused = remote.output().expect("it runs");
    assert_eq!(refused.status.code(), Some(2));
    let text = String::from_utf8_lossy(&refused.stderr);
    assert!(
        text.contains("db.example.invalid:5432/shop, which is not on this machine"),
        "{text}"
    );
    assert!(!text.contains("secret"), "{text}");
    assert_eq!(checkout.read(".env.local"), file);
    assert!(!checkout.path(".devdb").exists());
}

#[test]
fn psql_is_given_our_input_and_its_exit_code_is_ours() {
    let checkout = Checkout::new();
    checkout.ok(&["setup"]);
    checkout.write("query.sql", "SELECT count(*) FROM \"Models\";\n");
    let mut psql = checkout.command(&["db", "server", "psql", "--", "-tA"]);
    psql.stdin(fs::File::open(checkout.path("query.sql")).expect("the query"));
    assert_eq!(succeeded(&psql.output().expect("it runs")), "12\n");
    let mut psql = checkout.command(&["db", "server", "psql", "--", "-v", "ON_ERROR_STOP=1"]);
    checkout.write("query.sql", "nonsense;\n");
    psql.stdin(fs::File::open(checkout.path("query.sql")).expect("the query"));
    assert_eq!(psql.output().expect("it runs").status.code(), Some(3));
}
