//! Pairs of random states over all kinds of objects: the plan between them leads from one to the other and back, with rows in the tables.
//!
//! `PAIRS_OF_SCHEMAS` says how many are tried (`5000`), or which (`4711..4712`): a pair is made from its number alone.

mod beyond;
mod declared;
mod edits;
mod genes;
mod judge;
mod names;
mod renames;
mod rows;
mod types;

use std::cell::RefCell;
use std::env;
use std::ops::Range;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Mutex;
use std::thread;

use pg_devserver::TestServer;
use pg_migration::{PlannedMigration, planned_migrations};
use pg_schema::Schema;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

pub(crate) use declared::ELSEWHERE;
use edits::Pair;
use judge::Judge;
pub(crate) use judge::lines as dump_lines;
use renames::renames;

/// How many pairs the plain test command tries.
const PAIRS: u64 = 200;

const WORKERS: usize = 2;

fn wanted() -> Range<u64> {
    let Ok(text) = env::var("PAIRS_OF_SCHEMAS") else {
        return 0..PAIRS;
    };
    let wanted = match text.split_once("..") {
        Some((first, last)) => first
            .parse()
            .ok()
            .zip(last.parse().ok())
            .map(|(first, last)| first..last),
        None => text.parse().ok().map(|number| 0..number),
    };
    wanted.unwrap_or_else(|| {
        panic!("PAIRS_OF_SCHEMAS={text} is no number like 5000 and no range like 4711..4712")
    })
}

fn runner(number: u64) -> TestRunner {
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&number.to_le_bytes());
    let config = Config {
        failure_persistence: None,
        max_shrink_time: 60_000,
        ..Config::default()
    };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed))
}

/// The pair of that number, as it shrinks.
fn pair(runner: &mut TestRunner) -> impl ValueTree<Value = Pair> + use<> {
    edits::pair().new_tree(runner).unwrap()
}

/// The earlier state of the pair of that number.
pub(crate) fn state(number: u64) -> Schema {
    let pair = pair(&mut runner(number)).current();
    let [earlier, _] = pair.worlds();
    earlier.schema(WORKERS + 1)
}

/// Panics count as what is wrong with a pair, so that it can shrink, too.
fn check(judge: &mut Judge, worker: usize, pair: &Pair) -> Result<(), String> {
    let checked = panic::catch_unwind(AssertUnwindSafe(|| {
        let worlds = pair.worlds();
        let [from, to] = worlds.each_ref();
        let states = worlds.each_ref().map(|world| world.schema(worker));
        let [earlier, later] = states.each_ref();
        let there = renames([from, to], [earlier, later], worker);
        let back = renames([to, from], [later, earlier], worker);
        judge.check([earlier, later], [&there, &back])
    }));
    checked.unwrap_or_else(|panic| {
        judge.connect_again();
        let message = panic.downcast_ref::<String>();
        Err(message.cloned().unwrap_or_else(|| "a panic".to_owned()))
    })
}

#[test]
fn the_plan_between_two_random_states_leads_there_and_back() {
    let server = TestServer::start(&[]).unwrap();
    let wanted = wanted();
    let next = Mutex::new(wanted.clone());
    let wrong = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for worker in 0..WORKERS {
            let (server, next, wrong) = (&server, &next, &wrong);
            scope.spawn(move || {
                let mut judge = Judge::on(server);
                loop {
                    let Some(number) = next.lock().unwrap().next() else {
                        break;
                    };
                    let pair = pair(&mut runner(number)).current();
                    if let Err(error) = check(&mut judge, worker, &pair) {
                        eprintln!(
                            "PAIRS_OF_SCHEMAS={number}..{} is wrong: {error}",
                            number + 1
                        );
                        wrong.lock().unwrap().push(number);
                    }
                }
            });
        }
    });
    let mut wrong = wrong.into_inner().unwrap();
    wrong.sort_unstable();
    if let Some(first) = wrong.first() {
        let smaller = smaller(&server, *first);
        panic!(
            "{} of {wanted:?} are wrong: {wrong:?}\nPAIRS_OF_SCHEMAS={first}..{}, made smaller: {smaller}",
            wrong.len(),
            first + 1
        );
    }
}

/// The least that is still wrong of a pair that is.
fn smaller(server: &TestServer, number: u64) -> String {
    let judge = RefCell::new(Judge::on(server));
    let mut runner = runner(number);
    let tree = pair(&mut runner);
    let failed = runner.run_one(tree, |pair| {
        check(&mut judge.borrow_mut(), WORKERS, &pair).map_err(TestCaseError::fail)
    });
    match failed {
        Err(TestError::Fail(reason, pair)) => {
            let made = |state: &Schema| {
                let way = planned_migrations(&Schema::default(), state);
                way.iter()
                    .map(PlannedMigration::sql)
                    .collect::<Vec<_>>()
                    .join("\n")
            };
            let [from, to] = pair.worlds().map(|world| made(&world.schema(WORKERS)));
            format!("{reason}\nfrom\n{from}\nto\n{to}")
        }
        other => format!("it is no longer wrong: {other:?}"),
    }
}
