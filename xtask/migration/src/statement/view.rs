//! Views and materialized views.

use pg_schema::{View, quote_identifier};

use crate::sql::{bare_or_quoted, in_parentheses};

pub(super) fn view_kind(materialized: bool) -> &'static str {
    if materialized {
        "MATERIALIZED VIEW"
    } else {
        "VIEW"
    }
}

pub(super) fn create_view(view: &View) -> String {
    let mut sql = format!(
        "CREATE {} {}",
        view_kind(view.materialized),
        view.name.sql()
    );
    if let Some(method) = &view.access_method {
        sql.push_str(" USING ");
        sql.push_str(&quote_identifier(method));
    }
    if !view.with.is_empty() {
        let with = view.with.iter();
        let with: Vec<_> = with
            .map(|it| format!("{} = {}", it.name, it.value))
            .collect();
        sql.push_str(&format!(" WITH ({})", with.join(", ")));
    }
    if let Some(tablespace) = &view.tablespace {
        sql.push_str(" TABLESPACE ");
        sql.push_str(&bare_or_quoted(tablespace));
    }
    sql.push_str(" AS ");
    sql.push_str(&in_parentheses(
        view.definition.as_deref().unwrap_or_default(),
    ));
    if view.with_no_data {
        sql.push_str(" WITH NO DATA");
    }
    sql.push(';');
    sql
}
