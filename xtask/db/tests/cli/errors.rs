//! Bad input: each case with its message and exit code, and nothing changed.

use std::process::Stdio;

use crate::workspace::Workspace;

/// Runs a command that must fail, and checks what it says.
#[track_caller]
fn fails(shop: &Workspace, arguments: &[&str], code: i32, says: &[&str]) {
    let before = shop.migrations();
    let outcome = shop.run(arguments);
    for text in says {
        assert!(
            outcome.stderr.contains(text),
            "{arguments:?} does not say `{text}`:\n{}",
            outcome.stderr
        );
    }
    assert_eq!(
        outcome.code,
        Some(code),
        "{arguments:?}\n{}",
        outcome.stderr
    );
    assert_eq!(
        shop.migrations(),
        before,
        "{arguments:?} changed the folder"
    );
}

fn generated() -> Workspace {
    let shop = Workspace::new().at_step(0);
    let _ = shop.ok(&["db", "generate", "--name", "init"]);
    shop
}

#[test]
fn the_database_url() {
    let shop = Workspace::bare().with_folder();
    fails(
        &shop,
        &["db", "migrate"],
        2,
        &[
            "no DATABASE_URL",
            ".env.local, .env, .env.development",
            "cargo xtask setup",
        ],
    );
    fails(
        &shop,
        &["db", "migrate", "--database-url", "mysql://u:secret@h/d"],
        2,
        &["postgres://"],
    );
    fails(
        &shop,
        &[
            "db",
            "status",
            "--database-url",
            "postgres://u:secret@127.0.0.1:1/d",
        ],
        1,
        &["127.0.0.1:1"],
    );
    fails(
        &shop,
        &["db", "status", "--env-file", "nowhere"],
        2,
        &["nowhere cannot be read"],
    );
    shop.write(".env", "A=1\nDATABASE_URL='postgres://u:secret@h/d\n");
    fails(
        &shop,
        &["db", "status"],
        2,
        &[".env:2 is not of the form NAME=value"],
    );
    assert!(!shop.run(&["db", "status"]).stderr.contains("secret"));
}

#[test]
fn the_first_place_that_names_a_database_wins() {
    let shop = Workspace::new().with_folder();
    let good = shop.url.clone();
    let bad = "postgres://u@127.0.0.1:1/nowhere";
    shop.write(".env.local", &format!("DATABASE_URL={bad}"));
    shop.write(".env", &format!("DATABASE_URL={good}"));
    assert!(shop.run(&["db", "status"]).stderr.contains("127.0.0.1:1"));
    let mut command = shop.command(&["db", "migrate"]);
    command.env("DATABASE_URL", &good);
    assert_eq!(crate::workspace::Outcome::of(command).code, Some(0));
    let mut command = shop.command(&["db", "migrate", "--database-url", &good]);
    command.env("DATABASE_URL", bad);
    assert_eq!(crate::workspace::Outcome::of(command).code, Some(0));
    shop.write(".env.local", "OTHER=1");
    let _ = shop.ok(&["db", "migrate"]);
}

#[test]
fn a_file_that_is_named_is_the_only_one_that_counts() {
    let shop = generated();
    let bad = "postgres://u@127.0.0.1:1/nowhere";
    shop.write("production.env", &format!("DATABASE_URL='{}'", shop.url));
    shop.write("empty.env", "OTHER=1");
    let mut named = shop.command(&["db", "migrate", "--env-file", "production.env"]);
    named.env("DATABASE_URL", bad);
    assert_eq!(crate::workspace::Outcome::of(named).code, Some(0));
    for (file, says) in [
        ("empty.env", "no DATABASE_URL in empty.env"),
        ("nowhere.env", "nowhere.env cannot be read"),
    ] {
        let mut named = shop.command(&["db", "status", "--env-file", file]);
        named.env("DATABASE_URL", &shop.url);
        let outcome = crate::workspace::Outcome::of(named);
        assert_eq!(outcome.code, Some(2), "{}", outcome.stderr);
        assert!(outcome.stderr.contains(says), "{}", outcome.stderr);
    }
}

#[test]
fn a_folder_that_is_not_there_is_not_an_empty_one() {
    let shop = generated();
    for command in [
        &["migrate"][..],
        &["migrate", "--dry-run"],
        &["seed", "--yes"],
        &["reset", "--yes"],
    ] {
        let arguments = [&["db"], command, &["--folder", "nowhere"]].concat();
        fails(
            &shop,
            &arguments,
            2,
            &["there is no folder of migrations nowhere", "--folder"],
        );
    }
}

#[test]
fn what_the_operating_system_says_is_passed_on() {
    let shop = Workspace::bare();
    shop.write("file", "");
    fails(
        &shop,
        &["db", "generate", "--folder", "file/drizzle"],
        1,
        &["file/drizzle`: Not a directory"],
    );
}

#[test]
fn a_password_is_never_shown() {
    let shop = Workspace::new();
    let server = shop.url.split_once('@').expect("a host").1.to_owned();
    for password in ["s3cr&t", "p@ss:w/rd", "a%20b#c?d", "p$ss$HOME"] {
        for text in [
            format!("DATABASE_URL='postgres://postgres:{password}@{server}'"),
            format!("DATABASE_URL=postgres://postgres:{password}@{server}"),
        ] {
            shop.write(".env.local", &text);
            let outcome = shop.run(&["db", "status"]);
            assert_ne!(outcome.code, Some(0));
            for part in password
                .split(['@', ':', '/', '$', '%', '#', '?', '&'])
                .filter(|part| part.len() > 2 && *part != "HOME")
            {
                assert!(
                    !outcome.stderr.contains(part) && !outcome.stdout.contains(part),
                    "{part} of {text}\n{}",
                    outcome.stderr
                );
            }
        }
    }
}

#[test]
fn wrong_use() {
    let shop = Workspace::bare();
    fails(&shop, &["db", "migrate", "--nonsense"], 2, &["--nonsense"]);
    fails(&shop, &["db", "migarte"], 2, &["migrate"]);
    fails(
        &shop,
        &["db", "migrate", "--wait-lock", "soon"],
        2,
        &["soon"],
    );
    fails(&shop, &["db", "generate", "--name", "../x"], 2, &["../x"]);
}

#[test]
fn the_folder() {
    let shop = generated();
    let journal = shop.read("drizzle/meta/_journal.json");
    let snapshot = shop.read("drizzle/meta/0000_snapshot.json");
    for broken in [
        "",
        "{",
        "[]",
        &journal[..journal.len() / 2],
        &journal.replace("\"version\": \"7\"", "\"version\": \"99\""),
    ] {
        shop.write("drizzle/meta/_journal.json", broken);
        for command in ["generate", "migrate", "status"] {
            fails(&shop, &["db", command], 1, &["_journal.json"]);
        }
    }
    shop.write(
        "drizzle/meta/_journal.json",
        &journal.replace("0000_init", "0000_gone"),
    );
    fails(&shop, &["db", "migrate"], 1, &["0000_gone"]);
    shop.write("drizzle/meta/_journal.json", &journal);
    for broken in [
        "",
        "{}",
        &snapshot[..snapshot.len() / 2],
        &snapshot.replacen("\"7\"", "\"99\"", 1),
    ] {
        shop.write("drizzle/meta/0000_snapshot.json", broken);
        fails(&shop, &["db", "generate"], 1, &["0000_snapshot.json"]);
    }
    shop.write("drizzle/meta/0000_snapshot.json", &snapshot);
    shop.write("drizzle/0007_stray.sql", "SELECT 1;");
    let status = shop.run(&["db", "status"]);
    assert!(
        status
            .stderr
            .contains("0007_stray.sql is not in the journal"),
        "{}",
        status.stderr
    );
}

#[test]
fn a_failing_statement_is_shown_with_its_place_and_rolled_back() {
    let shop = generated();
    let _ = shop.ok(&["db", "generate", "--custom", "--name", "broken"]);
    shop.write("drizzle/0001_broken.sql", "CREATE TABLE extra (id int);\n\nALTER TABLE \"Orders\"\n  ADD COLUMN fine text,\n  ADD COLUMN bad nosuchtype;\n");
    fails(
        &shop,
        &["db", "migrate"],
        1,
        &[
            "drizzle/0001_broken.sql failed at statement 2 of 2",
            "type \"nosuchtype\" does not exist (SQLSTATE 42704)",
            "drizzle/0001_broken.sql:5:18",
            "ALTER TABLE \"Orders\"",
            "                 ^^^^^^^^^^",
            "It was rolled back; applied before it: 0000_init",
            "correct drizzle/0001_broken.sql, then run `cargo xtask db migrate` again",
        ],
    );
    assert_eq!(shop.query("SELECT to_regclass('extra')"), ["NULL"]);
    shop.write(
        "drizzle/0001_broken.sql",
        "ALTER TABLE \"Orders\" ADD COLUMN good text;",
    );
    let _ = shop.ok(&["db", "migrate"]);
}

#[test]
fn an_edited_missing_or_out_of_order_migration_stops_the_run_and_is_named() {
    let mut shop = generated();
    let _ = shop.ok(&["db", "migrate"]);
    let sql = shop.read("drizzle/0000_init.sql");
    shop.write("drizzle/0000_init.sql", &sql.replace('\n', "\r\n"));
    let _ = shop.ok(&["db", "migrate"]);
    shop.write("drizzle/0000_init.sql", &format!("{sql}\n-- edited"));
    fails(
        &shop,
        &["db", "migrate"],
        1,
        &["0000_init", "edited after it was applied", "restore it"],
    );
    shop.write("drizzle/0000_init.sql", &sql);

    shop.grow(1);
    let _ = shop.ok(&["db", "generate", "--name", "second"]);
    let journal = shop.read("drizzle/meta/_journal.json");
    shop.grow(2);
    let _ = shop.ok(&["db", "generate", "--name", "third"]);
    let _ = shop.ok(&["db", "migrate"]);
    let whole = shop.read("drizzle/meta/_journal.json");
    shop.write("drizzle/meta/_journal.json", &journal);
    fails(
        &shop,
        &["db", "migrate"],
        1,
        &["0002_third", "applied, but not in the folder"],
    );
    shop.write("drizzle/meta/_journal.json", &whole);

    let _ = shop.query("DELETE FROM drizzle.__drizzle_migrations WHERE id = 2");
    fails(
        &shop,
        &["db", "migrate"],
        1,
        &["0001_second", "out of order", "--out-of-order"],
    );
}

#[test]
fn a_reader_that_goes_away_is_no_crash() {
    let shop = Workspace::bare().at_step(5);
    let mut command = shop.command(&["db", "generate", "--dry-run"]);
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
