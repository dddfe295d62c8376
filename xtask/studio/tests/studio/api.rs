//! The calls, as the page makes them.

use serde_json::{Value, json};

use crate::studio::Studio;

const TABLES: &str = r#"
CREATE TYPE mood AS ENUM ('calm', '<b>wild</b>');
CREATE TABLE owners (id int PRIMARY KEY, name text);
CREATE TABLE "Odd ""<b>" (
    "the id" bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    "owner" int REFERENCES owners,
    "Mood" mood DEFAULT 'calm',
    "<img src=x>" text NOT NULL,
    double bigint GENERATED ALWAYS AS (2) STORED);
COMMENT ON TABLE "Odd ""<b>" IS '<script>alert(1)</script>';
CREATE TABLE made (token text PRIMARY KEY, plain int);
CREATE VIEW shown AS SELECT * FROM owners;
CREATE SCHEMA empty;
CREATE TABLE parts (id int, at date) PARTITION BY RANGE (at);
CREATE TABLE part_1 PARTITION OF parts FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
"#;

#[test]
fn the_session_says_what_is_shown() {
    let studio = Studio::new("session", "");
    let session = studio.call("session", &json!({}));
    assert_eq!(session["project"], "shop");
    assert_eq!(
        session["database"],
        studio.query("SELECT current_database()")
    );
    assert_eq!(session["local"], true);
    assert_eq!(session["readOnly"], false);
    assert_eq!(session["user"], "postgres");
    assert!(!session.to_string().contains("password"));
    assert!(
        session["places"]
            .as_array()
            .unwrap()
            .contains(&json!("tables"))
    );
}

#[test]
fn relations_are_listed_by_schema() {
    let studio = Studio::new("list", TABLES);
    let answer = studio.call("relations", &json!({}));
    let listed = |schema: &str| -> Vec<Value> {
        let schemas = answer["schemas"].as_array().unwrap();
        let found = schemas.iter().find(|known| known["name"] == schema);
        found.unwrap()["relations"].as_array().unwrap().clone()
    };
    assert!(listed("empty").is_empty());
    let public = listed("public");
    let of = |name: &str| public.iter().find(|known| known["name"] == name).unwrap();
    assert_eq!(of("Odd \"<b>")["comment"], "<script>alert(1)</script>");
    assert_eq!(of("shown")["kind"], "view");
    assert_eq!(of("parts")["kind"], "partitioned");
    assert_eq!(of("part_1")["kind"], "partition");
    assert_eq!(of("part_1")["parent"], of("parts")["id"]);
    // Never looked at, and then looked at.
    assert_eq!(of("owners")["rows"], Value::Null);
    let mut database = studio.database();
    database.execute("INSERT INTO owners SELECT generate_series(1, 42); INSERT INTO parts VALUES (1, '2020-05-05'); ANALYZE").unwrap();
    let answer = studio.call("relations", &json!({})).to_string();
    assert!(
        answer.contains(r#""name":"owners","kind":"table","parent":null,"rows":42"#),
        "{answer}"
    );
    assert!(
        answer.contains(r#""name":"parts","kind":"partitioned","parent":null,"rows":1"#),
        "{answer}"
    );
}

#[test]
fn what_one_came_for_is_listed_first_and_the_history_last() {
    let history = "CREATE SCHEMA drizzle;
        CREATE TABLE drizzle.__drizzle_migrations (id int);
        CREATE TABLE drizzle.own (id int);
        CREATE SCHEMA app; CREATE SCHEMA zoo;
        CREATE TABLE public.orders (id int)";
    let studio = Studio::new("order", history);
    studio.query(
        "ALTER DATABASE current_database SET search_path = zoo, public"
            .replace(
                "current_database",
                &studio.query("SELECT quote_ident(current_database())"),
            )
            .as_str(),
    );
    let answer = studio.call("relations", &json!({}));
    let schemas = answer["schemas"].as_array().unwrap();
    let names: Vec<_> = schemas.iter().map(|schema| &schema["name"]).collect();
    assert_eq!(names, ["zoo", "public", "app", "drizzle"]);
    // The history is no part of what is drawn.
    let diagram = studio.call("diagram", &json!({}));
    let nodes = diagram["nodes"].as_array().unwrap();
    let mut drawn: Vec<_> = nodes
        .iter()
        .map(|node| node["name"].as_str().unwrap())
        .collect();
    drawn.sort_unstable();
    assert_eq!(drawn, ["orders", "own"]);
}

#[test]
fn a_locked_table_keeps_nobody_waiting() {
    let studio = Studio::new("locked", "CREATE TABLE locked (id int)");
    let mut database = studio.database();
    database.execute("BEGIN; LOCK TABLE locked").unwrap();
    let start = std::time::Instant::now();
    let answer = studio.call("relations", &json!({})).to_string();
    assert!(start.elapsed().as_secs() < 5);
    assert!(answer.contains(r#""bytes":null"#), "{answer}");
}

#[test]
fn a_relation_is_described() {
    let studio = Studio::new("describe", TABLES);
    let odd = studio.call("relation", &json!({ "id": studio.id(r#""Odd ""<b>""#) }));
    assert_eq!(odd["name"], "Odd \"<b>");
    assert_eq!(odd["primaryKey"], json!([1]));
    assert_eq!(odd["identity"]["kind"], "primary-key");
    let columns = odd["columns"].as_array().unwrap();
    let kinds: Vec<_> = columns
        .iter()
        .map(|column| column["base"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["number", "number", "enum", "text", "number"]);
    assert_eq!(columns[0]["generated"], "identity-always");
    assert_eq!(columns[4]["generated"], "stored");
    assert_eq!(columns[2]["enumLabels"], json!(["calm", "<b>wild</b>"]));
    assert_eq!(columns[2]["default"], "'calm'::mood");
    assert_eq!(columns[1]["foreignKeys"], json!([0]));
    assert_eq!(odd["foreignKeys"][0]["table"], "owners");
    assert_eq!(odd["foreignKeys"][0]["referencedNames"], json!(["id"]));
    let owners = studio.call("relation", &json!({ "id": studio.id("owners") }));
    assert_eq!(owners["referencedBy"][0]["table"], "Odd \"<b>");
    assert_eq!(owners["referencedBy"][0]["columns"], json!([1]));
    assert_eq!(owners["referencedBy"][0]["referenced"], json!([2]));
    assert_eq!(
        owners["indexes"],
        json!([{ "name": "owners_pkey", "columns": ["id"], "unique": true, "method": "btree" }])
    );
    let made = studio.call("relation", &json!({ "id": studio.id("made") }));
    let made: Vec<_> = made["columns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["appDefault"].clone())
        .collect();
    assert_eq!(made, [true, false]);
    let view = studio.call("relation", &json!({ "id": studio.id("shown") }));
    assert_eq!(view["writable"]["update"], false);
    assert_eq!(view["identity"]["kind"], "none");
    studio.refused(404, "relation", &json!({ "id": 1 }));
}

#[test]
fn pages_follow_each_other_by_their_cursors() {
    let studio = Studio::new(
        "pages",
        "CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t SELECT generate_series(1, 5);",
    );
    let id = studio.id("t");
    let page = |at: Value| {
        studio.call(
            "rows",
            &json!({ "id": id, "sort": [], "filters": [], "limit": 2, "page": at }),
        )
    };
    let ids = |page: &Value| -> Vec<Value> {
        page["rows"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["values"][0].clone())
            .collect()
    };
    let first = page(json!({ "first": true }));
    assert_eq!(ids(&first), ["1", "2"]);
    assert_eq!(
        (&first["hasPrevious"], &first["hasNext"]),
        (&json!(false), &json!(true))
    );
    assert_eq!(first["rows"][0]["key"], json!(["1"]));
    let second = page(json!({ "after": first["last"] }));
    assert_eq!(ids(&second), ["3", "4"]);
    let third = page(json!({ "after": second["last"] }));
    assert_eq!(
        (ids(&third), &third["hasNext"]),
        (vec![json!("5")], &json!(false))
    );
    assert_eq!(ids(&page(json!({ "before": second["first"] }))), ["1", "2"]);
    assert_eq!(ids(&page(json!({ "last": true }))), ["4", "5"]);
    let error = studio.refused(
        400,
        "rows",
        &json!({ "id": id, "limit": 2, "page": { "after": "{}" } }),
    );
    assert!(
        error["message"].as_str().unwrap().contains("cursor"),
        "{error}"
    );
}

#[test]
fn a_wrong_condition_is_shown_at_its_place() {
    let studio = Studio::new("where", TABLES);
    let id = studio.id("owners");
    let rows = |condition: &str| json!({ "id": id, "limit": 5, "where": condition, "page": { "first": true } });
    for (condition, position) in [
        ("nope = 1", Some(1)),
        ("id = 1 AND nope = 1", Some(12)),
        ("id = ", Some(6)),
        ("id = 1) OR (nope", Some(13)),
        ("'é' = nope", Some(7)),
        ("id = 1 -- a comment", None),
        ("1 / 0 = id", None),
        ("id = 'x'", Some(6)),
    ] {
        let response = studio.post("rows", &rows(condition));
        let answer = response.json();
        let found = answer["error"]["position"].as_u64();
        assert_eq!(found, position, "{condition}: {answer}");
        let is_wrong = !condition.contains("comment");
        assert_eq!(response.status == 422, is_wrong, "{condition}: {answer}");
    }
    studio
        .database()
        .execute("INSERT INTO owners VALUES (1)")
        .unwrap();
    for writing in [
        "pg_notify('a', 'b') IS NULL; DELETE FROM owners",
        "id IN (SELECT nextval('\"Odd \"\"<b>_the id_seq\"'))",
    ] {
        studio.refused(422, "rows", &rows(writing));
    }
    assert_eq!(studio.query("SELECT count(*) FROM owners"), "1");
}

#[test]
fn rows_are_counted_about_or_exactly() {
    let studio = Studio::new(
        "count",
        "CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t SELECT generate_series(1, 1000);",
    );
    let id = studio.id("t");
    let count = |exact: bool, filters: Value| {
        studio.call(
            "count",
            &json!({ "id": id, "filters": filters, "exact": exact }),
        )["rows"]
            .clone()
    };
    assert_eq!(count(false, json!([])), Value::Null);
    assert_eq!(count(true, json!([])), 1000);
    studio.database().execute("ANALYZE").unwrap();
    assert_eq!(count(false, json!([])), 1000);
    let filter = json!([{ "column": 1, "op": "le", "value": "100" }]);
    assert_eq!(count(true, filter.clone()), 100);
    let about = count(false, filter).as_u64().unwrap();
    assert!((90..=110).contains(&about), "{about}");
    let error = studio.refused(
        422,
        "count",
        &json!({ "id": id, "where": "pg_sleep(1) IS NOT NULL", "exact": true }),
    );
    assert!(
        error["message"].as_str().unwrap().contains("5 s"),
        "{error}"
    );
}

#[test]
fn a_long_value_is_cut_and_can_be_had_whole() {
    let studio = Studio::new(
        "long",
        "CREATE TABLE t (id int PRIMARY KEY, value text); INSERT INTO t VALUES (1, repeat('ä', 70000)), (2, repeat('x', 65536));",
    );
    let id = studio.id("t");
    let page = studio.call(
        "rows",
        &json!({ "id": id, "limit": 5, "page": { "first": true } }),
    );
    let cut = &page["rows"][0]["values"][1];
    assert_eq!(
        (&cut["cut"], &cut["bytes"]),
        (&json!(true), &json!(140_000))
    );
    assert_eq!(cut["text"].as_str().unwrap().chars().count(), 65536);
    assert_eq!(page["rows"][1]["values"][1].as_str().unwrap().len(), 65536);
    let whole = studio.call("value", &json!({ "id": id, "key": ["1"], "column": 2 }));
    assert_eq!(whole["value"].as_str().unwrap().chars().count(), 70000);
    studio.refused(
        404,
        "value",
        &json!({ "id": id, "key": ["3"], "column": 2 }),
    );
    studio.refused(
        400,
        "value",
        &json!({ "id": id, "key": ["1", "2"], "column": 2 }),
    );
    studio.refused(
        400,
        "value",
        &json!({ "id": id, "key": ["1"], "column": 9 }),
    );
}

#[test]
fn what_is_no_request_is_refused() {
    let studio = Studio::new("bad", "");
    for body in [
        json!([]),
        json!("x"),
        json!({ "id": "1; DROP TABLE t" }),
        json!({ "id": -1 }),
        json!({ "id": 1, "limit": 1, "page": { "at": 1 } }),
    ] {
        studio.refused(400, "rows", &body);
    }
}

/// Grids only read, in any studio, whatever stands in a condition.
#[test]
fn no_condition_writes() {
    let sql = "CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1); CREATE SEQUENCE s;
        CREATE FUNCTION sneak() RETURNS bool LANGUAGE plpgsql AS $$ BEGIN INSERT INTO t VALUES (2); RETURN true; END $$;
        CREATE VIEW sneaking AS SELECT sneak()";
    for studio in [
        Studio::new("reads", sql),
        Studio::read_only("reads_only", sql),
    ] {
        let t = studio.id("t");
        for condition in ["sneak()", "nextval('s') > 0"] {
            for (call, more) in [
                ("rows", json!({ "limit": 1, "page": { "first": true } })),
                ("rows", json!({ "limit": 1, "page": { "last": true } })),
                ("count", json!({ "exact": true })),
                ("export", json!({ "format": "csv" })),
            ] {
                let mut body = json!({ "id": t, "where": condition });
                let more = more.as_object().unwrap().clone();
                body.as_object_mut().unwrap().extend(more);
                let error = studio.refused(422, call, &body);
                assert_eq!(error["code"], "25006", "{call} {condition}: {error}");
            }
        }
        let page = json!({ "id": studio.id("sneaking"), "limit": 1, "page": { "first": true } });
        assert_eq!(studio.refused(422, "rows", &page)["code"], "25006");
        // Before 16 PostgreSQL makes large objects in transactions that only read.
        for call in ["rows", "count", "export"] {
            let body = json!({ "id": t, "where": "lo_create(0) > 0", "limit": 1, "page": { "first": true }, "exact": true, "format": "csv" });
            studio.post(call, &body);
            let objects = "SELECT count(*) FROM pg_largeobject_metadata";
            assert_eq!(studio.query(objects), "0", "{call}");
        }
        // Nor does one end the statement that it stands in.
        let ended = json!({ "id": t, "where": "true); DELETE FROM t; SELECT (true", "limit": 1, "page": { "first": true } });
        studio.refused(422, "rows", &ended);
        assert_eq!(studio.query("SELECT count(*) FROM t"), "1");
        assert_eq!(studio.query("SELECT is_called FROM s"), "f");
    }
}

#[test]
fn a_read_only_studio_says_so() {
    let studio = Studio::read_only("only", TABLES);
    assert_eq!(studio.call("session", &json!({}))["readOnly"], true);
    let made = studio.call("relation", &json!({ "id": studio.id("made") }));
    assert_eq!(made["writable"]["insert"], false);
    assert!(
        made["writable"]["reason"]
            .as_str()
            .unwrap()
            .contains("--read-only")
    );
    // A function that writes is called by a condition.
    studio.database().execute("CREATE FUNCTION sneak() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN INSERT INTO owners VALUES (7); RETURN true; END $$; INSERT INTO owners VALUES (1)").unwrap();
    for condition in [
        "sneak()",
        "id = (SELECT set_config('transaction_read_only', 'off', false)::int)",
    ] {
        studio.refused(422, "rows", &json!({ "id": studio.id("owners"), "limit": 1, "where": condition, "page": { "first": true } }));
    }
    assert_eq!(studio.query("SELECT count(*) FROM owners"), "1");
}

#[test]
fn a_diagram_has_every_table_and_every_foreign_key() {
    let studio = Studio::new("diagram", TABLES);
    let mut database = studio.database();
    database.execute("CREATE TABLE tree (id int PRIMARY KEY, parent int UNIQUE REFERENCES tree); CREATE TABLE nothing ()").unwrap();
    let diagram = studio.call("diagram", &json!({}));
    let nodes = diagram["nodes"].as_array().unwrap();
    let names: Vec<_> = nodes
        .iter()
        .map(|node| node["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        ["Odd \"<b>", "made", "nothing", "owners", "parts", "tree"]
    );
    let keys: Vec<_> = nodes[0]["columns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|column| column["key"].clone())
        .collect();
    assert_eq!(
        keys,
        [
            json!("pk"),
            json!("fk"),
            Value::Null,
            Value::Null,
            Value::Null
        ]
    );
    let keys = studio.call("diagram", &json!({ "keysOnly": true }));
    let columns = |diagram: &Value| diagram["nodes"][0]["columns"].as_array().unwrap().len();
    assert_eq!((columns(&diagram), columns(&keys)), (5, 2));
    let edges: Vec<_> = diagram["edges"]
        .as_array()
        .unwrap()
        .iter()
        .map(|edge| {
            (
                edge["name"].as_str().unwrap(),
                &edge["one"],
                &edge["optional"],
            )
        })
        .collect();
    assert_eq!(
        edges,
        [
            ("Odd \"<b>_owner_fkey", &json!(false), &json!(true)),
            ("tree_parent_fkey", &json!(true), &json!(true))
        ]
    );
}
