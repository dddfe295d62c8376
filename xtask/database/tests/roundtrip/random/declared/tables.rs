//! Tables with their columns, keys and constraints.

use std::collections::BTreeMap;

use pg_schema::prelude::*;
use pg_schema::{MAX_NAME_BYTES, quote_identifier, quote_literal};

use super::indexes::declared_index;
use super::{Declared, at, condition, present};
use crate::random::genes::{
    COLUMNS, ColumnGene, ColumnKind, ENUMS, ForeignKeyGene, KeyGene, PARTS, PartGene, Pick,
    SEQUENCES, TABLES, TableGene,
};
use crate::random::names::Kind;
use crate::random::types::{ID_TYPES, TYPES, Type, value};

/// A column of a table or view, as conditions, indexes and queries use it.
#[derive(Clone)]
pub(super) struct Usable {
    pub(super) name: String,
    /// Whether its values can be compared.
    pub(super) compares: bool,
    /// A constant of its type, as SQL.
    pub(super) constant: Option<String>,
    pub(super) is_text: bool,
    pub(super) indexes: &'static [(&'static str, Option<&'static str>)],
}

enum TypeOf<'a> {
    Known(&'a Type),
    Enum(usize),
}

const ACTIONS: [ReferentialAction; 5] = ReferentialAction::ALL;

impl Declared<'_> {
    pub(super) fn table(&self, slot: usize, gene: &TableGene) -> Table {
        let id = at(&ID_TYPES, self.world.id_type)(&self.id());
        let mut columns = vec![match gene.key {
            KeyGene::Column | KeyGene::CompositeUnique => id.primary_key(),
            _ => id.not_null(),
        }];
        if matches!(gene.key, KeyGene::Composite | KeyGene::CompositeUnique) {
            columns.push(integer(self.id_part()).not_null());
        }
        for (place, column) in present(&gene.columns) {
            let declared = self.column(slot, gene, place, column);
            let declared = match self.world.beyond.collation(slot, place) % 4 {
                1 if self.is_text(column) => declared.collate("C"),
                2 if self.is_text(column) => declared.collate("POSIX"),
                3 if self.is_text(column) => declared.collate(("pg_catalog", "ucs_basic")),
                _ => declared,
            };
            let number = slot * COLUMNS + place;
            columns.push(self.commented(declared, Kind::Column, number, Column::comment));
        }
        let mut references = References::default();
        for (part, it) in present(&gene.parts) {
            if let PartGene::ForeignKey(key) = it {
                self.reference(slot, part, key, &mut references);
            }
        }
        columns.extend(references.columns.into_values());
        let mut table = pg_table(self.name(Kind::Table, slot), columns);
        if let Some(schema) = self.schema_at(gene.place) {
            table = table.in_schema(schema);
        }
        table = self.keyed(table, slot, gene.key);
        table = references.keys.into_iter().fold(table, Table::foreign_key);
        let usable = self.usable(gene);
        for (part, it) in present(&gene.parts) {
            let name = self.part(slot, part);
            let number = slot * PARTS + part;
            let options = self.world.beyond.options(slot, part);
            table = match it {
                PartGene::ForeignKey(_) => table,
                PartGene::Unique {
                    column,
                    with_id,
                    nulls_not_distinct,
                } => {
                    let Some(unique) = self.unique(slot, part, &usable, *column, *with_id) else {
                        continue;
                    };
                    let unique = match options % 4 {
                        1 => unique.deferrable(),
                        2 => unique.initially_deferred(),
                        _ => unique,
                    };
                    let unique = self.commented(unique, Kind::Part, number, Unique::comment);
                    table.unique(if *nulls_not_distinct {
                        unique.nulls_not_distinct()
                    } else {
                        unique
                    })
                }
                PartGene::Check(holds) => {
                    let check = check(name, condition(holds, &usable));
                    table.check(self.commented(check, Kind::Part, number, Check::comment))
                }
                PartGene::Index(gene) => {
                    let index = declared_index(name, gene, &usable, options);
                    table.index(self.commented(index, Kind::Part, number, Index::comment))
                }
                PartGene::Policy(gene) => {
                    let policy = self.policy(name, gene, &usable);
                    table.policy(self.commented(policy, Kind::Part, number, Policy::comment))
                }
            };
        }
        if gene.row_security {
            table.enable_rls()
        } else {
            table
        }
    }

    fn keyed(&self, table: Table, slot: usize, key: KeyGene) -> Table {
        let (first, second) = (self.part(slot, PARTS), self.part(slot, PARTS + 1));
        let (id, part) = (self.id(), self.id_part());
        match key {
            KeyGene::None | KeyGene::Column => table,
            KeyGene::Named => table.primary_key(primary_key([id]).name(first)),
            KeyGene::Composite => table
                .primary_key(primary_key([id.clone(), part]).name(first))
                .unique(unique([id]).name(second)),
            KeyGene::Unique => table.unique(unique([id]).name(first)),
            KeyGene::CompositeUnique => table.unique(unique([part, id]).name(first)),
        }
    }

    fn type_of(&self, gene: &ColumnGene) -> TypeOf<'static> {
        match usize::from(gene.data_type).checked_sub(TYPES.len()) {
            Some(slot) if self.world.enums[slot % ENUMS].is_some() => TypeOf::Enum(slot % ENUMS),
            Some(_) => TypeOf::Known(&TYPES[1]),
            None => TypeOf::Known(&TYPES[usize::from(gene.data_type)]),
        }
    }

    /// Whether it has a collation.
    fn is_text(&self, gene: &ColumnGene) -> bool {
        let of_text = matches!(self.type_of(gene), TypeOf::Known(known) if ["text", "varchar"].contains(&known.base));
        of_text && self.kind(gene) == ColumnKind::Plain
    }

    /// What a column is, as far as what it needs is there.
    fn kind(&self, gene: &ColumnGene) -> ColumnKind {
        let sequence = usize::from(gene.options) % SEQUENCES;
        match gene.kind {
            ColumnKind::Counter if self.world.sequences[sequence].is_none() => ColumnKind::Plain,
            kind => kind,
        }
    }

    fn column(&self, table: usize, of: &TableGene, slot: usize, gene: &ColumnGene) -> Column {
        let name = self.name(Kind::Column, slot);
        match self.kind(gene) {
            ColumnKind::Plain => self.plain(&name, gene),
            ColumnKind::Serial => match gene.options % 3 {
                0 => serial(name),
                1 => bigserial(name),
                _ => smallserial(name),
            },
            ColumnKind::Identity => {
                // A name of its own, since the automatic one can be too long.
                let options = identity().name(self.part(table, PARTS + 2 + slot));
                let options = match gene.default {
                    0 => options,
                    1 => options.start_with(100),
                    2 => options.min_value(1).max_value(5000).cycle(),
                    3 => options.increment(-1),
                    _ => options.increment(5).cache(3),
                };
                let column = match gene.options % 3 {
                    0 => integer(name),
                    1 => bigint(name),
                    _ => smallint(name),
                };
                if gene.not_null {
                    column.generated_always_as_identity(options)
                } else {
                    column.generated_by_default_as_identity(options)
                }
            }
            ColumnKind::Generated => self.generated(name, of, gene),
            ColumnKind::Counter => {
                let sequence = usize::from(gene.options) % SEQUENCES;
                let place = self.world.sequences[sequence]
                    .as_ref()
                    .map_or(0, |it| it.place);
                let sequence = self.qualified(Kind::Sequence, sequence, place).sql();
                bigint(name).default_sql(format!("nextval({})", quote_literal(&sequence)))
            }
        }
    }

    fn plain(&self, name: &str, gene: &ColumnGene) -> Column {
        let default = usize::from(gene.default).checked_sub(1);
        let column = match self.type_of(gene) {
            TypeOf::Known(known) => {
                let column = arrayed((known.make)(name), gene.array);
                match default {
                    Some(_) if gene.array != 0 => column.default_sql("'{}'"),
                    Some(number) if !known.defaults.is_empty() => {
                        let sql = known.defaults[number % known.defaults.len()];
                        match (sql.parse::<i64>(), sql) {
                            (Ok(number), _) => column.default(number),
                            (_, "true" | "false") => column.default(sql == "true"),
                            _ => column.default_sql(sql),
                        }
                    }
                    _ => column,
                }
            }
            TypeOf::Enum(slot) => {
                let place = self.world.enums[slot].as_ref().map_or(0, |it| it.place);
                let declared = self.qualified(Kind::Enum, slot, place);
                let column = enum_column(name, (declared.schema.as_str(), declared.name.as_str()));
                let labels = self.labels(slot);
                let column = arrayed(column, gene.array);
                match default {
                    Some(number) if gene.array != 0 => {
                        column.default([labels[number % labels.len()]])
                    }
                    Some(number) => column.default(labels[number % labels.len()]),
                    None => column,
                }
            }
        };
        if gene.not_null {
            column.not_null()
        } else {
            column
        }
    }

    /// Computed from the `id` or a column that is not computed itself.
    fn generated(&self, name: String, of: &TableGene, gene: &ColumnGene) -> Column {
        let id = quote_identifier(&self.id());
        let mut others =
            present(&of.columns).filter(|(_, it)| self.kind(it) != ColumnKind::Generated);
        let other = others
            .nth(usize::from(gene.default))
            .map(|(slot, _)| quote_identifier(&self.name(Kind::Column, slot)));
        let column = match (gene.options % 4, other) {
            (0, Some(other)) => boolean(name).generated_always_as(format!("{other} IS NULL")),
            (1, _) => text(name).generated_always_as(format!("({id})::text || ' it''s; -- '")),
            (2, _) => numeric(name).generated_always_as(format!("{id} * 2 -- twice")),
            _ => boolean(name).generated_always_as(format!("{id} > 1")),
        };
        if gene.not_null {
            column.not_null()
        } else {
            column
        }
    }

    /// The columns of a table, as far as they are there without its foreign keys.
    pub(super) fn usable(&self, gene: &TableGene) -> Vec<Usable> {
        let id = Usable {
            name: self.id(),
            compares: true,
            constant: Some("2".to_owned()),
            is_text: false,
            indexes: TYPES[0].indexes,
        };
        let others = present(&gene.columns).map(|(slot, column)| {
            let plain = self.kind(column) == ColumnKind::Plain;
            let (compares, indexes, constant, is_text) = match self.type_of(column) {
                _ if !plain => (true, TYPES[2].indexes, None, false),
                TypeOf::Enum(slot) => (
                    true,
                    [].as_slice(),
                    self.labels(slot).last().map(|label| quote_literal(label)),
                    false,
                ),
                TypeOf::Known(known) => {
                    let is_text = ["text", "varchar"].contains(&known.base);
                    (
                        known.compares,
                        known.indexes,
                        known.compares.then(|| quote_literal(&value(known.base, 2))),
                        is_text,
                    )
                }
            };
            let array = plain && column.array != 0;
            Usable {
                name: self.name(Kind::Column, slot),
                compares,
                constant: constant.filter(|_| !array),
                is_text: is_text && !array,
                indexes: if self.kind(column) == ColumnKind::Generated || array {
                    &[]
                } else {
                    indexes
                },
            }
        });
        [id].into_iter().chain(others).collect()
    }

    fn unique(
        &self,
        table: usize,
        part: usize,
        columns: &[Usable],
        column: Pick,
        with_id: bool,
    ) -> Option<Unique> {
        let others = columns[1..].iter().filter(|column| column.compares);
        let others: Vec<_> = others.collect();
        let column = at(
            &others.iter().map(Some).chain([None]).collect::<Vec<_>>(),
            column,
        )
        .map(|it| it.name.clone())?;
        let columns = if with_id {
            vec![self.id(), column]
        } else {
            vec![column]
        };
        let automatic = self.name(Kind::Table, table).len()
            + columns.iter().map(|name| name.len() + 1).sum::<usize>()
            + "_unique".len();
        Some(if part == 0 && automatic <= MAX_NAME_BYTES {
            unique(columns)
        } else {
            unique(columns).name(self.part(table, part))
        })
    }

    fn reference(
        &self,
        table: usize,
        part: usize,
        gene: &ForeignKeyGene,
        references: &mut References,
    ) {
        let target = usize::from(gene.target) % TABLES;
        let Some((name, target_key)) = self
            .table_name(target)
            .zip(self.world.tables[target].as_ref().map(|it| it.key))
        else {
            return;
        };
        if target_key == KeyGene::None {
            return;
        }
        let References { columns, keys } = references;
        let (on_delete, on_update) = (*at(&ACTIONS, gene.on_delete), *at(&ACTIONS, gene.on_update));
        let place = (name.schema.as_str(), name.name.as_str());
        let (own, second) = (
            self.name(Kind::Reference, target),
            self.name(Kind::Reference, target + TABLES),
        );
        let id_type = at(&ID_TYPES, self.world.id_type);
        let deferred = self.world.beyond.options(table, part);
        let automatic = self.name(Kind::Table, table).len()
            + own.len()
            + name.name.len()
            + self.id().len()
            + "____fk".len();
        let composite =
            gene.composite && matches!(target_key, KeyGene::Composite | KeyGene::CompositeUnique);
        if part == 0 && !composite && automatic <= MAX_NAME_BYTES {
            let column = id_type(&own).references(place, self.id());
            let column = column.on_delete(on_delete).on_update(on_update);
            let column = match deferred % 4 {
                1 => column.deferrable(),
                2 => column.initially_deferred(),
                _ => column,
            };
            columns.insert(own, column);
            return;
        }
        let key = if gene.on_own_id && target != table {
            foreign_key([self.id()]).references(place, [self.id()])
        } else {
            columns.entry(own.clone()).or_insert_with(|| id_type(&own));
            if composite {
                columns
                    .entry(second.clone())
                    .or_insert_with(|| integer(second.as_str()));
                foreign_key([own, second]).references(place, [self.id(), self.id_part()])
            } else {
                foreign_key([own]).references(place, [self.id()])
            }
        };
        let key = key.on_delete(on_delete).on_update(on_update);
        let key = match deferred % 4 {
            1 => key.deferrable(),
            2 => key.initially_deferred(),
            _ => key,
        };
        let key = key.name(self.part(table, part));
        let number = table * PARTS + part;
        keys.push(self.commented(key, Kind::Part, number, ForeignKey::comment));
    }
}

/// The foreign keys of a table, and the columns that are there for them.
#[derive(Default)]
struct References {
    columns: BTreeMap<String, Column>,
    keys: Vec<ForeignKey>,
}

fn arrayed(column: Column, array: Pick) -> Column {
    match array {
        0 => column,
        1 => column.array(),
        _ => column.array_of(3),
    }
}
