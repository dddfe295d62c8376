//! All tables with what they refer to: what a diagram shows.

use serde::Serialize;

use super::{BrowseError, LIMIT, reading};
use crate::connect::Database;

/// The tables of a database and how they refer to each other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Structure {
    /// The tables, by name; partitions are part of theirs.
    pub tables: Vec<TableShape>,
    /// The foreign keys between them.
    pub references: Vec<Reference>,
}

/// A table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableShape {
    /// Its oid.
    pub id: u32,
    /// Its schema.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// Its columns, in order.
    pub columns: Vec<ColumnShape>,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ColumnShape {
    /// Its number.
    pub number: i16,
    /// Its name.
    pub name: String,
    /// Its type, as SQL writes it.
    #[serde(rename = "type")]
    pub data_type: String,
    /// Whether it is part of a key.
    pub key: Option<KeyKind>,
}

/// What a column is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum KeyKind {
    /// The primary key.
    #[serde(rename = "pk")]
    Primary,
    /// A foreign key.
    #[serde(rename = "fk")]
    Foreign,
}

/// A foreign key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Its name.
    pub name: String,
    /// The table that has it, and its first column.
    pub from: (u32, i16),
    /// The table that it refers to, and the first column there.
    pub to: (u32, i16),
    /// Whether at most one row refers to a row.
    pub one: bool,
    /// Whether a row may refer to none.
    pub optional: bool,
}

const COLUMNS: &str = "
SELECT c.oid, n.nspname::text, c.relname::text, a.attnum, a.attname::text, format_type(a.atttypid, a.atttypmod),
       EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'p' AND a.attnum = ANY (k.conkey)),
       EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'f' AND a.attnum = ANY (k.conkey))
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
 WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
   AND NOT (n.nspname = 'drizzle' AND c.relname IN ('__drizzle_migrations', '__xtask_migrations'))
 ORDER BY n.nspname, c.relname, a.attnum";

const REFERENCES: &str = "
SELECT k.conname::text, k.conrelid, k.conkey[1], k.confrelid, k.confkey[1],
       EXISTS (SELECT FROM pg_index i
                WHERE i.indrelid = k.conrelid AND i.indisunique AND i.indpred IS NULL AND i.indexprs IS NULL
                  AND (i.indkey::int2[])[0:i.indnkeyatts - 1] <@ k.conkey),
       EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey) AND NOT a.attnotnull)
  FROM pg_constraint k
 WHERE k.contype = 'f' AND k.conparentid = 0
 ORDER BY k.conrelid, k.conname";

/// All tables but the server's own and those of the migrations' history, and their foreign keys.
///
/// # Errors
/// [`BrowseError`] when the server does not answer, or not in time.
pub fn structure(database: &mut Database) -> Result<Structure, BrowseError> {
    reading(database, LIMIT, |transaction| {
        let mut structure = Structure::default();
        for row in transaction.query_typed(COLUMNS, &[])? {
            let id: u32 = row.get(0);
            if structure.tables.last().is_none_or(|table| table.id != id) {
                structure.tables.push(TableShape {
                    id,
                    schema: row.get(1),
                    name: row.get(2),
                    columns: Vec::new(),
                });
            }
            // A table can have no columns.
            let Some(number) = row.get(3) else { continue };
            let key = match (row.get(6), row.get(7)) {
                (true, _) => Some(KeyKind::Primary),
                (_, true) => Some(KeyKind::Foreign),
                _ => None,
            };
            if let Some(table) = structure.tables.last_mut() {
                table.columns.push(ColumnShape {
                    number,
                    name: row.get(4),
                    data_type: row.get(5),
                    key,
                });
            }
        }
        let shown = |id: u32| structure.tables.iter().any(|table| table.id == id);
        for row in transaction.query_typed(REFERENCES, &[])? {
            let reference = Reference {
                name: row.get(0),
                from: (row.get(1), row.get(2)),
                to: (row.get(3), row.get(4)),
                one: row.get(5),
                optional: row.get(6),
            };
            if shown(reference.from.0) && shown(reference.to.0) {
                structure.references.push(reference);
            }
        }
        Ok(structure)
    })
}
