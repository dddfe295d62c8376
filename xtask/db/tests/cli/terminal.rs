//! Pipes that close, terminals, and none.

use std::io::{BufReader, Read, Write};
use std::process::{Command, Stdio};

use crate::workspace::{Outcome, Workspace};

fn migrated() -> Workspace {
    let shop = Workspace::new().at_step(5);
    let _ = shop.ok(&["db", "generate", "--name", "init"]);
    let _ = shop.ok(&["db", "migrate"]);
    shop
}

/// A command line of a shell, in which `"$@"` is the command.
fn in_shell(shop: &Workspace, line: &str, arguments: &[&str]) -> Outcome {
    let inner = shop.command(arguments);
    let mut command = Command::new("sh");
    command
        .args(["-c", line, "sh"])
        .arg(inner.get_program())
        .args(inner.get_args());
    command.current_dir(shop.path(".")).stdin(Stdio::null());
    for (name, value) in inner.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    Outcome::of(command)
}

/// Whoever listens or not: the work is done, and the exit code says so.
#[test]
fn output_that_nobody_reads_is_no_error() {
    let pipes = [
        "\"$@\" >&-",
        "\"$@\" 2>&-",
        "\"$@\" >&- 2>&- <&-",
        "{ \"$@\"; echo $? >code; } 2>&1 | head -c 0; exit $(cat code)",
    ];
    for pipe in pipes {
        let shop = Workspace::new().at_step(5);
        for arguments in [
            &["db", "generate", "--name", "init"][..],
            &["db", "migrate", "--dry-run"],
            &["db", "migrate"],
            &["db", "status", "--json"],
            &["db", "seed", "--yes"],
            &["db", "--help"],
        ] {
            let outcome = in_shell(&shop, pipe, arguments);
            assert_eq!(
                outcome.code,
                Some(0),
                "{pipe} {arguments:?}\n{}",
                outcome.stderr
            );
            assert!(!outcome.stderr.contains("panicked"), "{}", outcome.stderr);
        }
        assert_eq!(shop.query("SELECT count(*) FROM \"Orders\""), ["3"]);
    }
}

#[test]
fn a_failure_that_nobody_reads_has_its_exit_code() {
    let shop = Workspace::bare().with_folder();
    for pipe in [
        "\"$@\" 2>&-",
        "{ \"$@\"; echo $? >code; } 2>&1 | head -c 0; exit $(cat code)",
    ] {
        assert_eq!(in_shell(&shop, pipe, &["db", "migrate"]).code, Some(2));
    }
}

/// Runs a command at a terminal and types `answer` when it asks; `None` where there is no `script` to make one.
pub(crate) fn at_terminal(
    shop: &Workspace,
    arguments: &[&str],
    environment: &[(&str, &str)],
    answer: &str,
) -> Option<(Option<i32>, String)> {
    let inner = shop.command(arguments);
    let words = std::iter::once(inner.get_program()).chain(inner.get_args());
    let line: Vec<String> = words
        .map(|word| format!("'{}'", word.to_string_lossy()))
        .collect();
    let mut command = Command::new("script");
    command
        .args(["-qec", &line.join(" "), "/dev/null"])
        .current_dir(shop.path("."));
    // All that decides about colour, or it would be decided by where the tests run.
    for variable in ["CI", "CLICOLOR", "CLICOLOR_FORCE", "NO_COLOR"] {
        command.env_remove(variable);
    }
    command
        .env("TERM", "xterm")
        .env_remove("DATABASE_URL")
        .env("SHOP_STEP", "5")
        .envs(environment.iter().copied());
    let spawned = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let Ok(mut child) = spawned else {
        eprintln!("skipped: there is no `script` to make a terminal");
        return None;
    };
    let mut keyboard = child.stdin.take().expect("it is piped");
    let mut screen = BufReader::new(child.stdout.take().expect("it is piped"));
    let mut seen = Vec::new();
    let mut byte = [0];
    let mut answered = false;
    while screen.read(&mut byte).expect("a screen") > 0 {
        seen.push(byte[0]);
        if !answered && seen.ends_with(b"] ") {
            keyboard.write_all(answer.as_bytes()).expect("a keyboard");
            keyboard.flush().expect("a keyboard");
            answered = true;
        }
    }
    let code = child.wait().expect("it ends").code();
    Some((code, String::from_utf8_lossy(&seen).replace('\r', "")))
}

#[test]
fn a_question_takes_yes_and_nothing_else() {
    let shop = migrated();
    let _ = shop.ok(&["db", "seed", "--yes"]);
    let before = shop.query("SELECT \"id\" FROM \"Orders\" ORDER BY 1");
    for (answer, code, says) in [
        ("n\n", 1, "nothing was changed"),
        ("\n", 1, "nothing was changed"),
        ("yess\n", 1, "nothing was changed"),
        // The end of the input, Ctrl-C.
        ("\u{4}", 1, "nothing was changed"),
        ("\u{3}", 130, "Interrupted"),
    ] {
        let Some((ended, seen)) = at_terminal(&shop, &["db", "seed"], &[], answer) else {
            return;
        };
        assert_eq!(ended, Some(code), "{answer:?}\n{seen}");
        assert!(seen.contains(says), "{answer:?}\n{seen}");
        assert!(
            !seen.contains("\u{1b}[?25l") || seen.contains("\u{1b}[?25h"),
            "the cursor stays hidden: {seen:?}"
        );
        assert_eq!(
            shop.query("SELECT \"id\" FROM \"Orders\" ORDER BY 1"),
            before
        );
    }
    for answer in ["y\n", "YES\n"] {
        let (ended, seen) = at_terminal(&shop, &["db", "seed"], &[], answer).expect("as before");
        assert_eq!(ended, Some(0), "{seen}");
        assert!(seen.contains("Seed complete!"), "{seen}");
    }
    assert_ne!(
        shop.query("SELECT \"id\" FROM \"Orders\" ORDER BY 1"),
        before
    );
}

#[test]
fn colour_and_signs_are_for_terminals_that_have_them() {
    let shop = migrated();
    let Some((code, seen)) = at_terminal(&shop, &["db", "status"], &[], "") else {
        return;
    };
    assert_eq!(code, Some(0), "{seen}");
    assert!(seen.contains("\u{1b}["), "{seen:?}");
    for plain in [("NO_COLOR", "1"), ("TERM", "dumb")] {
        for arguments in [
            &["db", "status"][..],
            &["db", "migrate"],
            &["db", "seed", "--yes"],
        ] {
            let (code, seen) = at_terminal(&shop, arguments, &[plain], "").expect("as before");
            assert_eq!(code, Some(0), "{seen}");
            assert!(
                !seen.contains('\u{1b}') && !seen.contains('✅'),
                "{plain:?} {arguments:?}\n{seen:?}"
            );
        }
    }
    for arguments in [
        &["db", "status"][..],
        &["db", "migrate"],
        &["db", "seed", "--yes"],
    ] {
        let outcome = shop.ok(arguments);
        let text = format!("{}{}", outcome.stdout, outcome.stderr);
        assert!(!text.contains('\u{1b}') && !text.contains('✅'), "{text:?}");
    }
}
