//! A workspace in a temporary folder, with a database of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use pg_devserver::TestServer;
use tempfile::TempDir;

pub(crate) struct Workspace {
    folder: TempDir,
    pub(crate) url: String,
    step: u32,
}

/// What a command printed and how it ended.
#[must_use = "look at the exit code, or at what it printed"]
pub(crate) struct Outcome {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Workspace {
    /// Without a database that the environment or a file names.
    pub(crate) fn bare() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        fs::write(folder.path().join("Cargo.toml"), "[workspace]\n").expect("a manifest");
        Self {
            folder,
            url: String::new(),
            step: 6,
        }
    }

    /// With an empty database, which `.env.local` names.
    pub(crate) fn new() -> Self {
        let workspace = Self {
            url: TestServer::shared().create_database("shop"),
            ..Self::bare()
        };
        workspace.write(".env.local", &format!("DATABASE_URL='{}'\n", workspace.url));
        workspace
    }

    /// As far as the schema has grown.
    pub(crate) fn at_step(mut self, step: u32) -> Self {
        self.step = step;
        self
    }

    /// With a folder of migrations that is still empty.
    pub(crate) fn with_folder(self) -> Self {
        fs::create_dir(self.path("drizzle")).expect("a folder");
        self
    }

    pub(crate) fn grow(&mut self, step: u32) {
        self.step = step;
    }

    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.folder.path().join(relative)
    }

    pub(crate) fn write(&self, relative: &str, text: &str) {
        fs::write(self.path(relative), text).unwrap_or_else(|error| panic!("{relative}: {error}"));
    }

    pub(crate) fn read(&self, relative: &str) -> String {
        fs::read_to_string(self.path(relative))
            .unwrap_or_else(|error| panic!("{relative}: {error}"))
    }

    /// Every file of the migrations' folder with its content.
    pub(crate) fn migrations(&self) -> Vec<(String, String)> {
        let mut files = Vec::new();
        for folder in ["drizzle", "drizzle/meta"] {
            for entry in fs::read_dir(self.path(folder)).into_iter().flatten() {
                let path = entry.expect("a readable folder").path();
                if path.is_file() {
                    let name = path
                        .strip_prefix(self.folder.path())
                        .expect("below the workspace")
                        .display()
                        .to_string();
                    files.push((name, fs::read_to_string(&path).unwrap_or_default()));
                }
            }
        }
        files.sort();
        files
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(shop());
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_remove("DATABASE_URL")
            .env("SHOP_STEP", self.step.to_string());
        command.stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Outcome {
        Outcome::of(self.command(arguments))
    }

    /// Runs a command that must succeed, and gives what it said.
    pub(crate) fn ok(&self, arguments: &[&str]) -> Outcome {
        let outcome = self.run(arguments);
        assert_eq!(
            outcome.code,
            Some(0),
            "{arguments:?}\n{}\n{}",
            outcome.stdout,
            outcome.stderr
        );
        outcome
    }

    /// What a query gives, the first column of each row.
    pub(crate) fn query(&self, sql: &str) -> Vec<String> {
        let mut client = postgres::Client::connect(&self.url, postgres::NoTls)
            .expect("the test server accepts us");
        let rows = client
            .simple_query(sql)
            .unwrap_or_else(|error| panic!("{sql}: {error:?}"));
        rows.iter()
            .filter_map(|message| match message {
                postgres::SimpleQueryMessage::Row(row) => {
                    Some(row.get(0).unwrap_or("NULL").to_owned())
                }
                _ => None,
            })
            .collect()
    }
}

impl Outcome {
    pub(crate) fn of(mut command: Command) -> Self {
        let output = command
            .output()
            .expect("the example is built with the tests");
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }
}

/// The example, which cargo builds beside the tests.
fn shop() -> PathBuf {
    let test = std::env::current_exe().expect("this program");
    let profile = test
        .ancestors()
        .find(|folder| folder.join("examples").is_dir())
        .expect("the target directory");
    let shop = profile
        .join("examples")
        .join(Path::new("shop").with_extension(std::env::consts::EXE_EXTENSION));
    assert!(
        shop.is_file(),
        "{} is not built; `cargo test -p xtask-db` builds it",
        shop.display()
    );
    shop
}
