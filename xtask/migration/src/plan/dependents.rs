//! What PostgreSQL computes from a column, and cannot keep while the column's type changes or the column itself is made anew.

use std::cmp::Reverse;

use pg_schema::{Check, Column, Index, IndexTerm, QualifiedName, Table, Unique, mentions};

use super::columns::rebuilds;
use super::order::drop_constraint;
use crate::statement::{ConstraintKind, Statement};

/// Columns of a table whose change others do not survive.
#[derive(Default)]
pub(super) struct Causes<'a> {
    /// Columns that get another type, and so cannot be part of a generation expression meanwhile (manual, 5.4).
    pub(super) retyped: Vec<&'a str>,
    /// Those of them of which the SQL of checks and indexes, which PostgreSQL reads anew, may not make sense any more.
    pub(super) converted: Vec<&'a str>,
    /// Columns that are dropped and added again, with which PostgreSQL drops their constraints and indexes.
    pub(super) rebuilt: Vec<&'a str>,
    /// Whether this comes before the place at which indexes are dropped.
    pub(super) before_indexes: bool,
}

/// Parts of tables that go before such a change; most come back after it in their later form.
#[derive(Default)]
pub(super) struct Dependents<'a>(Vec<Dependent<'a>>);

struct Dependent<'a> {
    table: &'a QualifiedName,
    part: Part<'a>,
    /// Whether it has not gone with an earlier change.
    goes: bool,
    fate: Fate,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Leaves,
    ComesBack,
    /// With a later change.
    ComesBackLater,
}

#[derive(Clone, Copy, PartialEq)]
enum Part<'a> {
    Unique(&'a Unique),
    Check(&'a Check),
    Index(&'a Index),
    /// The expression of a generated column that stays as a plain one.
    Expression(&'a Column),
    /// A generated column.
    Generated(&'a Column),
    /// A plain column that becomes a generated one.
    Plain(&'a Column),
}

impl<'a> Dependents<'a> {
    pub(super) fn add(&mut self, from: &'a Table, to: &'a Table, causes: &Causes<'a>) {
        let table = &from.name;
        let mut add = |part, fate| {
            self.0.push(Dependent {
                table,
                part,
                goes: true,
                fate,
            });
        };
        let mentioned =
            |columns: &[&str], sql: &str| columns.iter().any(|column| mentions(sql, column));
        let computed = |column: &Column, rebuilt: &[&str]| {
            let expression = column.generated.as_ref();
            expression.is_some_and(|sql| mentioned(&causes.retyped, sql) || mentioned(rebuilt, sql))
        };
        let mut rebuilt = causes.rebuilt.clone();
        for column in from.columns.iter().filter(|it| it.generated.is_none()) {
            let later = to.columns.get(&column.name);
            if let Some(later) = later.filter(|later| computed(later, &causes.rebuilt)) {
                add(Part::Plain(later), Fate::ComesBack);
                rebuilt.push(&column.name);
            }
        }
        let sources = rebuilt.clone();
        for column in from.columns.iter().filter(|it| it.generated.is_some()) {
            let before = computed(column, &sources);
            match to.columns.get(&column.name) {
                None if before => add(Part::Generated(column), Fate::Leaves),
                Some(later) if later.generated.is_none() && before => {
                    add(Part::Expression(column), Fate::Leaves);
                }
                Some(later) if computed(later, &sources) || before && rebuilds(column, later) => {
                    add(Part::Generated(later), Fate::ComesBack);
                    rebuilt.push(&column.name);
                }
                _ => {}
            }
        }
        for unique in &from.uniques {
            let mut columns = unique.columns.iter();
            let depends = columns.any(|column| rebuilt.contains(&column.as_str()));
            if depends && to.uniques.get(&unique.name) == Some(unique) {
                add(Part::Unique(unique), Fate::ComesBack);
            }
        }
        for check in &from.checks {
            let depends = mentioned(&causes.converted, &check.expression)
                || mentioned(&rebuilt, &check.expression);
            if depends && to.checks.get(&check.name) == Some(check) {
                add(Part::Check(check), Fate::ComesBack);
            }
        }
        for index in &from.indexes {
            let mut converted = causes.converted.iter();
            let depends = converted.any(|column| {
                index.mentions(column)
                    || causes.before_indexes && needs_its_type(index) && index.uses(column)
            }) || rebuilt.iter().any(|column| index.uses(column))
                || loses_collation(index, from, to);
            let later = to.indexes.get(&index.name);
            if depends && later.is_some_and(|later| later.same_state(index)) {
                add(Part::Index(index), Fate::ComesBack);
            } else if depends && causes.before_indexes {
                add(Part::Index(index), Fate::Leaves);
            }
        }
    }

    /// What has gone with an earlier change already comes back only after this one. Returns whether there is any.
    pub(super) fn take_over(&mut self, earlier: &mut Self) -> bool {
        let mut takes_over = false;
        for gone in &mut earlier.0 {
            for dependent in &mut self.0 {
                if dependent.table == gone.table && dependent.part == gone.part {
                    dependent.goes = false;
                    if gone.fate == Fate::ComesBack {
                        gone.fate = Fate::ComesBackLater;
                        takes_over = true;
                    }
                }
            }
        }
        takes_over
    }

    /// Whether the column needs no other statement.
    pub(super) fn settles(&self, table: &QualifiedName, column: &str) -> bool {
        let mut columns = self.columns(table);
        columns.any(|(part, settled)| !matches!(part, Part::Expression(_)) && settled == column)
    }

    /// Whether the index has gone before its turn.
    pub(super) fn drops_index(&self, table: &QualifiedName, index: &str) -> bool {
        self.0.iter().any(|dependent| {
            let is_it = matches!(dependent.part, Part::Index(dropped) if dropped.name == index);
            is_it && dependent.table == table && dependent.fate == Fate::Leaves
        })
    }

    /// The generated columns that come back.
    pub(super) fn generated(&self) -> impl Iterator<Item = &'a Column> {
        self.coming_back()
            .filter_map(|dependent| match dependent.part {
                Part::Generated(column) | Part::Plain(column) => Some(column),
                _ => None,
            })
    }

    /// The columns that go before their turn.
    pub(super) fn dropped(&self) -> impl Iterator<Item = (&'a QualifiedName, &'a str)> {
        let leaving = self.0.iter().filter(|it| it.fate == Fate::Leaves);
        leaving.filter_map(|dependent| match dependent.part {
            Part::Generated(column) => Some((dependent.table, column.name.as_str())),
            _ => None,
        })
    }

    /// Whether the column has lost its generation expression already.
    pub(super) fn makes_plain(&self, table: &QualifiedName, column: &str) -> bool {
        let mut columns = self.columns(table);
        columns.any(|(part, plain)| matches!(part, Part::Expression(_)) && plain == column)
    }

    fn columns(&self, table: &QualifiedName) -> impl Iterator<Item = (Part<'a>, &'a str)> {
        let of_table = self.0.iter().filter(move |it| it.table == table);
        of_table.filter_map(|dependent| match dependent.part {
            Part::Expression(column) | Part::Generated(column) | Part::Plain(column) => {
                Some((dependent.part, column.name.as_str()))
            }
            _ => None,
        })
    }

    /// What goes before.
    pub(super) fn drop(&self) -> Vec<Statement> {
        let mut going: Vec<_> = self.0.iter().filter(|it| it.goes).collect();
        going.sort_by_key(|dependent| dependent.part.rank());
        going.into_iter().map(Dependent::removal).collect()
    }

    /// What comes back after.
    pub(super) fn restore(&self) -> Vec<Statement> {
        let mut coming_back: Vec<_> = self.coming_back().collect();
        coming_back.sort_by_key(|dependent| Reverse(dependent.part.rank()));
        let coming_back = coming_back.into_iter();
        coming_back.map(Dependent::restoration).collect()
    }

    fn coming_back(&self) -> impl Iterator<Item = &Dependent<'a>> {
        let dependents = self.0.iter();
        dependents.filter(|dependent| dependent.fate == Fate::ComesBack)
    }
}

impl Part<'_> {
    /// What goes first, and comes back last: nothing is computed from a generated column, but something may be from one that becomes generated.
    fn rank(&self) -> u8 {
        match self {
            Self::Unique(_) | Self::Check(_) => 0,
            Self::Index(_) => 1,
            Self::Expression(_) => 2,
            Self::Generated(_) => 3,
            Self::Plain(_) => 4,
        }
    }
}

impl Dependent<'_> {
    fn removal(&self) -> Statement {
        let table = self.table.clone();
        match self.part {
            Part::Check(check) => drop_constraint(&table, &check.name, ConstraintKind::Check),
            Part::Unique(unique) => drop_constraint(&table, &unique.name, ConstraintKind::Unique),
            Part::Index(index) => {
                Statement::DropIndex(QualifiedName::new(&table.schema, &index.name))
            }
            Part::Expression(column) => Statement::DropExpression {
                table,
                column: column.name.clone(),
            },
            Part::Generated(column) | Part::Plain(column) => Statement::DropColumn {
                table,
                column: column.name.clone(),
                rebuilt: self.fate != Fate::Leaves,
            },
        }
    }

    fn restoration(&self) -> Statement {
        let table = self.table.clone();
        match self.part {
            Part::Check(check) => Statement::AddCheck {
                table,
                check: check.clone(),
            },
            Part::Unique(unique) => Statement::AddUnique {
                table,
                unique: unique.clone(),
            },
            Part::Index(index) => Statement::CreateIndex {
                table,
                // Its table is locked as it is.
                index: Index {
                    concurrently: false,
                    ..index.clone()
                },
            },
            Part::Expression(column) | Part::Generated(column) | Part::Plain(column) => {
                Statement::AddColumn {
                    table,
                    column: Box::new(column.clone()),
                    primary_key: false,
                }
            }
        }
    }
}

/// Whether a key says the collation that its column had by itself: PostgreSQL makes the index anew from a text that leaves it out, and so with the
/// column's later one (`pg_get_indexdef`).
fn loses_collation(index: &Index, from: &Table, to: &Table) -> bool {
    from.columns.iter().any(|column| {
        let own = column.collation.clone();
        let own = own.unwrap_or_else(|| QualifiedName::new("pg_catalog", "default"));
        let later = to.columns.get(&column.name);
        let mut keys = index.keys.iter();
        later.is_some_and(|later| later.collation != column.collation)
            && keys.any(|key| {
                let on_column = match &key.term {
                    IndexTerm::Column(name) => *name == column.name,
                    IndexTerm::Expression(sql) => mentions(sql, &column.name),
                };
                on_column && key.collation.as_ref() == Some(&own)
            })
    })
}

/// Whether the index may not be one of texts, as which the values of an enum wait for its recreation.
fn needs_its_type(index: &Index) -> bool {
    let classed = index.keys.iter().any(|key| key.operator_class.is_some());
    classed || !["btree", "hash"].contains(&index.method.as_str())
}
