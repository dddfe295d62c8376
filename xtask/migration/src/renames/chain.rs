//! Renames over several steps, and back.

use pg_schema::{GlobalKind, PartKind, QualifiedName, RelationKind, Rename};

use super::state::Names;

/// The renames of the way back.
#[must_use]
pub fn reversed(renames: &[Rename]) -> Vec<Rename> {
    let globals = renames.iter().filter_map(|rename| match rename {
        Rename::Global { kind, from, to } => Some(Rename::Global {
            kind: *kind,
            from: to.clone(),
            to: from.clone(),
        }),
        _ => None,
    });
    let globals: Vec<_> = globals.collect();
    let earlier_schema = Names::of(&globals);
    let home = |name: &QualifiedName| QualifiedName {
        schema: earlier_schema.global(GlobalKind::Namespace, &name.schema),
        name: name.name.clone(),
    };
    let relations = renames.iter().filter_map(|rename| match rename {
        Rename::InSchema { kind, from, to } => Some(Rename::InSchema {
            kind: *kind,
            from: home(to),
            to: home(from),
        }),
        _ => None,
    });
    let mut back: Vec<_> = globals.iter().cloned().chain(relations).collect();
    let earlier = back.clone();
    let earlier = Names::of(&earlier);
    back.extend(renames.iter().filter_map(|rename| match rename {
        Rename::Part { kind, of, from, to } => Some(Rename::Part {
            kind: *kind,
            of: earlier.relation(owner_of(*kind), of),
            from: to.clone(),
            to: from.clone(),
        }),
        _ => None,
    }));
    back
}

/// The renames of two steps, the one after the other, as if both were one.
#[must_use]
pub fn composed(first: &[Rename], second: &[Rename]) -> Vec<Rename> {
    let later = Names::of(second);
    let onward: Vec<_> = first.iter().map(|rename| onward(rename, &later)).collect();
    let goes_on = |rename: &&Rename| {
        first
            .iter()
            .any(|earlier| leads_to(earlier, rename, &later))
    };
    let others = second.iter().filter(|rename| !goes_on(rename)).cloned();
    let all = onward.into_iter().chain(others);
    all.filter(|rename| match rename {
        Rename::Global { from, to, .. } | Rename::Part { from, to, .. } => from != to,
        Rename::InSchema { from, to, .. } => from != to,
    })
    .collect()
}

/// Where it leads when the later renames follow.
fn onward(rename: &Rename, later: &Names) -> Rename {
    match rename {
        Rename::Global { kind, from, to } => Rename::Global {
            kind: *kind,
            from: from.clone(),
            to: later.global(*kind, to),
        },
        Rename::InSchema { kind, from, to } => Rename::InSchema {
            kind: *kind,
            from: QualifiedName {
                schema: later.global(GlobalKind::Namespace, &from.schema),
                name: from.name.clone(),
            },
            to: later.relation(*kind, to),
        },
        Rename::Part { kind, of, from, to } => {
            let of = later.relation(owner_of(*kind), of);
            Rename::Part {
                kind: *kind,
                from: from.clone(),
                to: later.part(*kind, &of, to),
                of,
            }
        }
    }
}

/// Whether the later of two renames begins where the earlier one ends.
fn leads_to(earlier: &Rename, rename: &Rename, later: &Names) -> bool {
    match (earlier, rename) {
        (Rename::Global { kind, to, .. }, Rename::Global { kind: of, from, .. }) => {
            kind == of && to == from
        }
        (Rename::InSchema { kind, to, .. }, Rename::InSchema { kind: of, from, .. }) => {
            let schema = later.global(GlobalKind::Namespace, &to.schema);
            kind == of && to.name == from.name && schema == from.schema
        }
        (
            Rename::Part { kind, of, to, .. },
            Rename::Part {
                kind: other,
                of: owner,
                from,
                ..
            },
        ) => kind == other && to == from && later.relation(owner_of(*kind), of) == *owner,
        _ => false,
    }
}

fn owner_of(part: PartKind) -> RelationKind {
    match part {
        PartKind::Label => RelationKind::Enum,
        _ => RelationKind::Table,
    }
}

#[cfg(test)]
mod tests {
    use pg_schema::prelude::*;
    use pg_schema::{Rename, Schema};

    use super::{composed, reversed};
    use crate::renames::{TypedRename, renamed, resolve};

    /// The same objects under other names; `names` are the schema, the enum and its label, the table and its column.
    fn state([schema, mood, label, table, column]: [&str; 5]) -> Schema {
        let declaration = Declaration::new()
            .with(pg_schema(schema))
            .with(pg_enum(mood, [label, "z"]).in_schema(schema))
            .with(
                pg_table(
                    table,
                    [integer(column), enum_column("m", mood).default(label)],
                )
                .in_schema(schema)
                .check(check("k", format!("\"{column}\" > 0"))),
            );
        declaration.build().expect("a valid declaration")
    }

    fn renames(texts: &[&str], from: &Schema, to: &Schema) -> Vec<Rename> {
        let typed = texts.iter().map(|text| text.parse());
        let typed: Vec<TypedRename> = typed.collect::<Result<_, _>>().expect("renames");
        resolve(&typed, &[], from, to).expect("renames that apply")
    }

    #[test]
    fn there_and_back_is_where_it_began() {
        let one = state(["app", "mood", "a", "t", "c"]);
        let two = state(["main", "feeling", "b", "u", "d"]);
        let three = state(["main", "mood", "a", "v", "e"]);
        let forth = renames(
            &[
                "app=main",
                "main.mood=main.feeling",
                "main.feeling.a=main.feeling.b",
                "main.t=main.u",
                "main.u.c=main.u.d",
            ],
            &one,
            &two,
        );
        assert_eq!(renamed(&one, &forth), two);
        assert_eq!(renamed(&two, &reversed(&forth)), one);
        let further = renames(
            &[
                "main.feeling=main.mood",
                "main.mood.b=main.mood.a",
                "main.u=main.v",
                "main.v.d=main.v.e",
            ],
            &two,
            &three,
        );
        let both = composed(&forth, &further);
        assert_eq!(renamed(&one, &both), three);
        assert_eq!(renamed(&three, &reversed(&both)), one);
        assert_eq!(composed(&forth, &reversed(&forth)), []);
    }
}
