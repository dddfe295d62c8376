//! Two texts are the same if PostgreSQL understands the same, and only then.

mod texts;

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use pg_database::{Scope, normalise};
use pg_migration::{Change, diff};
use pg_schema::{Schema, View};

use self::texts::{CHECKS, DEFAULTS, EXPRESSIONS, TABLE, VIEWS};
use crate::playground::Playground;

/// All pairs of texts, with whether they are in the same list.
fn pairs<'a>(lists: &'a [&'a [&'a str]]) -> impl Iterator<Item = (&'a str, &'a str, bool)> {
    let all = move || {
        (0..)
            .zip(lists)
            .flat_map(|(list, texts)| texts.iter().map(move |text| (list, *text)))
    };
    all().flat_map(move |(list, live)| all().map(move |(other, text)| (live, text, list == other)))
}

struct Question {
    live: String,
    desired: String,
    same: bool,
    /// What a change says of it.
    name: String,
}

/// Makes `setup`, which has the live text in what each question names, lets `state` put the desired one in its place, and compares the answers.
fn ask(setup: &str, questions: &[Question], state: impl Fn(&mut Schema, &Question)) {
    let mut playground = Playground::new();
    playground.run(TABLE).unwrap();
    playground.run(setup).unwrap();
    let live = playground.introspect(&Scope::default()).schema;
    let mut desired = live.clone();
    for question in questions {
        state(&mut desired, question);
    }
    let desired = normalise(&mut playground.database, &desired, &live).unwrap();
    let differs: Vec<_> = differing(&live, &desired);
    let wrong: Vec<_> = questions
        .iter()
        .filter(|question| differs.contains(&question.name) == question.same)
        .map(
            |Question {
                 live,
                 desired,
                 same,
                 ..
             }| format!("{live} and {desired}: same is {same}"),
        )
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The names of what differs.
fn differing(live: &Schema, desired: &Schema) -> Vec<String> {
    let changes = diff(live, desired);
    let of_change = changes.iter().map(|change| match change {
        Change::View(change) => change.to().unwrap().name.name.clone(),
        Change::Column(_, change) => change.to().unwrap().name.clone(),
        Change::Check(_, change) => change.to().unwrap().name.clone(),
        Change::Index(_, change) => change.to().unwrap().name.clone(),
        other => panic!("{other:?}"),
    });
    of_change.collect()
}

fn questions(lists: &[&[&str]], prefix: &str) -> Vec<Question> {
    let questions = (0..)
        .zip(pairs(lists))
        .map(|(number, (live, desired, same)): (usize, _)| Question {
            live: live.to_owned(),
            desired: desired.to_owned(),
            same,
            name: format!("{prefix}{number}"),
        });
    questions.collect()
}

fn table(state: &mut Schema) -> &mut pg_schema::Table {
    state
        .tables
        .get_mut(&pg_schema::QualifiedName::new("public", "t"))
        .unwrap()
}

#[test]
fn defaults_are_the_same_if_postgresql_prints_the_same() {
    let mut all = Vec::new();
    let mut columns = Vec::new();
    for (number, (data_type, lists)) in DEFAULTS.iter().enumerate() {
        for question in questions(lists, &format!("c{number}_")) {
            columns.push(format!(
                "{} {data_type} DEFAULT {}",
                question.name, question.live
            ));
            all.push(question);
        }
    }
    let setup = format!("CREATE TABLE t ({})", columns.join(", "));
    ask(&setup, &all, |state, question| {
        let column = table(state).columns.get_mut(&question.name).unwrap();
        column.default = Some(pg_schema::DefaultValue::Sql(question.desired.clone()));
    });
}

const COLUMNS: &str = "CREATE TABLE t (a integer, b text, c varchar(9), d \"Mood\");";

#[test]
fn conditions_are_the_same_if_postgresql_prints_the_same() {
    let questions = questions(CHECKS, "c");
    let checks = questions.iter().map(|question| {
        format!(
            "ALTER TABLE t ADD CONSTRAINT {} CHECK ({});",
            question.name, question.live
        )
    });
    ask(
        &format!("{COLUMNS}{}", checks.collect::<String>()),
        &questions,
        |state, question| {
            let check = table(state).checks.get_mut(&question.name).unwrap();
            check.expression.clone_from(&question.desired);
        },
    );
}

#[test]
fn indexes_are_the_same_if_postgresql_prints_the_same() {
    let questions = questions(EXPRESSIONS, "e")
        .into_iter()
        .chain(questions(CHECKS, "p"))
        .collect::<Vec<_>>();
    let indexes = questions.iter().map(|Question { name, live, .. }| {
        let of_expression = format!("CREATE INDEX {name} ON t ({live});");
        let partial = format!("CREATE INDEX {name} ON t (a) WHERE {live};");
        if name.starts_with('e') {
            of_expression
        } else {
            partial
        }
    });
    ask(
        &format!("{COLUMNS}{}", indexes.collect::<String>()),
        &questions,
        |state, question| {
            let index = table(state).indexes.get_mut(&question.name).unwrap();
            let desired = question.desired.clone();
            if question.name.starts_with('e') {
                index.keys[0].term = pg_schema::IndexTerm::Expression(desired);
            } else {
                index.predicate = Some(desired);
            }
        },
    );
}

#[test]
fn generated_columns_are_the_same_if_postgresql_prints_the_same() {
    let lists: &[&[&str]] = &[
        &["a * 2", "(\"a\" * 2)", "\"t\".\"a\"*2"],
        &["2 * a"],
        &["a * 3"],
    ];
    let questions = questions(lists, "g");
    let columns = questions.iter().map(|question| {
        let Question { name, live, .. } = question;
        format!("ALTER TABLE t ADD COLUMN {name} integer GENERATED ALWAYS AS ({live}) STORED;")
    });
    ask(
        &format!("{COLUMNS}{}", columns.collect::<String>()),
        &questions,
        |state, question| {
            let column = table(state).columns.get_mut(&question.name).unwrap();
            column.generated = Some(question.desired.clone());
        },
    );
}

#[test]
fn views_are_the_same_if_postgresql_prints_the_same() {
    let questions = questions(VIEWS, "v");
    let views = questions
        .iter()
        .map(|question| format!("CREATE VIEW {} AS {};", question.name, question.live));
    ask(
        &format!("{COLUMNS}{}", views.collect::<String>()),
        &questions,
        |state, question| {
            let name = pg_schema::QualifiedName::new("public", &question.name);
            let view: &mut View = state.views.get_mut(&name).unwrap();
            view.definition = Some(question.desired.clone());
        },
    );
}

#[test]
fn a_view_of_all_columns_changes_with_them() {
    let mut playground = Playground::new();
    let setup = "CREATE TABLE t (a integer); CREATE TABLE u (a integer);
        CREATE VIEW everything AS SELECT * FROM t; CREATE VIEW counted AS SELECT count(*) * 2 AS n FROM t; CREATE VIEW other AS SELECT u.* FROM u";
    playground.run(setup).unwrap();
    let live = playground.introspect(&Scope::default()).schema;
    let mut desired = live.clone();
    for (name, text) in [
        ("everything", "select * from \"t\""),
        ("counted", "select count(*) * 2 n from t"),
        ("other", "select u.* from u"),
    ] {
        let name = pg_schema::QualifiedName::new("public", name);
        desired.views.get_mut(&name).unwrap().definition = Some(text.to_owned());
    }
    let same = normalise(&mut playground.database, &desired, &live).unwrap();
    assert_eq!(differing(&live, &same), [""; 0]);
    let a = table(&mut desired).columns.get("a").unwrap().clone();
    let b = pg_schema::Column {
        name: "b".to_owned(),
        ..a
    };
    table(&mut desired).columns.insert(b).unwrap();
    let changed = normalise(&mut playground.database, &desired, &live).unwrap();
    assert_eq!(differing(&live, &changed), ["b", "everything"]);
}

#[test]
fn a_serial_column_stays_one_when_its_table_is_renamed() {
    let mut playground = Playground::new();
    let setup = "CREATE TABLE \"Old\" (id serial, b bigserial, n integer NOT NULL); ALTER TABLE \"Old\" RENAME TO t";
    playground.run(setup).unwrap();
    let live = playground.introspect(&Scope::default()).schema;
    let mut desired = live.clone();
    desired.sequences = pg_schema::Objects::default();
    for (name, serial) in [("id", "serial"), ("b", "bigserial")] {
        let column = table(&mut desired).columns.get_mut(name).unwrap();
        column.data_type = pg_schema::ColumnType::parse(serial);
        column.default = None;
    }
    let same = normalise(&mut playground.database, &desired, &live).unwrap();
    assert_eq!(differing(&live, &same), [""; 0]);
    for name in ["id", "n"] {
        let column = table(&mut desired).columns.get_mut(name).unwrap();
        column.data_type = pg_schema::ColumnType::parse("bigserial");
    }
    let changed = normalise(&mut playground.database, &desired, &live).unwrap();
    assert!(live.sequences != changed.sequences);
    assert!(live.tables != changed.tables);
}

#[test]
fn policies_are_the_same_if_postgresql_prints_the_same() {
    let mut playground = Playground::new();
    let setup = "CREATE TABLE t (a integer, b text); CREATE TABLE member (a integer, who name);
        CREATE POLICY p ON t TO public USING (b = current_user) WITH CHECK (a > 0);
        CREATE POLICY q ON t FOR SELECT TO CURRENT_USER USING (EXISTS (SELECT FROM member m WHERE m.a = t.a AND m.who = current_user))";
    playground.run(setup).unwrap();
    let live = playground.introspect(&Scope::default()).schema;
    let mut same = |using: &str, with_check: &str, query: &str| {
        let mut desired = live.clone();
        let policies = &mut table(&mut desired).policies;
        let p = policies.get_mut("p").unwrap();
        (p.using, p.with_check) = (Some(using.to_owned()), Some(with_check.to_owned()));
        policies.get_mut("q").unwrap().using = Some(query.to_owned());
        let desired = normalise(&mut playground.database, &desired, &live).unwrap();
        let (live, desired) = (live.tables.iter().next(), desired.tables.iter().next());
        live.unwrap().policies == desired.unwrap().policies
    };
    let query =
        "exists (select from public.member m where m.a = \"t\".\"a\" and m.who = current_user)";
    assert!(same("\"t\".\"b\" = CURRENT_USER", "(\"a\" > 0)", query));
    assert!(!same("\"t\".\"b\" = CURRENT_USER", "(\"a\" > 1)", query));
    assert!(!same("\"t\".\"b\" = SESSION_USER", "(\"a\" > 0)", query));
    assert!(!same(
        "\"t\".\"b\" = CURRENT_USER",
        "(\"a\" > 0)",
        &query.replace("m.a =", "m.a <>")
    ));
    assert!(!same(
        "\"t\".\"b\" = CURRENT_USER",
        "(\"a\" > 0)",
        &query.replace("member", "nobody")
    ));
}

#[test]
fn a_lock_that_lets_others_read_is_no_obstacle() {
    let mut playground = Playground::new();
    playground
        .run("CREATE TABLE t (a integer DEFAULT 1, CHECK (a > 0)); CREATE INDEX i ON t ((a + 1))")
        .unwrap();
    let mut other = playground.another();
    other.run("BEGIN; LOCK TABLE t IN EXCLUSIVE MODE").unwrap();
    let (done, is_done) = mpsc::channel();
    let waiting = thread::spawn(move || {
        let live = playground.introspect(&Scope::default()).schema;
        let mut desired = live.clone();
        table(&mut desired).columns.get_mut("a").unwrap().default =
            Some(pg_schema::DefaultValue::Sql("'1'::integer".to_owned()));
        table(&mut desired)
            .checks
            .get_mut("t_a_check")
            .unwrap()
            .expression = "\"a\">0".to_owned();
        let desired = normalise(&mut playground.database, &desired, &live).unwrap();
        done.send(differing(&live, &desired)).unwrap();
    });
    let differing = is_done.recv_timeout(Duration::from_mins(1));
    other.run("ROLLBACK").unwrap();
    waiting.join().unwrap();
    assert_eq!(differing.as_deref(), Ok(&[][..]));
}

#[test]
fn an_index_of_a_materialized_view_is_the_same_if_postgresql_prints_the_same() {
    let mut playground = Playground::new();
    playground
        .run(
            "CREATE MATERIALIZED VIEW m AS SELECT 1 AS n, 'x'::text AS label;
             CREATE INDEX same ON m (lower(label) COLLATE \"C\") INCLUDE (n) WHERE n IN (1, 2); CREATE INDEX other ON m ((n + 1))",
        )
        .unwrap();
    let live = playground.introspect(&Scope::default()).schema;
    let mut desired = live.clone();
    let name = pg_schema::QualifiedName::new("public", "m");
    let indexes = &mut desired.views.get_mut(&name).unwrap().indexes;
    let same = indexes.get_mut("same").unwrap();
    same.keys[0].term = pg_schema::IndexTerm::Expression("LOWER( label )".to_owned());
    same.predicate = Some("n = ANY (ARRAY[1, 2])".to_owned());
    let other = indexes.get_mut("other").unwrap();
    other.keys[0].term = pg_schema::IndexTerm::Expression("n + 2".to_owned());
    let desired = normalise(&mut playground.database, &desired, &live).unwrap();
    let changes = diff(&live, &desired);
    let [Change::ViewIndex(view, index)] = changes.as_slice() else {
        panic!("{changes:?}");
    };
    assert_eq!((view, index.to().unwrap().name.as_str()), (&name, "other"));
}
