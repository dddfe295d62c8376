//! Renames as they are typed: drizzle's notation, `schema.table.old=schema.table.new`.

use std::str::FromStr;

use pg_schema::{
    GlobalKind, Object, PUBLIC, PartKind, QualifiedName, RelationKind, Rename, Schema, nearest,
};
use thiserror::Error;

use super::named::Named;
use super::{applicable, rank_of, renamed};

/// A rename whose kind is not known yet. `public` may be left out; a part with a dot, an equals sign or a quote in it stands in double quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypedRename {
    text: String,
    from: Vec<String>,
    to: Vec<String>,
}

/// Why a typed rename cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RenameError {
    /// It is not of the form.
    #[error("a rename is OLD=NEW, such as users.name=users.full_name")]
    Form,
    /// One of its names is in no object that could be meant.
    #[error("the rename `{text}`: {state} has no `{name}`")]
    Unknown {
        /// What was typed.
        text: String,
        /// Which of the two states is meant.
        state: &'static str,
        /// The name that is not there.
        name: String,
        /// The nearest name that is.
        nearest: Option<String>,
    },
    /// Both are there, but not as one kind of thing, or not in the same table.
    #[error(
        "the rename `{text}`: the two are not the same kind of object, or not in the same table"
    )]
    Unlike {
        /// What was typed.
        text: String,
    },
    /// The new name has not become free.
    #[error("the rename `{text}`: the earlier state has the {noun} `{to}` already")]
    Taken {
        /// What was typed.
        text: String,
        /// The kind of the object.
        noun: &'static str,
        /// The new name.
        to: String,
    },
}

impl FromStr for TypedRename {
    type Err = RenameError;

    fn from_str(text: &str) -> Result<Self, RenameError> {
        let mut sides = vec![vec![String::new()]];
        let mut quoted = false;
        let mut letters = text.trim().chars().peekable();
        while let Some(letter) = letters.next() {
            let side = sides.last_mut().ok_or(RenameError::Form)?;
            match letter {
                '"' if quoted && letters.next_if_eq(&'"').is_some() => push(side, '"'),
                '"' => quoted = !quoted,
                '.' if !quoted => side.push(String::new()),
                '=' if !quoted => sides.push(vec![String::new()]),
                letter => push(side, letter),
            }
        }
        let parts_are_right = |side: &Vec<String>| {
            (1..=3).contains(&side.len()) && side.iter().all(|part| !part.is_empty())
        };
        match <[Vec<String>; 2]>::try_from(sides) {
            Ok([from, to]) if !quoted && parts_are_right(&from) && parts_are_right(&to) => {
                Ok(Self {
                    text: text.to_owned(),
                    from,
                    to,
                })
            }
            _ => Err(RenameError::Form),
        }
    }
}

fn push(side: &mut [String], letter: char) {
    if let Some(part) = side.last_mut() {
        part.push(letter);
    }
}

/// What the typed renames mean between the two states, together with those of the stated ones that apply.
///
/// # Errors
/// The first typed rename that cannot be: unlike a stated one, it was meant for now.
pub fn resolve(
    typed: &[TypedRename],
    stated: &[Rename],
    from: &Schema,
    to: &Schema,
) -> Result<Vec<Rename>, RenameError> {
    if typed.is_empty() {
        return Ok(applicable(stated, from, to));
    }
    let stated = applicable(stated, from, to);
    let mut found: Vec<(&TypedRename, Rename)> = Vec::new();
    let mut state = from.clone();
    for rank in 0..3 {
        for typed in typed {
            if found.iter().all(|(known, _)| *known != typed)
                && let Some(rename) = meant(typed, rank, &found, &state, to)
            {
                found.push((typed, rename));
            }
        }
        let resolved = found.iter().map(|(_, rename)| rename).chain(&stated);
        let ranked: Vec<_> = resolved
            .filter(|rename| rank_of(rename) == rank)
            .cloned()
            .collect();
        if !ranked.is_empty() {
            state = renamed(&state, &ranked);
        }
    }
    for typed in typed {
        if found.iter().all(|(known, _)| *known != typed) {
            return Err(unresolved(typed, from, to));
        }
    }
    let all: Vec<_> = found
        .iter()
        .map(|(_, rename)| rename)
        .chain(&stated)
        .cloned()
        .collect();
    let applied = applicable(&all, from, to);
    match found.iter().find(|(_, rename)| !applied.contains(rename)) {
        None => Ok(applied),
        Some((typed, rename)) => Err(RenameError::Taken {
            text: typed.text.clone(),
            noun: rename.noun(),
            to: rename.later_name(),
        }),
    }
}

/// The first kind of which both names are there. What is said in full goes before what `public` has to be thought of for.
fn meant(
    typed: &TypedRename,
    rank: usize,
    found: &[(&TypedRename, Rename)],
    state: &Schema,
    to: &Schema,
) -> Option<Rename> {
    let candidates = interpretations(typed, rank, found);
    candidates
        .into_iter()
        .find(|rename| Named::earlier(rename).is_in(state) && Named::later(rename).is_in(to))
}

fn interpretations(
    typed: &TypedRename,
    rank: usize,
    found: &[(&TypedRename, Rename)],
) -> Vec<Rename> {
    match rank {
        0 => {
            let ([from], [to]) = (&typed.from[..], &typed.to[..]) else {
                return Vec::new();
            };
            let kinds = [GlobalKind::Namespace, GlobalKind::Role];
            let rename = |kind| Rename::Global {
                kind,
                from: from.clone(),
                to: to.clone(),
            };
            kinds.map(rename).into()
        }
        1 => {
            let (Some(from), Some(to)) = (relation(&typed.from), relation(&typed.to)) else {
                return Vec::new();
            };
            let kinds = [
                RelationKind::Table,
                RelationKind::Enum,
                RelationKind::Sequence,
                RelationKind::View,
            ];
            let rename = |kind| Rename::InSchema {
                kind,
                from: from.clone(),
                to: to.clone(),
            };
            kinds.map(rename).into()
        }
        _ => {
            let (Some((of, from)), Some((later, to))) = (part(&typed.from), part(&typed.to)) else {
                return Vec::new();
            };
            let is_earlier = of == later
                || found.iter().any(|(_, rename)| {
                    matches!(rename, Rename::InSchema { from, to, .. } if *from == of && *to == later)
                });
            if !is_earlier {
                return Vec::new();
            }
            let kinds = [
                PartKind::Column,
                PartKind::Label,
                PartKind::Constraint,
                PartKind::Index,
                PartKind::Policy,
            ];
            let rename = |kind| Rename::Part {
                kind,
                of: later.clone(),
                from: from.clone(),
                to: to.clone(),
            };
            kinds.map(rename).into()
        }
    }
}

fn relation(parts: &[String]) -> Option<QualifiedName> {
    match parts {
        [name] => Some(QualifiedName::new(PUBLIC, name)),
        [schema, name] => Some(QualifiedName::new(schema, name)),
        _ => None,
    }
}

fn part(parts: &[String]) -> Option<(QualifiedName, &String)> {
    let (name, of) = parts.split_last()?;
    Some((relation(of).filter(|_| !of.is_empty())?, name))
}

fn unresolved(typed: &TypedRename, from: &Schema, to: &Schema) -> RenameError {
    for (state, name, parts) in [
        ("the earlier state", from, &typed.from),
        ("the schema", to, &typed.to),
    ] {
        let known = names(name);
        let stated = parts.join(".");
        let without_public = stated.strip_prefix("public.").unwrap_or(&stated);
        if !known.iter().any(|known| known == without_public) {
            return RenameError::Unknown {
                text: typed.text.clone(),
                state,
                name: stated.clone(),
                nearest: nearest(without_public, known.iter().map(String::as_str))
                    .map(str::to_owned),
            };
        }
    }
    RenameError::Unlike {
        text: typed.text.clone(),
    }
}

/// Everything that can be renamed, without quotes and `public`.
fn names(state: &Schema) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    names.extend(state.schemas.iter().map(|it| it.name.clone()));
    names.extend(state.roles.iter().map(|it| it.name.clone()));
    names.extend(state.sequences.iter().map(|it| it.name.to_string()));
    names.extend(state.views.iter().map(|it| it.name.to_string()));
    for declared in &state.enums {
        names.push(declared.name.to_string());
        names.extend(
            declared
                .values
                .iter()
                .map(|label| format!("{}.{label}", declared.name)),
        );
    }
    for table in &state.tables {
        names.push(table.name.to_string());
        let columns = table.columns.iter().map(Object::name);
        let keys = table.primary_key.iter().filter_map(|key| key.name.as_ref());
        let uniques = table.uniques.iter().map(Object::name);
        let foreign_keys = table.foreign_keys.iter().map(Object::name);
        let checks = table.checks.iter().map(Object::name);
        let indexes = table.indexes.iter().map(Object::name);
        let policies = table.policies.iter().map(Object::name);
        let parts = columns
            .chain(keys)
            .chain(uniques)
            .chain(foreign_keys)
            .chain(checks);
        let parts = parts.chain(indexes).chain(policies);
        names.extend(parts.map(|part| format!("{}.{part}", table.name)));
    }
    names.extend(
        state
            .policies
            .iter()
            .map(|linked| format!("{}.{}", linked.name.0, linked.name.1)),
    );
    names
}
