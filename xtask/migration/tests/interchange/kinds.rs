//! The schema `kinds`, declared in Rust as `tests/drizzle` declares it in TypeScript, object for object.

use pg_migration::Snapshot;
use pg_schema::Schema;
use pg_schema::prelude::*;

use crate::judge::Judge;
use crate::{assert_same_text, files, fixtures, read};

fn kinds() -> Declaration {
    let types = Declaration::new()
        .with(pg_schema("app"))
        .with(pg_enum("mood", ["sad", "ok"]));
    let whole = views(policies(tables(roles(sequences(types)))));
    materialized_views(whole)
}

fn sequences(declaration: Declaration) -> Declaration {
    declaration
        .with(pg_sequence("plain"))
        .with(
            pg_sequence("all_options")
                .start_with(100)
                .increment(5)
                .min_value(50)
                .max_value(5000)
                .cache(10)
                .cycle(),
        )
        .with(pg_sequence("down").increment(-1))
        .with(
            pg_sequence("big")
                .start_with(9_007_199_254_740_993)
                .min_value(i64::MIN),
        )
        .with(pg_sequence("Orders Seq").in_schema("app").start_with(7))
}

fn roles(declaration: Declaration) -> Declaration {
    declaration
        .with(
            pg_role("kinds_admin")
                .create_db()
                .create_role()
                .no_inherit(),
        )
        .with(pg_role("postgres").existing())
        .with(pg_role("kinds_reader"))
        .with(pg_role("Kinds Writer").no_inherit())
}

fn tables(declaration: Declaration) -> Declaration {
    let both = pg_table("both", [integer("id").primary_key()])
        .policy(policy("both_policy").to(["current_role"]))
        .enable_rls();
    let secured = pg_table("secured", [integer("id").primary_key()])
        .in_schema("app")
        .enable_rls();
    declaration.with(both).with(secured).with(users())
}

fn users() -> Table {
    pg_table("users", users_columns())
        .policy(policy("everybody"))
        .policy(
            policy("readers")
                .for_command(Select)
                .to(["kinds_reader"])
                .using("active"),
        )
        .policy(
            policy("writers")
                .for_command(Insert)
                .to(["public", "Kinds Writer", "kinds_admin"])
                .with_check("tenant = current_user"),
        )
        .policy(
            policy("strict")
                .restrictive()
                .for_command(Update)
                .to(["session_user", "current_user"])
                .using("\"users\".\"tenant\" = 'a;b--c'")
                .with_check("true"),
        )
        .policy(
            policy("nobody deletes")
                .restrictive()
                .for_command(Delete)
                .to(["postgres"])
                .using("false"),
        )
}

fn policies(declaration: Declaration) -> Declaration {
    declaration
        .with(
            policy("linked")
                .for_command(Select)
                .to(["kinds_reader"])
                .using("id > 0")
                .link("elsewhere"),
        )
        .with(
            policy("linked to secured")
                .to(["public"])
                .link(("app", "secured")),
        )
        .with(
            policy("linked in schema")
                .restrictive()
                .with_check("true")
                .link(("other", "elsewhere")),
        )
}

fn views(declaration: Declaration) -> Declaration {
    let id = || [integer("id")];
    let columns = [
        integer("id").primary_key(),
        text("name").not_null().default("it"),
        enum_column("mood", "mood"),
        enum_column("moods", "mood").array().array_of(2),
        integer("number").generated_always_as_identity(identity()),
        integer("doubled").generated_always_as("id * 2"),
        text("tags").array().default(["a"]),
        numeric("spent").precision(10, 2).unique(),
    ];
    declaration
        .with(
            pg_view("c_all_options")
                .columns(id())
                .check_option(Cascaded)
                .security_barrier(true)
                .security_invoker(false)
                .as_sql("select id from users where active"),
        )
        .with(
            pg_view("In App")
                .in_schema("app")
                .columns(id())
                .as_sql("select id from users"),
        )
        .with(
            pg_view("a_columns")
                .columns(columns)
                .as_sql("select id, name, mood, spent from users"),
        )
        .with(pg_view("e_existing").columns(id()).existing())
        .with(
            pg_view("d_local")
                .check_option(Local)
                .as_sql("select id from users"),
        )
        .with(
            pg_view("g_of_view")
                .columns(id())
                .as_sql("select id from c_all_options"),
        )
        .with(pg_view("b_query").columns(users_columns()).as_sql(
            r#"select "id", "name", "mood", "tenant", "active", "spent", "created" from "users" where "users"."id" > 5"#,
        ))
}

/// Drizzle takes them over from the table, too, when a view is made by its query builder.
fn users_columns() -> [Column; 7] {
    [
        integer("id").primary_key().default_sql("nextval('plain')"),
        text("name").not_null(),
        enum_column("mood", "mood").default("ok"),
        varchar("tenant").length(20),
        boolean("active").not_null().default(true),
        numeric("spent").precision(10, 2),
        timestamp("created").default_now(),
    ]
}

fn materialized_views(declaration: Declaration) -> Declaration {
    let id = || [integer("id")];
    let [key, name, ..] = users_columns();
    declaration
        .with(
            pg_materialized_view("n_all_options")
                .columns(id())
                .using("heap")
                .with("fillfactor", 90)
                .with("toast_tuple_target", 128)
                .with("parallel_workers", 2)
                .with("autovacuum_enabled", false)
                .with("vacuum_index_cleanup", "off")
                .with("vacuum_truncate", true)
                .with("autovacuum_vacuum_scale_factor", 0.5)
                .with("log_autovacuum_min_duration", -1)
                .tablespace("pg_default")
                .with_no_data()
                .as_sql("select id from users"),
        )
        .with(pg_materialized_view("p_existing").columns(id()).existing())
        .with(
            pg_materialized_view("m_plain")
                .columns(id())
                .as_sql("select id from users"),
        )
        .with(
            pg_materialized_view("o_query")
                .in_schema("app")
                .columns([key, name])
                .as_sql(r#"select "id", "name" from "users" where "users"."active" = true"#),
        )
}

#[test]
fn the_kinds_are_declared_as_drizzle_declares_them() {
    let state = kinds().build().expect("a valid declaration");
    let theirs = read(&fixtures().join("kinds/meta/0000_snapshot.json"));
    let Snapshot { id, schema, .. } = Snapshot::parse(&theirs).expect("a snapshot");
    let sql = |state| files(&Schema::default(), state).remove(0).sql;
    assert_same_text(&sql(&state), &sql(&schema), "the SQL");
    let ours = Snapshot {
        id,
        ..Snapshot::following(None, state)
    };
    assert_same_text(&ours.to_json(), &theirs, "the snapshot");
}

#[test]
fn a_server_takes_all_kinds_and_lets_them_go() {
    let state = kinds().build().expect("a valid declaration");
    let mut judge = Judge::alone();
    judge.empty();
    judge
        .run("CREATE SCHEMA other; CREATE TABLE other.elsewhere (id integer)")
        .expect("a table elsewhere");
    let before = judge.catalogs();
    judge
        .apply(&files(&Schema::default(), &state))
        .expect("our SQL is right");
    let facts = judge.catalogs();
    for (kind, expected) in [
        ("sequence", 5),
        ("view", 9),
        ("policy", 9),
        ("role", 3),
        ("table", 5),
    ] {
        let found = facts.iter().filter(|fact| fact.starts_with(kind)).count();
        assert_eq!(found, expected, "{kind} in {facts:#?}");
    }
    judge
        .apply(&files(&state, &Schema::default()))
        .expect("everything goes");
    assert_eq!(judge.catalogs(), before);
}
