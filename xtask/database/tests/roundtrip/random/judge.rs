//! The server as the judge of a way between two states.

use pg_database::{Patterns, PushFailure, PushPoint, Scope, Verdict};
use pg_devserver::TestServer;
use pg_migration::{
    HazardKind, PlannedMigration, Snapshot, plan, planned_migrations, planned_migrations_renamed,
    renamed,
};
use pg_schema::{Rename, Schema, quote_identifier};

use super::declared::ELSEWHERE;
use super::rows::{fill, lost, rows};
use crate::drizzle::difference;
use crate::facts::{differences, facts};
use crate::playground::Playground;

/// A database, and whether a `pg_dump` fits its server.
pub(super) struct Judge {
    playground: Playground,
    dumps: bool,
}

/// What a state is in the server's own words.
struct Print {
    facts: Vec<String>,
    dump: Vec<String>,
}

/// Why a way could not be gone to its end.
enum Stop {
    /// Rows are in the way, as a hazard of the failing step says.
    Rows,
    Wrong(String),
}

impl From<String> for Stop {
    fn from(error: String) -> Self {
        Self::Wrong(error)
    }
}

impl Judge {
    pub(super) fn on(server: &TestServer) -> Self {
        let playground = Playground::on(server);
        let dumps = playground.dump().is_some();
        Self { playground, dumps }
    }

    /// Another connection to the same database, where one was left in the middle of something.
    pub(super) fn connect_again(&mut self) {
        self.playground = self.playground.another();
    }

    /// Goes from one state to the other and back, with rows in the tables.
    pub(super) fn check(
        &mut self,
        [from, to]: [&Schema; 2],
        [there, back]: [&[Rename]; 2],
    ) -> Result<(), String> {
        for state in [from, to] {
            let snapshot = Snapshot::following(None, state.clone()).to_json();
            let read = Snapshot::parse(&snapshot)
                .map_err(|error| format!("its snapshot: {error}"))?
                .schema;
            if read != *state || !plan(&read, state).is_empty() {
                let changes = plan(&read, state).changes;
                return Err(format!("its snapshot holds another state: {changes:#?}"));
            }
        }
        let later = self
            .make(to, from)
            .map_err(|error| format!("the later state: {error}"))?;
        let earlier = self
            .make(from, to)
            .map_err(|error| format!("the earlier state: {error}"))?;
        self.go(from, to, there, &later)
            .map_err(|error| format!("on the way there: {error}"))?;
        self.go(to, from, back, &earlier)
            .map_err(|error| format!("on the way back: {error}"))
    }

    /// The state in the empty database. Roles that only `other` has go, too.
    fn make(&mut self, state: &Schema, other: &Schema) -> Result<Print, String> {
        self.playground.empty();
        for role in state.roles.iter().chain(&other.roles) {
            self.playground.run(&format!(
                "DROP ROLE IF EXISTS {}",
                quote_identifier(&role.name)
            ))?;
        }
        let (schema, table) = ELSEWHERE;
        self.playground.run(&format!(
            "CREATE SCHEMA {schema}; CREATE TABLE {schema}.\"{table}\" (id integer)"
        ))?;
        let nothing = Schema::default();
        let way = planned_migrations(&nothing, state);
        match self.apply(&nothing, &way).1 {
            Ok(()) => self.print(state, other),
            Err(Stop::Rows) => Err("there are no rows yet".to_owned()),
            Err(Stop::Wrong(error)) => Err(error),
        }
    }

    /// From the one state, which the database is in, to the other.
    fn go(
        &mut self,
        from: &Schema,
        to: &Schema,
        renames: &[Rename],
        target: &Print,
    ) -> Result<(), String> {
        let way = planned_migrations_renamed(from, to, renames);
        fill(&mut self.playground, from, to)?;
        let called = renamed(from, renames);
        let before = rows(&mut self.playground.database, from, &called);
        let (told, result) = self.apply(from, &way);
        match result {
            Ok(()) => {
                let after = rows(&mut self.playground.database, to, to);
                let lost = lost(&called, to, &told, &before, &after);
                if !lost.is_empty() {
                    return Err(format!("lost\n{}\nby\n{}", lost.join("\n"), text(&way)));
                }
            }
            Err(Stop::Rows) => {
                self.make(from, to)?;
                match self.apply(from, &way).1 {
                    Ok(()) => {}
                    Err(Stop::Rows) => {
                        return Err(format!("fails without any rows\n{}", text(&way)));
                    }
                    Err(Stop::Wrong(error)) => return Err(format!("without rows: {error}")),
                }
            }
            Err(Stop::Wrong(error)) => return Err(error),
        }
        let found = self
            .print(to, from)
            .map_err(|error| format!("{error}\nby\n{}", text(&way)))?;
        let different = [
            differences(&target.facts, &found.facts),
            differences(&target.dump, &found.dump),
        ]
        .concat();
        if different.is_empty() {
            Ok(())
        } else {
            Err(format!(
                "missed\n{}\nby\n{}",
                different.join("\n"),
                text(&way)
            ))
        }
    }

    /// A push, whose facts must be true: what is said to be impossible fails, and what fails or is lost is not said to be harmless. Gives the way with
    /// the hazards that are not.
    fn apply(
        &mut self,
        from: &Schema,
        way: &[PlannedMigration],
    ) -> (Vec<PlannedMigration>, Result<(), Stop>) {
        let (facts, result) = self.playground.push(from, way);
        let mut told = way.to_vec();
        for fact in facts.iter().rev() {
            if fact.verdict == Verdict::Harmless {
                let step = &mut told[fact.migration].plan.steps[fact.step];
                step.hazards.remove(fact.hazard);
            }
        }
        let prevented = facts.iter().find(|it| it.verdict == Verdict::Prevents);
        let result = match (result, prevented) {
            (Ok(()), None) => Ok(()),
            (Ok(()), Some(fact)) => Err(Stop::Wrong(format!(
                "said to be impossible, but done: {fact:?}\nby\n{}",
                text(way)
            ))),
            (Err(failure), _) => Err(stop(&told, &failure)),
        };
        (told, result)
    }

    /// The database, which must read back as the state and have nothing left to do.
    fn print(&mut self, state: &Schema, other: &Schema) -> Result<Print, String> {
        let mut scope = Scope::of(state);
        let schemas = state
            .schemas
            .iter()
            .chain(&other.schemas)
            .map(|it| it.name.as_str());
        scope.filter.schemas = Patterns::names(schemas.chain(["public"]));
        scope
            .roles
            .extend(other.roles.iter().map(|role| role.name.clone()));
        scope.policies_on = vec![pg_schema::QualifiedName::new(ELSEWHERE.0, ELSEWHERE.1)];
        let live = self.playground.introspect(&scope);
        if !live.outside.is_empty() {
            return Err(format!("read as outside of a state: {:?}", live.outside));
        }
        if let Some(difference) = difference(&mut self.playground, state, &live) {
            return Err(format!("reads back as something else: {difference}"));
        }
        let dump = if self.dumps {
            self.playground.dump().ok_or("pg_dump fails")?
        } else {
            String::new()
        };
        let database = &mut self.playground.database;
        Ok(Print {
            facts: facts(database).into_iter().map(unordered).collect(),
            dump: lines(&dump),
        })
    }
}

fn stop(told: &[PlannedMigration], failure: &PushFailure) -> Stop {
    let steps = told.iter().flat_map(|migration| &migration.plan.steps);
    let announced = match &failure.point {
        PushPoint::Statement { index, .. } => steps.clone().nth(*index).is_some_and(|step| {
            let mut hazards = step.hazards.iter();
            hazards.any(|hazard| hazard.kind == HazardKind::MayFail)
        }),
        _ => false,
    };
    // Data that does not fit, and constraints that do not hold (manual, appendix A). A text that is no `tsvector` counts as a syntax error.
    let is_of_rows = failure.server_error().is_some_and(|error| {
        let code = error.sqlstate.as_str();
        code.starts_with("22")
            || code.starts_with("23")
            || code == "42601" && error.message.contains("tsvector")
    });
    if announced && is_of_rows {
        return Stop::Rows;
    }
    let point = &failure.point;
    Stop::Wrong(format!("{failure} at\n{point:?}\nin\n{}", text(told)))
}

fn text(way: &[PlannedMigration]) -> String {
    way.iter()
        .map(PlannedMigration::sql)
        .collect::<Vec<_>>()
        .join("\n-- next migration\n")
}

/// A fact in which the order of a view's columns does not count.
fn unordered(fact: String) -> String {
    if !fact.starts_with("relation ") {
        return fact;
    }
    words(&fact)
}

fn words(text: &str) -> String {
    let mut words: Vec<_> = text
        .split([',', ';', ' ', '\n'])
        .filter(|word| !word.is_empty())
        .collect();
    words.sort_unstable();
    words.join(" ")
}

/// The lines of a dump, sorted, without what separates them. The order of a policy's roles does not count either, nor does whether
/// `public` is the one that came with the database.
pub(crate) fn lines(dump: &str) -> Vec<String> {
    let lines = dump
        .lines()
        .map(|line| line.trim().trim_end_matches([',', ';']).to_owned())
        .map(|line| {
            if line.contains(" TO ") {
                words(&line)
            } else {
                line
            }
        });
    let mut lines: Vec<_> = lines
        .filter(|line| {
            !line.is_empty()
                && !line.starts_with("--")
                && !line.starts_with('\\')
                && !line.starts_with("COMMENT ON SCHEMA public ")
        })
        .collect();
    lines.sort();
    lines
}
