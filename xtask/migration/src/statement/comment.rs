//! COMMENT.

use pg_schema::{CommentTarget, quote_identifier, quote_literal};

use super::view::view_kind;

pub(super) fn comment_on(on: &CommentTarget, materialized: bool, text: Option<&str>) -> String {
    let target = match on {
        CommentTarget::Namespace(name) => format!("SCHEMA {}", quote_identifier(name)),
        CommentTarget::Enum(name) => format!("TYPE {}", name.sql()),
        CommentTarget::Sequence(name) => format!("SEQUENCE {}", name.sql()),
        CommentTarget::Table(name) => format!("TABLE {}", name.short_sql()),
        CommentTarget::View(name) => format!("{} {}", view_kind(materialized), name.sql()),
        CommentTarget::Column(relation, column) => {
            let column = quote_identifier(column);
            format!("COLUMN {}.{column}", relation.short_sql())
        }
        CommentTarget::Constraint(table, name) => part("CONSTRAINT", name, &table.short_sql()),
        CommentTarget::Index(table, name) => {
            let index = pg_schema::QualifiedName::new(&table.schema, name);
            format!("INDEX {}", index.short_sql())
        }
        CommentTarget::Policy(table, name) => part("POLICY", name, &table.sql()),
        CommentTarget::Extension(name) => format!("EXTENSION {}", quote_identifier(name)),
        CommentTarget::Role(name) => format!("ROLE {}", quote_identifier(name)),
    };
    let text = text.map_or_else(|| "NULL".to_owned(), quote_literal);
    format!("COMMENT ON {target} IS {text};")
}

fn part(kind: &str, name: &str, table: &str) -> String {
    format!("{kind} {} ON {table}", quote_identifier(name))
}
