//! `db diff` and `db export`: states of every source, on real servers.

use std::thread;

use pg_devserver::TestServer;
use serde_json::Value;

use crate::client::psql;
use crate::workspace::Workspace;

/// What a schema can hold beyond that of the example, and what none holds.
const LIVE: &str = "
CREATE SCHEMA \"in\"\"side\"; CREATE TYPE \"in\"\"side\".mood AS ENUM ('it''s', 'b;c');
CREATE SEQUENCE ticket INCREMENT 5 MAXVALUE 900 START 10 CYCLE;
CREATE TABLE \"in\"\"side\".\"a;b\" (
    id bigserial PRIMARY KEY, n integer DEFAULT nextval('ticket') NOT NULL, mood \"in\"\"side\".mood DEFAULT 'it''s',
    words text[] DEFAULT '{a,b}', note text DEFAULT E'two\\n\\nlines \\\\ --> statement-breakpoint\\n', price numeric(9, 2) CHECK (price > 0)
);
CREATE TABLE part (of bigint REFERENCES \"in\"\"side\".\"a;b\" ON DELETE CASCADE, at timestamptz DEFAULT now(), day date GENERATED ALWAYS AS ((at AT TIME ZONE 'UTC')::date) STORED,
    UNIQUE (of, at));
CREATE INDEX part_at ON part (at DESC NULLS LAST) WHERE of > 7; CREATE INDEX part_lower ON part ((lower(of::text)));
CREATE VIEW late AS SELECT of, count(*) AS n FROM part\n\nGROUP BY of; CREATE MATERIALIZED VIEW later AS SELECT * FROM late WHERE n > 1;
ALTER TABLE part ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON part FOR SELECT TO PUBLIC USING (of > 1);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER touched BEFORE UPDATE ON part FOR EACH ROW EXECUTE FUNCTION touch();
CREATE UNLOGGED TABLE quick (id integer);
";

fn database() -> String {
    TestServer::shared().create_database("states")
}

/// A folder of four migrations that the database has, with a schema that is further, and another database.
fn shop() -> (Workspace, String) {
    let mut shop = Workspace::new();
    for (step, name) in [(0, "init"), (2, "grow"), (5, "trade"), (7, "check")] {
        shop.grow(step);
        let _ = shop.ok(&["db", "generate", "--name", name]);
    }
    let _ = shop.ok(&["db", "migrate"]);
    shop.grow(10);
    let live = database();
    psql(&live, LIVE);
    (shop, live)
}

#[test]
fn the_way_between_any_two_states_leads_there() {
    let (shop, live) = shop();
    let export = shop.ok(&[
        "db",
        "export",
        "--from",
        "migrations:0001_grow",
        "--format",
        "snapshot",
    ]);
    shop.write("grown.json", &export.stdout);
    let before = shop.state();
    let live = format!("database:{live}");
    let states = [
        "schema",
        "migrations:0002_trade",
        "migrations",
        "database",
        &live,
        "grown.json",
        "empty",
    ];
    thread::scope(|scope| {
        for from in states {
            let (shop, states) = (&shop, &states);
            scope.spawn(move || {
                let export = shop.ok(&["db", "export", "--from", from]).stdout;
                for to in *states {
                    leads_there(shop, from, to, &export);
                }
            });
        }
    });
    assert!(before == shop.state(), "reading has changed something");
}

/// On a database that `export` has brought to one state, the way to the other leaves nothing to do, seen from either side.
fn leads_there(shop: &Workspace, from: &str, to: &str, export: &str) {
    let place = database();
    psql(&place, export);
    let there = format!("database:{place}");
    let way = shop.ok(&["db", "diff", "--from", from, "--to", to]);
    if from == to {
        assert_eq!(way.stdout, "", "{from}");
    }
    psql(&place, &way.stdout);
    for (from, to) in [(there.as_str(), to), (to, there.as_str())] {
        shop.assert_no_difference(from, to);
    }
}

#[test]
fn what_the_database_prints_in_its_own_words_is_no_difference() {
    let mut shop = Workspace::new();
    for step in 0..=10 {
        shop.grow(step);
        let _ = shop.run(&["db", "generate"]);
    }
    let _ = shop.ok(&["db", "migrate"]);
    for (from, to) in [
        ("database", "schema"),
        ("schema", "database"),
        ("database", "migrations"),
    ] {
        let same = shop.ok(&["db", "diff", "--from", from, "--to", to, "--exit-code"]);
        assert_eq!(same.stdout, "");
        assert_eq!(
            same.stderr,
            format!("Comparing {from} with {to}...\nNo differences between {from} and {to}\n")
        );
    }
    let _ = shop.query("ALTER TABLE \"Orders\" ALTER \"venue\" SET DEFAULT 'here'");
    let drifted = shop.run(&[
        "db",
        "diff",
        "--from",
        "migrations",
        "--to",
        "database",
        "--exit-code",
    ]);
    assert_eq!(drifted.code, Some(1), "{}", drifted.stderr);
    assert_eq!(
        drifted.stdout,
        "ALTER TABLE \"Orders\" ALTER COLUMN \"venue\" SET DEFAULT 'here'::text;\n"
    );
    let back = shop.ok(&["db", "diff", "--from", "database"]);
    assert_eq!(
        back.stdout,
        "ALTER TABLE \"Orders\" ALTER COLUMN \"venue\" DROP DEFAULT;\n"
    );
}

#[test]
fn what_no_state_holds_is_told_and_what_an_extension_made_is_not() {
    let shop = Workspace::new().at_step(0);
    let _ = shop.ok(&["db", "generate", "--name", "init"]);
    let _ = shop.ok(&["db", "migrate"]);
    let _ = shop.query(
        "CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1'; ALTER TABLE \"Orders\" SET (fillfactor = 70)",
    );
    let has_extension = shop
        .query("SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_stat_statements'");
    if has_extension == ["0"] {
        eprintln!("skipped the extension, which this server does not come with");
    } else {
        // With functions and views.
        let _ = shop.query("CREATE EXTENSION pg_stat_statements");
    }
    let diff = shop.ok(&["db", "diff", "--from", "database", "--json", "--exit-code"]);
    let said = "warning: 127.0.0.1:PORT/DATABASE has 2 things that no state holds, left out here:\n  \
        function public.f()\n  table public.\"Orders\" (storage parameters)\n";
    assert!(
        shop.anonymous(&diff.stderr).contains(said),
        "{}",
        diff.stderr
    );
    let report: Value = serde_json::from_str(&diff.stdout).expect("JSON");
    let expected = serde_json::json!({
        "from": "database", "to": "schema", "differs": false, "steps": [], "outside": [
            {"state": "from", "kind": "function", "identity": "public.f()", "detail": null},
            {"state": "from", "kind": "table", "identity": "public.\"Orders\"", "detail": "storage parameters"},
        ]
    });
    assert_eq!(report, expected);
    let export = shop.ok(&["db", "export", "--from", "database"]);
    assert!(
        shop.anonymous(&export.stderr).contains(said),
        "{}",
        export.stderr
    );
    assert!(!export.stdout.contains("FUNCTION"), "{}", export.stdout);
}

#[test]
fn json_says_what_each_step_is_why_it_is_there_what_it_can_do_and_how_it_may_run() {
    let mut shop = Workspace::new().at_step(5);
    let _ = shop.ok(&["db", "generate", "--name", "init"]);
    let snapshot = shop.read("drizzle/meta/0000_snapshot.json");
    let labelled = snapshot
        .replace("\"CLOSED\"", "\"CLOSED\",\n \"NEW\"")
        .replace("\"'OPEN'\"", "\"'NEW'\"");
    shop.write("labelled.json", &labelled);
    let report = |to: &str| -> Value {
        let diff = shop.ok(&["db", "diff", "--json", "--to", to]);
        serde_json::from_str(&diff.stdout).expect("JSON")
    };
    let labelled = report("labelled.json");
    assert_eq!(
        labelled["steps"],
        serde_json::json!([
            {
                "statement": "add-enum-value",
                "sql": "ALTER TYPE \"public\".\"Status\" ADD VALUE 'NEW';",
                "run": "in-transaction",
                "reason": {"change": "altered", "kind": "enum", "schema": "public", "table": null, "name": "Status"},
                "hazards": [{
                    "kind": "not-reversible",
                    "message": "PostgreSQL cannot remove label 'NEW' from enum \"Status\" again; a migration that does makes the type and its columns anew"
                }]
            },
            {
                "statement": "set-default",
                "sql": "ALTER TABLE \"Orders\" ALTER COLUMN \"status\" SET DEFAULT 'NEW';",
                "run": "after-commit",
                "reason": {"change": "altered", "kind": "column", "schema": "public", "table": "Orders", "name": "status"},
                "hazards": []
            }
        ])
    );
    shop.grow(10);
    let grown: Value =
        serde_json::from_str(&shop.ok(&["db", "diff", "--json"]).stdout).expect("JSON");
    let last = grown["steps"]
        .as_array()
        .and_then(|steps| steps.last())
        .expect("a step");
    assert_eq!(last["statement"], "create-index");
    assert_eq!(last["run"], "outside");
    let shown = shop.ok(&["db", "diff"]);
    assert!(
        shown
            .stdout
            .contains("\n-- no-transaction\nCREATE INDEX CONCURRENTLY"),
        "{}",
        shown.stdout
    );
    assert!(
        shown.stderr.contains("When that is committed:"),
        "{}",
        shown.stderr
    );
}

#[test]
fn a_snapshot_is_printed_as_the_folder_has_it() {
    let shop = Workspace::new();
    let _ = shop.ok(&["db", "generate", "--name", "init"]);
    let without_id = |text: &str| {
        let mut snapshot: Value = serde_json::from_str(text).expect("JSON");
        let ids = snapshot.as_object_mut().expect("an object");
        let _ = (ids.remove("id"), ids.remove("prevId"));
        snapshot
    };
    let written = without_id(&shop.read("drizzle/meta/0001_snapshot.json"));
    for from in ["schema", "migrations", "drizzle/meta/0001_snapshot.json"] {
        let export = shop.ok(&["db", "export", "--from", from, "--format", "snapshot"]);
        assert_eq!(without_id(&export.stdout), written, "{from}");
    }
}

#[test]
fn the_database_is_the_one_that_is_named() {
    let shop = Workspace::new().at_step(0);
    let (one, other) = (database(), database());
    psql(&one, "CREATE TABLE one (id integer)");
    psql(&other, "CREATE TABLE other (id integer)");
    shop.write("other.env", &format!("DATABASE_URL='{other}'\n"));
    for (flag, value, table) in [
        ("--database-url", one.as_str(), "one"),
        ("--env-file", "other.env", "other"),
    ] {
        let diff = shop.ok(&[
            "db", "diff", "--from", "empty", "--to", "database", flag, value,
        ]);
        assert_eq!(
            diff.stdout,
            format!("CREATE TABLE \"{table}\" (\n\t\"id\" integer\n);\n")
        );
    }
    let both = shop.ok(&[
        "db",
        "diff",
        "--from",
        "database",
        "--to",
        &format!("database:{other}"),
        "--database-url",
        &one,
    ]);
    assert_eq!(
        both.stdout,
        "CREATE TABLE \"other\" (\n\t\"id\" integer\n);\nDROP TABLE \"one\" CASCADE;\n"
    );
    let _ = shop.ok(&["db", "generate", "--folder", "elsewhere", "--name", "init"]);
    let same = shop.ok(&["db", "diff", "--folder", "elsewhere", "--exit-code"]);
    assert_eq!(same.stdout, "");
}
