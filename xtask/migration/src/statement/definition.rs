//! The parts of CREATE TABLE, which ALTER TABLE adds one by one.

use std::fmt::Write;

use pg_schema::{
    Check, Column, ForeignKey, Identity, PrimaryKey, QualifiedName, SequenceOptions, Table, Unique,
    quote_identifier,
};

use crate::sql::{break_after, in_parentheses};

pub(super) fn create_table(table: &Table) -> String {
    let inline_key = |column: &Column| {
        table
            .primary_key
            .as_ref()
            .is_some_and(|key| key.name.is_none() && key.columns.contains(&column.name))
    };
    let columns = table
        .columns
        .iter()
        .map(|column| column_definition(column, inline_key(column), false));
    let named_key = table
        .primary_key
        .iter()
        .filter(|key| key.name.is_some())
        .map(primary_key);
    let uniques = table.uniques.iter().map(unique_constraint);
    let checks = table.checks.iter().map(check_constraint);
    let lines: Vec<_> = columns
        .chain(named_key)
        .chain(uniques)
        .chain(checks)
        .map(|line| format!("\t{line}"))
        .collect();
    format!(
        "CREATE TABLE {} (\n{}\n);",
        table.name.short_sql(),
        lines.join(",\n")
    )
}

/// A column as CREATE TABLE and ADD COLUMN have it. Only the latter says NOT NULL of an identity column.
pub(super) fn column_definition(column: &Column, primary_key: bool, added: bool) -> String {
    let mut sql = format!(
        "{} {}",
        quote_identifier(&column.name),
        collated(column.data_type.sql(), column.collation.as_ref())
    );
    if primary_key {
        sql.push_str(" PRIMARY KEY");
    }
    if let Some(default) = &column.default {
        sql.push_str(" DEFAULT ");
        sql.push_str(default.sql());
        sql.push_str(break_after(default.sql()));
    }
    if let Some(expression) = &column.generated {
        let _ = write!(
            sql,
            " GENERATED ALWAYS AS {} STORED",
            in_parentheses(expression)
        );
    }
    if column.not_null && (added || column.identity.is_none()) {
        sql.push_str(" NOT NULL");
    }
    if let Some(identity) = &column.identity {
        sql.push(' ');
        sql.push_str(&identity_clause(identity));
    }
    sql
}

/// A type or an index key with its collation. PostgreSQL's own are found without their schema.
pub(crate) fn collated(sql: String, collation: Option<&QualifiedName>) -> String {
    match collation {
        None => sql,
        Some(name) if name.schema == "pg_catalog" => {
            format!("{sql} COLLATE {}", quote_identifier(&name.name))
        }
        Some(name) => format!("{sql} COLLATE {}", name.sql()),
    }
}

pub(super) fn identity_clause(identity: &Identity) -> String {
    format!(
        "GENERATED {} AS IDENTITY (sequence name {} {})",
        identity.kind.sql(),
        identity.sequence.short_sql(),
        sequence_options(&identity.options)
    )
}

pub(super) fn sequence_options(options: &SequenceOptions) -> String {
    format!(
        "INCREMENT BY {} MINVALUE {} MAXVALUE {} START WITH {} CACHE {}{}",
        options.increment,
        options.min,
        options.max,
        options.start,
        options.cache,
        if options.cycle { " CYCLE" } else { "" }
    )
}

pub(super) fn column_list(columns: &[String]) -> String {
    columns
        .iter()
        .map(|column| quote_identifier(column))
        .collect::<Vec<_>>()
        .join(",")
}

pub(super) fn primary_key(key: &PrimaryKey) -> String {
    let name = key.name.as_deref().map_or_else(String::new, |name| {
        format!("CONSTRAINT {} ", quote_identifier(name))
    });
    format!("{name}PRIMARY KEY({})", column_list(&key.columns))
}

pub(super) fn unique_constraint(unique: &Unique) -> String {
    let nulls = if unique.nulls_not_distinct {
        " NULLS NOT DISTINCT"
    } else {
        ""
    };
    format!(
        "CONSTRAINT {} UNIQUE{nulls}({}){}",
        quote_identifier(&unique.name),
        column_list(&unique.columns),
        unique.deferrable.sql()
    )
}

pub(super) fn check_constraint(check: &Check) -> String {
    format!(
        "CONSTRAINT {} CHECK {}",
        quote_identifier(&check.name),
        in_parentheses(&check.expression)
    )
}

pub(super) fn foreign_key(key: &ForeignKey) -> String {
    format!(
        "CONSTRAINT {} FOREIGN KEY ({}) REFERENCES {}({}) ON DELETE {} ON UPDATE {}{}",
        quote_identifier(&key.name),
        column_list(&key.columns),
        key.references.sql(),
        column_list(&key.referenced_columns),
        key.on_delete.sql(),
        key.on_update.sql(),
        key.deferrable.sql()
    )
}
