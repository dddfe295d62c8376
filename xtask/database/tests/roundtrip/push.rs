//! What the hazards of a push come to, with rows in the tables: the figures are the true ones, what is said to be impossible fails, and what is not
//! arrives.

mod cases;

use std::fmt::Write;

use pg_database::{
    Fact, Filter, Patterns, PushCause, Scope, Stage, Verdict, examine, normalise, stages,
};
use pg_migration::{PlannedMigration, planned_migrations_renamed, resolve};
use pg_schema::Schema;

use cases::{CASES, Case, case};

use crate::facts::{differences, facts};
use crate::playground::Playground;

fn lines(way: &[PlannedMigration], found: &[Fact]) -> String {
    let mut text = String::new();
    for fact in found {
        let hazard = &way[fact.migration].plan.steps[fact.step].hazards[fact.hazard];
        write!(text, "{} {}", hazard.kind, fact.verdict.name()).unwrap();
        if let Some(rows) = fact.rows {
            write!(text, " {rows}").unwrap();
        }
        if let Some(finding) = &fact.finding {
            write!(text, ": {finding}").unwrap();
        }
        text.push('\n');
    }
    text.trim_end().to_owned()
}

/// The way from the one to the other, and where it begins.
fn plan(
    case: &Case,
    old: &mut Playground,
    new: &mut Playground,
) -> (Schema, Vec<PlannedMigration>) {
    old.empty();
    new.empty();
    old.run(case.before)
        .unwrap_or_else(|error| panic!("{}: {error}", case.name));
    new.run(case.after)
        .unwrap_or_else(|error| panic!("{}: {error}", case.name));
    let from = old.introspect(&Scope::default()).schema;
    let to = new.introspect(&Scope::default()).schema;
    let to = normalise(&mut old.database, &to, &from).unwrap();
    let typed: Vec<_> = case.renames.iter().map(|it| it.parse().unwrap()).collect();
    let renames = resolve(&typed, &[], &from, &to).unwrap();
    let way = planned_migrations_renamed(&from, &to, &renames);
    (from, way)
}

#[test]
fn each_hazard_is_what_it_is_said_to_be() {
    let (mut old, mut new) = (Playground::new(), Playground::new());
    let mut wrong = Vec::new();
    for case in CASES {
        let (from, way) = plan(case, &mut old, &mut new);
        let before = facts(&mut old.database);
        let (found, result) = old.push(&from, &way);
        let said = lines(&way, &found);
        if said != case.facts {
            wrong.push(format!(
                "{}\n{said}\n-- instead of\n{}",
                case.name, case.facts
            ));
            continue;
        }
        let prevented = found.iter().any(|fact| fact.verdict == Verdict::Prevents);
        match result {
            Ok(()) if prevented => wrong.push(format!("{}: it does succeed", case.name)),
            Ok(()) => {
                let (reached, target) = (facts(&mut old.database), facts(&mut new.database));
                let granted = |fact: &&String| !fact.contains("=r/") && !fact.contains("arwd");
                let plain =
                    |facts: Vec<String>| facts.iter().filter(granted).cloned().collect::<Vec<_>>();
                let different = differences(&plain(target), &plain(reached));
                if !different.is_empty() {
                    wrong.push(format!("{}: {}", case.name, different.join("\n")));
                }
            }
            Err(error) if !prevented => wrong.push(format!("{}: {error}", case.name)),
            Err(_) => {
                assert_eq!(facts(&mut old.database), before, "{}", case.name);
                for query in found.iter().filter_map(|fact| fact.query.as_ref()) {
                    let first = format!("{query}; ROLLBACK");
                    old.run("SET search_path = public; BEGIN").unwrap();
                    let rows = old.database.client().simple_query(&first);
                    let rows =
                        rows.unwrap_or_else(|error| panic!("{}: {query}: {error:?}", case.name));
                    let is_row = |it: &&postgres::SimpleQueryMessage| {
                        matches!(it, postgres::SimpleQueryMessage::Row(_))
                    };
                    assert_ne!(
                        rows.iter().filter(is_row).count(),
                        0,
                        "{}: {query}",
                        case.name
                    );
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{}\n{} are wrong",
        wrong.join("\n\n"),
        wrong.len()
    );
}

/// What lost nothing when it was looked at is looked at again when it goes.
#[test]
fn rows_that_come_in_between_stop_it() {
    let (mut old, mut new) = (Playground::new(), Playground::new());
    for (before, after, insert) in [
        ("CREATE TABLE t (a int)", "", "INSERT INTO t VALUES (1)"),
        (
            "CREATE TABLE t (a int, b int); INSERT INTO t VALUES (1, NULL)",
            "CREATE TABLE t (a int)",
            "INSERT INTO t VALUES (1, 2)",
        ),
        (
            "CREATE TABLE t (a timestamp)",
            "CREATE TABLE t (a date)",
            "INSERT INTO t VALUES ('2020-01-01 12:00')",
        ),
    ] {
        let case = case("rows in between", before, after, "");
        let (from, way) = plan(&case, &mut old, &mut new);
        let limit = std::time::Duration::from_mins(1);
        let found = examine(&mut old.database, &from, &way, limit).unwrap();
        old.run(insert).unwrap();
        let state = facts(&mut old.database);
        pg_database::lock::acquire(&mut old.database, None, &mut |_, _| {}).unwrap();
        let options = pg_database::PushOptions::default();
        let failure = pg_database::push(&mut old.database, &way, &found, options, &mut |_| {});
        let failure = failure.expect_err("there are rows by now");
        assert_eq!(
            failure.cause,
            PushCause::RowsCame {
                rows: "1".to_owned()
            }
        );
        assert_eq!(failure.committed, 0);
        assert_eq!(facts(&mut old.database), state);
        pg_database::lock::release(&mut old.database).unwrap();
    }
}

/// A label is committed before it is used, and stays if what uses it fails.
#[test]
fn a_way_has_no_more_stages_than_it_must_and_says_what_stands() {
    let (mut old, mut new) = (Playground::new(), Playground::new());
    let case = case(
        "a label that is used at once",
        "CREATE TYPE e AS ENUM ('a'); CREATE TABLE t (a e DEFAULT 'a', b int); INSERT INTO t VALUES ('a', NULL)",
        "CREATE TYPE e AS ENUM ('a', 'b'); CREATE TABLE t (a e DEFAULT 'b', b int NOT NULL)",
        "",
    );
    let (from, way) = plan(&case, &mut old, &mut new);
    let stage = |statements, in_transaction| Stage {
        statements,
        in_transaction,
    };
    assert_eq!(stages(&way), [stage(0..1, true), stage(1..3, true)]);
    let (_, result) = old.push(&from, &way);
    let failure = result.expect_err("there is a NULL");
    assert_eq!((failure.committed, failure.total), (1, 3));
    let labels = "SELECT string_agg(enumlabel, ' ' ORDER BY enumsortorder) FROM pg_enum";
    assert_eq!(old.database.text(labels).unwrap().as_deref(), Some("a b"));
    // What is left is planned anew.
    old.run("UPDATE t SET b = 1").unwrap();
    let from = old.introspect(&Scope::default()).schema;
    let to = new.introspect(&Scope::default()).schema;
    let to = normalise(&mut old.database, &to, &from).unwrap();
    let way = planned_migrations_renamed(&from, &to, &[]);
    assert_eq!(stages(&way), [stage(0..2, true)]);
    old.push(&from, &way).1.unwrap();
}

/// What takes a while has to be allowed, where there is enough of it.
#[test]
fn a_large_table_is_worth_a_word() {
    let (mut old, mut new) = (Playground::new(), Playground::new());
    let case = case(
        "a large table",
        "CREATE TABLE t (a int, b text); INSERT INTO t SELECT n, repeat('x', 400) FROM generate_series(1, 100000) n",
        "CREATE TABLE t (a bigint, b text); CREATE INDEX i ON t (a)",
        "",
    );
    let (from, way) = plan(&case, &mut old, &mut new);
    let limit = std::time::Duration::from_mins(1);
    let found = examine(&mut old.database, &from, &way, limit).unwrap();
    let said = lines(&way, &found);
    let size = "select pg_total_relation_size('t') >> 20";
    let size = old.database.text(size).unwrap().unwrap();
    assert_eq!(
        said,
        format!("rewrite applies: \"t\" has {size} MB\nlong-lock applies: \"t\" has {size} MB")
    );
}

/// A view that is somebody else's keeps another one from being made anew.
#[test]
fn who_reads_a_view_is_named() {
    let (mut old, mut new) = (Playground::new(), Playground::new());
    let case = case(
        "a view that is read",
        "CREATE VIEW v AS SELECT 1 AS a; CREATE SCHEMA theirs; CREATE VIEW theirs.w AS SELECT a FROM v",
        "CREATE VIEW v AS SELECT 2 AS a; CREATE SCHEMA theirs",
        "",
    );
    let (mut from, _) = plan(&case, &mut old, &mut new);
    let filter = Filter {
        schemas: Patterns::names(["public"]),
        ..Filter::default()
    };
    filter.narrow(&mut from);
    let mut to = new.introspect(&Scope::default()).schema;
    filter.narrow(&mut to);
    let way = planned_migrations_renamed(&from, &to, &[]);
    let (found, result) = old.push(&from, &way);
    assert_eq!(
        lines(&way, &found),
        "access harmless: no privileges on it are granted\nmay-fail prevents: what reads it is view theirs.w"
    );
    result.expect_err("it is read");
}

/// Not even a sequence counts, which no rollback would take back.
#[test]
fn looking_changes_nothing() {
    let (mut old, mut new) = (Playground::new(), Playground::new());
    for case in CASES {
        let (from, way) = plan(case, &mut old, &mut new);
        let state = |old: &mut Playground| {
            let counted = "SELECT string_agg(format('%s %s', sequencename, last_value), ', ' ORDER BY sequencename) FROM pg_sequences";
            (
                facts(&mut old.database),
                old.database.text(counted).unwrap(),
            )
        };
        let before = state(&mut old);
        examine(
            &mut old.database,
            &from,
            &way,
            std::time::Duration::from_mins(1),
        )
        .unwrap();
        assert_eq!(state(&mut old), before, "{}", case.name);
    }
}

/// Nothing keeps it waiting: what takes too long is said to be unknown, and what would be lost to be there.
#[test]
fn counting_ends_when_its_time_is_over() {
    let (mut old, mut new) = (Playground::new(), Playground::new());
    let case = case(
        "a large table",
        "CREATE TABLE t (a int, b int); INSERT INTO t SELECT n, n FROM generate_series(1, 300000) n; ANALYZE t",
        "CREATE TABLE t (a int NOT NULL)",
        "",
    );
    let (from, way) = plan(&case, &mut old, &mut new);
    let limit = std::time::Duration::from_millis(1);
    let found = examine(&mut old.database, &from, &way, limit).unwrap();
    let said = lines(&way, &found);
    assert!(
        said.contains("may-fail unknown: not known: finding out takes too long"),
        "{said}"
    );
    assert!(
        said.contains(
            "data-loss applies: the table has about 300000 rows by PostgreSQL's estimate"
        ),
        "{said}"
    );
}
