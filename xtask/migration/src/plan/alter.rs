//! The alteration of tables that are in both states, column by column.

use pg_schema::{Column, QualifiedName};

use super::cast::reads_alike;
use super::columns::{Surroundings, alter_column, rebuilds, retyping};
use super::context::{AlteredTable, Context};
use super::dependents::{Causes, Dependents};
use super::enums::{Carried, EnumChange};
use super::keys::{released_columns, unnamed_key};
use super::order::Order;
use crate::diff::Difference;

/// The alteration of one table.
pub(super) struct Alteration<'a> {
    name: &'a QualifiedName,
    altered: &'a AlteredTable<'a>,
    /// The first change for which `dependents` have to go.
    first_cause: Option<usize>,
    pub(super) dependents: Dependents<'a>,
}

impl<'a> Alteration<'a> {
    pub(super) fn all(context: &'a Context<'a>, enums: &mut [EnumChange<'a>]) -> Vec<Self> {
        let tables = context.altered_tables();
        tables
            .map(|(name, altered)| Self::new(name, altered, context, enums))
            .collect()
    }

    fn new(
        name: &'a QualifiedName,
        altered: &'a AlteredTable<'a>,
        context: &'a Context<'a>,
        enums: &mut [EnumChange<'a>],
    ) -> Self {
        let mut causes = Causes::default();
        let mut first_cause = None;
        for (index, from, to) in altered_columns(altered) {
            if is_settled(enums, name, &to.name) {
                continue;
            }
            if rebuilds(from, to) {
                causes.rebuilt.push(&to.name);
            } else if carried(enums, name, &to.name).is_none()
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
        if let (Some(_), Some(from), Some(to)) = (
            first_cause,
            context.from.tables.get(name),
            context.to.tables.get(name),
        ) {
            dependents.add(from, to, &causes);
            for change in enums {
                dependents.take_over(&mut change.dependents);
            }
        }
        Self {
            name,
            altered,
            first_cause,
            dependents,
        }
    }
}

fn altered_columns<'a>(
    altered: &AlteredTable<'a>,
) -> impl Iterator<Item = (usize, &'a Column, &'a Column)> {
    let columns = altered.columns.iter();
    columns.filter_map(|(index, change)| match change {
        Difference::Altered { from, to } => Some((*index, &**from, &**to)),
        _ => None,
    })
}

fn carried(enums: &[EnumChange], table: &QualifiedName, column: &str) -> Option<Carried> {
    let mut changes = enums.iter();
    changes.find_map(|change| change.carries(table, column))
}

fn is_settled(enums: &[EnumChange], table: &QualifiedName, column: &str) -> bool {
    let mut changes = enums.iter();
    changes.any(|change| change.dependents.settles(table, column))
}

impl Order<'_> {
    /// Table by table: an unnamed primary key first, then the columns. What is computed from a column that gets another type goes before and
    /// comes back after.
    pub(super) fn alter_columns(&mut self, alterations: &[Alteration], enums: &[EnumChange]) {
        for alteration in alterations {
            self.alter_table(alteration, enums);
        }
    }

    fn alter_table(&mut self, alteration: &Alteration, enums: &[EnumChange]) {
        let context = self.context;
        let (name, dependents) = (alteration.name, &alteration.dependents);
        if let Some((index, difference)) = alteration.altered.primary_key {
            self.extend(index, unnamed_key(context, name, difference));
            self.extend(index, released_columns(context, name, difference));
        }
        if let Some(index) = alteration.first_cause {
            self.extend(index, dependents.drop());
        }
        let mut restores_late = dependents
            .generated()
            .any(|column| context.is_computed_from_added(name, column));
        for (index, from, to) in altered_columns(alteration.altered) {
            if is_settled(enums, name, &to.name) || dependents.settles(name, &to.name) {
                continue;
            }
            let plain_already = dependents.makes_plain(name, &to.name)
                || enums
                    .iter()
                    .any(|change| change.dependents.makes_plain(name, &to.name));
            let surroundings = Surroundings {
                carried: carried(enums, name, &to.name),
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
        if let Some(index) = alteration.first_cause {
            let restored = dependents.restore();
            if restores_late {
                let restored = restored.into_iter();
                self.late
                    .extend(restored.map(|statement| (index, statement)));
            } else {
                self.extend(index, restored);
            }
        }
    }
}
