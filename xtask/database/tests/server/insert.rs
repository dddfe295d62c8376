//! What a seed function inserts, row by row and in bulk.

use pg_database::{Database, InsertError, Inserter, Seed, SeedError, TableName, Value, seed};
use pg_devserver::TestServer;
use pg_schema::QualifiedName;
use pg_schema::prelude::*;

use crate::common::{connect, query};

fn declaration() -> Declaration {
    Declaration::new()
        .with(pg_schema("other"))
        .with(pg_enum("Mood", ["good", "bad"]))
        .with(pg_table(
            "Things",
            [
                text("id").primary_key().default_fn(random_uuid),
                text("note"),
                enum_column("mood", "Mood").default("good"),
                numeric("price").precision(18, 8),
                jsonb("data"),
                uuid("ref"),
                timestamp("at").with_timezone(),
                integer("numbers").array(),
                text("words").array(),
                boolean("flag"),
                double_precision("ratio"),
                integer("count").not_null().default(7),
            ],
        ))
        .with(pg_table("Things", [integer("a"), text("b\"c")]).in_schema("other"))
}

const CREATE: &str = r#"
CREATE SCHEMA other;
CREATE TYPE "Mood" AS ENUM ('good', 'bad');
CREATE TABLE "Things" (id text PRIMARY KEY, note text, mood "Mood" DEFAULT 'good', price numeric(18, 8), data jsonb, ref uuid,
    at timestamptz, numbers integer[], words text[], flag boolean, ratio double precision, count integer NOT NULL DEFAULT 7);
CREATE TABLE other."Things" (a integer, "b""c" text)"#;

fn database() -> Database {
    let mut database = connect(&TestServer::shared().create_database("insert"));
    database.execute(CREATE).unwrap();
    database
}

fn run(
    database: &mut Database,
    mut function: impl FnMut(&mut Inserter<'_>) -> Result<(), InsertError>,
) -> Result<Vec<(QualifiedName, u64)>, SeedError> {
    seed(
        database,
        &mut Seed {
            declaration: &declaration(),
            function: &mut function,
        },
    )
}

/// The error, after which nothing is left in the database.
fn error(
    database: &mut Database,
    function: impl FnMut(&mut Inserter<'_>) -> Result<(), InsertError>,
) -> InsertError {
    let Err(SeedError::Insert(error)) = run(database, function) else {
        panic!("the seed should fail on an insert");
    };
    assert_eq!(query(database, r#"count(*) FROM "Things""#), "0");
    error
}

/// Values of every kind, and how PostgreSQL shows them.
fn values() -> [(&'static str, Value<'static>, &'static str); 10] {
    [
        (
            "note",
            "\\. \\N \t\n\r\\t 'quoted' ü 🦀 \u{7f}".into(),
            "\\. \\N \t\n\r\\t 'quoted' ü 🦀 \u{7f}",
        ),
        ("mood", "bad".into(), "bad"),
        ("price", "1234567890.12345678".into(), "1234567890.12345678"),
        (
            "data",
            r#"{"a": "tab\tand \\ \"quote\""}"#.into(),
            r#"{"a": "tab\tand \\ \"quote\""}"#,
        ),
        (
            "ref",
            "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11".into(),
            "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
        ),
        (
            "at",
            "2025-01-02T03:04:05Z".into(),
            "2025-01-02 03:04:05+00",
        ),
        ("numbers", "{1,NULL,3}".into(), "{1,NULL,3}"),
        (
            "words",
            r#"{"a,b","c\\d","\"",""}"#.into(),
            r#"{"a,b","c\\d","\"",""}"#,
        ),
        ("flag", true.into(), "true"),
        ("ratio", (-1.5e-7).into(), "-1.5e-07"),
    ]
}

#[test]
fn text_becomes_every_type_row_by_row_and_in_bulk() {
    let mut database = database();
    database.execute("SET TimeZone = 'UTC'").unwrap();
    let inserted = run(&mut database, |db| {
        db.execute("SET LOCAL TimeZone = 'UTC'")?;
        db.insert("Things", values().map(|(column, value, _)| (column, value)))?;
        let mut copy = db.copy("Things", values().map(|(column, ..)| column))?;
        copy.row(values().map(|(_, value, _)| value))?;
        assert_eq!(copy.finish()?, 1);
        Ok(())
    });
    assert_eq!(
        inserted.unwrap(),
        [(QualifiedName::new("public", "Things"), 2)]
    );
    for (column, _, shown) in values() {
        for row in 0..2 {
            let expression =
                format!(r#""{column}"::text FROM "Things" ORDER BY id OFFSET {row} LIMIT 1"#);
            database.execute("SET TimeZone = 'UTC'").unwrap();
            assert_eq!(query(&mut database, &expression), shown, "{column}");
        }
    }
}

#[test]
fn what_a_row_leaves_out_is_filled() {
    let mut database = database();
    let inserted = run(&mut database, |db| {
        db.insert("Things", [])?;
        db.insert(
            "Things",
            [("id", "mine".into()), ("note", None::<&str>.into())],
        )?;
        let mut copy = db.copy("Things", ["note"])?;
        copy.row([Value::Null])?;
        copy.row(["".into()])?;
        copy.finish()?;
        db.insert(("other", "Things"), [("b\"c", 5.into())])?;
        let other = QualifiedName::new("other", "Things");
        db.copy(TableName::from(&other), ["a", "b\"c"])?.finish()?;
        db.execute(r#"UPDATE "Things" SET flag = true WHERE note = ''; SAVEPOINT s; RELEASE s"#)
    });
    assert_eq!(
        inserted.unwrap(),
        [
            (QualifiedName::new("public", "Things"), 4),
            (QualifiedName::new("other", "Things"), 1)
        ]
    );
    let counts = r#"concat_ws(' ', count(DISTINCT id), count(*) FILTER (WHERE id ~ '^[0-9a-f-]{36}$'), count(note), count(flag), min(mood), sum(count)) FROM "Things""#;
    assert_eq!(query(&mut database, counts), "4 3 1 1 good 28");
}

#[test]
fn unknown_names_are_told_before_anything_is_sent() {
    let mut database = database();
    let messages = [
        error(&mut database, |db| db.insert("Thing", [])),
        error(&mut database, |db| db.insert(("other", "Thigns"), [])),
        error(&mut database, |db| {
            db.insert("Things", [("nmubers", "{}".into())])
        }),
        error(&mut database, |db| {
            db.copy("Things", ["id", "whatever"])?.finish().map(drop)
        }),
    ]
    .map(|error| error.to_string());
    assert_eq!(
        messages,
        [
            "there is no table `Thing`; did you mean `Things`?",
            "there is no table `other.Thigns`; did you mean `other.Things`?",
            "table `Things` has no column `nmubers`; did you mean `numbers`?",
            "table `Things` has no column `whatever`",
        ]
    );
}

#[test]
fn a_refused_value_is_found_by_row_and_column() {
    let mut database = database();
    let place = |error: InsertError| {
        let sqlstate = error.server_error().map(|error| error.sqlstate.clone());
        match error {
            InsertError::Insert { row, column, .. } => (row, column, sqlstate.unwrap()),
            other => panic!("{other:?}"),
        }
    };
    let at =
        |row, column: &str, sqlstate: &str| (row, Some(column.to_owned()), sqlstate.to_owned());

    let wrong = error(&mut database, |db| {
        db.insert("Things", [("note", "fine".into())])?;
        db.insert("Things", [("note", "fine".into()), ("mood", "ugly".into())])
    });
    assert_eq!(place(wrong), at(Some(2), "mood", "22P02"));
    let wrong = error(&mut database, |db| {
        db.insert("Things", [("count", Value::Null)])
    });
    assert_eq!(place(wrong), at(Some(1), "count", "23502"));

    let copy = |rows: [&'static str; 3]| {
        move |db: &mut Inserter<'_>| {
            let mut copy = db.copy("Things", ["note", "mood"])?;
            for mood in rows {
                copy.row(["line\n1, column note: x".into(), mood.into()])?;
            }
            copy.finish().map(drop)
        }
    };
    let wrong = error(&mut database, copy(["good", "ugly", "bad"]));
    assert_eq!(place(wrong), at(Some(2), "mood", "22P02"));
    let wrong = error(&mut database, |db| {
        let mut copy = db.copy("Things", ["id"])?;
        for id in ["a", "b", "a"] {
            copy.row([id.into()])?;
        }
        copy.finish().map(drop)
    });
    assert_eq!(place(wrong), (Some(3), None, "23505".to_owned()));
}

#[test]
fn what_cannot_be_sent_is_refused_and_fails_the_seed_whatever_follows() {
    let mut database = database();
    let nul = error(&mut database, |db| {
        db.insert("Things", [("note", "a\0b".into())])
    });
    assert!(
        nul.to_string()
            .contains("row 1 for `Things`: the value for `note` contains a NUL"),
        "{nul}"
    );

    let nul = error(&mut database, |db| {
        let mut copy = db.copy("Things", ["note"])?;
        copy.row(["fine".into()])?;
        // Whoever passes over the error does not get the rest either.
        let _ = copy.row(["a\0b".into()]);
        copy.finish().map(drop)
    });
    assert!(
        matches!(nul, InsertError::NulCharacter { row: 2, .. }),
        "{nul}"
    );

    let short = error(&mut database, |db| {
        let mut copy = db.copy("Things", ["note", "flag"])?;
        copy.row(["fine".into()])
    });
    assert_eq!(
        short.to_string(),
        "row 1 for `Things` has 1 values for 2 columns"
    );

    let unfinished = error(&mut database, |db| {
        let mut copy = db.copy("Things", ["note"])?;
        copy.row(["lost".into()])
    });
    assert!(
        matches!(unfinished, InsertError::UnfinishedCopy { .. }),
        "{unfinished}"
    );

    let ended = error(&mut database, |db| {
        db.insert("Things", [])?;
        db.execute("UPDATE \"Things\" SET note = 'x'; COMMIT")
    });
    assert_eq!(
        ended.to_string(),
        "`COMMIT` would begin or end the transaction that the whole seed runs in; leave it out"
    );

    let ignored = error(&mut database, |db| {
        let _ = db.insert("Things", [("mood", "ugly".into())]);
        Ok(())
    });
    assert_eq!(ignored.server_error().unwrap().sqlstate, "22P02");

    // The connection is none the worse for it.
    run(&mut database, |db| db.insert("Things", [])).unwrap();
}
