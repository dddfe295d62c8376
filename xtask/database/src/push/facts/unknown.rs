//! What is nobody's here and refers to something, or lies in it.

use pg_schema::QualifiedName;

use super::{Examiner, Found, Verdict};
use crate::error::QueryError;

/// The views that read a table, the tables that inherit from it, the routines that take or give its rows, and the foreign keys of others that refer to it.
pub(super) const REFERRING: &str = "
SELECT DISTINCT n.nspname AS schema, c.relname AS name, CASE c.relkind WHEN 'm' THEN 'materialized view ' ELSE 'view ' END || c.oid::regclass AS what
  FROM pg_depend d
  JOIN pg_rewrite w ON d.classid = 'pg_rewrite'::regclass AND w.oid = d.objid
  JOIN pg_class c ON c.oid = w.ev_class
  JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = $1::text::regclass AND c.oid <> d.refobjid
UNION ALL
SELECT n.nspname, c.relname, 'foreign key ' || quote_ident(k.conname) || ' of ' || c.oid::regclass
  FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE k.contype = 'f' AND k.confrelid = $1::text::regclass AND k.conrelid <> k.confrelid AND k.conparentid = 0
UNION ALL
SELECT n.nspname, c.relname, 'table ' || c.oid::regclass
  FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE i.inhparent = $1::text::regclass
UNION ALL
SELECT DISTINCT n.nspname, p.proname, 'routine ' || p.oid::regprocedure
  FROM pg_type t JOIN pg_depend d ON d.refclassid = 'pg_type'::regclass AND d.refobjid IN (t.oid, t.typarray)
  JOIN pg_proc p ON d.classid = 'pg_proc'::regclass AND p.oid = d.objid JOIN pg_namespace n ON n.oid = p.pronamespace
 WHERE t.typrelid = $1::text::regclass
 ORDER BY 3";

/// What lies in a schema, but for what is an extension's and what goes with something else in it.
const HELD: &str = "
SELECT n.nspname AS schema, o.name, o.what
  FROM pg_namespace n CROSS JOIN LATERAL (
    SELECT 'pg_class'::regclass AS classid, c.oid, c.relname AS name,
           CASE c.relkind WHEN 'v' THEN 'view ' WHEN 'm' THEN 'materialized view ' ELSE 'table ' END || c.oid::regclass AS what
      FROM pg_class c WHERE c.relnamespace = n.oid AND c.relkind IN ('r', 'v', 'm', 'p', 'f')
       AND NOT EXISTS (SELECT FROM pg_inherits i WHERE i.inhrelid = c.oid)
    UNION ALL
    SELECT 'pg_proc'::regclass, p.oid, p.proname, 'routine ' || p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = n.oid
       AND NOT EXISTS (SELECT FROM pg_depend d JOIN pg_type t ON t.oid = d.refobjid
                        WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.refclassid = 'pg_type'::regclass)
    UNION ALL
    SELECT 'pg_type'::regclass, t.oid, t.typname, 'type ' || t.oid::regtype FROM pg_type t WHERE t.typnamespace = n.oid AND t.typtype IN ('d', 'e', 'r')
  ) o
 WHERE n.nspname = $1 AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = o.classid AND e.objid = o.oid AND e.deptype = 'e')
 ORDER BY 3";

impl Examiner<'_, '_> {
    /// What a query on the catalogs finds that the state does not hold, in a list.
    pub(super) fn unknown(&mut self, query: &str, of: &str) -> Result<String, QueryError> {
        let found = self.asker.names(query, of)?;
        let unknown = found.into_iter().filter(|it| !self.before.holds(&it.of));
        Ok(unknown.map(|it| it.what).collect::<Vec<_>>().join(", "))
    }

    /// A schema goes only if it is empty.
    pub(super) fn remains(&mut self, schema: &str) -> Result<Found, QueryError> {
        let schema = self.before.schema(schema).to_owned();
        let remains = self.unknown(HELD, &schema)?;
        Ok(hindered("it also holds", &remains))
    }

    /// A view goes only if nothing reads it.
    pub(super) fn readers(&mut self, view: &QualifiedName) -> Result<Found, QueryError> {
        let view = self.before.name(view).sql();
        let readers = self.unknown(REFERRING, &view)?;
        Ok(hindered("what reads it is", &readers))
    }
}

fn hindered(how: &str, what: &str) -> Found {
    if what.is_empty() {
        Found::new(Verdict::Unknown)
    } else {
        Found::saying(Verdict::Prevents, format!("{how} {what}"))
    }
}
