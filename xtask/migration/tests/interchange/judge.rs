//! A server as the judge.

use pg_devserver::TestServer;
use pg_schema::Schema;
use postgres::{Client, NoTls, SimpleQueryMessage};

use crate::{File, files};

/// All that the catalogs say of what users made, sorted, so that neither the order of columns nor that of statements counts. PostgreSQL 18 names NOT NULL
/// after the table, and leaves the name when that is renamed; whether a column takes NULL is said of the column.
const CATALOGS: &str = r"
SELECT format('schema %I', nspname) AS fact FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
UNION ALL SELECT format('table %s row security %s', oid::regclass, relrowsecurity) FROM pg_class WHERE relkind = 'r' AND relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema')
UNION ALL SELECT format('column %s.%I %s collation %s not null %s default %s identity %s generated %s', attrelid::regclass, attname, format_type(atttypid, atttypmod), NULLIF(attcollation, 0)::regcollation, attnotnull, pg_get_expr(adbin, adrelid), attidentity, attgenerated)
  FROM pg_attribute JOIN pg_class c ON c.oid = attrelid LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
  WHERE relkind IN ('r', 'v', 'm') AND attnum > 0 AND NOT attisdropped AND relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema')
UNION ALL SELECT format('constraint %I on %s %s', conname, conrelid::regclass, pg_get_constraintdef(oid)) FROM pg_constraint WHERE conrelid <> 0 AND contype <> 'n' AND connamespace IN (SELECT oid FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema')
UNION ALL SELECT format('index %s valid %s', pg_get_indexdef(indexrelid), indisvalid) FROM pg_index JOIN pg_class c ON c.oid = indrelid WHERE relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema')
UNION ALL SELECT format('enum %s (%s)', t.oid::regtype, string_agg(enumlabel, ',' ORDER BY enumsortorder)) FROM pg_type t JOIN pg_enum ON enumtypid = t.oid GROUP BY t.oid
UNION ALL SELECT format('sequence %I.%I %s start %s min %s max %s by %s cycle %s cache %s', schemaname, sequencename, data_type, start_value, min_value, max_value, increment_by, cycle, cache_size) FROM pg_sequences
UNION ALL SELECT format('sequence %s owned by %s.%I', objid::regclass, refobjid::regclass, attname) FROM pg_depend JOIN pg_attribute ON attrelid = refobjid AND attnum = refobjsubid
  WHERE classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass AND deptype IN ('a', 'i') AND objid IN (SELECT seqrelid FROM pg_sequence)
UNION ALL SELECT format('extension %I in %I', extname, extnamespace::regnamespace) FROM pg_extension WHERE extname <> 'plpgsql'
UNION ALL SELECT format('comment on %s %s: %s', i.type, i.identity, description) FROM pg_description d, pg_identify_object(classoid, objoid, objsubid) i
  WHERE (objoid >= 16384 OR classoid = 'pg_namespace'::regclass AND i.identity = 'public') AND (classoid, objoid) NOT IN (SELECT classid, objid FROM pg_depend WHERE deptype = 'e')
  AND NOT (classoid = 'pg_extension'::regclass AND description IN (SELECT comment FROM pg_available_extensions()))
UNION ALL SELECT format('comment on role %I: %s', rolname, description) FROM pg_shdescription JOIN pg_roles ON pg_roles.oid = objoid WHERE classoid = 'pg_authid'::regclass AND objoid >= 16384
UNION ALL SELECT format('view %s %s as %s with %s method %s tablespace %s', oid::regclass, relkind, (SELECT string_agg(word, ' ' ORDER BY word) FROM regexp_split_to_table(pg_get_viewdef(oid), '[,;\s]+') AS word), (SELECT string_agg(option, ' ' ORDER BY option) FROM unnest(reloptions) AS option), (SELECT amname FROM pg_am WHERE pg_am.oid = relam), (SELECT spcname FROM pg_tablespace WHERE pg_tablespace.oid = reltablespace))
  FROM pg_class WHERE relkind IN ('v', 'm') AND relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema')
UNION ALL SELECT format('policy %I on %I.%I %s for %s to %s using %s check %s', policyname, schemaname, tablename, permissive, cmd, (SELECT string_agg(role, ' ' ORDER BY role) FROM unnest(roles) AS role), (SELECT string_agg(word, ' ' ORDER BY word) FROM regexp_split_to_table(qual, '[,;\s]+') AS word), (SELECT string_agg(word, ' ' ORDER BY word) FROM regexp_split_to_table(with_check, '[,;\s]+') AS word)) FROM pg_policies
UNION ALL SELECT format('role %I createdb %s createrole %s inherit %s', rolname, rolcreatedb, rolcreaterole, rolinherit) FROM pg_roles WHERE rolname !~ '^pg_' AND NOT rolsuper
ORDER BY 1";

pub(crate) struct Judge {
    client: Client,
    /// A server of its own, which ends with this value.
    _server: Option<TestServer>,
}

impl Judge {
    pub(crate) fn new() -> Self {
        let url = TestServer::shared().create_database("interchange");
        Self::on(&url, None)
    }

    /// On a server of its own, for states with roles, which belong to a whole server.
    pub(crate) fn alone() -> Self {
        let server = TestServer::start(&[]).expect("a server");
        let url = server.create_database("interchange");
        Self::on(&url, Some(server))
    }

    fn on(url: &str, server: Option<TestServer>) -> Self {
        let mut client = Client::connect(url, NoTls).expect("the test server accepts us");
        client
            .batch_execute("SET client_min_messages TO error")
            .expect("a setting");
        Self {
            client,
            _server: server,
        }
    }

    /// Leaves nothing but a table that no state holds, to which policies can be linked.
    pub(crate) fn empty(&mut self) {
        let drop = "DO $$ DECLARE s name; BEGIN FOR s IN SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' LOOP \
                    EXECUTE format('DROP SCHEMA %I CASCADE', s); END LOOP; \
                    FOR s IN SELECT rolname FROM pg_roles WHERE rolname !~ '^pg_' AND NOT rolsuper LOOP EXECUTE format('DROP ROLE %I', s); END LOOP; END $$; CREATE SCHEMA public; CREATE TABLE public.elsewhere (id integer)";
        self.client
            .batch_execute(drop)
            .expect("everything can be dropped");
    }

    pub(crate) fn run(&mut self, sql: &str) -> Result<(), String> {
        self.client.batch_execute(sql).map_err(|error| text(&error))
    }

    /// The first column of a query's first row.
    pub(crate) fn value(&mut self, query: &str) -> Option<String> {
        let rows = self.client.simple_query(query).expect("a valid query");
        rows.iter().find_map(|message| match message {
            SimpleQueryMessage::Row(row) => Some(row.get(0)?.to_owned()),
            _ => None,
        })
    }

    pub(crate) fn catalogs(&mut self) -> Vec<String> {
        let rows = self
            .client
            .simple_query(CATALOGS)
            .expect("the catalogs are readable");
        rows.iter()
            .filter_map(|message| match message {
                SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
                _ => None,
            })
            .collect()
    }

    pub(crate) fn apply(&mut self, files: &[File]) -> Result<(), String> {
        for file in files {
            let result = if file.in_transaction {
                self.client
                    .batch_execute(&format!("BEGIN;{}\n;COMMIT", file.sql))
            } else {
                let statements = pg_migration::split(&file.sql).expect("our own SQL can be split");
                statements.iter().try_for_each(|statement| {
                    self.client
                        .batch_execute(&file.sql[statement.range.clone()])
                })
            };
            if let Err(error) = result {
                let _ = self.client.batch_execute("ROLLBACK");
                return Err(format!("{} in\n{}", text(&error), file.sql));
            }
        }
        Ok(())
    }

    /// The state in an otherwise empty database.
    pub(crate) fn make(&mut self, state: &Schema) -> Result<(), String> {
        self.empty();
        self.apply(&files(&Schema::default(), state))
            .map_err(|error| format!("not even the earlier state: {error}"))
    }

    /// The catalogs after the way from a state.
    pub(crate) fn arrive(&mut self, from: &Schema, way: &[File]) -> Result<Vec<String>, String> {
        self.make(from)?;
        self.apply(way)?;
        Ok(self.catalogs())
    }
}

fn text(error: &postgres::Error) -> String {
    error
        .as_db_error()
        .map_or_else(|| error.to_string(), ToString::to_string)
}

pub(crate) fn differences(expected: &[String], found: &[String]) -> String {
    let missing = expected
        .iter()
        .filter(|fact| !found.contains(fact))
        .map(|fact| format!("  - {fact}"));
    let extra = found
        .iter()
        .filter(|fact| !expected.contains(fact))
        .map(|fact| format!("  + {fact}"));
    missing.chain(extra).collect::<Vec<_>>().join("\n")
}
