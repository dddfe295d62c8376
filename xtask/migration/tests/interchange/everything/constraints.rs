//! Keys, unique constraints, foreign keys and checks.

use pg_schema::prelude::*;

pub(super) fn tables() -> Vec<Table> {
    let keys = primary_keys();
    let rest = [
        unique_column(),
        unique_table(),
        parent(),
        child(),
        child_table(),
        pg_table("later", [integer("id").primary_key()]),
        checks(),
    ];
    keys.into_iter().chain(rest).collect()
}

fn primary_keys() -> [Table; 7] {
    [
        pg_table("key_single", [integer("id").primary_key(), text("name")]),
        pg_table("key_serial", [serial("id").primary_key()]),
        pg_table("key_uuid", [uuid("id").primary_key().default_random()]),
        pg_table("key_not_first", [text("name"), text("id").primary_key()]),
        pg_table(
            "key_composite",
            [integer("a"), text("b").not_null(), text("c")],
        )
        .primary_key(primary_key(["a", "b"])),
        pg_table("key_composite_named", [integer("a"), text("b")])
            .primary_key(primary_key(["b", "a"]).name("My Key")),
        pg_table("key_composite_one", [integer("a")]).primary_key(primary_key(["a"])),
    ]
}

fn unique_column() -> Table {
    pg_table(
        "unique_column",
        [
            text("plain").unique(),
            text("named"),
            text("nulls_distinct"),
            text("nulls_not_distinct"),
            text("nulls_not_distinct_unnamed"),
            text("not_null").not_null(),
            integer("key").primary_key(),
        ],
    )
    .unique(unique(["named"]).name("Named Unique"))
    .unique(unique(["nulls_distinct"]).name("nulls_distinct_key"))
    .unique(
        unique(["nulls_not_distinct"])
            .name("nulls_not_distinct_key")
            .nulls_not_distinct(),
    )
    .unique(unique(["nulls_not_distinct_unnamed"]).nulls_not_distinct())
    .unique(unique(["not_null"]))
    .unique(unique(["key"]))
}

fn unique_table() -> Table {
    pg_table(
        "unique_table",
        [text("a"), text("b"), text("c"), text("d").unique()],
    )
    .unique(unique(["a"]))
    .unique(unique(["a", "b"]))
    .unique(unique(["b", "c"]).name("unique_table_named"))
    .unique(
        unique(["a", "c"])
            .name("unique_table_nulls_not_distinct")
            .nulls_not_distinct(),
    )
    .unique(unique(["c"]).nulls_not_distinct())
}

fn parent() -> Table {
    pg_table(
        "parent",
        [
            integer("id").primary_key(),
            integer("a").not_null(),
            text("b").not_null(),
            text("name").unique(),
        ],
    )
    .unique(unique(["a", "b"]))
}

fn child() -> Table {
    let to_parent = |name| integer(name).references("parent", "id");
    let both = |name, action| to_parent(name).on_delete(action).on_update(action);
    pg_table(
        "child",
        [
            integer("id").primary_key(),
            to_parent("plain"),
            to_parent("not_null").not_null(),
            text("by_name").references("parent", "name"),
            both("cascade", Cascade),
            both("restrict", Restrict),
            both("set_null", SetNull),
            both("set_default", SetDefault).default(0),
            both("no_action", NoAction),
            to_parent("only_delete").on_delete(Cascade),
            to_parent("only_update").on_update(Cascade),
            integer("self").references("child", "id"),
            integer("later").references("later", "id"),
        ],
    )
}

fn child_table() -> Table {
    pg_table(
        "child_table",
        [
            integer("id").primary_key(),
            integer("a"),
            text("b"),
            integer("parent"),
            integer("inline").references("parent", "id"),
        ],
    )
    .foreign_key(foreign_key(["a", "b"]).references("parent", ["a", "b"]))
    .foreign_key(
        foreign_key(["a", "b"])
            .name("Named Key")
            .references("parent", ["a", "b"])
            .on_delete(Cascade)
            .on_update(SetNull),
    )
    .foreign_key(
        foreign_key(["parent"])
            .name("child_table_self")
            .references("child_table", ["id"])
            .on_delete(SetNull),
    )
}

fn checks() -> Table {
    pg_table(
        "checks",
        [integer("amount"), text("name"), text("Mixed Case")],
    )
    .check(check("amount_positive", r#""checks"."amount" > 0"#))
    .check(check("unqualified", "amount < 100"))
    .check(check(
        "quotes",
        r#""checks"."name" <> 'it''s' AND "checks"."name" <> 'say "hi"'"#,
    ))
    .check(check(
        "Mixed Case Check",
        r#""checks"."Mixed Case" IS NOT NULL"#,
    ))
    .check(check("comma", r#""checks"."name" IN ('a', 'b')"#))
    .check(check("raw", r#""checks"."amount" > -1"#))
    .check(check(
        "multi_line",
        "(\n  \"checks\".\"amount\" IS NULL\n  OR \"checks\".\"name\" IS NULL\n)",
    ))
}
