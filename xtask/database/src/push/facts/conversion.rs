//! Values that do not fit another type, or not all of them does.

use pg_migration::{Change, Difference};
use pg_schema::{Column, ColumnType, Enum, QualifiedName, quote_identifier, quote_literal};

use super::super::rows::stored_type;
use super::ask::Answer;
use super::obstacle::obstructed;
use super::{Examiner, Found, Guard, Verdict, number, rows_of};
use crate::error::QueryError;

impl Examiner<'_, '_> {
    /// How many values the later type refuses.
    pub(super) fn misfits(
        &mut self,
        table: &QualifiedName,
        column: &str,
        data_type: &str,
        using: Option<&str>,
        change: &Change,
    ) -> Result<Found, QueryError> {
        let Some((before, rows)) = self.column_as_it_is(table, column) else {
            return Ok(Found::new(Verdict::Harmless));
        };
        let own = quote_identifier(&before.name);
        if let Some(target) = self.later_enum(table, column, change) {
            let refused = refused_labels(&self.before_labels(&target), &own, &before.data_type);
            return self.rows_in_the_way(&rows, &refused, "hold a value that it does not have");
        }
        let function = converter(column, &before, data_type, using);
        let refused = format!("NOT pg_temp.converts({own})");
        let count = format!("SELECT count(*) FILTER (WHERE {refused}), count(*) FROM {rows}");
        let counts = match self.asker.ask_with(&function, &count)? {
            Answer::Counts(counts) => counts,
            answer => return Ok(Found::unanswered(answer)),
        };
        let (wrong, all) = (number(&counts, 0), number(&counts, 1));
        let mut query = format!("{function};\nSELECT * FROM {rows} WHERE {refused}");
        if wrong > 0
            && let Some(plain) = plain_condition(&own, &before.data_type, data_type)
            && self.finds(&rows, &plain, wrong)?
        {
            query = format!("SELECT * FROM {rows} WHERE {plain}");
        }
        Ok(obstructed(
            wrong,
            all,
            "hold a value that it refuses",
            query,
        ))
    }

    /// How many values are rounded or cut.
    pub(super) fn lost_precision(
        &mut self,
        table: &QualifiedName,
        column: &str,
    ) -> Result<Found, QueryError> {
        let later = self.before.to.tables.get(table);
        let later = later.and_then(|table| table.columns.get(column));
        let (Some((before, rows)), Some(later)) = (self.column_as_it_is(table, column), later)
        else {
            return Ok(Found::new(Verdict::Applies));
        };
        let own = quote_identifier(&before.name);
        let (from, to) = (&before.data_type, &later.data_type);
        let cut = if !from.dimensions().is_empty() && to.dimensions().is_empty() {
            format!("cardinality({own}) > 1")
        } else {
            format!(
                "{own}::{}::{} IS DISTINCT FROM {own}",
                stored_type(to),
                stored_type(from)
            )
        };
        let count = format!("SELECT count(*) FILTER (WHERE {cut}), count(*) FROM {rows}");
        Ok(match self.asker.ask(&count)? {
            Answer::Counts(counts) => {
                let (lost, all) = (number(&counts, 0), number(&counts, 1));
                let finding = match (lost, all) {
                    (_, 0) => "the table has no rows".to_owned(),
                    (0, all) => format!("none of {} loses a part", rows_of(all)),
                    (lost, all) => format!("{lost} of {} lose a part", rows_of(all)),
                };
                let guard = Guard {
                    table: rows.clone(),
                    count: format!("SELECT count(*) FROM {rows} WHERE {cut}"),
                };
                Found {
                    guard: (lost == 0).then_some(guard),
                    ..Found::counted(lost, Verdict::Applies, finding)
                }
            }
            // A value that does not fit at all is another hazard's.
            answer => Found::new(Verdict::Applies).because(answer),
        })
    }

    /// The column and its table as they are.
    fn column_as_it_is(&self, table: &QualifiedName, column: &str) -> Option<(Column, String)> {
        let before = self.before.table(table)?;
        let column = before.columns.get(self.before.column(table, column))?;
        Some((column.clone(), before.name.short_sql()))
    }

    /// The enum that the column has in the end, if it has one.
    fn later_enum(&self, table: &QualifiedName, column: &str, change: &Change) -> Option<Enum> {
        if let Change::Enum(Difference::Altered { to, .. }) = change {
            return Some(to.clone());
        }
        let later = self.before.to.tables.get(table)?.columns.get(column)?;
        let name = QualifiedName::new(later.data_type.schema()?, later.data_type.base());
        self.before.to.enums.get(&name).cloned()
    }

    /// The labels of the later enum in the words of the earlier one.
    fn before_labels(&self, target: &Enum) -> Vec<String> {
        let labels = target.values.iter();
        labels
            .map(|label| self.before.label(&target.name, label).to_owned())
            .collect()
    }

    fn finds(&mut self, rows: &str, condition: &str, wrong: u64) -> Result<bool, QueryError> {
        let count = format!("SELECT count(*) FROM {rows} WHERE {condition}");
        let answer = self.asker.ask(&count)?;
        Ok(matches!(answer, Answer::Counts(counts) if number(&counts, 0) == wrong))
    }
}

/// What no label is.
fn refused_labels(labels: &[String], own: &str, data_type: &ColumnType) -> String {
    let labels: Vec<_> = labels.iter().map(|label| quote_literal(label)).collect();
    let labels = labels.join(", ");
    if data_type.dimensions().is_empty() {
        format!("{own}::text <> ALL (ARRAY[{labels}]::text[])")
    } else {
        format!("NOT {own}::text[] <@ ARRAY[{labels}]::text[]")
    }
}

/// A function that says of a value whether it can be converted, as the statement would do it, which can also make a NULL of it. It goes with the
/// session.
fn converter(column: &str, before: &Column, to: &str, using: Option<&str>) -> String {
    let parameter = quote_identifier(column);
    let result = if column == "converted" {
        "result"
    } else {
        "converted"
    };
    let value = using.unwrap_or(&parameter);
    let fits = if before.not_null {
        format!("{result} IS NOT NULL")
    } else {
        "true".to_owned()
    };
    let body = format!(
        "DECLARE {result} {to}; BEGIN {result} := {value}; RETURN {fits}; EXCEPTION WHEN OTHERS THEN RETURN false; END"
    );
    format!(
        "CREATE FUNCTION pg_temp.converts({parameter} {}) RETURNS boolean LANGUAGE plpgsql AS {}",
        stored_type(&before.data_type),
        quote_literal(&body)
    )
}

/// The same in plain words, for the types that are narrowed most often.
fn plain_condition(own: &str, from: &ColumnType, to: &str) -> Option<String> {
    let to = ColumnType::parse(to);
    if !from.dimensions().is_empty() || !to.dimensions().is_empty() {
        return None;
    }
    let is_number = matches!(
        from.base(),
        "smallint" | "integer" | "bigint" | "numeric" | "real" | "double precision"
    );
    let modifiers = || -> Option<Vec<u32>> {
        let numbers = to.modifiers()?.split(',');
        numbers.map(|it| it.trim().parse().ok()).collect()
    };
    let between = |least: i64, greatest: i64| {
        is_number.then(|| format!("{own} NOT BETWEEN {least} AND {greatest}"))
    };
    match to.base() {
        "varchar" | "char" => Some(format!("length({own}::text) > {}", modifiers()?.first()?)),
        "smallint" => between(i16::MIN.into(), i16::MAX.into()),
        "integer" => between(i32::MIN.into(), i32::MAX.into()),
        "bigint" => between(i64::MIN, i64::MAX),
        "numeric" if is_number => {
            let modifiers = modifiers()?;
            let scale = modifiers.get(1).copied().unwrap_or(0);
            let whole = modifiers.first()?.checked_sub(scale)?;
            Some(format!(
                "abs(round({own}::numeric, {scale})) >= 10::numeric ^ {whole}"
            ))
        }
        _ => None,
    }
    .or_else(|| {
        let whole = matches!(to.base(), "smallint" | "integer" | "bigint");
        (whole && !is_number).then(|| format!("{own}::text !~ '^\\s*[-+]?[0-9]+\\s*$'"))
    })
}
