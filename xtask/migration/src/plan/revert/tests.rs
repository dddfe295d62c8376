use pg_schema::Schema;
use pg_schema::prelude::*;

use super::{Undone, planned_revert};
use crate::hazard::HazardKind::{self, DataLoss, NotReversible};
use crate::plan::planned_migrations;

fn state(columns: Vec<Column>) -> Schema {
    let declaration = Declaration::new().with(pg_table("t", columns));
    declaration.build().expect("a valid declaration")
}

fn sql(before: &Schema, after: &Schema) -> String {
    let way = planned_migrations(before, after);
    way.iter().map(super::PlannedMigration::sql).collect()
}

/// A chain of states with the text of each migration between two: what is planned, and this behind it.
struct Chain {
    states: Vec<Schema>,
    files: Vec<(String, String)>,
}

impl Chain {
    fn of(states: impl IntoIterator<Item = (Schema, &'static str)>) -> Self {
        let mut chain = Self {
            states: vec![Schema::default()],
            files: Vec::new(),
        };
        for (number, (state, own)) in states.into_iter().enumerate() {
            let planned = sql(&chain.states[number], &state);
            chain
                .files
                .push((format!("{number:04}"), format!("{planned}\n{own}")));
            chain.states.push(state);
        }
        chain
    }

    fn undone(&self, from: usize) -> Vec<Undone<'_>> {
        let files = self.files.iter().enumerate().skip(from);
        let undone = files.map(|(number, (tag, sql))| Undone {
            tag,
            sql,
            before: &self.states[number],
            after: &self.states[number + 1],
        });
        undone.collect()
    }

    /// The SQL of the revert, and for each step the kinds of its hazards with their messages.
    fn reverted(&self, from: usize) -> (Vec<String>, Vec<(HazardKind, String)>) {
        let way = planned_revert(&self.undone(from));
        let steps: Vec<_> = way.iter().flat_map(|it| &it.plan.steps).collect();
        let hazards = steps.iter().flat_map(|step| &step.hazards);
        (
            steps.iter().map(|step| step.statement.sql()).collect(),
            hazards.map(|it| (it.kind, it.message.clone())).collect(),
        )
    }
}

#[test]
fn values_that_a_migration_deleted_do_not_come_back() {
    let chain = Chain::of([
        (state(vec![integer("id"), text("a"), text("b")]), ""),
        (state(vec![integer("id"), text("b")]), ""),
        (state(vec![integer("id"), text("b"), text("c")]), ""),
        (state(vec![integer("id"), text("b")]), ""),
    ]);
    let lost = |tag: &str, column: &str| {
        let message = format!(
            "what {tag} deleted does not come back: dropping column \"{column}\" of \"t\" deletes its values"
        );
        (NotReversible, message)
    };
    let (sql, hazards) = chain.reverted(1);
    assert_eq!(sql, ["ALTER TABLE \"t\" ADD COLUMN \"a\" text;"]);
    // Of `c` nothing was there before.
    assert_eq!(hazards, [lost("0001", "a")]);
    let (sql, hazards) = chain.reverted(3);
    assert_eq!(sql, ["ALTER TABLE \"t\" ADD COLUMN \"c\" text;"]);
    assert_eq!(hazards, [lost("0003", "c")]);
    let (sql, hazards) = chain.reverted(0);
    assert_eq!(sql, ["DROP TABLE \"t\" CASCADE;"]);
    assert_eq!(
        hazards.iter().map(|it| it.0).collect::<Vec<_>>(),
        [DataLoss]
    );
}

#[test]
fn what_is_lost_stands_at_the_step_that_makes_it_anew() {
    let two = |columns| {
        let other = pg_table("other", [integer("id")]);
        let declaration = Declaration::new().with(pg_table("t", columns)).with(other);
        declaration.build().expect("a valid declaration")
    };
    let chain = Chain::of([
        (two(vec![integer("id"), text("a")]), ""),
        (state(vec![integer("id"), text("b")]), ""),
    ]);
    let way = planned_revert(&chain.undone(1));
    let steps = way.iter().flat_map(|it| &it.plan.steps);
    let lost = steps.map(|step| {
        let lost = step.hazards.iter().filter(|it| it.kind == NotReversible);
        (step.statement.kind(), lost.count())
    });
    assert_eq!(
        lost.collect::<Vec<_>>(),
        [("create-table", 1), ("add-column", 1), ("drop-column", 0)]
    );
}

#[test]
fn sql_that_the_state_does_not_account_for_is_named_by_its_line() {
    let one = || state(vec![integer("id")]);
    let two = || state(vec![integer("id"), text("a")]);
    let own = [
        ("UPDATE t SET a = 'x';", Some(2)),
        ("-- nothing\n", None),
        ("CREATE INDEX  i\n ON t (a);", None),
        (
            "CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';",
            Some(2),
        ),
        (
            "ALTER TABLE t\n ADD CHECK (a <> ''); \n\nDO $$ BEGIN END $$;",
            Some(5),
        ),
        ("SELECT 'open", Some(2)),
    ];
    for (sql, line) in own {
        let chain = Chain::of([(one(), ""), (two(), sql)]);
        assert_eq!(chain.undone(1)[0].own_sql(), line, "{sql}");
        let (_, hazards) = chain.reverted(1);
        let stays = line.map(|line| {
            let message = format!("0001 has SQL of its own (line {line}): what that did stays");
            (NotReversible, message)
        });
        let expected: Vec<_> = stays.into_iter().collect();
        assert_eq!(hazards[1..], expected, "{sql}");
        assert_eq!(hazards[0].0, DataLoss, "{sql}");
    }
}

#[test]
fn what_changed_no_state_leaves_nothing_to_plan() {
    let one = || state(vec![integer("id")]);
    let chain = Chain::of([(one(), ""), (one(), "UPDATE t SET id = 1;")]);
    assert!(planned_revert(&chain.undone(1)).is_empty());
    assert_eq!(chain.undone(1)[0].own_sql(), Some(2));
    let chain = Chain::of([(one(), ""), (one(), "-- to do")]);
    assert_eq!(chain.undone(1)[0].own_sql(), None);
    let chain = Chain::of([(one(), ""), (one(), "CREATE INDEX i ON t (id);")]);
    assert_eq!(chain.undone(1)[0].own_sql(), Some(2));
    assert!(planned_revert(&[]).is_empty());
}
