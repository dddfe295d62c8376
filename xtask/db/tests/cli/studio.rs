//! `db studio` as a process: where it listens, what it knows of the project, and how it ends.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::workspace::Workspace;

struct Studio {
    child: Child,
    port: u16,
    token: String,
}

impl Studio {
    fn start(shop: &Workspace, arguments: &[&str]) -> Self {
        let all = [&["db", "studio", "--no-open"], arguments].concat();
        let mut child = shop
            .command(&all)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut address = String::new();
        let output = child.stdout.as_mut().expect("it is piped");
        BufReader::new(output)
            .read_line(&mut address)
            .expect("it can be read");
        let rest = address
            .strip_prefix("http://127.0.0.1:")
            .expect("an address");
        let (port, token) = rest.trim().split_once("/#t=").expect("a token");
        Self {
            port: port.parse().expect("a port"),
            token: token.to_owned(),
            child,
        }
    }

    /// The status, and the answer or the error.
    fn call(&self, name: &str) -> (u16, Value) {
        let host = format!("127.0.0.1:{}", self.port);
        let request = format!(
            "POST /api/{name} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}",
            self.token
        );
        let mut stream = TcpStream::connect(&host).expect("it listens");
        stream.write_all(request.as_bytes()).expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        let status = answer
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok());
        let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
        (
            status.unwrap_or_default(),
            serde_json::from_str(body).expect("JSON"),
        )
    }

    /// Requests of others, with the secret where it does not belong.
    fn be_asked_wrongly(&self) {
        let (host, token) = (format!("127.0.0.1:{}", self.port), &self.token);
        for (head, status) in [
            (
                format!("GET /?t={token} HTTP/1.1\r\nHost: evil.test"),
                "421",
            ),
            (format!("GET /{token} HTTP/1.1\r\nHost: {host}"), "404"),
            (
                format!(
                    "POST /api/{token} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: 0"
                ),
                "404",
            ),
            (
                format!(
                    "POST /api/session HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nAuthorization: Bearer {token}0\r\nContent-Length: 0"
                ),
                "401",
            ),
            (token.clone(), "400"),
        ] {
            let mut stream = TcpStream::connect(&host).expect("it listens");
            let request = format!("{head}\r\nConnection: close\r\n\r\n");
            stream.write_all(request.as_bytes()).expect("it reads");
            let mut answer = String::new();
            stream.read_to_string(&mut answer).expect("it answers");
            assert_eq!(answer.split(' ').nth(1), Some(status), "{head}: {answer}");
            assert!(!answer.contains(token.as_str()), "{head}: {answer}");
        }
    }

    /// The exit code after a Ctrl-C, and what was said since its address.
    fn interrupt(mut self) -> (Option<i32>, String) {
        let kill = format!("kill -INT {}", self.child.id());
        let status = Command::new("sh").args(["-c", &kill]).status();
        assert!(status.expect("there is a shell").success());
        let mut said = String::new();
        let errors = self.child.stderr.as_mut().expect("it is piped");
        errors.read_to_string(&mut said).expect("it is text");
        let output = self.child.stdout.as_mut().expect("it is piped");
        output.read_to_string(&mut said).expect("it is text");
        (self.child.wait().expect("it ends").code(), said)
    }
}

#[test]
fn a_studio_knows_the_project_and_ends_on_ctrl_c() {
    let shop = Workspace::new().at_step(0);
    let _ = shop.ok(&["db", "generate", "--name", "init"]);
    let studio = Studio::start(&shop, &["--port", "0"]);
    let (status, session) = studio.call("session");
    assert_eq!(
        (status, &session["project"], &session["local"]),
        (200, &json!("shop"), &json!(true))
    );
    let (_, before) = studio.call("migrations");
    assert_eq!(
        (&before["history"][0]["tag"], &before["history"][0]["state"]),
        (&json!("0000_init"), &json!("pending"))
    );
    assert!(
        before["history"][0]["sql"]
            .as_str()
            .is_some_and(|sql| sql.contains("CREATE TABLE"))
    );
    assert_eq!(
        (&before["canApply"], &before["drift"]["changes"]),
        (&json!(true), &json!([]))
    );
    assert_ne!(before["plan"]["statements"], json!([]));
    assert_eq!(
        studio.call("migrate"),
        (200, json!({ "applied": ["0000_init"] }))
    );
    let (_, after) = studio.call("migrations");
    assert_eq!(after["history"][0]["state"], "applied");
    assert_eq!(after["plan"], json!({ "changes": [], "statements": [] }));
    let _ = shop.query("ALTER TABLE \"Orders\" ADD COLUMN beside int");
    let (_, drifted) = studio.call("migrations");
    let changes = drifted["drift"]["changes"].to_string();
    assert!(changes.contains("beside"), "{drifted}");
    assert!(
        drifted["plan"]["statements"]
            .to_string()
            .contains("DROP COLUMN"),
        "{drifted}"
    );
    // What is shown as the way back is one.
    let back = drifted["drift"]["statements"].as_array().expect("a list");
    assert_eq!(back.len(), 1, "{drifted}");
    let _ = shop.query(back[0].as_str().expect("SQL"));
    let (_, mended) = studio.call("migrations");
    assert_eq!(mended["drift"], json!({ "changes": [], "statements": [] }));
    studio.be_asked_wrongly();
    let token = studio.token.clone();
    let (code, said) = studio.interrupt();
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("Studio ended"), "{said}");
    assert!(!said.contains(&token), "{said}");
    // The server's processes end after ours.
    let start = Instant::now();
    let sessions = "SELECT pid FROM pg_stat_activity WHERE application_name = 'cargo xtask db studio' AND datname = current_database()";
    while !shop.query(sessions).is_empty() {
        assert!(start.elapsed() < Duration::from_secs(30), "{said}");
        sleep(Duration::from_millis(20));
    }
}

/// What no migration has made is not to be taken away, and what the code declares is not, either.
#[test]
fn only_what_is_to_be_undone_has_a_way_back() {
    let shop = Workspace::new().at_step(0);
    let _ = shop.ok(&["db", "generate", "--name", "init"]);
    let _ = shop.query("CREATE TABLE beside (id int)");
    let studio = Studio::start(&shop, &["--port", "0"]);
    let drift = studio.call("migrations").1["drift"].take();
    assert!(drift["changes"].to_string().contains("beside"), "{drift}");
    assert_eq!(drift["statements"], json!([]), "{drift}");
    let _ = shop.query("DROP TABLE beside");
    assert_eq!(studio.call("migrate").0, 200);
    assert_eq!(studio.interrupt().0, Some(0));
    // The next step of the code is pushed, and no migration has it yet.
    let shop = shop.at_step(1);
    let _ = shop.ok(&["db", "push", "--yes"]);
    let studio = Studio::start(&shop, &["--port", "0"]);
    let drift = studio.call("migrations").1["drift"].take();
    assert_ne!(drift["changes"], json!([]), "{drift}");
    assert_eq!(drift["statements"], json!([]), "{drift}");
    // What a hand made beside it has one, which ends where the migrations do.
    let _ = shop.query("CREATE TABLE beside (id int)");
    let drift = studio.call("migrations").1["drift"].take();
    for statement in drift["statements"].as_array().expect("a list") {
        let _ = shop.query(statement.as_str().expect("SQL"));
    }
    let (_, standing) = studio.call("migrations");
    assert_eq!(
        standing["drift"],
        json!({ "changes": [], "statements": [] }),
        "{drift}"
    );
    assert_ne!(standing["plan"]["statements"], json!([]));
}

#[test]
fn a_migration_that_fails_says_why_and_a_read_only_studio_applies_none() {
    let shop = Workspace::new().at_step(0);
    let _ = shop.ok(&["db", "generate", "--name", "init"]);
    let _ = shop.ok(&["db", "generate", "--custom", "--name", "wrong"]);
    shop.write("drizzle/0001_wrong.sql", "SELECT nope;\n");
    let studio = Studio::start(&shop, &["--port", "0", "--read-only"]);
    let (status, answer) = studio.call("migrate");
    assert_eq!(status, 403, "{answer}");
    let (_, standing) = studio.call("migrations");
    assert_eq!(standing["canApply"], false);
    assert_eq!(studio.interrupt().0, Some(0));
    let studio = Studio::start(&shop, &["--port", "0"]);
    let (status, answer) = studio.call("migrate");
    assert_eq!(status, 422, "{answer}");
    let message = answer["error"]["message"].to_string();
    assert!(
        message.contains("nope") && message.contains("0001_wrong"),
        "{message}"
    );
    assert_eq!(
        studio.call("migrations").1["history"][0]["state"],
        "applied"
    );
}

#[test]
fn a_taken_port_is_passed_over_and_a_remote_database_refused() {
    let shop = Workspace::new().at_step(0);
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("it has one").port();
    let studio = Studio::start(&shop, &["--port", &port.to_string()]);
    assert!(studio.port > port);
    let (_, said) = studio.interrupt();
    assert!(said.contains(&format!("port {port} is taken")), "{said}");
    let remote = shop.run(&[
        "--database-url",
        "postgres://u:secret@db.example.test/x",
        "db:studio",
        "--no-open",
    ]);
    assert_eq!(remote.code, Some(3), "{}", remote.stderr);
    assert!(
        remote.stderr.contains("--allow-remote"),
        "{}",
        remote.stderr
    );
    assert!(!remote.stderr.contains("secret"), "{}", remote.stderr);
}

impl Drop for Studio {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
