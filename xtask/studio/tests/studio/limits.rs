//! What a client can take (check 43), and how a run ends.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;
use std::time::{Duration, Instant};

use pg_devserver::TestServer;
use pg_studio::{Options, Server};
use serde_json::json;

use crate::studio::{Shop, Studio, hang_up};

#[track_caller]
pub(crate) fn within(limit: Duration, what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < limit, "{what} did not come to pass");
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_client_that_takes_its_time_is_dropped() {
    let studio = Studio::new("slow", "");
    for beginning in ["", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nHost: 127."] {
        let mut stream = studio.connect();
        stream.write_all(beginning.as_bytes()).unwrap();
        let start = Instant::now();
        let mut answer = Vec::new();
        // It may be told why.
        let _ = stream.read_to_end(&mut answer);
        let elapsed = start.elapsed();
        assert!(
            elapsed <= Duration::from_secs(6),
            "{beginning:?}: {elapsed:?}"
        );
        assert!(
            elapsed >= Duration::from_secs(2),
            "{beginning:?}: {elapsed:?}"
        );
    }
}

#[test]
fn a_body_that_does_not_come_is_not_waited_for_without_end() {
    let studio = Studio::new("late", "");
    let mut request = "POST /api/session HTTP/1.1\r\nContent-Length: 2\r\n".to_owned();
    for (name, value) in studio.headers() {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    let mut stream = studio.connect();
    stream
        .set_read_timeout(Some(Duration::from_mins(1)))
        .unwrap();
    stream
        .write_all(format!("{request}\r\n{{").as_bytes())
        .unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
}

#[test]
fn a_body_of_more_than_8_mib_is_refused() {
    let studio = Studio::new("large", "");
    let send = |length: usize| {
        let mut body = vec![b' '; length];
        body[..2].copy_from_slice(b"{}");
        studio.send("POST", "/api/session", &studio.headers(), &body)
    };
    assert_eq!(send(8 << 20).status, 200);
    let response = send((8 << 20) + 1);
    assert_eq!(response.status, 413);
    assert!(response.header("content-security-policy").is_some());
    assert_eq!(send(9 << 20).status, 413);
    // In pieces its length is not known before.
    let mut request =
        "POST /api/session HTTP/1.1\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n"
            .to_owned();
    for (name, value) in studio.headers() {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    let mut request = format!("{request}\r\n").into_bytes();
    for _ in 0..9 {
        request.extend_from_slice(b"100000\r\n");
        request.extend(std::iter::repeat_n(b' ', 1 << 20));
        request.extend_from_slice(b"\r\n");
    }
    request.extend_from_slice(b"0\r\n\r\n");
    assert_eq!(studio.raw(&request).status, 413);
}

#[test]
fn sixteen_clients_are_answered_and_the_next_one_waits() {
    let studio = Studio::new("many", "");
    let idle: Vec<_> = (0..16).map(|_| studio.connect()).collect();
    let request = format!(
        "GET / HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
        studio.host()
    );
    let mut next = studio.connect();
    next.write_all(request.as_bytes()).unwrap();
    next.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
    let mut byte = [0];
    assert!(next.read(&mut byte).is_err(), "a 17th is answered");
    drop(idle);
    next.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    assert_eq!(next.read(&mut byte).unwrap(), 1);
}

const SLOW: &str = "CREATE TABLE slow (id int PRIMARY KEY); INSERT INTO slow VALUES (1);
    CREATE VIEW sleeping AS SELECT id, pg_sleep(60)::text FROM slow;";

fn sleeping(studio: &Studio) -> String {
    studio.query("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'")
}

fn ask_for_what_is_slow(studio: &Studio) -> std::net::TcpStream {
    let body =
        json!({ "id": studio.id("sleeping"), "limit": 1, "page": { "first": true } }).to_string();
    let mut request = "POST /api/rows HTTP/1.1\r\n".to_owned();
    for (name, value) in studio.headers() {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str(&format!("Content-Length: {}\r\n\r\n{body}", body.len()));
    let mut stream = studio.connect();
    stream.write_all(request.as_bytes()).unwrap();
    within(Duration::from_secs(10), "the query", || {
        sleeping(studio) == "1"
    });
    stream
}

#[test]
fn a_query_ends_when_who_asked_goes_away() {
    let studio = Studio::new("gone", SLOW);
    let stream = ask_for_what_is_slow(&studio);
    hang_up(&stream);
    within(Duration::from_secs(3), "the cancelling", || {
        sleeping(&studio) == "0"
    });
    // The next one has a connection that works.
    studio.call("relations", &json!({}));
}

#[test]
fn a_stopped_server_ends_what_runs_and_closes_its_connections() {
    let mut studio = Studio::new("stopped", SLOW);
    let port = studio.port;
    let _stream = ask_for_what_is_slow(&studio);
    let start = Instant::now();
    studio.stop().unwrap();
    assert!(start.elapsed() < Duration::from_secs(6));
    within(Duration::from_secs(3), "the end of its sessions", || {
        studio.query("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'cargo xtask db studio' AND datname = current_database()") == "0"
    });
    assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_err());
}

#[test]
fn an_idle_server_stops_at_once() {
    let mut studio = Studio::new("idle", "");
    studio.call("session", &json!({}));
    let _open = studio.connect();
    let start = Instant::now();
    studio.stop().unwrap();
    assert!(
        start.elapsed() < Duration::from_secs(1),
        "{:?}",
        start.elapsed()
    );
}

#[test]
fn the_next_free_port_is_taken() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let url = TestServer::shared().superuser_url();
    let options = || Options {
        url: url.parse().unwrap(),
        read_only: false,
        project: Box::new(Shop),
    };
    let server = Server::bind(port, options()).unwrap();
    assert!(server.port() > port);
    assert!(
        server
            .address()
            .starts_with(&format!("http://127.0.0.1:{}/#t=", server.port()))
    );
}

#[test]
fn a_database_that_went_away_and_came_back_is_asked_again() {
    let server = TestServer::start(&[]).unwrap();
    let studio = Studio::on(
        &server,
        "back",
        "CREATE TABLE t (id int PRIMARY KEY)",
        false,
    );
    let body = json!({ "id": studio.id("t"), "limit": 1, "page": { "first": true } });
    studio.call("rows", &body);
    server.stop_immediately().unwrap();
    let error = studio.refused(503, "rows", &body);
    assert!(
        error["message"].as_str().unwrap().contains("127.0.0.1"),
        "{error}"
    );
    server.restart().unwrap();
    studio.call("rows", &body);
    // Its sessions are ended under it.
    studio.query("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'cargo xtask db studio'");
    studio.call("rows", &body);
}
