//! A connection pooler in transaction mode: each transaction in another session of the server, so that neither settings nor locks last.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::OnceLock;
use std::thread;
use std::time::Duration;

use pg_database::{
    FailureCause, FailurePoint, Managed, MigrateOptions, ResetCause, ResetState, lock, migrate,
    reset,
};
use pg_devserver::TestServer;

use crate::common::{Project, connect, failure};

/// Sends the transactions of each client to this many sessions in turn. Returns its port. The server must let in without a password.
fn pooler(server_port: u16, sessions: usize) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for client in listener.incoming() {
            thread::spawn(move || serve(client.unwrap(), server_port, sessions));
        }
    });
    port
}

/// Ends when either side does.
fn serve(mut client: TcpStream, server_port: u16, sessions: usize) -> Option<()> {
    let is_ready = |tag| tag == b'Z';
    let startup = read_body(&mut client)?;
    let mut servers = Vec::new();
    for number in 0..sessions {
        let mut server = TcpStream::connect(("127.0.0.1", server_port)).ok()?;
        server.write_all(&startup).ok()?;
        // The client hears of the first one's start only.
        let to = (number == 0).then_some(&mut client);
        pass_on(&mut server, to, is_ready)?;
        servers.push(server);
    }
    for turn in 0.. {
        let server = &mut servers[turn % sessions];
        loop {
            // The server answers a query, or all up to a Sync.
            pass_on(&mut client, Some(server), |tag| matches!(tag, b'Q' | b'S'))?;
            let ready = pass_on(server, Some(&mut client), is_ready)?;
            if ready.last() == Some(&b'I') {
                break;
            }
        }
    }
    None
}

/// Passes messages on up to one with such a tag, which it returns.
fn pass_on(
    from: &mut TcpStream,
    mut to: Option<&mut TcpStream>,
    is_last: impl Fn(u8) -> bool,
) -> Option<Vec<u8>> {
    loop {
        let message = read_message(from)?;
        if let Some(to) = &mut to {
            to.write_all(&message).ok()?;
        }
        if is_last(message[0]) {
            return Some(message);
        }
    }
}

/// A message with its tag and length (PostgreSQL manual, 55.7).
fn read_message(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut message = vec![0];
    stream.read_exact(&mut message).ok()?;
    message.extend(read_body(stream)?);
    Some(message)
}

fn read_body(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut message = vec![0; 4];
    stream.read_exact(&mut message).ok()?;
    let length = u32::from_be_bytes(message[..].try_into().ok()?);
    message.resize(usize::try_from(length).ok()?, 0);
    stream.read_exact(&mut message[4..]).ok()?;
    Some(message)
}

/// A server that asks for no password, for all tests here.
fn trusting_server() -> &'static TestServer {
    static SERVER: OnceLock<TestServer> = OnceLock::new();
    SERVER.get_or_init(start_trusting)
}

fn start_trusting() -> TestServer {
    let server = TestServer::start(&[]).unwrap();
    let hba = "host all all 127.0.0.1/32 trust\n";
    fs::write(server.data().join("pg_hba.conf"), hba).unwrap();
    let mut database = connect(&server.superuser_url());
    database.execute("SELECT pg_reload_conf()").unwrap();
    let port = server.port();
    let no_password = format!("postgres://postgres@127.0.0.1:{port}/postgres");
    while pg_database::Database::connect(&no_password.parse().unwrap(), "test").is_err() {
        thread::sleep(Duration::from_millis(5));
    }
    server
}

const FILES: [(&str, &str); 2] = [
    ("a", "CREATE TABLE a (id int);"),
    (
        "b",
        "-- no-transaction\nCREATE TABLE b (id int);\nCREATE INDEX CONCURRENTLY b_id ON b (id);",
    ),
];
const ASTRAY: &str = "count(*) FROM pg_tables WHERE schemaname = 'stray'";

#[test]
fn a_pooler_that_takes_the_lock_away_is_noticed() {
    let server = trusting_server();
    let mut noticed = 0;
    for sessions in 1..=5 {
        let project = Project::on(server, "pooled", &FILES);
        let name = project.url.rsplit_once('/').unwrap().1;
        project.execute(&format!(
            "CREATE SCHEMA stray; ALTER DATABASE {name} SET search_path = stray"
        ));
        let port = pooler(server.port(), sessions);
        let pooled = format!("postgres://postgres@127.0.0.1:{port}/{name}?sslmode=disable");
        let mut database = connect(&pooled);
        let (migrations, options) = (project.load(), MigrateOptions::default());
        let result = migrate(&mut database, &migrations, &options, &mut |_| {});
        // No session of the pool keeps it.
        assert_eq!(lock::holder(&mut project.connect()).unwrap(), None);
        if sessions == 1 {
            assert_eq!(result.unwrap().applied.len(), 2);
            continue;
        }
        // Whether the lock's own session comes up in the end is a matter of how many there are.
        if result.is_err() {
            let failure = failure(result.map(|_| Vec::new()));
            assert_eq!(failure.cause, FailureCause::LockLost, "{sessions}");
            assert!(failure.hint().unwrap().contains("pooler"));
            if failure.tag == "0000_a" {
                assert_eq!(failure.point, FailurePoint::Begin);
                assert_eq!(project.query("to_regclass('public.a')"), "NULL");
            }
            noticed += 1;
        }
        assert_eq!(project.query(ASTRAY), "0", "{sessions}");
    }
    assert!(noticed >= 3, "{noticed}");
}

#[test]
fn a_reset_through_a_pooler_drops_nothing() {
    let server = trusting_server();
    let project = Project::on(server, "pooled_reset", &FILES[..1]);
    project.migrate().unwrap();
    project.execute("INSERT INTO a VALUES (1)");
    let name = project.url.rsplit_once('/').unwrap().1;
    for sessions in 2..=4 {
        let port = pooler(server.port(), sessions);
        let mut database = connect(&format!(
            "postgres://postgres@127.0.0.1:{port}/{name}?sslmode=disable"
        ));
        let managed = Managed::schemas(["public"]);
        let (migrations, options) = (project.load(), MigrateOptions::default());
        let error = reset(
            &mut database,
            &migrations,
            &managed,
            None,
            &options,
            &mut |_| {},
        )
        .unwrap_err();
        assert_eq!(error.state, ResetState::Untouched, "{error}");
        assert_eq!(*error.cause, ResetCause::LockLost, "{error}");
        assert!(error.hint().unwrap().contains("pooler"));
        assert_eq!(project.query("id FROM a"), "1");
        assert_eq!(lock::holder(&mut project.connect()).unwrap(), None);
    }
}
