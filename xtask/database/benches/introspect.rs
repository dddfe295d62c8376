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
    /// How long `pg_dump` takes, where one fits the server.
    dump: Option<Duration>,
}

impl Bench {
    /// Prints the shortest of some rounds, that for each table, its ratio to `pg_dump`, and the most memory that the process had meanwhile; gives the
    /// last result.
    fn row<T>(&self, what: &str, run: impl FnMut() -> T) -> T {
        // Linux only: begins a new peak.
        let _ = fs::write("/proc/self/clear_refs", "5");
        let (time, result) = shortest(self.rounds, run);
        let peak = peak().map_or_else(String::new, |peak| format!("{peak} MB"));
        self.print(what, time, &peak);
        result
    }

    fn print(&self, what: &str, time: Duration, peak: &str) {
        let milliseconds = time.as_secs_f64() * 1000.0;
        let a_table = milliseconds * 1000.0 / f64::from(u32::try_from(self.tables).expect("few"));
        let ratio = self.dump.map_or_else(String::new, |dump| {
            format!("{:.2}", time.as_secs_f64() / dump.as_secs_f64())
        });
        println!(
            "{:>7}  {what:<34}{milliseconds:>9.1} ms{a_table:>9.1} µs{ratio:>9}{peak:>9}",
            self.tables
        );
    }
}

fn shortest<T>(rounds: usize, mut run: impl FnMut() -> T) -> (Duration, T) {
    let mut shortest = Duration::MAX;
    let mut timed = || {
        let start = Instant::now();
        let result = run();
        shortest = shortest.min(start.elapsed());
        result
    };
    (1..rounds).for_each(|_| drop(timed()));
    let result = timed();
    (shortest, result)
}

/// Whether there is a `pg_dump` that fits the server.
fn dump(url: &str) -> bool {
    let mut dump = Command::new("pg_dump");
    dump.args(["--schema-only", url]);
    let status = dump.stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
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

fn measure(tables: usize, rounds: usize) {
    let address = env::var("DATABASE_URL").expect("it was set for this process");
    let (dump, fits) = shortest(rounds, || dump(&address));
    let mut bench = Bench {
        tables,
        rounds,
        dump: fits.then_some(dump),
    };
    if fits {
        bench.print("pg_dump --schema-only", dump, "");
    } else {
        println!("(pg_dump is left out: none here fits the server)");
    }
    let declared = state(tables);
    let url: ConnectionUrl = address.parse().expect("the test server's");
    let mut database = Database::connect(&url, "bench").expect("the test server accepts us");
    let scope = Scope::default();
    let live = bench.row("introspect", || {
        introspect(&mut database, &scope).expect("a server").schema
    });
    let desired = bench.row("normalise", || {
        normalise(&mut database, &declared, &live).expect("a server")
    });
    bench.row("diff without a change", || {
        assert!(diff(&live, &desired).is_empty());
    });
    bench.row("plan without a change", || {
        assert!(plan(&live, &desired).is_empty());
    });
    let altered = altered(&declared);
    // It makes every table.
    bench.rounds = 1;
    let desired = bench.row("normalise, changes in all tables", || {
        normalise(&mut database, &altered, &live).expect("a server")
    });
    bench.rounds = rounds;
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
        measure(tables, rounds);
        return;
    }
    println!(
        " tables  the shortest of {rounds} rounds{:>21}{:>12}{:>9}{:>9}",
        "all", "a table", "pg_dump", "peak"
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
