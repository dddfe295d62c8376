//! `db pull`: a live database as the Rust source of its schema, with a baseline, so that to adopt it changes nothing.

mod baseline;
mod file;

use std::path::{Path, PathBuf};

use pg_migration::{LeftOut, Source, relation_of, rust_source};
use serde::Serialize;

use self::baseline::{Baseline, is_wanted};
use self::file::{SourceFile, formatted};
use crate::app::App;
use crate::error::Error;
use crate::filters::{FilterArgs, PATTERNS};
use crate::json::OutsideReport;
use crate::state::{ReadState, Reader, State};
use crate::ui::count;

/// Writes the schema of a live database as Rust
///
/// Prints the source of a function `schema` that declares what the database holds. With --to it goes into a file, and a baseline migration into the
/// folder, which is recorded as applied: nothing in the database changes but its history, `db generate` has nothing to do, and `db migrate` makes
/// the same database elsewhere. What no declaration can state, such as functions and triggers, is listed, and stands in the source as comments.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help())]
pub struct Args {
    /// Writes the source into this file, and a baseline migration
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
    /// Replaces the file if it is there already
    #[arg(long, requires = "to")]
    overwrite: bool,
    /// Writes just the file, and no baseline
    #[arg(long, requires = "to")]
    no_baseline: bool,
    /// Writes to the history of a database even if it is not on this machine
    #[arg(long, requires = "to")]
    allow_remote: bool,
    /// Prints JSON
    ///
    /// database   where it was read
    /// source     the Rust source
    /// file       where it was written, if it was
    /// baseline   the migrations that were written and recorded as applied
    /// outside    what no declaration states: kind, identity, detail
    #[arg(long, verbatim_doc_comment)]
    json: bool,
    #[command(flatten)]
    filters: FilterArgs,
}

fn after_help() -> String {
    format!(
        "{PATTERNS}\n\nExamples:
  cargo xtask db pull | less
  cargo xtask db pull --to src/db/schema.rs
  cargo xtask db pull --to src/billing.rs --tables 'billing.*' --no-baseline"
    )
}

/// What `--json` prints.
#[derive(Serialize)]
struct Report<'a> {
    database: String,
    source: &'a str,
    file: Option<String>,
    baseline: Vec<String>,
    outside: Vec<OutsideReport<'a>>,
}

pub(crate) fn run(args: &Args, app: &App) -> Result<(), Error> {
    let target = app.config.database_url()?;
    app.ui.begin(format_args!("Pulling {}...", target.url));
    let file = args.to.as_deref();
    let file = file.map(|path| SourceFile::at(path, args.overwrite, app));
    let file = file.transpose()?;
    let with_baseline = file.is_some() && is_wanted(args, &target, app)?;
    let read = Reader::new(app)
        .filtered(&args.filters)
        .read(&State::Database(None))?;
    read.warn_of_outside(app);
    if read.is_empty() {
        app.ui.done(format_args!(
            "There is nothing in {} to be declared",
            target.url
        ));
        return Ok(());
    }
    let mut source = source(&read, app);
    let place = file.as_ref().map_or(&*app.config.root, SourceFile::folder);
    source.text = formatted(source.text, place);
    let outside = read.outside.clone();
    let mut report = Report {
        database: target.url.to_string(),
        source: &source.text,
        file: None,
        baseline: Vec::new(),
        outside: outside.iter().map(Into::into).collect(),
    };
    match file {
        None if !args.json => app.ui.data(source.text.trim_end()),
        None => {}
        Some(file) => {
            let baseline = if with_baseline {
                Baseline::plan(&target, read, &source.schema, app)?
            } else {
                Baseline::None
            };
            let (tags, written) = baseline.write(file, &source.text, app)?;
            report.baseline = tags;
            report.file = Some(app.config.relative(written.put_in_place()?));
        }
    }
    if args.json {
        app.ui
            .data(serde_json::to_string_pretty(&report).map_err(Error::failed)?);
    }
    say_what_was_done(&report, &source, args, app);
    Ok(())
}

fn source(read: &ReadState, app: &App) -> Source {
    let outside = read.outside.iter().map(|outside| LeftOut {
        relation: relation_of(&outside.identity, &read.schema),
        what: outside.to_string(),
    });
    let source = rust_source(&read.schema, &outside.collect::<Vec<_>>());
    for LeftOut { relation, what } in &source.left_out {
        let of = relation.as_ref().map(|name| format!(" of {name}"));
        app.ui.warning(format_args!(
            "no declaration states {what}{}",
            of.unwrap_or_default()
        ));
    }
    source
}

fn say_what_was_done(report: &Report<'_>, source: &Source, args: &Args, app: &App) {
    let tables = count(source.schema.tables.len(), "table");
    let views = count(source.schema.views.len(), "view");
    match &report.file {
        None => {
            app.ui.done(format_args!("Pulled {tables} and {views}"));
            app.ui.hint(
                "`--to FILE` writes it into a file, with a baseline so that nothing is left to generate or to migrate",
            );
        }
        Some(file) => {
            app.ui
                .done(format_args!("Wrote {file}: {tables} and {views}"));
            let module = Path::new(file).file_stem().unwrap_or_default().display();
            app.ui.hint(format_args!(
                "declare it as a module (`mod {module};`) and give its function to the xtask: `schema: …::{module}::schema`; then look at `cargo xtask db status`"
            ));
        }
    }
    if args.filters.are_stated() {
        app.ui.hint("what the flags left out counts again for the next command, unless the project says the same: `filters: Filters { … }`");
    }
}
