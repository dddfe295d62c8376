//! What is left out of a database is what is left out of any other state.

use pg_database::{Filter, Patterns, Scope};

use crate::playground::Playground;

const EVERYTHING: &str = r#"
CREATE SCHEMA audit; CREATE SCHEMA "Odd *";
CREATE TYPE kind AS ENUM ('a'); CREATE TYPE audit.kind AS ENUM ('b');
CREATE SEQUENCE free; CREATE SEQUENCE audit.free;
CREATE TABLE users (id serial PRIMARY KEY, name text CHECK (name <> ''), kind kind);
CREATE TABLE user_log (id bigint GENERATED ALWAYS AS IDENTITY, "user" integer REFERENCES users, at bigint);
CREATE SEQUENCE counted OWNED BY user_log.at;
CREATE INDEX user_log_at_idx ON user_log (at);
CREATE POLICY p ON user_log USING (at > 0);
CREATE TABLE audit.trail (id integer, kind audit.kind);
CREATE TABLE "Odd *"."a/b" (id integer);
CREATE VIEW names AS SELECT name FROM users;
CREATE MATERIALIZED VIEW user_totals AS SELECT count(*) FROM users;
CREATE TABLE user_parts (at date) PARTITION BY RANGE (at);
COMMENT ON TABLE user_log IS 'of users'; COMMENT ON COLUMN user_log.at IS 'when'; COMMENT ON SCHEMA public IS 'ours';
COMMENT ON SCHEMA audit IS 'theirs'; COMMENT ON TYPE audit.kind IS 'which'; COMMENT ON TABLE audit.trail IS 'all';
GRANT SELECT ON user_log TO PUBLIC; GRANT USAGE ON SEQUENCE counted TO PUBLIC"#;

fn filter(schemas: &str, tables: &str) -> Filter {
    let parse = |text: &str| match text {
        "" => Patterns::default(),
        text => text.parse().unwrap_or_else(|never| match never {}),
    };
    Filter {
        schemas: parse(schemas),
        tables: parse(tables),
        ..Filter::default()
    }
}

#[test]
fn a_database_is_narrowed_as_any_other_state_is() {
    let mut playground = Playground::new();
    playground.run(EVERYTHING).unwrap();
    let all = playground.introspect(&Scope::default());
    for (filter, tables, outside) in [
        (filter("", ""), 4, 4),
        (filter("public", ""), 2, 4),
        (filter("!public", ""), 2, 0),
        (filter("Odd \\*", ""), 1, 0),
        (filter("nothing", ""), 0, 0),
        (filter("", "user*"), 2, 4),
        (filter("", "user*,!user_*"), 1, 0),
        (filter("", "!user_log"), 3, 1),
        (filter("", "audit.*,a/b"), 2, 0),
        (filter("audit", "*"), 1, 0),
        (filter("audit", "users"), 0, 0),
    ] {
        let scope = Scope {
            filter: filter.clone(),
            ..Scope::default()
        };
        let found = playground.introspect(&scope);
        let mut narrowed = all.schema.clone();
        filter.narrow(&mut narrowed);
        assert_eq!(found.schema, narrowed, "{filter:?}");
        assert_eq!(found.schema.tables.len(), tables, "{filter:?}");
        assert_eq!(
            found.outside.len(),
            outside,
            "{filter:?}: {:?}",
            found.outside
        );
    }
}

/// Enums and sequences go with their schema, parts with their table, and what stays may refer to what does not.
#[test]
fn a_table_goes_with_its_parts_and_nothing_else() {
    let mut playground = Playground::new();
    playground.run(EVERYTHING).unwrap();
    let mut state = playground.introspect(&Scope::default()).schema;
    let comments = state.comments.len();
    filter("", "user_log").narrow(&mut state);
    let names = |names: &mut dyn Iterator<Item = String>| names.collect::<Vec<_>>().join(" ");
    assert_eq!(
        names(&mut state.tables.iter().map(|it| it.name.to_string())),
        "user_log"
    );
    assert_eq!(
        state.tables.iter().next().unwrap().foreign_keys.len(),
        1,
        "it refers to a table that is left out"
    );
    assert!(state.views.is_empty());
    assert_eq!(
        names(&mut state.enums.iter().map(|it| it.name.to_string())),
        "kind audit.kind"
    );
    assert_eq!(
        names(&mut state.sequences.iter().map(|it| it.name.to_string())),
        "free audit.free counted"
    );
    assert_eq!(state.comments.len(), comments - 1);
    filter("", "!user_log").narrow(&mut state);
    assert!(state.tables.is_empty());
    assert_eq!(
        names(&mut state.sequences.iter().map(|it| it.name.to_string())),
        "free audit.free"
    );
    filter("audit", "").narrow(&mut state);
    assert_eq!(
        names(&mut state.comments.iter().map(|it| it.text.clone())),
        "which theirs"
    );
}

#[test]
fn roles_count_where_they_are_named_or_selected() {
    let mut playground = Playground::new();
    let name = playground
        .database
        .text("SELECT current_database()")
        .unwrap()
        .unwrap();
    let (one, other) = (format!("{name}_one"), format!("{name}_other"));
    playground
        .run(&format!("CREATE ROLE {one}; CREATE ROLE {other}"))
        .unwrap();
    let mut scope = Scope {
        roles: vec![other.clone(), "postgres".to_owned()],
        ..Scope::default()
    };
    let found = |scope: &Scope, playground: &mut Playground| {
        let roles = playground.introspect(scope).schema.roles;
        roles
            .iter()
            .map(|role| role.name.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        found(&scope, &mut playground),
        [other.clone(), "postgres".to_owned()]
    );
    let selected = format!("{name}_*,!*_other")
        .parse()
        .unwrap_or_else(|never| match never {});
    scope.filter.roles = Some(selected);
    assert_eq!(found(&scope, &mut playground), std::slice::from_ref(&one));
    // The one who reads, and PostgreSQL's own, are nobody's to manage.
    scope.filter.roles = Some(Patterns::default());
    let all = found(&scope, &mut playground);
    assert!(all.contains(&one) && all.contains(&other));
    assert!(
        !all.iter()
            .any(|role| role == "postgres" || role.starts_with("pg_"))
    );
    playground
        .run(&format!("DROP ROLE {one}; DROP ROLE {other}"))
        .unwrap();
}

/// A declared table that an extension has is neither made nor dropped, as drizzle's `extensionsFilters` have it.
#[test]
fn what_an_extension_made_is_in_no_state() {
    let mut playground = Playground::new();
    if let Err(error) = playground.run("CREATE EXTENSION pg_stat_statements") {
        eprintln!("skipped, as there is no extension with views: {error}");
        return;
    }
    playground
        .run("CREATE TABLE t (a int); COMMENT ON TABLE t IS 'ours'")
        .unwrap();
    let found = playground.introspect(&Scope::default());
    let mut declared = found.schema.clone();
    let name = pg_schema::QualifiedName::new("public", "pg_stat_statements");
    assert!(found.members.contains(&name));
    assert!(!found.schema.views.contains(&name));
    declared.tables.insert(pg_schema::Table::new(name)).unwrap();
    pg_database::leave_out(&found.members, &mut declared);
    assert_eq!(declared, found.schema);
}
