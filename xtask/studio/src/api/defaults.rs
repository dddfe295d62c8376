//! `defaults { id }`: new values of the columns that the application gives a default, by number.

use std::collections::BTreeMap;

use pg_database::browse;
use serde::Deserialize;

use crate::error::ApiError;
use crate::studio::Call;

#[derive(Deserialize)]
pub(super) struct Request {
    /// The relation.
    id: u32,
}

pub(super) fn defaults(
    call: &Call<'_>,
    request: Request,
) -> Result<BTreeMap<i16, String>, ApiError> {
    let relation = call.read(|database| browse::describe(database, request.id))?;
    let project = &call.studio.project;
    let values = project.defaults(&relation.schema, &relation.name);
    let numbered = values.into_iter().filter_map(|(name, value)| {
        let column = relation.columns.iter().find(|column| column.name == name);
        Some((column?.number, value))
    });
    Ok(numbered.collect())
}
