//! Journal, snapshots, and the files that belong to them.

use std::fs;

use super::{Case, READING, case, generated};
use crate::workspace::Workspace;

const JOURNAL: &str = "drizzle/meta/_journal.json";
const SNAPSHOT: &str = "drizzle/meta/0000_snapshot.json";
const SQL: &str = "drizzle/0000_init.sql";
/// Commands that need the newest state.
const PLANNING: &[&str] = &[
    "db generate",
    "db generate --dry-run",
    "db status",
    "db diff",
    "db export --from migrations",
    "db export --from drizzle/meta/0000_snapshot.json",
    "db seed --yes",
];

/// A folder in which the text of a file is another.
fn with(path: &'static str, change: impl Fn(&str) -> String) -> Workspace {
    let shop = generated();
    let text = shop.read(path);
    let changed = change(&text);
    assert_ne!(changed, text, "the case changes nothing");
    shop.write(path, &changed);
    shop
}

/// A folder in which a file has these bytes.
fn with_bytes(path: &str, bytes: &[u8]) -> Workspace {
    let shop = generated();
    fs::write(shop.path(path), bytes).expect("a file");
    shop
}

/// A folder in which a directory stands in a file's place.
fn with_directory(path: &str) -> Workspace {
    let shop = generated();
    fs::remove_file(shop.path(path)).expect("a file");
    fs::create_dir(shop.path(path)).expect("a directory");
    shop
}

fn half(text: &str) -> String {
    text[..text.len() / 2].to_owned()
}

/// The first entry of the journal once more, with changes.
fn twice(journal: &str, change: impl Fn(&str) -> String) -> String {
    let start = journal.find("    {").expect("an entry");
    let end = journal.find("\n  ]").expect("the end of the list");
    let entry = &journal[start..end];
    format!("{},\n{}{}", &journal[..end], change(entry), &journal[end..])
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = journal();
    cases.extend(snapshot());
    cases.extend(files());
    cases
}

fn journal() -> Vec<Case> {
    vec![
        case("an empty journal", READING, 1, || {
            with(JOURNAL, |_| String::new())
        }),
        case("a truncated journal", READING, 1, || with(JOURNAL, half)),
        case("a journal that is a list", READING, 1, || {
            with(JOURNAL, |_| "[]".to_owned())
        }),
        case("a journal that is an empty object", READING, 1, || {
            with(JOURNAL, |_| "{}".to_owned())
        }),
        case("a journal with the marks of a merge", READING, 1, || {
            with(JOURNAL, |journal| {
                journal.replacen("    {", "<<<<<<< HEAD\n    {", 1)
            })
        }),
        case("a journal with a comma too many", READING, 1, || {
            with(JOURNAL, |journal| journal.replace("true\n", "true,\n"))
        }),
        case("an entry without a tag", READING, 1, || {
            with(JOURNAL, |journal| {
                journal.replace("\"tag\": \"0000_init\",", "")
            })
        }),
        case("a `when` that is a text", READING, 1, || {
            with(JOURNAL, |journal| {
                let (head, rest) = journal.split_once("\"when\": ").expect("an entry");
                let (_, tail) = rest.split_once(',').expect("more keys");
                format!("{head}\"when\": \"soon\",{tail}")
            })
        }),
        case("a journal of a later version", READING, 1, || {
            with(JOURNAL, |journal| journal.replacen("\"7\"", "\"8\"", 1))
        }),
        case("an entry of a later version", READING, 1, || {
            with(JOURNAL, |journal| {
                let (head, entries) = journal.split_once("entries").expect("entries");
                format!("{head}entries{}", entries.replacen("\"7\"", "\"8\"", 1))
            })
        }),
        case("a journal for another database", READING, 1, || {
            with(JOURNAL, |journal| journal.replace("postgresql", "mysql"))
        }),
        case("two entries with one tag", READING, 1, || {
            with(JOURNAL, |journal| {
                twice(journal, |entry| entry.replace("\"idx\": 0", "\"idx\": 1"))
            })
        }),
        case("two entries with one idx", READING, 1, || {
            with(JOURNAL, |journal| {
                twice(journal, |entry| entry.replace("0000_init", "0000_other"))
            })
        }),
        case("a tag that leads out of the folder", READING, 1, || {
            with(JOURNAL, |journal| {
                journal.replace("0000_init", "../0000_init")
            })
        }),
        case("a tag with control characters", READING, 1, || {
            with(JOURNAL, |journal| {
                journal.replace("0000_init", "0000_\\u001b[31minit\\n")
            })
        }),
        case("a journal that is not UTF-8", READING, 1, || {
            with_bytes(JOURNAL, b"{\n  \"version\": \"\xff\"\n}")
        }),
        case("a journal in UTF-16", READING, 1, || {
            with_bytes(JOURNAL, b"\xff\xfe{\0}\0")
        }),
        case("a journal that is a directory", READING, 1, || {
            with_directory(JOURNAL)
        }),
        case("SQL files without a journal", READING, 1, || {
            let shop = generated();
            fs::remove_file(shop.path(JOURNAL)).expect("a file");
            shop
        }),
        case("a folder of drizzle-kit 1.0", READING, 1, || {
            let shop = Workspace::new().with_folder();
            fs::create_dir(shop.path("drizzle/20260101000000_init")).expect("a directory");
            shop.write("drizzle/20260101000000_init/migration.sql", "SELECT 1;");
            shop
        }),
    ]
}

fn snapshot() -> Vec<Case> {
    vec![
        case("an empty snapshot", PLANNING, 1, || {
            with(SNAPSHOT, |_| String::new())
        }),
        case("a truncated snapshot", PLANNING, 1, || with(SNAPSHOT, half)),
        case(
            "a truncated snapshot that is to be repeated",
            &["db generate --custom"],
            1,
            || with(SNAPSHOT, half),
        ),
        case("a snapshot that is an empty object", PLANNING, 1, || {
            with(SNAPSHOT, |_| "{}".to_owned())
        }),
        case("a snapshot that is a list", PLANNING, 1, || {
            with(SNAPSHOT, |_| "[]".to_owned())
        }),
        case("a column without a type", PLANNING, 1, || {
            with(SNAPSHOT, |snapshot| {
                snapshot.replacen("\"type\": \"text\",", "", 1)
            })
        }),
        case("a snapshot of a later version", PLANNING, 1, || {
            with(SNAPSHOT, |snapshot| snapshot.replacen("\"7\"", "\"8\"", 1))
        }),
        case(
            "a snapshot of a version that is no number",
            PLANNING,
            1,
            || {
                with(SNAPSHOT, |snapshot| {
                    snapshot.replacen("\"7\"", "\"latest\"", 1)
                })
            },
        ),
        case("a snapshot of an older version", PLANNING, 1, || {
            with(SNAPSHOT, |snapshot| snapshot.replacen("\"7\"", "\"5\"", 1))
        }),
        case("a snapshot for another database", PLANNING, 1, || {
            with(SNAPSHOT, |snapshot| {
                snapshot.replace("\"dialect\": \"postgresql\"", "\"dialect\": \"sqlite\"")
            })
        }),
        case("a snapshot that is not UTF-8", READING, 1, || {
            with_bytes(SNAPSHOT, b"{\n  \"id\": \"\xff\"\n}")
        }),
        case(
            "a snapshot that the journal does not know",
            &[
                "db generate",
                "db generate --dry-run",
                "db generate --custom",
                "db generate --revert 0000_init",
            ],
            1,
            || {
                let shop = generated();
                shop.write("drizzle/meta/0001_snapshot.json", &shop.read(SNAPSHOT));
                shop
            },
        ),
    ]
}

fn files() -> Vec<Case> {
    vec![
        case("an entry without its file", READING, 1, || {
            let shop = generated();
            fs::remove_file(shop.path(SQL)).expect("a file");
            shop
        }),
        case("a directory in the place of a file", READING, 1, || {
            with_directory(SQL)
        }),
        case("a migration that is not UTF-8", READING, 1, || {
            with_bytes(SQL, b"SELECT 1;\nSELECT '\xe9';\n")
        }),
        case("a migration in UTF-16", READING, 1, || {
            with_bytes(SQL, b"\xff\xfeS\0E\0L\0")
        }),
        #[cfg(unix)]
        case("a migration that is a link to itself", READING, 1, || {
            let shop = generated();
            fs::remove_file(shop.path(SQL)).expect("a file");
            std::os::unix::fs::symlink("0000_init.sql", shop.path(SQL)).expect("a link");
            shop
        }),
        #[cfg(unix)]
        case("a folder that is a link to itself", READING, 1, || {
            let shop = Workspace::new();
            std::os::unix::fs::symlink("drizzle", shop.path("drizzle")).expect("a link");
            shop
        }),
        case(
            "a file where the next migration belongs",
            &["db generate --name next"],
            1,
            || {
                let shop = generated().at_step(1);
                shop.write("drizzle/0001_next.sql", "SELECT 1;");
                shop
            },
        ),
    ]
}

/// Byte order marks and line ends of other systems are no mistakes, and neither is a file that the journal does not know: it is named, and left alone.
#[test]
fn marks_line_ends_and_stray_files_are_no_mistakes() {
    let shop = generated();
    for path in [JOURNAL, SNAPSHOT, SQL] {
        let text = shop.read(path).replace('\n', "\r\n");
        shop.write(path, &format!("\u{feff}{text}"));
    }
    shop.write("drizzle/0007_stray.sql", "SELECT 1;");
    shop.write("drizzle/notes.txt", "not a migration");
    fs::create_dir(shop.path("drizzle/0003_x.sql")).expect("a directory");
    let migrated = shop.ok(&["db", "migrate"]);
    assert!(
        migrated
            .stderr
            .contains("warning: drizzle/0007_stray.sql is not in the journal"),
        "{}",
        migrated.stderr
    );
    assert_eq!(
        migrated.stderr.matches("warning").count(),
        1,
        "{}",
        migrated.stderr
    );
    let _ = shop.ok(&["db", "status"]);
    let _ = shop.at_step(1).ok(&["db", "generate"]);
}

/// drizzle's own order of `when` decides for drizzle only: a merge may leave it going back.
#[test]
fn a_when_that_goes_back_leaves_nothing_out() {
    let shop = generated();
    let shop = shop.at_step(1);
    let _ = shop.ok(&["db", "generate", "--name", "second"]);
    let journal = shop.read(JOURNAL);
    let (head, tail) = journal.rsplit_once("\"when\": ").expect("the second entry");
    let (_, rest) = tail.split_once(',').expect("more keys");
    shop.write(JOURNAL, &format!("{head}\"when\": 1,{rest}"));
    let _ = shop.ok(&["db", "migrate"]);
    let _ = shop.ok(&["db", "status"]);
    assert_eq!(
        shop.query("SELECT count(*) FROM drizzle.__drizzle_migrations"),
        ["2"]
    );
    let _ = shop.ok(&["db", "migrate"]);
}
