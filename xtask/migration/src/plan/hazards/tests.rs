use pg_schema::Schema;
use pg_schema::prelude::*;

use crate::hazard::HazardKind::{self, DataLoss, LongLock, MayFail, NotReversible, Rewrite};
use crate::plan::plan;

fn state(items: impl IntoIterator<Item = Table>) -> Schema {
    let moods = pg_enum("mood", ["sad", "glad"]);
    let declaration = items
        .into_iter()
        .fold(Declaration::new().with(moods), Declaration::with);
    declaration.build().expect("a valid declaration")
}

#[track_caller]
pub(super) fn says(before: &Schema, after: &Schema, expected: &[(HazardKind, &str)]) {
    let plan = plan(before, after);
    let found: Vec<_> = plan
        .hazards()
        .iter()
        .map(|hazard| (hazard.kind, hazard.message.clone()))
        .collect();
    let expected: Vec<_> = expected
        .iter()
        .map(|(kind, message)| (*kind, (*message).to_owned()))
        .collect();
    assert_eq!(found, expected);
}

/// What changing a column of the table `t` is said to do.
#[track_caller]
fn column(before: Column, after: Column, expected: &[(HazardKind, &str)]) {
    let table = |column| state([pg_table("t", [integer("id"), column])]);
    says(&table(before), &table(after), expected);
}

/// What adding to the table `t` is said to do.
#[track_caller]
fn addition(add: impl FnOnce(Table) -> Table, expected: &[(HazardKind, &str)]) {
    let table = || pg_table("t", [integer("id"), text("a")]);
    let parent = || pg_table("parent", [integer("id").primary_key()]);
    says(
        &state([parent(), table()]),
        &state([parent(), add(table())]),
        expected,
    );
}

#[test]
fn what_is_new_harms_nobody() {
    let table =
        pg_table("t", [integer("id").primary_key(), text("a").unique()]).index(index("").on(["a"]));
    says(&state([]), &state([table]), &[]);
    column(text("a"), text("a").default("x"), &[]);
    column(text("a").not_null(), text("a"), &[]);
    column(varchar("a").length(5), text("a"), &[]);
    column(varchar("a").length(5), varchar("a").length(9), &[]);
}

#[test]
fn what_is_dropped_is_lost() {
    let before = state([pg_table("t", [integer("id"), text("a")])]);
    let without = state([pg_table("t", [integer("id")])]);
    says(
        &before,
        &without,
        &[(
            DataLoss,
            "dropping column \"a\" of \"t\" deletes its values",
        )],
    );
    says(
        &without,
        &state([]),
        &[(
            DataLoss,
            "dropping table \"t\" deletes all its rows; views on it and foreign keys to it go too",
        )],
    );
}

#[test]
fn a_column_may_meet_rows() {
    addition_of_column(
        text("b").not_null(),
        &[(
            MayFail,
            "adding the required column \"b\" without a default fails if \"t\" has rows; give it a default, or add it nullable, fill it, and require it \
             in a later migration",
        )],
    );
    let computed = "adding \"b\" computes a value for each row of \"t\": it is written anew, and nobody else can use it meanwhile";
    addition_of_column(uuid("b").default_random(), &[(Rewrite, computed)]);
    addition_of_column(serial("b"), &[(Rewrite, computed)]);
    addition_of_column(timestamp("b").default_now().not_null(), &[]);
    column(
        text("a"),
        text("a").not_null(),
        &[
            (
                MayFail,
                "SET NOT NULL fails if \"t\" has rows in which \"a\" is NULL; fill them first: UPDATE \"t\" SET \"a\" = … WHERE \"a\" IS NULL",
            ),
            (
                LongLock,
                "SET NOT NULL reads all of \"t\", and nobody else can use it meanwhile",
            ),
        ],
    );
}

#[track_caller]
fn addition_of_column(column: Column, expected: &[(HazardKind, &str)]) {
    let before = state([pg_table("t", [integer("id")])]);
    says(
        &before,
        &state([pg_table("t", [integer("id"), column])]),
        expected,
    );
}

/// What changing the type of column `a` is said to do, but for “changing "a" from … to …”.
#[track_caller]
fn retyping(before: Column, after: Column, expected: &[(HazardKind, &str)]) {
    let table = |column| state([pg_table("t", [column])]);
    let plan = plan(&table(before), &table(after));
    let found: Vec<_> = plan
        .hazards()
        .iter()
        .map(|hazard| {
            (
                hazard.kind,
                hazard
                    .message
                    .splitn(7, ' ')
                    .last()
                    .unwrap_or_default()
                    .to_owned(),
            )
        })
        .collect();
    let expected: Vec<_> = expected
        .iter()
        .map(|(kind, end)| (*kind, (*end).to_owned()))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn a_type_says_what_it_cannot_hold() {
    let anew = (
        Rewrite,
        "writes \"t\" and its indexes anew, and nobody else can use it meanwhile",
    );
    let no = |sentence| (MayFail, sentence);
    let kept = |sentence| (DataLoss, sentence);
    let no_integer = "fails if \"t\" holds a value that is no integer; change such rows first";
    let only_integer = "keeps of each value in \"t\" only what integer can hold";
    retyping(integer("a"), bigint("a"), &[anew]);
    retyping(integer("a"), text("a"), &[anew]);
    retyping(date("a"), timestamp("a"), &[anew]);
    retyping(bigint("a"), integer("a"), &[anew, no(no_integer)]);
    retyping(text("a"), integer("a"), &[anew, no(no_integer)]);
    retyping(
        real("a"),
        integer("a"),
        &[anew, no(no_integer), kept(only_integer)],
    );
    retyping(
        timestamp("a"),
        date("a"),
        &[
            anew,
            kept("keeps of each value in \"t\" only what date can hold"),
        ],
    );
    retyping(
        text("a").array(),
        integer("a"),
        &[
            anew,
            no(no_integer),
            kept("keeps only the first element of each array in \"t\""),
        ],
    );
    retyping(
        text("a"),
        varchar("a").length(5),
        &[
            anew,
            no("fails if \"t\" holds a value that is no varchar(5); change such rows first"),
        ],
    );
}

#[test]
fn a_constraint_or_index_reads_the_table() {
    addition(
        |table| table.unique(unique(["a"])),
        &[
            (
                MayFail,
                "unique \"t_a_unique\" fails if rows of \"t\" are equal in (a); find them first: SELECT \"a\" FROM \"t\" GROUP BY \"a\" HAVING count(*) > 1",
            ),
            (
                LongLock,
                "the index of unique \"t_a_unique\" is built while nobody else can use \"t\"",
            ),
        ],
    );
    addition(
        |table| table.check(check("k", "id > 0")),
        &[
            (
                MayFail,
                "check \"k\" fails if a row of \"t\" breaks it; find such rows first: SELECT * FROM \"t\" WHERE NOT (id > 0)",
            ),
            (
                LongLock,
                "check \"k\" reads all of \"t\", and nobody else can use it meanwhile",
            ),
        ],
    );
    addition(
        |table| table.primary_key(primary_key(["id"])),
        &[
            (
                MayFail,
                "the primary key of \"t\" fails if rows have NULL in (id), or are equal in it",
            ),
            (
                LongLock,
                "the index of the primary key is built while nobody else can use \"t\"",
            ),
        ],
    );
    addition(
        |table| table.foreign_key(foreign_key(["id"]).references("parent", ["id"])),
        &[
            (
                MayFail,
                "foreign key \"t_id_parent_id_fk\" fails if \"t\" has rows without a match in \"parent\"",
            ),
            (
                LongLock,
                "foreign key \"t_id_parent_id_fk\" reads all of \"t\", and writes to it and to \"parent\" wait meanwhile",
            ),
        ],
    );
    addition(
        |table| table.index(index("i").on(["a"])),
        &[(
            LongLock,
            "writes to \"t\" wait while index \"i\" is built; `.concurrently()` lets them go on",
        )],
    );
    addition(
        |table| table.index(unique_index("i").on(["a"]).concurrently()),
        &[(
            MayFail,
            "unique index \"i\" fails if rows of \"t\" are equal in it",
        )],
    );
}

#[test]
fn a_generated_or_counted_column_says_what_becomes_of_its_values() {
    let again = "adding \"a\" again computes its values and writes \"t\" anew, and nobody else can use it meanwhile";
    column(
        integer("a"),
        integer("a").generated_always_as("id + 1"),
        &[
            (
                DataLoss,
                "column \"a\" of \"t\" becomes a generated one: its values are deleted, and computed ones take their place",
            ),
            (Rewrite, again),
        ],
    );
    column(
        integer("a").generated_always_as("id + 1"),
        integer("a").generated_always_as("id + 2"),
        &[(Rewrite, again)],
    );
    column(
        integer("a").not_null(),
        integer("a").generated_always_as_identity(identity()),
        &[(
            MayFail,
            "\"a\" of \"t\" is numbered from 1 on, so new rows can get numbers that are taken; after the migration, run \
             SELECT setval(pg_get_serial_sequence('\"t\"', 'a'), max(\"a\")) FROM \"t\"",
        )],
    );
    let bounded = |options| integer("a").generated_always_as_identity(options);
    column(
        bounded(identity()),
        bounded(identity().max_value(10)),
        &[(
            MayFail,
            "new bounds for the sequence of \"a\" of \"t\" fail if it has counted past them",
        )],
    );
}

#[test]
fn an_enum_says_which_labels_come_and_go() {
    let moods = |labels: [&str; 2]| {
        let declaration = Declaration::new().with(pg_enum("mood", labels));
        let state = declaration
            .with(pg_table("t", [enum_column("a", "mood")]))
            .build();
        state.expect("a valid declaration")
    };
    let all = Declaration::new()
        .with(pg_enum("mood", ["sad", "glad", "so so"]))
        .with(pg_table("t", [enum_column("a", "mood")]))
        .build()
        .expect("a valid declaration");
    says(
        &moods(["sad", "glad"]),
        &all,
        &[(
            NotReversible,
            "PostgreSQL cannot remove label 'so so' from enum \"mood\" again; a migration that does makes the type and its columns anew",
        )],
    );
    says(
        &all,
        &moods(["glad", "so so"]),
        &[
            (
                Rewrite,
                "making enum \"mood\" anew writes \"t\" and its indexes anew, and nobody else can use it meanwhile",
            ),
            (
                MayFail,
                "enum \"mood\" loses 'sad', which fails if \"a\" of \"t\" holds it; change such rows first",
            ),
        ],
    );
}

#[test]
fn a_column_that_becomes_an_enum_which_is_made_anew_says_what_it_cannot_hold() {
    let state = |labels: [&str; 2], column| {
        let declaration = Declaration::new().with(pg_enum("mood", labels));
        let state = declaration.with(pg_table("t", [column])).build();
        state.expect("a valid declaration")
    };
    says(
        &state(["sad", "glad"], bigint("a")),
        &state(["glad", "sad"], enum_column("a", "mood")),
        &[
            (
                Rewrite,
                "making enum \"mood\" anew writes \"t\" and its indexes anew, and nobody else can use it meanwhile",
            ),
            (
                MayFail,
                "changing \"a\" from bigint to mood fails if \"t\" holds a value that is no mood; change such rows first",
            ),
        ],
    );
}

#[test]
fn an_enum_that_is_called_like_a_number_is_none() {
    let state = |column| {
        let declaration = Declaration::new().with(pg_enum("integer", ["one", "two"]));
        let state = declaration.with(pg_table("t", [column])).build();
        state.expect("a valid declaration")
    };
    says(
        &state(enum_column("a", "integer")),
        &state(bigint("a")),
        &[
            (
                Rewrite,
                "changing \"a\" from integer to bigint writes \"t\" and its indexes anew, and nobody else can use it meanwhile",
            ),
            (
                MayFail,
                "changing \"a\" from integer to bigint fails if \"t\" holds a value that is no bigint; change such rows first",
            ),
        ],
    );
}
