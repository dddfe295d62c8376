//! The hazards of each kind of statement on a table that has rows and users (manual, 13.3.1 and the notes of ALTER TABLE and CREATE INDEX).

mod objects;
#[cfg(test)]
mod tests;

use pg_schema::{Column, QualifiedName, Schema};

use super::cast::{keeps_storage, loses_precision, may_not_fit};
use super::context::Context;
use super::enums::is_of;
use crate::diff::{Change, Difference};
use crate::hazard::{Hazard, HazardKind};
use crate::statement::Statement;

/// The hazards of a statement. A table that the plan itself creates has neither rows nor users.
pub(super) fn hazards(statement: &Statement, change: usize, context: &Context) -> Vec<Hazard> {
    let (from, to, change) = (context.from, context.to, &context.changes[change]);
    let mut found = Found(Vec::new());
    let exists = |table: &QualifiedName| from.tables.contains(table);
    match statement {
        Statement::DropSchema(name) => found.may_fail(format!(
            "dropping schema \"{name}\" fails if it holds anything that is not declared here"
        )),
        Statement::DropTable(table) => {
            found.data_loss(format!("dropping table \"{table}\" deletes all its rows; views on it and foreign keys to it go too"));
        }
        Statement::AddEnumValue { name, value, .. } => found.add(
            HazardKind::NotReversible,
            format!("PostgreSQL cannot remove label '{value}' from enum \"{name}\" again; a migration that does makes the type and its columns anew"),
        ),
        Statement::AddColumn { table, column, primary_key } if exists(table) => add_column(&mut found, table, column, *primary_key, from),
        Statement::DropColumn { table, column, rebuilt } => {
            let was_computed = column_in(from, table, column).is_some_and(|column| column.generated.is_some());
            if !rebuilt {
                found.data_loss(format!("dropping column \"{column}\" of \"{table}\" deletes its values"));
            } else if !was_computed {
                found.data_loss(format!(
                    "column \"{column}\" of \"{table}\" becomes a generated one: its values are deleted, and computed ones take their place"
                ));
            }
        }
        Statement::SetDataType { table, column, using, .. } if exists(table) => {
            let before = column_in(from, table, column);
            set_data_type(&mut found, table, column, using.is_some(), before, change);
        }
        Statement::SetNotNull { table, column } => {
            found.may_fail(format!(
                "SET NOT NULL fails if \"{table}\" has rows in which \"{column}\" is NULL; fill them first: \
                 UPDATE {} SET {} = … WHERE {} IS NULL",
                table.short_sql(),
                pg_schema::quote_identifier(column),
                pg_schema::quote_identifier(column)
            ));
            found.long_lock(format!("SET NOT NULL reads all of \"{table}\", and nobody else can use it meanwhile"));
        }
        Statement::AddIdentity { table, column, identity } => {
            let counted = column_in(from, table, column).is_some_and(|column| column.data_type.is_serial());
            if !counted {
                found.may_fail(format!(
                    "\"{column}\" of \"{table}\" is numbered from {} on, so new rows can get numbers that are taken; after the migration, run \
                     SELECT setval(pg_get_serial_sequence({}, {}), max({})) FROM {}",
                    identity.options.start,
                    pg_schema::quote_literal(&table.short_sql()),
                    pg_schema::quote_literal(column),
                    pg_schema::quote_identifier(column),
                    table.short_sql()
                ));
            }
        }
        Statement::AlterIdentity { table, column, set } if set.contains("VALUE ") => found.may_fail(format!(
            "new bounds for the sequence of \"{column}\" of \"{table}\" fail if it has counted past them"
        )),
        _ => {
            constraints(&mut found, statement, from, to);
            objects::objects(&mut found, statement, from, to);
        }
    }
    found.0
}

/// Those of what is added to a table: its rows must fit, and are read or indexed.
fn constraints(found: &mut Found, statement: &Statement, from: &Schema, to: &Schema) {
    let exists = |table: &QualifiedName| from.tables.contains(table);
    match statement {
        Statement::AddPrimaryKey { table, key } => {
            found.may_fail(format!("the primary key of \"{table}\" fails if rows have NULL in ({0}), or are equal in it", key.columns.join(", ")));
            found.long_lock(format!(
                "the index of the primary key is built while nobody else can use \"{table}\""
            ));
        }
        Statement::AddUnique { table, unique } if exists(table) => {
            let columns: Vec<_> = unique
                .columns
                .iter()
                .map(|column| pg_schema::quote_identifier(column))
                .collect();
            found.may_fail(format!(
                "unique \"{}\" fails if rows of \"{table}\" are equal in ({}); find them first: SELECT {2} FROM {3} GROUP BY {2} HAVING count(*) > 1",
                unique.name,
                unique.columns.join(", "),
                columns.join(", "),
                table.short_sql()
            ));
            found.long_lock(format!(
                "the index of unique \"{}\" is built while nobody else can use \"{table}\"",
                unique.name
            ));
        }
        Statement::AddCheck { table, check } => {
            found.may_fail(format!(
                "check \"{}\" fails if a row of \"{table}\" breaks it; find such rows first: SELECT * FROM {} WHERE NOT ({})",
                check.name,
                table.short_sql(),
                check.expression
            ));
            found.long_lock(format!(
                "check \"{}\" reads all of \"{table}\", and nobody else can use it meanwhile",
                check.name
            ));
        }
        Statement::AddForeignKey { table, key } if exists(table) => {
            let all_null = key
                .columns
                .iter()
                .all(|column| is_new_and_null(table, column, from, to));
            if !all_null {
                found.may_fail(format!(
                    "foreign key \"{}\" fails if \"{table}\" has rows without a match in \"{}\"",
                    key.name, key.references
                ));
                found.long_lock(format!(
                    "foreign key \"{}\" reads all of \"{table}\", and writes to it and to \"{}\" wait meanwhile",
                    key.name, key.references
                ));
            }
        }
        Statement::CreateIndex { table, index } if from.views.contains(table) && index.unique => {
            found.may_fail(format!(
                "unique index \"{}\" fails if rows of \"{table}\" are equal in it",
                index.name
            ));
        }
        Statement::CreateIndex { table, index } if exists(table) => {
            if index.unique {
                found.may_fail(format!(
                    "unique index \"{}\" fails if rows of \"{table}\" are equal in it",
                    index.name
                ));
            }
            if !index.concurrently {
                found.long_lock(format!(
                    "writes to \"{table}\" wait while index \"{}\" is built; `.concurrently()` lets them go on",
                    index.name
                ));
            }
        }
        _ => {}
    }
}

struct Found(Vec<Hazard>);

impl Found {
    fn add(&mut self, kind: HazardKind, message: String) {
        self.0.push(Hazard::new(kind, message));
    }

    fn data_loss(&mut self, message: String) {
        self.add(HazardKind::DataLoss, message);
    }

    fn may_fail(&mut self, message: String) {
        self.add(HazardKind::MayFail, message);
    }

    fn rewrite(&mut self, message: String) {
        self.add(HazardKind::Rewrite, message);
    }

    fn long_lock(&mut self, message: String) {
        self.add(HazardKind::LongLock, message);
    }
}

fn column_in<'a>(state: &'a Schema, table: &QualifiedName, column: &str) -> Option<&'a Column> {
    state.tables.get(table)?.columns.get(column)
}

fn add_column(
    found: &mut Found,
    table: &QualifiedName,
    column: &Column,
    primary_key: bool,
    from: &Schema,
) {
    let name = &column.name;
    if column_in(from, table, name).is_some() {
        return found.rewrite(format!(
            "adding \"{name}\" again computes its values and writes \"{table}\" anew, and nobody else can use it meanwhile"
        ));
    }
    let filled = column.default.is_some()
        || column.generated.is_some()
        || column.identity.is_some()
        || column.data_type.is_serial();
    if column.not_null && !filled {
        found.may_fail(format!(
            "adding the required column \"{name}\" without a default fails if \"{table}\" has rows; \
             give it a default, or add it nullable, fill it, and require it in a later migration"
        ));
    } else if primary_key && column.default.is_some() {
        found.may_fail(format!("the primary key \"{name}\" fails if \"{table}\" has more than one row, as all get the same default"));
    }
    let volatile = column
        .default
        .as_ref()
        .is_some_and(|default| is_volatile(default.sql()));
    if volatile
        || column.generated.is_some()
        || column.identity.is_some()
        || column.data_type.is_serial()
    {
        found.rewrite(format!(
            "adding \"{name}\" computes a value for each row of \"{table}\": it is written anew, and nobody else can use it meanwhile"
        ));
    }
}

/// Whether a default may differ from row to row. Constants, and the functions that PostgreSQL calls stable, are stored once for all rows; of any
/// other function nothing is known here, so it counts.
fn is_volatile(default: &str) -> bool {
    const STABLE: [&str; 8] = [
        "now()",
        "current_timestamp",
        "current_date",
        "current_time",
        "localtimestamp",
        "localtime",
        "transaction_timestamp()",
        "statement_timestamp()",
    ];
    let lowered = default.trim().to_ascii_lowercase();
    !lowered.starts_with('\'') && lowered.contains('(') && !STABLE.contains(&lowered.as_str())
}

fn set_data_type(
    found: &mut Found,
    table: &QualifiedName,
    column: &str,
    using: bool,
    before: Option<&Column>,
    change: &Change,
) {
    match change {
        Change::Enum(Difference::Altered { from, to }) => {
            let lost: Vec<_> = from
                .values
                .iter()
                .filter(|label| !to.values.contains(label))
                .map(|label| pg_schema::quote_literal(label))
                .collect();
            found.rewrite(format!(
                "making enum \"{}\" anew writes \"{table}\" and its indexes anew, and nobody else can use it meanwhile",
                to.name
            ));
            let other = before.filter(|before| !is_of(&before.data_type, &to.name));
            if let Some(other) = other.filter(|_| using) {
                found.may_fail(format!(
                    "changing \"{column}\" from {} to {} fails if \"{table}\" holds a value that is no {}; change such rows first",
                    other.data_type, to.name, to.name
                ));
            } else if using && !lost.is_empty() {
                found.may_fail(format!(
                    "enum \"{}\" loses {}, which fails if \"{column}\" of \"{table}\" holds it; change such rows first",
                    to.name,
                    lost.join(", ")
                ));
            }
        }
        Change::Column(_, Difference::Altered { from, to }) => {
            if from.collation != to.collation {
                found.long_lock(format!(
                    "another collation of \"{column}\" sorts anew: indexes on it are built anew while nobody else can use \"{table}\""
                ));
            }
            if from.data_type == to.data_type {
                return;
            }
            let name = format!(
                "changing \"{column}\" from {} to {}",
                from.data_type, to.data_type
            );
            let (from, to) = (&from.data_type, &to.data_type);
            if !keeps_storage(from, to) {
                found.rewrite(format!(
                    "{name} writes \"{table}\" and its indexes anew, and nobody else can use it meanwhile"
                ));
            }
            if may_not_fit(from, to) {
                found.may_fail(format!(
                    "{name} fails if \"{table}\" holds a value that is no {to}; change such rows first"
                ));
            }
            if !from.dimensions().is_empty() && to.dimensions().is_empty() && using {
                found.data_loss(format!(
                    "{name} keeps only the first element of each array in \"{table}\""
                ));
            } else if loses_precision(from, to) {
                found.data_loss(format!(
                    "{name} keeps of each value in \"{table}\" only what {to} can hold"
                ));
            }
        }
        _ => {}
    }
}

fn is_new_and_null(table: &QualifiedName, column: &str, from: &Schema, to: &Schema) -> bool {
    column_in(from, table, column).is_none()
        && column_in(to, table, column)
            .is_some_and(|column| column.default.is_none() && column.generated.is_none())
}
