//! `value { id, key, column }`: the whole of a value that was cut in its page.

use pg_database::browse::{self, Key};
use serde::{Deserialize, Serialize};

use crate::error::ApiError;
use crate::studio::Call;

#[derive(Deserialize)]
pub(super) struct Request {
    /// The relation.
    id: u32,
    /// The row, as its page named it.
    key: Key,
    /// The column.
    column: i16,
}

#[derive(Serialize)]
pub(super) struct Value {
    value: Option<String>,
}

pub(super) fn value(call: &Call<'_>, request: Request) -> Result<Value, ApiError> {
    let value =
        call.read(|database| browse::value(database, request.id, &request.key, request.column))?;
    Ok(Value { value })
}
