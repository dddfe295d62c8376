//! `db push`: the way from the database to the schema, applied.

mod failure;
mod hazards;

use std::time::Duration;

use pg_database::{
    Database, Fact, PushEvent, PushOptions, examine, lock, push as apply, stages, status,
};
use pg_migration::{MigrationState, PlannedMigration, planned_migrations_renamed};
use serde::Serialize;

use crate::app::App;
use crate::confirmation::{Confirmation, called};
use crate::drift::is_migrated;
use crate::error::Error;
use crate::filters::{FilterArgs, PATTERNS};
use crate::json::{StepReport, steps};
use crate::renames::RenameArgs;
use crate::runner::{Limits, lock_runs};
use crate::state::{Reader, State};
use crate::ui::{count, show_changes_and_sql};
use hazards::{Allowable, refuse, show_hazards_with_facts, unallowed};

/// How long a hazard is looked into.
const LOOK: Duration = Duration::from_secs(5);

/// Changes the database to what the schema declares, without a migration
///
/// For development: compares the live database with the schema and applies the SQL between them, in one transaction wherever PostgreSQL allows
/// it. Shows the plan first, with what each hazard comes to in this database, counted. What cannot succeed is refused before anything changes.
/// A hazard that comes true has to be allowed; one that meets no rows has not. It asks once, and refuses a remote database. Rows are never
/// deleted to make a change possible. The history of migrations stays as it is.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help())]
pub struct Args {
    /// Shows everything and changes nothing
    #[arg(long)]
    dry_run: bool,
    /// Allows a hazard that comes true; give it once for each
    #[arg(long, value_name = "HAZARD", value_enum)]
    allow: Vec<Allowable>,
    #[command(flatten)]
    confirmation: Confirmation,
    /// Prints JSON
    ///
    /// database   where it is
    /// steps      what, in order, as `db diff --json` has them; each hazard
    ///            with its fact: verdict (harmless, applies, prevents,
    ///            unknown), finding, rows, query
    /// stages     the steps that run together: from, to (both counted from
    ///            0, to not included), in_transaction
    /// allow      the hazards that have to be allowed, and are not
    /// applied    whether it was done
    #[arg(long, verbatim_doc_comment)]
    json: bool,
    #[command(flatten)]
    renames: RenameArgs,
    #[command(flatten)]
    limits: Limits,
    #[command(flatten)]
    filters: FilterArgs,
}

fn after_help() -> String {
    format!(
        "{PATTERNS}\n\nExamples:
  cargo xtask db push
  cargo xtask db push --dry-run
  cargo xtask db push --yes --allow data-loss"
    )
}

/// What `--json` prints.
#[derive(Serialize)]
struct Report<'a> {
    database: String,
    steps: Vec<StepReport<'a>>,
    stages: Vec<StageReport>,
    allow: Vec<&'static str>,
    applied: bool,
}

#[derive(Serialize)]
struct StageReport {
    from: usize,
    to: usize,
    in_transaction: bool,
}

/// What is to be done, and what that comes to.
struct Push<'a> {
    args: &'a Args,
    app: &'a App,
    /// Its name, and where it is.
    target: String,
    way: Vec<PlannedMigration>,
    facts: Vec<Fact>,
}

pub(crate) fn run(args: &Args, app: &App) -> Result<(), Error> {
    let target = app.config.database_url()?;
    if !args.dry_run {
        args.confirmation
            .check_place(&target.url, "its tables would be changed")?;
    }
    let wait = args.limits.wait_lock();
    let mut database = app.connect_within(wait, &target)?;
    app.ui
        .begin(format_args!("Comparing {} with the schema...", target.url));
    if !args.dry_run {
        lock_runs(&mut database, wait, app)?;
    }
    let called = called(&mut database)?;
    let mut reader = Reader::new(app).filtered(&args.filters).over(database);
    let (live, schema) = reader.read_both(&State::Database(None), &State::Schema)?;
    live.warn_of_outside(app);
    let renames = args.renames.decided(&live.schema, &schema.schema, app)?;
    let way = planned_migrations_renamed(&live.schema, &schema.schema, &renames);
    let from = live.schema.clone();
    let Some(mut database) = live.into_connection() else {
        return Err(Error::failed("the connection is gone"));
    };
    let spinner = app.ui.spinner("Looking at what is there");
    let facts = examine(&mut database, &from, &way, LOOK);
    drop(spinner);
    let push = Push {
        args,
        app,
        target: called,
        way,
        facts: facts.map_err(|error| {
            let mut error = Error::from(error);
            error.message = format!(
                "what the plan comes to in {} cannot be found out: {}; nothing was changed",
                target.url, error.message
            );
            error
        })?,
    };
    let result = push.decide(&mut database);
    // Behind a pooler the end of the connection would not do it.
    if !args.dry_run && !database.is_closed() {
        let _ = lock::release(&mut database);
    }
    result
}

impl Push<'_> {
    fn decide(&self, database: &mut Database) -> Result<(), Error> {
        let ui = self.app.ui;
        if self.way.is_empty() {
            self.print(false)?;
            ui.done("No changes: the database is as the schema declares it");
            return Ok(());
        }
        if !self.args.json {
            self.show();
        }
        let result = self.check_and_apply(database);
        self.print(matches!(result, Ok(true)))?;
        if result? {
            ui.done("Push complete!");
            self.say_history(database);
        } else {
            ui.done("Dry run: nothing was changed");
        }
        Ok(())
    }

    /// Whether it was applied, rather than only shown.
    fn check_and_apply(&self, database: &mut Database) -> Result<bool, Error> {
        refuse(&self.way, &self.facts)?;
        let unallowed = unallowed(&self.way, &self.facts, &self.args.allow);
        if self.args.dry_run {
            if !unallowed.is_empty() {
                self.app.ui.say(format_args!(
                    "To be allowed: {}",
                    hazards::flags(&unallowed)
                ));
            }
            return Ok(false);
        }
        self.ask(&unallowed)?;
        self.apply(database)?;
        Ok(true)
    }

    fn show(&self) {
        let ui = self.app.ui;
        for (number, migration) in self.way.iter().enumerate() {
            if number > 0 {
                ui.say("When that is committed:");
            }
            show_changes_and_sql(&migration.plan, ui);
            let facts = self.facts.iter().filter(|fact| fact.migration == number);
            show_hazards_with_facts(&migration.plan, facts, ui);
        }
        let stages = stages(&self.way);
        if stages.len() > 1 {
            let alone = stages.iter().any(|stage| !stage.in_transaction);
            ui.warning(format_args!(
                "PostgreSQL does not let this be one transaction: it takes {}{}; if one fails, what was committed before it stays",
                count(stages.len(), "step"),
                if alone {
                    ", and CREATE INDEX CONCURRENTLY runs in no transaction"
                } else {
                    ", as a label has to be committed before it is used"
                }
            ));
        }
    }

    fn print(&self, applied: bool) -> Result<(), Error> {
        if !self.args.json {
            return Ok(());
        }
        let allow = unallowed(&self.way, &self.facts, &self.args.allow);
        let stages = stages(&self.way).into_iter().map(|stage| StageReport {
            from: stage.statements.start,
            to: stage.statements.end,
            in_transaction: stage.in_transaction,
        });
        let report = Report {
            database: self.target.clone(),
            steps: steps(&self.way, &self.facts),
            stages: stages.collect(),
            allow: allow.iter().map(|hazard| hazard.kind().name()).collect(),
            applied,
        };
        let report = serde_json::to_string_pretty(&report).map_err(Error::failed)?;
        self.app.ui.data(report);
        Ok(())
    }

    /// Once, whatever there is to be asked.
    fn ask(&self, unallowed: &[Allowable]) -> Result<(), Error> {
        let yes = self.args.confirmation.yes;
        let hazards: Vec<_> = unallowed.iter().map(|it| it.kind().name()).collect();
        let (hazards, statements) = (hazards.join(" and "), count(self.statements(), "statement"));
        if yes && unallowed.is_empty() {
            return Ok(());
        }
        if yes || !self.app.ui.can_ask() {
            let mut flags = hazards::flags(unallowed);
            if !yes {
                flags.insert_str(0, "--yes ");
            }
            let what = if unallowed.is_empty() {
                "has to be confirmed, which cannot be asked without a terminal".to_owned()
            } else {
                format!("comes with {hazards}, which has to be allowed")
            };
            return Err(Error::needs_answer(format!(
                "applying {statements} to {} {what}; nothing was changed",
                self.target
            ))
            .hint(format!(
                "if that is what you want, say `{}`",
                flags.trim_end()
            )));
        }
        let with = if hazards.is_empty() {
            String::new()
        } else {
            format!(", with {hazards}")
        };
        let question = format!("Apply {statements} to {}{with}?", self.target);
        if self.app.ui.confirm(&question, "--yes")? {
            Ok(())
        } else {
            Err(Error::failed("nothing was changed"))
        }
    }

    fn statements(&self) -> usize {
        let steps = self.way.iter().map(|migration| migration.plan.steps.len());
        steps.sum()
    }

    fn apply(&self, database: &mut Database) -> Result<(), Error> {
        let app = self.app;
        let options = PushOptions {
            lock_timeout: self.args.limits.lock_timeout,
            statement_timeout: self.args.limits.statement_timeout,
        };
        let work = app.interrupts.cancelling(database.canceller());
        let spinner = app.ui.spinner(format_args!("Changing {}", self.target));
        let line = |write: &dyn Fn()| spinner.suspend(write);
        let result = apply(
            database,
            &self.way,
            &self.facts,
            options,
            &mut |event| match event {
                PushEvent::Notice(notice) => line(&|| {
                    app.ui.say(format_args!(
                        "{}: {}",
                        notice.severity.to_lowercase(),
                        notice.message
                    ));
                }),
                PushEvent::DroppingInvalidIndex { index } => line(&|| {
                    app.ui.say(format_args!(
                        "Dropping the invalid index {index} that an earlier run left behind"
                    ));
                }),
            },
        );
        drop((work, spinner));
        result.map_err(|error| failure::explain(&error, &self.way, app))
    }

    /// A database that also has a history is told apart from it by now. Nothing of this is worth an error.
    fn say_history(&self, database: &mut Database) {
        let ui = self.app.ui;
        let Ok(migrations) = self.app.folder().load() else {
            return;
        };
        let Ok(status) = status(database, &migrations) else {
            return;
        };
        let is = |state| status.migrations.iter().filter(move |it| it.state == state);
        let applied = is(MigrationState::Applied).count() + status.missing.len();
        let pending = is(MigrationState::Pending).count();
        let is_migrated = matches!(is_migrated(&migrations, self.app), Ok(Some(true)));
        if is_migrated && pending > 0 {
            ui.hint("migrations that are pending here have this change: `cargo xtask db status` says how that is recorded");
        } else if !is_migrated && (applied > 0 || pending > 0) {
            ui.hint("no migration has this change: `cargo xtask db generate` writes one for the other databases, and `cargo xtask db resolve --applied TAG` says that this one has it");
        }
        if !is_migrated && pending > 0 {
            ui.hint(format_args!(
                "{} of the folder {} pending here, and can meet what is there already",
                count(pending, "migration"),
                if pending == 1 { "is" } else { "are" }
            ));
        }
    }
}
