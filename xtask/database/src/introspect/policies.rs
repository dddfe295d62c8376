//! Row security policies.

use pg_schema::{LinkedPolicy, Objects, Policy, PolicyCommand, QualifiedName};
use postgres::types::Type;
use postgres::{Row, Transaction};

use super::text::bare;
use super::{Relations, put};
use crate::error::QueryError;

/// Those on the tables of some schemas, and on some tables more.
const POLICIES: &str = "
SELECT p.polrelid AS relation, n.nspname AS schema, c.relname AS table, p.polname AS name, p.polpermissive AS permissive, p.polcmd::text AS command,
       (SELECT array_agg(COALESCE(r.rolname, 'public') ORDER BY t.place) FROM unnest(p.polroles) WITH ORDINALITY t (role, place)
          LEFT JOIN pg_roles r ON r.oid = t.role) AS roles,
       pg_get_expr(p.polqual, p.polrelid) AS using, pg_get_expr(p.polwithcheck, p.polrelid) AS with_check
  FROM pg_policy p
  JOIN pg_class c ON c.oid = p.polrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = ANY ($1) OR (n.nspname, c.relname) IN (SELECT * FROM unnest($2, $3))
 ORDER BY p.polrelid, p.oid";

fn rows(
    transaction: &mut Transaction<'_>,
    schemas: &[String],
    tables: &[QualifiedName],
) -> Result<Vec<Row>, QueryError> {
    let (of, named): (Vec<_>, Vec<_>) = tables
        .iter()
        .map(|table| (&table.schema, &table.name))
        .unzip();
    Ok(transaction.query_typed(
        POLICIES,
        &[
            (&schemas, Type::TEXT_ARRAY),
            (&of, Type::TEXT_ARRAY),
            (&named, Type::TEXT_ARRAY),
        ],
    )?)
}

pub(super) fn add(
    transaction: &mut Transaction<'_>,
    schemas: &[String],
    relations: &mut Relations,
) -> Result<(), QueryError> {
    for row in rows(transaction, schemas, &[])? {
        if let Some(table) = relations.table(row.get("relation")) {
            put(&mut table.policies, policy(&row));
            // A policy implies it.
            table.row_security = false;
        }
    }
    Ok(())
}

/// The policies on tables that the state does not hold.
pub(super) fn linked(
    transaction: &mut Transaction<'_>,
    on: &[QualifiedName],
) -> Result<Objects<LinkedPolicy>, QueryError> {
    let mut policies = Objects::default();
    if on.is_empty() {
        return Ok(policies);
    }
    for row in rows(transaction, &[], on)? {
        let table = QualifiedName::new(
            row.get::<_, String>("schema"),
            row.get::<_, String>("table"),
        );
        let policy = policy(&row);
        let name = (table, policy.name.clone());
        put(&mut policies, LinkedPolicy { name, policy });
    }
    Ok(policies)
}

fn policy(row: &Row) -> Policy {
    let expression = |column: &str| {
        row.get::<_, Option<&str>>(column)
            .map(|sql| bare(sql).to_owned())
    };
    Policy {
        name: row.get("name"),
        permissive: row.get("permissive"),
        command: match row.get("command") {
            "r" => PolicyCommand::Select,
            "a" => PolicyCommand::Insert,
            "w" => PolicyCommand::Update,
            "d" => PolicyCommand::Delete,
            _ => PolicyCommand::All,
        },
        roles: row
            .get::<_, Option<Vec<String>>>("roles")
            .unwrap_or_default(),
        using: expression("using"),
        with_check: expression("with_check"),
    }
}
