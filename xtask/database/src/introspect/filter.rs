//! Which objects count, of a database and of any state that is compared with one.

mod pattern;

use std::mem;

use pg_schema::{CommentTarget, PUBLIC, QualifiedName, Schema};

pub use pattern::{Pattern, Patterns};

/// What of a state counts; by default all of it.
///
/// What is left out is left out on both sides of a comparison, so that it is neither made nor dropped. A table or view goes with its parts, which
/// are its columns, constraints, indexes, policies, comments and the sequences of its columns; enums and other sequences go with their schema.
/// Policies on somebody else's tables stay: they are declared one by one, and lie in no schema of the state.
/// What stays may refer to what is left out, as a foreign key or a view's query does: that is somebody else's, and taken to be there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// The schemas, `public` among them, with all that lies in them.
    pub schemas: Patterns,
    /// The tables and views. A pattern with a dot in it is also compared with `schema.name`.
    pub tables: Patterns,
    /// The extensions. What an extension made is the extension's own, and never counts.
    pub extensions: Patterns,
    /// The roles; `None` for just those that a state names, since they belong to the whole server.
    pub roles: Option<Patterns>,
}

impl Filter {
    /// Whether a table or view counts.
    #[must_use]
    pub fn has_relation(&self, name: &QualifiedName) -> bool {
        self.schemas.select(&name.schema) && self.tables.select_in_schema(name)
    }

    /// Leaves out what does not count.
    pub fn narrow(&self, state: &mut Schema) {
        let has = |name: &QualifiedName| self.schemas.select(&name.schema);
        state.schemas.retain(|it| self.schemas.select(&it.name));
        state.enums.retain(|it| has(&it.name));
        state.sequences.retain(|it| {
            let owner = it.owned_by.as_ref();
            has(&it.name) && owner.is_none_or(|(table, _)| self.has_relation(table))
        });
        state.tables.retain(|it| self.has_relation(&it.name));
        state.views.retain(|it| self.has_relation(&it.name));
        state
            .extensions
            .retain(|it| self.extensions.select(&it.name));
        if let Some(roles) = &self.roles {
            state.roles.retain(|it| roles.select(&it.name));
        }
        forget_comments(state);
        if !self.schemas.select(PUBLIC) {
            let public = CommentTarget::Namespace(PUBLIC.to_owned());
            state.comments.remove(&public);
        }
    }
}

/// Leaves these tables and views out of a state.
pub fn leave_out(relations: &[QualifiedName], state: &mut Schema) {
    if relations.is_empty() {
        return;
    }
    state.tables.retain(|it| !relations.contains(&it.name));
    state.views.retain(|it| !relations.contains(&it.name));
    forget_comments(state);
}

/// A comment goes with what it is on.
fn forget_comments(state: &mut Schema) {
    let mut comments = mem::take(&mut state.comments);
    comments.retain(|it| state.holds(&it.on));
    state.comments = comments;
}
