//! Renames in the order.

use std::collections::HashSet;

use indexmap::IndexMap;
use pg_schema::{
    Column, GlobalKind, MAX_NAME_BYTES, PartKind, QualifiedName, RelationKind, Rename, Schema,
    Table, automatic_name, quote_identifier,
};

use super::order::Order;
use super::security::{linked_table, own_table};
use crate::diff::Change;
use crate::statement::{RelationWord, Statement};

/// A change of name, and what is needed to state it. Names of one schema exclude each other; what lies in no schema, or in a table alone, has
/// another key in its place.
#[derive(Clone)]
struct Move<T> {
    what: T,
    from: QualifiedName,
    to: QualifiedName,
}

/// What has a name that is unique in its schema, or in its table, without being a relation.
#[derive(Clone)]
enum Subordinate<'a> {
    Constraint(&'a QualifiedName),
    Index,
    /// Behind a column.
    Sequence,
}

impl<'a> Order<'a> {
    pub(super) fn rename_globals(&mut self, kind: GlobalKind) {
        let renames = self.renames();
        let moves = renames.filter_map(|(change, rename)| match rename {
            Rename::Global { kind: of, from, to } if *of == kind => Some(Move {
                what: change,
                from: QualifiedName::new("", from),
                to: QualifiedName::new("", to),
            }),
            _ => None,
        });
        let moves: Vec<_> = moves.collect();
        // A schema can be in the way of one that is created at the very beginning.
        let earliest = match kind {
            GlobalKind::Namespace => 0,
            GlobalKind::Role => self.schemas_created,
        };
        let names = names_of(&moves);
        let statements = in_order(moves).into_iter().map(|step| {
            let (name, to) = (step.from.name, step.to.name);
            (step.what, Statement::RenameGlobal { kind, name, to })
        });
        let statements = statements.collect();
        self.insert(earliest, &names, statements);
    }

    /// Enums and their labels.
    pub(super) fn rename_enums(&mut self) {
        let (mut statements, names) = self.rename_relations(RelationKind::Enum);
        for (of, step) in self.parts(PartKind::Label) {
            let renamed = Statement::RenameEnumValue {
                name: of.clone(),
                value: step.from.name,
                to: step.to.name,
            };
            statements.push((step.what, renamed));
        }
        self.insert(self.schemas_created, &names, statements);
    }

    pub(super) fn rename_sequences(&mut self) {
        let (renames, names) = self.rename_relations(RelationKind::Sequence);
        let mut statements = self.freed_to_move();
        statements.extend(renames);
        self.insert(self.schemas_created, &names, statements);
    }

    /// PostgreSQL moves no sequence away from the column that owns it, and always along with it.
    fn freed_to_move(&self) -> Vec<(usize, Statement)> {
        let (before, after) = (self.context.before, self.context.from);
        let mut freed = Vec::new();
        for (earlier, later) in before.sequences.iter().zip(&after.sequences) {
            let (Some((owner, _)), None) = (&earlier.owned_by, &later.owned_by) else {
                continue;
            };
            let own = self.renames().find_map(|(change, rename)| match rename {
                Rename::InSchema { kind, from, to }
                    if *kind == RelationKind::Sequence && *to == later.name =>
                {
                    Some((change, from.clone()))
                }
                _ => None,
            });
            let of_owner = || {
                let mut tables = before.tables.iter().zip(&after.tables);
                let (_, owner) = tables.find(|(table, _)| table.name == *owner)?;
                Some((self.rename_in(&owner.name)?, later.name.clone()))
            };
            let statement = own.or_else(of_owner).map(|(change, name)| {
                let owner = None;
                (change, Statement::OwnSequence { name, owner })
            });
            freed.extend(statement);
        }
        freed
    }

    pub(super) fn rename_views(&mut self) {
        let (statements, names) = self.rename_relations(RelationKind::View);
        self.insert(self.schemas_created, &names, statements);
    }

    /// Tables, their columns, constraints and indexes, and what PostgreSQL has called after them.
    pub(super) fn rename_tables(&mut self) {
        let (mut statements, mut names) = self.rename_relations(RelationKind::Table);
        for (table, step) in self.parts(PartKind::Column) {
            let renamed = Statement::RenameColumn {
                table: table.clone(),
                column: step.from.name,
                to: step.to.name,
            };
            statements.push((step.what, renamed));
        }
        let moves = self.subordinates();
        names.extend(names_of(&moves));
        for step in in_order(moves) {
            let (change, what) = step.what;
            let (name, to) = (step.from, step.to.name);
            let renamed = match what {
                Subordinate::Constraint(table) => Statement::RenameConstraint {
                    table: table.clone(),
                    name: name.name,
                    to,
                },
                Subordinate::Index => Statement::RenameIndex { name, to },
                Subordinate::Sequence => Statement::RenameSequence { name, to },
            };
            statements.push((change, renamed));
        }
        self.insert(self.schemas_created, &names, statements);
    }

    pub(super) fn rename_policies(&mut self) {
        let (mut statements, mut names) = (Vec::new(), HashSet::new());
        for (table, step) in self.parts(PartKind::Policy) {
            let on = if self.context.to.tables.contains(table) {
                own_table(table)
            } else {
                linked_table(table)
            };
            let (name, to) = (step.from.name, step.to.name);
            names.extend([quote_identifier(&name), quote_identifier(&to)]);
            statements.push((step.what, Statement::RenamePolicy { on, name, to }));
        }
        self.insert(self.schemas_created, &names, statements);
    }

    fn renames(&self) -> impl Iterator<Item = (usize, &'a Rename)> + use<'a> {
        let changes = self.context.changes.iter().enumerate();
        changes.map_while(|(index, change)| match change {
            Change::Rename(rename) => Some((index, rename)),
            _ => None,
        })
    }

    /// First the schema, then the name, as drizzle-kit has it, unless the name is taken there.
    fn rename_relations(&self, wanted: RelationKind) -> (Vec<(usize, Statement)>, HashSet<String>) {
        let context = self.context;
        let moves = self.renames().filter_map(|(change, rename)| match rename {
            Rename::InSchema { kind, from, to } if *kind == wanted => Some(Move {
                what: (change, relation_word(*kind, to, context.from)),
                from: from.clone(),
                to: to.clone(),
            }),
            _ => None,
        });
        let moves: Vec<_> = moves.collect();
        let names = names_of(&moves);
        let before = context.before;
        let is_taken = |name: &QualifiedName| {
            before.tables.contains(name)
                || before.views.contains(name)
                || before.sequences.contains(name)
                || before.enums.contains(name)
        };
        let mut statements = Vec::new();
        for step in in_order(moves) {
            let (change, relation) = step.what;
            for (name, to) in single_steps(step.from, step.to, is_taken) {
                let statement = if name.schema == to.schema {
                    let to = to.name;
                    Statement::RenameRelation { relation, name, to }
                } else {
                    let schema = to.schema;
                    Statement::SetSchema {
                        relation,
                        name,
                        schema,
                    }
                };
                statements.push((change, statement));
            }
        }
        (statements, names)
    }

    /// The parts of one kind in order, each with what it is a part of.
    fn parts(&self, wanted: PartKind) -> Vec<(&'a QualifiedName, Move<usize>)> {
        let mut moves: IndexMap<_, Vec<_>> = IndexMap::new();
        for (change, rename) in self.renames() {
            if let Rename::Part { kind, of, from, to } = rename
                && *kind == wanted
            {
                moves.entry(of).or_default().push(Move {
                    what: change,
                    from: QualifiedName::new("", from),
                    to: QualifiedName::new("", to),
                });
            }
        }
        let moves = moves.into_iter();
        let steps =
            moves.flat_map(|(of, moves)| in_order(moves).into_iter().map(move |it| (of, it)));
        steps.collect()
    }

    /// Constraints, indexes, and the sequences behind columns, of which PostgreSQL renames none with its table or column.
    fn subordinates(&self) -> Vec<Move<(usize, Subordinate<'a>)>> {
        let mut moves = Vec::new();
        for (change, rename) in self.renames() {
            let Rename::Part { kind, of, from, to } = rename else {
                continue;
            };
            let what = match kind {
                PartKind::Constraint => Subordinate::Constraint(of),
                PartKind::Index => Subordinate::Index,
                _ => continue,
            };
            let table = self.context.from.tables.get(of);
            let is_index = table
                .is_none_or(|table| !table.checks.contains(to) && !table.foreign_keys.contains(to));
            // The name of another constraint only has to be free in its table.
            let place = if is_index { &of.schema } else { &of.sql() };
            moves.push(Move {
                what: (change, what),
                from: QualifiedName::new(place, from),
                to: QualifiedName::new(place, to),
            });
        }
        let (before, after) = (&self.context.before.tables, &self.context.from.tables);
        for (earlier, later) in before.iter().zip(after) {
            if let Some(change) = self.rename_in(&later.name) {
                let called_after = called_after(earlier, later);
                moves.extend(called_after.map(|(what, from, to)| Move {
                    what: (change, what),
                    from: QualifiedName::new(&later.name.schema, from),
                    to: QualifiedName::new(&later.name.schema, to),
                }));
            }
        }
        moves
    }

    /// The first rename of the table or of a column of it.
    fn rename_in(&self, table: &QualifiedName) -> Option<usize> {
        let mut renames = self.renames();
        let first = renames.find(|(_, rename)| match rename {
            Rename::InSchema { kind, to, .. } => *kind == RelationKind::Table && to == table,
            Rename::Part { kind, of, .. } => *kind == PartKind::Column && of == table,
            Rename::Global { .. } => false,
        });
        first.map(|(change, _)| change)
    }
}

fn relation_word(kind: RelationKind, name: &QualifiedName, state: &Schema) -> RelationWord {
    match kind {
        RelationKind::Enum => RelationWord::Type,
        RelationKind::Sequence => RelationWord::Sequence,
        RelationKind::Table => RelationWord::Table,
        RelationKind::View => match state.views.get(name) {
            Some(view) if view.materialized => RelationWord::MaterializedView,
            _ => RelationWord::View,
        },
    }
}

/// What PostgreSQL itself has named after the table or a column of it: an unnamed primary key, and the sequences of serial and identity columns.
/// Both tables have the same columns in the same order.
fn called_after<'a>(
    earlier: &Table,
    later: &'a Table,
) -> impl Iterator<Item = (Subordinate<'a>, String, String)> {
    let unnamed = later
        .primary_key
        .as_ref()
        .filter(|key| key.name.is_none())
        .map(|_| {
            let name = |table: &Table| automatic_name(&table.name.name, None, "pkey");
            let what = Subordinate::Constraint(&later.name);
            (what, name(earlier), name(later))
        });
    let columns = earlier.columns.iter().zip(&later.columns);
    let sequences = columns.filter_map(|(before, after)| {
        let before = sequence_behind(earlier, before)?;
        let after = sequence_behind(later, after)?;
        Some((Subordinate::Sequence, before, after))
    });
    let named = unnamed.into_iter().chain(sequences.collect::<Vec<_>>());
    named.filter(|(_, before, after)| before != after)
}

fn sequence_behind(table: &Table, column: &Column) -> Option<String> {
    if column.data_type.is_serial() {
        let name = automatic_name(&table.name.name, Some(&column.name), "seq");
        return Some(name);
    }
    let identity = column.identity.as_ref();
    identity.map(|identity| identity.sequence.name.clone())
}

/// The names as they stand in SQL.
fn names_of<T>(moves: &[Move<T>]) -> HashSet<String> {
    let names = moves.iter().flat_map(|it| [&it.from.name, &it.to.name]);
    names.map(|name| quote_identifier(name)).collect()
}

/// The moves one after the other, each to a name that is free by then. Those that exchange their names go by way of another.
fn in_order<T: Clone>(moves: Vec<Move<T>>) -> Vec<Move<T>> {
    let mut taken: HashSet<_> = moves.iter().map(|it| it.from.clone()).collect();
    let mut waiting = moves;
    let mut steps = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let number = waiting.len();
        waiting.retain(|step| {
            let waits = taken.contains(&step.to);
            if !waits {
                taken.remove(&step.from);
                steps.push(step.clone());
            }
            waits
        });
        if waiting.len() == number
            && let Some(first) = waiting.first_mut()
        {
            let aside = temporary(&first.from, |name| taken.contains(name));
            taken.remove(&first.from);
            steps.push(Move {
                what: first.what.clone(),
                from: std::mem::replace(&mut first.from, aside.clone()),
                to: aside,
            });
        }
    }
    steps
}

/// The way from one name to another, on which schema and name do not change at once.
fn single_steps(
    from: QualifiedName,
    to: QualifiedName,
    is_taken: impl Fn(&QualifiedName) -> bool,
) -> Vec<(QualifiedName, QualifiedName)> {
    if from.schema == to.schema || from.name == to.name {
        return vec![(from, to)];
    }
    let moved = QualifiedName::new(&to.schema, &from.name);
    let renamed = QualifiedName::new(&from.schema, &to.name);
    let way = if !is_taken(&moved) {
        vec![from, moved, to]
    } else if !is_taken(&renamed) {
        vec![from, renamed, to]
    } else {
        let aside = temporary(&from, is_taken);
        let there = QualifiedName::new(&to.schema, &aside.name);
        vec![from, aside, there, to]
    };
    let steps = way.windows(2);
    steps
        .map(|step| (step[0].clone(), step[1].clone()))
        .collect()
}

fn temporary(name: &QualifiedName, is_taken: impl Fn(&QualifiedName) -> bool) -> QualifiedName {
    let mut suffix = "_renamed".to_owned();
    loop {
        let room = MAX_NAME_BYTES - suffix.len();
        let stem = &name.name[..name.name.floor_char_boundary(room)];
        let aside = QualifiedName::new(&name.schema, format!("{stem}{suffix}"));
        if !is_taken(&aside) {
            return aside;
        }
        suffix.push('_');
    }
}
