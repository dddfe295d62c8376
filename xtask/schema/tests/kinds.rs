//! Sequences, views, policies and roles: what they build, and what is said of them when they cannot be.

use pg_schema::prelude::*;
use pg_schema::{Policy as PolicyState, QualifiedName, Schema};

fn errors(declaration: &Declaration) -> Vec<String> {
    let errors = declaration.build().expect_err("the declaration is wrong");
    errors.0.iter().map(ToString::to_string).collect()
}

fn build(declaration: &Declaration) -> Schema {
    declaration
        .build()
        .unwrap_or_else(|errors| panic!("{errors}"))
}

fn one_table(name: &str) -> Table {
    pg_table(name, [integer("id").primary_key()])
}

#[test]
fn every_error_of_every_kind_is_told_at_once() {
    let long = "x".repeat(64);
    let declaration = Declaration::new()
        .with(pg_sequence("s"))
        .with(pg_sequence("s"))
        .with(pg_sequence("still").increment(0))
        .with(pg_sequence("narrow").min_value(5).max_value(5))
        .with(pg_sequence("outside").start_with(7).max_value(6).cache(0))
        .with(pg_sequence("lost").in_schema("ap"))
        .with(pg_schema("app"))
        .with(pg_role("reader"))
        .with(pg_role("reader").existing())
        .with(pg_role("pg_own"))
        .with(pg_enum("moods[]", ["a"]))
        .with(
            one_table("t")
                .policy(policy("p").to(["raeder"]))
                .policy(policy("p"))
                .policy(policy("in").for_command(Insert).using("true"))
                .policy(policy("out").for_command(Select).with_check("true"))
                .policy(policy("twice").link("t")),
        )
        .with(pg_view("t").as_sql("select 1"))
        .with(pg_view("open"))
        .with(pg_view("closed").as_sql("select 1;"))
        .with(pg_view("v").as_sql("select 1"))
        .with(pg_materialized_view("v").as_sql("select 1"))
        .with(
            pg_materialized_view("m")
                .as_sql("select 1")
                .with("fillfactor", 1)
                .with("fillfactor", 2),
        )
        .with(
            pg_view("typed")
                .columns([text("a"), text("a"), enum_column("b", "none")])
                .as_sql("select 1"),
        )
        .with(policy("loose"))
        .with(policy("linked").link("elsewhere"))
        .with(policy("linked").link("somewhere"))
        .with(pg_view(&long).as_sql("select 1"));
    let keeps = "has 64 bytes, and PostgreSQL keeps 63";
    let expected = [
        r#"sequence "s": is declared twice"#,
        r#"sequence "still": counts by 0"#,
        r#"sequence "narrow": counts from 5 to 5, which is no range"#,
        r#"sequence "outside": starts with 7, which is not between 1 and 6"#,
        r#"sequence "outside": has a cache of 0; the least is 1"#,
        r#"role "pg_own": has a name that PostgreSQL reserves"#,
        r#"enum "moods[]": ends in brackets, which a snapshot cannot tell from an array"#,
        r#"role "reader": is declared twice"#,
        r#"table "t", policy "p": is for the role "raeder", which is not declared (`pg_role("raeder")`, with `.existing()` if no migration is to create it); did you mean `reader`?"#,
        r#"table "t": has the policy "p" twice"#,
        r#"table "t", policy "in": is for INSERT, which takes only `.with_check`"#,
        r#"table "t", policy "out": is for SELECT, which takes only `.using`"#,
        r#"table "t", policy "twice": is linked, though the table has it already"#,
        r#"view "open": has no query; say `.as_sql(…)`, or `.existing()` if no migration is to create it"#,
        r#"view "closed": has a query that ends with a semicolon"#,
        r#"view "v": is declared twice"#,
        r#"view "m": says `fillfactor` twice"#,
        r#"view "typed": has the column "a" twice"#,
        r#"view "typed", column "b": is of the enum "none", which is not declared"#,
        r#"policy "loose": has no table; say `.link(…)`, or `.policy(…)` on the table"#,
        r#"table "somewhere", policy "linked": has the name of another linked policy; drizzle's snapshot keeps them by name alone"#,
        keeps,
        r#"sequence "ap.lost": lies in the schema "ap", which is not declared (`pg_schema("ap")`); did you mean `app`?"#,
        r#"view "t": has a name that table "t" has already; in one schema they must differ"#,
    ];
    let found = errors(&declaration);
    for (found, expected) in found.iter().zip(expected) {
        if expected == keeps {
            assert!(found.contains(keeps), "{found}");
        } else {
            assert_eq!(found, expected);
        }
    }
    assert_eq!(found.len(), expected.len(), "{found:#?}");
}

#[test]
fn options_that_are_not_stated_are_postgresqls() {
    let state = build(
        &Declaration::new()
            .with(pg_sequence("up"))
            .with(pg_sequence("down").increment(-2))
            .with(one_table("t").policy(policy("p"))),
    );
    let sequence = |name: &str| {
        let options = &state.sequences.get(&QualifiedName::new("public", name));
        let options = &options.expect("a sequence").options;
        (options.min, options.max, options.start, options.cache)
    };
    assert_eq!(sequence("up"), (1, i64::MAX, 1, 1));
    assert_eq!(sequence("down"), (i64::MIN, -1, -1, 1));
    let table = state.tables.iter().next().expect("a table");
    let expected = PolicyState {
        name: "p".to_owned(),
        permissive: true,
        command: PolicyCommand::All,
        roles: vec!["public".to_owned()],
        using: None,
        with_check: None,
    };
    assert_eq!(table.policies.get("p"), Some(&expected));
    assert!(table.is_row_secured() && !table.row_security);
}

#[test]
fn a_linked_policy_is_its_tables_if_that_is_declared() {
    let state = build(
        &Declaration::new()
            .with(pg_role("auth").existing())
            .with(policy("own").link("t").to(["auth"]))
            .with(policy("other").link(("auth", "users")))
            .with(one_table("t")),
    );
    let table = state.tables.iter().next().expect("a table");
    assert!(table.policies.contains("own"));
    let linked: Vec<_> = state.policies.iter().map(|it| &it.name.0).collect();
    assert_eq!(linked, [&QualifiedName::new("auth", "users")]);
    assert!(state.roles.is_empty(), "a role that exists is no state");
}

#[test]
fn a_view_that_exists_may_lie_in_a_schema_that_is_not_declared() {
    let exists = pg_view("users").in_schema("auth").existing();
    let state = build(&Declaration::new().with(exists));
    let view = state.views.iter().next().expect("a view");
    assert!(view.definition.is_none());
}

#[test]
fn a_table_that_exists_can_be_referred_to_and_is_not_in_the_state() {
    let declaration = |to: Table| {
        let key = foreign_key(["b", "c"]).references(("other", "t"), ["x", "y"]);
        let own = pg_table("own", [integer("b"), integer("c")]).foreign_key(key);
        Declaration::new().with(to).with(own)
    };
    let schema = build(&declaration(
        pg_table("t", []).in_schema("other").existing(),
    ));
    assert_eq!(schema.tables.len(), 1);
    assert_eq!(
        errors(&declaration(pg_table("t", []).existing())),
        [
            r#"table "own", foreign key of (b, c): refers to the table "other.t", which is not declared"#
        ]
    );
    let commented = pg_table("t", []).in_schema("other").existing();
    assert_eq!(
        errors(&declaration(commented.comment("mine"))),
        [r#"table "other.t": is only referred to, so no migration comments on it"#]
    );
}

/// What PostgreSQL has room for side by side: types and relations other than tables and views, and labels of no letters.
#[test]
fn an_enum_can_have_the_name_of_an_index_but_not_of_a_table() {
    let declaration = |name: &str| {
        Declaration::new()
            .with(pg_enum(name, ["", "a"]))
            .with(pg_sequence("counter"))
            .with(one_table("t").index(index("t_idx").on([expression("(id + 1)").desc()])))
    };
    for name in ["t_idx", "t_pkey", "counter"] {
        let schema = build(&declaration(name));
        assert_eq!(schema.enums.len(), 1);
    }
    assert_eq!(
        errors(&declaration("t")),
        [r#"table "t": has a name that enum "t" has already; in one schema they must differ"#]
    );
}
