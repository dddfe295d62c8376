//! Indexes that are not a constraint's own.

use indexmap::IndexMap;
use pg_schema::{Index, IndexKey, IndexTerm, NullsOrder, QualifiedName, SortOrder};
use postgres::types::Type;
use postgres::{Row, Transaction};

use super::relations::parameters;
use super::text::bare;
use super::{Relation, Relations, put};
use crate::error::QueryError;

/// An invalid index is what a failed CREATE INDEX CONCURRENTLY leaves behind: no query uses it. A foreign key names the index that it refers to, too.
/// Asking `pg_depend` instead, the planner expects one row and compares each index with each constraint.
const INDEXES: &str = "
SELECT i.indexrelid AS index, i.indrelid AS relation, c.relname AS name, i.indisunique AS unique, m.amname AS method, c.reloptions AS options,
       i.indisunique AND COALESCE((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false) AS nulls_not_distinct, pg_get_expr(i.indpred, i.indrelid) AS predicate
  FROM pg_index i
  JOIN pg_class c ON c.oid = i.indexrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_am m ON m.oid = c.relam
 WHERE n.nspname = ANY ($1) AND i.indisvalid
   AND NOT EXISTS (SELECT FROM pg_constraint own
                    WHERE own.conindid = i.indexrelid AND own.conrelid = i.indrelid AND own.contype IN ('p', 'u', 'x'))
 ORDER BY i.indrelid, i.indexrelid";

/// One row a key or included column, in order. The vectors of `pg_index` begin at 0. A default operator class counts as such only if the
/// column's type has no other one. The collation of an expression is its own if the whole definition does not state it.
const KEYS: &str = "
SELECT i.indexrelid AS index, k.place <= i.indnkeyatts AS is_key, a.attname AS column,
       CASE WHEN k.number = 0 THEN pg_get_indexdef(i.indexrelid, k.place::integer, false) END AS expression,
       i.indoption[k.place - 1] & 1 = 1 AS descending, i.indoption[k.place - 1] & 2 = 2 AS nulls_first,
       CASE WHEN k.number = 0 THEN co.oid IS NOT NULL AND position(pg_get_indexdef(i.indexrelid, k.place::integer, false) || ' COLLATE ' IN pg_get_indexdef(i.indexrelid)) > 0
            ELSE co.oid <> a.attcollation END AS collated,
       cn.nspname AS collation_schema, co.collname AS collation,
       CASE WHEN o.opcdefault AND ia.attoptions IS NULL AND d.oid IS NULL THEN NULL
            WHEN pg_opclass_is_visible(o.oid) THEN quote_ident(o.opcname)
            ELSE quote_ident(opn.nspname) || '.' || quote_ident(o.opcname) END AS operator_class,
       ia.attoptions AS class_options
  FROM pg_index i
  JOIN pg_class c ON c.oid = i.indexrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
  CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY k (number, place)
  JOIN pg_attribute ia ON ia.attrelid = i.indexrelid AND ia.attnum = k.place
  LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number AND k.number <> 0
  LEFT JOIN pg_collation co ON co.oid = i.indcollation[k.place - 1]
  LEFT JOIN pg_namespace cn ON cn.oid = co.collnamespace
  LEFT JOIN pg_opclass o ON o.oid = i.indclass[k.place - 1]
  LEFT JOIN pg_opclass d ON d.opcmethod = o.opcmethod AND d.opcdefault AND d.opcintype = a.atttypid AND d.oid <> o.oid
  LEFT JOIN pg_namespace opn ON opn.oid = o.opcnamespace
 WHERE n.nspname = ANY ($1) AND i.indisvalid
   AND NOT EXISTS (SELECT FROM pg_constraint own
                    WHERE own.conindid = i.indexrelid AND own.conrelid = i.indrelid AND own.contype IN ('p', 'u', 'x'))
 ORDER BY i.indexrelid, k.place";

pub(super) fn add(
    transaction: &mut Transaction<'_>,
    schemas: &[String],
    relations: &mut Relations,
) -> Result<(), QueryError> {
    let mut indexes: IndexMap<u32, (u32, Index)> = IndexMap::new();
    for row in transaction.query_typed(INDEXES, &[(&schemas, Type::TEXT_ARRAY)])? {
        indexes.insert(row.get("index"), (row.get("relation"), index(&row)));
    }
    for row in transaction.query_typed(KEYS, &[(&schemas, Type::TEXT_ARRAY)])? {
        if let Some((_, index)) = indexes.get_mut(&row.get::<_, u32>("index")) {
            if row.get("is_key") {
                index.keys.extend(key(&row));
            } else {
                index.include.extend(row.get::<_, Option<String>>("column"));
            }
        }
    }
    for (relation, index) in indexes.into_values() {
        match relations.relation(relation) {
            Some(Relation::Table(table)) => put(&mut table.indexes, index),
            Some(Relation::View(view)) => put(&mut view.indexes, index),
            None => {}
        }
    }
    Ok(())
}

fn index(row: &Row) -> Index {
    let predicate: Option<&str> = row.get("predicate");
    Index {
        name: row.get("name"),
        unique: row.get("unique"),
        method: row.get("method"),
        keys: Vec::new(),
        include: Vec::new(),
        nulls_not_distinct: row.get("nulls_not_distinct"),
        predicate: predicate.map(|predicate| bare(predicate).to_owned()),
        with: parameters(row.get("options")),
        concurrently: false,
    }
}

fn key(row: &Row) -> Option<IndexKey> {
    let collated: Option<bool> = row.get("collated");
    let collation = || {
        Some(QualifiedName::new(
            row.get::<_, Option<String>>("collation_schema")?,
            row.get::<_, Option<String>>("collation")?,
        ))
    };
    Some(IndexKey {
        term: term(row)?,
        order: if row.get("descending") {
            SortOrder::Descending
        } else {
            SortOrder::Ascending
        },
        nulls: if row.get("nulls_first") {
            NullsOrder::First
        } else {
            NullsOrder::Last
        },
        collation: collated.unwrap_or(false).then(collation).flatten(),
        operator_class: operator_class(row),
    })
}

/// An expression is in parentheses, unless it is a call of a function, as the grammar has it.
fn term(row: &Row) -> Option<IndexTerm> {
    if let Some(column) = row.get("column") {
        return Some(IndexTerm::Column(column));
    }
    let printed: &str = row.get::<_, Option<&str>>("expression")?;
    let expression = bare(printed);
    Some(IndexTerm::Expression(
        if expression.len() == printed.len() {
            expression.to_owned()
        } else {
            format!("({expression})")
        },
    ))
}

fn operator_class(row: &Row) -> Option<String> {
    let class: Option<String> = row.get("operator_class");
    let options: Option<Vec<String>> = row.get("class_options");
    match options {
        Some(options) => Some(format!("{} ({})", class?, options.join(", "))),
        None => class,
    }
}
