//! A workspace in a temporary folder, and processes that are timed in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use pg_devserver::{Search, TestServer};
use pg_migration::{Folder, NewMigration, Snapshot};
use tempfile::TempDir;

use crate::program;

/// What a run took.
#[derive(Clone, Copy)]
pub(crate) struct Sample {
    pub(crate) time: Duration,
    /// In kilobytes, where it is known.
    pub(crate) peak: Option<u64>,
}

pub(crate) struct Workspace {
    folder: TempDir,
    tables: usize,
}

impl Workspace {
    pub(crate) fn new(tables: usize) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        fs::write(folder.path().join("Cargo.toml"), "[workspace]\n").expect("a manifest");
        Self { folder, tables }
    }

    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.folder.path().join(relative)
    }

    /// Runs a `db` command, with a database if it needs one.
    pub(crate) fn run(&self, arguments: &[&str], url: Option<&str>) -> Sample {
        let peak = self.path("peak");
        let _ = fs::remove_file(&peak);
        let mut command = program::command(self.tables, &peak);
        command.args(arguments).current_dir(self.folder.path());
        if let Some(url) = url {
            command.env("DATABASE_URL", url);
        }
        let sample = timed(&mut command);
        let peak = fs::read_to_string(peak).ok();
        Sample {
            peak: peak.and_then(|text| text.parse().ok()),
            ..sample
        }
    }

    pub(crate) fn generated(self) -> Self {
        self.run(&["db", "generate", "--name", "init"], None);
        self
    }

    pub(crate) fn with_migrations(self, sql: &[String]) -> Self {
        let folder = Folder::new(self.path("drizzle"));
        let schema = program::declaration(self.tables).build().expect("valid");
        let mut latest = None;
        let new: Vec<_> = (1_i64..)
            .zip(sql)
            .map(|(when, sql)| {
                let snapshot = Snapshot::following(latest.as_ref(), schema.clone());
                let json = snapshot.to_json();
                latest = Some(snapshot);
                NewMigration {
                    name: "small".to_owned(),
                    sql: sql.clone(),
                    snapshot: json,
                    when,
                }
            })
            .collect();
        folder.append(&new).expect("a writable folder");
        self
    }

    /// In a git repository, with all that it has so far.
    pub(crate) fn committed(self) -> Self {
        for arguments in [
            &["init", "--quiet", "--initial-branch", "main"][..],
            &["add", "--all"],
            &[
                "-c",
                "user.name=b",
                "-c",
                "user.email=b@example.invalid",
                "commit",
                "--quiet",
                "--message",
                "b",
            ],
        ] {
            let mut git = Command::new("git");
            timed(git.args(arguments).current_dir(self.folder.path()));
        }
        self
    }

    /// The paths of the SQL files, in order.
    pub(crate) fn sql_files(&self) -> Vec<PathBuf> {
        let migrations = Folder::new(self.path("drizzle")).load().expect("our own");
        migrations
            .files
            .iter()
            .map(|file| file.path.clone())
            .collect()
    }
}

pub(crate) fn database() -> String {
    TestServer::shared().create_database("bench")
}

/// The server's own psql, where it has one: Debian's is a script that looks for it first.
pub(crate) fn psql_program() -> Option<&'static Path> {
    static PROGRAM: LazyLock<Option<PathBuf>> = LazyLock::new(|| {
        let installations = Search::from_env(None).installations(&mut |_| {});
        let servers = installations.iter().flatten();
        let own = servers.map(|server| server.bin().join("psql"));
        let mut programs = own.chain([PathBuf::from("psql")]);
        programs.find(|program| Command::new(program).arg("--version").output().is_ok())
    });
    PROGRAM.as_deref()
}

/// Without the user's own settings, and ending at the first error.
pub(crate) fn psql(url: &str) -> Command {
    let mut command = Command::new(psql_program().unwrap_or(Path::new("psql")));
    command.args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url]);
    command
}

/// The `pg_dump` beside that psql, which fits the server as it does.
pub(crate) fn dump(url: &str) -> Command {
    let psql = psql_program().unwrap_or(Path::new("psql"));
    let mut command = Command::new(psql.with_file_name("pg_dump"));
    command.args(["--schema-only", "-d", url]);
    command
}

/// Runs a process that must succeed.
pub(crate) fn timed(command: &mut Command) -> Sample {
    command.stdin(Stdio::null()).stdout(Stdio::null());
    command.stderr(Stdio::piped());
    let start = Instant::now();
    let output = command.output().expect("it starts");
    let time = start.elapsed();
    assert!(
        output.status.success(),
        "{command:?}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Sample { time, peak: None }
}
