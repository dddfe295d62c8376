//! What a random state is made of, as choices that mean something whatever the others are, so that a case shrinks by leaving choices out.
//!
//! Everything lies in a slot, and the slot is its identity: two states of one pair mean the same object by the same slot. A choice that refers to
//! what is not there stands for something simpler ([`super::declared`] says what).

use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;

use super::beyond::Beyond;
use super::names::STYLES;
use super::types::TYPES;

pub(super) const SCHEMAS: usize = 2;
pub(super) const ENUMS: usize = 3;
pub(super) const SEQUENCES: usize = 2;
pub(super) const ROLES: usize = 2;
pub(super) const TABLES: usize = 4;
pub(super) const COLUMNS: usize = 6;
pub(super) const PARTS: usize = 6;
pub(super) const VIEWS: usize = 4;
pub(super) const LINKED: usize = 2;
/// How many slots of one kind can have a style of their own.
pub(super) const STYLED: usize = 8;

/// A choice among some; it is taken modulo their number.
pub(super) type Pick = u8;
pub(super) type Slots<T> = Vec<Option<T>>;

/// A state.
#[derive(Debug, Clone)]
pub(super) struct World {
    pub(super) names: Names,
    /// The type of every `id`, and so of what refers to one.
    pub(super) id_type: Pick,
    pub(super) schemas: Vec<bool>,
    pub(super) enums: Slots<EnumGene>,
    pub(super) sequences: Slots<SequenceGene>,
    pub(super) roles: Slots<Pick>,
    pub(super) tables: Slots<TableGene>,
    pub(super) views: Slots<ViewGene>,
    /// Policies on a table that no state holds.
    pub(super) linked: Slots<PolicyGene>,
    pub(super) beyond: Beyond,
}

/// How things are called: a style for each slot of each [`super::names::Kind`].
#[derive(Debug, Clone)]
pub(super) struct Names {
    pub(super) hostile: bool,
    /// Which word names the first of those that are named by words.
    pub(super) word: Pick,
    pub(super) styles: Vec<Pick>,
    /// What has another name than it would have.
    pub(super) renamed: Vec<bool>,
}

#[derive(Debug, Clone)]
pub(super) struct EnumGene {
    pub(super) place: Pick,
    pub(super) labels: Vec<Pick>,
}

#[derive(Debug, Clone)]
pub(super) struct SequenceGene {
    pub(super) place: Pick,
    pub(super) options: Pick,
}

#[derive(Debug, Clone)]
pub(super) struct TableGene {
    pub(super) place: Pick,
    pub(super) key: KeyGene,
    pub(super) row_security: bool,
    pub(super) columns: Slots<ColumnGene>,
    pub(super) parts: Slots<PartGene>,
}

/// By what a table's rows are told apart, and so can be referred to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyGene {
    None,
    Column,
    Named,
    /// A primary key over two columns, and `id` is unique by itself.
    Composite,
    Unique,
    /// A unique constraint over two columns beside the primary key.
    CompositeUnique,
}

#[derive(Debug, Clone)]
pub(super) struct ColumnGene {
    pub(super) kind: ColumnKind,
    /// Of [`TYPES`] or, behind them, an enum by its slot.
    pub(super) data_type: Pick,
    pub(super) array: Pick,
    pub(super) default: Pick,
    pub(super) not_null: bool,
    pub(super) options: Pick,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ColumnKind {
    Plain,
    Serial,
    Identity,
    Generated,
    /// Counts with a sequence that stands for itself.
    Counter,
}

#[derive(Debug, Clone)]
pub(super) enum PartGene {
    Unique {
        column: Pick,
        with_id: bool,
        nulls_not_distinct: bool,
    },
    Check(ConditionGene),
    Index(IndexGene),
    ForeignKey(ForeignKeyGene),
    Policy(PolicyGene),
}

#[derive(Debug, Clone)]
pub(super) struct ForeignKeyGene {
    pub(super) target: Pick,
    pub(super) composite: bool,
    pub(super) on_own_id: bool,
    pub(super) on_delete: Pick,
    pub(super) on_update: Pick,
}

#[derive(Debug, Clone)]
pub(super) struct IndexGene {
    pub(super) keys: Vec<(Pick, Pick)>,
    pub(super) unique: bool,
    pub(super) concurrently: bool,
    pub(super) with: bool,
    pub(super) predicate: Option<ConditionGene>,
}

#[derive(Debug, Clone)]
pub(super) struct ConditionGene {
    pub(super) form: Pick,
    pub(super) column: Pick,
}

#[derive(Debug, Clone)]
pub(super) struct PolicyGene {
    pub(super) restrictive: bool,
    pub(super) command: Pick,
    pub(super) roles: Pick,
    pub(super) using: Option<ConditionGene>,
    pub(super) with_check: Option<ConditionGene>,
    /// A table or view that the condition asks, too.
    pub(super) asks: Option<Pick>,
}

#[derive(Debug, Clone)]
pub(super) struct ViewGene {
    pub(super) place: Pick,
    /// Tables, and behind them views.
    pub(super) source: Pick,
    pub(super) other: Pick,
    pub(super) form: Pick,
    pub(super) column: Pick,
    pub(super) materialized: bool,
    pub(super) options: Pick,
}

/// How many objects a state can have, parts of tables included.
pub(super) const OBJECTS: usize =
    SCHEMAS + ENUMS + SEQUENCES + ROLES + TABLES * (1 + COLUMNS + PARTS) + VIEWS + LINKED;

impl World {
    /// Leaves out the objects that are not to be kept, of [`OBJECTS`].
    pub(super) fn keep(&mut self, kept: &[bool]) {
        let mut kept = kept.iter().copied();
        for there in &mut self.schemas {
            *there &= kept.next().unwrap_or(true);
        }
        keep(&mut self.tables, &mut kept);
        keep(&mut self.views, &mut kept);
        keep(&mut self.enums, &mut kept);
        keep(&mut self.sequences, &mut kept);
        keep(&mut self.roles, &mut kept);
        keep(&mut self.linked, &mut kept);
        for table in &mut self.tables {
            let mut of_table: Vec<_> = kept.by_ref().take(COLUMNS + PARTS).collect();
            if let Some(table) = table {
                let parts = of_table.split_off(COLUMNS.min(of_table.len()));
                keep(&mut table.columns, &mut of_table.into_iter());
                keep(&mut table.parts, &mut parts.into_iter());
            }
        }
    }
}

fn keep<T>(slots: &mut Slots<T>, kept: &mut impl Iterator<Item = bool>) {
    for slot in slots {
        if !kept.next().unwrap_or(true) {
            *slot = None;
        }
    }
}

fn pick() -> impl Strategy<Value = Pick> {
    0..24_u8
}

/// Mostly `public`.
fn place() -> impl Strategy<Value = Pick> {
    prop_oneof![3 => Just(0), 1 => 1..=2_u8]
}

fn rarely() -> impl Strategy<Value = bool> {
    prop::bool::weighted(0.2)
}

pub(super) fn world() -> impl Strategy<Value = World> {
    (
        names(),
        id_type(),
        vec(prop::bool::weighted(0.8), SCHEMAS),
        slots(0.8, enumeration(), ENUMS),
        slots(0.6, sequence(), SEQUENCES),
        slots(0.6, pick(), ROLES),
        slots(0.75, table(), TABLES),
        slots(0.5, view(), VIEWS),
        slots(0.2, policy(), LINKED),
    )
        .prop_map(
            |(names, id_type, schemas, enums, sequences, roles, tables, views, linked)| World {
                names,
                id_type,
                schemas,
                enums,
                sequences,
                roles,
                tables,
                views,
                linked,
                beyond: Beyond::default(),
            },
        )
}

fn names() -> impl Strategy<Value = Names> {
    let style = prop_oneof![2 => Just(0), 3 => 0..STYLES].no_shrink();
    let word = (0..64_u8).no_shrink();
    (
        any::<bool>(),
        word,
        vec(style, super::names::KINDS * STYLED),
    )
        .prop_map(|(hostile, word, styles)| Names {
            hostile,
            word,
            styles,
            renamed: vec![false; super::names::KINDS * STYLED],
        })
}

fn slots<T: std::fmt::Debug>(
    there: f64,
    strategy: impl Strategy<Value = T>,
    number: usize,
) -> impl Strategy<Value = Slots<T>> {
    vec(weighted(there, strategy), number)
}

pub(super) fn id_type() -> impl Strategy<Value = Pick> {
    prop_oneof![3 => Just(0), 1 => 0..4_u8]
}

pub(super) fn labels() -> impl Strategy<Value = Vec<Pick>> {
    vec(pick(), 2..=5)
}

pub(super) fn enumeration() -> impl Strategy<Value = EnumGene> {
    (place(), labels()).prop_map(|(place, labels)| EnumGene { place, labels })
}

pub(super) fn sequence() -> impl Strategy<Value = SequenceGene> {
    (place(), pick()).prop_map(|(place, options)| SequenceGene { place, options })
}

pub(super) fn table() -> impl Strategy<Value = TableGene> {
    (
        place(),
        key(),
        rarely(),
        slots(0.6, column(), COLUMNS),
        slots(0.5, part(), PARTS),
    )
        .prop_map(|(place, key, row_security, columns, parts)| TableGene {
            place,
            key,
            row_security,
            columns,
            parts,
        })
}

pub(super) fn key() -> impl Strategy<Value = KeyGene> {
    prop_oneof![
        1 => Just(KeyGene::None),
        3 => Just(KeyGene::Column),
        1 => Just(KeyGene::Named),
        1 => Just(KeyGene::Composite),
        1 => Just(KeyGene::Unique),
        1 => Just(KeyGene::CompositeUnique),
    ]
}

pub(super) fn data_type() -> impl Strategy<Value = Pick> {
    let known = u8::try_from(TYPES.len()).expect("a small number");
    prop_oneof![3 => 0..known, 1 => known..known + 3]
}

pub(super) fn default() -> impl Strategy<Value = Pick> {
    0..5_u8
}

pub(super) fn column() -> impl Strategy<Value = ColumnGene> {
    let kind = prop_oneof![
        8 => Just(ColumnKind::Plain),
        1 => Just(ColumnKind::Serial),
        1 => Just(ColumnKind::Identity),
        1 => Just(ColumnKind::Generated),
        1 => Just(ColumnKind::Counter),
    ];
    let array = prop_oneof![4 => Just(0), 1 => 1..=2_u8];
    (kind, data_type(), array, default(), rarely(), pick()).prop_map(
        |(kind, data_type, array, default, not_null, options)| ColumnGene {
            kind,
            data_type,
            array,
            default,
            not_null,
            options,
        },
    )
}

pub(super) fn part() -> impl Strategy<Value = PartGene> {
    prop_oneof![
        (pick(), any::<bool>(), any::<bool>()).prop_map(|(column, with_id, nulls_not_distinct)| {
            PartGene::Unique {
                column,
                with_id,
                nulls_not_distinct,
            }
        }),
        condition().prop_map(PartGene::Check),
        index().prop_map(PartGene::Index),
        foreign_key().prop_map(PartGene::ForeignKey),
        policy().prop_map(PartGene::Policy),
    ]
}

fn foreign_key() -> impl Strategy<Value = ForeignKeyGene> {
    (pick(), any::<bool>(), rarely(), 0..5_u8, 0..5_u8).prop_map(
        |(target, composite, on_own_id, on_delete, on_update)| ForeignKeyGene {
            target,
            composite,
            on_own_id,
            on_delete,
            on_update,
        },
    )
}

fn index() -> impl Strategy<Value = IndexGene> {
    (
        vec((pick(), pick()), 1..=3),
        rarely(),
        rarely(),
        any::<bool>(),
        weighted(0.3, condition()),
    )
        .prop_map(|(keys, unique, concurrently, with, predicate)| IndexGene {
            keys,
            unique,
            concurrently,
            with,
            predicate,
        })
}

fn condition() -> impl Strategy<Value = ConditionGene> {
    (pick(), pick()).prop_map(|(form, column)| ConditionGene { form, column })
}

pub(super) fn policy() -> impl Strategy<Value = PolicyGene> {
    (
        rarely(),
        0..5_u8,
        0..5_u8,
        weighted(0.6, condition()),
        weighted(0.4, condition()),
        weighted(0.3, pick()),
    )
        .prop_map(
            |(restrictive, command, roles, using, with_check, asks)| PolicyGene {
                restrictive,
                command,
                roles,
                using,
                with_check,
                asks,
            },
        )
}

pub(super) fn view() -> impl Strategy<Value = ViewGene> {
    (place(), pick(), pick(), pick(), pick(), rarely(), pick()).prop_map(
        |(place, source, other, form, column, materialized, options)| ViewGene {
            place,
            source,
            other,
            form,
            column,
            materialized,
            options,
        },
    )
}
