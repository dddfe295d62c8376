//! `db check`: whether schema, snapshots, journal and SQL files agree, and stay as others have them.

mod history;
mod mend;

use anstream::adapter::strip_str;
use pg_migration::{
    Checked, Finding, FolderFiles, applicable, check, check_since, planned_migrations_renamed,
};
use pg_schema::Schema;
use serde::Serialize;

use crate::app::App;
use crate::error::Error;
use crate::filters::{FilterArgs, PATTERNS};
use crate::git::{Base, Repository, Tree};
use crate::ui::{BOLD, DIM, REMOVED, change_lines, count};
use history::{Looked, look};
use mend::{kind, mend};

/// Checks that schema, snapshots, journal and SQL files agree
///
/// Reports all that it finds: a schema change without a migration, a broken or forked chain of snapshots, a journal and files that disagree, files
/// that could not be run, and migrations that were edited or taken away since this branch left the default branch. Looks at no database unless
/// told so, and writes nothing. Exit code 1 when something is found.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help())]
pub struct Args {
    /// Also checks that the database is as its history says, and its history as the folder; what is pending is no finding
    #[arg(long)]
    database: bool,
    /// Prints JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    filters: FilterArgs,
}

fn after_help() -> String {
    format!(
        "{PATTERNS}\n\nExamples:
  cargo xtask db check --json | jq '.findings[].path'
  cargo xtask db check --database"
    )
}

/// What `--json` prints.
#[derive(Serialize)]
struct Report {
    ok: bool,
    folder: String,
    migrations: usize,
    /// What edited migrations were looked for against.
    compared_with: Option<Compared>,
    /// Why they were not.
    not_compared: Option<String>,
    /// What will collide when this branch and the default branch meet; nothing to mend yet, so it is no finding.
    collides: Option<Collision>,
    /// The database that was looked at, if one was.
    #[serde(flatten)]
    looked: Option<Looked>,
    findings: Vec<Found>,
}

#[derive(Serialize)]
struct Compared {
    branch: String,
    commit: String,
}

#[derive(Serialize)]
struct Collision {
    theirs: Vec<String>,
    ours: Vec<String>,
}

#[derive(Serialize)]
struct Found {
    kind: &'static str,
    path: Option<String>,
    line: Option<usize>,
    message: String,
    /// The objects that a schema change without a migration concerns.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    changes: Vec<String>,
    mend: String,
}

pub(crate) fn run(args: &Args, app: &App) -> Result<(), Error> {
    if args.filters.are_stated() && !args.database {
        return Err(Error::usage(
            "the filters say what of a database counts, and none is looked at",
        )
        .hint("`--database` has it looked at"));
    }
    let mut report = report(Tree::Work, app)?;
    if args.database {
        let (looked, found) = look(&args.filters, app);
        report.looked = looked;
        report.findings.extend(found);
        report.ok = report.findings.is_empty();
    }
    if args.json {
        let json = serde_json::to_string_pretty(&report).map_err(Error::failed)?;
        app.ui.data(json);
        return if report.ok {
            Ok(())
        } else {
            Err(Error::found_something())
        };
    }
    show(&report, AGREES, app)
}

/// What is said of a folder in which nothing is found.
const AGREES: &str = "agrees with the schema";

/// As `db check`, of the folder as the next commit will have it. The schema is that of this program; unless it `is_staged`, whatever of it the folder
/// does not have is a warning, since it may be no part of the commit.
///
/// # Errors
/// When something is found; when there is no repository.
pub fn check_staged(app: &App, is_staged: bool) -> Result<(), Error> {
    let mut report = report(Tree::Staged, app)?;
    let mut agrees = AGREES;
    if !is_staged {
        let (schema, other): (Vec<_>, Vec<_>) =
            (report.findings.into_iter()).partition(|found| found.path.is_none());
        if !schema.is_empty() {
            agrees = "is as it should be";
        }
        for found in schema {
            app.ui.warning(format_args!(
                "{}, which may come from what is not staged",
                found.message
            ));
        }
        report.ok = other.is_empty();
        report.findings = other;
    }
    show(&report, agrees, app)
}

fn report(tree: Tree, app: &App) -> Result<Report, Error> {
    let folder = app.folder();
    let repository = Repository::around(folder.path());
    let files = match tree {
        Tree::Work => folder.files().map_err(|error| app.explain(error))?,
        Tree::Staged => (repository.as_ref())
            .map_err(Clone::clone)
            .and_then(Repository::staged)
            .map_err(|reason| Error::failed(format!("what is staged cannot be read: {reason}")))?,
    };
    let base = repository.and_then(|repository| repository.base(tree));
    Ok(found(&files, base, app))
}

fn found(files: &FolderFiles, base: Result<Base, String>, app: &App) -> Report {
    let Checked {
        mut findings,
        migrations,
        state,
    } = check(files);
    if let Ok(base) = &base {
        findings.extend(check_since(files, &base.files));
        findings.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
    }
    let mut found: Vec<_> = findings
        .into_iter()
        .map(|finding| Found::of(finding, base.as_ref().ok(), app))
        .collect();
    found.extend(schema_findings(state, app));
    let folder = app.config.relative(&app.config.folder);
    let collides = base.as_ref().ok().and_then(|base| {
        let (theirs, ours) = base.files.collisions(files)?;
        Some(Collision { theirs, ours })
    });
    let (compared_with, not_compared) = match base {
        Ok(base) => {
            let Base { branch, commit, .. } = base;
            (Some(Compared { branch, commit }), None)
        }
        Err(reason) => (None, Some(reason)),
    };
    Report {
        ok: found.is_empty(),
        folder,
        migrations,
        compared_with,
        not_compared,
        collides,
        looked: None,
        findings: found,
    }
}

impl Found {
    /// One that is about no file.
    fn new(kind: &'static str, message: String, mend: String) -> Self {
        Self {
            kind,
            path: None,
            line: None,
            message,
            changes: Vec::new(),
            mend,
        }
    }

    fn of(finding: Finding, base: Option<&Base>, app: &App) -> Self {
        let path = app.config.relative(&app.config.folder.join(&finding.file));
        let mend = mend(&finding, &path, base);
        let message = finding.problem.to_string();
        Self {
            kind: kind(&finding.problem),
            path: Some(path),
            line: finding.line,
            message,
            changes: Vec::new(),
            mend,
        }
    }
}

/// What the schema declares and the folder does not have; nothing where its state is not known.
fn schema_findings(state: Option<Schema>, app: &App) -> Option<Found> {
    let schema = match app.schema() {
        Ok(schema) => schema,
        Err(error) => {
            let mend = error.hints.join("; ");
            return Some(Found::new("schema", error.message, mend));
        }
    };
    let state = state?;
    let renames = applicable(app.renames(), &state, &schema);
    let planned = planned_migrations_renamed(&state, &schema, &renames);
    let changes: Vec<_> = planned
        .iter()
        .flat_map(|migration| change_lines(&migration.plan.changes))
        .map(|line| strip_str(&line).to_string())
        .collect();
    if planned.is_empty() {
        return None;
    }
    Some(Found {
        changes,
        ..Found::new(
            "schema-changed",
            "the schema has changes without a migration".to_owned(),
            "`cargo xtask db generate` writes one".to_owned(),
        )
    })
}

fn show(report: &Report, agrees: &str, app: &App) -> Result<(), Error> {
    let ui = app.ui;
    for found in &report.findings {
        let place = match (&found.path, found.line) {
            (Some(path), Some(line)) => format!("{BOLD}{path}:{line}{BOLD:#}: "),
            (Some(path), None) => format!("{BOLD}{path}{BOLD:#}: "),
            (None, _) => String::new(),
        };
        ui.data(format_args!(
            "{place}{REMOVED}{}{REMOVED:#} {DIM}[{}]{DIM:#}",
            found.message, found.kind
        ));
        for change in &found.changes {
            ui.data(format_args!("  {change}"));
        }
        ui.data(format_args!("  mend: {}", found.mend));
    }
    if let Some(reason) = &report.not_compared {
        ui.say(format_args!(
            "Edited migrations were not looked for: {reason}"
        ));
    }
    if let (Some(collision), Some(compared)) = (&report.collides, &report.compared_with) {
        ui.warning(format_args!(
            "{} has got {} since this branch left it, which added {}: when they meet, two migrations follow one",
            compared.branch,
            collision.theirs.join(", "),
            collision.ours.join(", ")
        ));
    }
    let folder = format!(
        "{} ({})",
        report.folder,
        count(report.migrations, "migration")
    );
    if !report.ok {
        return Err(Error::failed(format!(
            "{} in {folder}",
            count(report.findings.len(), "finding")
        )));
    }
    let compared = report
        .compared_with
        .as_ref()
        .map_or_else(String::new, |it| {
            format!(", and nothing of {} ({}) was edited", it.branch, it.commit)
        });
    let looked = (report.looked.as_ref())
        .map_or_else(String::new, |looked| format!("; {}", looked.summary()));
    ui.done(format_args!("{folder} {agrees}{compared}{looked}"));
    Ok(())
}
