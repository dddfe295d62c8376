//! A whole xtask with nothing but the `db` commands, in a few lines.
//!
//! Its schema grows as an application's does: `SHOP_STEP` says how far (0 to 6; the last by default). The tests walk through the steps.

use std::process::ExitCode;

use pg_schema::prelude::*;
use xtask_db::Project;

fn main() -> ExitCode {
    xtask_db::run(Project {
        name: "shop",
        schema,
        seed,
        ..Project::default()
    })
}

fn step() -> u32 {
    std::env::var("SHOP_STEP")
        .ok()
        .and_then(|step| step.parse().ok())
        .unwrap_or(6)
}

fn schema() -> Declaration {
    let step = step();
    let declaration = Declaration::new()
        .with(pg_enum("Status", ["OPEN", "CLOSED"]))
        .with(orders(step));
    if step >= 4 {
        declaration.with(trades())
    } else {
        declaration
    }
}

fn orders(step: u32) -> Table {
    let mut columns = vec![
        text("id").primary_key().default_fn(random_uuid),
        text("symbol").not_null(),
        enum_column("status", "Status").default("OPEN").not_null(),
    ];
    if step < 5 {
        columns.push(text("note"));
    }
    if step >= 1 {
        columns.push(numeric("trailingStopPercent").precision(5, 2));
    }
    if step >= 2 {
        columns.push(text("venue").default("default_value").not_null());
    }
    let mut orders = pg_table("Orders", columns);
    if step >= 3 {
        orders = orders.index(index("Orders_symbol_status_idx").on(["symbol", "status"]));
    }
    if step >= 6 {
        orders = orders.index(index("Orders_symbol_idx").on(["symbol"]).concurrently());
    }
    orders
}

fn trades() -> Table {
    pg_table(
        "Trades",
        [
            text("id").primary_key().default_fn(random_uuid),
            text("orderId").references("Orders", "id").not_null(),
            timestamp("executedAt").default_now().not_null(),
        ],
    )
}

fn seed(db: &mut pg_database::Inserter<'_>) -> Result<(), pg_database::InsertError> {
    let mut orders = db.copy("Orders", ["symbol", "status"])?;
    for symbol in ["BTC", "ETH", "it's \\ a\ttab"] {
        orders.row([symbol.into(), "OPEN".into()])?;
    }
    orders.finish()?;
    if std::env::var_os("SHOP_SEED_FAILS").is_some() {
        db.insert(
            "Orders",
            [("symbol", "X".into()), ("status", "LOST".into())],
        )?;
    }
    Ok(())
}
