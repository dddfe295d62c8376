//! A server with changing certificates, and two programs that connect to it: ours and psql.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use pg_devserver::TestServer;
use tempfile::TempDir;

use crate::common::{connect, query};

/// How a connection comes about: with or without TLS, or not at all.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Outcome {
    Tls,
    Plain,
    Fails,
}

/// A server on 127.0.0.1, two authorities, and the homes of three users.
pub(super) struct Fixture {
    pub(super) server: TestServer,
    files: TempDir,
}

impl Fixture {
    /// The one that the tests share, each in turn.
    pub(super) fn take() -> MutexGuard<'static, Self> {
        static SHARED: OnceLock<Mutex<Fixture>> = OnceLock::new();
        let shared = SHARED.get_or_init(|| Mutex::new(Self::new()));
        shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[expect(clippy::print_stderr, reason = "it says what it skips")]
    fn new() -> Self {
        let fixture = Self {
            server: TestServer::start(&[]).unwrap(),
            files: tempfile::tempdir().unwrap(),
        };
        for authority in ["ca", "other"] {
            fixture.openssl(
                "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2",
                &format!("-subj /CN={authority} -keyout {authority}.key -out {authority}.pem"),
            );
            let at_home = fixture.home(Some(authority)).join(".postgresql");
            fs::create_dir_all(&at_home).unwrap();
            fs::copy(
                fixture.file(&format!("{authority}.pem")),
                at_home.join("root.crt"),
            )
            .unwrap();
        }
        fs::create_dir(fixture.home(None)).unwrap();
        if Command::new("psql").arg("--version").output().is_err() {
            eprintln!("skipped: the comparison with psql, which is not installed");
        }
        fixture
    }

    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.files.path().join(name)
    }

    /// A user's home, with this authority as libpq's `root.crt` or with nothing.
    pub(super) fn home(&self, authority: Option<&str>) -> PathBuf {
        self.file(&format!("home_{}", authority.unwrap_or("empty")))
    }

    /// A certificate `name` with this extension, signed by `ca` or, where there is none, by itself; with these options of `openssl x509 -req`.
    pub(super) fn issue(
        &self,
        name: &str,
        subject: &str,
        extension: Option<&str>,
        ca: Option<&str>,
        options: &str,
    ) {
        let extension = extension.map_or_else(String::new, |it| format!("-addext {it}"));
        self.openssl(
            "req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes",
            &format!("-subj /CN={subject} {extension} -keyout {name}.key -out {name}.csr"),
        );
        let signer = match ca {
            Some(ca) => format!("-CA {ca}.pem -CAkey {ca}.key -CAcreateserial"),
            None => format!("-signkey {name}.key"),
        };
        self.openssl(
            "x509 -req -copy_extensions copy",
            &format!("-in {name}.csr -out {name}.pem {signer} {options}"),
        );
    }

    /// Adds a certificate to those that go with another.
    pub(super) fn append(&self, certificate: &str, to: &str) {
        let [added, to] = [certificate, to].map(|name| self.file(&format!("{name}.pem")));
        let chain = [fs::read(&to).unwrap(), fs::read(added).unwrap()].concat();
        fs::write(to, chain).unwrap();
    }

    fn openssl(&self, command: &str, arguments: &str) {
        let output = Command::new("openssl")
            .args(command.split_whitespace())
            .args(arguments.split_whitespace())
            .current_dir(self.files.path())
            .output()
            .expect("this test needs the command `openssl`");
        assert!(output.status.success(), "{arguments}: {output:?}");
    }

    /// Gives the server a certificate, `None` for no TLS, and lets in what `pg_hba.conf` calls `kind`.
    pub(super) fn configure(&self, certificate: Option<&str>, kind: &str) {
        let mut database = connect(&self.server.superuser_url());
        if let Some(name) = certificate {
            self.install(&format!("{name}.pem"), "server.crt", 0o644);
            self.install(&format!("{name}.key"), "server.key", 0o600);
        }
        fs::write(
            self.server.data().join("pg_hba.conf"),
            format!("{kind} all all 127.0.0.1/32 scram-sha-256\n"),
        )
        .unwrap();
        let ssl = certificate.is_some();
        database
            .execute(&format!("ALTER SYSTEM SET ssl = {ssl}"))
            .unwrap();
        let load_time = |database: &mut _| query(database, "pg_conf_load_time()");
        let before = load_time(&mut database);
        database.execute("SELECT pg_reload_conf()").unwrap();
        // A new session has the settings of the first process, which it is about.
        while load_time(&mut connect(&self.server.superuser_url())) == before {
            thread::sleep(Duration::from_millis(5));
        }
    }

    fn install(&self, name: &str, target: &str, mode: u32) {
        let target = self.server.data().join(target);
        fs::copy(self.file(name), &target).unwrap();
        fs::set_permissions(&target, fs::Permissions::from_mode(mode)).unwrap();
        // The server does not run as root, even if the tests do.
        let owner = fs::metadata(self.server.data()).unwrap();
        chown(&target, Some(owner.uid()), Some(owner.gid())).unwrap();
    }

    /// A URL that asks the server for its certificate under this name.
    pub(super) fn url(&self, host: &str, parameters: &str) -> String {
        let url = self.server.superuser_url().replace("127.0.0.1", host);
        format!("{url}?hostaddr=127.0.0.1&{parameters}")
    }
}

/// Our program, which cargo builds beside the tests.
pub(super) fn ours(url: &str, home: &Path) -> (Outcome, String) {
    let test = std::env::current_exe().unwrap();
    let program = test
        .ancestors()
        .map(|folder| folder.join("examples/connect"))
        .find(|program| program.is_file())
        .expect("`cargo test -p pg-database` builds the example `connect`");
    let output = Command::new(program)
        .env("DATABASE_URL", url)
        .env("HOME", home)
        .output()
        .unwrap();
    outcome(&output)
}

/// What libpq does with the same URL; nothing if there is no psql.
pub(super) fn libpq(url: &str, home: &Path) -> Option<Outcome> {
    let uses_tls = "SELECT ssl::text FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    // Without variables such as PGSSLMODE.
    let output = Command::new("psql")
        .args([url, "-Atc", uses_tls])
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", home)
        .output()
        .ok()?;
    Some(outcome(&output).0)
}

fn outcome(output: &Output) -> (Outcome, String) {
    let outcome = match String::from_utf8_lossy(&output.stdout).trim() {
        "t" | "true" => Outcome::Tls,
        "f" | "false" => Outcome::Plain,
        _ => Outcome::Fails,
    };
    (outcome, String::from_utf8_lossy(&output.stderr).into())
}
