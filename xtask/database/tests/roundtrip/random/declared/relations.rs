//! Views on tables and views.

use pg_schema::prelude::*;
use pg_schema::quote_identifier;

use super::tables::Usable;
use super::{Declared, at};
use crate::random::genes::{KeyGene, Pick, TABLES, VIEWS, ViewGene};
use crate::random::names::Kind;

/// A table or view that can be read.
pub(super) struct Readable {
    pub(super) sql: String,
    columns: Vec<Usable>,
    /// Whether grouping by `id` gives every other column.
    grouped_by_id: bool,
    is_table: bool,
}

impl Declared<'_> {
    /// Of tables and, behind them, views.
    pub(super) fn relation(&self, pick: Pick) -> Option<Readable> {
        self.relation_below(pick, VIEWS)
    }

    /// A view reads only those of lower slots.
    fn relation_below(&self, pick: Pick, slot: usize) -> Option<Readable> {
        let pick = usize::from(pick) % (TABLES + slot);
        let Some(view) = pick.checked_sub(TABLES) else {
            let gene = self.world.tables[pick].as_ref()?;
            return Some(Readable {
                sql: self.table_name(pick)?.sql(),
                columns: self.usable(gene),
                grouped_by_id: matches!(
                    gene.key,
                    KeyGene::Column | KeyGene::Named | KeyGene::CompositeUnique
                ),
                is_table: true,
            });
        };
        let gene = self.world.views[view].as_ref()?;
        let (_, columns) = self.query(view, gene)?;
        Some(Readable {
            sql: self.qualified(Kind::View, view, gene.place).sql(),
            columns,
            grouped_by_id: false,
            is_table: false,
        })
    }

    /// The query of a view and its columns, the `id` first.
    fn query(&self, slot: usize, gene: &ViewGene) -> Option<(String, Vec<Usable>)> {
        let source = self.relation_below(gene.source, slot)?;
        let (from, id) = (&source.sql, quote_identifier(&self.id()));
        let other = self.relation_below(gene.other, slot);
        let column = at(&source.columns, gene.column).clone();
        let name = quote_identifier(&column.name);
        let just_id = || source.columns[..1].to_vec();
        let all = || source.columns.clone();
        let list: Vec<_> = all().iter().map(|it| quote_identifier(&it.name)).collect();
        let list = list.join(", ");
        Some(match (gene.form % 12, other, &column.constant) {
            (1, ..) => (format!("SELECT * FROM {from}"), all()),
            (2, ..) => (format!("SELECT {list} FROM {from}"), all()),
            (3, ..) => (format!("SELECT count(*) AS {id} FROM {from}"), just_id()),
            (4, ..) if source.grouped_by_id => (
                format!("SELECT {list}, count(*) FROM {from} GROUP BY {id}"),
                all(),
            ),
            (5, Some(other), _) => (
                format!(
                    "SELECT one.{id} FROM {from} one JOIN {} other ON one.{id} = other.{id}",
                    other.sql
                ),
                just_id(),
            ),
            (6, _, Some(constant)) => (
                format!("SELECT {id} FROM {from} WHERE {name} <> {constant} -- but one"),
                just_id(),
            ),
            (7, Some(other), _) => (
                format!(
                    "SELECT {id} FROM {from} UNION ALL SELECT {id} FROM {}",
                    other.sql
                ),
                just_id(),
            ),
            (8, ..) => (
                format!("SELECT {id}, to_jsonb(whole) FROM {from} AS whole"),
                just_id(),
            ),
            (9, ..) => (
                format!("WITH one AS (SELECT * FROM {from}) SELECT DISTINCT {id} FROM one"),
                just_id(),
            ),
            (10, Some(other), _) => (
                format!(
                    "SELECT {id} FROM {from} WHERE EXISTS (SELECT FROM {})",
                    other.sql
                ),
                just_id(),
            ),
            (11, ..) => (
                format!("SELECT {id}, {name}::text AS \"text; --\" FROM {from}"),
                just_id(),
            ),
            _ => (format!("SELECT {id} FROM {from}"), just_id()),
        })
    }

    pub(super) fn view(
        &self,
        declaration: Declaration,
        slot: usize,
        gene: &ViewGene,
    ) -> Declaration {
        let Some((query, _)) = self.query(slot, gene) else {
            return declaration;
        };
        let name = self.name(Kind::View, slot);
        if gene.materialized {
            let view = pg_materialized_view(name).as_sql(query);
            let view = match gene.options % 5 {
                1 => view.with("fillfactor", 70),
                2 => view.tablespace("pg_default"),
                3 => view.using("heap"),
                // Nothing can be made of it then, so it is the one that no view reads.
                4 if slot == VIEWS - 1 => view.with_no_data(),
                _ => view,
            };
            let view = self.commented(view, Kind::View, slot, MaterializedView::comment);
            return declaration.with(match self.schema_at(gene.place) {
                Some(schema) => view.in_schema(schema),
                None => view,
            });
        }
        let on_table = self
            .relation_below(gene.source, slot)
            .is_some_and(|source| source.is_table);
        let view = pg_view(name).as_sql(query);
        let view = match gene.options % 5 {
            1 => view.security_barrier(true),
            2 => view.security_barrier(false).security_invoker(true),
            3 if on_table && matches!(gene.form % 12, 0..=2) => view.check_option(Cascaded),
            4 if on_table && matches!(gene.form % 12, 0..=2) => {
                view.check_option(Local).security_barrier(true)
            }
            _ => view,
        };
        let view = self.commented(view, Kind::View, slot, View::comment);
        declaration.with(match self.schema_at(gene.place) {
            Some(schema) => view.in_schema(schema),
            None => view,
        })
    }
}
