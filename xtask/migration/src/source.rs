//! A state as the Rust source of a declaration, for a database that this tool is to take over.
//!
//! The source is the inverse of the declaration: compiled and built it gives [`Source::schema`], which is the state that was found but for spelling
//! and for what no declaration can state. A new kind of column or object that the declaration learns is to be written here, too; what is not would
//! be missing in the source of a database that has it, which the tests that compile sources see.

mod column;
mod data_type;
mod declared;
mod literal;
mod name;
mod object;
mod table;
mod tree;

use pg_schema::{CommentTarget, Objects, PUBLIC, QualifiedName, Schema};

use self::declared::declared;
use self::name::Names;
use self::tree::{Expression, Method};

/// A schema's Rust source.
#[derive(Debug, Clone)]
pub struct Source {
    /// The text of a module with a function `schema`.
    pub text: String,
    /// What it declares.
    pub schema: Schema,
    /// What of the state it does not declare, since no declaration can.
    pub left_out: Vec<LeftOut>,
}

/// Something that is not declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// The table or view that it is a part of.
    pub relation: Option<QualifiedName>,
    /// What it is, as a line for people.
    pub what: String,
}

/// Writes the source of a schema. `outside` is what the state has no place for; it stands as comments where it belongs.
#[must_use]
pub fn rust_source(found: &Schema, outside: &[LeftOut]) -> Source {
    let mut left_out = Vec::new();
    let schema = declared(found, &mut left_out);
    let writer = Writer {
        schema: &schema,
        comments: Comments(&schema.comments),
    };
    let notes: Vec<_> = outside.iter().chain(&left_out).collect();
    let text = writer.text(&notes);
    Source {
        text,
        schema,
        left_out,
    }
}

/// The table or view of the schema that an object is a part of, by the identity that PostgreSQL gives it: `public.t.c`, `trigger on public.t`,
/// `public.index_of_t`.
#[must_use]
pub fn relation_of(identity: &str, schema: &Schema) -> Option<QualifiedName> {
    let names = names_in(identity.strip_prefix("for ").unwrap_or(identity));
    let [of, name, ..] = names.as_slice() else {
        return None;
    };
    let name = QualifiedName::new(of, name);
    if schema.tables.contains(&name) || schema.views.contains(&name) {
        return Some(name);
    }
    let in_tables = schema.tables.iter().map(|it| (&it.name, &it.indexes));
    let in_views = schema.views.iter().map(|it| (&it.name, &it.indexes));
    let mut relations = in_tables.chain(in_views);
    let of_index = relations
        .find(|(relation, indexes)| relation.schema == name.schema && indexes.contains(&name.name));
    of_index.map(|(relation, _)| relation.clone())
}

/// The names of a dotted name as SQL, the outermost first: `public."a.b"` is two. What stands before ` on `, as in `trigger on public.t`, is left out.
pub(crate) fn names_in(identity: &str) -> Vec<String> {
    let mut names = vec![String::new()];
    let mut quoted = false;
    let mut rest = identity;
    while let Some(c) = rest.chars().next() {
        if !quoted && let Some(behind) = rest.strip_prefix(" on ") {
            names = vec![String::new()];
            rest = behind;
            continue;
        }
        let name = names.last_mut();
        rest = &rest[c.len_utf8()..];
        match (c, name) {
            ('"', Some(name)) if quoted && rest.starts_with('"') => {
                name.push('"');
                rest = &rest[1..];
            }
            ('"', _) => quoted = !quoted,
            ('.', _) if !quoted => names.push(String::new()),
            (c, Some(name)) => name.push(c),
            (_, None) => {}
        }
    }
    names
}

struct Writer<'a> {
    schema: &'a Schema,
    comments: Comments<'a>,
}

struct Comments<'a>(&'a Objects<pg_schema::Comment>);

impl Comments<'_> {
    /// `.comment(…)`, if there is one.
    fn method(&self, on: CommentTarget) -> Option<Method> {
        let comment = self.0.get(&on)?;
        Some(Method::new("comment", vec![literal::text(&comment.text)]))
    }
}

const HEAD: &str = "//! The schema of the database, as `cargo xtask db pull` found it, and from now on the single source of truth. After a change:
//! `cargo xtask db generate --name what_it_does`.

use pg_schema::prelude::*;
";

impl Writer<'_> {
    fn text(&self, notes: &[&LeftOut]) -> String {
        let mut names = Names::new();
        let mut items = self.globals();
        items.extend(self.existing_tables());
        let mut functions = Vec::new();
        for table in &self.schema.tables {
            let name = names.give(&table.name.name, stated(&table.name), "table");
            items.push(Method::new(
                "with",
                vec![Expression::Text(format!("{name}()"))],
            ));
            functions.push((name, "Table", &table.name, self.table(table)));
        }
        for view in &self.schema.views {
            let name = names.give(&view.name.name, stated(&view.name), "view");
            items.push(Method::new(
                "with",
                vec![Expression::Text(format!("{name}()"))],
            ));
            let kind = if view.materialized {
                "MaterializedView"
            } else {
                "View"
            };
            functions.push((name, kind, &view.name, self.view(view)));
        }
        items.extend(self.linked_policies());
        let is_of = |note: &LeftOut, name: &QualifiedName| note.relation.as_ref() == Some(name);
        let of_none = |note: &&&LeftOut| !functions.iter().any(|(_, _, name, _)| is_of(note, name));

        let mut text = HEAD.to_owned();
        let general: Vec<_> = notes.iter().filter(of_none).collect();
        if !general.is_empty() {
            text.push_str("\n// The database holds, and no declaration can state:\n");
            for note in general {
                text.push_str(&comment_line("- ", &note.what));
            }
        }
        text.push_str("\n#[must_use]\npub fn schema() -> Declaration {\n    ");
        let declaration = Expression::Call("Declaration::new", Vec::new()).with(items);
        text.push_str(&declaration.lines(4, 0));
        text.push_str("\n}\n");
        for (function, kind, name, expression) in &functions {
            text.push('\n');
            for note in notes.iter().filter(|note| is_of(note, name)) {
                text.push_str(&comment_line("Not declared: ", &note.what));
            }
            text.push_str(&format!("fn {function}() -> {kind} {{\n    "));
            text.push_str(&expression.lines(4, 0));
            text.push_str("\n}\n");
        }
        text
    }
}

/// A name with a line break in it stays in the comment.
fn comment_line(before: &str, text: &str) -> String {
    let text: String = text
        .chars()
        .flat_map(|c| {
            let escapes = c.escape_debug();
            let special = escapes.len() > 1 && !matches!(c, '"' | '\'' | '\\');
            let kept = (!special).then_some(c);
            kept.into_iter().chain(escapes.filter(move |_| special))
        })
        .collect();
    format!("// {before}{}\n", text.trim_end())
}

/// The schema, where a declaration states it.
fn stated(name: &QualifiedName) -> Option<&str> {
    (name.schema != PUBLIC).then_some(&name.schema)
}

/// `.in_schema(…)`, where the object does not lie in `public`.
fn in_schema(name: &QualifiedName) -> Option<Method> {
    stated(name).map(|schema| Method::new("in_schema", vec![literal::text(schema)]))
}

/// What refers to `name` from an object in `schema`.
fn reference(name: &QualifiedName, schema: &str) -> Expression {
    if name.schema == schema {
        literal::text(&name.name)
    } else {
        pair(&name.schema, &name.name)
    }
}

fn pair(schema: &str, name: &str) -> Expression {
    let parts = [literal::text(schema), literal::text(name)];
    Expression::Call("", parts.to_vec())
}

/// A collation: PostgreSQL's own go without their schema.
fn collation(name: &QualifiedName) -> Method {
    Method::new("collate", vec![reference(name, "pg_catalog")])
}

#[cfg(test)]
mod tests {
    use super::names_in;

    #[test]
    fn the_names_of_what_an_object_belongs_to_are_found() {
        for (identity, names) in [
            ("public.t", vec!["public", "t"]),
            ("public.\"a.\"\"b\".c", vec!["public", "a.\"b", "c"]),
            ("\"x on y\" on app.\"T\"", vec!["app", "T"]),
            ("mood", vec!["mood"]),
        ] {
            assert_eq!(names_in(identity), names, "{identity}");
        }
    }
}
