//! The six `sslmode`s against servers with and without TLS, compared with psql where that is installed.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Duration;

use pg_database::{ConnectProblem, ConnectionUrl, Database};
use pg_devserver::TestServer;
use tempfile::TempDir;

use crate::common::{APPLICATION, connect, query};

/// How a connection comes about: with or without TLS, or not at all.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Outcome {
    Tls,
    Plain,
    Fails,
}
use Outcome::{Fails, Plain, Tls};

const MODES: [&str; 6] = [
    "disable",
    "allow",
    "prefer",
    "require",
    "verify-ca",
    "verify-full",
];

struct Fixture {
    server: TestServer,
    files: TempDir,
}

impl Fixture {
    /// A server whose certificate is for `localhost`, signed by `ca.pem`. It listens on 127.0.0.1.
    fn new() -> Self {
        let fixture = Self {
            server: TestServer::start(&[]).unwrap(),
            files: tempfile::tempdir().unwrap(),
        };
        for authority in ["ca", "other"] {
            fixture.openssl(&format!(
                "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={authority} -keyout {authority}.key -out {authority}.pem"
            ));
        }
        fixture.openssl("req -newkey rsa:2048 -nodes -subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout server.key -out server.csr");
        fixture.openssl("x509 -req -in server.csr -copy_extensions copy -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -out server.crt");
        for (name, mode) in [("server.crt", 0o644), ("server.key", 0o600)] {
            let target = fixture.server.data().join(name);
            fs::copy(fixture.files.path().join(name), &target).unwrap();
            fs::set_permissions(&target, fs::Permissions::from_mode(mode)).unwrap();
            // The server does not run as root, even if the tests do.
            let owner = fs::metadata(fixture.server.data()).unwrap();
            chown(&target, Some(owner.uid()), Some(owner.gid())).unwrap();
        }
        fixture
    }

    fn openssl(&self, arguments: &str) {
        let output = Command::new("openssl")
            .args(arguments.split_whitespace())
            .current_dir(self.files.path())
            .output()
            .expect("this test needs the command `openssl`");
        assert!(output.status.success(), "{output:?}");
    }

    /// Switches TLS on or off, and lets in what `pg_hba.conf` calls `kind`.
    fn configure(&self, ssl: bool, kind: &str) {
        let mut database = connect(&self.server.superuser_url());
        fs::write(
            self.server.data().join("pg_hba.conf"),
            format!("{kind} all all 127.0.0.1/32 scram-sha-256\n"),
        )
        .unwrap();
        database
            .execute(&format!("ALTER SYSTEM SET ssl = {ssl}"))
            .unwrap();
        let load_time = |database: &mut Database| query(database, "pg_conf_load_time()");
        let before = load_time(&mut database);
        database.execute("SELECT pg_reload_conf()").unwrap();
        // A new session has the settings of the first process, which it is about.
        while load_time(&mut connect(&self.server.superuser_url())) == before {
            thread::sleep(Duration::from_millis(20));
        }
    }

    fn url(&self, host: &str, parameters: &str) -> String {
        let url = self.server.superuser_url().replace("127.0.0.1", host);
        format!("{url}?{parameters}")
    }

    fn file(&self, name: &str) -> String {
        self.files.path().join(name).display().to_string()
    }
}

const USES_TLS: &str = "ssl::text FROM pg_stat_ssl WHERE pid = pg_backend_pid()";

fn ours(url: &str) -> Outcome {
    let parsed: ConnectionUrl = url.parse().unwrap();
    match Database::connect(&parsed, APPLICATION) {
        Ok(mut database) => match query(&mut database, USES_TLS).as_str() {
            "true" => Tls,
            _ => Plain,
        },
        Err(_) => Fails,
    }
}

/// What libpq does with the same URL; nothing if there is no psql.
fn libpq(url: &str, home: &Path) -> Option<Outcome> {
    let output = Command::new("psql")
        .args([url, "-Atc", &format!("SELECT {USES_TLS}")])
        .env("HOME", home)
        .output()
        .ok()?;
    Some(match String::from_utf8_lossy(&output.stdout).trim() {
        "true" => Tls,
        "false" => Plain,
        _ => Fails,
    })
}

fn check(fixture: &Fixture, host: &str, authority: Option<&str>, expected: [Outcome; 6]) {
    let home = tempfile::tempdir().unwrap();
    let authority = authority
        .map(|name| format!("&sslrootcert={}", fixture.file(name)))
        .unwrap_or_default();
    for (mode, expected) in MODES.into_iter().zip(expected) {
        let url = fixture.url(host, &format!("sslmode={mode}{authority}"));
        assert_eq!(ours(&url), expected, "{host} {mode} {authority}");
        if let Some(libpq) = libpq(&url, home.path()) {
            assert_eq!(libpq, expected, "psql: {host} {mode} {authority}");
        }
    }
}

#[test]
fn means_by_each_mode_what_libpq_means() {
    let fixture = Fixture::new();
    // Outcomes for disable, allow, prefer, require, verify-ca, verify-full.
    fixture.configure(false, "host");
    check(
        &fixture,
        "127.0.0.1",
        None,
        [Plain, Plain, Plain, Fails, Fails, Fails],
    );

    fixture.configure(true, "host");
    check(
        &fixture,
        "localhost",
        None,
        [Plain, Plain, Tls, Tls, Fails, Fails],
    );
    check(
        &fixture,
        "localhost",
        Some("ca.pem"),
        [Plain, Plain, Tls, Tls, Tls, Tls],
    );
    // The certificate is not for the address.
    check(
        &fixture,
        "127.0.0.1",
        Some("ca.pem"),
        [Plain, Plain, Tls, Tls, Tls, Fails],
    );
    check(
        &fixture,
        "localhost",
        Some("other.pem"),
        [Plain, Plain, Plain, Fails, Fails, Fails],
    );

    for (authority, expected) in [
        ("no-such.pem", "No such file"),
        ("ca.key", "no PEM certificate"),
        ("other.pem", "certificate verify failed"),
    ] {
        let url = fixture.url(
            "localhost",
            &format!(
                "sslmode=verify-full&sslrootcert={}",
                fixture.file(authority)
            ),
        );
        let error = Database::connect(&url.parse().unwrap(), APPLICATION).unwrap_err();
        assert!(
            matches!(error.problem(), ConnectProblem::Tls(reason) if reason.contains(expected)),
            "{error:?}"
        );
    }
    assert_eq!(
        ours(&fixture.url("localhost", "channel_binding=require")),
        Tls
    );
    assert_eq!(
        ours(&fixture.url("localhost", "channel_binding=require&sslmode=disable")),
        Fails
    );
    // Without a mode, and the server on this machine.
    assert_eq!(ours(&fixture.url("localhost", "")), Tls);

    fixture.configure(true, "hostssl");
    check(
        &fixture,
        "127.0.0.1",
        None,
        [Fails, Tls, Tls, Tls, Fails, Fails],
    );
    fixture.configure(true, "hostnossl");
    check(
        &fixture,
        "127.0.0.1",
        None,
        [Plain, Plain, Plain, Fails, Fails, Fails],
    );
}

#[test]
fn never_uses_tls_on_a_socket() {
    let fixture = Fixture::new();
    let data = fixture.server.data();
    let mut database = connect(&fixture.server.superuser_url());
    let setting = format!(
        "ALTER SYSTEM SET unix_socket_directories = '{}'",
        data.display()
    );
    database.execute(&setting).unwrap();
    let hba = "local all all scram-sha-256\nhost all all 127.0.0.1/32 scram-sha-256\n";
    fs::write(data.join("pg_hba.conf"), hba).unwrap();
    fixture.server.restart().unwrap();
    let (user_info, port) = (fixture.server.superuser_url(), fixture.server.port());
    let (user_info, _) = user_info.rsplit_once('@').unwrap();
    let url = format!(
        "{user_info}@/postgres?host={}&port={port}&sslmode=verify-full",
        data.display()
    );
    assert_eq!(ours(&url), Plain);
    assert!(libpq(&url, data).is_none_or(|libpq| libpq == Plain));
}
