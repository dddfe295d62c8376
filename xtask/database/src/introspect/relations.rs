//! Tables and views themselves.

use indexmap::IndexMap;
use pg_schema::{QualifiedName, StorageParameter, Table, View};
use postgres::types::Type;
use postgres::{Row, Transaction};

use super::{Relation, Relations};
use crate::error::QueryError;

/// Not those of extensions, and not those whose columns are another table's affair.
const RELATIONS: &str = "
SELECT c.oid, n.nspname AS schema, c.relname AS name, c.relkind::text AS kind, c.relrowsecurity AS row_security, c.reloptions AS options,
       s.spcname AS tablespace, a.amname AS access_method, NOT c.relispopulated AS with_no_data,
       CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END AS definition
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_tablespace s ON s.oid = c.reltablespace
  LEFT JOIN pg_am a ON a.oid = c.relam AND a.amname <> current_setting('default_table_access_method')
 WHERE n.nspname = ANY ($1) AND c.relkind IN ('r', 'v', 'm')
   AND NOT EXISTS (SELECT FROM pg_inherits i WHERE i.inhrelid = c.oid)
   AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
 ORDER BY c.oid";

pub(super) fn relations(
    transaction: &mut Transaction<'_>,
    schemas: &[String],
) -> Result<Relations, QueryError> {
    let rows = transaction.query_typed(RELATIONS, &[(&schemas, Type::TEXT_ARRAY)])?;
    let mut relations = IndexMap::with_capacity(rows.len());
    for row in &rows {
        relations.insert(row.get("oid"), relation(row));
    }
    Ok(Relations(relations))
}

fn relation(row: &Row) -> Relation {
    let name = QualifiedName::new(row.get::<_, String>("schema"), row.get::<_, String>("name"));
    let kind: &str = row.get("kind");
    if kind == "r" {
        return Relation::Table(Box::new(Table {
            row_security: row.get("row_security"),
            ..Table::new(name)
        }));
    }
    let definition: Option<&str> = row.get("definition");
    let materialized = kind == "m";
    Relation::View(Box::new(View {
        definition: definition.map(|query| query.trim().trim_end_matches(';').to_owned()),
        materialized,
        with: parameters(row.get("options")),
        tablespace: row.get("tablespace"),
        access_method: row.get("access_method"),
        with_no_data: materialized && row.get("with_no_data"),
        ..View::existing(name)
    }))
}

/// `{fillfactor=70}` as the catalogs have it.
pub(super) fn parameters(options: Option<Vec<String>>) -> Vec<StorageParameter> {
    let options = options.unwrap_or_default();
    let parameters = options.iter().map(|option| {
        let (name, value) = option.split_once('=').unwrap_or((option, "true"));
        StorageParameter {
            name: name.to_owned(),
            value: value.to_owned(),
            as_string: false,
        }
    });
    parameters.collect()
}
