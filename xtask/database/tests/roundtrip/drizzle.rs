//! What drizzle can state: the database that is made from a snapshot reads back as the snapshot.

use std::collections::BTreeMap;
use std::path::Path;

use pg_database::{Introspection, Scope, normalise};
use pg_devserver::TestServer;
use pg_migration::{Snapshot, plan, planned_migrations};
use pg_schema::Schema;
use serde_json::Value;

use crate::playground::Playground;
use crate::{corpus, read};

/// Says in what the database differs from the desired state, both ways.
pub(crate) fn difference(
    playground: &mut Playground,
    desired: &Schema,
    live: &Introspection,
) -> Option<String> {
    let live = &live.schema;
    let mut desired = normalise(&mut playground.database, desired, live).unwrap();
    forget_how_indexes_are_built(&mut desired);
    forget_existing_views(&mut desired, live);
    let found = |from: &Schema, to: &Schema| {
        let changes = plan(from, to).changes;
        (!changes.is_empty()).then(|| format!("{changes:#?}"))
    };
    found(live, &desired)
        .or_else(|| found(&desired, live))
        .or_else(|| (*live != desired).then(|| format!("{live:#?}\n{desired:#?}")))
}

fn forget_how_indexes_are_built(state: &mut Schema) {
    let tables: Vec<_> = state.tables.iter().cloned().collect();
    for table in tables {
        for index in &table.indexes {
            let table = state.tables.get_mut(&table.name).unwrap();
            table.indexes.get_mut(&index.name).unwrap().concurrently = false;
        }
    }
}

/// Views that are only referred to are not made.
fn forget_existing_views(state: &mut Schema, live: &Schema) {
    let views: Vec<_> = state.views.iter().cloned().collect();
    for view in views.iter().filter(|view| view.definition.is_none()) {
        if !live.views.contains(&view.name) {
            state.views.remove(&view.name);
        }
    }
}

/// The cases of a kind.
fn cases(folder: &Path, kind: &str) -> Vec<Value> {
    let text = read(&folder.join("drizzle-kit.jsonl"));
    let cases = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    cases.filter(|case| case["kind"] == kind).collect()
}

fn statements<'a>(case: &'a Value, key: &str) -> impl Iterator<Item = &'a str> {
    let list = case[key].as_array().map_or(&[][..], Vec::as_slice);
    list.iter().map(|statement| statement.as_str().unwrap())
}

/// They are the whole server's.
fn drop_roles(playground: &mut Playground, state: &Schema) {
    for role in &state.roles {
        let role = pg_schema::quote_identifier(&role.name);
        playground
            .run(&format!("DROP OWNED BY {role}; DROP ROLE {role}"))
            .unwrap();
    }
}

fn assert_none(wrong: &[String]) {
    assert!(
        wrong.is_empty(),
        "{}\n{} are wrong",
        wrong.join("\n\n"),
        wrong.len()
    );
}

#[test]
fn what_drizzle_kit_makes_reads_back_as_it_was_stated() {
    let Some(folder) = corpus() else { return };
    let cases = cases(&folder, "introspect");
    assert_eq!(cases.len(), 24);
    let server = TestServer::start(&[]).unwrap();
    let mut wrong = Vec::new();
    for case in &cases {
        let id = case["id"].as_str().unwrap();
        let desired = Snapshot::parse(&case["from"].to_string()).unwrap().schema;
        let mut playground = Playground::on(&server);
        for statement in statements(case, "createSql") {
            let made = playground.run(statement);
            made.unwrap_or_else(|error| panic!("{id}: {error}"));
        }
        let live = playground.introspect(&Scope::of(&desired));
        assert_eq!(live.outside, [], "{id}");
        let difference = difference(&mut playground, &desired, &live);
        wrong.extend(difference.map(|difference| format!("{id}: {difference}")));
        drop_roles(&mut playground, &desired);
    }
    assert_none(&wrong);
}

#[test]
fn what_drizzle_kit_pushes_to_reads_back_as_it_was_stated() {
    let Some(folder) = corpus() else { return };
    let cases = cases(&folder, "push");
    assert_eq!(cases.len(), 67);
    let server = TestServer::start(&[]).unwrap();
    let mut wrong = Vec::new();
    for case in &cases {
        let id = case["id"].as_str().unwrap();
        let state = Snapshot::parse(&case["from"].to_string()).unwrap().schema;
        let mut playground = Playground::on(&server);
        for statement in statements(case, "before") {
            playground.run(statement).unwrap();
        }
        let made = playground.apply(&planned_migrations(&Schema::default(), &state));
        made.unwrap_or_else(|error| panic!("{id}: {error}"));
        for statement in statements(case, "after") {
            playground.run(statement).unwrap();
        }
        let live = playground.introspect(&Scope::of(&state));
        assert_eq!(live.outside, [], "{id}");
        let difference = difference(&mut playground, &state, &live);
        wrong.extend(difference.map(|difference| format!("{id}: {difference}")));
        drop_roles(&mut playground, &state);
    }
    assert_none(&wrong);
}

/// Makes the state by its plan from nothing, and reads it back. An error is why it cannot be made here.
fn made(playground: &mut Playground, state: &Schema) -> Result<Introspection, String> {
    playground.make(state)?;
    Ok(playground.introspect(&Scope::of(state)))
}

/// How many states cannot be made here, by the reason; said at the end.
#[derive(Default)]
struct Skipped(BTreeMap<String, usize>);

impl Skipped {
    fn add(&mut self, error: &str) {
        let reason = error.lines().next().unwrap_or_default().to_owned();
        *self.0.entry(reason).or_default() += 1;
    }
}

impl Drop for Skipped {
    fn drop(&mut self) {
        for (reason, count) in &self.0 {
            eprintln!("skipped {count} states, which cannot be made here: {reason}");
        }
    }
}

#[test]
fn every_recorded_state_reads_back_from_what_is_made_of_it() {
    let Some(folder) = corpus() else { return };
    let text = read(&folder.join("drizzle-kit.jsonl"));
    let server = TestServer::start(&[]).unwrap();
    let mut playground = Playground::on(&server);
    let (mut same, mut skipped, mut wrong) = (0, Skipped::default(), Vec::new());
    for line in text.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        for side in ["from", "to"]
            .into_iter()
            .filter(|side| case[side].is_object())
        {
            let state = Snapshot::parse(&case[side].to_string()).unwrap().schema;
            match made(&mut playground, &state) {
                Err(error) => skipped.add(&error),
                Ok(live) => {
                    match difference(&mut playground, &state, &live) {
                        None => same += 1,
                        Some(difference) => {
                            wrong.push(format!("{} {side}: {difference}", case["id"]));
                        }
                    }
                    drop_roles(&mut playground, &state);
                }
            }
        }
    }
    println!("{same} states read back");
    assert_none(&wrong);
    assert!(same >= 460, "{same}");
}

#[test]
fn the_recorded_schemas_read_back_and_have_nothing_left_to_do() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migration/tests/drizzle");
    let mut playground = Playground::new();
    for name in [
        "autonome/meta/0000_snapshot.json",
        "autonome/meta/0001_snapshot.json",
        "autonome/meta/0002_snapshot.json",
        "everything/meta/0000_snapshot.json",
        "extensions/meta/0000_snapshot.json",
    ] {
        let state = Snapshot::parse(&read(&folder.join(name))).unwrap().schema;
        let live = match made(&mut playground, &state) {
            Ok(live) => live,
            Err(error) if name.starts_with("extensions") => {
                eprintln!(
                    "skipped {name}, which cannot be made here: {}",
                    error.lines().next().unwrap()
                );
                continue;
            }
            Err(error) => panic!("{name}: {error}"),
        };
        assert_eq!(live.outside, [], "{name}");
        if let Some(difference) = difference(&mut playground, &state, &live) {
            panic!("{name}: {difference}");
        }
    }
}
