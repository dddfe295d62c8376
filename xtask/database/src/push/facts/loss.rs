//! What would be lost.

use pg_migration::Statement;
use pg_schema::{quote_identifier, quote_literal};

use super::ask::Answer;
use super::unknown::REFERRING;
use super::{Examiner, Found, Guard, Verdict, number, rows_of};
use crate::error::QueryError;

impl Examiner<'_, '_> {
    pub(super) fn loss(&mut self, statement: &Statement) -> Result<Found, QueryError> {
        match statement {
            Statement::DropTable(table) => {
                let table = self.before.unrenamed(table).short_sql();
                let found = self.lost_rows(&table, "SELECT count(*) FROM ", true)?;
                self.with_what_goes_along(found, &table)
            }
            Statement::DropView { name, .. } => {
                let view = self.before.name(name).short_sql();
                self.lost_rows(&view, "SELECT count(*) FROM ", false)
            }
            Statement::DropColumn { table, column, .. } => {
                let table = self.before.name(table).short_sql();
                let column = quote_identifier(column);
                let values = format!("SELECT count({column}), count(*) FROM {table}");
                self.lost_values(&table, &values, &format!("{column} IS NOT NULL"))
            }
            Statement::SetDataType { table, column, .. } => self.lost_precision(table, column),
            Statement::DropSequence(name) => {
                let name = self.before.unrenamed(name).short_sql();
                let counted = format!("SELECT CASE WHEN is_called THEN last_value END FROM {name}");
                Ok(match self.asker.ask_catalogs(&counted)? {
                    Answer::Counts(counts) => match counts[0] {
                        None => Found::saying(Verdict::Harmless, "it has not counted yet"),
                        Some(last) => {
                            Found::saying(Verdict::Applies, format!("it has counted to {last}"))
                        }
                    },
                    answer => Found::new(Verdict::Applies).because(answer),
                })
            }
            _ => Ok(Found::new(Verdict::Applies)),
        }
    }

    /// CASCADE also takes what refers to the table and is nobody's here.
    fn with_what_goes_along(&mut self, found: Found, table: &str) -> Result<Found, QueryError> {
        let along = self.unknown(REFERRING, table)?;
        if along.is_empty() {
            return Ok(found);
        }
        let finding = found.finding.unwrap_or_default();
        Ok(Found {
            verdict: Verdict::Applies,
            finding: Some(format!("{finding}; with it goes {along}")),
            ..found
        })
    }

    fn lost_rows(&mut self, table: &str, count: &str, guarded: bool) -> Result<Found, QueryError> {
        let count = format!("{count}{table}");
        Ok(match self.asker.ask(&count)? {
            Answer::Counts(counts) => {
                let rows = number(&counts, 0);
                let finding = match rows {
                    0 => "it has no rows".to_owned(),
                    rows => format!("it has {}", rows_of(rows)),
                };
                let found = Found::counted(rows, Verdict::Applies, finding);
                let table = table.to_owned();
                Found {
                    guard: (rows == 0 && guarded).then_some(Guard { table, count }),
                    ..found
                }
            }
            // A materialized view that was never filled.
            Answer::Refused { sqlstate, .. } if sqlstate == "55000" => {
                Found::saying(Verdict::Harmless, "it was never filled")
            }
            answer @ Answer::TooLong => self.estimated(table, answer)?,
            answer => Found::new(Verdict::Applies).because(answer),
        })
    }

    /// `values` counts those that are lost, and then all rows.
    fn lost_values(
        &mut self,
        table: &str,
        values: &str,
        condition: &str,
    ) -> Result<Found, QueryError> {
        Ok(match self.asker.ask(values)? {
            Answer::Counts(counts) => {
                let (lost, all) = (number(&counts, 0), number(&counts, 1));
                let finding = match (lost, all) {
                    (_, 0) => "the table has no rows".to_owned(),
                    (0, all) => format!("none of {} has a value in it", rows_of(all)),
                    (lost, all) => format!("{lost} of {} lose a value", rows_of(all)),
                };
                let found = Found::counted(lost, Verdict::Applies, finding);
                let guard = Guard {
                    table: table.to_owned(),
                    count: format!("SELECT count(*) FROM {table} WHERE {condition}"),
                };
                Found {
                    guard: (lost == 0).then_some(guard),
                    ..found
                }
            }
            answer @ Answer::TooLong => self.estimated(table, answer)?,
            answer => Found::new(Verdict::Applies).because(answer),
        })
    }

    fn estimated(&mut self, table: &str, answer: Answer) -> Result<Found, QueryError> {
        let estimate = format!(
            "SELECT reltuples::bigint FROM pg_class WHERE oid = {}::regclass",
            quote_literal(table)
        );
        let found = Found::new(Verdict::Applies).because(answer);
        Ok(match self.asker.ask_catalogs(&estimate)? {
            Answer::Counts(counts) if counts[0].is_some_and(|rows| rows > 0) => Found {
                finding: Some(format!(
                    "the table has about {} by PostgreSQL's estimate; to count them takes too long",
                    rows_of(number(&counts, 0))
                )),
                ..found
            },
            _ => found,
        })
    }
}
