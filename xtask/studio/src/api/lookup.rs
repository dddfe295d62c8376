//! `lookup { id, foreignKey, search, limit }`: the rows that a foreign key can refer to.

use pg_database::browse::{self, Cell};
use serde::{Deserialize, Serialize};

use crate::error::ApiError;
use crate::studio::Call;

/// How many are shown at most.
const MOST: usize = 100;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Request {
    /// The relation that has the foreign key.
    id: u32,
    /// Its place in the relation's `foreignKeys`.
    foreign_key: usize,
    /// What the row's key or one of its texts contains.
    search: String,
    limit: usize,
}

#[derive(Serialize)]
pub(super) struct Rows {
    /// The numbers of the other relation's columns, in the order of the values.
    columns: Vec<i16>,
    rows: Vec<Vec<Cell>>,
}

pub(super) fn lookup(call: &Call<'_>, request: Request) -> Result<Rows, ApiError> {
    let Request {
        id,
        foreign_key,
        search,
        limit,
    } = request;
    let limit = limit.clamp(1, MOST);
    let (columns, rows) =
        call.read(|database| browse::lookup(database, id, foreign_key, &search, limit))?;
    Ok(Rows { columns, rows })
}
