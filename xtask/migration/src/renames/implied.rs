//! What is called after something that was renamed.

use std::collections::HashSet;

use pg_schema::{
    Check, ForeignKey, Index, Object, Objects, PartKind, QualifiedName, RelationKind, Rename,
    Schema, Table, Unique,
};

/// The constraints and indexes that only change their names; `from` is the state after the stated renames.
pub(super) fn implied(from: &Schema, to: &Schema, stated: &[Rename]) -> Vec<Rename> {
    let renamed: HashSet<_> = stated.iter().filter_map(renamed_in).collect();
    if renamed.is_empty() {
        return Vec::new();
    }
    let concerns = |table: &Table| {
        let mut referred = table.foreign_keys.iter().map(|key| &key.references);
        renamed.contains(&table.name) || referred.any(|table| renamed.contains(table))
    };
    let tables = from.tables.iter().filter(|table| concerns(table));
    let tables = tables.filter_map(|table| Some((table, to.tables.get(&table.name)?)));
    let implied = tables.flat_map(|(from, to)| of_table(from, to));
    let taken = taken(from);
    // Where something else has the name, that goes first, and this one is made anew.
    implied
        .filter(|rename| match rename {
            Rename::Part { of, to, .. } => !taken.contains(&(of.schema.as_str(), to.as_str())),
            _ => true,
        })
        .collect()
}

/// The names in each schema that constraints, indexes and relations have. A check or foreign key could share one with another table's, but need not.
fn taken(state: &Schema) -> HashSet<(&str, &str)> {
    let tables = state.tables.iter();
    let parts = tables.flat_map(|table| {
        let key = table.primary_key.iter().filter_map(|key| key.name.as_ref());
        let uniques = table.uniques.iter().map(Object::name);
        let foreign_keys = table.foreign_keys.iter().map(Object::name);
        let checks = table.checks.iter().map(Object::name);
        let indexes = table.indexes.iter().map(Object::name);
        let parts = key.chain(uniques).chain(foreign_keys);
        let parts = parts.chain(checks).chain(indexes);
        parts.map(|name| (table.name.schema.as_str(), name.as_str()))
    });
    let tables = state.tables.iter().map(|it| &it.name);
    let views = state.views.iter().map(|it| &it.name);
    let sequences = state.sequences.iter().map(|it| &it.name);
    let relations = tables.chain(views).chain(sequences);
    parts
        .chain(relations.map(|name| (name.schema.as_str(), name.name.as_str())))
        .collect()
}

/// The table, under its later name, that is renamed or has a renamed column.
fn renamed_in(rename: &Rename) -> Option<&QualifiedName> {
    match rename {
        Rename::InSchema {
            kind: RelationKind::Table,
            to,
            ..
        } => Some(to),
        Rename::Part {
            kind: PartKind::Column,
            of,
            ..
        } => Some(of),
        _ => None,
    }
}

fn of_table(from: &Table, to: &Table) -> Vec<Rename> {
    let mut pairs = Vec::new();
    let part = |kind| {
        move |(earlier, later): (&String, &String)| Rename::Part {
            kind,
            of: from.name.clone(),
            from: earlier.clone(),
            to: later.clone(),
        }
    };
    if let (Some(earlier), Some(later)) = (&from.primary_key, &to.primary_key)
        && let (Some(name), Some(later_name)) = (&earlier.name, &later.name)
        && name != later_name
        && earlier.columns == later.columns
    {
        pairs.push(part(PartKind::Constraint)((name, later_name)));
    }
    let uniques = only_names(&from.uniques, &to.uniques, |unique, name| Unique {
        name,
        ..unique.clone()
    });
    let foreign_keys = only_names(&from.foreign_keys, &to.foreign_keys, |key, name| {
        ForeignKey {
            name,
            ..key.clone()
        }
    });
    let checks = only_names(&from.checks, &to.checks, |check, name| Check {
        name,
        ..check.clone()
    });
    let constraints = uniques.into_iter().chain(foreign_keys).chain(checks);
    pairs.extend(constraints.map(part(PartKind::Constraint)));
    let indexes = only_names(&from.indexes, &to.indexes, |index, name| Index {
        name,
        concurrently: false,
        ..index.clone()
    });
    pairs.extend(indexes.into_iter().map(part(PartKind::Index)));
    pairs
}

/// Pairs of one that goes and one that comes which are the same under one name.
fn only_names<'a, T>(
    from: &'a Objects<T>,
    to: &'a Objects<T>,
    named: impl Fn(&T, String) -> T,
) -> Vec<(&'a String, &'a String)>
where
    T: Object<Name = String> + PartialEq,
{
    let mut come: Vec<&T> = to.iter().filter(|it| !from.contains(it.name())).collect();
    let go = from.iter().filter(|it| !to.contains(it.name()));
    let pairs = go.filter_map(|earlier| {
        let nameless = named(earlier, String::new());
        let place = come
            .iter()
            .position(|later| named(later, String::new()) == nameless)?;
        Some((earlier.name(), come.remove(place).name()))
    });
    pairs.collect()
}
