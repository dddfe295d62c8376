//! Plans, changes, and what no state holds, as `--json` prints them.

use pg_database::{Fact, Outside};
use pg_migration::{Change, ChangedObject, Hazard, PlannedMigration, RunMode, Step};
use serde::Serialize;

#[derive(Serialize)]
pub(crate) struct StepReport<'a> {
    statement: &'static str,
    sql: String,
    run: &'static str,
    reason: ChangeReport<'a>,
    hazards: Vec<HazardReport<'a>>,
}

/// A change and the object that it is about.
#[derive(Serialize)]
pub(crate) struct ChangeReport<'a> {
    change: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rename: Option<String>,
    #[serde(flatten)]
    object: ChangedObject<'a>,
}

#[derive(Serialize)]
struct HazardReport<'a> {
    kind: &'static str,
    message: &'a str,
    /// Where a database was asked what it comes to.
    #[serde(skip_serializing_if = "Option::is_none")]
    fact: Option<FactReport<'a>>,
}

#[derive(Serialize)]
struct FactReport<'a> {
    verdict: &'static str,
    finding: Option<&'a str>,
    rows: Option<u64>,
    query: Option<&'a str>,
}

impl<'a> ChangeReport<'a> {
    pub(crate) fn of(change: &'a Change) -> Self {
        Self {
            change: change.action(),
            rename: match change {
                Change::Rename(rename) => Some(rename.to_string()),
                _ => None,
            },
            object: change.object(),
        }
    }
}

/// Something of a database that no state holds.
#[derive(Serialize)]
pub(crate) struct OutsideReport<'a> {
    kind: &'a str,
    identity: &'a str,
    detail: Option<&'a str>,
}

impl<'a> From<&'a Outside> for OutsideReport<'a> {
    fn from(outside: &'a Outside) -> Self {
        Self {
            kind: &outside.kind,
            identity: &outside.identity,
            detail: outside.detail.as_deref(),
        }
    }
}

/// All steps of a way, with what their hazards come to where that is known.
pub(crate) fn steps<'a>(way: &'a [PlannedMigration], facts: &'a [Fact]) -> Vec<StepReport<'a>> {
    let mut reports = Vec::new();
    for (number, migration) in way.iter().enumerate() {
        for (position, step) in migration.plan.steps.iter().enumerate() {
            let change = &migration.plan.changes[step.change];
            reports.push(StepReport {
                statement: step.statement.kind(),
                sql: step.statement.sql(),
                run: run_mode(step, number > 0 && position == 0),
                reason: ChangeReport::of(change),
                hazards: (step.hazards.iter().enumerate())
                    .map(|(hazard, it)| {
                        let of = |fact: &&Fact| {
                            (fact.migration, fact.step, fact.hazard) == (number, position, hazard)
                        };
                        report(it, facts.iter().find(of))
                    })
                    .collect(),
            });
        }
    }
    reports
}

fn run_mode(step: &Step, begins_anew: bool) -> &'static str {
    match step.run {
        RunMode::Outside => "outside",
        RunMode::InTransaction if begins_anew => "after-commit",
        RunMode::InTransaction => "in-transaction",
    }
}

fn report<'a>(hazard: &'a Hazard, fact: Option<&'a Fact>) -> HazardReport<'a> {
    HazardReport {
        kind: hazard.kind.name(),
        message: &hazard.message,
        fact: fact.map(|fact| FactReport {
            verdict: fact.verdict.name(),
            finding: fact.finding.as_deref(),
            rows: fact.rows,
            query: fact.query.as_deref(),
        }),
    }
}
