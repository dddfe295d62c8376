//! drizzle-kit's own results, recorded in `tests/drizzle`: the same snapshots, byte for byte, and the same SQL but where drizzle-kit is wrong.
//!
//! Where it is wrong stands in `DEVIATIONS.md`. A server is the judge: our SQL must lead to the target state in every step, and where the texts
//! differ, drizzle-kit's must fail or miss it.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tests say what differs and what they skip"
)]

mod beyond;
mod corpus;
mod defects;
mod dependents;
mod everything;
mod evolution;
mod first;
mod judge;
mod kinds;
mod records;
mod rows;
mod snapshots;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use pg_migration::{PlannedMigration, TypedRename, planned_migrations_renamed, resolve};
use pg_schema::{Rename, Schema};

const BREAKPOINT: &str = "--> statement-breakpoint\n";

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/drizzle")
}

fn corpus() -> Option<PathBuf> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    if corpus.is_dir() {
        return Some(corpus);
    }
    eprintln!(
        "skipped the corpora, which are not here ({})",
        corpus.display()
    );
    None
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

struct File {
    sql: String,
    in_transaction: bool,
}

fn files(from: &Schema, to: &Schema) -> Vec<File> {
    files_renamed(from, to, &[])
}

fn files_renamed(from: &Schema, to: &Schema, renames: &[Rename]) -> Vec<File> {
    let migrations = planned_migrations_renamed(from, to, renames);
    let file = |migration: &PlannedMigration| File {
        sql: migration.sql(),
        in_transaction: !migration.plan.runs_outside(),
    };
    migrations.iter().map(file).collect()
}

/// Renames as drizzle-kit's tests state them: `schema.table.old->schema.table.new`.
fn renames(stated: &[String], from: &Schema, to: &Schema) -> Vec<Rename> {
    let typed = stated.iter().map(|text| text.replace("->", "=").parse());
    let typed: Vec<TypedRename> = typed.collect::<Result<_, _>>().expect("a rename");
    resolve(&typed, &[], from, to).unwrap_or_default()
}

/// What the lines of `DEVIATIONS.md` that begin with `label` name, in backticks.
fn listed(label: &str) -> BTreeSet<String> {
    let text = read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("DEVIATIONS.md"));
    let lists = text.lines().filter_map(|line| line.strip_prefix(label));
    let names = lists.flat_map(|list| list.split('`').skip(1).step_by(2));
    names.map(str::to_owned).collect()
}

/// Fails with the first line that differs, as whole snapshots are too long to read.
fn assert_same_text(found: &str, expected: &str, what: &str) {
    for (number, (found, expected)) in found.lines().zip(expected.lines()).enumerate() {
        assert_eq!(found, expected, "{what}, line {}", number + 1);
    }
    assert_eq!(found.len(), expected.len(), "{what}");
}
