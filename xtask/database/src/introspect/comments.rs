//! Comments on what the state holds.

use pg_schema::{Comment, CommentTarget, Objects, QualifiedName, Schema};
use postgres::types::Type;
use postgres::{Row, Transaction};

use super::{Outside, put};
use crate::error::QueryError;

/// `names` are those of the object, outermost first; an index comes with its table. PostgreSQL's own comment on `public` and an extension's on
/// itself are no one's.
const COMMENTS: &str = "
SELECT CASE WHEN d.classoid = 'pg_type'::regclass THEN 'type' ELSE i.type END AS kind, i.identity, d.description AS text,
       CASE d.classoid WHEN 'pg_type'::regclass THEN ARRAY[tn.nspname::text, t.typname]
                       ELSE a.object_names END AS names,
       it.relname AS indexed
  FROM pg_description d
  CROSS JOIN LATERAL pg_identify_object(d.classoid, d.objoid, d.objsubid) i
  CROSS JOIN LATERAL pg_identify_object_as_address(d.classoid, d.objoid, d.objsubid) a
  LEFT JOIN pg_type t ON d.classoid = 'pg_type'::regclass AND t.oid = d.objoid
  LEFT JOIN pg_namespace tn ON tn.oid = t.typnamespace
  LEFT JOIN pg_index x ON d.classoid = 'pg_class'::regclass AND x.indexrelid = d.objoid
  LEFT JOIN pg_class it ON it.oid = x.indrelid
 WHERE d.classoid IN ('pg_class'::regclass, 'pg_namespace'::regclass, 'pg_constraint'::regclass, 'pg_policy'::regclass, 'pg_extension'::regclass,
                      'pg_type'::regclass)
   AND (d.objoid >= 16384 OR d.classoid = 'pg_namespace'::regclass AND d.objoid = 'public'::regnamespace)
   AND NOT (d.classoid = 'pg_namespace'::regclass AND i.identity = 'public' AND d.description = 'standard public schema')
   AND NOT (d.classoid = 'pg_extension'::regclass
            AND d.description = (SELECT v.comment FROM pg_available_extensions() v WHERE v.name = a.object_names[1]))
   AND (d.classoid = 'pg_extension'::regclass OR COALESCE(tn.nspname, a.object_names[1]) = ANY ($1))
 ORDER BY d.classoid, d.objoid, d.objsubid";

const ROLE_COMMENTS: &str = "
SELECT r.rolname AS name, d.description AS text FROM pg_shdescription d JOIN pg_roles r ON r.oid = d.objoid
 WHERE d.classoid = 'pg_authid'::regclass AND r.rolname = ANY ($1) ORDER BY r.oid";

pub(super) fn comments(
    transaction: &mut Transaction<'_>,
    schemas: &[String],
    schema: &Schema,
    outside: &mut Vec<Outside>,
) -> Result<Objects<Comment>, QueryError> {
    let mut comments = Objects::default();
    for row in transaction.query_typed(COMMENTS, &[(&schemas, Type::TEXT_ARRAY)])? {
        let text = row.get("text");
        match target(&row) {
            Some(on) if schema.holds(&on) => put(&mut comments, Comment { on, text }),
            // The comment on something outside is a part of that. The index of a constraint and the sequence of a column are in the state, but
            // not by themselves.
            Some(CommentTarget::Index(..) | CommentTarget::Sequence(_)) => outside.push(Outside {
                kind: row.get("kind"),
                identity: row.get("identity"),
                detail: Some("comment".to_owned()),
            }),
            _ => {}
        }
    }
    let roles: Vec<_> = schema.roles.iter().map(|role| &role.name).collect();
    if !roles.is_empty() {
        for row in transaction.query_typed(ROLE_COMMENTS, &[(&roles, Type::TEXT_ARRAY)])? {
            let on = CommentTarget::Role(row.get("name"));
            put(
                &mut comments,
                Comment {
                    on,
                    text: row.get("text"),
                },
            );
        }
    }
    Ok(comments)
}

fn target(row: &Row) -> Option<CommentTarget> {
    let names: Vec<String> = row.get("names");
    let mut names = names.into_iter();
    let first = names.next()?;
    let kind: &str = row.get("kind");
    match kind {
        "schema" => return Some(CommentTarget::Namespace(first)),
        "extension" => return Some(CommentTarget::Extension(first)),
        _ => {}
    }
    let relation = QualifiedName::new(first, names.next()?);
    Some(match kind {
        "type" => CommentTarget::Enum(relation),
        "sequence" => CommentTarget::Sequence(relation),
        "table" => CommentTarget::Table(relation),
        "view" | "materialized view" => CommentTarget::View(relation),
        "index" => {
            let table = QualifiedName::new(relation.schema, row.get::<_, String>("indexed"));
            CommentTarget::Index(table, relation.name)
        }
        "table column" | "view column" | "materialized view column" => {
            CommentTarget::Column(relation, names.next()?)
        }
        "table constraint" => CommentTarget::Constraint(relation, names.next()?),
        "policy" => CommentTarget::Policy(relation, names.next()?),
        _ => return None,
    })
}
