//! What `generate` costs on 1,000 tables: `cargo bench -p pg-migration --bench generate`, with `--profile dev` as `cargo xtask` runs it.
#![expect(clippy::print_stdout, reason = "the table is what this program is for")]

use std::time::{Duration, Instant};

use pg_migration::{Snapshot, plan, planned_migrations};
use pg_schema::Schema;
use pg_schema::prelude::*;

const TABLES: usize = 1000;
const RUNS: usize = 5;

/// 10 columns, a foreign key and 2 indexes each.
fn declaration() -> Declaration {
    (0..TABLES).fold(Declaration::new(), |declaration, number| {
        let mut columns = vec![
            serial("id").primary_key(),
            text("name").not_null().default("it's"),
            integer("owner").references(format!("table_{}", number / 2), "id"),
            timestamp("created_at").default_now().not_null(),
        ];
        columns.extend((0..6).map(|column| numeric(format!("value_{column}")).precision(18, 8)));
        let table = pg_table(format!("table_{number}"), columns)
            .index(index("").on(["name", "owner"]))
            .index(index(format!("table_{number}_lower")).on([expression("lower(name)")]));
        declaration.with(table)
    })
}

/// Every table with another type, another default, a new column and one less.
fn altered() -> Declaration {
    (0..TABLES).fold(Declaration::new(), |declaration, number| {
        let mut columns = vec![
            serial("id").primary_key(),
            varchar("name").not_null().default("it's"),
            integer("owner").references(format!("table_{}", number / 2), "id"),
            timestamp("created_at").not_null(),
            boolean("new").default(true),
        ];
        columns.extend((0..5).map(|column| numeric(format!("value_{column}")).precision(18, 8)));
        let table = pg_table(format!("table_{number}"), columns)
            .index(index("").on(["name", "owner"]))
            .index(index(format!("table_{number}_lower")).on([expression("lower(name)")]));
        declaration.with(table)
    })
}

/// Prints the shortest of some runs, and gives the last result.
fn measure<T>(what: &str, mut run: impl FnMut() -> T) -> T {
    let mut shortest = Duration::MAX;
    let mut timed = || {
        let start = Instant::now();
        let result = run();
        shortest = shortest.min(start.elapsed());
        result
    };
    (1..RUNS).for_each(|_| drop(timed()));
    let result = timed();
    println!("{what:<40}{:>9.2} ms", shortest.as_secs_f64() * 1000.0);
    result
}

fn main() {
    println!("{TABLES} tables, the shortest of {RUNS} runs");
    let declared = measure("declare", declaration);
    let schema = measure("build the state", || {
        declared.build().expect("a valid declaration")
    });
    let after = altered().build().expect("a valid declaration");
    let snapshot = Snapshot::following(None, schema.clone());
    let text = measure("write the snapshot", || snapshot.to_json());
    let read = measure("read the snapshot", || {
        Snapshot::parse(&text).expect("our own snapshot").schema
    });
    measure("plan without a change", || {
        assert!(plan(&read, &schema).is_empty());
    });
    let empty = Schema::default();
    let migrations = measure("plan from nothing", || planned_migrations(&empty, &schema));
    measure("write its SQL", || migrations[0].sql());
    measure("plan with changes in all tables", || {
        planned_migrations(&schema, &after)
    });
    measure("plan to nothing", || planned_migrations(&schema, &empty));
}
