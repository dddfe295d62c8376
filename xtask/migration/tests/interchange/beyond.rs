//! What drizzle cannot state: extensions, comments, collations, INCLUDE, NULLS NOT DISTINCT, deferrable constraints, indexes of materialized views,
//! types and owners of sequences. There is no one to compare the SQL with, so it stands here, and a server judges where it leads.

mod comments;
mod parts;

use pg_migration::{HazardKind, Snapshot, plan};
use pg_schema::prelude::*;
use pg_schema::{QualifiedName, RelationKind, Rename, Schema};

use self::comments::{
    commented, steps_of_comments, steps_of_extensions, steps_of_things_made_anew,
};
use self::parts::{
    steps_of_collations, steps_of_constraints, steps_of_indexes, steps_of_sequences, steps_of_views,
};
use crate::judge::{Judge, differences};
use crate::{files, files_renamed};

fn state(items: impl IntoIterator<Item = Item>) -> Schema {
    let declaration = items
        .into_iter()
        .fold(Declaration::new(), Declaration::with);
    declaration.build().expect("a valid declaration")
}

fn one(item: impl Into<Item>) -> Schema {
    state([item.into()])
}

fn t(columns: impl IntoIterator<Item = Column>) -> Table {
    let key = [integer("id").primary_key()];
    pg_table("t", key.into_iter().chain(columns))
}

fn names() -> Table {
    t([text("a"), text("b")])
}

fn moods<const N: usize>(labels: [&str; N]) -> Enum {
    pg_enum("mood", labels).comment("how it goes")
}

fn parent() -> Table {
    pg_table("parent", [integer("id").primary_key(), integer("code")])
        .unique(unique(["code"]).name("parent_code"))
}

fn child(key: ForeignKey) -> Table {
    let key = key.references("parent", ["code"]).name("child_parent");
    pg_table("child", [integer("code")]).foreign_key(key)
}

fn totals() -> MaterializedView {
    pg_materialized_view("totals").as_sql("select 1 as n, 'x'::text as label")
}

struct Step {
    id: &'static str,
    from: Schema,
    to: Schema,
    sql: Vec<&'static str>,
}

fn step(id: &'static str, from: Schema, to: Schema, sql: &[&'static str]) -> Step {
    let sql = sql.to_vec();
    Step { id, from, to, sql }
}

fn steps() -> Vec<Step> {
    [
        steps_of_indexes(),
        steps_of_collations(),
        steps_of_constraints(),
        steps_of_extensions(),
        steps_of_comments(),
        steps_of_things_made_anew(),
        steps_of_views(),
        steps_of_sequences(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[test]
fn each_step_has_its_sql() {
    let mut wrong = Vec::new();
    for step in steps().into_iter().filter(|step| !step.sql.is_empty()) {
        let steps = plan(&step.from, &step.to).steps;
        let sql: Vec<_> = steps.iter().map(|step| step.statement.sql()).collect();
        if sql != step.sql {
            wrong.push(format!(
                "{}\n{}\n--- expected\n{}",
                step.id,
                sql.join("\n"),
                step.sql.join("\n")
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// And the way back.
#[test]
fn a_server_finds_every_step_right_in_both_directions() {
    let mut judge = Judge::alone();
    let mut wrong = Vec::new();
    for Step { id, from, to, .. } in steps() {
        for (from, to) in [(&from, &to), (&to, &from)] {
            let target = judge
                .arrive(&Schema::default(), &files(&Schema::default(), to))
                .unwrap_or_else(|error| panic!("{id}: the target cannot be made: {error}"));
            match judge.arrive(from, &files(from, to)) {
                Ok(reached) if reached == target => {}
                Ok(reached) => {
                    wrong.push(format!("{id}: missed\n{}", differences(&target, &reached)));
                }
                Err(error) => wrong.push(format!("{id}: {error}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// Any of the states can follow any other.
#[test]
fn a_server_finds_every_way_between_the_steps_right() {
    let mut judge = Judge::alone();
    let states: Vec<_> = steps().into_iter().map(|step| (step.id, step.to)).collect();
    let mut wrong = Vec::new();
    for (number, (id, to)) in states.iter().enumerate() {
        let target = judge.arrive(&Schema::default(), &files(&Schema::default(), to));
        let target = target.expect("the target can be made");
        // Each with some others, since all with all would take minutes.
        for (other, from) in states
            .iter()
            .cycle()
            .skip(number * 7 + 1)
            .step_by(5)
            .take(6)
        {
            match judge.arrive(from, &files(from, to)) {
                Ok(reached) if reached == target => {}
                Ok(reached) => wrong.push(format!(
                    "{other} to {id}: missed\n{}",
                    differences(&target, &reached)
                )),
                Err(error) => wrong.push(format!("{other} to {id}: {error}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn a_snapshot_holds_every_state_and_has_no_key_where_there_is_nothing_to_say() {
    for Step { id, from, to, .. } in steps() {
        for state in [from, to] {
            let snapshot = Snapshot::following(None, state.clone());
            let text = snapshot.to_json();
            assert_eq!(text.contains("\n  \"xtask\": {"), snapshot.beyond, "{id}");
            let read = Snapshot::parse(&text).expect("our own snapshot");
            assert_eq!(read, snapshot, "{id}");
            assert!(plan(&read.schema, &state).changes.is_empty(), "{id}");
        }
    }
    let plain = Snapshot::following(None, one(names()));
    assert!(!plain.beyond && !plain.to_json().contains("xtask"));
    // From then on the key is there, since without it everything would be inherited.
    let said = Snapshot::following(Some(&plain), one(names().comment("x")));
    let unsaid = Snapshot::following(Some(&said), one(names()));
    assert!(unsaid.to_json().ends_with("\"xtask\": {}\n}"));
}

/// A schema that one side leaves open is no difference.
#[test]
fn an_extension_may_lie_where_it_likes() {
    let placed = |extension| state([pg_schema("gis").into(), Item::from(extension)]);
    let in_schema = placed(pg_extension("citext").in_schema("gis"));
    assert!(plan(&in_schema, &placed(pg_extension("citext"))).is_empty());
    // But not where there is no place any more.
    let anywhere = one(pg_extension("citext"));
    let steps = plan(&in_schema, &anywhere).steps;
    let sql: Vec<_> = steps.iter().map(|step| step.statement.sql()).collect();
    let expected = [
        r#"ALTER EXTENSION "citext" SET SCHEMA "public";"#,
        r#"DROP SCHEMA "gis";"#,
    ];
    assert_eq!(sql, expected);
    let mut judge = Judge::new();
    let target = judge.arrive(&Schema::default(), &files(&Schema::default(), &anywhere));
    let reached = judge.arrive(&in_schema, &files(&in_schema, &anywhere));
    assert_eq!(reached, target);
}

/// PostgreSQL moves a sequence with the table that owns it, and not away from it.
#[test]
fn an_owned_sequence_moves_by_itself_or_with_its_table() {
    let placed = |sequence: &str, table: &str, owner: Option<&str>| {
        let numbers = pg_sequence("numbers").in_schema(sequence).comment("counts");
        state([
            pg_schema("one").into(),
            pg_schema("two").into(),
            match owner {
                Some(owner) => numbers.owned_by(owner, "id"),
                None => numbers,
            }
            .into(),
            t([]).in_schema(table).into(),
            pg_table("other", [integer("id")]).in_schema("two").into(),
        ])
    };
    let from = placed("one", "one", Some("t"));
    let moved = |kind, name: &str| Rename::InSchema {
        kind,
        from: QualifiedName::new("one", name),
        to: QualifiedName::new("two", name),
    };
    let sequence = || moved(RelationKind::Sequence, "numbers");
    let table = || moved(RelationKind::Table, "t");
    let mut judge = Judge::new();
    for (to, renames) in [
        (placed("two", "one", None), vec![sequence()]),
        (placed("two", "one", Some("other")), vec![sequence()]),
        (placed("two", "two", Some("t")), vec![table()]),
        (placed("two", "two", Some("t")), vec![sequence(), table()]),
        (placed("one", "two", None), vec![table()]),
    ] {
        let target = judge.arrive(&Schema::default(), &files(&Schema::default(), &to));
        let way = files_renamed(&from, &to, &renames);
        let made_anew = way.iter().any(|file| file.sql.contains("CREATE SEQUENCE"));
        assert_eq!(judge.arrive(&from, &way), target, "{renames:?}");
        assert!(!made_anew, "{renames:?}");
    }
}

#[test]
fn what_can_go_wrong_is_said() {
    let hazards = |from: &Schema, to: &Schema| {
        let plan = plan(from, to);
        let hazards = plan.hazards().into_iter();
        hazards
            .map(|hazard| (hazard.kind, hazard.message.clone()))
            .collect::<Vec<_>>()
    };
    let column = |column: Column| one(t([column]));
    assert_eq!(
        hazards(&column(text("a")), &column(text("a").collate("C"))),
        [(
            HazardKind::LongLock,
            r#"another collation of "a" sorts anew: indexes on it are built anew while nobody else can use "t""#.to_owned()
        )]
    );
    let trigrams = one(pg_extension("pg_trgm"));
    assert_eq!(
        hazards(&Schema::default(), &trigrams),
        [(
            HazardKind::MayFail,
            r#"creating extension "pg_trgm" fails if the server does not have it installed, or if the role that runs this may not create it"#.to_owned()
        )]
    );
    assert_eq!(
        hazards(&trigrams, &Schema::default()),
        [(
            HazardKind::MayFail,
            r#"dropping extension "pg_trgm" fails if something that is not declared here uses it"#
                .to_owned()
        )]
    );
    let deferred = |key: ForeignKey| state([parent().into(), child(key).into()]);
    assert_eq!(
        hazards(
            &deferred(foreign_key(["code"])),
            &deferred(foreign_key(["code"]).deferrable())
        ),
        []
    );
}

/// What drizzle-kit's step leaves alone stays as it was.
#[test]
fn a_snapshot_of_drizzle_kit_inherits_what_its_step_has_not_touched() {
    let before = commented("stays");
    let said = Snapshot::following(None, before.clone());
    let unsaid = |state: Schema| {
        let mut json: serde_json::Value =
            serde_json::from_str(&Snapshot::following(Some(&said), state).to_json()).expect("JSON");
        let key = json.as_object_mut().expect("an object").remove("xtask");
        assert!(key.is_some());
        let mut snapshot = Snapshot::parse(&json.to_string()).expect("a snapshot");
        assert!(!snapshot.beyond);
        snapshot.inherit(&said);
        assert!(snapshot.beyond);
        snapshot.schema
    };
    assert!(plan(&unsaid(before.clone()), &before).changes.is_empty());

    let rich = |a: Column, by: Index, of: Unique| {
        one(pg_table("r", [a, text("b"), text("c")])
            .index(by.comment("x"))
            .unique(of.name("u").comment("x")))
    };
    let a = || text("a").collate("C");
    let by = |columns: [&str; 2]| index("by").on(columns).include(["c"]);
    let said = Snapshot::following(None, rich(a(), by(["a", "b"]), unique(["a"]).deferrable()));
    let unsaid = |state: &Schema| {
        let mut snapshot = Snapshot {
            beyond: false,
            ..Snapshot::following(None, state.clone())
        };
        snapshot = Snapshot::parse(&snapshot.to_json()).expect("a snapshot");
        snapshot.inherit(&said);
        snapshot.schema
    };
    let touched = unsaid(&rich(
        varchar("a"),
        by(["b", "a"]),
        unique(["b"]).deferrable(),
    ));
    let table = touched.tables.iter().next().expect("a table");
    assert!(
        table
            .columns
            .iter()
            .all(|column| column.collation.is_none())
    );
    assert!(table.indexes.iter().all(|index| index.include.is_empty()));
    assert!(
        table
            .uniques
            .iter()
            .all(|unique| unique.deferrable == pg_schema::Deferrable::No)
    );
    assert!(touched.comments.is_empty());
    let same = said.schema.clone();
    assert_eq!(unsaid(&same), same);
}
