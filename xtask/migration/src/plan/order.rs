//! The order of the steps: drizzle-kit's phases, and the exceptions without which PostgreSQL refuses a step.

use pg_schema::{ForeignKey, Index, PrimaryKey, QualifiedName};

use super::columns::alter_column;
use super::context::Context;
use super::enums::EnumChange;
use super::hazards::hazards;
use super::{RunMode, Step};
use crate::diff::{Change, Difference};
use crate::statement::{ConstraintKind, Statement};

pub(super) fn steps(context: Context) -> Vec<Step> {
    let mut steps = Steps {
        context,
        steps: Vec::new(),
    };
    steps.run();
    steps.steps
}

/// Steps under construction.
struct Steps<'a> {
    context: Context<'a>,
    steps: Vec<Step>,
}

impl<'a> Steps<'a> {
    fn run(&mut self) {
        let context = self.context;
        let enums = EnumChange::all(context);
        self.phase(|change| match change {
            Change::Namespace(Difference::Added(namespace)) => {
                Some(Statement::CreateSchema(namespace.name.clone()))
            }
            _ => None,
        });
        self.phase(|change| match change {
            Change::Enum(Difference::Added(declared)) => {
                Some(Statement::CreateEnum(declared.clone()))
            }
            _ => None,
        });
        self.alter_enums(&enums, EnumChange::added_values);
        // A table that is created with a label which only the new type has needs the new type first.
        self.alter_enums(&enums, |change| {
            if change.needed_by_new_tables {
                change.recreation()
            } else {
                Vec::new()
            }
        });
        self.phase(|change| match change {
            Change::Table(Difference::Added(table)) => Some(Statement::CreateTable(table.clone())),
            _ => None,
        });
        self.drop_foreign_keys(true);
        self.drop_tables();
        self.drop_constraints();
        self.drop_foreign_keys(false);
        self.alter_enums(&enums, |change| {
            if change.needed_by_new_tables {
                Vec::new()
            } else {
                change.recreation()
            }
        });
        self.drop_indexes();
        self.drop_named_keys();
        self.alter_columns(&enums);
        self.add_named_keys(false);
        self.add_columns();
        self.add_named_keys(true);
        self.add_foreign_keys(false);
        self.create_indexes();
        self.phase(|change| match change {
            Change::Column(table, Difference::Removed(column)) => Some(Statement::DropColumn {
                table: table.clone(),
                column: column.name.clone(),
                rebuilt: false,
            }),
            _ => None,
        });
        self.replace_keys();
        self.add_constraints();
        self.add_foreign_keys(true);
        self.phase(|change| match change {
            Change::Enum(Difference::Removed(declared)) => {
                Some(Statement::DropEnum(declared.name.clone()))
            }
            _ => None,
        });
        self.phase(|change| match change {
            Change::Namespace(Difference::Removed(namespace)) => {
                Some(Statement::DropSchema(namespace.name.clone()))
            }
            _ => None,
        });
    }

    /// Goes over all changes once and takes the statements that one phase makes of them.
    fn phase<S: IntoIterator<Item = Statement>>(&mut self, statements: impl Fn(&'a Change) -> S) {
        for (index, change) in self.context.changes.iter().enumerate() {
            self.extend(index, statements(change));
        }
    }

    fn extend(&mut self, change: usize, statements: impl IntoIterator<Item = Statement>) {
        for statement in statements {
            let run = match &statement {
                Statement::CreateIndex { index, .. } if index.concurrently => RunMode::Outside,
                _ => RunMode::InTransaction,
            };
            let hazards = hazards(&statement, change, self.context);
            self.steps.push(Step {
                statement,
                change,
                hazards,
                run,
            });
        }
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

    /// As soon as a table is altered in more than the presence of columns, drizzle-kit says of each dropped table that its row security is off.
    /// It changes nothing, but is part of its text.
    fn drop_tables(&mut self) {
        let alters = |change: &Change| match change {
            Change::Namespace(_) | Change::Enum(_) | Change::Table(_) => false,
            Change::Column(_, difference) => matches!(difference, Difference::Altered { .. }),
            _ => true,
        };
        if self.context.changes.iter().any(alters) {
            self.phase(|change| match change {
                Change::Table(Difference::Removed(table)) => {
                    Some(Statement::DisableRowSecurity(table.name.clone()))
                }
                _ => None,
            });
        }
        self.phase(|change| match change {
            Change::Table(Difference::Removed(table)) => {
                Some(Statement::DropTable(table.name.clone()))
            }
            _ => None,
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
                .filter(|key| context.loses_target(key) == early)
                .map(|key| drop_constraint(table, &key.name, ConstraintKind::ForeignKey)),
            _ => None,
        });
    }

    fn drop_indexes(&mut self) {
        for altered in [false, true] {
            self.phase(|change| match change {
                Change::Index(table, difference) if is_altered(difference) == altered => {
                    difference.from().map(|index| {
                        Statement::DropIndex(QualifiedName::new(&table.schema, &index.name))
                    })
                }
                _ => None,
            });
        }
    }

    fn drop_named_keys(&mut self) {
        let context = self.context;
        self.phase(|change| match change {
            Change::PrimaryKey(table, difference) => {
                let replaced = difference
                    .to()
                    .is_some_and(|key| context.replaces_key(table, key));
                let named = difference
                    .from()
                    .filter(|key| key.name.is_some() && !replaced);
                named.map(|key| {
                    drop_constraint(
                        table,
                        &primary_key_name(table, key),
                        ConstraintKind::PrimaryKey,
                    )
                })
            }
            _ => None,
        });
    }

    /// Table by table: unnamed primary keys first, then the columns.
    fn alter_columns(&mut self, enums: &[EnumChange]) {
        let context = self.context;
        for table in &context.from.tables {
            for (index, change) in context.changes.iter().enumerate() {
                if let Change::PrimaryKey(at, difference) = change
                    && *at == table.name
                {
                    self.extend(index, unnamed_key(context, at, difference));
                }
            }
            for (index, at, change) in context.columns().filter(|(_, at, _)| **at == table.name) {
                if let Difference::Altered { from, to } = change {
                    let carried = enums.iter().find_map(|change| change.carries(at, &to.name));
                    let primary_key = context.is_inline_key(at, &to.name);
                    self.extend(index, alter_column(at, from, to, carried, primary_key));
                }
            }
        }
    }

    /// A named key comes before new columns, as drizzle-kit has it, unless it needs one of them.
    fn add_named_keys(&mut self, on_new_columns: bool) {
        let context = self.context;
        self.phase(|change| match change {
            Change::PrimaryKey(table, difference) => difference
                .to()
                .filter(|key| key.name.is_some() && !context.replaces_key(table, key))
                .filter(|key| {
                    key.columns
                        .iter()
                        .any(|column| context.adds_column(table, column))
                        == on_new_columns
                })
                .map(|key| Statement::AddPrimaryKey {
                    table: table.clone(),
                    key: key.clone(),
                }),
            _ => None,
        });
    }

    fn replace_keys(&mut self) {
        let context = self.context;
        self.phase(|change| match change {
            Change::PrimaryKey(table, Difference::Altered { to, .. })
                if context.replaces_key(table, to) =>
            {
                vec![
                    Statement::DropConstraint {
                        table: table.clone(),
                        name: primary_key_name(table, to),
                        kind: ConstraintKind::PrimaryKey,
                        replaced: true,
                    },
                    Statement::AddPrimaryKey {
                        table: table.clone(),
                        key: to.clone(),
                    },
                ]
            }
            _ => Vec::new(),
        });
    }

    fn add_columns(&mut self) {
        let context = self.context;
        self.phase(|change| match change {
            Change::Column(table, Difference::Added(column)) => Some(Statement::AddColumn {
                table: table.clone(),
                column: column.clone(),
                primary_key: context.is_inline_key(table, &column.name),
            }),
            _ => None,
        });
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
            Change::ForeignKey(table, difference) => difference
                .to()
                .filter(due)
                .map(|key| add_foreign_key(table, key)),
            _ => None,
        });
    }

    /// Indexes of tables that were there: added ones, altered ones, and those that went with a rebuilt column.
    fn create_indexes(&mut self) {
        let context = self.context;
        for altered in [false, true] {
            self.phase(|change| match change {
                Change::Index(table, difference) if is_altered(difference) == altered => {
                    difference.to().map(|index| create_index(table, index))
                }
                _ => None,
            });
        }
        for (change, table, column) in context.rebuilt_columns() {
            let lost = table
                .indexes
                .iter()
                .filter(|index| context.keeps_index(&table.name, index) && index.uses(column));
            self.extend(change, lost.map(|index| create_index(&table.name, index)));
        }
    }

    fn add_constraints(&mut self) {
        let context = self.context;
        self.phase(|change| match change {
            Change::Unique(table, difference) => {
                difference.to().map(|unique| Statement::AddUnique {
                    table: table.clone(),
                    unique: unique.clone(),
                })
            }
            _ => None,
        });
        for (change, table, column) in context.rebuilt_columns() {
            let earlier = context.from.tables.get(&table.name);
            let lost = table.uniques.iter().filter(|unique| {
                unique.columns.iter().any(|name| name == column)
                    && earlier
                        .is_some_and(|earlier| earlier.uniques.get(&unique.name) == Some(unique))
            });
            self.extend(
                change,
                lost.map(|unique| Statement::AddUnique {
                    table: table.name.clone(),
                    unique: unique.clone(),
                }),
            );
        }
        self.phase(|change| match change {
            Change::Check(table, difference) => difference.to().map(|check| Statement::AddCheck {
                table: table.clone(),
                check: check.clone(),
            }),
            _ => None,
        });
    }
}

/// The statements of a primary key that has no name on one of its sides. The key of a new column is part of ADD COLUMN, and that of a dropped
/// column goes with it.
fn unnamed_key(
    context: Context,
    table: &QualifiedName,
    difference: &Difference<PrimaryKey>,
) -> Vec<Statement> {
    let unnamed = |key: &&PrimaryKey| key.name.is_none();
    let mut statements = Vec::new();
    if let Some(key) = difference.from().filter(unnamed) {
        let goes_along = difference.to().is_none()
            && key
                .columns
                .iter()
                .any(|column| context.drops_column(table, column));
        if !goes_along {
            statements.push(drop_constraint(
                table,
                &primary_key_name(table, key),
                ConstraintKind::PrimaryKey,
            ));
        }
    }
    if let Some(key) = difference.to().filter(unnamed)
        && !key
            .columns
            .iter()
            .any(|column| context.adds_column(table, column))
    {
        statements.push(Statement::AddPrimaryKey {
            table: table.clone(),
            key: key.clone(),
        });
    }
    statements
}

fn is_altered<T>(difference: &Difference<T>) -> bool {
    matches!(difference, Difference::Altered { .. })
}

fn drop_constraint(table: &QualifiedName, name: &str, kind: ConstraintKind) -> Statement {
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

/// The key's name: PostgreSQL calls an unnamed one `<table>_pkey` and cuts the table's name so that all of it fits (`makeObjectName`).
/// (drizzle-kit does not know the name and writes a comment that asks the reader to find it.)
fn primary_key_name(table: &QualifiedName, key: &PrimaryKey) -> String {
    const SUFFIX: &str = "_pkey";
    key.name.clone().unwrap_or_else(|| {
        let room = pg_schema::MAX_NAME_BYTES - SUFFIX.len();
        format!(
            "{}{SUFFIX}",
            &table.name[..table.name.floor_char_boundary(room)]
        )
    })
}
