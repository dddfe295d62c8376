//! What others lose.

use pg_database::{Filter, Patterns, Scope, introspect};
use pg_migration::{Snapshot, plan};
use pg_schema::NullsOrder::{First, Last};
use pg_schema::SortOrder::{Ascending, Descending};
use pg_schema::{
    Column, ColumnType, CommentTarget, Deferrable, IndexTerm, QualifiedName, Schema, Table,
};

use crate::facts::{differences, facts};
use crate::playground::Playground;

pub(crate) fn read(setup: &str) -> (Schema, Vec<String>) {
    let mut playground = Playground::new();
    for statement in setup.split(";;") {
        playground.run(statement).unwrap();
    }
    let introspection = playground.introspect(&Scope::default());
    let outside = introspection
        .outside
        .iter()
        .map(ToString::to_string)
        .collect();
    (introspection.schema, outside)
}

pub(crate) fn table<'a>(schema: &'a Schema, name: &str) -> &'a Table {
    schema
        .tables
        .get(&QualifiedName::new("public", name))
        .unwrap()
}

fn column<'a>(schema: &'a Schema, name: &str) -> &'a Column {
    table(schema, "t").columns.get(name).unwrap()
}

#[test]
fn the_columns_of_a_foreign_key_stay_paired() {
    let (schema, outside) = read(
        "CREATE SCHEMA other; CREATE TABLE other.p (x integer, y integer, z integer, PRIMARY KEY (z, x, y));
         CREATE TABLE t (a integer, b integer, c integer,
             CONSTRAINT f FOREIGN KEY (c, a, b) REFERENCES other.p (y, z, x) ON DELETE SET NULL ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED)",
    );
    let key = table(&schema, "t").foreign_keys.get("f").unwrap();
    assert_eq!(key.columns, ["c", "a", "b"]);
    assert_eq!(key.referenced_columns, ["y", "z", "x"]);
    assert_eq!(key.references, QualifiedName::new("other", "p"));
    assert_eq!(
        (key.on_delete.sql(), key.on_update.sql()),
        ("set null", "cascade")
    );
    assert_eq!(key.deferrable, Deferrable::InitiallyDeferred);
    assert_eq!(outside, [""; 0]);
}

#[test]
fn each_key_of_an_index_has_its_own_class_order_and_collation() {
    let (schema, outside) = read(
        r#"CREATE TABLE t (a text, b text, c integer, d text COLLATE "C", e text, "x y" text);
           CREATE INDEX i ON t (a, b text_pattern_ops DESC, c DESC NULLS LAST, d COLLATE "POSIX" NULLS FIRST, lower(e) COLLATE "C" DESC, (a || b), "x y")
               INCLUDE (e) WITH (fillfactor = 70) WHERE c > 0;
           CREATE INDEX plain ON t (d);
           CREATE INDEX h ON t USING hash (a)"#,
    );
    let index = table(&schema, "t").indexes.get("i").unwrap();
    let classes: Vec<_> = index
        .keys
        .iter()
        .map(|key| key.operator_class.as_deref())
        .collect();
    assert_eq!(
        classes,
        [None, Some("text_pattern_ops"), None, None, None, None, None]
    );
    let order = |key: &pg_schema::IndexKey| (key.order, key.nulls);
    assert_eq!(
        index.keys.iter().map(order).collect::<Vec<_>>(),
        [
            (Ascending, Last),
            (Descending, First),
            (Descending, Last),
            (Ascending, First),
            (Descending, First),
            (Ascending, Last),
            (Ascending, Last)
        ]
    );
    let collations: Vec<_> = index
        .keys
        .iter()
        .map(|key| key.collation.as_ref().map(|name| name.name.as_str()))
        .collect();
    assert_eq!(
        collations,
        [None, None, None, Some("POSIX"), Some("C"), None, None]
    );
    assert_eq!(
        index.keys[4].term,
        IndexTerm::Expression("lower(e)".to_owned())
    );
    assert_eq!(
        index.keys[5].term,
        IndexTerm::Expression("(a || b)".to_owned())
    );
    assert_eq!(index.keys[6].term, IndexTerm::Column("x y".to_owned()));
    assert_eq!(index.include, ["e"]);
    assert_eq!(index.predicate.as_deref(), Some("c > 0"));
    assert_eq!(
        (index.with[0].name.as_str(), index.with[0].value.as_str()),
        ("fillfactor", "70")
    );
    assert_eq!(
        table(&schema, "t").indexes.get("plain").unwrap().keys[0].collation,
        None
    );
    assert_eq!(table(&schema, "t").indexes.get("h").unwrap().method, "hash");
    assert_eq!(
        column(&schema, "d").collation,
        Some(QualifiedName::new("pg_catalog", "C"))
    );
    assert_eq!(outside, [""; 0]);
}

#[test]
fn columns_have_the_types_and_defaults_that_were_declared() {
    let (schema, _) = read(
        r#"CREATE TYPE "Mood" AS ENUM ('a'); CREATE SCHEMA app; CREATE TYPE app.mood AS ENUM (); CREATE DOMAIN email AS text; CREATE DOMAIN app.code AS text;
           CREATE TABLE t (a bytea DEFAULT '\x00'::bytea, b bit(3), c bit varying, d tsvector, e "char", f char, g varchar(9), h timestamp(3), i timestamptz(3),
               j interval day to second(3), k numeric(10,2), l integer[][], m "Mood"[], n app.mood, o email, p app.code, q text DEFAULT '', r text DEFAULT lower('A'),
               s text DEFAULT NULL, t varchar(3) DEFAULT NULL, u boolean DEFAULT true, v integer DEFAULT 5)"#,
    );
    let types = [
        ("a", "bytea"),
        ("b", "bit(3)"),
        ("c", "varbit"),
        ("d", "tsvector"),
        ("e", "\"char\""),
        ("f", "char(1)"),
        ("g", "varchar(9)"),
        ("h", "timestamp(3)"),
        ("i", "timestamp(3) with time zone"),
        ("j", "interval day to second(3)"),
        ("k", "numeric(10, 2)"),
        ("l", "int[][]"),
        ("o", "email"),
        ("p", "app.code"),
    ];
    for (name, expected) in types {
        assert_eq!(
            column(&schema, name).data_type,
            ColumnType::parse(expected),
            "{name}"
        );
    }
    assert_eq!(
        column(&schema, "m").data_type,
        ColumnType::user_defined("public", "Mood[]")
    );
    assert_eq!(
        column(&schema, "n").data_type,
        ColumnType::user_defined("app", "mood")
    );
    let default = |name: &str| {
        column(&schema, name)
            .default
            .as_ref()
            .map(pg_schema::DefaultValue::sql)
    };
    assert_eq!(default("a"), Some(r"'\x00'::bytea"));
    assert_eq!(default("q"), Some("''::text"));
    assert_eq!(default("r"), Some("lower('A'::text)"));
    assert_eq!((default("s"), default("t")), (None, None));
    assert_eq!((default("u"), default("v")), (Some("true"), Some("5")));
    let order: Vec<_> = table(&schema, "t")
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    assert_eq!(order.concat(), "abcdefghijklmnopqrstuv");
    assert!(
        schema
            .enums
            .get(&QualifiedName::new("app", "mood"))
            .unwrap()
            .values
            .is_empty()
    );
}

#[test]
fn a_sequence_is_a_columns_own_or_stands_for_itself() {
    let long = "l".repeat(63);
    let (schema, outside) = read(&format!(
        "CREATE SEQUENCE alone INCREMENT -2 MINVALUE -10 MAXVALUE 10 START 4 CACHE 3 CYCLE; CREATE SEQUENCE other AS smallint;
         CREATE SEQUENCE by_hand; CREATE TABLE t (a serial, b bigserial, c smallserial, {long} serial,
             d integer GENERATED ALWAYS AS IDENTITY (START 7 INCREMENT 3 CYCLE), e bigint DEFAULT nextval('by_hand'), f serial, g serial);
         ALTER SEQUENCE by_hand OWNED BY t.e; ALTER SEQUENCE t_f_seq RENAME TO another_name; ALTER TABLE t ALTER g DROP NOT NULL"
    ));
    let base = |name: &str| column(&schema, name).data_type.base().to_owned();
    assert_eq!(
        [base("a"), base("b"), base("c"), base(&long)],
        ["serial", "bigserial", "smallserial", "serial"]
    );
    assert_eq!(
        [base("e"), base("f"), base("g")],
        ["bigint", "integer", "integer"]
    );
    let identity = column(&schema, "d").identity.as_ref().unwrap();
    assert_eq!(identity.sequence, QualifiedName::new("public", "t_d_seq"));
    assert_eq!(
        (
            identity.options.start,
            identity.options.increment,
            identity.options.cycle
        ),
        (7, 3, true)
    );
    assert_eq!(identity.options.max, i64::from(i32::MAX));
    let mut names: Vec<_> = schema
        .sequences
        .iter()
        .map(|sequence| sequence.name.name.as_str())
        .collect();
    names.sort_unstable();
    assert_eq!(
        names,
        ["alone", "another_name", "by_hand", "other", "t_g_seq"]
    );
    let alone = &schema
        .sequences
        .get(&QualifiedName::new("public", "alone"))
        .unwrap()
        .options;
    assert_eq!(
        (
            alone.increment,
            alone.min,
            alone.max,
            alone.start,
            alone.cache,
            alone.cycle
        ),
        (-2, -10, 10, 4, 3, true)
    );
    let kept = |name: &str| {
        let sequence = schema.sequences.get(&QualifiedName::new("public", name));
        let sequence = sequence.unwrap();
        let owner = sequence.owned_by.as_ref();
        let owner = owner.map(|(table, column)| format!("{table}.{column}"));
        (sequence.data_type.sql(), owner)
    };
    assert_eq!(kept("alone"), ("bigint", None));
    assert_eq!(kept("other"), ("smallint", None));
    assert_eq!(kept("by_hand"), ("bigint", Some("t.e".to_owned())));
    assert_eq!(kept("another_name"), ("integer", Some("t.f".to_owned())));
    assert_eq!(kept("t_g_seq"), ("integer", Some("t.g".to_owned())));
    assert_eq!(outside, [""; 0]);
}

#[test]
fn a_primary_key_is_unnamed_if_its_name_says_nothing() {
    let long = "l".repeat(63);
    let (schema, _) = read(&format!(
        "CREATE TABLE a (id integer PRIMARY KEY); CREATE TABLE b (id integer CONSTRAINT own PRIMARY KEY); CREATE TABLE c (a integer, b integer, PRIMARY KEY (b, a));
         CREATE TABLE {long} (id integer PRIMARY KEY)"
    ));
    let key = |name: &str| table(&schema, name).primary_key.clone().unwrap();
    assert_eq!(key("a").name, None);
    assert_eq!(key("b").name.as_deref(), Some("own"));
    assert_eq!(
        (key("c").name.as_deref(), key("c").columns),
        (Some("c_pkey"), vec!["b".to_owned(), "a".to_owned()])
    );
    assert_eq!(key(&long).name, None);
}

#[test]
fn an_extension_is_one_object() {
    let (schema, outside) = read(
        "CREATE SCHEMA extensions; CREATE EXTENSION citext; CREATE EXTENSION hstore SCHEMA extensions; COMMENT ON EXTENSION hstore IS 'ours';
         CREATE TABLE t (a citext DEFAULT 'A', b extensions.hstore, UNIQUE (a))",
    );
    let extensions: Vec<_> = schema
        .extensions
        .iter()
        .map(|extension| (extension.name.as_str(), extension.schema.as_deref()))
        .collect();
    assert_eq!(
        extensions,
        [("citext", Some("public")), ("hstore", Some("extensions"))]
    );
    assert_eq!(column(&schema, "a").data_type, ColumnType::parse("citext"));
    assert_eq!(
        column(&schema, "b").data_type,
        ColumnType::parse("extensions.hstore")
    );
    let comments: Vec<_> = schema.comments.iter().map(|comment| &comment.on).collect();
    assert_eq!(comments, [&CommentTarget::Extension("hstore".to_owned())]);
    assert_eq!(outside, [""; 0]);
}

/// A provider has made some that no state speaks of.
#[test]
fn an_extension_that_a_state_does_not_name_is_not_its_own() {
    let mut playground = Playground::new();
    playground
        .run("CREATE EXTENSION citext; CREATE EXTENSION hstore")
        .unwrap();
    let all = playground.introspect(&Scope::default()).schema;
    assert_eq!(all.extensions.len(), 2);
    let mut state = all.clone();
    state.extensions.remove("hstore");
    let found = playground.introspect(&Scope::of(&state)).schema;
    assert_eq!(found, state);
}

#[test]
fn a_scope_leaves_out_what_is_not_asked_for_and_the_history_always() {
    let mut playground = Playground::new();
    playground
        .run(
            "CREATE SCHEMA a; CREATE SCHEMA b; CREATE TABLE a.t (x integer); CREATE TABLE b.t (x integer); CREATE FUNCTION b.f() RETURNS integer LANGUAGE sql AS 'SELECT 1';
             CREATE SCHEMA drizzle; CREATE TABLE drizzle.__drizzle_migrations (id serial PRIMARY KEY, hash text NOT NULL, created_at bigint);
             CREATE POLICY p ON b.t USING (x > 0)",
        )
        .unwrap();
    let all = playground.introspect(&Scope::default());
    let schemas: Vec<_> = all
        .schema
        .schemas
        .iter()
        .map(|schema| schema.name.as_str())
        .collect();
    assert_eq!(schemas, ["a", "b"]);
    assert_eq!(all.schema.tables.len(), 2);
    let mut scope = Scope {
        filter: Filter {
            schemas: Patterns::names(["a", "drizzle"]),
            ..Filter::default()
        },
        roles: vec!["postgres".to_owned(), "nobody there".to_owned()],
        ..Scope::default()
    };
    let found = playground.introspect(&scope);
    assert_eq!(found.schema.tables.len(), 1);
    assert_eq!(
        found
            .schema
            .roles
            .iter()
            .map(|role| role.name.as_str())
            .collect::<Vec<_>>(),
        ["postgres"]
    );
    assert!(
        found.outside.is_empty()
            && found.schema.sequences.is_empty()
            && found.schema.policies.is_empty()
    );
    scope.policies_on = vec![QualifiedName::new("b", "t")];
    let linked = playground.introspect(&scope).schema.policies;
    assert_eq!(
        linked.iter().next().unwrap().policy.using.as_deref(),
        Some("x > 0")
    );
}

/// Older snapshots do not say it, as drizzle-orm does not always.
#[test]
fn a_unique_constraint_that_says_nothing_of_nulls_is_the_one_that_is_there() {
    let snapshot = r#"{"id": "", "prevId": "", "version": "7", "dialect": "postgresql", "tables": {"public.t": {"name": "t", "schema": "",
        "columns": {"a": {"name": "a", "type": "text", "primaryKey": false, "notNull": false}},
        "uniqueConstraints": {"t_a_unique": {"name": "t_a_unique", "columns": ["a"]}}}}}"#;
    let stated = Snapshot::parse(snapshot).unwrap().schema;
    let mut playground = Playground::new();
    playground.make(&stated).unwrap();
    let live = playground.introspect(&Scope::default()).schema;
    assert_eq!(table(&live, "t").uniques.len(), 1);
    assert_eq!(plan(&live, &stated).changes, []);
}

#[test]
fn of_someone_elses_table_only_the_policies_are_read() {
    let mut playground = Playground::new();
    playground
        .run(
            r#"CREATE SCHEMA "Au th"; CREATE TABLE "Au th"."Users" (a serial, b serial); ALTER SEQUENCE "Au th"."Users_b_seq" RENAME TO x;
               ALTER TABLE "Au th"."Users" FORCE ROW LEVEL SECURITY; COMMENT ON TABLE "Au th"."Users" IS 'theirs';
               CREATE POLICY p ON "Au th"."Users" USING (a > 0); CREATE TABLE t (a integer)"#,
        )
        .unwrap();
    let scope = Scope {
        policies_on: vec![QualifiedName::new("Au th", "Users")],
        ..Scope::default()
    };
    let found = playground.introspect(&scope);
    assert_eq!(found.outside, []);
    let schema = found.schema;
    let tables: Vec<_> = schema.tables.iter().map(|table| &table.name.name).collect();
    assert_eq!(tables, ["t"]);
    assert!(schema.sequences.is_empty() && schema.comments.is_empty());
    let policies: Vec<_> = schema.policies.iter().map(|linked| &linked.name).collect();
    let name = (scope.policies_on[0].clone(), "p".to_owned());
    assert_eq!(policies, [&name]);
    let mut declared = schema.clone();
    let table = Table::new(scope.policies_on[0].clone());
    declared.tables.insert(table).unwrap();
    assert_eq!(Scope::of(&declared).policies_on, []);
}

#[test]
fn reading_changes_nothing_and_leaves_the_session_as_it_was() {
    let mut playground = Playground::new();
    playground.run("CREATE TABLE t (a text DEFAULT now()::text, CHECK (a <> '')); SET search_path = nowhere; SET datestyle = 'SQL'").unwrap();
    let before = facts(&mut playground.database);
    let live = introspect(&mut playground.database, &Scope::default())
        .unwrap()
        .schema;
    let mut desired = live.clone();
    let name = QualifiedName::new("public", "t");
    desired
        .tables
        .get_mut(&name)
        .unwrap()
        .checks
        .get_mut("t_a_check")
        .unwrap()
        .expression = "a <> 'x'".to_owned();
    pg_database::normalise(&mut playground.database, &desired, &live).unwrap();
    assert_eq!(
        differences(&before, &facts(&mut playground.database)),
        [""; 0]
    );
    let settings = "SELECT concat_ws(' ', current_setting('search_path'), current_setting('datestyle'), current_setting('transaction_read_only'), txid_current_if_assigned())";
    assert_eq!(
        playground.database.text(settings).unwrap().as_deref(),
        Some("nowhere SQL, MDY off")
    );
}
