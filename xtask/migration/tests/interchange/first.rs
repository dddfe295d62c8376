//! First migrations: whole schemas at once.

use std::collections::BTreeSet;
use std::path::Path;

use pg_migration::{Snapshot, diff};
use pg_schema::declare::{self, Column, Declaration, Literal, pg_enum, pg_table};
use pg_schema::{Objects, Schema};

use crate::judge::Judge;
use crate::{BREAKPOINT, File, assert_same_text, files, fixtures, listed, read};

/// The state in the snapshot of a folder's first migration.
fn state_beside(migration: &Path) -> Schema {
    let folder = migration.parent().expect("a folder");
    Snapshot::parse(&read(&folder.join("meta/0000_snapshot.json")))
        .expect("a snapshot")
        .schema
}

/// The statements of a file. Concurrent indexes are split off into migrations of their own, so their places differ.
fn statements(sql: &str) -> impl Iterator<Item = &str> {
    sql.split(BREAKPOINT)
        .map(|statement| statement.trim_end_matches('\n'))
        .filter(|statement| !statement.contains(" CONCURRENTLY "))
}

/// The table or index that a statement is about.
fn subject(statement: &str) -> String {
    statement
        .split('"')
        .nth(1)
        .expect("a quoted name")
        .to_owned()
}

#[test]
fn a_first_migration_has_drizzle_kits_sql() {
    let mut differing = BTreeSet::new();
    for name in [
        "autonome/0000_init.sql",
        "everything/0000_everything.sql",
        "extensions/0000_extensions.sql",
        "kinds/0000_kinds.sql",
    ] {
        let path = fixtures().join(name);
        let ours = &files(&Schema::default(), &state_beside(&path))[0].sql;
        let theirs = read(&path);
        let (our_set, their_set): (BTreeSet<_>, BTreeSet<_>) =
            (statements(ours).collect(), statements(&theirs).collect());
        let only = our_set.symmetric_difference(&their_set);
        differing.extend(only.map(|statement| subject(statement)));
        let common = |sql| {
            let statements =
                statements(sql).filter(|s| our_set.contains(s) && their_set.contains(s));
            statements.collect::<Vec<_>>().join("\n")
        };
        assert_same_text(&common(ours), &common(&theirs), name);
        if name.starts_with("autonome") {
            assert_same_text(ours, &theirs, name);
        }
    }
    let expected = &listed("Everything: ") | &listed("Kinds: ");
    assert_eq!(differing, expected);
}

/// A schema with one of the tables only.
fn with_table(whole: &Schema, name: &str) -> Schema {
    let mut tables = Objects::default();
    for table in whole.tables.iter().filter(|table| table.name.name == name) {
        tables.insert(table.clone()).expect("one table");
    }
    Schema {
        tables,
        ..whole.clone()
    }
}

/// Tables whose default is no SQL in the snapshot, but a JSON array or object.
const BROKEN_SNAPSHOTS: [&str; 2] = ["point_tuple", "point_object"];

#[test]
fn where_drizzle_kit_writes_a_table_wrongly_ours_is_right() {
    let path = fixtures().join("wrong/0000_wrong.sql");
    let (whole, theirs) = (state_beside(&path), read(&path));
    let mut judge = Judge::new();
    let mut differing = BTreeSet::new();
    for table in &whole.tables {
        let name = &table.name.name;
        let ours = files(&Schema::default(), &with_table(&whole, name));
        let begin = |statement: &str| {
            let of_table = |verb: &str| statement.starts_with(&format!("{verb} \"{name}\" "));
            let is_type =
                statement.starts_with("CREATE SCHEMA") || statement.starts_with("CREATE TYPE");
            is_type || of_table("CREATE TABLE") || statement.contains(&format!(" ON \"{name}\" "))
        };
        // Not split at breakpoints alone, since a literal holds one.
        let theirs: Vec<_> = theirs
            .split(BREAKPOINT)
            .map(str::trim_end)
            .filter(|statement| begin(statement))
            .collect();
        let theirs = File {
            sql: theirs.join("\n"),
            in_transaction: true,
        };
        let text = |sql: &str| {
            sql.replace(BREAKPOINT, "\n")
                .split_whitespace()
                .collect::<String>()
        };
        if text(&ours[0].sql) == text(&theirs.sql) {
            continue;
        }
        if BROKEN_SNAPSHOTS.contains(&name.as_str()) {
            continue;
        }
        differing.insert(name.clone());
        let reached = judge
            .arrive(&Schema::default(), &ours)
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        if let Ok(by_theirs) = judge.arrive(&Schema::default(), &[theirs]) {
            assert_ne!(reached, by_theirs, "{name}: drizzle-kit is right");
        }
    }
    assert_eq!(differing, listed("Tables: "));
}

#[test]
fn a_default_that_drizzle_orm_breaks_can_be_declared_right() {
    let text_array = || declare::text("value").array();
    let quoted = || declare::jsonb("value").default_json(r#"{"a":"it's"}"#);
    let columns: [(Column, &str); 9] = [
        (quoted(), r#"{"a": "it's"}"#),
        (declare::json("value").default_json("\"text\""), "\"text\""),
        (text_array().default(["it's"]), "{it's}"),
        (text_array().default(["say \"hi\""]), r#"{"say \"hi\""}"#),
        (text_array().default(["back\\slash"]), r#"{"back\\slash"}"#),
        (
            text_array().default(["a".into(), Literal::Null]),
            "{a,NULL}",
        ),
        (declare::point("value").default("(1,2)"), "(1,2)"),
        (
            declare::interval("value")
                .seconds_precision(0)
                .default("1.6 s"),
            "00:00:02",
        ),
        (
            declare::text("value").default("--> statement-breakpoint"),
            "--> statement-breakpoint",
        ),
    ];
    let mut judge = Judge::new();
    for (column, expected) in columns {
        let declared = Declaration::new().with(pg_table("t", [column]));
        let state = declared.build().expect("a valid declaration");
        judge
            .arrive(&Schema::default(), &files(&Schema::default(), &state))
            .unwrap_or_else(|error| panic!("{expected}: {error}"));
        let value = judge.value("INSERT INTO t DEFAULT VALUES RETURNING value");
        assert_eq!(value.as_deref(), Some(expected));
    }
}

#[test]
fn what_drizzle_orm_leaves_out_of_a_snapshot_is_no_change() {
    let has_no_changes = |recorded: &str, table: &str, declared: Declaration| {
        let recorded = with_table(&state_beside(&fixtures().join(recorded)), table);
        let mut declared = declared.build().expect("a valid declaration");
        declared.schemas = recorded.schemas.clone();
        declared.enums = recorded.enums.clone();
        assert_ne!(declared.tables, Objects::default());
        let changes = diff(&recorded, &declared);
        assert!(changes.is_empty(), "{table}: {changes:#?}");
    };
    let kind = pg_enum("object_kind", ["first", "second"]);
    let of_enum = pg_table(
        "enum_object",
        [
            declare::enum_column("value", "object_kind"),
            declare::enum_column("values", "object_kind").array(),
        ],
    );
    has_no_changes(
        "wrong/0000_wrong.sql",
        "enum_object",
        Declaration::new().with(kind).with(of_enum),
    );
    let of_serials = pg_table(
        "integer_types",
        [
            declare::smallint("smallint"),
            declare::integer("integer"),
            declare::bigint("bigint_number"),
            declare::bigint("bigint_bigint"),
            declare::smallserial("smallserial"),
            declare::serial("serial"),
            declare::bigserial("bigserial_number"),
            declare::bigserial("bigserial_bigint"),
        ],
    );
    has_no_changes(
        "everything/0000_everything.sql",
        "integer_types",
        Declaration::new().with(of_serials),
    );
}

#[test]
fn a_unique_constraint_on_the_columns_of_the_primary_key_is_there() {
    let id = declare::integer("id").primary_key().unique();
    let declared = Declaration::new().with(pg_table("t", [id]));
    let state = declared.build().expect("a valid declaration");
    let mut judge = Judge::new();
    let constraints = "SELECT string_agg(conname, ' ' ORDER BY conname) FROM pg_constraint WHERE conrelid = 't'::regclass AND contype IN ('p', 'u')";
    judge.make(&state).expect("the state");
    assert_eq!(
        judge.value(constraints).as_deref(),
        Some("t_id_unique t_pkey")
    );
    let theirs = File {
        sql: "CREATE TABLE \"t\" (\n\t\"id\" integer PRIMARY KEY NOT NULL,\n\tCONSTRAINT \"t_id_unique\" UNIQUE(\"id\")\n);\n".to_owned(),
        in_transaction: true,
    };
    judge
        .arrive(&Schema::default(), &[theirs])
        .expect("valid SQL");
    assert_eq!(judge.value(constraints).as_deref(), Some("t_id_unique"));
}
