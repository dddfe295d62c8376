//! Which of the places that may name the database counts.

use crate::workspace::{Outcome, Workspace};

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
    assert_eq!(Outcome::of(command).code, Some(0));
    let mut command = shop.command(&["db", "migrate", "--database-url", &good]);
    command.env("DATABASE_URL", bad);
    assert_eq!(Outcome::of(command).code, Some(0));
    shop.write(".env.local", "OTHER=1");
    let _ = shop.ok(&["db", "migrate"]);
}

#[test]
fn a_file_that_is_named_is_the_only_one_that_counts() {
    let shop = Workspace::new().with_folder();
    let bad = "postgres://u@127.0.0.1:1/nowhere";
    shop.write("production.env", &format!("DATABASE_URL='{}'", shop.url));
    shop.write("empty.env", "OTHER=1");
    let mut named = shop.command(&["db", "migrate", "--env-file", "production.env"]);
    named.env("DATABASE_URL", bad);
    assert_eq!(Outcome::of(named).code, Some(0));
    for (file, says) in [
        ("empty.env", "no DATABASE_URL in empty.env"),
        ("nowhere.env", "cannot read `nowhere.env`"),
    ] {
        let mut named = shop.command(&["db", "status", "--env-file", file]);
        named.env("DATABASE_URL", &shop.url);
        let outcome = Outcome::of(named);
        assert_eq!(outcome.code, Some(2), "{}", outcome.stderr);
        assert!(outcome.stderr.contains(says), "{}", outcome.stderr);
    }
}
