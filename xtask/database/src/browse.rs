//! A database as people look at it: what relations there are, what one of them is made of, and its rows, page by page; and the changes that they
//! make to rows.
//!
//! * Relations are named by oid and columns by number; their names in SQL come from the catalogs. Values come as text, and are bind parameters.
//! * A value is read as the text that PostgreSQL shows, and given back as that text, cast to the column's type: no type is lost on the way.
//! * What is only read is read in a read-only transaction with a time limit, from one snapshot.
//! * Comparisons name the operators that the type's default btree operator class has: those that ORDER BY uses. The ones that `search_path` finds
//!   can be others, as with `citext` in a schema of its own.

mod change;
mod condition;
mod count;
mod describe;
mod export;
mod identity;
mod list;
mod lookup;
mod page;
mod relation;
mod structure;

use std::time::Duration;

use postgres::{IsolationLevel, Transaction};

use crate::connect::Database;
use crate::error::{QueryError, ServerError};

pub use change::{ApplyError, Change, ChangeStatement, NewValue, apply, preview};
pub use condition::{Comparison, Filter, Operand, Query, Sort};
pub use count::{count, estimate};
pub use describe::describe;
pub use export::{Sink, Unwanted, export};
pub use identity::{Identity, IdentityKind, Key};
pub use list::{RelationListing, SchemaListing, list};
pub use lookup::lookup;
pub use page::{At, Cell, Cursor, Page, Row, page, value};
pub use relation::{Base, Column, ForeignKey, Generated, Index, Relation, RelationKind, Writable};
pub use structure::{ColumnShape, KeyKind, Reference, Structure, TableShape, structure};

/// How long reading a page may take.
const LIMIT: Duration = Duration::from_secs(15);

/// The texts of values do not depend on who configured the server, and lose nothing.
const SETTINGS: &str = "SET datestyle = 'ISO'; SET intervalstyle = 'postgres'; SET extra_float_digits = 1; SET bytea_output = 'hex'; \
    SET xmloption = 'content'; SET quote_all_identifiers = off";

/// Why something cannot be shown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BrowseError {
    /// It is gone, or never was.
    #[error("there is no relation {0}: it was dropped")]
    NoRelation(u32),
    /// It has no such column.
    #[error("{relation} has no column {column}: it was dropped")]
    NoColumn {
        /// The relation.
        relation: String,
        /// The number that was asked for.
        column: i16,
    },
    /// The type has no order.
    #[error("values of type {0} have no order")]
    NoOrder(String),
    /// A filter that says nothing, such as a comparison without a value.
    #[error("the filter on {column} {problem}")]
    Filter {
        /// The column.
        column: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The cursor belongs to another order.
    #[error("the cursor belongs to another order of the rows")]
    Cursor,
    /// The key has another number of values.
    #[error("the key does not fit {0}: its primary key was changed")]
    Key(String),
    /// The row is gone.
    #[error("the row is gone: it was deleted, or its key was changed")]
    NoRow,
    /// Someone else has changed or deleted the row.
    #[error("the row is not as it was: someone else has changed it or deleted it")]
    Conflict,
    /// A trigger kept a new row from coming.
    #[error("the row was not inserted: a trigger or a rule suppressed it")]
    Suppressed,
    /// A key that names several rows.
    #[error("the key names {0} rows, and not one")]
    Several(usize),
    /// A change that says nothing, or too much.
    #[error("the change {0}")]
    Change(&'static str),
    /// A value for a column whose values the database makes.
    #[error("no value can be given to {0}: the database makes it")]
    Generated(String),
    /// Nothing may be done to these rows.
    #[error("{relation} cannot be changed: {reason}")]
    NotWritable {
        /// The relation.
        relation: String,
        /// Why.
        reason: String,
    },
    /// The relation has no such foreign key.
    #[error("the relation has no such foreign key: it was dropped")]
    NoForeignKey,
    /// The free condition is wrong; the position is one in its text.
    #[error("{0}")]
    Condition(Box<ServerError>),
    /// It took too long, and was cancelled.
    #[error("it took more than {} s, and was cancelled", .0.as_secs())]
    TooSlow(Duration),
    /// Anything else that the server says.
    #[error("{0}")]
    Query(#[from] QueryError),
}

impl From<postgres::Error> for BrowseError {
    fn from(error: postgres::Error) -> Self {
        Self::Query(error.into())
    }
}

/// Makes a connection ready for reading. With `read_only` no transaction of it may write, unless it says so itself.
///
/// # Errors
/// [`QueryError`], such as a lost connection.
pub fn prepare(database: &mut Database, read_only: bool) -> Result<(), QueryError> {
    database.execute(&settings(read_only))
}

/// What [`prepare`] sets.
pub(crate) fn settings(read_only: bool) -> String {
    if read_only {
        format!("{SETTINGS}; SET default_transaction_read_only = on")
    } else {
        SETTINGS.to_owned()
    }
}

/// Reads within a time limit for each statement.
fn reading<T>(
    database: &mut Database,
    limit: Duration,
    read: impl FnOnce(&mut Transaction<'_>) -> Result<T, BrowseError>,
) -> Result<T, BrowseError> {
    let mut transaction = database
        .client()
        .build_transaction()
        .isolation_level(IsolationLevel::RepeatableRead)
        .read_only(true)
        .start()?;
    // To compile a query takes longer than to run it for the few rows of a page.
    transaction.batch_execute(&format!(
        "SET LOCAL statement_timeout = {}; SET LOCAL jit = off",
        limit.as_millis()
    ))?;
    // Before 16 PostgreSQL makes large objects in transactions that only read.
    let result = read(&mut transaction).and_then(|read| Ok((read, transaction.rollback()?)));
    match result {
        Ok((read, ())) => Ok(read),
        Err(BrowseError::Query(error)) if error.sqlstate() == Some("57014") => {
            Err(BrowseError::TooSlow(limit))
        }
        Err(error) => Err(error),
    }
}
