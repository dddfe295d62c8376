//! Indexes.

use pg_schema::prelude::*;
use pg_schema::quote_identifier;

use super::tables::Usable;
use super::{at, condition};
use crate::random::genes::{IndexGene, Pick};

pub(super) fn declared_index(
    name: String,
    gene: &IndexGene,
    columns: &[Usable],
    options: Pick,
) -> Index {
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
        let key = |(column, form): &(Pick, Pick)| {
            let column = at(columns, *column);
            let key = index_key(column, &columns[0], *form);
            if column.is_text && *form % 8 < 4 && options % 2 == 1 {
                key.collate("C")
            } else {
                key
            }
        };
        made = made.on(gene.keys.iter().map(key));
        made = match options / 2 % 4 {
            1 => made.include([at(columns, options).name.clone()]),
            2 if gene.unique => made.nulls_not_distinct(),
            _ => made,
        };
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
