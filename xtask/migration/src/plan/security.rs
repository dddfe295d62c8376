//! Roles, row security and its policies in the order.

use std::collections::HashSet;

use pg_schema::{Policy, QualifiedName};

use super::order::Order;
use super::readers::Readers;
use crate::diff::{Change, Difference};
use crate::statement::{PolicyTable, Statement};

impl<'a> Order<'a> {
    /// A role that a policy names can only go after the policy has.
    pub(super) fn drop_roles(&mut self, named_by_policies: bool) {
        let from = self.context.from;
        let own = from.tables.iter().flat_map(|table| &table.policies);
        let linked = from.policies.iter().map(|linked| &linked.policy);
        let named: HashSet<_> = own.chain(linked).flat_map(|it| &it.roles).collect();
        self.phase(|change| match change {
            Change::Role(Difference::Removed(role))
                if named.contains(&role.name) == named_by_policies =>
            {
                Some(Statement::DropRole(role.name.clone()))
            }
            _ => None,
        });
    }

    pub(super) fn create_roles(&mut self) {
        self.phase(|change| match change {
            Change::Role(Difference::Added(role)) => Some(Statement::CreateRole(role.clone())),
            _ => None,
        });
        self.phase(|change| match change {
            Change::Role(Difference::Altered { to, .. }) => Some(Statement::AlterRole(to.clone())),
            _ => None,
        });
    }

    /// Row security of tables that are in both states, in the order of the later one; then that of dropped tables: as soon as a table is altered in
    /// more than the presence of columns, drizzle-kit says of each that it is off. It changes nothing, but is part of its text.
    pub(super) fn set_row_security(&mut self) {
        let context = self.context;
        for enabled in [true, false] {
            for table in &context.to.tables {
                if let Some((change, _)) = context
                    .row_security(&table.name)
                    .filter(|(_, now)| *now == enabled)
                {
                    let name = table.name.clone();
                    self.extend(
                        change,
                        [if enabled {
                            Statement::EnableRowSecurity(name)
                        } else {
                            Statement::DisableRowSecurity(name)
                        }],
                    );
                }
            }
        }
        if context.changes.iter().any(alters_table) {
            self.phase(|change| match change {
                Change::Table(Difference::Removed(table)) if !table.row_security => {
                    Some(Statement::DisableRowSecurity(table.name.clone()))
                }
                _ => None,
            });
        }
    }

    /// Policies of tables, then those that are linked to other tables: dropped, created, altered.
    pub(super) fn change_policies(&mut self, readers: &Readers) {
        for linked in [false, true] {
            for altered in [false, true] {
                self.policies(readers, linked, |policy| {
                    let due = policy.to.is_some() == altered;
                    policy.drop().filter(|_| due)
                });
            }
            for altered in [false, true] {
                self.policies(readers, linked, |policy| {
                    let due = policy.from.is_some() == altered;
                    policy.create().filter(|_| due)
                });
            }
            for (change, on, policy) in readers.restored_policies(linked) {
                let (on, policy) = (on.clone(), policy.clone());
                self.extend(change, [Statement::CreatePolicy { on, policy }]);
            }
            if !linked {
                self.create_policies_of_new_tables();
            }
            self.policies(readers, linked, PolicyChange::alter);
        }
    }

    /// Those that change, but for the ones that have gone before their turn and come back by themselves.
    fn policies(
        &mut self,
        readers: &Readers,
        linked: bool,
        statement: impl Fn(PolicyChange<'a>) -> Option<Statement>,
    ) {
        self.phase(|change| {
            let policy = PolicyChange::of(change).filter(|it| it.on.linked == linked)?;
            let name = &policy.from.or(policy.to)?.name;
            if readers.drops_policy(&policy.on.name, name) {
                return None;
            }
            statement(policy)
        });
    }

    fn create_policies_of_new_tables(&mut self) {
        self.phase(|change| match change {
            Change::Table(Difference::Added(table)) => {
                let create = |policy: &Policy| Statement::CreatePolicy {
                    on: own_table(&table.name),
                    policy: policy.clone(),
                };
                table.policies.iter().map(create).collect()
            }
            _ => Vec::new(),
        });
    }
}

fn alters_table(change: &Change) -> bool {
    match change {
        Change::Namespace(_)
        | Change::Enum(_)
        | Change::Sequence(_)
        | Change::Role(_)
        | Change::Table(_)
        | Change::Rename(_)
        | Change::View(_)
        | Change::ViewIndex(..)
        | Change::LinkedPolicy(_)
        | Change::Extension(_)
        | Change::Comment(_) => false,
        Change::Column(_, difference) => matches!(difference, Difference::Altered { .. }),
        _ => true,
    }
}

/// A policy of a table that is in both states, or of one that is in neither, with both of its sides.
struct PolicyChange<'a> {
    on: PolicyTable,
    from: Option<&'a Policy>,
    to: Option<&'a Policy>,
}

impl<'a> PolicyChange<'a> {
    fn of(change: &'a Change) -> Option<Self> {
        match change {
            Change::Policy(table, difference) => Some(Self {
                on: own_table(table),
                from: difference.from(),
                to: difference.to(),
            }),
            Change::LinkedPolicy(difference) => {
                let (from, to) = (difference.from(), difference.to());
                Some(Self {
                    on: linked_table(&from.or(to)?.name.0),
                    from: from.map(|linked| &linked.policy),
                    to: to.map(|linked| &linked.policy),
                })
            }
            _ => None,
        }
    }

    /// Whether it is dropped, be it to be created again: PostgreSQL can alter neither kind nor command, nor take a condition away.
    fn goes(&self) -> bool {
        match (self.from, self.to) {
            (Some(from), Some(to)) => {
                from.permissive != to.permissive
                    || from.command != to.command
                    || from.using.is_some() && to.using.is_none()
                    || from.with_check.is_some() && to.with_check.is_none()
            }
            (from, _) => from.is_some(),
        }
    }

    fn drop(&self) -> Option<Statement> {
        let dropped = self.from.filter(|_| self.goes())?;
        Some(Statement::DropPolicy {
            on: self.on.clone(),
            name: dropped.name.clone(),
        })
    }

    fn create(&self) -> Option<Statement> {
        let created = self.to.filter(|_| self.from.is_none() || self.goes())?;
        Some(Statement::CreatePolicy {
            on: self.on.clone(),
            policy: created.clone(),
        })
    }

    fn alter(self) -> Option<Statement> {
        let altered = self.to.filter(|_| self.from.is_some() && !self.goes())?;
        Some(Statement::AlterPolicy {
            on: self.on,
            policy: altered.clone(),
        })
    }
}

pub(super) fn own_table(name: &QualifiedName) -> PolicyTable {
    PolicyTable {
        name: name.clone(),
        linked: false,
    }
}

pub(super) fn linked_table(name: &QualifiedName) -> PolicyTable {
    PolicyTable {
        name: name.clone(),
        linked: true,
    }
}
