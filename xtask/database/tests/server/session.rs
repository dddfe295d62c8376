//! What the session is set to by others (the role, the database, the URL, an earlier file) and what comes of it.

use std::thread;
use std::time::Duration;

use pg_database::{
    ConnectionUrl, Database, InsertError, Inserter, Managed, MigrateError, MigrateOptions,
    ResetState, Seed, migrate, reset, status,
};
use pg_migration::MigrationState;
use pg_schema::prelude::*;

use crate::common::{Project, connect, failure, query};

/// A migration that would find `stray.orders` along the wrong path, and two that make tables.
const FILES: [(&str, &str); 3] = [
    (
        "orders",
        "DROP TABLE IF EXISTS orders; CREATE TABLE orders (id int, note text);",
    ),
    (
        "index",
        "-- no-transaction\nCREATE INDEX CONCURRENTLY orders_id ON orders (id);\nCREATE TABLE trades (id int);",
    ),
    ("note", "ALTER TABLE orders ADD COLUMN at timestamptz;"),
];

/// Where everything is: in `public`, and the history; the table in the way is as it was.
const PLACES: &str = "string_agg(schemaname || '.' || tablename, ' ' ORDER BY schemaname, tablename) FROM pg_tables \
     WHERE schemaname NOT IN ('pg_catalog', 'information_schema')";
const RIGHT_PLACES: &str = "drizzle.__drizzle_migrations drizzle.__xtask_migrations public.orders public.trades stray.orders";

fn declaration() -> Declaration {
    Declaration::new().with(pg_table("orders", [integer("id"), text("note")]))
}

fn reset_with(
    database: &mut Database,
    project: &Project,
    mut function: impl FnMut(&mut Inserter<'_>) -> Result<(), InsertError>,
) -> Result<(), pg_database::ResetError> {
    reset(
        database,
        &project.load(),
        &Managed::schemas(["public"]),
        Some(&mut Seed {
            declaration: &declaration(),
            function: &mut function,
        }),
        &MigrateOptions::default(),
        &mut |_| {},
    )
    .map(drop)
}

fn seed(db: &mut Inserter<'_>) -> Result<(), InsertError> {
    db.insert("orders", [("id", 1.into())])?;
    let mut copy = db.copy("orders", ["id"])?;
    copy.row([2.into()])?;
    copy.finish()?;
    db.execute("INSERT INTO trades SELECT id FROM orders")
}

/// A project with a role of its own, whose name is the database's.
fn with_role(name: &str, files: &[(&str, &str)], settings: &[&str]) -> (Project, String) {
    let project = Project::new(name, files);
    let database = project.url.rsplit_once('/').unwrap().1.to_owned();
    project.execute(&format!(
        "CREATE ROLE {database} LOGIN SUPERUSER PASSWORD 'x'"
    ));
    for setting in settings {
        project.execute(&format!("ALTER ROLE {database} {setting}"));
    }
    let place = project.url.rsplit_once('@').unwrap().1;
    let url = format!("postgres://{database}:x@{place}");
    (project, url)
}

fn drop_role(project: &Project) {
    let role = project.url.rsplit_once('/').unwrap().1;
    project.execute(&format!(
        "REASSIGN OWNED BY {role} TO postgres; DROP OWNED BY {role}"
    ));
    project.execute(&format!("DROP ROLE {role}"));
}

#[test]
fn no_search_path_leads_astray() {
    // What sets it, with the role's and the database's name for {}; and the URL's parameters.
    let table = [
        ("role", "ALTER ROLE {} SET search_path = stray", ""),
        (
            "database",
            "ALTER DATABASE {} SET search_path = stray, public",
            "",
        ),
        (
            "both",
            "ALTER ROLE {} IN DATABASE {} SET search_path = stray",
            "",
        ),
        ("empty", "ALTER ROLE {} SET search_path = ''", ""),
        ("url", "SELECT", "?options=-csearch_path%3Dstray,public"),
        (
            "user",
            "ALTER SCHEMA stray RENAME TO {}; CREATE SCHEMA stray; CREATE TABLE stray.orders ()",
            "",
        ),
    ];
    for (place, sql, parameters) in table {
        let (project, url) = with_role(&format!("path_{place}"), &FILES, &[]);
        let role = url.rsplit_once('/').unwrap().1;
        project.execute("CREATE SCHEMA stray; CREATE TABLE stray.orders (id int)");
        project.execute(&sql.replace("{}", role));
        let places = || project.query(&format!("{PLACES} AND schemaname <> '{role}'"));
        let mut database = connect(&format!("{url}{parameters}"));
        let before = query(&mut database, "current_setting('search_path')");
        let (migrations, options) = (project.load(), MigrateOptions::default());
        migrate(&mut database, &migrations, &options, &mut |_| {}).unwrap();
        assert_eq!(places(), RIGHT_PLACES, "{place}");
        let found = status(&mut database, &migrations).unwrap();
        assert!(
            found
                .migrations
                .iter()
                .all(|migration| migration.state == MigrationState::Applied),
            "{place}"
        );
        reset_with(&mut database, &project, seed).unwrap();
        assert_eq!(places(), RIGHT_PLACES, "{place}");
        let rows = "concat_ws(' ', (SELECT count(*) FROM public.orders), (SELECT count(*) FROM public.trades))";
        assert_eq!(query(&mut database, rows), "2 2", "{place}");
        pg_database::seed(
            &mut database,
            &mut Seed {
                declaration: &declaration(),
                function: &mut seed,
            },
        )
        .unwrap();
        assert_eq!(query(&mut database, rows), "4 6", "{place}");
        assert_eq!(
            query(&mut database, "current_setting('search_path')"),
            before,
            "the session is the caller's again"
        );
        drop(database);
        drop_role(&project);
    }
}

#[test]
fn no_earlier_file_leads_astray() {
    let ways = [
        "SET search_path = stray",
        "SET LOCAL search_path = stray",
        "SET SCHEMA 'stray'",
        "SELECT pg_catalog.set_config('search_path', 'stray', false)",
        "DO $$ BEGIN PERFORM set_config('search_path', 'stray', false); END $$",
        "ALTER ROLE CURRENT_USER SET search_path = stray",
        "SET ROLE pg_monitor",
        "SET SESSION AUTHORIZATION pg_monitor",
        "SET standard_conforming_strings = off",
        "SET session_replication_role = replica",
        "CREATE TEMPORARY TABLE orders (wrong int)",
    ];
    let mut files: Vec<(String, String)> = Vec::new();
    for (way, head) in ways
        .iter()
        .flat_map(|way| [(way, ""), (way, "-- no-transaction\n")])
    {
        files.push(("astray".to_owned(), format!("{head}{way};")));
        let number = files.len();
        files.push((
            "next".to_owned(),
            format!(r"CREATE TABLE t{number} (note text DEFAULT 'a\'); INSERT INTO orders VALUES ({number});"),
        ));
        files.push((
            "alone".to_owned(),
            format!("-- no-transaction\nCREATE TABLE u{number} (a int);\nINSERT INTO orders VALUES ({number});"),
        ));
    }
    let (project, url) = with_role("earlier", &[], &[]);
    let mut database = connect(&url);
    database
        .execute("CREATE SCHEMA stray; CREATE TABLE stray.orders (id int)")
        .unwrap();
    project.add(FILES[0].0, FILES[0].1);
    for (name, sql) in &files {
        project.add(name, sql);
    }
    let astray = format!("{PLACES} AND schemaname NOT IN ('public', 'drizzle')");
    let (migrations, options) = (project.load(), MigrateOptions::default());
    migrate(&mut database, &migrations, &options, &mut |_| {}).unwrap();
    let number = (ways.len() * 4).to_string();
    assert_eq!(query(&mut database, "count(*) FROM public.orders"), number);
    assert_eq!(query(&mut database, &astray), "stray.orders");

    // File by file, and the seed after the last of them.
    project.add("last", "SET default_transaction_read_only = on;");
    reset_with(&mut database, &project, |db| {
        db.insert("orders", [("id", 0.into())])
    })
    .unwrap();
    let number = (ways.len() * 4 + 1).to_string();
    assert_eq!(query(&mut database, "count(*) FROM public.orders"), number);
    assert_eq!(query(&mut database, &astray), "stray.orders");

    drop(database);
    drop_role(&project);

    // In one transaction.
    let (project, url) = with_role("earlier_one", &[FILES[0]], &[]);
    let mut database = connect(&url);
    database
        .execute("CREATE SCHEMA stray; CREATE TABLE stray.orders (id int)")
        .unwrap();
    project.add(
        "reads",
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY;",
    );
    for (name, sql) in files.iter().filter(|(_, sql)| !sql.starts_with("--")) {
        project.add(name, sql);
    }
    reset_with(&mut database, &project, |db| {
        db.insert("orders", [("id", 0.into())])
    })
    .unwrap();
    let number = (ways.len() * 2 + 1).to_string();
    assert_eq!(query(&mut database, "count(*) FROM public.orders"), number);
    assert_eq!(query(&mut database, &astray), "stray.orders");
    drop(database);
    drop_role(&project);
}

#[test]
fn a_run_that_continues_has_the_settings_of_the_one_before() {
    for set in [
        "/* dump */ SELECT pg_catalog.set_config('search_path', 'app', false)",
        "SELECT set_config ('search_path', 'app', false)",
        "-- a comment\nSET search_path TO app",
        "SET SCHEMA 'app'",
    ] {
        let sql = format!(
            "-- no-transaction\n{set};\nCREATE TABLE first (id int);\nSELECT 1 / 0;\nCREATE TABLE second (id int);"
        );
        let project = Project::new(
            "continues",
            &[("app", "CREATE SCHEMA app;"), ("steps", &sql)],
        );
        assert_eq!(
            failure(project.migrate()).server_error().unwrap().sqlstate,
            "22012"
        );
        project.edit("0001_steps", &sql.replace("1 / 0", "1"));
        assert_eq!(project.migrate().unwrap(), ["0001_steps"]);
        assert_eq!(
            project.query(
                "string_agg(schemaname, ' ') FROM pg_tables WHERE tablename IN ('first', 'second')"
            ),
            "app app",
            "{set}"
        );
    }
}

#[test]
fn what_would_change_the_meaning_of_sql_is_set_right() {
    let files = [(
        "tables",
        r"CREATE TABLE orders (id int PRIMARY KEY, note text DEFAULT 'a\', at timestamptz, span interval, bytes bytea);
          CREATE TABLE trades (id int, parent int REFERENCES orders (id));
          INSERT INTO orders (id) VALUES (0);",
    )];
    let settings = [
        "SET standard_conforming_strings = off",
        "SET backslash_quote = on",
        "SET session_replication_role = replica",
        "SET client_encoding = 'LATIN1'",
        "SET DateStyle = 'SQL, DMY'",
        "SET IntervalStyle = 'sql_standard'",
        "SET bytea_output = 'escape'",
        "SET TimeZone = 'Asia/Tokyo'",
        "SET extra_float_digits = -10",
        "SET check_function_bodies = off",
        "SET row_security = off",
        "SET default_transaction_isolation = 'serializable'",
    ];
    let (project, url) = with_role("meaning", &files, &settings);
    let url: ConnectionUrl = format!("{url}?options=-cclient_encoding%3DLATIN1")
        .parse()
        .unwrap();
    let mut database = Database::connect(&url, "settings").unwrap();
    reset_with(&mut database, &project, |db| {
        db.execute(
            "INSERT INTO orders (id, at, span, bytes) VALUES (1, '2025-02-03T04:05:06Z', 'P1DT2H', '\\x0aff')",
        )?;
        db.insert("orders", [("id", 2.into()), ("note", "ü\\".into())])?;
        let mut copy = db.copy("orders", ["id", "note"])?;
        copy.row([3.into(), "ü\\".into()])?;
        copy.finish().map(drop)
    })
    .unwrap();
    assert_eq!(
        project.query(
            r"string_agg(concat_ws(' ', id, note = 'ü\', note = 'a\', at = '2025-02-03 04:05:06Z', span = '26 hours', bytes = decode('0aff', 'hex')), ', ' ORDER BY id) FROM orders"
        ),
        "0 f t, 1 f t t t t, 2 t f, 3 t f"
    );
    let found = status(&mut database, &project.load()).unwrap();
    let record = found.migrations[0].record.as_ref().unwrap();
    let age = record.applied_at.unwrap().elapsed().unwrap();
    assert!(age < Duration::from_mins(10), "{age:?}");

    // A row that refers to nothing is refused, although the role would have it go in.
    let error = reset_with(&mut database, &project, |db| {
        db.execute("INSERT INTO trades VALUES (1, 99)")
    })
    .unwrap_err();
    assert_eq!(error.query_error().unwrap().sqlstate(), Some("23503"));
    drop(database);
    drop_role(&project);
}

#[test]
fn the_operators_intentions_stand() {
    let files = [(
        "table",
        "CREATE TABLE orders (id int, note text); SELECT pg_sleep(0.3);",
    )];
    let options = MigrateOptions::default();
    let run = |project: &Project, url: &str, options: &MigrateOptions| {
        migrate(&mut connect(url), &project.load(), options, &mut |_| {})
    };

    let (project, url) = with_role(
        "reader",
        &files,
        &["SET default_transaction_read_only = on"],
    );
    let error = run(&project, &url, &options).unwrap_err();
    assert!(matches!(error, MigrateError::CreateHistory(..)), "{error}");
    assert!(
        error
            .hint()
            .unwrap()
            .contains("default_transaction_read_only"),
        "{error}"
    );
    let error = reset_with(&mut connect(&url), &project, seed).unwrap_err();
    assert_eq!(error.state, ResetState::Untouched);
    assert_eq!(project.query("to_regnamespace('drizzle')"), "NULL");
    drop_role(&project);

    let (project, url) = with_role("hasty", &files, &["SET statement_timeout = '200ms'"]);
    let error = run(&project, &url, &options).unwrap_err();
    assert!(
        error.hint().unwrap().contains("raise the timeout"),
        "{error}"
    );
    assert_eq!(project.query("to_regclass('orders')"), "NULL");
    let patient = MigrateOptions {
        statement_timeout: Some(Duration::ZERO),
        ..options.clone()
    };
    run(&project, &url, &patient).unwrap();
    drop_role(&project);

    let idle = "SET idle_in_transaction_session_timeout = '100ms'";
    let (project, url) = with_role("idle", &files, &[idle]);
    project.migrate().unwrap();
    project.execute("INSERT INTO orders VALUES (7)");
    let error = reset_with(&mut connect(&url), &project, |db| {
        thread::sleep(Duration::from_millis(500));
        db.insert("orders", [("id", 1.into())])
    })
    .unwrap_err();
    assert_eq!(error.state, ResetState::Untouched);
    assert!(
        error.to_string().contains("idle-in-transaction timeout"),
        "{error}"
    );
    assert_eq!(project.query("string_agg(id::text, ' ') FROM orders"), "7");
    drop_role(&project);

    // The role that is to own everything.
    let (project, url) = with_role("deployer", &files, &[]);
    let role = url.rsplit_once('/').unwrap().1;
    project.execute(&format!(
        "CREATE ROLE {role}_owner SUPERUSER; ALTER ROLE {role} SET role = {role}_owner"
    ));
    run(&project, &url, &options).unwrap();
    reset_with(&mut connect(&url), &project, |_| Ok(())).unwrap();
    assert_eq!(
        project.query("string_agg(DISTINCT tableowner, ' ') FROM pg_tables WHERE schemaname IN ('public', 'drizzle')"),
        format!("{role}_owner")
    );
    project.execute(&format!(
        "REASSIGN OWNED BY {role}_owner TO postgres; DROP ROLE {role}_owner"
    ));
    drop_role(&project);
}
