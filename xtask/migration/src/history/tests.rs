#![allow(clippy::unwrap_used)]

use std::path::PathBuf;

use super::*;
use crate::journal::Journal;

use MigrationState::*;

/// Migrations by `when` and SQL.
fn folder(files: &[(i64, &str)]) -> Migrations {
    let entries = files.iter().enumerate().map(|(idx, (when, _))| {
        format!(r#"{{"idx":{idx},"version":"7","when":{when},"tag":"{idx:04}"}}"#)
    });
    let entries = entries.collect::<Vec<_>>().join(",");
    let journal = Journal::parse(&format!(
        r#"{{"version":"7","dialect":"postgresql","entries":[{entries}]}}"#
    ))
    .unwrap();
    let files = journal.entries.iter().zip(files).map(|(entry, (_, sql))| {
        Migration::new(entry.clone(), PathBuf::from("a.sql"), None, sql.as_bytes()).unwrap()
    });
    let files = files.collect();
    Migrations {
        journal,
        files,
        ..Migrations::default()
    }
}

/// Rows by `created_at` and the SQL that was applied.
fn history(rows: &[(Option<i64>, &str)]) -> Vec<HistoryRow> {
    let rows = rows.iter().zip(1..).map(|((created_at, sql), id)| {
        let hash = folder(&[(0, *sql)]).files[0].drizzle_hash().to_owned();
        HistoryRow {
            id,
            hash,
            created_at: *created_at,
        }
    });
    rows.collect()
}

#[track_caller]
fn check(
    files: &[(i64, &str)],
    rows: &[(Option<i64>, &str)],
    states: &[MigrationState],
    missing: &[i64],
) {
    let reconciliation = reconcile(&folder(files), &history(rows));
    let found: Vec<_> = reconciliation
        .migrations
        .iter()
        .map(|migration| migration.state)
        .collect();
    assert_eq!(found, states);
    let ids: Vec<_> = reconciliation.missing.iter().map(|row| row.id).collect();
    assert_eq!(ids, missing);
}

#[test]
fn each_state() {
    check(&[(1, "A"), (2, "B")], &[], &[Pending, Pending], &[]);
    check(
        &[(1, "A"), (2, "B")],
        &[(Some(1), "A")],
        &[Applied, Pending],
        &[],
    );
    check(
        &[(1, "A"), (2, "B")],
        &[(Some(1), "X"), (Some(2), "B")],
        &[Edited, Applied],
        &[],
    );
    check(
        &[(1, "A"), (2, "B")],
        &[(Some(2), "B")],
        &[OutOfOrder, Applied],
        &[],
    );
    check(
        &[(2, "B")],
        &[(Some(1), "A"), (Some(2), "B")],
        &[Applied],
        &[1],
    );
}

#[test]
fn line_ends_and_byte_order_marks_are_no_edit() {
    check(&[(1, "A;\nB")], &[(Some(1), "A;\r\nB")], &[Applied], &[]);
    check(&[(1, "A;\r\nB")], &[(Some(1), "A;\nB")], &[Applied], &[]);
    check(&[(1, "\u{feff}A")], &[(Some(1), "A")], &[Applied], &[]);
    check(
        &[(1, "\u{feff}A\r\n")],
        &[(Some(1), "\u{feff}A\r\n")],
        &[Applied],
        &[],
    );
}

#[test]
fn a_rewritten_journal_is_recognised_by_the_hash() {
    check(
        &[(10, "A"), (20, "B")],
        &[(Some(1), "A"), (None, "B")],
        &[Applied, Applied],
        &[],
    );
    // The `when` of drizzle's newest row decides, not the journal's.
    check(
        &[(1, "A"), (2, "B")],
        &[(Some(5), "A")],
        &[Applied, OutOfOrder],
        &[],
    );
    // A custom migration that was applied empty and then filled, and a new one with the template's text.
    check(
        &[(1, "A"), (2, "template")],
        &[(Some(1), "template")],
        &[Edited, Pending],
        &[],
    );
}

#[test]
fn drizzle_would_skip_what_is_not_newer_than_its_newest_row() {
    check(
        &[(5, "A"), (3, "B")],
        &[(Some(5), "A")],
        &[Applied, OutOfOrder],
        &[],
    );
    check(
        &[(5, "A"), (5, "B")],
        &[(Some(5), "A")],
        &[Applied, OutOfOrder],
        &[],
    );
    check(&[(1, "A")], &[(Some(9), "elsewhere")], &[OutOfOrder], &[1]);
}

#[test]
fn rows_that_two_runs_of_drizzle_wrote_are_not_missing() {
    let reconciliation = reconcile(
        &folder(&[(1, "A")]),
        &history(&[(Some(1), "A"), (Some(1), "A"), (Some(1), "X")]),
    );
    assert_eq!(reconciliation.migrations[0].state, Applied);
    assert_eq!(
        reconciliation
            .duplicates
            .iter()
            .map(|row| row.id)
            .collect::<Vec<_>>(),
        [2]
    );
    assert_eq!(
        reconciliation
            .missing
            .iter()
            .map(|row| row.id)
            .collect::<Vec<_>>(),
        [3]
    );
}

/// All folders of up to three migrations against all histories of up to three rows, over so few values that every
/// kind of coincidence occurs.
#[test]
fn nothing_is_lost_and_nothing_is_matched_without_cause() {
    let files: Vec<(i64, &str)> = [1, 2]
        .into_iter()
        .flat_map(|when| ["A", "B"].map(|sql| (when, sql)))
        .collect();
    let rows: Vec<(Option<i64>, &str)> = [None, Some(1), Some(3)]
        .into_iter()
        .flat_map(|when| ["A", "B", "X"].map(|sql| (when, sql)))
        .collect();
    let histories: Vec<_> = sequences(&rows, 3)
        .iter()
        .map(|rows| history(rows))
        .collect();
    for files in sequences(&files, 3) {
        let folder = folder(&files);
        for rows in &histories {
            check_invariants(&folder, rows);
        }
    }
}

fn sequences<T: Clone>(values: &[T], longest: usize) -> Vec<Vec<T>> {
    let mut all = vec![vec![]];
    let mut longest_yet = all.clone();
    for _ in 0..longest {
        let extended = longest_yet.iter().flat_map(|sequence: &Vec<T>| {
            values
                .iter()
                .map(|value| [sequence.as_slice(), std::slice::from_ref(value)].concat())
        });
        longest_yet = extended.collect();
        all.extend(longest_yet.clone());
    }
    all
}

fn check_invariants(folder: &Migrations, rows: &[HistoryRow]) {
    let result = reconcile(folder, rows);
    let matched = result
        .migrations
        .iter()
        .filter_map(|migration| migration.row.as_ref());
    let mut ids: Vec<i64> = matched
        .chain(&result.missing)
        .chain(&result.duplicates)
        .map(|row| row.id)
        .collect();
    ids.sort_unstable();
    assert_eq!(
        ids,
        rows.iter().map(|row| row.id).collect::<Vec<_>>(),
        "each row once: {result:?}"
    );

    let newest = rows.iter().filter_map(|row| row.created_at).max();
    for (position, migration) in result.migrations.iter().enumerate() {
        assert_eq!(migration.index, position);
        let file = &folder.files[position];
        let same_when = |row: &HistoryRow| row.created_at == Some(file.entry.when);
        let same_hash = |row: &HistoryRow| row.hash == file.hash();
        let later_applied = result.migrations[position..]
            .iter()
            .any(|later| later.row.is_some());
        let expected = match &migration.row {
            Some(row) if same_hash(row) => Applied,
            Some(_) => Edited,
            None if later_applied || newest >= Some(file.entry.when) => OutOfOrder,
            None => Pending,
        };
        assert_eq!(migration.state, expected, "{result:?}");
        match &migration.row {
            Some(row) => assert!(same_when(row) || same_hash(row), "{result:?}"),
            None => assert!(
                !result
                    .missing
                    .iter()
                    .any(|row| same_when(row) || same_hash(row)),
                "{result:?}"
            ),
        }
        // An exact match goes to a migration that it fits exactly.
        if migration.state == Edited {
            assert!(
                !result
                    .missing
                    .iter()
                    .any(|row| same_when(row) && same_hash(row)),
                "{result:?}"
            );
        }
    }
}
