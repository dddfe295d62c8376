//! This repository's folder beside the one that drizzle-kit 0.31.11 made of the same schema, step by step.

use std::fs;
use std::path::{Path, PathBuf};

use pg_migration::{Folder, Snapshot, plan};

const MIGRATIONS: [&str; 3] = [
    "0000_init",
    "0001_add_exit_plan_to_orders",
    "0002_add_trailing_stop",
];

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The lines of a snapshot but the two that hold random ids.
fn without_ids(text: &str) -> Vec<&str> {
    text.lines()
        .filter(|line| !line.starts_with("  \"id\": ") && !line.starts_with("  \"prevId\": "))
        .collect()
}

#[test]
fn sql_and_snapshots_are_drizzle_kits_to_the_byte() {
    let (ours, theirs) = (
        workspace().join("drizzle"),
        workspace().join("xtask/migration/tests/drizzle/autonome"),
    );
    for tag in MIGRATIONS {
        let sql = format!("{tag}.sql");
        assert_eq!(read(&ours.join(&sql)), read(&theirs.join(&sql)), "{sql}");
        let snapshot = format!("meta/{}_snapshot.json", &tag[..4]);
        let (ours, theirs) = (read(&ours.join(&snapshot)), read(&theirs.join(&snapshot)));
        assert_eq!(without_ids(&ours), without_ids(&theirs), "{snapshot}");
        assert_eq!(
            ours.len(),
            theirs.len(),
            "{snapshot}: ids are of one length"
        );
    }
}

#[test]
fn the_folder_is_a_whole_chain_and_ends_with_the_schema() {
    let migrations = Folder::new(workspace().join("drizzle"))
        .load()
        .expect("the folder");
    assert!(migrations.stray.is_empty(), "{:?}", migrations.stray);
    let mut previous: Option<Snapshot> = None;
    for file in &migrations.files {
        let path = file.snapshot_path().expect("each migration has a snapshot");
        let snapshot = Snapshot::parse(&read(path)).expect("a snapshot");
        let expected =
            previous.map_or_else(|| pg_migration::ORIGIN.to_owned(), |previous| previous.id);
        assert_eq!(snapshot.prev_id, expected, "{}", file.tag());
        previous = Some(snapshot);
    }
    let newest = previous.expect("migrations").schema;
    let declared = autonome::db::schema().build().expect("the schema");
    assert!(
        plan(&newest, &declared).is_empty(),
        "`cargo xtask db generate` has something to write"
    );
}
