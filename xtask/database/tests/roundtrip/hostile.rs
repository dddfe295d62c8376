//! Names that break tools that do not quote them.

use pg_database::{Scope, normalise};
use pg_migration::plan;
use pg_schema::declare::{
    self, Declaration, asc, check, desc, enum_column, expression, foreign_key, identity, index,
    pg_enum, pg_schema as namespace, pg_table, primary_key, unique,
};
use pg_schema::{Schema, quote_identifier};

use crate::facts::{differences, facts};
use crate::playground::Playground;

pub(crate) const NAMES: [&str; 19] = [
    "we\"ird",
    "it's",
    "a.b",
    "\"a\".\"b\"",
    "x;y",
    "x); DROP TABLE t; --",
    "/* no comment",
    "line\nbreak",
    "tab\there",
    "größe",
    "名前",
    "select",
    "user",
    " space ",
    "back\\slash",
    "$1",
    "{a,b}",
    "%I",
    "CamelCase",
];

/// Everything that can have a name has this one, or one with it.
pub(crate) fn state(name: &str) -> Schema {
    let column = quote_identifier(name);
    let other = format!("{name} 2");
    let kind = format!("{name} k");
    let named = |what: &str| format!("{what} {name}");
    let table = pg_table(
        name,
        [
            declare::serial("id").primary_key(),
            declare::integer(name).not_null(),
            enum_column("kind", (name, kind.as_str())).default(name),
            enum_column("kinds", (name, kind.as_str())).array(),
            declare::text("words").default(name),
            declare::integer("twice").generated_always_as(format!("{column} * 2")),
        ],
    )
    .in_schema(name)
    .unique(unique([name, "id"]).name(named("u")))
    .check(check(named("c"), format!("{column} > 0")))
    .index(
        index(named("i"))
            .on([asc(name), desc("id")])
            .predicate(format!("{column} > 1")),
    )
    .index(index(named("e")).on([expression(format!("({column} + 1)"))]));
    let referring = pg_table(
        other.as_str(),
        [
            declare::integer(name),
            declare::integer("b"),
            declare::bigint("n").generated_always_as_identity(identity().name(named("s"))),
        ],
    )
    .in_schema(name)
    .primary_key(primary_key([name, "b"]).name(named("p")))
    .foreign_key(
        foreign_key(["b", name])
            .references((name, name), [name, "id"])
            .name(named("f")),
    );
    Declaration::new()
        .with(namespace(name))
        .with(pg_enum(kind.as_str(), [name, "other"]).in_schema(name))
        .with(table)
        .with(referring)
        .build()
        .unwrap_or_else(|errors| panic!("{name}: {errors}"))
}

#[test]
fn hostile_names_are_made_read_and_compared_as_they_are() {
    let mut playground = Playground::new();
    let longest = "ä".repeat(30);
    let wrong: Vec<_> = NAMES
        .into_iter()
        .chain([longest.as_str()])
        .filter_map(|name| {
            let state = state(name);
            if let Err(error) = playground.make(&state) {
                return Some(format!("{name}: {error}"));
            }
            let live = playground.introspect(&Scope::default());
            let desired = normalise(&mut playground.database, &state, &live.schema).unwrap();
            let left = plan(&live.schema, &desired);
            let made = facts(&mut playground.database);
            playground.make(&live.schema).unwrap();
            let again = differences(&made, &facts(&mut playground.database));
            let fine = live.outside.is_empty() && left.changes.is_empty() && again.is_empty();
            (!fine).then(|| format!("{name}: {:?} {:#?} {again:#?}", live.outside, left.changes))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
