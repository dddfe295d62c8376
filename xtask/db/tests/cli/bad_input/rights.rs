//! Files and folders that may not be read or written.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use super::{CONNECTING, Case, READING, case};
use crate::workspace::Workspace;

/// A folder of an ordinary user with a migration and a change since, in which something has this mode.
fn with_mode(path: &'static str, mode: u32) -> impl Fn() -> Workspace + Send + Sync {
    move || {
        let shop = Workspace::new().of_ordinary_user().at_step(0);
        let _ = shop.ok(&["db", "generate", "--name", "init"]);
        fs::set_permissions(shop.path(path), Permissions::from_mode(mode)).expect("our own file");
        shop.at_step(1)
    }
}

pub(super) fn cases() -> Vec<Case> {
    const WRITING: &[&str] = &["db generate --name x", "db generate --custom --name x"];
    vec![
        case(
            "a folder that cannot be written",
            WRITING,
            1,
            with_mode("drizzle", 0o555),
        ),
        case(
            "a meta that cannot be written",
            WRITING,
            1,
            with_mode("drizzle/meta", 0o555),
        ),
        case(
            "a folder that cannot be read",
            READING,
            1,
            with_mode("drizzle", 0o000),
        ),
        case(
            "a journal that cannot be read",
            READING,
            1,
            with_mode("drizzle/meta/_journal.json", 0o000),
        ),
        case(
            "a snapshot that cannot be read",
            READING,
            1,
            with_mode("drizzle/meta/0000_snapshot.json", 0o000),
        ),
        case(
            "a migration that cannot be read",
            READING,
            1,
            with_mode("drizzle/0000_init.sql", 0o000),
        ),
        case(
            "an .env.local that cannot be read",
            CONNECTING,
            2,
            with_mode(".env.local", 0o000),
        ),
        case(
            "a root in which no folder can be made",
            &["db generate --name x"],
            1,
            || {
                let shop = Workspace::new().of_ordinary_user();
                fs::set_permissions(shop.path(""), Permissions::from_mode(0o555))
                    .expect("our own folder");
                shop
            },
        ),
    ]
}
