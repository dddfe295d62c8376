//! The folder on disk: what is read, what is refused, and that writing is all or nothing.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use pg_migration::{Folder, FolderError, Journal, Migrations, NewMigration, Problem, check};
use tempfile::TempDir;

const JOURNAL: &str = r#"{"version":"7","dialect":"postgresql","entries":[
    {"idx":0,"version":"7","when":10,"tag":"0000_a","breakpoints":true},
    {"idx":1,"version":"7","when":20,"tag":"0001_b","breakpoints":true}]}"#;

/// Names and contents.
type Files<'a> = &'a [(&'a str, &'a str)];

/// A folder with these files, in a directory that goes with the first value.
fn folder(files: &[(&str, &[u8])]) -> (TempDir, Folder) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("drizzle");
    for (name, content) in files {
        let path = path.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    (directory, Folder::new(path))
}

fn new(name: &str, when: i64) -> NewMigration {
    NewMigration {
        name: name.to_owned(),
        sql: format!("-- {name}"),
        snapshot: format!("{{\"{name}\":1}}"),
        when,
    }
}

fn tags(migrations: &Migrations) -> Vec<&str> {
    migrations
        .files
        .iter()
        .map(pg_migration::Migration::tag)
        .collect()
}

/// All files below `path`, relative and in order.
fn listing(path: &Path) -> Vec<String> {
    let files = walkdir::WalkDir::new(path)
        .sort_by_file_name()
        .into_iter()
        .map(Result::unwrap);
    files
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            entry
                .path()
                .strip_prefix(path)
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned()
        })
        .collect()
}

fn names(paths: &[PathBuf]) -> Vec<&str> {
    paths
        .iter()
        .map(|path| path.file_name().unwrap().to_str().unwrap())
        .collect()
}

#[track_caller]
fn refused(folder: &Folder, message: &str) -> FolderError {
    let error = folder.load().unwrap_err();
    assert!(error.to_string().contains(message), "{error}");
    error
}

#[test]
fn begins_with_nothing_and_grows() {
    let (_directory, folder) = folder(&[]);
    let empty = folder.load().unwrap();
    assert!(empty.files.is_empty() && empty.newest_snapshot().is_none());
    assert!(!folder.path().exists(), "reading creates nothing");

    let _lock = folder.lock().unwrap();
    let added = folder.append(&[new("a", 50), new("b", 50)]).unwrap();
    assert_eq!(
        added
            .iter()
            .map(|entry| (entry.idx, entry.when))
            .collect::<Vec<_>>(),
        [(0, 50), (1, 51)]
    );
    folder.append(&[new("c-1", 7)]).unwrap();

    let migrations = folder.load().unwrap();
    assert_eq!(tags(&migrations), ["0000_a", "0001_b", "0002_c-1"]);
    assert_eq!(migrations.files[2].entry.when, 52);
    assert_eq!(migrations.find("0001_b").unwrap().sql, "-- b");
    let newest = migrations.newest_snapshot().unwrap();
    assert_eq!(
        (newest.text.as_str(), &newest.path),
        (
            "{\"c-1\":1}",
            &folder.path().join("meta/0002_snapshot.json")
        )
    );
    let first = folder.read_snapshot(&migrations.files[0]).unwrap().unwrap();
    assert_eq!(first.text, "{\"a\":1}");
    assert_eq!(
        fs::read_to_string(folder.path().join("meta/_journal.json")).unwrap(),
        migrations.journal.to_json()
    );
    assert_eq!(
        listing(folder.path()),
        [
            "0000_a.sql",
            "0001_b.sql",
            "0002_c-1.sql",
            "meta/0000_snapshot.json",
            "meta/0001_snapshot.json",
            "meta/0002_snapshot.json",
            "meta/_journal.json"
        ],
        "neither a lock nor a temporary file is left"
    );

    assert_eq!(folder.remove_newest().unwrap().unwrap().tag, "0002_c-1");
    assert_eq!(tags(&folder.load().unwrap()), ["0000_a", "0001_b"]);
    assert_eq!(listing(folder.path()).len(), 5);
}

#[test]
fn hashes_are_drizzles_and_ours() {
    let (_directory, folder) = folder(&[
        ("meta/_journal.json", JOURNAL.as_bytes()),
        ("0000_a.sql", b"SELECT 1;\n"),
        ("0001_b.sql", b"\xEF\xBB\xBFSELECT 1;\r\n"),
    ]);
    let files = folder.load().unwrap().files;
    // sha256sum of the files.
    let lf = "b4e0497804e46e0a0b0b8c31975b062152d551bac49c3c2e80932567b4085dcd";
    let crlf_with_mark = "1ffc3c6acdbb610bcc942c606c787270e7c9d149c473e9d9aaa4fe597d5e402d";
    assert_eq!((files[0].hash(), files[0].drizzle_hash()), (lf, lf));
    assert_eq!(
        (files[1].hash(), files[1].drizzle_hash()),
        (lf, crlf_with_mark)
    );
    assert_eq!(
        files[1].sql, "SELECT 1;\r\n",
        "as it is, but for the byte order mark"
    );
    assert_eq!(files[1].script().unwrap().statements[0].range, 0..8);
}

#[test]
fn what_does_not_belong_together_is_named() {
    let (_directory, without_journal) = folder(&[("0000_a.sql", b""), ("notes.txt", b"")]);
    refused(
        &without_journal,
        "has SQL files (0000_a.sql), but no meta/_journal.json",
    );

    let (_directory, newer) = folder(&[
        ("20250101000000_a/migration.sql", b""),
        ("20250101000000_a/snapshot.json", b""),
    ]);
    refused(
        &newer,
        "drizzle-kit 1.0, one directory each (20250101000000_a)",
    );

    let (_directory, missing) = folder(&[
        ("meta/_journal.json", JOURNAL.as_bytes()),
        ("0000_a.sql", b""),
    ]);
    let error = refused(&missing, "the journal lists `0001_b`");
    assert!(matches!(error, FolderError::MissingFile { tag, .. } if tag == "0001_b"));

    let (_directory, broken) = folder(&[("meta/_journal.json", b"{\n]")]);
    refused(
        &broken,
        "_journal.json: it is not a journal of drizzle-kit: key must be a string at line 2 column 1",
    );

    let files: &[(&str, &[u8])] = &[
        ("meta/_journal.json", JOURNAL.as_bytes()),
        ("0000_a.sql", b"a\nb\xFF"),
        ("0001_b.sql", b""),
    ];
    let (_directory, latin1) = folder(files);
    refused(&latin1, "0000_a.sql:2 is not UTF-8 (byte 3 of the file)");

    let (directory, _) = folder(&[]);
    fs::write(directory.path().join("drizzle"), "").unwrap();
    refused(
        &Folder::new(directory.path().join("drizzle")),
        "is not a directory",
    );
}

#[test]
fn what_is_left_over_is_listed() {
    let (_directory, folder) = folder(&[
        ("meta/_journal.json", JOURNAL.as_bytes()),
        ("0000_a.sql", b"SELECT 1"),
        ("0001_b.sql", b""),
        ("0002_stray.sql", b""),
        (".0003_hidden.sql", b""),
        ("meta/0000_snapshot.json", b"{}"),
        ("meta/0005_snapshot.json", b"{}"),
    ]);
    let migrations = folder.load().unwrap();
    assert_eq!(names(&migrations.stray), ["0002_stray.sql"]);
    assert_eq!(
        names(migrations.unreferenced_snapshots()),
        ["0005_snapshot.json"]
    );
    assert_eq!(
        names(&[migrations.newest_snapshot().unwrap().path.clone()]),
        ["0000_snapshot.json"]
    );
    assert!(
        migrations.files[1].snapshot_path().is_none(),
        "a custom migration may have none"
    );
    assert!(migrations.files[1].script().unwrap().statements.is_empty());

    // The next migration would take the stray file's name, or the leftover snapshot's.
    let error = folder.append(&[new("stray", 1)]).unwrap_err();
    assert!(
        matches!(&error, FolderError::Exists(path) if path.ends_with("0002_stray.sql")),
        "{error}"
    );
    let before = listing(folder.path());
    let four: Vec<_> = ["w", "x", "y", "z"].map(|name| new(name, 1)).into();
    let error = folder.append(&four).unwrap_err();
    assert!(
        matches!(&error, FolderError::Exists(path) if path.ends_with("0005_snapshot.json")),
        "{error}"
    );
    assert_eq!(listing(folder.path()), before);
}

#[test]
fn a_failure_leaves_no_half_migration() {
    let (_directory, folder) = folder(&[]);
    folder.append(&[new("a", 1)]).unwrap();
    let before = listing(folder.path());

    // The journal, which is written last, cannot be.
    let obstacle = folder.path().join("meta/._journal.json.tmp");
    fs::create_dir(&obstacle).unwrap();
    assert!(matches!(
        folder.append(&[new("b", 2), new("c", 3)]),
        Err(FolderError::Io {
            action: "write",
            ..
        })
    ));
    assert_eq!(listing(folder.path()), before);
    assert_eq!(tags(&folder.load().unwrap()), ["0000_a"]);
    assert!(folder.remove_newest().is_err());
    assert_eq!(listing(folder.path()), before);

    fs::remove_dir(&obstacle).unwrap();

    // On a first migration, not even a folder for the snapshots stays.
    fs::remove_dir_all(folder.path()).unwrap();
    fs::create_dir_all(folder.path().join(".0000_a.sql.tmp")).unwrap();
    assert!(folder.append(&[new("a", 1)]).is_err());
    assert!(!folder.path().join("meta").exists());
}

/// Each state in which a writer can be killed, from its first file to just before its last step.
#[test]
fn the_next_writer_takes_back_what_a_killed_one_has_left() {
    let (_directory, folder) = folder(&[]);
    folder.append(&[new("a", 1)]).unwrap();
    let before = listing(folder.path());
    let path = |name: &str| folder.path().join(name);
    let (sql, snapshot, journal) = (
        "0001_b.sql",
        "meta/0001_snapshot.json",
        "meta/_journal.json",
    );
    let (sql_part, snapshot_part, journal_part) = (
        ".0001_b.sql.tmp",
        "meta/.0001_snapshot.json.tmp",
        "meta/._journal.json.tmp",
    );
    let old_journal = fs::read_to_string(path(journal)).unwrap();
    folder.append(&[new("b", 2)]).unwrap();
    let new_journal = fs::read_to_string(path(journal)).unwrap();
    let half_a_journal = &new_journal[..new_journal.len() / 2];
    folder.remove_newest().unwrap();

    let states: [&[(&str, &str)]; 6] = [
        &[(sql_part, "hal")],
        &[(sql_part, "sql"), (snapshot_part, "{")],
        &[
            (sql_part, "sql"),
            (snapshot_part, "{}"),
            (journal_part, half_a_journal),
        ],
        &[
            (sql_part, "sql"),
            (snapshot_part, "{}"),
            (journal_part, &new_journal),
        ],
        &[
            (sql, "sql"),
            (snapshot_part, "{}"),
            (journal_part, &new_journal),
        ],
        &[(sql, "sql"), (snapshot, "{}"), (journal_part, &new_journal)],
    ];
    for state in states {
        for (name, content) in state {
            fs::write(path(name), content).unwrap();
        }
        let migrations = folder.load().unwrap();
        assert_eq!(tags(&migrations), ["0000_a"], "{state:?}");
        assert!(migrations.stray.is_empty() && migrations.unreferenced_snapshots().is_empty());
        drop(folder.lock().unwrap());
        assert_eq!(listing(folder.path()), before, "{state:?}");
        assert_eq!(fs::read_to_string(path(journal)).unwrap(), old_journal);
    }

    // The names are no longer the killed writer's: someone has edited the one file, and the other is another migration's.
    for (name, content) in states[5] {
        fs::write(path(name), content).unwrap();
    }
    fs::write(path(journal), new_journal.replace("0001_b", "0001_c")).unwrap();
    fs::write(path("0001_c.sql"), "").unwrap();
    let edited = fs::File::options().append(true).open(path(sql)).unwrap();
    edited
        .set_modified(SystemTime::now() + Duration::from_secs(1))
        .unwrap();
    drop(folder.lock().unwrap());
    let migrations = folder.load().unwrap();
    assert_eq!(tags(&migrations), ["0000_a", "0001_c"]);
    assert_eq!(names(&migrations.stray), [sql]);
    assert!(migrations.files[1].snapshot_path().is_some());
    assert!(!path(journal_part).exists());
}

/// Each state in which a process can be killed that removes the newest migration, from its first file to just before its last step.
#[test]
fn a_removal_that_is_killed_has_happened_once_the_journal_is_replaced() {
    let (_directory, folder) = folder(&[]);
    folder.append(&[new("a", 1)]).unwrap();
    let path = |name: &str| folder.path().join(name);
    let journal = "meta/_journal.json";
    let old = fs::read_to_string(path(journal)).unwrap();
    let without = listing(folder.path());
    folder.append(&[new("b", 2)]).unwrap();
    let with = listing(folder.path());
    let new_journal = fs::read_to_string(path(journal)).unwrap();
    let files = ["0001_b.sql", "meta/0001_snapshot.json"];
    let contents = files.map(|name| fs::read_to_string(path(name)).unwrap());
    let witness = "meta/._dropping.json.tmp";

    // What stands in the journal, which of the files are still there, and what is there besides.
    let states: [(bool, usize, Files<'_>); 6] = [
        (false, 2, &[("meta/.._dropping.json.tmp.tmp", "hal")]),
        (false, 2, &[(witness, &new_journal)]),
        (
            false,
            2,
            &[(witness, &new_journal), ("meta/._journal.json.tmp", &old)],
        ),
        (true, 2, &[(witness, &new_journal)]),
        (true, 1, &[(witness, &new_journal)]),
        (true, 0, &[(witness, &new_journal)]),
    ];
    for (is_removed, there, besides) in states {
        fs::write(path(journal), if is_removed { &old } else { &new_journal }).unwrap();
        for (index, (name, content)) in files.iter().zip(&contents).enumerate() {
            let _ = fs::remove_file(path(name));
            if index >= 2 - there {
                fs::write(path(name), content).unwrap();
            }
        }
        for (name, content) in besides {
            fs::write(path(name), content).unwrap();
        }
        let migrations = folder.load().unwrap();
        assert_eq!(
            migrations.files.len(),
            if is_removed { 1 } else { 2 },
            "{besides:?}"
        );
        assert!(migrations.stray.is_empty() && migrations.unreferenced_snapshots().is_empty());
        assert!(
            check(&folder.files().unwrap())
                .findings
                .iter()
                .all(|it| !matches!(
                    it.problem,
                    Problem::StrayFile | Problem::StraySnapshot | Problem::MissingFile(_)
                ))
        );
        drop(folder.lock().unwrap());
        assert_eq!(
            &listing(folder.path()),
            if is_removed { &without } else { &with }
        );
    }

    // A removal that came to nothing, and long after it an entry that is taken out by hand with others: the files are not ours to remove.
    fs::write(path(journal), &new_journal).unwrap();
    for (name, content) in files.iter().zip(&contents) {
        fs::write(path(name), content).unwrap();
    }
    fs::write(path(witness), &new_journal).unwrap();
    fs::write(path(journal), Journal::default().to_json()).unwrap();
    drop(folder.lock().unwrap());
    assert_eq!(folder.load().unwrap().stray.len(), 2);
}

#[test]
fn a_writer_killed_at_the_first_migration_leaves_an_empty_folder() {
    let (_directory, folder) = folder(&[
        ("0000_a.sql", b"SELECT 1"),
        ("0001_b.sql", b"SELECT 2"),
        ("meta/0000_snapshot.json", b"{}"),
        ("meta/.0001_snapshot.json.tmp", b"{}"),
        ("meta/._journal.json.tmp", JOURNAL.as_bytes()),
    ]);
    let migrations = folder.load().unwrap();
    assert!(migrations.files.is_empty() && migrations.unreferenced_snapshots().is_empty());
    drop(folder.lock().unwrap());
    assert!(listing(folder.path()).is_empty());
}

#[test]
fn names_that_are_no_file_names_are_refused() {
    let (_directory, folder) = folder(&[]);
    let long = "x".repeat(101);
    for (name, reason) in [
        ("", "empty"),
        ("a b", "' '"),
        ("../a", "'.'"),
        ("a/b", "'/'"),
        ("ä", "'ä'"),
        (&long, "101"),
    ] {
        let error = folder.append(&[new("fine", 1), new(name, 2)]).unwrap_err();
        assert!(
            matches!(error, FolderError::Name { .. }) && error.to_string().contains(reason),
            "{error}"
        );
    }
    assert!(!folder.path().exists());
}

#[test]
fn writers_wait_for_each_other() {
    const WRITERS: usize = 16;
    let (_directory, folder) = folder(&[]);
    let lock = folder.lock().unwrap();
    assert!(Folder::new(folder.path()).try_lock().unwrap().is_none());
    drop(lock);

    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let folder = &folder;
            scope.spawn(move || {
                let _lock = folder.lock().unwrap();
                let before = folder.load().unwrap().files.len();
                folder.append(&[new(&format!("w{writer}"), 1)]).unwrap();
                assert_eq!(folder.load().unwrap().files.len(), before + 1);
            });
        }
    });
    let migrations = folder.load().unwrap();
    assert_eq!(migrations.files.len(), WRITERS);
    assert!(
        migrations
            .files
            .is_sorted_by_key(|migration| migration.entry.when)
    );
    assert!(folder.try_lock().unwrap().is_some());
}

#[test]
fn readers_see_whole_migrations_while_they_are_written() {
    const MIGRATIONS: usize = 100;
    let (_directory, folder) = folder(&[]);
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for number in 0..MIGRATIONS {
                let _lock = folder.lock().unwrap();
                folder.append(&[new(&format!("m{number}"), 1)]).unwrap();
            }
        });
        let mut seen = 0;
        while !writer.is_finished() {
            let migrations = folder.load().unwrap();
            assert!(migrations.files.len() >= seen);
            seen = migrations.files.len();
            assert!(
                migrations
                    .files
                    .iter()
                    .all(|file| file.snapshot_path().is_some())
            );
            assert!(migrations.stray.is_empty() && migrations.unreferenced_snapshots().is_empty());
        }
    });
    assert_eq!(folder.load().unwrap().files.len(), MIGRATIONS);
}

#[cfg(unix)]
#[test]
fn files_get_the_usual_permissions() {
    use std::os::unix::fs::PermissionsExt;
    let (directory, folder) = folder(&[]);
    folder.append(&[new("a", 1)]).unwrap();
    let ordinary = directory.path().join("ordinary");
    fs::write(&ordinary, "").unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
    for name in listing(folder.path()) {
        assert_eq!(mode(&folder.path().join(name)), mode(&ordinary));
    }
}

#[test]
fn drizzle_kits_journals_are_written_back_byte_for_byte() {
    for chain in ["humantryx", "hushbox"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../../shared/corpus/chains")
            .join(chain);
        if !path.exists() {
            eprintln!("skipped: {} does not exist", path.display());
            continue;
        }
        let migrations = Folder::new(&path).load().unwrap();
        let journal = fs::read_to_string(path.join("meta/_journal.json")).unwrap();
        assert_eq!(migrations.journal.to_json(), journal.trim_end());
        assert!(
            migrations
                .files
                .iter()
                .all(|file| file.snapshot_path().is_some())
        );
    }
}
