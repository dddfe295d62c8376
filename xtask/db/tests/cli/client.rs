//! The server's own client programs.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use pg_devserver::Search;

/// The server's own program, where it has one: Debian's in the path is a script that looks for it first.
fn program(name: &str) -> Command {
    let installations = Search::from_env(None).installations(&mut |_| {});
    let servers = installations.iter().flatten();
    let mut own = servers.map(|server| server.bin().join(name));
    Command::new(
        own.find(|program| program.is_file())
            .unwrap_or_else(|| PathBuf::from(name)),
    )
}

/// Runs a script as a user would.
pub(crate) fn psql(url: &str, script: &str) {
    let mut psql = program("psql")
        .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("psql, which comes with a server");
    let mut stdin = psql.stdin.take().expect("a pipe");
    stdin
        .write_all(script.as_bytes())
        .expect("psql reads to the end");
    drop(stdin);
    let output = psql.wait_with_output().expect("it ends");
    assert!(
        output.status.success(),
        "{} in\n{script}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// The lines of a dump in the order of the alphabet, but those of the history; `None` where no `pg_dump` fits the server.
pub(crate) fn dump(url: &str) -> Option<Vec<String>> {
    let dump = program("pg_dump")
        .args([
            "--schema-only",
            "--no-owner",
            "--exclude-schema=drizzle",
            url,
        ])
        .output();
    let Some(dump) = dump.ok().filter(|dump| dump.status.success()) else {
        eprintln!("skipped the comparison of dumps: there is no pg_dump that fits the server");
        return None;
    };
    let dump = String::from_utf8(dump.stdout).expect("UTF-8");
    // Newer ones begin with a key that is another each time.
    let is_random =
        |line: &&str| line.starts_with("\\restrict") || line.starts_with("\\unrestrict");
    let lines = dump.lines().filter(|line| !is_random(line));
    // A column that was dropped and made again is the last one.
    let lines = lines.map(|line| line.trim_end_matches(',').to_owned());
    let mut lines: Vec<_> = lines.collect();
    lines.sort();
    Some(lines)
}
