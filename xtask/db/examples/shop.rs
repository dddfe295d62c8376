//! A whole xtask with nothing but the `db` commands, in a few lines.
//!
//! Its schema grows as an application's does: `SHOP_STEP` says how far (0 to 10; the last by default). The tests walk through the steps.
//! `xtask/migration/tests/drizzle/turns/schema.ts` is the same schema for drizzle-kit.
//! `SHOP_VENUE` and `SHOP_TRADES` give a column and a table another name, and `SHOP_RENAMED_FROM` says what the column was called before.
//! `SHOP_BEYOND` lets it say what drizzle cannot, of what this tool makes when the two take turns.
//! `SHOP_TABLES` is a pattern of the tables that count in a database.
//! `SHOP_SEED_ROWS` makes the seed larger by so many rows, and `SHOP_SEED_FAILS` makes it fail after them.

use std::process::ExitCode;

use pg_schema::prelude::*;
use xtask_db::{Filters, Project};

fn main() -> ExitCode {
    xtask_db::run(Project {
        name: "shop",
        schema,
        seed,
        filters: filters(),
        ..Project::default()
    })
}

fn filters() -> Filters {
    let Ok(tables) = std::env::var("SHOP_TABLES") else {
        return Filters::default();
    };
    Filters {
        tables: Vec::leak(vec![&*String::leak(tables)]),
        ..Filters::default()
    }
}

fn step() -> u32 {
    number("SHOP_STEP").unwrap_or(10)
}

fn number(variable: &str) -> Option<u32> {
    std::env::var(variable).ok()?.parse().ok()
}

fn schema() -> Declaration {
    if std::env::var_os("SHOP_SCHEMA").is_some() {
        return broken_schema();
    }
    let step = step();
    let mut declaration = Declaration::new().with(status(step)).with(orders(step));
    if step >= 4 {
        declaration = declaration.with(trades(step));
    }
    if step >= 9 {
        declaration = declaration.with(pg_schema("audit")).with(trail());
    }
    if beyond() {
        declaration = declaration.with(pg_extension("citext").comment("for mail addresses"));
    }
    declaration
}

fn beyond() -> bool {
    std::env::var_os("SHOP_BEYOND").is_some()
}

fn status(step: u32) -> Enum {
    if step >= 6 {
        pg_enum("Status", ["OPEN", "CLOSED", "EXPIRED"])
    } else {
        pg_enum("Status", ["OPEN", "CLOSED"])
    }
}

/// Ten mistakes.
fn broken_schema() -> Declaration {
    Declaration::new()
        .with(pg_enum("Status", ["OPEN", "CLOSED", "OPEN"]))
        .with(
            pg_table(
                "Orders",
                [
                    text("id").primary_key(),
                    text("id"),
                    text("traderId").references("Traders", "id"),
                    text("symbol").references("Symbols", "nme"),
                    enum_column("status", "Statsu"),
                ],
            )
            .index(index("Orders_symbol_idx").on(["symbl"]))
            .index(index("Orders_symbol_idx").on(["symbol"]))
            .index(index("Orders_nothing_idx").on(Vec::<&str>::new())),
        )
        .with(pg_table("Symbols", [text("name")]))
        .with(pg_table("Symbols", [text("name")]))
        .with(pg_table("x".repeat(64), [text("id").primary_key()]))
}

fn orders(step: u32) -> Table {
    let mut symbol = text("symbol").not_null();
    if beyond() {
        symbol = symbol.collate("C").comment("as the exchange spells it");
    }
    let mut columns = vec![
        text("id").primary_key().default_fn(random_uuid),
        symbol,
        enum_column("status", "Status").default("OPEN").not_null(),
    ];
    if step < 5 {
        columns.push(text("note"));
    }
    match step {
        0 => {}
        1..8 => columns.push(numeric("trailingStopPercent").precision(5, 2)),
        _ => columns.push(numeric("trailingStopPercent").precision(8, 4)),
    }
    match step {
        0..2 => {}
        2..8 => columns.push(venue().default("default_value").not_null()),
        _ => columns.push(venue()),
    }
    let mut orders = pg_table("Orders", columns);
    if step >= 3 {
        let mut by_symbol = index("Orders_symbol_status_idx").on(["symbol", "status"]);
        if beyond() && step >= 4 {
            by_symbol = by_symbol.comment("for the list");
        }
        orders = orders.index(by_symbol);
    }
    if step >= 7 {
        orders = orders.check(check(
            "Orders_trailingStop_check",
            "\"trailingStopPercent\" < 100",
        ));
    }
    if step >= 10 {
        orders = orders.index(index("Orders_symbol_idx").on(["symbol"]).concurrently());
    }
    orders
}

fn venue() -> Column {
    let venue = text(std::env::var("SHOP_VENUE").unwrap_or_else(|_| "venue".to_owned()));
    match std::env::var("SHOP_RENAMED_FROM") {
        Ok(earlier) => venue.renamed_from(earlier),
        Err(_) => venue,
    }
}

fn trades(step: u32) -> Table {
    let mut order = text("orderId").references("Orders", "id").not_null();
    if beyond() {
        order = order.initially_deferred();
    }
    let trades = pg_table(
        std::env::var("SHOP_TRADES").unwrap_or_else(|_| "Trades".to_owned()),
        [
            text("id").primary_key().default_fn(random_uuid),
            order,
            timestamp("executedAt").default_now().not_null(),
        ],
    );
    if step >= 7 {
        trades.unique(unique(["orderId", "executedAt"]))
    } else {
        trades
    }
}

fn trail() -> Table {
    pg_table(
        "Trail",
        [
            bigint("id")
                .primary_key()
                .generated_always_as_identity(identity()),
            text("orderId")
                .references("Orders", "id")
                .on_delete(Cascade),
            jsonb("change").default_json("{}").not_null(),
            text("kind").generated_always_as("change ->> 'kind'"),
        ],
    )
    .in_schema("audit")
}

fn seed(db: &mut pg_database::Inserter<'_>) -> Result<(), pg_database::InsertError> {
    let mut orders = db.copy("Orders", ["symbol", "status"])?;
    for symbol in ["BTC", "ETH", "it's \\ a\ttab"] {
        orders.row([symbol.into(), "OPEN".into()])?;
    }
    for row in 0..number("SHOP_SEED_ROWS").unwrap_or(0) {
        let symbol = format!("{row}\t\\ü{}", "x".repeat(400));
        orders.row([symbol.into(), "CLOSED".into()])?;
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
