use pg_schema::prelude::*;
use pg_schema::{PartKind, QualifiedName, RelationKind, Rename, Schema};

use super::{PlannedMigration, planned_migrations, planned_migrations_renamed};
use crate::plan::plan;

fn state(tables: impl IntoIterator<Item = Table>) -> Schema {
    let declaration = tables
        .into_iter()
        .fold(Declaration::new(), Declaration::with);
    declaration.build().expect("a valid declaration")
}

fn migrations(from: &Schema, to: &Schema) -> Vec<PlannedMigration> {
    let migrations = planned_migrations(from, to);
    // Each state is where the next plan begins, and the last one is the target.
    let mut reached = from;
    for migration in &migrations {
        assert_eq!(plan(reached, &migration.state), migration.plan);
        reached = &migration.state;
    }
    assert!(plan(reached, to).is_empty());
    migrations
}

fn suffixes(migrations: &[PlannedMigration]) -> Vec<Option<&str>> {
    migrations
        .iter()
        .map(|migration| migration.suffix.as_deref())
        .collect()
}

fn indexes(state: &Schema) -> Vec<&str> {
    let indexes = state.tables.iter().flat_map(|table| &table.indexes);
    indexes.map(|index| index.name.as_str()).collect()
}

fn users() -> Table {
    pg_table("users", [integer("id"), text("name")])
}

#[test]
fn nothing_to_do_is_no_migration() {
    assert!(migrations(&state([users()]), &state([users()])).is_empty());
}

#[test]
fn a_concurrent_index_is_a_migration_of_its_own() {
    let with_indexes = || {
        users()
            .index(index("a").on(["id"]).concurrently())
            .index(index("b").on(["name"]))
            .index(index("c").on(["name", "id"]).concurrently())
    };
    let planned = migrations(&Schema::default(), &state([with_indexes()]));
    assert_eq!(suffixes(&planned), [None, Some("a"), Some("c")]);
    assert_eq!(indexes(&planned[0].state), ["b"]);
    assert_eq!(indexes(&planned[1].state), ["a", "b"]);
    assert_eq!(indexes(&planned[2].state), ["a", "b", "c"]);
    assert!(!planned[0].sql().contains("CONCURRENTLY"));
    assert_eq!(
        planned[2].sql(),
        "-- no-transaction\nCREATE INDEX CONCURRENTLY \"c\" ON \"users\" USING btree (\"name\",\"id\");"
    );
}

#[test]
fn a_concurrent_index_alone_needs_no_suffix() {
    let indexed = state([users().index(index("a").on(["id"]).concurrently())]);
    let planned = migrations(&state([users()]), &indexed);
    assert_eq!(suffixes(&planned), [None]);
    assert!(planned[0].sql().starts_with("-- no-transaction\n"));
}

#[test]
fn a_concurrent_index_that_changes_is_dropped_with_the_rest_and_built_after() {
    let before = state([users().index(index("a").on(["id"]).concurrently())]);
    let after = state([
        pg_table("users", [integer("id"), text("name"), text("mail")])
            .index(index("a").on(["mail"]).concurrently()),
    ]);
    let planned = migrations(&before, &after);
    assert_eq!(suffixes(&planned), [None, Some("a")]);
    assert_eq!(
        planned[0].sql(),
        "DROP INDEX \"a\";--> statement-breakpoint\nALTER TABLE \"users\" ADD COLUMN \"mail\" text;"
    );
    assert_eq!(indexes(&planned[0].state), [""; 0]);
}

#[test]
fn how_an_index_is_built_is_no_state() {
    let plain = state([users().index(index("a").on(["id"]))]);
    let concurrent = state([users().index(index("a").on(["id"]).concurrently())]);
    assert!(migrations(&plain, &concurrent).is_empty());
}

#[test]
fn labels_that_are_used_at_once_come_before() {
    let moods = |labels: &[&str], default: Option<&str>| {
        let column = enum_column("mood", "mood");
        let column = default.into_iter().fold(column, Column::default);
        Declaration::new()
            .with(pg_enum("mood", labels.iter().copied()))
            .with(pg_table("users", [column]))
            .build()
            .expect("a valid declaration")
    };
    let before = moods(&["sad"], None);
    let planned = migrations(&before, &moods(&["sad", "glad"], Some("glad")));
    assert_eq!(suffixes(&planned), [Some("labels"), None]);
    assert_eq!(
        planned[0].sql(),
        "ALTER TYPE \"public\".\"mood\" ADD VALUE 'glad';"
    );
    assert_eq!(
        planned[1].sql(),
        "ALTER TABLE \"users\" ALTER COLUMN \"mood\" SET DEFAULT 'glad';"
    );
    let unused = migrations(&before, &moods(&["sad", "glad"], Some("sad")));
    assert_eq!(suffixes(&unused), [None]);
}

#[test]
fn a_label_in_the_text_of_an_array_is_in_use() {
    let state = |labels: &[&'static str], default: &str| {
        let kinds = enum_column("kinds", "kind").array().default_sql(default);
        let declaration = Declaration::new()
            .with(pg_enum("kind", labels.iter().copied()))
            .with(pg_table("t", [kinds]));
        declaration.build().expect("a valid declaration")
    };
    let from = state(&["a"], "'{a}'");
    for (label, default) in [
        ("b", "'{a,b}'"),
        ("it's", "'{it''s}'"),
        ("q\"\\", "'{\"q\\\"\\\\\"}'"),
    ] {
        let planned = migrations(&from, &state(&["a", label], default));
        assert_eq!(suffixes(&planned), [Some("labels"), None], "{label}");
    }
    assert_eq!(migrations(&from, &state(&["a", "b"], "'{a,a}'")).len(), 1);
}

#[test]
fn labels_come_before_renames() {
    let state = |kind: &str, labels: &[&'static str], column: &str, default: &'static str| {
        let columns = [integer(column), enum_column("kind", kind).default(default)];
        let query = format!("SELECT \"{column}\", kind FROM t");
        let declaration = Declaration::new()
            .with(pg_enum(kind, labels.iter().copied()))
            .with(pg_table("t", columns))
            .with(pg_view("v").as_sql(query));
        declaration.build().expect("a valid declaration")
    };
    let from = state("kind", &["a", "b"], "old", "a");
    let to = state("sort", &["new", "z", "b"], "new", "new");
    let public = |name: &str| QualifiedName::new("public", name);
    let part = |kind, of, from: &str, to: &str| Rename::Part {
        kind,
        of: public(of),
        from: from.to_owned(),
        to: to.to_owned(),
    };
    let renames = [
        Rename::InSchema {
            kind: RelationKind::Enum,
            from: public("kind"),
            to: public("sort"),
        },
        part(PartKind::Label, "sort", "a", "z"),
        part(PartKind::Column, "t", "old", "new"),
    ];
    let planned = planned_migrations_renamed(&from, &to, &renames);
    assert_eq!(suffixes(&planned), [Some("labels"), None]);
    assert_eq!(
        planned[0].sql(),
        "ALTER TYPE \"public\".\"kind\" ADD VALUE 'new' BEFORE 'a';"
    );
    assert!(
        planned[1]
            .sql()
            .contains("RENAME COLUMN \"old\" TO \"new\"")
    );
}

/// The text of a label that is renamed is given to another one, which is used at once.
#[test]
fn a_label_is_renamed_before_another_one_gets_its_text() {
    let moods = |labels: &[&str], default| {
        let declaration = Declaration::new()
            .with(pg_enum("mood", labels.iter().copied()))
            .with(pg_table("t", [enum_column("c", "mood").default(default)]));
        declaration.build().expect("a valid declaration")
    };
    let (from, to) = (moods(&["a", "b"], "a"), moods(&["x", "a", "b"], "a"));
    let renames = [Rename::Part {
        kind: PartKind::Label,
        of: QualifiedName::new("public", "mood"),
        from: "a".to_owned(),
        to: "x".to_owned(),
    }];
    let planned = planned_migrations_renamed(&from, &to, &renames);
    assert_eq!(suffixes(&planned), [Some("labels"), None]);
    assert_eq!(
        planned[0].plan.sql(),
        "ALTER TYPE \"public\".\"mood\" RENAME VALUE 'a' TO 'x';\nALTER TYPE \"public\".\"mood\" ADD VALUE 'a' BEFORE 'b';"
    );
    assert_eq!(planned[0].state, moods(&["x", "a", "b"], "x"));
    assert_eq!(
        planned[1].plan.sql(),
        "ALTER TABLE \"t\" ALTER COLUMN \"c\" SET DEFAULT 'a';"
    );
}
