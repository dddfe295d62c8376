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
    tables.flat_map(|(from, to)| of_table(from, to)).collect()
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
