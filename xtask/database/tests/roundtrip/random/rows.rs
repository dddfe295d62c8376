//! Rows for every table, and whether they are still there.

use std::collections::BTreeMap;
use std::fmt::Write;

use pg_database::Database;
use pg_migration::{HazardKind, PlannedMigration};
use pg_schema::{
    Column, Deferrable, IdentityKind, QualifiedName, Schema, Table, Unique, quote_identifier,
    quote_literal,
};

use super::types::{VALUES, value};
use crate::playground::Playground;

/// Puts rows into each table of `state`. The first two have the same number's value in every column, so that what refers to a row finds it; the
/// last has what the server gives by itself. Where a column is a text, the value is one that it can become in `other`.
pub(super) fn fill(
    playground: &mut Playground,
    state: &Schema,
    other: &Schema,
) -> Result<(), String> {
    let mut sql = String::new();
    for table in &state.tables {
        // References in a circle can be filled only where nobody looks, but then no one finds two equal rows later either.
        let looks_later = |unique: &Unique| unique.deferrable != Deferrable::No;
        let role = if table.uniques.iter().any(looks_later) {
            "DEFAULT"
        } else {
            "replica"
        };
        let _ = write!(sql, "SET session_replication_role = {role};");
        for number in 0..VALUES - 1 {
            sql.push_str(&attempt(&insert(table, state, other, Some(number))));
        }
    }
    sql.push_str("SET session_replication_role = replica");
    playground.run(&sql)?;
    while remove_orphans(&mut playground.database, state)? {}
    let mut sql = "SET session_replication_role = DEFAULT;".to_owned();
    for table in &state.tables {
        sql.push_str(&attempt(&insert(table, state, other, None)));
    }
    for sequence in &state.sequences {
        sql.push_str(&attempt(&format!(
            "PERFORM nextval({})",
            quote_literal(&sequence.name.sql())
        )));
    }
    playground.run(&sql)
}

/// A row that a constraint refuses is left out, and so is what counts past a sequence's end.
fn attempt(statement: &str) -> String {
    let body = format!(
        "BEGIN SET CONSTRAINTS ALL IMMEDIATE; {statement}; EXCEPTION WHEN integrity_constraint_violation OR sequence_generator_limit_exceeded THEN NULL; END"
    );
    format!("DO {};", quote_literal(&body))
}

fn insert(table: &Table, state: &Schema, other: &Schema, number: Option<usize>) -> String {
    let later = other.tables.get(&table.name);
    let is_required = |column: &Column| {
        let keyed = table
            .primary_key
            .as_ref()
            .is_some_and(|key| key.columns.contains(&column.name));
        keyed || column.is_not_null() && column.default.is_none() && column.identity.is_none()
    };
    let given = table.columns.iter().filter(|column| {
        let counted = column.data_type.is_serial() || column.identity.is_some();
        column.generated.is_none() && (number.is_some() || is_required(column) && !counted)
    });
    let (names, values): (Vec<_>, Vec<_>) = given
        .map(|column| {
            let after = later.and_then(|table| table.columns.get(&column.name));
            let text = text(
                column,
                after.unwrap_or(column),
                state,
                other,
                number.unwrap_or(VALUES - 1),
            );
            (quote_identifier(&column.name), quote_literal(&text))
        })
        .unzip();
    if names.is_empty() {
        return format!("INSERT INTO {} DEFAULT VALUES", table.name.sql());
    }
    let always = table.columns.iter().any(|column| {
        column
            .identity
            .as_ref()
            .is_some_and(|it| it.kind == IdentityKind::Always)
    });
    format!(
        "INSERT INTO {} ({}) {}VALUES ({})",
        table.name.sql(),
        names.join(", "),
        if always {
            "OVERRIDING SYSTEM VALUE "
        } else {
            ""
        },
        values.join(", ")
    )
}

fn text(column: &Column, after: &Column, state: &Schema, other: &Schema, number: usize) -> String {
    let scalar = label(column, state, other, number).unwrap_or_else(|| {
        let is_text = ["text", "varchar", "char"].contains(&column.data_type.base())
            && column.data_type.modifiers().is_none();
        let becomes = if is_text { after } else { column };
        label(becomes, other, state, number)
            .unwrap_or_else(|| value(becomes.data_type.base(), number))
    });
    if column.data_type.dimensions().is_empty() {
        scalar
    } else {
        format!(
            "{{\"{}\"}}",
            scalar.replace('\\', "\\\\").replace('"', "\\\"")
        )
    }
}

/// A label of the column's enum; those that `other` has, too, come first.
fn label(column: &Column, state: &Schema, other: &Schema, number: usize) -> Option<String> {
    let name = QualifiedName::new(column.data_type.schema()?, column.data_type.base());
    let labels = &state.enums.get(&name)?.values;
    let stays = |label: &&String| {
        other
            .enums
            .get(&name)
            .is_none_or(|later| later.values.contains(label))
    };
    let (stay, go): (Vec<_>, Vec<_>) = labels.iter().partition(stays);
    let all: Vec<_> = stay.into_iter().chain(go).collect();
    Some(all[number % all.len()].clone())
}

/// Takes out the rows whose references find nothing; says whether there were any.
fn remove_orphans(database: &mut Database, state: &Schema) -> Result<bool, String> {
    let mut removed = 0;
    for table in &state.tables {
        for key in &table.foreign_keys {
            let own: Vec<_> = key
                .columns
                .iter()
                .map(|column| format!("own.{}", quote_identifier(column)))
                .collect();
            let pairs = own.iter().zip(&key.referenced_columns);
            let pairs: Vec<_> = pairs
                .map(|(own, column)| format!("{own} = other.{}", quote_identifier(column)))
                .collect();
            let set: Vec<_> = own.iter().map(|own| format!("{own} IS NOT NULL")).collect();
            let sql = format!(
                "DELETE FROM {} own WHERE {} AND NOT EXISTS (SELECT FROM {} other WHERE {})",
                table.name.sql(),
                set.join(" AND "),
                key.references.sql(),
                pairs.join(" AND ")
            );
            removed += database
                .client()
                .execute(&sql, &[])
                .map_err(|error| format!("{error:?} in {sql}"))?;
        }
    }
    Ok(removed > 0)
}

/// The rows of each table: the text of each value, by column.
pub(super) type Rows = BTreeMap<QualifiedName, Vec<BTreeMap<String, Option<String>>>>;

/// The rows of the state, under the names that its tables and columns have in `called`.
pub(super) fn rows(database: &mut Database, state: &Schema, called: &Schema) -> Rows {
    let mut rows = Rows::new();
    for (table, called) in state.tables.iter().zip(&called.tables) {
        let columns: Vec<_> = table
            .columns
            .iter()
            .map(|column| format!("({})::text", quote_identifier(&column.name)))
            .collect();
        let sql = format!("SELECT {} FROM {}", columns.join(", "), table.name.sql());
        let found = database
            .client()
            .query(&sql, &[])
            .unwrap_or_else(|error| panic!("{error:?} in {sql}"));
        let named = found.iter().map(|row| {
            let names = called.columns.iter().enumerate();
            names
                .map(|(number, column)| (column.name.clone(), row.get(number)))
                .collect()
        });
        rows.insert(called.name.clone(), named.collect());
    }
    rows
}

/// What is lost of the rows without a word of the plan.
pub(super) fn lost(
    from: &Schema,
    to: &Schema,
    way: &[PlannedMigration],
    before: &Rows,
    after: &Rows,
) -> Vec<String> {
    let mut lost = Vec::new();
    let announced = |what: &[String]| {
        let hazards = way.iter().flat_map(|migration| migration.plan.hazards());
        let mut losses = hazards.filter(|hazard| hazard.kind == HazardKind::DataLoss);
        losses.any(|hazard| what.iter().all(|name| hazard.message.contains(name)))
    };
    for table in from
        .tables
        .iter()
        .filter(|table| !before[&table.name].is_empty())
    {
        let Some(later) = to.tables.get(&table.name) else {
            if !announced(&[format!("\"{}\"", table.name)]) {
                lost.push(format!("nothing says that table {} goes", table.name));
            }
            continue;
        };
        for column in &table.columns {
            let stays = later.columns.get(&column.name);
            let same = stays.is_some_and(|later| {
                later.data_type == column.data_type && later.generated == column.generated
            });
            // A value that is converted is still a value.
            let view = |rows: &Rows| {
                let mut values: Vec<_> = rows[&table.name]
                    .iter()
                    .map(|row| {
                        row[&column.name]
                            .clone()
                            .map(|value| if same { value } else { String::new() })
                    })
                    .collect();
                values.sort();
                values
            };
            let names = [&column.name, &table.name.to_string()].map(|name| format!("\"{name}\""));
            let excused = || announced(&names);
            let computed = stays.is_some_and(|later| later.generated.is_some());
            let fine = match stays {
                Some(_) if same => view(before) == view(after),
                Some(_) if !computed => view(before) == view(after) || excused(),
                _ => {
                    let is_empty = view(before).iter().all(Option::is_none);
                    column.generated.is_some() || is_empty || excused()
                }
            };
            if !fine {
                lost.push(format!(
                    "column {} of {}: {:?} is {:?}",
                    column.name,
                    table.name,
                    before[&table.name],
                    after.get(&table.name)
                ));
            }
        }
    }
    lost
}
