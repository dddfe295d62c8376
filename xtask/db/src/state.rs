//! A state of a database, as a flag names it.

mod read;

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use pg_database::ConnectionUrl;

pub(crate) use read::{
    ReadState, Reader, explain_snapshot, nearest_snapshot, newest_snapshot, position,
};

/// Where a state comes from.
#[derive(Debug, Clone)]
pub(crate) enum State {
    /// The schema that the code declares.
    Schema,
    /// The state after a migration of the folder, the newest if none is named.
    Migrations(Option<String>),
    /// A live database, the configured one if none is named.
    Database(Option<Box<ConnectionUrl>>),
    /// A snapshot's file.
    Snapshot(PathBuf),
    /// Nothing.
    Empty,
}

/// What `--help` says of all flags that name a state.
pub(crate) const STATES: &str = "States:
  schema          what the code declares
  migrations      the folder's newest snapshot
  migrations:TAG  the folder's state after this migration
  database        the configured database, as it is now
  database:URL    another database
  empty           nothing
  PATH            a snapshot: a path with a `/`, or one that ends in .json";

const NAMES: [&str; 4] = ["schema", "migrations", "database", "empty"];

/// No message shows what could be a part of a password.
impl FromStr for State {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, rest) = match text.split_once(':') {
            Some((name, rest)) => (name, Some(rest)),
            None => (text, None),
        };
        match (name, rest) {
            ("schema", None) => Ok(Self::Schema),
            ("empty", None) => Ok(Self::Empty),
            ("migrations", None) => Ok(Self::Migrations(None)),
            ("migrations", Some("")) => Err(
                "the name of a migration belongs behind `migrations:`, as `cargo xtask db status` lists them"
                    .to_owned(),
            ),
            ("migrations", Some(tag)) => Ok(Self::Migrations(Some(without_extension(tag)))),
            ("database", None) => Ok(Self::Database(None)),
            ("database", Some(url)) => match url.trim().parse() {
                Ok(url) => Ok(Self::Database(Some(Box::new(url)))),
                Err(error) => Err(format!("{error}; {}", error.hints().join("; "))),
            },
            ("postgres" | "postgresql", Some(_)) => {
                Err("a database is written `database:URL`".to_owned())
            }
            _ if is_path(text) => Ok(Self::Snapshot(text.into())),
            _ => Err(match pg_schema::nearest(name, NAMES) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => "it is none of schema, migrations, migrations:TAG, database, database:URL, empty, and no path of a snapshot".to_owned(),
            }),
        }
    }
}

fn is_path(text: &str) -> bool {
    let extension = Path::new(text).extension();
    extension.is_some_and(|it| it.eq_ignore_ascii_case("json"))
        || text.contains(std::path::is_separator) && !text.contains(':')
}

/// A migration's name, also where its file is named.
pub(crate) fn without_extension(tag: &str) -> String {
    tag.strip_suffix(".sql").unwrap_or(tag).to_owned()
}

/// As it is written, but of a database's URL only where it leads.
impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Schema => f.write_str("schema"),
            Self::Migrations(None) => f.write_str("migrations"),
            Self::Migrations(Some(tag)) => write!(f, "migrations:{tag}"),
            Self::Database(None) => f.write_str("database"),
            Self::Database(Some(url)) => write!(f, "database:{url}"),
            Self::Snapshot(path) => write!(f, "{}", path.display()),
            Self::Empty => f.write_str("empty"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::State;

    #[test]
    fn a_state_is_shown_as_it_is_written() {
        for (text, shown) in [
            ("schema", "schema"),
            ("migrations", "migrations"),
            ("migrations:0001_a:b", "migrations:0001_a:b"),
            ("migrations:0001_a.sql", "migrations:0001_a"),
            ("database", "database"),
            ("database:postgres://u:p@ss@h/d", "database:h:5432/d"),
            ("empty", "empty"),
            ("./schema", "./schema"),
            ("old.json", "old.json"),
            ("a:b.json", "a:b.json"),
            ("/dev/fd/63", "/dev/fd/63"),
        ] {
            let state: State = text.parse().expect(text);
            assert_eq!(state.to_string(), shown);
            assert!(!format!("{state:?}").contains("p@ss"), "{state:?}");
        }
    }

    #[test]
    fn anything_else_is_answered_with_what_is_near() {
        for (text, says) in [
            ("shema", "did you mean `schema`?"),
            ("Schema", "did you mean `schema`?"),
            ("schema:x", "did you mean `schema`?"),
            ("migration:0001_a", "did you mean `migrations`?"),
            ("migrations:", "the name of a migration"),
            (
                "databse:postgres://u:secret@h/d",
                "did you mean `database`?",
            ),
            ("databse:u:secret@h/d", "did you mean `database`?"),
            ("postgres://u:secret@h/d", "`database:URL`"),
            ("database:", "the URL is empty"),
            ("database:mysql://u:secret@h/d", "postgres://"),
            ("", "none of schema"),
            ("nothing", "none of schema"),
        ] {
            let error = text.parse::<State>().expect_err(text);
            assert!(error.contains(says), "{text}: {error}");
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
