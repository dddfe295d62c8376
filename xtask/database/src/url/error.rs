//! What can be wrong with a connection URL. No message shows any part of the URL that could hold a password.

/// What is wrong with a connection URL.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UrlError {
    /// Nothing but space.
    #[error("the database URL is empty")]
    Empty,
    /// `"postgres://…"` with the quotes, as some `--env-file`s pass them on.
    #[error("the database URL begins with a quotation mark")]
    Quoted,
    /// Something else than a PostgreSQL URL.
    #[error("the database URL does not begin with postgres:// or postgresql://")]
    Scheme,
    /// Several hosts, which libpq would try in turn.
    #[error("the database URL names several hosts; name the one that accepts writes")]
    SeveralHosts,
    /// A host name with characters that no host name has.
    #[error("the host name in the database URL is not one")]
    Host,
    /// A port that is no number from 1 to 65535.
    #[error("the port in the database URL is not a number from 1 to 65535")]
    Port,
    /// Bytes that are not UTF-8, or a zero byte.
    #[error("the {part} in the database URL is not valid UTF-8 text after its %-escapes are read")]
    Text {
        /// Which part of the URL.
        part: &'static str,
    },
    /// The password is still the placeholder that a provider's page shows.
    #[error("the password in the database URL is still a placeholder")]
    Placeholder,
    /// Something after `?` that is not `name=value`.
    #[error("what follows the `?` in the database URL is not a list of name=value, separated by &")]
    Parameters,
    /// A parameter that nobody knows.
    #[error("the database URL has an unknown parameter{}", name.as_ref().map(|name| format!(": {name}")).unwrap_or_default())]
    UnknownParameter {
        /// Its name, unless it could be a part of the password.
        name: Option<String>,
    },
    /// A parameter of libpq that is not supported here, and that cannot be ignored safely.
    #[error("the database URL has the parameter `{name}`, which is not supported")]
    UnsupportedParameter {
        /// Its name.
        name: &'static str,
    },
    /// A known parameter with a value that it cannot have.
    #[error("the parameter `{name}` in the database URL must be {expected}")]
    Value {
        /// The parameter.
        name: &'static str,
        /// What it may be.
        expected: &'static str,
    },
}

impl UrlError {
    /// What to do about it, with an example of a right URL.
    #[must_use]
    pub fn hint(&self) -> String {
        const EXAMPLE: &str = "postgres://user:password@host:5432/database?sslmode=require";
        const ESCAPES: &str = "In a user or password, write special characters as escapes: \
                               %40 for @, %3A for :, %2F for /, %3F for ?, %23 for #, %25 for %.";
        match self {
            UrlError::Quoted => {
                format!("Write it without quotation marks: DATABASE_URL={EXAMPLE}")
            }
            UrlError::Host | UrlError::Port | UrlError::Text { .. } | UrlError::Parameters => {
                format!("A right one: {EXAMPLE}\n{ESCAPES}")
            }
            UrlError::Placeholder => "Put the database's password in its place.".to_owned(),
            UrlError::UnknownParameter { .. } => format!(
                "Known are: {}.",
                super::parse::SUPPORTED_PARAMETERS.join(", ")
            ),
            UrlError::UnsupportedParameter { .. } => format!(
                "Leave it out. Supported are: {}.",
                super::parse::SUPPORTED_PARAMETERS.join(", ")
            ),
            UrlError::Empty
            | UrlError::Scheme
            | UrlError::SeveralHosts
            | UrlError::Value { .. } => format!("A right one: {EXAMPLE}"),
        }
    }
}
