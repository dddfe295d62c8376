//! What is found where a right URL leads.

use std::thread;
use std::time::{Duration, Instant};

use super::address::{PASSWORD, with_url};
use super::{CONNECTING, Case, case, generated};
use crate::service::{self, Service};
use crate::workspace::Workspace;

/// With a URL that leads to a program that is not PostgreSQL.
fn at(service: Service) -> Workspace {
    let port = service::start(service);
    with_url(&format!(
        "postgres://shop:{{password}}@127.0.0.1:{port}/shop?connect_timeout=1"
    ))
    .with_port(port)
}

/// With the URL of a real database, changed.
fn changed(change: impl Fn(&str) -> String) -> Workspace {
    let shop = generated();
    shop.write(
        ".env.local",
        &format!("DATABASE_URL='{}'\n", change(&shop.url)),
    );
    shop
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = refused();
    cases.extend(not_postgres());
    cases
}

/// Commands that write to no other machine's database unless that is said.
const GUARDED: &[&str] = &[
    "db seed --yes",
    "db reset --yes",
    "db resolve --baseline --yes",
    "db push --yes",
    "db push --yes --allow data-loss",
    "db pull --to schema.rs",
];

fn refused() -> Vec<Case> {
    const ONE: &[&str] = &["db status"];
    vec![
        case("a port where nothing listens", CONNECTING, 1, || {
            with_url("postgres://shop:{password}@127.0.0.1:1/shop")
        }),
        case("a Unix socket that is not there", ONE, 1, || {
            with_url("postgres://shop:{password}@/shop?host=/nonexistent")
        }),
        case(
            "a host name without an address",
            &["db migrate", "db status"],
            1,
            || with_url("postgres://shop:{password}@db.invalid/shop"),
        ),
        case(
            "a host that never answers",
            &["db migrate", "db seed --yes"],
            1,
            || at(Service::Silent),
        ),
        case("a host that does not even accept", ONE, 1, || {
            at(Service::Full)
        }),
        case("a remote database", GUARDED, 3, || {
            with_url("postgres://shop:{password}@db.invalid/shop")
        }),
        case("a wrong password", CONNECTING, 1, || {
            changed(|url| {
                let (_, server) = url.split_once('@').expect("a host");
                format!("postgres://postgres:{PASSWORD}@{server}")
            })
            .with_secret(PASSWORD)
        }),
        case("an empty password", ONE, 1, || {
            changed(|url| {
                let (_, server) = url.split_once('@').expect("a host");
                format!("postgres://postgres:@{server}")
            })
        }),
        case("no password", ONE, 1, || {
            changed(|url| {
                let (_, server) = url.split_once('@').expect("a host");
                format!("postgres://postgres@{server}")
            })
        }),
        case("an unknown user with a hostile name", ONE, 1, || {
            changed(|url| {
                let (_, server) = url.split_once('@').expect("a host");
                format!("postgres://it%27s%20%22me%22%0A%E2%82%AC:{PASSWORD}@{server}")
            })
            .with_secret(PASSWORD)
        }),
        case("a database that is not there", CONNECTING, 1, || {
            changed(|url| format!("{}/nowhere", url.rsplit_once('/').expect("a database").0))
        }),
        case(
            "a database that is not there with a hostile name",
            ONE,
            1,
            || {
                changed(|url| {
                    let (server, _) = url.rsplit_once('/').expect("a database");
                    format!("{server}/it%27s%20%22here%22%0A%E2%82%AC")
                })
            },
        ),
        case("no right to connect", ONE, 1, || {
            let shop = generated();
            let _ = shop.query("DO $$ BEGIN EXECUTE format('REVOKE CONNECT ON DATABASE %I FROM PUBLIC', current_database()); END $$");
            shop.with_role(PASSWORD)
        }),
        case("no right to create the history", &["db migrate"], 1, || {
            generated().with_role(PASSWORD)
        }),
        case(
            "no right to read the history",
            &["db migrate", "db migrate --dry-run", "db status"],
            1,
            || {
                let shop = generated();
                let _ = shop.ok(&["db", "migrate"]);
                shop.with_role(PASSWORD)
            },
        ),
        case("a server that demands TLS of what has none", ONE, 1, || {
            changed(|url| format!("{url}?sslmode=require"))
        }),
        case("a file of authorities that is not there", ONE, 1, || {
            changed(|url| format!("{url}?sslmode=verify-full&sslrootcert=/nonexistent/ca.pem"))
        }),
    ]
}

fn not_postgres() -> Vec<Case> {
    const ONE: &[&str] = &["db status"];
    [
        ("an HTTP server that refuses", CONNECTING, Service::Http),
        ("an HTTPS server", ONE, Service::Https),
        (
            "an SSH server",
            ONE,
            Service::Greets(b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"),
        ),
        (
            "a mail server",
            ONE,
            Service::Greets(b"220 mail.invalid ESMTP\r\n"),
        ),
        (
            "MySQL",
            ONE,
            Service::Greets(b"J\0\0\0\x0a8.0.36\0\x08\0\0\0abcdefgh\0"),
        ),
        ("Redis", ONE, Service::Answers(b"-ERR unknown command\r\n")),
        ("a server that hangs up", ONE, Service::HangsUp),
    ]
    .into_iter()
    .map(|(name, commands, service)| case(name, commands, 1, move || at(service)))
    .collect()
}

/// What the system says of it depends on whether it has IPv6.
#[test]
fn an_address_of_ipv6_is_shown_in_brackets() {
    let shop = with_url("postgres://shop:{password}@[::1]:1/shop");
    let outcome = shop.run(&["db", "status"]);
    assert_eq!(outcome.code, Some(1));
    let says = "error: cannot connect to shop@[::1]:1/shop: ";
    assert!(outcome.stderr.starts_with(says), "{}", outcome.stderr);
    assert_eq!(shop.leak(&outcome.stderr), None);
}

/// The listener is there before the command is, and goes on while others run.
#[test]
fn a_service_that_is_not_postgres_does_not_take_the_time_limit() {
    let port = service::start(Service::Http);
    let shop = Workspace::bare().with_folder();
    let url = format!("postgres://u@127.0.0.1:{port}/d?connect_timeout=0");
    let worker = thread::spawn(move || shop.run(&["db", "status", "--database-url", &url]));
    let deadline = Instant::now() + Duration::from_mins(1);
    while !worker.is_finished() {
        assert!(Instant::now() < deadline, "it hangs");
        thread::sleep(Duration::from_millis(20));
    }
    let outcome = worker.join().expect("no panic");
    assert!(
        outcome.stderr.contains("not a PostgreSQL server"),
        "{}",
        outcome.stderr
    );
}
