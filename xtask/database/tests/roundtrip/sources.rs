//! A database's Rust source, compiled and built, is the state of that database: nothing is left to do on it, and what is made of it elsewhere is
//! the same database.

mod compiled;

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::path::Path;
use std::sync::Mutex;

use pg_database::{Filter, Introspection, Patterns, Scope};
use pg_migration::{LeftOut, Snapshot, Source, plan, relation_of, rust_source};
use pg_schema::declare::COLUMN_TYPES;
use pg_schema::{QualifiedName, Schema, quote_identifier};

use self::compiled::compiled;
use crate::drizzle::difference;
use crate::facts::{differences, facts};
use crate::playground::Playground;
use crate::random::{ELSEWHERE, dump_lines};
use crate::{corpus, hostile, pairs, random, read};

/// The source of what a database holds.
fn source(live: &Introspection) -> Source {
    let outside = live.outside.iter().map(|it| LeftOut {
        relation: relation_of(&it.identity, &live.schema),
        what: it.to_string(),
    });
    rust_source(&live.schema, &outside.collect::<Vec<_>>())
}

/// What is wrong with the state that the source of a live database declares: there must be nothing left to do, and the same database must come of it.
fn wrong(
    live: &mut Playground,
    other: &mut Playground,
    found: &Introspection,
    declared: &Schema,
) -> Option<String> {
    if let Some(difference) = difference(live, declared, found) {
        return Some(format!("it is not the state of the database: {difference}"));
    }
    if !found.outside.is_empty() {
        return None;
    }
    if let Err(error) = other.make(declared) {
        return Some(format!("it cannot be made: {error}"));
    }
    let made = facts(&mut other.database);
    let mut different = differences(&facts(&mut live.database), &made);
    if let (Some(dump), Some(other_dump)) = (live.dump(), other.dump()) {
        different.extend(differences(&dump_lines(&dump), &dump_lines(&other_dump)));
    }
    if different.is_empty() {
        return None;
    }
    // PostgreSQL does not always print again what it has printed.
    let still = live.still_differs_from(&made);
    still.map(|_| different.join("\n"))
}

/// Compiles the sources and compares what each declares with what it is said to declare.
fn assert_compiled(name: &str, sources: &BTreeMap<String, Source>) {
    let built = compiled(name, sources.values().map(|source| source.text.as_str()));
    assert_eq!(built.len(), sources.len());
    let mut wrong = Vec::new();
    for ((id, source), built) in sources.iter().zip(built) {
        let text = &source.text;
        let declared = Snapshot::following(None, source.schema.clone()).to_json();
        let declared = Snapshot::parse(&declared).unwrap().schema;
        match built {
            Err(errors) => wrong.push(format!("{id}: {errors}\n{text}")),
            Ok(built) if built != declared || !plan(&built, &declared).is_empty() => {
                let changes = plan(&built, &declared).changes;
                wrong.push(format!("{id}: {changes:#?}\n{text}"));
            }
            Ok(_) => {}
        }
    }
    let count = (wrong.len(), sources.len());
    assert!(wrong.is_empty(), "{count:?}:\n{}", wrong.join("\n\n"));
}

/// The source of the database that is made of each state.
fn sources_of(states: impl IntoIterator<Item = (String, Schema)>) -> BTreeMap<String, Source> {
    let (mut live, mut other) = (Playground::new(), Playground::new());
    let sources = states.into_iter().map(|(id, state)| {
        live.make(&state)
            .unwrap_or_else(|error| panic!("{id}: {error}"));
        let found = live.introspect(&Scope::of(&state));
        assert_eq!(found.outside, [], "{id}");
        let source = source(&found);
        assert_eq!(source.left_out, [], "{id}");
        if let Some(wrong) = wrong(&mut live, &mut other, &found, &source.schema) {
            panic!("{id}: {wrong}\n{}", source.text);
        }
        (id, source)
    });
    sources.collect()
}

fn snapshot(path: &Path) -> Schema {
    Snapshot::parse(&read(path)).unwrap().schema
}

#[test]
fn the_source_of_a_real_database_is_its_state() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migration/tests/drizzle");
    let state = |name: &str, number: &str| {
        let file = format!("{name}/meta/{number}_snapshot.json");
        (name.to_owned(), snapshot(&fixtures.join(file)))
    };
    let mut states = vec![state("autonome", "0002"), state("everything", "0000")];
    if let Some(folder) = corpus() {
        let chain = folder.join("chains/humantryx/meta/0030_snapshot.json");
        states.push(("humantryx".to_owned(), snapshot(&chain)));
    }
    assert_compiled("real", &sources_of(states));
}

#[test]
fn the_source_of_hostile_names_is_their_state() {
    let states = hostile::NAMES
        .iter()
        .map(|name| ((*name).to_owned(), hostile::state(name)));
    assert_compiled("hostile", &sources_of(states));
}

#[test]
fn the_source_of_random_states_is_their_state() {
    const STATES: u64 = 40;
    let (mut live, mut other) = (Playground::new(), Playground::new());
    let mut sources = BTreeMap::new();
    for number in 0..STATES {
        let state = random::state(number);
        let roles = |playground: &mut Playground, state: &Schema| {
            for role in &state.roles {
                let role = quote_identifier(&role.name);
                playground
                    .run(&format!("DROP ROLE IF EXISTS {role}"))
                    .unwrap();
            }
        };
        let (schema, table) = ELSEWHERE;
        let elsewhere =
            format!("CREATE SCHEMA {schema}; CREATE TABLE {schema}.\"{table}\" (id integer)");
        live.empty();
        other.empty();
        roles(&mut live, &state);
        live.run(&elsewhere).unwrap();
        live.apply(&pg_migration::planned_migrations(
            &Schema::default(),
            &state,
        ))
        .unwrap();
        let names = state.schemas.iter().map(|it| it.name.clone());
        let mut scope = Scope::of(&state);
        // They belong to the server, where they are already when another database is made.
        scope.roles.clear();
        scope.filter = Filter {
            schemas: Patterns::names(names.chain(["public".to_owned()])),
            ..Filter::default()
        };
        scope.policies_on = vec![QualifiedName::new(schema, table)];
        let found = live.introspect(&scope);
        let source = source(&found);
        assert_eq!(found.outside, [], "{number}");
        if let Some(difference) = difference(&mut live, &source.schema, &found) {
            panic!("{number}: {difference}\n{}", source.text);
        }
        other.run(&elsewhere).unwrap();
        let way = pg_migration::planned_migrations(&Schema::default(), &source.schema);
        other
            .apply(&way)
            .unwrap_or_else(|error| panic!("{number}: {error}\n{}", source.text));
        let different = differences(&facts(&mut live.database), &facts(&mut other.database));
        let different: Vec<_> = different
            .iter()
            // In which order a view's columns stand does not count.
            .filter(|fact| !fact.contains("relation "))
            .collect();
        assert!(different.is_empty(), "{number}: {different:#?}");
        live.empty();
        other.empty();
        roles(&mut live, &state);
        sources.insert(format!("{number}"), source);
    }
    assert_compiled("random", &sources);
}

#[test]
fn the_source_of_a_thousand_tables_is_their_state() {
    let mut live = Playground::new();
    live.run(
        r#"DO $$ BEGIN FOR i IN 0..999 LOOP EXECUTE format('
            CREATE TABLE table_%1$s (id serial PRIMARY KEY, name text NOT NULL DEFAULT ''it''''s'', owner integer REFERENCES table_%2$s, at timestamp DEFAULT now(),
                value numeric(18, 8) CHECK (value > 0), "Kind" varchar(9));
            CREATE INDEX ON table_%1$s (name, owner DESC); CREATE UNIQUE INDEX ON table_%1$s (lower("Kind")) WHERE value > 7', i, i / 2);
        END LOOP; END $$"#,
    )
    .unwrap();
    let found = live.introspect(&Scope::default());
    let source = source(&found);
    assert_eq!(source.schema.tables.len(), 1000);
    if let Some(wrong) = wrong(&mut live, &mut Playground::new(), &found, &source.schema) {
        panic!("{wrong}");
    }
    assert_compiled(
        "thousand",
        &BTreeMap::from([("thousand".to_owned(), source)]),
    );
}

/// What a name can hide in Rust, and what the declaration takes for a mistake though PostgreSQL does not.
#[test]
fn what_could_be_misread_in_rust_is_its_state_too() {
    let functions = COLUMN_TYPES.iter().map(|(function, _)| *function);
    let words = functions.chain([
        "index",
        "check",
        "policy",
        "unique",
        "identity",
        "schema",
        "asc",
        "desc",
        "type",
        "match",
        "self",
        "Self",
        "super",
        "fn",
        "async",
        "Table",
        "2fa",
        "Delete",
        "expression",
        "pg_table",
        "custom_type",
        "random_uuid",
        "",
        "ÄÖ ü",
        "名前",
        "a-b",
        "a b",
        "a_b",
        "HTTPServer",
    ]);
    let mut live = Playground::new();
    for word in words.filter(|word| !word.is_empty()) {
        let table = quote_identifier(word);
        live.run(&format!("CREATE TABLE {table} ({table} integer)"))
            .unwrap();
    }
    live.run(
        r#"CREATE DOMAIN texte AS text; CREATE DOMAIN "Numéric" AS numeric(3, 1); CREATE TYPE mood AS ENUM ('', 'a"b', E'line\nbreak'); CREATE TYPE nothing AS ENUM ();
           CREATE SCHEMA other; CREATE TABLE other.a_b (a texte, b "Numéric"[], c nothing, d mood DEFAULT '', e bpchar COLLATE "C", f bigint DEFAULT -5,
               g bigint DEFAULT 3000000000, h numeric DEFAULT -0.5, i numeric DEFAULT 1.50, j smallint DEFAULT '7', k text DEFAULT E'a\\b\tc', l char(3) DEFAULT 'x',
               m json DEFAULT '[]', n jsonb[] DEFAULT '{}', o interval(3) DEFAULT '1 day', p timestamptz(2), q bit(3) DEFAULT '101', r "char", s regclass,
               t real DEFAULT 1e30, u boolean DEFAULT false, v date DEFAULT CURRENT_DATE, w varbit(7), x interval day to second(2), y numeric(7, -2), z text[][] DEFAULT '{{a,b}}');
           CREATE TABLE c (a integer, b integer, UNIQUE (a), CONSTRAINT c_b_unique UNIQUE (b)); CREATE INDEX "mood_idx" ON c (a); CREATE TYPE mood_idx AS ENUM ('x');
           COMMENT ON COLUMN c.a IS E'two\nlines "quoted" \\'; COMMENT ON CONSTRAINT c_a_key ON c IS '{}'; COMMENT ON SCHEMA public IS 'ours';
           CREATE TABLE keyed (id integer PRIMARY KEY); COMMENT ON CONSTRAINT keyed_pkey ON keyed IS 'the key';
           CREATE VIEW v WITH (security_barrier = on) AS SELECT a, 'it''s "so"'::text AS "B" FROM c WHERE b > 1 WITH LOCAL CHECK OPTION; COMMENT ON COLUMN v.a IS 'of a view';
           CREATE MATERIALIZED VIEW mv WITH (fillfactor = 70) AS SELECT a FROM c WITH NO DATA; CREATE INDEX mv_a ON mv (a DESC); COMMENT ON INDEX mv_a IS 'i';
           CREATE SEQUENCE down AS integer INCREMENT -2 MINVALUE -100 MAXVALUE 100 START 50 CACHE 3 CYCLE OWNED BY c.b;
           CREATE TABLE counted (a smallint GENERATED BY DEFAULT AS IDENTITY (INCREMENT -1), b bigint GENERATED ALWAYS AS IDENTITY (START 1000 MAXVALUE 5000));
           CREATE TABLE ruled (owner name); ALTER TABLE ruled ENABLE ROW LEVEL SECURITY; CREATE TABLE closed (); ALTER TABLE closed ENABLE ROW LEVEL SECURITY;
           CREATE POLICY "p 1" ON ruled AS RESTRICTIVE FOR UPDATE TO pg_read_all_data, pg_monitor USING (owner = current_user) WITH CHECK (owner <> '"');
           CREATE POLICY p2 ON ruled FOR SELECT USING (true)"#,
    )
    .unwrap();
    let found = live.introspect(&Scope::default());
    let kinds: BTreeSet<_> = found.outside.iter().map(|it| it.kind.as_str()).collect();
    assert_eq!(
        kinds.into_iter().collect::<Vec<_>>(),
        ["type"],
        "the domains"
    );
    let source = source(&found);
    assert!(
        source.text.contains("// - type public.texte\n"),
        "{}",
        source.text
    );
    if let Some(wrong) = wrong(&mut live, &mut Playground::new(), &found, &source.schema) {
        panic!("{wrong}\n{}", source.text);
    }
    assert_compiled("misread", &BTreeMap::from([("misread".to_owned(), source)]));
}

/// The pairs that use nothing beyond the model, each side a database.
#[test]
fn the_source_of_other_tools_schemas_is_their_state() {
    let Some(folder) = corpus() else { return };
    let text = read(&folder.join("ddl-pairs.jsonl"));
    pairs::create_roles(&text);
    let step = if env::var("PAIRS").is_ok_and(|wanted| wanted == "all") {
        1
    } else {
        eprintln!("one case in {} is tried, all with PAIRS=all", pairs::ONE_IN);
        pairs::ONE_IN
    };
    let cases: Vec<_> = pairs::cases(&text)
        .into_iter()
        .filter(|case| case.counts)
        .step_by(step)
        .collect();
    let next = Mutex::new(0..cases.len());
    let sources = Mutex::new(BTreeMap::new());
    let problems = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let (mut live, mut other) = (Playground::new(), Playground::new());
                loop {
                    let Some(number) = next.lock().unwrap().next() else {
                        break;
                    };
                    let case = &cases[number];
                    for (side, ddl) in [("old", &case.old), ("new", &case.new)] {
                        // What a server of this version does not know.
                        let Ok(found) = pairs::load(&mut live, case, ddl) else {
                            continue;
                        };
                        let source = source(&found);
                        let id = format!("{}/{} {side}", case.suite, case.id);
                        if let Some(wrong) = wrong(&mut live, &mut other, &found, &source.schema) {
                            problems
                                .lock()
                                .unwrap()
                                .push(format!("{id}: {wrong}\n{}", source.text));
                        }
                        sources.lock().unwrap().insert(id, source);
                    }
                }
            });
        }
    });
    let problems = problems.into_inner().unwrap();
    assert!(
        problems.is_empty(),
        "{}:\n{}",
        problems.len(),
        problems.join("\n\n")
    );
    let sources = sources.into_inner().unwrap();
    println!("{} sources", sources.len());
    assert_compiled("pairs", &sources);
}
