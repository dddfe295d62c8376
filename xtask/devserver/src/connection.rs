use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use postgres::{Client, Config, NoTls};

use crate::password::Password;
use crate::{Error, SUPERUSER};

/// The URL of a database on the local server with this port.
pub(crate) fn url(port: u16, password: &Password, database: &str) -> String {
    format!(
        "postgres://{SUPERUSER}:{}@127.0.0.1:{port}/{}",
        password.expose(),
        percent_encoded(database)
    )
}

/// Makes an empty database, unless there is one of this name; returns whether it was made.
pub(crate) fn create_database(port: u16, password: &Password, name: &str) -> Result<bool, Error> {
    let mut client = connect(port, password, SUPERUSER)?;
    let failed = |source| Error::Query {
        action: format!("creating the database {name}"),
        port,
        source,
    };
    let known = client
        .query("SELECT FROM pg_database WHERE datname = $1", &[&name])
        .map_err(failed)?;
    if known.is_empty() {
        let quoted = name.replace('"', "\"\"");
        client
            .batch_execute(&format!("CREATE DATABASE \"{quoted}\""))
            .map_err(failed)?;
    }
    Ok(known.is_empty())
}

/// Connects to a database on the local server with this port.
pub(crate) fn connect(port: u16, password: &Password, database: &str) -> Result<Client, Error> {
    const TIMEOUT: Duration = Duration::from_secs(5);
    let mut config = Config::new();
    config
        .host("127.0.0.1")
        .port(port)
        .user(SUPERUSER)
        .password(password.expose())
        .dbname(database);
    config.application_name("pg-devserver");
    // What listens there may be something else, which waits for ever for a request that it understands.
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        // Nobody waits any more when it took too long.
        let _ = sender.send(config.connect(NoTls));
    });
    match receiver.recv_timeout(TIMEOUT) {
        Ok(client) => client.map_err(|source| Error::Query {
            action: "connecting".to_owned(),
            port,
            source,
        }),
        Err(_) => Err(Error::NoAnswer {
            port,
            seconds: TIMEOUT.as_secs(),
        }),
    }
}

/// As a part of a URL (RFC 3986, section 2).
fn percent_encoded(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}
