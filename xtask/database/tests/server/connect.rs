//! Connections that cannot be made, and what is said about them.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::mpsc;
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
    assert_eq!(no_tls.problem(), &ConnectProblem::NoTls);
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
    assert!(started.elapsed() < Duration::from_secs(10));

    let web_server = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = web_server.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in web_server.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 1024]);
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

    let closing = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = closing.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in closing.incoming() {
            let _ = stream.unwrap().read(&mut [0; 1024]);
        }
    });
    for mode in ["prefer", "disable"] {
        let lost = error(&format!(
            "postgres://u:secret@127.0.0.1:{port}/d?sslmode={mode}"
        ));
        assert!(
            matches!(lost.problem(), ConnectProblem::Lost(_)),
            "{lost:?}"
        );
    }
}

/// A server that says it is of this version, and knows nothing else. Returns its port.
fn server_of_version(number: &'static str, text: &'static str) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut message = [0; 1024];
            // A tag, the length, the rest (PostgreSQL manual, 55.7): authentication is done, and ready for a query.
            let _ = stream.read(&mut message);
            let _ = stream.write_all(b"R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I");
            while stream.read(&mut message).is_ok_and(|length| length > 0) {
                let is_number = message.windows(11).any(|word| word == b"version_num");
                let value = if is_number { number } else { text };
                let length = u8::try_from(value.len()).unwrap();
                let mut answer =
                    b"T\0\0\0\x1a\0\x01a\0\0\0\0\0\0\0\0\0\0\x19\xff\xff\xff\xff\xff\xff\0\0"
                        .to_vec();
                answer.extend([b'D', 0, 0, 0, 10 + length, 0, 1, 0, 0, 0, length]);
                answer.extend(value.as_bytes());
                answer.extend(b"C\0\0\0\x09SHOW\0Z\0\0\0\x05I");
                let _ = stream.write_all(&answer);
                message.fill(0);
            }
        }
    });
    port
}

#[test]
fn refuses_a_server_that_is_too_old() {
    for (number, text, refused) in [
        ("130023", "13.23 (Debian 13.23-1)", true),
        ("90624", "9.6.24", true),
        ("140000", "14.0", false),
    ] {
        let port = server_of_version(number, text);
        let result = try_connect(&format!(
            "postgres://u:secret@127.0.0.1:{port}/d?sslmode=disable"
        ));
        if refused {
            let error = result.unwrap_err();
            assert_eq!(
                error.to_string(),
                format!(
                    "cannot connect to u@127.0.0.1:{port}/d: the server is PostgreSQL {text}, and the oldest supported one is 14"
                )
            );
            assert!(error.hint().unwrap().contains("upgrade"));
        } else {
            assert_eq!(result.unwrap().server_version(), 140_000);
        }
    }
    let port = server_of_version("of its own", "");
    let other = error(&format!(
        "postgres://u:secret@127.0.0.1:{port}/d?sslmode=disable"
    ));
    assert!(
        matches!(other.problem(), ConnectProblem::NotPostgres(_)),
        "{other}"
    );
}

#[test]
fn sets_up_the_session() {
    let project = Project::new("session", &[]);
    let mut database = project.connect();
    assert!(database.server_version() >= 140_000);
    assert_eq!(
        query(
            &mut database,
            "concat_ws(' ', current_setting('application_name'), current_setting('client_connection_check_interval'), current_setting('tcp_keepalives_idle'))"
        ),
        format!("{APPLICATION} 10s 60")
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
    // It returns when the session has ended.
    let ended = format!("pg_terminate_backend({pid}, 60000)");
    assert_eq!(project.query(&ended), "t");
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
    let (waits, waiting) = mpsc::channel();
    thread::scope(|scope| {
        let second = scope.spawn(|| {
            let on_wait = &mut |_: &ConnectError| waits.send(()).unwrap();
            Database::connect_waiting(&url, APPLICATION, None, on_wait)
        });
        waiting.recv().unwrap();
        drop(first);
        drop(second.join().unwrap().unwrap());
    });
    project.execute("DROP OWNED BY narrow; DROP ROLE narrow");
}
