//! Why a push stopped, and what stands.

use std::fmt::Write;

use pg_database::{FailureCause, PushCause, PushFailure, PushPoint, QueryError};
use pg_migration::PlannedMigration;

use crate::app::App;
use crate::error::Error;
use crate::ui::{Place, count, snippet};

/// What failed, with its place in the statement; what is committed; and what to do.
pub(super) fn explain(failure: &PushFailure, way: &[PlannedMigration], app: &App) -> Error {
    if app.interrupts.exit_code().is_some() {
        return Error::failed(format!("interrupted\n{}", state(failure, way)))
            .hint("`cargo xtask db push` does what is left");
    }
    let mut message = failure.to_string();
    if let (
        Some(server),
        PushPoint::Statement {
            sql,
            index,
            in_transaction: _,
        },
    ) = (failure.server_error(), &failure.point)
    {
        let notes = [
            ("detail", &server.detail),
            ("hint", &server.hint),
            ("context", &server.context),
        ];
        let notes: Vec<_> = notes
            .into_iter()
            .filter_map(|(kind, note)| Some((kind, note.clone()?)))
            .collect();
        let title = format!("{} (SQLSTATE {})", server.message, server.sqlstate);
        let place = Place {
            path: "push",
            text: sql,
            statement: 0..sql.len(),
            offset: server.offset_in(sql).unwrap_or(0),
        };
        message = format!(
            "statement {} of {} failed\n\n{}\n",
            index + 1,
            failure.total,
            snippet(&title, &place, &notes)
        );
    }
    let _ = write!(message, "\n{}", state(failure, way));
    let mut error = Error::failed(message);
    error.hints.extend(failure.hint().map(str::to_owned));
    error.hint(match &failure.cause {
        PushCause::RowsCame { .. } => "`cargo xtask db push` plans it anew",
        PushCause::Failed(FailureCause::Query(QueryError::ConnectionLost(_))) => {
            "when the server can be reached again, `cargo xtask db push` does what is left"
        }
        PushCause::Failed(_) => "when the cause is mended, `cargo xtask db push` does what is left",
    })
}

/// What is committed, statement by statement.
fn state(failure: &PushFailure, way: &[PlannedMigration]) -> String {
    let steps = way.iter().flat_map(|migration| &migration.plan.steps);
    let committed: Vec<_> = steps
        .take(failure.committed)
        .map(|step| format!("\n  {}", step.statement.sql().replace('\n', "\n  ")))
        .collect();
    let stands = match committed.len() {
        0 => String::new(),
        number => format!(
            "The first {} committed and stay{}:{}",
            if number == 1 {
                "statement is".to_owned()
            } else {
                format!("{} are", count(number, "statement"))
            },
            if number == 1 { "s" } else { "" },
            committed.concat()
        ),
    };
    if failure.is_commit_unknown() {
        let unknown = "The connection was lost in the middle of it: whether it took effect, the next push finds out";
        return format!("{unknown}\n{stands}").trim_end().to_owned();
    }
    match committed.len() {
        0 => "Nothing was changed".to_owned(),
        _ => format!("{stands}\nNothing else was changed"),
    }
}
