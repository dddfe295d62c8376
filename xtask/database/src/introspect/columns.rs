//! The columns of tables and views.

use pg_schema::{Column, ColumnType, DefaultValue, Identity, IdentityKind, QualifiedName};
use postgres::types::Type;
use postgres::{Row, Transaction};

use super::sequences::Sequences;
use super::text::bare;
use super::{Relation, Relations, put};
use crate::error::QueryError;

/// `attndims` is what was declared; it can be 0 for an array that was never declared, as after CREATE TABLE AS.
const COLUMNS: &str = "
SELECT a.attrelid AS relation, a.attnum::integer AS number, a.attname AS name, a.attnotnull AS not_null,
       format_type(t.oid, a.atttypmod) AS type, CASE WHEN t.typtype = 'e' THEN tn.nspname END AS enum_schema, t.typname AS type_name,
       CASE WHEN own.oid <> t.oid THEN GREATEST(a.attndims::integer, 1) ELSE 0 END AS dimensions,
       CASE WHEN a.attcollation <> own.typcollation THEN cn.nspname END AS collation_schema, co.collname AS collation,
       pg_get_expr(d.adbin, d.adrelid) AS default, a.attgenerated <> '' AS generated, a.attidentity::text AS identity,
       t.typtype = 'd' AS is_domain
  FROM pg_attribute a
  JOIN pg_class c ON c.oid = a.attrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_type own ON own.oid = a.atttypid
  LEFT JOIN pg_type element ON element.typarray = own.oid
  JOIN pg_type t ON t.oid = COALESCE(element.oid, own.oid)
  JOIN pg_namespace tn ON tn.oid = t.typnamespace
  LEFT JOIN pg_collation co ON co.oid = a.attcollation
  LEFT JOIN pg_namespace cn ON cn.oid = co.collnamespace
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
 WHERE n.nspname = ANY ($1) AND c.relkind IN ('r', 'v', 'm') AND a.attnum > 0 AND NOT a.attisdropped
 ORDER BY a.attrelid, a.attnum";

pub(super) fn add(
    transaction: &mut Transaction<'_>,
    schemas: &[String],
    relations: &mut Relations,
    sequences: &mut Sequences,
) -> Result<(), QueryError> {
    for row in transaction.query_typed(COLUMNS, &[(&schemas, Type::TEXT_ARRAY)])? {
        match relations.relation(row.get("relation")) {
            Some(Relation::Table(table)) => {
                let column = table_column(&row, &table.name, sequences);
                put(&mut table.columns, column);
            }
            Some(Relation::View(view)) => put(&mut view.columns, plain_column(&row)),
            None => {}
        }
    }
    Ok(())
}

fn plain_column(row: &Row) -> Column {
    let schema: Option<String> = row.get("collation_schema");
    Column {
        name: row.get("name"),
        data_type: data_type(row),
        collation: schema
            .map(|schema| QualifiedName::new(schema, row.get::<_, String>("collation"))),
        not_null: row.get("not_null"),
        default: None,
        generated: None,
        identity: None,
    }
}

fn table_column(row: &Row, table: &QualifiedName, sequences: &mut Sequences) -> Column {
    let mut column = plain_column(row);
    let place = (row.get("relation"), row.get("number"));
    column.identity = identity(row, place, sequences);
    let Some(expression) = row.get::<_, Option<String>>("default") else {
        return column;
    };
    if row.get("generated") {
        column.generated = Some(bare(&expression).to_owned());
        return column;
    }
    let scalar = if row.get::<_, i32>("dimensions") == 0 {
        row.get("type")
    } else {
        ""
    };
    // A column that takes NULL is no serial, whatever its default is.
    let serial = column
        .not_null
        .then(|| sequences.take_serial(table, place, &column.name, scalar, &expression));
    match serial.flatten() {
        Some(serial) => column.data_type = ColumnType::parse(serial),
        None => column.default = default(expression, row.get("is_domain")),
    }
    column
}

fn identity(row: &Row, (table, column): (u32, i32), sequences: &mut Sequences) -> Option<Identity> {
    let kind = match row.get("identity") {
        "a" => IdentityKind::Always,
        "d" => IdentityKind::ByDefault,
        _ => return None,
    };
    let sequence = sequences.take(table, column)?;
    Some(Identity {
        kind,
        sequence: sequence.name,
        options: sequence.options,
    })
}

/// An enum is known by its schema and name; every other type by its SQL, with its modifiers.
fn data_type(row: &Row) -> ColumnType {
    let enum_schema: Option<String> = row.get("enum_schema");
    let scalar = match enum_schema {
        Some(schema) => ColumnType::user_defined(schema, row.get("type_name")),
        None => ColumnType::parse(row.get("type")),
    };
    let dimensions: i32 = row.get("dimensions");
    (0..dimensions).fold(scalar, |data_type, _| data_type.array_of(None))
}

/// NULL is no default, but where it overrides that of a domain.
fn default(expression: String, is_domain: bool) -> Option<DefaultValue> {
    let is_null = expression == "NULL" || expression.starts_with("NULL::");
    if is_null && !is_domain {
        return None;
    }
    let digits = expression.bytes().all(|byte| byte.is_ascii_digit());
    Some(match expression.as_str() {
        "true" => DefaultValue::Boolean(true),
        "false" => DefaultValue::Boolean(false),
        _ if digits => DefaultValue::Number(expression),
        _ => DefaultValue::Sql(expression),
    })
}
