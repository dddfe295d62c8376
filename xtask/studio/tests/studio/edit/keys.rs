//! What names a row that is changed, or referred to.

use serde_json::{Value, json};

use super::tables;

#[test]
fn rows_are_named_by_whatever_tells_them_apart() {
    let it = tables("keys");
    let pairs = it.studio.id("pairs");
    let applied = it.apply(json!([{ "relation": pairs, "key": ["1", "x"], "old": { "2": "x" }, "update": { "2": "z" } }]));
    assert_eq!(applied[0], json!(["1", "z", "v"]));
    assert_eq!(
        it.studio
            .query("SELECT string_agg(b || value, ' ' ORDER BY b) FROM pairs"),
        "yw zv"
    );
    // One of two that are equal.
    let loose = it.studio.id("loose");
    let page = it.studio.call(
        "rows",
        &json!({ "id": loose, "limit": 10, "page": { "first": true } }),
    );
    let key = &page["rows"][1]["key"];
    let old = json!({ "1": "1", "2": "same" });
    it.apply(json!([{ "relation": loose, "key": key, "old": old, "update": { "2": "other" } }]));
    assert_eq!(
        it.studio
            .query("SELECT string_agg(b, ' ' ORDER BY b) FROM loose"),
        "other same"
    );
    // Its place is another by now, and may become another row's.
    let (status, _) = it.refused(
        json!([{ "relation": loose, "key": key, "old": old, "update": { "2": "again" } }]),
    );
    assert_eq!(status, 409);
    let (status, _) =
        it.refused(json!([{ "relation": loose, "key": key, "old": {}, "delete": true }]));
    assert_eq!(status, 400);
    let (status, answer) =
        it.refused(json!([{ "relation": it.studio.id("shown"), "insert": { "1": "9" } }]));
    assert_eq!(status, 403);
    assert!(
        answer["error"]["message"]
            .as_str()
            .unwrap()
            .contains("view"),
        "{answer}"
    );
}

#[test]
fn a_row_without_a_key_is_told_by_all_that_was_seen_of_it() {
    let it = tables("all");
    let sql = "CREATE TABLE long (a int, b text); INSERT INTO long VALUES (1, repeat('x', 70000)), (2, 'short')";
    it.studio.database().execute(sql).unwrap();
    let long = it.studio.id("long");
    let body = json!({ "id": long, "limit": 10, "page": { "first": true } });
    let page = it.studio.call("rows", &body);
    let key = |place: usize| page["rows"][place]["key"].clone();
    let update = |place: usize, old: Value| json!([{ "relation": long, "key": key(place), "old": old, "update": { "1": "9" } }]);
    // A number is never cut, so that it was seen; the text of the second row was, too.
    let (status, _) = it.refused(update(0, json!({ "2": "x" })));
    assert_eq!(status, 400);
    let (status, _) = it.refused(update(1, json!({ "1": "2" })));
    assert_eq!(status, 409);
    assert_eq!(it.studio.query("SELECT sum(a) FROM long"), "3");
    it.apply(update(0, json!({ "1": "1" })));
    it.apply(update(1, json!({ "1": "2", "2": "short" })));
    assert_eq!(it.studio.query("SELECT sum(a) FROM long"), "18");
}

#[test]
fn a_foreign_key_finds_the_rows_it_can_refer_to() {
    let it = tables("lookup");
    let found = |search: &str| {
        let body = json!({ "id": it.table, "foreignKey": 0, "search": search, "limit": 5 });
        it.studio.call("lookup", &body)
    };
    assert_eq!(
        found("TW"),
        json!({ "columns": [1, 2], "rows": [["2", "two"]] })
    );
    assert_eq!(found("1")["rows"], json!([["1", "one"]]));
    assert_eq!(found("")["rows"], json!([["1", "one"], ["2", "two"]]));
    assert_eq!(found("%")["rows"], json!([]));
    it.studio.refused(
        400,
        "lookup",
        &json!({ "id": it.table, "foreignKey": 1, "search": "", "limit": 5 }),
    );
}

/// The columns of a key that consists of several stand for one row, in whatever order either side has them.
#[test]
fn a_foreign_key_of_several_columns_finds_whole_rows() {
    let it = tables("composite");
    it.studio.database().execute("CREATE TABLE of_pairs (id int PRIMARY KEY, second text, first int, FOREIGN KEY (second, first) REFERENCES pairs (b, a)); INSERT INTO of_pairs VALUES (1, 'x', 1)").unwrap();
    let of_pairs = it.studio.id("of_pairs");
    let relation = it.studio.call("relation", &json!({ "id": of_pairs }));
    let key = &relation["foreignKeys"][0];
    assert_eq!(
        (&key["columns"], &key["referenced"], &key["referencedNames"]),
        (&json!([2, 3]), &json!([2, 1]), &json!(["b", "a"]))
    );
    let found = |search: &str| {
        let body = json!({ "id": of_pairs, "foreignKey": 0, "search": search, "limit": 5 });
        it.studio.call("lookup", &body)["rows"].take()
    };
    assert_eq!(found(""), json!([["1", "x", "v"], ["1", "y", "w"]]));
    assert_eq!(found("Y"), json!([["1", "y", "w"]]));
    // A text beside the key finds it, too.
    assert_eq!(found("w"), json!([["1", "y", "w"]]));
    let chosen = json!([{ "relation": of_pairs, "key": ["1"], "old": { "2": "x", "3": "1" }, "update": { "2": "y", "3": "1" } }]);
    assert_eq!(it.apply(chosen)[0], json!(["1", "y", "1"]));
    let neither =
        json!([{ "relation": of_pairs, "key": ["1"], "old": {}, "update": { "3": "2" } }]);
    let (status, answer) = it.refused(neither);
    assert_eq!((status, &answer["error"]["code"]), (422, &json!("23503")));
}

#[test]
fn rows_without_a_primary_key_are_named_by_a_unique_index() {
    let it = tables("unique");
    it.studio
        .database()
        .execute(
            "CREATE TABLE u (note text, a int NOT NULL, b text NOT NULL, c int, UNIQUE (c)); CREATE UNIQUE INDEX ON u (b, a);
             CREATE UNIQUE INDEX partial ON u (a) WHERE a > 5; INSERT INTO u VALUES ('one', 1, 'x', 1), ('two', 1, 'y', NULL), ('three', 2, 'x', NULL)",
        )
        .unwrap();
    let u = it.studio.id("u");
    let relation = it.studio.call("relation", &json!({ "id": u }));
    assert_eq!(
        (
            &relation["identity"]["kind"],
            &relation["identity"]["columns"]
        ),
        (&json!("unique"), &json!([3, 2])),
        "{relation}"
    );
    let body = json!({ "id": u, "limit": 10, "page": { "first": true } });
    let page = it.studio.call("rows", &body);
    assert_eq!(page["rows"][2]["key"], json!(["y", "1"]), "{page}");
    let changed = json!([
        { "relation": u, "key": ["y", "1"], "old": { "1": "two" }, "update": { "1": "changed", "3": "z" } },
        { "relation": u, "key": ["x", "2"], "old": {}, "delete": true },
    ]);
    assert_eq!(it.apply(changed)[0], json!(["changed", "1", "z", null]));
    let rows = "SELECT string_agg(note || b, ' ' ORDER BY note) FROM u";
    assert_eq!(it.studio.query(rows), "changedz onex");
    // Under its earlier key there is none any more.
    let (status, answer) =
        it.refused(json!([{ "relation": u, "key": ["y", "1"], "old": {}, "delete": true }]));
    assert_eq!((status, &answer["conflict"]["now"]), (409, &Value::Null));
}
