//! What a database holds, as text that two databases can be compared by.

use postgres::{Client, SimpleQueryMessage};

/// What the catalogs say of what migrations made.
const CATALOGS: &str = r"
WITH namespaces AS (SELECT oid FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'),
     classes AS (SELECT * FROM pg_class WHERE relnamespace IN (TABLE namespaces))
SELECT format('schema %s owner %s access %s', oid::regnamespace, nspowner::regrole, nspacl) FROM pg_namespace WHERE oid IN (TABLE namespaces)
UNION ALL SELECT format('%s %s kind %s options %s access %s trigger %s', relkind, oid::regclass, relpersistence, reloptions, relacl, relhastriggers) FROM classes
UNION ALL SELECT format('column %s.%s %s number %s not null %s default %s identity %s', c.oid::regclass, attname, format_type(atttypid, atttypmod), attnum, attnotnull, pg_get_expr(adbin, adrelid), attidentity)
  FROM pg_attribute JOIN classes c ON c.oid = attrelid LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum WHERE attnum > 0 AND relkind IN ('r', 'v', 'm')
UNION ALL SELECT format('constraint %s on %s %s valid %s', conname, conrelid::regclass, pg_get_constraintdef(oid), convalidated) FROM pg_constraint WHERE connamespace IN (TABLE namespaces)
UNION ALL SELECT format('index %s valid %s ready %s', pg_get_indexdef(indexrelid), indisvalid, indisready) FROM pg_index JOIN classes c ON c.oid = indrelid
UNION ALL SELECT format('enum %s label %s', enumtypid::regtype, string_agg(enumlabel, ',' ORDER BY enumsortorder)) FROM pg_enum GROUP BY enumtypid
UNION ALL SELECT format('sequence %s.%s from %s by %s', schemaname, sequencename, start_value, increment_by) FROM pg_sequences
UNION ALL SELECT format('function %s', pg_get_functiondef(oid)) FROM pg_proc WHERE pronamespace IN (TABLE namespaces)
UNION ALL SELECT format('trigger %s', pg_get_triggerdef(oid)) FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT format('view %s %s', oid::regclass, pg_get_viewdef(oid)) FROM classes WHERE relkind IN ('v', 'm')
UNION ALL SELECT format('comment %s %s', objsubid, description) FROM pg_description JOIN classes c ON c.oid = objoid
ORDER BY 1";

/// Each table of the history, with a query without when and how long, and without drizzle's numbers: a transaction that was rolled back has used one up.
const HISTORY: [(&str, &str); 2] = [
    (
        "drizzle.__drizzle_migrations",
        "SELECT concat_ws(' ', hash, created_at) FROM drizzle.__drizzle_migrations ORDER BY id",
    ),
    (
        "drizzle.__xtask_migrations",
        "SELECT concat_ws(' ', tag, created_at, applied_at IS NOT NULL, applied_by, done, attempting, found_index) FROM drizzle.__xtask_migrations ORDER BY tag",
    ),
];

/// The catalogs, the rows of all tables, and the history, as far as there is one.
pub(crate) fn facts(client: &mut Client) -> Vec<String> {
    let mut facts = column(client, CATALOGS);
    let tables = "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname !~ '^(pg_|information_schema|drizzle)' ORDER BY 1";
    for table in column(client, tables) {
        let rows = column(client, &format!("SELECT t::text FROM {table} t ORDER BY 1"));
        facts.extend(rows.iter().map(|row| format!("row of {table} {row}")));
    }
    for (table, query) in HISTORY {
        let exists = format!("SELECT to_regclass('{table}') IS NOT NULL");
        if column(client, &exists) == ["t"] {
            facts.extend(column(client, query));
        }
    }
    facts
}

/// The first column of each row.
pub(crate) fn column(client: &mut Client, query: &str) -> Vec<String> {
    let messages = client
        .simple_query(query)
        .unwrap_or_else(|error| panic!("{query}: {error:?}"));
    let rows = messages.iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(row.get(0).unwrap_or("NULL").to_owned()),
        _ => None,
    });
    rows.collect()
}

pub(crate) fn differences(expected: &[String], found: &[String]) -> String {
    let only_in = |one: &[String], other: &[String], sign: char| {
        let facts = one.iter().filter(|fact| !other.contains(fact));
        facts
            .map(|fact| format!("  {sign} {fact}"))
            .collect::<Vec<_>>()
    };
    [only_in(expected, found, '-'), only_in(found, expected, '+')]
        .concat()
        .join("\n")
}
