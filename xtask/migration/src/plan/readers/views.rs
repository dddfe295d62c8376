//! Views that are dropped and created, in an order in which none is missed by another.

use std::collections::{HashMap, HashSet};

use pg_schema::{QualifiedName, View};

use super::touched::Touched;
use crate::diff::{Change, Difference};
use crate::plan::context::Context;
use crate::sql::Words;

#[derive(Default)]
pub(super) struct Views<'a> {
    dropped: Vec<(usize, &'a View)>,
    created: Vec<(usize, &'a View)>,
    dropped_names: HashSet<&'a QualifiedName>,
    /// The changes for which views of these names, in whatever schema, are dropped.
    causes: HashMap<&'a str, usize>,
}

impl<'a> Views<'a> {
    pub(super) fn new(context: &Context<'a>, touched: &Touched<'a>) -> Self {
        let changes = context.changes.iter().enumerate();
        let changes: Vec<_> = changes
            .filter_map(|(index, change)| match change {
                Change::View(difference) => Some((index, difference)),
                _ => None,
            })
            .collect();
        if changes.is_empty() && touched.is_empty() {
            return Self::default();
        }
        let mut replaced = Vec::new();
        let mut dropped = Vec::new();
        let mut created = Vec::new();
        for (index, difference) in changes {
            match difference {
                Difference::Added(view) => created.push((index, &**view)),
                Difference::Removed(view) => dropped.push((index, &**view)),
                Difference::Altered { from, to } if is_made_anew(from, to) => {
                    replaced.push((index, &**from, &**to));
                }
                Difference::Altered { .. } => {}
            }
        }
        replaced.extend(dragged_along(context, touched, &dropped, &replaced));
        dropped.extend(replaced.iter().map(|(index, from, _)| (*index, *from)));
        created.extend(replaced.iter().map(|(index, _, to)| (*index, *to)));
        let dropped = ordered(
            &dropped,
            &readers(&reads(&dropped, |sql| context.earlier_words(sql))),
        );
        Self {
            created: ordered(&created, &reads(&created, Words::of)),
            dropped_names: dropped.iter().map(|(_, view)| &view.name).collect(),
            causes: dropped
                .iter()
                .map(|(index, view)| (view.name.name.as_str(), *index))
                .collect(),
            dropped,
        }
    }

    pub(super) fn dropped(&self) -> impl Iterator<Item = (usize, &'a View)> {
        self.dropped.iter().copied()
    }

    pub(super) fn created(&self) -> impl Iterator<Item = (usize, &'a View)> {
        self.created.iter().copied()
    }

    pub(super) fn drops(&self, name: &QualifiedName) -> bool {
        self.dropped_names.contains(name)
    }

    pub(super) fn drops_any(&self) -> bool {
        !self.dropped.is_empty()
    }

    /// The change for which a view goes that one of the words names.
    pub(super) fn dropped_for(&self, words: &Words) -> Option<usize> {
        let causes = words.iter().filter_map(|word| self.causes.get(word));
        causes.min().copied()
    }

    /// Whether something new takes the name of a view that goes: a table, a sequence or a type.
    pub(super) fn frees_names(&self, context: &Context) -> bool {
        let mut changes = context.changes.iter();
        changes.any(|change| match change {
            Change::Table(Difference::Added(table)) => self.drops(&table.name),
            Change::Sequence(Difference::Added(sequence)) => self.drops(&sequence.name),
            Change::Enum(Difference::Added(declared)) => self.drops(&declared.name),
            _ => false,
        })
    }
}

/// Only options can be altered.
fn is_made_anew(from: &View, to: &View) -> bool {
    from.definition != to.definition || from.materialized != to.materialized
}

/// Views in both states that read what changes, or read another view that goes.
fn dragged_along<'a>(
    context: &Context<'a>,
    touched: &Touched<'a>,
    dropped: &[(usize, &'a View)],
    replaced: &[(usize, &'a View, &'a View)],
) -> Vec<(usize, &'a View, &'a View)> {
    let gone = dropped.iter().map(|(index, view)| (*index, *view));
    let gone = gone.chain(replaced.iter().map(|(index, from, _)| (*index, *from)));
    let mut queue: Vec<(usize, &View)> = gone.collect();
    let known: HashSet<_> = queue.iter().map(|(_, view)| &view.name).collect();
    let mut staying: Vec<_> = context
        .from
        .views
        .iter()
        .filter(|view| !known.contains(&view.name))
        .filter_map(|from| {
            let to = context.to.views.get(&from.name)?;
            to.definition.as_ref()?;
            Some((
                context.earlier_words(from.definition.as_ref()?),
                from,
                to,
                None,
            ))
        })
        .collect();
    let mut users: HashMap<&str, Vec<usize>> = HashMap::new();
    let names: HashSet<_> = context
        .from
        .views
        .iter()
        .map(|it| it.name.name.as_str())
        .collect();
    for (place, (words, ..)) in staying.iter().enumerate() {
        for name in words.iter().filter_map(|word| names.get(word)) {
            users.entry(name).or_default().push(place);
        }
    }
    for (words, from, _, cause) in &mut staying {
        *cause = touched.read_by(words);
        queue.extend(cause.map(|index| (index, *from)));
    }
    while let Some((index, view)) = queue.pop() {
        for place in users.get(view.name.name.as_str()).into_iter().flatten() {
            let (_, from, _, cause) = &mut staying[*place];
            if cause.is_none() && from.name != view.name {
                *cause = Some(index);
                queue.push((index, from));
            }
        }
    }
    let dragged = staying.into_iter();
    dragged
        .filter_map(|(_, from, to, cause)| Some((cause?, from, to)))
        .collect()
}

/// For each view the places of those that it reads.
fn reads(views: &[(usize, &View)], words: impl Fn(&str) -> Words) -> Vec<Vec<usize>> {
    let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
    for (place, (_, view)) in views.iter().enumerate() {
        places.entry(&view.name.name).or_default().push(place);
    }
    let reads = views.iter().enumerate().map(|(own, (_, view))| {
        let words = words(view.definition.as_deref().unwrap_or_default());
        let named = words.iter().filter_map(|word| places.get(word)).flatten();
        let mut read: Vec<_> = named.copied().filter(|place| *place != own).collect();
        read.sort_unstable();
        read
    });
    reads.collect()
}

fn readers(reads: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut readers = vec![Vec::new(); reads.len()];
    for (reader, read) in reads.iter().enumerate() {
        for place in read {
            readers[*place].push(reader);
        }
    }
    readers
}

/// Each view behind those that have to come before it, and else in the order that is given.
fn ordered<'a>(views: &[(usize, &'a View)], before: &[Vec<usize>]) -> Vec<(usize, &'a View)> {
    fn add(place: usize, before: &[Vec<usize>], seen: &mut [bool], order: &mut Vec<usize>) {
        if std::mem::replace(&mut seen[place], true) {
            return;
        }
        for first in &before[place] {
            add(*first, before, seen, order);
        }
        order.push(place);
    }
    let mut seen = vec![false; views.len()];
    let mut order = Vec::with_capacity(views.len());
    for place in 0..views.len() {
        add(place, before, &mut seen, &mut order);
    }
    order.into_iter().map(|place| views[place]).collect()
}
