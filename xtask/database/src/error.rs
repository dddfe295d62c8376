//! What can go wrong on a connection that stands, as data.

use std::fmt;
use std::io;

use postgres::error::{DbError, ErrorPosition};

/// An error or a notice of the server, with its fields (PostgreSQL manual, 55.8).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerError {
    /// `ERROR`, `FATAL`, `WARNING`, `NOTICE` …, in the server's language.
    pub severity: String,
    /// The five-character code (PostgreSQL manual, appendix A).
    pub sqlstate: String,
    /// The message proper: one line.
    pub message: String,
    /// More about what happened.
    pub detail: Option<String>,
    /// What to do about it.
    pub hint: Option<String>,
    /// Where in the text that was sent: in characters, the first is 1.
    pub position: Option<usize>,
    /// When it happened in a query that the server made itself, such as one inside a function: that query.
    pub internal_query: Option<InternalQuery>,
    /// The call stack of functions and internal queries, the innermost first, one per line.
    pub context: Option<String>,
    /// The schema of the object concerned.
    pub schema: Option<String>,
    /// The table concerned.
    pub table: Option<String>,
    /// The column concerned.
    pub column: Option<String>,
    /// The data type concerned.
    pub data_type: Option<String>,
    /// The constraint concerned.
    pub constraint: Option<String>,
}

/// A query that the server made itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InternalQuery {
    /// Its text.
    pub text: String,
    /// Where in it: in characters, the first is 1.
    pub position: usize,
}

impl ServerError {
    /// Where in `statement`, the text that was sent, the error is: a byte offset.
    #[must_use]
    pub fn offset_in(&self, statement: &str) -> Option<usize> {
        let preceding = self.position?.checked_sub(1)?;
        let mut offsets = statement.char_indices().map(|(offset, _)| offset);
        // The position after the last character stands for an unexpected end.
        offsets
            .nth(preceding)
            .or_else(|| (statement.chars().count() == preceding).then_some(statement.len()))
    }
}

impl fmt::Display for ServerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ServerError {
            severity,
            message,
            sqlstate,
            ..
        } = self;
        write!(f, "{severity}: {message} (SQLSTATE {sqlstate})")
    }
}

impl std::error::Error for ServerError {}

impl From<&DbError> for ServerError {
    fn from(error: &DbError) -> Self {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let index = |position: u32| usize::try_from(position).unwrap_or(usize::MAX);
        let (position, internal_query) = match error.position() {
            None => (None, None),
            Some(ErrorPosition::Original(position)) => (Some(index(*position)), None),
            Some(ErrorPosition::Internal { position, query }) => {
                let query = InternalQuery {
                    text: query.clone(),
                    position: index(*position),
                };
                (None, Some(query))
            }
        };
        ServerError {
            severity: error.severity().to_owned(),
            sqlstate: error.code().code().to_owned(),
            message: error.message().to_owned(),
            detail: owned(error.detail()),
            hint: owned(error.hint()),
            position,
            internal_query,
            context: owned(error.where_()),
            schema: owned(error.schema()),
            table: owned(error.table()),
            column: owned(error.column()),
            data_type: owned(error.datatype()),
            constraint: owned(error.constraint()),
        }
    }
}

/// Why a statement did not succeed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QueryError {
    /// The server refused it; the connection stands.
    #[error("{0}")]
    Server(Box<ServerError>),
    /// The connection is gone: the server, the network or an administrator ended it. An open transaction is rolled back by the server.
    #[error("the connection was lost: {0}")]
    ConnectionLost(String),
    /// The driver cannot go on, as with `COPY … FROM STDIN`.
    #[error("the statement cannot be run here: {0}")]
    Driver(String),
}

impl QueryError {
    /// What the server said, if it was the server.
    #[must_use]
    pub fn server(&self) -> Option<&ServerError> {
        match self {
            QueryError::Server(error) => Some(error),
            QueryError::ConnectionLost(_) | QueryError::Driver(_) => None,
        }
    }

    /// The server's code for it.
    #[must_use]
    pub fn sqlstate(&self) -> Option<&str> {
        self.server().map(|error| error.sqlstate.as_str())
    }
}

impl From<postgres::Error> for QueryError {
    fn from(error: postgres::Error) -> Self {
        if let Some(server) = error.as_db_error() {
            let server = ServerError::from(server);
            // After these the server closes the connection; `severity` would be in its language.
            let ends_session = [
                "57P01", "57P02", "57P03", "57P04", "57P05", "25P03", "25P04",
            ]
            .contains(&server.sqlstate.as_str());
            return if ends_session {
                QueryError::ConnectionLost(server.to_string())
            } else {
                QueryError::Server(Box::new(server))
            };
        }
        let text = with_sources(&error);
        if is_lost(&error) {
            QueryError::ConnectionLost(text)
        } else {
            QueryError::Driver(text)
        }
    }
}

/// Whether the connection ended, rather than that something was wrong with what came over it.
pub(crate) fn is_lost(error: &postgres::Error) -> bool {
    use io::ErrorKind as Kind;
    let source = std::error::Error::source(error);
    let kind = source.and_then(|source| source.downcast_ref::<io::Error>());
    error.is_closed()
        || kind.is_some_and(|error| {
            matches!(
                error.kind(),
                Kind::BrokenPipe
                    | Kind::ConnectionAborted
                    | Kind::ConnectionReset
                    | Kind::NotConnected
                    | Kind::TimedOut
                    | Kind::HostUnreachable
                    | Kind::NetworkUnreachable
                    | Kind::UnexpectedEof
            )
        })
}

/// An error with all that caused it, in one line.
pub(crate) fn with_sources(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}
