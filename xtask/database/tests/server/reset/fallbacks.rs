//! What PostgreSQL will not have in one transaction.

use pg_database::{FileByFile, ResetState};
use pg_schema::QualifiedName;

use super::{TABLES, good_seed, reset_with};
use crate::common::{Project, query};

#[test]
fn a_new_enum_value_that_is_used_goes_file_by_file() {
    let project = Project::new(
        "reset_enum",
        &[TABLES, ("label", r#"ALTER TYPE "Mood" ADD VALUE 'odd'"#)],
    );
    project.migrate().unwrap();
    let mut database = project.connect();
    let mut calls = 0;
    let (report, said) = reset_with(&project, &mut database, |db| {
        calls += 1;
        db.insert("Parents", [("mood", "odd".into())])
    })
    .unwrap();
    assert_eq!(
        report.inserted,
        [(QualifiedName::new("public", "Parents"), 1)]
    );
    assert_eq!(query(&mut database, r#"mood FROM "Parents""#), "odd");
    // From version 17 on, the enum may also be new in the same transaction.
    if database.server_version() < 170_000 {
        assert_eq!(report.file_by_file, Some(FileByFile::NewEnumValue));
        assert_eq!(calls, 2);
        let at = said
            .iter()
            .position(|line| line.starts_with("file by file"))
            .unwrap();
        assert_eq!(
            said[at + 1..],
            ["dropping", "0000_tables", "0001_label", "seeding"]
        );
    }
}

#[test]
fn a_file_without_transaction_goes_file_by_file() {
    let index = "-- no-transaction\nCREATE INDEX CONCURRENTLY by_mood ON \"Parents\" (mood)";
    let project = Project::new("reset_alone", &[TABLES, ("index", index)]);
    project.migrate().unwrap();
    let mut database = project.connect();
    let (report, said) = reset_with(&project, &mut database, good_seed).unwrap();
    assert_eq!(
        report.file_by_file,
        Some(FileByFile::NoTransaction {
            tag: "0001_index".to_owned()
        })
    );
    assert_eq!(
        said,
        [
            "file by file: migration `0001_index` must not run in a transaction",
            "dropping",
            "0000_tables",
            "0001_index",
            "seeding"
        ]
    );

    // What can be known beforehand is found while the data is still there; a seed that fails is not.
    let broken = project.add("unreadable", "SELECT 'open");
    let error = reset_with(&project, &mut database, good_seed).unwrap_err();
    assert_eq!(error.state, ResetState::Untouched);
    assert!(error.to_string().contains(&broken), "{error}");
    assert_eq!(query(&mut database, r#"count(*) FROM "Parents""#), "2");
    project.edit(&broken, "SELECT 1");
    let error = reset_with(&project, &mut database, |db| db.insert("Nothing", [])).unwrap_err();
    assert_eq!(error.state, ResetState::Dropped);
    assert_eq!(query(&mut database, r#"count(*) FROM "Parents""#), "0");
    reset_with(&project, &mut database, good_seed).unwrap();
}

#[test]
fn a_full_lock_table_goes_file_by_file() {
    // Room for some 450 locks.
    let settings = [
        ("max_locks_per_transaction", "32"),
        ("max_connections", "10"),
        ("superuser_reserved_connections", "0"),
        ("max_wal_senders", "0"),
        ("autovacuum_max_workers", "1"),
        ("max_worker_processes", "0"),
    ];
    let server = pg_devserver::TestServer::start(&settings).unwrap();
    let project = Project::on(&server, "reset_locks", &[TABLES]);
    for file in 0..50 {
        let tables = (0..10).map(|table| {
            format!("CREATE TABLE t_{file}_{table} (id serial PRIMARY KEY, a text UNIQUE, b text UNIQUE);\n")
        });
        project.add(&format!("tables_{file}"), &tables.collect::<String>());
    }
    project.migrate().unwrap();
    let mut database = project.connect();
    let (report, _) = reset_with(&project, &mut database, good_seed).unwrap();
    assert_eq!(report.file_by_file, Some(FileByFile::LockTableFull));
    assert_eq!(
        query(
            &mut database,
            "count(*) FROM pg_class WHERE relkind = 'r' AND relname LIKE 't\\_%'"
        ),
        "500"
    );
    assert_eq!(report.inserted.len(), 1);
}
