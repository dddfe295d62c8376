//! Bad input: a table of cases, each with its exit code, and with all that it says in `bad_input.txt`.
//!
//! Whatever the case, a command that fails changes neither a file nor the database, prints no data, shows no part of a password, says what to do next,
//! and looks like nothing that was meant for the tool's authors.

mod address;
mod arguments;
mod connection;
mod folder;
mod history;
mod migration;
mod renames;
mod rights;
mod server;
mod states;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::workspace::Workspace;

/// One way to go wrong.
struct Case {
    name: &'static str,
    /// What is run, one after the other; each must fail.
    commands: &'static [&'static str],
    code: i32,
    prepare: Box<dyn Fn() -> Workspace + Send + Sync>,
}

fn case(
    name: &'static str,
    commands: &'static [&'static str],
    code: i32,
    prepare: impl Fn() -> Workspace + Send + Sync + 'static,
) -> Case {
    Case {
        name,
        commands,
        code,
        prepare: Box::new(prepare),
    }
}

/// Commands that connect to the database.
const CONNECTING: &[&str] = &[
    "db migrate",
    "db migrate --dry-run",
    "db status",
    "db diff --from database",
    "db export --from database",
    "db pull",
    "db pull --to schema.rs",
    "db resolve --baseline --yes",
    "db push --yes",
    "db push --dry-run",
    "db seed --yes",
    "db reset --yes",
];
/// Commands that apply migrations.
const APPLYING: &[&str] = &["db migrate", "db seed --yes", "db reset --yes"];
/// Commands that read the folder.
const READING: &[&str] = &[
    "db generate",
    "db migrate",
    "db status",
    "db diff",
    "db export --from migrations",
    "db seed --yes",
];

/// A workspace with one migration, `0000_init`, that is not applied.
fn generated() -> Workspace {
    let shop = Workspace::new().at_step(0);
    let _ = shop.ok(&["db", "generate", "--name", "init"]);
    shop
}

/// After a change that is meant: `UPDATE=1 cargo test -p xtask-db bad_input`, and then read what has changed.
#[test]
fn bad_input_is_explained_as_recorded_and_changes_nothing() {
    let sections = [
        ("Address of the database", address::cases()),
        ("Connection", connection::cases()),
        ("Arguments", arguments::cases()),
        ("Renames", renames::cases()),
        ("Journal, snapshots and files", folder::cases()),
        ("Migrations", migration::cases()),
        ("History", history::cases()),
        ("Rights", rights::cases()),
        ("States", states::cases()),
        ("The local server", server::cases()),
    ];
    let mut text = String::new();
    let mut complaints = Vec::new();
    for (title, cases) in sections {
        let _ = writeln!(text, "# {title}\n");
        for (case, outcome) in cases.iter().zip(run_all(&cases)) {
            match outcome {
                Ok(said) => text.push_str(&said),
                Err(complaint) => complaints.push(format!("{title}, {}: {complaint}", case.name)),
            }
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n\n"));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/bad_input.txt");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &text).expect("the record can be written");
    }
    let recorded = fs::read_to_string(&path).unwrap_or_default();
    if let Some((new, old)) = (text.lines().map(Some).chain([None]))
        .zip(recorded.lines().map(Some).chain([None]))
        .find(|(new, old)| new != old)
    {
        panic!(
            "what is said of bad input has changed; if that is meant: UPDATE=1 cargo test -p xtask-db bad_input\n\
             first difference:\n- {}\n+ {}",
            old.unwrap_or("(end)"),
            new.unwrap_or("(end)")
        );
    }
}

/// What each case says. Most of the time goes into waiting for processes, so several go at once.
fn run_all(cases: &[Case]) -> Vec<Result<String, String>> {
    let next = AtomicUsize::new(0);
    let outcomes = Mutex::new(vec![Err("it panicked".to_owned()); cases.len()]);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some((index, case)) = {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    cases.get(index).map(|case| (index, case))
                } {
                    let outcome = run(case);
                    outcomes.lock().expect("no panic holds it")[index] = outcome;
                }
            });
        }
    });
    outcomes.into_inner().expect("no panic holds it")
}

/// Runs a case's commands; one text for those that say the same.
fn run(case: &Case) -> Result<String, String> {
    let shop = (case.prepare)();
    let before = shop.state();
    let mut said: Vec<(Vec<&str>, String)> = Vec::new();
    for line in case.commands {
        let outcome = shop.run_line(line);
        let fail = |what: &str| {
            Err(format!(
                "{line}: {what}\n{}{}",
                outcome.stdout, outcome.stderr
            ))
        };
        if outcome.code != Some(case.code) {
            return fail(&format!("exit code {:?}, not {}", outcome.code, case.code));
        }
        if !outcome.stdout.is_empty() {
            return fail("it printed data");
        }
        if shop.state() != before {
            return fail("it changed something");
        }
        if let Some(part) = shop.leak(&outcome.stderr) {
            return fail(&format!("it shows `{part}` of a password"));
        }
        if let Some(sign) = [
            "panicked",
            "BACKTRACE",
            "Error {",
            "Some(",
            "Os {",
            "\u{1b}",
        ]
        .into_iter()
        .find(|sign| outcome.stderr.contains(sign))
        {
            return fail(&format!("`{sign}` is not meant for users"));
        }
        let last = outcome.stderr.lines().last().unwrap_or_default();
        if !last.starts_with("hint: ") && last != "For more information, try '--help'." {
            return fail("it does not end with what to do");
        }
        // What it was doing until then differs from command to command.
        let start = ["warning: ", "error: "]
            .iter()
            .filter_map(|sign| outcome.stderr.find(sign))
            .min();
        let text = shop.anonymous(&outcome.stderr[start.unwrap_or(0)..]);
        match said.iter_mut().find(|(_, before)| *before == text) {
            Some((lines, _)) => lines.push(line),
            None => said.push((vec![line], text)),
        }
    }
    let mut record = format!("## {} (exit code {})\n\n", case.name, case.code);
    for (lines, text) in said {
        for line in lines {
            let _ = writeln!(record, "$ {line}");
        }
        let _ = writeln!(record, "{text}");
    }
    Ok(record)
}
