//! A pull that is ended in the middle, or that loses its connection.

use std::fs;
use std::process::Stdio;

use pg_devserver::TestServer;

use super::{DATABASE, PULL, database, history};
use crate::client::dump;
use crate::crash::proxy::{Moment, Proxy, Then};
use crate::workspace::{Outcome, Workspace};

#[derive(Clone, Copy, PartialEq, Debug)]
enum Fault {
    Killed,
    LostConnection,
}

/// A pull that is held up at a moment, and hit there.
fn hit(shop: &Workspace, moment: Moment, fault: Fault) -> Outcome {
    let proxy = Proxy::new(TestServer::shared().port(), Some(moment));
    let mut pull = shop.command(&PULL);
    pull.env("DATABASE_URL", proxy.url(&shop.url))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut run = pull.spawn().expect("it starts");
    proxy.wait();
    if fault == Fault::Killed {
        run.kill().expect("it runs");
    }
    proxy.end(Then::Lost);
    let outcome = Outcome::of_child(run);
    // What the server was told it does to the end.
    let end = format!("SELECT pg_terminate_backend({}, 60000)", proxy.backend());
    let _ = shop.query(&end);
    outcome
}

#[test]
fn the_history_never_has_a_baseline_that_the_folder_has_not() {
    let shop = database(DATABASE);
    let before = dump(&shop.url);
    let requests = |arguments: &[&str]| {
        let proxy = Proxy::new(TestServer::shared().port(), None);
        let mut pull = shop.command(arguments);
        pull.env("DATABASE_URL", proxy.url(&shop.url));
        assert_eq!(Outcome::of(pull).code, Some(0));
        proxy.requests()
    };
    let (reading, requests) = (requests(&["db", "pull"]), requests(&PULL));
    assert!(requests > reading + 5, "{reading} of {requests}");
    let mut pending = Vec::new();
    for request in reading..requests {
        for moment in [Moment::Before(request), Moment::After(request)] {
            for fault in [Fault::Killed, Fault::LostConnection] {
                let _ = shop.query("DROP SCHEMA IF EXISTS drizzle CASCADE");
                for folder in ["drizzle", "src"] {
                    let _ = fs::remove_dir_all(shop.path(folder));
                }
                let outcome = hit(&shop, moment, fault);
                let said = format!("{moment:?} {fault:?}: {}", outcome.stderr);
                assert!(!outcome.stderr.contains("panicked"), "{said}");
                assert_eq!(dump(&shop.url), before, "{said}");
                match (history(&shop).len(), shop.migrations().len()) {
                    // A journal of no migrations may stay.
                    (0, 0 | 1) => {
                        let _ = shop.ok(&PULL);
                        assert_eq!(history(&shop), ["0000_baseline"], "{said}");
                    }
                    (1, 3) => {}
                    // The files are there and their row is not: only if nobody could take them back, or if it is not known.
                    (0, 3) => {
                        if fault == Fault::LostConnection {
                            assert!(said.contains("it is not known whether"), "{said}");
                            assert!(said.contains("`cargo xtask db status`"), "{said}");
                        }
                        pending.push((request, fault));
                        let migrated = shop.run(&["db", "migrate"]);
                        assert_eq!(migrated.code, Some(1), "{said}");
                        assert!(
                            migrated.stderr.contains("already exists"),
                            "{}",
                            migrated.stderr
                        );
                        let _ = shop.ok(&["db", "resolve", "--baseline", "--yes"]);
                        assert_eq!(history(&shop), ["0000_baseline"], "{said}");
                        assert_eq!(dump(&shop.url), before, "{said}");
                    }
                    other => panic!("{other:?}: {said}"),
                }
            }
        }
    }
    for fault in [Fault::Killed, Fault::LostConnection] {
        let times = pending.iter().filter(|(_, found)| *found == fault).count();
        assert!((1..=4).contains(&times), "{pending:?} of {requests}");
    }
}
