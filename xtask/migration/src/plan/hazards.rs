//! The hazards of each kind of statement on a table that has rows and users (manual, 13.3.1 and the notes of ALTER TABLE and CREATE INDEX).

use pg_schema::{Column, QualifiedName, Schema};

use super::cast::{keeps_storage, narrows};
use super::context::Context;
use crate::diff::{Change, Difference};
use crate::hazard::{Hazard, HazardKind};
use crate::statement::{ConstraintKind, Statement};

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
            format!("label '{value}' stays in enum \"{name}\": PostgreSQL has no statement that removes one"),
        ),
        Statement::AddColumn { table, column, primary_key } if exists(table) => add_column(&mut found, table, column, *primary_key, change),
        Statement::DropColumn { table, column, rebuilt } => {
            let again = if *rebuilt { "; it is added again as a generated column, and its values are computed" } else { "" };
            found.data_loss(format!("dropping column \"{column}\" of \"{table}\" deletes its values{again}"));
        }
        Statement::SetDataType { table, column, data_type, using } if exists(table) => {
            set_data_type(&mut found, table, column, data_type, using.is_some(), change);
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
        Statement::AddIdentity { table, column, identity } => found.may_fail(format!(
            "\"{table}\".\"{column}\" is numbered from {} on, whatever values it has already; set the sequence behind them",
            identity.options.start
        )),
        Statement::AddPrimaryKey { table, .. } => {
            found.may_fail(format!("the primary key of \"{table}\" fails if its columns hold NULLs or equal rows"));
            found.long_lock(format!("the index of the primary key is built while nobody else can use \"{table}\""));
        }
        Statement::AddUnique { table, unique } => {
            found.may_fail(format!("unique \"{}\" fails if \"{table}\" has equal rows in ({})", unique.name, unique.columns.join(", ")));
            found.long_lock(format!("its index is built while nobody else can use \"{table}\""));
        }
        Statement::AddCheck { table, check } => {
            found.may_fail(format!("check \"{}\" fails if a row of \"{table}\" breaks it", check.name));
            found.long_lock(format!("the check reads all of \"{table}\", and nobody else can use it meanwhile"));
        }
        Statement::AddForeignKey { table, key } if exists(table) => {
            let all_null = key.columns.iter().all(|column| is_new_and_null(table, column, from, to));
            if !all_null {
                found.may_fail(format!(
                    "foreign key \"{}\" fails if \"{table}\" has rows without a match in \"{}\"",
                    key.name, key.references
                ));
                found.long_lock(format!(
                    "the foreign key reads all of \"{table}\", and writes to it and to \"{}\" wait meanwhile",
                    key.references
                ));
            }
        }
        Statement::CreateIndex { table, index } if exists(table) => {
            if index.unique {
                found.may_fail(format!("unique index \"{}\" fails if \"{table}\" has equal rows", index.name));
            }
            if !index.concurrently {
                found.long_lock(format!(
                    "writes to \"{table}\" wait while index \"{}\" is built; `.concurrently()` lets them go on",
                    index.name
                ));
            }
        }
        Statement::DropConstraint { table, name, kind: ConstraintKind::PrimaryKey, .. } => found.may_fail(format!(
            "dropping \"{name}\" fails if a foreign key that stays needs the primary key of \"{table}\""
        )),
        _ => {}
    }
    found.0
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

fn add_column(
    found: &mut Found,
    table: &QualifiedName,
    column: &Column,
    primary_key: bool,
    change: &Change,
) {
    let name = &column.name;
    if matches!(change, Change::Column(_, Difference::Altered { .. })) {
        // The second half of a rebuilt column: the first has said it all.
        return found.rewrite(format!(
            "adding \"{name}\" again writes \"{table}\" anew, and nobody else can use it meanwhile"
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
    data_type: &str,
    using: bool,
    change: &Change,
) {
    let Change::Column(_, Difference::Altered { from, to }) = change else {
        // An enum that is made anew.
        if using {
            found.may_fail(format!("\"{table}\".\"{column}\" fails to become {data_type} if a row has a label that is no more"));
        }
        return found.rewrite(format!(
            "changing \"{column}\" to {data_type} writes \"{table}\" anew, and nobody else can use it meanwhile"
        ));
    };
    if !keeps_storage(&from.data_type, &to.data_type) {
        found.rewrite(format!(
            "changing \"{column}\" from {} to {} writes \"{table}\" and its indexes anew, and nobody else can use it meanwhile",
            from.data_type, to.data_type
        ));
    }
    if using || narrows(&from.data_type, &to.data_type) {
        found.may_fail(format!(
            "changing \"{column}\" from {} to {} fails, or rounds, if \"{table}\" has values that do not fit",
            from.data_type, to.data_type
        ));
    }
    if !from.data_type.dimensions().is_empty() && to.data_type.dimensions().is_empty() && using {
        found.data_loss(format!(
            "of each array in \"{table}\".\"{column}\" only the first element is kept"
        ));
    }
}

fn is_new_and_null(table: &QualifiedName, column: &str, from: &Schema, to: &Schema) -> bool {
    let column_of = |schema: &Schema| {
        schema
            .tables
            .get(table)
            .and_then(|table| table.columns.get(column).cloned())
    };
    column_of(from).is_none()
        && column_of(to)
            .is_some_and(|column| column.default.is_none() && column.generated.is_none())
}
