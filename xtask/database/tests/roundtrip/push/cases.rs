//! Each hazard, with rows that meet it and without.

/// A push, and what its hazards come to.
pub(super) struct Case {
    pub(super) name: &'static str,
    /// What there is, with rows.
    pub(super) before: &'static str,
    /// What there is to be.
    pub(super) after: &'static str,
    pub(super) renames: &'static [&'static str],
    /// A line a hazard: kind, verdict, rows, what was found.
    pub(super) facts: &'static str,
}

pub(super) const fn case(
    name: &'static str,
    before: &'static str,
    after: &'static str,
    facts: &'static str,
) -> Case {
    Case {
        name,
        before,
        after,
        renames: &[],
        facts,
    }
}

pub(super) const CASES: &[Case] = &[
    case(
        "a table with rows",
        "CREATE TABLE t (a int); INSERT INTO t VALUES (1), (NULL), (3)",
        "",
        "data-loss applies 3: it has 3 rows",
    ),
    case(
        "an empty table",
        "CREATE TABLE t (a int)",
        "",
        "data-loss harmless 0: it has no rows",
    ),
    case(
        "a column with values",
        "CREATE TABLE t (a int, b text); INSERT INTO t VALUES (1, 'x'), (2, NULL), (3, '')",
        "CREATE TABLE t (a int)",
        "data-loss applies 2: 2 of 3 rows lose a value",
    ),
    case(
        "a column without values",
        "CREATE TABLE t (a int, b text); INSERT INTO t VALUES (1, NULL)",
        "CREATE TABLE t (a int)",
        "data-loss harmless 0: none of 1 row has a value in it",
    ),
    case(
        "NULL in the way of NOT NULL",
        "CREATE TABLE t (a int); INSERT INTO t VALUES (1), (NULL), (NULL)",
        "CREATE TABLE t (a int NOT NULL)",
        "may-fail prevents 2: 2 of 3 rows have NULL in it\nlong-lock harmless: \"t\" has 8 kB",
    ),
    case(
        "nothing in the way of NOT NULL",
        "CREATE TABLE t (a int); INSERT INTO t VALUES (1)",
        "CREATE TABLE t (a int NOT NULL)",
        "may-fail harmless 0: none of 1 row is in the way\nlong-lock harmless: \"t\" has 8 kB",
    ),
    case(
        "a required column and rows",
        "CREATE TABLE t (a int); INSERT INTO t VALUES (1), (2)",
        "CREATE TABLE t (a int, b int NOT NULL)",
        "may-fail prevents 2: the table has 2 rows",
    ),
    case(
        "a required column and no rows",
        "CREATE TABLE t (a int)",
        "CREATE TABLE t (a int, b int NOT NULL)",
        "may-fail harmless: the table has no rows",
    ),
    case(
        "duplicates in the way of a unique constraint",
        "CREATE TABLE t (a int, b int); INSERT INTO t VALUES (1, 1), (1, 1), (1, 1), (2, 1), (3, NULL), (3, NULL), (4, 4), (4, 4)",
        "CREATE TABLE t (a int, b int, CONSTRAINT u UNIQUE (a, b))",
        "may-fail prevents 5: 5 of 8 rows are equal to another one\nlong-lock harmless: \"t\" has 8 kB",
    ),
    case(
        "duplicates in the way of a unique index on an expression",
        "CREATE TABLE t (a text, b bool); INSERT INTO t VALUES ('x', true), ('X', true), ('y', true), ('Y', false)",
        "CREATE TABLE t (a text, b bool); CREATE UNIQUE INDEX u ON t (lower(a)) WHERE b",
        "may-fail prevents 2: 2 of 4 rows are equal to another one\nlong-lock harmless: \"t\" has 16 kB",
    ),
    case(
        "NULL and duplicates in the way of a primary key",
        "CREATE TABLE t (a int, b int); INSERT INTO t VALUES (1, 1), (NULL, 2)",
        "CREATE TABLE t (a int, b int, CONSTRAINT k PRIMARY KEY (a, b))",
        "may-fail prevents 1: 1 of 2 rows have NULL in it\nlong-lock harmless: \"t\" has 8 kB\n\
         may-fail harmless 0: none of 2 rows is in the way\nlong-lock harmless: \"t\" has 8 kB\n\
         may-fail prevents 1: 1 of 2 rows have NULL in it\nlong-lock harmless: \"t\" has 8 kB",
    ),
    case(
        "duplicates in the way of a primary key",
        "CREATE TABLE t (a int NOT NULL); INSERT INTO t VALUES (1), (1)",
        "CREATE TABLE t (a int PRIMARY KEY)",
        "may-fail prevents 2: 2 of 2 rows are equal to another one\nlong-lock harmless: \"t\" has 8 kB",
    ),
    case(
        "rows that break a check",
        "CREATE TABLE t (a int); INSERT INTO t VALUES (1), (-1), (NULL)",
        "CREATE TABLE t (a int, CONSTRAINT c CHECK (t.a > 0))",
        "may-fail prevents 1: 1 of 3 rows break it\nlong-lock harmless: \"t\" has 8 kB",
    ),
    case(
        "rows that refer to nothing",
        "CREATE TABLE p (a int, b int, PRIMARY KEY (a, b)); INSERT INTO p VALUES (1, 1); \
         CREATE TABLE t (a int, b int); INSERT INTO t VALUES (1, 1), (1, 2), (NULL, 9), (2, 2)",
        "CREATE TABLE p (a int, b int, PRIMARY KEY (a, b)); CREATE TABLE t (a int, b int, CONSTRAINT f FOREIGN KEY (a, b) REFERENCES p)",
        "may-fail prevents 2: 2 of 4 rows refer to nothing\nlong-lock harmless: \"t\" has 8 kB",
    ),
    case(
        "rows that refer to a table that is new",
        "CREATE TABLE t (a int); INSERT INTO t VALUES (1), (NULL)",
        "CREATE TABLE p (a int PRIMARY KEY); CREATE TABLE t (a int REFERENCES p)",
        "may-fail prevents 1: 1 of 2 rows refer to nothing\nlong-lock harmless: \"t\" has 8 kB",
    ),
    case(
        "a table that refers to itself",
        "CREATE TABLE t (a int PRIMARY KEY, b int); INSERT INTO t VALUES (1, 1), (2, 1), (3, 4)",
        "CREATE TABLE t (a int PRIMARY KEY, b int REFERENCES t)",
        "may-fail prevents 1: 1 of 3 rows refer to nothing\nlong-lock harmless: \"t\" has 24 kB",
    ),
    case(
        "a number that does not fit",
        "CREATE TABLE t (a bigint); INSERT INTO t VALUES (1), (3000000000), (-3000000000), (NULL)",
        "CREATE TABLE t (a int)",
        "rewrite harmless: \"t\" has 8 kB\nmay-fail prevents 2: 2 of 4 rows hold a value that it refuses",
    ),
    case(
        "a text that does not fit",
        "CREATE TABLE t (a text); INSERT INTO t VALUES ('abc'), ('abcd'), ('abc  '), ('äöü')",
        "CREATE TABLE t (a varchar(3))",
        "rewrite harmless: \"t\" has 16 kB\nmay-fail prevents 1: 1 of 4 rows hold a value that it refuses",
    ),
    case(
        "texts that are numbers, and others",
        "CREATE TABLE t (a text); INSERT INTO t VALUES ('1'), (' 22 '), ('x'), ('1.5'), ('99999999999'), ('')",
        "CREATE TABLE t (a int)",
        "rewrite harmless: \"t\" has 16 kB\nmay-fail prevents 4: 4 of 6 rows hold a value that it refuses",
    ),
    case(
        "texts that are all numbers",
        "CREATE TABLE t (converted text); INSERT INTO t VALUES ('1'), (' 22 ')",
        "CREATE TABLE t (converted int)",
        "rewrite harmless: \"t\" has 16 kB\nmay-fail harmless 0: none of 2 rows is in the way",
    ),
    case(
        "texts that are no times and no addresses",
        "CREATE TABLE t (a text, b text); INSERT INTO t VALUES ('2020-01-01', '10.0.0.1'), ('2020-02-30', 'home')",
        "CREATE TABLE t (a date, b inet)",
        "rewrite harmless: \"t\" has 16 kB\nmay-fail prevents 1: 1 of 2 rows hold a value that it refuses\n\
         rewrite harmless: \"t\" has 16 kB\nmay-fail prevents 1: 1 of 2 rows hold a value that it refuses",
    ),
    case(
        "numbers that are rounded, and one that does not fit",
        "CREATE TABLE t (a numeric(10,4)); INSERT INTO t VALUES (1.5), (1.2345), (2.5), (99999)",
        "CREATE TABLE t (a numeric(5,2))",
        "rewrite harmless: \"t\" has 8 kB\nmay-fail prevents 1: 1 of 4 rows hold a value that it refuses\n\
         data-loss applies: not known: numeric field overflow",
    ),
    case(
        "numbers that are rounded",
        "CREATE TABLE t (a numeric(10,4)); INSERT INTO t VALUES (1.5), (1.2345), (NULL)",
        "CREATE TABLE t (a numeric(8,2))",
        "rewrite harmless: \"t\" has 8 kB\ndata-loss applies 1: 1 of 3 rows lose a part",
    ),
    case(
        "times that lose their hours",
        "CREATE TABLE t (a timestamp); INSERT INTO t VALUES ('2020-01-01'), ('2020-01-01 12:00')",
        "CREATE TABLE t (a date)",
        "rewrite harmless: \"t\" has 8 kB\ndata-loss applies 1: 1 of 2 rows lose a part",
    ),
    case(
        "arrays of which the first element stays",
        "CREATE TABLE t (a int[]); INSERT INTO t VALUES ('{1}'), ('{1,2}'), ('{}'), (NULL)",
        "CREATE TABLE t (a int)",
        "rewrite harmless: \"t\" has 16 kB\ndata-loss applies 1: 1 of 4 rows lose a part",
    ),
    case(
        "arrays without a first element",
        "CREATE TABLE t (a int[] NOT NULL); INSERT INTO t VALUES ('{1}'), ('{}'), ('{NULL,1}')",
        "CREATE TABLE t (a money NOT NULL)",
        "rewrite harmless: \"t\" has 16 kB\nmay-fail prevents 2: 2 of 3 rows hold a value that it refuses\n\
         data-loss applies 1: 1 of 3 rows lose a part",
    ),
    case(
        "a label that rows use",
        "CREATE TYPE e AS ENUM ('a', 'b', 'c'); CREATE TABLE t (a e, b e[]); INSERT INTO t VALUES ('a', '{a}'), ('c', '{a,c}'), ('c', NULL)",
        "CREATE TYPE e AS ENUM ('a', 'b'); CREATE TABLE t (a e, b e[])",
        "rewrite harmless: \"t\" has 16 kB\nrewrite harmless: \"t\" has 16 kB\nrewrite harmless: \"t\" has 16 kB\n\
         may-fail prevents 2: 2 of 3 rows hold a value that it does not have\nrewrite harmless: \"t\" has 16 kB\n\
         may-fail prevents 1: 1 of 3 rows hold a value that it does not have",
    ),
    case(
        "a label that no row uses",
        "CREATE TYPE e AS ENUM ('a', 'b'); CREATE TABLE t (a e); INSERT INTO t VALUES ('a')",
        "CREATE TYPE e AS ENUM ('a'); CREATE TABLE t (a e)",
        "rewrite harmless: \"t\" has 8 kB\nrewrite harmless: \"t\" has 8 kB\n\
         may-fail harmless 0: none of 1 row is in the way",
    ),
    case(
        "texts that are no labels",
        "CREATE TYPE e AS ENUM ('a', 'it''s'); CREATE TABLE t (a text); INSERT INTO t VALUES ('a'), ('it''s'), ('z')",
        "CREATE TYPE e AS ENUM ('a', 'it''s'); CREATE TABLE t (a e)",
        "rewrite harmless: \"t\" has 16 kB\nmay-fail prevents 1: 1 of 3 rows hold a value that it does not have",
    ),
    case(
        "a type that does not exist yet",
        "CREATE TABLE t (a text); INSERT INTO t VALUES ('a'), ('z')",
        "CREATE TYPE e AS ENUM ('a'); CREATE TABLE t (a e)",
        "rewrite harmless: \"t\" has 16 kB\nmay-fail prevents 1: 1 of 2 rows hold a value that it does not have",
    ),
    case(
        "a sequence that has counted",
        "CREATE SEQUENCE s; SELECT nextval('s'), nextval('s'); CREATE SEQUENCE idle",
        "",
        "data-loss applies: it has counted to 2\nmay-fail unknown\ndata-loss harmless: it has not counted yet\nmay-fail unknown",
    ),
    case(
        "bounds that a sequence has counted past",
        "CREATE SEQUENCE s; SELECT setval('s', 50)",
        "CREATE SEQUENCE s MAXVALUE 10",
        "may-fail prevents: it is at 50, and would count from 1 to 10",
    ),
    case(
        "numbers that are taken",
        "CREATE TABLE t (a int NOT NULL); INSERT INTO t VALUES (7)",
        "CREATE TABLE t (a int GENERATED ALWAYS AS IDENTITY)",
        "may-fail applies: the highest number is 7",
    ),
    case(
        "a materialized view with rows",
        "CREATE MATERIALIZED VIEW v AS SELECT generate_series(1, 3) AS a; CREATE MATERIALIZED VIEW idle AS SELECT 1 AS a WITH NO DATA",
        "",
        "data-loss applies 3: it has 3 rows\nmay-fail unknown\ndata-loss harmless: it was never filled\nmay-fail unknown",
    ),
    case(
        "privileges on a view that is made anew",
        "CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t; CREATE VIEW w AS SELECT a FROM t; GRANT SELECT ON w TO PUBLIC",
        "CREATE TABLE t (a int); CREATE VIEW v AS SELECT a + 1 AS a FROM t; CREATE VIEW w AS SELECT a + 1 AS a FROM t",
        "access harmless: no privileges on it are granted\nmay-fail unknown\naccess applies: privileges on it are granted\nmay-fail unknown",
    ),
    Case {
        renames: &["t=u", "u.a=u.b", "s=z"],
        ..case(
            "what is renamed and narrowed at once",
            "CREATE SCHEMA s; CREATE TABLE s.x (a int); INSERT INTO s.x VALUES (1); CREATE TABLE t (a text, c int); INSERT INTO t VALUES ('12', 5), ('x', NULL)",
            "CREATE SCHEMA z; CREATE TABLE z.x (a int NOT NULL, CONSTRAINT c CHECK (a > 1)); CREATE TABLE u (b int NOT NULL)",
            "may-fail harmless 0: none of 1 row is in the way\nlong-lock harmless: \"s.x\" has 8 kB\n\
             rewrite harmless: \"t\" has 16 kB\nmay-fail prevents 1: 1 of 2 rows hold a value that it refuses\n\
             may-fail unknown: not known: invalid input syntax for type integer: \"x\"\nlong-lock harmless: \"t\" has 16 kB\n\
             data-loss applies 1: 1 of 2 rows lose a value\n\
             may-fail prevents 1: 1 of 1 row break it\nlong-lock harmless: \"s.x\" has 8 kB",
        )
    },
    Case {
        renames: &["t=u", "u.a=u.b"],
        ..case(
            "new ones under the names that others give away",
            "CREATE TABLE t (a int PRIMARY KEY); INSERT INTO t VALUES (1), (2); CREATE TABLE x (r int); INSERT INTO x VALUES (1)",
            "CREATE TABLE u (b int, a int DEFAULT 5 NOT NULL, CONSTRAINT k UNIQUE (a), CONSTRAINT t_pkey PRIMARY KEY (b)); \
             CREATE TABLE t (a int CONSTRAINT t_key PRIMARY KEY); CREATE TABLE x (r int REFERENCES t)",
            "may-fail harmless 0: none of 2 rows is in the way\nlong-lock harmless: \"t\" has 24 kB\n\
             may-fail prevents 1: 1 of 1 row refer to nothing\nlong-lock harmless: \"x\" has 8 kB\n\
             may-fail prevents 2: 2 of 2 rows are equal to another one\nlong-lock harmless: \"t\" has 24 kB",
        )
    },
    case(
        "a constraint on what is converted or new in the same push",
        "CREATE TABLE t (a text); INSERT INTO t VALUES ('1'), ('01'), ('2')",
        "CREATE TABLE t (a int UNIQUE, b int DEFAULT 5 NOT NULL UNIQUE, c int, CONSTRAINT k CHECK (b > a), d int DEFAULT 7 REFERENCES t (a))",
        "rewrite harmless: \"t\" has 16 kB\nmay-fail harmless 0: none of 3 rows is in the way\n\
         may-fail prevents 2: 2 of 3 rows are equal to another one\nlong-lock harmless: \"t\" has 16 kB\n\
         may-fail prevents 3: 3 of 3 rows are equal to another one\nlong-lock harmless: \"t\" has 16 kB\n\
         may-fail harmless 0: none of 3 rows is in the way\nlong-lock harmless: \"t\" has 16 kB\n\
         may-fail prevents 3: 3 of 3 rows refer to nothing\nlong-lock harmless: \"t\" has 16 kB",
    ),
    case(
        "a default that counts",
        "CREATE SEQUENCE q; CREATE TABLE t (a int); INSERT INTO t VALUES (1), (2)",
        "CREATE SEQUENCE q; CREATE TABLE t (a int, b bigint DEFAULT nextval('q') UNIQUE)",
        "rewrite harmless: \"t\" has 8 kB\nmay-fail unknown: not known: cannot execute nextval() in a read-only transaction\n\
         long-lock harmless: \"t\" has 8 kB",
    ),
    case(
        "hostile names",
        r#"CREATE TABLE "a""b.c" ("it's; --" text, "$$" int, "converts" text); INSERT INTO "a""b.c" VALUES ('x', 1, '1'), (NULL, 1, 'y')"#,
        r#"CREATE TABLE "a""b.c" ("it's; --" text NOT NULL, "$$" int, "converts" int, CONSTRAINT "u""'" UNIQUE ("$$"))"#,
        "may-fail prevents 1: 1 of 2 rows have NULL in it\nlong-lock harmless: \"a\"b.c\" has 16 kB\n\
         rewrite harmless: \"a\"b.c\" has 16 kB\nmay-fail prevents 1: 1 of 2 rows hold a value that it refuses\n\
         may-fail prevents 2: 2 of 2 rows are equal to another one\nlong-lock harmless: \"a\"b.c\" has 16 kB",
    ),
];
