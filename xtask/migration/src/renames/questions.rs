//! Which renames are likely: questions that only a person can answer.

use pg_schema::{
    Column, Enum, GlobalKind, Namespace, Object, Objects, PartKind, QualifiedName, RelationKind,
    Rename, Role, Schema, Sequence, Table, View, similarity,
};

use super::{complete, rank_of};
use crate::plan::cast_is_automatic;

/// Something that comes, and what it may have been called before.
#[derive(Debug, Clone, PartialEq)]
pub struct RenameQuestion {
    /// The renames that are plausible, the likeliest first; never empty. All lead to the same object.
    pub candidates: Vec<Rename>,
}

impl RenameQuestion {
    /// The object that comes, as `--rename` calls it.
    #[must_use]
    pub fn new_name(&self) -> String {
        self.candidates
            .first()
            .map(Rename::later_name)
            .unwrap_or_default()
    }
}

/// The questions that are open between two states, given the renames that are known: what comes while something goes that it may have been, and whose
/// data, rights or users would be lost if it was.
///
/// What cannot be a rename is not asked for: a column whose values the other's type cannot hold without a conversion, a table with other columns, an
/// object of another kind. Nor is what loses nothing by being dropped and created: a constraint, an index, a policy, a view with another query.
/// `created` is what is known to be new, as [`RenameQuestion::new_name`] calls it.
#[must_use]
pub fn rename_questions(
    from: &Schema,
    to: &Schema,
    known: &[Rename],
    created: &[String],
) -> Vec<RenameQuestion> {
    let renamed = (!known.is_empty()).then(|| complete(from, to, known).0);
    let from = renamed.as_ref().unwrap_or(from);
    let mut pairs = Vec::new();
    pairs.extend(of_globals(from, to));
    pairs.extend(of_relations(from, to));
    pairs.extend(of_parts(from, to));
    pairs.sort_by_key(|(_, rename)| rank_of(rename));
    let mut questions: Vec<(String, Vec<(f64, Rename)>)> = Vec::new();
    for (likelihood, rename) in pairs {
        let name = rename.later_name();
        if created.contains(&name) {
            continue;
        }
        match questions.iter_mut().find(|(known, _)| *known == name) {
            Some((_, candidates)) => candidates.push((likelihood, rename)),
            None => questions.push((name, vec![(likelihood, rename)])),
        }
    }
    let questions = questions.into_iter().map(|(_, mut candidates)| {
        candidates.sort_by(|(one, _), (other, _)| other.total_cmp(one));
        let candidates = candidates.into_iter().map(|(_, rename)| rename);
        RenameQuestion {
            candidates: candidates.collect(),
        }
    });
    questions.collect()
}

/// Each pair of an object that goes and one that comes, with how likely they are the same; `None` when they cannot be.
fn pairs<'a, T: Object>(
    from: &'a Objects<T>,
    to: &'a Objects<T>,
    likelihood: impl Fn(&T, &T) -> Option<f64>,
) -> Vec<(f64, &'a T::Name, &'a T::Name)> {
    let come: Vec<_> = to.iter().filter(|it| !from.contains(it.name())).collect();
    let mut pairs = Vec::new();
    for earlier in from.iter().filter(|it| !to.contains(it.name())) {
        for later in &come {
            let likely = likelihood(earlier, later);
            pairs.extend(likely.map(|likely| (likely, earlier.name(), later.name())));
        }
    }
    pairs
}

fn of_globals(from: &Schema, to: &Schema) -> Vec<(f64, Rename)> {
    let rename = |kind| {
        move |(likely, from, to): (f64, &String, &String)| {
            let (from, to) = (from.clone(), to.clone());
            (likely, Rename::Global { kind, from, to })
        }
    };
    let schemas = pairs(&from.schemas, &to.schemas, |earlier: &Namespace, later| {
        let (earlier, later) = (&earlier.name, &later.name);
        likely_schema(from, to, earlier, later)
    });
    let roles = pairs(&from.roles, &to.roles, |earlier: &Role, later| {
        let renamed = Role {
            name: later.name.clone(),
            ..earlier.clone()
        };
        let alike = similarity(&earlier.name, &later.name);
        (renamed == *later || alike >= 0.5).then_some(alike)
    });
    let schemas = schemas.into_iter().map(rename(GlobalKind::Namespace));
    schemas
        .chain(roles.into_iter().map(rename(GlobalKind::Role)))
        .collect()
}

/// At least half of the tables in either have to be in the other.
fn likely_schema(from: &Schema, to: &Schema, earlier: &str, later: &str) -> Option<f64> {
    let names = |state: &Schema, schema: &str| -> Vec<String> {
        let tables = state.tables.iter().map(|it| &it.name);
        let others = state.enums.iter().map(|it| &it.name);
        let named = tables.chain(others).filter(|name| name.schema == schema);
        named.map(|name| name.name.clone()).collect()
    };
    let (earlier_names, later_names) = (names(from, earlier), names(to, later));
    let shared = share(&earlier_names, &later_names)?;
    (shared >= 0.5).then(|| shared + similarity(earlier, later))
}

fn of_relations(from: &Schema, to: &Schema) -> Vec<(f64, Rename)> {
    let rename = |kind| {
        move |(likely, from, to): (f64, &QualifiedName, &QualifiedName)| {
            let (from, to) = (from.clone(), to.clone());
            (likely, Rename::InSchema { kind, from, to })
        }
    };
    let alike = |one: &QualifiedName, other: &QualifiedName| similarity(&one.name, &other.name);
    let tables = pairs(&from.tables, &to.tables, |earlier: &Table, later| {
        let shared = shared_columns(earlier, later)?;
        (shared >= 0.5).then(|| shared + alike(&earlier.name, &later.name))
    });
    let enums = pairs(&from.enums, &to.enums, |earlier: &Enum, later| {
        let shared = share(&earlier.values, &later.values)?;
        (shared >= 0.5).then(|| shared + alike(&earlier.name, &later.name))
    });
    let sequences = pairs(
        &from.sequences,
        &to.sequences,
        |earlier: &Sequence, later| {
            let alike = alike(&earlier.name, &later.name);
            (earlier.options == later.options || alike >= 0.5).then_some(alike)
        },
    );
    let views = pairs(&from.views, &to.views, |earlier: &View, later| {
        let renamed = View {
            name: later.name.clone(),
            ..earlier.clone()
        };
        let made_here = later.definition.is_some();
        (made_here && renamed == *later).then(|| alike(&earlier.name, &later.name))
    });
    let tables = tables.into_iter().map(rename(RelationKind::Table));
    let enums = enums.into_iter().map(rename(RelationKind::Enum));
    let sequences = sequences.into_iter().map(rename(RelationKind::Sequence));
    let views = views.into_iter().map(rename(RelationKind::View));
    tables.chain(enums).chain(sequences).chain(views).collect()
}

fn shared_columns(earlier: &Table, later: &Table) -> Option<f64> {
    let columns = |table: &Table| -> Vec<String> {
        let columns = table.columns.iter();
        columns
            .map(|column| format!("{} {}", column.name, column.data_type))
            .collect()
    };
    share(&columns(earlier), &columns(later))
}

/// How many of all that either has both have, from 0 to 1; `None` when neither has any.
fn share(some: &[String], others: &[String]) -> Option<f64> {
    let shared = some.iter().filter(|it| others.contains(it)).count();
    let all = some.len() + others.len() - shared;
    let number = |count| u32::try_from(count).map(f64::from).ok();
    (all > 0).then_some(number(shared)? / number(all)?)
}

fn of_parts(from: &Schema, to: &Schema) -> Vec<(f64, Rename)> {
    let mut found = Vec::new();
    for later in &to.tables {
        let Some(earlier) = from.tables.get(&later.name) else {
            continue;
        };
        let columns = pairs(&earlier.columns, &later.columns, likely_column);
        found.extend(columns.into_iter().map(|(likely, from, to)| {
            let rename = Rename::Part {
                kind: PartKind::Column,
                of: later.name.clone(),
                from: from.clone(),
                to: to.clone(),
            };
            (likely, rename)
        }));
    }
    for later in &to.enums {
        if let Some(earlier) = from.enums.get(&later.name) {
            found.extend(likely_labels(earlier, later));
        }
    }
    found
}

/// The values have to fit as they are.
fn likely_column(earlier: &Column, later: &Column) -> Option<f64> {
    let alike = similarity(&earlier.name, &later.name);
    let computed = earlier.generated.is_some() || later.generated.is_some();
    if computed && earlier.generated != later.generated {
        return None;
    }
    let same_type = earlier.data_type == later.data_type;
    let may_be = same_type || alike >= 0.5 && cast_is_automatic(earlier, later);
    may_be.then(|| {
        let agreements = [
            same_type,
            earlier.is_not_null() == later.is_not_null(),
            earlier.default == later.default,
        ];
        let agreements = agreements.iter().filter(|agrees| **agrees);
        agreements.fold(alike, |sum, _| sum + 0.25)
    })
}

/// A label that takes another's place, or is nearly called the same.
fn likely_labels(earlier: &Enum, later: &Enum) -> Vec<(f64, Rename)> {
    let goes = earlier.values.iter().enumerate();
    let goes = goes.filter(|(_, label)| !later.values.contains(label));
    let pairs = goes.flat_map(|(place, from)| {
        let comes = later.values.iter().enumerate();
        let comes = comes.filter(|(_, label)| !earlier.values.contains(label));
        comes.filter_map(move |(later_place, to)| {
            let alike = similarity(from, to);
            let in_place = place == later_place && earlier.values.len() == later.values.len();
            let likely = (in_place || alike >= 0.5).then_some(alike)?;
            let rename = Rename::Part {
                kind: PartKind::Label,
                of: later.name.clone(),
                from: from.clone(),
                to: to.clone(),
            };
            Some((likely, rename))
        })
    });
    pairs.collect()
}
