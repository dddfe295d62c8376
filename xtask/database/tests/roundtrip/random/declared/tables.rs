//! Tables with their columns, keys, constraints, indexes and policies.

use std::collections::BTreeMap;

use pg_schema::prelude::*;
use pg_schema::{MAX_NAME_BYTES, quote_identifier, quote_literal};

use super::{Declared, at, condition, present};
use crate::random::genes::{
    ColumnGene, ColumnKind, ConditionGene, ENUMS, ForeignKeyGene, IndexGene, KeyGene, PARTS,
    PartGene, Pick, PolicyGene, ROLES, SEQUENCES, TABLES, TableGene,
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
    is_text: bool,
    indexes: &'static [(&'static str, Option<&'static str>)],
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
            columns.push(self.column(slot, gene, place, column));
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
            table = match it {
                PartGene::ForeignKey(_) => table,
                PartGene::Unique {
                    column,
                    with_id,
                    nulls_not_distinct,
                } => {
                    let named = self.unique(slot, part, &usable, *column, *with_id);
                    match named {
                        Some(unique) if *nulls_not_distinct => {
                            table.unique(unique.nulls_not_distinct())
                        }
                        Some(unique) => table.unique(unique),
                        None => table,
                    }
                }
                PartGene::Check(holds) => table.check(check(name, condition(holds, &usable))),
                PartGene::Index(gene) => table.index(declared_index(name, gene, &usable)),
                PartGene::Policy(gene) => table.policy(self.policy(name, gene, &usable)),
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

    fn policy(&self, name: String, gene: &PolicyGene, columns: &[Usable]) -> Policy {
        let asking = |own: &ConditionGene| {
            let own = condition(own, columns);
            let asked = gene.asks.and_then(|pick| self.relation(pick));
            asked.map_or(own.clone(), |asked| {
                format!(
                    "EXISTS (SELECT FROM {} AS other WHERE other.{} IS NOT NULL) OR {own}",
                    asked.sql,
                    quote_identifier(&self.id())
                )
            })
        };
        self.with_clauses(policy(name), gene, asking)
    }

    /// On a table whose only column is `id`.
    pub(super) fn linked_policy(&self, slot: usize, gene: &PolicyGene) -> Policy {
        let condition = |condition: &ConditionGene| match condition.form % 3 {
            0 => "true".to_owned(),
            1 => "id > 0".to_owned(),
            _ => "id = 1 -- one".to_owned(),
        };
        self.with_clauses(policy(self.part(TABLES, slot)), gene, condition)
    }

    fn with_clauses(
        &self,
        mut policy: Policy,
        gene: &PolicyGene,
        condition: impl Fn(&ConditionGene) -> String,
    ) -> Policy {
        let command = *at(&[All, Select, Insert, Update, Delete], gene.command);
        if let Some(using) = gene.using.as_ref().filter(|_| command != Insert) {
            policy = policy.using(condition(using));
        }
        if let Some(check) = gene
            .with_check
            .as_ref()
            .filter(|_| !matches!(command, Select | Delete))
        {
            policy = policy.with_check(condition(check));
        }
        let roles = (0..ROLES)
            .filter(|slot| self.world.roles[*slot].is_some() && gene.roles & (1 << slot) != 0);
        let mut roles: Vec<_> = roles.map(|slot| self.role(slot)).collect();
        if gene.roles & 4 != 0 {
            roles.push("current_user".to_owned());
        }
        let policy = policy.for_command(command).to(roles);
        if gene.restrictive {
            policy.restrictive()
        } else {
            policy
        }
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
        let automatic = self.name(Kind::Table, table).len()
            + own.len()
            + name.name.len()
            + self.id().len()
            + "____fk".len();
        let composite =
            gene.composite && matches!(target_key, KeyGene::Composite | KeyGene::CompositeUnique);
        if part == 0 && !composite && automatic <= MAX_NAME_BYTES {
            let column = id_type(&own).references(place, self.id());
            columns.insert(own, column.on_delete(on_delete).on_update(on_update));
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
        keys.push(
            key.on_delete(on_delete)
                .on_update(on_update)
                .name(self.part(table, part)),
        );
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

fn declared_index(name: String, gene: &IndexGene, columns: &[Usable]) -> Index {
    let (first, form) = gene.keys[0];
    let first = at(columns, first);
    let mut made = if gene.unique {
        unique_index(name)
    } else {
        index(name)
    };
    let mut method = "btree";
    let special = (form % 3 == 2 && !gene.unique && !first.indexes.is_empty())
        .then(|| at(first.indexes, form / 3));
    if let Some((other, class)) = special {
        method = other;
        let key = asc(first.name.clone());
        made = made.using(*other).on([match class {
            Some(class) => key.op(*class),
            None => key,
        }]);
    } else {
        let key =
            |(column, form): &(Pick, Pick)| index_key(at(columns, *column), &columns[0], *form);
        made = made.on(gene.keys.iter().map(key));
    }
    if gene.with {
        made = match method {
            "gin" => made.with("fastupdate", false),
            "brin" => made.with("pages_per_range", 32),
            _ => made.with("fillfactor", 70),
        };
    }
    if let Some(predicate) = &gene.predicate {
        made = made.predicate(condition(predicate, columns));
    }
    if gene.concurrently {
        made.concurrently()
    } else {
        made
    }
}

fn index_key(column: &Usable, id: &Usable, form: Pick) -> IndexKey {
    let name = quote_identifier(&column.name);
    match form % 8 {
        _ if !column.compares => expression(format!("({name} IS NULL)")),
        0 | 6 => asc(column.name.clone()),
        1 => desc(column.name.clone()),
        2 => asc(column.name.clone()).nulls_first(),
        3 => desc(column.name.clone()).nulls_first(),
        4 => expression(format!("({name} IS NULL)")),
        5 if column.is_text => expression(format!("lower({name})")),
        5 => expression(format!("({} + 1)", quote_identifier(&id.name))),
        _ => expression(format!("abs({})", quote_identifier(&id.name))).nulls_first(),
    }
}
