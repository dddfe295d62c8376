//! The developer's server, and what can happen to it.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use pg_devserver::{DevServer, Error, Event, Search, Server, Status};
use postgres::{Client, NoTls};
use tempfile::TempDir;

/// A server in a folder of its own, which goes with the test.
struct Fixture {
    server: DevServer,
    _root: TempDir,
}

impl Fixture {
    fn new() -> Self {
        let root = TempDir::new().unwrap();
        Self {
            server: dev_server(&root.path().join(".devdb")),
            _root: root,
        }
    }

    fn start(&self) -> (Server, Vec<Event>) {
        let mut events = Vec::new();
        let server = self.server.start(&mut |event| events.push(event));
        (server.unwrap_or_else(|error| panic!("{error}")), events)
    }

    fn url(&self) -> String {
        self.server.url().unwrap().unwrap()
    }

    fn execute(&self, sql: &str) {
        Client::connect(&self.url(), NoTls)
            .unwrap()
            .batch_execute(sql)
            .unwrap();
    }

    fn rows(&self) -> i64 {
        let mut client = Client::connect(&self.url(), NoTls).unwrap();
        client
            .query_one("SELECT count(*) FROM t", &[])
            .unwrap()
            .get(0)
    }
}

impl Drop for Fixture {
    fn drop(&mut self) {
        let _ = self.server.destroy();
    }
}

fn dev_server(dir: &Path) -> DevServer {
    DevServer::new(dir, "app", Search::from_env(None))
}

/// When set, this process is a child of the test: it starts the server in this folder and waits.
const CHILD: &str = "PG_DEVSERVER_TEST_FOLDER";

/// This test once more, as another process in a group of its own.
fn child(test: &str, dir: &Path) -> Child {
    let mut command = Command::new(env::current_exe().unwrap());
    command
        .args(["--exact", test])
        .env(CHILD, dir)
        .process_group(0);
    command.stdout(Stdio::null()).spawn().unwrap()
}

fn act_as_child() {
    if let Some(dir) = env::var_os(CHILD) {
        dev_server(dir.as_ref()).start(&mut |_| {}).unwrap();
        thread::sleep(Duration::from_mins(1));
    }
}

fn kill(signal: &str, target: &str) {
    // The shell has a `kill` of its own; a program of that name is not everywhere.
    let kill = format!("kill {signal} -- {target}");
    let status = Command::new("sh").args(["-c", &kill]).status();
    assert!(status.unwrap().success());
}

fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(
            start.elapsed() < Duration::from_secs(30),
            "waited too long until {what}"
        );
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn several_processes_start_one_server_which_survives_them() {
    act_as_child();
    let fixture = Fixture::new();
    let name = "several_processes_start_one_server_which_survives_them";
    let mut children: Vec<Child> = (0..3).map(|_| child(name, fixture.server.dir())).collect();
    let (server, _) = fixture.start();
    for child in &mut children {
        // What Ctrl-C at a terminal does.
        kill("-INT", &format!("-{}", child.id()));
        child.wait().unwrap();
    }
    assert_eq!(fixture.server.status().unwrap(), Status::Running(server));
    // No one started a second one, and no one is in the middle of it.
    let log = fs::read_to_string(fixture.server.log()).unwrap();
    assert_eq!(
        log.matches("ready to accept connections").count(),
        1,
        "{log}"
    );
    assert!(!fixture.server.log().with_extension("log.old").exists());
}

#[test]
fn everything_stays_the_same_over_a_stop() {
    let fixture = Fixture::new();
    assert_eq!(fixture.server.status().unwrap(), Status::Absent);
    assert_eq!(fixture.server.url().unwrap(), None);
    assert!(!fixture.server.stop().unwrap());

    let (server, events) = fixture.start();
    assert!(
        matches!(
            &events[..],
            [Event::Initialising { left_behind, .. }, Event::Starting { .. }, Event::DatabaseCreated { name }]
                if left_behind.is_empty() && name == "app"
        ),
        "{events:?}"
    );
    let password = fixture.server.dir().join("password");
    assert_eq!(
        password.metadata().unwrap().permissions().mode() & 0o777,
        0o600
    );
    let mut client = Client::connect(&fixture.url(), NoTls).unwrap();
    for (setting, value) in [
        ("fsync", "on"),
        ("synchronous_commit", "off"),
        ("max_connections", "200"),
        ("max_locks_per_transaction", "1024"),
        ("listen_addresses", "127.0.0.1"),
        ("server_encoding", "UTF8"),
        ("password_encryption", "scram-sha-256"),
    ] {
        let row = client
            .query_one("SELECT current_setting($1)", &[&setting])
            .unwrap();
        assert_eq!(row.get::<_, &str>(0), value, "{setting}");
    }
    fixture.execute("CREATE TABLE t AS SELECT generate_series(1, 100)");
    let refused = Client::connect(&fixture.url().replace("postgres:", "postgres:0"), NoTls);
    assert!(refused.is_err(), "it takes any password");
    assert_eq!(
        fixture.start(),
        (server.clone(), vec![]),
        "a second start changes nothing"
    );

    let url = fixture.url();
    assert!(fixture.server.stop().unwrap());
    assert_eq!(fixture.server.status().unwrap(), Status::Stopped);
    assert!(
        fixture.server.owns("localhost", server.port)
            && !fixture.server.owns("db.example.org", server.port)
    );
    assert!(!fixture.server.stop().unwrap(), "it runs no longer");

    let (again, events) = fixture.start();
    assert!(
        matches!(&events[..], [Event::Starting { .. }]),
        "{events:?}"
    );
    assert_eq!(
        (again.port, fixture.url(), fixture.rows()),
        (server.port, url, 100)
    );

    fixture.server.destroy().unwrap();
    assert!(!fixture.server.dir().exists());
    assert!(
        TcpListener::bind(("127.0.0.1", server.port)).is_ok(),
        "it still listens"
    );
}

#[test]
fn it_survives_kill_9_and_reboot() {
    let fixture = Fixture::new();
    let (server, _) = fixture.start();
    fixture.execute("CREATE TABLE t AS SELECT generate_series(1, 5000)");
    fixture.execute("CHECKPOINT");
    // A client under way keeps one of its processes alive for a moment.
    let mut client = Client::connect(&fixture.url(), NoTls).unwrap();
    let busy = thread::spawn(move || client.batch_execute("SELECT pg_sleep(3)"));
    thread::sleep(Duration::from_millis(100));
    kill("-KILL", &server.pid.to_string());
    let (again, _) = fixture.start();
    assert!(busy.join().unwrap().is_err());
    assert_eq!((again.port, fixture.rows()), (server.port, 5000));
    assert_ne!(again.pid, server.pid);

    // After a reboot, another process can have the id that the file tells.
    fixture.server.stop().unwrap();
    let mut other = Command::new("sleep").arg("60").spawn().unwrap();
    let pid_file = format!(
        "{}\n{}\n1\n{}\n\n127.0.0.1\n",
        other.id(),
        again.data.display(),
        again.port
    );
    fs::write(again.data.join("postmaster.pid"), pid_file).unwrap();
    assert_eq!(fixture.server.status().unwrap(), Status::Stopped);
    let (again, _) = fixture.start();
    assert_eq!((again.port, fixture.rows()), (server.port, 5000));
    other.kill().unwrap();
    other.wait().unwrap();
}

#[test]
fn a_copy_of_its_folder_is_another_server_and_a_moved_one_is_the_same() {
    let root = TempDir::new().unwrap();
    let (original, copy, moved) = (
        root.path().join("a"),
        root.path().join("b"),
        root.path().join("c"),
    );
    let server = dev_server(&original).start(&mut |_| {}).unwrap();
    assert!(
        Command::new("cp")
            .arg("-r")
            .args([&original, &copy])
            .status()
            .unwrap()
            .success()
    );
    assert_eq!(dev_server(&copy).status().unwrap(), Status::Stopped);

    fs::rename(&original, &moved).unwrap();
    let moved = dev_server(&moved);
    assert!(
        matches!(moved.status().unwrap(), Status::Running(Server { pid, .. }) if pid == server.pid)
    );
    assert!(moved.stop().unwrap());
}

#[test]
fn it_moves_when_its_port_is_taken() {
    let fixture = Fixture::new();
    let (server, _) = fixture.start();
    fixture.execute("CREATE TABLE t AS SELECT generate_series(1, 100)");
    fixture.execute("CHECKPOINT");
    // The file with the port stays behind, and what listens there now never answers.
    kill("-KILL", &server.pid.to_string());
    let mut foreign = None;
    wait_until("the port is free", || {
        foreign = TcpListener::bind(("127.0.0.1", server.port)).ok();
        foreign.is_some()
    });
    let (moved, events) = fixture.start();
    let (from, to) = (server.port, moved.port);
    assert!(
        matches!(&events[..], [Event::Starting { .. }, event] if *event == Event::PortChanged { from, to })
    );
    assert!(
        from != to
            && fixture.server.owns("127.0.0.1", to)
            && !fixture.server.owns("127.0.0.1", from)
    );
    assert_eq!(fixture.rows(), 100);
}

#[test]
fn an_interrupted_first_start_leaves_nothing_half_made() {
    act_as_child();
    let fixture = Fixture::new();
    let mut child = child(
        "an_interrupted_first_start_leaves_nothing_half_made",
        fixture.server.dir(),
    );
    let leftover = || {
        let entries = fs::read_dir(fixture.server.dir())
            .into_iter()
            .flatten()
            .flatten();
        entries
            .map(|entry| entry.path())
            .find(|path| path.display().to_string().contains("init.tmp"))
    };
    wait_until("initdb is at work", || {
        leftover().is_some_and(|path| path.join("data/base").exists())
    });
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(fixture.server.status().unwrap(), Status::Absent);
    let (_, events) = fixture.start();
    assert!(
        matches!(&events[..], [Event::Initialising { .. }, ..]),
        "{events:?}"
    );
    fixture.execute("CREATE TABLE t (id int)");
}

#[test]
fn data_of_another_version_is_not_forgotten() {
    let fixture = Fixture::new();
    fs::create_dir_all(fixture.server.dir().join("pg99")).unwrap();
    fs::write(fixture.server.dir().join("pg-devserver.lock"), "").unwrap();
    let (_, events) = fixture.start();
    let Event::Initialising {
        data, left_behind, ..
    } = &events[0]
    else {
        panic!("{events:?}")
    };
    assert_eq!(left_behind, &[fixture.server.dir().join("pg99")]);
    assert!(data.exists());
}

#[test]
fn a_folder_of_someone_else_is_left_alone() {
    let root = TempDir::new().unwrap();
    let file = root.path().join("thesis.txt");
    fs::write(&file, "years of work").unwrap();
    let server = dev_server(root.path());
    assert!(matches!(server.destroy(), Err(Error::NotOurs { .. })));
    assert!(matches!(
        server.start(&mut |_| {}),
        Err(Error::NotOurs { .. })
    ));
    assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);
}

#[test]
fn a_server_that_does_not_start_shows_its_log() {
    let fixture = Fixture::new();
    let (server, _) = fixture.start();
    fixture.server.stop().unwrap();
    let settings = server.data.join("postgresql.conf");
    let text = fs::read_to_string(&settings).unwrap() + "shared_buffers = 'plenty'\n";
    fs::write(&settings, text).unwrap();
    let error = fixture.server.start(&mut |_| {}).unwrap_err().to_string();
    assert!(
        error.contains("server.log")
            && error.contains(r#"invalid value for parameter "shared_buffers""#),
        "{error}"
    );
}
