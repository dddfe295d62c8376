//! The throw-away server.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, thread};

use pg_devserver::TestServer;
use postgres::{Client, NoTls};

#[test]
fn databases_are_separate_and_settings_are_for_speed() {
    let server = TestServer::shared();
    let (one, two) = (
        server.create_database("same \"name\""),
        server.create_database("same \"name\""),
    );
    let mut client = Client::connect(&one, NoTls).unwrap();
    client
        .batch_execute("CREATE TABLE only_here (id int)")
        .unwrap();
    let found = |url: &str| {
        let sql = "SELECT to_regclass('only_here') IS NOT NULL, current_setting('fsync'), current_setting('max_connections')";
        let row = Client::connect(url, NoTls)
            .unwrap()
            .query_one(sql, &[])
            .unwrap();
        (
            row.get::<_, bool>(0),
            row.get::<_, String>(1),
            row.get::<_, String>(2),
        )
    };
    assert_eq!(found(&one), (true, "off".to_owned(), "200".to_owned()));
    assert!(!found(&two).0);
    assert!(!found(&server.superuser_url()).0);
}

#[test]
fn it_can_crash_and_come_back() {
    let server = TestServer::start(&[("application_name", "it's")]).unwrap();
    let url = server.create_database("crash");
    let mut client = Client::connect(&url, NoTls).unwrap();
    assert_eq!(
        client
            .query_one("SHOW application_name", &[])
            .unwrap()
            .get::<_, &str>(0),
        "it's"
    );
    client
        .batch_execute("CREATE TABLE t AS SELECT generate_series(1, 1000)")
        .unwrap();

    server.kill().unwrap();
    server.restart().unwrap();
    assert!(client.batch_execute("SELECT 1").is_err());
    server.stop_immediately().unwrap();
    assert!(Client::connect(&url, NoTls).is_err());
    server.restart().unwrap();
    server.restart().unwrap();
    let mut client = Client::connect(&url, NoTls).unwrap();
    assert_eq!(
        client
            .query_one("SELECT count(*) FROM t", &[])
            .unwrap()
            .get::<_, i64>(0),
        1000
    );

    let (data, port) = (server.data().to_owned(), server.port());
    drop(server);
    assert!(!data.exists());
    wait_until_gone(&data, port);
}

#[test]
#[expect(
    clippy::print_stdout,
    reason = "the child tells the test where its server is"
)]
fn it_goes_when_its_process_is_killed() {
    const CHILD: &str = "PG_DEVSERVER_TEST_CHILD";
    if env::var_os(CHILD).is_some() {
        let server = TestServer::shared();
        println!("\nserver {} {}", server.port(), server.data().display());
        thread::sleep(Duration::from_mins(1));
    }
    let mut command = Command::new(env::current_exe().unwrap());
    command
        .args([
            "--exact",
            "it_goes_when_its_process_is_killed",
            "--nocapture",
        ])
        .env(CHILD, "1");
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = lines
        .map(Result::unwrap)
        .find(|line| line.starts_with("server "))
        .unwrap();
    let [_, port, data] = line.splitn(3, ' ').collect::<Vec<_>>()[..] else {
        panic!("{line}")
    };
    let port = port.parse().unwrap();
    assert!(Path::new(data).exists() && TcpStream::connect(("127.0.0.1", port)).is_ok());
    child.kill().unwrap();
    child.wait().unwrap();
    wait_until_gone(Path::new(data), port);
}

fn wait_until_gone(data: &Path, port: u16) {
    let start = Instant::now();
    while data.parent().unwrap().exists() || TcpStream::connect(("127.0.0.1", port)).is_ok() {
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "the server or its folder is still there"
        );
        thread::sleep(Duration::from_millis(20));
    }
}
