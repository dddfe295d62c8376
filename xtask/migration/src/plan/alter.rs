//! The alteration of tables that are in both states, column by column.

use super::cast::reads_alike;
use super::columns::{Surroundings, alter_column, rebuilds, retyping};
use super::dependents::{Causes, Dependents};
use super::enums::EnumChange;
use super::keys::{released_columns, unnamed_key};
use super::order::Order;
use crate::diff::Difference;

impl Order<'_> {
    /// Table by table: an unnamed primary key first, then the columns. What is computed from a column that gets another type goes before and
    /// comes back after.
    pub(super) fn alter_columns(&mut self, enums: &[EnumChange]) {
        let context = self.context;
        for (name, altered) in context.altered_tables() {
            if let Some((index, difference)) = altered.primary_key {
                self.extend(index, unnamed_key(context, name, difference));
                self.extend(index, released_columns(context, name, difference));
            }
            let alterations = || {
                let columns = altered.columns.iter();
                columns.filter_map(|(index, change)| match change {
                    Difference::Altered { from, to } => Some((*index, from, to)),
                    _ => None,
                })
            };
            let carried =
                |column: &str| enums.iter().find_map(|change| change.carries(name, column));
            let is_settled = |column: &str| {
                let mut changes = enums.iter();
                changes.any(|change| change.dependents.settles(name, column))
            };
            let mut causes = Causes::default();
            let mut first_cause = None;
            for (index, from, to) in alterations().filter(|(_, _, to)| !is_settled(&to.name)) {
                if rebuilds(from, to) {
                    causes.rebuilt.push(&to.name);
                } else if carried(&to.name).is_none()
                    && let Some((before, after)) = retyping(from, to)
                {
                    causes.retyped.push(&to.name);
                    if !reads_alike(&before, &after) {
                        causes.converted.push(&to.name);
                    }
                } else {
                    continue;
                }
                first_cause = first_cause.or(Some(index));
            }
            let mut dependents = Dependents::default();
            if let (Some(index), Some(from), Some(to)) = (
                first_cause,
                context.from.tables.get(name),
                context.to.tables.get(name),
            ) {
                dependents.add(from, to, &causes);
                self.extend(index, dependents.drop());
            }
            let mut restores_late = dependents
                .generated()
                .any(|column| context.is_computed_from_added(name, column));
            for (index, from, to) in alterations() {
                if is_settled(&to.name) || dependents.settles(name, &to.name) {
                    continue;
                }
                let plain_already = dependents.makes_plain(name, &to.name)
                    || enums
                        .iter()
                        .any(|change| change.dependents.makes_plain(name, &to.name));
                let surroundings = Surroundings {
                    carried: carried(&to.name),
                    computed_from: context.computes_from(name, &to.name),
                    primary_key: context.is_inline_key(name, &to.name),
                    key_requires: context.key_requires(name, &to.name),
                    key_releases: context.key_releases(name, &to.name),
                    expression_dropped: plain_already,
                    standing_sequence: context.standing_sequence(name, from, to),
                };
                let mut statements = alter_column(name, from, to, surroundings);
                if rebuilds(from, to) && context.is_computed_from_added(name, to) {
                    self.late
                        .extend(statements.pop().map(|added| (index, added)));
                    restores_late = true;
                }
                self.extend(index, statements);
            }
            if let Some(index) = first_cause {
                let restored = dependents.restore();
                if restores_late {
                    let restored = restored.into_iter();
                    self.late
                        .extend(restored.map(|statement| (index, statement)));
                } else {
                    self.extend(index, restored);
                }
            }
            self.dependents.push(dependents);
        }
    }
}
