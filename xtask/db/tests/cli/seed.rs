//! `db seed` and `db reset`.

use std::process::Command;

use pg_devserver::TestServer;

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
    for (command, url, place) in [
        (
            "seed",
            "postgres://u:secret@db.example.invalid/prod",
            "db.example.invalid:5432/prod",
        ),
        (
            "reset",
            "postgres://u:secret@db.example.invalid/prod",
            "db.example.invalid:5432/prod",
        ),
        // The address counts, and not what it is called.
        (
            "reset",
            "postgres://u:secret@localhost/prod?hostaddr=192.0.2.1",
            "localhost:5432/prod",
        ),
        (
            "seed",
            "postgres://u:secret@/prod?hostaddr=192.0.2.1",
            "192.0.2.1:5432/prod",
        ),
    ] {
        let refused = shop.run(&["db", command, "--yes", "--database-url", url]);
        assert_eq!(refused.code, Some(3), "{url}");
        for says in [
            &format!("{place} is not on this machine, and all its data would be dropped"),
            "--allow-remote",
        ] {
            assert!(refused.stderr.contains(says), "{}", refused.stderr);
        }
        assert!(!refused.stderr.contains("secret"), "{}", refused.stderr);
    }
    // Told so, it goes there; nobody has that address.
    let allowed = shop.run(&[
        "db",
        "seed",
        "--yes",
        "--allow-remote",
        "--database-url",
        "postgres://u@/prod?hostaddr=192.0.2.1&connect_timeout=1",
    ]);
    assert_eq!(allowed.code, Some(1));
    assert!(
        allowed
            .stderr
            .contains("cannot connect to u@192.0.2.1:5432/prod"),
        "{}",
        allowed.stderr
    );
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
    assert_all_applied(&shop);
}

/// What somebody else has made is drift, and so is what SQL of one's own makes without a snapshot.
fn assert_all_applied(shop: &Workspace) {
    let left = shop.ok(&["db", "migrate", "--dry-run"]);
    assert!(left.stderr.contains("Nothing to apply"), "{}", left.stderr);
}

/// Adds a migration with this SQL.
fn add(shop: &Workspace, name: &str, sql: &str) {
    let generated = shop.ok(&["db", "generate", "--custom", "--name", name]);
    let path = generated
        .stderr
        .split_whitespace()
        .find(|word| word.starts_with("drizzle/"))
        .expect("it names the file");
    shop.write(path, sql);
}

/// Seeds, and says why not in one transaction.
#[track_caller]
fn seeds_file_by_file(shop: &Workspace, reason: &str) {
    let seeded = shop.ok(&["db", "seed", "--yes"]);
    let warning = format!("warning: not in one transaction: {reason}; going file by file\n");
    let (before, after) = seeded
        .stderr
        .split_once(&warning)
        .unwrap_or_else(|| panic!("{}", seeded.stderr));
    assert!(!before.contains("Seed complete!"), "{before}");
    for says in ["Applied: 0000_init.sql", "Orders  3 rows", "Seed complete!"] {
        assert!(after.contains(says), "{after}");
    }
    assert_eq!(shop.query("SELECT count(*) FROM \"Orders\""), ["3"]);
    assert_all_applied(shop);
}

#[test]
fn a_file_without_a_transaction_goes_file_by_file() {
    let shop = Workspace::new();
    let _ = shop.ok(&["db", "generate", "--name", "init"]);
    let reason = "migration `0001_init_Orders_symbol_idx` must not run in a transaction";
    seeds_file_by_file(&shop, reason);

    // Then the old data is not kept, and that is said.
    let mut command = shop.command(&["db", "seed", "--yes"]);
    command.env("SHOP_SEED_FAILS", "1");
    let failed = crate::workspace::Outcome::of(command);
    assert_eq!(failed.code, Some(1));
    let says = "The old data is dropped, and what is new is not complete; run it again when the cause is mended";
    assert!(failed.stderr.contains(says), "{}", failed.stderr);
    assert_eq!(shop.query("SELECT count(*) FROM \"Orders\""), ["0"]);
    seeds_file_by_file(&shop, reason);
}

#[test]
fn a_new_enum_value_that_is_used_goes_file_by_file() {
    let shop = migrated();
    // Its type is older than the transaction, also on versions that let new values of a new type be used.
    let _ = shop.query("CREATE SCHEMA elsewhere; CREATE TYPE elsewhere.mood AS ENUM ('good')");
    let value = "ALTER TYPE elsewhere.mood ADD VALUE IF NOT EXISTS 'odd';";
    add(&shop, "value", value);
    add(
        &shop,
        "use",
        "CREATE TABLE moods AS SELECT 'odd'::elsewhere.mood AS mood;",
    );
    seeds_file_by_file(
        &shop,
        "PostgreSQL lets nobody use a new enum value before the migration that adds it is committed",
    );
    // Now it is there.
    let again = shop.ok(&["db", "seed", "--yes"]);
    assert!(!again.stderr.contains("file by file"), "{}", again.stderr);
}

#[test]
fn a_full_lock_table_goes_file_by_file() {
    // Room for some 450 locks.
    let server = TestServer::start(&[
        ("max_locks_per_transaction", "32"),
        ("max_connections", "10"),
        ("superuser_reserved_connections", "0"),
        ("max_wal_senders", "0"),
        ("autovacuum_max_workers", "1"),
        ("max_worker_processes", "0"),
    ])
    .expect("a server");
    let shop = Workspace::on(server.create_database("shop")).at_step(5);
    let _ = shop.ok(&["db", "generate", "--name", "init"]);
    for file in 0..12 {
        let tables = format!(
            "DO $$ BEGIN FOR n IN 1..40 LOOP
                 EXECUTE format('CREATE TABLE t_{file}_%s (id serial PRIMARY KEY, a text UNIQUE, b text UNIQUE)', n);
             END LOOP; END $$;"
        );
        add(&shop, &format!("tables_{file}"), &tables);
    }
    let reason =
        "the server's lock table is too small for one transaction (max_locks_per_transaction)";
    // From nothing, and with all of it to drop.
    seeds_file_by_file(&shop, reason);
    seeds_file_by_file(&shop, reason);
}

#[test]
fn rows_pass_through_copy_without_being_kept() {
    const ROWS: u64 = 200_000;
    let shop = migrated();
    let command = shop.command(&["db", "seed", "--yes"]);
    // The rows have 90 MB, and the whole process has 80, where the system can limit it.
    let mut limited = Command::new("sh");
    limited
        .args(["-c", r#"ulimit -v 80000 2>/dev/null; exec "$0" "$@""#])
        .arg(command.get_program())
        .args(command.get_args())
        .current_dir(shop.path(""))
        .env_remove("DATABASE_URL")
        .env("SHOP_STEP", "5")
        .env("SHOP_SEED_ROWS", ROWS.to_string());
    let seeded = crate::workspace::Outcome::of(limited);
    assert_eq!(seeded.code, Some(0), "{}", seeded.stderr);
    let inserted = format!("Orders  {} rows", ROWS + 3);
    assert!(seeded.stderr.contains(&inserted), "{}", seeded.stderr);
    let found = shop.query(
        r#"SELECT concat_ws(' ', count(*), count(DISTINCT "id"), count(DISTINCT n), min(n), max(n), bool_and("symbol" = n || E'\t\\ü' || repeat('x', 400)))
             FROM (SELECT *, split_part("symbol", E'\t', 1)::int AS n FROM "Orders" WHERE "status" = 'CLOSED') rows"#,
    );
    let last = ROWS - 1;
    assert_eq!(found, [format!("{ROWS} {ROWS} {ROWS} 0 {last} t")]);
}
