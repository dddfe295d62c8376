//! Steps of extensions, of comments, and of what is made anew, with which PostgreSQL drops the comment.

use pg_schema::Schema;
use pg_schema::prelude::*;

use super::{Step, moods, names, one, parent, state, step, t, totals};

pub(super) fn steps_of_extensions() -> Vec<Step> {
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
    ]
}

/// Everything that can have a comment.
pub(super) fn commented(text: &str) -> Schema {
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

pub(super) fn steps_of_comments() -> Vec<Step> {
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
pub(super) fn steps_of_things_made_anew() -> Vec<Step> {
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
        generated_column_made_anew(),
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

fn generated_column_made_anew() -> Step {
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
    )
}
