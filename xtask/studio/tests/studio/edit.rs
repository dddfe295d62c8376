//! Staged changes: all or nothing, and never over someone else's.

mod keys;

use serde_json::{Value, json};

use crate::studio::Studio;

const TABLES: &str = r#"
CREATE TABLE owners (id int PRIMARY KEY, name text);
INSERT INTO owners VALUES (1, 'one'), (2, 'two');
CREATE TABLE "It's ""t""" (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, owner int REFERENCES owners, "the name" text DEFAULT 'unnamed', short varchar(3),
    price numeric(38,18), at timestamptz, data json, bytes bytea, list text[], twice bigint GENERATED ALWAYS AS (2) STORED);
INSERT INTO "It's ""t""" (owner, "the name") VALUES (1, 'a'), (2, 'b');
CREATE TABLE pairs (a int, b text, value text, PRIMARY KEY (a, b)); INSERT INTO pairs VALUES (1, 'x', 'v'), (1, 'y', 'w');
CREATE TABLE loose (a int, b text); INSERT INTO loose VALUES (1, 'same'), (1, 'same'), (2, NULL);
CREATE TABLE later (id int PRIMARY KEY, owner int REFERENCES owners DEFERRABLE INITIALLY DEFERRED);
CREATE VIEW shown AS SELECT * FROM owners;
"#;

const TABLE: &str = r#""It's ""t""""#;

struct Tables {
    studio: Studio,
    table: u32,
    owners: u32,
}

fn tables(name: &str) -> Tables {
    let studio = Studio::new(name, TABLES);
    let (table, owners) = (studio.id(TABLE), studio.id("owners"));
    Tables {
        studio,
        table,
        owners,
    }
}

impl Tables {
    /// The values that the rows have then.
    #[track_caller]
    fn apply(&self, changes: Value) -> Value {
        let mut answer = self.studio.call("apply", &json!({ "changes": changes }));
        let rows = answer["applied"].as_array_mut().unwrap().iter_mut();
        rows.map(|row| row["values"].take()).collect()
    }

    /// The status and the whole answer.
    fn refused(&self, changes: Value) -> (u16, Value) {
        let response = self.studio.post("apply", &json!({ "changes": changes }));
        assert_ne!(response.status, 200, "{}", response.body);
        (response.status, response.json())
    }

    fn names(&self) -> String {
        let sql = format!(r#"SELECT string_agg("the name", ' ' ORDER BY id) FROM {TABLE}"#);
        self.studio.query(&sql)
    }
}

#[test]
fn a_preview_is_what_is_applied_and_writes_nothing() {
    let it = tables("preview");
    let changes = json!([
        { "relation": it.table, "key": ["1"], "old": { "3": "a", "4": null }, "update": { "3": "c'; --", "4": { "default": true } } },
        { "relation": it.table, "insert": { "2": "2", "3": { "default": true } } },
        { "relation": it.table, "insert": {} },
        { "relation": it.table, "key": ["2"], "old": { "3": "b" }, "delete": true },
    ]);
    let preview = it.studio.call("preview", &json!({ "changes": changes }));
    let statement = |place: usize| preview["statements"][place].clone();
    assert_eq!(
        statement(0),
        json!({
            "sql": r#"UPDATE "public"."It's ""t""" SET "the name" = $1, "short" = DEFAULT WHERE "id" = $2::bigint AND ("the name"::text) COLLATE "C" = $3 AND "short" IS NOT DISTINCT FROM NULL"#,
            "parameters": ["c'; --", "1", "a"],
        })
    );
    assert_eq!(
        statement(1),
        json!({ "sql": r#"INSERT INTO "public"."It's ""t""" ("owner", "the name") VALUES ($1::integer, DEFAULT)"#, "parameters": ["2"] })
    );
    assert_eq!(
        statement(2)["sql"],
        r#"INSERT INTO "public"."It's ""t""" DEFAULT VALUES"#
    );
    assert_eq!(it.names(), "a b");
    let applied = it.apply(changes);
    assert_eq!(applied[0][2], "c'; --");
    // What the database put in.
    assert_eq!(
        (&applied[1][0], &applied[1][2], &applied[1][9]),
        (&json!("3"), &json!("unnamed"), &json!("2"))
    );
    assert_eq!(applied[3][2], "b");
    assert_eq!(it.names(), "c'; -- unnamed unnamed");
}

#[test]
fn a_batch_is_applied_whole_or_not_at_all() {
    let it = tables("atomic");
    let fine = json!({ "relation": it.table, "key": ["1"], "old": { "3": "a" }, "update": { "3": "changed" } });
    let new = json!({ "relation": it.owners, "insert": { "1": "3", "2": "three" } });
    for (wrong, code, constraint) in [
        (
            json!({ "relation": it.table, "key": ["2"], "old": {}, "update": { "2": "99" } }),
            "23503",
            Some("It's \"t\"_owner_fkey"),
        ),
        (
            json!({ "relation": it.owners, "key": ["1"], "old": {}, "delete": true }),
            "23503",
            Some("It's \"t\"_owner_fkey"),
        ),
        (
            json!({ "relation": it.owners, "insert": { "1": "1" } }),
            "23505",
            Some("owners_pkey"),
        ),
        (
            json!({ "relation": it.table, "key": ["2"], "old": {}, "update": { "4": "four" } }),
            "22001",
            None,
        ),
        (
            json!({ "relation": it.table, "key": ["2"], "old": {}, "update": { "5": "x" } }),
            "22P02",
            None,
        ),
        (
            json!({ "relation": it.table, "key": ["2"], "old": {}, "update": { "10": "5" } }),
            "428C9",
            None,
        ),
    ] {
        let (status, answer) = it.refused(json!([fine, new, wrong]));
        assert_eq!((status, &answer["change"]), (422, &json!(2)), "{answer}");
        assert_eq!(answer["error"]["code"], code, "{answer}");
        assert_eq!(
            answer["error"].get("constraint").and_then(Value::as_str),
            constraint,
            "{answer}"
        );
        assert_eq!(it.names(), "a b");
        assert_eq!(it.studio.query("SELECT count(*) FROM owners"), "2");
    }
    // What is checked at the end belongs to no single change.
    let later = json!([{ "relation": it.studio.id("later"), "insert": { "1": "1", "2": "99" } }]);
    let (status, answer) = it.refused(later);
    assert_eq!(
        (status, &answer["change"], &answer["error"]["code"]),
        (422, &Value::Null, &json!("23503"))
    );
    assert_eq!(it.studio.query("SELECT count(*) FROM later"), "0");
}

#[test]
fn what_someone_else_changed_is_not_written_over() {
    let it = tables("conflict");
    let change = json!({ "relation": it.table, "key": ["1"], "old": { "3": "a" }, "update": { "3": "mine" } });
    let mut other = it.studio.database();
    other
        .execute(&format!(
            r#"UPDATE {TABLE} SET "the name" = 'theirs' WHERE id = 1"#
        ))
        .unwrap();
    let (status, answer) = it.refused(json!([change]));
    assert_eq!(
        (status, &answer["change"], &answer["conflict"]["now"][2]),
        (409, &json!(0), &json!("theirs"))
    );
    assert_eq!(it.names(), "theirs b");
    // Another column of the row is no conflict.
    let applied = it.apply(json!([{ "relation": it.table, "key": ["1"], "old": { "4": null }, "update": { "4": "abc" } }]));
    assert_eq!(
        (&applied[0][2], &applied[0][3]),
        (&json!("theirs"), &json!("abc"))
    );
    other
        .execute(&format!("DELETE FROM {TABLE} WHERE id = 1"))
        .unwrap();
    let (status, answer) = it.refused(json!([change]));
    assert_eq!(
        (status, &answer["conflict"]),
        (409, &json!({ "now": null }))
    );
    // One that is not committed is waited for, and not for long.
    other
        .execute(&format!(
            r#"BEGIN; UPDATE {TABLE} SET "the name" = 'open' WHERE id = 2"#
        ))
        .unwrap();
    let waiting = json!([{ "relation": it.table, "key": ["2"], "old": { "3": "b" }, "update": { "3": "mine" } }]);
    let (status, answer) = it.refused(waiting);
    assert_eq!((status, &answer["error"]["code"]), (422, &json!("55P03")));
}

#[test]
fn every_value_is_written_as_it_is_given() {
    let it = tables("exact");
    let values = [
        ("5", "12345678901234567890.123456789012345678"),
        ("6", "294276-12-31 23:59:59.999999+00"),
        ("7", "{\"b\":  1, \"a\": 12345678901234567890.10}"),
        ("8", "\\x00ff"),
        ("9", "{\"a,b\",NULL,\"NULL\",\"\"}"),
        ("3", ""),
        ("3", "null"),
        ("7", "null"),
        ("6", "-infinity"),
        ("5", "NaN"),
    ];
    it.studio
        .database()
        .execute("ALTER ROLE postgres SET timezone = 'UTC'")
        .unwrap();
    let it = Tables {
        studio: it.studio,
        ..it
    };
    for (column, value) in values {
        let mut update = serde_json::Map::new();
        update.insert(column.to_owned(), json!(value));
        let applied =
            it.apply(json!([{ "relation": it.table, "key": ["1"], "old": {}, "update": update }]));
        let place: usize = column.parse().unwrap();
        assert_eq!(applied[0][place - 1], json!(value), "{column}");
        // It is also what is known of it then.
        let old = update.clone();
        update.insert(column.to_owned(), Value::Null);
        let applied =
            it.apply(json!([{ "relation": it.table, "key": ["1"], "old": old, "update": update }]));
        assert_eq!(applied[0][place - 1], Value::Null, "{column}");
    }
}

#[test]
fn what_is_no_change_is_refused() {
    let it = tables("senseless");
    for change in [
        json!({ "relation": it.table }),
        json!({ "relation": it.table, "insert": {}, "delete": true }),
        json!({ "relation": it.table, "key": ["1"], "update": {} }),
        json!({ "relation": it.table, "update": { "3": "x" } }),
        json!({ "relation": it.table, "key": [], "delete": true }),
        json!({ "relation": it.table, "key": ["1"], "update": { "99": "x" } }),
    ] {
        let (status, answer) = it.refused(json!([change]));
        assert_eq!(status, 400, "{change}: {answer}");
    }
    assert_eq!(it.names(), "a b");
}

#[test]
fn a_read_only_studio_changes_nothing() {
    let studio = Studio::read_only("readonly", TABLES);
    let owners = studio.id("owners");
    for change in [
        json!({ "relation": owners, "insert": { "1": "9" } }),
        json!({ "relation": owners, "key": ["1"], "old": {}, "update": { "2": "x" } }),
        json!({ "relation": owners, "key": ["1"], "old": {}, "delete": true }),
    ] {
        studio.refused(403, "apply", &json!({ "changes": [change] }));
    }
    assert_eq!(
        studio.query("SELECT string_agg(name, ' ' ORDER BY id) FROM owners"),
        "one two"
    );
}

#[test]
fn the_application_makes_its_defaults() {
    let studio = Studio::new(
        "made",
        "CREATE TABLE made (plain int, token text PRIMARY KEY)",
    );
    let defaults = studio.call("defaults", &json!({ "id": studio.id("made") }));
    assert_eq!(defaults, json!({ "2": "made by the application" }));
}

#[test]
fn what_the_database_makes_cannot_be_given() {
    let it = tables("generated");
    let insert = json!({ "relation": it.table, "insert": { "1": "9" } });
    let update = json!({ "relation": it.table, "key": ["1"], "old": {}, "update": { "10": "5" } });
    let identity = json!({ "relation": it.table, "key": ["1"], "old": {}, "update": { "1": "5" } });
    for (change, column) in [(insert, "id"), (update, "twice"), (identity, "id")] {
        for call in ["preview", "apply"] {
            let response = it.studio.post(call, &json!({ "changes": [change] }));
            let error = &response.json()["error"];
            assert_eq!(
                (response.status, &error["code"]),
                (422, &json!("428C9")),
                "{call} {change}: {error}"
            );
            assert!(
                error["message"].as_str().unwrap().contains(column),
                "{error}"
            );
        }
    }
    // To have it made anew is no value.
    let anew = json!([{ "relation": it.table, "key": ["1"], "old": {}, "update": { "10": { "default": true } } }]);
    it.studio.call("preview", &json!({ "changes": anew }));
    assert_eq!(it.apply(anew)[0][9], "2");
    assert_eq!(it.names(), "a b");
}

/// What the page did not send it learns from the answer.
#[test]
fn a_new_row_comes_back_with_all_that_the_database_put_in() {
    let it = tables("returned");
    it.studio
        .database()
        .execute(
            "CREATE SEQUENCE numbers START 7;
             CREATE TABLE filled (id int GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, number bigint DEFAULT nextval('numbers'), name text DEFAULT 'none',
                 at timestamptz DEFAULT '2020-01-01 00:00+00', doubled bigint GENERATED ALWAYS AS (length(given) * 2) STORED, given text, touched text);
             CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.touched := 'by a trigger'; RETURN NEW; END $$;
             CREATE TRIGGER touch BEFORE INSERT ON filled FOR EACH ROW EXECUTE FUNCTION touch()",
        )
        .unwrap();
    let filled = it.studio.id("filled");
    let applied = it.apply(json!([
        { "relation": filled, "insert": { "6": "four" } },
        { "relation": filled, "insert": { "1": "5", "2": null, "3": { "default": true }, "6": "" } },
        { "relation": filled, "insert": {} },
    ]));
    let mut database = it.studio.database();
    for (place, id) in ["1", "5", "2"].iter().enumerate() {
        let columns = ["id", "number", "name", "at", "doubled", "given", "touched"];
        let expected = columns.map(|column| {
            let sql = format!("SELECT {column}::text FROM filled WHERE id = {id}");
            database.text(&sql).unwrap()
        });
        assert_eq!(applied[place], json!(expected), "{id}");
    }
    assert_eq!(
        (
            &applied[0][1],
            &applied[0][2],
            &applied[0][4],
            &applied[1][1],
            &applied[1][4],
            &applied[2][1],
            &applied[2][4],
            &applied[2][6]
        ),
        (
            &json!("7"),
            &json!("none"),
            &json!("8"),
            &Value::Null,
            &json!("0"),
            &json!("8"),
            &Value::Null,
            &json!("by a trigger")
        )
    );
}
