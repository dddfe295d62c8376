use super::ColumnType;

#[track_caller]
fn check(text: &str, sql: &str) {
    let parsed = ColumnType::parse(text);
    assert_eq!(parsed.to_string(), text, "a snapshot keeps the spelling");
    assert_eq!(parsed.sql(), sql);
}

#[test]
fn spellings_of_one_type_are_one() {
    let groups: &[&[&str]] = &[
        &[
            "numeric(18,8)",
            "numeric(18, 8)",
            "DECIMAL ( 18 , 8 )",
            "dec(18,8)",
        ],
        &["numeric(10)", "numeric(10, 0)"],
        &["integer", "int4", "int", "INT"],
        &["double precision", "float8", "float", "float(53)"],
        &["real", "float4", "float(24)"],
        &[
            "timestamp(3)",
            "timestamp (3)",
            "timestamp(3) without time zone",
        ],
        &[
            "timestamp (3) with time zone",
            "timestamptz(3)",
            "TIMESTAMPTZ (3)",
        ],
        &["time with time zone[]", "timetz[]"],
        &["varchar(10)[]", "character varying(10)[]"],
        &["char", "char(1)", "character(1)", "bpchar(1)"],
        &["bit", "bit(1)"],
        &["varbit(5)", "bit varying(5)"],
        &[
            "interval day to second(3)",
            "INTERVAL DAY TO SECOND(3)",
            "interval day to second (3)",
        ],
    ];
    for group in groups {
        for spelling in *group {
            assert_eq!(ColumnType::parse(group[0]), ColumnType::parse(spelling));
        }
    }
    let different = [
        ("timestamp", "timestamp with time zone"),
        ("numeric", "numeric(10)"),
        ("bpchar", "char"),
        ("text", "text[]"),
        ("text[]", "text[3]"),
        ("Mood", "mood"),
    ];
    for (one, other) in different {
        assert_ne!(ColumnType::parse(one), ColumnType::parse(other));
    }
    assert_ne!(
        ColumnType::user_defined("public", "mood"),
        ColumnType::parse("mood")
    );
}

#[test]
fn sql_is_drizzle_kits_where_that_names_the_type() {
    check("timestamp (3)", "timestamp (3)");
    check("timestamp(3)", "timestamp(3)");
    check("timestamptz", "timestamptz");
    check("decimal(10,2)[3][]", "decimal(10,2)[3][]");
    check("bit varying(5)", "bit varying(5)");
    check("interval day to second(3)", "interval day to second(3)");
    check("geometry(Point, 4326)", "geometry(Point, 4326)");
    check("inet[]", "\"inet\"[]");
    check("float8", "\"float8\"");
    check("smallserial", "\"smallserial\"");
    check("citext", "\"citext\"");
}

#[test]
fn sql_is_canonical_where_drizzle_kits_names_nothing() {
    check("int", "integer");
    check("TEXT", "\"text\"");
    check("INT[]", "integer[]");
    check("TIMESTAMPTZ(3)", "timestamp(3) with time zone");
    check("varbit(5)", "\"varbit\"(5)");
    check("float(10)", "real");
    check("geography(Point, 4326)", "\"geography\"(Point, 4326)");
    check("auth.email", "auth.email");
    check("\"char\"", "\"char\"");
}

#[test]
fn a_type_of_the_users_own_is_quoted_unless_drizzle_kit_names_it_bare() {
    let sql = |schema: &str, name: &str| ColumnType::user_defined(schema, name).sql();
    assert_eq!(sql("public", "mood[]"), "\"mood\"[]");
    assert_eq!(sql("a", "Kind"), "\"a\".\"Kind\"");
    assert_eq!(sql("public", "text_kind"), "text_kind");
    assert_eq!(sql("a", "text_kind"), "\"a\".\"text_kind\"");
    assert_eq!(sql("public", "dateKind"), "\"dateKind\"");
    assert_eq!(sql("public", "date"), "\"public\".\"date\"");
    assert_eq!(sql("public", "json_table"), "\"json_table\"");
    // PostgreSQL finds its own types first.
    assert_eq!(sql("public", "bit"), "\"public\".\"bit\"");
    assert_eq!(sql("public", "_text"), "\"public\".\"_text\"");
    assert_eq!(sql("public", "record"), "\"public\".\"record\"");
    assert_eq!(sql("a", " kind []"), "\"a\".\" kind \"[]");
    let qualified = |name: &str| ColumnType::user_defined("public", name).qualified_sql();
    assert_eq!(qualified("mood"), "\"public\".\"mood\"");
    assert_eq!(qualified("text_kind"), "text_kind");
}
