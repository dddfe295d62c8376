//! What a person can mean while typing.

use serde::Serialize;

use crate::connect::Database;
use crate::error::QueryError;

/// What a person can mean while typing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Names {
    /// All relations, the server's own excepted.
    pub relations: Vec<NamedRelation>,
    /// The functions that need no schema.
    pub functions: Vec<String>,
}

/// A relation that can be named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NamedRelation {
    /// Its schema.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// The names of its columns.
    pub columns: Vec<String>,
}

const RELATIONS: &str = "
SELECT n.nspname::text, c.relname::text, array_agg(a.attname::text ORDER BY a.attnum)
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
 WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
 GROUP BY n.nspname, c.relname
 ORDER BY n.nspname, c.relname";

/// Functions that are called, before those of which operators and indexes consist.
const FUNCTIONS: &str = "
SELECT p.proname::text
  FROM pg_proc p
  LEFT JOIN pg_description d ON d.objoid = p.oid AND d.classoid = 'pg_proc'::regclass AND d.objsubid = 0
 WHERE pg_function_is_visible(p.oid) AND p.proname ~ '^[a-z]' AND p.prorettype NOT IN ('trigger'::regtype, 'internal'::regtype)
   AND 'internal'::regtype <> ALL (p.proargtypes) AND 'cstring'::regtype <> ALL (p.proargtypes)
 GROUP BY p.proname
 ORDER BY bool_and(coalesce(d.description LIKE 'implementation of %', false) OR EXISTS (SELECT FROM pg_amproc a WHERE a.amproc = p.oid)), 1";

/// The names of what is there.
///
/// # Errors
/// [`QueryError`] when the server does not answer.
pub fn names(database: &mut Database) -> Result<Names, QueryError> {
    let relations = database.client().query_typed(RELATIONS, &[])?;
    let functions = database.client().query_typed(FUNCTIONS, &[])?;
    let relations = relations.iter().map(|row| NamedRelation {
        schema: row.get(0),
        name: row.get(1),
        columns: row.get(2),
    });
    Ok(Names {
        relations: relations.collect(),
        functions: functions.iter().map(|row| row.get(0)).collect(),
    })
}
