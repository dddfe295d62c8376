//! The defects of drizzle-kit that are known, in the table of `tests/drizzle/README.md`.

use std::collections::BTreeSet;

use pg_migration::Snapshot;
use pg_schema::Schema;
use pg_schema::declare::{self, Declaration, desc, enum_column, index, pg_enum, pg_table, pg_view};

use crate::evolution::evolutions;
use crate::judge::{Judge, differences};
use crate::{File, files, fixtures, read};

#[test]
fn every_known_defect_names_steps_that_are_recorded() {
    let readme = read(&fixtures().join("README.md"));
    let (_, table) = readme.split_once("## Known defects").expect("the table");
    let rows: Vec<_> = table
        .lines()
        .filter(|line| line.starts_with("| "))
        .collect();
    // A heading, and the 14 defects.
    assert_eq!(rows.len(), 15);
    let wrong = read(&fixtures().join("wrong/meta/0000_snapshot.json"));
    let wrong = Snapshot::parse(&wrong).expect("a recorded snapshot").schema;
    let tables = wrong.tables.iter().map(|table| table.name.name.clone());
    let steps = evolutions().into_iter().map(|step| step.id);
    let recorded: BTreeSet<_> = steps.chain(tables).collect();
    for row in &rows[1..] {
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        let (steps, tests) = (cells[2], cells[3]);
        assert!(!steps.is_empty() || !tests.is_empty(), "{row}");
        let named = steps.split('`').skip(1).step_by(2);
        let missing: Vec<_> = named.filter(|name| !recorded.contains(*name)).collect();
        assert!(missing.is_empty(), "{row}: {missing:?}");
    }
}

#[test]
fn an_enum_goes_although_a_view_reads_what_was_of_it() {
    let state = |items: Declaration, view: &str, other: &str| -> Schema {
        let views = items
            .with(pg_view("reads").as_sql(view))
            .with(pg_view("names").as_sql(other));
        views.build().expect("a valid declaration")
    };
    let reads = "SELECT mood FROM t";
    let before = Declaration::new()
        .with(pg_enum("mood", ["a", "b"]))
        .with(pg_table(
            "t",
            [enum_column("mood", "mood"), declare::integer("n")],
        ));
    let before = state(before, reads, "SELECT 'a'::mood AS named FROM t");
    let text = || pg_table("t", [declare::text("mood"), declare::integer("n")]);
    let gone = || pg_table("t", [declare::integer("n")]);
    let mut judge = Judge::new();
    for after in [
        state(
            Declaration::new().with(text()),
            reads,
            "SELECT 'a'::text AS named FROM t",
        ),
        state(
            Declaration::new().with(gone()),
            "SELECT n AS mood FROM t",
            "SELECT n FROM t",
        ),
    ] {
        let target = judge.arrive(&Schema::default(), &files(&Schema::default(), &after));
        let target = target.expect("the later state");
        let reached = judge.arrive(&before, &files(&before, &after));
        let reached = reached.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(differences(&target, &reached), "");
    }
}

#[test]
fn an_index_whose_method_knows_no_order_is_made_without_one() {
    let by_hash = index("by_hash").using("hash").on([desc("a")]);
    let declared = Declaration::new().with(pg_table("t", [declare::text("a")]).index(by_hash));
    let state = declared.build().expect("a valid declaration");
    let ours = files(&Schema::default(), &state);
    let mut judge = Judge::new();
    judge.arrive(&Schema::default(), &ours).expect("our way");
    let theirs = File {
        sql: ours[0].sql.replace("(\"a\")", "(\"a\" DESC NULLS LAST)"),
        in_transaction: true,
    };
    assert_ne!(theirs.sql, ours[0].sql);
    let refused = judge.arrive(&Schema::default(), &[theirs]);
    assert!(refused.is_err(), "{refused:?}");
}
