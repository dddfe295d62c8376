//! What drizzle has no words for, as one choice for each place that can have it. 0 is nothing.

use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;

use super::genes::{COLUMNS, PARTS, Pick, SEQUENCES, TABLES};
use super::names::{KINDS, Kind};

/// How many of one kind can have a comment.
const COMMENTED: usize = TABLES * (PARTS + 2);
const COLLATIONS: usize = KINDS * COMMENTED;
const OPTIONS: usize = COLLATIONS + TABLES * COLUMNS;
const OWNERS: usize = OPTIONS + TABLES * PARTS;
const EXTENSION: usize = OWNERS + SEQUENCES;
const PLACES: usize = EXTENSION + 1;

/// The choices of one state.
#[derive(Debug, Clone, Default)]
pub(super) struct Beyond(Vec<Pick>);

impl Beyond {
    fn at(&self, place: usize) -> Pick {
        self.0.get(place).copied().unwrap_or_default()
    }

    /// The comment on the object of that kind and slot.
    pub(super) fn comment(&self, kind: Kind, slot: usize) -> Pick {
        self.at(kind as usize * COMMENTED + slot % COMMENTED)
    }

    pub(super) fn collation(&self, table: usize, column: usize) -> Pick {
        self.at(COLLATIONS + table * COLUMNS + column)
    }

    /// What a constraint or an index is beside its kind.
    pub(super) fn options(&self, table: usize, part: usize) -> Pick {
        self.at(OPTIONS + table * PARTS + part)
    }

    pub(super) fn owner(&self, sequence: usize) -> Pick {
        self.at(OWNERS + sequence)
    }

    pub(super) fn extension(&self) -> Pick {
        self.at(EXTENSION)
    }
}

/// The choices of an earlier and a later state, which differ in some places.
#[derive(Debug, Clone)]
pub(super) struct Both {
    earlier: Vec<Pick>,
    later: Vec<Option<Pick>>,
}

pub(super) fn both() -> impl Strategy<Value = Option<Both>> {
    let pick = || prop_oneof![3 => Just(0), 2 => 1..12_u8];
    let both = (vec(pick(), PLACES), vec(weighted(0.2, pick()), PLACES));
    weighted(
        0.9,
        both.prop_map(|(earlier, later)| Both { earlier, later }),
    )
}

impl Both {
    pub(super) fn states(&self) -> [Beyond; 2] {
        let earlier = self.earlier.iter();
        let later = earlier.zip(&self.later).map(|(it, new)| new.unwrap_or(*it));
        [Beyond(self.earlier.clone()), Beyond(later.collect())]
    }
}
