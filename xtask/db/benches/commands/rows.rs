//! What is compared.

use std::fs;

use crate::drizzle::{self, DrizzleKit};
use crate::program::SEED_ROWS;
use crate::table::{Run, Table, Target};
use crate::workspace::{Sample, Workspace, database, dump, psql, timed};

const MANY: usize = 1000;
const SMALL: usize = 300;

pub(crate) fn start_up(table: &mut Table) {
    let workspace = Workspace::new(MANY);
    table.row(
        "start-up",
        Target::Milliseconds(10),
        &mut || workspace.run(&["--version"], None),
        Some(("psql --version", &mut || timed(psql("").arg("--version")))),
    );
}

pub(crate) fn generate(table: &mut Table) {
    let modules = drizzle::installation();
    if modules.is_none() && table.wants(&["generate"]) {
        println!(
            "(drizzle-kit is left out: `npm install` in xtask/migration/tests/drizzle, or name its folder in DRIZZLE_KIT)"
        );
    }
    for (tables, first, unchanged) in [
        (
            5,
            "generate first, 5 tables",
            "generate unchanged, 5 tables",
        ),
        (
            MANY,
            "generate first, 1,000 tables",
            "generate unchanged, 1,000 tables",
        ),
    ] {
        let kit = modules
            .as_ref()
            .filter(|_| table.wants(&[first, unchanged]))
            .map(|modules| DrizzleKit::new(modules, tables));
        let mut kit_first = kit.as_ref().map(|kit| {
            move || {
                kit.forget();
                kit.generate()
            }
        });
        table.row(
            first,
            Target::Milliseconds(100),
            &mut || Workspace::new(tables).run(&["db", "generate"], None),
            kit_first
                .as_mut()
                .map(|run| ("drizzle-kit", run as &mut Run<'_>)),
        );
        if table.wants(&[unchanged]) {
            let workspace = Workspace::new(tables).generated();
            let mut kit_again = kit.as_ref().map(|kit| {
                kit.generate();
                || kit.generate()
            });
            table.row(
                unchanged,
                Target::Milliseconds(100),
                &mut || workspace.run(&["db", "generate"], None),
                kit_again
                    .as_mut()
                    .map(|run| ("drizzle-kit", run as &mut Run<'_>)),
            );
        }
    }
}

pub(crate) fn migrate(table: &mut Table) {
    const ROWS: [&str; 2] = ["migrate 1,000 tables", "reset 1,000 tables"];
    if !table.wants(&ROWS) {
        return;
    }
    let workspace = Workspace::new(MANY).generated();
    let file = workspace.sql_files().swap_remove(0);
    table.row(
        ROWS[0],
        Target::Ratio(1.2),
        &mut || workspace.run(&["db", "migrate"], Some(&database())),
        Some(("psql", &mut || {
            timed(
                psql(&database())
                    .arg("--single-transaction")
                    .arg("-f")
                    .arg(&file),
            )
        })),
    );
    let mut reset = || {
        let url = database();
        workspace.run(&["db", "migrate"], Some(&url));
        workspace.run(&["db", "reset", "--yes"], Some(&url))
    };
    table.row(ROWS[1], Target::None, &mut reset, None);
}

/// In a repository, since most of what it asks git costs a process.
pub(crate) fn check(table: &mut Table) {
    const ROWS: [&str; 2] = ["check, 1,000 tables", "check, 300 migrations of 100 tables"];
    if table.wants(&ROWS[..1]) {
        let workspace = Workspace::new(MANY).generated().committed();
        let mut run = || workspace.run(&["db", "check"], None);
        table.row(ROWS[0], Target::Milliseconds(1000), &mut run, None);
    }
    if table.wants(&ROWS[1..]) {
        let sql: Vec<_> = (0..SMALL).map(small_migration).collect();
        let workspace = Workspace::new(100).with_migrations(&sql).committed();
        let mut run = || workspace.run(&["db", "check"], None);
        table.row(ROWS[1], Target::Milliseconds(1000), &mut run, None);
    }
}

/// A database as the schema declares it, and then one in which every table lacks a column. The peer reads the whole database too.
pub(crate) fn push(table: &mut Table) {
    const ROWS: [&str; 3] = [
        "push unchanged, 1,000 tables",
        "push unchanged, 5 tables",
        "push first, 1,000 tables",
    ];
    if !table.wants(&ROWS) {
        return;
    }
    for (row, tables) in [(ROWS[0], MANY), (ROWS[1], 5)] {
        let workspace = Workspace::new(tables);
        let url = database();
        workspace.run(&["db", "push", "--yes"], Some(&url));
        table.row(
            row,
            Target::Milliseconds(500),
            &mut || workspace.run(&["db", "push", "--yes"], Some(&url)),
            Some(("pg_dump --schema-only", &mut || timed(&mut dump(&url)))),
        );
    }
    let workspace = Workspace::new(MANY);
    table.row(
        ROWS[2],
        Target::None,
        &mut || workspace.run(&["db", "push", "--yes"], Some(&database())),
        None,
    );
}

/// The source of a database, formatted. The peer reads the whole database too.
pub(crate) fn pull(table: &mut Table) {
    const ROW: &str = "pull 1,000 tables";
    if !table.wants(&[ROW]) {
        return;
    }
    let workspace = Workspace::new(MANY);
    let url = database();
    workspace.run(&["db", "push", "--yes"], Some(&url));
    table.row(
        ROW,
        Target::Milliseconds(2000),
        &mut || workspace.run(&["db", "pull"], Some(&url)),
        Some(("pg_dump --schema-only", &mut || timed(&mut dump(&url)))),
    );
}

/// psql runs all files in one process, each in a transaction of its own with a row of drizzle's history, as we do.
pub(crate) fn small_migrations(table: &mut Table) {
    const ROWS: [&str; 3] = [
        "migrate 300 small migrations",
        "migrate with nothing to do",
        "status",
    ];
    if !table.wants(&ROWS) {
        return;
    }
    // What the snapshots hold; the rest is drift to them, and filtered out.
    let rows = "CREATE TABLE \"rows\" (\n\t\"number\" integer,\n\t\"name\" text\n);\n";
    let sql: Vec<_> = [rows.to_owned()]
        .into_iter()
        .chain((1..SMALL).map(small_migration))
        .collect();
    let workspace = Workspace::new(0).with_migrations(&sql);
    let mut script =
        "CREATE TABLE history (id serial PRIMARY KEY, hash text NOT NULL, created_at bigint);\n"
            .to_owned();
    for file in workspace.sql_files() {
        script += &format!(
            "BEGIN;\n\\i {}\nINSERT INTO history (hash, created_at) VALUES ('{:064}', 1);\nCOMMIT;\n",
            file.display(),
            0
        );
    }
    let path = workspace.path("all.psql");
    fs::write(&path, script).expect("a script");
    table.row(
        ROWS[0],
        Target::Ratio(1.2),
        &mut || workspace.run(&["db", "migrate"], Some(&database())),
        Some(("psql", &mut || {
            timed(psql(&database()).arg("-f").arg(&path))
        })),
    );
    let url = database();
    workspace.run(&["db", "migrate"], Some(&url));
    for (row, command) in [
        (ROWS[1], &["db", "migrate"][..]),
        (ROWS[2], &["db", "status", "--tables", "rows"]),
    ] {
        table.row(
            row,
            Target::None,
            &mut || workspace.run(command, Some(&url)),
            Some(("psql, SELECT 1", &mut || {
                timed(psql(&url).args(["-c", "SELECT 1"]))
            })),
        );
    }
}

fn small_migration(number: usize) -> String {
    format!(
        "CREATE TABLE \"small_{number}\" (\n\t\"id\" serial PRIMARY KEY NOT NULL,\n\t\"name\" text\n);\n--> statement-breakpoint\n\
         CREATE INDEX \"small_{number}_name\" ON \"small_{number}\" USING btree (\"name\");\n"
    )
}

pub(crate) fn seed(table: &mut Table) {
    const ROW: &str = "seed 1,000,000 rows";
    if !table.wants(&[ROW]) {
        return;
    }
    let workspace = Workspace::new(0).generated();
    let file = workspace.path("rows.copy");
    let rows: Vec<_> = (0..SEED_ROWS)
        .map(|row| format!("{row}\trow {row}\n"))
        .collect();
    let rows = rows.concat();
    fs::write(&file, rows).expect("a file");
    let ours = || {
        let url = database();
        workspace.run(&["db", "migrate"], Some(&url));
        (url, &workspace)
    };
    let sql = workspace.sql_files().swap_remove(0);
    let peer = || -> Sample {
        let url = database();
        timed(psql(&url).arg("-f").arg(&sql));
        timed(
            psql(&url)
                .arg("-c")
                .arg(format!("\\copy rows from '{}'", file.display())),
        )
    };
    table.row(
        ROW,
        Target::Ratio(1.2),
        &mut || {
            let (url, workspace) = ours();
            workspace.run(&["db", "seed", "--yes"], Some(&url))
        },
        Some(("psql \\copy", &mut || peer())),
    );
}
