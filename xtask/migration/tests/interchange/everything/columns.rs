//! Where a value comes from, and whether there must be one: NOT NULL, identities, generated columns.

use pg_schema::prelude::*;

pub(super) fn tables() -> [Table; 5] {
    [
        not_null(),
        identities(),
        identity_options(),
        identity_key(),
        generated(),
    ]
}

fn not_null() -> Table {
    pg_table(
        "not_null",
        [
            text("plain").not_null(),
            integer("with_default").not_null().default(0),
            integer("default_first").default(0).not_null(),
            text("array").array().not_null().default([""; 0]),
            enum_column("mood", "mood").not_null().default("sad"),
        ],
    )
}

fn identities() -> Table {
    pg_table(
        "identity",
        [
            smallint("smallint_always").generated_always_as_identity(identity()),
            integer("integer_always").generated_always_as_identity(identity()),
            bigint("bigint_always").generated_always_as_identity(identity()),
            smallint("smallint_default").generated_by_default_as_identity(identity()),
            integer("integer_default").generated_by_default_as_identity(identity()),
            bigint("bigint_default").generated_by_default_as_identity(identity()),
        ],
    )
}

fn identity_options() -> Table {
    let all = identity()
        .name("All Options")
        .start_with(100)
        .increment(2)
        .min_value(10)
        .max_value(10_000)
        .cache(5)
        .cycle();
    pg_table(
        "identity_options",
        [
            integer("named").generated_always_as_identity(identity().name("my_sequence")),
            integer("start").generated_always_as_identity(identity().start_with(1000)),
            integer("increment").generated_always_as_identity(identity().increment(10)),
            integer("range").generated_always_as_identity(identity().min_value(5).max_value(500)),
            integer("cache").generated_always_as_identity(identity().cache(20)),
            integer("cycle").generated_by_default_as_identity(identity().cycle()),
            integer("no_cycle").generated_by_default_as_identity(identity()),
            integer("descending").generated_by_default_as_identity(identity().increment(-1)),
            bigint("strings").generated_by_default_as_identity(
                identity()
                    .start_with(100)
                    .max_value(9_000_000_000_000_000_000),
            ),
            bigint("all").generated_always_as_identity(all),
        ],
    )
}

fn identity_key() -> Table {
    pg_table(
        "identity_key",
        [
            integer("id")
                .primary_key()
                .generated_always_as_identity(identity()),
            text("name").not_null(),
        ],
    )
}

fn generated() -> Table {
    pg_table(
        "generated",
        [
            text("first").not_null(),
            text("last").not_null(),
            integer("amount"),
            text("by_sql").generated_always_as("first || ' ' || last"),
            text("by_string").generated_always_as("upper(first)"),
            text("by_function").generated_always_as(r#""generated"."first" || 'it''s'"#),
            integer("by_expression")
                .generated_always_as(r#""generated"."amount" * 2"#)
                .not_null(),
            custom_type("searchable", "tsvector")
                .generated_always_as(r#"to_tsvector('english', "generated"."first")"#),
            text("unique_generated")
                .generated_always_as("lower(last)")
                .unique(),
        ],
    )
}
