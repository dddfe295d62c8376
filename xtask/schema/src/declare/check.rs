//! What must hold of a declaration beyond its single objects, and where the errors are gathered.

use std::collections::{HashMap, HashSet};

use super::{SchemaError, SchemaErrors};
use crate::model::{
    Deferrable, Extension, ForeignKey, IndexTerm, MAX_NAME_BYTES, PUBLIC, QualifiedName, Schema,
    Table, Unique,
};
use crate::nearest::nearest;

/// Errors, gathered so that all are told at once.
#[derive(Default)]
pub(super) struct Problems(Vec<SchemaError>);

impl Problems {
    pub(super) fn add(&mut self, place: impl Into<String>, problem: impl Into<String>) {
        self.add_with(place, problem, None);
    }

    /// With the nearest of the names that exist to the one that does not.
    pub(super) fn add_near(
        &mut self,
        place: impl Into<String>,
        problem: impl Into<String>,
        name: &str,
        known: &[String],
    ) {
        self.add_with(
            place,
            problem,
            nearest(name, known.iter().map(String::as_str)),
        );
    }

    pub(super) fn add_with(
        &mut self,
        place: impl Into<String>,
        problem: impl Into<String>,
        nearest: Option<&str>,
    ) {
        self.0.push(SchemaError {
            place: place.into(),
            problem: problem.into(),
            nearest: nearest.map(str::to_owned),
        });
    }

    pub(super) fn into_result(self, schema: Schema) -> Result<Schema, SchemaErrors> {
        if self.0.is_empty() {
            Ok(schema)
        } else {
            Err(SchemaErrors(self.0))
        }
    }
}

/// A name must be there, fit, and be text that PostgreSQL takes (manual, 4.1.1).
pub(super) fn check_name(place: &str, what: &str, name: &str, problems: &mut Problems) {
    if name.is_empty() {
        problems.add(place, format!("{what} is empty"));
    } else if name.contains('\0') {
        problems.add(place, format!("{what} holds a NUL character"));
    } else if name.len() > MAX_NAME_BYTES {
        let kept = &name[..name.floor_char_boundary(MAX_NAME_BYTES)];
        problems.add(
            place,
            format!(
                "{what} `{name}` has {} bytes, and PostgreSQL keeps {MAX_NAME_BYTES} (`{kept}`); give it a shorter name",
                name.len()
            ),
        );
    }
}

/// Columns that a constraint or index names must be the table's.
pub(super) fn check_columns(
    table: &Table,
    columns: &[String],
    place: &str,
    problems: &mut Problems,
) {
    if columns.is_empty() {
        problems.add(place, "names no columns");
    }
    for (index, column) in columns.iter().enumerate() {
        check_column(table, column, place, problems);
        if table.columns.contains(column) && columns[..index].contains(column) {
            problems.add(place, format!("names the column \"{column}\" twice"));
        }
    }
}

/// A column that is named must be there.
pub(super) fn check_column(table: &Table, column: &str, place: &str, problems: &mut Problems) {
    if !table.columns.contains(column) {
        let known: Vec<_> = table
            .columns
            .iter()
            .map(|column| column.name.clone())
            .collect();
        problems.add_near(
            place,
            format!("names the column \"{column}\", which the table does not have"),
            column,
            &known,
        );
    }
}

/// Where PostgreSQL keeps a name.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Kept {
    Relation,
    Type,
}

/// Names that PostgreSQL keeps in one place must differ there: relations and types of a schema, constraints of a table (manual, 5.10 and
/// `pg_class`, `pg_type`, `pg_constraint`). Names of constraints and indexes are also checked for length here, as many are automatic.
pub(super) fn check_names(schema: &Schema, problems: &mut Problems) {
    let mut taken: HashMap<(Kept, QualifiedName), String> = HashMap::new();
    let mut claim =
        |kept: &[Kept], in_schema: &str, name: &str, owner: String, problems: &mut Problems| {
            let name = QualifiedName::new(in_schema, name);
            let others = kept.iter().filter_map(|kept| {
                let place = (*kept, name.clone());
                taken.insert(place, owner.clone())
            });
            if let Some(other) = others.last() {
                problems.add(
                    owner,
                    format!("has a name that {other} has already; in one schema they must differ"),
                );
            }
        };
    for declared in &schema.enums {
        check_schema(
            schema,
            &declared.name.schema,
            &format!("enum \"{}\"", declared.name),
            problems,
        );
        claim(
            &[Kept::Type],
            &declared.name.schema,
            &declared.name.name,
            format!("enum \"{}\"", declared.name),
            problems,
        );
    }
    let sequences = schema.sequences.iter().map(|it| (&it.name, "sequence"));
    let tables = schema.tables.iter().map(|it| (&it.name, "table"));
    let views = schema.views.iter().map(|it| (&it.name, "view"));
    for (name, kind) in sequences.chain(tables).chain(views) {
        let place = format!("{kind} \"{name}\"");
        let exists = schema
            .views
            .get(name)
            .is_some_and(|it| it.definition.is_none());
        if !exists {
            check_schema(schema, &name.schema, &place, problems);
        }
        // A row of a table or view is of a type of its name.
        let kept: &[_] = match kind {
            "sequence" => &[Kept::Relation],
            _ => &[Kept::Relation, Kept::Type],
        };
        claim(kept, &name.schema, &name.name, place, problems);
    }
    for table in &schema.tables {
        let place = format!("table \"{}\"", table.name);
        let own = &table.name.schema;
        if let Some(key) = &table.primary_key {
            let name = key.name_on(&table.name);
            claim(
                &[Kept::Relation],
                own,
                &name,
                format!("{place}, primary key \"{name}\""),
                problems,
            );
        }
        for unique in &table.uniques {
            let place = format!("{place}, unique \"{}\"", unique.name);
            check_name(&place, "its name", &unique.name, problems);
            claim(&[Kept::Relation], own, &unique.name, place, problems);
        }
        for index in &table.indexes {
            let place = format!("{place}, index \"{}\"", index.name);
            check_name(&place, "its name", &index.name, problems);
            claim(&[Kept::Relation], own, &index.name, place, problems);
        }
        for identity in table
            .columns
            .iter()
            .filter_map(|column| column.identity.as_ref())
        {
            claim(
                &[Kept::Relation],
                &identity.sequence.schema,
                &identity.sequence.name,
                format!("{place}, sequence \"{}\"", identity.sequence.name),
                problems,
            );
        }
        check_constraint_names(table, &place, problems);
    }
    for view in &schema.views {
        for index in &view.indexes {
            let place = format!("view \"{}\", index \"{}\"", view.name, index.name);
            check_name(&place, "its name", &index.name, problems);
            let kept = &[Kept::Relation];
            claim(kept, &view.name.schema, &index.name, place, problems);
        }
    }
    for extension in &schema.extensions {
        check_extension_schema(schema, extension, problems);
    }
}

/// A sequence can only belong to a column that is there (manual, CREATE SEQUENCE, OWNED BY).
pub(super) fn check_owners(schema: &Schema, problems: &mut Problems) {
    for sequence in &schema.sequences {
        let Some((owner, column)) = &sequence.owned_by else {
            continue;
        };
        let place = format!("sequence \"{}\"", sequence.name);
        if let Some(table) = schema.tables.get(owner) {
            check_column(
                table,
                column,
                &format!("{place}, owner \"{owner}\""),
                problems,
            );
        } else {
            let known: Vec<_> = schema.tables.iter().map(|it| it.name.to_string()).collect();
            let problem = format!(
                "is owned by a column of the table \"{owner}\", which is not declared in its schema"
            );
            problems.add_near(place, problem, &owner.to_string(), &known);
        }
    }
}

fn check_constraint_names(table: &Table, place: &str, problems: &mut Problems) {
    let mut constraints: Vec<(&str, &str)> = Vec::new();
    let primary_key = table
        .primary_key
        .iter()
        .filter_map(|key| Some(("primary key", key.name.as_deref()?)));
    let uniques = table
        .uniques
        .iter()
        .map(|unique| ("unique", unique.name.as_str()));
    let foreign_keys = table
        .foreign_keys
        .iter()
        .map(|key| ("foreign key", key.name.as_str()));
    let checks = table
        .checks
        .iter()
        .map(|check| ("check", check.name.as_str()));
    for (kind, name) in primary_key.chain(uniques).chain(foreign_keys).chain(checks) {
        if matches!(kind, "foreign key" | "check") {
            check_name(
                &format!("{place}, {kind} \"{name}\""),
                "its name",
                name,
                problems,
            );
        }
        if let Some((other, _)) = constraints.iter().find(|(_, taken)| *taken == name) {
            problems.add(
                place,
                format!("has a {kind} and a {other} with the same name \"{name}\""),
            );
        }
        constraints.push((kind, name));
    }
}

fn check_schema(schema: &Schema, name: &str, place: &str, problems: &mut Problems) {
    if name != PUBLIC && !schema.schemas.contains(name) {
        let known: Vec<_> = schema
            .schemas
            .iter()
            .map(|declared| declared.name.clone())
            .collect();
        problems.add_near(
            place,
            format!(
                "lies in the schema \"{name}\", which is not declared (`pg_schema(\"{name}\")`)"
            ),
            name,
            &known,
        );
    }
}

/// An extension may lie in a schema that something else makes; one that looks like a declared one is a slip.
fn check_extension_schema(schema: &Schema, extension: &Extension, problems: &mut Problems) {
    let declared = schema.schemas.iter().map(|it| it.name.as_str());
    let known: Vec<_> = declared.chain([PUBLIC]).collect();
    if let Some(name) = extension.schema.as_deref()
        && !known.contains(&name)
        && let Some(meant) = nearest(name, known)
    {
        problems.add_with(
            format!("extension \"{}\"", extension.name),
            format!("lies in the schema \"{name}\", which is not declared"),
            Some(meant),
        );
    }
}

/// A foreign key must refer to a table and to columns of it that a primary key or a unique constraint or index covers (manual, 5.5.5).
/// Of one that exists, nothing more is known.
pub(super) fn check_references(
    schema: &Schema,
    existing: &HashSet<QualifiedName>,
    problems: &mut Problems,
) {
    for table in &schema.tables {
        for key in &table.foreign_keys {
            let place = format!(
                "table \"{}\", foreign key of ({})",
                table.name,
                key.columns.join(", ")
            );
            let Some(target) = schema.tables.get(&key.references) else {
                if existing.contains(&key.references) {
                    continue;
                }
                let known: Vec<_> = schema
                    .tables
                    .iter()
                    .map(|table| table.name.to_string())
                    .collect();
                let name = key.references.to_string();
                problems.add_near(
                    place,
                    format!("refers to the table \"{name}\", which is not declared"),
                    &name,
                    &known,
                );
                continue;
            };
            let known: Vec<_> = target
                .columns
                .iter()
                .map(|column| column.name.clone())
                .collect();
            let unknown: Vec<_> = key
                .referenced_columns
                .iter()
                .filter(|column| !target.columns.contains(*column))
                .collect();
            for column in &unknown {
                problems.add_near(
                    &place,
                    format!(
                        "refers to the column \"{column}\" of \"{}\", which does not exist",
                        target.name
                    ),
                    column,
                    &known,
                );
            }
            if key.columns.len() != key.referenced_columns.len() {
                problems.add(
                    &place,
                    format!(
                        "pairs {} columns with {} of \"{}\"",
                        key.columns.len(),
                        key.referenced_columns.len(),
                        target.name
                    ),
                );
            } else if let Some(unique) = deferrable_target(target, key) {
                problems.add(
                    &place,
                    format!(
                        "refers to ({}) of \"{}\", where unique \"{}\" is deferrable, and PostgreSQL wants one that is not",
                        key.referenced_columns.join(", "),
                        target.name,
                        unique.name
                    ),
                );
            } else if unknown.is_empty() && !is_covered(target, key) {
                problems.add(
                    &place,
                    format!(
                        "refers to ({}) of \"{}\", on which there is no primary key, unique constraint or unique index",
                        key.referenced_columns.join(", "),
                        target.name
                    ),
                );
            }
        }
    }
}

/// The deferrable constraint that the key would refer to if there is no other.
fn deferrable_target<'a>(target: &'a Table, key: &ForeignKey) -> Option<&'a Unique> {
    let mut uniques = target.uniques.iter();
    uniques
        .find(|unique| unique.deferrable != Deferrable::No && same_columns(&unique.columns, key))
        .filter(|_| !is_covered(target, key))
}

fn same_columns(columns: &[String], key: &ForeignKey) -> bool {
    columns.len() == key.referenced_columns.len()
        && columns.iter().all(|c| key.referenced_columns.contains(c))
}

fn is_covered(target: &Table, key: &ForeignKey) -> bool {
    let same = |columns: &[String]| same_columns(columns, key);
    let plain_unique =
        |unique: &Unique| unique.deferrable == Deferrable::No && same(&unique.columns);
    let unique_index = |index: &crate::model::Index| {
        let columns: Option<Vec<String>> = index
            .keys
            .iter()
            .map(|key| match &key.term {
                IndexTerm::Column(name) => Some(name.clone()),
                IndexTerm::Expression(_) => None,
            })
            .collect();
        index.unique && index.predicate.is_none() && columns.is_some_and(|columns| same(&columns))
    };
    target
        .primary_key
        .as_ref()
        .is_some_and(|key| same(&key.columns))
        || target.uniques.iter().any(plain_unique)
        || target.indexes.iter().any(unique_index)
}
