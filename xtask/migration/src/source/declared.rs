//! The state that the source declares: the one that was found, in the spelling that the declaration gives it.
//!
//! It differs from what was found in nothing that PostgreSQL keeps, but for what no declaration can state, which is told.

use pg_schema::{
    Column, ColumnType, Comment, CommentTarget, DefaultValue, Object, Objects, PUBLIC, Policy,
    QualifiedName, Schema, Sequence, StorageParameter, Table, View, nearest, quote_literal,
};

use super::LeftOut;
use super::data_type::{Notation, notation};

pub(super) fn declared(found: &Schema, left_out: &mut Vec<LeftOut>) -> Schema {
    let mut schema = Schema {
        tables: Objects::default(),
        views: Objects::default(),
        sequences: Objects::default(),
        extensions: Objects::default(),
        policies: Objects::default(),
        comments: Objects::default(),
        ..found.clone()
    };
    // A snapshot could not tell its name from an array of another type.
    schema.enums.retain(|declared| {
        let is_plain = ColumnType::user_defined("", &declared.name.name)
            .dimensions()
            .is_empty();
        if !is_plain {
            left_out.push(LeftOut {
                relation: None,
                what: format!("enum {}", declared.name.sql()),
            });
        }
        is_plain
    });
    for extension in &found.extensions {
        let mut extension = extension.clone();
        // Without one it comes into `public`.
        let stated = |name: &String| name != PUBLIC && is_no_slip(name, found);
        extension.schema = extension.schema.filter(stated);
        put(&mut schema.extensions, extension);
    }
    for table in &found.tables {
        put(&mut schema.tables, table_of(table, found));
    }
    for view in &found.views {
        put(&mut schema.views, view_of(view, found, left_out));
    }
    for linked in &found.policies {
        let mut linked = linked.clone();
        linked.policy = policy_of(&linked.policy);
        put(&mut schema.policies, linked);
    }
    for sequence in &found.sequences {
        put(&mut schema.sequences, sequence_of(sequence, found));
    }
    for comment in &found.comments {
        if schema.holds(&comment.on) {
            put(&mut schema.comments, comment.clone());
        }
    }
    schema
}

/// The declaration takes a schema that is not declared for a slip where one of nearly the same name is.
fn is_no_slip(name: &str, schema: &Schema) -> bool {
    let declared = schema.schemas.iter().map(|it| it.name.as_str());
    let known: Vec<_> = declared.chain([PUBLIC]).collect();
    known.contains(&name) || nearest(name, known).is_none()
}

fn table_of(found: &Table, schema: &Schema) -> Table {
    let mut table = Table {
        columns: Objects::default(),
        policies: Objects::default(),
        ..found.clone()
    };
    for column in &found.columns {
        put(&mut table.columns, column_of(column, schema));
    }
    for policy in &found.policies {
        put(&mut table.policies, policy_of(policy));
    }
    // Only a key that is declared on the table can have a comment.
    if let Some(key) = &mut table.primary_key {
        let name = key.name_on(&found.name).into_owned();
        let on = CommentTarget::Constraint(found.name.clone(), name.clone());
        if schema.comments.contains(&on) {
            key.name = Some(name);
        }
    }
    table
}

fn column_of(found: &Column, schema: &Schema) -> Column {
    let Notation { spelled, .. } = notation(&found.data_type, schema);
    let dimensions = found.data_type.dimensions().iter();
    let data_type = dimensions.fold(spelled, |data_type, size| data_type.array_of(*size));
    let default = found.default.as_ref();
    Column {
        default: default.map(|default| plain_default(default, &found.data_type)),
        data_type,
        ..found.clone()
    }
}

/// A constant without the cast to its own type that PostgreSQL prints behind it.
fn plain_default(default: &DefaultValue, data_type: &ColumnType) -> DefaultValue {
    let DefaultValue::Sql(sql) = default else {
        return default.clone();
    };
    let Some((text, cast)) = cast_constant(sql) else {
        return default.clone();
    };
    let is_scalar = data_type.dimensions().is_empty();
    let cast_to = ColumnType::parse(cast);
    let number = |fits: bool| {
        if fits {
            DefaultValue::Number(text.clone())
        } else {
            default.clone()
        }
    };
    match cast {
        // As PostgreSQL reads such a number without the cast.
        "integer" => number(text.parse::<i32>().is_ok() && is_scalar),
        "bigint" => {
            let value = text.parse::<i64>();
            number(is_scalar && value.is_ok_and(|value| i32::try_from(value).is_err()))
        }
        "numeric" => number(is_scalar && is_fraction(&text)),
        // The declaration has a word for these.
        "json" | "jsonb" if is_scalar => default.clone(),
        _ if is_same_type(cast, &cast_to, data_type) => DefaultValue::Sql(quote_literal(&text)),
        _ => default.clone(),
    }
}

fn is_same_type(cast: &str, cast_to: &ColumnType, data_type: &ColumnType) -> bool {
    if cast_to.dimensions().len() != data_type.dimensions().len() || cast_to.modifiers().is_some() {
        return false;
    }
    if let Some(schema) = data_type.schema() {
        let name = cast.trim_end_matches("[]");
        let names = super::names_in(name);
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        return names == [data_type.base()] && schema == PUBLIC
            || names == [schema, data_type.base()];
    }
    let same_base = cast_to.base() == data_type.base()
        || (cast_to.base(), data_type.base()) == ("bpchar", "char");
    same_base && cast_to.with_time_zone() == data_type.with_time_zone()
}

/// Whether it is a number with a point, in the shortest text.
pub(super) fn is_fraction(text: &str) -> bool {
    let Some((_, fraction)) = text.split_once('.') else {
        return false;
    };
    let shortest = text.parse::<f64>().is_ok_and(|value| {
        value.to_string() == text && (value == 0.0 || (1e-6..1e21).contains(&value.abs()))
    });
    shortest && fraction.bytes().all(|byte| byte.is_ascii_digit())
}

/// The text and the type of `'text'::type`, where that is all.
fn cast_constant(sql: &str) -> Option<(String, &str)> {
    let (text, rest) = constant(sql)?;
    Some((text, rest.strip_prefix("::")?))
}

/// The text of the string constant that `sql` begins with, and what follows. PostgreSQL prints none with escapes.
pub(super) fn constant(sql: &str) -> Option<(String, &str)> {
    let inner = sql.strip_prefix('\'')?;
    let mut quotes = inner.char_indices().filter(|(_, c)| *c == '\'');
    loop {
        let (end, _) = quotes.next()?;
        if inner[end + 1..].starts_with('\'') {
            quotes.next();
        } else {
            return Some((inner[..end].replace("''", "'"), &inner[end + 1..]));
        }
    }
}

/// The order of roles is no state, and the declaration sorts them.
fn policy_of(found: &Policy) -> Policy {
    let mut policy = found.clone();
    policy.roles.sort();
    policy
}

fn sequence_of(found: &Sequence, schema: &Schema) -> Sequence {
    let mut sequence = found.clone();
    let is_held = |(table, column): &(QualifiedName, String)| {
        let table = schema.tables.get(table);
        table.is_some_and(|table| table.columns.contains(column))
    };
    sequence.owned_by = sequence.owned_by.filter(is_held);
    sequence
}

/// Of a view's columns only comments are state.
fn view_of(found: &View, schema: &Schema, left_out: &mut Vec<LeftOut>) -> View {
    let mut view = found.clone();
    let is_commented = |comment: &Comment| matches!(&comment.on, CommentTarget::Column(relation, _) if *relation == found.name);
    if !schema.comments.iter().any(is_commented) {
        view.columns = Objects::default();
    }
    if !view.materialized {
        view.with.clear();
        for option in &found.with {
            match view_option(option) {
                Some(option) => view.with.push(option),
                None => left_out.push(LeftOut {
                    relation: Some(found.name.clone()),
                    what: format!("WITH ({} = {})", option.name, option.value),
                }),
            }
        }
    }
    view
}

/// An option of a view as the declaration spells it. PostgreSQL keeps truth values as they were written.
fn view_option(found: &StorageParameter) -> Option<StorageParameter> {
    let value = match (
        found.name.as_str(),
        found.value.to_ascii_lowercase().as_str(),
    ) {
        ("security_barrier" | "security_invoker", "true" | "on" | "yes" | "1") => "true",
        ("security_barrier" | "security_invoker", "false" | "off" | "no" | "0") => "false",
        ("check_option", "local") => "local",
        ("check_option", "cascaded") => "cascaded",
        _ => return None,
    };
    Some(StorageParameter {
        value: value.to_owned(),
        ..found.clone()
    })
}

/// Adds an object whose name is free, since it comes from a collection of its kind.
fn put<T: Object>(objects: &mut Objects<T>, object: T) {
    let _ = objects.insert(object);
}

#[cfg(test)]
mod tests {
    use pg_schema::{ColumnType, DefaultValue};

    use super::plain_default;

    #[test]
    fn a_constant_loses_the_cast_to_its_own_type_and_no_other() {
        for (data_type, found, plain) in [
            ("text", "'it''s'::text", "'it''s'"),
            ("text", "'a'::text || 'b'::text", "'a'::text || 'b'::text"),
            (
                "text",
                "('a'::text)::character varying",
                "('a'::text)::character varying",
            ),
            ("varchar(3)", "'a'::character varying", "'a'"),
            (
                "varchar(3)",
                "'a'::character varying(2)",
                "'a'::character varying(2)",
            ),
            ("varchar", "'a'::text", "'a'::text"),
            ("char(3)", "'a'::bpchar", "'a'"),
            ("bigint", "'-1'::integer", "-1"),
            ("bigint", "'3000000000'::bigint", "3000000000"),
            ("bigint", "'3'::bigint", "'3'::bigint"),
            ("numeric(5, 2)", "'-0.5'::numeric", "-0.5"),
            ("numeric(5, 2)", "'-0.50'::numeric", "'-0.50'::numeric"),
            (
                "timestamp",
                "'2020-01-01'::timestamp without time zone",
                "'2020-01-01'",
            ),
            (
                "timestamp",
                "'2020-01-01'::timestamp with time zone",
                "'2020-01-01'::timestamp with time zone",
            ),
            ("text[]", "'{a}'::text[]", "'{a}'"),
            ("integer[]", "'{1}'::integer[]", "'{1}'"),
            ("jsonb", "'{}'::jsonb", "'{}'::jsonb"),
            ("now", "now()", "now()"),
        ] {
            let sql = DefaultValue::Sql(found.to_owned());
            let data_type = ColumnType::parse(data_type);
            assert_eq!(plain_default(&sql, &data_type).sql(), plain, "{found}");
        }
        let mood = ColumnType::user_defined("app", "Mood");
        for (found, plain) in [
            ("'a'::app.\"Mood\"", "'a'"),
            ("'a'::\"Mood\"", "'a'::\"Mood\""),
        ] {
            let sql = DefaultValue::Sql(found.to_owned());
            assert_eq!(plain_default(&sql, &mood).sql(), plain);
        }
    }
}
