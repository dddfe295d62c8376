//! What reading a database and comparing it costs, beside `pg_dump`: `cargo bench -p pg-database --bench introspect`, with `--profile dev` as
//! `cargo xtask` runs it.
//!
//! Each size is measured in a process of its own, which is this program started again with `BENCH_TABLES` set. `BENCH_SIZES` names others,
//! `BENCH_ROUNDS` how often each is run.
#![expect(clippy::print_stdout, reason = "the table is what this program is for")]

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs};

use pg_database::{ConnectionUrl, Database, Scope, introspect, normalise};
use pg_devserver::TestServer;
use pg_migration::{diff, plan, planned_migrations};
use pg_schema::prelude::*;
use pg_schema::{ColumnType, Schema};

/// How many tables there are; set in the measuring process only.
const TABLES: &str = "BENCH_TABLES";
/// How many tables one transaction creates: the server's room for locks is limited.
const AT_A_TIME: usize = 1000;

/// 10 columns, a foreign key and 2 indexes a table.
fn state(tables: usize) -> Schema {
    let declaration = (0..tables).fold(Declaration::new(), |declaration, number| {
        let mut columns = vec![
            serial("id").primary_key(),
            text("name").not_null().default("it's"),
            integer("owner").references(format!("table_{}", number / 2), "id"),
            timestamp("created_at").default_now().not_null(),
        ];
        columns.extend((0..6).map(|column| numeric(format!("value_{column}")).precision(18, 8)));
        let table = pg_table(format!("table_{number}"), columns)
            .index(index(format!("table_{number}_name")).on(["name", "owner"]))
            .index(index(format!("table_{number}_lower")).on([expression("lower(name)")]));
        declaration.with(table)
    });
    declaration.build().expect("a valid declaration")
}

/// The same with another type, another default and another index in every table.
fn altered(state: &Schema) -> Schema {
    let mut altered = state.clone();
    for table in &state.tables {
        let table = altered.tables.get_mut(&table.name).expect("it is a copy");
        let name = table.columns.get_mut("name").expect("declared above");
        name.data_type = ColumnType::parse("varchar(40)");
        table
            .columns
            .get_mut("created_at")
            .expect("declared above")
            .default = None;
        let lower = format!("{}_lower", table.name.name);
        table
            .indexes
            .get_mut(&lower)
            .expect("declared above")
            .unique = true;
    }
    altered
}

struct Bench {
    tables: usize,
    rounds: usize,
}

impl Bench {
    /// Prints the shortest of some rounds, that for each table, and the most memory that the process had meanwhile; gives the last result.
    fn row<T>(&self, what: &str, mut run: impl FnMut() -> T) -> T {
        // Linux only: begins a new peak.
        let _ = fs::write("/proc/self/clear_refs", "5");
        let mut shortest = Duration::MAX;
        let mut timed = || {
            let start = Instant::now();
            let result = run();
            shortest = shortest.min(start.elapsed());
            result
        };
        (1..self.rounds).for_each(|_| drop(timed()));
        let result = timed();
        let milliseconds = shortest.as_secs_f64() * 1000.0;
        let a_table = milliseconds * 1000.0 / f64::from(u32::try_from(self.tables).expect("few"));
        let peak = peak().map_or_else(String::new, |peak| format!("{peak} MB"));
        println!(
            "{:>7}  {what:<40}{milliseconds:>9.1} ms{a_table:>9.1} µs{peak:>10}",
            self.tables
        );
        result
    }
}

fn peak() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = peak.trim().trim_end_matches(" kB").parse().ok()?;
    Some(kilobytes.div_ceil(1024))
}

fn number(name: &str) -> Option<usize> {
    env::var(name).ok()?.parse().ok()
}

fn make(state: &Schema, url: &ConnectionUrl) {
    let mut database = Database::connect(url, "bench").expect("the test server accepts us");
    let migrations = planned_migrations(&Schema::default(), state);
    for steps in migrations[0].plan.steps.chunks(AT_A_TIME) {
        let sql: Vec<_> = steps.iter().map(|step| step.statement.sql()).collect();
        database.execute(&sql.join(";\n")).expect("our own SQL");
    }
    database.execute("VACUUM ANALYZE").expect("a superuser");
}

fn measure(bench: &Bench) {
    let url = env::var("DATABASE_URL").expect("it was set for this process");
    let url: ConnectionUrl = url.parse().expect("the test server's");
    let declared = state(bench.tables);
    let mut database = Database::connect(&url, "bench").expect("the test server accepts us");
    let scope = Scope::default();
    let live = bench.row("introspect", || {
        introspect(&mut database, &scope).expect("a server").schema
    });
    bench.row("pg_dump --schema-only", || {
        let dump = Command::new("pg_dump")
            .args(["--schema-only", &env::var("DATABASE_URL").expect("set")])
            .stdout(Stdio::null())
            .status();
        dump.is_ok()
    });
    let desired = bench.row("normalise", || {
        normalise(&mut database, &declared, &live).expect("a server")
    });
    bench.row("diff without a change", || {
        assert!(diff(&live, &desired).is_empty())
    });
    bench.row("plan without a change", || {
        assert!(plan(&live, &desired).is_empty())
    });
    let altered = altered(&declared);
    let desired = bench.row("normalise, changes in all tables", || {
        normalise(&mut database, &altered, &live).expect("a server")
    });
    bench.row("diff, changes in all tables", || {
        diff(&live, &desired).len()
    });
    bench.row("plan, changes in all tables", || {
        plan(&live, &desired).steps.len()
    });
    let empty = Schema::default();
    bench.row("plan from nothing", || plan(&empty, &declared).steps.len());
    bench.row("plan to nothing", || plan(&declared, &empty).steps.len());
}

fn main() {
    let rounds = number("BENCH_ROUNDS").unwrap_or(5).max(1);
    if let Some(tables) = number(TABLES) {
        measure(&Bench { tables, rounds });
        return;
    }
    println!(
        " tables  the shortest of {rounds} rounds{:>34}{:>12}{:>10}",
        "all", "a table", "peak"
    );
    let sizes = env::var("BENCH_SIZES").unwrap_or_else(|_| "1000,10000".to_owned());
    let server = TestServer::start(&[("max_locks_per_transaction", "1024")]).expect("a server");
    for tables in sizes.split(',') {
        let url = server.create_database("bench");
        let count = tables.parse().expect("a number");
        make(&state(count), &url.parse().expect("the test server's"));
        let process = Command::new(env::current_exe().expect("this program"))
            .env(TABLES, tables)
            .env("DATABASE_URL", url)
            .status();
        assert!(process.expect("this program").success());
    }
}
