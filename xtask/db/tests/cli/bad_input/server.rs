//! The local server, where there is none.

use super::{Case, case};
use crate::workspace::Workspace;

pub(super) fn cases() -> Vec<Case> {
    vec![
        case("no local server", &["db server url"], 1, Workspace::bare),
        case(
            "an unknown server command",
            &["db server strat"],
            2,
            Workspace::bare,
        ),
    ]
}
