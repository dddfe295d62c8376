//! `-- no-transaction` files: progress, failures, and what a crash leaves behind.

use std::thread;
use std::time::Duration;

use crate::common::{Project, failure, query};
use pg_database::{
    FailurePoint, FileState, MigrateError, MigrateEvent, MigrateOptions, Progress, migrate, status,
};

const TABLE: &str =
    "CREATE TABLE t (a int, b int); INSERT INTO t SELECT n, n FROM generate_series(1, 100) n;";

fn progress(project: &Project) -> Option<Progress> {
    let status = status(&mut project.connect(), &project.load()).unwrap();
    status.migrations.last().unwrap().progress
}

fn valid_indexes(project: &Project) -> String {
    project.query(
        "string_agg(c.relname || CASE WHEN i.indisvalid THEN '' ELSE ' (invalid)' END, ', ' ORDER BY c.relname)
           FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = 't'::regclass",
    )
}

#[test]
fn runs_statement_by_statement() {
    let project = Project::new(
        "steps",
        &[
            ("t", TABLE),
            (
                "steps",
                "-- no-transaction\nCREATE INDEX CONCURRENTLY t_a ON t (a);\nINSERT INTO t VALUES (0, 0);\nVACUUM t;
                 CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS \"t B\" ON public.t (b);\nREINDEX INDEX CONCURRENTLY t_a;\nDROP INDEX CONCURRENTLY t_a;",
            ),
        ],
    );
    assert_eq!(project.migrate().unwrap().len(), 2);
    assert!(project.migrate().unwrap().is_empty());
    assert_eq!(valid_indexes(&project), "t B");
    assert_eq!(project.query("count(*) FROM t"), "101");
    assert_eq!(progress(&project), None);
    assert_eq!(
        project.query("string_agg(concat_ws(' ', tag, done, attempting, found_index, applied_at IS NOT NULL, duration_ms IS NOT NULL), ', ' ORDER BY tag) FROM drizzle.__xtask_migrations"),
        "0000_t {} t t, 0001_steps {} t t"
    );
}

#[test]
fn continues_after_a_failure() {
    let sql = "-- no-transaction\nSET search_path = app;\nINSERT INTO public.t VALUES (0, 0);\nCREATE TABLE made (id int);\nSELECT 1 / divisor FROM public.d;\nINSERT INTO public.t VALUES (-1, -1);";
    let project = Project::new(
        "resume",
        &[
            ("t", TABLE),
            (
                "d",
                "CREATE TABLE d (divisor int); INSERT INTO d VALUES (0); CREATE SCHEMA app;",
            ),
            ("steps", sql),
        ],
    );
    let failure = failure(project.migrate());
    assert!(
        matches!(failure.point, FailurePoint::Statement { index: 3, .. }),
        "{failure:?}"
    );
    assert_eq!(failure.state, FileState::Kept { done: 3 });
    assert!(
        failure.to_string().contains("the next run continues there"),
        "{failure}"
    );
    let half = Progress {
        done: 3,
        statements: Some(5),
        interrupted: false,
    };
    assert_eq!(progress(&project), Some(half));

    // What has taken effect must not be edited.
    project.edit("0002_steps", &sql.replace("VALUES (0, 0)", "VALUES (9, 9)"));
    match project.migrate() {
        Err(MigrateError::EditedHalfway {
            tag,
            statement,
            done,
            ..
        }) => {
            assert_eq!((tag.as_str(), statement, done), ("0002_steps", 1, 3));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(progress(&project), Some(half));
    // Nor may the rest become a transaction.
    project.edit(
        "0002_steps",
        sql.strip_prefix("-- no-transaction\n").unwrap(),
    );
    assert!(matches!(
        project.migrate(),
        Err(MigrateError::EditedHalfway { .. })
    ));

    // The failing statement may, and so may line ends. Settings that were made before it are made again.
    let mended = sql
        .replace("1 / divisor", "divisor")
        .replace("SELECT divisor", "INSERT INTO made SELECT divisor");
    project.edit("0002_steps", &mended.replace('\n', "\r\n"));
    let mut started = None;
    migrate(
        &mut project.connect(),
        &project.load(),
        &MigrateOptions::default(),
        &mut |event| {
            if let MigrateEvent::Started {
                statements, done, ..
            } = event
            {
                started = Some((statements, done));
            }
        },
    )
    .unwrap();
    assert_eq!(started, Some((5, 3)));
    assert_eq!(
        project.query("string_agg(a::text, ',' ORDER BY a) FROM t WHERE a < 1"),
        "-1,0"
    );
    assert_eq!(project.query("count(*) FROM app.made"), "1");
}

#[test]
fn rebuilds_an_index_whose_build_failed() {
    let sql = "-- no-transaction\nCREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS t_a ON t (a);";
    let project = Project::new("duplicates", &[("t", TABLE), ("unique", sql)]);
    project.execute("CREATE TABLE t (a int, b int); INSERT INTO t VALUES (1, 1), (1, 2)");
    project.edit("0000_t", "SELECT 1;");
    for _ in 0..2 {
        let failure = failure(project.migrate());
        assert_eq!(failure.server_error().unwrap().sqlstate, "23505");
        assert!(failure.hint().unwrap().contains("duplicate"));
        assert_eq!(valid_indexes(&project), "t_a (invalid)");
    }
    project.execute("DELETE FROM t WHERE b = 2");
    let mut dropped = Vec::new();
    migrate(
        &mut project.connect(),
        &project.load(),
        &MigrateOptions::default(),
        &mut |event| {
            if let MigrateEvent::DroppingInvalidIndex { index, .. } = event {
                dropped.push(index.to_owned());
            }
        },
    )
    .unwrap();
    assert_eq!(dropped, ["\"public\".\"t_a\""]);
    assert_eq!(valid_indexes(&project), "t_a");
}

#[test]
fn does_not_take_an_older_index_for_its_own() {
    let project = Project::new(
        "older",
        &[
            (
                "t",
                "CREATE TABLE t (a int, b int); CREATE INDEX t_a ON t (b);",
            ),
            (
                "steps",
                "-- no-transaction\nCREATE INDEX CONCURRENTLY t_a ON t (a);",
            ),
        ],
    );
    for _ in 0..2 {
        assert_eq!(
            failure(project.migrate()).server_error().unwrap().sqlstate,
            "42P07"
        );
    }
    project.execute("DROP INDEX t_a");
    assert_eq!(project.migrate().unwrap(), ["0001_steps"]);
}

/// A run that waits for the lock must not have a snapshot, for which the build would wait in turn.
#[test]
fn builds_an_index_while_another_run_waits() {
    let project = Project::new(
        "waiting",
        &[
            ("t", TABLE),
            (
                "steps",
                "-- no-transaction\nSELECT pg_sleep(0.5);\nCREATE INDEX CONCURRENTLY t_a ON t (a);",
            ),
        ],
    );
    thread::scope(|scope| {
        let runs: Vec<_> = (0..3).map(|_| scope.spawn(|| project.migrate())).collect();
        let applied = runs
            .into_iter()
            .map(|run| run.join().unwrap().unwrap().len());
        assert_eq!(applied.sum::<usize>(), 2);
    });
    assert_eq!(valid_indexes(&project), "t_a");
}

/// Ends the session that builds the index, at the given moment of the build, and then migrates again.
#[test]
fn continues_after_a_killed_build() {
    let project = Project::new(
        "killed",
        &[
            ("t", TABLE),
            (
                "steps",
                "-- no-transaction\nINSERT INTO t VALUES (0, 0);\nCREATE INDEX CONCURRENTLY t_a ON t (a);\nINSERT INTO t VALUES (-1, 0);",
            ),
        ],
    );
    // A transaction with a snapshot: the build waits for it, its index still invalid.
    let mut blocker = project.connect();
    let to = MigrateOptions {
        to: Some("0000_t".to_owned()),
        ..MigrateOptions::default()
    };
    project.migrate_with(&to).unwrap();
    blocker
        .execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM t")
        .unwrap();
    thread::scope(|scope| {
        // The short lock timeout must not end the build.
        let options = MigrateOptions {
            lock_timeout: Some(Duration::from_millis(100)),
            ..MigrateOptions::default()
        };
        let runner = scope.spawn({
            let project = &project;
            move || project.migrate_with(&options)
        });
        let mut watcher = project.connect();
        while query(
            &mut watcher,
            "count(*) FROM pg_index i WHERE i.indrelid = 't'::regclass AND NOT i.indisvalid",
        ) == "0"
        {
            thread::sleep(Duration::from_millis(10));
        }
        thread::sleep(Duration::from_millis(300));
        assert!(!runner.is_finished());
        query(
            &mut watcher,
            "count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX CONCURRENTLY%'",
        );
        let failure = failure(runner.join().unwrap());
        assert_eq!(failure.state, FileState::KeptAtLeast { done: 1 });
        assert!(
            failure.to_string().contains("connection was lost"),
            "{failure}"
        );
    });
    assert_eq!(valid_indexes(&project), "t_a (invalid)");
    assert_eq!(
        progress(&project),
        Some(Progress {
            done: 1,
            statements: Some(3),
            interrupted: true
        })
    );
    drop(blocker);
    assert_eq!(project.migrate().unwrap(), ["0001_steps"]);
    assert_eq!(valid_indexes(&project), "t_a");
    assert_eq!(
        project.query("string_agg(a::text, ',' ORDER BY a) FROM t WHERE a < 1"),
        "-1,0"
    );
}

/// A crash between the statement and its record: what is there counts as done.
#[test]
fn recognises_what_took_effect_before_the_crash() {
    for (sql, crash) in [
        (
            "CREATE INDEX CONCURRENTLY t_a ON t (a);",
            "CREATE INDEX t_a ON t (a)",
        ),
        ("DROP INDEX CONCURRENTLY old;", "DROP INDEX old"),
        ("VACUUM t;", "VACUUM t"),
    ] {
        let project = Project::new(
            "crash",
            &[("t", "CREATE TABLE t (a int); CREATE INDEX old ON t (a);")],
        );
        project.migrate().unwrap();
        project.add("steps", &format!("-- no-transaction\n{sql}\nSELECT 1 / 0;"));
        // The failing second statement leaves a record behind, which is set back to before the first was recorded.
        let failed = failure(project.migrate());
        assert_eq!(failed.state, FileState::Kept { done: 1 });
        if sql.starts_with("CREATE") {
            project.execute("DROP INDEX t_a");
        } else if sql.starts_with("DROP") {
            project.execute("CREATE INDEX old ON t (a)");
        }
        project.execute("UPDATE drizzle.__xtask_migrations SET attempting = done[1], done = '{}' WHERE tag = '0001_steps'");
        project.execute(crash);
        project.edit("0001_steps", &format!("-- no-transaction\n{sql}"));
        assert_eq!(project.migrate().unwrap(), ["0001_steps"], "{sql}");
    }
}
