//! Views, whose options drizzle spells in its own way.

use pg_schema::{Column, Objects, View};

use super::read::{collect, column, parameter, qualified};
use super::{SnapshotError, wire, write};

pub(super) fn read(wire: wire::View) -> Result<View, SnapshotError> {
    let name = qualified(wire.schema, wire.name);
    let keys = wire.columns.values().filter(|column| column.primary_key);
    let with = wire.with.into_iter().flatten();
    Ok(View {
        primary_key: keys.map(|column| column.name.clone()).collect(),
        columns: collect(
            wire.columns
                .into_values()
                .map(|column_wire| column(&name, column_wire)),
            "column",
        )?,
        definition: wire.definition.filter(|_| !wire.is_existing),
        materialized: wire.materialized,
        with: with
            .map(|(name, value)| parameter((snake_case(&name), value)))
            .collect(),
        tablespace: wire.tablespace,
        access_method: wire.using,
        with_no_data: wire.with_no_data.unwrap_or(false),
        indexes: Objects::default(),
        name,
    })
}

/// drizzle's spelling of an option as PostgreSQL has it.
fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

pub(super) fn write(view: &View) -> wire::View {
    let with = view.with.iter();
    let with = with.map(|parameter| {
        (
            camel_case(&parameter.name),
            write::parameter_value(parameter),
        )
    });
    wire::View {
        columns: view
            .columns
            .iter()
            .map(|it| (it.name.clone(), write_column(it, view)))
            .collect(),
        definition: view.definition.clone(),
        name: view.name.name.clone(),
        schema: view.name.schema.clone(),
        is_existing: view.definition.is_none(),
        with: (!view.with.is_empty()).then(|| with.collect()),
        with_no_data: view.with_no_data.then_some(true),
        materialized: view.materialized,
        tablespace: view.tablespace.clone(),
        using: view.access_method.clone(),
    }
}

/// As in a table, but that drizzle-kit does not look into an array for an enum's schema.
fn write_column(column: &Column, view: &View) -> wire::Column {
    let is_array = !column.data_type.dimensions().is_empty();
    let wire = write::column(column, view.primary_key.contains(&column.name));
    wire::Column {
        type_schema: wire.type_schema.filter(|_| !is_array),
        ..wire
    }
}

/// PostgreSQL's name of an option as drizzle spells it: `security_barrier` is `securityBarrier`.
fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let mut camel = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        camel.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        camel.push_str(letters.as_str());
    }
    camel
}
