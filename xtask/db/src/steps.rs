//! The steps of a plan as JSON.

use pg_database::Fact;
use pg_migration::{Change, ChangedObject, Hazard, PlannedMigration, RunMode, Step};
use serde::Serialize;

#[derive(Serialize)]
pub(crate) struct StepReport<'a> {
    statement: &'static str,
    sql: String,
    run: &'static str,
    reason: Reason<'a>,
    hazards: Vec<HazardReport<'a>>,
}

#[derive(Serialize)]
struct Reason<'a> {
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
                reason: Reason {
                    change: change.action(),
                    rename: match change {
                        Change::Rename(rename) => Some(rename.to_string()),
                        _ => None,
                    },
                    object: change.object(),
                },
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
