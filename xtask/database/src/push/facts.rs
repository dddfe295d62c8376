//! What the hazards of a plan come to in the database that it is for.

mod ask;
mod conversion;
mod cost;
mod loss;
mod obstacle;
mod unknown;

use std::time::Duration;

use pg_migration::{Change, Hazard, HazardKind, PlannedMigration, Step};
use pg_schema::Schema;

use self::ask::{Answer, Asker};
use super::rows::Before;
use crate::connect::Database;
use crate::error::QueryError;

/// What a hazard of a step comes to in this database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// Which migration of the way.
    pub migration: usize,
    /// Which step of it.
    pub step: usize,
    /// Which of the step's hazards.
    pub hazard: usize,
    /// Whether it comes true.
    pub verdict: Verdict,
    /// What was found, in a sentence; none where nothing can be found out.
    pub finding: Option<String>,
    /// How many rows are concerned, counted one by one; none where that is not the question, or counting took too long.
    pub rows: Option<u64>,
    /// A query that finds what is in the way.
    pub query: Option<String>,
    /// What must still be so when the step runs.
    pub(super) guard: Option<Guard>,
}

/// Whether a hazard comes true in a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It does not: there is no row that it could harm, or too little to wait for.
    Harmless,
    /// It does.
    Applies,
    /// The step cannot succeed.
    Prevents,
    /// Nobody can tell before.
    Unknown,
}

/// A table that must have nothing to lose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Guard {
    /// The table as it is called before.
    pub(super) table: String,
    /// Counts what would be lost.
    pub(super) count: String,
}

impl Verdict {
    /// Its name, as JSON has it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Harmless => "harmless",
            Self::Applies => "applies",
            Self::Prevents => "prevents",
            Self::Unknown => "unknown",
        }
    }
}

/// Asks the database what each hazard of the way comes to, in the order of the steps.
///
/// `from` is what was read of it, where the way begins. All is counted at one moment. Whatever takes longer than `limit` is not known, and is then told
/// as an estimate where there is one. Nothing is written; locks are those of a query.
///
/// # Errors
/// [`QueryError`] when the connection is lost. A question that the server refuses has no answer.
pub fn examine(
    database: &mut Database,
    from: &Schema,
    way: &[PlannedMigration],
    limit: Duration,
) -> Result<Vec<Fact>, QueryError> {
    let Some(before) = Before::new(from, way) else {
        return Ok(Vec::new());
    };
    let mut examiner = Examiner {
        asker: Asker::begin(database, limit)?,
        before,
    };
    let mut facts = Vec::new();
    for (migration, planned) in way.iter().enumerate() {
        for (number, step) in planned.plan.steps.iter().enumerate() {
            for (place, hazard) in step.hazards.iter().enumerate() {
                let change = &planned.plan.changes[step.change];
                let found = examiner.find(hazard, step, change)?;
                facts.push(Fact {
                    migration,
                    step: number,
                    hazard: place,
                    verdict: found.verdict,
                    finding: found.finding,
                    rows: found.rows,
                    query: found.query,
                    guard: found.guard,
                });
            }
        }
    }
    examiner.asker.end()?;
    Ok(facts)
}

struct Examiner<'a, 'd> {
    asker: Asker<'d>,
    before: Before<'a>,
}

/// A fact without its place.
struct Found {
    verdict: Verdict,
    finding: Option<String>,
    rows: Option<u64>,
    query: Option<String>,
    guard: Option<Guard>,
}

impl Found {
    fn new(verdict: Verdict) -> Self {
        Self {
            verdict,
            finding: None,
            rows: None,
            query: None,
            guard: None,
        }
    }

    fn saying(verdict: Verdict, finding: impl Into<String>) -> Self {
        Self {
            finding: Some(finding.into()),
            ..Self::new(verdict)
        }
    }

    /// Nothing, or so many rows.
    fn counted(rows: u64, otherwise: Verdict, finding: String) -> Self {
        let verdict = if rows == 0 {
            Verdict::Harmless
        } else {
            otherwise
        };
        Self {
            rows: Some(rows),
            ..Self::saying(verdict, finding)
        }
    }

    fn unanswered(answer: Answer) -> Self {
        Self::new(Verdict::Unknown).because(answer)
    }

    fn because(mut self, answer: Answer) -> Self {
        self.finding = match answer {
            Answer::Counts(_) => None,
            Answer::TooLong => Some("not known: finding out takes too long".to_owned()),
            Answer::Refused { message, .. } => Some(format!("not known: {message}")),
        };
        self
    }
}

impl Examiner<'_, '_> {
    fn find(&mut self, hazard: &Hazard, step: &Step, change: &Change) -> Result<Found, QueryError> {
        match hazard.kind {
            HazardKind::DataLoss => self.loss(&step.statement),
            HazardKind::MayFail => self.obstacle(&step.statement, change),
            HazardKind::Rewrite | HazardKind::LongLock => self.size(&step.statement),
            HazardKind::Access => self.access(&step.statement),
            HazardKind::NotReversible => Ok(Found::new(Verdict::Applies)),
        }
    }
}

fn number(counts: &[Option<i64>], place: usize) -> u64 {
    let count = counts.get(place).copied().flatten();
    count.map_or(0, i64::unsigned_abs)
}

fn rows_of(rows: u64) -> String {
    format!("{rows} row{}", if rows == 1 { "" } else { "s" })
}
