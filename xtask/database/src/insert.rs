//! Inserting rows: what an application's seed function is given.
//!
//! Values travel as text and the server reads them by the column's type, so that every type works: enums, `numeric`, `jsonb`, arrays, an extension's own.

mod copy;
mod error;
mod value;

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use indexmap::IndexMap;
use pg_migration::{StatementKind, TransactionControl, split};
use pg_schema::{Declaration, DefaultFn, PUBLIC, QualifiedName, Schema, Table, quote_identifier};
use postgres::Client;
use postgres::types::{ToSql, Type};

use crate::connect::Database;
use crate::error::QueryError;

pub use copy::CopyIn;
pub use error::InsertError;
pub use value::Value;

/// Inserts rows into the tables of a declaration: one by one, or in bulk through COPY. It works inside a transaction that it neither begins nor ends.
///
/// Columns that a row does not name get the value of their `.default_fn`, if they have one, or else the database's default.
///
/// The first error counts, whether or not the seed function goes on after it: PostgreSQL executes nothing more in that transaction.
pub struct Inserter<'a> {
    client: &'a mut Client,
    declaration: &'a Declaration,
    schema: &'a Schema,
    /// In the order of first use.
    tables: IndexMap<QualifiedName, TableState>,
    problem: Option<InsertError>,
    cancelled: Arc<AtomicBool>,
}

/// A table as a declaration names it: `"name"` in `public`, or `("schema", "name")`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableName(QualifiedName);

struct TableState {
    default_fns: Vec<(String, DefaultFn)>,
    rows: u64,
}

impl<'a> Inserter<'a> {
    /// `schema` is what `declaration` builds; the connection is in a transaction.
    pub(crate) fn new(
        database: &'a mut Database,
        declaration: &'a Declaration,
        schema: &'a Schema,
    ) -> Self {
        Self {
            cancelled: database.cancelled(),
            client: database.client(),
            declaration,
            schema,
            tables: IndexMap::new(),
            problem: None,
        }
    }

    /// Inserts one row: `db.insert("Models", [("name", "kimi".into()), ("totalMinutes", 5.into())])`.
    ///
    /// # Errors
    /// When there is no such table or column (found out before anything is sent), or when the server refuses the row.
    pub fn insert<'c, 'v>(
        &mut self,
        table: impl Into<TableName>,
        row: impl IntoIterator<Item = (&'c str, Value<'v>)>,
    ) -> Result<(), InsertError> {
        let result = self.insert_row(&table.into().0, row.into_iter().collect());
        self.remember(result)
    }

    /// Begins to insert rows in bulk, with these columns: much faster than one by one.
    ///
    /// # Errors
    /// When there is no such table or column (found out before anything is sent), or when the server refuses the command.
    pub fn copy<'c>(
        &mut self,
        table: impl Into<TableName>,
        columns: impl IntoIterator<Item = &'c str>,
    ) -> Result<CopyIn<'_>, InsertError> {
        let mut columns: Vec<_> = columns.into_iter().map(str::to_owned).collect();
        let table = self.table(&table.into().0, columns.iter().map(String::as_str));
        let table = self.remember(table)?;
        let state = state(&mut self.tables, self.declaration, table);
        let given = columns.len();
        let missing = missing_defaults(state, &columns);
        let default_fns = missing.iter().map(|(_, function)| *function).collect();
        columns.extend(missing.into_iter().map(|(name, _)| name));
        CopyIn::begin(
            self.client,
            copy::Target {
                table: table.name.clone(),
                columns,
                given,
                default_fns,
            },
            &mut state.rows,
            &mut self.problem,
            &self.cancelled,
        )
    }

    /// Runs any other SQL, such as `SELECT setval(…)`; there may be several statements. What it inserts is not counted.
    ///
    /// # Errors
    /// When it cannot be read, when it would end the transaction, or when the server refuses a statement.
    pub fn execute(&mut self, sql: &str) -> Result<(), InsertError> {
        let result = self.execute_statements(sql);
        self.remember(result)
    }

    /// How many rows were inserted, by table, in the order of the first row of each.
    pub fn inserted(&self) -> impl Iterator<Item = (&QualifiedName, u64)> {
        self.tables.iter().map(|(table, state)| (table, state.rows))
    }

    /// What [`inserted`](Self::inserted) gives, or the first error that there was.
    pub(crate) fn finish(self) -> Result<Vec<(QualifiedName, u64)>, InsertError> {
        match self.problem {
            Some(problem) => Err(problem),
            None => Ok(self
                .tables
                .into_iter()
                .map(|(table, state)| (table, state.rows))
                .collect()),
        }
    }

    fn insert_row(
        &mut self,
        table: &QualifiedName,
        row: Vec<(&str, Value<'_>)>,
    ) -> Result<(), InsertError> {
        let table = self.table(table, row.iter().map(|(column, _)| *column))?;
        let state = state(&mut self.tables, self.declaration, table);
        let (mut columns, mut values): (Vec<_>, Vec<_>) = row
            .into_iter()
            .map(|(column, value)| (column.to_owned(), value))
            .unzip();
        for (column, function) in missing_defaults(state, &columns) {
            columns.push(column);
            values.push(function().into());
        }
        let row = state.rows + 1;
        if let Some(index) = values.iter().position(Value::has_nul) {
            return Err(InsertError::NulCharacter {
                table: table.name.clone(),
                row,
                column: columns.swap_remove(index),
            });
        }
        let parameters: Vec<(&(dyn ToSql + Sync), Type)> = values
            .iter()
            // The type that lets the server decide, by where the parameter stands.
            .map(|value| (value as &(dyn ToSql + Sync), Type::UNKNOWN))
            .collect();
        self.client
            .execute_typed(&insert_sql(&table.name, &columns), &parameters)
            .map_err(|error| InsertError::of_insert(&table.name, row, &columns, error.into()))?;
        state.rows = row;
        Ok(())
    }

    fn execute_statements(&mut self, sql: &str) -> Result<(), InsertError> {
        for statement in split(sql)? {
            let text = statement.text(sql);
            if matches!(
                statement.kind,
                StatementKind::TransactionControl(control) if control != TransactionControl::Savepoint
            ) {
                return Err(InsertError::TransactionControl {
                    statement: text.to_owned(),
                });
            }
            self.client
                .batch_execute(text)
                .map_err(|error| InsertError::Execute {
                    statement: text.to_owned(),
                    error: error.into(),
                })?;
        }
        Ok(())
    }

    /// The table of that name, which has these columns.
    fn table<'c>(
        &self,
        name: &QualifiedName,
        columns: impl IntoIterator<Item = &'c str>,
    ) -> Result<&'a Table, InsertError> {
        let schema = self.schema;
        let table = schema
            .tables
            .get(name)
            .ok_or_else(|| InsertError::unknown_table(name, schema))?;
        match columns
            .into_iter()
            .find(|column| !table.columns.contains(*column))
        {
            Some(unknown) => Err(InsertError::unknown_column(table, unknown)),
            None => Ok(table),
        }
    }

    fn remember<T>(&mut self, result: Result<T, InsertError>) -> Result<T, InsertError> {
        if let Err(error) = &result {
            self.problem.get_or_insert_with(|| error.clone());
        }
        result
    }
}

/// What is known of a table; what its declaration says is looked up once.
fn state<'s>(
    tables: &'s mut IndexMap<QualifiedName, TableState>,
    declaration: &Declaration,
    table: &Table,
) -> &'s mut TableState {
    tables
        .entry(table.name.clone())
        .or_insert_with(|| TableState {
            default_fns: declaration
                .default_fns(&table.name)
                .map(|(column, function)| (column.to_owned(), function))
                .collect(),
            rows: 0,
        })
}

/// The columns with a function that a row with these columns leaves out.
fn missing_defaults(state: &TableState, columns: &[String]) -> Vec<(String, DefaultFn)> {
    let missing = state
        .default_fns
        .iter()
        .filter(|(column, _)| !columns.contains(column));
    missing.cloned().collect()
}

fn insert_sql(table: &QualifiedName, columns: &[String]) -> String {
    let mut sql = format!("INSERT INTO {}", table.sql());
    if columns.is_empty() {
        return sql + " DEFAULT VALUES";
    }
    let parameters: Vec<_> = (1..=columns.len())
        .map(|number| format!("${number}"))
        .collect();
    write!(
        sql,
        " ({}) VALUES ({})",
        column_list(columns),
        parameters.join(", ")
    )
    .expect("a String takes any text");
    sql
}

fn column_list(columns: &[String]) -> String {
    let columns: Vec<_> = columns
        .iter()
        .map(|column| quote_identifier(column))
        .collect();
    columns.join(", ")
}

impl From<&str> for TableName {
    fn from(name: &str) -> Self {
        Self(QualifiedName::new(PUBLIC, name))
    }
}

/// Schema and name.
impl From<(&str, &str)> for TableName {
    fn from((schema, name): (&str, &str)) -> Self {
        Self(QualifiedName::new(schema, name))
    }
}

impl From<&QualifiedName> for TableName {
    fn from(name: &QualifiedName) -> Self {
        Self(name.clone())
    }
}
