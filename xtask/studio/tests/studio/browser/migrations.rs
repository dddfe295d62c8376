//! Migrations, drift, and what is pending applied from here.

use std::sync::{Arc, Mutex};

use pg_database::Database;
use pg_devserver::TestServer;
use pg_studio::{Difference, Migration, Project, ProjectError, Standing};
use serde_json::json;

use super::page::Page;
use crate::studio::{Shop, Studio};

/// A project that stands as a test lets it, and whose pending migrations are run in the database, as far as they can be.
#[derive(Clone)]
struct Shipyard(Arc<Mutex<Standing>>);

impl Project for Shipyard {
    fn name(&self) -> &'static str {
        "shipyard"
    }

    fn defaults(&self, schema: &str, table: &str) -> Vec<(String, String)> {
        Shop.defaults(schema, table)
    }

    fn columns_with_defaults(&self, schema: &str, table: &str) -> Vec<String> {
        Shop.columns_with_defaults(schema, table)
    }

    fn standing(&self, _: Database) -> Result<Standing, ProjectError> {
        Ok(self.0.lock().unwrap().clone())
    }

    fn migrate(&self, mut database: Database) -> Result<Vec<String>, ProjectError> {
        let mut standing = self.0.lock().unwrap();
        let mut applied = Vec::new();
        let pending = |migration: &&mut Migration| migration.state == "pending";
        for migration in standing.history.iter_mut().filter(pending) {
            database
                .execute(migration.sql.as_deref().unwrap_or_default())
                .map_err(|error| ProjectError {
                    message: format!("migration {} failed: {error}", migration.tag),
                    hint: Some("mend its <file> and try again".to_owned()),
                })?;
            migration.state = "applied";
            migration.hazards.clear();
            applied.push(migration.tag.clone());
        }
        Ok(applied)
    }
}

impl Shipyard {
    fn of(history: Vec<Migration>) -> Self {
        Self(Arc::new(Mutex::new(Standing {
            history,
            plan: Difference::default(),
            drift: Some(Difference::default()),
        })))
    }

    fn studio(&self, database: &str, read_only: bool) -> Studio {
        let url = TestServer::shared().create_database(database);
        Studio::of(0, url, read_only, Box::new(self.clone()))
    }

    fn change(&self, change: impl FnOnce(&mut Standing)) {
        change(&mut self.0.lock().unwrap());
    }
}

fn migration(tag: &str, state: &'static str, sql: &str) -> Migration {
    Migration {
        tag: tag.to_owned(),
        state,
        applied_at: None,
        applied_by: None,
        ms: None,
        sql: Some(sql.to_owned()),
        hazards: vec![],
    }
}

fn lines(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|&line| line.to_owned()).collect()
}

/// What a part of the page says.
fn section(name: &str) -> String {
    format!(
        "(document.querySelector('section[aria-label=\"{name}\"]')?.innerText ?? '').replace(/\\s+/g, ' ').trim()"
    )
}

const DRIFT: &str = "The database and its migrations";
const PLAN: &str = "The schema in the code";
const HOSTILE: &str = "<img src=x onerror=\"window.hit = 1\"><script>window.hit = 1</script>";

/// Check 27.
#[test]
fn drift_is_shown_until_it_is_gone() {
    let shipyard = Shipyard::of(vec![]);
    let studio = shipyard.studio("drift", false);
    let Some(page) = Page::open_at(&studio, "#/migrations") else {
        return;
    };
    page.until_is(
        &section(DRIFT),
        format!("{DRIFT} The database is what its migrations made of it."),
    );
    page.until_is(
        &section(PLAN),
        format!("{PLAN} The database is what the code declares."),
    );
    shipyard.change(|standing| {
        standing.drift = Some(Difference {
            changes: vec![
                format!("column {HOSTILE} was added to table ships"),
                "index ships_name was dropped".to_owned(),
            ],
            statements: vec![
                format!("ALTER TABLE ships DROP COLUMN \"{HOSTILE}\";"),
                "CREATE INDEX ships_name ON ships (name);".to_owned(),
            ],
        });
        standing.plan = Difference {
            changes: lines(&["+ column ships.length"]),
            statements: lines(&["ALTER TABLE ships ADD COLUMN length int;"]),
        };
    });
    page.click(("button", "Refresh"));
    page.until(&format!("{}.includes('onerror=\"window.hit = 1\"><script>window.hit = 1</script> was added to table ships')", section(DRIFT)));
    page.until(&format!(
        "{}.includes('index ships_name was dropped')",
        section(DRIFT)
    ));
    page.click("section[aria-label='The database and its migrations'] summary");
    page.until(&format!(
        "{}.includes('DROP COLUMN \"<img src=x') && {0}.includes('CREATE INDEX ships_name')",
        section(DRIFT)
    ));
    page.until(&format!(
        "{}.includes('+ column ships.length')",
        section(PLAN)
    ));
    // The text is text.
    page.until_is(
        "document.querySelectorAll('migrations-place img, migrations-place script').length",
        0,
    );
    page.until_is("typeof window.hit", "undefined");
    shipyard.change(|standing| {
        standing.drift = Some(Difference::default());
        standing.plan = Difference::default();
    });
    page.click(("button", "Refresh"));
    page.until_is(
        &section(DRIFT),
        format!("{DRIFT} The database is what its migrations made of it."),
    );
    page.until_is(
        &section(PLAN),
        format!("{PLAN} The database is what the code declares."),
    );
    // What is not known is not called in step.
    shipyard.change(|standing| standing.drift = None);
    page.click(("button", "Refresh"));
    page.until(&format!("{}.includes('not known')", section(DRIFT)));
    page.until(&format!(
        "!{}.includes('is what its migrations made of it')",
        section(DRIFT)
    ));
}

#[test]
fn every_migration_is_listed_with_its_state() {
    let mut states = vec![
        migration("0000_first", "applied", "CREATE TABLE ships (id int);"),
        migration("0001_edited", "modified", "SELECT 1;"),
        migration("0002_between", "out of order", "SELECT 2;"),
        migration(HOSTILE, "pending", "DROP TABLE ships;"),
        migration("history row 9", "missing", ""),
    ];
    states[0].applied_at = Some("2026-01-02 03:04:05.678 UTC".to_owned());
    states[0].applied_by = Some("anna".to_owned());
    states[0].ms = Some(12);
    states[3].hazards = vec![format!("drops a table {HOSTILE}")];
    states[4].sql = None;
    let shipyard = Shipyard::of(states);
    let studio = shipyard.studio("history", false);
    let Some(page) = Page::open_at(&studio, "#/migrations") else {
        return;
    };
    // The latest first.
    let heads = "[...document.querySelectorAll('details.migration summary')].map(one => one.innerText.replace(/\\s+/g, ' ').trim())";
    page.until_is(
        heads,
        json!([
            "file missing history row 9",
            format!("pending {HOSTILE} 1 hazard"),
            "out of order 0002_between",
            "changed since 0001_edited",
            "applied 0000_first 2026-01-02 03:04:05 UTC · anna · 12 ms"
        ]),
    );
    page.until("document.querySelector('details.migration[data-state=pending]').innerText.includes('drops a table <img')");
    // What was applied shows its SQL when it is asked for.
    assert!(!page.text().contains("CREATE TABLE ships"));
    page.click("details.migration[data-state=applied] summary");
    page.until("document.querySelector('[aria-label=\"SQL of 0000_first\"]').innerText === 'CREATE TABLE ships (id int);'");
    page.until_is("typeof window.hit", "undefined");
}

#[test]
fn what_is_pending_is_applied_from_here() {
    let mut hazardous = migration(
        "0002_third",
        "pending",
        "ALTER TABLE ships DROP COLUMN name",
    );
    hazardous.hazards = lines(&["drops a column"]);
    let shipyard = Shipyard::of(vec![
        migration("0000_first", "applied", "SELECT 1"),
        migration(
            "0001_second",
            "pending",
            "CREATE TABLE ships (id int, name text)",
        ),
        hazardous,
    ]);
    let studio = shipyard.studio("apply", false);
    let Some(page) = Page::open_at(&studio, "#/migrations") else {
        return;
    };
    page.click(("button", "Apply 2 migrations"));
    page.until("['0001_second, 0002_third', '1 hazard is'].every(text => document.querySelector('dialog').innerText.includes(text))");
    page.click(("button", "Cancel"));
    page.until("!document.querySelector('dialog')");
    assert_eq!(studio.query("SELECT to_regclass('ships')::text"), "");
    page.click(("button", "Apply 2 migrations"));
    page.click(("button", "Apply"));
    page.until("document.querySelector('migrations-place .message[data-tone=added]')?.innerText.includes('Applied 0001_second, 0002_third')");
    page.until(
        "document.querySelector('[role=status]').textContent.includes('Applied 2 migrations')",
    );
    assert_eq!(
        studio.query("SELECT string_agg(attname, ',') FROM pg_attribute WHERE attrelid = 'ships'::regclass AND attnum > 0 AND NOT attisdropped"),
        "id"
    );
    page.until_is(
        "[...document.querySelectorAll('details.migration')].map(one => one.dataset.state).join()",
        "applied,applied,applied",
    );
    page.until(
        "![...document.querySelectorAll('migrations-place > header button')].some(one => one.innerText.includes('Apply'))",
    );
    // The focus is not lost with the button.
    page.until("document.querySelector('migrations-place').contains(document.activeElement)");
    // The sidebar knows the new table.
    page.click(("link", "table ships"));
    page.until_is("location.hash", "#/tables/public/ships");
}

#[test]
fn what_cannot_be_applied_says_why_and_what_was() {
    let shipyard = Shipyard::of(vec![
        migration("0000_good", "pending", "CREATE TABLE ships (id int)"),
        migration(
            "0001_bad",
            "pending",
            "CREATE TABLE ships (id int, name text)",
        ),
        migration("0002_never", "pending", "CREATE TABLE docks (id int)"),
    ]);
    let studio = shipyard.studio("apply_fails", false);
    let Some(page) = Page::open_at(&studio, "#/migrations") else {
        return;
    };
    page.click(("button", "Apply 3 migrations"));
    page.click(("button", "Apply"));
    let said = "document.querySelector('migrations-place [role=alert]')?.innerText ?? ''";
    page.until(&format!("['0001_bad failed', 'relation \"ships\" already exists', 'mend its <file> and try again'].every(text => {}.includes(text))", said.replace('\n', " ")));
    // What stands above the error is how it is now.
    page.until_is(
        "[...document.querySelectorAll('details.migration')].map(one => one.dataset.state).join()",
        "pending,pending,applied",
    );
    page.click(("link", "table ships"));
    page.until_is("location.hash", "#/tables/public/ships");
    assert_eq!(studio.query("SELECT to_regclass('docks')::text"), "");
    // Mended, it goes on from there.
    shipyard.change(|standing| {
        standing.history[1].sql = Some("ALTER TABLE ships ADD name text".to_owned());
    });
    page.go("#/migrations");
    page.click(("button", "Apply 2 migrations"));
    page.click(("button", "Apply"));
    page.until("document.querySelector('migrations-place .message[data-tone=added]')?.innerText.includes('Applied 0001_bad, 0002_never')");
    page.until(&format!("!{said}"));
    assert_eq!(studio.query("SELECT to_regclass('docks')::text"), "docks");
}

#[test]
fn nothing_is_applied_where_nothing_may_be_written() {
    let shipyard = Shipyard::of(vec![migration(
        "0000_first",
        "pending",
        "CREATE TABLE ships (id int)",
    )]);
    let studio = shipyard.studio("apply_read_only", true);
    let Some(page) = Page::open_at(&studio, "#/migrations") else {
        return;
    };
    page.until("document.querySelector('details.migration')");
    page.until(
        "![...document.querySelectorAll('migrations-place > header button')].some(one => one.innerText.includes('Apply'))",
    );
    // Nor by another way.
    let error = studio.refused(403, "migrate", &json!({}));
    assert!(
        error["message"].as_str().unwrap().contains("--read-only"),
        "{error}"
    );
    assert_eq!(studio.query("SELECT to_regclass('ships')::text"), "");
}
