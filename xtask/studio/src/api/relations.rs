//! `relations {}`: what there is to see, by schema.

use pg_database::browse::{self, SchemaListing};
use serde::{Deserialize, Serialize};

use crate::error::ApiError;
use crate::studio::Call;

/// Nothing is asked.
#[derive(Deserialize)]
pub(super) struct Request {}

#[derive(Serialize)]
pub(super) struct Relations {
    /// All schemas but the server's own, empty ones too, by name.
    schemas: Vec<SchemaListing>,
}

pub(super) fn relations(call: &Call<'_>, _: Request) -> Result<Relations, ApiError> {
    let schemas = call.read(browse::list)?;
    Ok(Relations { schemas })
}
