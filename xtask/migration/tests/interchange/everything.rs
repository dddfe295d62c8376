//! The schemas `everything` and `extensions`, declared in Rust as `tests/drizzle` declares them in TypeScript, object for object.

mod columns;
mod constraints;
mod defaults;
mod extensions;
mod indexes;
mod names;
mod types;

use pg_migration::Snapshot;
use pg_schema::prelude::*;

use pg_schema::Schema;

use crate::judge::{Judge, differences};
use crate::{BREAKPOINT, assert_same_text, files, fixtures, listed, read};

fn everything() -> Declaration {
    let tables = types::tables()
        .into_iter()
        .chain(defaults::tables())
        .chain(columns::tables())
        .chain(constraints::tables())
        .chain([indexes::table()])
        .chain(names::tables());
    let types = Declaration::new()
        .with(pg_schema("app"))
        .with(pg_schema("Audit Log"))
        .with(pg_enum("mood", ["sad", "ok", "happy"]))
        .with(pg_enum(
            "Quoted Kind",
            ["it's", r#"say "hi""#, "a b", "Ünïcode"],
        ))
        .with(pg_enum("level", ["low", "high"]).in_schema("app"))
        .with(pg_enum("single", ["only"]));
    tables.fold(types, Declaration::with)
}

/// The same bytes but for the id, which is random, and so the same SQL, which `first` compares with drizzle-kit's.
#[test]
fn what_is_declared_has_drizzle_kits_snapshot() {
    let declared = [
        ("everything", everything()),
        ("extensions", extensions::declaration()),
    ];
    for (name, declaration) in declared {
        let state = declaration
            .build()
            .unwrap_or_else(|errors| panic!("{name}: {errors}"));
        let theirs = read(&fixtures().join(name).join("meta/0000_snapshot.json"));
        let Snapshot { id, schema, .. } = Snapshot::parse(&theirs).expect("a snapshot");
        let sql = |state| -> Vec<_> {
            files(&Schema::default(), state)
                .into_iter()
                .map(|file| file.sql)
                .collect()
        };
        assert_eq!(sql(&state), sql(&schema), "{name}");
        let ours = Snapshot {
            id,
            ..Snapshot::following(None, state)
        };
        assert_same_text(&ours.to_json(), &theirs, name);
    }
}

#[test]
fn on_a_server_it_differs_from_drizzle_kits_only_where_that_is_listed() {
    let state = everything().build().expect("a valid declaration");
    let mut judge = Judge::new();
    let ours = judge
        .arrive(&Schema::default(), &files(&Schema::default(), &state))
        .expect("our SQL is right");
    let theirs = read(&fixtures().join("everything/0000_everything.sql"));
    judge.empty();
    for statement in theirs.split(BREAKPOINT) {
        judge
            .run(statement)
            .unwrap_or_else(|error| panic!("{error} in\n{statement}"));
    }
    let differences = differences(&judge.catalogs(), &ours);
    let listed = listed("Everything: ");
    for difference in differences.lines() {
        assert!(
            listed.iter().any(|name| difference.contains(name)),
            "{difference}"
        );
    }
    for name in listed {
        assert!(
            differences.contains(&name),
            "\"{name}\" is the same:\n{differences}"
        );
    }
}
