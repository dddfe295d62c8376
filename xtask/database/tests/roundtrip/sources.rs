//! A database's Rust source, compiled and built, is the state of that database: nothing is left to do on it, and what is made of it elsewhere is
//! the same database.

mod compiled;

use std::collections::BTreeMap;
use std::path::Path;

use pg_database::{Introspection, Scope};
use pg_migration::{LeftOut, Snapshot, Source, plan, rust_source};
use pg_schema::Schema;

use self::compiled::compiled;
use crate::drizzle::difference;
use crate::facts::{differences, facts};
use crate::playground::Playground;
use crate::{corpus, read};

/// The source of what a database holds.
fn source(live: &Introspection) -> Source {
    let outside: Vec<_> = live
        .outside
        .iter()
        .map(|it| LeftOut {
            relation: None,
            what: it.to_string(),
        })
        .collect();
    rust_source(&live.schema, &outside)
}

/// What is wrong with the state that the source of a live database declares: there must be nothing left to do, and the same database must come of it.
fn wrong(
    live: &mut Playground,
    other: &mut Playground,
    found: &Introspection,
    source: &Source,
) -> Option<String> {
    let declared = &source.schema;
    if let Some(difference) = difference(live, declared, found) {
        return Some(format!("it is not the state of the database: {difference}"));
    }
    if let Err(error) = other.make(declared) {
        return Some(format!("it cannot be made: {error}"));
    }
    let made = facts(&mut other.database);
    let different = differences(&facts(&mut live.database), &made);
    // PostgreSQL does not always print again what it has printed.
    if different.is_empty() {
        None
    } else {
        live.still_differs_from(&made)
    }
}

/// Compiles the sources and compares what each declares with what it is said to declare.
fn assert_compiled(name: &str, sources: &BTreeMap<String, Source>) {
    let built = compiled(name, sources.values().map(|source| source.text.as_str()));
    assert_eq!(built.len(), sources.len());
    let mut wrong = Vec::new();
    for ((id, source), built) in sources.iter().zip(built) {
        let text = &source.text;
        let declared = Snapshot::following(None, source.schema.clone()).to_json();
        let declared = Snapshot::parse(&declared).unwrap().schema;
        match built {
            Err(errors) => wrong.push(format!("{id}: {errors}\n{text}")),
            Ok(built) if built != declared || !plan(&built, &declared).is_empty() => {
                wrong.push(format!(
                    "{id}: {:#?}\n{text}",
                    plan(&built, &declared).changes
                ));
            }
            Ok(_) => {}
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        sources.len(),
        wrong.join("\n\n")
    );
}

/// The source of the database that is made of each state.
fn sources_of(states: impl IntoIterator<Item = (String, Schema)>) -> BTreeMap<String, Source> {
    let (mut live, mut other) = (Playground::new(), Playground::new());
    let sources = states.into_iter().map(|(id, state)| {
        live.make(&state)
            .unwrap_or_else(|error| panic!("{id}: {error}"));
        let found = live.introspect(&Scope::of(&state));
        assert_eq!(found.outside, [], "{id}");
        let source = source(&found);
        assert_eq!(source.left_out, [], "{id}");
        if let Some(wrong) = wrong(&mut live, &mut other, &found, &source) {
            panic!("{id}: {wrong}\n{}", source.text);
        }
        (id, source)
    });
    sources.collect()
}

fn snapshot(path: &Path) -> Schema {
    Snapshot::parse(&read(path)).unwrap().schema
}

#[test]
fn the_source_of_a_real_database_is_its_state() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migration/tests/drizzle");
    let mut states = vec![
        (
            "autonome".to_owned(),
            snapshot(&fixtures.join("autonome/meta/0002_snapshot.json")),
        ),
        (
            "everything".to_owned(),
            snapshot(&fixtures.join("everything/meta/0000_snapshot.json")),
        ),
    ];
    if let Some(folder) = corpus() {
        let chain = folder.join("chains/humantryx/meta/0030_snapshot.json");
        states.push(("humantryx".to_owned(), snapshot(&chain)));
    }
    let sources = sources_of(states);
    assert_compiled("real", &sources);
}
