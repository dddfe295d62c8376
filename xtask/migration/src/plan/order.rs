//! The order of the steps: drizzle-kit's phases, and the exceptions without which PostgreSQL refuses a step.

use std::collections::HashSet;
use std::mem;
use std::sync::Arc;

use pg_schema::{ForeignKey, GlobalKind, Index, QualifiedName, Table};

use super::alter::Alteration;
use super::context::Context;
use super::dependents::Dependents;
use super::enums::{EnumChange, late_tables};
use super::hazards::hazards;
use super::readers::Readers;
use super::security::own_table;
use super::{RunMode, Step};
use crate::diff::{Change, Difference};
use crate::statement::{ConstraintKind, Statement};

pub(super) fn steps(context: &Context) -> Vec<Step> {
    let mut order = Order {
        context,
        steps: Vec::new(),
        schemas_created: 0,
        late: Vec::new(),
    };
    order.run();
    order.steps
}

/// Steps under construction.
pub(super) struct Order<'a> {
    pub(super) context: &'a Context<'a>,
    pub(super) steps: Vec<Step>,
    /// How many steps create schemas, before which nothing can be moved into them.
    pub(super) schemas_created: usize,
    /// What is made anew beside altered columns, but needs one that is only added, with the change that it serves.
    pub(super) late: Vec<(usize, Statement)>,
}

impl<'a> Order<'a> {
    fn run(&mut self) {
        let context = self.context;
        let late = late_tables(context);
        let mut enums = EnumChange::all(context, &late);
        let alterations = Alteration::all(context, &mut enums);
        let readers = Readers::new(context, &enums);
        let readers_first = readers.frees_names(context);
        self.phase(|change| match change {
            Change::Namespace(Difference::Added(namespace)) => {
                Some(Statement::CreateSchema(namespace.name.clone()))
            }
            _ => None,
        });
        self.rename_globals(GlobalKind::Namespace);
        self.schemas_created = self.steps.len();
        self.create_extensions();
        if readers_first {
            self.drop_readers(&readers);
        }
        self.phase(|change| match change {
            Change::Enum(Difference::Added(declared)) => {
                Some(Statement::CreateEnum(declared.clone()))
            }
            _ => None,
        });
        self.rename_enums();
        self.alter_enums(&enums, EnumChange::added_values);
        self.create_sequences();
        self.rename_globals(GlobalKind::Role);
        self.drop_roles(false);
        self.create_roles();
        self.create_tables(|name| !late.contains(name));
        self.set_row_security();
        if !readers_first {
            self.drop_readers(&readers);
        }
        self.rename_views();
        self.alter_views(&readers);
        self.drop_foreign_keys(true);
        self.drop_tables(&readers);
        self.rename_tables();
        self.drop_constraints();
        self.drop_foreign_keys(false);
        self.alter_enums(&enums, EnumChange::recreation);
        self.create_tables(|name| late.contains(name));
        self.drop_indexes(&enums);
        self.drop_view_indexes(&readers);
        self.drop_named_keys();
        self.alter_columns(&alterations, &enums);
        for change in &enums {
            let restored = change.late_restoration().into_iter();
            self.late
                .extend(restored.map(|statement| (change.index, statement)));
        }
        self.add_named_keys(false);
        self.add_columns();
        self.add_named_keys(true);
        self.add_foreign_keys(false);
        self.create_indexes();
        self.own_sequences();
        self.drop_columns(&alterations, &enums);
        self.replace_keys();
        self.add_constraints();
        self.add_foreign_keys(true);
        self.create_views(&readers);
        self.create_view_indexes(&readers);
        self.rename_policies();
        self.change_policies(&readers);
        self.phase(|change| match change {
            Change::Enum(Difference::Removed(declared)) => {
                Some(Statement::DropEnum(declared.name.clone()))
            }
            _ => None,
        });
        self.drop_sequences();
        self.drop_roles(true);
        self.drop_extensions();
        self.phase(|change| match change {
            Change::Namespace(Difference::Removed(namespace)) => {
                Some(Statement::DropSchema(namespace.name.clone()))
            }
            _ => None,
        });
        self.comment();
    }

    /// Goes over all changes once and takes the statements that one phase makes of them.
    pub(super) fn phase<S: IntoIterator<Item = Statement>>(
        &mut self,
        statements: impl Fn(&'a Change) -> S,
    ) {
        for (index, change) in self.context.changes.iter().enumerate() {
            self.extend(index, statements(change));
        }
    }

    pub(super) fn extend(
        &mut self,
        change: usize,
        statements: impl IntoIterator<Item = Statement>,
    ) {
        for statement in statements {
            let step = self.step(change, statement);
            self.steps.push(step);
        }
    }

    /// Adds renames: here, or before the first step since `earliest` in which one of the names stands already.
    pub(super) fn insert(
        &mut self,
        earliest: usize,
        names: &HashSet<String>,
        renames: Vec<(usize, Statement)>,
    ) {
        if renames.is_empty() {
            return;
        }
        let mut since = self.steps[earliest..].iter();
        let first = since.position(|step| {
            let sql = step.statement.sql();
            names.iter().any(|name| sql.contains(name))
        });
        let place = first.map_or(self.steps.len(), |first| earliest + first);
        let renames = renames.into_iter();
        let steps: Vec<_> = renames
            .map(|(change, statement)| self.step(change, statement))
            .collect();
        self.steps.splice(place..place, steps);
    }

    fn step(&self, change: usize, statement: Statement) -> Step {
        let run = match &statement {
            Statement::CreateIndex { index, .. } if index.concurrently => RunMode::Outside,
            _ => RunMode::InTransaction,
        };
        Step {
            hazards: hazards(&statement, change, self.context),
            statement,
            change,
            run,
        }
    }

    fn create_tables(&mut self, due: impl Fn(&QualifiedName) -> bool) {
        self.phase(|change| match change {
            Change::Table(Difference::Added(table)) if due(&table.name) => create_table(table),
            _ => Vec::new(),
        });
    }

    fn alter_enums(
        &mut self,
        enums: &[EnumChange<'a>],
        statements: impl Fn(&EnumChange<'a>) -> Vec<Statement>,
    ) {
        for change in enums {
            self.extend(change.index, statements(change));
        }
    }

    /// Each with its policies first, as drizzle-kit has it.
    fn drop_tables(&mut self, readers: &Readers) {
        self.phase(|change| match change {
            Change::Table(Difference::Removed(table)) => {
                let policies = table.policies.iter();
                let policies = policies.filter(|it| !readers.drops_policy(&table.name, &it.name));
                let policies = policies.map(|policy| Statement::DropPolicy {
                    on: own_table(&table.name),
                    name: policy.name.clone(),
                });
                let table = Statement::DropTable(table.name.clone());
                policies.chain([table]).collect()
            }
            _ => Vec::new(),
        });
    }

    fn drop_constraints(&mut self) {
        self.phase(|change| match change {
            Change::Unique(table, difference) => difference
                .from()
                .map(|unique| drop_constraint(table, &unique.name, ConstraintKind::Unique)),
            _ => None,
        });
        self.phase(|change| match change {
            Change::Check(table, difference) => difference
                .from()
                .map(|check| drop_constraint(table, &check.name, ConstraintKind::Check)),
            _ => None,
        });
    }

    /// The `early` ones are those whose target goes before drizzle-kit's place for them.
    fn drop_foreign_keys(&mut self, early: bool) {
        let context = self.context;
        self.phase(|change| match change {
            Change::ForeignKey(table, difference) => difference
                .from()
                .filter(|_| !context.only_defers(table, difference))
                .filter(|key| context.loses_target(key) == early)
                .map(|key| drop_constraint(table, &key.name, ConstraintKind::ForeignKey)),
            _ => None,
        });
        if early {
            for (change, table, key) in context.interrupted_keys() {
                let dropped = drop_constraint(table, &key.name, ConstraintKind::ForeignKey);
                self.extend(change, [dropped]);
            }
        }
    }

    fn drop_indexes(&mut self, enums: &[EnumChange]) {
        let gone = |table: &QualifiedName, index: &str| {
            let mut changes = enums.iter();
            changes.any(|change| change.dependents.drops_index(table, index))
        };
        for altered in [false, true] {
            self.phase(|change| match change {
                Change::Index(table, difference) if is_altered(difference) == altered => {
                    let index = difference.from().filter(|index| !gone(table, &index.name));
                    index.map(|index| {
                        Statement::DropIndex(QualifiedName::new(&table.schema, &index.name))
                    })
                }
                _ => None,
            });
        }
    }

    /// A column that is computed from one that drizzle-kit adds behind it comes after that.
    fn add_columns(&mut self) {
        let context = self.context;
        for computed in [false, true] {
            self.phase(|change| match change {
                Change::Column(table, Difference::Added(column))
                    if context.is_computed_from_next(table, column) == computed =>
                {
                    Some(Statement::AddColumn {
                        table: table.clone(),
                        column: column.clone(),
                        primary_key: context.is_inline_key(table, &column.name),
                    })
                }
                _ => None,
            });
        }
        for (change, statement) in mem::take(&mut self.late) {
            self.extend(change, [statement]);
        }
    }

    /// Foreign keys of new tables, the indexes of new tables, other foreign keys; at the end those whose target is only made after that.
    fn add_foreign_keys(&mut self, late: bool) {
        let context = self.context;
        let due = |key: &&ForeignKey| context.gains_target_late(key) == late;
        self.phase(|change| match change {
            Change::Table(Difference::Added(table)) => table
                .foreign_keys
                .iter()
                .filter(due)
                .map(|key| add_foreign_key(&table.name, key))
                .collect(),
            _ => Vec::new(),
        });
        if !late {
            self.phase(|change| match change {
                Change::Table(Difference::Added(table)) => table
                    .indexes
                    .iter()
                    .map(|index| create_index(&table.name, index))
                    .collect(),
                _ => Vec::new(),
            });
        }
        self.phase(|change| match change {
            Change::ForeignKey(table, difference) if context.only_defers(table, difference) => {
                difference
                    .to()
                    .filter(|_| !late)
                    .map(|key| Statement::DeferForeignKey {
                        table: table.clone(),
                        name: key.name.clone(),
                        deferrable: key.deferrable,
                    })
            }
            Change::ForeignKey(table, difference) => difference
                .to()
                .filter(due)
                .map(|key| add_foreign_key(table, key)),
            _ => None,
        });
        for (change, table, key) in context.interrupted_keys().filter(|(_, _, key)| due(key)) {
            self.extend(change, [add_foreign_key(table, key)]);
        }
    }

    /// Indexes of tables that were there: added ones, then altered ones.
    fn create_indexes(&mut self) {
        for altered in [false, true] {
            self.phase(|change| match change {
                Change::Index(table, difference) if is_altered(difference) == altered => {
                    difference.to().map(|index| create_index(table, index))
                }
                _ => None,
            });
        }
    }

    fn drop_columns(&mut self, alterations: &[Alteration], enums: &[EnumChange]) {
        let context = self.context;
        let alterations = alterations.iter().map(|altered| &altered.dependents);
        let dependents = alterations.chain(enums.iter().map(|change| &change.dependents));
        let gone: HashSet<_> = dependents.flat_map(Dependents::dropped).collect();
        // PostgreSQL drops no column that another one is computed from.
        for computed in [true, false] {
            self.phase(|change| match change {
                Change::Column(table, Difference::Removed(column))
                    if !gone.contains(&(table, column.name.as_str()))
                        && context.is_computed_from_dropped(table, column) == computed =>
                {
                    Some(Statement::DropColumn {
                        table: table.clone(),
                        column: column.name.clone(),
                        rebuilt: false,
                    })
                }
                _ => None,
            });
        }
    }

    fn add_constraints(&mut self) {
        self.phase(|change| match change {
            Change::Unique(table, difference) => {
                difference.to().map(|unique| Statement::AddUnique {
                    table: table.clone(),
                    unique: unique.clone(),
                })
            }
            _ => None,
        });
        self.phase(|change| match change {
            Change::Check(table, difference) => difference.to().map(|check| Statement::AddCheck {
                table: table.clone(),
                check: check.clone(),
            }),
            _ => None,
        });
    }
}

/// A unique constraint on the columns of the primary key, or of another one, comes after: in CREATE TABLE PostgreSQL leaves it out, and gives its name
/// to the other (`transformIndexConstraints`).
fn create_table(table: &Arc<Table>) -> Vec<Statement> {
    let mut keys: Vec<(&[String], bool)> = Vec::new();
    keys.extend(
        table
            .primary_key
            .iter()
            .map(|key| (&key.columns[..], false)),
    );
    let mut created = Arc::clone(table);
    let mut statements = Vec::new();
    for unique in &table.uniques {
        let key = (&unique.columns[..], unique.nulls_not_distinct);
        if keys.contains(&key) {
            Arc::make_mut(&mut created).uniques.remove(&unique.name);
            statements.push(Statement::AddUnique {
                table: table.name.clone(),
                unique: unique.clone(),
            });
        }
        keys.push(key);
    }
    if table.is_row_secured() {
        statements.insert(0, Statement::EnableRowSecurity(table.name.clone()));
    }
    statements.insert(0, Statement::CreateTable(created));
    statements
}

fn is_altered<T>(difference: &Difference<T>) -> bool {
    matches!(difference, Difference::Altered { .. })
}

pub(super) fn drop_constraint(
    table: &QualifiedName,
    name: &str,
    kind: ConstraintKind,
) -> Statement {
    Statement::DropConstraint {
        table: table.clone(),
        name: name.to_owned(),
        kind,
        replaced: false,
    }
}

fn add_foreign_key(table: &QualifiedName, key: &ForeignKey) -> Statement {
    Statement::AddForeignKey {
        table: table.clone(),
        key: key.clone(),
    }
}

fn create_index(table: &QualifiedName, index: &Index) -> Statement {
    Statement::CreateIndex {
        table: table.clone(),
        index: index.clone(),
    }
}
