//! What is said of the history, and what is to go from the folder.

use super::{Case, case, generated};

pub(super) fn cases() -> Vec<Case> {
    vec![
        case(
            "a folder that is not there, for a word or a removal",
            &[
                "db drop --offline --folder nowhere",
                "db resolve --baseline --folder nowhere",
            ],
            2,
            generated,
        ),
        case(
            "a folder that is a file, to be checked or dropped from",
            &[
                "db check --folder Cargo.toml",
                "db drop --offline --folder Cargo.toml",
            ],
            2,
            generated,
        ),
        case(
            "no terminal to ask at, for a word or a removal",
            &[
                "db drop",
                "db resolve --baseline",
                "db resolve --applied 0000_init",
            ],
            3,
            generated,
        ),
        case(
            "a word on nothing, and two at once",
            &[
                "db resolve",
                "db resolve --yes",
                "db resolve --applied 0000_init --not-applied 0000_init",
                "db resolve --baseline --applied 0000_init",
            ],
            2,
            generated,
        ),
        case(
            "a word on a migration that is not there",
            &[
                "db resolve --applied 0000_inti --yes",
                "db resolve --not-applied 0000_inti --yes",
                "db resolve --not-applied 0123456789abcdef --yes",
                "db resolve --baseline 0000_inti --yes",
            ],
            2,
            generated,
        ),
        case(
            "a baseline of a database that has a history",
            &["db resolve --baseline --yes"],
            1,
            || {
                let shop = generated();
                let _ = shop.ok(&["db", "migrate"]);
                let mut shop = shop;
                shop.grow(1);
                let _ = shop.ok(&["db", "generate", "--name", "next"]);
                shop
            },
        ),
        case(
            "a migration that the database has",
            &["db drop --yes", "db drop --dry-run"],
            1,
            || {
                let shop = generated();
                let _ = shop.ok(&["db", "migrate"]);
                shop
            },
        ),
        case(
            "a migration to drop and no database to ask",
            &["db drop --yes", "db drop --dry-run"],
            3,
            || {
                let shop = generated();
                shop.write(
                    ".env.local",
                    "DATABASE_URL='postgres://shop@127.0.0.1:1/shop'\n",
                );
                shop
            },
        ),
    ]
}
