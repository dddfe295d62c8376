//! What a snapshot that drizzle-kit wrote leaves unsaid: it is as it was, but for what the step itself has dropped, or made anew from what
//! version 7 holds.

use pg_schema::{Comment, CommentTarget, Index, Object, Objects, QualifiedName, Schema, Table};

pub(in super::super) fn inherit(schema: &mut Schema, earlier: &Schema) {
    schema.extensions = earlier.extensions.clone();
    for earlier in &earlier.tables {
        if let Some(table) = schema.tables.get_mut(&earlier.name) {
            inherit_table(table, earlier);
        }
    }
    for earlier in &earlier.views {
        if let Some(view) = schema.views.get_mut(&earlier.name)
            && view.same_but_indexes(earlier)
        {
            view.indexes = earlier.indexes.clone();
        }
    }
    let tables = &schema.tables;
    for earlier in &earlier.sequences {
        if let Some(sequence) = schema.sequences.get_mut(&earlier.name) {
            sequence.data_type = earlier.data_type;
            let owner = earlier.owned_by.clone();
            sequence.owned_by = owner.filter(|(table, column)| {
                tables
                    .get(table)
                    .is_some_and(|table| table.columns.contains(column))
            });
        }
    }
    for comment in &earlier.comments {
        if survives(comment, schema, earlier) {
            // The earlier state has one on each.
            let _ = schema.comments.insert(comment.clone());
        }
    }
}

fn inherit_table(table: &mut Table, earlier: &Table) {
    let names: Vec<_> = table.columns.iter().map(|it| it.name.clone()).collect();
    let (to, from) = (&mut table.columns, &earlier.columns);
    take(to, from, |column, earlier| {
        if column.data_type == earlier.data_type && column.generated == earlier.generated {
            column.collation.clone_from(&earlier.collation);
        }
        true
    });
    take(&mut table.uniques, &earlier.uniques, |unique, earlier| {
        unique.deferrable = earlier.deferrable;
        unique == earlier
    });
    let (to, from) = (&mut table.foreign_keys, &earlier.foreign_keys);
    take(to, from, |key, earlier| {
        key.deferrable = earlier.deferrable;
        key == earlier
    });
    take(&mut table.indexes, &earlier.indexes, |index, earlier| {
        index.include.clone_from(&earlier.include);
        index.nulls_not_distinct = earlier.nulls_not_distinct;
        for (key, earlier) in index.keys.iter_mut().zip(&earlier.keys) {
            key.collation.clone_from(&earlier.collation);
        }
        index.same_state(earlier) && index.include.iter().all(|it| names.contains(it))
    });
}

/// Lets each part that both have inherit, and leaves it as it is where that does not hold.
fn take<T: Object + Clone>(
    parts: &mut Objects<T>,
    earlier: &Objects<T>,
    inherit: impl Fn(&mut T, &T) -> bool,
) {
    for earlier in earlier {
        if let Some(part) = parts.get_mut(earlier.name()) {
            let mut heir = part.clone();
            if inherit(&mut heir, earlier) {
                *part = heir;
            }
        }
    }
}

/// A comment goes with what it is about, be that only to come back in another form.
fn survives(comment: &Comment, schema: &Schema, earlier: &Schema) -> bool {
    let same_view = |name: &QualifiedName| {
        let view = schema.views.get(name);
        (view.zip(earlier.views.get(name)))
            .is_none_or(|(view, earlier)| view.same_but_indexes(earlier))
    };
    let tables = |name: &QualifiedName| schema.tables.get(name).zip(earlier.tables.get(name));
    let same_part = match &comment.on {
        CommentTarget::View(name) => same_view(name),
        CommentTarget::Column(name, column) => {
            let columns = tables(name).and_then(|(table, earlier)| {
                table.columns.get(column).zip(earlier.columns.get(column))
            });
            same_view(name)
                && columns.is_none_or(|(column, earlier)| column.generated == earlier.generated)
        }
        CommentTarget::Constraint(name, constraint) => {
            tables(name).is_some_and(|(table, earlier)| same_constraint(table, earlier, constraint))
        }
        CommentTarget::Index(name, index) => match tables(name) {
            Some((table, earlier)) => {
                let indexes = table.indexes.get(index).zip(earlier.indexes.get(index));
                indexes.is_some_and(|(index, earlier): (&Index, &Index)| index.same_state(earlier))
            }
            None => same_view(name),
        },
        _ => true,
    };
    same_part && schema.holds(&comment.on)
}

fn same_constraint(table: &Table, earlier: &Table, name: &str) -> bool {
    let is_key = (table.primary_key.as_ref()).is_some_and(|key| key.name_on(&table.name) == name);
    if is_key {
        return table.primary_key == earlier.primary_key;
    }
    table.uniques.get(name) == earlier.uniques.get(name)
        && table.foreign_keys.get(name) == earlier.foreign_keys.get(name)
        && table.checks.get(name) == earlier.checks.get(name)
}
