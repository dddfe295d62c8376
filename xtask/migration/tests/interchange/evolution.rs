//! The steps of `evolution.jsonl`.

use std::collections::BTreeSet;

use pg_migration::{HazardKind, Snapshot, plan_renamed};
use pg_schema::{Rename, Schema};
use serde_json::Value;

use crate::judge::{Judge, differences};
use crate::rows::fill;
use crate::{BREAKPOINT, File, files, files_renamed, fixtures, listed, read, renames};

pub(crate) struct Evolution {
    pub(crate) id: String,
    from: Schema,
    to: Schema,
    renames: Vec<Rename>,
    /// `None` where drizzle-kit itself fails.
    sql: Option<String>,
}

impl Evolution {
    fn ours(&self) -> Vec<File> {
        files_renamed(&self.from, &self.to, &self.renames)
    }
}

/// The recorded steps.
pub(crate) fn evolutions() -> Vec<Evolution> {
    let text = ["evolution.jsonl", "kinds.jsonl", "renames.jsonl"]
        .map(|name| read(&fixtures().join(name)));
    let text = text.concat();
    let records = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("a record is JSON"));
    records
        .map(|record| {
            let schema = |side: &str| {
                Snapshot::parse(&record[side].to_string())
                    .expect("a recorded snapshot")
                    .schema
            };
            let texts = |list: &Value| {
                let list = list.as_array()?.iter();
                let texts = list.map(|text| text.as_str().expect("text").to_owned());
                Some(texts.collect::<Vec<_>>())
            };
            let (from, to) = (schema("from"), schema("to"));
            Evolution {
                id: record["id"].as_str().expect("an id").to_owned(),
                renames: renames(&texts(&record["renames"]).unwrap_or_default(), &from, &to),
                sql: texts(&record["sql"]).map(|sql| sql.join(BREAKPOINT)),
                from,
                to,
            }
        })
        .collect()
}

#[test]
fn every_step_has_drizzle_kits_sql_or_stands_in_the_list_of_deviations() {
    let evolutions = evolutions();
    assert!(evolutions.len() > 200, "{}", evolutions.len());
    let mut differing = BTreeSet::new();
    for step in &evolutions {
        let ours: Vec<_> = step.ours().into_iter().map(|file| file.sql).collect();
        if step.sql.as_ref() != Some(&ours.join("\n")) {
            println!(
                "=== {}\n{}\n--- ours\n{}\n",
                step.id,
                step.sql.as_deref().unwrap_or("it fails"),
                ours.join("\n=== next file\n")
            );
            differing.insert(step.id.clone());
        }
    }
    let listed = &listed("Steps: ") | &listed("Needless: ");
    let unlisted: Vec<_> = differing.difference(&listed).collect();
    let obsolete: Vec<_> = listed.difference(&differing).collect();
    assert!(
        unlisted.is_empty() && obsolete.is_empty(),
        "not in DEVIATIONS.md: {unlisted:#?}\nneed not be there: {obsolete:#?}"
    );
}

#[test]
fn a_server_finds_every_step_right_and_drizzle_kits_wrong_where_it_differs() {
    let mut judge = Judge::alone();
    let listed = listed("Steps: ");
    // Right on an empty table only: the row that breaks drizzle-kit's is in a test of its own, and the rows that stay in the table of the old name.
    let needs_rows = [
        "type-enum-to-enum-array",
        "renamed-table-and-another-takes-its-name",
    ];
    // The view stays, and its target cannot be made without it.
    let no_target = ["view-to-existing"];
    let mut wrong = Vec::new();
    let evolutions = evolutions().into_iter();
    for step in evolutions.filter(|step| !no_target.contains(&step.id.as_str())) {
        let target = judge
            .arrive(&Schema::default(), &files(&Schema::default(), &step.to))
            .expect("the target can be made");
        match judge.arrive(&step.from, &step.ours()) {
            Ok(reached) if reached == target => {}
            Ok(reached) => wrong.push(format!(
                "{}: missed\n{}",
                step.id,
                differences(&target, &reached)
            )),
            Err(error) => wrong.push(format!("{}: {error}", step.id)),
        }
        if listed.contains(&step.id)
            && !needs_rows.contains(&step.id.as_str())
            && let Some(sql) = step.sql
        {
            let theirs = File {
                sql,
                in_transaction: true,
            };
            if judge
                .arrive(&step.from, &[theirs])
                .is_ok_and(|reached| reached == target)
            {
                wrong.push(format!(
                    "{}: drizzle-kit is right, so the SQL must be the same",
                    step.id
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// What has rows or a structure on disk, under what number: a rewritten table and a rebuilt index have another.
const IDENTITIES: &str = "SELECT string_agg(identity, ' ' ORDER BY identity) FROM ( \
    SELECT format('%s %s', oid, relfilenode) FROM pg_class WHERE relkind IN ('r', 'i', 'S') AND relnamespace::regnamespace::text !~ '^(pg_|information_schema)' \
    UNION ALL SELECT oid::text FROM pg_constraint WHERE connamespace::regnamespace::text !~ '^(pg_|information_schema)' \
    UNION ALL SELECT oid::text FROM pg_type WHERE typtype = 'e') AS all_of_them (identity)";

/// PostgreSQL carries them along when something is renamed, and drizzle-kit makes them anew: it reads or writes the whole table, and leaves a time
/// without the constraint.
#[test]
fn what_drizzle_kit_makes_anew_without_need_stays_as_it_is() {
    let mut judge = Judge::alone();
    let listed = listed("Needless: ");
    let steps = evolutions().into_iter();
    let steps: Vec<_> = steps.filter(|step| listed.contains(&step.id)).collect();
    assert_eq!(steps.len(), listed.len());
    for step in steps {
        let theirs = File {
            sql: step.sql.clone().expect("recorded SQL"),
            in_transaction: true,
        };
        let mut keeps_all = |way: &[File]| {
            judge.make(&step.from).expect("the earlier state");
            let before = judge.value(IDENTITIES);
            judge.apply(way).expect("the way");
            before == judge.value(IDENTITIES)
        };
        assert!(keeps_all(&step.ours()), "{}", step.id);
        assert!(
            !keeps_all(&[theirs]),
            "{}: drizzle-kit keeps it too",
            step.id
        );
    }
}

/// A label's text is no array, so drizzle-kit's cast fails as soon as there is one.
#[test]
fn an_enum_that_becomes_an_array_of_it_keeps_its_rows() {
    let step = evolutions()
        .into_iter()
        .find(|step| step.id == "type-enum-to-enum-array")
        .expect("a recorded step");
    let mut judge = Judge::new();
    let theirs = File {
        sql: step.sql.clone().expect("recorded SQL"),
        in_transaction: true,
    };
    let mut make = |way: &[File]| {
        judge.make(&step.from)?;
        judge.run("INSERT INTO t (id, c) VALUES (1, 'a'), (2, NULL)")?;
        judge.apply(way)?;
        Ok::<_, String>(
            judge.value("SELECT string_agg(coalesce(c::text, 'NULL'), ' ' ORDER BY c) FROM t"),
        )
    };
    assert_eq!(make(&step.ours()), Ok(Some("{a} NULL".to_owned())));
    let error = make(&[theirs]).expect_err("drizzle-kit's cast");
    assert!(error.contains("malformed array literal"), "{error}");
}

/// Steps that no SQL can take with the rows of the test: a new column without a value for them, a key or check that they break, a label that is no
/// number.
const FAILS_ON_ROWS: [&str; 13] = [
    "add-column-not-null",
    "add-column-primary-key",
    "add-column-references",
    "check-alter",
    "combined-one-table",
    "drop-and-add-columns",
    "key-add-nullable",
    "key-composite-added-column",
    "key-composite-new-column",
    "key-in-schema",
    "rename-table-and-add-column",
    "type-enum-to-integer",
    "type-timestamp-to-interval",
];

#[test]
fn a_step_fails_on_rows_only_where_it_must_and_says_so_before() {
    let mut judge = Judge::alone();
    let (mut filled, mut failing, mut reasons) = (0, BTreeSet::new(), Vec::new());
    for step in evolutions() {
        judge.make(&step.from).expect("the earlier state");
        if !fill(&mut judge, &step.from, &step.to) {
            continue;
        }
        filled += 1;
        if let Err(error) = judge.apply(&step.ours()) {
            let hazards = plan_renamed(&step.from, &step.to, &step.renames);
            let announced = hazards
                .hazards()
                .iter()
                .any(|hazard| hazard.kind == HazardKind::MayFail);
            assert!(announced, "{}: {error}", step.id);
            reasons.push(format!("{}: {error}", step.id));
            failing.insert(step.id);
        }
    }
    assert!(filled > 150, "only {filled} steps had rows");
    let expected = FAILS_ON_ROWS.map(str::to_owned).into();
    assert_eq!(failing, expected, "{}", reasons.join("\n\n"));
}
