//! Tables outside of `public`, and names that have to be quoted.

use pg_schema::prelude::*;

pub(super) fn tables() -> [Table; 5] {
    [
        users(),
        entries(),
        pg_table(
            "from_public",
            [integer("user")
                .primary_key()
                .references(("app", "users"), "id")],
        ),
        names_with_spaces(),
        pg_table("empty", []),
    ]
}

fn users() -> Table {
    pg_table(
        "users",
        [
            serial("id").primary_key(),
            integer("number").generated_always_as_identity(identity()),
            text("email").not_null().unique(),
            enum_column("level", "level").not_null().default("low"),
            enum_column("levels", "level")
                .array()
                .default(["low", "high"]),
            enum_column("mood", "mood"),
            integer("parent").references("users", "id"),
            text("shouted").generated_always_as(r#"upper("app"."users"."email")"#),
        ],
    )
    .in_schema("app")
    .index(index("users_level_idx").on(["level"]))
    .index(index("users_lower_idx").on([expression(r#"lower("email")"#)]))
    .index(
        index("users_where_idx")
            .on(["level"])
            .predicate(r#""app"."users"."level" = 'low'"#),
    )
    .check(check("users_check", r#""app"."users"."email" <> ''"#))
    .unique(unique(["email", "level"]))
}

fn entries() -> Table {
    pg_table(
        "Log Entries",
        [
            integer("user")
                .references(("app", "users"), "id")
                .on_delete(Cascade),
            timestamp("at").not_null(),
            integer("parent").references("parent", "id"),
        ],
    )
    .in_schema("Audit Log")
    .primary_key(primary_key(["user", "at"]))
}

fn names_with_spaces() -> Table {
    pg_table(
        "Names With Spaces",
        [
            // Where JavaScript puts a key that is a number.
            text("2024"),
            text("camelCase"),
            text("select"),
            text("with-dash"),
            text("with.dot"),
            text("größe"),
            integer("unnamed_key"),
        ],
    )
    .index(index("").on(["camelCase", "select"]))
    .unique(unique(["with-dash"]))
}
