//! The README as its reader follows it: every command in it is run in a checkout of this repository, on a local server of its own, and must say what
//! stands there.
//!
//! A walk begins at a heading, from what `cargo xtask setup` leaves behind; a heading with a number above 1 goes on with the walk before it. In a walk
//! * a `console` block is commands, behind `$`, and what each of them says;
//! * a `diff` block is an edit of the schema, or of the file that a first line with `+++` names;
//! * an `sql` block is the file that its first line names.
//!
//! After a change that is meant: `UPDATE=1 cargo test -p xtask --test readme`. `WALK='Going back'` takes one walk.
#![cfg(unix)]

mod checkout;
mod document;
mod edit;
mod normal;

use std::fs;
use std::ops::Range;

use checkout::{Checkout, root};
use document::{Part, Walk};

#[test]
fn every_command_says_what_stands_there() {
    let path = root().join("README.md");
    let readme = fs::read_to_string(&path).expect("the README");
    let walks = document::walks(&readme);
    let one = std::env::var("WALK").ok();
    let (start, others) = walks.split_first().expect("a README with commands");
    let mut checkout = Checkout::new();
    let mut found = Found::default();
    follow(start, &readme, &checkout, &mut found);
    checkout.keep();
    for walk in others {
        if one.as_ref().is_none_or(|title| *title == walk.title) {
            checkout.restore();
            let wants_tls = walk.title.contains("SSL");
            if wants_tls {
                checkout.require_tls(true);
            }
            follow(walk, &readme, &checkout, &mut found);
            if wants_tls {
                checkout.require_tls(false);
            }
        }
    }
    if std::env::var_os("UPDATE").is_some() {
        let mut updated = readme.clone();
        for (range, said) in found.differences.drain(..).rev() {
            updated.replace_range(range, &said);
        }
        fs::write(&path, updated).expect("the README can be written");
    }
    let differences = found.differences.iter().map(|(range, said)| {
        let line = readme[..range.start].lines().count();
        let shown = &readme[range.clone()];
        format!("README.md:{line}: it shows\n{shown}and it is\n{said}")
    });
    let wrong: Vec<_> = differences.chain(found.stuck).collect();
    assert!(
        wrong.is_empty(),
        "if this is meant: UPDATE=1 cargo test -p xtask --test readme\n\n{}",
        wrong.join("\n")
    );
}

#[derive(Default)]
struct Found {
    /// Where a command says something else than the README, and what.
    differences: Vec<(Range<usize>, String)>,
    /// Walks that could not be gone to their end.
    stuck: Vec<String>,
}

fn follow(walk: &Walk<'_>, readme: &str, checkout: &Checkout, found: &mut Found) {
    for part in &walk.parts {
        let edited = match part {
            Part::Command { line, output } => {
                let said = checkout.run(line);
                if normal::form(&said) != normal::form(&readme[output.clone()]) {
                    found.differences.push((output.clone(), said));
                }
                Ok(())
            }
            Part::Diff(diff) => checkout.edit(diff),
            Part::Sql(text) => checkout.write_migration(text),
        };
        if let Err(why) = edited {
            found.stuck.push(format!("{}: {why}", walk.title));
            return;
        }
    }
}
