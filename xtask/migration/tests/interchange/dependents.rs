//! What PostgreSQL computes from columns that change, through every change of two enums and a number.

use pg_schema::Schema;
use pg_schema::prelude::*;

use crate::files;
use crate::judge::{Judge, differences};

/// Two enums, or one or none where columns have left them.
fn state(moods: Option<[&str; 2]>, sizes: Option<[&str; 2]>, columns: Vec<Column>) -> Schema {
    let enumeration = |name: &str, labels: Option<[&str; 2]>| labels.map(|it| pg_enum(name, it));
    let enums = [enumeration("mood", moods), enumeration("size", sizes)];
    let enums = enums.into_iter().flatten();
    let both = "mood <> 'good' OR size <> 'small'";
    let table = pg_table("t", columns)
        .check(check("both", both))
        .unique(unique(["computed"]).name("once"))
        .index(index("by_both").on(["n"]).predicate(both))
        .index(index("by_computed").on(["computed", "mood"]));
    let declaration = enums.fold(Declaration::new(), Declaration::with);
    let declaration = declaration.with(table);
    declaration.build().expect("a valid declaration")
}

fn states() -> Vec<Schema> {
    let mood = || enum_column("mood", "mood");
    let size = || enum_column("size", "size");
    let both = "mood = 'good' AND size = 'small'";
    let computed = |expression: &str| boolean("computed").generated_always_as(expression);
    let (moods, sizes) = (Some(["good", "bad"]), Some(["small", "large"]));
    let (other_moods, other_sizes) = (Some(["bad", "good"]), Some(["large", "small"]));
    let of_both = || vec![mood(), size(), integer("n"), computed(both)];
    vec![
        state(moods, sizes, of_both()),
        state(other_moods, sizes, of_both()),
        state(other_moods, other_sizes, of_both()),
        state(
            moods,
            sizes,
            vec![
                mood(),
                size(),
                bigint("n"),
                computed(&format!("{both} AND n > 0")),
            ],
        ),
        state(
            other_moods,
            other_sizes,
            vec![
                mood(),
                size(),
                text("n"),
                computed(&format!("{both} AND n <> ''")),
            ],
        ),
        state(
            None,
            other_sizes,
            vec![text("mood"), size(), integer("n"), computed(both)],
        ),
        state(
            None,
            None,
            vec![text("mood"), text("size"), integer("n"), computed("n > 0")],
        ),
        state(
            other_moods,
            other_sizes,
            vec![mood(), size(), bigint("n"), boolean("computed")],
        ),
        // What something was computed from is computed itself, and the other way round.
        state(
            other_moods,
            other_sizes,
            vec![
                mood(),
                size(),
                bigint("n").generated_always_as("CASE WHEN mood = 'good' THEN 1 ELSE 2 END"),
                boolean("computed"),
            ],
        ),
        state(
            moods,
            None,
            vec![
                mood(),
                text("size").generated_always_as("CASE WHEN mood = 'good' THEN 'small' END"),
                integer("n"),
                computed("n > 0"),
            ],
        ),
    ]
}

#[test]
fn what_is_computed_survives_every_change_of_what_it_is_computed_from() {
    let mut judge = Judge::new();
    let states = states();
    let mut wrong = Vec::new();
    for (number, to) in states.iter().enumerate() {
        let target = judge.arrive(&Schema::default(), &files(&Schema::default(), to));
        let target = target.expect("the target can be made");
        for (other, from) in states.iter().enumerate() {
            match judge.arrive(from, &files(from, to)) {
                Ok(reached) if reached == target => {}
                Ok(reached) => wrong.push(format!(
                    "{other} to {number}: missed\n{}",
                    differences(&target, &reached)
                )),
                Err(error) => wrong.push(format!("{other} to {number}: {error}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
