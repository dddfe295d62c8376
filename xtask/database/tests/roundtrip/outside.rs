//! What the state has no place for.

use pg_database::Scope;

use crate::introspection::{read, table};
use crate::playground::Playground;

#[test]
fn an_invalid_index_is_no_index() {
    let mut playground = Playground::new();
    playground
        .run("CREATE TABLE t (a integer); INSERT INTO t VALUES (1), (1)")
        .unwrap();
    playground
        .run("CREATE UNIQUE INDEX CONCURRENTLY broken ON t (a)")
        .unwrap_err();
    let found = playground.introspect(&Scope::default());
    assert!(table(&found.schema, "t").indexes.is_empty());
    assert_eq!(
        found
            .outside
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>(),
        ["index public.broken (INVALID)"]
    );
}

const OUTSIDE: &str = "
CREATE TABLE t (a integer, b text, c text, CONSTRAINT x EXCLUDE USING gist (int4range(a, a) WITH &&), CONSTRAINT k CHECK (a > 0) NO INHERIT);
ALTER TABLE t ADD CONSTRAINT late CHECK (a > 1) NOT VALID; ALTER TABLE t FORCE ROW LEVEL SECURITY; ALTER TABLE t ALTER c SET STORAGE EXTERNAL; ALTER TABLE t REPLICA IDENTITY FULL;
CREATE TABLE child () INHERITS (t); CREATE UNLOGGED TABLE u (a integer) WITH (fillfactor = 50);
CREATE TABLE p (a integer GENERATED ALWAYS AS IDENTITY, b serial) PARTITION BY LIST (a); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1); CREATE INDEX pi ON p (a);
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE PROCEDURE pr() LANGUAGE sql AS ''; CREATE AGGREGATE ag(integer) (SFUNC = int4pl, STYPE = integer);
CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f(); CREATE RULE ru AS ON DELETE TO t DO INSTEAD NOTHING;
CREATE DOMAIN d AS integer CHECK (VALUE > 0); CREATE TYPE c AS (x integer); CREATE TYPE r AS RANGE (SUBTYPE = integer);
CREATE STATISTICS st ON a, b FROM t; CREATE COLLATION co FROM \"C\"; CREATE PUBLICATION pu FOR TABLE t;
CREATE FUNCTION et() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE EVENT TRIGGER ev ON ddl_command_end EXECUTE FUNCTION et();
CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w; CREATE FOREIGN TABLE ft (a integer) SERVER s;
CREATE MATERIALIZED VIEW m AS SELECT 1 AS one; CREATE UNIQUE INDEX mi ON m (one); GRANT SELECT ON t TO PUBLIC; GRANT UPDATE (a) ON u TO PUBLIC;
CREATE POLICY po ON u; CREATE TABLE q (a integer PRIMARY KEY DEFERRABLE, b integer, c integer REFERENCES t2 MATCH FULL, CONSTRAINT uq UNIQUE (b) INCLUDE (a)); COMMENT ON INDEX uq IS 'kept';
CREATE VIEW v AS SELECT a FROM u; ALTER VIEW v ALTER a SET DEFAULT 1; CREATE CAST (text AS d) WITH INOUT";

#[test]
fn what_the_state_has_no_place_for_is_listed() {
    let (schema, outside) = read(&format!(
        "CREATE TABLE t2 (a integer PRIMARY KEY);;{OUTSIDE}"
    ));
    let expected = [
        "aggregate public.ag(integer)",
        "cast (pg_catalog.text AS public.d)",
        "collation public.co",
        "default value for public.v.a",
        "event trigger ev",
        "foreign table public.ft",
        "foreign-data wrapper w",
        "function public.et()",
        "function public.f()",
        "partition public.p1",
        "partitioned table public.p",
        "procedure public.pr()",
        "publication pu",
        "rule ru on public.t",
        "server s",
        "statistics object public.st",
        "table public.child (INHERITS)",
        "table public.t (FORCE ROW LEVEL SECURITY)",
        "table public.t (REPLICA IDENTITY)",
        "table public.t (privileges)",
        "table public.u (UNLOGGED)",
        "table public.u (policies, but DISABLE ROW LEVEL SECURITY)",
        "table public.u (storage parameters)",
        "table column public.t.c (STORAGE)",
        "table column public.u.a (privileges)",
        "table constraint k on public.t (NO INHERIT)",
        "table constraint late on public.t (NOT VALID)",
        "table constraint q_c_fkey on public.q (MATCH FULL)",
        "table constraint q_pkey on public.q (DEFERRABLE)",
        "table constraint uq on public.q (INCLUDE)",
        "table constraint x on public.t",
        "trigger tr on public.t",
        "type public.c",
        "type public.d",
        "type public.r",
        "index public.uq (comment)",
    ];
    assert_eq!(outside, expected);
    let names: Vec<_> = schema
        .tables
        .iter()
        .map(|table| table.name.name.as_str())
        .collect();
    assert_eq!(names, ["t2", "t", "u", "q"]);
    assert!(schema.sequences.is_empty(), "{:?}", schema.sequences);
}

/// Nothing of this is lost: what each makes is listed, and nothing else.
const EACH: [(&str, &[&str]); 45] = [
    ("", &[]),
    (
        "CREATE FUNCTION f(integer) RETURNS integer LANGUAGE sql AS 'SELECT 1'",
        &["function public.f(integer)"],
    ),
    ("CREATE TYPE c AS (x integer)", &["type public.c"]),
    ("CREATE TYPE shell", &["type public.shell"]),
    (
        "CREATE DOMAIN d AS text DEFAULT 'a'; ALTER TABLE t ADD c d",
        &["type public.d"],
    ),
    (
        "CREATE OPERATOR === (FUNCTION = int4eq, LEFTARG = integer, RIGHTARG = integer)",
        &["operator public.===(integer,integer)"],
    ),
    (
        "CREATE OPERATOR FAMILY fam USING btree",
        &["operator family public.fam USING btree"],
    ),
    (
        "CREATE OPERATOR CLASS cls FOR TYPE integer USING btree AS OPERATOR 1 <, FUNCTION 1 btint4cmp(integer, integer)",
        &[
            "operator class public.cls USING btree",
            "operator family public.cls USING btree",
        ],
    ),
    (
        "CREATE CONVERSION con FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8",
        &["conversion public.con"],
    ),
    (
        "CREATE TEXT SEARCH CONFIGURATION conf (COPY = simple)",
        &["text search configuration public.conf"],
    ),
    (
        "CREATE TEXT SEARCH DICTIONARY dict (TEMPLATE = simple)",
        &["text search dictionary public.dict"],
    ),
    (
        "CREATE TEXT SEARCH PARSER par (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype)",
        &["text search parser public.par"],
    ),
    (
        "CREATE TEXT SEARCH TEMPLATE tem (LEXIZE = dsimple_lexize)",
        &["text search template public.tem"],
    ),
    (
        "CREATE ACCESS METHOD tree TYPE INDEX HANDLER bthandler",
        &["access method tree"],
    ),
    (
        "CREATE LANGUAGE lang HANDLER plpgsql_call_handler",
        &["language lang"],
    ),
    (
        "CREATE SUBSCRIPTION sub CONNECTION '' PUBLICATION pub WITH (connect = false)",
        &["subscription sub"],
    ),
    (
        "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC; ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON SEQUENCES TO PUBLIC",
        &[
            "default acl for role postgres in schema public on sequences",
            "default acl for role postgres on tables",
        ],
    ),
    (
        "CREATE SCHEMA s; GRANT USAGE ON SCHEMA s TO PUBLIC; GRANT USAGE ON TYPE mood TO PUBLIC",
        &["schema s (privileges)", "type public.mood (privileges)"],
    ),
    (
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC; REVOKE USAGE ON SCHEMA public FROM PUBLIC",
        &["schema public (privileges)"],
    ),
    (
        "CREATE SEQUENCE q; GRANT USAGE ON q TO PUBLIC; GRANT SELECT ON v, m TO PUBLIC; GRANT UPDATE (a) ON v TO PUBLIC",
        &[
            "materialized view public.m (privileges)",
            "sequence public.q (privileges)",
            "view public.v (privileges)",
            "view column public.v.a (privileges)",
        ],
    ),
    (
        "CREATE TABLE p (a integer, b serial) PARTITION BY RANGE (a); CREATE TABLE p1 PARTITION OF p DEFAULT; COMMENT ON TABLE p IS 'x'",
        &["partition public.p1", "partitioned table public.p"],
    ),
    (
        "CREATE TABLE child (z serial, CHECK (z > 0)) INHERITS (t); CREATE INDEX ON child (z); CREATE POLICY po ON child",
        &["policy po on public.child", "table public.child (INHERITS)"],
    ),
    (
        "CREATE TYPE c AS (x integer); CREATE TABLE typed OF c",
        &["table public.typed (OF type)", "type public.c"],
    ),
    (
        "ALTER TABLE t SET UNLOGGED; CREATE TABLE u (i integer GENERATED ALWAYS AS IDENTITY); ALTER TABLE u SET UNLOGGED",
        &["table public.t (UNLOGGED)", "table public.u (UNLOGGED)"],
    ),
    (
        "ALTER TABLE t SET (fillfactor = 70)",
        &["table public.t (storage parameters)"],
    ),
    (
        "ALTER TABLE t SET (toast.autovacuum_enabled = false)",
        &["table public.t (storage parameters)"],
    ),
    (
        "ALTER TABLE t ALTER b SET STATISTICS 7; ALTER TABLE t ALTER a SET (n_distinct = 3)",
        &[
            "table column public.t.a (attribute options)",
            "table column public.t.b (STATISTICS)",
        ],
    ),
    (
        "ALTER TABLE t ALTER b SET COMPRESSION pglz; ALTER MATERIALIZED VIEW m ALTER b SET STORAGE EXTERNAL",
        &[
            "materialized view column public.m.b (STORAGE)",
            "table column public.t.b (COMPRESSION)",
        ],
    ),
    (
        "CREATE INDEX i ON t (a, lower(b)); ALTER INDEX i ALTER 2 SET STATISTICS 9",
        &["index public.i (STATISTICS)"],
    ),
    ("CLUSTER t USING t_pkey", &["index public.t_pkey (CLUSTER)"]),
    (
        "ALTER TABLE t REPLICA IDENTITY USING INDEX t_pkey",
        &[
            "index public.t_pkey (REPLICA IDENTITY)",
            "table public.t (REPLICA IDENTITY)",
        ],
    ),
    (
        "ALTER TABLE t ADD CONSTRAINT k CHECK (a > 0) NOT VALID",
        &["table constraint k on public.t (NOT VALID)"],
    ),
    (
        "ALTER TABLE t ADD CONSTRAINT k CHECK (a > 0) NO INHERIT",
        &["table constraint k on public.t (NO INHERIT)"],
    ),
    (
        "ALTER TABLE t ADD c integer, ADD CONSTRAINT k FOREIGN KEY (c) REFERENCES t NOT VALID",
        &["table constraint k on public.t (NOT VALID)"],
    ),
    (
        "ALTER TABLE t ADD c integer, ADD CONSTRAINT k FOREIGN KEY (c) REFERENCES t MATCH FULL",
        &["table constraint k on public.t (MATCH FULL)"],
    ),
    (
        "ALTER TABLE t ADD c integer, ADD CONSTRAINT k FOREIGN KEY (c) REFERENCES t; ALTER TABLE t DISABLE TRIGGER ALL",
        &["table constraint k on public.t (DISABLE TRIGGER)"],
    ),
    (
        "ALTER TABLE t ADD CONSTRAINT k EXCLUDE USING btree (b WITH =)",
        &["table constraint k on public.t"],
    ),
    (
        "ALTER TABLE t ADD UNIQUE (a, b) WITH (fillfactor = 70)",
        &["table constraint t_a_b_key on public.t (storage parameters)"],
    ),
    (
        "ALTER TABLE t DROP CONSTRAINT t_pkey, ADD PRIMARY KEY (a) INCLUDE (b)",
        &["table constraint t_pkey on public.t (INCLUDE)"],
    ),
    (
        "ALTER TABLE t DROP CONSTRAINT t_pkey, ADD PRIMARY KEY (a) DEFERRABLE",
        &["table constraint t_pkey on public.t (DEFERRABLE)"],
    ),
    (
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE TRIGGER tr INSTEAD OF INSERT ON v FOR EACH ROW EXECUTE FUNCTION f()",
        &["function public.f()", "trigger tr on public.v"],
    ),
    (
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE CONSTRAINT TRIGGER tr AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f(); ALTER TABLE t DISABLE TRIGGER tr",
        &["function public.f()", "trigger tr on public.t"],
    ),
    (
        "CREATE RULE ru AS ON INSERT TO v DO INSTEAD NOTHING",
        &["rule ru on public.v"],
    ),
    (
        "ALTER VIEW v ALTER a SET DEFAULT 1",
        &["default value for public.v.a"],
    ),
    (
        "COMMENT ON INDEX t_pkey IS 'x'; COMMENT ON SEQUENCE t_a_seq IS 'y'",
        &[
            "sequence public.t_a_seq (comment)",
            "index public.t_pkey (comment)",
        ],
    ),
];

/// What only later servers have, with the first that does.
const LATER: [(u32, &str, &[&str]); 8] = [
    (
        15,
        "CREATE UNLOGGED SEQUENCE q",
        &["sequence public.q (UNLOGGED)"],
    ),
    (
        15,
        "ALTER TABLE t ADD c integer, ADD CONSTRAINT k FOREIGN KEY (c) REFERENCES t ON DELETE SET NULL (c)",
        &["table constraint k on public.t (columns of ON DELETE)"],
    ),
    (
        15,
        "CREATE PUBLICATION pub FOR TABLES IN SCHEMA public",
        &[
            "publication pub",
            "publication namespace public in publication pub",
        ],
    ),
    (
        18,
        "ALTER TABLE t ADD c integer GENERATED ALWAYS AS (a + 1) VIRTUAL",
        &["table column public.t.c (VIRTUAL)"],
    ),
    (
        18,
        "ALTER TABLE t ADD CONSTRAINT k CHECK (a > 0) NOT ENFORCED",
        &["table constraint k on public.t (NOT ENFORCED)"],
    ),
    (
        18,
        "ALTER TABLE t ADD CONSTRAINT k NOT NULL b, ADD c integer NOT NULL NO INHERIT",
        &[
            "table constraint k on public.t (name of NOT NULL)",
            "table constraint t_c_not_null on public.t (NO INHERIT)",
        ],
    ),
    (
        18,
        "ALTER TABLE t ADD CONSTRAINT b_not_null NOT NULL b NOT VALID",
        &["table constraint b_not_null on public.t (NOT VALID)"],
    ),
    (
        18,
        "CREATE TABLE w (r int4range, s int4range, PRIMARY KEY (r, s WITHOUT OVERLAPS)); CREATE TABLE x (r int4range, s int4range, CONSTRAINT k FOREIGN KEY (r, PERIOD s) REFERENCES w)",
        &[
            "table constraint k on public.x (PERIOD)",
            "table constraint w_pkey on public.w (PERIOD)",
        ],
    ),
];

#[test]
fn each_of_what_the_state_has_no_place_for_is_listed() {
    let mut playground = Playground::new();
    let version = playground.database.text("SHOW server_version_num").unwrap();
    let version = version.unwrap().parse::<u32>().unwrap() / 10_000;
    let later = LATER.iter().filter(|(since, ..)| version >= *since);
    let cases = EACH
        .iter()
        .copied()
        .chain(later.map(|(_, sql, listed)| (*sql, *listed)));
    let wrong: Vec<_> = cases
        .filter_map(|(sql, listed)| {
            playground.empty();
            let held = "CREATE TYPE mood AS ENUM ('a'); CREATE TABLE t (a serial PRIMARY KEY, b text UNIQUE); CREATE VIEW v AS SELECT a FROM t; \
                CREATE MATERIALIZED VIEW m AS SELECT a, b FROM t";
            playground.run(held).unwrap();
            for statement in sql.split("; ") {
                playground.run(statement).unwrap_or_else(|error| panic!("{statement}: {error}"));
            }
            let found = playground.introspect(&Scope::default()).outside;
            let found: Vec<_> = found.iter().map(ToString::to_string).collect();
            (found != listed).then(|| format!("{sql}: {found:#?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
