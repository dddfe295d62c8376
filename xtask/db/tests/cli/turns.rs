//! A folder on which drizzle-kit and this tool took turns, recorded by `migration/tests/drizzle/turns.mjs` with the real drizzle-kit.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::workspace::{Workspace, shop};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../migration/tests/drizzle")
}

fn read(relative: &str) -> String {
    let path = fixtures().join("turns").join(relative);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A step: the name of its migration, who wrote that, and its hash in the history.
struct Turn {
    step: usize,
    name: String,
    generated: String,
    hash: String,
}

impl Turn {
    fn tag(&self) -> String {
        format!("{:04}_{}", self.step, self.name)
    }

    fn sql(&self) -> String {
        read(&format!("{}.sql", self.tag()))
    }

    fn snapshot(&self) -> String {
        read(&format!("meta/{:04}_snapshot.json", self.step))
    }
}

fn turns() -> Vec<Turn> {
    let text = read("turns.jsonl");
    let turn = |(step, line)| {
        let record: Value = serde_json::from_str(line).expect("a record is JSON");
        let field = |name: &str| record[name].as_str().expect("text").to_owned();
        Turn {
            step,
            name: field("name"),
            generated: field("generated"),
            hash: field("hash"),
        }
    };
    text.lines().enumerate().map(turn).collect()
}

/// The recorded journal as it was after so many steps.
fn journal(steps: usize) -> String {
    let mut journal: Value = serde_json::from_str(&read("meta/_journal.json")).expect("JSON");
    let entries = journal["entries"].as_array_mut().expect("entries");
    entries.truncate(steps);
    serde_json::to_string_pretty(&journal).expect("JSON")
}

/// A workspace with the schema of a step, in whose folder are these migrations.
fn workspace(step: usize, migrations: &[Turn]) -> Workspace {
    let step = u32::try_from(step).expect("few steps");
    let workspace = Workspace::new().at_step(step).with_folder();
    if migrations.is_empty() {
        return workspace;
    }
    fs::create_dir(workspace.path("drizzle/meta")).expect("a folder");
    for turn in migrations {
        workspace.write(&format!("drizzle/{}.sql", turn.tag()), &turn.sql());
        let snapshot = format!("drizzle/meta/{:04}_snapshot.json", turn.step);
        workspace.write(&snapshot, &turn.snapshot());
    }
    workspace.write("drizzle/meta/_journal.json", &journal(migrations.len()));
    workspace
}

/// The lines but those with this key, which hold an id or a time.
fn without<'a>(text: &'a str, key: &str) -> Vec<&'a str> {
    let begin = format!("\"{key}\": ");
    text.lines()
        .filter(|line| !line.trim_start().starts_with(&begin))
        .collect()
}

#[test]
fn each_turn_is_written_as_recorded_and_finds_the_others_whole() {
    let turns = turns();
    assert_eq!(turns.len(), 10);
    for turn in &turns {
        let (step, tag) = (turn.step, turn.tag());
        let shop = workspace(step, &turns[..step]);
        let _ = shop.ok(&["db", "generate", "--name", &turn.name]);
        let written = shop.read(&format!("drizzle/{tag}.sql"));
        assert_eq!(written, turn.sql(), "{tag}, by {}", turn.generated);
        let written = shop.read(&format!("drizzle/meta/{step:04}_snapshot.json"));
        let recorded = turn.snapshot();
        assert_eq!(without(&written, "id"), without(&recorded, "id"), "{tag}");
        assert_eq!(
            written.len(),
            recorded.len(),
            "{tag}: ids are of one length"
        );
        let written = shop.read("drizzle/meta/_journal.json");
        let recorded = journal(step + 1);
        assert_eq!(
            without(&written, "when"),
            without(&recorded, "when"),
            "{tag}"
        );

        let shop = workspace(step, &turns[..=step]);
        let again = shop.ok(&["db", "generate"]);
        assert!(
            again.stderr.contains("No schema changes"),
            "{tag}, by {}: {}",
            turn.generated,
            again.stderr
        );
    }
}

#[test]
fn the_folder_of_both_is_applied_as_drizzle_kit_remembers_it() {
    let turns = turns();
    let shop = workspace(turns.len() - 1, &turns);
    let _ = shop.ok(&["db", "migrate"]);
    let status = shop.ok(&["db", "status"]);
    assert!(
        status.stdout.contains("agrees with the folder"),
        "{}",
        status.stdout
    );
    let journal: Value = serde_json::from_str(&journal(turns.len())).expect("JSON");
    let recorded = turns
        .iter()
        .map(|turn| format!("{} {}", turn.hash, journal["entries"][turn.step]["when"]));
    let history = "SELECT hash || ' ' || created_at FROM drizzle.__drizzle_migrations ORDER BY id";
    assert_eq!(shop.query(history), recorded.collect::<Vec<_>>());
}

/// drizzle-kit's snapshot of a step lacks our key, as this one does.
#[test]
fn what_only_this_tool_knows_is_inherited_through_a_turn_of_the_other() {
    let shop = Workspace::new().with_folder().with_env("SHOP_BEYOND", "1");
    let shop = shop.at_step(0);
    let first = shop.ok(&["db", "generate", "--name", "init"]);
    for said in ["+ extension citext", "+ comment on column Orders.symbol"] {
        assert!(first.stderr.contains(said), "{}", first.stderr);
    }
    let shop = shop.at_step(1);
    let _ = shop.ok(&["db", "generate", "--name", "theirs"]);
    let path = "drizzle/meta/0001_snapshot.json";
    let mut snapshot: Value = serde_json::from_str(&shop.read(path)).expect("JSON");
    let key = snapshot.as_object_mut().expect("an object").remove("xtask");
    shop.write(path, &snapshot.to_string());
    let again = shop.ok(&["db", "generate"]);
    assert!(
        again.stderr.contains("No schema changes"),
        "{}",
        again.stderr
    );
    let _ = shop.ok(&["db", "migrate"]);
    let status = shop.ok(&["db", "status"]);
    assert!(
        status.stdout.contains("agrees with the folder"),
        "{}",
        status.stdout
    );

    let shop = shop.at_step(2);
    let _ = shop.ok(&["db", "generate", "--name", "ours"]);
    let snapshot: Value =
        serde_json::from_str(&shop.read("drizzle/meta/0002_snapshot.json")).expect("JSON");
    assert_eq!(snapshot.get("xtask"), key.as_ref());
    assert_eq!(
        shop.query(
            "SELECT obj_description(oid, 'pg_extension') FROM pg_extension WHERE extname = 'citext'"
        ),
        ["for mail addresses"]
    );
}

/// Takes a minute, so only where `npm install` was run in the fixtures' folder, which is not part of the repository.
#[test]
fn the_real_drizzle_kit_takes_turns_as_recorded() {
    if !fixtures().join("node_modules/drizzle-kit").is_dir() {
        eprintln!(
            "skipped the turns of the real drizzle-kit: `npm install` was not run in {}",
            fixtures().display()
        );
        return;
    }
    let output = Command::new("node")
        .args(["turns.mjs", "--check"])
        .env("SHOP", shop())
        .current_dir(fixtures())
        .output()
        .expect("node, which ran npm");
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
