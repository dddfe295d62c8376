//! A studio of its own for one test, and a client that sends exactly what it is given.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use pg_database::{ConnectionUrl, Database};
use pg_devserver::TestServer;
use pg_studio::{Difference, Options, Project, ProjectError, Server, Standing, Stop};
use serde_json::Value;

pub(crate) struct Studio {
    pub(crate) port: u16,
    pub(crate) token: String,
    pub(crate) url: String,
    read_only: bool,
    stop: Stop,
    running: Option<JoinHandle<std::io::Result<()>>>,
}

pub(crate) struct Shop;

impl Project for Shop {
    fn name(&self) -> &'static str {
        "shop"
    }

    fn defaults(&self, schema: &str, table: &str) -> Vec<(String, String)> {
        let columns = self.columns_with_defaults(schema, table);
        let value = |column| (column, "made by the application".to_owned());
        columns.into_iter().map(value).collect()
    }

    fn columns_with_defaults(&self, schema: &str, table: &str) -> Vec<String> {
        match (schema, table) {
            ("public", "made") => vec!["token".to_owned()],
            _ => vec![],
        }
    }

    fn standing(&self, _: Database) -> Result<Standing, ProjectError> {
        Ok(Standing {
            history: vec![],
            plan: Difference::default(),
            drift: None,
        })
    }

    fn migrate(&self, _: Database) -> Result<Vec<String>, ProjectError> {
        Err(ProjectError {
            message: "it fails".to_owned(),
            hint: None,
        })
    }
}

impl Studio {
    /// On a database of its own, in which this was run.
    pub(crate) fn new(name: &str, sql: &str) -> Self {
        Self::on(TestServer::shared(), name, sql, false)
    }

    pub(crate) fn read_only(name: &str, sql: &str) -> Self {
        Self::on(TestServer::shared(), name, sql, true)
    }

    pub(crate) fn on(server: &TestServer, name: &str, sql: &str, read_only: bool) -> Self {
        let url = server.create_database(name);
        connect(&url).execute(sql).unwrap();
        Self::of(0, url, read_only, Box::new(Shop))
    }

    /// On that port, or on any for 0; of that project, which need not be [`Shop`].
    pub(crate) fn of(port: u16, url: String, read_only: bool, project: Box<dyn Project>) -> Self {
        let options = Options {
            url: url.parse().unwrap(),
            read_only,
            project,
        };
        let server = Server::bind(port, options).unwrap();
        let address = server.address();
        let (port, stop) = (server.port(), server.stop());
        let (_, token) = address.split_once("/#t=").unwrap();
        Self {
            port,
            token: token.to_owned(),
            url,
            read_only,
            stop,
            running: Some(thread::spawn(|| server.run())),
        }
    }

    /// A new one on the same port, as one starts it again after it was stopped.
    pub(crate) fn start_again(&mut self) {
        *self = Self::of(self.port, self.url.clone(), self.read_only, Box::new(Shop));
    }

    pub(crate) fn database(&self) -> Database {
        connect(&self.url)
    }

    /// What a statement gives, its first value.
    pub(crate) fn query(&self, sql: &str) -> String {
        self.database().text(sql).unwrap().unwrap_or_default()
    }

    /// Waits until a statement gives this as its first value.
    #[track_caller]
    pub(crate) fn until(&self, sql: &str, expected: &str) {
        let start = Instant::now();
        loop {
            let found = self.query(sql);
            if found == expected {
                return;
            }
            let waited = start.elapsed();
            assert!(
                waited < Duration::from_secs(30),
                "{sql}\n  expected {expected}\n  is       {found}"
            );
            thread::sleep(Duration::from_millis(30));
        }
    }

    /// `127.0.0.1:PORT`.
    pub(crate) fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// The oid of a table.
    pub(crate) fn id(&self, table: &str) -> u32 {
        let literal = table.replace('\'', "''");
        let sql = format!("SELECT '{literal}'::regclass::oid");
        self.query(&sql).parse().unwrap()
    }

    /// The headers that the page sends with a call.
    pub(crate) fn headers(&self) -> Vec<(String, String)> {
        let host = self.host();
        [
            ("Host", host.clone()),
            ("Origin", format!("http://{host}")),
            ("Sec-Fetch-Site", "same-origin".to_owned()),
            ("Authorization", format!("Bearer {}", self.token)),
            ("Content-Type", "application/json".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec()
    }

    /// A call as the page makes it.
    pub(crate) fn post(&self, name: &str, body: &Value) -> Response {
        let body = body.to_string();
        self.send(
            "POST",
            &format!("/api/{name}"),
            &self.headers(),
            body.as_bytes(),
        )
    }

    /// The answer of a call that succeeds.
    #[track_caller]
    pub(crate) fn call(&self, name: &str, body: &Value) -> Value {
        let response = self.post(name, body);
        assert_eq!(response.status, 200, "{name} {body}: {}", response.body);
        response.json()
    }

    /// The error of a call that is refused with this status.
    #[track_caller]
    pub(crate) fn refused(&self, status: u16, name: &str, body: &Value) -> Value {
        let response = self.post(name, body);
        assert_eq!(response.status, status, "{name} {body}: {}", response.body);
        response.json()["error"].take()
    }

    pub(crate) fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(String, String)],
        body: &[u8],
    ) -> Response {
        let mut request = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        if !body.is_empty() || method == "POST" {
            request.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        request.push_str("\r\n");
        let mut bytes = request.into_bytes();
        bytes.extend_from_slice(body);
        self.raw(&bytes)
    }

    /// What comes back for exactly these bytes.
    pub(crate) fn raw(&self, bytes: &[u8]) -> Response {
        let mut stream = self.connect();
        stream.write_all(bytes).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        Response::parse(&answer)
    }

    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(30)))
            .unwrap();
        stream
    }

    /// Stops it, and says how it ended.
    pub(crate) fn stop(&mut self) -> std::io::Result<()> {
        self.stop.stop();
        self.running
            .take()
            .unwrap()
            .join()
            .expect("it does not panic")
    }
}

impl Drop for Studio {
    fn drop(&mut self) {
        self.stop.stop();
        if let Some(running) = self.running.take()
            && !thread::panicking()
        {
            running.join().expect("it does not panic").unwrap();
        }
    }
}

fn connect(url: &str) -> Database {
    let url: ConnectionUrl = url.parse().unwrap();
    Database::connect(&url, "pg-studio tests").unwrap()
}

#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Response {
    fn parse(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1));
        let status = status.and_then(|status| status.parse().ok());
        let headers = lines.filter_map(|line| line.split_once(": "));
        Self {
            status: status.unwrap_or_default(),
            headers: headers
                .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
                .collect(),
            body: body.to_owned(),
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

/// The other end is told that nothing more comes.
pub(crate) fn hang_up(stream: &TcpStream) {
    stream.shutdown(Shutdown::Both).unwrap();
}
