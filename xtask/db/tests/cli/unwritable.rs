//! `db generate` while the folder cannot be written, or no longer, or its process is killed: the migration is there wholly or not at all.

use std::collections::hash_map::DefaultHasher;
use std::fs::{self, Permissions};
use std::hash::{Hash, Hasher};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use pg_migration::{Folder, NewMigration, repeat_snapshot};

use crate::workspace::{Outcome, Workspace};

const GENERATE: [&str; 4] = ["db", "generate", "--name", "next"];
/// How often a process is hit while it writes.
const ROUNDS: u64 = 40;
/// Until when after the first file it is hit, at most; it takes some 5 ms to write them all.
const LONGEST: Duration = Duration::from_millis(8);

/// A folder with migrations, and a schema that has grown since. The journal is longer than a snapshot, and that longer than the SQL,
/// so that any of them can be the first to be too long.
fn grown(shop: Workspace) -> Workspace {
    let mut shop = shop.at_step(0);
    let _ = shop.ok(&["db", "generate", "--name", "init"]);
    let mut snapshot = shop.read("drizzle/meta/0000_snapshot.json");
    for n in 0..40 {
        snapshot = repeat_snapshot(&snapshot).expect("our own snapshot");
        let migration = NewMigration {
            name: format!("custom{n}"),
            sql: "SELECT 1;".to_owned(),
            snapshot: snapshot.clone(),
            when: 0,
        };
        let folder = Folder::new(shop.path("drizzle"));
        folder.append(&[migration]).expect("a migration");
    }
    shop.grow(1);
    shop
}

/// Generates by way of another command, which runs what follows it.
fn generate_by(other: &[&str], shop: &Workspace) -> Outcome {
    let generate = shop.command(&GENERATE);
    let mut command = Command::new(other[0]);
    command.args(&other[1..]).arg(generate.get_program());
    command.args(generate.get_args()).current_dir(shop.path(""));
    let set = generate.get_envs();
    command.envs(set.filter_map(|(name, value)| Some((name, value?))));
    Outcome::of(command)
}

/// It failed for this reason, and nothing has changed.
#[track_caller]
fn refused(shop: &Workspace, outcome: &Outcome, says: &[&str], before: &[(String, String)]) {
    assert_eq!(outcome.code, Some(1), "{}", outcome.stderr);
    for text in says {
        assert!(outcome.stderr.contains(text), "{text}\n{}", outcome.stderr);
    }
    assert!(!outcome.stderr.contains("Migration generated"));
    assert!(shop.migrations() == before, "{:?}", shop.migrations());
}

/// The cause is gone: the same command works, and nothing is left of the attempts before it.
#[track_caller]
fn works_now(shop: &Workspace, before: &[(String, String)]) {
    let _ = shop.ok(&GENERATE);
    let files = shop.migrations();
    assert_eq!(files.len(), before.len() + 2);
    assert!(files.iter().all(|(name, _)| !name.contains("/.")));
    let again = shop.ok(&["db", "generate"]);
    assert!(again.stderr.contains("No schema changes"));
}

#[test]
fn a_file_that_cannot_be_written_to_its_end_takes_the_others_with_it() {
    let shop = grown(Workspace::bare());
    let before = shop.migrations();
    let mut refusals = Vec::new();
    for blocks in 0.. {
        let script = format!("trap '' XFSZ; ulimit -f {blocks} && exec \"$@\"");
        let outcome = generate_by(&["sh", "-c", &script, "sh"], &shop);
        if outcome.code == Some(0) {
            break;
        }
        refused(
            &shop,
            &outcome,
            &["cannot write `", "File too large"],
            &before,
        );
        refusals.push(outcome.stderr);
    }
    assert_eq!(shop.migrations().len(), before.len() + 2);
    for file in ["next.sql`", "_snapshot.json`", "_journal.json`"] {
        assert!(
            refusals.iter().any(|text| text.contains(file)),
            "{file} was never too long\n{refusals:#?}"
        );
    }
}

/// The same limit kills a process that does not ignore the signal, in the middle of a file.
#[test]
fn a_process_that_dies_in_the_middle_of_a_file_leaves_no_trace_after_the_next() {
    let shop = grown(Workspace::bare());
    let before = shop.migrations();
    let mut deaths = 0;
    for blocks in 0.. {
        let script = format!("ulimit -f {blocks} && exec \"$@\"");
        let outcome = generate_by(&["sh", "-c", &script, "sh"], &shop);
        if outcome.code == Some(0) {
            break;
        }
        assert_eq!(outcome.code, None, "{}", outcome.stderr);
        deaths += 1;
        let mut files = shop.migrations();
        files.retain(|(name, _)| !name.contains("/."));
        assert!(files == before);
    }
    assert!(deaths > 2);
    assert_eq!(shop.migrations().len(), before.len() + 2);
}

/// What runs a command in a namespace of its own, in which an ordinary user may mount.
const UNSHARE: [&str; 3] = ["unshare", "--map-root-user", "--mount"];

/// Generates on a disk in memory with a copy of the folder `before`; `None` if that has no room there. The folder is then as the disk was at the end.
fn generate_on_disk(options: &str, shop: &Workspace) -> Option<Outcome> {
    const NO_ROOM: i32 = 77;
    let folder = shop.path("drizzle");
    fs::remove_dir_all(&folder).expect("a folder");
    fs::create_dir(&folder).expect("a folder");
    let script = format!(
        "mount -t tmpfs -o {options} tmpfs drizzle && cp -R before/. drizzle || exit {NO_ROOM}
         \"$@\"; code=$?; cp -R drizzle after; exit $code"
    );
    let alone = [&UNSHARE[..], &["sh", "-c", &script, "sh"]].concat();
    let outcome = generate_by(&alone, shop);
    if outcome.code == Some(NO_ROOM) {
        return None;
    }
    fs::remove_dir(&folder).expect("nobody else sees what is mounted there");
    fs::rename(shop.path("after"), &folder).expect("a copy");
    Some(outcome)
}

#[test]
#[expect(clippy::print_stderr, reason = "a test says what it skips")]
fn a_full_disk_leaves_nothing_half_written() {
    let shop = grown(Workspace::bare());
    let before = shop.migrations();
    let folder = shop.path("drizzle");
    fs::rename(&folder, shop.path("before")).expect("a folder");
    fs::create_dir(&folder).expect("a folder");
    let mut mount = Command::new(UNSHARE[0]);
    mount
        .args(&UNSHARE[1..])
        .args(["mount", "-t", "tmpfs", "tmpfs"]);
    match mount.arg(&folder).output() {
        Ok(output) if output.status.success() => {}
        failed => {
            eprintln!("skipped: no disk can be mounted here: {failed:?}");
            return;
        }
    }
    // From a disk that has just room for the folder as it is to one that has enough.
    let disks: [fn(usize) -> String; 2] = [
        |pages| format!("size={}k", 4 * pages),
        |files| format!("nr_inodes={files}"),
    ];
    for disk in disks {
        let mut refusals = 0;
        for room in before.len().. {
            let Some(outcome) = generate_on_disk(&disk(room), &shop) else {
                continue;
            };
            if outcome.code == Some(0) {
                break;
            }
            refused(
                &shop,
                &outcome,
                &["cannot write `", "No space left on device"],
                &before,
            );
            refusals += 1;
        }
        assert_eq!(shop.migrations().len(), before.len() + 2);
        assert!(refusals > 2, "{}: {refusals}", disk(0));
    }
}

#[test]
#[expect(clippy::print_stderr, reason = "a test says what it skips")]
fn a_folder_that_is_read_only_stays_as_it_is() {
    let mut shop = Workspace::bare().of_ordinary_user().at_step(0);
    refuses_read_only(&shop, &[""], "cannot create `");
    assert!(!shop.path("drizzle").exists());
    let _ = shop.ok(&["db", "generate", "--name", "init"]);
    shop.grow(1);
    for folders in [
        &["drizzle"][..],
        &["drizzle/meta"],
        &["drizzle", "drizzle/meta"],
    ] {
        refuses_read_only(&shop, folders, "cannot write `");
    }

    // The folder is writable, and the journal alone, which is the last, is not.
    let (before, meta) = (shop.migrations(), shop.path("drizzle/meta"));
    let is_roots = |path: &Path| chown(path, Some(0), None).is_ok();
    if is_roots(&meta) && is_roots(&meta.join("_journal.json")) {
        set_modes(&shop, &["drizzle/meta"], 0o1777);
        let says = ["_journal.json`", "Operation not permitted"];
        refused(&shop, &shop.run(&GENERATE), &says, &before);
        set_modes(&shop, &["drizzle/meta"], 0o777);
    } else {
        eprintln!("skipped: only root can make a journal that cannot be replaced");
    }
    works_now(&shop, &before);
}

#[test]
fn nothing_is_removed_from_a_folder_that_is_read_only() {
    let shop = grown(Workspace::bare().of_ordinary_user());
    let before = shop.migrations();
    for folders in [
        &["drizzle"][..],
        &["drizzle/meta"],
        &["drizzle", "drizzle/meta"],
    ] {
        set_modes(&shop, folders, 0o555);
        let outcome = shop.run(&["db", "drop", "--yes", "--offline"]);
        set_modes(&shop, folders, 0o755);
        let says = ["cannot write `", "Permission denied"];
        refused(&shop, &outcome, &says, &before);
        assert!(!outcome.stderr.contains("Dropped"));
    }
    let _ = shop.ok(&["db", "drop", "--yes", "--offline"]);
    assert_eq!(shop.migrations().len() + 2, before.len());
}

fn refuses_read_only(shop: &Workspace, folders: &[&str], says: &str) {
    let before = shop.migrations();
    set_modes(shop, folders, 0o555);
    let outcome = shop.run(&GENERATE);
    set_modes(shop, folders, 0o755);
    refused(shop, &outcome, &[says, "Permission denied"], &before);
}

fn set_modes(shop: &Workspace, folders: &[&str], mode: u32) {
    for folder in folders {
        let mode = Permissions::from_mode(mode);
        fs::set_permissions(shop.path(folder), mode).expect("our own folder");
    }
}

/// Generates, and does something to it at some moment between its first file and shortly after its last.
fn struck(shop: &Workspace, round: u64, strike: impl FnOnce(&mut Child)) -> Outcome {
    let files = || {
        let entries = fs::read_dir(shop.path("drizzle")).expect("a folder");
        entries.count()
    };
    let before = files();
    let mut command = shop.command(&GENERATE);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("it starts");
    while files() == before && child.try_wait().expect("our child").is_none() {}
    let mut hasher = DefaultHasher::new();
    round.hash(&mut hasher);
    let longest = u64::try_from(LONGEST.as_micros()).expect("a short time");
    thread::sleep(Duration::from_micros(hasher.finish() % longest));
    strike(&mut child);
    Outcome::of_child(child)
}

/// Whatever has happened: who reads the folder finds it as it was, or with the whole migration, and who writes to it makes up for the rest.
/// Returns whether the migration is there.
#[track_caller]
fn is_whole(shop: &Workspace, before: &[(String, String)]) -> bool {
    let folder = Folder::new(shop.path("drizzle"));
    let migrations = folder.load().expect("a whole folder");
    assert!(migrations.stray.is_empty() && migrations.unreferenced_snapshots().is_empty());
    let found = migrations
        .files
        .iter()
        .map(|file| format!("{}.sql\n", file.tag()));
    let pending = shop.ok(&["db", "migrate", "--dry-run"]);
    assert_eq!(pending.stdout, found.collect::<String>());
    assert!(!pending.stderr.contains("warning"), "{}", pending.stderr);

    works_now(shop, before);
    // For the next round.
    let newest = folder.remove_newest().expect("it can be removed");
    assert!(newest.is_some_and(|newest| newest.tag.ends_with("_next")));
    assert!(shop.migrations() == before);
    let last = migrations.files.last();
    last.is_some_and(|last| last.tag().ends_with("_next"))
}

#[test]
fn a_process_that_is_killed_while_it_writes_leaves_a_whole_folder() {
    let shop = grown(Workspace::new());
    let before = shop.migrations();
    let mut written = 0;
    for round in 0..ROUNDS {
        let outcome = struck(&shop, round, |child| {
            let _ = child.kill();
        });
        let is_written = is_whole(&shop, &before);
        assert!(is_written || outcome.code.is_none(), "round {round}");
        written += u64::from(is_written);
    }
    assert!(written < ROUNDS, "none was hit in time");
}

#[test]
fn a_folder_that_becomes_read_only_while_it_is_written_stays_whole() {
    const FOLDERS: [&str; 2] = ["drizzle", "drizzle/meta"];
    let shop = grown(Workspace::new().of_ordinary_user());
    let before = shop.migrations();
    let mut written = 0;
    for round in 0..ROUNDS {
        let outcome = struck(&shop, round, |_| set_modes(&shop, &FOLDERS, 0o555));
        set_modes(&shop, &FOLDERS, 0o755);
        let is_written = is_whole(&shop, &before);
        assert_eq!(outcome.code, Some(i32::from(!is_written)), "round {round}");
        assert!(is_written || outcome.stderr.contains("Permission denied"));
        written += u64::from(is_written);
    }
    assert!(written < ROUNDS, "none was hit in time");
}
