//! What was renamed between two states: which of the stated renames apply, and what follows from them.

mod chain;
mod implied;
mod notation;
mod questions;
mod state;

use pg_schema::{GlobalKind, PartKind, QualifiedName, RelationKind, Rename, Schema, Table, View};

pub use self::chain::{composed, reversed};
pub use self::notation::{RenameError, TypedRename, resolve};
pub use self::questions::{RenameQuestion, rename_questions};
pub use self::state::renamed;

/// Those of the stated renames that say something about these two states: the earlier one has the old name and not yet the new one, and the later
/// one has the new name. A stated rename stays in a declaration for longer than it is news.
///
/// A new name counts as free if what has it is itself renamed, so names can be handed on, or exchanged.
#[must_use]
pub fn applicable(stated: &[Rename], from: &Schema, to: &Schema) -> Vec<Rename> {
    let mut applicable: Vec<Rename> = Vec::new();
    if stated.is_empty() {
        // A large state is not copied for nothing.
        return applicable;
    }
    let mut state = from.clone();
    // What lies in something is looked for under the later name of that.
    for rank in [0, 1, 2] {
        let ranked = stated.iter().filter(|rename| rank_of(rename) == rank);
        let mut fitting: Vec<Rename> = Vec::new();
        for rename in
            ranked.filter(|rename| has(&state, rename, Side::From) && has(to, rename, Side::To))
        {
            let says_it_already =
                |other: &Rename| same_origin(other, rename) || same_end(other, rename);
            if !fitting.iter().any(says_it_already) {
                fitting.push(rename.clone());
            }
        }
        // One whose name does not get free takes others along that wait for its own.
        loop {
            let is_free = |rename: &Rename| {
                !is_taken(&state, rename) || fitting.iter().any(|other| frees(other, rename))
            };
            let free: Vec<_> = fitting
                .iter()
                .filter(|rename| is_free(rename))
                .cloned()
                .collect();
            let settled = free.len() == fitting.len();
            fitting = free;
            if settled {
                break;
            }
        }
        if !fitting.is_empty() {
            state = renamed(&state, &fitting);
            applicable.append(&mut fitting);
        }
    }
    applicable
}

/// The earlier state after the renames and all that follows from them, with the complete list.
///
/// A constraint or index of a renamed table, of a table with a renamed column, or that refers to one, is renamed with it where drizzle's automatic name
/// demands it: where one goes and another comes that differs in nothing but its name.
pub(crate) fn complete(from: &Schema, to: &Schema, renames: &[Rename]) -> (Schema, Vec<Rename>) {
    let mut all: Vec<_> = renames
        .iter()
        .filter(|rename| {
            view_of(rename, from, to).is_none_or(|(earlier, later)| stays(earlier, later))
        })
        .cloned()
        .collect();
    all.sort_by_key(rank_of);
    let mut state = renamed(from, &all);
    let implied = implied::implied(&state, to, &all);
    if !implied.is_empty() {
        state = renamed(&state, &implied);
    }
    all.retain(|rename| {
        view_of(rename, from, to).is_none_or(|(_, later)| later.definition.is_some())
    });
    all.extend(implied);
    (state, all)
}

/// Both sides of a renamed view.
fn view_of<'a>(rename: &Rename, from: &'a Schema, to: &'a Schema) -> Option<(&'a View, &'a View)> {
    match rename {
        Rename::InSchema {
            kind: RelationKind::View,
            from: earlier,
            to: later,
        } => Some((from.views.get(earlier)?, to.views.get(later)?)),
        _ => None,
    }
}

/// A view that gets another query is made anew, under its new name. One that is only referred to from now on is somebody else's to rename.
fn stays(earlier: &View, later: &View) -> bool {
    later.definition.is_none()
        || earlier.definition == later.definition && earlier.materialized == later.materialized
}

/// What lies in something is renamed after that.
fn rank_of(rename: &Rename) -> usize {
    match rename {
        Rename::Global { .. } => 0,
        Rename::InSchema { .. } => 1,
        Rename::Part { .. } => 2,
    }
}

/// Which name of a rename is looked for.
#[derive(Clone, Copy)]
enum Side {
    From,
    To,
}

/// Whether something has the new name already. Constraints and indexes of a table can be in each other's way.
fn is_taken(state: &Schema, rename: &Rename) -> bool {
    let of_kind = |kind| match rename {
        Rename::Part { of, from, to, .. } => Rename::Part {
            kind,
            of: of.clone(),
            from: from.clone(),
            to: to.clone(),
        },
        other => other.clone(),
    };
    match rename {
        Rename::Part {
            kind: PartKind::Constraint | PartKind::Index,
            ..
        } => [PartKind::Constraint, PartKind::Index]
            .into_iter()
            .any(|kind| has(state, &of_kind(kind), Side::To)),
        _ => has(state, rename, Side::To),
    }
}

fn has(state: &Schema, rename: &Rename, side: Side) -> bool {
    match rename {
        Rename::Global { kind, from, to } => {
            let name = side.of(from, to);
            match kind {
                GlobalKind::Namespace => state.schemas.contains(name),
                GlobalKind::Role => state.roles.contains(name),
            }
        }
        Rename::InSchema { kind, from, to } => {
            let name: &QualifiedName = side.of(from, to);
            match kind {
                RelationKind::Enum => state.enums.contains(name),
                RelationKind::Sequence => state.sequences.contains(name),
                RelationKind::Table => state.tables.contains(name),
                RelationKind::View => state.views.contains(name),
            }
        }
        Rename::Part { kind, of, from, to } => {
            let name = side.of(from, to);
            let table = state.tables.get(of);
            match kind {
                PartKind::Column => table.is_some_and(|table| table.columns.contains(name)),
                PartKind::Label => state
                    .enums
                    .get(of)
                    .is_some_and(|it| it.values.contains(name)),
                PartKind::Constraint => table.is_some_and(|table| has_constraint(table, name)),
                PartKind::Index => table.is_some_and(|table| table.indexes.contains(name)),
                PartKind::Policy => match table {
                    Some(table) => table.policies.contains(name),
                    None => state.policies.contains(&(of.clone(), name.clone())),
                },
            }
        }
    }
}

impl Side {
    fn of<'a, T>(self, from: &'a T, to: &'a T) -> &'a T {
        match self {
            Self::From => from,
            Self::To => to,
        }
    }
}

fn has_constraint(table: &Table, name: &String) -> bool {
    let key = table.primary_key.as_ref();
    key.is_some_and(|key| key.name.as_ref() == Some(name))
        || table.uniques.contains(name)
        || table.foreign_keys.contains(name)
        || table.checks.contains(name)
}

fn same_origin(rename: &Rename, other: &Rename) -> bool {
    frees(rename, &other.clone().reversed())
}

fn same_end(rename: &Rename, other: &Rename) -> bool {
    same_origin(&rename.clone().reversed(), &other.clone().reversed())
}

/// Whether the one takes the name away to which the other leads.
fn frees(rename: &Rename, other: &Rename) -> bool {
    match (rename, other) {
        (
            Rename::Global { kind, from, .. },
            Rename::Global {
                kind: other, to, ..
            },
        ) => kind == other && from == to,
        (
            Rename::InSchema { kind, from, .. },
            Rename::InSchema {
                kind: other, to, ..
            },
        ) => kind == other && from == to,
        (
            Rename::Part { kind, of, from, .. },
            Rename::Part {
                kind: other,
                of: other_of,
                to,
                ..
            },
        ) => kind == other && of == other_of && from == to,
        _ => false,
    }
}
