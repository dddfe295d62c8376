//! `sslmode` and `sslrootcert` against a real server, beside psql where that is installed.

mod fixture;
mod messages;

use std::fs;
use std::thread;

use fixture::Outcome::{self, Fails, Plain, Tls};
use fixture::{Fixture, libpq, ours};

use pg_devserver::TestServer;

use crate::common::connect;

const MODES: [&str; 6] = [
    "disable",
    "allow",
    "prefer",
    "require",
    "verify-ca",
    "verify-full",
];

/// What a client asks for, but for the mode.
#[derive(Debug)]
struct Row {
    /// The name in the URL; the address is always 127.0.0.1.
    host: &'static str,
    /// `sslrootcert`.
    root: Option<&'static str>,
    /// The authority that lies at `~/.postgresql/root.crt`.
    home: Option<&'static str>,
}

const fn row(host: &'static str, root: Option<&'static str>) -> Row {
    Row {
        host,
        root,
        home: None,
    }
}

const UNVERIFIED: [Outcome; 6] = [Plain, Plain, Tls, Tls, Fails, Fails];
const VERIFIED: [Outcome; 6] = [Plain, Plain, Tls, Tls, Tls, Tls];
const OTHER_HOST: [Outcome; 6] = [Plain, Plain, Tls, Tls, Tls, Fails];
/// Where authorities are named, even `prefer` and `require` verify.
const UNTRUSTED: [Outcome; 6] = [Plain, Plain, Plain, Fails, Fails, Fails];
const NO_TLS: [Outcome; 6] = [Plain, Plain, Plain, Fails, Fails, Fails];

/// How `verify-full` takes each of these hosts.
type Hosts = &'static [(&'static str, Outcome)];

impl Fixture {
    /// What comes of it, here and with psql.
    fn connect(&self, row: &Row, mode: &str) -> (Outcome, Option<Outcome>) {
        let root = row.root.map_or_else(String::new, |name| {
            format!("&sslrootcert={}", self.file(name).display())
        });
        let url = self.url(row.host, &format!("sslmode={mode}{root}"));
        let home = self.home(row.home);
        (ours(&url, &home).0, libpq(&url, &home))
    }

    /// The same for each of [`MODES`].
    fn outcomes(&self, row: &Row) -> [(Outcome, Option<Outcome>); 6] {
        thread::scope(|scope| {
            MODES
                .map(|mode| scope.spawn(move || self.connect(row, mode)))
                .map(|thread| thread.join().unwrap())
        })
    }

    #[track_caller]
    fn agree(&self, row: &Row, mode: &str, expected: Outcome) {
        let (ours, psql) = self.connect(row, mode);
        assert_eq!(ours, expected, "{mode} {row:?}");
        assert_eq!(psql.unwrap_or(ours), expected, "psql: {mode} {row:?}");
    }

    fn check(&self, row: &Row, expected: [Outcome; 6]) {
        let outcomes = self.outcomes(row);
        assert_eq!(outcomes.map(|it| it.0), expected, "{row:?}");
        let psql = outcomes.map(|(ours, psql)| psql.unwrap_or(ours));
        assert_eq!(psql, expected, "psql: {row:?}");
    }
}

#[test]
fn means_by_each_mode_what_libpq_means() {
    let fixture = Fixture::take();
    let at_home = |home, root| Row {
        home: Some(home),
        ..row("localhost", root)
    };
    fixture.configure(None, "host");
    fixture.check(&row("localhost", None), NO_TLS);

    fixture.issue(
        "own",
        "x",
        Some("subjectAltName=DNS:localhost"),
        Some("ca"),
        "-days 2",
    );
    fixture.configure(Some("own"), "host");
    fixture.check(&row("localhost", None), UNVERIFIED);
    fixture.check(&row("localhost", Some("ca.pem")), VERIFIED);
    fixture.check(&row("127.0.0.1", Some("ca.pem")), OTHER_HOST);
    fixture.check(&row("localhost", Some("other.pem")), UNTRUSTED);
    // libpq's default file is in force where the URL names none.
    fixture.check(&at_home("ca", None), VERIFIED);
    fixture.check(&at_home("other", None), UNTRUSTED);
    fixture.agree(&at_home("other", Some("ca.pem")), "require", Tls);

    fixture.configure(Some("own"), "hostssl");
    let with_tls = [Fails, Tls, Tls, Tls, Tls, Tls];
    fixture.check(&row("localhost", Some("ca.pem")), with_tls);
    fixture.check(&row("localhost", Some("other.pem")), [Fails; 6]);
    fixture.configure(Some("own"), "hostnossl");
    fixture.check(&row("localhost", Some("ca.pem")), NO_TLS);

    fixture.issue(
        "self",
        "x",
        Some("subjectAltName=DNS:localhost"),
        None,
        "-days 2",
    );
    fixture.configure(Some("self"), "host");
    fixture.check(&row("localhost", None), UNVERIFIED);
    fixture.check(&row("localhost", Some("self.pem")), VERIFIED);
    fixture.check(&row("localhost", Some("ca.pem")), UNTRUSTED);
    // The server sends the authority between its certificate and the root, or it does not.
    let authority = Some("basicConstraints=critical,CA:TRUE");
    fixture.issue("between", "between", authority, Some("ca"), "-days 2");
    fixture.issue("leaf", "localhost", None, Some("between"), "-days 2");
    fixture.configure(Some("leaf"), "host");
    fixture.agree(&row("localhost", Some("ca.pem")), "verify-ca", Fails);
    fixture.agree(&row("localhost", Some("between.pem")), "verify-ca", Fails);
    fixture.append("between", "leaf");
    fixture.configure(Some("leaf"), "host");
    fixture.agree(&row("localhost", Some("ca.pem")), "verify-ca", Tls);

    fixture.issue(
        "old",
        "x",
        Some("subjectAltName=DNS:localhost"),
        Some("ca"),
        "-days -1",
    );
    fixture.configure(Some("old"), "host");
    fixture.agree(&row("localhost", None), "require", Tls);
    fixture.check(&row("localhost", Some("ca.pem")), UNTRUSTED);
}

#[test]
fn finds_the_host_in_a_certificate_as_libpq_does() {
    let fixture = Fixture::take();
    // The common name, the alternative names, and the hosts.
    let table: [(&str, Option<&str>, Hosts); 5] = [
        (
            "localhost",
            None,
            &[
                ("LocalHost", Tls),
                ("localhost.", Fails),
                ("127.0.0.1", Fails),
            ],
        ),
        // With names of its kind, the common name does not count.
        (
            "localhost",
            Some("subjectAltName=DNS:elsewhere"),
            &[("localhost", Fails), ("elsewhere", Tls)],
        ),
        (
            "localhost",
            Some("subjectAltName=IP:127.0.0.1"),
            &[("127.0.0.1", Tls), ("localhost", Tls)],
        ),
        (
            "x",
            Some("subjectAltName=DNS:*.db.example"),
            &[
                ("one.db.example", Tls),
                ("db.example", Fails),
                ("one.two.db.example", Fails),
            ],
        ),
        ("*.db.example", None, &[("one.db.example", Tls)]),
    ];
    for (subject, alternative, hosts) in table {
        fixture.issue("named", subject, alternative, Some("ca"), "-days 2");
        fixture.configure(Some("named"), "host");
        for (host, expected) in hosts {
            fixture.agree(&row(host, Some("ca.pem")), "verify-full", *expected);
        }
    }
}

#[test]
fn is_stricter_than_libpq_where_it_differs() {
    let fixture = Fixture::take();
    // An address counts only where the certificate has it as an address.
    for (subject, alternative) in [
        ("127.0.0.1", None),
        ("x", Some("subjectAltName=DNS:127.0.0.1")),
    ] {
        fixture.issue("named", subject, alternative, Some("ca"), "-days 2");
        fixture.configure(Some("named"), "host");
        let (ours, psql) = fixture.connect(&row("127.0.0.1", Some("ca.pem")), "verify-full");
        assert_eq!((ours, psql.unwrap_or(Tls)), (Fails, Tls));
    }
    // A file that cannot be used is an error wherever it was to be used.
    for (name, psql) in [("no-such.pem", UNVERIFIED), ("ca.key", UNTRUSTED)] {
        let outcomes = fixture.outcomes(&row("localhost", Some(name)));
        let refused = [Plain, Fails, Fails, Fails, Fails, Fails];
        assert_eq!(outcomes.map(|it| it.0), refused, "{name}");
        for (mode, (expected, (_, found))) in MODES.iter().zip(psql.iter().zip(outcomes)) {
            assert_eq!(found.unwrap_or(*expected), *expected, "psql: {name} {mode}");
        }
    }
}

#[test]
fn uses_tls_by_default_and_binds_the_password_to_it() {
    let fixture = Fixture::take();
    fixture.issue("own", "localhost", None, Some("ca"), "-days 2");
    fixture.configure(Some("own"), "host");
    for parameters in [
        "",
        "channel_binding=require",
        "ssl=true",
        "sslmode=verify-full&sslmode=prefer",
    ] {
        let url = fixture.url("localhost", parameters);
        assert_eq!(ours(&url, &fixture.home(None)).0, Tls, "{parameters}");
        assert_eq!(
            libpq(&url, &fixture.home(None)).unwrap_or(Tls),
            Tls,
            "psql: {parameters}"
        );
    }
}

#[test]
fn never_uses_tls_on_a_socket() {
    let server = TestServer::start(&[]).unwrap();
    let data = server.data();
    let mut database = connect(&server.superuser_url());
    let setting = format!(
        "ALTER SYSTEM SET unix_socket_directories = '{}'",
        data.display()
    );
    database.execute(&setting).unwrap();
    let hba = "local all all scram-sha-256\nhost all all 127.0.0.1/32 scram-sha-256\n";
    fs::write(data.join("pg_hba.conf"), hba).unwrap();
    server.restart().unwrap();
    let (user_info, port) = (server.superuser_url(), server.port());
    let (user_info, _) = user_info.rsplit_once('@').unwrap();
    let url = format!(
        "{user_info}@/postgres?host={}&port={port}&sslmode=verify-full",
        data.display()
    );
    assert_eq!(ours(&url, data).0, Plain);
    assert_eq!(libpq(&url, data).unwrap_or(Plain), Plain);
}
