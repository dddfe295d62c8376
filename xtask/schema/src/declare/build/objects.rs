//! Sequences, views, roles, and the policies that are linked to a table.

use std::ops::RangeInclusive;

use super::parts::{add_index, add_policy, build_policy};
use super::{Problems, Scope, add_column, check_name};
use crate::declare::view::Source;
use crate::declare::{Extension, IdentityOptions, MaterializedView, Policy, Role, Sequence, View};
use crate::model::{self, PUBLIC, QualifiedName, Schema, SequenceOptions};

pub(super) fn add_sequence(schema: &mut Schema, declared: &Sequence, problems: &mut Problems) {
    let name = QualifiedName::new(declared.schema.as_deref().unwrap_or(PUBLIC), &declared.name);
    let place = format!("sequence \"{name}\"");
    check_name(&place, "its name", &declared.name, problems);
    let data_type = declared.data_type;
    let options = sequence_options(&declared.options, data_type.range(), &place, problems);
    let range = data_type.range();
    if options.max > *range.end() || options.min < *range.start() {
        let (least, greatest) = (range.start(), range.end());
        let problem = format!(
            "counts from {} to {}, and {} goes from {least} to {greatest}",
            options.min,
            options.max,
            data_type.sql()
        );
        problems.add(&place, problem);
    }
    let owner = declared.owned_by.as_ref();
    let owned_by =
        owner.map(|(table, column)| (QualifiedName::new(&name.schema, table), column.clone()));
    let sequence = model::Sequence {
        name,
        data_type,
        options,
        owned_by,
    };
    if schema.sequences.insert(sequence).is_err() {
        problems.add(place, "is declared twice");
    }
}

/// The options with PostgreSQL's defaults for what is not stated (manual, CREATE SEQUENCE).
pub(super) fn sequence_options(
    options: &IdentityOptions,
    range: RangeInclusive<i64>,
    place: &str,
    problems: &mut Problems,
) -> SequenceOptions {
    let increment = options.increment.unwrap_or(1);
    let (default_min, default_max) = if increment < 0 {
        (*range.start(), -1)
    } else {
        (1, *range.end())
    };
    let min = options.min.unwrap_or(default_min);
    let max = options.max.unwrap_or(default_max);
    let options = SequenceOptions {
        increment,
        min,
        max,
        start: options
            .start
            .unwrap_or(if increment < 0 { max } else { min }),
        cache: options.cache.unwrap_or(1),
        cycle: options.cycle,
    };
    check_options(&options, place, problems);
    options
}

fn check_options(options: &SequenceOptions, place: &str, problems: &mut Problems) {
    let SequenceOptions {
        increment,
        min,
        max,
        start,
        cache,
        ..
    } = *options;
    if increment == 0 {
        problems.add(place, "counts by 0");
    }
    if min >= max {
        problems.add(
            place,
            format!("counts from {min} to {max}, which is no range"),
        );
    } else if !(min..=max).contains(&start) {
        problems.add(
            place,
            format!("starts with {start}, which is not between {min} and {max}"),
        );
    }
    if cache < 1 {
        problems.add(place, format!("has a cache of {cache}; the least is 1"));
    }
}

pub(super) fn add_extension(schema: &mut Schema, declared: &Extension, problems: &mut Problems) {
    let name = &declared.name;
    let place = format!("extension \"{name}\"");
    check_name(&place, "its name", name, problems);
    if name == "plpgsql" {
        problems.add(place, "is in every database and is not declared");
        return;
    }
    let extension = model::Extension {
        name: name.clone(),
        schema: declared.schema.clone(),
    };
    if schema.extensions.insert(extension).is_err() {
        problems.add(place, "is declared twice");
    }
}

/// A role that exists is no part of the state.
pub(super) fn add_role(schema: &mut Schema, declared: &Role, problems: &mut Problems) {
    let role = &declared.state;
    let place = format!("role \"{}\"", role.name);
    check_name(&place, "its name", &role.name, problems);
    if declared.existing {
        return;
    }
    if role.name.starts_with("pg_") || matches!(role.name.as_str(), "public" | "none") {
        problems.add(place, "has a name that PostgreSQL reserves");
    }
    // That a role is declared twice is told where all of them are gathered.
    let _ = schema.roles.insert(role.clone());
}

pub(super) fn add_view(
    scope: &Scope,
    schema: &mut Schema,
    declared: &View,
    materialized: Option<&MaterializedView>,
    problems: &mut Problems,
) {
    let name = QualifiedName::new(declared.schema.as_deref().unwrap_or(PUBLIC), &declared.name);
    let place = format!("view \"{name}\"");
    check_name(&place, "its name", &declared.name, problems);
    let definition = match &declared.source {
        Some(Source::Query(query)) => {
            if query.trim().is_empty() {
                problems.add(&place, "has an empty query");
            } else if query.trim_end().ends_with(';') {
                problems.add(&place, "has a query that ends with a semicolon");
            }
            Some(query.clone())
        }
        Some(Source::Existing) => None,
        None => {
            problems.add(
                &place,
                "has no query; say `.as_sql(…)`, or `.existing()` if no migration is to create it",
            );
            None
        }
    };
    for (index, option) in declared.with.iter().enumerate() {
        let mut others = declared.with[..index].iter();
        if others.any(|other| other.name == option.name) {
            problems.add(&place, format!("says `{}` twice", option.name));
        }
    }
    // Its columns and indexes are declared and checked like those of a table.
    let mut table = model::Table::new(name.clone());
    for column in &declared.columns {
        add_column(scope, &mut table, &place, column, problems);
    }
    let are_known = !declared.columns.is_empty();
    for index in materialized.iter().flat_map(|view| &view.indexes) {
        if definition.is_none() {
            problems.add(
                &place,
                "is only referred to, so no migration makes an index on it",
            );
        }
        add_index(&mut table, &place, are_known, index, problems);
    }
    let keys = declared.columns.iter().filter(|column| column.primary_key);
    let view = model::View {
        columns: table.columns,
        indexes: table.indexes,
        primary_key: keys.map(|column| column.name.clone()).collect(),
        // Of a view that exists drizzle keeps the options only if it is materialized.
        with: if definition.is_some() || materialized.is_some() {
            declared.with.clone()
        } else {
            Vec::new()
        },
        definition,
        materialized: materialized.is_some(),
        tablespace: materialized.and_then(|view| view.tablespace.clone()),
        access_method: materialized.and_then(|view| view.access_method.clone()),
        with_no_data: materialized.is_some_and(|view| view.with_no_data),
        name,
    };
    if schema.views.insert(view).is_err() {
        problems.add(place, "is declared twice");
    }
}

/// A policy that stands by itself: one of its table's if that is declared, too.
pub(super) fn link_policy(
    scope: &Scope,
    schema: &mut Schema,
    declared: &Policy,
    problems: &mut Problems,
) {
    let Some(link) = &declared.linked else {
        let place = format!("policy \"{}\"", declared.name);
        problems.add(
            place,
            "has no table; say `.link(…)`, or `.policy(…)` on the table",
        );
        return;
    };
    let table = link.resolve(PUBLIC, |name| scope.tables.contains(name));
    if let Some(table) = schema.tables.get_mut(&table) {
        return add_policy(scope, table, declared, problems);
    }
    let owner = format!("table \"{table}\"");
    let policy = build_policy(scope, &owner, declared, problems);
    let mut others = schema.policies.iter();
    if others.any(|other| other.policy.name == policy.name) {
        let place = format!("{owner}, policy \"{}\"", policy.name);
        problems.add(
            place,
            "has the name of another linked policy; drizzle's snapshot keeps them by name alone",
        );
        return;
    }
    let linked = model::LinkedPolicy {
        name: (table, policy.name.clone()),
        policy,
    };
    // The name has been looked for.
    let _ = schema.policies.insert(linked);
}
