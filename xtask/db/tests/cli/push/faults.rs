//! A push that fails in the middle, loses its connection, or meets another one.

use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use pg_devserver::TestServer;
use postgres::{Client, NoTls};

use super::pushed;
use crate::crash::EMPTY;
use crate::crash::proxy::{Moment, Proxy, Then};
use crate::facts::{column, differences, facts};
use crate::workspace::{Outcome, Workspace};

fn connect(url: &str) -> Client {
    Client::connect(url, NoTls).expect("the test server accepts us")
}

fn start(shop: &Workspace, url: &str, arguments: &[&str]) -> Child {
    let mut command = shop.command(arguments);
    command.env("DATABASE_URL", url);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().expect("it starts")
}

/// Waits until the query has a row.
fn wait_for(client: &mut Client, query: &str) {
    let start = Instant::now();
    while column(client, query).is_empty() {
        assert!(start.elapsed() < Duration::from_mins(1), "never: {query}");
        thread::sleep(Duration::from_millis(10));
    }
}

/// From step 6 to 10: one transaction, and an index that is built in none.
#[test]
fn wherever_the_connection_is_lost_it_says_what_stands() {
    let server = TestServer::shared();
    let url = server.create_database("lost");
    let mut shop = Workspace::on(url.clone()).at_step(10);
    let before = |shop: &mut Workspace| {
        connect(&url).batch_execute(EMPTY).expect("all can go");
        shop.grow(6);
        let _ = shop.ok(&["db", "push", "--yes"]);
        shop.grow(10);
        facts(&mut connect(&url))
    };
    let through = |shop: &Workspace, moment, arguments: &[&str]| {
        let proxy = Proxy::new(server.port(), moment);
        let run = start(shop, &proxy.url(&url), arguments);
        (proxy, run)
    };
    let earlier = before(&mut shop);
    let (proxy, run) = through(&shop, None, &["db", "push", "--dry-run"]);
    assert_eq!(Outcome::of_child(run).code, Some(0));
    let reading = proxy.requests();
    let (proxy, run) = through(&shop, None, &["db", "push", "--yes"]);
    assert_eq!(Outcome::of_child(run).code, Some(0));
    let (requests, later) = (proxy.requests(), facts(&mut connect(&url)));
    assert!(requests > reading + 10, "{reading} of {requests}");
    let mut stands = [0; 3];
    for request in reading..requests {
        assert!(before(&mut shop) == earlier);
        let moment = Moment::After(request);
        let (proxy, run) = through(&shop, Some(moment), &["db", "push", "--yes"]);
        proxy.wait();
        let mut client = connect(&url);
        let backend = proxy.backend();
        let terminate = format!("SELECT pg_terminate_backend({backend})");
        let _ = column(&mut client, &terminate);
        let gone = format!(
            "SELECT 1 WHERE NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = {backend})"
        );
        wait_for(&mut client, &gone);
        proxy.end(Then::Lost);
        let outcome = Outcome::of_child(run);
        let found = facts(&mut client);
        let says = |text: &str| outcome.stderr.contains(text);
        let unknown = says("whether it took effect, the next push finds out");
        let is_true = match outcome.code {
            Some(0) => found == later,
            _ if says("othing was changed") => found == earlier,
            _ if says("committed and stay:") => found != earlier && (found != later || unknown),
            _ => unknown,
        };
        assert!(
            is_true && outcome.code.is_some_and(|code| code <= 1),
            "{moment:?}: exit code {:?}\n{}\n{}",
            outcome.code,
            outcome.stderr,
            differences(&earlier, &found)
        );
        stands[usize::from(found != earlier) + usize::from(found == later)] += 1;
        let _ = shop.ok(&["db", "push", "--yes"]);
        let reached = facts(&mut connect(&url));
        assert!(
            reached == later,
            "{moment:?}: {}",
            differences(&later, &reached)
        );
    }
    assert!(stands.iter().all(|count| *count > 0), "{stands:?}");
}

/// While somebody keeps the index from being built, all before it is there.
#[test]
fn a_failure_behind_a_commit_says_what_stands_and_the_next_push_finishes() {
    let mut shop = pushed(6);
    let mut other = connect(&shop.url);
    let mut holds = other.transaction().expect("a transaction");
    holds
        .batch_execute("LOCK TABLE \"Trades\" IN ACCESS SHARE MODE; SELECT txid_current()")
        .expect("nobody has it");
    shop.grow(10);
    let before = shop.query("SELECT count(*) FROM pg_class WHERE relname = 'Orders_symbol_idx'");
    assert_eq!(before, ["0"]);
    // It waits for the transaction, which the constraint on the other table does too.
    let push = shop.run(&["db", "push", "--yes", "--lock-timeout", "300ms"]);
    assert_eq!(push.code, Some(1), "{}", push.stderr);
    assert!(
        push.stderr.contains("Nothing was changed"),
        "{}",
        push.stderr
    );
    holds.rollback().expect("it is open");
    let mut holds = other.transaction().expect("a transaction");
    holds
        .batch_execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SELECT FROM pg_class")
        .expect("it is ours");
    let push = shop.run(&["db", "push", "--yes", "--statement-timeout", "1s"]);
    assert_eq!(push.code, Some(1), "{}", push.stderr);
    assert!(push.stderr.contains("warning: PostgreSQL does not let this be one transaction: it takes 2 steps, and CREATE INDEX CONCURRENTLY runs in no transaction"), "{}", push.stderr);
    let (_, stands) = push
        .stderr
        .split_once(" are committed and stay:\n")
        .expect("what stands");
    assert!(
        stands.contains("ADD CONSTRAINT \"Orders_trailingStop_check\"")
            && !stands.contains("CONCURRENTLY"),
        "{stands}"
    );
    assert!(stands.contains("Nothing else was changed"), "{stands}");
    holds.rollback().expect("it is open");
    // What is left behind is no index that counts.
    let invalid =
        "SELECT indisvalid FROM pg_index WHERE indexrelid = '\"Orders_symbol_idx\"'::regclass";
    assert_eq!(shop.query(invalid), ["f"]);
    let push = shop.ok(&["db", "push", "--yes"]);
    assert!(push.stderr.contains("Dropping the invalid index \"public\".\"Orders_symbol_idx\" that an earlier run left behind"), "{}", push.stderr);
    assert_eq!(shop.query(invalid), ["t"]);
}

#[test]
fn a_statement_that_fails_takes_all_back() {
    let shop = pushed(6);
    // A view that nobody declares keeps the type from being changed.
    let _ = shop.query("CREATE FUNCTION f() RETURNS SETOF \"Orders\" LANGUAGE sql AS 'SELECT * FROM \"Orders\"'; CREATE SCHEMA mine; CREATE VIEW mine.v AS SELECT \"trailingStopPercent\" FROM \"Orders\"");
    let shop = shop.at_step(8);
    let before = facts(&mut connect(&shop.url));
    let push = shop.run(&["db", "push", "--yes", "--schemas", "public"]);
    assert_eq!(push.code, Some(1), "{}", push.stderr);
    assert!(
        push.stderr
            .contains("cannot alter type of a column used by a view or rule (SQLSTATE 0A000)"),
        "{}",
        push.stderr
    );
    assert!(
        push.stderr.contains("\nNothing was changed\n"),
        "{}",
        push.stderr
    );
    assert!(facts(&mut connect(&shop.url)) == before);
}

#[test]
fn two_at_once_take_turns_and_say_so() {
    let mut shop = pushed(6);
    let mut other = connect(&shop.url);
    let mut holds = other.transaction().expect("a transaction");
    holds
        .batch_execute("LOCK TABLE \"Orders\"")
        .expect("nobody has it");
    shop.grow(10);
    // The first waits for the table, and has the lock that keeps the others away.
    let first = start(&shop, &shop.url, &["db", "push", "--yes"]);
    let locked = "SELECT 1 FROM pg_locks JOIN pg_database d ON d.oid = database WHERE datname = current_database() AND locktype = 'advisory'";
    wait_for(&mut connect(&shop.url), locked);
    let others: Vec<_> = (0..3)
        .map(|_| start(&shop, &shop.url, &["db", "push", "--yes"]))
        .collect();
    let impatient = shop.run(&["db", "push", "--yes", "--wait-lock", "0s"]);
    assert_eq!(impatient.code, Some(1), "{}", impatient.stderr);
    assert!(
        impatient
            .stderr
            .contains("another run holds the lock: process "),
        "{}",
        impatient.stderr
    );
    holds.rollback().expect("it is open");
    let first = Outcome::of_child(first);
    assert_eq!(first.code, Some(0), "{}", first.stderr);
    for other in others {
        let other = Outcome::of_child(other);
        assert_eq!(other.code, Some(0), "{}", other.stderr);
        assert!(
            other.stderr.contains("Waiting for another run to finish"),
            "{}",
            other.stderr
        );
        assert!(other.stderr.contains("No changes"), "{}", other.stderr);
    }
    assert_eq!(column(&mut connect(&shop.url), locked), [""; 0]);
}

/// A push and a migration of the same database keep out of each other's way.
#[test]
fn a_push_waits_for_a_migration() {
    let shop = Workspace::new().at_step(6);
    let _ = shop.ok(&["db", "generate", "--name", "init"]);
    let mut other = connect(&shop.url);
    let lock = "SELECT pg_advisory_lock(4711)";
    other.batch_execute(lock).expect("nobody has it");
    let file = shop.read("drizzle/0000_init.sql");
    shop.write("drizzle/0000_init.sql", &format!("{lock};--> statement-breakpoint\nSELECT pg_advisory_unlock(4711);--> statement-breakpoint\n{file}"));
    let migrate = start(&shop, &shop.url, &["db", "migrate"]);
    wait_for(
        &mut connect(&shop.url),
        "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = 4711",
    );
    let push = start(&shop, &shop.url, &["db", "push", "--yes"]);
    wait_for(
        &mut connect(&shop.url),
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'cargo xtask db' OFFSET 1",
    );
    other
        .batch_execute("SELECT pg_advisory_unlock(4711)")
        .expect("it is ours");
    let (migrate, push) = (Outcome::of_child(migrate), Outcome::of_child(push));
    assert_eq!(
        (migrate.code, push.code),
        (Some(0), Some(0)),
        "{}\n{}",
        migrate.stderr,
        push.stderr
    );
    assert!(push.stderr.contains("No changes"), "{}", push.stderr);
}
