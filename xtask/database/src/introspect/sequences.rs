//! Sequences: those of serial and identity columns, and those that stand for themselves.

use indexmap::IndexMap;
use pg_schema::{
    ColumnType, Objects, QualifiedName, Sequence, SequenceOptions, SequenceType, automatic_name,
    quote_literal,
};
use postgres::types::Type;
use postgres::{Row, Transaction};

use super::{Relations, put};
use crate::error::QueryError;

const SEQUENCES: &str = "
SELECT n.nspname AS schema, c.relname AS name, format_type(s.seqtypid, NULL) AS type, c.oid::regclass::text AS reference,
       s.seqincrement AS increment, s.seqmin AS min, s.seqmax AS max, s.seqstart AS start, s.seqcache AS cache, s.seqcycle AS cycle,
       o.refobjid AS owner, o.refobjsubid AS owner_number, t.relname AS owner_table, a.attname AS owner_column
  FROM pg_sequence s
  JOIN pg_class c ON c.oid = s.seqrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_depend o ON o.classid = 'pg_class'::regclass AND o.objid = c.oid AND o.objsubid = 0
                       AND o.refclassid = 'pg_class'::regclass AND o.deptype IN ('a', 'i')
  LEFT JOIN pg_class t ON t.oid = o.refobjid
  LEFT JOIN pg_attribute a ON a.attrelid = o.refobjid AND a.attnum = o.refobjsubid
 WHERE n.nspname = ANY ($1)
   AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
 ORDER BY c.oid";

/// The notations, the types behind them, and the last number of their sequences.
const SERIALS: [(&str, &str, i64); 3] = [
    ("smallserial", "smallint", i16::MAX as i64),
    ("serial", "integer", i32::MAX as i64),
    ("bigserial", "bigint", i64::MAX),
];

/// What a serial type stands for: a type, and a sequence with these options.
pub(crate) fn behind_serial(data_type: &ColumnType) -> Option<(&'static str, SequenceOptions)> {
    let of_type = |(serial, _, _): &(&str, _, _)| *serial == data_type.base();
    let (_, base, max) = SERIALS.into_iter().find(of_type)?;
    data_type.is_serial().then(|| (base, counting_to(max)))
}

fn counting_to(max: i64) -> SequenceOptions {
    SequenceOptions {
        increment: 1,
        min: 1,
        max,
        start: 1,
        cache: 1,
        cycle: false,
    }
}

/// The sequences of some schemas, by the column that owns them: its table's number and its own.
pub(crate) struct Sequences {
    /// `None` for one that a column has taken.
    owned: IndexMap<(u32, i32), Option<Found>>,
    free: Vec<Found>,
}

struct Found {
    sequence: Sequence,
    /// How a default refers to it.
    reference: String,
}

impl Sequences {
    pub(super) fn read(
        transaction: &mut Transaction<'_>,
        schemas: &[String],
    ) -> Result<Self, QueryError> {
        let mut sequences = Self {
            owned: IndexMap::new(),
            free: Vec::new(),
        };
        for row in transaction.query_typed(SEQUENCES, &[(&schemas, Type::TEXT_ARRAY)])? {
            match row.get("owner") {
                None => sequences.free.push(found(&row)),
                Some(owner) => {
                    let place = (owner, row.get("owner_number"));
                    let another = sequences.owned.insert(place, Some(found(&row)));
                    sequences.free.extend(another.flatten());
                }
            }
        }
        Ok(sequences)
    }

    /// The sequence of an identity column.
    pub(super) fn take(&mut self, table: u32, column: i32) -> Option<Sequence> {
        Some(self.owned.get_mut(&(table, column))?.take()?.sequence)
    }

    /// Takes the sequence of a column that is just what `serial` stands for, and says which of the three it is.
    pub(super) fn take_serial(
        &mut self,
        table: &QualifiedName,
        (oid, number): (u32, i32),
        column: &str,
        data_type: &str,
        default: &str,
    ) -> Option<&'static str> {
        let place = self.owned.get_mut(&(oid, number))?;
        let owned = place.as_ref()?;
        let (serial, _, max) = SERIALS
            .into_iter()
            .find(|(_, base, _)| *base == data_type)?;
        let is_serial = owned.sequence.data_type.sql() == data_type
            && default == format!("nextval({}::regclass)", owned.reference)
            && owned.sequence.options == counting_to(max)
            && owned.sequence.name.name == automatic_name(&table.name, Some(column), "seq");
        is_serial.then(|| {
            *place = None;
            serial
        })
    }

    /// Those that are left, but for those of tables that the state does not hold.
    pub(super) fn standing_for_themselves(self, relations: &Relations) -> Objects<Sequence> {
        let held =
            |((table, _), found)| relations.0.contains_key(&table).then_some(found).flatten();
        let owned = self.owned.into_iter().filter_map(held);
        let mut sequences = Objects::default();
        for found in self.free.into_iter().chain(owned) {
            put(&mut sequences, found.sequence);
        }
        sequences
    }
}

fn found(row: &Row) -> Found {
    let schema: String = row.get("schema");
    let data_type: &str = row.get("type");
    let mut types = SequenceType::ALL.into_iter();
    // A column owns only a sequence of its own schema.
    let owner = row.get::<_, Option<String>>("owner_table");
    let owner = owner.map(|table| QualifiedName::new(&schema, table));
    Found {
        sequence: Sequence {
            name: QualifiedName::new(&schema, row.get::<_, String>("name")),
            data_type: types
                .find(|known| known.sql() == data_type)
                .unwrap_or_default(),
            owned_by: owner.zip(row.get("owner_column")),
            options: SequenceOptions {
                increment: row.get("increment"),
                min: row.get("min"),
                max: row.get("max"),
                start: row.get("start"),
                cache: row.get("cache"),
                cycle: row.get("cycle"),
            },
        },
        reference: quote_literal(row.get("reference")),
    }
}
