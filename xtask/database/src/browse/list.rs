//! What relations there are.

use std::collections::HashMap;

use serde::Serialize;

use super::describe::{kind, tuples};
use super::relation::RelationKind;
use super::{BrowseError, LIMIT, reading};
use crate::connect::Database;

/// A schema and what it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SchemaListing {
    /// Its name.
    pub name: String,
    /// Its relations, by name.
    pub relations: Vec<RelationListing>,
}

/// A relation, as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RelationListing {
    /// Its oid.
    pub id: u32,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: RelationKind,
    /// Of a partition, the relation that it is part of.
    pub parent: Option<u32>,
    /// About how many rows it has, with its partitions; none if the server does not know.
    pub rows: Option<u64>,
    /// What it takes on disk with its indexes and partitions, in bytes; none while it is locked.
    pub bytes: Option<u64>,
    /// What is said about it.
    pub comment: Option<String>,
}

const SCHEMAS: &str = "
SELECT n.nspname::text
  FROM pg_namespace n
 WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
 ORDER BY n.nspname = 'drizzle', array_position(current_schemas(false), n.nspname), n.nspname";

/// The size of a relation is read under a lock, for which a migration can let us wait.
const RELATIONS: &str = "
SELECT c.oid, n.nspname::text, c.relname::text, c.relkind::text, c.relispartition, i.inhparent, c.reltuples,
       CASE WHEN c.oid NOT IN (SELECT l.relation FROM pg_locks l
                                WHERE l.relation IS NOT NULL AND l.mode = 'AccessExclusiveLock')
            THEN pg_total_relation_size(c.oid) END,
       obj_description(c.oid, 'pg_class')
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_inherits i ON i.inhrelid = c.oid AND c.relispartition
 WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
 ORDER BY n.nspname, c.relname";

/// All schemas but the server's own, and what they hold, by name: those of the search path first, and that of the history last.
///
/// # Errors
/// [`BrowseError`] when the server does not answer, or not in time.
pub fn list(database: &mut Database) -> Result<Vec<SchemaListing>, BrowseError> {
    reading(database, LIMIT, |transaction| {
        let rows = transaction.query_typed(SCHEMAS, &[])?;
        let mut schemas: Vec<_> = rows
            .iter()
            .map(|row| SchemaListing {
                name: row.get(0),
                relations: Vec::new(),
            })
            .collect();
        let places: HashMap<String, usize> = schemas
            .iter()
            .enumerate()
            .map(|(place, schema)| (schema.name.clone(), place))
            .collect();
        for row in transaction.query_typed(RELATIONS, &[])? {
            let bytes: Option<i64> = row.get(7);
            let relation = RelationListing {
                id: row.get(0),
                name: row.get(2),
                kind: kind(row.get(3), row.get(4)),
                parent: row.get(5),
                rows: tuples(row.get(3), row.get(6)),
                bytes: bytes.and_then(|bytes| bytes.try_into().ok()),
                comment: row.get(8),
            };
            if let Some(place) = places.get(row.get::<_, &str>(1)) {
                schemas[*place].relations.push(relation);
            }
        }
        add_partitions(&mut schemas);
        Ok(schemas)
    })
}

/// A table that consists of partitions has no rows of its own: it has theirs.
fn add_partitions(schemas: &mut [SchemaListing]) {
    let relations = || schemas.iter().flat_map(|schema| &schema.relations);
    let parents: HashMap<u32, u32> = relations()
        .filter_map(|relation| Some((relation.id, relation.parent?)))
        .collect();
    let mut sums = HashMap::<u32, (Option<u64>, Option<u64>)>::new();
    for relation in relations() {
        let mut part = relation.id;
        while let Some(whole) = parents.get(&part) {
            let (rows, bytes) = sums.entry(*whole).or_insert((None, Some(0)));
            *rows = add(*rows, relation.rows);
            *bytes = bytes.zip(relation.bytes).map(|(a, b)| a + b);
            part = *whole;
        }
    }
    for relation in schemas.iter_mut().flat_map(|schema| &mut schema.relations) {
        if let Some((rows, bytes)) = sums.get(&relation.id) {
            (relation.rows, relation.bytes) = (*rows, *bytes);
        }
    }
}

/// The sum of what is known.
fn add(a: Option<u64>, b: Option<u64>) -> Option<u64> {
    a.zip(b).map(|(a, b)| a + b).or(a).or(b)
}
