//! What the choices of a state declare.

mod indexes;
mod policies;
mod relations;
mod tables;

use pg_schema::prelude::*;
use pg_schema::{PUBLIC, QualifiedName, Schema, quote_identifier};

use super::genes::{COLUMNS, ConditionGene, Pick, STYLED, SequenceGene, TABLES, World};
use super::names::Kind;
use tables::Usable;

/// A table that no state holds, but policies are linked to it.
pub(crate) const ELSEWHERE: (&str, &str) = ("elsewhere", "table");

const LABELS: [&str; 8] = [
    "a",
    "b",
    "it's",
    "ü; -- \"x\"",
    " ",
    "sixty-three bytes ............................................",
    "A",
    "{c,d}",
];

const COMMENTS: [&str; 4] = [
    "it's",
    "größe; -- \"x\" $$ \\",
    "two\nlines",
    "--> statement-breakpoint",
];

/// A state that is being declared.
pub(super) struct Declared<'a> {
    pub(super) world: &'a World,
    /// Roles are the whole server's, so each worker has its own.
    pub(super) worker: usize,
}

impl World {
    /// The state.
    ///
    /// # Panics
    /// When the choices make no state, which would be a mistake of this test.
    pub(super) fn schema(&self, worker: usize) -> Schema {
        let declaration = Declared {
            world: self,
            worker,
        }
        .declaration();
        declaration
            .build()
            .unwrap_or_else(|errors| panic!("{errors}"))
    }
}

fn at<T>(list: &[T], pick: Pick) -> &T {
    &list[usize::from(pick) % list.len()]
}

impl Declared<'_> {
    fn declaration(&self) -> Declaration {
        let world = self.world;
        let mut declaration = Declaration::new();
        if let Some(extension) = self.extension() {
            declaration = declaration.with(extension);
        }
        for (slot, there) in world.schemas.iter().enumerate() {
            if *there {
                let schema = pg_schema(self.name(Kind::Schema, slot));
                declaration = declaration.with(self.commented(
                    schema,
                    Kind::Schema,
                    slot,
                    Namespace::comment,
                ));
            }
        }
        for (slot, gene) in present(&world.enums) {
            let declared = pg_enum(self.name(Kind::Enum, slot), self.labels(slot));
            let declared = self.commented(declared, Kind::Enum, slot, Enum::comment);
            declaration = declaration.with(match self.schema_at(gene.place) {
                Some(schema) => declared.in_schema(schema),
                None => declared,
            });
        }
        for (slot, gene) in present(&world.sequences) {
            declaration = declaration.with(self.sequence(slot, gene));
        }
        for (slot, rights) in present(&world.roles) {
            let role = pg_role(self.role(slot));
            let role = self.commented(role, Kind::Role, slot, Role::comment);
            declaration = declaration.with(match rights % 4 {
                0 => role,
                1 => role.create_db(),
                2 => role.no_inherit(),
                _ => role.create_role().create_db(),
            });
        }
        for (slot, gene) in present(&world.tables) {
            let table = self.table(slot, gene);
            let table = self.commented(table, Kind::Table, slot, Table::comment);
            declaration = declaration.with(table);
        }
        // Each before those that it reads.
        for (slot, gene) in present(&world.views).rev() {
            declaration = self.view(declaration, slot, gene);
        }
        for (slot, gene) in present(&world.linked) {
            let policy = self.linked_policy(slot, gene);
            declaration = declaration.with(policy.link(ELSEWHERE));
        }
        declaration
    }

    /// One that every server brings along.
    fn extension(&self) -> Option<Extension> {
        let pick = self.world.beyond.extension();
        let name = ["citext", "pg_trgm"].get(usize::from(pick.checked_sub(1)?) % 3)?;
        let extension = pg_extension(*name);
        // Where it lies is stated, since it may lie anywhere else.
        let schema = self.schema_at(pick / 4);
        Some(extension.in_schema(schema.unwrap_or_else(|| PUBLIC.to_owned())))
    }

    fn commented<T>(
        &self,
        item: T,
        kind: Kind,
        slot: usize,
        comment: impl Fn(T, &'static str) -> T,
    ) -> T {
        let pick = self.world.beyond.comment(kind, slot);
        match pick.checked_sub(1) {
            Some(number) => comment(item, COMMENTS[usize::from(number) % COMMENTS.len()]),
            None => item,
        }
    }

    pub(super) fn name(&self, kind: Kind, slot: usize) -> String {
        self.world.names.of(kind, slot)
    }

    /// On one line: the order of a policy's roles does not count, and lines of dumps are compared.
    pub(super) fn role(&self, slot: usize) -> String {
        let name = self.name(Kind::Role, STYLED * (self.worker + 1) + slot);
        name.replace('\n', " ")
    }

    /// The name of something that belongs to a table.
    fn part(&self, table: usize, part: usize) -> String {
        self.name(Kind::Part, STYLED * (table + 1) * 4 + part)
    }

    fn schema_at(&self, place: Pick) -> Option<String> {
        let slot = usize::from(place).checked_sub(1)?;
        let there = self.world.schemas.get(slot).is_some_and(|there| *there);
        there.then(|| self.name(Kind::Schema, slot))
    }

    pub(super) fn qualified(&self, kind: Kind, slot: usize, place: Pick) -> QualifiedName {
        let schema = self.schema_at(place);
        QualifiedName::new(
            schema.unwrap_or_else(|| PUBLIC.to_owned()),
            self.name(kind, slot),
        )
    }

    /// The column that every table has.
    fn id(&self) -> String {
        self.name(Kind::Column, COLUMNS)
    }

    /// The other column of a composite key.
    fn id_part(&self) -> String {
        self.name(Kind::Column, COLUMNS + 1)
    }

    /// At least two.
    fn labels(&self, slot: usize) -> Vec<&'static str> {
        let picks = self.world.enums[slot].iter().flat_map(|gene| &gene.labels);
        let mut labels = Vec::new();
        for label in picks.map(|pick| *at(&LABELS, *pick)).chain(LABELS) {
            let enough = labels.len()
                >= self.world.enums[slot]
                    .as_ref()
                    .map_or(0, |gene| gene.labels.len());
            if !labels.contains(&label) && !enough {
                labels.push(label);
            }
        }
        labels
    }

    fn sequence(&self, slot: usize, gene: &SequenceGene) -> Sequence {
        let sequence = pg_sequence(self.name(Kind::Sequence, slot));
        let sequence = self.commented(sequence, Kind::Sequence, slot, Sequence::comment);
        let pick = self.world.beyond.owner(slot);
        let sequence = match pick % 3 {
            1 => sequence.counts_in(SmallInt),
            2 => sequence.counts_in(Integer),
            _ => sequence,
        };
        // PostgreSQL wants both in one schema.
        let owner = self.table_name(usize::from(pick) / 3);
        let place = self.qualified(Kind::Sequence, slot, gene.place).schema;
        let sequence = match owner.filter(|it| pick != 0 && it.schema == place) {
            Some(table) => sequence.owned_by(table.name, self.id()),
            None => sequence,
        };
        let sequence = match gene.options % 6 {
            0 => sequence,
            1 => sequence.start_with(100).min_value(50),
            2 => sequence.max_value(70).cycle(),
            3 => sequence.increment(-1).cache(5),
            4 => sequence.increment(3),
            _ => sequence
                .increment(-2)
                .min_value(-9)
                .max_value(9)
                .start_with(0),
        };
        match self.schema_at(gene.place) {
            Some(schema) => sequence.in_schema(schema),
            None => sequence,
        }
    }

    pub(super) fn table_name(&self, slot: usize) -> Option<QualifiedName> {
        let gene = self.world.tables[slot % TABLES].as_ref()?;
        Some(self.qualified(Kind::Table, slot % TABLES, gene.place))
    }
}

fn present<T>(slots: &[Option<T>]) -> impl DoubleEndedIterator<Item = (usize, &T)> {
    (slots.iter().enumerate()).filter_map(|(slot, gene)| Some((slot, gene.as_ref()?)))
}

/// Without subqueries and functions that are not immutable.
fn condition(gene: &ConditionGene, columns: &[Usable]) -> String {
    let column = at(columns, gene.column);
    let (name, id) = (
        quote_identifier(&column.name),
        quote_identifier(&columns[0].name),
    );
    match (gene.form % 10, &column.constant) {
        (0, _) => format!("{id} > 0"),
        (1, _) => format!("{name} IS NOT NULL OR {id} IS NOT NULL"),
        (2 | 8, Some(constant)) => format!("{name} <> {constant}"),
        (3, _) => format!("{id}::text <> 'it''s; -- \"x\" $$ \\'"),
        (4, _) => format!("{id} > 0 -- more"),
        (5, Some(constant)) => format!("{name} = {constant} OR {id} >= 1"),
        (6, _) => format!("{id} > 1"),
        (7, Some(constant)) => format!("{name} IN ({constant}) IS NOT TRUE"),
        _ => format!("({name} IS NULL) OR {id} BETWEEN 0 AND 1000"),
    }
}
