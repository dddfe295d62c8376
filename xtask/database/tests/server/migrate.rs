//! Transactional migrations, the history, and what stops a run before it begins.

use std::collections::BTreeSet;
use std::thread;
use std::time::{Duration, Instant};

use crate::common::{APPLICATION, Project, connect, failure, query};
use pg_database::{
    FailureCause, FailurePoint, FileState, LockError, MigrateError, MigrateEvent, MigrateOptions,
    QueryError, Refusal, migrate, plan, status,
};
use pg_migration::MigrationState;

const USERS: &str = "CREATE TABLE \"users\" (\n\t\"id\" integer PRIMARY KEY\n);";

#[test]
fn writes_the_history_as_drizzle_does() {
    let project = Project::new(
        "history",
        &[
            ("users", USERS),
            ("mail", "ALTER TABLE users ADD mail text;"),
        ],
    );
    let migrations = project.load();
    assert_eq!(project.migrate().unwrap(), ["0000_users", "0001_mail"]);
    assert!(project.migrate().unwrap().is_empty());

    // The table as drizzle-orm creates it.
    assert_eq!(
        project.query(
            "string_agg(concat_ws(' ', column_name, data_type, is_nullable, column_default), ', ' ORDER BY ordinal_position)
               FROM information_schema.columns WHERE table_schema = 'drizzle' AND table_name = '__drizzle_migrations'"
        ),
        "id integer NO nextval('drizzle.__drizzle_migrations_id_seq'::regclass), hash text NO, created_at bigint YES"
    );
    let rows = project.query(
        "string_agg(concat_ws(' ', id, hash, created_at), ', ' ORDER BY id) FROM drizzle.__drizzle_migrations",
    );
    let expected: Vec<String> = (1..)
        .zip(&migrations.files)
        .map(|(id, m)| format!("{id} {} {}", m.drizzle_hash(), m.entry.when))
        .collect();
    assert_eq!(rows, expected.join(", "));
}

#[test]
fn takes_over_a_history_that_drizzle_wrote() {
    let project = Project::new(
        "adopt",
        &[
            ("users", USERS),
            ("mail", "ALTER TABLE users ADD mail text;"),
        ],
    );
    let first = project.load().files[0].clone();
    project.execute(&format!(
        "CREATE SCHEMA drizzle;
         CREATE TABLE drizzle.__drizzle_migrations (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at bigint);
         INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('{}', {});
         {USERS}",
        first.drizzle_hash(),
        first.entry.when
    ));
    assert_eq!(project.migrate().unwrap(), ["0001_mail"]);
    let status = status(&mut project.connect(), &project.load()).unwrap();
    assert_eq!(status.migrations[0].record, None);
    assert!(
        status.migrations[1]
            .record
            .as_ref()
            .unwrap()
            .applied_at
            .is_some()
    );
    assert_eq!(
        status.migrations[1].record.as_ref().unwrap().applied_by,
        "postgres"
    );
}

#[test]
fn rolls_a_failing_file_back_and_says_where_it_failed() {
    let project = Project::new(
        "failing",
        &[
            ("users", USERS),
            (
                "two",
                "CREATE TABLE kept (id int);\nINSERT INTO kept VALUES (1);\n-- é\nSELECT 'é', missing FROM kept;\nSELECT 1;",
            ),
            ("three", "CREATE TABLE never (id int);"),
        ],
    );
    let failure = failure(project.migrate());
    assert_eq!((failure.tag.as_str(), failure.statements), ("0001_two", 4));
    let FailurePoint::Statement { index, range, sql } = &failure.point else {
        panic!("{failure:?}");
    };
    let text = &project.load().files[1].sql;
    assert_eq!((*index, &text[range.clone()]), (2, sql.as_str()));
    let error = failure.server_error().unwrap();
    assert_eq!(
        (error.sqlstate.as_str(), error.severity.as_str()),
        ("42703", "ERROR")
    );
    let offset = failure.offset_in_file().unwrap();
    assert!(
        text[offset..].starts_with("missing FROM"),
        "{}",
        &text[offset..]
    );
    assert_eq!(failure.state, FileState::RolledBack);
    assert_eq!(failure.applied, ["0000_users"]);
    assert_eq!(
        project.query("to_regclass('kept') IS NULL AND to_regclass('users') IS NOT NULL"),
        "t"
    );

    // The same folder, mended, goes on where it stopped.
    project.edit("0001_two", "CREATE TABLE kept (id int);");
    assert_eq!(project.migrate().unwrap(), ["0001_two", "0002_three"]);
}

#[test]
fn fails_at_commit_for_deferred_constraints() {
    let project = Project::new(
        "deferred",
        &[(
            "deferred",
            "CREATE TABLE a (id int PRIMARY KEY, b int REFERENCES a DEFERRABLE INITIALLY DEFERRED); INSERT INTO a VALUES (1, 2);",
        )],
    );
    let failure = failure(project.migrate());
    assert_eq!(failure.point, FailurePoint::Commit);
    assert_eq!(failure.server_error().unwrap().sqlstate, "23503");
    assert_eq!(project.query("to_regclass('a')"), "NULL");
    assert_eq!(
        project.query("count(*) FROM drizzle.__drizzle_migrations"),
        "0"
    );
}

#[test]
fn refuses_a_folder_that_does_not_match_the_history() {
    let project = Project::new(
        "diverged",
        &[
            ("a", "CREATE TABLE a ();"),
            ("b", "CREATE TABLE b ();"),
            ("c", "CREATE TABLE c ();"),
        ],
    );
    project.migrate().unwrap();
    project.edit("0000_a", "CREATE TABLE edited ();");
    project.execute(
        "DELETE FROM drizzle.__drizzle_migrations WHERE id = 2; DROP TABLE b;
         INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('abc', 1)",
    );
    let refusals = |options: &MigrateOptions| match project.migrate_with(options) {
        Err(MigrateError::Refused(refusals)) => refusals,
        other => panic!("{other:?}"),
    };
    let all = refusals(&MigrateOptions::default());
    assert!(
        matches!(&all[0], Refusal::Missing { tag: None, row } if row.hash == "abc"),
        "{all:?}"
    );
    assert!(
        matches!(&all[1], Refusal::Edited { tag, .. } if tag == "0000_a"),
        "{all:?}"
    );
    assert!(
        matches!(&all[2], Refusal::OutOfOrder { tag, .. } if tag == "0001_b"),
        "{all:?}"
    );
    assert_eq!(all.len(), 3);
    assert!(
        plan(
            &mut project.connect(),
            &project.load(),
            &MigrateOptions::default()
        )
        .is_err()
    );

    let out_of_order = MigrateOptions {
        out_of_order: true,
        ..MigrateOptions::default()
    };
    assert_eq!(refusals(&out_of_order).len(), 2);
    project.edit("0000_a", "CREATE TABLE a ();\r\n".trim_end());
    project.execute("DELETE FROM drizzle.__drizzle_migrations WHERE hash = 'abc'");
    assert_eq!(project.migrate_with(&out_of_order).unwrap(), ["0001_b"]);
}

#[test]
fn reads_all_pending_files_before_it_runs_one() {
    let project = Project::new(
        "unreadable",
        &[
            ("a", "CREATE TABLE a ();"),
            ("b", "SELECT 1; COMMIT;"),
            ("c", "SELECT 'open"),
        ],
    );
    match project.migrate() {
        Err(MigrateError::Unreadable(scripts)) => {
            assert_eq!(
                scripts.iter().map(|s| s.tag.as_str()).collect::<Vec<_>>(),
                ["0001_b", "0002_c"]
            );
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(project.query("to_regnamespace('drizzle')"), "NULL");
    assert_eq!(project.query("to_regclass('a')"), "NULL");
}

#[test]
fn stops_at_a_tag() {
    let project = Project::new(
        "to",
        &[("a", "CREATE TABLE a ();"), ("b", "CREATE TABLE b ();")],
    );
    let to = |tag: &str| MigrateOptions {
        to: Some(tag.to_owned()),
        ..MigrateOptions::default()
    };
    assert!(matches!(
        project.migrate_with(&to("0000_x")),
        Err(MigrateError::UnknownTag { known, .. }) if known == ["0000_a", "0001_b"]
    ));
    assert_eq!(project.migrate_with(&to("0000_a")).unwrap(), ["0000_a"]);
    assert!(project.migrate_with(&to("0000_a")).unwrap().is_empty());
}

#[test]
fn runs_a_wrapped_file_and_an_enum_value_in_the_next_file() {
    let project = Project::new(
        "wrapped",
        &[
            (
                "wrapped",
                "BEGIN;\nCREATE TYPE side AS ENUM ('a');\nCREATE TABLE t (s side);\nCOMMIT;",
            ),
            ("add", "ALTER TYPE side ADD VALUE 'b';"),
            ("use", "INSERT INTO t VALUES ('b');"),
            (
                "both",
                "ALTER TYPE side ADD VALUE 'c'; INSERT INTO t VALUES ('c');",
            ),
        ],
    );
    let failure = failure(project.migrate());
    assert_eq!(failure.applied, ["0000_wrapped", "0001_add", "0002_use"]);
    assert_eq!(failure.server_error().unwrap().sqlstate, "55P04");
    assert!(failure.hint().unwrap().contains("migration of its own"));
    assert_eq!(project.query("string_agg(s::text, '') FROM t"), "b");
}

#[test]
fn gives_each_file_a_fresh_session() {
    let leaky = "CREATE SCHEMA elsewhere; SET search_path = elsewhere; SET lock_timeout = 1; SET default_transaction_isolation = serializable;
                 CREATE TABLE inside (); CREATE TEMP TABLE scratch (); CREATE ROLE leaky_role; SET ROLE leaky_role;";
    let project = Project::new(
        "fresh",
        &[
            ("leaky", leaky),
            ("next", "CREATE TABLE next (); CREATE TEMP TABLE scratch ();
                      CREATE TABLE seen AS SELECT current_setting('search_path') AS path, current_user::text AS role, current_setting('lock_timeout') AS lock,
                             current_setting('statement_timeout') AS statement, current_setting('transaction_isolation') AS isolation,
                             current_setting('client_connection_check_interval') AS check;"),
        ],
    );
    // A schema of the role's name must not catch the tables, nor the role's own settings.
    project.execute(&format!(
        "CREATE SCHEMA postgres; ALTER DATABASE {} SET search_path = postgres",
        project.url.rsplit_once('/').unwrap().1
    ));
    let options = MigrateOptions {
        lock_timeout: Some(Duration::from_secs(7)),
        statement_timeout: Some(Duration::from_mins(1)),
        ..MigrateOptions::default()
    };
    let mut database = project.connect();
    migrate(&mut database, &project.load(), &options, &mut |_| {}).unwrap();
    assert_eq!(
        query(
            &mut database,
            "to_regclass('public.next') IS NOT NULL AND to_regclass('elsewhere.inside') IS NOT NULL"
        ),
        "t"
    );
    assert_eq!(
        query(&mut database, "s FROM public.seen s"),
        "(public,postgres,7s,1min,\"read committed\",10s)"
    );
    // The caller's session is as it was, and the lock is free.
    assert_eq!(
        query(
            &mut database,
            "concat_ws(' ', current_setting('search_path'), current_user, current_setting('lock_timeout'), current_setting('client_connection_check_interval'), current_setting('tcp_keepalives_idle'))"
        ),
        "postgres postgres 0 10s 60"
    );
    assert_eq!(
        query(
            &mut database,
            "count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE l.locktype = 'advisory' AND d.datname = current_database()"
        ),
        "0"
    );
    project.execute("DROP ROLE leaky_role");
}

/// Whoever else waits for it may then run the same files.
#[test]
fn notices_that_a_file_has_let_go_of_the_lock() {
    for way in [
        "SELECT pg_advisory_unlock_all()",
        "SELECT pg_advisory_unlock(k), pg_advisory_unlock(k)
           FROM (SELECT classid::bigint << 32 | objid::bigint AS k FROM pg_locks WHERE locktype = 'advisory') AS held",
    ] {
        for head in ["", "-- no-transaction\n"] {
            let project = Project::new(
                "let_go",
                &[
                    ("a", "CREATE TABLE a ()"),
                    ("lets_go", &format!("{head}{way};")),
                    ("b", "CREATE TABLE b ()"),
                ],
            );
            let failed = failure(project.migrate());
            assert_eq!(failed.cause, FailureCause::LockLost, "{head}{way}");
            assert_eq!(failed.tag, "0002_b");
            assert_eq!(project.query("to_regclass('public.b')"), "NULL");
            assert_eq!(project.migrate().unwrap(), ["0002_b"]);
        }
    }
}

#[test]
fn applies_each_migration_once_however_many_run() {
    const RUNNERS: usize = 20;
    let migrations: Vec<(String, String)> = (0..10)
        .map(|n| {
            (
                format!("m{n}"),
                format!("CREATE TABLE t{n} (); SELECT pg_sleep(0.02);"),
            )
        })
        .collect();
    let migrations: Vec<(&str, &str)> = migrations
        .iter()
        .map(|(n, s)| (n.as_str(), s.as_str()))
        .collect();
    let project = Project::new("runners", &migrations);
    let applied: Vec<Vec<String>> = thread::scope(|scope| {
        let runners: Vec<_> = (0..RUNNERS)
            .map(|_| scope.spawn(|| project.migrate().unwrap()))
            .collect();
        runners
            .into_iter()
            .map(|runner| runner.join().unwrap())
            .collect()
    });
    let all: Vec<&String> = applied.iter().flatten().collect();
    assert_eq!(all.len(), 10);
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 10);
    assert_eq!(
        project.query("count(*) FROM drizzle.__drizzle_migrations"),
        "10"
    );
}

#[test]
fn says_who_holds_the_lock() {
    let project = Project::new("held", &[("a", "CREATE TABLE a ();")]);
    let mut other = project.connect();
    pg_database::lock::acquire(&mut other, None, &mut |_, _| {}).unwrap();
    let pid: i32 = query(&mut other, "pg_backend_pid()").parse().unwrap();

    let mut holders = Vec::new();
    let options = MigrateOptions {
        wait_lock: Some(Duration::from_secs(2)),
        ..MigrateOptions::default()
    };
    let mut database = project.connect();
    let started = Instant::now();
    let result = migrate(&mut database, &project.load(), &options, &mut |event| {
        if let MigrateEvent::Waiting { holder, .. } = event {
            holders.push((holder, started.elapsed()));
        }
    });
    assert!(started.elapsed() >= Duration::from_secs(2));
    assert!(started.elapsed() < Duration::from_secs(30));
    let [(holder, after)] = holders.as_slice() else {
        panic!("{holders:?}")
    };
    assert!(*after < Duration::from_secs(2), "{after:?}");
    assert_eq!(
        (holder.pid, holder.application_name.as_deref()),
        (pid, Some(APPLICATION))
    );
    assert!(holder.query.as_ref().unwrap().contains("pg_backend_pid"));
    assert!(holder.connected_for.is_some());
    match result {
        Err(error @ MigrateError::Lock(LockError::Held { .. })) => {
            assert!(error.to_string().contains(&pid.to_string()));
            assert!(
                error
                    .hint()
                    .unwrap()
                    .contains(&format!("pg_terminate_backend({pid})"))
            );
        }
        other => panic!("{other:?}"),
    }

    // The end of the holder's session frees it.
    thread::scope(|scope| {
        let waiting = scope.spawn(|| project.migrate());
        thread::sleep(Duration::from_millis(200));
        drop(other);
        assert_eq!(waiting.join().unwrap().unwrap(), ["0000_a"]);
    });
}

#[test]
fn says_what_a_lost_connection_left_behind() {
    let project = Project::new(
        "lost",
        &[
            ("a", "CREATE TABLE a ();"),
            (
                "b",
                "CREATE TABLE b (); SELECT pg_terminate_backend(pg_backend_pid()); CREATE TABLE c ();",
            ),
        ],
    );
    let failure = failure(project.migrate());
    assert!(
        matches!(&failure.point, FailurePoint::Statement { index: 1, .. }),
        "{failure:?}"
    );
    assert!(
        failure.to_string().contains("the connection was lost"),
        "{failure}"
    );
    assert_eq!(
        (failure.state, failure.applied.as_slice()),
        (FileState::RolledBack, &["0000_a".to_owned()][..])
    );
    assert_eq!(project.query("to_regclass('b')"), "NULL");
}

#[test]
fn reports_progress_and_notices() {
    let project = Project::new(
        "notices",
        &[(
            "a",
            "SELECT 1; DO $$ BEGIN RAISE WARNING 'careful' USING HINT = 'very'; END $$; CREATE TABLE IF NOT EXISTS pg_catalog.pg_class ();",
        )],
    );
    let mut log = Vec::new();
    migrate(
        &mut project.connect(),
        &project.load(),
        &MigrateOptions::default(),
        &mut |event| {
            log.push(match event {
                MigrateEvent::Started {
                    tag,
                    index,
                    total,
                    statements,
                    done,
                } => format!("{tag} {index}/{total} {statements} {done}"),
                MigrateEvent::Statement { index, sql, .. } => format!("{index} {}", &sql[..2]),
                MigrateEvent::Notice { notice, .. } => {
                    format!("{}: {} {:?}", notice.severity, notice.message, notice.hint)
                }
                MigrateEvent::Applied { tag, .. } => format!("applied {tag}"),
                other => format!("{other:?}"),
            });
        },
    )
    .unwrap();
    assert_eq!(
        log,
        [
            "0000_a 0/1 3 0",
            "0 SE",
            "1 DO",
            "WARNING: careful Some(\"very\")",
            "2 CR",
            "NOTICE: relation \"pg_class\" already exists, skipping None",
            "applied 0000_a"
        ]
    );
}

#[test]
fn reading_creates_nothing() {
    let project = Project::new("reading", &[("a", "CREATE TABLE a ();")]);
    let mut database = project.connect();
    database
        .execute("SET default_transaction_read_only = on")
        .unwrap();
    let migrations = project.load();
    let pending = plan(&mut database, &migrations, &MigrateOptions::default()).unwrap();
    assert_eq!(pending.len(), 1);
    let status = status(&mut database, &migrations).unwrap();
    assert_eq!(status.migrations[0].state, MigrationState::Pending);
    assert_eq!(project.query("to_regnamespace('drizzle')"), "NULL");
}

#[test]
fn says_which_right_is_missing() {
    let project = Project::new("rights", &[("a", "CREATE TABLE a ();")]);
    project.execute("CREATE ROLE rightless LOGIN PASSWORD 'p@ss:w/rd'");
    let (_, rest) = project.url.rsplit_once('@').unwrap();
    let url = format!("postgres://rightless:p@ss:w/rd@{rest}");
    let mut database = connect(&url);
    match migrate(
        &mut database,
        &project.load(),
        &MigrateOptions::default(),
        &mut |_| {},
    ) {
        Err(error @ MigrateError::CreateHistory(QueryError::Server(_))) => {
            assert!(
                error.hint().unwrap().contains("CREATE SCHEMA drizzle"),
                "{error}"
            );
        }
        other => panic!("{other:?}"),
    }
    project.migrate().unwrap();
    match plan(&mut database, &project.load(), &MigrateOptions::default()) {
        Err(error @ MigrateError::ReadHistory(QueryError::Server(_))) => {
            assert!(error.hint().unwrap().contains("GRANT USAGE"), "{error}");
        }
        other => panic!("{other:?}"),
    }
    // Once everything is there, no right to create is needed for the history.
    project.execute(
        "GRANT USAGE, CREATE ON SCHEMA public TO rightless; GRANT USAGE ON SCHEMA drizzle TO rightless;
         GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA drizzle TO rightless; GRANT USAGE ON ALL SEQUENCES IN SCHEMA drizzle TO rightless",
    );
    project.add("b", "CREATE TABLE b ();");
    migrate(
        &mut database,
        &project.load(),
        &MigrateOptions::default(),
        &mut |_| {},
    )
    .unwrap();
    assert_eq!(
        project.query("tableowner FROM pg_tables WHERE tablename = 'b'"),
        "rightless"
    );
    project.execute("DROP OWNED BY rightless; DROP ROLE rightless");
}
