//! A database that is used again and again.

use std::process::Command;
use std::time::Duration;

use pg_database::{
    ConnectionUrl, Database, Fact, Introspection, PushFailure, PushOptions, Scope, examine, lock,
    push,
};
use pg_devserver::TestServer;
use pg_migration::{PlannedMigration, planned_migrations};
use pg_schema::Schema;

use crate::facts::{differences, facts};

/// How long a hazard is looked into.
const LOOK: Duration = Duration::from_mins(1);

/// All that a case can leave behind, but for roles and what is found to be left after it.
const EMPTY: &str = "
RESET ALL; SET client_min_messages = error;
DO $$ DECLARE command text; BEGIN
    FOR command IN
        SELECT format('DROP EXTENSION %I CASCADE', extname) FROM pg_extension WHERE extname <> 'plpgsql'
        UNION ALL SELECT format('DROP SCHEMA %I CASCADE', nspname) FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
        UNION ALL SELECT format('DROP PUBLICATION %I', pubname) FROM pg_publication
        UNION ALL SELECT format('DROP EVENT TRIGGER %I', evtname) FROM pg_event_trigger
    LOOP EXECUTE command; END LOOP;
END $$;
CREATE SCHEMA public AUTHORIZATION pg_database_owner; GRANT USAGE ON SCHEMA public TO PUBLIC";

const LEFT: &str = "SELECT EXISTS (SELECT FROM pg_default_acl) OR EXISTS (SELECT FROM pg_cast WHERE oid >= 16384) \
    OR EXISTS (SELECT FROM pg_foreign_data_wrapper) OR EXISTS (SELECT FROM pg_language WHERE oid >= 16384) \
    OR EXISTS (SELECT FROM pg_am WHERE oid >= 16384) OR EXISTS (SELECT FROM pg_subscription JOIN pg_database d ON d.oid = subdbid WHERE datname = current_database())";

/// Makes each check anew from its print, as a dump does, for where no `pg_dump` fits the server.
const CHECKS_ANEW: &str = "
SET search_path = '';
DO $$ DECLARE command text; BEGIN
    FOR command IN
        SELECT format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %I %s', conrelid::regclass, conname, conname, pg_get_constraintdef(oid))
          FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0 AND connamespace = 'public'::regnamespace
    LOOP EXECUTE command; END LOOP;
END $$;
RESET search_path";

pub(crate) struct Playground {
    pub(crate) database: Database,
    address: String,
}

impl Playground {
    pub(crate) fn new() -> Self {
        Self::on(TestServer::shared())
    }

    pub(crate) fn on(server: &TestServer) -> Self {
        Self::at(server.create_database("roundtrip"))
    }

    /// Another connection to the same database.
    pub(crate) fn another(&self) -> Self {
        Self::at(self.address.clone())
    }

    fn at(address: String) -> Self {
        let url: ConnectionUrl = address.parse().unwrap();
        let mut database = Database::connect(&url, "roundtrip tests").unwrap();
        database.execute("SET client_min_messages = error").unwrap();
        Self { database, address }
    }

    pub(crate) fn empty(&mut self) {
        let emptied = self.database.execute(EMPTY);
        if emptied.is_err() || self.database.text(LEFT).unwrap().as_deref() == Some("t") {
            *self = Self::new();
        }
    }

    pub(crate) fn run(&mut self, sql: &str) -> Result<(), String> {
        self.database
            .execute(sql)
            .map_err(|error| error.to_string())
    }

    /// Runs the DDL of a case, which may hold what runs in no transaction.
    pub(crate) fn load(&mut self, ddl: &str) -> Result<(), String> {
        if !ddl.to_lowercase().contains("concurrently") {
            return self.run(ddl);
        }
        let statements = pg_migration::split(ddl).unwrap();
        let mut each = statements
            .iter()
            .map(|statement| &ddl[statement.range.clone()]);
        each.try_for_each(|statement| self.run(statement))
    }

    /// How its facts differ from those found elsewhere even after a dump, which is what a database says of itself: PostgreSQL does not always
    /// print again what it has printed.
    pub(crate) fn still_differs_from(&mut self, found: &[String]) -> Option<String> {
        let facts = if let Some(mut restored) = self.restored() {
            facts(&mut restored.database)
        } else {
            self.run(CHECKS_ANEW).unwrap();
            facts(&mut self.database)
        };
        let different = differences(&facts, found);
        (!different.is_empty()).then(|| different.join("\n"))
    }

    /// Its schema as `pg_dump` writes it, where there is one that fits the server.
    pub(crate) fn dump(&self) -> Option<String> {
        let dump = Command::new("pg_dump")
            .args(["--schema-only", "--no-owner", &self.address])
            .output();
        let dump = dump.ok().filter(|dump| dump.status.success())?;
        Some(String::from_utf8(dump.stdout).unwrap())
    }

    /// Another database made from a dump of this one, where there is a `pg_dump` that fits the server.
    fn restored(&self) -> Option<Self> {
        let dump = self.dump()?;
        let mut restored = Self::new();
        // Some lines are for psql, and `public` is there.
        let lines: Vec<_> = dump
            .lines()
            .filter(|line| !line.starts_with('\\') && *line != "CREATE SCHEMA public;")
            .collect();
        let dump = lines.join("\n");
        restored
            .run(&dump)
            .unwrap_or_else(|error| panic!("{error} in\n{dump}"));
        restored.run("RESET ALL").unwrap();
        Some(restored)
    }

    pub(crate) fn introspect(&mut self, scope: &Scope) -> Introspection {
        pg_database::introspect(&mut self.database, scope).unwrap()
    }

    pub(crate) fn apply(&mut self, way: &[PlannedMigration]) -> Result<(), String> {
        // As the runner has it.
        self.run("SET search_path = public")?;
        for migration in way {
            let sql = migration.sql();
            let result = if migration.plan.runs_outside() {
                let statements = pg_migration::split(&sql).unwrap();
                let mut each = statements
                    .iter()
                    .map(|statement| &sql[statement.range.clone()]);
                each.try_for_each(|statement| self.run(statement))
            } else {
                self.run(&format!("BEGIN; {sql}\n; COMMIT"))
            };
            if let Err(error) = result {
                self.run("ROLLBACK")?;
                return Err(format!("{error} in\n{sql}"));
            }
        }
        Ok(())
    }

    /// As `db push` does it: what the hazards come to, and then the statements.
    pub(crate) fn push(
        &mut self,
        from: &Schema,
        way: &[PlannedMigration],
    ) -> (Vec<Fact>, Result<(), PushFailure>) {
        lock::acquire(&mut self.database, None, &mut |_, _| {}).unwrap();
        let facts = examine(&mut self.database, from, way, LOOK).unwrap();
        let options = PushOptions::default();
        let result = push(&mut self.database, way, &facts, options, &mut |_| {});
        lock::release(&mut self.database).unwrap();
        (facts, result)
    }

    /// The state in the empty database.
    pub(crate) fn make(&mut self, state: &Schema) -> Result<(), String> {
        self.empty();
        self.apply(&planned_migrations(&Schema::default(), state))
    }
}
