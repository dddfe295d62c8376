//! States, and the way back to one.

use std::fs;

use super::address::PASSWORD;
use super::{Case, case, generated};
use crate::workspace::Workspace;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = names();
    cases.extend(databases());
    cases.extend(reverts());
    cases
}

fn names() -> Vec<Case> {
    vec![
        case(
            "a state that is none",
            &[
                "db diff --from shema",
                "db diff --to migration:0000_init",
                "db diff --to migrations:",
                "db export --from schema:public",
                "db export --from production",
                "db export --from=",
            ],
            2,
            generated,
        ),
        case(
            "a state of a migration that is not there",
            &[
                "db diff --from migrations:0000_inti",
                "db export --from migrations:7",
            ],
            2,
            generated,
        ),
        case(
            "a state of a folder that is not there",
            &[
                "db diff --folder nowhere",
                "db export --from migrations --folder nowhere",
                "db diff --folder Cargo.toml",
            ],
            2,
            generated,
        ),
        case(
            "a state of a snapshot that is not there",
            &[
                "db diff --from drizzle/meta/0001_snapshot.json",
                "db export --from ./0000_init",
            ],
            2,
            generated,
        ),
        case(
            "a state that is a directory",
            &["db diff --from drizzle/meta", "db export --from ./drizzle"],
            2,
            generated,
        ),
        case(
            "a format that is none",
            &["db export --format json"],
            2,
            generated,
        ),
        case(
            "a state that is no snapshot",
            &["db diff --from drizzle/meta/_journal.json"],
            1,
            generated,
        ),
    ]
}

/// With a database whose check is written otherwise than in the schema.
fn checked() -> Workspace {
    let shop = Workspace::new().at_step(7);
    let _ = shop.ok(&["db", "generate", "--name", "init"]);
    let _ = shop.ok(&["db", "migrate"]);
    shop
}

/// As the last argument of these.
fn in_a_state(name: &'static str, code: i32, url: &'static str) -> Case {
    const NAMING: &[&str] = &["db diff --to", "db export --from"];
    case(name, NAMING, code, move || {
        let shop = generated().with_secret(PASSWORD);
        shop.with_last_argument(&url.replace("{password}", PASSWORD))
    })
}

fn databases() -> Vec<Case> {
    const COMPARING: &[&str] = &[
        "db diff --from database",
        "db diff --to database --from schema",
        "db push --yes",
    ];
    vec![
        in_a_state(
            "a state that is a database where nothing listens",
            1,
            "database:postgres://shop:{password}@127.0.0.1:1/shop",
        ),
        in_a_state(
            "a state that is a database with a wrong port",
            2,
            "database:postgres://shop:{password}@127.0.0.1:port/shop",
        ),
        in_a_state(
            "a state that is a database of another kind",
            2,
            "database:mysql://shop:{password}@127.0.0.1/shop",
        ),
        in_a_state(
            "a state that is a URL",
            2,
            "postgres://shop:{password}@127.0.0.1/shop",
        ),
        in_a_state(
            "a state with a slip before the URL",
            2,
            "databse:postgres://shop:{password}@127.0.0.1/shop",
        ),
        in_a_state(
            "a state that is half a URL",
            2,
            "shop:{password}@127.0.0.1/shop",
        ),
        in_a_state("a state that is a database without a URL", 2, "database:"),
        case(
            "no right to make the temporary tables of a comparison",
            COMPARING,
            1,
            || {
                let shop = checked();
                let _ = shop.query("DO $$ BEGIN EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database()); END $$");
                shop.with_role(PASSWORD)
            },
        ),
        case("a database that is read only", COMPARING, 1, || {
            let shop = checked();
            let _ = shop.query("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', current_database()); END $$");
            shop
        }),
    ]
}

fn reverts() -> Vec<Case> {
    vec![
        case(
            "a --revert that is not there",
            &[
                "db generate --revert 0000_inti",
                "db generate --revert 7 --dry-run",
            ],
            2,
            generated,
        ),
        case(
            "a --revert with --custom",
            &["db generate --revert 0000_init --custom"],
            2,
            generated,
        ),
        case(
            "a --revert of what only its author can undo",
            &[
                "db generate --revert 0001_backfill",
                "db generate --revert 0001_backfill.sql --dry-run",
            ],
            1,
            || {
                let shop = generated();
                for name in ["backfill", "again"] {
                    let _ = shop.ok(&["db", "generate", "--custom", "--name", name]);
                }
                shop.write(
                    "drizzle/0001_backfill.sql",
                    "UPDATE \"Orders\" SET \"note\" = '';",
                );
                shop
            },
        ),
        case(
            "a snapshot that is missing before what is taken back",
            &[
                "db generate --revert 0002_more",
                "db generate --dry-run --revert 0001_more",
            ],
            1,
            || {
                let mut shop = generated();
                for step in 1..=2 {
                    shop.grow(step);
                    let _ = shop.ok(&["db", "generate", "--name", "more"]);
                }
                fs::remove_file(shop.path("drizzle/meta/0001_snapshot.json")).expect("a file");
                shop
            },
        ),
    ]
}
