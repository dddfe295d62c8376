//! Rows for tables of any kind, so that a step is tried on a table that is in use.

use pg_schema::{
    Column, IdentityKind, QualifiedName, Schema, Table, quote_identifier, quote_literal,
};

use crate::judge::Judge;

/// Puts up to two rows into each table of `from`: one with a value in each column and one with defaults. Values are chosen so that they can
/// become what `to` makes of their column, if any can. Says whether there is a row at all.
pub(crate) fn fill(judge: &mut Judge, from: &Schema, to: &Schema) -> bool {
    let mut filled = false;
    let mut waiting: Vec<_> = from.tables.iter().collect();
    // A table waits until those that it refers to have their rows.
    for _ in 0..from.tables.len() {
        waiting.retain(|table| {
            let inserted = judge.run(&insert(table, from, to)).is_ok();
            filled |= inserted;
            !inserted
        });
    }
    for table in &from.tables {
        let defaults = format!("INSERT INTO {} DEFAULT VALUES", table.name.short_sql());
        filled |= judge.run(&defaults).is_ok();
    }
    filled
}

fn insert(table: &Table, from: &Schema, to: &Schema) -> String {
    let given = |column: &&Column| {
        column.generated.is_none()
            && !column
                .identity
                .as_ref()
                .is_some_and(|identity| identity.kind == IdentityKind::Always)
    };
    let later = to.tables.get(&table.name);
    let (names, values): (Vec<_>, Vec<_>) = table
        .columns
        .iter()
        .filter(given)
        .map(|column| {
            let after = later.and_then(|table| table.columns.get(&column.name));
            let value = quote_literal(&value(column, after.unwrap_or(column), from, to));
            (quote_identifier(&column.name), value)
        })
        .unzip();
    format!(
        "INSERT INTO {} ({}) VALUES ({})",
        table.name.short_sql(),
        names.join(", "),
        values.join(", ")
    )
}

fn value(column: &Column, after: &Column, from: &Schema, to: &Schema) -> String {
    let scalar = label(column, from, to)
        .or_else(|| label(after, to, to))
        .unwrap_or_else(|| {
            let base = match column.data_type.base() {
                "text" | "varchar" | "char" => after.data_type.base(),
                base => base,
            };
            constant(base).to_owned()
        });
    if column.data_type.dimensions().is_empty() {
        scalar
    } else {
        format!("{{{scalar}}}")
    }
}

/// A label of the column's enum, one that stays if there is one.
fn label(column: &Column, of: &Schema, to: &Schema) -> Option<String> {
    let name = QualifiedName::new(column.data_type.schema()?, column.data_type.base());
    let values = &of.enums.get(&name)?.values;
    let stays = |value: &&String| {
        to.enums
            .get(&name)
            .is_none_or(|later| later.values.contains(value))
    };
    values.iter().find(stays).or(values.first()).cloned()
}

fn constant(base: &str) -> &'static str {
    match base {
        "uuid" => "00000000-0000-4000-8000-000000000001",
        "date" | "timestamp" => "2024-01-01",
        "time" => "12:00",
        "inet" | "cidr" => "127.0.0.1",
        "macaddr" => "08:00:2b:01:02:03",
        "point" => "(1,2)",
        "line" => "{1,2,3}",
        _ => "1",
    }
}
