use pg_schema::prelude::*;

use crate::hazard::HazardKind::{self, Access, DataLoss, MayFail, Rewrite};

#[track_caller]
fn says(before: Declaration, after: Declaration, expected: &[(HazardKind, &str)]) {
    let state = |declared: Declaration| declared.build().expect("a valid declaration");
    super::super::tests::says(&state(before), &state(after), expected);
}

fn with(item: impl Into<Item>) -> Declaration {
    Declaration::new().with(table()).with(item)
}

fn table() -> Table {
    pg_table("t", [integer("id").primary_key(), integer("a")])
}

fn secured(secure: impl FnOnce(Table) -> Table) -> Declaration {
    Declaration::new().with(secure(table()))
}

fn nothing() -> Declaration {
    Declaration::new().with(table())
}

#[test]
fn what_is_new_harms_nobody_but_a_role_that_is_there_already() {
    says(nothing(), with(pg_sequence("s")), &[]);
    says(
        nothing(),
        with(pg_view("v").as_sql("select id from t")),
        &[],
    );
    let new_table = pg_table("n", [integer("id")]).enable_rls();
    says(nothing(), with(new_table), &[]);
    says(
        nothing(),
        with(pg_role("r")),
        &[(
            MayFail,
            "role \"r\" belongs to the whole server, so creating it fails if another database or somebody else has done so",
        )],
    );
}

#[test]
fn a_sequence_may_have_counted_past_new_bounds() {
    says(with(pg_sequence("s")), with(pg_sequence("s").cache(5)), &[]);
    says(
        with(pg_sequence("s")),
        with(pg_sequence("s").max_value(100)),
        &[(
            MayFail,
            "new bounds for sequence \"s\" fail if it has counted past them",
        )],
    );
    says(
        with(pg_sequence("s")),
        with(pg_sequence("s").max_value(1_000_000).min_value(100)),
        &[
            (
                MayFail,
                "sequence \"s\" begins at 100 again if it has counted past its new bounds, and can then give numbers that are taken",
            ),
            (
                MayFail,
                "new bounds for sequence \"s\" fail if it has counted past them",
            ),
        ],
    );
    says(
        with(pg_sequence("s")),
        nothing(),
        &[
            (
                DataLoss,
                "dropping sequence \"s\" forgets how far it has counted",
            ),
            (
                MayFail,
                "dropping sequence \"s\" fails if a default that is not declared here uses it",
            ),
        ],
    );
}

#[test]
fn a_materialized_view_that_is_made_anew_loses_its_indexes() {
    let view = |query: &str| pg_materialized_view("m").as_sql(query);
    says(
        with(view("select id from t")),
        with(view("select a from t").with_no_data()),
        &[
            (
                Rewrite,
                "materialized view \"m\" is made anew: its query runs again, and nobody else can use it meanwhile; indexes on it that are not declared here are lost",
            ),
            (
                DataLoss,
                "materialized view \"m\" is made anew without data; after the migration, run REFRESH MATERIALIZED VIEW \"public\".\"m\"",
            ),
            (
                Access,
                "materialized view \"m\" is dropped and created again: privileges on it have to be granted again",
            ),
            (
                MayFail,
                "dropping materialized view \"m\" fails if something that is not declared here depends on it",
            ),
        ],
    );
    says(
        with(view("select id from t")),
        nothing(),
        &[
            (
                DataLoss,
                "dropping materialized view \"m\" deletes its rows and indexes",
            ),
            (
                MayFail,
                "dropping materialized view \"m\" fails if something that is not declared here depends on it",
            ),
        ],
    );
}

#[test]
fn who_sees_more_or_less_is_told() {
    let open = |table: Table| table.policy(policy("open"));
    let strict = |table: Table| open(table).policy(policy("strict").restrictive().using("a > 0"));
    says(
        nothing(),
        secured(Table::enable_rls),
        &[(
            Access,
            "with row security and without a policy nobody but the owner of \"t\" and superusers sees a row of it",
        )],
    );
    says(
        nothing(),
        secured(open),
        &[(
            Access,
            "from now on everybody but the owner of \"t\" and superusers sees only those of its rows that a policy shows",
        )],
    );
    says(
        secured(strict),
        nothing(),
        &[(
            Access,
            "without row security all rows of \"t\" are there for everybody who has a privilege on it",
        )],
    );
    says(
        secured(strict),
        secured(open),
        &[(
            Access,
            "without policy \"strict\" of \"t\" rows that it hid can be seen and changed",
        )],
    );
    says(
        secured(open),
        secured(Table::enable_rls),
        &[
            (
                Access,
                "with row security and without a policy nobody but the owner of \"t\" and superusers sees a row of it",
            ),
            (
                Access,
                "without policy \"open\" of \"t\" rows that it showed are hidden unless another policy shows them",
            ),
        ],
    );
    // Dropped and created again, nothing is lost.
    says(
        secured(open),
        secured(|table| table.policy(policy("open").for_command(Select))),
        &[],
    );
}
