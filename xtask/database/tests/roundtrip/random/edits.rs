//! A later state that agrees with the earlier one in most places.

use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample;

use super::beyond::{self, Both};
use super::genes::{self, ColumnGene, EnumGene, KeyGene, PartGene, Pick, PolicyGene, SequenceGene};
use super::genes::{COLUMNS, ENUMS, LINKED, PARTS, ROLES, SCHEMAS, SEQUENCES, TABLES, VIEWS};
use super::genes::{OBJECTS, STYLED, TableGene, ViewGene, World};
use super::names::Kind;

/// Two states.
#[derive(Debug, Clone)]
pub(super) struct Pair {
    /// What is left out of both as a case shrinks.
    kept: Vec<bool>,
    later: Later,
    from: World,
    beyond: Option<Both>,
}

#[derive(Debug, Clone)]
enum Later {
    Edited(Vec<Edit>),
    /// All is chosen anew, but for the names.
    Other(Box<World>),
}

/// One change; slots come first.
#[derive(Debug, Clone)]
enum Edit {
    IdType(Pick),
    Schema(usize, bool),
    Enum(usize, Option<EnumGene>),
    Labels(usize, Vec<Pick>),
    Sequence(usize, Option<SequenceGene>),
    Role(usize, Option<Pick>),
    Table(usize, Option<TableGene>),
    Key(usize, KeyGene),
    RowSecurity(usize, bool),
    Column(usize, usize, Option<ColumnGene>),
    Type(usize, usize, Pick),
    Default(usize, usize, Pick),
    NotNull(usize, usize, bool),
    Part(usize, usize, Option<PartGene>),
    View(usize, Option<ViewGene>),
    Linked(usize, Option<PolicyGene>),
    Rename(Kind, usize),
}

pub(super) fn pair() -> impl Strategy<Value = Pair> {
    let later = prop_oneof![
        5 => vec(edit(), 1..=10).prop_map(Later::Edited),
        1 => genes::world().prop_map(|world| Later::Other(Box::new(world))),
    ];
    let kept = vec(prop::bool::weighted(1.0), OBJECTS);
    (kept, later, genes::world(), beyond::both()).prop_map(|(kept, later, from, beyond)| Pair {
        kept,
        later,
        from,
        beyond,
    })
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        1 => genes::id_type().prop_map(Edit::IdType),
        1 => (0..SCHEMAS, any::<bool>()).prop_map(|(slot, there)| Edit::Schema(slot, there)),
        1 => (0..ENUMS, maybe(genes::enumeration())).prop_map(|(slot, it)| Edit::Enum(slot, it)),
        4 => (0..ENUMS, genes::labels()).prop_map(|(slot, labels)| Edit::Labels(slot, labels)),
        2 => (0..SEQUENCES, maybe(genes::sequence())).prop_map(|(slot, it)| Edit::Sequence(slot, it)),
        1 => (0..ROLES, maybe(0..4_u8)).prop_map(|(slot, it)| Edit::Role(slot, it)),
        1 => (0..TABLES, maybe(genes::table())).prop_map(|(slot, it)| Edit::Table(slot, it)),
        2 => (0..TABLES, genes::key()).prop_map(|(slot, key)| Edit::Key(slot, key)),
        1 => (0..TABLES, any::<bool>()).prop_map(|(slot, on)| Edit::RowSecurity(slot, on)),
        4 => (0..TABLES, 0..COLUMNS, maybe(genes::column())).prop_map(|(slot, column, it)| Edit::Column(slot, column, it)),
        4 => (0..TABLES, 0..COLUMNS, genes::data_type()).prop_map(|(slot, column, it)| Edit::Type(slot, column, it)),
        2 => (0..TABLES, 0..COLUMNS, genes::default()).prop_map(|(slot, column, it)| Edit::Default(slot, column, it)),
        2 => (0..TABLES, 0..COLUMNS, any::<bool>()).prop_map(|(slot, column, it)| Edit::NotNull(slot, column, it)),
        5 => (0..TABLES, 0..PARTS, maybe(genes::part())).prop_map(|(slot, part, it)| Edit::Part(slot, part, it)),
        3 => (0..VIEWS, maybe(genes::view())).prop_map(|(slot, it)| Edit::View(slot, it)),
        8 => (sample::select(&RENAMED[..]), 0..COLUMNS).prop_map(|(kind, slot)| Edit::Rename(kind, slot)),
        1 => (0..LINKED, maybe(genes::policy())).prop_map(|(slot, it)| Edit::Linked(slot, it)),
    ]
}

const RENAMED: [Kind; 8] = [
    Kind::Schema,
    Kind::Enum,
    Kind::Sequence,
    Kind::Role,
    Kind::Table,
    Kind::Column,
    Kind::Reference,
    Kind::View,
];

fn maybe<T: std::fmt::Debug>(
    strategy: impl Strategy<Value = T>,
) -> impl Strategy<Value = Option<T>> {
    weighted(0.7, strategy)
}

impl Pair {
    /// The earlier and the later state.
    pub(super) fn worlds(&self) -> [World; 2] {
        let mut later = match &self.later {
            Later::Other(world) => World {
                names: self.from.names.clone(),
                ..(**world).clone()
            },
            Later::Edited(edits) => {
                let mut world = self.from.clone();
                for edit in edits {
                    edit.clone().apply(&mut world);
                }
                world
            }
        };
        let mut earlier = self.from.clone();
        earlier.keep(&self.kept);
        later.keep(&self.kept);
        if let Some(both) = &self.beyond {
            [earlier.beyond, later.beyond] = both.states();
        }
        [earlier, later]
    }
}

impl Edit {
    fn apply(self, world: &mut World) {
        match self {
            Self::Rename(kind, slot) => world.names.renamed[kind as usize * STYLED + slot] = true,
            Self::IdType(pick) => world.id_type = pick,
            Self::Schema(slot, there) => world.schemas[slot] = there,
            Self::Enum(slot, it) => world.enums[slot] = it,
            Self::Sequence(slot, it) => world.sequences[slot] = it,
            Self::Role(slot, it) => world.roles[slot] = it,
            Self::Table(slot, it) => world.tables[slot] = it,
            Self::View(slot, it) => world.views[slot] = it,
            Self::Linked(slot, it) => world.linked[slot] = it,
            Self::Labels(slot, labels) => {
                if let Some(declared) = &mut world.enums[slot] {
                    declared.labels = labels;
                }
            }
            Self::Key(slot, key) => edit_table(world, slot, |table| table.key = key),
            Self::RowSecurity(slot, on) => edit_table(world, slot, |table| table.row_security = on),
            Self::Part(slot, part, it) => edit_table(world, slot, |table| table.parts[part] = it),
            Self::Column(slot, column, it) => {
                edit_table(world, slot, |table| table.columns[column] = it);
            }
            Self::Type(slot, column, it) => {
                edit_column(world, slot, column, |column| column.data_type = it);
            }
            Self::Default(slot, column, it) => {
                edit_column(world, slot, column, |column| column.default = it);
            }
            Self::NotNull(slot, column, it) => {
                edit_column(world, slot, column, |column| column.not_null = it);
            }
        }
    }
}

fn edit_table(world: &mut World, slot: usize, edit: impl FnOnce(&mut TableGene)) {
    if let Some(table) = &mut world.tables[slot] {
        edit(table);
    }
}

fn edit_column(world: &mut World, slot: usize, column: usize, edit: impl FnOnce(&mut ColumnGene)) {
    edit_table(world, slot, |table| {
        if let Some(column) = &mut table.columns[column] {
            edit(column);
        }
    });
}
