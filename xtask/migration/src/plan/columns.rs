//! The statements that alter a column.

mod counting;

use pg_schema::{Column, ColumnType, DefaultValue, QualifiedName, Sequence};

use super::cast::{Cast, built_in, cast, is_text};
use super::enums::{Carried, left_as};
use crate::statement::{Statement, collated};
pub(super) use counting::{counted_by_serial, serial_sequence, stored};

/// Whether a change of the column can only be had by dropping it and adding it again: PostgreSQL 14 to 16 cannot give a column a generation
/// expression, or another one.
pub(super) fn rebuilds(from: &Column, to: &Column) -> bool {
    to.generated.is_some() && from.generated != to.generated
}

/// The types that a column's values are stored as, before and after, if they or their collations differ: to PostgreSQL both are one change.
pub(super) fn retyping(from: &Column, to: &Column) -> Option<(ColumnType, ColumnType)> {
    if rebuilds(from, to) {
        return None;
    }
    let recollated = from.collation != to.collation;
    let (from, to) = (stored(&from.data_type), stored(&to.data_type));
    (recollated || from != to).then_some((from, to))
}

/// Whether PostgreSQL converts the values of the one column to the type of the other by itself.
pub(crate) fn cast_is_automatic(from: &Column, to: &Column) -> bool {
    let (from, to) = (stored(&from.data_type), stored(&to.data_type));
    from == to || cast("", &from, &to) == Cast::Automatic
}

/// What the alteration of a column has to know of the rest of the plan.
#[derive(Clone, Copy)]
pub(super) struct Surroundings<'a> {
    /// What the recreation of an enum has done to the column already.
    pub(super) carried: Option<Carried>,
    /// Whether another column is computed from it afterwards, which PostgreSQL lets no type be stated for.
    pub(super) computed_from: bool,
    /// Whether it is an unnamed primary key afterwards.
    pub(super) primary_key: bool,
    /// Whether a primary key that is there at the time requires a value.
    pub(super) key_requires: bool,
    /// Whether a primary key required a value before, and none does afterwards.
    pub(super) key_releases: bool,
    /// Whether its generation expression is gone already.
    pub(super) expression_dropped: bool,
    /// The sequence that has the name of a serial column's and stands for itself in the state in which the column is no serial.
    pub(super) standing_sequence: Option<&'a Sequence>,
}

/// In drizzle-kit's order: type, default, NOT NULL, identity, generated.
pub(super) fn alter_column(
    table: &QualifiedName,
    from: &Column,
    to: &Column,
    surroundings: Surroundings,
) -> Vec<Statement> {
    let mut alteration = Alteration {
        table,
        from,
        to,
        statements: Vec::new(),
    };
    if rebuilds(from, to) {
        alteration.rebuild(surroundings.primary_key);
        return alteration.statements;
    }
    let drops_expression =
        from.generated.is_some() && to.generated.is_none() && !surroundings.expression_dropped;
    let drops_identity = from.identity.is_some() && to.identity.is_none();
    // A generated column takes no default, no identity and no USING; an identity column takes neither a default nor NULLs nor any type but an integer. Only then
    // does either go first.
    let converts = || cast(&to.name, &from.data_type, &to.data_type) != Cast::Automatic;
    let takes_default = to.default.is_some() || to.data_type.is_serial();
    let expression_first =
        takes_default || to.identity.is_some() || from.data_type != to.data_type && converts();
    let identity_first = takes_default || !to.not_null || !is_integer(&to.data_type);
    if drops_expression && expression_first {
        alteration.push(|table, column| Statement::DropExpression { table, column });
    }
    if drops_identity && identity_first {
        alteration.push(|table, column| Statement::DropIdentity { table, column });
    }
    let changes_type = from.data_type != to.data_type;
    match surroundings.carried {
        // drizzle-kit states the type of a column that comes from another enum once more.
        Some(Carried::Through)
            if changes_type && from.data_type.schema().is_some() && !surroundings.computed_from =>
        {
            alteration.set_type(false);
        }
        Some(Carried::Through) => {}
        Some(Carried::AsText) if to.data_type.is_serial() => {
            alteration.set_serial(true, surroundings.standing_sequence);
        }
        Some(Carried::AsText) => alteration.set_type(true),
        None if changes_type && (from.data_type.is_serial() || to.data_type.is_serial()) => {
            alteration.set_serial(false, surroundings.standing_sequence);
        }
        None if changes_type => alteration.set_type(false),
        None => {
            if from.collation != to.collation {
                alteration.set_collation();
            }
            alteration.set_default(from.default.as_ref());
        }
    }
    alteration.set_not_null(surroundings);
    alteration.set_identity();
    if drops_identity && !identity_first {
        alteration.push(|table, column| Statement::DropIdentity { table, column });
    }
    if drops_expression && !expression_first {
        alteration.push(|table, column| Statement::DropExpression { table, column });
    }
    alteration.statements
}

struct Alteration<'a> {
    table: &'a QualifiedName,
    from: &'a Column,
    to: &'a Column,
    statements: Vec<Statement>,
}

impl Alteration<'_> {
    fn push(&mut self, statement: impl FnOnce(QualifiedName, String) -> Statement) {
        self.statements
            .push(statement(self.table.clone(), self.to.name.clone()));
    }

    /// The column dropped and added again. What drizzle-kit alters of it before is part of its text; what could fail is left out.
    fn rebuild(&mut self, primary_key: bool) {
        let (from, to) = (self.from, self.to);
        if from.data_type != to.data_type
            && (from.identity.is_none() || is_integer(&to.data_type))
            && cast(&to.name, &from.data_type, &to.data_type) == Cast::Automatic
        {
            let data_type = type_of(to);
            self.push(|table, column| Statement::SetDataType {
                table,
                column,
                data_type,
                using: None,
            });
        }
        if from.default.is_some() && to.default.is_none() {
            self.push(|table, column| Statement::DropDefault { table, column });
        }
        if from.not_null && !to.not_null && from.identity.is_none() {
            self.push(|table, column| Statement::DropNotNull { table, column });
        }
        self.push(|table, column| Statement::DropColumn {
            table,
            column,
            rebuilt: true,
        });
        self.push(|table, _| Statement::AddColumn {
            table,
            column: Box::new(to.clone()),
            primary_key,
        });
    }

    /// Type and default, since a default must be convertible while the type changes.
    fn set_type(&mut self, as_text: bool) {
        let left = left_as(self.from);
        let (from, to) = (
            if as_text { &left } else { &self.from.data_type },
            &self.to.data_type,
        );
        if from == to {
            if self.to.collation.is_some() {
                self.set_collation();
            }
            return self.set_default(None);
        }
        // The recreation of an enum drops the default of a column that it leaves as text.
        let had = self.from.default.as_ref().filter(|_| !as_text);
        let has = self.to.default.as_ref();
        let data_type = type_of(self.to);
        let using = match cast(&self.to.name, from, to) {
            Cast::Automatic => None,
            Cast::Using(expression) => Some(expression),
        };
        let automatic = using.is_none();
        let to_enum = to.schema().is_some();
        let same_shape = from.dimensions().is_empty() == to.dimensions().is_empty();
        let text_to_enum = to_enum && is_text(from) && same_shape;
        match has {
            // drizzle-kit's ways: text that becomes an enum gets the default first, one enum that becomes another drops it first.
            Some(default) if text_to_enum => {
                let default = format!("{}::{data_type}", default.sql());
                self.push(|table, column| Statement::SetDefault {
                    table,
                    column,
                    default,
                });
            }
            Some(_) if to_enum => {
                self.push(|table, column| Statement::DropDefault { table, column });
            }
            _ if !automatic && had.is_some() => {
                self.push(|table, column| Statement::DropDefault { table, column });
            }
            _ => {}
        }
        self.push(|table, column| Statement::SetDataType {
            table,
            column,
            data_type,
            using,
        });
        match has {
            Some(_) if text_to_enum => {}
            // PostgreSQL converts a default that stays; drizzle-kit states it again unless JavaScript takes it for false.
            Some(default) if automatic && had == has && is_falsy(default) => {}
            Some(default) => {
                let default = default.sql().to_owned();
                self.push(|table, column| Statement::SetDefault {
                    table,
                    column,
                    default,
                });
            }
            None if had.is_some() && automatic => {
                self.push(|table, column| Statement::DropDefault { table, column });
            }
            None => {}
        }
    }

    /// The collation is a part of the type.
    fn set_collation(&mut self) {
        let data_type = type_of(self.to);
        self.push(|table, column| Statement::SetDataType {
            table,
            column,
            data_type,
            using: None,
        });
    }

    fn set_default(&mut self, had: Option<&DefaultValue>) {
        match (had, &self.to.default) {
            (had, Some(default)) if had != Some(default) => {
                let default = default.sql().to_owned();
                self.push(|table, column| Statement::SetDefault {
                    table,
                    column,
                    default,
                });
            }
            (Some(_), None) => self.push(|table, column| Statement::DropDefault { table, column }),
            _ => {}
        }
    }

    /// A primary key requires a value even of a column that is not declared NOT NULL.
    fn set_not_null(&mut self, surroundings: Surroundings) {
        let (was, is) = (self.from.is_not_null(), self.to.is_not_null());
        let sets = is && !was;
        let drops = !is && !surroundings.key_requires && (was || surroundings.key_releases);
        if sets {
            self.push(|table, column| Statement::SetNotNull { table, column });
        } else if drops {
            self.push(|table, column| Statement::DropNotNull { table, column });
        }
    }
}

/// A column's type with its collation, as SQL.
fn type_of(column: &Column) -> String {
    collated(column.data_type.qualified_sql(), column.collation.as_ref())
}

fn is_falsy(default: &DefaultValue) -> bool {
    match default {
        DefaultValue::Null => true,
        DefaultValue::Boolean(value) => !value,
        DefaultValue::Number(number) => number.parse() == Ok(0.0),
        DefaultValue::Sql(_) => false,
    }
}

fn is_integer(data_type: &ColumnType) -> bool {
    data_type.dimensions().is_empty()
        && matches!(built_in(data_type), "smallint" | "integer" | "bigint")
}
