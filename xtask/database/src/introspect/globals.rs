//! What lies in no table: schemas, enums, extensions, roles.

use pg_schema::{Enum, Extension, Namespace, Objects, PUBLIC, QualifiedName, Role};
use postgres::types::Type;
use postgres::{GenericClient, Transaction};

use super::{Filter, Patterns, put};
use crate::error::QueryError;
use crate::history;

const SCHEMAS: &str = "
SELECT n.nspname AS name
  FROM pg_namespace n
 WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
   AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_namespace'::regclass AND d.objid = n.oid AND d.deptype = 'e')
 ORDER BY n.oid";

const ENUMS: &str = "
SELECT n.nspname AS schema, t.typname AS name, array_agg(e.enumlabel ORDER BY e.enumsortorder) FILTER (WHERE e.oid IS NOT NULL) AS labels
  FROM pg_type t
  JOIN pg_namespace n ON n.oid = t.typnamespace
  LEFT JOIN pg_enum e ON e.enumtypid = t.oid
 WHERE n.nspname = ANY ($1) AND t.typtype = 'e'
   AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e')
 GROUP BY t.oid, n.nspname, t.typname
 ORDER BY t.oid";

/// Every database has `plpgsql`, as it has `public`.
const EXTENSIONS: &str = "
SELECT e.extname AS name, n.nspname AS schema
  FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
 WHERE e.extname <> 'plpgsql' AND ($1::text[] IS NULL OR e.extname = ANY ($1))
 ORDER BY e.oid";

const ROLES: &str = "
SELECT rolname AS name, rolcreatedb AS create_db, rolcreaterole AS create_role, rolinherit AS inherit
  FROM pg_roles WHERE rolname = ANY ($1) ORDER BY array_position($1, rolname::text)";

/// Not PostgreSQL's own, nor the one that made the server, nor the one that reads.
const ALL_ROLES: &str = "
SELECT rolname AS name FROM pg_roles WHERE rolname !~ '^pg_' AND oid <> 10 AND rolname <> session_user ORDER BY oid";

const MEMBERS: &str = "
SELECT n.nspname AS schema, c.relname AS name
  FROM pg_depend d JOIN pg_class c ON c.oid = d.objid JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE d.classid = 'pg_class'::regclass AND d.deptype = 'e' AND c.relkind IN ('r', 'v', 'm') AND n.nspname = ANY ($1)
 ORDER BY c.oid";

/// The sequence of a column belongs to its table.
const NAMES: &str = "
SELECT n.nspname AS schema, c.relname AS name, COALESCE(t.relname, c.relname) AS of
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_depend o ON o.classid = 'pg_class'::regclass AND o.objid = c.oid AND c.relkind = 'S'
                       AND o.refclassid = 'pg_class'::regclass AND o.deptype IN ('a', 'i')
  LEFT JOIN pg_class t ON t.oid = o.refobjid
 WHERE n.nspname = ANY ($1) AND (c.relkind IN ('r', 'v', 'm', 'p', 'f') OR t.oid IS NOT NULL)";

/// The schemas that are looked at, in the order in which they were made.
pub(super) fn managed_schemas(
    transaction: &mut Transaction<'_>,
    wanted: &Patterns,
) -> Result<Vec<String>, QueryError> {
    let rows = transaction.query_typed(SCHEMAS, &[])?;
    let names = rows.iter().map(|row| row.get::<_, String>("name"));
    let managed = |name: &String| name != history::SCHEMA && wanted.select(name);
    Ok(names.filter(managed).collect())
}

pub(super) fn namespaces(managed: &[String]) -> Objects<Namespace> {
    let mut namespaces = Objects::default();
    for name in managed.iter().filter(|name| *name != PUBLIC) {
        put(&mut namespaces, Namespace { name: name.clone() });
    }
    namespaces
}

pub(super) fn enums(
    transaction: &mut Transaction<'_>,
    schemas: &[String],
) -> Result<Objects<Enum>, QueryError> {
    let mut enums = Objects::default();
    for row in transaction.query_typed(ENUMS, &[(&schemas, Type::TEXT_ARRAY)])? {
        let declared = Enum {
            name: QualifiedName::new(row.get::<_, String>("schema"), row.get::<_, String>("name")),
            values: row
                .get::<_, Option<Vec<String>>>("labels")
                .unwrap_or_default(),
        };
        put(&mut enums, declared);
    }
    Ok(enums)
}

pub(super) fn extensions(
    transaction: &mut Transaction<'_>,
    wanted: Option<&[String]>,
) -> Result<Objects<Extension>, QueryError> {
    let mut extensions = Objects::default();
    for row in transaction.query_typed(EXTENSIONS, &[(&wanted, Type::TEXT_ARRAY)])? {
        let extension = Extension {
            name: row.get("name"),
            schema: Some(row.get("schema")),
        };
        put(&mut extensions, extension);
    }
    Ok(extensions)
}

pub(super) fn roles(
    transaction: &mut Transaction<'_>,
    names: &[String],
) -> Result<Objects<Role>, QueryError> {
    let mut roles = Objects::default();
    if names.is_empty() {
        return Ok(roles);
    }
    for row in transaction.query_typed(ROLES, &[(&names, Type::TEXT_ARRAY)])? {
        let role = Role {
            name: row.get("name"),
            create_db: row.get("create_db"),
            create_role: row.get("create_role"),
            inherit: row.get("inherit"),
        };
        put(&mut roles, role);
    }
    Ok(roles)
}

/// The roles that count where the filter says which.
pub(super) fn selected_roles(
    transaction: &mut Transaction<'_>,
    wanted: &Patterns,
) -> Result<Vec<String>, QueryError> {
    let rows = transaction.query_typed(ALL_ROLES, &[])?;
    let names = rows.iter().map(|row| row.get::<_, String>("name"));
    Ok(names.filter(|name| wanted.select(name)).collect())
}

/// The tables and views that extensions made.
pub(super) fn members(
    transaction: &mut Transaction<'_>,
    schemas: &[String],
) -> Result<Vec<QualifiedName>, QueryError> {
    let rows = transaction.query_typed(MEMBERS, &[(&schemas, Type::TEXT_ARRAY)])?;
    let names = rows.iter().map(|row| {
        QualifiedName::new(row.get::<_, String>("schema"), row.get::<_, String>("name"))
    });
    Ok(names.collect())
}

/// Relations of any kind that do not count, with the sequences of their columns.
pub(crate) fn hidden_relations(
    client: &mut impl GenericClient,
    schemas: &[String],
    filter: &Filter,
) -> Result<Vec<QualifiedName>, QueryError> {
    let mut hidden = Vec::new();
    if filter.tables.is_empty() {
        return Ok(hidden);
    }
    for row in client.query_typed(NAMES, &[(&schemas, Type::TEXT_ARRAY)])? {
        let schema: String = row.get("schema");
        let of = QualifiedName::new(&schema, row.get::<_, String>("of"));
        if !filter.has_relation(&of) {
            hidden.push(QualifiedName::new(schema, row.get::<_, String>("name")));
        }
    }
    Ok(hidden)
}
