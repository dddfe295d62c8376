//! What the hazards of a push come to, with rows in the tables: the figures are the true ones, what is said to be impossible fails, and what is not
//! arrives.

use std::fmt::Write;

use pg_database::{Fact, PushCause, Scope, Stage, Verdict, examine, normalise, stages};
use pg_migration::{PlannedMigration, planned_migrations_renamed, resolve};
use pg_schema::Schema;

use crate::facts::{differences, facts};
use crate::playground::Playground;

struct Case {
    name: &'static str,
    /// What there is, with rows.
    before: &'static str,
    /// What there is to be.
    after: &'static str,
    renames: &'static [&'static str],
    /// A line a hazard: kind, verdict, rows, what was found.
    facts: &'static str,
}

const fn case(
    name: &'static str,
    before: &'static str,
    after: &'static str,
    facts: &'static str,
) -> Case {
    Case {
        name,
        before,
        after,
        renames: &[],
        facts,
    }
}

const CASES: &[Case] = &[
    case(
        "a table with rows",
        "CREATE TABLE t (a int); INSERT INTO t VALUES (1), (NULL), (3)",
        "",
        "data-loss applies 3: it has 3 rows",
    ),
    case(
        "an empty table",
        "CREATE TABLE t (a int)",
        "",
        "data-loss harmless 0: it has no rows",
    ),
    case(
        "a column with values",
        "CREATE TABLE t (a int, b text); INSERT INTO t VALUES (1, 'x'), (2, NULL), (3, '')",
        "CREATE TABLE t (a int)",
        "data-loss applies 2: 2 of 3 rows lose a value",
    ),
    case(
        "a column without values",
        "CREATE TABLE t (a int, b text); INSERT INTO t VALUES (1, NULL)",
        "CREATE TABLE t (a int)",
        "data-loss harmless 0: none of 1 row has a value in it",
    ),
    case(
        "NULL in the way of NOT NULL",
        "CREATE TABLE t (a int); INSERT INTO t VALUES (1), (NULL), (NULL)",
        "CREATE TABLE t (a int NOT NULL)",
        "may-fail prevents 2: 2 of 3 rows have NULL in it\nlong-lock harmless: \"t\" has 8 kB",
    ),
    case(
        "nothing in the way of NOT NULL",
        "CREATE TABLE t (a int); INSERT INTO t VALUES (1)",
        "CREATE TABLE t (a int NOT NULL)",
        "may-fail harmless 0: none of 1 row is in the way\nlong-lock harmless: \"t\" has 8 kB",
    ),
    case(
        "a required column and rows",
        "CREATE TABLE t (a int); INSERT INTO t VALUES (1), (2)",
        "CREATE TABLE t (a int, b int NOT NULL)",
        "may-fail prevents 2: the table has 2 rows",
    ),
    case(
        "a required column and no rows",
        "CREATE TABLE t (a int)",
        "CREATE TABLE t (a int, b int NOT NULL)",
        "may-fail harmless: the table has no rows",
    ),
    case(
        "duplicates in the way of a unique constraint",
        "CREATE TABLE t (a int, b int); INSERT INTO t VALUES (1, 1), (1, 1), (1, 1), (2, 1), (3, NULL), (3, NULL), (4, 4), (4, 4)",
        "CREATE TABLE t (a int, b int, CONSTRAINT u UNIQUE (a, b))",
        "may-fail prevents 5: 5 of 8 rows are equal to another one\nlong-lock harmless: \"t\" has 8 kB",
    ),
    case(
        "duplicates in the way of a unique index on an expression",
        "CREATE TABLE t (a text, b bool); INSERT INTO t VALUES ('x', true), ('X', true), ('y', true), ('Y', false)",
        "CREATE TABLE t (a text, b bool); CREATE UNIQUE INDEX u ON t (lower(a)) WHERE b",
        "may-fail prevents 2: 2 of 4 rows are equal to another one\nlong-lock harmless: \"t\" has 16 kB",
    ),
    case(
        "NULL and duplicates in the way of a primary key",
        "CREATE TABLE t (a int, b int); INSERT INTO t VALUES (1, 1), (NULL, 2)",
        "CREATE TABLE t (a int, b int, CONSTRAINT k PRIMARY KEY (a, b))",
        "may-fail prevents 1: 1 of 2 rows have NULL in it\nlong-lock harmless: \"t\" has 8 kB\n\
         may-fail harmless 0: none of 2 rows is in the way\nlong-lock harmless: \"t\" has 8 kB\n\
         may-fail prevents 1: 1 of 2 rows have NULL in it\nlong-lock harmless: \"t\" has 8 kB",
    ),
    case(
        "duplicates in the way of a primary key",
        "CREATE TABLE t (a int NOT NULL); INSERT INTO t VALUES (1), (1)",
        "CREATE TABLE t (a int PRIMARY KEY)",
        "may-fail prevents 2: 2 of 2 rows are equal to another one\nlong-lock harmless: \"t\" has 8 kB",
    ),
    case(
        "rows that break a check",
        "CREATE TABLE t (a int); INSERT INTO t VALUES (1), (-1), (NULL)",
        "CREATE TABLE t (a int, CONSTRAINT c CHECK (t.a > 0))",
        "may-fail prevents 1: 1 of 3 rows break it\nlong-lock harmless: \"t\" has 8 kB",
    ),
    case(
        "rows that refer to nothing",
        "CREATE TABLE p (a int, b int, PRIMARY KEY (a, b)); INSERT INTO p VALUES (1, 1); \
         CREATE TABLE t (a int, b int); INSERT INTO t VALUES (1, 1), (1, 2), (NULL, 9), (2, 2)",
        "CREATE TABLE p (a int, b int, PRIMARY KEY (a, b)); CREATE TABLE t (a int, b int, CONSTRAINT f FOREIGN KEY (a, b) REFERENCES p)",
        "may-fail prevents 2: 2 of 4 rows refer to nothing\nlong-lock harmless: \"t\" has 8 kB",
    ),
    case(
        "rows that refer to a table that is new",
        "CREATE TABLE t (a int); INSERT INTO t VALUES (1), (NULL)",
        "CREATE TABLE p (a int PRIMARY KEY); CREATE TABLE t (a int REFERENCES p)",
        "may-fail prevents 1: 1 of 2 rows refer to nothing\nlong-lock harmless: \"t\" has 8 kB",
    ),
    case(
        "a table that refers to itself",
        "CREATE TABLE t (a int PRIMARY KEY, b int); INSERT INTO t VALUES (1, 1), (2, 1), (3, 4)",
        "CREATE TABLE t (a int PRIMARY KEY, b int REFERENCES t)",
        "may-fail prevents 1: 1 of 3 rows refer to nothing\nlong-lock harmless: \"t\" has 24 kB",
    ),
    case(
        "a number that does not fit",
        "CREATE TABLE t (a bigint); INSERT INTO t VALUES (1), (3000000000), (-3000000000), (NULL)",
        "CREATE TABLE t (a int)",
        "rewrite harmless: \"t\" has 8 kB\nmay-fail prevents 2: 2 of 4 rows hold a value that it refuses",
    ),
    case(
        "a text that does not fit",
        "CREATE TABLE t (a text); INSERT INTO t VALUES ('abc'), ('abcd'), ('abc  '), ('äöü')",
        "CREATE TABLE t (a varchar(3))",
        "rewrite harmless: \"t\" has 16 kB\nmay-fail prevents 1: 1 of 4 rows hold a value that it refuses",
    ),
    case(
        "texts that are numbers, and others",
        "CREATE TABLE t (a text); INSERT INTO t VALUES ('1'), (' 22 '), ('x'), ('1.5'), ('99999999999'), ('')",
        "CREATE TABLE t (a int)",
        "rewrite harmless: \"t\" has 16 kB\nmay-fail prevents 4: 4 of 6 rows hold a value that it refuses",
    ),
    case(
        "texts that are all numbers",
        "CREATE TABLE t (converted text); INSERT INTO t VALUES ('1'), (' 22 ')",
        "CREATE TABLE t (converted int)",
        "rewrite harmless: \"t\" has 16 kB\nmay-fail harmless 0: none of 2 rows is in the way",
    ),
    case(
        "texts that are no times and no addresses",
        "CREATE TABLE t (a text, b text); INSERT INTO t VALUES ('2020-01-01', '10.0.0.1'), ('2020-02-30', 'home')",
        "CREATE TABLE t (a date, b inet)",
        "rewrite harmless: \"t\" has 16 kB\nmay-fail prevents 1: 1 of 2 rows hold a value that it refuses\n\
         rewrite harmless: \"t\" has 16 kB\nmay-fail prevents 1: 1 of 2 rows hold a value that it refuses",
    ),
    case(
        "numbers that are rounded, and one that does not fit",
        "CREATE TABLE t (a numeric(10,4)); INSERT INTO t VALUES (1.5), (1.2345), (2.5), (99999)",
        "CREATE TABLE t (a numeric(5,2))",
        "rewrite harmless: \"t\" has 8 kB\nmay-fail prevents 1: 1 of 4 rows hold a value that it refuses\n\
         data-loss applies: not known: numeric field overflow",
    ),
    case(
        "numbers that are rounded",
        "CREATE TABLE t (a numeric(10,4)); INSERT INTO t VALUES (1.5), (1.2345), (NULL)",
        "CREATE TABLE t (a numeric(8,2))",
        "rewrite harmless: \"t\" has 8 kB\ndata-loss applies 1: 1 of 3 rows lose a part",
    ),
    case(
        "times that lose their hours",
        "CREATE TABLE t (a timestamp); INSERT INTO t VALUES ('2020-01-01'), ('2020-01-01 12:00')",
        "CREATE TABLE t (a date)",
        "rewrite harmless: \"t\" has 8 kB\ndata-loss applies 1: 1 of 2 rows lose a part",
    ),
    case(
        "arrays of which the first element stays",
        "CREATE TABLE t (a int[]); INSERT INTO t VALUES ('{1}'), ('{1,2}'), ('{}'), (NULL)",
        "CREATE TABLE t (a int)",
        "rewrite harmless: \"t\" has 16 kB\ndata-loss applies 1: 1 of 4 rows lose a part",
    ),
    case(
        "arrays without a first element",
        "CREATE TABLE t (a int[] NOT NULL); INSERT INTO t VALUES ('{1}'), ('{}'), ('{NULL,1}')",
        "CREATE TABLE t (a money NOT NULL)",
        "rewrite harmless: \"t\" has 16 kB\nmay-fail prevents 2: 2 of 3 rows hold a value that it refuses\n\
         data-loss applies 1: 1 of 3 rows lose a part",
    ),
    case(
        "a label that rows use",
        "CREATE TYPE e AS ENUM ('a', 'b', 'c'); CREATE TABLE t (a e, b e[]); INSERT INTO t VALUES ('a', '{a}'), ('c', '{a,c}'), ('c', NULL)",
        "CREATE TYPE e AS ENUM ('a', 'b'); CREATE TABLE t (a e, b e[])",
        "rewrite harmless: \"t\" has 16 kB\nrewrite harmless: \"t\" has 16 kB\nrewrite harmless: \"t\" has 16 kB\n\
         may-fail prevents 2: 2 of 3 rows hold a value that it does not have\nrewrite harmless: \"t\" has 16 kB\n\
         may-fail prevents 1: 1 of 3 rows hold a value that it does not have",
    ),
    case(
        "a label that no row uses",
        "CREATE TYPE e AS ENUM ('a', 'b'); CREATE TABLE t (a e); INSERT INTO t VALUES ('a')",
        "CREATE TYPE e AS ENUM ('a'); CREATE TABLE t (a e)",
        "rewrite harmless: \"t\" has 8 kB\nrewrite harmless: \"t\" has 8 kB\n\
         may-fail harmless 0: none of 1 row is in the way",
    ),
    case(
        "texts that are no labels",
        "CREATE TYPE e AS ENUM ('a', 'it''s'); CREATE TABLE t (a text); INSERT INTO t VALUES ('a'), ('it''s'), ('z')",
        "CREATE TYPE e AS ENUM ('a', 'it''s'); CREATE TABLE t (a e)",
        "rewrite harmless: \"t\" has 16 kB\nmay-fail prevents 1: 1 of 3 rows hold a value that it does not have",
    ),
    case(
        "a type that does not exist yet",
        "CREATE TABLE t (a text); INSERT INTO t VALUES ('a'), ('z')",
        "CREATE TYPE e AS ENUM ('a'); CREATE TABLE t (a e)",
        "rewrite harmless: \"t\" has 16 kB\nmay-fail prevents 1: 1 of 2 rows hold a value that it does not have",
    ),
    case(
        "a sequence that has counted",
        "CREATE SEQUENCE s; SELECT nextval('s'), nextval('s'); CREATE SEQUENCE idle",
        "",
        "data-loss applies: it has counted to 2\nmay-fail unknown\ndata-loss harmless: it has not counted yet\nmay-fail unknown",
    ),
    case(
        "bounds that a sequence has counted past",
        "CREATE SEQUENCE s; SELECT setval('s', 50)",
        "CREATE SEQUENCE s MAXVALUE 10",
        "may-fail prevents: it is at 50, and would count from 1 to 10",
    ),
    case(
        "numbers that are taken",
        "CREATE TABLE t (a int NOT NULL); INSERT INTO t VALUES (7)",
        "CREATE TABLE t (a int GENERATED ALWAYS AS IDENTITY)",
        "may-fail applies: the highest number is 7",
    ),
    case(
        "a materialized view with rows",
        "CREATE MATERIALIZED VIEW v AS SELECT generate_series(1, 3) AS a; CREATE MATERIALIZED VIEW idle AS SELECT 1 AS a WITH NO DATA",
        "",
        "data-loss applies 3: it has 3 rows\nmay-fail unknown\ndata-loss harmless: it was never filled\nmay-fail unknown",
    ),
    case(
        "privileges on a view that is made anew",
        "CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t; CREATE VIEW w AS SELECT a FROM t; GRANT SELECT ON w TO PUBLIC",
        "CREATE TABLE t (a int); CREATE VIEW v AS SELECT a + 1 AS a FROM t; CREATE VIEW w AS SELECT a + 1 AS a FROM t",
        "access harmless: no privileges on it are granted\nmay-fail unknown\naccess applies: privileges on it are granted\nmay-fail unknown",
    ),
    Case {
        renames: &["t=u", "u.a=u.b", "s=z"],
        ..case(
            "what is renamed and narrowed at once",
            "CREATE SCHEMA s; CREATE TABLE s.x (a int); INSERT INTO s.x VALUES (1); CREATE TABLE t (a text, c int); INSERT INTO t VALUES ('12', 5), ('x', NULL)",
            "CREATE SCHEMA z; CREATE TABLE z.x (a int NOT NULL, CONSTRAINT c CHECK (a > 1)); CREATE TABLE u (b int NOT NULL)",
            "may-fail harmless 0: none of 1 row is in the way\nlong-lock harmless: \"s.x\" has 8 kB\n\
             rewrite harmless: \"t\" has 16 kB\nmay-fail prevents 1: 1 of 2 rows hold a value that it refuses\n\
             may-fail unknown: not known: invalid input syntax for type integer: \"x\"\nlong-lock harmless: \"t\" has 16 kB\n\
             data-loss applies 1: 1 of 2 rows lose a value\n\
             may-fail prevents 1: 1 of 1 row break it\nlong-lock harmless: \"s.x\" has 8 kB",
        )
    },
    case(
        "a constraint on what is converted or new in the same push",
        "CREATE TABLE t (a text); INSERT INTO t VALUES ('1'), ('01'), ('2')",
        "CREATE TABLE t (a int UNIQUE, b int DEFAULT 5 NOT NULL UNIQUE, c int, CONSTRAINT k CHECK (b > a), d int DEFAULT 7 REFERENCES t (a))",
        "rewrite harmless: \"t\" has 16 kB\nmay-fail harmless 0: none of 3 rows is in the way\n\
         may-fail prevents 2: 2 of 3 rows are equal to another one\nlong-lock harmless: \"t\" has 16 kB\n\
         may-fail prevents 3: 3 of 3 rows are equal to another one\nlong-lock harmless: \"t\" has 16 kB\n\
         may-fail harmless 0: none of 3 rows is in the way\nlong-lock harmless: \"t\" has 16 kB\n\
         may-fail prevents 3: 3 of 3 rows refer to nothing\nlong-lock harmless: \"t\" has 16 kB",
    ),
    case(
        "a default that counts",
        "CREATE SEQUENCE q; CREATE TABLE t (a int); INSERT INTO t VALUES (1), (2)",
        "CREATE SEQUENCE q; CREATE TABLE t (a int, b bigint DEFAULT nextval('q') UNIQUE)",
        "rewrite harmless: \"t\" has 8 kB\nmay-fail unknown: not known: cannot execute nextval() in a read-only transaction\n\
         long-lock harmless: \"t\" has 8 kB",
    ),
    case(
        "hostile names",
        r#"CREATE TABLE "a""b.c" ("it's; --" text, "$$" int, "converts" text); INSERT INTO "a""b.c" VALUES ('x', 1, '1'), (NULL, 1, 'y')"#,
        r#"CREATE TABLE "a""b.c" ("it's; --" text NOT NULL, "$$" int, "converts" int, CONSTRAINT "u""'" UNIQUE ("$$"))"#,
        "may-fail prevents 1: 1 of 2 rows have NULL in it\nlong-lock harmless: \"a\"b.c\" has 16 kB\n\
         rewrite harmless: \"a\"b.c\" has 16 kB\nmay-fail prevents 1: 1 of 2 rows hold a value that it refuses\n\
         may-fail prevents 2: 2 of 2 rows are equal to another one\nlong-lock harmless: \"a\"b.c\" has 16 kB",
    ),
];

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
