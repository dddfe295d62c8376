use pg_migration::SplitError;
use pg_schema::{QualifiedName, Schema, Table, nearest};

use super::QueryError;
use crate::error::ServerError;

/// Why a row was not inserted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InsertError {
    /// The declaration has no such table.
    #[error("there is no table `{table}`{}", did_you_mean(nearest.as_deref()))]
    UnknownTable {
        /// What was asked for.
        table: QualifiedName,
        /// What was probably meant.
        nearest: Option<String>,
    },
    /// The table has no such column.
    #[error("table `{table}` has no column `{column}`{}", did_you_mean(nearest.as_deref()))]
    UnknownColumn {
        /// The table.
        table: QualifiedName,
        /// What was asked for.
        column: String,
        /// What was probably meant.
        nearest: Option<String>,
    },
    /// A row of a copy has not one value for each column.
    #[error("row {row} for `{table}` has {given} values for {expected} columns")]
    WrongNumberOfValues {
        /// The table.
        table: QualifiedName,
        /// Which row of the copy, counted from 1.
        row: u64,
        /// How many columns were named.
        expected: usize,
        /// How many values the row has; when there are too many, as many as were looked at.
        given: usize,
    },
    /// A text with the character of code 0, which PostgreSQL cannot store.
    #[error(
        "row {row} for `{table}`: the value for `{column}` contains a NUL character (code 0), which PostgreSQL cannot store"
    )]
    NulCharacter {
        /// The table.
        table: QualifiedName,
        /// Which row for that table, or of the copy, counted from 1.
        row: u64,
        /// The column.
        column: String,
    },
    /// A copy was not completed.
    #[error(
        "the copy into `{table}` was not completed: `finish()` is missing, and none of its rows was inserted"
    )]
    UnfinishedCopy {
        /// The table.
        table: QualifiedName,
    },
    /// The server refused a row or a copy, or the connection was lost.
    #[error("cannot insert {}into `{table}`{}: {error}", row_text(*row), column_text(column.as_deref()))]
    Insert {
        /// The table.
        table: QualifiedName,
        /// Which row for that table, or of the copy, counted from 1, if it is known.
        row: Option<u64>,
        /// The column, if it is known.
        column: Option<String>,
        /// Why.
        error: QueryError,
    },
    /// SQL that cannot be cut into statements.
    #[error(transparent)]
    Split(#[from] SplitError),
    /// SQL that would begin or end the transaction.
    #[error(
        "`{statement}` would begin or end the transaction that the whole seed runs in; leave it out"
    )]
    TransactionControl {
        /// The statement.
        statement: String,
    },
    /// Any other SQL failed.
    #[error("`{}` failed: {error}", beginning(statement))]
    Execute {
        /// The statement.
        statement: String,
        /// Why.
        error: QueryError,
    },
}

impl InsertError {
    /// Why the statement failed, if it came to that.
    #[must_use]
    pub fn query_error(&self) -> Option<&QueryError> {
        match self {
            InsertError::Insert { error, .. } | InsertError::Execute { error, .. } => Some(error),
            _ => None,
        }
    }

    /// What the server said, if it was the server.
    #[must_use]
    pub fn server_error(&self) -> Option<&ServerError> {
        self.query_error()?.server()
    }

    pub(super) fn unknown_table(table: &QualifiedName, schema: &Schema) -> Self {
        let names: Vec<_> = schema
            .tables
            .iter()
            .map(|table| table.name.to_string())
            .collect();
        InsertError::UnknownTable {
            table: table.clone(),
            nearest: nearest(&table.to_string(), names.iter().map(String::as_str))
                .map(str::to_owned),
        }
    }

    pub(super) fn unknown_column(table: &Table, column: &str) -> Self {
        let names = table.columns.iter().map(|column| column.name.as_str());
        InsertError::UnknownColumn {
            table: table.name.clone(),
            column: column.to_owned(),
            nearest: nearest(column, names).map(str::to_owned),
        }
    }

    pub(super) fn of_insert(
        table: &QualifiedName,
        row: u64,
        columns: &[String],
        error: QueryError,
    ) -> Self {
        let column = error.server().and_then(|server| {
            let parameter = || parameter_number(server.context.as_deref()?);
            server
                .column
                .clone()
                .or_else(|| columns.get(parameter()?.checked_sub(1)?).cloned())
        });
        InsertError::Insert {
            table: table.clone(),
            row: Some(row),
            column,
            error,
        }
    }

    pub(super) fn of_copy(table: &QualifiedName, columns: &[String], error: QueryError) -> Self {
        let (row, column) = error.server().map_or((None, None), |server| {
            copy_position(server, &table.name, columns)
        });
        InsertError::Insert {
            table: table.clone(),
            row,
            column,
            error,
        }
    }
}

/// The number in `unnamed portal parameter $2 = '…'`, which the server says of a value that it cannot read.
fn parameter_number(context: &str) -> Option<usize> {
    let after = context.lines().last()?.split_once('$')?.1;
    leading_number(after)
}

/// Row and column from `COPY Orders, line 3, column side: "…"`. The words may be in another language; names and order stay in most.
fn copy_position(
    server: &ServerError,
    table: &str,
    columns: &[String],
) -> (Option<u64>, Option<String>) {
    let in_copy = server
        .context
        .iter()
        .flat_map(|context| context.lines())
        .find_map(|line| {
            line.strip_prefix("COPY ")?
                .strip_prefix(table)?
                .strip_prefix(", ")
        });
    let Some(place) = in_copy else {
        return (None, server.column.clone());
    };
    let row = place
        .find(|c: char| c.is_ascii_digit())
        .and_then(|start| leading_number(&place[start..]));
    let named = || {
        columns
            .iter()
            .filter(|column| place.contains(&format!(" {column}: ")))
            .max_by_key(|column| column.len())
            .cloned()
    };
    (row, server.column.clone().or_else(named))
}

fn leading_number<N: std::str::FromStr>(text: &str) -> Option<N> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    text[..end].parse().ok()
}

fn did_you_mean(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |name| format!("; did you mean `{name}`?"))
}

fn row_text(row: Option<u64>) -> String {
    row.map_or_else(String::new, |row| format!("row {row} "))
}

fn column_text(column: Option<&str>) -> String {
    column.map_or_else(String::new, |column| format!(", column `{column}`"))
}

fn beginning(statement: &str) -> &str {
    statement.lines().next().unwrap_or_default()
}
