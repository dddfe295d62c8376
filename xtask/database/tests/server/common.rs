//! A folder of migrations and an empty database, for one test.

use std::fs;
use std::path::PathBuf;

use pg_database::{ConnectionUrl, Database, MigrateError, MigrateOptions, MigrationFailure};
use pg_devserver::TestServer;
use pg_migration::{Folder, Migrations, NewMigration};
use postgres::SimpleQueryMessage;
use tempfile::TempDir;

/// What `pg_stat_activity` shows.
pub(crate) const APPLICATION: &str = "pg-database tests";

pub(crate) struct Project {
    directory: TempDir,
    pub(crate) url: String,
}

impl Project {
    /// With a database of its own and these migrations, `(name, sql)`.
    pub(crate) fn new(name: &str, migrations: &[(&str, &str)]) -> Self {
        Self::on(TestServer::shared(), name, migrations)
    }

    /// The same on another server.
    pub(crate) fn on(server: &TestServer, name: &str, migrations: &[(&str, &str)]) -> Self {
        let project = Self {
            directory: tempfile::tempdir().unwrap(),
            url: server.create_database(name),
        };
        for (name, sql) in migrations {
            project.add(name, sql);
        }
        project
    }

    /// Adds a migration, and returns its tag.
    pub(crate) fn add(&self, name: &str, sql: &str) -> String {
        let migration = NewMigration {
            name: name.to_owned(),
            sql: sql.to_owned(),
            snapshot: "{}".to_owned(),
            when: 1_700_000_000_000,
        };
        let added = self.folder().append(&[migration]).unwrap();
        added[0].tag.clone()
    }

    pub(crate) fn folder(&self) -> Folder {
        Folder::new(self.directory.path().join("drizzle"))
    }

    pub(crate) fn load(&self) -> Migrations {
        self.folder().load().unwrap()
    }

    pub(crate) fn sql_file(&self, tag: &str) -> PathBuf {
        self.folder().path().join(format!("{tag}.sql"))
    }

    pub(crate) fn edit(&self, tag: &str, sql: &str) {
        fs::write(self.sql_file(tag), sql).unwrap();
    }

    pub(crate) fn connect(&self) -> Database {
        connect(&self.url)
    }

    /// The tags that were applied.
    pub(crate) fn migrate(&self) -> Result<Vec<String>, MigrateError> {
        self.migrate_with(&MigrateOptions::default())
    }

    pub(crate) fn migrate_with(
        &self,
        options: &MigrateOptions,
    ) -> Result<Vec<String>, MigrateError> {
        let report = pg_database::migrate(&mut self.connect(), &self.load(), options, &mut |_| {})?;
        Ok(report.applied.into_iter().map(|a| a.tag).collect())
    }

    /// The result of `SELECT expression`, as text.
    pub(crate) fn query(&self, expression: &str) -> String {
        query(&mut self.connect(), expression)
    }

    pub(crate) fn execute(&self, sql: &str) {
        self.connect().execute(sql).unwrap();
    }
}

pub(crate) fn connect(url: &str) -> Database {
    let url: ConnectionUrl = url.parse().unwrap();
    Database::connect(&url, APPLICATION).unwrap()
}

pub(crate) fn query(database: &mut Database, expression: &str) -> String {
    let sql = format!("SELECT {expression}");
    let messages = database.client().simple_query(&sql).unwrap();
    let row = messages.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    });
    row.unwrap().get(0).unwrap_or("NULL").to_owned()
}

pub(crate) fn failure(result: Result<Vec<String>, MigrateError>) -> MigrationFailure {
    match result {
        Err(MigrateError::Failed(failure)) => *failure,
        other => panic!("expected a failed migration, got {other:?}"),
    }
}
