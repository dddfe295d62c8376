//! `diagram { keysOnly? }`: all tables and the foreign keys between them, as a drawing.

use pg_database::browse;
use serde::Deserialize;

use crate::diagram::{self, Diagram};
use crate::error::ApiError;
use crate::studio::Call;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Request {
    /// Whether the cards show the columns of keys only.
    #[serde(default)]
    keys_only: bool,
}

pub(super) fn diagram(call: &Call<'_>, request: Request) -> Result<Diagram, ApiError> {
    let structure = call.read(browse::structure)?;
    Ok(diagram::draw(structure, request.keys_only))
}
