//! The cases of drizzle-kit's own tests, from the corpus.

use pg_migration::Snapshot;
use pg_schema::Schema;
use serde_json::Value;

use crate::judge::{Judge, differences};
use crate::{BREAKPOINT, File, corpus, files, files_renamed, listed, read, renames};

/// No server accepts these states: the one has an index WHERE `select 1`, the other one with an operator class `test`, which nothing makes. In the
/// first our SQL differs in the order that a hash index does not have, in the second in an index that differs only in how it was built.
const IMPOSSIBLE: [&str; 2] = [
    "indexes/pg.test.ts > index #1: simple index",
    "indexes/pg.test.ts > index #3: fields that should be triggered on generate and not triggered on push",
];

#[test]
fn every_recorded_difference_has_drizzle_kits_sql_or_reaches_what_drizzle_kits_misses() {
    let Some(folder) = corpus() else { return };
    let text = read(&folder.join("drizzle-kit.jsonl"));
    let cases = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("a record is JSON"))
        .filter(|case| case["kind"] == "diff");
    let mut judge = Judge::alone();
    let (mut equal, mut better, mut impossible) = (0, Vec::new(), Vec::new());
    let mut wrong = Vec::new();
    let listed = listed("Corpus: ");
    for case in cases {
        let id = case["id"].as_str().expect("an id");
        let state = |side: &str| {
            Snapshot::parse(&case[side].to_string())
                .expect("a recorded snapshot")
                .schema
        };
        let (from, to) = (state("from"), state("to"));
        let stated = case["renames"].as_array().expect("a list").iter();
        let stated: Vec<_> = stated
            .map(|it| it.as_str().expect("text").to_owned())
            .collect();
        let renames = renames(&stated, &from, &to);
        let theirs: Vec<_> = case["sql"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|sql| sql.as_str().expect("text"))
            .collect();
        let ours = files_renamed(&from, &to, &renames);
        let our_text: Vec<_> = ours.iter().map(|file| file.sql.as_str()).collect();
        if our_text.join("\n").trim_end() == theirs.join(BREAKPOINT).trim_end() {
            equal += 1;
            continue;
        }
        // Some cases are of states that no server accepts.
        let Ok(target) = judge.arrive(&Schema::default(), &files(&Schema::default(), &to)) else {
            impossible.push(id.to_owned());
            continue;
        };
        let theirs = theirs.join(BREAKPOINT);
        let verdict = only_ours_is_right(&mut judge, (&from, &target), &ours, &theirs);
        match verdict {
            Ok(()) => better.push(id.to_owned()),
            // It arrives by what a step of the list proves to be needless or to fail.
            Err(_) if listed.contains(id) => better.push(id.to_owned()),
            Err(error) => wrong.push(format!(
                "{id}: {error}\n--- drizzle-kit\n{}\n--- ours\n{}",
                theirs,
                our_text.join("\n")
            )),
        }
    }
    println!(
        "{equal} equal, {} where only ours is right ({}); to an impossible state: {}",
        better.len(),
        better.join(", "),
        impossible.join(", ")
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert_eq!(impossible, IMPOSSIBLE);
    assert!(equal + better.len() >= 150, "{equal} + {}", better.len());
}

fn only_ours_is_right(
    judge: &mut Judge,
    (from, target): (&Schema, &[String]),
    ours: &[File],
    theirs: &str,
) -> Result<(), String> {
    let reached = judge.arrive(from, ours)?;
    if reached != target {
        return Err(format!("missed\n{}", differences(target, &reached)));
    }
    let theirs = File {
        sql: theirs.to_owned(),
        in_transaction: true,
    };
    match judge.arrive(from, &[theirs]) {
        Ok(reached) if reached == target => Err("drizzle-kit is right too".to_owned()),
        _ => Ok(()),
    }
}
