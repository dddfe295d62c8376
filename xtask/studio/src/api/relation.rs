//! `relation { id }`: one of them, with all that the grid and the editors need to know.

use pg_database::browse::{self, Relation};
use serde::Deserialize;

use crate::error::ApiError;
use crate::studio::Call;

#[derive(Deserialize)]
pub(super) struct Request {
    /// Its oid.
    id: u32,
}

pub(super) fn relation(call: &Call<'_>, request: Request) -> Result<Relation, ApiError> {
    let mut relation = call.read(|database| browse::describe(database, request.id))?;
    if call.studio.read_only {
        relation.forbid_writing("the studio was started with --read-only");
    }
    let project = &call.studio.project;
    let names = project.columns_with_defaults(&relation.schema, &relation.name);
    for column in &mut relation.columns {
        column.app_default = names.contains(&column.name);
    }
    Ok(relation)
}
