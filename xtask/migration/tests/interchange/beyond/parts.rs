//! Steps of parts of tables, of materialized views and of sequences.

use pg_schema::Schema;
use pg_schema::prelude::*;

use super::{Step, child, moods, names, one, parent, state, step, t, totals};

pub(super) fn steps_of_indexes() -> Vec<Step> {
    let by_a = || index("by_a").on(["a"]);
    let unique_a = || unique_index("unique_a").on(["a"]);
    vec![
        step(
            "index-include",
            one(names()),
            one(names().index(
                by_a()
                    .include(["b", "id"])
                    .with("fillfactor", 70)
                    .predicate("b is not null"),
            )),
            &[
                r#"CREATE INDEX "by_a" ON "t" USING btree ("a") INCLUDE ("b","id") WITH (fillfactor=70) WHERE b is not null;"#,
            ],
        ),
        step(
            "index-other-include",
            one(names().index(by_a().include(["b"]))),
            one(names().index(by_a().include(["id"]))),
            &[
                r#"DROP INDEX "by_a";"#,
                r#"CREATE INDEX "by_a" ON "t" USING btree ("a") INCLUDE ("id");"#,
            ],
        ),
        step(
            "index-included-column-goes",
            one(names().index(by_a().include(["b"]))),
            one(t([text("a")]).index(by_a())),
            &[
                r#"DROP INDEX "by_a";"#,
                r#"CREATE INDEX "by_a" ON "t" USING btree ("a");"#,
                r#"ALTER TABLE "t" DROP COLUMN "b";"#,
            ],
        ),
        step(
            "index-nulls-not-distinct",
            one(names().index(unique_a())),
            one(names().index(unique_a().include(["b"]).nulls_not_distinct())),
            &[
                r#"DROP INDEX "unique_a";"#,
                r#"CREATE UNIQUE INDEX "unique_a" ON "t" USING btree ("a") INCLUDE ("b") NULLS NOT DISTINCT;"#,
            ],
        ),
        step(
            "index-collation",
            one(names()),
            one(names().index(index("by_a").on([
                desc("a").collate("C").op("text_pattern_ops"),
                expression("lower(b)").collate(("pg_catalog", "POSIX")),
            ]))),
            &[
                r#"CREATE INDEX "by_a" ON "t" USING btree ("a" COLLATE "C" text_pattern_ops DESC NULLS LAST,lower(b) COLLATE "POSIX");"#,
            ],
        ),
    ]
}

pub(super) fn steps_of_collations() -> Vec<Step> {
    let checked = |a: Column| {
        t([a, text("low").generated_always_as("lower(a)")])
            .index(index("by_a").on(["a"]))
            .index(index("by_upper").on([expression("upper(a)")]))
            .unique(unique(["a"]).name("unique_a"))
            .check(check("not_x", "a <> 'x'"))
    };
    let collated = || {
        let lower = expression("lower(a)").collate("C");
        index("collated").on([asc("a").collate("C"), asc("b").collate("C"), lower])
    };
    vec![
        step(
            "collation-of-new-column",
            one(t([])),
            one(t([varchar("a")
                .length(9)
                .default("x")
                .not_null()
                .collate("C")])),
            &[r#"ALTER TABLE "t" ADD COLUMN "a" varchar(9) COLLATE "C" DEFAULT 'x' NOT NULL;"#],
        ),
        step(
            "collation-changes",
            one(t([text("a").collate("C").default("x")])),
            one(t([text("a").collate("POSIX").default("x")])),
            &[r#"ALTER TABLE "t" ALTER COLUMN "a" SET DATA TYPE text COLLATE "POSIX";"#],
        ),
        step(
            "collation-goes",
            one(t([text("a").collate("C")])),
            one(t([text("a").default("y")])),
            &[
                r#"ALTER TABLE "t" ALTER COLUMN "a" SET DATA TYPE text;"#,
                r#"ALTER TABLE "t" ALTER COLUMN "a" SET DEFAULT 'y';"#,
            ],
        ),
        step(
            "collation-of-keys-stays",
            one(t([text("a").collate("C"), text("b")]).index(collated())),
            one(t([text("a"), text("b").collate("C")]).index(collated())),
            &[
                r#"DROP INDEX "collated";"#,
                r#"ALTER TABLE "t" ALTER COLUMN "a" SET DATA TYPE text;"#,
                r#"ALTER TABLE "t" ALTER COLUMN "b" SET DATA TYPE text COLLATE "C";"#,
                r#"CREATE INDEX "collated" ON "t" USING btree ("a" COLLATE "C","b" COLLATE "C",lower(a) COLLATE "C");"#,
            ],
        ),
        step(
            "collation-stays-with-another-type",
            one(t([varchar("a").length(5).collate("C")])),
            one(t([text("a").collate("C")])),
            &[r#"ALTER TABLE "t" ALTER COLUMN "a" SET DATA TYPE text COLLATE "C";"#],
        ),
        step(
            "collation-comes-from-enum",
            state([moods(["sad"]).into(), t([enum_column("a", "mood")]).into()]),
            state([moods(["glad"]).into(), t([text("a").collate("C")]).into()]),
            &[
                r#"ALTER TABLE "t" ALTER COLUMN "a" SET DATA TYPE text;"#,
                r#"DROP TYPE "public"."mood";"#,
                r#"CREATE TYPE "public"."mood" AS ENUM('glad');"#,
                r#"ALTER TABLE "t" ALTER COLUMN "a" SET DATA TYPE text COLLATE "C";"#,
                r#"COMMENT ON TYPE "public"."mood" IS 'how it goes';"#,
            ],
        ),
        step(
            "collation-of-column-that-others-depend-on",
            state([
                checked(text("a")).into(),
                pg_view("v")
                    .comment("read")
                    .as_sql("select a from t")
                    .into(),
            ]),
            state([
                checked(text("a").collate("C")).into(),
                pg_view("v")
                    .comment("read")
                    .as_sql("select a from t")
                    .into(),
            ]),
            &[
                r#"DROP VIEW "public"."v";"#,
                r#"ALTER TABLE "t" drop column "low";"#,
                r#"ALTER TABLE "t" ALTER COLUMN "a" SET DATA TYPE text COLLATE "C";"#,
                r#"ALTER TABLE "t" ADD COLUMN "low" text GENERATED ALWAYS AS (lower(a)) STORED;"#,
                r#"CREATE VIEW "public"."v" AS (select a from t);"#,
                r#"COMMENT ON VIEW "public"."v" IS 'read';"#,
            ],
        ),
    ]
}

pub(super) fn steps_of_constraints() -> Vec<Step> {
    let uniquely = |it: Unique| one(names().unique(it.name("unique_a")));
    let related = |key: ForeignKey| state([parent().into(), child(key).into()]);
    let key = || foreign_key(["code"]);
    let twice = |it: Unique| {
        let parent = pg_table("parent", [integer("id").primary_key(), integer("code")])
            .unique(it.name("parent_code"))
            .index(unique_index("parent_code_too").on(["code"]));
        state([parent.into(), child(key()).into()])
    };
    vec![
        step(
            "unique-becomes-deferrable",
            uniquely(unique(["a"])),
            uniquely(unique(["a"]).nulls_not_distinct().initially_deferred()),
            &[
                r#"ALTER TABLE "t" DROP CONSTRAINT "unique_a";"#,
                r#"ALTER TABLE "t" ADD CONSTRAINT "unique_a" UNIQUE NULLS NOT DISTINCT("a") DEFERRABLE INITIALLY DEFERRED;"#,
            ],
        ),
        step(
            "deferrable-in-new-tables",
            Schema::default(),
            state([pg_table(
                "a",
                [
                    integer("id").primary_key(),
                    integer("b").references("a", "id").initially_deferred(),
                ],
            )
            .unique(unique(["b"]).deferrable())
            .into()]),
            &[
                "CREATE TABLE \"a\" (\n\t\"id\" integer PRIMARY KEY NOT NULL,\n\t\"b\" integer,\n\tCONSTRAINT \"a_b_unique\" UNIQUE(\"b\") DEFERRABLE\n);",
                r#"ALTER TABLE "a" ADD CONSTRAINT "a_b_a_id_fk" FOREIGN KEY ("b") REFERENCES "public"."a"("id") ON DELETE no action ON UPDATE no action DEFERRABLE INITIALLY DEFERRED;"#,
            ],
        ),
        step(
            "foreign-key-becomes-deferred",
            related(key()),
            related(key().initially_deferred()),
            &[
                r#"ALTER TABLE "child" ALTER CONSTRAINT "child_parent" DEFERRABLE INITIALLY DEFERRED;"#,
            ],
        ),
        step(
            "foreign-key-becomes-immediate",
            related(key().initially_deferred()),
            related(key().deferrable()),
            &[
                r#"ALTER TABLE "child" ALTER CONSTRAINT "child_parent" DEFERRABLE INITIALLY IMMEDIATE;"#,
            ],
        ),
        step(
            "foreign-key-is-deferrable-no-longer",
            related(key().deferrable()),
            related(key()),
            &[r#"ALTER TABLE "child" ALTER CONSTRAINT "child_parent" NOT DEFERRABLE;"#],
        ),
        step(
            "foreign-key-changes-in-more",
            related(key()),
            related(key().on_delete(Cascade).deferrable()),
            &[
                r#"ALTER TABLE "child" DROP CONSTRAINT "child_parent";"#,
                r#"ALTER TABLE "child" ADD CONSTRAINT "child_parent" FOREIGN KEY ("code") REFERENCES "public"."parent"("code") ON DELETE cascade ON UPDATE no action DEFERRABLE;"#,
            ],
        ),
        // PostgreSQL takes either for the target, and lets go of neither while the key is there.
        step(
            "unique-of-foreign-key-becomes-deferrable",
            twice(unique(["code"])),
            twice(unique(["code"]).deferrable()),
            &[
                r#"ALTER TABLE "child" DROP CONSTRAINT "child_parent";"#,
                r#"ALTER TABLE "parent" DROP CONSTRAINT "parent_code";"#,
                r#"ALTER TABLE "child" ADD CONSTRAINT "child_parent" FOREIGN KEY ("code") REFERENCES "public"."parent"("code") ON DELETE no action ON UPDATE no action;"#,
                r#"ALTER TABLE "parent" ADD CONSTRAINT "parent_code" UNIQUE("code") DEFERRABLE;"#,
            ],
        ),
    ]
}

pub(super) fn steps_of_views() -> Vec<Step> {
    let by_n = || index("by_n").on(["n"]);
    vec![
        step(
            "view-index",
            one(totals()),
            one(totals().index(unique_index("by_n").on(["n"]).include(["label"]))),
            &[r#"CREATE UNIQUE INDEX "by_n" ON "totals" USING btree ("n") INCLUDE ("label");"#],
        ),
        step(
            "view-index-goes",
            one(totals().index(by_n())),
            one(totals()),
            &[r#"DROP INDEX "by_n";"#],
        ),
        step(
            "view-index-changes-concurrently",
            one(totals().index(by_n())),
            one(totals().index(index("by_n").on(["label"]).concurrently())),
            &[
                r#"DROP INDEX "by_n";"#,
                r#"CREATE INDEX CONCURRENTLY "by_n" ON "totals" USING btree ("label");"#,
            ],
        ),
        step(
            "view-index-of-view-made-anew",
            one(totals().index(by_n().comment("fast")).comment("all")),
            one(pg_materialized_view("totals")
                .index(by_n().concurrently().comment("fast"))
                .comment("all")
                .as_sql("select 2 as n, 'x'::text as label")),
            &[
                r#"DROP MATERIALIZED VIEW "public"."totals";"#,
                r#"CREATE MATERIALIZED VIEW "public"."totals" AS (select 2 as n, 'x'::text as label);"#,
                r#"CREATE INDEX "by_n" ON "totals" USING btree ("n");"#,
                r#"COMMENT ON MATERIALIZED VIEW "public"."totals" IS 'all';"#,
                r#"COMMENT ON INDEX "by_n" IS 'fast';"#,
            ],
        ),
        step(
            "view-index-of-plain-view",
            one(totals().index(by_n())),
            one(pg_view("totals").as_sql("select 1 as n, 'x'::text as label")),
            &[
                r#"DROP MATERIALIZED VIEW "public"."totals";"#,
                r#"CREATE VIEW "public"."totals" AS (select 1 as n, 'x'::text as label);"#,
            ],
        ),
    ]
}

pub(super) fn steps_of_sequences() -> Vec<Step> {
    let table = || t([bigint("n")]);
    let owned = || pg_sequence("s").owned_by("t", "n");
    let standing =
        |sequence: Sequence, default: Column| state([sequence.into(), t([default]).into()]);
    vec![
        step(
            "sequence-type-and-owner",
            one(t([])),
            state([owned().counts_in(SmallInt).into(), table().into()]),
            &[
                r#"CREATE SEQUENCE "public"."s" AS smallint INCREMENT BY 1 MINVALUE 1 MAXVALUE 32767 START WITH 1 CACHE 1;"#,
                r#"ALTER TABLE "t" ADD COLUMN "n" bigint;"#,
                r#"ALTER SEQUENCE "public"."s" OWNED BY "public"."t"."n";"#,
            ],
        ),
        step(
            "sequence-other-type",
            one(pg_sequence("s").counts_in(SmallInt).start_with(7)),
            one(pg_sequence("s").start_with(100_000).min_value(100_000)),
            &[
                r#"ALTER SEQUENCE "public"."s" AS bigint MINVALUE 1 MAXVALUE 9223372036854775807;"#,
                r#"SELECT setval('"public"."s"', 100000, false) FROM "public"."s" WHERE last_value NOT BETWEEN 100000 AND 9223372036854775807;"#,
                r#"ALTER SEQUENCE "public"."s" AS bigint INCREMENT BY 1 MINVALUE 100000 MAXVALUE 9223372036854775807 START WITH 100000 CACHE 1;"#,
            ],
        ),
        step(
            "sequence-narrower-type",
            one(pg_sequence("s")),
            one(pg_sequence("s").counts_in(Integer)),
            &[
                r#"ALTER SEQUENCE "public"."s" AS integer INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1;"#,
            ],
        ),
        step(
            "sequence-loses-owner",
            state([owned().into(), table().into()]),
            state([pg_sequence("s").into(), table().into()]),
            &[r#"ALTER SEQUENCE "public"."s" OWNED BY NONE;"#],
        ),
        step(
            "sequence-outlives-owner",
            state([owned().into(), table().into()]),
            state([pg_sequence("s").into(), t([]).into()]),
            &[
                r#"ALTER SEQUENCE "public"."s" OWNED BY NONE;"#,
                r#"ALTER TABLE "t" DROP COLUMN "n";"#,
            ],
        ),
        step(
            "sequence-gets-another-owner",
            state([owned().into(), table().into()]),
            state([
                pg_sequence("s").owned_by("u", "m").into(),
                pg_table("u", [bigint("m")]).into(),
            ]),
            &[
                r#"ALTER SEQUENCE "public"."s" OWNED BY NONE;"#,
                "CREATE TABLE \"u\" (\n\t\"m\" bigint\n);",
                r#"DROP TABLE "t" CASCADE;"#,
                r#"ALTER SEQUENCE "public"."s" OWNED BY "public"."u"."m";"#,
            ],
        ),
        step(
            "sequence-goes-with-owner",
            state([owned().into(), table().into()]),
            one(t([])),
            &[r#"ALTER TABLE "t" DROP COLUMN "n";"#],
        ),
        step(
            "serial-becomes-standing",
            one(t([serial("n")])),
            standing(
                pg_sequence("t_n_seq"),
                integer("n").not_null().default_sql("nextval('t_n_seq')"),
            ),
            &[
                r#"ALTER SEQUENCE "public"."t_n_seq" OWNED BY NONE;"#,
                r#"ALTER SEQUENCE "public"."t_n_seq" AS bigint INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;"#,
                r#"ALTER TABLE "t" ALTER COLUMN "n" DROP DEFAULT;"#,
                r#"ALTER TABLE "t" ALTER COLUMN "n" SET DEFAULT nextval('t_n_seq');"#,
            ],
        ),
        step(
            "standing-becomes-serial",
            standing(
                pg_sequence("t_n_seq"),
                integer("n").not_null().default_sql("nextval('t_n_seq')"),
            ),
            one(t([serial("n")])),
            &[
                r#"ALTER TABLE "t" ALTER COLUMN "n" DROP DEFAULT;"#,
                r#"ALTER SEQUENCE "public"."t_n_seq" AS integer INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1;"#,
                r#"ALTER SEQUENCE "public"."t_n_seq" OWNED BY "public"."t"."n";"#,
                r#"SELECT setval('"t_n_seq"', GREATEST((SELECT MAX("n") FROM "t") + 1, 1), false);"#,
                r#"ALTER TABLE "t" ALTER COLUMN "n" SET DEFAULT nextval('"t_n_seq"');"#,
            ],
        ),
    ]
}
