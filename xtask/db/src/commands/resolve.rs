//! `db resolve`: a person's word for what is applied.

use clap::ArgGroup;
use pg_database::{
    Database, Mark, MarkKind, MigrateOptions, Resolution, ResolveError, ResolvePlan,
    plan_resolution, resolve,
};
use pg_migration::Migrations;
use serde::Serialize;

use crate::app::App;
use crate::config::DatabaseUrl;
use crate::confirmation::{Confirmation, called};
use crate::drift::differences;
use crate::error::Error;
use crate::runner::waiting;
use crate::state::{Reader, State, without_extension};
use crate::ui::{change_lines, count};

/// What `--baseline` means without a tag; none is so short.
const NEWEST: &str = "";

/// Marks migrations as applied or as not applied, and runs nothing
///
/// For a database that is not as its history says: that was there before the history (--baseline), where a migration was run or undone by hand, or
/// where an applied file has been edited. Only the history changes; it keeps who said so and when. Asks once.
#[derive(Debug, clap::Args)]
#[command(
    group = ArgGroup::new("what").required(true),
    after_help = "Examples:\n  cargo xtask db resolve --baseline 0003_add_venue\n  cargo xtask db resolve --applied 0004_backfill"
)]
pub struct Args {
    /// The database has this migration as its file is now; also takes an edited one for what was applied
    #[arg(long, value_name = "TAG", group = "what")]
    applied: Vec<String>,
    /// The database does not have this migration, so that it is to be run; forgets one that the folder does not have, named by its tag or its hash
    #[arg(long, value_name = "TAG", group = "what")]
    not_applied: Vec<String>,
    /// The database was there before its history and has all migrations up to this one [default: the newest]
    #[arg(long, value_name = "TAG", num_args = 0..=1, default_missing_value = NEWEST, group = "what")]
    baseline: Option<String>,
    #[command(flatten)]
    confirmation: Confirmation,
    /// Prints what was marked as JSON
    #[arg(long)]
    json: bool,
}

impl Args {
    fn resolution(&self) -> Resolution {
        let tags = |tags: &[String]| tags.iter().map(|tag| without_extension(tag)).collect();
        match &self.baseline {
            Some(last) if last == NEWEST => Resolution::Baseline(None),
            Some(last) => Resolution::Baseline(Some(without_extension(last))),
            None if self.applied.is_empty() => Resolution::NotApplied(tags(&self.not_applied)),
            None => Resolution::Applied(tags(&self.applied)),
        }
    }
}

/// What `--json` prints.
#[derive(Serialize)]
struct Report<'a> {
    database: String,
    marked: Vec<Marked<'a>>,
}

#[derive(Serialize)]
struct Marked<'a> {
    tag: &'a str,
    mark: &'static str,
}

pub(crate) fn run(args: &Args, app: &App) -> Result<(), Error> {
    let target = app.config.database_url()?;
    refuse_unasked_remote(&args.confirmation, &target, app)?;
    let migrations = app.existing_migrations()?;
    let mut database = app.connect_to(&target)?;
    let resolution = args.resolution();
    let planned = plan_resolution(&mut database, &migrations, &resolution).map_err(explain)?;
    let is_done = |mark: &Mark| mark.kind == MarkKind::Already;
    if planned.marks.iter().all(is_done) {
        app.ui.done("Nothing to do: the history says so already");
        return report(args, &planned, &database, app);
    }
    let called = called(&mut database)?;
    app.ui
        .say(format_args!("In the history of the database {called}:"));
    for mark in &planned.marks {
        app.ui
            .say(format_args!("  {}: {}", mark.tag, consequence(&mark.kind)));
    }
    for tag in &planned.left_behind {
        app.ui.warning(format_args!(
            "{tag} before it is not applied, and out of order from then on"
        ));
    }
    if let (Resolution::Baseline(_), Some(last)) = (&resolution, planned.marks.last()) {
        compare(&last.tag, &migrations, app);
    }
    confirm(&args.confirmation, &target, &called, app)?;
    write(&mut database, &migrations, &resolution, &planned, app)?;
    app.ui.done(format_args!(
        "Marked: {}; no SQL of any migration was run",
        count(
            planned.marks.iter().filter(|mark| !is_done(mark)).count(),
            "migration"
        )
    ));
    report(args, &planned, &database, app)
}

fn consequence(kind: &MarkKind) -> String {
    match kind {
        MarkKind::Already => "is so already".to_owned(),
        MarkKind::Applied => "counts as applied; its SQL is not run".to_owned(),
        MarkKind::Accepted(_) => {
            "the file as it is now counts as what was applied; its SQL is not run".to_owned()
        }
        MarkKind::NotApplied(_) => {
            "counts as not applied; nothing of it is undone, and the next `cargo xtask db migrate` runs it (with `--out-of-order`, if a later one is applied)"
                .to_owned()
        }
        MarkKind::Forgotten(_) => {
            "is forgotten, since the folder does not have it; nothing of it is undone".to_owned()
        }
        MarkKind::BeginsAnew { done } => format!(
            "is forgotten to be half done; its first {} stay, and the next `cargo xtask db migrate` begins it anew",
            count(*done, "statement")
        ),
    }
}

/// Whether the database is in the state that it is said to be in. That it cannot be found out is no reason not to go on: a person has said so.
fn compare(tag: &str, migrations: &Migrations, app: &App) {
    let states = (
        State::Migrations(Some(tag.to_owned())),
        State::Database(None),
    );
    match Reader::of(migrations, app).read_both(&states.0, &states.1) {
        Ok((said, found)) => {
            found.warn_of_outside(app);
            let lines = change_lines(&differences(&said.schema, &found.schema, app));
            if lines.is_empty() {
                app.ui
                    .say(format_args!("The database is in the state after {tag}"));
                return;
            }
            app.ui.warning(format_args!(
                "the database is not in the state after {tag}, but differs from it:\n{}",
                lines.join("\n")
            ));
            app.ui.hint(format_args!(
                "`cargo xtask db diff --from migrations:{tag} --to database` shows the SQL"
            ));
        }
        Err(error) => app.ui.warning(format_args!(
            "whether the database is in the state after {tag} is not known: {}",
            error.message
        )),
    }
}

/// Where nobody can be asked, a database that is not on this machine takes a flag of its own, before it is even connected to.
fn refuse_unasked_remote(
    confirmation: &Confirmation,
    target: &DatabaseUrl,
    app: &App,
) -> Result<(), Error> {
    if target.url.is_local() || confirmation.allow_remote || app.ui.can_ask() {
        return Ok(());
    }
    Err(Error::needs_answer(format!(
        "{} is not on this machine, and its history would be changed",
        target.url
    ))
    .hint("if that is what you want, say `--yes --allow-remote`"))
}

fn confirm(
    confirmation: &Confirmation,
    target: &DatabaseUrl,
    called: &str,
    app: &App,
) -> Result<(), Error> {
    let is_local = target.url.is_local();
    if confirmation.yes && (is_local || confirmation.allow_remote) {
        return Ok(());
    }
    let place = if is_local {
        ""
    } else {
        ", which is not on this machine"
    };
    let question = format!("Write this into the history of the database {called}{place}?");
    if app.ui.confirm(&question, "--yes")? {
        Ok(())
    } else {
        Err(Error::failed("nothing was changed"))
    }
}

fn write(
    database: &mut Database,
    migrations: &Migrations,
    resolution: &Resolution,
    planned: &ResolvePlan,
    app: &App,
) -> Result<(), Error> {
    let wait = MigrateOptions::default().wait_lock;
    let written = resolve(
        database,
        migrations,
        resolution,
        planned,
        wait,
        &mut |holder, waited| app.ui.say(waiting(&holder, waited)),
    );
    written.map_err(explain)
}

fn explain(error: ResolveError) -> Error {
    let hint = error.hint();
    match error {
        ResolveError::Unknown { tag, known } => {
            Error::unknown_migration(&tag, known.iter().map(String::as_str))
        }
        ResolveError::Ambiguous(_) => {
            Error::usage(&error).hint("write more of it: `cargo xtask db status --json` has it all")
        }
        ResolveError::NotEmpty { .. } => Error::failed(&error)
            .hint("`cargo xtask db migrate` applies what is pending; `--applied TAG` marks a single migration")
            .hint("`cargo xtask db status` shows what the history says"),
        ResolveError::Changed => {
            Error::failed(&error).hint("run it again, and look at what it says then")
        }
        ResolveError::History(error) => error.into(),
        ResolveError::Write(error) => {
            let mut explained = Error::from(error);
            explained.message = format!(
                "the history cannot be written, and nothing was changed: {}",
                explained.message
            );
            explained.hint("the role needs the rights that `cargo xtask db migrate` needs")
        }
        other => {
            let mut explained = Error::failed(other);
            explained.hints.extend(hint);
            explained
        }
    }
}

fn report(args: &Args, planned: &ResolvePlan, database: &Database, app: &App) -> Result<(), Error> {
    if !args.json {
        return Ok(());
    }
    let marked = planned.marks.iter().map(|mark| Marked {
        tag: &mark.tag,
        mark: match mark.kind {
            MarkKind::Already => "already",
            MarkKind::Applied => "applied",
            MarkKind::Accepted(_) => "accepted",
            MarkKind::NotApplied(_) => "not applied",
            MarkKind::Forgotten(_) => "forgotten",
            MarkKind::BeginsAnew { .. } => "begins anew",
        },
    });
    let report = Report {
        database: database.url().to_string(),
        marked: marked.collect(),
    };
    let json = serde_json::to_string_pretty(&report).map_err(Error::failed)?;
    app.ui.data(json);
    Ok(())
}
