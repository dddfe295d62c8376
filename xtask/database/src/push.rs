//! Applying a plan to the very database that it was made for.
//!
//! The caller holds the [lock](crate::lock) from before the database is read until all is done, so that neither another push nor a migration comes in
//! between. Somebody who holds no lock still can: a statement that fails then takes its transaction back, and what was found to lose nothing is looked at
//! again, under a lock on its table, in the transaction that drops it.

mod error;
mod facts;
mod rows;

use std::ops::Range;
use std::time::Duration;

use pg_migration::{ConcurrentIndex, PlannedMigration, RunMode, Statement, Step};

use crate::connect::Database;
use crate::error::{QueryError, ServerError};
use crate::migrate::{
    FailureCause, MigrateOptions, find_index, is_prepared_sql, prepare_session,
    without_lock_timeout,
};

pub use error::{PushCause, PushFailure, PushPoint};
pub use facts::{Fact, Verdict, examine};

const ANY_INVALID: &str =
    "SELECT EXISTS (SELECT FROM pg_catalog.pg_index WHERE NOT indisvalid OR NOT indisready)";

/// PostgreSQL's timeouts for each statement of a push; none leaves them as the server has them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PushOptions {
    /// `lock_timeout`. Statements with CONCURRENTLY run without: they wait for others by design.
    pub lock_timeout: Option<Duration>,
    /// `statement_timeout`.
    pub statement_timeout: Option<Duration>,
}

/// What happens during a push.
#[derive(Clone, Debug)]
pub enum PushEvent<'a> {
    /// A statement begins.
    Statement {
        /// Which, counted from 0.
        index: usize,
        /// Its text.
        sql: &'a str,
    },
    /// So many statements from the first on are committed.
    Committed {
        /// How many.
        statements: usize,
    },
    /// The server says something unasked.
    Notice(&'a ServerError),
    /// The remains of an index build that failed or was interrupted are dropped, so that the index can be built.
    DroppingInvalidIndex {
        /// The index's qualified name.
        index: &'a str,
    },
}

/// Statements that run together: in one transaction, or a single one in none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// Which of all statements of the way, counted from 0.
    pub statements: Range<usize>,
    /// Whether PostgreSQL lets them run in a transaction.
    pub in_transaction: bool,
}

/// The stages of a way: as few as PostgreSQL allows, which is one unless a label has to be committed before it is used, or an index is built
/// CONCURRENTLY.
#[must_use]
pub fn stages(way: &[PlannedMigration]) -> Vec<Stage> {
    let mut stages: Vec<Stage> = Vec::new();
    let mut index = 0;
    for migration in way {
        let mut begins = true;
        for step in &migration.plan.steps {
            let in_transaction = step.run == RunMode::InTransaction;
            match stages.last_mut() {
                Some(stage) if !begins && in_transaction && stage.in_transaction => {
                    stage.statements.end += 1;
                }
                _ => stages.push(Stage {
                    statements: index..index + 1,
                    in_transaction,
                }),
            }
            begins = false;
            index += 1;
        }
    }
    stages
}

/// Applies a way to the database that it begins at, stage by stage. The caller holds the lock.
///
/// # Errors
/// [`PushFailure`]: what failed, and what stands.
pub fn push(
    database: &mut Database,
    way: &[PlannedMigration],
    facts: &[Fact],
    options: PushOptions,
    events: &mut dyn FnMut(PushEvent<'_>),
) -> Result<(), PushFailure> {
    let mut steps = Vec::new();
    for (migration, planned) in way.iter().enumerate() {
        for (place, step) in planned.plan.steps.iter().enumerate() {
            steps.push((migration, place, step));
        }
    }
    let mut run = Run {
        database,
        steps,
        facts,
        committed: 0,
        has_invalid: true,
        events,
    };
    let result = run.all(&stages(way), options);
    let committed = run.committed;
    let total = run.steps.len();
    // Whoever goes on with this connection finds it as it was. If that fails, it is gone.
    let _ = database.execute(&database.reset_session_sql());
    result.map_err(|(point, cause)| PushFailure {
        point,
        cause,
        committed,
        total,
    })
}

struct Run<'r, 'e> {
    database: &'r mut Database,
    /// Each with its migration and its place there.
    steps: Vec<(usize, usize, &'r Step)>,
    facts: &'r [Fact],
    committed: usize,
    /// Whether there is an invalid index anywhere, so that it is worth looking for one.
    has_invalid: bool,
    events: &'r mut (dyn FnMut(PushEvent<'_>) + 'e),
}

impl Run<'_, '_> {
    fn all(
        &mut self,
        stages: &[Stage],
        options: PushOptions,
    ) -> Result<(), (PushPoint, PushCause)> {
        let options = MigrateOptions {
            lock_timeout: options.lock_timeout,
            statement_timeout: options.statement_timeout,
            ..MigrateOptions::default()
        };
        prepare_session(self.database, &options).map_err(at(PushPoint::Begin))?;
        let invalid = self
            .database
            .text(ANY_INVALID)
            .map_err(at(PushPoint::Begin))?;
        self.has_invalid = invalid.as_deref() == Some("t");
        // What is said of that is no concern of the push.
        self.database.take_notices();
        for stage in stages {
            if stage.in_transaction {
                let result = self.in_transaction(stage);
                if result.is_err() {
                    // If the connection is gone, the server has done it.
                    let _ = self.database.execute("ROLLBACK");
                }
                result?;
            } else {
                self.alone(stage.statements.start)?;
            }
            self.committed = stage.statements.end;
            (self.events)(PushEvent::Committed {
                statements: self.committed,
            });
        }
        Ok(())
    }

    fn in_transaction(&mut self, stage: &Stage) -> Result<(), (PushPoint, PushCause)> {
        let begin = format!("BEGIN; {}", is_prepared_sql());
        let held = self.database.text(&begin);
        if held.map_err(at(PushPoint::Begin))?.as_deref() != Some("t") {
            return Err((PushPoint::Begin, FailureCause::LockLost.into()));
        }
        self.look_again(stage)?;
        for index in stage.statements.clone() {
            self.make_room(index)?;
            let sql = self.begin_statement(index);
            let result = self.database.execute(&sql);
            self.pass_on_notices();
            result.map_err(at(point(index, self.steps[index].2)))?;
        }
        self.database
            .execute("COMMIT")
            .map_err(at(PushPoint::Commit))
    }

    /// What was found to have nothing to lose must still be so, and stay so.
    fn look_again(&mut self, stage: &Stage) -> Result<(), (PushPoint, PushCause)> {
        for index in stage.statements.clone() {
            let (migration, place, step) = self.steps[index];
            let guards = self.facts.iter().filter(|fact| {
                fact.migration == migration && fact.step == place && fact.guard.is_some()
            });
            for guard in guards.filter_map(|fact| fact.guard.as_ref()) {
                let point = || point(index, step);
                let lock = format!("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE", guard.table);
                self.database.execute(&lock).map_err(at(point()))?;
                let rows = self.database.text(&guard.count).map_err(at(point()))?;
                if rows.as_deref() != Some("0") {
                    let rows = rows.unwrap_or_default();
                    return Err((point(), PushCause::RowsCame { rows }));
                }
            }
        }
        Ok(())
    }

    /// A statement that PostgreSQL lets run in no transaction.
    fn alone(&mut self, index: usize) -> Result<(), (PushPoint, PushCause)> {
        let held = self.database.text(&is_prepared_sql());
        if held.map_err(at(PushPoint::Begin))?.as_deref() != Some("t") {
            return Err((PushPoint::Begin, FailureCause::LockLost.into()));
        }
        self.make_room(index)?;
        let sql = self.begin_statement(index);
        let step = self.steps[index].2;
        let point = || point(index, step);
        let result = without_lock_timeout(self.database, |database| database.execute(&sql));
        self.pass_on_notices();
        result.map_err(at(point()))?;
        let Some(index) = built_index(step) else {
            return Ok(());
        };
        match find_index(self.database, &index).map_err(at(point()))? {
            Some(found) if !found.valid => Err((
                point(),
                FailureCause::InvalidIndex { index: found.name }.into(),
            )),
            _ => Ok(()),
        }
    }

    /// Drops the invalid index that a build left behind and whose name is now needed. No state holds it, so no step drops it.
    fn make_room(&mut self, index: usize) -> Result<(), (PushPoint, PushCause)> {
        let step = self.steps[index].2;
        let Some(built) = built_index(step).filter(|_| self.has_invalid) else {
            return Ok(());
        };
        let point = || point(index, step);
        let found = find_index(self.database, &built).map_err(at(point()))?;
        let Some(found) = found.filter(|found| !found.valid && !found.being_built) else {
            return Ok(());
        };
        (self.events)(PushEvent::DroppingInvalidIndex { index: &found.name });
        let result = if step.run == RunMode::Outside {
            let sql = format!("DROP INDEX CONCURRENTLY IF EXISTS {}", found.name);
            without_lock_timeout(self.database, |database| database.execute(&sql))
        } else {
            let sql = format!("DROP INDEX IF EXISTS {}", found.name);
            self.database.execute(&sql)
        };
        result.map_err(at(point()))
    }

    fn begin_statement(&mut self, index: usize) -> String {
        let sql = self.steps[index].2.statement.sql();
        (self.events)(PushEvent::Statement { index, sql: &sql });
        sql
    }

    fn pass_on_notices(&mut self) {
        for notice in self.database.take_notices() {
            (self.events)(PushEvent::Notice(&notice));
        }
    }
}

fn built_index(step: &Step) -> Option<ConcurrentIndex> {
    let Statement::CreateIndex { table, index } = &step.statement else {
        return None;
    };
    Some(ConcurrentIndex {
        schema: Some(table.schema.clone()),
        name: index.name.clone(),
        table: Some(table.name.clone()),
    })
}

fn point(index: usize, step: &Step) -> PushPoint {
    PushPoint::Statement {
        index,
        sql: step.statement.sql(),
        in_transaction: step.run == RunMode::InTransaction,
    }
}

fn at(point: PushPoint) -> impl FnOnce(QueryError) -> (PushPoint, PushCause) {
    move |error| (point, FailureCause::from(error).into())
}
