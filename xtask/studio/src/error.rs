//! Why a call has no answer, as HTTP has it and as the page shows it.

use hyper::StatusCode;
use pg_database::browse::BrowseError;
use pg_database::{ConnectError, QueryError, ServerError};
use serde::Serialize;

/// Why a call has no answer.
#[derive(Debug, Clone)]
pub(crate) struct ApiError {
    pub(crate) status: StatusCode,
    pub(crate) problem: Box<Problem>,
}

/// What `{ "error": … }` holds.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Problem {
    /// What went wrong.
    pub(crate) message: String,
    /// PostgreSQL's SQLSTATE.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<String>,
    /// More of what happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) detail: Option<String>,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) hint: Option<String>,
    /// Where in the text that the request holds: in characters, the first is 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) position: Option<usize>,
    /// The constraint that refused it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) constraint: Option<String>,
}

impl ApiError {
    pub(crate) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        let message = message.into();
        let problem = Problem {
            message,
            ..Problem::default()
        };
        Self::of(status, problem)
    }

    pub(crate) fn of(status: StatusCode, problem: Problem) -> Self {
        Self {
            status,
            problem: Box::new(problem),
        }
    }
}

impl From<&ServerError> for Problem {
    fn from(error: &ServerError) -> Self {
        Self {
            message: error.message.clone(),
            code: Some(error.sqlstate.clone()),
            detail: error.detail.clone(),
            hint: error.hint.clone(),
            position: error.position,
            constraint: error.constraint.clone(),
        }
    }
}

impl From<QueryError> for ApiError {
    fn from(error: QueryError) -> Self {
        if let Some(server) = error.server() {
            let problem = Problem {
                // Where it is in our own SQL says nothing to anyone.
                position: None,
                ..server.into()
            };
            return Self::of(StatusCode::UNPROCESSABLE_ENTITY, problem);
        }
        let status = match error {
            QueryError::ConnectionLost(_) => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        };
        Self::new(status, error.to_string())
    }
}

/// The database cannot be reached now: the page keeps what it has and tries again.
impl From<ConnectError> for ApiError {
    fn from(error: ConnectError) -> Self {
        let problem = Problem {
            message: error.to_string(),
            hint: error.hint(),
            ..Problem::default()
        };
        Self::of(StatusCode::SERVICE_UNAVAILABLE, problem)
    }
}

impl From<BrowseError> for ApiError {
    fn from(error: BrowseError) -> Self {
        let status = match error {
            BrowseError::Query(error) => return error.into(),
            BrowseError::Condition(server) => {
                return Self::of(StatusCode::UNPROCESSABLE_ENTITY, Problem::from(&*server));
            }
            BrowseError::NoRelation(_) | BrowseError::NoRow => StatusCode::NOT_FOUND,
            BrowseError::TooSlow(_)
            | BrowseError::Suppressed
            | BrowseError::Several(_)
            | BrowseError::Generated(_) => StatusCode::UNPROCESSABLE_ENTITY,
            BrowseError::Conflict => StatusCode::CONFLICT,
            BrowseError::NotWritable { .. } => StatusCode::FORBIDDEN,
            _ => StatusCode::BAD_REQUEST,
        };
        // As PostgreSQL has them.
        let code = match error {
            BrowseError::TooSlow(_) => Some("57014"),
            BrowseError::Generated(_) => Some("428C9"),
            _ => None,
        };
        let problem = Problem {
            message: error.to_string(),
            code: code.map(str::to_owned),
            ..Problem::default()
        };
        Self::of(status, problem)
    }
}
