//! CREATE INDEX.

use pg_schema::{
    Index, IndexKey, IndexTerm, NullsOrder, QualifiedName, SortOrder, quote_identifier,
};

use super::definition::{collated, column_list};
use crate::sql::{break_after, in_parentheses, is_index_key};

pub(super) fn create_index(table: &QualifiedName, index: &Index) -> String {
    let keys: Vec<_> = index
        .keys
        .iter()
        .map(|key| index_key(key, &index.method))
        .collect();
    let with: Vec<_> = index
        .with
        .iter()
        .map(|parameter| format!("{}={}", parameter.name, parameter.value))
        .collect();
    format!(
        "CREATE {}INDEX{} {} ON {} USING {} ({}){}{}{}{};",
        if index.unique { "UNIQUE " } else { "" },
        if index.concurrently {
            " CONCURRENTLY"
        } else {
            ""
        },
        quote_identifier(&index.name),
        table.short_sql(),
        index.method,
        keys.join(","),
        if index.include.is_empty() {
            String::new()
        } else {
            format!(" INCLUDE ({})", column_list(&index.include))
        },
        if index.nulls_not_distinct {
            " NULLS NOT DISTINCT"
        } else {
            ""
        },
        if with.is_empty() {
            String::new()
        } else {
            format!(" WITH ({})", with.join(","))
        },
        index
            .predicate
            .as_ref()
            .map_or_else(String::new, |predicate| format!(
                " WHERE {predicate}{}",
                break_after(predicate)
            ))
    )
}

/// One key. drizzle-kit loses the order of a key with an operator class; here it stays. Methods other than btree have no order at all. An expression
/// stands as it is, with what it says itself of collation, operator class and order, unless the grammar wants it in parentheses.
fn index_key(key: &IndexKey, method: &str) -> String {
    let sql = match &key.term {
        IndexTerm::Column(name) => quote_identifier(name),
        IndexTerm::Expression(expression) if is_index_key(expression) => {
            let expression = expression.trim();
            format!("{expression}{}", break_after(expression))
        }
        IndexTerm::Expression(expression) => in_parentheses(expression.trim()),
    };
    let mut sql = collated(sql, key.collation.as_ref());
    if let Some(operator_class) = &key.operator_class {
        sql.push(' ');
        sql.push_str(operator_class);
    }
    if method == "btree" {
        if key.order == SortOrder::Descending {
            sql.push_str(" DESC");
        }
        match (key.order, key.nulls) {
            (SortOrder::Ascending, NullsOrder::Last) => {}
            (_, NullsOrder::Last) => sql.push_str(" NULLS LAST"),
            (_, NullsOrder::First) => sql.push_str(" NULLS FIRST"),
        }
    }
    sql
}
