//! A desired state in the words of the database, so that two states differ only where PostgreSQL would see a difference.
//!
//! PostgreSQL keeps no text of a default, a condition or a query: it prints what it understood. So where texts differ, the desired side is made
//! as temporary tables and views, read back as the database itself is read, and rolled back. Real tables are not locked but in the `ACCESS SHARE`
//! mode of a query. What cannot be made yet, since it refers to something that does not exist, is different.

mod scratch;
mod shape;

use pg_schema::{Index, Object, Objects, Schema, Table, View};

use crate::connect::Database;
use crate::error::QueryError;
use scratch::Scratch;

/// The desired state with all that means the same as what the database has replaced by that, so that
/// [`diff`](pg_migration::diff()) from `live` shows precisely the real changes.
///
/// `live` is what [`introspect`](crate::introspect()) has just read. Nothing is written, but the connection needs the right to create temporary tables.
///
/// # Errors
/// [`QueryError`], such as a lost connection or a server that is a standby.
pub fn normalise(
    database: &mut Database,
    desired: &Schema,
    live: &Schema,
) -> Result<Schema, QueryError> {
    let mut desired = desired.clone();
    forget_default_tablespace(database, &mut desired)?;
    shape::agree(&mut desired, live);
    let printed = Prints::of(database, &desired, live)?;
    take(&mut desired, live, &printed, None);
    // PostgreSQL does not always print again what it has printed.
    let reprinted = Prints::of(database, live, &desired)?;
    take(&mut desired, live, &printed, Some(&reprinted));
    let printed_again = Prints::of(database, &printed.into_state(), live)?;
    take(&mut desired, live, &printed_again, None);
    take(&mut desired, live, &printed_again, Some(&reprinted));
    Ok(desired)
}

/// The catalogs do not say of what is in the database's own tablespace whether that was stated.
fn forget_default_tablespace(
    database: &mut Database,
    desired: &mut Schema,
) -> Result<(), QueryError> {
    const DEFAULT: &str = "SELECT spcname FROM pg_database d JOIN pg_tablespace t ON t.oid = dattablespace WHERE datname = current_database()";
    let placed = desired
        .views
        .iter()
        .filter(|view| view.tablespace.is_some());
    let placed: Vec<_> = placed.map(|view| view.name.clone()).collect();
    if placed.is_empty() {
        return Ok(());
    }
    let default = database.text(DEFAULT)?;
    for name in placed {
        if let Some(view) = desired.views.get_mut(&name)
            && view.tablespace == default
        {
            view.tablespace = None;
        }
    }
    Ok(())
}

/// What the server prints for one side, where it differs from the other. Tables hold no more than what was asked.
#[derive(Default)]
struct Prints {
    tables: Objects<Table>,
    views: Objects<View>,
    /// What stands for materialized views that are asked about their indexes.
    indexed_views: Objects<Table>,
}

impl Prints {
    fn of(database: &mut Database, side: &Schema, other: &Schema) -> Result<Self, QueryError> {
        let mut scratch = Scratch::default();
        for (table, other) in both(&side.tables, &other.tables) {
            scratch.add_table(table, other);
        }
        for (view, other_view) in both(&side.views, &other.views) {
            // The server would fill in the columns that the tables have now.
            if !shape::has_other_columns(view, side, other) {
                scratch.add_view(view, other_view);
            }
        }
        for (view, other) in both(&side.views, &other.views) {
            scratch.add_indexes_of_view(view, other);
        }
        for (linked, other) in both(&side.policies, &other.policies) {
            scratch.add_linked_policy(linked, other);
        }
        scratch.print(database)
    }

    fn into_state(self) -> Schema {
        Schema {
            tables: self.tables,
            views: self.views,
            ..Schema::default()
        }
    }
}

/// The objects that both sides have.
fn both<'a, T: Object, U: Object<Name = T::Name>>(
    one: &'a Objects<T>,
    other: &'a Objects<U>,
) -> impl Iterator<Item = (&'a T, &'a U)> {
    (one.iter()).filter_map(|object| Some((object, other.get(object.name())?)))
}

/// Takes what is live for the same wherever the server prints the desired side as it printed the live one: in the state that was read or, where
/// given, in `reprinted`.
fn take(desired: &mut Schema, live: &Schema, printed: &Prints, reprinted: Option<&Prints>) {
    for (printed, live) in both(&printed.tables, &live.tables) {
        let reference = reprinted.map_or(Some(live), |again| again.tables.get(&live.name));
        if let (Some(table), Some(reference)) = (desired.tables.get_mut(&live.name), reference) {
            take_columns(table, live, printed, reference);
            let (to, from) = (&mut table.checks, &live.checks);
            take_parts(to, from, &printed.checks, &reference.checks, PartialEq::eq);
            let (to, from) = (&mut table.indexes, &live.indexes);
            take_parts(
                to,
                from,
                &printed.indexes,
                &reference.indexes,
                Index::same_state,
            );
            let (to, from) = (&mut table.policies, &live.policies);
            take_parts(
                to,
                from,
                &printed.policies,
                &reference.policies,
                PartialEq::eq,
            );
        }
    }
    for (printed, live) in both(&printed.views, &live.views) {
        let reference = reprinted.map_or(Some(live), |again| again.views.get(&live.name));
        if let (Some(view), Some(reference)) = (desired.views.get_mut(&live.name), reference)
            && printed.definition == reference.definition
        {
            view.definition.clone_from(&live.definition);
        }
    }
    for (printed, live) in both(&printed.indexed_views, &live.views) {
        let again = reprinted.map(|again| again.indexed_views.get(&live.name));
        let reference = again.map_or(Some(&live.indexes), |again| again.map(|it| &it.indexes));
        if let (Some(view), Some(reference)) = (desired.views.get_mut(&live.name), reference) {
            let (to, from) = (&mut view.indexes, &live.indexes);
            take_parts(to, from, &printed.indexes, reference, Index::same_state);
        }
    }
    for live in &live.policies {
        let (table, name) = &live.name;
        let print = |prints: &Prints| prints.tables.get(table)?.policies.get(name).cloned();
        let reference = reprinted.map_or(Some(live.policy.clone()), print);
        if let Some(desired) = desired.policies.get_mut(&live.name)
            && reference.is_some()
            && print(printed) == reference
        {
            desired.policy = live.policy.clone();
        }
    }
}

fn take_columns(table: &mut Table, live: &Table, printed: &Table, reference: &Table) {
    for (printed, reference) in both(&printed.columns, &reference.columns) {
        let name = &printed.name;
        let (Some(column), Some(live)) = (table.columns.get_mut(name), live.columns.get(name))
        else {
            continue;
        };
        // The columns of a serial type are printed with the type behind it.
        if printed.data_type == reference.data_type && !column.data_type.is_serial() {
            column.data_type = live.data_type.clone();
        }
        if printed.collation == reference.collation {
            column.collation.clone_from(&live.collation);
        }
        if printed.default.is_some() && printed.default == reference.default {
            column.default.clone_from(&live.default);
        }
        if printed.generated.is_some() && printed.generated == reference.generated {
            column.generated.clone_from(&live.generated);
        }
    }
}

fn take_parts<T: Object + Clone>(
    desired: &mut Objects<T>,
    live: &Objects<T>,
    printed: &Objects<T>,
    reference: &Objects<T>,
    same: impl Fn(&T, &T) -> bool,
) {
    for (printed, _) in
        both(printed, reference).filter(|(printed, reference)| same(printed, reference))
    {
        if let (Some(part), Some(live)) =
            (desired.get_mut(printed.name()), live.get(printed.name()))
        {
            *part = live.clone();
        }
    }
}
