//! What is made in a database is read back as the same state, and a plan between two databases leads from one to the other.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tests say what they found and what they skip"
)]
// A test fails by panicking.
#![allow(clippy::unwrap_used)]

mod chains;
mod drizzle;
mod equality;
mod facts;
mod filters;
mod hostile;
mod introspection;
mod outside;
mod pairs;
mod playground;
mod push;
mod random;
mod reading;
mod sources;

use std::fs;
use std::path::{Path, PathBuf};

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

fn assert_none(wrong: &[String]) {
    assert!(
        wrong.is_empty(),
        "{}\n{} are wrong",
        wrong.join("\n\n"),
        wrong.len()
    );
}
