//! Whether a transaction is open: asked from within, and without touching it.

use crate::connect::{Database, Session};
use crate::error::QueryError;

/// The start of the transaction, and the start of the statement. One that is a transaction of its own begins with it.
const IN_TRANSACTION: &str = "SELECT pg_catalog.now() <> pg_catalog.statement_timestamp()";

/// Whether a transaction is open. It counts as a query in it: no `SET TRANSACTION` can follow.
pub(super) fn is_open(session: &mut Session) -> Result<bool, QueryError> {
    Ok(session.text(IN_TRANSACTION)?.as_deref() == Some("t"))
}

/// Whether the backend of a session has a transaction open; it is asked from another connection, since asking is a query of the transaction.
///
/// # Errors
/// [`QueryError`] when the server does not answer.
pub fn is_in_transaction(database: &mut Database, backend: i32) -> Result<bool, QueryError> {
    let sql = format!("SELECT state FROM pg_stat_activity WHERE pid = {backend}");
    Ok(database.text(&sql)?.as_deref() != Some("idle"))
}
