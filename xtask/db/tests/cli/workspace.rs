//! A workspace in a temporary folder, with a database of its own.

use std::fs::{self, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;

use pg_devserver::TestServer;
use postgres::{Client, NoTls};
use tempfile::TempDir;

use crate::facts::{column, facts};

pub(crate) struct Workspace {
    folder: TempDir,
    pub(crate) url: String,
    step: u32,
    program: PathBuf,
    /// Who runs it, if it is not the user of the tests.
    user: Option<u32>,
    environment: Vec<(&'static str, String)>,
    last_argument: Option<String>,
    secrets: Vec<String>,
    ports: Vec<u16>,
}

/// All there is, as far as a command could change it.
#[derive(PartialEq, Eq)]
pub(crate) struct State {
    files: Vec<(PathBuf, Option<Vec<u8>>)>,
    database: Vec<String>,
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
            step: 10,
            program: shop(),
            user: None,
            environment: Vec::new(),
            last_argument: None,
            secrets: Vec::new(),
            ports: Vec::new(),
        }
    }

    /// With an empty database, which `.env.local` names.
    pub(crate) fn new() -> Self {
        Self::on(TestServer::shared().create_database("shop"))
    }

    /// With this database, which `.env.local` names.
    pub(crate) fn on(url: String) -> Self {
        let mut workspace = Self::bare();
        workspace.url = url;
        workspace.write(".env.local", &format!("DATABASE_URL='{}'\n", workspace.url));
        workspace
    }

    /// Of an ordinary user, since permissions do not hold for root: another user then owns the folder, with a copy of the program within reach.
    pub(crate) fn of_ordinary_user(mut self) -> Self {
        const NOBODY: u32 = 65_534;
        let folder = self.folder.path().metadata().expect("a folder");
        if folder.uid() == 0 {
            let copy = self.path("shop");
            fs::copy(&self.program, &copy).expect("a copy");
            let owner = Some(NOBODY);
            chown(self.folder.path(), owner, owner).expect("root may do that");
            self.program = copy;
            self.user = owner;
        }
        self
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

    /// With a variable in the environment of the commands.
    pub(crate) fn with_env(mut self, name: &'static str, value: &str) -> Self {
        self.environment.push((name, value.to_owned()));
        self
    }

    /// With one more argument behind those of [`run_line`](Self::run_line), whatever is in it.
    pub(crate) fn with_last_argument(mut self, argument: &str) -> Self {
        self.last_argument = Some(argument.to_owned());
        self
    }

    /// With a password that must not be seen, besides that of the URL.
    pub(crate) fn with_secret(mut self, password: &str) -> Self {
        self.secrets.push(password.to_owned());
        self
    }

    /// With a port that is another in every run.
    pub(crate) fn with_port(mut self, port: u16) -> Self {
        self.ports.push(port);
        self
    }

    /// Makes a role of that password in the server, named after the database.
    pub(crate) fn role(&self, name: &str, password: &str, options: &str) -> String {
        let role = format!("{}_{name}", self.database());
        let password = pg_schema::quote_literal(password);
        let _ = self.query(&format!(
            "CREATE ROLE {role} LOGIN PASSWORD {password} {options}"
        ));
        role
    }

    /// Whose `.env.local` names an ordinary role.
    pub(crate) fn with_role(self, password: &str) -> Self {
        let role = self.role("role", password, "");
        let (_, server) = self.url.split_once('@').expect("a host");
        self.write(
            ".env.local",
            &format!("DATABASE_URL='postgres://{role}:{password}@{server}'\n"),
        );
        self.with_secret(password)
    }

    fn database(&self) -> &str {
        self.url
            .rsplit_once('/')
            .map_or("", |(_, database)| database)
    }

    /// Every file with its content, and all that the database holds.
    pub(crate) fn state(&self) -> State {
        let mut files = Vec::new();
        list(self.folder.path(), &mut files);
        let mut database = Vec::new();
        if !self.url.is_empty() {
            database = facts(&mut self.connect());
        }
        State { files, database }
    }

    /// A piece of a password that `text` shows, if it does. Of the random one four characters may turn up by chance.
    pub(crate) fn leak(&self, text: &str) -> Option<String> {
        let own = self
            .url
            .split_once("://")
            .and_then(|(_, rest)| rest.split_once('@'));
        let own = own
            .and_then(|(user, _)| user.split_once(':'))
            .map(|(_, password)| (password, 8));
        let text = text.to_lowercase();
        for (password, length) in self
            .secrets
            .iter()
            .map(|secret| (secret.as_str(), 4))
            .chain(own)
        {
            let encoded = percent_encoded(password);
            for shape in [password, &encoded] {
                let characters: Vec<char> = shape.to_lowercase().chars().collect();
                let shown = characters
                    .windows(length)
                    .map(String::from_iter)
                    .find(|piece| text.contains(piece));
                if shown.is_some() {
                    return shown;
                }
            }
        }
        None
    }

    /// A text without what is another in every run and on every machine.
    pub(crate) fn anonymous(&self, text: &str) -> String {
        let mut text = text.replace(&self.folder.path().display().to_string(), "WORKSPACE");
        if !self.url.is_empty() {
            text = text
                .replace(&format!(":{}", TestServer::shared().port()), ":PORT")
                .replace(self.database(), "DATABASE");
            text = text.replace(&TestServer::shared().port().to_string(), "PORT");
        }
        for port in &self.ports {
            text = text.replace(&port.to_string(), "PORT");
        }
        // Every system has its own words for a name that is not known.
        text.split_inclusive('\n')
            .map(|line| match line.split_once("cannot be resolved: ") {
                Some((before, _)) => format!("{before}cannot be resolved: REASON\n"),
                None => match line.rsplit_once(" (") {
                    Some((before, after)) if after.ends_with(" ms)\n") => {
                        format!("{before} (TIME)\n")
                    }
                    _ => line.to_owned(),
                },
            })
            .collect()
    }

    /// Runs a command that is written in one line, with the last argument behind it.
    pub(crate) fn run_line(&self, line: &str) -> Outcome {
        let mut command = self.command(&line.split(' ').collect::<Vec<_>>());
        command.args(&self.last_argument);
        Outcome::of(command)
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        if let Some(user) = self.user {
            command.uid(user).gid(user);
        }
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_remove("DATABASE_URL")
            .env("SHOP_STEP", self.step.to_string())
            .envs(self.environment.iter().map(|(name, value)| (name, value)));
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

    /// Makes sure that nothing leads from one state to another.
    pub(crate) fn assert_no_difference(&self, from: &str, to: &str) {
        let diff = self.ok(&["db", "diff", "--from", from, "--to", to, "--exit-code"]);
        assert_eq!(diff.stdout, "", "{from} to {to}");
    }

    /// What a query gives, the first column of each row.
    pub(crate) fn query(&self, sql: &str) -> Vec<String> {
        column(&mut self.connect(), sql)
    }

    fn connect(&self) -> Client {
        Client::connect(&self.url, NoTls).expect("the test server accepts us")
    }
}

/// What may not be written could not be deleted either.
impl Drop for Workspace {
    fn drop(&mut self) {
        for folder in ["", "drizzle", "drizzle/meta"] {
            let _ = fs::set_permissions(self.path(folder), Permissions::from_mode(0o755));
        }
    }
}

impl Outcome {
    pub(crate) fn of(mut command: Command) -> Self {
        let output = loop {
            match command.output() {
                // A child that another thread is just starting has the copy of the program still open for writing.
                Err(error) if error.kind() == ErrorKind::ExecutableFileBusy => thread::yield_now(),
                done => break done,
            }
        };
        Self::from(output.expect("the example is built with the tests"))
    }

    /// Of a process whose output is piped, as far as it is of interest.
    pub(crate) fn of_child(child: Child) -> Self {
        Self::from(child.wait_with_output().expect("it can be waited for"))
    }
}

impl From<Output> for Outcome {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }
}

/// The example, which cargo builds beside the tests.
pub(crate) fn shop() -> PathBuf {
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

/// Every byte as an escape of a URL.
pub(crate) fn percent_encoded(text: &str) -> String {
    let escapes: Vec<_> = text.bytes().map(|byte| format!("%{byte:02x}")).collect();
    escapes.concat()
}

/// All that lies below a directory, unreadable files without content.
fn list(directory: &Path, files: &mut Vec<(PathBuf, Option<Vec<u8>>)>) {
    let Ok(entries) = fs::read_dir(directory) else {
        return;
    };
    let mut paths: Vec<_> = entries
        .map(|entry| entry.expect("a readable folder").path())
        .collect();
    paths.sort();
    for path in paths {
        let is_directory = path
            .symlink_metadata()
            .is_ok_and(|metadata| metadata.is_dir());
        if is_directory {
            list(&path, files);
        }
        // The copy of the program is large, and nobody's to change.
        let content = (!path.ends_with("shop")).then(|| fs::read(&path).ok());
        files.push((path, content.flatten()));
    }
}
