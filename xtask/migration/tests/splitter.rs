//! The splitter against two judges: drizzle's own cuts in whole projects, and PostgreSQL's grammar.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

use std::path::Path;

use pg_devserver::TestServer;
use pg_migration::{Folder, Migration, Script, split};
use postgres::{Client, NoTls, SimpleQueryMessage};

const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpus");

fn texts(sql: &str) -> Vec<&str> {
    split(sql)
        .unwrap()
        .iter()
        .map(|statement| statement.text(sql))
        .collect()
}

/// The migrations of a project in the corpus, unless the corpus is absent.
fn chain(name: &str) -> Option<Vec<Migration>> {
    let path = Path::new(CORPUS).join("chains").join(name);
    if !path.exists() {
        eprintln!("skipped: {} does not exist", path.display());
        return None;
    }
    let migrations = Folder::new(path).load().unwrap();
    assert!(migrations.stray.is_empty() && migrations.unreferenced_snapshots().is_empty());
    Some(migrations.files)
}

/// How many statements PostgreSQL finds in `sql`, by executing it as one message.
fn executed(client: &mut Client, sql: &str) -> usize {
    let messages = client.simple_query(sql);
    completed(&messages.unwrap_or_else(|error| panic!("{error:?}\n{sql}")))
}

fn completed(messages: &[SimpleQueryMessage]) -> usize {
    let complete =
        |message: &&SimpleQueryMessage| matches!(message, SimpleQueryMessage::CommandComplete(_));
    messages.iter().filter(complete).count()
}

#[test]
fn drizzle_cuts_whole_projects_at_the_same_places() {
    for migration in ["humantryx", "hushbox"]
        .into_iter()
        .filter_map(chain)
        .flatten()
    {
        let mut ours = texts(&migration.sql).into_iter();
        for piece in migration
            .sql
            .split("--> statement-breakpoint")
            .map(str::trim)
        {
            let bare = piece.strip_suffix(';').unwrap_or(piece);
            if bare.contains(';') || bare.contains("--") || bare.contains("/*") {
                // Several statements, or comments, which we leave out.
                let expected = texts(piece);
                let found: Vec<_> = ours.by_ref().take(expected.len()).collect();
                assert_eq!(found, expected, "{}", migration.tag());
            } else if !bare.is_empty() {
                assert_eq!(ours.next(), Some(bare), "{}", migration.tag());
            }
        }
        assert_eq!(ours.next(), None, "{}", migration.tag());
    }
}

#[test]
fn postgresql_finds_the_same_statements_in_a_whole_project() {
    let Some(migrations) = chain("humantryx") else {
        return;
    };
    let url = TestServer::shared().create_database("splitter");
    let mut client = Client::connect(&url, NoTls).unwrap();
    for migration in migrations {
        let script = migration.script().unwrap();
        assert_eq!(
            executed(&mut client, &migration.sql),
            script.statements.len(),
            "{}",
            migration.tag()
        );
    }
}

/// Schemas from the suites of four other tools, old and new: whatever PostgreSQL accepts, it counts as we do.
#[test]
fn postgresql_finds_the_same_statements_in_other_tools_schemas() {
    let path = Path::new(CORPUS).join("ddl-pairs.jsonl");
    let Ok(pairs) = std::fs::read_to_string(&path) else {
        eprintln!("skipped: {} does not exist", path.display());
        return;
    };
    let url = TestServer::shared().create_database("pairs");
    let mut client = Client::connect(&url, NoTls).unwrap();
    let mut judged = 0;
    for pair in pairs.lines() {
        let pair: serde_json::Value = serde_json::from_str(pair).unwrap();
        let setup = pair["setup"].as_str().unwrap_or_default();
        for schema in ["old", "new"].map(|side| pair[side].as_str().unwrap_or_default()) {
            client.batch_execute("BEGIN").unwrap();
            let messages = client
                .batch_execute(setup)
                .and_then(|()| client.simple_query(schema));
            client.batch_execute("ROLLBACK").unwrap();
            if let Ok(messages) = messages {
                // The driver reports one for an empty text, too.
                assert_eq!(completed(&messages), texts(schema).len().max(1), "{schema}");
                judged += 1;
            }
        }
    }
    assert!(judged > 1500, "{judged}");
}

/// Statements with semicolons in every place where they end nothing.
const NASTY: &str = r#"
CREATE TABLE "t;" (a int, "end" int DEFAULT 1, "case;""" text DEFAULT E'\';' -- ; '
  'b\';');;
/* ; /* ; */ ' */ INSERT INTO "t;" (a) VALUES (1), (2);
CREATE TABLE log (message text) /* ; */
--> statement-breakpoint
CREATE RULE r AS ON INSERT TO "t;" DO ALSO (
  INSERT INTO log VALUES ('a;');
  INSERT INTO log VALUES ($$b;$$);
);
CREATE OR REPLACE FUNCTION f(n int) RETURNS int LANGUAGE sql
BEGIN ATOMIC
  INSERT INTO log VALUES ('end;');
  SELECT t."end", t.end AS end, CASE WHEN n > 1 THEN CASE n WHEN 2 THEN 3 ELSE 4 END END AS case FROM "t;" t;
  SELECT (CASE WHEN n > 1 THEN 5 END) end;
END;
CREATE PROCEDURE p(begin int) BEGIN ATOMIC INSERT INTO log VALUES (begin::text); END;
CREATE FUNCTION g() RETURNS text LANGUAGE plpgsql AS $outer$
BEGIN
  EXECUTE $inner$ SELECT $$;$$; $inner$;
  RETURN ';';
END;
$outer$;
DO $$ BEGIN PERFORM f(2); CALL p(1); END $$;
INSERT INTO "t;" (a) SELECT f(2) WHERE g() = ';';
SELECT 1 AS begin, 2 AS atomic, U&'d\0061;' AS u, B'1' AS b, $é$;$é$ AS e, 'standard\', ';';
SELECT E'a'
'\';', 1
-- no semicolon at the end ;
"#;

#[test]
fn postgresql_finds_the_same_statements_in_a_nasty_file() {
    let server = TestServer::shared();
    let mut whole = Client::connect(&server.create_database("whole"), NoTls).unwrap();
    let mut pieces = Client::connect(&server.create_database("pieces"), NoTls).unwrap();
    // The marker stands for the semicolon that it replaces.
    let marked = executed(&mut whole, &NASTY.replace("--> statement-breakpoint", ";"));
    let statements = texts(NASTY);
    assert_eq!(statements.len(), marked);
    for statement in statements {
        assert_eq!(executed(&mut pieces, statement), 1, "{statement}");
    }
    for query in [
        "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY proname",
        "SELECT definition FROM pg_rules WHERE schemaname = 'public'",
        "SELECT column_name || coalesce(column_default, '') FROM information_schema.columns WHERE table_name = 't;' ORDER BY 1",
        "SELECT message FROM log",
        "SELECT t::text FROM \"t;\" t",
    ] {
        let rows = |client: &mut Client| -> Vec<String> {
            client
                .query(query, &[])
                .unwrap()
                .iter()
                .map(|row| row.get(0))
                .collect()
        };
        let found = rows(&mut pieces);
        assert!(!found.is_empty(), "{query}");
        assert_eq!(found, rows(&mut whole), "{query}");
    }
}

#[test]
fn postgresql_refuses_in_a_transaction_what_we_say_it_refuses() {
    let url = TestServer::shared().create_database("refused");
    let mut client = Client::connect(&url, NoTls).unwrap();
    let database: String = client
        .query_one("SELECT current_database()", &[])
        .unwrap()
        .get(0);
    client
        .batch_execute(
            "CREATE TABLE t (a int); CREATE INDEX i ON t (a); CREATE SCHEMA s;
             CREATE TABLE p (a int) PARTITION BY LIST (a); CREATE TABLE q PARTITION OF p FOR VALUES IN (1);
             CREATE SUBSCRIPTION sub CONNECTION '' PUBLICATION x WITH (connect = false, slot_name = NONE);
             CREATE PROCEDURE work() LANGUAGE plpgsql AS 'BEGIN PERFORM 1; END';
             CREATE TYPE e AS ENUM ('a')",
        )
        .unwrap();
    // 25001: active_sql_transaction. 2D000: invalid_transaction_termination.
    let refused = [
        "CREATE INDEX CONCURRENTLY j ON t (a)",
        "DROP INDEX CONCURRENTLY i",
        "REINDEX TABLE CONCURRENTLY t",
        "REINDEX (CONCURRENTLY) TABLE t",
        "REINDEX (CONCURRENTLY 1) INDEX i",
        "REINDEX SCHEMA s",
        "REINDEX DATABASE current",
        "REINDEX SYSTEM current",
        "VACUUM t",
        "CLUSTER",
        "CREATE DATABASE d",
        "DROP DATABASE d",
        "ALTER DATABASE current SET TABLESPACE pg_default",
        "CREATE TABLESPACE x LOCATION '/x'",
        "DROP TABLESPACE x",
        "ALTER SYSTEM SET work_mem = '1MB'",
        "ALTER TABLE p DETACH PARTITION q CONCURRENTLY",
        "CREATE SUBSCRIPTION u CONNECTION '' PUBLICATION x",
        "DO $$ BEGIN COMMIT; END $$",
    ];
    let accepted = [
        "ALTER TABLE p DETACH PARTITION q",
        "REINDEX TABLE t",
        "REINDEX (CONCURRENTLY off) INDEX i",
        "CLUSTER t USING i",
        "CALL work()",
        "ALTER SUBSCRIPTION sub SET PUBLICATION y WITH (refresh = false)",
        "DROP SUBSCRIPTION sub",
        "CREATE SUBSCRIPTION u CONNECTION '' PUBLICATION x WITH (connect = off)",
        "ALTER DATABASE current SET work_mem = '1MB'",
        "ALTER TYPE e ADD VALUE 'b'",
        "DO $$ BEGIN PERFORM commit FROM (SELECT 1 AS commit) c; END $$",
        "CREATE INDEX j ON t (a)",
    ];
    for (statements, expected) in [(&refused[..], false), (&accepted[..], true)] {
        for sql in statements {
            let sql = &sql.replace("current", &database);
            assert_eq!(Script::parse(sql).is_ok(), expected, "{sql}");
            let mut transaction = client.transaction().unwrap();
            let result = transaction.batch_execute(sql);
            transaction.rollback().unwrap();
            match result {
                Ok(()) => assert!(expected, "{sql}"),
                Err(error) => {
                    let code = error.code().map(postgres::error::SqlState::code);
                    assert!(
                        !expected && matches!(code, Some("25001" | "2D000")),
                        "{sql}: {error:?}"
                    );
                }
            }
        }
    }
}
