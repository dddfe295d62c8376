//! What a page of a large table costs: `cargo bench -p pg-studio --bench large`, with `--profile dev` as `cargo xtask` runs it.
//!
//! Each call is made over HTTP; beside what it took stands the database's own share. Then all rows are exported, with the highest memory of the whole
//! process, in which the client is too. `BENCH_ROWS` says how many rows there are, 10 million by default.
#![expect(clippy::print_stdout, reason = "the table is what this program is for")]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use pg_database::{ConnectionUrl, Database};
use pg_devserver::TestServer;
use pg_studio::{Difference, Options, Project, ProjectError, Server, Standing};
use serde_json::{Value, json};

/// How often each call is made; the one in the middle counts.
const ROUNDS: usize = 11;

struct Nothing;

impl Project for Nothing {
    fn name(&self) -> &'static str {
        "bench"
    }

    fn defaults(&self, _: &str, _: &str) -> Vec<(String, String)> {
        Vec::new()
    }

    fn columns_with_defaults(&self, _: &str, _: &str) -> Vec<String> {
        Vec::new()
    }

    fn standing(&self, _: Database) -> Result<Standing, ProjectError> {
        Ok(Standing {
            history: Vec::new(),
            plan: Difference::default(),
            drift: None,
        })
    }

    fn migrate(&self, _: Database) -> Result<Vec<String>, ProjectError> {
        Ok(Vec::new())
    }
}

struct Client {
    port: u16,
    token: String,
}

impl Client {
    fn send(&self, name: &str, body: &Value) -> TcpStream {
        let (body, port) = (body.to_string(), self.port);
        let request = format!(
            "POST /api/{name} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
            self.token,
            body.len()
        );
        let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("it listens");
        stream.write_all(request.as_bytes()).expect("it reads");
        stream
    }

    fn call(&self, name: &str, body: &Value) -> Value {
        let mut answer = String::new();
        self.send(name, body)
            .read_to_string(&mut answer)
            .expect("it answers");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a body");
        assert!(head.starts_with("HTTP/1.1 200"), "{answer}");
        serde_json::from_str(body).expect("JSON")
    }

    /// A line of the table: what the call took, and what of that the database.
    fn measure(&self, what: &str, name: &str, body: &Value) -> Value {
        let mut runs: Vec<_> = (0..ROUNDS)
            .map(|_| {
                let start = Instant::now();
                let answer = self.call(name, body);
                (start.elapsed(), answer)
            })
            .collect();
        runs.sort_by_key(|(elapsed, _)| *elapsed);
        let (elapsed, answer) = runs.swap_remove(ROUNDS / 2);
        // Calls that read no rows do not tell.
        let database = answer["ms"].as_f64();
        let database = database.map_or_else(String::new, |ms| format!("{ms:.1}"));
        println!(
            "{what:<54} {:>9.1} {database:>12}",
            elapsed.as_secs_f64() * 1000.0
        );
        answer
    }
}

fn main() {
    let rows: u64 = env::var("BENCH_ROWS")
        .ok()
        .and_then(|rows| rows.parse().ok())
        .unwrap_or(10_000_000);
    let url = TestServer::shared().create_database("large");
    let url: ConnectionUrl = url.parse().expect("a URL");
    let mut database = Database::connect(&url, "bench").expect("it runs");
    let sql = format!(
        "CREATE TABLE t (id bigint PRIMARY KEY, at timestamptz NOT NULL, amount numeric(18,8), name text NOT NULL, note text);
         INSERT INTO t SELECT i, '2020-01-01'::timestamptz + (i * 7919 % {rows}) * interval '1 second', nullif(i * 31 % 1000003, 0) / 100.0, 'name ' || i * 17 % {rows}, repeat('x', 40)
           FROM generate_series(1::bigint, {rows}) i;
         CREATE INDEX ON t (at); CREATE INDEX ON t (amount); CREATE INDEX ON t (name);"
    );
    let start = Instant::now();
    database.execute(&sql).expect("it is filled");
    database
        .execute("VACUUM ANALYZE t")
        .expect("it is analysed");
    let id: u32 = database
        .text("SELECT 't'::regclass::oid")
        .ok()
        .flatten()
        .and_then(|id| id.parse().ok())
        .expect("an oid");
    println!(
        "{rows} rows, made in {:.0} s\n",
        start.elapsed().as_secs_f64()
    );
    let options = Options {
        url,
        read_only: false,
        project: Box::new(Nothing),
    };
    let server = Server::bind(0, options).expect("a port");
    let address = server.address();
    let (_, token) = address.split_once("/#t=").expect("a token");
    let client = Client {
        port: server.port(),
        token: token.to_owned(),
    };
    let stop = server.stop();
    let running = thread::spawn(move || server.run());
    pages(&client, id, rows);
    export(&client, id, rows);
    stop.stop();
    running
        .join()
        .expect("it does not panic")
        .expect("it ends well");
}

fn pages(client: &Client, id: u32, rows: u64) {
    println!(
        "{:<54} {:>9} {:>12}",
        "100 rows", "in all/ms", "database/ms"
    );
    let ask = |sort: &Value, filters: &Value, page: Value| json!({ "id": id, "sort": sort, "filters": filters, "limit": 100, "page": page });
    let none = json!([]);
    for (name, column) in [
        ("primary key", None),
        ("indexed timestamp", Some(2)),
        ("indexed numeric with nulls", Some(3)),
        ("indexed text", Some(4)),
    ] {
        for desc in [false, true] {
            let sort = column.map_or_else(
                || json!([]),
                |column| json!([{ "column": column, "desc": desc }]),
            );
            if column.is_none() && desc {
                continue;
            }
            let name = format!("{name}{}", if desc { ", descending" } else { "" });
            client.measure(
                &format!("{name}: first"),
                "rows",
                &ask(&sort, &none, json!({ "first": true })),
            );
            let last = client.measure(
                &format!("{name}: last"),
                "rows",
                &ask(&sort, &none, json!({ "last": true })),
            );
            client.measure(
                &format!("{name}: before that"),
                "rows",
                &ask(&sort, &none, json!({ "before": last["first"] })),
            );
            let middle = json!([{ "column": 1, "op": "eq", "value": (rows / 2).to_string() }]);
            let middle = client.call("rows", &ask(&sort, &middle, json!({ "first": true })));
            client.measure(
                &format!("{name}: next in the middle"),
                "rows",
                &ask(&sort, &none, json!({ "after": middle["last"] })),
            );
        }
    }
    let filter = json!([{ "column": 2, "op": "ge", "value": "2020-02-01 00:00:00+00" }]);
    client.measure(
        "filter on an indexed column",
        "rows",
        &ask(
            &json!([{ "column": 2, "desc": false }]),
            &filter,
            json!({ "first": true }),
        ),
    );
    let filter = json!([{ "column": 4, "op": "eq", "value": "name 4711" }]);
    client.measure(
        "filter for one text",
        "rows",
        &ask(&none, &filter, json!({ "first": true })),
    );
    client.measure("count, about", "count", &json!({ "id": id }));
    client.measure("relation", "relation", &json!({ "id": id }));
    client.measure("relations", "relations", &json!({}));
}

fn export(client: &Client, id: u32, rows: u64) {
    let start = Instant::now();
    let mut stream = client.send("export", &json!({ "id": id, "format": "csv" }));
    let (mut buffer, mut bytes) = (vec![0; 1 << 16], 0);
    loop {
        match stream.read(&mut buffer).expect("it goes on") {
            0 => break,
            read => bytes += read,
        }
    }
    let elapsed: Duration = start.elapsed();
    println!(
        "\nexport of {rows} rows: {:.1} s, {} MB; highest memory of the process: {}",
        elapsed.as_secs_f64(),
        bytes >> 20,
        highest_memory()
    );
}

/// As Linux has it; elsewhere it is not known.
fn highest_memory() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or_else(|| "unknown".to_owned(), |kib| kib.trim().to_owned())
}
