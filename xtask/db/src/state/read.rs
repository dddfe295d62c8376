//! The one way to read a state, whatever it comes from.

use std::io::ErrorKind;
use std::path::Path;

use pg_database::{
    ConnectionUrl, Database, Filter, Introspection, Outside, QueryError, Scope, introspect,
    leave_out, normalise,
};
use pg_migration::{FolderError, Migration, Migrations, Snapshot, SnapshotError, SnapshotFile};
use pg_schema::{QualifiedName, Schema};

use super::State;
use crate::app::App;
use crate::config::{DatabaseUrl, Source};
use crate::error::Error;
use crate::filters::{FilterArgs, warn_of_idle_patterns};
use crate::ui::{count, json_problem};

/// Reads states; the folder once, however many of them come from it.
pub(crate) struct Reader<'a> {
    app: &'a App,
    migrations: Option<Migrations>,
    /// What counts where a database is looked at.
    of_databases: Filter,
    /// What counts where none is.
    stated: Filter,
    /// A connection to the configured database that is there already.
    connection: Option<Database>,
    /// Whether it was said which patterns take nothing.
    told_of_patterns: bool,
}

/// A state that was read.
pub(crate) struct ReadState {
    /// The state.
    pub(crate) schema: Schema,
    /// What of a database no state holds.
    pub(crate) outside: Vec<Outside>,
    /// Where it was read, if it is a database's.
    live: Option<Live>,
}

struct Live {
    database: Database,
    /// The tables and views that extensions made.
    members: Vec<QualifiedName>,
}

impl ReadState {
    /// Tells what of a database no state holds.
    pub(crate) fn warn_of_outside(&self, app: &App) {
        let Some(live) = self.live.as_ref().filter(|_| !self.outside.is_empty()) else {
            return;
        };
        let lines: Vec<_> = self.outside.iter().map(|it| format!("\n  {it}")).collect();
        app.ui.warning(format_args!(
            "{} has {} that no state holds, left out here:{}",
            live.database.url(),
            count(self.outside.len(), "thing"),
            lines.concat()
        ));
    }

    /// Whether there is nothing in it or beside it.
    pub(crate) fn is_empty(&self) -> bool {
        self.schema == Schema::default() && self.outside.is_empty()
    }

    /// The connection to the database that it was read from.
    pub(crate) fn into_connection(self) -> Option<Database> {
        self.live.map(|live| live.database)
    }
}

impl<'a> Reader<'a> {
    /// Looks at what the project says to count. That is about databases only: its own schema and folder count as a whole where no database is
    /// compared with them.
    pub(crate) fn new(app: &'a App) -> Self {
        Self {
            app,
            migrations: None,
            of_databases: FilterArgs::default().of_databases(app),
            stated: Filter::default(),
            connection: None,
            told_of_patterns: false,
        }
    }

    /// A reader that has the folder already.
    pub(crate) fn of(migrations: &Migrations, app: &'a App) -> Self {
        Self {
            migrations: Some(migrations.clone()),
            ..Self::new(app)
        }
    }

    /// Reads the configured database over this connection, once.
    pub(crate) fn over(mut self, connection: Database) -> Self {
        self.connect(connection);
        self
    }

    /// Reads the configured database over this connection the next time.
    pub(crate) fn connect(&mut self, connection: Database) {
        self.connection = Some(connection);
    }

    /// Looks at what flags say to count.
    pub(crate) fn filtered(mut self, filters: &FilterArgs) -> Self {
        self.of_databases = filters.of_databases(self.app);
        self.stated = filters.stated();
        self
    }

    /// Reads a state.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub(crate) fn read(&mut self, state: &State) -> Result<ReadState, Error> {
        let filter = self.filter([state]);
        let scope = Scope {
            filter: filter.clone(),
            ..Scope::default()
        };
        let read = self.read_within(state, &scope)?;
        self.tell_of_patterns(&filter, &[&read.schema]);
        Ok(read)
    }

    /// Reads a state of the folder or the schema as far as it counts beside a database, in its own words.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub(crate) fn read_as_beside_database(&mut self, state: &State) -> Result<Schema, Error> {
        let scope = Scope {
            filter: self.of_databases.clone(),
            ..Scope::default()
        };
        Ok(self.read_within(state, &scope)?.schema)
    }

    fn filter<const N: usize>(&self, states: [&State; N]) -> Filter {
        let live = (states.iter()).any(|state| matches!(state, State::Database(_)));
        if live {
            self.of_databases.clone()
        } else {
            self.stated.clone()
        }
    }

    /// Reads two states so that they differ in nothing but real changes: where one is a live database, the other is put into the words of its
    /// server, and only the roles count that the other names, since roles belong to no database. Of two databases it is the second that is put into
    /// the words of the first, where the way from one to the other would be run.
    ///
    /// # Errors
    /// Why one of them cannot be read.
    pub(crate) fn read_both(
        &mut self,
        from: &State,
        to: &State,
    ) -> Result<(ReadState, ReadState), Error> {
        let later_first = matches!(from, State::Database(_));
        let (first, second) = if later_first { (to, from) } else { (from, to) };
        let filter = self.filter([from, to]);
        let scope = Scope {
            filter: filter.clone(),
            ..Scope::default()
        };
        let first = self.read_within(first, &scope)?;
        let second = self.read_within(second, &Scope::within(&filter, &first.schema))?;
        let (mut from, mut to) = if later_first {
            (second, first)
        } else {
            (first, second)
        };
        self.tell_of_patterns(&filter, &[&from.schema, &to.schema]);
        if let Some(live) = &mut from.live {
            leave_out(&live.members, &mut to.schema);
            to.schema = self.in_words_of(&mut live.database, &to.schema, &from.schema)?;
        } else if let Some(live) = &mut to.live {
            leave_out(&live.members, &mut from.schema);
            from.schema = self.in_words_of(&mut live.database, &from.schema, &to.schema)?;
        }
        Ok((from, to))
    }

    fn tell_of_patterns(&mut self, filter: &Filter, states: &[&Schema]) {
        if !self.told_of_patterns {
            warn_of_idle_patterns(filter, states, self.app);
            self.told_of_patterns = true;
        }
    }

    /// The folder's migrations.
    fn migrations(&mut self) -> Result<&Migrations, Error> {
        if self.migrations.is_none() {
            self.migrations = Some(self.app.existing_migrations()?);
        }
        Ok(self.migrations.get_or_insert_default())
    }

    fn read_within(&mut self, state: &State, scope: &Scope) -> Result<ReadState, Error> {
        let app = self.app;
        let mut schema = match state {
            State::Schema => app.schema()?,
            State::Empty => Schema::default(),
            State::Migrations(tag) => self.after_migration(tag.as_deref())?,
            State::Snapshot(path) => snapshot_at(path, app)?,
            State::Database(None) => {
                let database = match self.connection.take() {
                    Some(database) => database,
                    None => app.connect()?,
                };
                return live(database, scope, app);
            }
            State::Database(Some(url)) => {
                let target = DatabaseUrl {
                    url: ConnectionUrl::clone(url),
                    source: Source::State,
                    lost_dollar: false,
                };
                return live(app.connect_to(&target)?, scope, app);
            }
        };
        scope.filter.narrow(&mut schema);
        Ok(ReadState {
            schema,
            outside: Vec::new(),
            live: None,
        })
    }

    fn after_migration(&mut self, tag: Option<&str>) -> Result<Schema, Error> {
        let app = self.app;
        let migrations = self.migrations()?;
        let end = match tag {
            Some(tag) => position(migrations, tag)? + 1,
            None => migrations.files.len(),
        };
        let files = &migrations.files[..end];
        let Some(migration) = files.last() else {
            return Ok(Schema::default());
        };
        let found = nearest_snapshot(files, app)?;
        if found
            .as_ref()
            .is_none_or(|(with, _)| with.tag() != migration.tag())
        {
            app.ui.warning(match &found {
                Some((earlier, _)) => format!(
                    "{} has no snapshot, so this is the state after {}",
                    migration.tag(),
                    earlier.tag()
                ),
                None => format!(
                    "no migration up to {} has a snapshot, so this is the empty state",
                    migration.tag()
                ),
            });
        }
        Ok(found.map_or_else(Schema::default, |(_, snapshot)| snapshot.schema))
    }

    fn in_words_of(
        &self,
        database: &mut Database,
        desired: &Schema,
        live: &Schema,
    ) -> Result<Schema, Error> {
        let url = database.url().clone();
        let spinner = self.app.ui.spinner(format_args!("Comparing with {url}"));
        let normalised = normalise(database, desired, live);
        drop(spinner);
        normalised.map_err(|error| {
            let hint = match error.sqlstate() {
                Some("42501") => Some(format!(
                    "texts are compared in temporary tables; an administrator may allow them: GRANT TEMPORARY ON DATABASE {} TO …",
                    pg_schema::quote_identifier(url.database().unwrap_or_default())
                )),
                Some("25006") => Some(
                    "texts are compared in temporary tables, which neither a standby nor a read-only session can make: name a primary that may write".to_owned(),
                ),
                _ => None,
            };
            let mut error = while_reading(error, &url);
            error.hints.extend(hint);
            error
        })
    }
}

/// The place of a migration in the folder.
///
/// # Errors
/// Wrong use, with the nearest match, when there is none of that name.
pub(crate) fn position(migrations: &Migrations, tag: &str) -> Result<usize, Error> {
    let tags = || migrations.files.iter().map(Migration::tag);
    (tags().position(|known| known == tag)).ok_or_else(|| Error::unknown_migration(tag, tags()))
}

/// The newest of these migrations that has a snapshot, with that.
///
/// # Errors
/// What is wrong with the file.
pub(crate) fn nearest_snapshot<'m>(
    migrations: &'m [Migration],
    app: &App,
) -> Result<Option<(&'m Migration, Snapshot)>, Error> {
    let with_snapshot = |migration: &&Migration| migration.snapshot_path().is_some();
    let Some(migration) = migrations.iter().rev().find(with_snapshot) else {
        return Ok(None);
    };
    let file = app.folder().read_snapshot(migration);
    let Some(file) = file.map_err(|error| app.explain(error))? else {
        return Ok(None);
    };
    Ok(Some((migration, whole_snapshot(&file, migrations, app)?)))
}

/// A snapshot of one of these migrations. One that drizzle-kit wrote does not say all, and inherits the rest.
fn whole_snapshot(
    file: &SnapshotFile,
    migrations: &[Migration],
    app: &App,
) -> Result<Snapshot, Error> {
    let mut snapshot = parse_snapshot(file, app)?;
    if !snapshot.beyond {
        let earlier = app.folder().read_bequeathing_snapshot(migrations, file);
        if let Some(earlier) = earlier.map_err(|error| app.explain(error))? {
            snapshot.inherit(&parse_snapshot(&earlier, app)?);
        }
    }
    Ok(snapshot)
}

/// The state after the newest migration; `None` for an empty folder.
///
/// # Errors
/// What is wrong with the snapshot.
pub(crate) fn newest_snapshot(
    migrations: &Migrations,
    app: &App,
) -> Result<Option<Snapshot>, Error> {
    let file = migrations.newest_snapshot();
    file.map(|file| whole_snapshot(file, &migrations.files, app))
        .transpose()
}

/// Reads a snapshot's text.
///
/// # Errors
/// What is wrong with it, and where.
pub(crate) fn parse_snapshot(file: &SnapshotFile, app: &App) -> Result<Snapshot, Error> {
    Snapshot::parse(&file.text).map_err(|error| explain_snapshot(&error, file, app))
}

pub(crate) fn explain_snapshot(error: &SnapshotError, file: &SnapshotFile, app: &App) -> Error {
    let path = app.config.relative(&file.path);
    let message = match error {
        SnapshotError::Malformed(json) => json_problem(
            "a snapshot of version 7",
            Path::new(&path),
            &file.text,
            json,
        ),
        error => format!("{path}: {error}"),
    };
    Error::failed(message).hint(error.hint())
}

fn snapshot_at(path: &Path, app: &App) -> Result<Schema, Error> {
    let shown = path.display();
    let file = SnapshotFile::read(path).map_err(|error| match error {
        FolderError::Io { source, .. } if source.kind() == ErrorKind::NotFound => {
            Error::usage(format!("there is no snapshot `{shown}`"))
                .hint("a path counts from the current folder; `migrations:TAG` names a snapshot by its migration")
        }
        FolderError::Io { source, .. } if source.kind() == ErrorKind::IsADirectory => {
            Error::usage(format!("`{shown}` is a directory, not a snapshot"))
                .hint("`migrations` is the state of a folder, and `--folder` names another one")
        }
        error => app.explain(error),
    })?;
    Ok(parse_snapshot(&file, app)?.schema)
}

fn live(mut database: Database, scope: &Scope, app: &App) -> Result<ReadState, Error> {
    let url = database.url().clone();
    let spinner = app.ui.spinner(format_args!("Reading {url}"));
    let found = introspect(&mut database, scope);
    drop(spinner);
    let Introspection {
        schema,
        outside,
        members,
    } = found.map_err(|error| while_reading(error, &url))?;
    Ok(ReadState {
        schema,
        outside,
        live: Some(Live { database, members }),
    })
}

fn while_reading(error: QueryError, url: &ConnectionUrl) -> Error {
    let mut error = Error::from(error);
    error.message = format!("the state of {url} cannot be read: {}", error.message);
    error
}
