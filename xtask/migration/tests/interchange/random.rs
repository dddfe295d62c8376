//! Pairs of random states within what can be declared: the plan between them must lead from one to the other.

mod kinds;

use std::hash::{DefaultHasher, Hash, Hasher};

use pg_migration::{HazardKind, Snapshot, plan};
use pg_schema::Schema;
use pg_schema::prelude::*;

use crate::files;
use crate::judge::{Judge, differences};
use crate::rows::fill;

/// How many pairs are tried; `RANDOM_PAIRS=0..5000` tries others.
const PAIRS: std::ops::Range<u64> = 0..250;

const TABLES: [(&str, Option<&str>); 4] = [
    ("one", None),
    ("Two", None),
    ("three", Some("app")),
    ("four", None),
];
const COLUMNS: [&str; 5] = ["a", "b", "c", "d\"e", "F"];

/// Makes every choice of a state. A choice depends on its place alone, so that two states of one seed agree in most places.
struct Choices {
    seed: u64,
    /// Whether this is the later state, in which about one choice in four is made anew.
    later: bool,
}

impl Choices {
    /// A number below `bound`, for this place.
    fn below(&self, bound: u64, place: &str) -> u64 {
        let number = |salt: u64| {
            let mut hasher = DefaultHasher::new();
            (self.seed, salt, place).hash(&mut hasher);
            hasher.finish()
        };
        let anew = self.later && number(1).is_multiple_of(4);
        number(if anew { 2 } else { 3 }) % bound
    }

    fn yes(&self, one_in: u64, place: &str) -> bool {
        self.below(one_in, place) == 0
    }

    fn of<'a, T: ?Sized>(&self, list: &[&'a T], place: &str) -> &'a T {
        list[usize::try_from(self.below(list.len() as u64, place)).expect("a small number")]
    }

    fn state(&self) -> Schema {
        let labels = self.of::<[&str]>(
            &[
                &["a", "b"],
                &["a", "b", "c"],
                &["c", "a"],
                &["new", "a", "it's", "b"],
            ],
            "labels",
        );
        let mut declaration = Declaration::new()
            .with(pg_schema("app"))
            .with(pg_enum("mood", labels.iter().copied()))
            .with(
                pg_enum("Kind", ["a", "z"]).in_schema(if self.yes(6, "kind") {
                    "public"
                } else {
                    "app"
                }),
            );
        declaration = self.sequences_and_roles(declaration);
        for (name, schema) in TABLES {
            if self.has_table(name) {
                declaration = declaration.with(self.table(name, schema));
            }
        }
        self.views(declaration)
            .build()
            .unwrap_or_else(|errors| panic!("seed {}: {errors}", self.seed))
    }

    /// What a table is referred to by: a primary key or a unique constraint on `id`.
    fn table(&self, name: &str, schema: Option<&str>) -> Table {
        let at = |what: &str| format!("{name} {what}");
        let key = self.below(4, &at("key"));
        let id = self.number("id");
        let mut columns = vec![if key == 0 {
            id.primary_key()
        } else {
            id.not_null()
        }];
        let mut declared = Vec::new();
        for column in COLUMNS {
            let at = |what: &str| format!("{name} {column} {what}");
            if self.has_column(name, column) {
                columns.push(self.column(column, &at));
                declared.push(column);
            }
        }
        for (target, target_schema) in TABLES {
            if self.has_table(target) && self.yes(3, &at(target)) {
                let own = format!("to {target}");
                let column = self.number(&own);
                let action = if self.yes(2, &at(&own)) {
                    Cascade
                } else {
                    SetNull
                };
                let reference = (target_schema.unwrap_or("public"), target);
                columns.push(column.references(reference, "id").on_delete(action));
            }
        }
        if self.yes(3, &at("computed")) {
            let expression = if self.yes(2, &at("expression")) {
                "id + 1"
            } else {
                "id * 2"
            };
            columns.push(integer("computed").generated_always_as(expression));
        }
        if self.yes(3, &at("number")) {
            let options = identity().start_with(if self.yes(2, &at("start")) { 1 } else { 100 });
            let options = if self.yes(2, &at("bound")) {
                options
            } else {
                options.min_value(1).max_value(5000)
            };
            columns.push(if self.yes(2, &at("always")) {
                integer("number").generated_always_as_identity(options)
            } else {
                integer("number").generated_by_default_as_identity(options)
            });
        }
        columns.extend(self.counted(name));
        let mut table = pg_table(name, columns);
        table = match key {
            0 => table,
            1 => table.primary_key(primary_key(["id"]).name(format!("{name}_key"))),
            2 if declared.contains(&"a") => table
                .primary_key(primary_key(["id", "a"]).name(format!("{name}_key")))
                .unique(unique(["id"])),
            _ => table.unique(unique(["id"]).name(format!("{name} id"))),
        };
        if let Some(schema) = schema {
            table = table.in_schema(schema);
        }
        for column in declared {
            table = self.constraints(table, name, column);
        }
        self.policies(table, name)
    }

    /// An `id`, or what refers to one.
    fn number(&self, name: &str) -> Column {
        match self.below(12, "id") {
            0 | 1 => bigint(name),
            2 => numeric(name),
            3 => double_precision(name),
            _ => integer(name),
        }
    }

    fn column(&self, name: &str, at: &impl Fn(&str) -> String) -> Column {
        let defaults = self.yes(2, &at("default"));
        let zero = self.yes(2, &at("zero"));
        let with = |column: Column, default: &str| {
            if defaults {
                column.default(default)
            } else {
                column
            }
        };
        let column = match self.below(22, &at("type")) {
            0 if defaults => integer(name).default(if zero { 0 } else { 7 }),
            0 | 1 => integer(name),
            2 if defaults => bigint(name).default(if zero { 0 } else { 7 }),
            2 | 3 => bigint(name),
            4 => smallint(name),
            5 => serial(name),
            6 => with(text(name), "a"),
            7 => with(text(name), "5"),
            8 => with(varchar(name).length(10), "a"),
            9 => with(varchar(name).length(20), "a"),
            10 => with(numeric(name).precision(10, 2), "1.5"),
            11 if defaults => boolean(name).default(!zero),
            11 => boolean(name),
            12 if defaults => uuid(name).default_random(),
            12 => uuid(name),
            13 if defaults => jsonb(name).default_json("{\"a\":\"it's\"}"),
            13 => jsonb(name),
            14 if defaults => timestamp(name).seconds_precision(3).default_now(),
            14 => timestamp(name).with_timezone(),
            15 if defaults => date(name).default_now(),
            15 => date(name),
            16 => with(enum_column(name, "mood"), "a"),
            17 if defaults => enum_column(name, "mood").array().default(["a"]),
            17 => enum_column(name, "mood").array(),
            18 if self.yes(6, "kind") => with(enum_column(name, ("public", "Kind")), "a"),
            18 => with(enum_column(name, ("app", "Kind")), "a"),
            19 if defaults => text(name).array().default(["a", "b"]),
            19 => text(name).array(),
            20 => with(inet(name), "127.0.0.1"),
            _ => double_precision(name),
        };
        if self.yes(3, &at("required")) {
            column.not_null()
        } else {
            column
        }
    }

    fn constraints(&self, mut table: Table, name: &str, column: &str) -> Table {
        let at = |what: &str| format!("{name} {column} {what}");
        let quoted = pg_schema::quote_identifier(column);
        if self.yes(5, &at("unique")) {
            table = table.unique(unique(["id", column]).name(format!("{name} {column} unique")));
        }
        if self.yes(5, &at("check")) {
            let condition = format!(
                "{quoted} IS NOT NULL OR id::text > '{}'",
                self.below(2, &at("limit"))
            );
            table = table.check(check(format!("{name} {column} check"), condition));
        }
        // PostgreSQL gives the constant the type that the column has: integer or text.
        if matches!(self.below(22, &at("type")), 0 | 1 | 6 | 7) {
            let is_not_five = format!("{quoted} <> '5'");
            if self.yes(4, &at("index of five")) {
                let named = index(format!("{name} {column} of five"));
                table = table.index(named.on(["id"]).predicate(&is_not_five));
            }
            if self.yes(4, &at("check of five")) {
                table = table.check(check(format!("{name} {column} is not five"), is_not_five));
            }
        }
        // An enum that is made anew cannot leave these as they are.
        if self.below(22, &at("type")) == 16 {
            let is_a = format!("{quoted} = 'a'");
            if self.yes(2, &at("index of a")) {
                let named = index(format!("{name} {column} of a"));
                table = table.index(named.on(["id"]).predicate(&is_a));
            }
            if self.yes(2, &at("check of a")) {
                table = table.check(check(format!("{name} {column} is a"), is_a));
            }
        }
        if self.yes(4, &at("index")) {
            let unnamed = index(format!("{name} {column} index"));
            table = table.index(match self.below(4, &at("kind of index")) {
                0 => unnamed
                    .on([asc("id"), desc("id")])
                    .predicate(format!("{quoted} IS NULL")),
                1 => unnamed.on([expression(format!("({quoted} IS NULL)"))]),
                2 => unnamed.on(["id"]).concurrently(),
                _ => unnamed
                    .on([desc("id").nulls_first()])
                    .with("fillfactor", 70),
            });
        }
        table
    }
}

fn pairs() -> std::ops::Range<u64> {
    let Ok(range) = std::env::var("RANDOM_PAIRS") else {
        return PAIRS;
    };
    let bounds = range
        .split_once("..")
        .and_then(|(first, last)| Some(first.parse().ok()?..last.parse().ok()?));
    bounds.expect("RANDOM_PAIRS is a range like 0..5000")
}

#[test]
fn the_plan_between_two_random_states_leads_from_one_to_the_other() {
    let mut judge = Judge::alone();
    let mut wrong = Vec::new();
    for seed in pairs() {
        let (from, to) = (
            Choices { seed, later: false }.state(),
            Choices { seed, later: true }.state(),
        );
        if let Err(error) = check_pair(&mut judge, &from, &to) {
            wrong.push(format!("RANDOM_PAIRS={seed}..{}: {error}", seed + 1));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {:?} are wrong\n{}",
        wrong.len(),
        pairs(),
        wrong.join("\n\n")
    );
}

fn check_pair(judge: &mut Judge, from: &Schema, to: &Schema) -> Result<(), String> {
    let snapshot = Snapshot::following(None, to.clone()).to_json();
    let read = Snapshot::parse(&snapshot).expect("our own snapshot").schema;
    if read != *to || !plan(&read, to).is_empty() {
        return Err("the snapshot holds another state".to_owned());
    }
    let way = files(from, to);
    let target = judge.arrive(&Schema::default(), &files(&Schema::default(), to))?;
    let reached = judge.arrive(from, &way)?;
    if reached != target {
        let sql: Vec<_> = way.iter().map(|file| file.sql.as_str()).collect();
        return Err(format!(
            "missed\n{}\nby\n{}",
            differences(&target, &reached),
            sql.join("\n")
        ));
    }
    judge.make(from)?;
    if fill(judge, from, to)
        && let Err(error) = judge.apply(&way)
    {
        let plan = plan(from, to);
        let announced = |kind: HazardKind| plan.hazards().iter().any(|hazard| hazard.kind == kind);
        if !announced(HazardKind::MayFail) {
            return Err(format!("fails on rows without a word: {error}"));
        }
    }
    Ok(())
}
