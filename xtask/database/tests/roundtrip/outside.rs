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
