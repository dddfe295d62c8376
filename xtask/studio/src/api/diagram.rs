//! `diagram {}`: all tables and the foreign keys between them, laid out.

use pg_database::browse;
use serde::Deserialize;

use crate::diagram::{self, Diagram};
use crate::error::ApiError;
use crate::studio::Call;

/// Nothing is asked.
#[derive(Deserialize)]
pub(super) struct Request {}

pub(super) fn diagram(call: &Call<'_>, _: Request) -> Result<Diagram, ApiError> {
    Ok(diagram::lay_out(call.read(browse::structure)?))
}
