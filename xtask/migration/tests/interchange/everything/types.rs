//! The column types.

use pg_schema::prelude::*;

/// A table per family of types, in drizzle-kit's order.
pub(super) fn tables() -> [Table; 9] {
    [
        integer_types(),
        numeric_types(),
        text_types(),
        date_types(),
        interval_types(),
        other_types(),
        array_types(),
        enum_types(),
        custom_types(),
    ]
}

fn integer_types() -> Table {
    pg_table(
        "integer_types",
        [
            smallint("smallint"),
            integer("integer"),
            bigint("bigint_number"),
            bigint("bigint_bigint"),
            smallserial("smallserial"),
            serial("serial"),
            bigserial("bigserial_number"),
            // In the mode `bigint` drizzle-orm leaves out NOT NULL, which the notation implies.
            custom_type("bigserial_bigint", "bigserial"),
        ],
    )
}

fn numeric_types() -> Table {
    pg_table(
        "numeric_types",
        [
            numeric("numeric"),
            numeric("numeric_precision").precision(10, None),
            numeric("numeric_scale_zero").precision(10, 0),
            numeric("numeric_scale").precision(18, 8),
            numeric("numeric_string").precision(10, 2),
            numeric("numeric_number").precision(10, 2),
            numeric("numeric_bigint").precision(30, None),
            decimal("decimal"),
            decimal("decimal_scale").precision(5, 2),
            decimal("decimal_number").precision(5, None),
            decimal("decimal_bigint"),
            real("real"),
            double_precision("double_precision"),
        ],
    )
}

fn text_types() -> Table {
    pg_table(
        "text_types",
        [
            text("text"),
            text("text_enum"),
            varchar("varchar"),
            varchar("varchar_length").length(255),
            varchar("varchar_enum").length(8),
            char("char"),
            char("char_length").length(3),
            char("char_enum").length(1),
            uuid("uuid"),
            boolean("boolean"),
            bit("bit").dimensions(3),
        ],
    )
}

fn date_types() -> Table {
    pg_table(
        "date_types",
        [
            date("date"),
            date("date_date"),
            date("date_string"),
            time("time"),
            time("time_zero").seconds_precision(0),
            time("time_precision").seconds_precision(3),
            time("time_zone").with_timezone(),
            time("time_precision_zone")
                .seconds_precision(3)
                .with_timezone(),
            timestamp("timestamp"),
            timestamp("timestamp_date"),
            timestamp("timestamp_zero").seconds_precision(0),
            timestamp("timestamp_precision").seconds_precision(3),
            timestamp("timestamp_zone").with_timezone(),
            timestamp("timestamp_precision_zone")
                .seconds_precision(6)
                .with_timezone(),
            timestamp("timestamp_string"),
            // A mode `string` is spelled so.
            custom_type("timestamp_string_precision", "timestamp(3)"),
            timestamp("timestamp_string_zone").with_timezone(),
            custom_type(
                "timestamp_string_precision_zone",
                "timestamp(6) with time zone",
            ),
        ],
    )
}

fn interval_types() -> Table {
    pg_table(
        "interval_types",
        [
            interval("interval"),
            interval("precision").seconds_precision(3),
            interval("year").fields("year"),
            interval("month").fields("month"),
            interval("day").fields("day"),
            interval("hour").fields("hour"),
            interval("minute").fields("minute"),
            interval("second").fields("second"),
            interval("second_precision")
                .fields("second")
                .seconds_precision(3),
            interval("year_to_month").fields("year to month"),
            interval("day_to_hour").fields("day to hour"),
            interval("day_to_minute").fields("day to minute"),
            interval("day_to_second").fields("day to second"),
            interval("hour_to_minute").fields("hour to minute"),
            interval("hour_to_second").fields("hour to second"),
            interval("minute_to_second").fields("minute to second"),
            interval("day_to_second_precision")
                .fields("day to second")
                .seconds_precision(6),
        ],
    )
}

fn other_types() -> Table {
    pg_table(
        "other_types",
        [
            json("json"),
            jsonb("jsonb"),
            inet("inet"),
            cidr("cidr"),
            macaddr("macaddr"),
            macaddr8("macaddr8"),
            point("point"),
            point("point_tuple"),
            point("point_xy"),
            line("line"),
            line("line_tuple"),
            line("line_abc"),
        ],
    )
}

fn array_types() -> Table {
    pg_table(
        "array_types",
        vec![
            text("text").array(),
            text("text_size").array_of(3),
            text("text_two").array().array(),
            integer("integer_sizes").array_of(2).array_of(3),
            integer("integer_mixed").array().array_of(3).array(),
            varchar("varchar").length(10).array(),
            numeric("numeric").precision(10, 2).array(),
            timestamp("timestamp").seconds_precision(3).array(),
            timestamp("timestamp_zone").with_timezone().array(),
            boolean("boolean").array(),
            uuid("uuid").array(),
            json("json").array(),
            jsonb("jsonb").array(),
            inet("inet").array(),
            smallint("smallint").array(),
            bigint("bigint").array(),
            real("real").array(),
            double_precision("double_precision").array(),
            char("char").length(2).array(),
            bit("bit").dimensions(4).array(),
            date("date").array(),
            time("time").seconds_precision(3).with_timezone().array(),
            interval("interval")
                .fields("day to second")
                .seconds_precision(3)
                .array(),
            cidr("cidr").array(),
            macaddr("macaddr").array(),
            macaddr8("macaddr8").array(),
            point("point").array(),
            line("line").array(),
            enum_column("mood", "mood").array(),
            enum_column("mood_two", "mood").array().array_of(2),
            enum_column("quoted", "Quoted Kind").array(),
            enum_column("level", ("app", "level")).array(),
        ],
    )
}

fn enum_types() -> Table {
    pg_table(
        "enum_types",
        [
            enum_column("mood", "mood"),
            enum_column("quoted", "Quoted Kind"),
            enum_column("level", ("app", "level")),
            enum_column("single", "single").not_null(),
        ],
    )
}

fn custom_types() -> Table {
    pg_table(
        "custom_types",
        [
            custom_type("bytea", "bytea"),
            custom_type("tsvector", "tsvector"),
            custom_type("xml", "xml"),
            custom_type("money", "money"),
            custom_type("oid", "oid"),
            custom_type("int4range", "int4range"),
            custom_type("timestamptz", "timestamptz"),
            custom_type("timestamptz_precision", "timestamptz(3)"),
            custom_type("character_varying", "character varying(10)"),
            custom_type("bytea_array", "bytea").array(),
        ],
    )
}
