//! The declaration: what it builds, and what it says when it cannot.

use pg_schema::prelude::*;
use pg_schema::{DefaultValue, QualifiedName, Schema};

fn build_errors(declaration: &Declaration) -> Vec<String> {
    declaration
        .build()
        .expect_err("the declaration is wrong")
        .0
        .iter()
        .map(ToString::to_string)
        .collect()
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let declaration = Declaration::new()
        .with(pg_enum("Side", ["LONG", "SHORT", "LONG"]))
        .with(pg_table("Models", [text("id").primary_key(), text("name")]))
        .with(
            pg_table(
                "Orders",
                [
                    text("id").primary_key(),
                    integer("number").primary_key(),
                    text("modelId").references("Modles", "id"),
                    text("byName").references("Models", "nmae"),
                    text("loose").references("Models", "name"),
                    enum_column("side", "Sied"),
                    enum_column("way", "Side").default("LNOG"),
                    custom_type("search", "tsvectr"),
                    text("symbol").precision(5, 2),
                    text("tags").default(["a", "b"]),
                    numeric("huge").precision(2000, 2),
                    text("key").on_delete(Cascade),
                    integer("counted")
                        .default(1)
                        .generated_always_as_identity(identity()),
                    text("symbol"),
                ],
            )
            .index(index("Orders_idx").on(["symbl"]))
            .index(index("Models").on(["id"]))
            .unique(unique(["id"]).name("x".repeat(64)))
            .foreign_key(foreign_key(["id", "number"]).references("Models", ["id"]))
            .check(check("positive", "number > 0"))
            .check(check("positive", "number > 1")),
        )
        .with(pg_table("Elsewhere", [text("id")]).in_schema("atuh"))
        .with(pg_schema("auth"))
        .with(pg_table("", [text("")]));
    let expected = [
        r#"enum "Side": has the label 'LONG' twice"#,
        r#"table "Orders", column "side": is of the enum "Sied", which is not declared; did you mean `Side`?"#,
        r#"table "Orders", column "way": has the default 'LNOG', which is no label of the enum "Side"; did you mean `LONG`?"#,
        r#"table "Orders", column "search": is of type `tsvectr`, which PostgreSQL does not have; did you mean `tsvector`?"#,
        r#"table "Orders", column "symbol": `.precision` is for numeric, not for text"#,
        r#"table "Orders", column "tags": an array is the default of arrays only; put `.array()` before it"#,
        r#"table "Orders", column "huge": `.precision(2000, 2)` is outside of what PostgreSQL allows"#,
        r#"table "Orders", column "key": `.on_delete` needs a `.references` before it"#,
        r#"table "Orders", column "counted": has a default and an identity; only one of them can give its value"#,
        r#"table "Orders": has the column "symbol" twice"#,
        r#"table "Orders": has more than one primary key; a key over several columns is `.primary_key(primary_key([…]))` on the table"#,
        r#"table "Orders": has the check "positive" twice"#,
        r#"table "Orders", index "Orders_idx": names the column "symbl", which the table does not have; did you mean `symbol`?"#,
        r#"table "": its name is empty"#,
        r#"table "", column "": its name is empty"#,
        r#"table "atuh.Elsewhere": lies in the schema "atuh", which is not declared (`pg_schema("atuh")`); did you mean `auth`?"#,
        r#"table "Orders", index "Models": has a name that table "Models" has already; in one schema they must differ"#,
        r#"table "Orders", foreign key of (modelId): refers to the table "Modles", which is not declared; did you mean `Models`?"#,
        r#"table "Orders", foreign key of (byName): refers to the column "nmae" of "Models", which does not exist; did you mean `name`?"#,
        r#"table "Orders", foreign key of (loose): refers to (name) of "Models", on which there is no primary key, unique constraint or unique index"#,
        r#"table "Orders", foreign key of (id, number): pairs 2 columns with 1 of "Models""#,
    ];
    let found = build_errors(&declaration);
    for error in expected {
        assert!(
            found.iter().any(|line| line == error),
            "not told: {error}\ntold:\n{}",
            found.join("\n")
        );
    }
    assert!(
        found
            .iter()
            .any(|line| line.contains("has 64 bytes, and PostgreSQL keeps 63")),
        "{found:#?}"
    );
    assert_eq!(found.len(), expected.len() + 1, "{found:#?}");
}

fn build(declaration: &Declaration) -> Schema {
    declaration.build().expect("the declaration is right")
}

#[test]
fn names_that_are_not_given_follow_drizzles_rules() {
    let schema = build(
        &Declaration::new()
            .with(
                pg_table("a", [integer("x").unique(), integer("y")])
                    .primary_key(primary_key(["x", "y"])),
            )
            .with(
                pg_table(
                    "b",
                    [
                        bigint("id").generated_by_default_as_identity(identity()),
                        integer("x"),
                        integer("y"),
                    ],
                )
                .foreign_key(foreign_key(["x", "y"]).references("a", ["x", "y"]))
                .unique(unique(["x", "y"]))
                .index(index("").on(["x", "y"])),
            ),
    );
    let a = schema
        .tables
        .get(&QualifiedName::new("public", "a"))
        .expect("a");
    let b = schema
        .tables
        .get(&QualifiedName::new("public", "b"))
        .expect("b");
    assert_eq!(
        a.primary_key.as_ref().and_then(|key| key.name.as_deref()),
        Some("a_x_y_pk")
    );
    assert!(a.uniques.contains("a_x_unique"));
    assert!(b.foreign_keys.contains("b_x_y_a_x_y_fk"));
    assert!(b.uniques.contains("b_x_y_unique"));
    assert!(b.indexes.contains("b_x_y_index"));
    let identity = b
        .columns
        .get("id")
        .and_then(|column| column.identity.as_ref())
        .expect("identity");
    assert_eq!(identity.sequence, QualifiedName::new("public", "b_id_seq"));
    assert_eq!(identity.options.max, i64::MAX);
}

#[test]
fn a_name_is_looked_up_in_the_own_schema_before_public() {
    let declaration = Declaration::new()
        .with(pg_schema("auth"))
        .with(pg_enum("kind", ["a"]))
        .with(pg_enum("level", ["a"]))
        .with(pg_enum("level", ["b"]).in_schema("auth"))
        .with(pg_table("users", [integer("id").primary_key()]))
        .with(
            pg_table(
                "sessions",
                [
                    integer("user").references("users", "id"),
                    enum_column("kind", "kind"),
                    enum_column("level", "level"),
                ],
            )
            .in_schema("auth"),
        );
    let schema = build(&declaration);
    let sessions = schema
        .tables
        .get(&QualifiedName::new("auth", "sessions"))
        .expect("sessions");
    assert_eq!(
        sessions
            .columns
            .get("kind")
            .expect("kind")
            .data_type
            .schema(),
        Some("public")
    );
    assert_eq!(
        sessions
            .columns
            .get("level")
            .expect("level")
            .data_type
            .schema(),
        Some("auth")
    );
    assert_eq!(
        sessions.foreign_keys.iter().next().expect("key").references,
        QualifiedName::new("public", "users")
    );
}

#[test]
fn defaults_become_the_sql_that_drizzle_writes() {
    let columns = [
        (text("c").default("it's"), "'it''s'"),
        (integer("c").default(-1), "-1"),
        (double_precision("c").default(0.1), "0.1"),
        (boolean("c").default(true), "true"),
        (
            jsonb("c").default_json(r#"{"a":"it's"}"#),
            r#"'{"a":"it''s"}'::jsonb"#,
        ),
        (
            text("c").array().default(["a", "b\"c"]),
            r#"'{"a","b\"c"}'"#,
        ),
        (integer("c").array().default([1, 2]), "'{1,2}'"),
        (boolean("c").array().default(Vec::<bool>::new()), "'{}'"),
        (
            text("c").array().array().default([["a"], ["NULL"]]),
            r#"'{{"a"},{"NULL"}}'"#,
        ),
        (
            text("c").array().default(["a".into(), Literal::Null]),
            r#"'{"a",NULL}'"#,
        ),
        (double_precision("c").default(1e21), "1e+21"),
        (double_precision("c").default(-1e-7), "-1e-7"),
        (double_precision("c").default(2.0), "2"),
        (integer("c").default(Literal::Null), "null"),
        (timestamp("c").default_now(), "now()"),
        (uuid("c").default_random(), "gen_random_uuid()"),
    ];
    for (column, sql) in columns {
        let schema = build(&Declaration::new().with(pg_table("t", [column])));
        let table = schema.tables.iter().next().expect("t");
        let default = table
            .columns
            .get("c")
            .expect("c")
            .default
            .as_ref()
            .map(DefaultValue::sql);
        assert_eq!(default, Some(sql));
    }
}

#[test]
fn the_applications_own_default_is_no_state() {
    let with = Declaration::new().with(pg_table("t", [text("id").default_fn(random_uuid)]));
    let without = Declaration::new().with(pg_table("t", [text("id")]));
    assert_eq!(build(&with), build(&without));
    let name = QualifiedName::new("public", "t");
    let defaults: Vec<_> = with.default_fns(&name).collect();
    assert_eq!(defaults.len(), 1);
    assert_eq!(defaults[0].0, "id");
    assert_ne!(defaults[0].1(), defaults[0].1());
}

#[test]
fn what_is_wrong_beyond_drizzle_is_told_too() {
    let declaration = Declaration::new()
        .with(pg_schema("gis"))
        .with(pg_schema("public"))
        .with(pg_extension("postgis").in_schema("gsi"))
        .with(pg_extension("hstore").in_schema("extensions"))
        .with(pg_extension("hstore"))
        .with(pg_extension("plpgsql"))
        .with(pg_role("reader").existing().comment("not ours"))
        .with(pg_enum("Side", ["LONG"]).comment(""))
        .with(pg_sequence("tickets").owned_by("Order", "id"))
        .with(pg_sequence("numbers").owned_by("Orders", "nmber"))
        .with(pg_sequence("small").counts_in(SmallInt).max_value(40_000))
        .with(
            pg_table(
                "Orders",
                [
                    text("id").primary_key().initially_deferred(),
                    integer("number").collate("C"),
                    enum_column("side", "Side").collate("C"),
                    custom_type("mail", "citext").collate("C"),
                    text("note").comment("a\0b"),
                ],
            )
            .index(index("by_number").on(["number"]).include(["noet"]))
            .index(index("by_note").using("gin").on(["note"]).include(["id"]))
            .index(index("by_id").on(["id"]).nulls_not_distinct())
            .unique(unique(["number"]).deferrable()),
        )
        .with(pg_table(
            "Fills",
            [integer("number").references("Orders", "number")],
        ))
        .with(pg_view("theirs").existing().comment("not ours"))
        .with(
            pg_materialized_view("days")
                .columns([integer("n")])
                .as_sql("select 1 as n")
                .index(index("by_number").on(["m"])),
        );
    let expected = [
        r#"schema "public": is in every database and is not declared, but to comment on it"#,
        r#"extension "hstore": is declared twice"#,
        r#"extension "plpgsql": is in every database and is not declared"#,
        r#"sequence "small": counts from 1 to 40000, and smallint goes from -32768 to 32767"#,
        r#"table "Orders", column "id": `.initially_deferred` needs a `.references` before it"#,
        r#"table "Orders", column "number": has a collation, which integer does not take"#,
        r#"table "Orders", column "side": has a collation, which Side does not take"#,
        r#"table "Orders", index "by_number": names the column "noet", which the table does not have; did you mean `note`?"#,
        r#"table "Orders", index "by_note": includes columns, which gin does not; btree, gist and spgist do"#,
        r#"table "Orders", index "by_id": says `.nulls_not_distinct()`, which is for `unique_index`"#,
        r#"view "days", index "by_number": names the column "m", which the table does not have; did you mean `n`?"#,
        r#"view "days", index "by_number": has a name that table "Orders", index "by_number" has already; in one schema they must differ"#,
        r#"extension "postgis": lies in the schema "gsi", which is not declared; did you mean `gis`?"#,
        r#"table "Fills", foreign key of (number): refers to (number) of "Orders", where unique "Orders_number_unique" is deferrable, and PostgreSQL wants one that is not"#,
        r#"sequence "tickets": is owned by a column of the table "Order", which is not declared in its schema; did you mean `Orders`?"#,
        r#"sequence "numbers", owner "Orders": names the column "nmber", which the table does not have; did you mean `number`?"#,
        r#"role "reader": is only referred to, so no migration comments on it"#,
        r#"enum "Side": has an empty comment; leave it out"#,
        r#"table "Orders", column "note": has a comment that holds a NUL character"#,
        r#"view "theirs": is only referred to, so no migration comments on it"#,
    ];
    assert_eq!(build_errors(&declaration), expected);
}
