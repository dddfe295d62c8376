//! What has to be allowed, and what is refused.

use clap::ValueEnum;
use pg_database::{Fact, Verdict};
use pg_migration::{Hazard, HazardKind, Plan, PlannedMigration};

use crate::error::Error;
use crate::ui::{ALTERED, DIM, REMOVED, Ui};

/// The kinds of hazards, as they are allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Allowable {
    /// Rows or values are gone afterwards
    DataLoss,
    /// A large table is written anew, and locked meanwhile
    Rewrite,
    /// Others wait while a large table is read
    LongLock,
    /// Somebody can see or do more, or less, than before
    Access,
    /// Only told: what fails takes back its transaction
    MayFail,
    /// Only told: what no migration can take back, another push can
    NotReversible,
}

impl Allowable {
    /// The hazards of a kind, if they have to be allowed.
    fn demanded(kind: HazardKind) -> Option<Self> {
        let told = [Self::MayFail, Self::NotReversible];
        let all = Self::value_variants().iter().copied();
        all.filter(|it| !told.contains(it))
            .find(|it| it.kind() == kind)
    }

    pub(super) fn kind(self) -> HazardKind {
        match self {
            Self::DataLoss => HazardKind::DataLoss,
            Self::Rewrite => HazardKind::Rewrite,
            Self::LongLock => HazardKind::LongLock,
            Self::Access => HazardKind::Access,
            Self::MayFail => HazardKind::MayFail,
            Self::NotReversible => HazardKind::NotReversible,
        }
    }
}

/// The flags that allow these.
pub(super) fn flags(hazards: &[Allowable]) -> String {
    let flags: Vec<_> = (hazards.iter())
        .map(|it| format!("--allow {}", it.kind()))
        .collect();
    flags.join(" ")
}

/// The hazards that come true and are not allowed, each once.
pub(super) fn unallowed(
    way: &[PlannedMigration],
    facts: &[Fact],
    allowed: &[Allowable],
) -> Vec<Allowable> {
    let true_ones = facts
        .iter()
        .filter(|fact| fact.verdict != Verdict::Harmless);
    let found: Vec<_> = true_ones
        .filter_map(|fact| Allowable::demanded(hazard(way, fact)?.kind))
        .collect();
    let all = Allowable::value_variants().iter().copied();
    all.filter(|it| found.contains(it) && !allowed.contains(it))
        .collect()
}

fn hazard<'a>(way: &'a [PlannedMigration], fact: &Fact) -> Option<&'a Hazard> {
    let step = way.get(fact.migration)?.plan.steps.get(fact.step)?;
    step.hazards.get(fact.hazard)
}

/// Each hazard, and below it what it comes to here.
pub(super) fn show_hazards_with_facts<'a>(
    plan: &Plan,
    facts: impl Iterator<Item = &'a Fact>,
    ui: Ui,
) {
    let mut shown = Vec::new();
    for fact in facts {
        let Some(hazard) = (plan.steps.get(fact.step)).and_then(|it| it.hazards.get(fact.hazard))
        else {
            continue;
        };
        let line = (hazard, &fact.finding);
        if shown.contains(&line) {
            continue;
        }
        shown.push(line);
        let style = match fact.verdict {
            Verdict::Harmless => DIM,
            Verdict::Applies | Verdict::Unknown => ALTERED,
            Verdict::Prevents => REMOVED,
        };
        ui.say(format_args!(
            "{style}{}{style:#}: {}",
            hazard.kind, hazard.message
        ));
        if let Some(finding) = &fact.finding {
            ui.say(format_args!("  {style}here{style:#}: {finding}"));
        }
    }
    if !shown.is_empty() {
        ui.say("");
    }
}

/// Stops before anything is changed where a step cannot succeed.
///
/// # Errors
/// All that is in the way, with queries that find it.
pub(super) fn refuse(way: &[PlannedMigration], facts: &[Fact]) -> Result<(), Error> {
    let mut message = String::new();
    for fact in facts
        .iter()
        .filter(|fact| fact.verdict == Verdict::Prevents)
    {
        let Some(step) = (way.get(fact.migration)).and_then(|it| it.plan.steps.get(fact.step))
        else {
            continue;
        };
        let finding = fact.finding.as_deref().unwrap_or_default();
        message.push_str(&format!("\n\n  {}\n    {finding}", step.statement.sql()));
        if let Some(query) = &fact.query {
            let query = query.replace('\n', "\n    ");
            message.push_str(&format!("; they are found with\n    {query};"));
        }
    }
    if message.is_empty() {
        return Ok(());
    }
    Err(Error::failed(format!(
        "this cannot succeed, and nothing was changed:{message}\n"
    ))
    .hint("correct the rows or the schema, then run `cargo xtask db push` again"))
}
