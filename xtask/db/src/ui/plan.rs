//! A plan as it is reviewed: what changes, the SQL, and what that can do.

use pg_migration::{NO_TRANSACTION, Plan};

use super::{ALTERED, Ui, change_lines};

/// The SQL is data, all else is talk.
pub(crate) fn show_plan(plan: &Plan, ui: Ui) {
    show_changes_and_sql(plan, ui);
    show_hazards(plan, ui);
}

/// The same without what it can do.
pub(crate) fn show_changes_and_sql(plan: &Plan, ui: Ui) {
    ui.say("");
    ui.say(change_lines(&plan.changes).join("\n"));
    ui.say("");
    let mark = if plan.runs_outside() {
        NO_TRANSACTION
    } else {
        ""
    };
    ui.sql(&format!("{mark}{}", plan.sql()));
    ui.say("");
}

/// What a plan can do to data and to others, if anything.
pub(crate) fn show_hazards(plan: &Plan, ui: Ui) {
    let hazards = plan.hazards();
    for hazard in &hazards {
        ui.say(format_args!(
            "{ALTERED}{}{ALTERED:#}: {}",
            hazard.kind, hazard.message
        ));
    }
    if !hazards.is_empty() {
        ui.say("");
    }
}
