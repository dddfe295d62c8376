//! What can be wrong with a connection URL. No message shows any part of the URL that could hold a password.

/// What is wrong with a connection URL.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UrlError {
    /// Nothing but space.
    #[error("the URL is empty")]
    Empty,
    /// `"postgres://…"` with the quotes, as some `--env-file`s pass them on.
    #[error("the URL begins with a quotation mark")]
    Quoted,
    /// Something else than a PostgreSQL URL.
    #[error("the URL does not begin with postgres:// or postgresql://")]
    Scheme,
    /// Several hosts, which libpq would try in turn.
    #[error("the URL names several hosts; name the one that accepts writes")]
    SeveralHosts,
    /// A host name with characters that no host name has.
    #[error("what stands in the place of the host in the URL is no host name")]
    Host,
    /// A port that is no number from 1 to 65535.
    #[error("the port in the URL is not a number from 1 to 65535")]
    Port,
    /// Bytes that are not UTF-8, or a zero byte.
    #[error("the {part} in the URL is not valid UTF-8 text after its %-escapes are read")]
    Text {
        /// Which part of the URL.
        part: &'static str,
    },
    /// The password is still the placeholder that a provider's page shows.
    #[error("the password in the URL is still a placeholder")]
    Placeholder,
    /// Something after `?` that is not `name=value`.
    #[error("what follows the `?` in the URL is not a list of name=value, separated by &")]
    Parameters,
    /// A parameter that nobody knows.
    #[error("the URL has an unknown parameter{}", name.as_ref().map(|name| format!(": `{name}`")).unwrap_or_default())]
    UnknownParameter {
        /// Its name, unless it could be a part of the password.
        name: Option<String>,
    },
    /// A parameter of libpq that is not supported here, and that cannot be ignored safely.
    #[error("the URL has the parameter `{name}`, which is not supported")]
    UnsupportedParameter {
        /// Its name.
        name: &'static str,
    },
    /// A known parameter with a value that it cannot have.
    #[error("the parameter `{name}` in the URL must be {expected}")]
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
    pub fn hints(&self) -> Vec<String> {
        const EXAMPLE: &str =
            "it looks like postgres://user:password@host:5432/database?sslmode=require";
        const ESCAPES: &str = "in a user or password, write special characters as escapes: \
                               %40 for @, %3A for :, %2F for /, %3F for ?, %23 for #, %25 for %";
        let supported = || super::parse::SUPPORTED_PARAMETERS.join(", ");
        match self {
            UrlError::Quoted => vec!["write it without quotation marks".to_owned()],
            UrlError::Host | UrlError::Port | UrlError::Text { .. } | UrlError::Parameters => {
                vec![EXAMPLE.to_owned(), ESCAPES.to_owned()]
            }
            UrlError::Placeholder => vec!["put the database's password in its place".to_owned()],
            UrlError::UnknownParameter { name } => {
                let meant = name
                    .as_deref()
                    .and_then(|name| pg_schema::nearest(name, super::parse::SUPPORTED_PARAMETERS));
                let meant = meant.map(|meant| format!("did you mean `{meant}`?"));
                vec![meant.unwrap_or_else(|| format!("known are: {}", supported()))]
            }
            UrlError::UnsupportedParameter { .. } => {
                vec![format!("leave it out; supported are: {}", supported())]
            }
            UrlError::Empty
            | UrlError::Scheme
            | UrlError::SeveralHosts
            | UrlError::Value { .. } => vec![EXAMPLE.to_owned()],
        }
    }
}
