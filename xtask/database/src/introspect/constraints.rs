//! Primary keys, unique constraints, foreign keys and checks.

use pg_schema::{
    Check, Deferrable, ForeignKey, PrimaryKey, QualifiedName, ReferentialAction, Table, Unique,
    automatic_name,
};
use postgres::types::Type;
use postgres::{Row, Transaction};

use super::text::bare;
use super::{Relations, put};
use crate::error::QueryError;

/// The columns on both sides of a foreign key are paired by their place in `conkey` and `confkey`. A foreign key to a partitioned table has
/// another row for each partition, with a parent.
const CONSTRAINTS: &str = "
SELECT k.conrelid AS relation, k.conname AS name, k.contype::text AS kind, k.condeferrable AS deferrable, k.condeferred AS deferred,
       (SELECT array_agg(a.attname ORDER BY p.place) FROM unnest(k.conkey) WITH ORDINALITY p (number, place)
          JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = p.number) AS columns,
       rn.nspname AS referenced_schema, r.relname AS referenced_table,
       (SELECT array_agg(a.attname ORDER BY p.place) FROM unnest(k.confkey) WITH ORDINALITY p (number, place)
          JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = p.number) AS referenced_columns,
       k.confdeltype::text AS on_delete, k.confupdtype::text AS on_update,
       COALESCE((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false) AS nulls_not_distinct,
       pg_get_expr(k.conbin, k.conrelid) AS expression
  FROM pg_constraint k
  JOIN pg_class c ON c.oid = k.conrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_class r ON r.oid = k.confrelid
  LEFT JOIN pg_namespace rn ON rn.oid = r.relnamespace
  -- The column is there from PostgreSQL 15 on.
  LEFT JOIN pg_index i ON i.indexrelid = k.conindid AND k.contype = 'u'
 WHERE n.nspname = ANY ($1) AND k.contype IN ('p', 'u', 'f', 'c') AND k.conparentid = 0
 ORDER BY k.conrelid, k.oid";

pub(super) fn add(
    transaction: &mut Transaction<'_>,
    schemas: &[String],
    relations: &mut Relations,
) -> Result<(), QueryError> {
    for row in transaction.query_typed(CONSTRAINTS, &[(&schemas, Type::TEXT_ARRAY)])? {
        if let Some(table) = relations.table(row.get("relation")) {
            add_to(table, &row);
        }
    }
    Ok(())
}

fn add_to(table: &mut Table, row: &Row) {
    let name: String = row.get("name");
    let columns = names(row, "columns");
    match row.get("kind") {
        "p" => table.primary_key = Some(primary_key(&table.name, name, columns)),
        "u" => put(
            &mut table.uniques,
            Unique {
                name,
                columns,
                nulls_not_distinct: row.get("nulls_not_distinct"),
                deferrable: deferrable(row),
            },
        ),
        "f" => put(
            &mut table.foreign_keys,
            ForeignKey {
                name,
                columns,
                references: QualifiedName::new(
                    row.get::<_, String>("referenced_schema"),
                    row.get::<_, String>("referenced_table"),
                ),
                referenced_columns: names(row, "referenced_columns"),
                on_delete: action(row.get("on_delete")),
                on_update: action(row.get("on_update")),
                deferrable: deferrable(row),
            },
        ),
        // Without an expression, it has gone since the snapshot was taken.
        _ => {
            if let Some(expression) = row.get::<_, Option<&str>>("expression") {
                let expression = bare(expression).to_owned();
                put(&mut table.checks, Check { name, expression });
            }
        }
    }
}

/// One on a single column with the name that PostgreSQL gives it counts as declared on its column.
fn primary_key(table: &QualifiedName, name: String, columns: Vec<String>) -> PrimaryKey {
    let unnamed = columns.len() == 1 && name == automatic_name(&table.name, None, "pkey");
    PrimaryKey {
        name: (!unnamed).then_some(name),
        columns,
    }
}

fn names(row: &Row, column: &str) -> Vec<String> {
    row.get::<_, Option<Vec<String>>>(column)
        .unwrap_or_default()
}

fn deferrable(row: &Row) -> Deferrable {
    match (row.get("deferrable"), row.get("deferred")) {
        (false, _) => Deferrable::No,
        (true, false) => Deferrable::InitiallyImmediate,
        (true, true) => Deferrable::InitiallyDeferred,
    }
}

fn action(code: &str) -> ReferentialAction {
    match code {
        "r" => ReferentialAction::Restrict,
        "c" => ReferentialAction::Cascade,
        "n" => ReferentialAction::SetNull,
        "d" => ReferentialAction::SetDefault,
        _ => ReferentialAction::NoAction,
    }
}
