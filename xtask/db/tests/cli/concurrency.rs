//! Several commands at once: one does the work, and the others see it done, or say whom they wait for.

use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use pg_devserver::TestServer;
use pg_migration::{Folder, NewMigration};
use postgres::{Client, NoTls};

use crate::workspace::{Outcome, Workspace};

/// How many migrations there are.
const MIGRATIONS: usize = 10;
/// The first migration waits for it, until the test lets it go on.
const BARRIER: &str = "SELECT pg_advisory_lock(4711)";
/// The runs that the server sees.
const RUNS: &str = "FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'cargo xtask db'";

/// A workspace with migrations and an empty database, and who keeps the first migration from going on.
fn held_up(url: String) -> (Workspace, Client) {
    let shop = Workspace::on(url);
    let new: Vec<_> = (0..MIGRATIONS)
        .map(|n| NewMigration {
            name: format!("m{n}"),
            sql: match n {
                0 => format!(
                    "{BARRIER};\nSELECT pg_advisory_unlock(4711);\nCREATE TABLE t (id int);"
                ),
                _ => format!("CREATE TABLE t{n} ();\nINSERT INTO t VALUES ({n});"),
            },
            snapshot: "{}".to_owned(),
            when: 1_700_000_000_000,
        })
        .collect();
    let folder = Folder::new(shop.path("drizzle"));
    folder.append(&new).expect("a folder of migrations");
    let mut barrier = Client::connect(&shop.url, NoTls).expect("the test server accepts us");
    barrier.batch_execute(BARRIER).expect("nobody has it");
    (shop, barrier)
}

fn start(shop: &Workspace, arguments: &[&str]) -> Child {
    let mut command = shop.command(arguments);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().expect("it starts")
}

fn all_succeed(running: Vec<Child>) -> Vec<Outcome> {
    let outcomes: Vec<_> = running.into_iter().map(Outcome::of_child).collect();
    for outcome in &outcomes {
        assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    }
    outcomes
}

/// Waits until a condition on the database holds.
fn wait_until(client: &mut Client, condition: &str) {
    let start = Instant::now();
    let query = format!("SELECT {condition}");
    while !client
        .query_one(&query, &[])
        .expect("a query")
        .get::<_, bool>(0)
    {
        assert!(
            start.elapsed() < Duration::from_mins(1),
            "never: {condition}"
        );
        thread::sleep(Duration::from_millis(10));
    }
}

/// Each migration is in both histories once, and was run once; and one of all these runs has done it.
fn applied_once(shop: &Workspace, outcomes: &[Outcome]) {
    for table in ["drizzle.__drizzle_migrations", "drizzle.__xtask_migrations"] {
        let count = format!("SELECT count(*) || ' ' || count(DISTINCT created_at) FROM {table}");
        assert_eq!(shop.query(&count), [format!("{MIGRATIONS} {MIGRATIONS}")]);
    }
    let ran = "SELECT string_agg(id::text, ' ' ORDER BY id) FROM t";
    assert_eq!(shop.query(ran), ["1 2 3 4 5 6 7 8 9"]);
    let said = |outcome: &Outcome| outcome.stderr.matches("Applied: ").count();
    assert_eq!(outcomes.iter().map(said).sum::<usize>(), MIGRATIONS);
    let nothing = outcomes
        .iter()
        .filter(|o| o.stderr.contains("Nothing to apply"));
    assert_eq!(nothing.count(), outcomes.len() - 1);
    let locks = "SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database WHERE datname = current_database() AND locktype = 'advisory'";
    assert_eq!(shop.query(locks), ["0"]);
}

#[test]
fn fifty_runs_at_once_apply_each_migration_once() {
    const AT_ONCE: usize = 50;
    let (shop, mut barrier) = held_up(TestServer::shared().create_database("fifty"));
    let running: Vec<_> = (0..AT_ONCE)
        .map(|_| start(&shop, &["db", "migrate"]))
        .collect();
    wait_until(
        &mut barrier,
        &format!(
            "count(*) = {AT_ONCE} AND count(*) FILTER (WHERE wait_event_type = 'Lock') = 1 {RUNS}"
        ),
    );
    let first = format!("SELECT pid {RUNS} AND wait_event_type = 'Lock'");
    let first: i32 = barrier.query_one(&first, &[]).expect("one").get(0);
    drop(barrier);

    let outcomes = all_succeed(running);
    applied_once(&shop, &outcomes);
    let waits =
        format!("Waiting for another run to finish: cargo xtask db, pid {first}, connected for ");
    assert!(
        outcomes
            .iter()
            .any(|outcome| outcome.stderr.contains(&waits)),
        "{waits}"
    );
}

#[test]
fn runs_wait_for_a_connection_where_the_server_has_too_few() {
    const CONNECTIONS: &str = "8";
    let server = TestServer::start(&[
        ("max_connections", CONNECTIONS),
        ("superuser_reserved_connections", "0"),
    ])
    .expect("a server");
    let (shop, mut barrier) = held_up(server.create_database("few"));
    let running: Vec<_> = (0..20).map(|_| start(&shop, &["db", "migrate"])).collect();
    wait_until(
        &mut barrier,
        &format!("count(*) = {CONNECTIONS} - 1 {RUNS}"),
    );
    let impatient = shop.run(&["db", "migrate", "--wait-lock", "0s"]);
    assert_eq!(impatient.code, Some(1));
    assert!(impatient.stderr.contains("53300"), "{}", impatient.stderr);
    drop(barrier);

    let outcomes = all_succeed(running);
    applied_once(&shop, &outcomes);
    let waited = outcomes
        .iter()
        .filter(|o| o.stderr.contains("Waiting: cannot connect") && o.stderr.contains("53300"));
    assert!(waited.count() > 0);
}

/// A run was killed in the middle of a statement: its end is not waited for longer than the server takes to notice.
#[test]
fn a_dead_run_holds_nobody_up() {
    let (shop, mut barrier) = held_up(TestServer::shared().create_database("dead"));
    let at_work = format!("count(*) > 0 {RUNS} AND wait_event_type = 'Lock'");
    let mut dead = start(&shop, &["db", "migrate"]);
    wait_until(&mut barrier, &at_work);
    let pid = format!("SELECT pid {RUNS}");
    let pid: i32 = barrier.query_one(&pid, &[]).expect("one").get(0);
    dead.kill().expect("it runs");
    dead.wait().expect("it ends");

    let next = start(&shop, &["db", "migrate"]);
    wait_until(
        &mut barrier,
        &format!("count(*) > 0 {RUNS} AND wait_event_type = 'Lock' AND pid <> {pid}"),
    );
    drop(barrier);
    let outcomes = all_succeed(vec![next]);
    let waits =
        format!("Waiting for another run to finish: cargo xtask db, pid {pid}, connected for ");
    assert!(
        outcomes[0].stderr.contains(&waits),
        "{}",
        outcomes[0].stderr
    );
    applied_once(&shop, &outcomes);
}

#[test]
fn of_several_generates_one_writes_the_migration() {
    const STEPS: u32 = 7;
    let names: [&[&str]; 3] = [
        &["same", "same", "same"],
        &["one", "two", "three"],
        &["", "", ""],
    ];
    for names in names {
        let mut shop = Workspace::bare();
        for step in 0..STEPS {
            shop.grow(step);
            let running = names.iter().map(|name| match *name {
                "" => start(&shop, &["db", "generate"]),
                name => start(&shop, &["db", "generate", "--name", name]),
            });
            let outcomes = all_succeed(running.collect());
            let count = |text: &str| outcomes.iter().filter(|o| o.stderr.contains(text)).count();
            assert_eq!(
                (count("Migration generated: "), count("No schema changes")),
                (1, names.len() - 1),
                "step {step}"
            );
        }
        let migrations = Folder::new(shop.path("drizzle"))
            .load()
            .expect("a whole folder");
        assert_eq!(migrations.files.len(), STEPS as usize);
        assert_eq!(
            shop.migrations().len(),
            2 * STEPS as usize + 1,
            "and no other files"
        );
        let mut previous = "00000000-0000-0000-0000-000000000000".to_owned();
        for step in 0..STEPS {
            let snapshot = shop.read(&format!("drizzle/meta/{step:04}_snapshot.json"));
            let snapshot: serde_json::Value = serde_json::from_str(&snapshot).expect("JSON");
            assert_eq!(snapshot["prevId"], *previous);
            previous = snapshot["id"].as_str().expect("an id").to_owned();
        }
    }
}

/// Deletes the local server, however the test ends.
struct Destroyed<'w>(&'w Workspace);

impl Drop for Destroyed<'_> {
    fn drop(&mut self) {
        let _ = self.0.run(&["db", "server", "destroy", "--yes"]);
    }
}

#[test]
fn of_several_server_starts_one_starts_it() {
    let shop = Workspace::bare();
    let _destroyed = Destroyed(&shop);
    let starts = |at_once: usize| {
        let running = (0..at_once).map(|_| start(&shop, &["db", "server", "start"]));
        let outcomes = all_succeed(running.collect());
        let count = |text: &str| outcomes.iter().filter(|o| o.stderr.contains(text)).count();
        let port = shop.read(".devdb/port");
        assert_eq!(count(&format!("on port {}", port.trim())), at_once);
        (
            count("Making a local PostgreSQL"),
            count("Starting the local server"),
            count("Created the database shop"),
        )
    };
    assert_eq!(starts(3), (1, 1, 1));
    let _ = shop.ok(&["db", "server", "stop"]);
    assert_eq!(starts(3), (0, 1, 0));
}
