//! `hooks` in real repositories, and `ci`, with a `cargo` in PATH whose `xtask` is the one that is tested.
#![cfg(unix)]

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// A repository with a workspace in a subfolder, whose names have a space.
struct Repository {
    folder: TempDir,
    /// The workspace, from the temporary folder.
    workspace: &'static str,
}

impl Repository {
    fn new() -> Self {
        let repository = Self {
            folder: TempDir::new().expect("a temporary folder"),
            workspace: "my repo/it's here",
        };
        let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        for folder in ["bin", "home", "my repo/it's here/src"] {
            fs::create_dir_all(repository.path(folder)).expect("a folder");
        }
        repository.write(
            "Cargo.toml",
            "[workspace]\n\n[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2024\"\n",
        );
        repository.write("src/lib.rs", "pub fn first() {}\n");
        for part in ["drizzle", "drizzle/meta"] {
            fs::create_dir(repository.root().join(part)).expect("a folder");
            for entry in fs::read_dir(own.join(part)).expect("the migrations") {
                let from = entry.expect("a readable folder").path();
                if let (true, Some(name)) = (from.is_file(), from.file_name()) {
                    fs::copy(&from, repository.root().join(part).join(name)).expect("a copy");
                }
            }
        }
        let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
        repository.executable(
            "bin/cargo",
            &format!(
                "#!/bin/sh\necho \"$*\" >> '{}'\n[ \"$1\" = \"$FAIL\" ] && exit 7\ncase \"$1\" in\n\
                 xtask) shift; exec '{}' \"$@\" ;;\nmetadata) exec '{cargo}' \"$@\" ;;\nesac\n",
                repository.path("calls").display(),
                env!("CARGO_BIN_EXE_xtask"),
            ),
        );
        repository.git(&["init", "--quiet", "--initial-branch", "main", "."]);
        repository
    }

    fn path(&self, relative: &str) -> PathBuf {
        self.folder.path().join(relative)
    }

    fn root(&self) -> PathBuf {
        self.path(self.workspace)
    }

    fn hook(&self) -> PathBuf {
        self.path("my repo/.git/hooks/pre-commit")
    }

    fn write(&self, relative: &str, text: &str) {
        fs::write(self.root().join(relative), text).expect("a file");
    }

    fn executable(&self, relative: &str, text: &str) {
        let path = self.path(relative);
        fs::write(&path, text).expect("a file");
        fs::set_permissions(&path, Permissions::from_mode(0o755)).expect("our own file");
    }

    fn command(&self, program: &str, arguments: &[&str], directory: &Path) -> Output {
        let path = std::env::var("PATH").unwrap_or_default();
        Command::new(program)
            .args(arguments)
            .current_dir(directory)
            .env("PATH", format!("{}:{path}", self.path("bin").display()))
            .env("GIT_CONFIG_GLOBAL", self.path("home/gitconfig"))
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .envs([
                ("GIT_AUTHOR_NAME", "me"),
                ("GIT_AUTHOR_EMAIL", "me@example.invalid"),
                ("GIT_COMMITTER_NAME", "me"),
                ("GIT_COMMITTER_EMAIL", "me@example.invalid"),
            ])
            .env_remove("DATABASE_URL")
            .env("CARGO", self.path("bin/cargo"))
            .stdin(Stdio::null())
            .output()
            .expect("it runs")
    }

    #[track_caller]
    fn git(&self, arguments: &[&str]) -> String {
        let output = self.command("git", arguments, &self.path("my repo"));
        said(&output, 0)
    }

    #[track_caller]
    fn hooks(&self, command: &str) -> String {
        let xtask = env!("CARGO_BIN_EXE_xtask");
        said(&self.command(xtask, &["hooks", command], &self.root()), 0)
    }

    /// Commits, in a work tree, what is staged; what the hook says then, if it ends with this.
    #[track_caller]
    fn commit(&self, code: i32) -> String {
        said(
            &self.command("git", &["commit", "--message", "c"], &self.root()),
            code,
        )
    }

    #[track_caller]
    fn commit_all(&self, code: i32) -> String {
        self.git(&["add", "--all"]);
        self.commit(code)
    }

    /// How cargo has been called since this was asked last.
    fn calls(&self) -> Vec<String> {
        let calls = fs::read_to_string(self.path("calls")).unwrap_or_default();
        let _ = fs::remove_file(self.path("calls"));
        calls.lines().map(str::to_owned).collect()
    }
}

#[track_caller]
fn said(output: &Output, code: i32) -> String {
    let text = [&*output.stdout, &*output.stderr]
        .map(String::from_utf8_lossy)
        .concat();
    assert_eq!(output.status.code(), Some(code), "{text}");
    text
}

const METADATA: &str = "metadata --no-deps --offline --format-version 1";

#[test]
fn a_commit_is_guarded_by_what_is_staged() {
    let repository = Repository::new();
    repository.hooks("install");
    let first = repository.commit_all(0);
    assert!(
        first.contains("drizzle (3 migrations) agrees with the schema"),
        "{first}"
    );
    assert_eq!(repository.calls(), ["xtask hooks run", METADATA]);

    // Neither Rust nor a migration: cargo is not even called.
    repository.write("notes.txt", "later");
    repository.commit_all(0);
    assert!(repository.calls().is_empty());

    // The staged text counts, whichever lies in the work tree.
    let sloppy = "pub fn   first() {}\n";
    repository.write("src/lib.rs", sloppy);
    let refused = repository.commit_all(1);
    assert!(
        refused.contains("src/lib.rs: its staged text is not as rustfmt writes it"),
        "{refused}"
    );
    assert!(refused.contains("`cargo fmt --all`"), "{refused}");
    repository.write("src/lib.rs", "pub fn first() {}\n\npub fn second() {}\n");
    repository.commit(1);
    repository.git(&["add", "--all"]);
    repository.write("src/lib.rs", sloppy);
    repository.commit(0);
    repository.git(&["checkout", "--quiet", "."]);

    let sql = "drizzle/0001_add_exit_plan_to_orders.sql";
    let text = fs::read_to_string(repository.root().join(sql)).expect("a migration");
    repository.write(sql, &format!("{text}\nSELECT 1;"));
    repository.git(&["add", "--all"]);
    repository.write(sql, &text);
    let refused = repository.commit(1);
    assert!(refused.contains("[edited]"), "{refused}");
    repository.git(&["reset", "--quiet", "--hard"]);

    // A migration that is not staged is none of the commit's: the schema is without it.
    fs::rename(repository.root().join("drizzle"), repository.path("aside")).expect("a folder");
    let refused = repository.commit_all(1);
    assert!(
        refused.contains("the schema has changes without a migration"),
        "{refused}"
    );
    repository.git(&["reset", "--quiet", "--hard"]);
    repository.calls();

    // Several files, of which only one is in the commit; and all that is wrong is said.
    repository.write("src/lib.rs", sloppy);
    repository.write("src/other.rs", "pub  fn other() {}\n");
    let only = ["commit", "--message", "c", "--include", "src/other.rs"];
    repository.git(&["add", "--all"]);
    let both = said(&repository.command("git", &only, &repository.root()), 1);
    assert!(
        both.contains("src/lib.rs: ") && both.contains("src/other.rs: "),
        "{both}"
    );
    let only = ["commit", "--message", "c", "--only", "src/other.rs"];
    let one = said(&repository.command("git", &only, &repository.root()), 1);
    assert!(
        !one.contains("src/lib.rs: ") && one.contains("src/other.rs: "),
        "{one}"
    );
    said(
        &repository.command(
            "git",
            &["commit", "--quiet", "--no-verify", "--message", "c"],
            &repository.root(),
        ),
        0,
    );
}

#[test]
fn all_work_trees_have_it_and_one_without_the_workspace_is_left_alone() {
    let mut repository = Repository::new();
    repository.hooks("install");
    repository.commit_all(0);
    let tree = repository.path("a tree").display().to_string();
    repository.git(&["worktree", "add", "--quiet", "-b", "other", &tree]);
    repository.workspace = "a tree/it's here";
    repository.write("src/lib.rs", "pub fn   first() {}\n");
    let all = ["commit", "--all", "--message", "c"];
    let refused = said(&repository.command("git", &all, &repository.root()), 1);
    assert!(refused.starts_with("src/lib.rs: "), "{refused}");
    repository.write("src/lib.rs", "pub fn first() {}\n\npub fn third() {}\n");
    said(&repository.command("git", &all, &repository.root()), 0);
    // From there it is the same hook.
    let again = repository.hooks("install");
    assert!(again.contains("installed already"), "{again}");

    // A branch that has nothing of it.
    let bare = repository.path("bare tree");
    let at = |arguments: &[&str]| said(&repository.command("git", arguments, &bare), 0);
    let path = bare.display().to_string();
    repository.git(&["worktree", "add", "--quiet", "--detach", &path]);
    at(&["checkout", "--quiet", "--orphan", "bare"]);
    at(&["rm", "--quiet", "-rf", "."]);
    repository.calls();
    fs::write(bare.join("a.rs"), "fn   a() {}\n").expect("a file");
    at(&["add", "a.rs"]);
    at(&["commit", "--message", "c"]);
    assert!(repository.calls().is_empty());
}

#[test]
fn a_schema_that_is_not_staged_is_none_of_the_commits() {
    let repository = Repository::new();
    repository.hooks("install");
    repository.git(&["add", "--all"]);
    repository.git(&["rm", "--quiet", "-r", "--cached", "it's here/drizzle"]);
    let refused = repository.commit(1);
    assert!(refused.contains("[schema-changed]"), "{refused}");
    repository.write("src/lib.rs", "pub fn first() {} // and more to come\n");
    let made = repository.commit(0);
    assert!(
        made.contains("warning: the schema has changes without a migration"),
        "{made}"
    );
}

#[test]
fn a_hook_that_was_there_runs_first_and_comes_back_as_it_was() {
    let repository = Repository::new();
    let foreign = "#!/bin/sh\necho foreign \"$@\"\n[ ! -e refuse ]\n";
    fs::create_dir_all(repository.path("my repo/.git/hooks")).expect("a folder");
    repository.executable("my repo/.git/hooks/pre-commit", foreign);
    fs::set_permissions(repository.hook(), Permissions::from_mode(0o750)).expect("our own file");

    for _ in 0..2 {
        repository.hooks("install");
    }
    let both = repository.commit_all(0);
    assert!(
        both.contains("foreign") && both.contains("agrees with the schema"),
        "{both}"
    );
    fs::write(repository.path("my repo/refuse"), "").expect("a file");
    repository.calls();
    repository.write("src/lib.rs", "pub fn first() {}\n\npub fn second() {}\n");
    repository.commit_all(1);
    assert!(
        repository.calls().is_empty(),
        "the other has refused already"
    );

    for _ in 0..2 {
        repository.hooks("uninstall");
        assert_eq!(
            fs::read_to_string(repository.hook()).expect("a hook"),
            foreign
        );
        let mode = fs::metadata(repository.hook())
            .expect("a hook")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o750);
        let left = fs::read_dir(repository.path("my repo/.git/hooks")).expect("a folder");
        let left = left.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let left: Vec<_> = left.filter(|name| !name.ends_with(".sample")).collect();
        assert_eq!(left, ["pre-commit"]);
    }

    // An installation that was interrupted has kept it under both names.
    let kept = repository.path("my repo/.git/hooks/pre-commit.before-xtask");
    fs::hard_link(repository.hook(), &kept).expect("a link");
    repository.hooks("install");
    repository.hooks("uninstall");
    assert!(!kept.exists());

    // Something else has taken its place, and there is one that was there before: neither is lost.
    repository.hooks("install");
    repository.executable("my repo/.git/hooks/pre-commit", "#!/bin/sh\n# a third\n");
    let xtask = env!("CARGO_BIN_EXE_xtask");
    let refused = repository.command(xtask, &["hooks", "install"], &repository.root());
    assert!(said(&refused, 1).contains("make one hook of the two"));
    let left = repository.hooks("uninstall");
    assert!(
        left.contains("something else has taken its place"),
        "{left}"
    );
    assert!(
        fs::read_to_string(repository.hook())
            .expect("a hook")
            .contains("a third")
    );
    assert_eq!(fs::read_to_string(kept).expect("a hook"), foreign);
}

#[test]
fn a_link_stays_a_link() {
    let repository = Repository::new();
    fs::create_dir_all(repository.path("my repo/.git/hooks")).expect("a folder");
    std::os::unix::fs::symlink("../../nowhere", repository.hook()).expect("a link");
    repository.hooks("install");
    repository.commit_all(0);
    repository.hooks("uninstall");
    let target = fs::read_link(repository.hook()).expect("a link");
    assert_eq!(target, Path::new("../../nowhere"));
}

#[test]
fn hooks_are_where_git_looks_for_them() {
    let repository = Repository::new();
    repository.git(&["config", "core.hooksPath", "their hooks"]);
    repository.hooks("install");
    let hook = repository.path("my repo/their hooks/pre-commit");
    assert!(hook.is_file() && !repository.hook().exists());
    repository.commit_all(0);
    assert_eq!(repository.calls(), ["xtask hooks run", METADATA]);
    repository.hooks("uninstall");
    assert!(!hook.exists());

    // One folder for all repositories is not this one's to change.
    repository.git(&["config", "--unset", "core.hooksPath"]);
    repository.git(&["config", "--global", "core.hooksPath", "/nowhere/hooks"]);
    let xtask = env!("CARGO_BIN_EXE_xtask");
    for command in ["install", "uninstall"] {
        let refused = repository.command(xtask, &["hooks", command], &repository.root());
        assert!(said(&refused, 2).contains("global: /nowhere/hooks"));
    }
    repository.git(&["config", "core.hooksPath", ".git/hooks"]);
    repository.hooks("install");
    assert!(repository.hook().is_file());
}

#[test]
fn without_a_repository_it_says_so() {
    let repository = Repository::new();
    fs::remove_dir_all(repository.path("my repo/.git")).expect("a folder");
    let xtask = env!("CARGO_BIN_EXE_xtask");
    for command in ["install", "uninstall", "run"] {
        let refused = repository.command(xtask, &["hooks", command], &repository.root());
        let text = said(&refused, 1);
        assert!(
            text.contains("not a git repository") && text.contains("hint: "),
            "{text}"
        );
    }
}

#[test]
fn ci_shows_each_command_and_stops_at_the_first_that_fails() {
    let repository = Repository::new();
    let xtask = env!("CARGO_BIN_EXE_xtask");
    let run = |fails: &str| {
        let mut command = Command::new(xtask);
        command
            .arg("ci")
            .current_dir(repository.root().join("src"))
            .env("CARGO", repository.path("bin/cargo"))
            .env("FAIL", fails);
        let output = command.output().expect("it runs");
        (
            output.status.code(),
            [&*output.stdout, &*output.stderr]
                .map(String::from_utf8_lossy)
                .concat(),
            repository.calls(),
        )
    };
    let (code, text, calls) = run("");
    let all = [
        "fmt --all -- --check",
        "clippy --workspace --all-targets --locked -- -D warnings",
        "test --workspace",
        "xtask db check",
    ];
    assert_eq!(
        (code, calls.as_slice()),
        (Some(0), &all.map(str::to_owned)[..]),
        "{text}"
    );
    let shown: Vec<_> = text
        .lines()
        .filter_map(|line| line.strip_prefix("$ cargo "))
        .collect();
    assert_eq!(shown, all);
    for (fails, steps) in [("fmt", 1), ("clippy", 2), ("test", 3), ("xtask", 4)] {
        let (code, text, calls) = run(fails);
        assert_eq!((code, calls.len()), (Some(1), steps), "{text}");
        let failed = format!("error: `cargo {}` failed (exit status: 7)", all[steps - 1]);
        assert!(text.contains(&failed), "{text}");
    }
}
