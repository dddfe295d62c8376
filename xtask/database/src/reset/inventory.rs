use postgres::types::Type;

use crate::connect::Database;
use crate::error::QueryError;
use crate::introspect::{Filter, hidden_relations};

/// What a project manages in a database, and what stands beside it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inventory {
    /// What the project manages, without what belongs to it (indexes, constraints, triggers, partitions, sequences of serial columns), in the order
    /// in which it is dropped: the history, tables, everything else, schemas.
    pub objects: Vec<ManagedObject>,
    /// What is not the project's and would go with it or is in its way, as PostgreSQL describes it: `view report of schema analytics`.
    pub foreign: Vec<String>,
    /// What lies in its schemas, is not the project's or does not count, and stays: `extension citext`.
    pub kept: Vec<String>,
}

/// Something that a project manages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManagedObject {
    /// What PostgreSQL calls its kind: `table`, `view`, `type`, `function` …
    pub kind: String,
    /// Its full name as SQL, quoted by the server where it must be; a function's has its parameters.
    pub identity: String,
}

/// What depends on what is in `pg_depend`, and who owns it in `pg_shdepend`, which leaves out the role that a cluster is made with: number 10
/// (PostgreSQL manual, System Catalogs).
const INVENTORY: &str = "
WITH RECURSIVE
managed AS (
    SELECT oid, nspname FROM pg_namespace WHERE nspname = ANY ($1)
),
-- What does not count, and stays.
hidden AS (
    SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE (n.nspname, c.relname) IN (SELECT * FROM unnest($2, $3))
),
history AS (
    SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = 'drizzle' AND c.relname IN ('__drizzle_migrations', '__xtask_migrations')
),
-- Whose objects are the project's. A superuser may act for every role, which says nothing about whose they are.
project_role AS (
    SELECT r.oid FROM pg_roles r JOIN pg_roles me ON me.rolname = current_user
     WHERE CASE WHEN me.rolsuper
                THEN r.oid = me.oid
                  OR r.oid = (SELECT datdba FROM pg_database WHERE datname = current_database())
                  OR r.oid IN (SELECT relowner FROM pg_class JOIN history USING (oid))
                ELSE pg_has_role(r.oid, 'USAGE') END
),
in_schema AS (
    SELECT classid, objid, refobjid AS namespace FROM pg_depend
     WHERE refclassid = 'pg_namespace'::regclass AND deptype = 'n'
),
member AS (
    SELECT classid, objid, refobjid AS extension FROM pg_depend
     WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
),
placed AS (
    SELECT o.classid, o.objid FROM in_schema o JOIN managed ON managed.oid = o.namespace
     -- An extension in `public` stays, and CREATE EXTENSION IF NOT EXISTS finds it; elsewhere it would keep its schema from being made again.
     WHERE (o.classid <> 'pg_extension'::regclass OR managed.nspname <> 'public')
       AND (o.classid, o.objid) NOT IN (SELECT classid, objid FROM member)
       AND (o.classid, o.objid) NOT IN (SELECT 'pg_class'::regclass, oid FROM hidden)
    UNION SELECT 'pg_class'::regclass, oid FROM history
    UNION SELECT classid, objid FROM pg_depend
     WHERE classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass AND refobjid IN (SELECT oid FROM history) AND deptype = 'a'
    UNION SELECT 'pg_namespace'::regclass, oid FROM managed WHERE nspname <> 'public'
),
owned AS (
    SELECT p.classid, p.objid, COALESCE(o.refobjid, 10) IN (SELECT oid FROM project_role) AS is_ours
      FROM placed p LEFT JOIN pg_shdepend o
        ON o.classid = p.classid AND o.objid = p.objid AND o.objsubid = 0 AND o.deptype = 'o'
       AND o.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
),
ours AS (
    SELECT classid, objid FROM owned WHERE is_ours
),
-- What DROP … CASCADE would take: what depends on ours, and what an internal part of something drags along.
doomed (classid, objid, objsubid) AS (
    SELECT classid, objid, 0 FROM ours WHERE classid <> 'pg_namespace'::regclass
    UNION
    SELECT next.* FROM doomed x CROSS JOIN LATERAL (
        SELECT classid, objid, objsubid FROM pg_depend
         WHERE refclassid = x.classid AND refobjid = x.objid AND (x.objsubid = 0 OR refobjsubid = x.objsubid)
        UNION ALL
        SELECT refclassid, refobjid, refobjsubid FROM pg_depend
         WHERE classid = x.classid AND objid = x.objid AND (x.objsubid = 0 OR objsubid = x.objsubid) AND deptype = 'i'
    ) next
),
-- What is ours because it is part of ours. A publication is not, although the tables in it are.
part AS (
    SELECT classid, objid FROM ours
    UNION
    SELECT d.classid, d.objid FROM part p JOIN pg_depend d ON d.refclassid = p.classid AND d.refobjid = p.objid
     WHERE d.deptype = 'e'
        OR d.deptype IN ('a', 'i', 'P', 'S') AND d.classid <> 'pg_publication_rel'::regclass
       AND (d.classid, d.objid) NOT IN (SELECT classid, objid FROM in_schema)
),
foreign_object AS (
    SELECT classid, objid, 0 AS objsubid FROM owned WHERE NOT is_ours
    UNION
    SELECT x.* FROM doomed x
     WHERE (x.classid, x.objid) NOT IN (SELECT classid, objid FROM part)
       -- A cast has no owner and no schema: it belongs to its types.
       AND x.classid NOT IN ('pg_cast'::regclass, 'pg_transform'::regclass)
       AND NOT EXISTS (SELECT FROM pg_event_trigger e JOIN project_role r ON r.oid = e.evtowner
                        WHERE x.classid = 'pg_event_trigger'::regclass AND x.objid = e.oid)
),
root AS (
    SELECT classid, objid FROM ours
    EXCEPT
    SELECT d.classid, d.objid FROM ours p JOIN pg_depend d ON d.refclassid = p.classid AND d.refobjid = p.objid
     -- A partitioned table is an internal part of its own key.
     WHERE d.deptype IN ('a', 'i', 'P', 'S') AND (d.classid, d.objid) <> (d.refclassid, d.refobjid)
    EXCEPT
    -- A schema stays if something in it does.
    SELECT 'pg_namespace'::regclass, namespace FROM in_schema WHERE (classid, objid) NOT IN (SELECT classid, objid FROM part)
)
SELECT 'object', i.type, i.identity,
       CASE WHEN r.objid IN (SELECT oid FROM history) THEN 0 WHEN i.type = 'table' THEN 1 WHEN i.type = 'schema' THEN 3 ELSE 2 END AS phase
  FROM root r, pg_identify_object(r.classid, r.objid, 0) i
UNION ALL
-- What goes with a whole that is named is not named itself.
SELECT 'foreign', pg_describe_object(x.classid, x.objid, x.objsubid), NULL, 0 FROM foreign_object x
 WHERE NOT EXISTS (SELECT FROM pg_depend d JOIN foreign_object whole ON whole.classid = d.refclassid AND whole.objid = d.refobjid
                    WHERE d.classid = x.classid AND d.objid = x.objid AND d.deptype IN ('a', 'i') AND whole.objsubid IN (0, d.refobjsubid))
   AND NOT EXISTS (SELECT FROM foreign_object whole
                    WHERE whole.classid = x.classid AND whole.objid = x.objid AND whole.objsubid = 0 AND x.objsubid <> 0)
UNION ALL
SELECT DISTINCT 'kept', pg_describe_object('pg_extension'::regclass, m.extension, 0), NULL, 0
  FROM member m JOIN in_schema s USING (classid, objid) JOIN managed ON managed.oid = s.namespace
 WHERE ('pg_extension'::regclass, m.extension) NOT IN (SELECT classid, objid FROM ours)
UNION ALL
SELECT 'kept', pg_describe_object('pg_class'::regclass, h.oid, 0), NULL, 0 FROM hidden h JOIN pg_class c USING (oid) WHERE c.relkind <> 'S'
UNION ALL
SELECT 'kept', pg_describe_object(classid, objid, 0), NULL, 0 FROM ours
 WHERE classid = 'pg_namespace'::regclass AND (classid, objid) NOT IN (SELECT classid, objid FROM root)
ORDER BY 4, 2, 3";

/// What a project manages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Managed {
    /// The schemas, `public` included.
    pub schemas: Vec<String>,
    /// What in them counts.
    pub filter: Filter,
}

impl Managed {
    /// All of these schemas.
    pub fn schemas(names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self {
            schemas: names.into_iter().map(Into::into).collect(),
            filter: Filter::default(),
        }
    }
}

/// What a project manages: everything that counts in its schemas, and the history.
///
/// Excepted is what belongs to an extension, and the extension too, unless it lies in a schema other than `public`. The project's is what is owned by a role whose rights the current one has; for a superuser, who has all:
/// what is owned by itself, by the database's owner or by the history's. Schemas other than `public` and the history's are objects themselves, unless
/// something in them stays.
///
/// # Errors
/// [`QueryError`] when the connection fails.
pub fn inventory(database: &mut Database, managed: &Managed) -> Result<Inventory, QueryError> {
    let schemas = managed
        .schemas
        .iter()
        .filter(|name| *name != crate::history::SCHEMA && managed.filter.schemas.select(name));
    let schemas: Vec<_> = schemas.cloned().collect();
    let hidden = hidden_relations(database.client(), &schemas, &managed.filter)?;
    let (of, names): (Vec<_>, Vec<_>) = hidden.iter().map(|it| (&it.schema, &it.name)).unzip();
    let rows = database.client().query_typed(
        INVENTORY,
        &[
            (&schemas, Type::TEXT_ARRAY),
            (&of, Type::TEXT_ARRAY),
            (&names, Type::TEXT_ARRAY),
        ],
    )?;
    let mut inventory = Inventory::default();
    for row in &rows {
        match row.get(0) {
            "object" => inventory.objects.push(ManagedObject {
                kind: row.get(1),
                identity: row.get(2),
            }),
            "foreign" => inventory.foreign.push(row.get(1)),
            _ => inventory.kept.push(row.get(1)),
        }
    }
    Ok(inventory)
}

impl Inventory {
    /// SQL that locks the tables against everything else that would lock them.
    pub(super) fn lock_sql(&self) -> Option<String> {
        let tables = self.objects.iter().filter(|object| object.kind == "table");
        let names: Vec<_> = tables.map(|table| table.identity.as_str()).collect();
        (!names.is_empty())
            .then(|| format!("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE", names.join(", ")))
    }
}

impl ManagedObject {
    /// It may have gone already with something that it depends on.
    pub(super) fn drop_sql(&self) -> String {
        let kind = match self.kind.as_str() {
            "function" | "procedure" | "aggregate" => "routine",
            "statistics object" => "statistics",
            kind => kind,
        };
        // A schema is empty by then.
        let behaviour = if kind == "schema" {
            "RESTRICT"
        } else {
            "CASCADE"
        };
        format!("DROP {kind} IF EXISTS {} {behaviour}", self.identity)
    }
}
