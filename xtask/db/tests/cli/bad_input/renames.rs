//! What is said of renames.

use super::{Case, case, generated};

pub(super) fn cases() -> Vec<Case> {
    vec![
        case(
            "a rename that is none",
            &[
                "db generate --rename Orders.note",
                "db generate --rename Orders.note=",
                "db generate --rename a.b.c.d=e",
                "db generate --rename \"Orders=Sales",
                "db diff --rename a=b=c",
            ],
            2,
            generated,
        ),
        case(
            "a rename of what is not there, or to what is there",
            &[
                "db generate --rename Orders.noet=Orders.symbol",
                "db generate --rename Orders.note=Orders.remark",
                "db generate --rename Orders.note=Status",
                "db generate --rename Orders.note=Orders.symbol",
                "db diff --rename public.Order=Sales",
            ],
            2,
            generated,
        ),
        case(
            "hints that are none",
            &[
                "db generate --hints nowhere.txt",
                "db generate --hints hints.txt",
                "db generate --hints .",
            ],
            2,
            || {
                let shop = generated();
                shop.write("hints.txt", "# names\n\nrenamed a=b\n");
                shop
            },
        ),
    ]
}
