//! What was renamed between two states: which of the stated renames apply, and what follows from them.

mod chain;
mod implied;
mod named;
mod notation;
mod questions;
mod state;

use pg_schema::{RelationKind, Rename, Schema, View};

use self::named::Named;
use self::state::renamed_towards;

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
        for rename in ranked {
            let (earlier, later) = (Named::earlier(rename), Named::later(rename));
            if !earlier.is_in(&state) || !later.is_in(to) {
                continue;
            }
            let says_it_already =
                |other: &Rename| Named::earlier(other) == earlier || Named::later(other) == later;
            if !fitting.iter().any(says_it_already) {
                fitting.push(rename.clone());
            }
        }
        // One whose name does not get free takes others along that wait for its own.
        loop {
            let is_free = |rename: &Rename| {
                let later = Named::later(rename);
                let mut others = fitting.iter();
                !later.is_taken_in(&state) || others.any(|other| Named::earlier(other) == later)
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
    let mut state = renamed_towards(to, from, &all);
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
