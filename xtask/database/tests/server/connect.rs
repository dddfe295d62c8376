//! Connections that cannot be made, and what is said about them.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;
use std::time::{Duration, Instant};

use pg_database::{ConnectError, ConnectProblem, ConnectionUrl, Database, QueryError};
use pg_devserver::TestServer;

use crate::common::{APPLICATION, Project, connect, query};

fn try_connect(url: &str) -> Result<Database, ConnectError> {
    let url: ConnectionUrl = url.parse().unwrap();
    Database::connect(&url, APPLICATION)
}

fn error(url: &str) -> ConnectError {
    let error = try_connect(url).unwrap_err();
    let shown = format!("{error} {error:?} {:?}", error.hint());
    assert!(!shown.contains("secret"), "{shown}");
    assert!(error.to_string().contains(&error.url().with_user()));
    error
}

#[test]
fn says_why_the_server_refuses() {
    let server = TestServer::shared();
    let port = server.port();
    let url = server.superuser_url();

    let wrong_password = error(&format!(
        "postgres://postgres:secret@127.0.0.1:{port}/postgres"
    ));
    assert!(
        matches!(wrong_password.problem(), ConnectProblem::Authentication(e) if e.sqlstate == "28P01")
    );
    let no_password = error(&format!("postgres://postgres@127.0.0.1:{port}/postgres"));
    assert_eq!(no_password.problem(), &ConnectProblem::PasswordMissing);
    let empty_password = error(&format!("postgres://postgres:@127.0.0.1:{port}/postgres"));
    assert!(
        empty_password.hint().unwrap().contains('$'),
        "{empty_password}"
    );

    let no_database = error(&server.url("no_such"));
    assert!(
        matches!(no_database.problem(), ConnectProblem::NoDatabase(_)),
        "{no_database}"
    );
    assert!(
        no_database
            .hint()
            .unwrap()
            .contains("CREATE DATABASE \"no_such\"")
    );

    let no_tls = error(&format!("{url}?sslmode=require"));
    assert!(
        matches!(no_tls.problem(), ConnectProblem::Tls(_)),
        "{no_tls}"
    );
    let read_only = error(&format!("{url}?target_session_attrs=read-only"));
    assert!(
        matches!(read_only.problem(), ConnectProblem::Unsupported(_)),
        "{read_only}"
    );
}

#[test]
fn says_why_nobody_answers() {
    // A port that was free a moment ago.
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let refused = error(&format!("postgres://u:secret@127.0.0.1:{port}/d"));
    assert_eq!(refused.problem(), &ConnectProblem::Refused);
    assert!(
        refused
            .to_string()
            .contains(&format!("u@127.0.0.1:{port}/d"))
    );

    let unknown = error("postgres://u:secret@no-such-host.invalid/d");
    assert!(
        matches!(unknown.problem(), ConnectProblem::UnknownHost(_)),
        "{unknown:?}"
    );
    let no_socket = error("postgres://u:secret@/d?host=/no/such/directory");
    assert_eq!(no_socket.problem(), &ConnectProblem::Refused);
}

#[test]
fn ends_with_servers_that_say_nothing_or_nonsense() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let started = Instant::now();
    let timeout = error(&format!(
        "postgres://u:secret@127.0.0.1:{port}/d?connect_timeout=1"
    ));
    assert_eq!(
        timeout.problem(),
        &ConnectProblem::Timeout(Duration::from_secs(1))
    );
    assert!(started.elapsed() < Duration::from_secs(2));

    let web_server = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = web_server.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in web_server.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 64]);
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
        }
    });
    for mode in ["prefer", "disable"] {
        let nonsense = error(&format!(
            "postgres://u:secret@127.0.0.1:{port}/d?sslmode={mode}"
        ));
        assert!(
            matches!(nonsense.problem(), ConnectProblem::NotPostgres(_)),
            "{nonsense:?}"
        );
    }
}

#[test]
fn sets_up_the_session() {
    let project = Project::new("session", &[]);
    let mut database = project.connect();
    assert!(database.server_version() >= 140_000);
    assert_eq!(
        query(
            &mut database,
            "concat_ws(' ', current_setting('application_name'), current_setting('client_connection_check_interval'))"
        ),
        format!("{APPLICATION} 10s")
    );
    let mut named = connect(&format!(
        "{}?application_name=mine&options=-c%20work_mem=5MB",
        project.url
    ));
    assert_eq!(
        query(
            &mut named,
            "concat_ws(' ', current_setting('application_name'), current_setting('work_mem'))"
        ),
        "mine 5MB"
    );
    let shown = format!("Database({:?})", database.url().with_user());
    assert_eq!(format!("{database:?}"), shown);
}

#[test]
fn tells_an_error_from_a_lost_connection() {
    let project = Project::new("errors", &[]);
    let mut database = project.connect();
    let sql = "DO $$ BEGIN EXECUTE 'SELECT nonsense'; END $$";
    let Err(QueryError::Server(error)) = database.execute(sql) else {
        panic!()
    };
    let internal = error.internal_query.as_ref().unwrap();
    assert_eq!(
        (internal.text.as_str(), internal.position),
        ("SELECT nonsense", 8)
    );
    assert!(
        error
            .context
            .as_ref()
            .unwrap()
            .contains("inline_code_block")
    );

    database
        .execute("CREATE TABLE t (a int CONSTRAINT positive CHECK (a > 0))")
        .unwrap();
    let Err(QueryError::Server(error)) = database.execute("INSERT INTO t VALUES (-1)") else {
        panic!()
    };
    let names = (
        error.schema.as_deref(),
        error.table.as_deref(),
        error.constraint.as_deref(),
    );
    assert_eq!(names, (Some("public"), Some("t"), Some("positive")));
    assert!(error.detail.is_some());

    let Err(QueryError::Server(error)) = database.execute("SELECT (1") else {
        panic!()
    };
    assert_eq!(error.offset_in("SELECT (1"), Some(9));

    let pid = query(&mut database, "pg_backend_pid()");
    project.execute(&format!("SELECT pg_terminate_backend({pid})"));
    thread::sleep(Duration::from_millis(100));
    assert!(matches!(
        database.execute("SELECT 1"),
        Err(QueryError::ConnectionLost(_))
    ));
    assert!(matches!(
        database.execute("SELECT 1"),
        Err(QueryError::ConnectionLost(_))
    ));
    assert!(database.is_closed());
}

#[test]
fn waits_for_a_free_connection() {
    let project = Project::new("full", &[]);
    let (_, database_name) = project.url.rsplit_once('/').unwrap();
    project.execute(&format!(
        "CREATE ROLE narrow LOGIN PASSWORD 'narrow' CONNECTION LIMIT 1; GRANT CONNECT ON DATABASE {database_name} TO narrow"
    ));
    let (_, rest) = project.url.rsplit_once('@').unwrap();
    let url: ConnectionUrl = format!("postgres://narrow:narrow@{rest}").parse().unwrap();
    let first = Database::connect(&url, APPLICATION).unwrap();
    let mut waits = 0;
    let limit = Some(Duration::from_secs(2));
    let full =
        Database::connect_waiting(&url, APPLICATION, limit, &mut |_| waits += 1).unwrap_err();
    assert!(
        matches!(full.problem(), ConnectProblem::TooManyConnections(_)),
        "{full}"
    );
    assert_eq!(waits, 1);
    thread::scope(|scope| {
        let second =
            scope.spawn(|| Database::connect_waiting(&url, APPLICATION, None, &mut |_| {}));
        thread::sleep(Duration::from_millis(200));
        drop(first);
        drop(second.join().unwrap().unwrap());
    });
    project.execute("SELECT pg_sleep(0.1); DROP OWNED BY narrow; DROP ROLE narrow");
}
