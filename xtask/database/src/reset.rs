//! Dropping everything that a project manages, and building it anew from its migrations and its seed.
//!
//! One transaction, so that whatever fails leaves the old data as it was. PostgreSQL cannot have it so when a file must not run in a transaction
//! (`-- no-transaction`), when a new enum value is used (SQLSTATE 55P04), or when its lock table is full (53200): then the run goes file by file and says so.

mod error;
mod inventory;

use pg_migration::{Migrations, ScriptMode};
use pg_schema::{QualifiedName, Schema};

use crate::connect::Database;
use crate::error::QueryError;
use crate::history::History;
use crate::lock;
use crate::migrate::{
    AppliedMigration, MigrateEvent, MigrateOptions, Transactions, is_prepared_sql, migrate_locked,
    pending, prepare_session,
};
use crate::seed::{Seed, SeedError, seed_in_own_transaction, seed_in_transaction};

pub use error::{FileByFile, ResetCause, ResetError, ResetState};
pub use inventory::{Inventory, Managed, ManagedObject, inventory};

/// How many objects are dropped at a time. Each takes some locks until its transaction ends, and indexes and constraints take more.
const DROP_AT_A_TIME: usize = 20;

const LOCK_TABLE_FULL: &str = "53200";
const UNSAFE_NEW_ENUM_VALUE: &str = "55P04";

/// What happens during a reset.
#[derive(Clone, Debug)]
pub enum ResetEvent<'a> {
    /// What the project manages is dropped.
    Dropping {
        /// How many objects, those that go with them not counted.
        objects: usize,
    },
    /// It is not done in one transaction, or no longer.
    FileByFile(&'a FileByFile),
    /// The migrations are applied, or another run holds the lock.
    Migrate(&'a MigrateEvent<'a>),
    /// The seed begins.
    Seeding,
}

/// What a reset has done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResetReport {
    /// What was dropped; what belonged to these objects went with them.
    pub dropped: Vec<ManagedObject>,
    /// What lies in the project's schemas and was left alone, since it belongs to an extension or does not count: `extension citext`.
    pub kept: Vec<String>,
    /// The migrations, in order.
    pub applied: Vec<AppliedMigration>,
    /// How many rows the seed inserted, by table, in the order of the first row of each.
    pub inserted: Vec<(QualifiedName, u64)>,
    /// Why it was not done in one transaction, if it was not.
    pub file_by_file: Option<FileByFile>,
}

/// Drops what the project manages (see [`inventory`]), applies all migrations and runs the seed, under the same lock as [`migrate`](crate::migrate()).
///
/// `managed` says what the project manages; what does not count stays.
///
/// # Errors
/// [`ResetError`], which says whether the old data is still there.
pub fn reset(
    database: &mut Database,
    migrations: &Migrations,
    managed: &Managed,
    seed: Option<&mut Seed<'_>>,
    options: &MigrateOptions,
    events: &mut dyn FnMut(ResetEvent<'_>),
) -> Result<ResetReport, ResetError> {
    lock::acquire(database, options.wait_lock, &mut |holder, waited| {
        events(ResetEvent::Migrate(&MigrateEvent::Waiting {
            holder,
            waited,
        }));
    })
    .map_err(ResetError::untouched)?;
    let result = reset_locked(database, migrations, managed, seed, options, events);
    // Whoever goes on with this connection finds it as it was. If that fails, it is gone, and the lock with it.
    let _ = database.execute(&database.reset_session_sql());
    let _ = lock::release(database);
    result
}

fn reset_locked(
    database: &mut Database,
    migrations: &Migrations,
    managed: &Managed,
    mut seed: Option<&mut Seed<'_>>,
    options: &MigrateOptions,
    events: &mut dyn FnMut(ResetEvent<'_>),
) -> Result<ResetReport, ResetError> {
    // Whatever can be known to fail is found before anything is dropped.
    let files = pending(migrations, &History::default(), options).map_err(ResetError::untouched)?;
    let schema = match &seed {
        Some(seed) => seed.declaration.build().map_err(SeedError::from),
        None => Ok(Schema::default()),
    }
    .map_err(ResetError::untouched)?;
    let mut run = Run {
        database,
        migrations,
        managed,
        options,
        schema,
        events,
    };
    let alone = files
        .iter()
        .find(|file| file.script.mode == ScriptMode::NoTransaction);
    let reason = match alone {
        Some(file) => FileByFile::NoTransaction {
            tag: file.migration.tag().to_owned(),
        },
        None => match run.in_one_transaction(seed.as_deref_mut()) {
            Err(error) => FileByFile::after(&error).ok_or(error)?,
            done => return done,
        },
    };
    run.file_by_file(reason, seed)
}

struct Run<'r, 'e> {
    database: &'r mut Database,
    migrations: &'r Migrations,
    managed: &'r Managed,
    options: &'r MigrateOptions,
    schema: Schema,
    events: &'r mut (dyn FnMut(ResetEvent<'_>) + 'e),
}

impl Run<'_, '_> {
    fn in_one_transaction(
        &mut self,
        seed: Option<&mut Seed<'_>>,
    ) -> Result<ResetReport, ResetError> {
        let result = self
            .build_in_transaction(seed)
            .map_err(ResetError::untouched);
        self.commit_or_roll_back(result)
    }

    fn build_in_transaction(
        &mut self,
        seed: Option<&mut Seed<'_>>,
    ) -> Result<ResetReport, ResetCause> {
        let mut report = self.drop_in_transaction()?;
        report.applied = self.migrate(Transactions::TheOpenOne)?;
        if let Some(seed) = seed {
            (self.events)(ResetEvent::Seeding);
            report.inserted = seed_in_transaction(self.database, seed, &self.schema, self.options)?;
        }
        Ok(report)
    }

    fn file_by_file(
        &mut self,
        reason: FileByFile,
        seed: Option<&mut Seed<'_>>,
    ) -> Result<ResetReport, ResetError> {
        (self.events)(ResetEvent::FileByFile(&reason));
        let mut report = self.drop_first(&reason)?;
        report.applied = self
            .migrate(Transactions::OneEach)
            .map_err(ResetError::dropped)?;
        if let Some(seed) = seed {
            (self.events)(ResetEvent::Seeding);
            report.inserted =
                seed_in_own_transaction(self.database, seed, &self.schema, self.options)
                    .map_err(ResetError::dropped)?;
        }
        report.file_by_file = Some(reason);
        Ok(report)
    }

    /// Drops everything, and makes it last: in one transaction if the lock table is large enough for that.
    fn drop_first(&mut self, reason: &FileByFile) -> Result<ResetReport, ResetError> {
        if *reason != FileByFile::LockTableFull {
            let dropped = self.drop_in_transaction().map_err(ResetError::untouched);
            match self.commit_or_roll_back(dropped) {
                Err(error) if error.sqlstate() == Some(LOCK_TABLE_FULL) => {}
                done => return done,
            }
        }
        self.begin_session("").map_err(ResetError::untouched)?;
        let inventory = self.inventory().map_err(ResetError::untouched)?;
        self.drop_all(inventory).map_err(ResetError::dropped)
    }

    fn drop_in_transaction(&mut self) -> Result<ResetReport, ResetCause> {
        self.begin_session("BEGIN; ")?;
        let inventory = self.inventory()?;
        // Now nobody can make anything that depends on the tables. Whoever was about to has finished, and the second look shows it.
        if let Some(sql) = inventory.lock_sql() {
            self.database.execute(&sql).map_err(ResetCause::Drop)?;
        }
        let inventory = self.inventory()?;
        self.drop_all(inventory)
    }

    fn begin_session(&mut self, begin: &str) -> Result<(), ResetCause> {
        prepare_session(self.database, self.options).map_err(ResetCause::Begin)?;
        let prepared = self.database.text(&format!("{begin}{}", is_prepared_sql()));
        match prepared.map_err(ResetCause::Begin)?.as_deref() {
            Some("t") => Ok(()),
            _ => Err(ResetCause::LockLost),
        }
    }

    fn inventory(&mut self) -> Result<Inventory, ResetCause> {
        let inventory = inventory(self.database, self.managed).map_err(ResetCause::Inventory)?;
        if inventory.foreign.is_empty() {
            Ok(inventory)
        } else {
            Err(ResetCause::SomeoneElses(inventory.foreign))
        }
    }

    /// Outside a transaction, the history goes first: without it, another run starts from nothing as this one did.
    fn drop_all(&mut self, inventory: Inventory) -> Result<ResetReport, ResetCause> {
        (self.events)(ResetEvent::Dropping {
            objects: inventory.objects.len(),
        });
        // CASCADE says of each object what goes with it, which is known.
        let quiet = self.database.execute("SET client_min_messages = warning");
        quiet.map_err(ResetCause::Drop)?;
        for objects in inventory.objects.chunks(DROP_AT_A_TIME) {
            let statements: Vec<_> = objects.iter().map(ManagedObject::drop_sql).collect();
            let dropped = self.database.execute(&statements.join("; "));
            dropped.map_err(ResetCause::Drop)?;
        }
        Ok(ResetReport {
            dropped: inventory.objects,
            kept: inventory.kept,
            ..ResetReport::default()
        })
    }

    fn migrate(&mut self, transactions: Transactions) -> Result<Vec<AppliedMigration>, ResetCause> {
        let events = &mut *self.events;
        let report = migrate_locked(
            self.database,
            self.migrations,
            self.options,
            transactions,
            &mut |event| events(ResetEvent::Migrate(&event)),
        )?;
        Ok(report.applied)
    }

    fn commit_or_roll_back(
        &mut self,
        result: Result<ResetReport, ResetError>,
    ) -> Result<ResetReport, ResetError> {
        let result = result.and_then(|report| match self.database.execute("COMMIT") {
            Ok(()) => Ok(report),
            Err(error @ QueryError::ConnectionLost(_)) => Err(ResetError::unknown(error)),
            Err(error) => Err(ResetError::untouched(ResetCause::Commit(error))),
        });
        if result.is_err() {
            // If the connection is gone, the server has done it.
            let _ = self.database.execute("ROLLBACK");
        }
        result
    }
}
