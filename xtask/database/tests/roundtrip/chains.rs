//! Two public projects' whole folders, from the corpus: each snapshot reads back from what is made of it, and the plan from each to the next, and
//! back again, leads there.

use std::path::Path;

use pg_database::Scope;
use pg_migration::{Snapshot, planned_migrations};
use pg_schema::{Enum, QualifiedName, Schema};

use crate::drizzle::difference;
use crate::facts::{differences, facts};
use crate::playground::Playground;
use crate::{corpus, read};

/// A state, and the number of its snapshot.
type Step = (String, Schema);

/// In these snapshots a foreign key refers from one type to another that PostgreSQL does not compare with it: their authors corrected the SQL by
/// hand. No server can be in that state, but in the same one without the key.
const INCOMPARABLE: [(&[&str], &str, &str); 4] = [
    (
        &["0017"],
        "attendance_records",
        "attendance_records_employee_id_employees_id_fk",
    ),
    (
        &["0019"],
        "job_applications",
        "job_applications_reviewed_by_employee_id_employees_id_fk",
    ),
    (
        &[
            "0019", "0020", "0021", "0022", "0023", "0024", "0025", "0026", "0027", "0028", "0029",
        ],
        "job_postings",
        "job_postings_created_by_employee_id_employees_id_fk",
    ),
    (&["0024"], "documents", "documents_uploaded_by_users_id_fk"),
];

/// The column of an enum that the snapshot does not hold; the file that goes with it creates it with these labels.
const FORGOTTEN: (&str, &str, [&str; 3]) =
    ("0009", "invitation_role", ["admin", "member", "guest"]);

fn snapshots(folder: &Path) -> Vec<Step> {
    let files = walkdir::WalkDir::new(folder.join("meta")).sort_by_file_name();
    let names = files.into_iter().map(|file| file.unwrap().into_path());
    let snapshot = |path: &Path| {
        let name = path.file_name()?.to_str()?;
        let number = name.strip_suffix("_snapshot.json")?.to_owned();
        Some((number, Snapshot::parse(&read(path)).unwrap().schema))
    };
    names.filter_map(|path| snapshot(&path)).collect()
}

/// The state without what makes it impossible, if something does.
fn possible(number: &str, state: &Schema) -> Option<Schema> {
    let mut possible = state.clone();
    for (_, table, key) in INCOMPARABLE
        .iter()
        .filter(|(numbers, ..)| numbers.contains(&number))
    {
        let table = QualifiedName::new("public", *table);
        let table = possible.tables.get_mut(&table).unwrap();
        table.foreign_keys.remove(&(*key).to_owned()).unwrap();
    }
    let (forgotten_in, name, labels) = FORGOTTEN;
    if forgotten_in == number {
        let name = QualifiedName::new("public", name);
        let values = labels.map(str::to_owned).to_vec();
        possible.enums.insert(Enum { name, values }).unwrap();
    }
    (possible != *state).then_some(possible)
}

/// Makes each state from nothing and leads another database there from the state before, forwards and then back.
fn walk(mut made: Playground, mut led: Playground, steps: &[Step]) {
    let mut before = Schema::default();
    for (number, state) in steps.iter().chain(steps.iter().rev().skip(1)) {
        made.make(state)
            .unwrap_or_else(|error| panic!("{number}: {error}"));
        led.apply(&planned_migrations(&before, state))
            .unwrap_or_else(|error| panic!("to {number}: {error}"));
        let reached = facts(&mut led.database);
        let missed = differences(&facts(&mut made.database), &reached);
        assert_eq!(missed, [""; 0], "to {number}");
        let live = led.introspect(&Scope::of(state));
        assert_eq!(live.outside, [], "{number}");
        if let Some(difference) = difference(&mut led, state, &live) {
            panic!("{number}: {difference}");
        }
        before = state.clone();
    }
}

#[test]
fn the_snapshots_of_humantryx_lead_from_one_to_the_next_and_back() {
    let Some(folder) = corpus() else { return };
    let mut steps = snapshots(&folder.join("chains/humantryx"));
    assert_eq!(steps.len(), 31);
    let mut made = Playground::new();
    for (number, state) in &mut steps {
        if let Some(possible) = possible(number, state) {
            // Were it possible after all, nothing would have to be left out.
            made.make(state).unwrap_err();
            *state = possible;
        }
    }
    walk(made, Playground::new(), &steps);
}

#[test]
fn the_snapshots_of_hushbox_lead_from_one_to_the_next_and_back() {
    let Some(folder) = corpus() else { return };
    let steps = snapshots(&folder.join("chains/hushbox"));
    assert_eq!(steps.len(), 37);
    let (mut made, mut led) = (Playground::new(), Playground::new());
    // PostgreSQL has the function from 18 on.
    for playground in [&mut made, &mut led] {
        let is_there = playground
            .database
            .text("SELECT to_regprocedure('uuidv7()')");
        if is_there.unwrap().is_none() {
            let create = "CREATE FUNCTION pg_catalog.uuidv7() RETURNS uuid LANGUAGE sql AS 'SELECT gen_random_uuid()'";
            playground.run(create).unwrap();
        }
    }
    walk(made, led, &steps);
}
