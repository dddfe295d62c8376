//! `db seed` and `db reset`.

use crate::workspace::Workspace;

fn migrated() -> Workspace {
    let shop = Workspace::new().at_step(5);
    let _ = shop.ok(&["db", "generate", "--name", "init"]);
    let _ = shop.ok(&["db", "migrate"]);
    shop
}

#[test]
fn seed_and_reset_leave_what_they_say() {
    let shop = migrated();
    let seeded = shop.ok(&["db", "seed", "--yes"]);
    assert!(
        seeded.stderr.contains("Orders  3 rows"),
        "{}",
        seeded.stderr
    );
    assert_eq!(
        shop.query("SELECT \"symbol\" FROM \"Orders\" ORDER BY 1"),
        ["BTC", "ETH", "it's \\ a\ttab"]
    );
    assert_eq!(
        shop.query("SELECT count(DISTINCT \"id\") FROM \"Orders\""),
        ["3"],
        "default_fn gives each row its id"
    );
    let _ = shop.ok(&["db", "seed", "--yes"]);
    assert_eq!(shop.query("SELECT count(*) FROM \"Orders\""), ["3"]);
    let _ = shop.ok(&["db", "status"]);
    let _ = shop.ok(&["db", "reset", "--yes"]);
    assert_eq!(shop.query("SELECT count(*) FROM \"Orders\""), ["0"]);
    let _ = shop.ok(&["db", "status"]);
}

#[test]
fn a_seed_that_fails_leaves_the_old_data() {
    let shop = migrated();
    let _ = shop.ok(&["db", "seed", "--yes"]);
    let before = shop.query("SELECT \"id\" FROM \"Orders\" ORDER BY 1");
    let mut command = shop.command(&["db", "seed", "--yes"]);
    command.env("SHOP_SEED_FAILS", "1");
    let failed = crate::workspace::Outcome::of(command);
    assert_eq!(failed.code, Some(1));
    assert!(failed.stderr.contains("Orders"), "{}", failed.stderr);
    assert!(
        failed.stderr.contains("invalid input value for enum"),
        "{}",
        failed.stderr
    );
    assert!(
        failed.stderr.contains("The old data is as it was"),
        "{}",
        failed.stderr
    );
    assert_eq!(
        shop.query("SELECT \"id\" FROM \"Orders\" ORDER BY 1"),
        before
    );
}

#[test]
fn without_a_terminal_the_flag_is_asked_for() {
    let shop = migrated();
    for command in ["seed", "reset"] {
        let asked = shop.run(&["db", command]);
        assert_eq!(asked.code, Some(3));
        assert!(asked.stderr.contains("--yes"), "{}", asked.stderr);
    }
    let _ = shop.ok(&["db", "status"]);
}

#[test]
fn a_remote_database_is_refused_before_it_is_reached() {
    let shop = Workspace::bare().with_folder();
    let refused = shop.run(&[
        "db",
        "seed",
        "--yes",
        "--database-url",
        "postgres://u:secret@db.example.invalid/prod",
    ]);
    assert_eq!(refused.code, Some(3));
    assert!(
        refused
            .stderr
            .contains("db.example.invalid:5432/prod is not on this machine"),
        "{}",
        refused.stderr
    );
    assert!(
        refused.stderr.contains("--allow-remote"),
        "{}",
        refused.stderr
    );
    assert!(!refused.stderr.contains("secret"), "{}", refused.stderr);
}

#[test]
fn what_is_someone_elses_is_named_and_stops_it() {
    let shop = migrated();
    let _ = shop.query(
        "CREATE SCHEMA reports; CREATE VIEW reports.open_orders AS SELECT * FROM public.\"Orders\"",
    );
    let refused = shop.run(&["db", "reset", "--yes"]);
    assert_eq!(refused.code, Some(1));
    assert!(
        refused.stderr.contains("reports.open_orders"),
        "{}",
        refused.stderr
    );
    let _ = shop.ok(&["db", "status"]);
}
