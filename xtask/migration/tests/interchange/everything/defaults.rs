//! The defaults.

use pg_schema::prelude::*;

/// A table per family of defaults, in drizzle-kit's order.
pub(super) fn tables() -> [Table; 7] {
    [
        text_defaults(),
        number_defaults(),
        boolean_defaults(),
        json_defaults(),
        date_defaults(),
        array_defaults(),
        other_defaults(),
    ]
}

fn text_defaults() -> Table {
    pg_table(
        "text_defaults",
        [
            text("empty").default(""),
            text("plain").default("plain"),
            text("quote").default("it's"),
            text("quotes").default("''"),
            text("double_quote").default(r#"say "hi""#),
            text("backslash").default(r"back\slash"),
            text("newline").default("two\nlines"),
            text("tab").default("a\tb"),
            text("unicode").default("ünïcode 😀"),
            text("semicolon").default("a;b"),
            text("comment").default("a -- b"),
            text("looks_like_call").default("now()"),
            text("looks_like_null").default("NULL"),
            text("looks_like_number").default("0"),
            varchar("varchar").length(10).default("x"),
            char("char").length(3).default("abc"),
            bit("bit").dimensions(3).default("101"),
            text("sql_literal").default_sql("'literal'"),
            text("sql_cast").default_sql("'cast'::text"),
            text("sql_call").default_sql("upper('x')"),
            text("sql_keyword").default_sql("CURRENT_USER"),
            text("sql_null").default_sql("NULL"),
        ],
    )
}

fn number_defaults() -> Table {
    pg_table(
        "number_defaults",
        [
            smallint("smallint_zero").default(0),
            integer("integer_one").default(1),
            integer("integer_negative").default(-1),
            integer("integer_max").default(2_147_483_647),
            bigint("bigint_number").default(9_007_199_254_740_991_i64),
            bigint("bigint_negative").default(-5),
            bigint("bigint_sql").default_sql("9223372036854775807"),
            real("real_tenth").default(0.1),
            real("real_negative").default(-0.5),
            double_precision("double_large").default(1e21),
            double_precision("double_small").default(1e-7),
            double_precision("double_whole").default(2.0),
            numeric("numeric_string").default("1.50"),
            numeric("numeric_string_zero").precision(10, 2).default("0"),
            numeric("numeric_string_negative")
                .precision(10, 2)
                .default("-1.25"),
            numeric("numeric_number").default(1.5),
            numeric("numeric_number_zero").precision(10, 2).default(0),
            integer("sql_expression").default_sql("1 + 1"),
            integer("sql_negative").default_sql("-1"),
        ],
    )
}

fn boolean_defaults() -> Table {
    pg_table(
        "boolean_defaults",
        [
            boolean("yes").default(true),
            boolean("no").default(false),
            boolean("sql_yes").default_sql("true"),
        ],
    )
}

fn json_defaults() -> Table {
    pg_table(
        "json_defaults",
        [
            json("json_object").default_json("{}"),
            json("json_nested").default_json(
                r#"{"a":1,"b":"text","c":[1,null,true],"d":{"e":"say \"hi\"","f":"back\\slash"}}"#,
            ),
            jsonb("jsonb_object").default_json("{}"),
            jsonb("jsonb_array").default_json("[]"),
            jsonb("jsonb_numbers").default_json("[1,-2,3.5]"),
            jsonb("jsonb_nested").default_json(r#"{"z":1,"a":{"b":["ü","two\nlines"]}}"#),
            jsonb("jsonb_number").default_json("5"),
            jsonb("jsonb_boolean").default_json("true"),
            jsonb("jsonb_null").default_json("null"),
            jsonb("jsonb_sql").default_sql(r#"'{"a": "it''s"}'::jsonb"#),
        ],
    )
}

fn date_defaults() -> Table {
    pg_table(
        "date_defaults",
        [
            date("date_string").default("2024-02-03"),
            date("date_date").default("2024-02-03"),
            date("date_now").default_now(),
            date("date_sql").default_sql("CURRENT_DATE"),
            time("time_string").default("04:05:06"),
            time("time_zone_string")
                .with_timezone()
                .default("04:05:06+02"),
            time("time_now").default_now(),
            timestamp("timestamp_date").default("2024-02-03 04:05:06.789"),
            timestamp("timestamp_precision_date")
                .seconds_precision(3)
                .default("2024-02-03T04:05:06.789Z"),
            timestamp("timestamp_zone_date")
                .with_timezone()
                .default("2024-02-03T04:05:06.789Z"),
            timestamp("timestamp_precision_zone_date")
                .seconds_precision(3)
                .with_timezone()
                .default("2024-02-03T04:05:06.789Z"),
            timestamp("timestamp_string").default("2024-02-03 04:05:06"),
            custom_type("timestamp_precision_string", "timestamp(3)")
                .default("2024-02-03 04:05:06.789"),
            timestamp("timestamp_zone_string")
                .with_timezone()
                .default("2024-02-03T04:05:06Z"),
            timestamp("timestamp_now").default_now(),
            timestamp("timestamp_zone_now")
                .with_timezone()
                .default_now(),
            timestamp("timestamp_sql").default_sql("now() + interval '1 day'"),
            interval("interval_string").default("1 day"),
            interval("interval_fields_string")
                .fields("day to second")
                .default("1 day 02:03:04"),
        ],
    )
}

fn array_defaults() -> Table {
    pg_table(
        "array_defaults",
        [
            text("text").array().default(["a", "b"]),
            text("text_special")
                .array()
                .default(["a b", "c,d", "{e}", "", "NULL"]),
            text("text_empty").array().default([""; 0]),
            text("text_two")
                .array()
                .array()
                .default([["a", "b"], ["c", "d"]]),
            varchar("varchar").length(5).array().default(["x"]),
            integer("integer").array().default([1, 2, -3]),
            integer("integer_size").array_of(2).default([1, 2]),
            integer("integer_two")
                .array()
                .array()
                .default([[1, 2], [3, 4]]),
            real("real").array().default([0.1, -2.0]),
            bigint("bigint").array().default([1, i64::MIN]),
            numeric("numeric").array().default(["1.50", "2"]),
            boolean("boolean").array().default([true, false]),
            uuid("uuid")
                .array()
                .default(["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"]),
            date("date_string").array().default(["2024-02-03"]),
            date("date_date").array().default(["2024-02-03"]),
            timestamp("timestamp_date")
                .array()
                .default(["2024-02-03 04:05:06.789"]),
            timestamp("timestamp_zone_date")
                .with_timezone()
                .array()
                .default(["2024-02-03T04:05:06.789Z"]),
            jsonb("jsonb").array().default([r#"{"a":1,"b":"x"}"#]),
            enum_column("mood", "mood").array().default(["sad", "ok"]),
            enum_column("mood_empty", "mood").array().default([""; 0]),
            enum_column("level", ("app", "level"))
                .array()
                .default(["low"]),
            text("sql_array").array().default_sql("ARRAY['x']::text[]"),
            text("sql_literal").array().default_sql("'{}'"),
        ],
    )
}

fn other_defaults() -> Table {
    pg_table(
        "other_defaults",
        [
            enum_column("mood", "mood").default("ok"),
            enum_column("quoted", "Quoted Kind").default("it's"),
            enum_column("level", ("app", "level")).default("low"),
            enum_column("mood_sql", "mood").default_sql("'sad'::mood"),
            uuid("uuid_random").default_random(),
            uuid("uuid_string").default("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
            inet("inet").default("127.0.0.1"),
            cidr("cidr").default("10.0.0.0/8"),
            macaddr("macaddr").default("08:00:2b:01:02:03"),
            point("point_sql").default_sql("'(1,2)'"),
            line("line_sql").default_sql("'{1,2,3}'"),
            integer("null_literal").default(Literal::Null),
            text("application_side").default_fn(random_uuid),
            text("application_update"),
        ],
    )
}
