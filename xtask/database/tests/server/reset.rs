//! Dropping everything that is the project's, nothing that is not, and building it anew.

mod fallbacks;

use std::thread;
use std::time::Duration;

use pg_database::{
    Database, InsertError, Inserter, Managed, MigrateEvent, MigrateOptions, ResetCause, ResetError,
    ResetEvent, ResetReport, ResetState, Seed, inventory, reset,
};
use pg_schema::QualifiedName;
use pg_schema::prelude::*;

use crate::common::{Project, query};

const TABLES: (&str, &str) = (
    "tables",
    r#"CREATE SCHEMA "app two";
CREATE TYPE "Mood" AS ENUM ('good', 'bad');
CREATE TABLE "Parents" (id serial PRIMARY KEY, mood "Mood" NOT NULL);
CREATE TABLE "app two"."Children" (id int GENERATED ALWAYS AS IDENTITY, parent int REFERENCES "Parents" (id) ON DELETE CASCADE)"#,
);

/// Something of every kind, and a session that is left in disorder.
const KINDS: &str = r#"CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE TYPE pair AS (a int, b "Mood");
CREATE TYPE span AS RANGE (subtype = int);
CREATE FUNCTION mood_of(p "Parents") RETURNS "Mood" LANGUAGE sql AS 'SELECT p.mood';
CREATE FUNCTION fill() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER fill BEFORE INSERT ON "Parents" FOR EACH ROW EXECUTE FUNCTION fill();
CREATE PROCEDURE nothing(IN a int) LANGUAGE sql AS 'SELECT 1';
CREATE AGGREGATE total(int) (sfunc = int4pl, stype = int);
CREATE AGGREGATE number(*) (sfunc = int8inc, stype = bigint, initcond = '0');
CREATE FUNCTION same(pair, pair) RETURNS boolean LANGUAGE sql AS 'SELECT true';
CREATE OPERATOR === (leftarg = pair, rightarg = pair, function = same);
CREATE CAST (pair AS text) WITH INOUT;
CREATE COLLATION german (provider = icu, locale = 'de');
CREATE TEXT SEARCH CONFIGURATION simple2 (COPY = simple);
CREATE SEQUENCE counter;
CREATE VIEW moods AS SELECT mood, nextval('counter') FROM "Parents";
CREATE MATERIALIZED VIEW kept_moods AS SELECT * FROM moods;
CREATE TABLE parts (a int, CONSTRAINT unique_a UNIQUE (a) DEFERRABLE INITIALLY DEFERRED) PARTITION BY RANGE (a);
CREATE TABLE part_one PARTITION OF parts FOR VALUES FROM (0) TO (10);
CREATE STATISTICS moods_of ON id, mood FROM "Parents";
CREATE TABLE "cycle_a" (id int PRIMARY KEY, b int);
CREATE TABLE "cycle_b" (id int PRIMARY KEY, a int REFERENCES cycle_a (id) DEFERRABLE INITIALLY DEFERRED);
ALTER TABLE cycle_a ADD FOREIGN KEY (b) REFERENCES cycle_b (id) DEFERRABLE INITIALLY DEFERRED;
CREATE TEMPORARY TABLE scratch (a int);
SET search_path = nowhere"#;

fn declaration() -> Declaration {
    Declaration::new()
        .with(pg_enum("Mood", ["good", "bad"]))
        .with(pg_table(
            "Parents",
            [
                serial("id").primary_key(),
                enum_column("mood", "Mood").not_null(),
            ],
        ))
}

fn good_seed(db: &mut Inserter<'_>) -> Result<(), InsertError> {
    db.insert("Parents", [("mood", "good".into())])?;
    db.insert("Parents", [("mood", "bad".into())])
}

fn reset_with(
    project: &Project,
    database: &mut Database,
    mut function: impl FnMut(&mut Inserter<'_>) -> Result<(), InsertError>,
) -> Result<(ResetReport, Vec<String>), ResetError> {
    let mut said = Vec::new();
    let report = reset(
        database,
        &project.load(),
        &Managed::schemas(["public", "app two"]),
        Some(&mut Seed {
            declaration: &declaration(),
            function: &mut function,
        }),
        &MigrateOptions::default(),
        &mut |event| match event {
            ResetEvent::Dropping { .. } => said.push("dropping".to_owned()),
            ResetEvent::FileByFile(reason) => said.push(format!("file by file: {reason}")),
            ResetEvent::Migrate(MigrateEvent::Applied { tag, .. }) => said.push((*tag).to_owned()),
            ResetEvent::Migrate(_) => {}
            ResetEvent::Seeding => said.push("seeding".to_owned()),
        },
    )?;
    Ok((report, said))
}

fn someone_elses(error: &ResetError) -> &[String] {
    assert_eq!(error.state, ResetState::Untouched, "{error}");
    match &*error.cause {
        ResetCause::SomeoneElses(objects) => objects,
        other => panic!("{other:?}"),
    }
}

#[test]
fn everything_of_every_kind_is_dropped_and_built_anew() {
    let project = Project::new(
        "reset",
        &[
            TABLES,
            ("kinds", KINDS),
            // Each file finds the session, and the constraints, as if it ran alone.
            (
                "rows",
                "CREATE TEMPORARY TABLE scratch (a int);\n\
                 INSERT INTO cycle_a VALUES (1, 2); INSERT INTO cycle_b VALUES (2, 1)",
            ),
            ("alter", "ALTER TABLE cycle_a ADD COLUMN c int"),
            (
                "rows_again",
                "INSERT INTO cycle_a VALUES (3, 4, 0); INSERT INTO cycle_b VALUES (4, 3)",
            ),
            (
                "deferrable",
                "CREATE TABLE late (id int PRIMARY KEY, a int REFERENCES cycle_a (id) DEFERRABLE);\n\
                 SET CONSTRAINTS late_a_fkey DEFERRED; INSERT INTO late VALUES (1, 9); DELETE FROM late",
            ),
            (
                "cycle_at_once",
                "CREATE TABLE ring (id int PRIMARY KEY, next int REFERENCES ring (id) DEFERRABLE INITIALLY DEFERRED);\n\
                 INSERT INTO ring VALUES (1, 2); INSERT INTO ring VALUES (2, 1)",
            ),
        ],
    );
    project.migrate().unwrap();
    project.execute(r#"INSERT INTO "Parents" (mood) VALUES ('good'), ('good'), ('good'); CREATE TABLE stray (a int)"#);
    let objects = "string_agg(DISTINCT pg_describe_object(classid, objid, 0), E'\\n') FROM pg_depend WHERE refclassid = 'pg_namespace'::regclass";
    project.execute("DROP TABLE stray");
    let before = project.query(objects);
    project.execute("CREATE TABLE stray (a int); ALTER SCHEMA \"app two\" OWNER TO CURRENT_USER");

    let mut database = project.connect();
    let (report, said) = reset_with(&project, &mut database, good_seed).unwrap();
    let tags = [
        "0000_tables",
        "0001_kinds",
        "0002_rows",
        "0003_alter",
        "0004_rows_again",
        "0005_deferrable",
        "0006_cycle_at_once",
    ];
    assert_eq!(said[0], "dropping");
    assert_eq!(said[1..8], tags);
    assert_eq!(said[8..], ["seeding"]);
    assert_eq!(
        report.inserted,
        [(QualifiedName::new("public", "Parents"), 2)]
    );
    assert_eq!(report.file_by_file, None);
    assert!(report.kept.is_empty());
    assert!(
        report
            .dropped
            .iter()
            .any(|object| object.identity == "public.stray")
    );
    assert_eq!(query(&mut database, objects), before);
    assert_eq!(
        query(&mut database, r#"string_agg(id::text, ' ') FROM "Parents""#),
        "1 2"
    );
    assert_eq!(project.migrate().unwrap(), Vec::<String>::new());

    // Without a seed the tables are empty; on an empty database there is nothing to drop.
    project.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public; DROP SCHEMA \"app two\" CASCADE; DROP SCHEMA drizzle CASCADE");
    let managed = Managed::schemas(["public"]);
    let migrations = project.load();
    let options = MigrateOptions::default();
    let report = reset(
        &mut database,
        &migrations,
        &managed,
        None,
        &options,
        &mut |_| {},
    )
    .unwrap();
    assert!(report.dropped.is_empty());
    assert_eq!(report.applied.len(), tags.len());
}

#[test]
fn a_seed_that_fails_leaves_the_old_data() {
    let project = Project::new("reset_seed", &[TABLES]);
    project.migrate().unwrap();
    project.execute(r#"INSERT INTO "Parents" (mood) VALUES ('bad')"#);
    let state = r#"concat_ws(' ', 'public."Parents"'::regclass::oid, (SELECT count(*) FROM "Parents"), (SELECT max(id) FROM drizzle.__drizzle_migrations))"#;
    let before = project.query(state);
    let mut database = project.connect();
    let error = reset_with(&project, &mut database, |db| {
        good_seed(db)?;
        db.insert("Parents", [("mood", "ugly".into())])
    })
    .unwrap_err();
    assert_eq!(error.state, ResetState::Untouched);
    assert_eq!(
        error.to_string(),
        "the seed failed: cannot insert row 3 into `Parents`, column `mood`: \
         ERROR: invalid input value for enum \"Mood\": \"ugly\" (SQLSTATE 22P02)\nnothing was changed"
    );
    assert_eq!(query(&mut database, state), before);

    for (sql, says) in [
        (
            r#"CREATE TABLE late (parent int REFERENCES "Parents" DEFERRABLE INITIALLY DEFERRED);
               INSERT INTO late VALUES (-1)"#,
            "cannot commit: ERROR: insert or update on table \"late\" violates foreign key",
        ),
        (
            "SELECT pg_terminate_backend(pg_backend_pid())",
            "the connection was lost",
        ),
    ] {
        let error = reset_with(&project, &mut project.connect(), |db| {
            good_seed(db)?;
            let mut copy = db.copy("Parents", ["mood"])?;
            for _ in 0..100_000 {
                copy.row(["good".into()])?;
            }
            copy.finish()?;
            db.execute(sql)
        })
        .unwrap_err();
        assert_eq!(error.state, ResetState::Untouched);
        assert!(error.to_string().contains(says), "{error}");
        assert_eq!(query(&mut database, state), before);
    }

    project.add("broken", "SELECT 1; SELECT nonsense");
    let error = reset_with(&project, &mut database, good_seed).unwrap_err();
    assert_eq!(error.state, ResetState::Untouched);
    assert!(
        error
            .to_string()
            .starts_with("migration `0001_broken` failed at statement 2 of 2"),
        "{error}"
    );
    assert!(!error.to_string().contains("applied before it"), "{error}");
    assert_eq!(query(&mut database, state), before);
}

#[test]
fn what_is_someone_elses_is_named_and_stops_it() {
    let project = Project::new("reset_foreign", &[TABLES]);
    project.migrate().unwrap();
    let mut database = project.connect();
    // Roles are shared by all databases of the server.
    let name = query(&mut database, "current_database()");
    project.execute(&format!(
        r#"CREATE ROLE "{name}_analyst"; GRANT CREATE ON SCHEMA public TO "{name}_analyst";
        GRANT SELECT ON "Parents" TO "{name}_analyst";
        SET ROLE "{name}_analyst"; CREATE VIEW report AS SELECT * FROM "Parents"; RESET ROLE;
        CREATE SCHEMA elsewhere;
        CREATE VIEW elsewhere.report AS SELECT * FROM "Parents";
        CREATE VIEW elsewhere.report_of_report AS SELECT * FROM elsewhere.report;
        CREATE TABLE elsewhere.notes (parent int REFERENCES "Parents" (id), mood "Mood" DEFAULT 'good', other int);
        CREATE FUNCTION elsewhere.all_moods() RETURNS SETOF "Parents" LANGUAGE sql BEGIN ATOMIC SELECT * FROM "Parents"; END;
        CREATE TABLE elsewhere.untouched (a int);
        CREATE PUBLICATION news FOR TABLE "Parents""#
    ));
    let error = reset_with(&project, &mut database, good_seed).unwrap_err();
    assert_eq!(
        someone_elses(&error),
        [
            "column mood of table elsewhere.notes",
            "constraint notes_parent_fkey on table elsewhere.notes",
            "function elsewhere.all_moods()",
            "publication of table \"Parents\" in publication news",
            "view elsewhere.report",
            "view elsewhere.report_of_report",
            "view report",
        ]
    );
    assert_eq!(
        query(&mut database, r#"'"Parents"'::regclass IS NOT NULL"#),
        "t"
    );

    // An ordinary role sees the superuser's tables as someone else's, and its own not.
    project.execute(&format!(
        r#"DROP SCHEMA elsewhere CASCADE; DROP PUBLICATION news; SET ROLE "{name}_analyst"; CREATE TABLE own (a serial); RESET ROLE"#
    ));
    database
        .execute(&format!(r#"SET ROLE "{name}_analyst""#))
        .unwrap();
    let found = inventory(&mut database, &Managed::schemas(["public"])).unwrap();
    let own: Vec<_> = found
        .objects
        .iter()
        .map(|object| object.identity.as_str())
        .collect();
    assert_eq!(own, ["public.own", "public.report"]);
    assert!(
        found.foreign.contains(&"table \"Parents\"".to_owned()),
        "{found:?}"
    );
    database.execute("RESET ROLE").unwrap();

    // Their things gone, it works.
    project.execute(&format!(r#"DROP OWNED BY "{name}_analyst""#));
    reset_with(&project, &mut database, good_seed).unwrap();
}

#[test]
fn what_someone_else_is_just_making_is_seen() {
    let project = Project::new("reset_race", &[TABLES]);
    project.migrate().unwrap();
    let mut other = project.connect();
    other
        .execute(r#"CREATE SCHEMA elsewhere; BEGIN; CREATE VIEW elsewhere.report AS SELECT * FROM "Parents""#)
        .unwrap();
    let error = thread::scope(|scope| {
        let reset =
            scope.spawn(|| reset_with(&project, &mut project.connect(), good_seed).unwrap_err());
        let waiting = "count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        while project.query(waiting) == "0" {
            assert!(!reset.is_finished(), "it should wait for the other session");
            thread::sleep(Duration::from_millis(10));
        }
        other.execute("COMMIT").unwrap();
        reset.join().unwrap()
    });
    assert_eq!(someone_elses(&error), ["view elsewhere.report"]);
}

#[test]
fn an_extension_stays_and_what_uses_it_goes() {
    let project = Project::new(
        "reset_extension",
        &[
            TABLES,
            (
                "extension",
                "CREATE EXTENSION IF NOT EXISTS citext; CREATE TABLE mails (address citext)",
            ),
        ],
    );
    project.migrate().unwrap();
    project.execute("INSERT INTO mails VALUES ('A@B')");
    let mut database = project.connect();
    let type_oid = query(&mut database, "'public.citext'::regtype::oid");
    let (report, _) = reset_with(&project, &mut database, good_seed).unwrap();
    assert_eq!(report.kept, ["extension citext"]);
    assert_eq!(
        query(&mut database, "'public.citext'::regtype::oid"),
        type_oid
    );
    assert_eq!(query(&mut database, "count(*) FROM mails"), "0");
}

/// One in `public` is found by CREATE EXTENSION IF NOT EXISTS; this one would be in the way of its schema.
#[test]
fn an_extension_in_a_schema_of_the_project_is_made_anew() {
    let project = Project::new(
        "reset_extension_in_schema",
        &[
            TABLES,
            (
                "extension",
                "CREATE EXTENSION IF NOT EXISTS citext WITH SCHEMA \"app two\"; CREATE TABLE mails (address \"app two\".citext)",
            ),
        ],
    );
    project.migrate().unwrap();
    let mut database = project.connect();
    let extension = "oid FROM pg_extension WHERE extname = 'citext'";
    let before = query(&mut database, extension);
    let (report, _) = reset_with(&project, &mut database, good_seed).unwrap();
    assert_eq!(report.kept, [""; 0]);
    assert_ne!(query(&mut database, extension), before);
    assert_eq!(query(&mut database, "count(*) FROM mails"), "0");

    // What somebody else has made of it is not dropped.
    project.execute("CREATE SCHEMA elsewhere; CREATE TABLE elsewhere.t (a \"app two\".citext)");
    let error = reset_with(&project, &mut database, good_seed).unwrap_err();
    let ResetCause::SomeoneElses(foreign) = &*error.cause else {
        panic!("{error}");
    };
    assert_eq!(foreign.as_slice(), ["column a of table elsewhere.t"]);
}
