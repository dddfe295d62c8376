//! `db diff`: the way from any state to any other.

use pg_migration::{PlannedMigration, planned_migrations_renamed};
use serde::Serialize;

use crate::app::App;
use crate::error::Error;
use crate::filters::{FilterArgs, PATTERNS};
use crate::json::{OutsideReport, StepReport, steps};
use crate::renames::RenameArgs;
use crate::state::{ReadState, Reader, STATES, State};
use crate::ui::{count, show_plan};

/// Shows the SQL from one state to another
///
/// Without flags: what `db generate` would write. Shows what changes, the SQL, and what it can do to existing data, and runs nothing. A live
/// database is compared as its server understands the other state, so that only real differences show; the server's roles count where the
/// other state names them. What of a database no state holds, such as functions and triggers, is listed. The SQL expects `search_path = public`.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help())]
pub struct Args {
    /// Where the way begins
    #[arg(long, value_name = "STATE", default_value = "migrations")]
    from: State,
    /// Where it leads
    #[arg(long, value_name = "STATE", default_value = "schema")]
    to: State,
    /// Prints JSON
    ///
    /// from, to   the states
    /// differs    whether anything is to be done
    /// steps      what, in order:
    ///   statement  its kind, as in create-table
    ///   sql        its text
    ///   run        in-transaction: in one with those before it;
    ///              after-commit: in a new one; outside: in none
    ///   reason     the change it serves: change (added, removed, altered,
    ///              renamed), and the object: kind, schema, table, name;
    ///              rename (OLD=NEW) where it is one
    ///   hazards    what it can do: kind, message
    /// outside    what no state holds: state (from, to), kind, identity, detail
    #[arg(long, verbatim_doc_comment)]
    json: bool,
    #[command(flatten)]
    renames: RenameArgs,
    /// Ends with exit code 1 if there is a difference
    #[arg(long)]
    exit_code: bool,
    #[command(flatten)]
    filters: FilterArgs,
}

fn after_help() -> String {
    format!(
        "{STATES}\n\n{PATTERNS}\n\nExamples:
  cargo xtask db diff --from database
  cargo xtask db diff --from migrations --to database --exit-code
  cargo xtask db diff --from migrations:0002_add_trailing_stop --json | jq '.steps[].hazards[].kind'"
    )
}

/// What `--json` prints.
#[derive(Serialize)]
struct Report<'a> {
    from: String,
    to: String,
    differs: bool,
    steps: Vec<StepReport<'a>>,
    outside: Vec<OutsideOfState<'a>>,
}

#[derive(Serialize)]
struct OutsideOfState<'a> {
    /// `from` or `to`.
    state: &'static str,
    #[serde(flatten)]
    outside: OutsideReport<'a>,
}

pub(crate) fn run(args: &Args, app: &App) -> Result<(), Error> {
    let Args { from, to, .. } = args;
    app.ui.begin(format_args!("Comparing {from} with {to}..."));
    let (earlier, later) = Reader::new(app)
        .filtered(&args.filters)
        .read_both(from, to)?;
    earlier.warn_of_outside(app);
    later.warn_of_outside(app);
    let renames = args.renames.stated(&earlier.schema, &later.schema, app)?;
    let way = planned_migrations_renamed(&earlier.schema, &later.schema, &renames);
    if args.json {
        let report = Report {
            from: from.to_string(),
            to: to.to_string(),
            differs: !way.is_empty(),
            steps: steps(&way, &[]),
            outside: (outside("from", &earlier).into_iter())
                .chain(outside("to", &later))
                .collect(),
        };
        app.ui
            .data(serde_json::to_string_pretty(&report).map_err(Error::failed)?);
    } else {
        show(&way, args, app);
    }
    if args.exit_code && !way.is_empty() {
        return Err(Error::found_something());
    }
    Ok(())
}

fn show(way: &[PlannedMigration], args: &Args, app: &App) {
    let Args { from, to, .. } = args;
    for (number, migration) in way.iter().enumerate() {
        if number > 0 {
            app.ui.say("When that is committed:");
        }
        show_plan(&migration.plan, app.ui);
    }
    let steps = way.iter().map(|migration| migration.plan.steps.len());
    match steps.sum() {
        0 => app
            .ui
            .done(format_args!("No differences between {from} and {to}")),
        steps => app.ui.done(format_args!(
            "{} from {from} to {to}",
            count(steps, "statement")
        )),
    }
}

fn outside<'a>(state: &'static str, read: &'a ReadState) -> Vec<OutsideOfState<'a>> {
    let outside = read.outside.iter().map(|outside| OutsideOfState {
        state,
        outside: outside.into(),
    });
    outside.collect()
}
