//! The whole of `--help`, so that a change of it is seen.

use std::fs;
use std::path::Path;

use crate::workspace::Workspace;

const COMMANDS: [&[&str]; 22] = [
    &[],
    &["db"],
    &["db", "generate"],
    &["db", "migrate"],
    &["db", "push"],
    &["db", "pull"],
    &["db", "status"],
    &["db", "check"],
    &["db", "drop"],
    &["db", "resolve"],
    &["db", "diff"],
    &["db", "export"],
    &["db", "seed"],
    &["db", "reset"],
    &["db", "studio"],
    &["db", "server"],
    &["db", "server", "start"],
    &["db", "server", "stop"],
    &["db", "server", "status"],
    &["db", "server", "url"],
    &["db", "server", "psql"],
    &["db", "server", "destroy"],
];

/// After a change that is meant: `UPDATE=1 cargo test -p xtask-db help`.
#[test]
fn the_help_is_what_is_recorded() {
    let shop = Workspace::bare();
    let mut text = String::new();
    for command in COMMANDS {
        let help = shop.ok(&[command, &["--help"]].concat());
        assert!(
            command.len() < 2 || help.stdout.contains("Example"),
            "{command:?} has no example"
        );
        let line = ["$ cargo xtask", &command.join(" "), "--help"]
            .join(" ")
            .replace("  ", " ");
        text.push_str(&format!("{line}\n{}\n", help.stdout));
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/help.txt");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &text).expect("the record can be written");
    }
    let recorded = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        text == recorded,
        "the help has changed; if that is meant: UPDATE=1 cargo test -p xtask-db help\n{text}"
    );
}
