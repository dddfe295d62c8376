//! What the state has no place for.

use std::fmt;

use pg_schema::QualifiedName;
use postgres::Transaction;
use postgres::types::Type;

use crate::error::QueryError;

/// Something in the database that the state has no place for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Outside {
    /// What PostgreSQL calls its kind: `function`, `trigger`, `table` …
    pub kind: String,
    /// Its full name as SQL, quoted by the server where it must be.
    pub identity: String,
    /// What about it the state has no place for, such as `UNLOGGED`; `None` for all of it.
    pub detail: Option<String>,
}

/// As a line for people: `function public.f(integer)`, `table public.t (UNLOGGED)`.
impl fmt::Display for Outside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.identity)?;
        match &self.detail {
            Some(detail) => write!(f, " ({detail})"),
            None => Ok(()),
        }
    }
}

/// Objects in the schemas, parts of relations, what belongs to the whole database, and properties of what the state does hold. What an
/// extension made is the extension's. Numbers below 16384 are those of PostgreSQL's own objects.
const OUTSIDE: &str = "
WITH namespace AS (
    SELECT oid, nspname FROM pg_namespace WHERE nspname = ANY ($1)
),
member AS (
    SELECT classid, objid FROM pg_depend WHERE deptype = 'e'
),
-- What PostgreSQL made as a part of something else, such as the functions of a range type.
part AS (
    SELECT classid, objid FROM pg_depend WHERE deptype = 'i' AND classid IN ('pg_proc'::regclass, 'pg_type'::regclass, 'pg_cast'::regclass)
),
relation AS (
    SELECT c.*, i.inhparent FROM pg_class c JOIN namespace ON namespace.oid = c.relnamespace
      LEFT JOIN pg_inherits i ON i.inhrelid = c.oid AND i.inhseqno = 1
     WHERE (namespace.nspname, c.relname) NOT IN (SELECT * FROM unnest($2, $3))
),
held AS (
    SELECT * FROM relation WHERE relkind = 'r' AND inhparent IS NULL
       AND oid NOT IN (SELECT objid FROM member WHERE classid = 'pg_class'::regclass)
),
object (classid, objid, objsubid, kind, detail) AS (
    SELECT d.classid, d.objid, 0, NULL, NULL FROM pg_depend d JOIN namespace ON d.refobjid = namespace.oid
     WHERE d.refclassid = 'pg_namespace'::regclass AND d.classid NOT IN ('pg_class'::regclass, 'pg_type'::regclass, 'pg_extension'::regclass)
    UNION ALL
    SELECT d.classid, t.oid, 0, NULL, NULL FROM pg_depend d JOIN namespace ON d.refobjid = namespace.oid JOIN pg_type t ON t.oid = d.objid
     WHERE d.refclassid = 'pg_namespace'::regclass AND d.classid = 'pg_type'::regclass AND d.deptype = 'n' AND t.typtype <> 'e'
    UNION ALL
    SELECT 'pg_class'::regclass, oid, 0, CASE WHEN relispartition THEN 'partition' WHEN relkind = 'p' THEN 'partitioned table' END,
           CASE WHEN inhparent IS NOT NULL AND NOT relispartition THEN 'INHERITS' END
      FROM relation WHERE relkind IN ('p', 'f') OR relkind = 'r' AND inhparent IS NOT NULL
    UNION ALL
    SELECT 'pg_trigger'::regclass, t.oid, 0, NULL, NULL FROM pg_trigger t JOIN relation r ON r.oid = t.tgrelid
     WHERE NOT t.tgisinternal AND t.tgparentid = 0
    UNION ALL
    SELECT 'pg_rewrite'::regclass, w.oid, 0, NULL, NULL FROM pg_rewrite w JOIN relation r ON r.oid = w.ev_class WHERE w.rulename <> '_RETURN'
    UNION ALL
    SELECT 'pg_policy'::regclass, p.oid, 0, NULL, NULL FROM pg_policy p JOIN relation r ON r.oid = p.polrelid
     WHERE r.oid NOT IN (SELECT oid FROM held)
    UNION ALL
    SELECT 'pg_class'::regclass, i.indexrelid, 0, NULL, 'INVALID'
      FROM pg_index i JOIN relation r ON r.oid = i.indrelid WHERE NOT i.indisvalid AND (r.relkind = 'm' OR r.oid IN (SELECT oid FROM held))
    UNION ALL
    SELECT 'pg_attrdef'::regclass, d.oid, 0, NULL, NULL FROM pg_attrdef d JOIN relation r ON r.oid = d.adrelid WHERE r.relkind = 'v'
    UNION ALL
    SELECT classid, oid, 0, NULL, NULL FROM (
        SELECT 'pg_event_trigger'::regclass AS classid, oid FROM pg_event_trigger
        UNION ALL SELECT 'pg_publication'::regclass, oid FROM pg_publication
        UNION ALL SELECT 'pg_subscription'::regclass, oid FROM pg_subscription WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())
        UNION ALL SELECT 'pg_foreign_data_wrapper'::regclass, oid FROM pg_foreign_data_wrapper
        UNION ALL SELECT 'pg_foreign_server'::regclass, oid FROM pg_foreign_server
        UNION ALL SELECT 'pg_cast'::regclass, oid FROM pg_cast
        UNION ALL SELECT 'pg_transform'::regclass, oid FROM pg_transform
        UNION ALL SELECT 'pg_language'::regclass, oid FROM pg_language
        UNION ALL SELECT 'pg_am'::regclass, oid FROM pg_am
        UNION ALL SELECT 'pg_default_acl'::regclass, oid FROM pg_default_acl WHERE defaclnamespace = 0
    ) of_database WHERE oid >= 16384
    UNION ALL
    SELECT 'pg_class'::regclass, h.oid, 0, NULL, p.detail FROM held h CROSS JOIN LATERAL (VALUES
        (h.relpersistence = 'u', 'UNLOGGED'),
        (h.relforcerowsecurity, 'FORCE ROW LEVEL SECURITY'),
        (NOT h.relrowsecurity AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = h.oid), 'policies, but DISABLE ROW LEVEL SECURITY'),
        (h.relreplident <> 'd', 'REPLICA IDENTITY'),
        (h.reloptions IS NOT NULL OR EXISTS (SELECT FROM pg_class toast WHERE toast.oid = h.reltoastrelid AND toast.reloptions IS NOT NULL), 'storage parameters'),
        (h.reltablespace <> 0, 'TABLESPACE'),
        (h.relam <> (SELECT oid FROM pg_am WHERE amname = current_setting('default_table_access_method')), 'access method'),
        (h.reloftype <> 0, 'OF type')
    ) p (applies, detail) WHERE p.applies
    UNION ALL
    SELECT 'pg_class'::regclass, r.oid, 0, NULL, 'privileges' FROM relation r WHERE r.relkind IN ('r', 'v', 'm', 'S') AND r.relacl IS NOT NULL
    UNION ALL
    -- The sequence of a column is as its table is.
    SELECT 'pg_class'::regclass, r.oid, 0, NULL, 'UNLOGGED' FROM relation r WHERE r.relkind = 'S' AND r.relpersistence = 'u'
       AND NOT EXISTS (SELECT FROM pg_depend d JOIN pg_class t ON t.oid = d.refobjid
                        WHERE d.classid = 'pg_class'::regclass AND d.objid = r.oid AND d.deptype IN ('a', 'i') AND t.relpersistence = 'u')
    UNION ALL
    SELECT 'pg_type'::regclass, t.oid, 0, NULL, 'privileges' FROM pg_type t JOIN namespace ON namespace.oid = t.typnamespace
     WHERE t.typtype = 'e' AND t.typacl IS NOT NULL
    UNION ALL
    -- Everyone may use `public`, and before PostgreSQL 15 create in it.
    SELECT 'pg_namespace'::regclass, n.oid, 0, NULL, 'privileges' FROM pg_namespace n JOIN namespace USING (oid, nspname)
     WHERE n.nspacl IS NOT NULL
       AND NOT (n.nspname = 'public' AND n.nspacl::text IN (format('{%1$s=UC/%1$s,=U/%1$s}', n.nspowner::regrole), format('{%1$s=UC/%1$s,=UC/%1$s}', n.nspowner::regrole)))
    UNION ALL
    SELECT 'pg_class'::regclass, a.attrelid, a.attnum, NULL, p.detail
      FROM pg_attribute a JOIN relation r ON r.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid CROSS JOIN LATERAL (VALUES
        (a.attacl IS NOT NULL, 'privileges'),
        (r.relkind = 'r' AND a.attgenerated = 'v', 'VIRTUAL'),
        (r.relkind IN ('r', 'm') AND a.attstorage <> t.typstorage, 'STORAGE'),
        (r.relkind IN ('r', 'm') AND a.attcompression <> '', 'COMPRESSION'),
        (a.attstattarget >= 0, 'STATISTICS'),
        (a.attoptions IS NOT NULL, 'attribute options')
    ) p (applies, detail)
     WHERE p.applies AND a.attnum > 0 AND NOT a.attisdropped
       AND (a.attacl IS NOT NULL OR a.attgenerated = 'v' OR a.attstorage <> t.typstorage OR a.attcompression <> '' OR a.attstattarget >= 0 OR a.attoptions IS NOT NULL)
       AND (r.relkind IN ('v', 'm') OR r.oid IN (SELECT oid FROM held))
    UNION ALL
    -- `conenforced` and `confdelsetcols` are not there in every version. Only a temporal constraint has an index that is no btree.
    SELECT 'pg_constraint'::regclass, k.oid, 0, NULL, p.detail
      FROM pg_constraint k JOIN held h ON h.oid = k.conrelid LEFT JOIN pg_index i ON i.indexrelid = k.conindid AND k.contype IN ('p', 'u', 'f')
      LEFT JOIN pg_class c ON c.oid = i.indexrelid LEFT JOIN pg_am m ON m.oid = c.relam CROSS JOIN LATERAL (VALUES
        (k.contype = 'x', NULL),
        (NOT k.convalidated, CASE WHEN to_jsonb(k) @> '{\"conenforced\": false}' THEN 'NOT ENFORCED' ELSE 'NOT VALID' END),
        (m.amname <> 'btree', 'PERIOD'),
        (k.contype IN ('c', 'n') AND k.connoinherit, 'NO INHERIT'),
        -- Where it has a name of its own, rather than one that PostgreSQL once gave it.
        (k.contype = 'n' AND k.conname !~ '_not_null[0-9]*$', 'name of NOT NULL'),
        (k.contype = 'f' AND EXISTS (SELECT FROM pg_trigger t WHERE t.tgconstraint = k.oid AND t.tgenabled <> 'O'), 'DISABLE TRIGGER'),
        (k.confmatchtype = 'f', 'MATCH FULL'),
        (k.confdeltype IN ('n', 'd') AND to_jsonb(k) ->> 'confdelsetcols' IS NOT NULL, 'columns of ON DELETE'),
        (k.contype = 'p' AND k.condeferrable, 'DEFERRABLE'),
        (k.contype <> 'f' AND i.indnatts > i.indnkeyatts, 'INCLUDE'),
        (k.contype <> 'f' AND c.reloptions IS NOT NULL, 'storage parameters'),
        (k.contype <> 'f' AND c.reltablespace <> 0, 'TABLESPACE')
    ) p (applies, detail) WHERE p.applies AND k.conparentid = 0
    UNION ALL
    SELECT 'pg_class'::regclass, c.oid, 0, NULL, p.detail
      FROM pg_index i JOIN held h ON h.oid = i.indrelid JOIN pg_class c ON c.oid = i.indexrelid CROSS JOIN LATERAL (VALUES
        (i.indisclustered, 'CLUSTER'), (i.indisreplident, 'REPLICA IDENTITY'),
        (EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attstattarget >= 0), 'STATISTICS'),
        (c.reltablespace <> 0 AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = c.oid AND k.contype IN ('p', 'u', 'x')), 'TABLESPACE')
    ) p (applies, detail) WHERE p.applies
)
SELECT COALESCE(o.kind, i.type) AS kind, i.identity, o.detail FROM object o, pg_identify_object(o.classid, o.objid, o.objsubid) i
 WHERE (o.classid, o.objid) NOT IN (SELECT classid, objid FROM member) AND (o.classid, o.objid) NOT IN (SELECT classid, objid FROM part)
   AND i.identity IS NOT NULL
 ORDER BY 1, 2, 3";

/// `elsewhere` are tables that are someone else's.
pub(super) fn outside(
    transaction: &mut Transaction<'_>,
    schemas: &[String],
    elsewhere: &[QualifiedName],
) -> Result<Vec<Outside>, QueryError> {
    let (of, tables): (Vec<_>, Vec<_>) = elsewhere
        .iter()
        .map(|table| (&table.schema, &table.name))
        .unzip();
    let rows = transaction.query_typed(
        OUTSIDE,
        &[
            (&schemas, Type::TEXT_ARRAY),
            (&of, Type::TEXT_ARRAY),
            (&tables, Type::TEXT_ARRAY),
        ],
    )?;
    let outside = rows.iter().map(|row| Outside {
        kind: row.get("kind"),
        identity: row.get("identity"),
        detail: row.get("detail"),
    });
    Ok(outside.collect())
}
