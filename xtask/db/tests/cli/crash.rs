//! `db migrate` is hit by a crash, at every boundary of its statements and at random moments; then the next plain `db migrate` must finish the work.
//!
//! `RANDOM_CRASHES=0..500` tries other random moments than the few of every run.

pub(crate) mod proxy;

use std::cell::RefCell;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::ops::Range;
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use pg_devserver::TestServer;
use pg_migration::{Folder, NewMigration};
use postgres::{Client, NoTls};

use crate::facts::{column, differences, facts};
use crate::workspace::{Outcome, Workspace};
use proxy::{Moment, Proxy, Then};

/// How many random moments are tried for each kind of crash.
const RANDOM: Range<u64> = 0..20;
/// How often a run of transactional migrations is hit at least, by the three kinds of crash together.
const CRASHES: usize = 200;
/// How long after the request the random crashes come, at most.
const LONGEST: Duration = Duration::from_millis(5);
/// How many runs are hit by one stop of the server.
const AT_ONCE: usize = 8;

pub(crate) const EMPTY: &str = "SET client_min_messages = error; DROP SCHEMA IF EXISTS public, app, drizzle CASCADE; CREATE SCHEMA public";

/// Statements that fail, or show in the rows, when they take effect twice or not at all.
const TRANSACTIONAL: [(&str, &str); 8] = [
    (
        "init",
        r#"CREATE TYPE "Side" AS ENUM ('LONG', 'SHORT');
        CREATE TABLE "Models" ("id" text PRIMARY KEY, "name" text NOT NULL UNIQUE);
        CREATE TABLE "Orders" ("id" int PRIMARY KEY, "modelId" text REFERENCES "Models" ON DELETE CASCADE, "side" "Side" NOT NULL, "quantity" numeric(18, 8));
        CREATE INDEX "Orders_modelId_idx" ON "Orders" ("modelId");"#,
    ),
    (
        "fill",
        r#"INSERT INTO "Models" VALUES ('a', 'A'), ('b', 'B; --');
        INSERT INTO "Orders" SELECT n, 'a', 'LONG', n FROM generate_series(1, 500) n;"#,
    ),
    ("add_label", r#"ALTER TYPE "Side" ADD VALUE 'FLAT';"#),
    (
        "use_label",
        r#"UPDATE "Orders" SET "side" = 'FLAT', "quantity" = "quantity" + 1 WHERE "id" % 2 = 0;
        ALTER TABLE "Orders" ALTER COLUMN "side" SET DEFAULT 'FLAT';"#,
    ),
    (
        "wrapped",
        r#"BEGIN;
        ALTER TABLE "Orders" ADD COLUMN "venue" text;
        UPDATE "Orders" SET "venue" = 'v' || "id";
        ALTER TABLE "Orders" ALTER COLUMN "venue" SET NOT NULL;
        COMMIT;"#,
    ),
    (
        "rewrite",
        r#"ALTER TABLE "Orders" ALTER COLUMN "id" TYPE bigint, ADD CONSTRAINT "positive" CHECK ("quantity" > 0);
        ALTER TABLE "Orders" RENAME COLUMN "quantity" TO "amount";
        DROP INDEX "Orders_modelId_idx";"#,
    ),
    (
        "code",
        r#"CREATE FUNCTION twice() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW."amount" := NEW."amount" * 2; RETURN NEW; END $$;
        CREATE TRIGGER "twice" BEFORE INSERT ON "Orders" FOR EACH ROW EXECUTE FUNCTION twice();
        INSERT INTO "Orders" VALUES (501, 'b', 'SHORT', 21, 'x');
        CREATE VIEW "Flat" AS SELECT * FROM "Orders" WHERE "side" = 'FLAT';
        COMMENT ON TABLE "Orders" IS 'it''s commented';"#,
    ),
    (
        "schema",
        r#"CREATE SCHEMA "app";
        CREATE TABLE "app"."Log" ("id" int GENERATED ALWAYS AS IDENTITY, "note" text);
        INSERT INTO "app"."Log" ("note") SELECT count(*)::text FROM "Flat";
        DELETE FROM "Orders" WHERE "id" = 1;
        GRANT SELECT ON "app"."Log" TO PUBLIC;"#,
    ),
];

const STEPWISE: [(&str, &str); 2] = [
    (
        "init",
        "CREATE TABLE t (a int, b int); INSERT INTO t SELECT n, n FROM generate_series(1, 500) n; CREATE INDEX old ON t (b); CREATE TYPE side AS ENUM ('a');",
    ),
    (
        "steps",
        "-- no-transaction
        UPDATE t SET b = b + 1;
        CREATE INDEX CONCURRENTLY t_a ON t (a);
        ALTER TYPE side ADD VALUE 'b';
        CREATE TABLE u (s side DEFAULT 'b');
        DROP INDEX CONCURRENTLY old;
        INSERT INTO u VALUES (DEFAULT);
        VACUUM t;",
    ),
];

/// A folder of migrations, and what an undisturbed run makes of it.
struct Project<'s> {
    shop: Workspace,
    server: &'s TestServer,
    expected: Vec<String>,
    requests: usize,
    /// The URLs of databases that no run needs any more: to empty one is quicker than to create one.
    idle: RefCell<Vec<String>>,
}

/// A run on a database of its own.
struct Run<'p> {
    project: &'p Project<'p>,
    url: String,
    proxy: Proxy,
    moment: Option<Moment>,
    /// None once it has ended.
    runner: Option<Child>,
}

impl<'s> Project<'s> {
    fn new(server: &'s TestServer, migrations: &[(&str, &str)]) -> Self {
        let shop = Workspace::bare();
        let new: Vec<_> = migrations
            .iter()
            .map(|(name, sql)| NewMigration {
                name: (*name).to_owned(),
                sql: (*sql).to_owned(),
                snapshot: "{}".to_owned(),
                when: 1_700_000_000_000,
            })
            .collect();
        let folder = Folder::new(shop.path("drizzle"));
        folder.append(&new).expect("a folder of migrations");
        let mut project = Self {
            shop,
            server,
            expected: Vec::new(),
            requests: 0,
            idle: RefCell::default(),
        };
        let (requests, expected) = {
            let mut run = project.start(None);
            let outcome = run.outcome();
            assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
            (run.proxy.requests(), facts(&mut connect(&run.url)))
        };
        project.requests = requests;
        project.expected = expected;
        project
    }

    /// A run that is held up at that moment.
    fn held_up(&self, moment: Moment) -> Run<'_> {
        let run = self.start(Some(moment));
        run.proxy.wait();
        run
    }

    fn start(&self, moment: Option<Moment>) -> Run<'_> {
        let idle = self.idle.borrow_mut().pop();
        let url = idle.unwrap_or_else(|| self.server.create_database("crash"));
        connect(&url).batch_execute(EMPTY).expect("all can go");
        let proxy = Proxy::new(self.server.port(), moment);
        Run {
            project: self,
            runner: Some(self.migrate(&proxy.url(&url))),
            url,
            proxy,
            moment,
        }
    }

    fn migrate(&self, url: &str) -> Child {
        let mut command = self.shop.command(&["db", "migrate"]);
        command
            .env("DATABASE_URL", url)
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        command.spawn().expect("it starts")
    }

    /// Moments while some request is at work.
    fn random(&self) -> impl Iterator<Item = Moment> {
        let requests = self.requests as u64;
        random_crashes().map(move |seed| {
            let choice = |what: &str, bound: u64| {
                let mut hasher = DefaultHasher::new();
                (seed, what).hash(&mut hasher);
                hasher.finish() % bound
            };
            let request = usize::try_from(choice("request", requests)).expect("few requests");
            let micros = u64::try_from(LONGEST.as_micros()).expect("a short time");
            let delay = Duration::from_micros(choice("delay", micros));
            Moment::During(request, delay)
        })
    }
}

fn random_crashes() -> Range<u64> {
    let Ok(range) = std::env::var("RANDOM_CRASHES") else {
        return RANDOM;
    };
    let bounds = range
        .split_once("..")
        .and_then(|(first, last)| Some(first.parse().ok()?..last.parse().ok()?));
    bounds.expect("RANDOM_CRASHES is a range like 0..500")
}

impl Run<'_> {
    fn outcome(&mut self) -> Outcome {
        Outcome::of_child(self.runner.take().expect("it has not ended"))
    }

    /// Ends the runner with `kill -9`, and the connection with it.
    fn kill(mut self) -> Self {
        let runner = self.runner.as_mut().expect("it runs");
        runner.kill().expect("it runs");
        let _ = self.outcome();
        self.proxy.end(Then::Lost);
        self
    }

    /// Ends the server's side of the connection alone.
    fn terminate(self) -> Self {
        let backend = self.proxy.backend();
        let mut client = connect(&self.url);
        let terminate = format!("SELECT pg_terminate_backend({backend})");
        assert_eq!(column(&mut client, &terminate), ["t"], "{:?}", self.moment);
        let is_there = format!("SELECT pid FROM pg_stat_activity WHERE pid = {backend}");
        wait_until_none(&mut client, &is_there);
        self
    }

    /// Lets the run notice the crash. What it says then must be true.
    fn notices(mut self, then: Then) -> Self {
        self.proxy.end(then);
        let outcome = self.outcome();
        let (applied, done) = progress(&mut connect(&self.url));
        let said = outcome.stderr.lines().filter_map(|line| {
            let (tag, _) = line.strip_prefix("Applied: ")?.split_once(".sql")?;
            Some(tag.to_owned())
        });
        let said: Vec<String> = said.collect();
        // The answer to a COMMIT can be lost after the server has executed it.
        let says = |text: &str| outcome.stderr.contains(text);
        let perhaps_one_more =
            usize::from(says("not known") || says("lost while it was committed"));
        let is_true = applied.starts_with(&said)
            && applied.len() - said.len() <= perhaps_one_more
            && kept(&outcome.stderr)
                .is_none_or(|kept| (kept..=kept + perhaps_one_more).contains(&done));
        let is_plain = match outcome.code {
            Some(0) => says("Migration complete!"),
            Some(1) => says("the connection was lost"),
            _ => false,
        };
        assert!(
            is_true && is_plain,
            "{:?}, then {then:?}: exit code {:?}, applied {applied:?} and {done} statements\n{}",
            self.moment,
            outcome.code,
            outcome.stderr
        );
        self
    }

    /// The next run.
    fn recovers(self) {
        let outcome = Outcome::of_child(self.project.migrate(&self.url));
        let moment = self.moment;
        assert_eq!(outcome.code, Some(0), "{moment:?}\n{}", outcome.stderr);
        let mut client = connect(&self.url);
        let (found, expected) = (facts(&mut client), &self.project.expected);
        let difference = differences(expected, &found);
        assert!(*expected == found, "{moment:?}\n{difference}");

        let left = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            UNION ALL SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()";
        wait_until_none(&mut client, left);
        self.project.idle.borrow_mut().push(self.url);
    }
}

/// The migrations that the history has, and how many statements it has of one that is half done.
fn progress(client: &mut Client) -> (Vec<String>, usize) {
    let has_history = "SELECT to_regclass('drizzle.__xtask_migrations') IS NOT NULL";
    if column(client, has_history) == ["f"] {
        return (Vec::new(), 0);
    }
    let applied =
        "SELECT tag FROM drizzle.__xtask_migrations WHERE applied_at IS NOT NULL ORDER BY tag";
    let done = "SELECT coalesce(sum(cardinality(done)), 0) FROM drizzle.__xtask_migrations WHERE applied_at IS NULL";
    (
        column(client, applied),
        column(client, done)[0].parse().expect("a number"),
    )
}

/// How many statements of a half done file a run says that it leaves behind.
fn kept(said: &str) -> Option<usize> {
    let first = said
        .lines()
        .find_map(|line| line.strip_prefix("Its first "));
    match first {
        Some(rest) => rest.split(' ').next()?.parse().ok(),
        None => ["None of its statements", "Whether its first statement"]
            .iter()
            .any(|text| said.contains(text))
            .then_some(0),
    }
}

/// Waits until the query has no rows.
fn wait_until_none(client: &mut Client, query: &str) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !column(client, query).is_empty() {
        assert!(Instant::now() < deadline, "still there: {query}");
        thread::sleep(Duration::from_millis(2));
    }
}

fn connect(url: &str) -> Client {
    Client::connect(url, NoTls).expect("the test server accepts us")
}

#[test]
fn a_killed_run_is_made_up_for_by_the_next() {
    let project = Project::new(TestServer::shared(), &TRANSACTIONAL);
    let hits = project.requests + RANDOM.count();
    assert!(3 * hits >= CRASHES, "{hits} of each kind");
    for request in 0..project.requests {
        project.held_up(Moment::Before(request)).kill().recovers();
    }
    for moment in project.random() {
        project.held_up(moment).kill().recovers();
    }
}

/// The server's answer is lost with the connection: after a COMMIT, the run cannot know.
#[test]
fn a_run_whose_backend_is_terminated_says_how_things_stand() {
    let project = Project::new(TestServer::shared(), &TRANSACTIONAL);
    for request in 0..project.requests {
        let run = project.held_up(Moment::After(request));
        run.terminate().notices(Then::Lost).recovers();
    }
    for moment in project.random() {
        let run = project.held_up(moment);
        run.terminate().notices(Then::PassedOn).recovers();
    }
}

#[test]
fn a_server_that_stops_at_once_loses_nothing() {
    let server = TestServer::start(&[]).expect("a server");
    let project = Project::new(&server, &TRANSACTIONAL);
    let boundaries = (0..project.requests).map(Moment::Before);
    let moments: Vec<_> = boundaries.chain(project.random()).collect();
    for together in moments.chunks(AT_ONCE) {
        let runs = together.iter().map(|moment| project.start(Some(*moment)));
        let runs: Vec<_> = runs.collect();
        for run in &runs {
            run.proxy.wait();
        }
        server.stop_immediately().expect("it runs");
        server.restart().expect("it starts again");
        for run in runs {
            run.notices(Then::PassedOn).recovers();
        }
    }
}

/// Without a transaction around the file, each statement still takes effect once, wherever the connection is lost.
#[test]
fn no_statement_of_a_no_transaction_file_is_done_twice_or_left_out() {
    let project = Project::new(TestServer::shared(), &STEPWISE);
    for request in 0..project.requests {
        let run = project.held_up(Moment::After(request));
        run.terminate().notices(Then::Lost).recovers();
    }
    for moment in project.random() {
        project.held_up(moment).kill().recovers();
    }
}
