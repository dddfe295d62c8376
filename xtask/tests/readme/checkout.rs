//! A checkout of this repository in a temporary folder.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use postgres::{Client, NoTls};
use tempfile::TempDir;

use crate::edit::patched;

const SCHEMA: &str = "app/src/db/schema.rs";

/// The port of the local server in the README.
const PORT: &str = "28592";

/// What a walk begins with: the database as a template of this name, and `.env.local`.
const TEMPLATE: &str = "begin";

pub(crate) struct Checkout {
    folder: TempDir,
    env_local: String,
}

pub(crate) fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    root.canonicalize().expect("our own workspace")
}

impl Checkout {
    /// With the application, the xtask and the migrations, all committed. The libraries are those of this workspace, and what is compiled of them
    /// already is of use; the two packages have other names, since cargo would take them for ours.
    pub(crate) fn new() -> Self {
        let checkout = Self {
            folder: TempDir::new().expect("a temporary folder"),
            env_local: String::new(),
        };
        for file in ["Cargo.lock", ".env.example", ".gitignore", "app/Cargo.toml"] {
            checkout.copy(file);
        }
        for file in ["Cargo.toml", "xtask/Cargo.toml", ".cargo/config.toml"] {
            checkout.copy(file);
        }
        for folder in ["app/src", "xtask/src", "drizzle"] {
            checkout.copy_all(folder);
        }
        let libraries = format!("path = \"{}/xtask/", root().display());
        checkout.replace(
            "Cargo.toml",
            &[
                ("    \"xtask/database\",\n", ""),
                ("    \"xtask/db\",\n", ""),
                ("    \"xtask/devserver\",\n", ""),
                ("    \"xtask/migration\",\n", ""),
                ("    \"xtask/schema\",\n", ""),
                ("    \"xtask/studio\",\n", ""),
                ("path = \"xtask/", &libraries),
                (
                    "{ path = \"app\" }",
                    "{ package = \"readme-app\", path = \"app\" }",
                ),
            ],
        );
        checkout.replace(
            "app/Cargo.toml",
            &[
                ("\"autonome\"", "\"readme-app\""),
                (
                    "[dependencies]",
                    "[lib]\nname = \"autonome\"\n\n[dependencies]",
                ),
            ],
        );
        checkout.replace("xtask/Cargo.toml", &[("\"xtask\"", "\"readme-xtask\"")]);
        checkout.replace(
            ".cargo/config.toml",
            &[("--package xtask", "--package readme-xtask")],
        );
        let commit = "git init --quiet --initial-branch main . && git add . && git commit --quiet --message first && git tag first";
        assert_eq!(checkout.run(commit), "");
        checkout
    }

    fn path(&self, relative: &str) -> PathBuf {
        self.folder.path().join(relative)
    }

    fn read(&self, relative: &str) -> String {
        fs::read_to_string(self.path(relative))
            .unwrap_or_else(|error| panic!("{relative}: {error}"))
    }

    fn write(&self, relative: &str, text: &str) {
        fs::write(self.path(relative), text).unwrap_or_else(|error| panic!("{relative}: {error}"));
    }

    fn copy(&self, relative: &str) {
        let to = self.path(relative);
        fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
        fs::copy(root().join(relative), to).unwrap_or_else(|error| panic!("{relative}: {error}"));
    }

    fn copy_all(&self, folder: &str) {
        for entry in fs::read_dir(root().join(folder)).expect("a folder of ours") {
            let entry = entry.expect("a readable folder");
            let name = entry.file_name();
            let relative = format!("{folder}/{}", name.to_str().expect("a plain name"));
            if entry.path().is_dir() {
                self.copy_all(&relative);
            } else {
                self.copy(&relative);
            }
        }
    }

    fn replace(&self, file: &str, replacements: &[(&str, &str)]) {
        let mut text = self.read(file);
        for (old, new) in replacements {
            assert!(text.contains(old), "{file} has no {old:?}");
            text = text.replace(old, new);
        }
        self.write(file, &text);
    }

    /// What a line in a shell says, as at a terminal, but without colours.
    pub(crate) fn run(&self, line: &str) -> String {
        let cargo = Path::new(env!("CARGO")).parent().expect("a folder");
        let path = std::env::var("PATH").unwrap_or_default();
        let target = Path::new(env!("CARGO_BIN_EXE_xtask")).ancestors().nth(2);
        let mut shell = Command::new("sh");
        for variable in ["DATABASE_URL", "NO_COLOR", "CI", "CLICOLOR"] {
            shell.env_remove(variable);
        }
        shell
            .args(["-c", &format!("exec 2>&1\n{line}")])
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .env("PATH", format!("{}:{path}", cargo.display()))
            .env("CARGO_NET_OFFLINE", "true")
            .env("CARGO_TARGET_DIR", target.expect("target/debug/xtask"))
            .env("CLICOLOR_FORCE", "1")
            .env("TERM", "xterm")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null");
        for who in ["AUTHOR", "COMMITTER"] {
            shell
                .env(format!("GIT_{who}_NAME"), "me")
                .env(format!("GIT_{who}_EMAIL"), "me@example.invalid");
        }
        if let Some(url) = self.url() {
            shell.env("PRODUCTION_URL", url.replace("/autonome", "/production"));
        }
        let output = shell.output().expect("a shell");
        let said = without_colours(&String::from_utf8(output.stdout).expect("UTF-8"));
        let said = match self.url() {
            Some(url) => said.replace(&port(&url), PORT),
            None => said,
        };
        match said.trim_end() {
            "" => String::new(),
            said => format!("{said}\n"),
        }
    }

    /// That of the local server's database, once there is one.
    fn url(&self) -> Option<String> {
        let text = fs::read_to_string(self.path(".env.local")).ok();
        let text = text.unwrap_or_else(|| self.env_local.clone());
        let (_, url) = text.split_once("DATABASE_URL='")?;
        let (url, _) = url.split_once('\'')?;
        (!url.is_empty()).then(|| url.to_owned())
    }

    fn superuser(&self) -> Client {
        let url = self.url().expect("setup has written it");
        let (server, _) = url.rsplit_once('/').expect("a database");
        Client::connect(&format!("{server}/postgres"), NoTls).expect("our own server")
    }

    fn server(&self, statements: &[&str]) {
        let mut client = self.superuser();
        for statement in statements {
            client
                .batch_execute(statement)
                .unwrap_or_else(|error| panic!("{statement}: {error}"));
        }
    }

    /// Keeps what there is, for [`restore`](Self::restore).
    pub(crate) fn keep(&mut self) {
        self.env_local = self.read(".env.local");
        self.server(&[
            &format!("CREATE DATABASE {TEMPLATE} TEMPLATE autonome"),
            "CREATE DATABASE production",
        ]);
    }

    pub(crate) fn restore(&self) {
        let clean = "git checkout --quiet --force -B main first && git clean --quiet -d --force";
        assert_eq!(self.run(clean), "");
        self.write(".env.local", &self.env_local);
        self.server(&[
            "DROP DATABASE autonome WITH (FORCE)",
            &format!("CREATE DATABASE autonome TEMPLATE {TEMPLATE}"),
            "DROP DATABASE production WITH (FORCE)",
            "CREATE DATABASE production",
        ]);
    }

    /// Gives the server a certificate of its own, and lets it want TLS for the application's database; or takes it back.
    pub(crate) fn require_tls(&self, is_required: bool) {
        let data = self.superuser().query_one("SHOW data_directory", &[]);
        let data = PathBuf::from(data.expect("a row").get::<_, String>(0));
        let openssl = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=db -keyout .devdb/server.key -out .devdb/server.crt 2>/dev/null";
        assert_eq!(self.run(openssl), "");
        let owner = data.metadata().expect("its folder").uid();
        for name in ["server.key", "server.crt"] {
            let file = data.join(name);
            fs::copy(self.path(".devdb").join(name), &file).expect("a copy");
            fs::set_permissions(&file, Permissions::from_mode(0o600)).expect("our own file");
            chown(&file, Some(owner), None).expect("we are the owner, or may do that");
        }
        let (kind, tls) = if is_required {
            ("hostssl", "on")
        } else {
            ("host", "off")
        };
        let rules = format!(
            "host postgres all 127.0.0.1/32 scram-sha-256\n{kind} all all 127.0.0.1/32 scram-sha-256\n"
        );
        fs::write(data.join("pg_hba.conf"), rules).expect("its rules");
        let tls = format!("ALTER SYSTEM SET ssl = {tls}");
        self.server(&[&tls]);
        let restarted = self.run("cargo xtask db server stop && cargo xtask db server start");
        assert!(restarted.contains("runs on port"), "{restarted}");
    }

    /// Makes the edit that a diff shows, or says why it cannot be made.
    pub(crate) fn edit(&self, diff: &str) -> Result<(), String> {
        let (file, diff) = match diff.strip_prefix("+++ ") {
            Some(rest) => rest.split_once('\n').unwrap_or((rest, "")),
            None => (SCHEMA, diff),
        };
        let path = self.path(file);
        let text = fs::read_to_string(&path).map_err(|error| format!("{file}: {error}"))?;
        self.write(file, &patched(&text, diff)?);
        Ok(())
    }

    /// Writes the migration that the first line of its text names.
    pub(crate) fn write_migration(&self, text: &str) -> Result<(), String> {
        let first = text.lines().next().unwrap_or_default();
        let file = first.strip_prefix("-- ").unwrap_or_default();
        if !self.path(file).is_file() {
            return Err(format!("{first} is no file that could be edited"));
        }
        self.write(file, text);
        Ok(())
    }
}

impl Drop for Checkout {
    fn drop(&mut self) {
        self.run("cargo xtask db server destroy --yes");
    }
}

fn port(url: &str) -> String {
    let (_, place) = url.rsplit_once("@127.0.0.1:").expect("a local server");
    place.chars().take_while(char::is_ascii_digit).collect()
}

/// Without `ESC [ … m`.
fn without_colours(text: &str) -> String {
    let mut parts = text.split("\x1b[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain.push_str(part.split_once('m').map_or("", |(_, rest)| rest));
    }
    plain
}
