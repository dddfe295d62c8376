//! Signals, at every moment at which there is something to lose.

use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use postgres::{Client, NoTls};

use crate::workspace::Workspace;

const SLEEP: &str = "SELECT 1 FROM pg_sleep(300);\n";
/// A statement that outlives being cancelled.
const STUBBORN: &str = "DO $$ BEGIN LOOP BEGIN PERFORM pg_sleep(300); EXCEPTION WHEN query_canceled THEN NULL; END; END LOOP; END $$;\n";

/// One migration that is applied, and a second one with this text.
fn with_second(sql: &str) -> Workspace {
    let shop = Workspace::new().at_step(0);
    let _ = shop.ok(&["db", "generate", "--name", "init"]);
    let _ = shop.ok(&["db", "generate", "--custom", "--name", "slow"]);
    shop.write(
        "drizzle/0001_slow.sql",
        &format!("CREATE TABLE extra (id int);\n{sql}"),
    );
    shop
}

fn start(shop: &Workspace, arguments: &[&str]) -> Child {
    let mut command = shop.command(arguments);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().expect("it starts")
}

#[track_caller]
fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_mins(1);
    while !is_so() {
        assert!(Instant::now() < deadline, "{what} did not come to pass");
        thread::sleep(Duration::from_millis(20));
    }
}

/// The other sessions in the database that are in the middle of sleeping.
fn sleeping(shop: &Workspace) -> usize {
    shop.query("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'").len()
}

fn sessions(shop: &Workspace) -> usize {
    shop.query("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()").len()
}

fn send(signal: &str, child: &Child) {
    // The shell has a `kill` of its own; a program of that name is not everywhere.
    let kill = format!("kill {signal} {}", child.id());
    let status = Command::new("sh").args(["-c", &kill]).status();
    assert!(status.expect("there is a shell").success());
}

/// Its exit code, and what it said.
fn end(child: Child) -> (Option<i32>, String) {
    let output = child.wait_with_output().expect("it ends");
    (
        output.status.code(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}

#[test]
fn a_migration_that_is_interrupted_is_rolled_back_and_says_what_remains() {
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let shop = with_second(SLEEP);
        let child = start(&shop, &["db", "migrate"]);
        wait_until("the statement", || sleeping(&shop) == 1);
        send(signal, &child);
        let (ended, said) = end(child);
        assert_eq!(ended, Some(code), "{said}");
        for text in [
            "error: drizzle/0001_slow.sql was interrupted at statement 2 of 2\nIt was rolled back; applied before it: 0000_init\n",
            "hint: `cargo xtask db migrate` goes on from there\n",
        ] {
            assert!(said.contains(text), "{said}");
        }
        wait_until("the end of the session", || sessions(&shop) == 0);
        assert_eq!(shop.query("SELECT to_regclass('extra')"), ["NULL"]);
        assert_eq!(
            shop.query("SELECT count(*) FROM drizzle.__drizzle_migrations"),
            ["1"]
        );
        shop.write("drizzle/0001_slow.sql", "CREATE TABLE extra (id int);\n");
        let _ = shop.ok(&["db", "migrate", "--wait-lock", "0s"]);
    }
}

#[test]
fn a_push_that_is_interrupted_is_rolled_back_and_says_so() {
    let mut shop = Workspace::new().at_step(6);
    let _ = shop.ok(&["db", "push", "--yes"]);
    shop.grow(8);
    let mut other = Client::connect(&shop.url, NoTls).expect("the test server accepts us");
    let mut holds = other.transaction().expect("a transaction");
    holds
        .batch_execute("LOCK TABLE \"Orders\" IN ACCESS SHARE MODE")
        .expect("nobody has it");
    let child = start(&shop, &["db", "push", "--yes"]);
    let waiting = "SELECT pid FROM pg_locks JOIN pg_database d ON d.oid = database WHERE datname = current_database() AND NOT granted";
    wait_until("the statement", || shop.query(waiting).len() == 1);
    send("-INT", &child);
    let (ended, said) = end(child);
    assert_eq!(ended, Some(130), "{said}");
    let last =
        "error: interrupted\nNothing was changed\nhint: `cargo xtask db push` does what is left\n";
    assert!(said.ends_with(last), "{said}");
    holds.rollback().expect("it is open");
    let _ = shop.ok(&["db", "push", "--yes", "--wait-lock", "0s"]);
}

/// Where no transaction covers the file, what was done stays, and the next run goes on after it.
#[test]
fn a_no_transaction_file_that_is_interrupted_goes_on_where_it_was() {
    let shop = with_second("");
    let file = |last: &str| {
        let sql = format!(
            "-- no-transaction\nCREATE TABLE extra (id int);\nINSERT INTO extra VALUES (1);\n{last}"
        );
        shop.write("drizzle/0001_slow.sql", &sql);
    };
    file(SLEEP);
    let child = start(&shop, &["db", "migrate"]);
    wait_until("the statement", || sleeping(&shop) == 1);
    send("-INT", &child);
    let (code, said) = end(child);
    assert_eq!(code, Some(130), "{said}");
    for text in [
        "error: drizzle/0001_slow.sql was interrupted at statement 3 of 3\nIts first 2 statements took effect and stay",
        "hint: `cargo xtask db migrate` goes on from there\n",
    ] {
        assert!(said.contains(text), "{said}");
    }
    file("SELECT 1;\n");
    let _ = shop.ok(&["db", "migrate", "--wait-lock", "1m"]);
    assert_eq!(shop.query("SELECT count(*) FROM extra"), ["1"]);
}

#[test]
fn a_command_that_only_reads_ends_at_once() {
    let shop = with_second("");
    let _ = shop.ok(&["db", "migrate"]);
    let before = shop.state();
    let mut other = Client::connect(&shop.url, NoTls).expect("the test server accepts us");
    let mut held = other.transaction().expect("a transaction");
    held.batch_execute("LOCK TABLE drizzle.__drizzle_migrations IN ACCESS EXCLUSIVE MODE")
        .expect("nobody has it");
    for arguments in [&["db", "status"][..], &["db", "migrate", "--dry-run"]] {
        let child = start(&shop, arguments);
        let waits = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        wait_until("the lock", || !shop.query(waits).is_empty());
        send("-INT", &child);
        assert_eq!(end(child), (Some(130), "Interrupted\n".to_owned()));
        let ended = format!("SELECT pg_terminate_backend(pid) FROM ({waits}) AS waiting");
        let _ = shop.query(&ended);
        wait_until("the end of the session", || shop.query(waits).is_empty());
    }
    held.rollback().expect("a transaction");
    assert!(shop.state() == before);
}

#[test]
fn connecting_can_be_interrupted() {
    let shop = Workspace::bare().with_folder();
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = silent.local_addr().expect("an address").port();
    let url = format!("postgres://u@127.0.0.1:{port}/d?connect_timeout=60");
    for command in ["status", "migrate"] {
        let child = start(&shop, &["db", command, "--database-url", &url]);
        let connected = silent.accept().expect("it connects");
        send("-INT", &child);
        assert_eq!(end(child), (Some(130), "Interrupted\n".to_owned()));
        drop(connected);
    }
}

#[test]
fn a_second_signal_ends_what_cannot_be_cancelled() {
    let shop = with_second(STUBBORN);
    let mut child = start(&shop, &["db", "migrate"]);
    wait_until("the statement", || sleeping(&shop) == 1);
    send("-INT", &child);
    let mut said = BufReader::new(child.stderr.take().expect("it is piped"));
    let mut line = String::new();
    while !line.contains("once more ends it at once") {
        line.clear();
        assert_ne!(
            said.read_line(&mut line).expect("text"),
            0,
            "it ended at once"
        );
    }
    send("-INT", &child);
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
    // The server would notice by itself, after `client_connection_check_interval`.
    let _ = shop.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
    wait_until("the end of the session", || sessions(&shop) == 0);
    assert_eq!(shop.query("SELECT to_regclass('extra')"), ["NULL"]);
}

#[test]
fn waiting_for_another_run_can_be_interrupted() {
    let shop = with_second(SLEEP);
    let first = start(&shop, &["db", "migrate"]);
    wait_until("the statement", || sleeping(&shop) == 1);
    let mut second = start(&shop, &["db", "migrate"]);
    let mut said = BufReader::new(second.stderr.take().expect("it is piped"));
    let mut text = String::new();
    while !text.contains("Waiting for another run") {
        assert_ne!(
            said.read_line(&mut text).expect("text"),
            0,
            "it does not wait:\n{text}"
        );
    }
    send("-INT", &second);
    assert_eq!(second.wait().expect("it ends").code(), Some(130));
    said.read_to_string(&mut text).expect("text");
    assert!(text.ends_with("Interrupted\n"), "{text}");
    assert_eq!(sleeping(&shop), 1, "the first goes on");
    send("-TERM", &first);
    assert_eq!(end(first).0, Some(143));
}

#[test]
fn a_reset_that_is_interrupted_leaves_the_old_data() {
    for command in ["reset", "seed"] {
        let shop = with_second("");
        let _ = shop.ok(&["db", "seed", "--yes"]);
        let before = shop.query("SELECT \"id\" FROM \"Orders\" ORDER BY 1");
        assert!(!before.is_empty());
        shop.write("drizzle/0001_slow.sql", SLEEP);
        let child = start(&shop, &["db", command, "--yes"]);
        wait_until("the statement", || sleeping(&shop) == 1);
        send("-INT", &child);
        let (code, said) = end(child);
        assert_eq!(code, Some(130), "{said}");
        assert!(said.contains("\nThe old data is as it was\n"), "{said}");
        wait_until("the end of the session", || sessions(&shop) == 0);
        assert_eq!(
            shop.query("SELECT \"id\" FROM \"Orders\" ORDER BY 1"),
            before
        );
    }
}

/// In the middle of the application's own code, while rows go in.
#[test]
fn a_seed_that_is_interrupted_leaves_the_old_data() {
    let shop = with_second("");
    let _ = shop.ok(&["db", "seed", "--yes"]);
    let before = shop.state();
    let mut command = shop.command(&["db", "seed", "--yes"]);
    command.env("SHOP_SEED_ROWS", u32::MAX.to_string());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("it starts");
    let copied = "SELECT pid FROM pg_stat_progress_copy WHERE datname = current_database() AND tuples_processed > 1000";
    wait_until("the rows", || !shop.query(copied).is_empty());
    send("-INT", &child);
    wait_until("its end", || child.try_wait().expect("our child").is_some());
    let (code, said) = end(child);
    assert_eq!(code, Some(130), "{said}");
    assert!(
        said.ends_with("error: interrupted\nThe old data is as it was\n"),
        "{said}"
    );
    wait_until("the end of the session", || sessions(&shop) == 0);
    assert!(shop.state() == before);
}

/// At any moment of its short life: it leaves a whole migration, or none.
#[test]
fn generate_leaves_all_or_nothing() {
    for delay in 0..12 {
        let shop = Workspace::bare().at_step(0);
        let child = start(&shop, &["db", "generate", "--name", "init"]);
        thread::sleep(Duration::from_millis(delay * 3));
        send("-INT", &child);
        let (code, said) = end(child);
        let files: Vec<String> = shop
            .migrations()
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        let whole = [
            "drizzle/0000_init.sql",
            "drizzle/meta/0000_snapshot.json",
            "drizzle/meta/_journal.json",
        ];
        assert!(
            files.is_empty() || files == whole,
            "{code:?} {files:?}\n{said}"
        );
        // Without a code where the signal came before there was a handler.
        assert!(matches!(code, None | Some(0 | 130)), "{code:?}\n{said}");
        assert!(code != Some(0) || files == whole, "{said}");
    }
}
