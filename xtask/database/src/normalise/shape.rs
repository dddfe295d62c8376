//! What two states spell differently without any text that only the server understands.

use std::collections::BTreeSet;

use pg_schema::{
    Check, Column, ColumnType, ForeignKey, Index, MAX_NAME_BYTES, Object, Objects, PUBLIC, Policy,
    Schema, Sequence, StorageParameter, Table, Unique, View, mentions,
};

use crate::introspect::behind_serial;

pub(super) fn agree(desired: &mut Schema, live: &Schema) {
    let names: Vec<_> = desired
        .tables
        .iter()
        .map(|table| table.name.clone())
        .collect();
    for name in &names {
        if let (Some(table), Some(live)) = (desired.tables.get_mut(name), live.tables.get(name)) {
            agree_table(table, live);
        }
    }
    agree_serials(desired, live);
    for live in &live.extensions {
        let stays = |schema: &String| schema == PUBLIC || desired.schemas.contains(schema);
        if let Some(schema) = live.schema.as_ref().filter(|schema| stays(schema))
            && let Some(extension) = desired.extensions.get_mut(&live.name)
        {
            extension.schema.get_or_insert_with(|| schema.clone());
        }
    }
    for live in &live.views {
        if let Some(view) = desired.views.get_mut(&live.name) {
            agree_view(view, live);
        }
    }
}

fn agree_table(table: &mut Table, live: &Table) {
    cut_names(table);
    for live_column in &live.columns {
        if let Some(column) = table.columns.get(&live_column.name)
            && column.not_null != live_column.not_null
            && is_implied(column, table)
            && is_implied(live_column, live)
            && let Some(column) = table.columns.get_mut(&live_column.name)
        {
            column.not_null = live_column.not_null;
        }
        if let Some(column) = table.columns.get(&live_column.name)
            && is_same_literal(column, live_column)
            && let Some(column) = table.columns.get_mut(&live_column.name)
        {
            column.default.clone_from(&live_column.default);
        }
    }
    if let (Some(key), Some(live_key)) = (&table.primary_key, &live.primary_key)
        && key.columns == live_key.columns
        && key.name_on(&table.name) == live_key.name_on(&live.name)
    {
        table.primary_key.clone_from(&live.primary_key);
    }
    if !table.policies.is_empty() && !live.policies.is_empty() {
        table.row_security = live.row_security;
    }
    for live_policy in &live.policies {
        if let Some(policy) = table.policies.get_mut(&live_policy.name) {
            agree_policy(policy, live_policy);
        }
    }
}

/// Whether the live default is the desired literal with the cast to the column's type that PostgreSQL prints behind it. What it prints means the
/// value that was read, so the same text means the same value; where it printed another text, only it can say.
fn is_same_literal(desired: &Column, live: &Column) -> bool {
    let (Some(literal), Some(printed)) = (&desired.default, &live.default) else {
        return false;
    };
    let is_literal = |sql: &str| {
        let inner = sql
            .strip_prefix('\'')
            .and_then(|sql| sql.strip_suffix('\''));
        inner.is_some_and(|inner| !inner.replace("''", "").contains(['\'', '\\']))
    };
    let cast = printed.sql().strip_prefix(literal.sql());
    let Some(cast) = cast.and_then(|rest| rest.strip_prefix("::")) else {
        return false;
    };
    let (cast, column) = (ColumnType::parse(cast), &live.data_type);
    // One with modifiers would cut what the column refuses.
    let is_plain = cast.modifiers().is_none() && cast.dimensions().is_empty();
    desired.data_type == live.data_type
        && column.is_known()
        && column.dimensions().is_empty()
        && (cast.base(), cast.with_time_zone()) == (column.base(), column.with_time_zone())
        && is_plain
        && is_literal(literal.sql())
}

/// Whether only the server knows that two types which are spelled differently are two types.
pub(super) fn may_be_one_type(one: &Column, other: &Column) -> bool {
    let (one, other) = (&one.data_type, &other.data_type);
    !(one.is_known() && other.is_known()) || one.base() == other.base()
}

/// Whether the texts of two indexes are all that can make them differ.
pub(super) fn may_be_one_index(one: &Index, other: &Index) -> bool {
    one.unique == other.unique
        && one.method == other.method
        && one.keys.len() == other.keys.len()
        && one.include == other.include
}

/// A serial column whose sequence has another name, as after a rename of its table, reads back as what `serial` stands for.
fn agree_serials(desired: &mut Schema, live: &Schema) {
    let mut renamed = Vec::new();
    for live_table in &live.tables {
        let Some(table) = desired.tables.get(&live_table.name) else {
            continue;
        };
        for live_column in &live_table.columns {
            if let Some(column) = table.columns.get(&live_column.name)
                && column.data_type.is_serial()
                && !desired
                    .sequences
                    .iter()
                    .any(|sequence| counts(sequence, live_column))
                && let Some(sequence) = live.sequences.iter().find(|sequence| {
                    counts(sequence, live_column) && is_serial(sequence, column, live_column)
                })
            {
                renamed.push((&live_table.name, live_column, sequence));
            }
        }
    }
    for (table, live_column, sequence) in renamed {
        if let Some(table) = desired.tables.get_mut(table)
            && let Some(column) = table.columns.get_mut(&live_column.name)
        {
            *column = live_column.clone();
            // What the state has already stays.
            let _ = desired.sequences.insert(sequence.clone());
        }
    }
}

/// Whether the column's default is the sequence's next value.
fn counts(sequence: &Sequence, column: &Column) -> bool {
    let argument = column.default.as_ref().and_then(|default| {
        let rest = default.sql().strip_prefix("nextval('")?;
        rest.strip_suffix("'::regclass)")
    });
    argument.is_some_and(|name| name.replace('"', "") == sequence.name.to_string())
}

/// Whether it is the sequence of that serial column.
fn is_serial(sequence: &Sequence, serial: &Column, live: &Column) -> bool {
    behind_serial(&serial.data_type).is_some_and(|(base, options)| {
        live.not_null && live.data_type == ColumnType::parse(base) && sequence.options == options
    })
}

/// Whether NOT NULL goes without saying.
fn is_implied(column: &Column, table: &Table) -> bool {
    column.identity.is_some()
        || column.data_type.is_serial()
        || (table.primary_key.as_ref()).is_some_and(|key| key.columns.contains(&column.name))
}

/// The order of roles is no state.
fn agree_policy(policy: &mut Policy, live: &Policy) {
    let sorted = |roles: &[String]| {
        let mut roles = roles.to_vec();
        roles.sort();
        roles
    };
    if sorted(&policy.roles) == sorted(&live.roles) {
        policy.roles.clone_from(&live.roles);
    }
}

fn agree_view(view: &mut View, live: &View) {
    // It exists, and only that is stated.
    if view.definition.is_none() {
        *view = live.clone();
        return;
    }
    let plain = |parameters: &[StorageParameter]| {
        let parameters = parameters.iter().map(|parameter| StorageParameter {
            value: plain_value(&parameter.value),
            ..parameter.clone()
        });
        parameters.collect::<Vec<_>>()
    };
    if StorageParameter::same(&plain(&view.with), &plain(&live.with)) {
        view.with.clone_from(&live.with);
    }
    // Nothing else is a default anywhere, unless the server is told so.
    if live.access_method.is_none() && view.access_method.as_deref() == Some("heap") {
        view.access_method = None;
    }
}

/// Whether the view's query takes all columns of something, and the columns of what it may take them from are to change.
pub(super) fn has_other_columns(view: &View, state: &Schema, other: &Schema) -> bool {
    let Some(definition) = view
        .definition
        .as_deref()
        .filter(|sql| takes_all_columns(sql))
    else {
        return false;
    };
    let changes = |table: &&Table| {
        let names = |table: &Table| -> BTreeSet<String> {
            table
                .columns
                .iter()
                .map(|column| column.name.clone())
                .collect()
        };
        other
            .tables
            .get(&table.name)
            .is_none_or(|other| names(table) != names(other))
    };
    let mut changing = state.tables.iter().filter(changes);
    changing.any(|table| mentions(definition, &table.name.name))
}

/// Whether an asterisk stands for columns, rather than in `count(*)` or between two factors.
fn takes_all_columns(sql: &str) -> bool {
    sql.match_indices('*').any(|(position, _)| {
        let before = sql[..position].trim_end();
        let word = before.rsplit(|c: char| !c.is_alphanumeric()).next();
        before.ends_with([',', '.'])
            || word.is_some_and(|word| {
                ["select", "distinct", "all"].contains(&word.to_lowercase().as_str())
            })
    })
}

/// PostgreSQL keeps a truth value as it was written.
fn plain_value(value: &str) -> String {
    match value.to_ascii_lowercase().as_str() {
        "on" | "yes" | "1" => "true".to_owned(),
        "off" | "no" | "0" => "false".to_owned(),
        other => other.to_owned(),
    }
}

/// PostgreSQL cuts names that are too long, and says so in a notice only. Snapshots hold them in full.
fn cut_names(table: &mut Table) {
    cut_in(&mut table.uniques, |unique: &mut Unique| &mut unique.name);
    cut_in(&mut table.foreign_keys, |key: &mut ForeignKey| {
        &mut key.name
    });
    cut_in(&mut table.checks, |check: &mut Check| &mut check.name);
    cut_in(&mut table.indexes, |index: &mut Index| &mut index.name);
    if let Some(name) = table.primary_key.as_mut().and_then(|key| key.name.as_mut()) {
        cut(name);
    }
}

fn cut_in<T: Object<Name = String> + Clone>(
    objects: &mut Objects<T>,
    name: impl Fn(&mut T) -> &mut String,
) {
    if objects
        .iter()
        .all(|object| object.name().len() <= MAX_NAME_BYTES)
    {
        return;
    }
    let mut shortened = Objects::default();
    for object in &*objects {
        let mut object = object.clone();
        cut(name(&mut object));
        // Two names that become one are the database's to refuse.
        if shortened.insert(object).is_err() {
            return;
        }
    }
    *objects = shortened;
}

fn cut(name: &mut String) {
    name.truncate(name.floor_char_boundary(MAX_NAME_BYTES));
}
