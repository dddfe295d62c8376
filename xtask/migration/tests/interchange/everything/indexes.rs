//! Indexes.

use pg_schema::prelude::*;

pub(super) fn table() -> Table {
    let columns = [
        integer("a"),
        text("b"),
        jsonb("c"),
        text("d").array(),
        point("e"),
        inet("f"),
        text("Mixed Case"),
    ];
    let indexes = [
        plain(),
        ordered(),
        computed(),
        partial(),
        by_method(),
        with_parameters(),
    ];
    indexes
        .into_iter()
        .flatten()
        .fold(pg_table("indexes", columns), Table::index)
}

fn plain() -> Vec<Index> {
    vec![
        index("").on(["a"]),
        index("").on(["a", "b"]),
        unique_index("").on(["b"]),
        index("named_idx").on(["a"]),
        unique_index("unique_idx").on(["a", "b"]),
        index("Mixed Case Idx").on(["Mixed Case"]),
    ]
}

fn ordered() -> Vec<Index> {
    let pattern = || asc("b").op("text_pattern_ops");
    vec![
        index("asc_idx").on([asc("a")]),
        index("desc_idx").on([desc("a")]),
        index("asc_nulls_first_idx").on([asc("a").nulls_first()]),
        index("asc_nulls_last_idx").on([asc("a").nulls_last()]),
        index("desc_nulls_first_idx").on([desc("a").nulls_first()]),
        index("desc_nulls_last_idx").on([desc("a").nulls_last()]),
        index("nulls_first_idx").on([asc("a").nulls_first()]),
        index("mixed_order_idx").on([desc("a").nulls_first(), asc("b"), asc("f").nulls_first()]),
        index("op_idx").on([pattern()]),
        index("op_nulls_first_idx").on([pattern().nulls_first()]),
        index("op_mixed_idx").on([asc("a"), pattern()]),
    ]
}

fn lower() -> IndexKey {
    expression(r#"lower("b")"#)
}

fn computed() -> Vec<Index> {
    vec![
        index("expression_idx").on([lower()]),
        index("expression_operator_idx").on([expression(r#"("a" + 1)"#)]),
        index("expression_desc_idx").on([expression(r#"lower("b") DESC"#)]),
        index("expression_mixed_idx").on([asc("a"), lower()]),
        unique_index("expression_unique_idx").on([lower()]),
    ]
}

fn partial() -> Vec<Index> {
    vec![
        index("where_idx")
            .on(["a"])
            .predicate(r#""indexes"."a" > 0"#),
        index("where_unqualified_idx")
            .on(["a"])
            .predicate("b = 'it''s'"),
        unique_index("using_unique_idx")
            .using("btree")
            .on([asc("b").op("text_pattern_ops")])
            .with("fillfactor", 90),
        unique_index("where_unique_idx")
            .on(["b"])
            .predicate(r#""indexes"."b" IS NOT NULL"#),
        index("concurrently_idx").on(["a"]).concurrently(),
    ]
}

fn by_method() -> Vec<Index> {
    vec![
        index("btree_idx").using("btree").on([asc("a"), desc("b")]),
        index("hash_idx").using("hash").on(["b"]),
        index("gin_idx").using("gin").on(["c"]),
        index("gin_op_idx")
            .using("gin")
            .on([asc("c").op("jsonb_path_ops")]),
        index("gin_array_idx").using("gin").on(["d"]),
        index("gin_expression_idx")
            .using("gin")
            .on([expression(r#"to_tsvector('english', "b")"#)]),
        index("gist_idx").using("gist").on(["e"]),
        index("gist_op_idx")
            .using("gist")
            .on([asc("f").op("inet_ops")]),
        index("spgist_idx").using("spgist").on(["e"]),
        index("brin_idx").using("brin").on(["a"]),
    ]
}

fn with_parameters() -> Vec<Index> {
    vec![
        index("with_idx").on(["a"]).with("fillfactor", 70),
        index("with_two_idx")
            .on(["a"])
            .with("fillfactor", 70)
            .with("deduplicate_items", "off"),
        index("with_boolean_idx")
            .using("gin")
            .on(["c"])
            .with("fastupdate", false),
        index("with_string_idx")
            .using("brin")
            .on(["a"])
            .with("pages_per_range", "32"),
        // drizzle-kit forgets ONLY.
        index("on_only_idx").on(["b"]),
        index("all_idx")
            .on([desc("a").nulls_last(), lower()])
            .concurrently()
            .with("fillfactor", 80)
            .predicate(r#""indexes"."a" IS NOT NULL"#),
    ]
}
