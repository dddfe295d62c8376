//! The measured program: the `db` commands of a project with as many tables as the environment says.

use std::process::{Command, ExitCode};
use std::{env, fs};

use pg_schema::prelude::*;
use xtask_db::Project;

/// How many tables the schema has; set in the measured program only.
const TABLES: &str = "BENCH_TABLES";
/// The file that the measured program writes its peak memory to. It knows best: asked from outside, it may have ended.
const PEAK: &str = "BENCH_PEAK";

pub(crate) const SEED_ROWS: u32 = 1_000_000;

pub(crate) fn command(tables: usize, peak: &std::path::Path) -> Command {
    let mut command = Command::new(env::current_exe().expect("this program"));
    command
        .env(TABLES, tables.to_string())
        .env(PEAK, peak)
        .env_remove("DATABASE_URL");
    command
}

pub(crate) fn is_measured() -> bool {
    env::var_os(TABLES).is_some()
}

pub(crate) fn run() -> ExitCode {
    let code = xtask_db::run(Project {
        name: "bench",
        schema: || {
            let tables = env::var(TABLES).expect("it was asked for before");
            declaration(tables.parse().expect("a number"))
        },
        seed,
        ..Project::default()
    });
    // Linux only; elsewhere the column stays empty.
    if let (Some(path), Ok(status)) = (env::var_os(PEAK), fs::read_to_string("/proc/self/status"))
        && let Some(peak) = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))
    {
        fs::write(path, peak.trim().trim_end_matches(" kB")).expect("a writable folder");
    }
    code
}

/// 10 columns, a foreign key and 2 indexes a table; and a plain one for the seed.
pub(crate) fn declaration(tables: usize) -> Declaration {
    let rows = pg_table("rows", [integer("number"), text("name")]);
    (0..tables).fold(Declaration::new().with(rows), |declaration, number| {
        let mut columns = vec![
            serial("id").primary_key(),
            text("name").not_null().default("it's"),
            integer("owner").references(format!("table_{}", number / 2), "id"),
            timestamp("created_at").default_now().not_null(),
        ];
        columns.extend((0..6).map(|column| numeric(format!("value_{column}")).precision(18, 8)));
        let table = pg_table(format!("table_{number}"), columns)
            .index(index(format!("table_{number}_name")).on(["name", "owner"]))
            .index(index(format!("table_{number}_created")).on(["created_at"]));
        declaration.with(table)
    })
}

fn seed(db: &mut pg_database::Inserter<'_>) -> Result<(), pg_database::InsertError> {
    let mut rows = db.copy("rows", ["number", "name"])?;
    for number in 0..SEED_ROWS {
        let name = format!("row {number}");
        rows.row([i64::from(number).into(), name.as_str().into()])?;
    }
    rows.finish()?;
    Ok(())
}
