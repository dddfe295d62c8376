//! One relation, from the catalogs.

use postgres::types::Type;
use postgres::{Row, Transaction};

use super::identity::Identity;
use super::relation::{
    Base, Column, ForeignKey, Generated, Index, Relation, RelationKind, Writable,
};
use super::{BrowseError, LIMIT, reading};
use crate::connect::Database;

const RELATION: &str = "
SELECT n.nspname::text, c.relname::text, c.relkind::text, c.relispartition, c.reltuples, obj_description(c.oid, 'pg_class'),
       c.relkind <> 'p' AND EXISTS (SELECT FROM pg_inherits i WHERE i.inhparent = c.oid),
       has_any_column_privilege(c.oid, 'INSERT'), has_any_column_privilege(c.oid, 'UPDATE'), has_table_privilege(c.oid, 'DELETE')
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.oid = $1 AND c.relkind IN ('r', 'p', 'v', 'm', 'f')";

/// What a domain is made of, down to a type that is none; what an array is made of; and the operators by which `ORDER BY` sorts that.
const COLUMNS: &str = "
WITH RECURSIVE base AS (
    SELECT a.attnum, t.oid, t.typtype, t.typbasetype
      FROM pg_attribute a
      JOIN pg_type t ON t.oid = a.atttypid
     WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped
    UNION ALL
    SELECT b.attnum, t.oid, t.typtype, t.typbasetype
      FROM base b
      JOIN pg_type t ON t.oid = b.typbasetype
      WHERE b.typtype = 'd'
), ordered AS MATERIALIZED (
    SELECT class.oid, class.opcintype AS type, n.nspname::text AS schema
      FROM pg_opclass class
      JOIN pg_am am ON am.oid = class.opcmethod AND am.amname = 'btree'
      JOIN pg_amop op ON op.amopfamily = class.opcfamily AND op.amopstrategy = 1
           AND op.amoplefttype = class.opcintype AND op.amoprighttype = class.opcintype
      JOIN pg_operator o ON o.oid = op.amopopr
      JOIN pg_namespace n ON n.oid = o.oprnamespace
     WHERE class.opcdefault
)
SELECT a.attnum, a.attname::text, format_type(a.atttypid, a.atttypmod), a.attnotnull,
       pg_get_expr(d.adbin, d.adrelid), a.attgenerated::text, a.attidentity::text, col_description(a.attrelid, a.attnum),
       t.typname::text, t.typtype::text, t.typcategory::text, tn.nspname = 'pg_catalog',
       format_type(t.oid, -1), t.typlen = -1,
       CASE WHEN t.typcategory = 'A' AND ops.schema IS NOT NULL THEN 'pg_catalog' ELSE ops.schema END,
       (SELECT array_agg(e.enumlabel::text ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid IN (t.oid, element.oid))
  FROM pg_attribute a
  JOIN base b ON b.attnum = a.attnum AND b.typtype <> 'd'
  JOIN pg_type t ON t.oid = b.oid
  JOIN pg_namespace tn ON tn.oid = t.typnamespace
  LEFT JOIN pg_type element ON t.typcategory = 'A' AND element.oid = t.typelem
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  CROSS JOIN LATERAL (
      SELECT coalesce(element.oid, t.oid) AS oid,
             CASE coalesce(element.typtype, t.typtype)
                  WHEN 'e' THEN 'anyenum'::regtype WHEN 'r' THEN 'anyrange'::regtype
                  WHEN 'm' THEN 'anymultirange'::regtype WHEN 'c' THEN 'record'::regtype END AS pseudo
  ) compared
  LEFT JOIN LATERAL (
      SELECT ordered.schema
        FROM ordered
       WHERE ordered.type IN (compared.oid, compared.pseudo)
          OR ordered.type IN (SELECT k.casttarget FROM pg_cast k
                               WHERE k.castsource = compared.oid AND k.castmethod = 'b' AND k.castcontext = 'i')
       ORDER BY ordered.type = compared.oid DESC, ordered.oid
       LIMIT 1
  ) ops ON true
 WHERE a.attrelid = $1
 ORDER BY a.attnum";

const INDEXES: &str = "
SELECT c.relname::text, (i.indkey::int2[])[0:i.indnkeyatts - 1],
       ARRAY(SELECT pg_get_indexdef(i.indexrelid, place, true) FROM generate_series(1, i.indnkeyatts) place), i.indisunique, am.amname::text, i.indisprimary,
       i.indisunique AND i.indisvalid AND i.indimmediate AND i.indpred IS NULL AND i.indexprs IS NULL
           AND NOT EXISTS (SELECT FROM pg_attribute a
                            WHERE a.attrelid = i.indrelid AND NOT a.attnotnull
                              AND a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1]))
  FROM pg_index i
  JOIN pg_class c ON c.oid = i.indexrelid
  JOIN pg_am am ON am.oid = c.relam
 WHERE i.indrelid = $1
 ORDER BY c.relname";

/// A foreign key to or of a table with partitions has copies for the partitions.
const FOREIGN_KEYS: &str = "
SELECT con.conname::text, con.conrelid, con.conkey, con.confrelid, con.confkey, own_n.nspname::text, own.relname::text,
       other_n.nspname::text, other.relname::text,
       ARRAY(SELECT a.attname::text FROM unnest(con.conkey) WITH ORDINALITY k (number, place)
               JOIN pg_attribute a ON a.attrelid = con.conrelid AND a.attnum = k.number ORDER BY k.place),
       ARRAY(SELECT a.attname::text FROM unnest(con.confkey) WITH ORDINALITY k (number, place)
               JOIN pg_attribute a ON a.attrelid = con.confrelid AND a.attnum = k.number ORDER BY k.place)
  FROM pg_constraint con
  JOIN pg_class own ON own.oid = con.conrelid
  JOIN pg_namespace own_n ON own_n.oid = own.relnamespace
  JOIN pg_class other ON other.oid = con.confrelid
  JOIN pg_namespace other_n ON other_n.oid = other.relnamespace
  LEFT JOIN pg_constraint whole ON whole.oid = con.conparentid
 WHERE con.contype = 'f'
   AND (con.conrelid = $1 AND whole.conrelid IS DISTINCT FROM con.conrelid OR con.confrelid = $1 AND con.conparentid = 0)
 ORDER BY own_n.nspname, own.relname, con.conname";

/// One relation with all that is known of it.
///
/// # Errors
/// [`BrowseError::NoRelation`] when it is gone; others when the server does not answer.
pub fn describe(database: &mut Database, id: u32) -> Result<Relation, BrowseError> {
    reading(database, LIMIT, |transaction| {
        let mut relation = find(transaction, id)?;
        for row in transaction.query_typed(FOREIGN_KEYS, &[(&id, Type::OID)])? {
            if row.get::<_, u32>(1) == id {
                relation
                    .foreign_keys
                    .push(foreign_key(&row, Side::Referring));
            }
            if row.get::<_, u32>(3) == id {
                relation
                    .referenced_by
                    .push(foreign_key(&row, Side::Referenced));
            }
        }
        for column in &mut relation.columns {
            let keys = relation.foreign_keys.iter().enumerate();
            column.foreign_keys = keys
                .filter(|(_, key)| key.columns.contains(&column.number))
                .map(|(place, _)| place)
                .collect();
        }
        Ok(relation)
    })
}

/// One relation without its foreign keys: as much as a query on it takes.
pub(super) fn find(transaction: &mut Transaction<'_>, id: u32) -> Result<Relation, BrowseError> {
    let id_parameter = [(&id as &(dyn postgres::types::ToSql + Sync), Type::OID)];
    let header = transaction.query_typed(RELATION, &id_parameter)?;
    let header = header.first().ok_or(BrowseError::NoRelation(id))?;
    let columns = transaction.query_typed(COLUMNS, &id_parameter)?;
    let mut columns: Vec<_> = columns.iter().map(column).collect();
    let indexes = transaction.query_typed(INDEXES, &id_parameter)?;
    let indexes: Vec<_> = indexes.iter().map(index).collect();
    let primary = indexes.iter().find(|index| index.primary);
    let primary_key = primary.map(|index| index.numbers.clone());
    for column in &mut columns {
        let key = primary_key.as_ref();
        column.primary_key = key.is_some_and(|key| key.contains(&column.number));
    }
    let kind = kind(header.get(2), header.get(3));
    let has_storage = matches!(header.get(2), "r" | "m");
    let identity = Identity::of(kind, has_storage, header.get(6), &indexes);
    Ok(Relation {
        id,
        schema: header.get(0),
        name: header.get(1),
        kind,
        comment: header.get(5),
        columns,
        primary_key,
        writable: writable(header, kind),
        identity,
        foreign_keys: Vec::new(),
        referenced_by: Vec::new(),
        indexes,
        rows: tuples(header.get(2), header.get(4)),
        has_storage,
    })
}

/// What `relkind` means.
pub(super) fn kind(letter: &str, is_partition: bool) -> RelationKind {
    match letter {
        "v" => RelationKind::View,
        "m" => RelationKind::MaterializedView,
        "f" => RelationKind::Foreign,
        _ if is_partition => RelationKind::Partition,
        "p" => RelationKind::Partitioned,
        _ => RelationKind::Table,
    }
}

/// What `reltuples` means: -1 is a table that was never looked at, and what has no storage is not counted.
pub(super) fn tuples(letter: &str, count: f32) -> Option<u64> {
    if count < 0.0 || !matches!(letter, "r" | "m") {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is a whole number, and not negative"
    )]
    Some(count as u64)
}

fn writable(header: &Row, kind: RelationKind) -> Writable {
    match kind {
        RelationKind::View => Writable::nothing("a view shows what is in other tables"),
        RelationKind::MaterializedView => Writable::nothing(
            "a materialized view shows what its query found when it was refreshed",
        ),
        RelationKind::Foreign => Writable::nothing("the rows lie on another server"),
        _ => {
            let (insert, update, delete) = (header.get(7), header.get(8), header.get(9));
            let reason = "you have no right to do it";
            Writable {
                insert,
                update,
                delete,
                reason: (!insert || !update || !delete).then(|| reason.to_owned()),
            }
        }
    }
}

fn column(row: &Row) -> Column {
    let operators: Option<String> = row.get(14);
    let base = base(row.get(8), row.get(9), row.get(10), row.get(11));
    let generated = match (row.get::<_, &str>(5), row.get::<_, &str>(6)) {
        ("", "") => None,
        (_, "a") => Some(Generated::IdentityAlways),
        (_, "d") => Some(Generated::IdentityDefault),
        _ => Some(Generated::Stored),
    };
    Column {
        number: row.get(0),
        name: row.get(1),
        data_type: row.get(2),
        base,
        not_null: row.get(3),
        sortable: operators.is_some(),
        default: row.get(4),
        app_default: false,
        generated,
        enum_labels: row.get(15),
        comment: row.get(7),
        primary_key: false,
        foreign_keys: Vec::new(),
        cast: row.get(12),
        operators,
        may_be_long: row.get::<_, bool>(13) && base != Base::Number,
        is_inet: row.get::<_, &str>(8) == "inet" && row.get(11),
    }
}

fn base(name: &str, kind: &str, category: &str, is_builtin: bool) -> Base {
    match (kind, category) {
        ("e", _) => return Base::Enum,
        ("c", _) => return Base::Composite,
        ("r" | "m", _) => return Base::Range,
        (_, "A") => return Base::Array,
        _ => {}
    }
    match name {
        "citext" => Base::Text,
        _ if !is_builtin => Base::Other,
        "bool" => Base::Boolean,
        "json" => Base::Json,
        "jsonb" => Base::Jsonb,
        "int2" | "int4" | "int8" | "numeric" | "float4" | "float8" | "oid" => Base::Number,
        "text" | "varchar" | "bpchar" | "char" | "name" => Base::Text,
        "bytea" => Base::Bytea,
        "timestamp" | "timestamptz" => Base::Timestamp,
        "date" => Base::Date,
        "time" | "timetz" => Base::Time,
        "uuid" => Base::Uuid,
        _ => Base::Other,
    }
}

fn index(row: &Row) -> Index {
    Index {
        name: row.get(0),
        columns: row.get(2),
        unique: row.get(3),
        method: row.get(4),
        numbers: row.get(1),
        identifies: row.get(6),
        primary: row.get(5),
    }
}

#[derive(Clone, Copy)]
enum Side {
    Referring,
    Referenced,
}

fn foreign_key(row: &Row, side: Side) -> ForeignKey {
    // The columns of this side, and the relation, its name and its columns on the other one.
    let (own, relation, schema, table, other, names) = match side {
        Side::Referring => (2, 3, 7, 8, 4, 10),
        Side::Referenced => (4, 1, 5, 6, 2, 9),
    };
    ForeignKey {
        name: row.get(0),
        columns: row.get(own),
        relation: row.get(relation),
        schema: row.get(schema),
        table: row.get(table),
        referenced: row.get(other),
        referenced_names: row.get(names),
    }
}
