//! How a database is read: in a constant number of statements, and as it was at one moment.

use std::thread;
use std::time::{Duration, Instant};

use pg_database::Scope;
use pg_schema::QualifiedName;

use crate::playground::Playground;

/// Something of every kind, `count` times.
fn everything(count: usize) -> String {
    format!(
        "DO $$ BEGIN FOR n IN 1..{count} LOOP
            EXECUTE format('CREATE SCHEMA s%1$s; CREATE TYPE s%1$s.e AS ENUM (''a''); CREATE SEQUENCE s%1$s.q;
                CREATE TABLE s%1$s.t (a serial PRIMARY KEY, b s%1$s.e[] UNIQUE, c integer REFERENCES s%1$s.t CHECK (c > 0), d text DEFAULT ''x'');
                CREATE INDEX i ON s%1$s.t (lower(d)) WHERE c > 1; CREATE POLICY p ON s%1$s.t; COMMENT ON TABLE s%1$s.t IS ''x'';
                CREATE VIEW s%1$s.v AS SELECT a FROM s%1$s.t; CREATE MATERIALIZED VIEW s%1$s.m AS SELECT a FROM s%1$s.t;
                CREATE DOMAIN s%1$s.d AS text; ALTER TABLE s%1$s.t SET (fillfactor = 70); GRANT SELECT ON s%1$s.v TO PUBLIC', n);
        END LOOP; END $$"
    )
}

#[test]
fn the_number_of_statements_does_not_grow_with_the_database() {
    let mut playground = Playground::new();
    // The server tells its client what it runs.
    let tell = "SET client_min_messages = log; SET log_statement = 'all'";
    let mut counted = |count: usize| {
        playground.empty();
        playground.run(&everything(count)).unwrap();
        playground.run(tell).unwrap();
        playground.database.take_notices();
        let scope = Scope {
            roles: vec!["postgres".to_owned()],
            policies_on: vec![QualifiedName::new("s1", "t")],
            ..Scope::default()
        };
        let schema = playground.introspect(&scope).schema;
        assert_eq!(
            (schema.tables.len(), schema.schemas.len()),
            (count - 1, count)
        );
        let statements = playground.database.take_notices();
        let messages: Vec<_> = statements
            .into_iter()
            .map(|notice| notice.message)
            .collect();
        playground.run("SET log_statement = 'none'").unwrap();
        messages
    };
    let (few, many) = (counted(10), counted(300));
    assert_eq!(few, many);
    // A transaction, its settings, and a query a kind.
    assert!((10..=25).contains(&few.len()), "{few:#?}");
}

#[test]
fn what_changes_meanwhile_is_not_seen_in_part() {
    let mut reader = Playground::new();
    let mut writer = reader.another();
    reader
        .run("CREATE TABLE t (a integer); CREATE VIEW v AS SELECT a FROM t")
        .unwrap();
    let before = reader.introspect(&Scope::default());
    // The server prints no view of a table that is locked: the reader stops between two of its queries.
    writer
        .run("BEGIN; LOCK t IN ACCESS EXCLUSIVE MODE")
        .unwrap();
    let found = thread::scope(|scope| {
        let reading = scope.spawn(|| reader.introspect(&Scope::default()));
        let (start, mut waiting) = (Instant::now(), None);
        while waiting.is_none() {
            assert!(start.elapsed() < Duration::from_secs(30), "nobody waits");
            thread::sleep(Duration::from_millis(10));
            let query = "SELECT pid FROM pg_locks WHERE relation = 't'::regclass AND NOT granted";
            waiting = writer.database.text(query).unwrap();
        }
        let change = "ALTER TABLE t ADD b serial PRIMARY KEY, ADD CHECK (a > 0); CREATE INDEX ON t (a); CREATE POLICY p ON t; COMMENT ON TABLE t IS 'x';
            CREATE TABLE later (a integer); CREATE SEQUENCE q; CREATE DOMAIN d AS text; ALTER TABLE t SET (fillfactor = 70); COMMIT";
        writer.run(change).unwrap();
        reading.join().unwrap()
    });
    assert_eq!(found, before);
    assert_ne!(reader.introspect(&Scope::default()), before);
}
