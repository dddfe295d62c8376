//! Databases that are not on this machine, as far as their URLs tell.

use crate::workspace::{Outcome, Workspace};

/// A name for this machine that does not look like one: the parser of addresses does not take it for a loopback address, the system does.
const REMOTE: &str = "127.1";

/// Named so, its own database is someone else's.
fn remote(step: u32) -> Workspace {
    let shop = Workspace::new().at_step(step);
    let url = shop.url.replace("127.0.0.1", REMOTE) + "?sslmode=disable";
    shop.with_env("DATABASE_URL", &url)
}

fn refused(shop: &Workspace, command: &[&str], consequence: &str) {
    let before = shop.state();
    let Outcome { code, stderr, .. } = shop.run(command);
    assert_eq!(code, Some(3), "{stderr}");
    for says in [REMOTE, "not on this machine", consequence, "--allow-remote"] {
        assert!(stderr.contains(says), "{stderr}");
    }
    assert!(before == shop.state(), "{command:?} changed something");
}

#[test]
fn each_command_that_changes_one_refuses_it_and_does_it_if_told_so() {
    let shop = remote(0);
    let told = |command: &[&str]| shop.ok(&[command, &["--allow-remote"]].concat());

    let push = ["db", "push", "--yes"];
    refused(&shop, &push, "its tables would be changed");
    let _ = told(&push);
    shop.assert_no_difference("database", "schema");

    let pull = ["db", "pull", "--to", "schema.rs"];
    refused(&shop, &pull, "Record the baseline in the history of");
    let _ = told(&pull);
    let _ = shop.ok(&["db", "status"]);

    let resolve = ["db", "resolve", "--not-applied", "0000_baseline", "--yes"];
    refused(&shop, &resolve, "its history would be changed");
    let _ = told(&resolve);
    let resolve = ["db", "resolve", "--baseline", "--yes"];
    refused(&shop, &resolve, "its history would be changed");
    let _ = told(&resolve);
    let _ = shop.ok(&["db", "status"]);

    for command in ["reset", "seed"] {
        let command = ["db", command, "--yes"];
        refused(&shop, &command, "all its data would be dropped");
        let _ = told(&command);
        let _ = shop.ok(&["db", "status"]);
    }
}

/// Deployments run it.
#[test]
fn to_migrate_one_needs_no_word() {
    let shop = remote(0);
    let _ = shop.ok(&["db", "generate", "--name", "init"]);
    let _ = shop.ok(&["db", "migrate"]);
    let _ = shop.ok(&["db", "status"]);
}
