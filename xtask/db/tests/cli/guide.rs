//! The workflow of the guide: edit the schema, generate, review, migrate, status; for each of its scenarios.

use crate::workspace::Workspace;

/// The steps of the schema: what each is called, and its migration.
const SCENARIOS: [(&str, &str); 11] = [
    (
        "init",
        "CREATE TYPE \"public\".\"Status\" AS ENUM('OPEN', 'CLOSED');--> statement-breakpoint\n\
             CREATE TABLE \"Orders\" (\n\t\"id\" text PRIMARY KEY NOT NULL,\n\t\"symbol\" text NOT NULL,\n\t\
             \"status\" \"Status\" DEFAULT 'OPEN' NOT NULL,\n\t\"note\" text\n);\n",
    ),
    (
        "add_trailing_stop",
        "ALTER TABLE \"Orders\" ADD COLUMN \"trailingStopPercent\" numeric(5, 2);",
    ),
    (
        "add_venue",
        "ALTER TABLE \"Orders\" ADD COLUMN \"venue\" text DEFAULT 'default_value' NOT NULL;",
    ),
    (
        "index_symbol",
        "CREATE INDEX \"Orders_symbol_status_idx\" ON \"Orders\" USING btree (\"symbol\",\"status\");",
    ),
    (
        "add_trades",
        "CREATE TABLE \"Trades\" (\n\t\"id\" text PRIMARY KEY NOT NULL,\n\t\"orderId\" text NOT NULL,\n\t\
             \"executedAt\" timestamp DEFAULT now() NOT NULL\n);\n--> statement-breakpoint\n\
             ALTER TABLE \"Trades\" ADD CONSTRAINT \"Trades_orderId_Orders_id_fk\" FOREIGN KEY (\"orderId\") \
             REFERENCES \"public\".\"Orders\"(\"id\") ON DELETE no action ON UPDATE no action;",
    ),
    ("drop_note", "ALTER TABLE \"Orders\" DROP COLUMN \"note\";"),
    (
        "add_label",
        "ALTER TYPE \"public\".\"Status\" ADD VALUE 'EXPIRED';",
    ),
    (
        "add_constraints",
        "ALTER TABLE \"Trades\" ADD CONSTRAINT \"Trades_orderId_executedAt_unique\" UNIQUE(\"orderId\",\"executedAt\");\
             --> statement-breakpoint\n\
             ALTER TABLE \"Orders\" ADD CONSTRAINT \"Orders_trailingStop_check\" CHECK (\"trailingStopPercent\" < 100);",
    ),
    (
        "change_types",
        "ALTER TABLE \"Orders\" ALTER COLUMN \"trailingStopPercent\" SET DATA TYPE numeric(8, 4);--> statement-breakpoint\n\
             ALTER TABLE \"Orders\" ALTER COLUMN \"venue\" DROP DEFAULT;--> statement-breakpoint\n\
             ALTER TABLE \"Orders\" ALTER COLUMN \"venue\" DROP NOT NULL;",
    ),
    (
        "add_trail",
        "CREATE SCHEMA \"audit\";\n--> statement-breakpoint\n\
             CREATE TABLE \"audit\".\"Trail\" (\n\t\"id\" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY \
             (sequence name \"audit\".\"Trail_id_seq\" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),\n\t\
             \"orderId\" text,\n\t\"change\" jsonb DEFAULT '{}'::jsonb NOT NULL,\n\t\
             \"kind\" text GENERATED ALWAYS AS (change ->> 'kind') STORED\n);\n--> statement-breakpoint\n\
             ALTER TABLE \"audit\".\"Trail\" ADD CONSTRAINT \"Trail_orderId_Orders_id_fk\" FOREIGN KEY (\"orderId\") \
             REFERENCES \"public\".\"Orders\"(\"id\") ON DELETE cascade ON UPDATE no action;",
    ),
    (
        "index_live",
        "-- no-transaction\nCREATE INDEX CONCURRENTLY \"Orders_symbol_idx\" ON \"Orders\" USING btree (\"symbol\");",
    ),
];

#[test]
fn every_scenario_of_the_guide_leads_to_the_migration_it_shows() {
    let mut shop = Workspace::new().at_step(0);
    for (step, (name, sql)) in SCENARIOS.into_iter().enumerate() {
        shop.grow(u32::try_from(step).expect("few steps"));
        let before = shop.run(&["db", "status"]);
        assert_eq!(
            before.code,
            Some(1),
            "the schema has changed: {}",
            before.stdout
        );
        let generated = shop.ok(&["db", "generate", "--name", name]);
        let file = format!("drizzle/{step:04}_{name}.sql");
        assert!(
            generated
                .stderr
                .contains(&format!("Migration generated: {file}")),
            "{}",
            generated.stderr
        );
        assert_eq!(shop.read(&file), sql);
        let migrated = shop.ok(&["db", "migrate"]);
        assert!(
            migrated
                .stderr
                .contains(&format!("Applied: {step:04}_{name}.sql")),
            "{}",
            migrated.stderr
        );
        let after = shop.ok(&["db", "status"]);
        assert!(
            after.stdout.contains("agrees with the folder"),
            "{}",
            after.stdout
        );
        let again = shop.ok(&["db", "generate"]);
        assert!(
            again.stderr.contains("No schema changes"),
            "{}",
            again.stderr
        );
    }
    let columns = "SELECT attname FROM pg_attribute WHERE attrelid = '\"Orders\"'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum";
    assert_eq!(
        shop.query(columns),
        ["id", "symbol", "status", "trailingStopPercent", "venue"]
    );
    assert_eq!(
        shop.query("SELECT count(*) FROM drizzle.__drizzle_migrations"),
        ["11"]
    );
}

#[test]
fn what_is_lost_locked_or_may_fail_is_said() {
    let mut shop = Workspace::new().at_step(4);
    let _ = shop.ok(&["db", "generate"]);
    shop.grow(5);
    let dropped = shop.ok(&["db", "generate", "--dry-run"]);
    assert!(
        dropped.stderr.contains("- column note text"),
        "{}",
        dropped.stderr
    );
    assert!(
        dropped
            .stderr
            .contains("data-loss: dropping column \"note\" of \"Orders\""),
        "{}",
        dropped.stderr
    );
    assert_eq!(
        dropped.stdout.trim(),
        "ALTER TABLE \"Orders\" DROP COLUMN \"note\";"
    );
}

#[test]
fn a_dry_run_writes_nothing() {
    let shop = Workspace::new().at_step(0);
    let generated = shop.ok(&["db", "generate", "--dry-run"]);
    assert!(
        generated.stdout.contains("CREATE TABLE \"Orders\""),
        "{}",
        generated.stdout
    );
    assert!(!shop.path("drizzle").exists());
    let _ = shop.ok(&["db", "generate", "--name", "init"]);
    let migrated = shop.ok(&["db", "migrate", "--dry-run"]);
    assert_eq!(migrated.stdout, "0000_init.sql\n");
    assert_eq!(
        shop.query("SELECT count(*) FROM pg_namespace WHERE nspname = 'drizzle'"),
        ["0"]
    );
}

#[test]
fn a_custom_migration_keeps_the_state_and_is_applied_in_its_place() {
    let shop = Workspace::new().at_step(0);
    let _ = shop.ok(&["db", "generate", "--name", "init"]);
    let _ = shop.ok(&["db", "generate", "--custom", "--name", "backfill"]);
    assert_eq!(
        shop.read("drizzle/0001_backfill.sql"),
        "-- Custom SQL migration file, put your code below! --"
    );
    shop.write(
        "drizzle/0001_backfill.sql",
        "INSERT INTO \"Orders\" (\"id\", \"symbol\") VALUES ('1', 'BTC');\n",
    );
    let _ = shop.ok(&["db:migrate"]);
    assert_eq!(shop.query("SELECT \"symbol\" FROM \"Orders\""), ["BTC"]);
    let _ = shop.ok(&["db", "status"]);
}

#[test]
fn a_migration_without_a_name_is_an_adjective_and_a_noun() {
    let shop = Workspace::new().at_step(0);
    let _ = shop.ok(&["db", "generate"]);
    let (name, _) = &shop.migrations()[0];
    let words = name
        .trim_start_matches("drizzle/0000_")
        .trim_end_matches(".sql")
        .split('_')
        .count();
    assert_eq!(words, 2, "{name}");
}

#[test]
fn migrate_stops_where_it_is_told_to() {
    let mut shop = Workspace::new().at_step(0);
    for step in 0..3 {
        shop.grow(step);
        let _ = shop.ok(&["db", "generate", "--name", &format!("step{step}")]);
    }
    let _ = shop.ok(&["db", "migrate", "--to", "0001_step1"]);
    let again = shop.ok(&["db", "migrate", "--to", "0001_step1"]);
    assert!(
        again
            .stderr
            .contains("the database has all up to 0001_step1"),
        "{}",
        again.stderr
    );
    assert_eq!(
        shop.query("SELECT count(*) FROM drizzle.__drizzle_migrations"),
        ["2"]
    );
    let status = shop.run(&["db", "status", "--json"]);
    assert_eq!(status.code, Some(1));
    let report: serde_json::Value = serde_json::from_str(&status.stdout).expect("JSON on stdout");
    let found: Vec<_> = report["migrations"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|m| m["state"].as_str())
        .collect();
    assert_eq!(found, [Some("applied"), Some("applied"), Some("pending")]);
    assert!(report["migrations"][0]["applied_at"].is_string());
}

#[test]
fn a_label_added_in_one_migration_serves_in_the_next_in_one_run() {
    let shop = Workspace::new().at_step(0);
    let _ = shop.ok(&["db", "generate", "--name", "init"]);
    for (name, sql) in [
        ("add_label", "ALTER TYPE \"Status\" ADD VALUE 'LOST';"),
        (
            "use_label",
            "INSERT INTO \"Orders\" (\"id\", \"symbol\", \"status\") VALUES ('1', 'BTC', 'LOST');",
        ),
    ] {
        let _ = shop.ok(&["db", "generate", "--custom", "--name", name]);
        let file = shop
            .migrations()
            .into_iter()
            .map(|(file, _)| file)
            .find(|file| file.ends_with(&format!("_{name}.sql")));
        shop.write(&file.expect("it was written"), sql);
    }
    let _ = shop.ok(&["db", "migrate"]);
    assert_eq!(shop.query("SELECT \"status\" FROM \"Orders\""), ["LOST"]);
}
