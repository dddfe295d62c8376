//! What version 7 has no place for. drizzle-kit refuses keys that it does not know inside of tables, but passes them over at the top of a snapshot, so
//! all of it stands there under one key of ours.

mod inherit;
mod wire;

use pg_schema::{
    Comment, Deferrable, Extension, Index, QualifiedName, Rename, Schema, Sequence, SequenceType,
    Table, View,
};

use super::{SnapshotError, read, write};

pub(super) use self::inherit::inherit;
pub(super) use self::wire::Beyond;
use self::wire::Places;

/// The key, as [`Snapshot`](super::wire::Snapshot) has it.
pub(super) const KEY: &str = "xtask";

/// The key inside of it that is about the step and not about the state, as [`Beyond`] has it.
pub(super) const RENAMES: &str = "renames";

/// What a snapshot has to say of a state, and of what was renamed on the way to it.
pub(super) fn of(schema: &Schema, renames: &[Rename]) -> Beyond {
    Beyond {
        extensions: schema.extensions.iter().map(extension).collect(),
        tables: places(schema.tables.iter().map(|it| (&it.name, table(it)))),
        views: places(schema.views.iter().map(|it| (&it.name, view(it)))),
        sequences: places(schema.sequences.iter().map(|it| (&it.name, sequence(it)))),
        comments: schema.comments.iter().map(comment).collect(),
        renames: renames.iter().map(wire::Rename::of).collect(),
    }
}

/// By schema and name, as a dot between them could be a part of either.
fn places<'a, T: Default + PartialEq>(
    objects: impl Iterator<Item = (&'a QualifiedName, T)>,
) -> Places<T> {
    let mut places = Places::new();
    for (name, object) in objects.filter(|(_, object)| *object != T::default()) {
        let place = places.entry(name.schema.clone()).or_default();
        place.insert(name.name.clone(), object);
    }
    places
}

fn extension(extension: &Extension) -> (String, wire::Extension) {
    let schema = extension.schema.clone();
    (extension.name.clone(), wire::Extension { schema })
}

fn table(table: &Table) -> wire::Table {
    let collations = table.columns.iter().filter_map(|column| {
        let collation = column.collation.as_ref()?;
        Some((column.name.clone(), pair(collation)))
    });
    let uniques = table.uniques.iter().map(|it| (&it.name, it.deferrable));
    let foreign_keys = table
        .foreign_keys
        .iter()
        .map(|it| (&it.name, it.deferrable));
    let deferrable = uniques
        .chain(foreign_keys)
        .filter_map(|(name, deferrable)| Some((name.clone(), wire::Deferrable::of(deferrable)?)));
    let indexes = table.indexes.iter().map(|it| (it.name.clone(), index(it)));
    wire::Table {
        collations: collations.collect(),
        deferrable: deferrable.collect(),
        indexes: indexes
            .filter(|(_, index)| *index != wire::Index::default())
            .collect(),
    }
}

fn index(index: &Index) -> wire::Index {
    let collations = index
        .keys
        .iter()
        .map(|key| key.collation.as_ref().map(pair));
    let collations: Vec<_> = collations.collect();
    wire::Index {
        include: index.include.clone(),
        nulls_not_distinct: index.nulls_not_distinct,
        collations: if collations.iter().any(Option::is_some) {
            collations
        } else {
            Vec::new()
        },
    }
}

fn view(view: &View) -> wire::View {
    let indexes = view.indexes.iter().map(|it| {
        let whole = wire::WholeIndex {
            index: write::index(it),
            beyond: index(it),
        };
        (it.name.clone(), whole)
    });
    wire::View {
        indexes: indexes.collect(),
    }
}

fn sequence(sequence: &Sequence) -> wire::Sequence {
    let is_stated = sequence.data_type != SequenceType::default();
    let owner = sequence.owned_by.as_ref();
    wire::Sequence {
        data_type: is_stated.then(|| sequence.data_type.sql().to_owned()),
        owned_by: owner.map(|(table, column)| (table.name.clone(), column.clone())),
    }
}

fn comment(comment: &Comment) -> wire::Comment {
    wire::Comment {
        on: wire::CommentTarget::of(&comment.on),
        text: comment.text.clone(),
    }
}

fn pair(name: &QualifiedName) -> (String, String) {
    (name.schema.clone(), name.name.clone())
}

/// Adds it to what version 7 holds, and gives the renames. What is about something that is not there is passed over.
pub(super) fn add(schema: &mut Schema, beyond: Beyond) -> Result<Vec<Rename>, SnapshotError> {
    let extensions = beyond.extensions.into_iter();
    let extensions = extensions.map(|(name, it)| {
        let schema = it.schema;
        Ok(Extension { name, schema })
    });
    schema.extensions = read::collect(extensions, "extension")?;
    for (name, beyond) in named(beyond.tables) {
        if let Some(table) = schema.tables.get_mut(&name) {
            add_to_table(table, beyond);
        }
    }
    for (name, beyond) in named(beyond.views) {
        if let Some(view) = schema.views.get_mut(&name) {
            let indexes = beyond.indexes.into_values().map(|whole| {
                let mut index = read::index(whole.index);
                add_to_index(&mut index, whole.beyond);
                Ok(index)
            });
            view.indexes = read::collect(indexes, "index")?;
        }
    }
    for (name, beyond) in named(beyond.sequences) {
        if let Some(sequence) = schema.sequences.get_mut(&name) {
            if let Some(stated) = beyond.data_type {
                let mut types = SequenceType::ALL.into_iter();
                let of_name = types.find(|data_type| data_type.sql() == stated);
                sequence.data_type = of_name.ok_or_else(|| {
                    SnapshotError::Invalid(format!(
                        "holds a sequence of type `{stated}`, in which PostgreSQL does not count"
                    ))
                })?;
            }
            sequence.owned_by = (beyond.owned_by)
                .map(|(table, column)| (QualifiedName::new(&name.schema, table), column));
        }
    }
    let comments = beyond.comments.into_iter().map(|comment| Comment {
        on: comment.on.read(),
        text: comment.text,
    });
    let comments = comments.filter(|comment| schema.holds(&comment.on)).map(Ok);
    schema.comments = read::collect(comments, "comment on")?;
    Ok(beyond.renames.into_iter().map(wire::Rename::read).collect())
}

fn named<T>(places: Places<T>) -> impl Iterator<Item = (QualifiedName, T)> {
    places.into_iter().flat_map(|(schema, objects)| {
        let name = move |(name, object)| (QualifiedName::new(&schema, name), object);
        objects.into_iter().map(name)
    })
}

fn add_to_table(table: &mut Table, beyond: wire::Table) {
    for (name, (schema, collation)) in beyond.collations {
        if let Some(column) = table.columns.get_mut(&name) {
            column.collation = Some(QualifiedName::new(schema, collation));
        }
    }
    for (name, deferrable) in beyond.deferrable {
        let deferrable = Deferrable::from(deferrable);
        if let Some(unique) = table.uniques.get_mut(&name) {
            unique.deferrable = deferrable;
        } else if let Some(key) = table.foreign_keys.get_mut(&name) {
            key.deferrable = deferrable;
        }
    }
    for (name, beyond) in beyond.indexes {
        if let Some(index) = table.indexes.get_mut(&name) {
            add_to_index(index, beyond);
        }
    }
}

fn add_to_index(index: &mut Index, beyond: wire::Index) {
    index.include = beyond.include;
    index.nulls_not_distinct = beyond.nulls_not_distinct;
    for (key, collation) in index.keys.iter_mut().zip(beyond.collations) {
        key.collation = collation.map(|(schema, name)| QualifiedName::new(schema, name));
    }
}
