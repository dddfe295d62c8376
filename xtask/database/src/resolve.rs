//! A person's word for what is applied: the history changes, and nothing is run or undone.

use std::time::Duration;

use pg_migration::{HistoryRow, Migration, MigrationState, Migrations, Reconciliation, reconcile};

use crate::connect::Database;
use crate::error::QueryError;
use crate::history::{self, History, Record};
use crate::lock::{self, LockHolder};
use crate::migrate::{MigrateError, POOLED, tag_of};

/// As many characters of a hash tell a row of the history.
const SHORTEST_HASH: usize = 8;

/// What is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// These migrations are applied, as their files are now.
    Applied(Vec<String>),
    /// These are not. A migration that the folder does not have is named by its tag, if we know that, or by the beginning of its hash.
    NotApplied(Vec<String>),
    /// A database that was there before its history has all up to this migration, or all that there are.
    Baseline(Option<String>),
}

/// What of the history would change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolvePlan {
    /// Each migration that was named, in order.
    pub marks: Vec<Mark>,
    /// Migrations before one that is marked as applied that are not applied themselves: out of order from then on.
    pub left_behind: Vec<String>,
}

/// What becomes of one migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Its tag; of one that is known by its hash only, that.
    pub tag: String,
    /// What becomes of it.
    pub kind: MarkKind,
}

/// What becomes of a migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MarkKind {
    /// It is as it was said already.
    Already,
    /// It gets a row in the history.
    Applied,
    /// It was applied with another text; the hash in its row becomes the file's.
    Accepted(HistoryRow),
    /// Its row, or rows, go.
    NotApplied(Vec<HistoryRow>),
    /// As [`NotApplied`](Self::NotApplied), of a migration that the folder does not have.
    Forgotten(Vec<HistoryRow>),
    /// A `-- no-transaction` file that is half done begins anew.
    BeginsAnew {
        /// How many of its statements took effect.
        done: usize,
    },
}

/// Why the history was not changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ResolveError {
    /// The lock, or the history.
    #[error(transparent)]
    History(#[from] MigrateError),
    /// A migration that neither the folder nor the history has.
    #[error("there is no migration `{tag}`")]
    Unknown {
        /// What was asked for.
        tag: String,
        /// What there is.
        known: Vec<String>,
    },
    /// A hash of which the beginning is that of several rows.
    #[error("`{0}` begins the hash of several rows of the history")]
    Ambiguous(String),
    /// There is a history, which says other than that all is applied.
    #[error("the database has a history already ({})", count(*rows))]
    NotEmpty {
        /// How many rows it has.
        rows: usize,
    },
    /// The history is no longer as it was when the plan was made.
    #[error("another run has changed the history in the meantime; nothing was changed")]
    Changed,
    /// The history cannot be written; nothing was changed.
    #[error("cannot write the history of migrations: {0}")]
    Write(QueryError),
    /// The session is no longer the one that took the lock; nothing was changed.
    #[error("the lock is gone: this session is not the one that took it; nothing was changed")]
    LockLost,
}

impl ResolveError {
    /// What to do about it, where it is the connection's matter.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::History(error) => error.hint(),
            Self::LockLost => Some(POOLED.to_owned()),
            _ => None,
        }
    }
}

fn count(rows: usize) -> String {
    format!("{rows} {}", if rows == 1 { "row" } else { "rows" })
}

/// What would change. It takes no lock and writes nothing.
///
/// # Errors
///
/// [`ResolveError`]: what is said makes no sense of this folder and this history, or that cannot be read.
pub fn plan_resolution(
    database: &mut Database,
    migrations: &Migrations,
    resolution: &Resolution,
) -> Result<ResolvePlan, ResolveError> {
    let history = history::read(database)
        .map_err(|error| MigrateError::ReadHistory(error, database.url().clone().into()))?;
    let reconciliation = reconcile(migrations, &history.rows);
    let known = Known {
        migrations,
        history: &history,
        reconciliation: &reconciliation,
    };
    let marks = match resolution {
        Resolution::Applied(tags) => marks(tags, |tag| known.applied(tag))?,
        Resolution::NotApplied(names) => marks(names, |name| known.not_applied(name))?,
        Resolution::Baseline(last) => known.baseline(last.as_deref())?,
    };
    Ok(ResolvePlan {
        left_behind: known.left_behind(&marks),
        marks,
    })
}

/// Changes the history as planned, in one transaction, and records who said so and when. It waits for another run to finish, for at most `wait`, `None`
/// without limit, while `on_wait` hears of it.
///
/// # Errors
///
/// [`ResolveError`]; then nothing is changed.
pub fn resolve(
    database: &mut Database,
    migrations: &Migrations,
    resolution: &Resolution,
    planned: &ResolvePlan,
    wait: Option<Duration>,
    on_wait: &mut dyn FnMut(LockHolder, Duration),
) -> Result<(), ResolveError> {
    lock::acquire(database, wait, on_wait).map_err(MigrateError::from)?;
    let result = resolve_locked(database, migrations, resolution, planned);
    // If that fails, the connection is gone, and the lock with it.
    let _ = lock::release(database);
    result
}

fn resolve_locked(
    database: &mut Database,
    migrations: &Migrations,
    resolution: &Resolution,
    planned: &ResolvePlan,
) -> Result<(), ResolveError> {
    if plan_resolution(database, migrations, resolution)? != *planned {
        return Err(ResolveError::Changed);
    }
    history::ensure_marks(database)
        .map_err(|error| MigrateError::CreateHistory(error, database.url().clone().into()))?;
    let sql: Vec<_> = planned
        .marks
        .iter()
        .flat_map(|mark| mark.sql(migrations.find(&mark.tag)))
        .collect();
    // With the question whether the lock is still ours in the transaction that the answer is for.
    let held = database
        .text(&format!("BEGIN; {}", lock::is_held_sql()))
        .map_err(ResolveError::Write)?;
    let written = if held.as_deref() == Some("t") {
        database
            .execute(&format!("{}; COMMIT", sql.join("; ")))
            .map_err(ResolveError::Write)
    } else {
        Err(ResolveError::LockLost)
    };
    if written.is_err() {
        // If the connection is gone, the server has done it.
        let _ = database.execute("ROLLBACK");
    }
    written
}

fn marks(
    names: &[String],
    mark: impl Fn(&str) -> Result<Mark, ResolveError>,
) -> Result<Vec<Mark>, ResolveError> {
    let mut marks: Vec<Mark> = Vec::new();
    for name in names {
        let mark = mark(name)?;
        if !marks.contains(&mark) {
            marks.push(mark);
        }
    }
    Ok(marks)
}

impl Mark {
    /// The statements that do it; `migration` is its file's, if the folder has it.
    fn sql(&self, migration: Option<&Migration>) -> Vec<String> {
        let when = migration.map(|migration| migration.entry.when);
        let mark = |when: Option<i64>, applied| {
            history::mark_sql(&self.tag, when.unwrap_or_default(), applied)
        };
        match (&self.kind, migration) {
            (MarkKind::Applied, Some(migration)) => {
                vec![mark(when, true), history::insert_row_sql(migration)]
            }
            (MarkKind::Accepted(row), Some(migration)) => {
                vec![mark(when, true), history::accept_sql(migration, row)]
            }
            (MarkKind::NotApplied(rows) | MarkKind::Forgotten(rows), _) => {
                let when = when.or(rows.first().and_then(|row| row.created_at));
                let rows = rows.iter().map(history::delete_row_sql);
                [mark(when, false)].into_iter().chain(rows).collect()
            }
            (MarkKind::BeginsAnew { .. }, _) => vec![mark(when, false)],
            (MarkKind::Already | MarkKind::Applied | MarkKind::Accepted(_), _) => Vec::new(),
        }
    }
}

/// The folder and the history, as far as they are known to each other.
struct Known<'a> {
    migrations: &'a Migrations,
    history: &'a History,
    reconciliation: &'a Reconciliation,
}

impl Known<'_> {
    fn position(&self, tag: &str) -> Option<usize> {
        let files = &self.migrations.files;
        files.iter().position(|migration| migration.tag() == tag)
    }

    fn unknown(&self, tag: &str) -> ResolveError {
        let files = self.migrations.files.iter();
        let missing = self.reconciliation.missing.iter();
        ResolveError::Unknown {
            tag: tag.to_owned(),
            known: files
                .map(|migration| migration.tag().to_owned())
                .chain(missing.filter_map(|row| tag_of(row, self.history)))
                .collect(),
        }
    }

    fn applied(&self, tag: &str) -> Result<Mark, ResolveError> {
        let index = self.position(tag).ok_or_else(|| self.unknown(tag))?;
        Ok(self.mark_applied(index))
    }

    fn mark_applied(&self, index: usize) -> Mark {
        let reconciled = &self.reconciliation.migrations[index];
        let kind = match (reconciled.state, &reconciled.row) {
            (MigrationState::Applied, _) => MarkKind::Already,
            (MigrationState::Edited, Some(row)) => MarkKind::Accepted(row.clone()),
            _ => MarkKind::Applied,
        };
        Mark {
            tag: self.migrations.files[index].tag().to_owned(),
            kind,
        }
    }

    fn baseline(&self, last: Option<&str>) -> Result<Vec<Mark>, ResolveError> {
        let end = match last {
            Some(tag) => self.position(tag).ok_or_else(|| self.unknown(tag))? + 1,
            None => self.migrations.files.len(),
        };
        let marks: Vec<_> = (0..end).map(|index| self.mark_applied(index)).collect();
        let rows = self.history.rows.len();
        if rows > 0 && marks.iter().any(|mark| mark.kind != MarkKind::Already) {
            return Err(ResolveError::NotEmpty { rows });
        }
        Ok(marks)
    }

    fn not_applied(&self, name: &str) -> Result<Mark, ResolveError> {
        let Some(index) = self.position(name) else {
            return self.forgotten(name);
        };
        let row = self.reconciliation.migrations[index].row.as_ref();
        let record = self.history.records.get(name);
        let kind = match (row, record) {
            (Some(row), _) => MarkKind::NotApplied(self.with_duplicates(row)),
            (None, Some(record)) if is_begun(record) => MarkKind::BeginsAnew {
                done: record.done.len(),
            },
            _ => MarkKind::Already,
        };
        Ok(Mark {
            tag: name.to_owned(),
            kind,
        })
    }

    /// Two runs of drizzle at the same time leave a row each.
    fn with_duplicates(&self, row: &HistoryRow) -> Vec<HistoryRow> {
        let same = |other: &&HistoryRow| {
            other.id == row.id || (&other.hash, other.created_at) == (&row.hash, row.created_at)
        };
        self.history.rows.iter().filter(same).cloned().collect()
    }

    /// A migration that the folder does not have.
    fn forgotten(&self, name: &str) -> Result<Mark, ResolveError> {
        let missing = &self.reconciliation.missing;
        let of_tag = |row: &&HistoryRow| tag_of(row, self.history).as_deref() == Some(name);
        let of_hash = |row: &&HistoryRow| {
            name.len() >= SHORTEST_HASH && row.hash.starts_with(&name.to_lowercase())
        };
        let mut rows: Vec<_> = missing.iter().filter(of_tag).collect();
        if rows.is_empty() {
            rows = missing.iter().filter(of_hash).collect();
        }
        let Some(first) = rows.first() else {
            return Err(self.unknown(name));
        };
        if rows.iter().any(|row| row.hash != first.hash) {
            return Err(ResolveError::Ambiguous(name.to_owned()));
        }
        Ok(Mark {
            tag: tag_of(first, self.history).unwrap_or_else(|| first.hash.clone()),
            kind: MarkKind::Forgotten(rows.into_iter().cloned().collect()),
        })
    }

    fn left_behind(&self, marks: &[Mark]) -> Vec<String> {
        let is_marked = |tag: &str| {
            let mut marks = marks.iter();
            marks.any(|mark| mark.tag == tag && mark.kind == MarkKind::Applied)
        };
        let files = &self.migrations.files;
        let last = files.iter().rposition(|file| is_marked(file.tag()));
        let before = (self.reconciliation.migrations.iter())
            .take_while(|reconciled| Some(reconciled.index) < last);
        before
            .filter(|reconciled| reconciled.row.is_none())
            .map(|reconciled| files[reconciled.index].tag().to_owned())
            .filter(|tag| !is_marked(tag))
            .collect()
    }
}

fn is_begun(record: &Record) -> bool {
    record.applied_at.is_none() && (!record.done.is_empty() || record.attempting.is_some())
}
