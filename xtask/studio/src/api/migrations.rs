//! `migrations {}` and `migrate {}`: how migrations, code and database stand to each other, and what is pending applied.

use hyper::StatusCode;
use serde::{Deserialize, Serialize};

use crate::error::{ApiError, Problem};
use crate::project::{ProjectError, Standing};
use crate::studio::Call;

/// Nothing is asked.
#[derive(Deserialize)]
pub(super) struct Request {}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Answer {
    #[serde(flatten)]
    standing: Standing,
    /// Whether what is pending can be applied from here.
    can_apply: bool,
}

#[derive(Serialize)]
pub(super) struct Applied {
    /// The tags of what was applied, in order.
    applied: Vec<String>,
}

pub(super) fn migrations(call: &Call<'_>, _: Request) -> Result<Answer, ApiError> {
    let standing = with_connection(call, |project, database| project.standing(database))?;
    Ok(Answer {
        standing,
        can_apply: can_apply(call),
    })
}

pub(super) fn migrate(call: &Call<'_>, _: Request) -> Result<Applied, ApiError> {
    if !can_apply(call) {
        let message = "migrations are applied from here in a database on this machine only, and not with --read-only";
        return Err(ApiError::new(StatusCode::FORBIDDEN, message));
    }
    let applied = with_connection(call, |project, database| project.migrate(database))?;
    Ok(Applied { applied })
}

fn can_apply(call: &Call<'_>) -> bool {
    !call.studio.read_only && call.studio.pool.url().is_local()
}

/// On a connection of its own, whose session stays as the commands know it.
fn with_connection<T>(
    call: &Call<'_>,
    run: impl FnOnce(&dyn crate::Project, pg_database::Database) -> Result<T, ProjectError>,
) -> Result<T, ApiError> {
    let database = call.studio.pool.connect_plainly()?;
    call.work.begin(database.canceller());
    let result = run(&*call.studio.project, database);
    call.work.end();
    result.map_err(|error| {
        let problem = Problem {
            message: error.message,
            hint: error.hint,
            ..Problem::default()
        };
        ApiError::of(StatusCode::UNPROCESSABLE_ENTITY, problem)
    })
}
