//! All that the catalogs say of what users made, as lines in which neither the order of columns nor that of statements counts. The judge of the
//! tests: it shares nothing with the introspection that is judged.

use pg_database::Database;

const FACTS: &str = r"
WITH namespace AS (
    SELECT oid FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
),
member AS (
    SELECT classid, objid FROM pg_depend WHERE deptype = 'e'
),
relation AS (
    SELECT c.*, c.oid::regclass AS name FROM pg_class c JOIN namespace n ON n.oid = c.relnamespace
     WHERE c.oid NOT IN (SELECT objid FROM member WHERE classid = 'pg_class'::regclass)
),
fact (what, who, details) AS (
    SELECT 'schema', quote_ident(n.nspname), concat_ws(' ', n.nspacl) FROM pg_namespace n JOIN namespace USING (oid)
    UNION ALL
    SELECT 'extension', quote_ident(extname), extnamespace::regnamespace::text FROM pg_extension
    UNION ALL
    SELECT 'relation', name::text, concat_ws(' ', relkind, relpersistence, relrowsecurity, relforcerowsecurity, relreplident, reloptions, reltablespace, relam,
           relacl, pg_get_expr(relpartbound, oid), CASE WHEN relkind = 'p' THEN pg_get_partkeydef(oid) END, CASE WHEN relkind IN ('v', 'm') THEN pg_get_viewdef(oid) END,
           (SELECT string_agg(inhparent::regclass::text, ', ' ORDER BY inhseqno) FROM pg_inherits WHERE inhrelid = relation.oid))
      FROM relation WHERE relkind IN ('r', 'v', 'm', 'p', 'f', 'c')
    UNION ALL
    SELECT 'column', r.name || '.' || quote_ident(attname), concat_ws(' ', format_type(atttypid, atttypmod), attnotnull, attidentity, attgenerated,
           (SELECT 'DEFAULT ' || NULLIF(regexp_replace(pg_get_expr(adbin, adrelid), '^NULL::.*', ''), '') FROM pg_attrdef WHERE adrelid = attrelid AND adnum = attnum),
           attcollation::regcollation, attstorage, attcompression, attacl, attoptions, CASE WHEN attstattarget >= 0 THEN attstattarget END)
      FROM pg_attribute JOIN relation r ON r.oid = attrelid WHERE relkind IN ('r', 'v', 'm', 'p', 'f', 'c') AND attnum > 0 AND NOT attisdropped
    UNION ALL
    SELECT 'constraint', concat_ws('.', NULLIF(conrelid, 0)::regclass, NULLIF(contypid, 0)::regtype, quote_ident(conname)),
           concat_ws(' ', pg_get_constraintdef(k.oid), convalidated) FROM pg_constraint k JOIN namespace n ON n.oid = connamespace WHERE contype NOT IN ('n', 't')
    UNION ALL
    SELECT 'index', pg_get_indexdef(indexrelid), concat_ws(' ', indisvalid, indisclustered, indisreplident, x.relam, x.reltablespace)
      FROM pg_index JOIN relation r ON r.oid = indrelid JOIN pg_class x ON x.oid = indexrelid
    UNION ALL
    SELECT 'trigger', pg_get_triggerdef(t.oid), tgenabled::text FROM pg_trigger t JOIN relation r ON r.oid = tgrelid WHERE NOT tgisinternal
    UNION ALL
    SELECT 'rule', pg_get_ruledef(w.oid), ev_enabled::text FROM pg_rewrite w JOIN relation r ON r.oid = ev_class WHERE rulename <> '_RETURN'
    UNION ALL
    SELECT 'policy', concat(polrelid::regclass, '.', quote_ident(polname)), concat_ws(' ', polcmd, polpermissive, ARRAY(SELECT r::regrole::text FROM unnest(polroles) r ORDER BY 1),
           'USING ' || pg_get_expr(polqual, polrelid), 'WITH CHECK ' || pg_get_expr(polwithcheck, polrelid)) FROM pg_policy
    UNION ALL
    SELECT 'type', t.oid::regtype::text, concat_ws(' ', typtype, format_type(NULLIF(typbasetype, 0), typtypmod), typnotnull, typdefault, typacl,
           (SELECT string_agg(quote_literal(enumlabel), ', ' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid))
      FROM pg_type t JOIN namespace n ON n.oid = typnamespace
     WHERE typtype <> 'b' AND (typtype <> 'c' OR (SELECT relkind FROM pg_class WHERE oid = typrelid) = 'c')
       AND t.oid NOT IN (SELECT objid FROM member WHERE classid = 'pg_type'::regclass)
    UNION ALL
    SELECT 'routine', p.oid::regprocedure::text, concat_ws(' ', CASE WHEN prokind <> 'a' THEN pg_get_functiondef(p.oid) END, proacl)
      FROM pg_proc p JOIN namespace n ON n.oid = pronamespace WHERE p.oid NOT IN (SELECT objid FROM member WHERE classid = 'pg_proc'::regclass)
    UNION ALL
    SELECT 'sequence', name::text, concat_ws(' ', relpersistence, relacl, format_type(seqtypid, NULL), seqstart, seqmin, seqmax, seqincrement, seqcycle, seqcache,
           (SELECT refobjid::regclass || '.' || (SELECT attname FROM pg_attribute WHERE attrelid = refobjid AND attnum = refobjsubid)
              FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = relation.oid AND refclassid = 'pg_class'::regclass AND deptype IN ('a', 'i')))
      FROM pg_sequence JOIN relation ON relation.oid = seqrelid
    UNION ALL
    SELECT 'statistics', pg_get_statisticsobjdef(s.oid), '' FROM pg_statistic_ext s JOIN namespace n ON n.oid = stxnamespace
    UNION ALL
    SELECT 'comment', i.type || ' ' || i.identity, description FROM pg_description d, pg_identify_object(classoid, objoid, objsubid) i
     WHERE objoid >= 16384 AND (classoid, objoid) NOT IN (SELECT classid, objid FROM member)
    UNION ALL
    SELECT 'default privileges', concat(defaclrole::regrole, ' ', defaclnamespace::regnamespace, ' ', defaclobjtype), defaclacl::text FROM pg_default_acl
    UNION ALL
    SELECT 'other', i.type || ' ' || i.identity, '' FROM (
        SELECT 'pg_event_trigger'::regclass AS classid, oid FROM pg_event_trigger UNION ALL SELECT 'pg_publication'::regclass, oid FROM pg_publication
        UNION ALL SELECT 'pg_foreign_server'::regclass, oid FROM pg_foreign_server UNION ALL SELECT 'pg_cast'::regclass, oid FROM pg_cast
        UNION ALL SELECT 'pg_operator'::regclass, oid FROM pg_operator UNION ALL SELECT 'pg_collation'::regclass, oid FROM pg_collation
        UNION ALL SELECT 'pg_opclass'::regclass, oid FROM pg_opclass UNION ALL SELECT 'pg_ts_config'::regclass, oid FROM pg_ts_config
    ) o, pg_identify_object(o.classid, o.oid, 0) i WHERE o.oid >= 16384 AND (o.classid, o.oid) NOT IN (SELECT classid, objid FROM member)
)
SELECT concat_ws(' ', what, who, details) FROM fact ORDER BY 1";

pub(crate) fn facts(database: &mut Database) -> Vec<String> {
    let mut transaction = database.client().transaction().unwrap();
    transaction
        .batch_execute("SET LOCAL search_path = ''")
        .unwrap();
    let rows = transaction.query_typed(FACTS, &[]).unwrap();
    transaction.rollback().unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

/// What only one side has: `-` what was expected, `+` what was found.
pub(crate) fn differences(expected: &[String], found: &[String]) -> Vec<String> {
    let only = |ours: &[String], theirs: &[String], sign: char| {
        let facts = ours.iter().filter(|fact| !theirs.contains(fact));
        facts
            .map(|fact| format!("{sign} {fact}"))
            .collect::<Vec<_>>()
    };
    [only(expected, found, '-'), only(found, expected, '+')].concat()
}
