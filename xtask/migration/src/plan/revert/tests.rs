use pg_schema::prelude::*;
use pg_schema::{GlobalKind, PartKind, QualifiedName, RelationKind, Rename, Schema};

use super::{OwnSql, Undone, own_sql, planned_revert};
use crate::hazard::HazardKind::{self, DataLoss, NotReversible};
use crate::plan::{planned_migrations, planned_migrations_renamed};

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
            after: Some(&self.states[number + 1]),
            renames: &[],
        });
        undone.collect()
    }

    fn own_lines(&self, from: usize) -> Vec<usize> {
        let undone = self.undone(from);
        let own = own_sql(&undone, &self.states[from]);
        own.iter().map(|own| own.line).collect()
    }

    /// The SQL of the revert, and for each step the kinds of its hazards with their messages.
    fn reverted(&self, from: usize) -> (Vec<String>, Vec<(HazardKind, String)>) {
        let way = planned_revert(&self.undone(from), &self.states[from]);
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
    let way = planned_revert(&chain.undone(1), &chain.states[1]);
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
        (
            "DO $$ BEGIN\n CREATE TYPE m AS ENUM ('a');\nEXCEPTION\n WHEN duplicate_object THEN null;\nEND $$;",
            None,
        ),
        ("DO $$ BEGIN\n UPDATE t SET a = '';\nEND $$;", Some(2)),
    ];
    for (sql, line) in own {
        let chain = Chain::of([(one(), ""), (two(), sql)]);
        assert_eq!(chain.own_lines(1), Vec::from_iter(line), "{sql}");
        let (_, hazards) = chain.reverted(1);
        let stays = line.map(|line| {
            let message = format!("0001 has SQL of its own (line {line}): what that did stays, but for what a later snapshot shows");
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
    assert!(planned_revert(&chain.undone(1), &chain.states[1]).is_empty());
    assert_eq!(chain.own_lines(1), [2]);
    let chain = Chain::of([(one(), ""), (one(), "-- to do")]);
    assert_eq!(chain.own_lines(1), [0; 0]);
    let chain = Chain::of([(one(), ""), (one(), "CREATE INDEX i ON t (id);")]);
    assert_eq!(chain.own_lines(1), [2]);
    assert!(planned_revert(&[], &one()).is_empty());
}

/// Somebody wrote migrations by hand, and let the next snapshot be made from a schema that has them.
#[test]
fn a_snapshot_accounts_for_the_migrations_without_one_before_it() {
    let target = state(vec![integer("id"), text("a"), text("b")]);
    let newest = state(vec![integer("id"), text("c")]);
    let file = |tag, sql, after| Undone {
        tag,
        sql,
        after,
        renames: &[],
    };
    let mut undone = vec![
        file("0001", "ALTER TABLE t DROP COLUMN a;", None),
        file("0002", "UPDATE t SET b = '';", None),
        file(
            "0003",
            "ALTER TABLE t DROP COLUMN b, ADD COLUMN c text;",
            Some(&newest),
        ),
        file("0004", "CREATE INDEX i ON t (c);", None),
    ];
    let own = [
        OwnSql {
            tag: "0002",
            line: 1,
        },
        OwnSql {
            tag: "0004",
            line: 1,
        },
    ];
    assert_eq!(own_sql(&undone, &target), own);
    let way = planned_revert(&undone, &target);
    let hazards = way.iter().flat_map(|it| it.plan.hazards());
    let hazards: Vec<_> = hazards.map(|hazard| hazard.message.as_str()).collect();
    let lost = "what 0001, 0002, 0003 deleted does not come back: dropping column";
    assert_eq!(hazards.len(), 5, "{hazards:?}");
    assert_eq!(
        hazards.iter().filter(|it| it.starts_with(lost)).count(),
        2,
        "{hazards:?}"
    );
    undone.truncate(2);
    assert!(planned_revert(&undone, &target).is_empty());
    assert_eq!(own_sql(&undone, &target).len(), 2);
}

fn named(schema: &str, table: &str, column: &str) -> Schema {
    let columns = [
        integer("id").primary_key(),
        text("a"),
        text("b"),
        text(column),
    ];
    let declaration = Declaration::new()
        .with(pg_schema(schema))
        .with(pg_table("other", [integer("id")]).in_schema(schema))
        .with(pg_table("another", [integer("id")]).in_schema(schema))
        .with(pg_table(table, columns).in_schema(schema));
    declaration.build().expect("a valid declaration")
}

#[test]
fn what_a_file_renames_is_renamed_back_and_what_it_makes_anew_is_not() {
    let (target, newest) = (named("s", "t", "name"), named("app", "users", "full_name"));
    let renames = [
        Rename::Global {
            kind: GlobalKind::Namespace,
            from: "s".to_owned(),
            to: "app".to_owned(),
        },
        Rename::InSchema {
            kind: RelationKind::Table,
            from: QualifiedName::new("app", "t"),
            to: QualifiedName::new("app", "users"),
        },
        Rename::Part {
            kind: PartKind::Column,
            of: QualifiedName::new("app", "users"),
            from: "name".to_owned(),
            to: "full_name".to_owned(),
        },
    ];
    let renaming = planned_migrations_renamed(&target, &newest, &renames)[0].sql();
    let anew = sql(&target, &newest);
    let back = |sql| {
        let undone = Undone {
            tag: "0001",
            sql,
            after: Some(&newest),
            renames: &[],
        };
        let way = planned_revert(&[undone], &target);
        let steps = way.iter().flat_map(|it| &it.plan.steps);
        let kinds: Vec<_> = steps.clone().map(|step| step.statement.kind()).collect();
        let losses = steps.flat_map(|step| &step.hazards);
        let losses = losses.filter(|it| [DataLoss, NotReversible].contains(&it.kind));
        (kinds, losses.count())
    };
    let by_drizzle_kit = "ALTER SCHEMA \"s\" RENAME TO \"app\";\nALTER TABLE \"app\".\"t\" RENAME TO \"users\";--> statement-breakpoint\n\
        ALTER TABLE \"app\".\"users\" RENAME COLUMN \"name\" TO \"full_name\";";
    assert_eq!(back(by_drizzle_kit), back(&renaming));
    let (kinds, losses) = back(&renaming);
    let expected = [
        "rename-schema",
        "rename-table",
        "rename-column",
        "rename-constraint",
    ];
    assert_eq!((kinds.as_slice(), losses), (&expected[..], 0));
    // As a snapshot of ours has it, whatever the file says.
    let undone = Undone {
        tag: "0001",
        sql: "SELECT 1;",
        after: Some(&newest),
        renames: &renames,
    };
    let recorded = planned_revert(&[undone], &target);
    let recorded: Vec<_> = recorded[0]
        .plan
        .steps
        .iter()
        .map(|it| it.statement.kind())
        .collect();
    assert_eq!(recorded, expected);
    let (kinds, losses) = back(&anew);
    assert!(
        !kinds.iter().any(|kind| kind.starts_with("rename-")),
        "{kinds:?}"
    );
    assert!(losses > 0);
}

#[test]
fn a_column_is_renamed_back_beside_another_that_came() {
    let before = state(vec![integer("id"), text("name")]);
    let after = state(vec![integer("id"), text("full_name"), text("nick")]);
    let undone = Undone {
        tag: "0001",
        sql: "ALTER TABLE \"t\" RENAME COLUMN \"name\" TO \"full_name\";--> statement-breakpoint\nALTER TABLE \"t\" ADD COLUMN \"nick\" text;",
        after: Some(&after),
        renames: &[],
    };
    let way = planned_revert(&[undone], &before);
    assert_eq!(
        way[0].plan.sql(),
        "ALTER TABLE \"t\" RENAME COLUMN \"full_name\" TO \"name\";\nALTER TABLE \"t\" DROP COLUMN \"nick\";"
    );
    assert_eq!(own_sql(&[undone], &before), []);
}
