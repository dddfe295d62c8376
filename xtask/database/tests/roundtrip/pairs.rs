//! The pairs of schemas from other tools' suites: both are loaded, read, planned from one to the other, and the plan is judged by the catalogs.
//!
//! `pairs.txt` holds the result of every case that does not pass; `UPDATE=1` writes it anew. `PAIRS` is `all`, or what the names of the cases contain.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::sync::{Mutex, Once};

use pg_database::{Introspection, Scope, normalise};
use pg_migration::{plan, planned_migrations};
use serde_json::Value;

use crate::facts::{differences, facts};
use crate::playground::Playground;
use crate::{corpus, read};

/// How many cases the plain test command skips for each that it tries.
pub(crate) const ONE_IN: usize = 4;

/// Why a state has no place for what cases that count differ in.
const REASONS: [(&str, &str); 3] = [
    (
        "policies, but DISABLE ROW LEVEL SECURITY",
        "in drizzle, a policy enables row security",
    ),
    ("MATCH FULL", "drizzle's foreign keys are MATCH SIMPLE"),
    (
        "sequence comment",
        "the sequence of a serial is a part of its column, which has a comment of its own",
    ),
];

/// What the model is meant to hold though drizzle cannot state it.
const HELD: [&str; 5] = [
    "comment",
    "matview",
    "col_collate",
    "extension",
    "deferrable",
];

pub(crate) struct Case {
    pub(crate) suite: String,
    pub(crate) id: String,
    /// Whether it counts: whether the model is meant to hold all of it.
    pub(crate) counts: bool,
    setup: String,
    pub(crate) old: String,
    pub(crate) new: String,
}

pub(crate) enum Verdict {
    Pass,
    /// It cannot be loaded into this server.
    NotHere(String),
    /// Something in which the two differ, or which the way there needs, is outside the model.
    Outside(String),
    /// The way fails.
    Fails(String),
    /// The way leads elsewhere.
    Misses(String),
    /// Where the way leads, there is more to do.
    NotIdempotent(String),
}

pub(crate) fn cases(text: &str) -> Vec<Case> {
    let case = |line: &str| {
        let case: Value = serde_json::from_str(line).unwrap();
        let text = |key: &str| case[key].as_str().unwrap_or_default().to_owned();
        let outside = case["outside"].as_array().unwrap();
        Case {
            suite: text("suite"),
            id: text("id"),
            counts: outside
                .iter()
                .all(|kind| HELD.contains(&kind.as_str().unwrap())),
            setup: text("setup"),
            old: text("old"),
            new: text("new"),
        }
    };
    text.lines().map(case).collect()
}

/// Roles are the whole server's, so they are there from the start, for all tests of this process.
pub(crate) fn create_roles(text: &str) {
    static CREATED: Once = Once::new();
    CREATED.call_once(|| {
        let mut playground = Playground::new();
        let roles: BTreeSet<String> = text
            .lines()
            .flat_map(|line| {
                let case: Value = serde_json::from_str(line).unwrap();
                let roles = case["roles"].as_array().cloned().unwrap_or_default();
                roles
                    .into_iter()
                    .map(|role| role.as_str().unwrap().to_owned())
            })
            .collect();
        for role in roles {
            let role = pg_schema::quote_identifier(&role);
            playground.run(&format!("CREATE ROLE {role}")).unwrap();
        }
    });
}

pub(crate) fn load(
    playground: &mut Playground,
    case: &Case,
    ddl: &str,
) -> Result<Introspection, Verdict> {
    playground.empty();
    for sql in [&case.setup, ddl] {
        playground.load(sql).map_err(Verdict::NotHere)?;
    }
    playground
        .run("RESET ALL; SET client_min_messages = error")
        .unwrap();
    Ok(playground.introspect(&Scope::default()))
}

fn judge(case: &Case, old: &mut Playground, new: &mut Playground) -> Result<(), Verdict> {
    let from = load(old, case, &case.old)?;
    let to = load(new, case, &case.new)?;
    let because = |verdict: Verdict| outside(case, &from, &to).unwrap_or(verdict);
    let way = planned_migrations(&from.schema, &to.schema);
    let (_, pushed) = old.push(&from.schema, &way);
    pushed.map_err(|failure| because(Verdict::Fails(failure.cause.to_string())))?;
    let reached = facts(&mut old.database);
    let different = differences(&facts(&mut new.database), &reached);
    if !different.is_empty() {
        let explained = outside(case, &from, &to);
        let misses = || new.still_differs_from(&reached).map(Verdict::Misses);
        if let Some(verdict) = explained.or_else(misses) {
            return Err(verdict);
        }
    }
    let reached = old.introspect(&Scope::default()).schema;
    let desired = normalise(&mut old.database, &to.schema, &reached).unwrap();
    let rest = plan(&reached, &desired);
    if rest.changes.is_empty() {
        Ok(())
    } else {
        Err(Verdict::NotIdempotent(format!("{:?}", rest.changes)))
    }
}

/// The kinds outside the model in which the two differ or, where they are expected, that there are at all.
fn outside(case: &Case, from: &Introspection, to: &Introspection) -> Option<Verdict> {
    let items = from.outside.iter().chain(&to.outside);
    let kinds: BTreeSet<_> = items
        .filter(|item| !case.counts || from.outside.contains(item) != to.outside.contains(item))
        .map(|item| match &item.detail {
            Some(detail) => format!("{} {detail}", item.kind),
            None => item.kind.clone(),
        })
        .collect();
    let kinds: Vec<_> = kinds.into_iter().collect();
    let mut text = kinds.join(", ");
    let mut reasons = REASONS.iter().filter(|_| case.counts);
    if let Some((_, reason)) = reasons.find(|(detail, _)| text.contains(detail)) {
        write!(text, "; {reason}").unwrap();
    }
    (!kinds.is_empty()).then_some(Verdict::Outside(text))
}

fn judge_all(cases: &[Case]) -> Vec<Verdict> {
    let next = Mutex::new(0..cases.len());
    let verdicts = Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, |count| count.get().min(8)) {
            scope.spawn(|| {
                let (mut old, mut new) = (Playground::new(), Playground::new());
                loop {
                    let Some(number) = next.lock().unwrap().next() else {
                        break;
                    };
                    let verdict = judge(&cases[number], &mut old, &mut new);
                    let verdict = verdict.err().unwrap_or(Verdict::Pass);
                    verdicts.lock().unwrap().insert(number, verdict);
                }
            });
        }
    });
    verdicts.into_inner().unwrap().into_values().collect()
}

impl Verdict {
    fn label(&self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::NotHere(_) => "not here",
            Self::Outside(_) => "outside",
            Self::Fails(_) => "fails",
            Self::Misses(_) => "misses",
            Self::NotIdempotent(_) => "not empty",
        }
    }

    fn reason(&self) -> &str {
        match self {
            Self::Pass => "",
            Self::NotHere(reason)
            | Self::Outside(reason)
            | Self::Fails(reason)
            | Self::Misses(reason)
            | Self::NotIdempotent(reason) => reason,
        }
    }
}

const LABELS: [&str; 6] = [
    "pass",
    "outside",
    "fails",
    "misses",
    "not empty",
    "not here",
];

/// A case that does not pass, with the first line of the reason.
fn line(case: &Case, verdict: &Verdict) -> Option<String> {
    let reason = verdict.reason().lines().next().unwrap_or_default();
    let line = format!("{}/{}: {}: {reason}", case.suite, case.id, verdict.label());
    (!matches!(verdict, Verdict::Pass)).then(|| line.trim_end().to_owned())
}

/// The table by suite, and every case that does not pass.
fn report(cases: &[Case], verdicts: &[Verdict]) -> String {
    let mut text = format!("{:42}{:>5}", "", "all");
    for label in LABELS {
        write!(text, "{label:>13}").unwrap();
    }
    text.push('\n');
    let suites: BTreeSet<_> = cases.iter().map(|case| case.suite.as_str()).collect();
    for counts in [true, false] {
        for suite in suites.iter().copied().chain(["all"]) {
            let is_of =
                |case: &Case| case.counts == counts && (suite == "all" || case.suite == suite);
            let of_suite = cases.iter().zip(verdicts).filter(|(case, _)| is_of(case));
            let labels: Vec<_> = of_suite.map(|(_, verdict)| verdict.label()).collect();
            let what = if counts {
                ""
            } else {
                ", with more than the model"
            };
            write!(text, "{:42}{:>5}", format!("{suite}{what}"), labels.len()).unwrap();
            for label in LABELS {
                let count = labels.iter().filter(|found| **found == label).count();
                write!(text, "{count:>13}").unwrap();
            }
            text.push('\n');
        }
    }
    for counts in [true, false] {
        text.push('\n');
        for (case, verdict) in cases
            .iter()
            .zip(verdicts)
            .filter(|(case, _)| case.counts == counts)
        {
            if let Some(line) = line(case, verdict) {
                writeln!(text, "{line}").unwrap();
            }
        }
    }
    text
}

#[test]
fn a_plan_between_two_databases_leads_from_one_to_the_other() {
    let Some(folder) = corpus() else { return };
    let text = read(&folder.join("ddl-pairs.jsonl"));
    create_roles(&text);
    let mut cases = cases(&text);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/roundtrip/pairs.txt");
    let (update, wanted) = (
        env::var("UPDATE").is_ok(),
        env::var("PAIRS").unwrap_or_default(),
    );
    let all = update || wanted == "all";
    if wanted.is_empty() && !all {
        eprintln!("one case in {ONE_IN} is tried, all with PAIRS=all");
        cases = cases.into_iter().step_by(ONE_IN).collect();
    } else if !all {
        cases.retain(|case| format!("{}/{}", case.suite, case.id).contains(&wanted));
    }
    let verdicts = judge_all(&cases);
    let found = report(&cases, &verdicts);
    println!("{found}");
    if update {
        fs::write(&path, &found).unwrap();
    }
    let recorded = read(&path);
    if all {
        assert_eq!(
            found, recorded,
            "the results have changed; UPDATE=1 writes them down"
        );
    }
    let changed = cases.iter().zip(&verdicts).filter(|(case, verdict)| {
        let name = format!("{}/{}: ", case.suite, case.id);
        line(case, verdict).as_deref() != recorded.lines().find(|line| line.starts_with(&name))
    });
    let changed: Vec<_> = changed
        .map(|(case, verdict)| {
            let Case {
                suite,
                id,
                old,
                new,
                ..
            } = case;
            let (label, reason) = (verdict.label(), verdict.reason());
            format!("{suite}/{id}\n{old}\n-- to\n{new}\n-- {label}: {reason}")
        })
        .collect();
    assert!(
        changed.is_empty(),
        "other results than in {}:\n{}",
        path.display(),
        changed.join("\n\n")
    );
}
