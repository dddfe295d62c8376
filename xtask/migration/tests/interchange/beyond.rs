//! What drizzle cannot state: extensions, comments, collations, INCLUDE, NULLS NOT DISTINCT, deferrable constraints, indexes of materialized views,
//! types and owners of sequences. There is no one to compare the SQL with, so it stands here, and a server judges where it leads.

use pg_migration::{HazardKind, Snapshot, plan};
use pg_schema::Schema;
use pg_schema::prelude::*;

use crate::files;
use crate::judge::{Judge, differences};

fn state(items: impl IntoIterator<Item = Item>) -> Schema {
    let declaration = items
        .into_iter()
        .fold(Declaration::new(), Declaration::with);
    declaration.build().expect("a valid declaration")
}

fn one(item: impl Into<Item>) -> Schema {
    state([item.into()])
}

fn t(columns: impl IntoIterator<Item = Column>) -> Table {
    let key = [integer("id").primary_key()];
    pg_table("t", key.into_iter().chain(columns))
}

fn names() -> Table {
    t([text("a"), text("b")])
}

fn moods<const N: usize>(labels: [&str; N]) -> Enum {
    pg_enum("mood", labels).comment("how it goes")
}

fn parent() -> Table {
    pg_table("parent", [integer("id").primary_key(), integer("code")])
        .unique(unique(["code"]).name("parent_code"))
}

fn child(key: ForeignKey) -> Table {
    let key = key.references("parent", ["code"]).name("child_parent");
    pg_table("child", [integer("code")]).foreign_key(key)
}

fn totals() -> MaterializedView {
    pg_materialized_view("totals").as_sql("select 1 as n, 'x'::text as label")
}

struct Step {
    id: &'static str,
    from: Schema,
    to: Schema,
    sql: Vec<&'static str>,
}

fn step(id: &'static str, from: Schema, to: Schema, sql: &[&'static str]) -> Step {
    let sql = sql.to_vec();
    Step { id, from, to, sql }
}

fn steps() -> Vec<Step> {
    [
        steps_of_indexes(),
        steps_of_collations(),
        steps_of_constraints(),
        steps_of_extensions(),
        steps_of_comments(),
        steps_of_things_made_anew(),
        steps_of_views(),
        steps_of_sequences(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn steps_of_indexes() -> Vec<Step> {
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

fn steps_of_collations() -> Vec<Step> {
    let checked = |a: Column| {
        t([a, text("low").generated_always_as("lower(a)")])
            .index(index("by_a").on(["a"]))
            .index(index("by_upper").on([expression("upper(a)")]))
            .unique(unique(["a"]).name("unique_a"))
            .check(check("not_x", "a <> 'x'"))
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

fn steps_of_constraints() -> Vec<Step> {
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

fn steps_of_extensions() -> Vec<Step> {
    let placed = |schema: &str| {
        state([
            pg_schema("one").into(),
            pg_schema("two").into(),
            pg_extension("citext").in_schema(schema).into(),
        ])
    };
    let with_table = state([
        pg_extension("citext").into(),
        pg_extension("pg_trgm").into(),
        t([custom_type("mail", "citext"), text("a")])
            .index(index("by_a").using("gin").on([asc("a").op("gin_trgm_ops")]))
            .into(),
    ]);
    vec![
        step(
            "extension-before-what-uses-it",
            one(t([])),
            with_table.clone(),
            &[
                r#"CREATE EXTENSION IF NOT EXISTS "citext";"#,
                r#"CREATE EXTENSION IF NOT EXISTS "pg_trgm";"#,
                r#"ALTER TABLE "t" ADD COLUMN "mail" "citext";"#,
                r#"ALTER TABLE "t" ADD COLUMN "a" text;"#,
                r#"CREATE INDEX "by_a" ON "t" USING gin ("a" gin_trgm_ops);"#,
            ],
        ),
        step(
            "extension-after-what-uses-it",
            with_table,
            one(t([text("mail")])),
            &[
                r#"DROP INDEX "by_a";"#,
                r#"ALTER TABLE "t" ALTER COLUMN "mail" SET DATA TYPE text;"#,
                r#"ALTER TABLE "t" DROP COLUMN "a";"#,
                r#"DROP EXTENSION "pg_trgm";"#,
                r#"DROP EXTENSION "citext";"#,
            ],
        ),
        step(
            "extension-in-schema",
            one(pg_schema("two")),
            placed("one"),
            &[
                r#"CREATE SCHEMA "one";"#,
                r#"CREATE EXTENSION IF NOT EXISTS "citext" WITH SCHEMA "one";"#,
            ],
        ),
        step(
            "extension-moves",
            placed("one"),
            state([
                pg_schema("two").into(),
                pg_extension("citext").in_schema("two").into(),
            ]),
            &[
                r#"ALTER EXTENSION "citext" SET SCHEMA "two";"#,
                r#"DROP SCHEMA "one";"#,
            ],
        ),
        step(
            "extension-goes-with-its-schema",
            placed("two"),
            one(pg_schema("one")),
            &[r#"DROP EXTENSION "citext";"#, r#"DROP SCHEMA "two";"#],
        ),
        step(
            "extension-left-by-its-schema",
            placed("one"),
            state([pg_schema("two").into(), pg_extension("citext").into()]),
            &[
                r#"ALTER EXTENSION "citext" SET SCHEMA "public";"#,
                r#"DROP SCHEMA "one";"#,
            ],
        ),
    ]
}

/// Everything that can have a comment.
fn commented(text: &str) -> Schema {
    let note = |kind: &str| format!("{kind} {text}");
    let related = foreign_key(["parent"])
        .references("parent", ["id"])
        .name("to_parent");
    state([
        pg_schema("app").comment(note("schema")).into(),
        pg_schema("public").comment(note("public")).into(),
        pg_extension("citext").comment(note("extension")).into(),
        pg_role("reader").comment(note("role")).into(),
        pg_enum("mood", ["sad"])
            .in_schema("app")
            .comment(note("enum"))
            .into(),
        pg_sequence("numbers").comment(note("sequence")).into(),
        pg_table("parent", [integer("id").primary_key()]).into(),
        pg_table(
            "Things",
            [integer("id").comment(note("column")), integer("parent")],
        )
        .in_schema("app")
        .comment(note("table"))
        .primary_key(primary_key(["id"]).comment(note("primary key")))
        .unique(unique(["parent"]).comment(note("unique")))
        .foreign_key(related.comment(note("foreign key")))
        .check(check("positive", "id > 0").comment(note("check")))
        .index(index("").on(["parent"]).comment(note("index")))
        .policy(policy("everybody").comment(note("policy")))
        .into(),
        pg_view("some")
            .columns([integer("n").comment(note("view column"))])
            .comment(note("view"))
            .as_sql("select 1 as n")
            .into(),
        totals()
            .comment(note("materialized view"))
            .index(index("by_n").on(["n"]).comment(note("index of view")))
            .into(),
        policy("linked")
            .link("elsewhere")
            .comment(note("linked policy"))
            .into(),
    ])
}

fn steps_of_comments() -> Vec<Step> {
    vec![
        step(
            "comment-on-everything",
            Schema::default(),
            commented("it's\n\"so\""),
            &[],
        ),
        step(
            "comment-otherwise",
            commented("before"),
            commented("after"),
            &[
                r#"COMMENT ON SCHEMA "app" IS 'schema after';"#,
                r#"COMMENT ON SCHEMA "public" IS 'public after';"#,
                r#"COMMENT ON EXTENSION "citext" IS 'extension after';"#,
                r#"COMMENT ON ROLE "reader" IS 'role after';"#,
                r#"COMMENT ON TYPE "app"."mood" IS 'enum after';"#,
                r#"COMMENT ON SEQUENCE "public"."numbers" IS 'sequence after';"#,
                r#"COMMENT ON TABLE "app"."Things" IS 'table after';"#,
                r#"COMMENT ON COLUMN "app"."Things"."id" IS 'column after';"#,
                r#"COMMENT ON CONSTRAINT "Things_id_pk" ON "app"."Things" IS 'primary key after';"#,
                r#"COMMENT ON CONSTRAINT "Things_parent_unique" ON "app"."Things" IS 'unique after';"#,
                r#"COMMENT ON CONSTRAINT "to_parent" ON "app"."Things" IS 'foreign key after';"#,
                r#"COMMENT ON CONSTRAINT "positive" ON "app"."Things" IS 'check after';"#,
                r#"COMMENT ON INDEX "app"."Things_parent_index" IS 'index after';"#,
                r#"COMMENT ON POLICY "everybody" ON "app"."Things" IS 'policy after';"#,
                r#"COMMENT ON COLUMN "some"."n" IS 'view column after';"#,
                r#"COMMENT ON VIEW "public"."some" IS 'view after';"#,
                r#"COMMENT ON MATERIALIZED VIEW "public"."totals" IS 'materialized view after';"#,
                r#"COMMENT ON INDEX "by_n" IS 'index of view after';"#,
                r#"COMMENT ON POLICY "linked" ON "public"."elsewhere" IS 'linked policy after';"#,
            ],
        ),
        step(
            "comment-on-nothing",
            commented("before"),
            Schema {
                comments: pg_schema::Objects::default(),
                ..commented("")
            },
            &[],
        ),
        step(
            "comment-goes-with-all",
            commented("before"),
            one(parent()),
            &[],
        ),
        step(
            "comment-of-unnamed-key",
            one(t([]).comment("x")),
            one(t([text("a").comment("y")])),
            &[
                r#"ALTER TABLE "t" ADD COLUMN "a" text;"#,
                r#"COMMENT ON COLUMN "t"."a" IS 'y';"#,
                r#"COMMENT ON TABLE "t" IS NULL;"#,
            ],
        ),
        step(
            "comment-goes-with-column",
            one(t([text("a").comment("x")])),
            one(t([])),
            &[r#"ALTER TABLE "t" DROP COLUMN "a";"#],
        ),
        step(
            "comment-on-what-has-a-new-label-in-it",
            one(pg_enum("mood", ["sad"])),
            state([pg_enum("mood", ["sad", "glad"]).comment("'glad'").into()]),
            &[
                r#"ALTER TYPE "public"."mood" ADD VALUE 'glad';"#,
                r#"COMMENT ON TYPE "public"."mood" IS '''glad''';"#,
            ],
        ),
    ]
}

/// PostgreSQL drops the comment with the object.
fn steps_of_things_made_anew() -> Vec<Step> {
    let computed = |expression: &str| {
        one(t([
            text("a"),
            text("low")
                .generated_always_as(expression)
                .comment("computed"),
        ])
        .index(index("by_a").on(["a"]).include(["low"]).comment("fast"))
        .unique(unique(["low"]).name("unique_low").comment("only once"))
        .check(check("low_is_low", "low <> ''").comment("not empty")))
    };
    let secured = |using: &str| one(names().policy(policy("p").using(using).comment("who")));
    let indexed = |index: Index| one(names().index(index.comment("fast")));
    let keyed = |columns: &[&str]| {
        let columns: Vec<String> = columns.iter().map(|it| (*it).to_owned()).collect();
        one(
            pg_table("k", [integer("a").not_null(), integer("b").not_null()])
                .primary_key(primary_key(columns).name("key").comment("which")),
        )
    };
    vec![
        step(
            "anew-generated-column",
            computed("lower(a)"),
            computed("upper(a)"),
            &[
                r#"ALTER TABLE "t" DROP CONSTRAINT "unique_low";"#,
                r#"ALTER TABLE "t" DROP CONSTRAINT "low_is_low";"#,
                r#"DROP INDEX "by_a";"#,
                r#"ALTER TABLE "t" drop column "low";"#,
                r#"ALTER TABLE "t" ADD COLUMN "low" text GENERATED ALWAYS AS (upper(a)) STORED;"#,
                r#"CREATE INDEX "by_a" ON "t" USING btree ("a") INCLUDE ("low");"#,
                r#"ALTER TABLE "t" ADD CONSTRAINT "unique_low" UNIQUE("low");"#,
                r#"ALTER TABLE "t" ADD CONSTRAINT "low_is_low" CHECK (low <> '');"#,
                r#"COMMENT ON COLUMN "t"."low" IS 'computed';"#,
                r#"COMMENT ON CONSTRAINT "unique_low" ON "t" IS 'only once';"#,
                r#"COMMENT ON CONSTRAINT "low_is_low" ON "t" IS 'not empty';"#,
                r#"COMMENT ON INDEX "by_a" IS 'fast';"#,
            ],
        ),
        step(
            "anew-index",
            indexed(index("by").on(["a"])),
            indexed(index("by").on(["b"])),
            &[
                r#"DROP INDEX "by";"#,
                r#"CREATE INDEX "by" ON "t" USING btree ("b");"#,
                r#"COMMENT ON INDEX "by" IS 'fast';"#,
            ],
        ),
        step(
            "anew-index-concurrently",
            one(names()),
            indexed(index("by").on(["a"]).concurrently()),
            &[
                r#"CREATE INDEX CONCURRENTLY "by" ON "t" USING btree ("a");"#,
                r#"COMMENT ON INDEX "by" IS 'fast';"#,
            ],
        ),
        step(
            "anew-policy",
            secured("a = ''"),
            one(names().policy(policy("p").restrictive().using("a = ''").comment("who"))),
            &[
                r#"DROP POLICY "p" ON "t" CASCADE;"#,
                r#"CREATE POLICY "p" ON "t" AS RESTRICTIVE FOR ALL TO public USING (a = '');"#,
                r#"COMMENT ON POLICY "p" ON "public"."t" IS 'who';"#,
            ],
        ),
        step(
            "altered-policy",
            secured("a = ''"),
            secured("b = ''"),
            &[r#"ALTER POLICY "p" ON "t" TO public USING (b = '');"#],
        ),
        step(
            "anew-primary-key",
            keyed(&["a"]),
            keyed(&["a", "b"]),
            &[
                r#"ALTER TABLE "k" DROP CONSTRAINT "key";"#,
                r#"ALTER TABLE "k" ADD CONSTRAINT "key" PRIMARY KEY("a","b");"#,
                r#"COMMENT ON CONSTRAINT "key" ON "k" IS 'which';"#,
            ],
        ),
        step(
            "anew-enum",
            state([
                moods(["sad", "glad"]).into(),
                t([enum_column("a", "mood").comment("now")]).into(),
            ]),
            state([
                moods(["glad", "sad"]).into(),
                t([enum_column("a", "mood").comment("now")]).into(),
            ]),
            &[
                r#"ALTER TABLE "t" ALTER COLUMN "a" SET DATA TYPE text;"#,
                r#"DROP TYPE "public"."mood";"#,
                r#"CREATE TYPE "public"."mood" AS ENUM('glad', 'sad');"#,
                r#"ALTER TABLE "t" ALTER COLUMN "a" SET DATA TYPE "public"."mood" USING "a"::"public"."mood";"#,
                r#"COMMENT ON TYPE "public"."mood" IS 'how it goes';"#,
            ],
        ),
    ]
}

fn steps_of_views() -> Vec<Step> {
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

fn steps_of_sequences() -> Vec<Step> {
    let owner = || t([bigint("n")]);
    let owned = || pg_sequence("s").owned_by("t", "n");
    let standing =
        |sequence: Sequence, default: Column| state([sequence.into(), t([default]).into()]);
    vec![
        step(
            "sequence-type-and-owner",
            one(t([])),
            state([owned().counts_in(SmallInt).into(), owner().into()]),
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
            state([owned().into(), owner().into()]),
            state([pg_sequence("s").into(), owner().into()]),
            &[r#"ALTER SEQUENCE "public"."s" OWNED BY NONE;"#],
        ),
        step(
            "sequence-outlives-owner",
            state([owned().into(), owner().into()]),
            state([pg_sequence("s").into(), t([]).into()]),
            &[
                r#"ALTER SEQUENCE "public"."s" OWNED BY NONE;"#,
                r#"ALTER TABLE "t" DROP COLUMN "n";"#,
            ],
        ),
        step(
            "sequence-gets-another-owner",
            state([owned().into(), owner().into()]),
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
            state([owned().into(), owner().into()]),
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

#[test]
fn each_step_has_its_sql() {
    let mut wrong = Vec::new();
    for step in steps().into_iter().filter(|step| !step.sql.is_empty()) {
        let steps = plan(&step.from, &step.to).steps;
        let sql: Vec<_> = steps.iter().map(|step| step.statement.sql()).collect();
        if sql != step.sql {
            wrong.push(format!(
                "{}\n{}\n--- expected\n{}",
                step.id,
                sql.join("\n"),
                step.sql.join("\n")
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// And back, and after that nothing is left to do.
#[test]
fn a_server_finds_every_step_right_in_both_directions() {
    let mut judge = Judge::alone();
    let mut wrong = Vec::new();
    for Step { id, from, to, .. } in steps() {
        for (from, to) in [(&from, &to), (&to, &from)] {
            let target = judge
                .arrive(&Schema::default(), &files(&Schema::default(), to))
                .unwrap_or_else(|error| panic!("{id}: the target cannot be made: {error}"));
            match judge.arrive(from, &files(from, to)) {
                Ok(reached) if reached == target => {}
                Ok(reached) => {
                    wrong.push(format!("{id}: missed\n{}", differences(&target, &reached)));
                }
                Err(error) => wrong.push(format!("{id}: {error}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// Any of the states can follow any other.
#[test]
fn a_server_finds_every_way_between_the_steps_right() {
    let mut judge = Judge::alone();
    let states: Vec<_> = steps().into_iter().map(|step| (step.id, step.to)).collect();
    let mut wrong = Vec::new();
    for (number, (id, to)) in states.iter().enumerate() {
        let target = judge.arrive(&Schema::default(), &files(&Schema::default(), to));
        let target = target.expect("the target can be made");
        // Each with some others, since all with all would take minutes.
        for (other, from) in states
            .iter()
            .cycle()
            .skip(number * 7 + 1)
            .step_by(5)
            .take(6)
        {
            match judge.arrive(from, &files(from, to)) {
                Ok(reached) if reached == target => {}
                Ok(reached) => wrong.push(format!(
                    "{other} to {id}: missed\n{}",
                    differences(&target, &reached)
                )),
                Err(error) => wrong.push(format!("{other} to {id}: {error}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn a_snapshot_holds_every_state_and_has_no_key_where_there_is_nothing_to_say() {
    for Step { id, from, to, .. } in steps() {
        for state in [from, to] {
            let snapshot = Snapshot::following(None, state.clone());
            let text = snapshot.to_json();
            assert_eq!(text.contains("\n  \"xtask\": {"), snapshot.beyond, "{id}");
            let read = Snapshot::parse(&text).expect("our own snapshot");
            assert_eq!(read, snapshot, "{id}");
            assert!(plan(&read.schema, &state).changes.is_empty(), "{id}");
        }
    }
    let plain = Snapshot::following(None, one(names()));
    assert!(!plain.beyond && !plain.to_json().contains("xtask"));
    // From then on the key is there, since without it everything would be inherited.
    let said = Snapshot::following(Some(&plain), one(names().comment("x")));
    let unsaid = Snapshot::following(Some(&said), one(names()));
    assert!(unsaid.to_json().ends_with("\"xtask\": {}\n}"));
}

/// A schema that one side leaves open is no difference.
#[test]
fn an_extension_may_lie_where_it_likes() {
    let placed = |extension| state([pg_schema("gis").into(), Item::from(extension)]);
    let in_schema = placed(pg_extension("citext").in_schema("gis"));
    assert!(plan(&in_schema, &placed(pg_extension("citext"))).is_empty());
}

#[test]
fn what_can_go_wrong_is_said() {
    let hazards = |from: &Schema, to: &Schema| {
        let plan = plan(from, to);
        let hazards = plan.hazards().into_iter();
        hazards
            .map(|hazard| (hazard.kind, hazard.message.clone()))
            .collect::<Vec<_>>()
    };
    let column = |column: Column| one(t([column]));
    assert_eq!(
        hazards(&column(text("a")), &column(text("a").collate("C"))),
        [(
            HazardKind::LongLock,
            r#"another collation of "a" sorts anew: indexes on it are built anew while nobody else can use "t""#.to_owned()
        )]
    );
    let trigrams = one(pg_extension("pg_trgm"));
    assert_eq!(
        hazards(&Schema::default(), &trigrams),
        [(
            HazardKind::MayFail,
            r#"creating extension "pg_trgm" fails if the server does not have it installed, or if the role that runs this may not create it"#.to_owned()
        )]
    );
    assert_eq!(
        hazards(&trigrams, &Schema::default()),
        [(
            HazardKind::MayFail,
            r#"dropping extension "pg_trgm" fails if something that is not declared here uses it"#
                .to_owned()
        )]
    );
    let deferred = |key: ForeignKey| state([parent().into(), child(key).into()]);
    assert_eq!(
        hazards(
            &deferred(foreign_key(["code"])),
            &deferred(foreign_key(["code"]).deferrable())
        ),
        []
    );
}

/// What drizzle-kit's step leaves alone stays as it was.
#[test]
fn a_snapshot_of_drizzle_kit_inherits_what_its_step_has_not_touched() {
    let before = commented("stays");
    let said = Snapshot::following(None, before.clone());
    let unsaid = |state: Schema| {
        let mut json: serde_json::Value =
            serde_json::from_str(&Snapshot::following(Some(&said), state).to_json()).expect("JSON");
        let key = json.as_object_mut().expect("an object").remove("xtask");
        assert!(key.is_some());
        let mut snapshot = Snapshot::parse(&json.to_string()).expect("a snapshot");
        assert!(!snapshot.beyond);
        snapshot.inherit(&said);
        assert!(snapshot.beyond);
        snapshot.schema
    };
    assert!(plan(&unsaid(before.clone()), &before).changes.is_empty());

    let rich = |a: Column, by: Index, of: Unique| {
        one(pg_table("r", [a, text("b"), text("c")])
            .index(by.comment("x"))
            .unique(of.name("u").comment("x")))
    };
    let a = || text("a").collate("C");
    let by = |columns: [&str; 2]| index("by").on(columns).include(["c"]);
    let said = Snapshot::following(None, rich(a(), by(["a", "b"]), unique(["a"]).deferrable()));
    let unsaid = |state: &Schema| {
        let mut snapshot = Snapshot {
            beyond: false,
            ..Snapshot::following(None, state.clone())
        };
        snapshot = Snapshot::parse(&snapshot.to_json()).expect("a snapshot");
        snapshot.inherit(&said);
        snapshot.schema
    };
    let touched = unsaid(&rich(
        varchar("a"),
        by(["b", "a"]),
        unique(["b"]).deferrable(),
    ));
    let table = touched.tables.iter().next().expect("a table");
    assert!(
        table
            .columns
            .iter()
            .all(|column| column.collation.is_none())
    );
    assert!(table.indexes.iter().all(|index| index.include.is_empty()));
    assert!(
        table
            .uniques
            .iter()
            .all(|unique| unique.deferrable == pg_schema::Deferrable::No)
    );
    assert!(touched.comments.is_empty());
    let same = said.schema.clone();
    assert_eq!(unsaid(&same), same);
}
