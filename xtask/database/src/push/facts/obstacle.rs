//! What a step can fail on.

use pg_migration::{Change, Statement};
use pg_schema::{
    Column, ForeignKey, Index, IndexTerm, PrimaryKey, QualifiedName, Sequence, mentions,
    quote_identifier, quote_literal,
};

use super::super::rows::{all_given, in_parentheses};
use super::ask::Answer;
use super::{Examiner, Found, Verdict, number, rows_of};
use crate::error::QueryError;

impl Examiner<'_, '_> {
    pub(super) fn obstacle(
        &mut self,
        statement: &Statement,
        change: &Change,
    ) -> Result<Found, QueryError> {
        match statement {
            Statement::SetNotNull { table, column } => {
                let is_null = format!("{} IS NULL", quote_identifier(column));
                let rows = self.before.rows(table, &|it| it == column);
                self.in_the_way(rows, &is_null, "have NULL in it")
            }
            Statement::AddColumn {
                table,
                column,
                primary_key,
            } => self.new_column(table, column, *primary_key),
            Statement::AddPrimaryKey { table, key } => self.no_key(table, key),
            Statement::AddUnique { table, unique } => {
                let keys: Vec<_> = unique
                    .columns
                    .iter()
                    .map(|it| quote_identifier(it))
                    .collect();
                let condition = if unique.nulls_not_distinct {
                    "true".to_owned()
                } else {
                    all_given(&keys)
                };
                let used = |it: &str| unique.columns.iter().any(|column| column == it);
                let rows = self.before.rows(table, &used);
                self.duplicates(rows, &keys, &condition)
            }
            Statement::CreateIndex { table, index } => self.unique_index(table, index),
            Statement::AddCheck { table, check } => {
                let breaks = format!("NOT {}", in_parentheses(&check.expression));
                let used = |column: &str| mentions(&check.expression, column);
                let rows = self.before.rows(table, &used);
                self.in_the_way(rows, &breaks, "break it")
            }
            Statement::AddForeignKey { table, key } => self.orphans(table, key),
            Statement::SetDataType {
                table,
                column,
                data_type,
                using,
            } => self.misfits(table, column, data_type, using.as_deref(), change),
            Statement::AddIdentity {
                table,
                column,
                identity,
            } => self.taken_numbers(table, column, identity.options.start),
            Statement::AlterSequence { sequence, .. } => self.counted_past(sequence),
            Statement::RestartSequenceOutside { name, min, max, .. } => {
                self.outside_bounds(name, *min, *max, Verdict::Applies)
            }
            Statement::CreateExtension(extension) => self.availability(&extension.name),
            Statement::DropSchema(name) => self.remains(name),
            Statement::DropView { name, .. } => self.readers(name),
            _ => Ok(Found::new(Verdict::Unknown)),
        }
    }

    /// How many rows are in the way.
    fn in_the_way(
        &mut self,
        rows: Option<String>,
        condition: &str,
        what: &str,
    ) -> Result<Found, QueryError> {
        match rows {
            Some(rows) => self.rows_in_the_way(&rows, condition, what),
            None => Ok(Found::new(Verdict::Harmless)),
        }
    }

    pub(super) fn rows_in_the_way(
        &mut self,
        rows: &str,
        condition: &str,
        what: &str,
    ) -> Result<Found, QueryError> {
        let count = format!("SELECT count(*) FILTER (WHERE {condition}), count(*) FROM {rows}");
        Ok(match self.asker.ask(&count)? {
            Answer::Counts(counts) => {
                let (wrong, all) = (number(&counts, 0), number(&counts, 1));
                let query = format!("SELECT * FROM {rows} WHERE {condition}");
                obstructed(wrong, all, what, query)
            }
            answer => Found::unanswered(answer),
        })
    }

    fn new_column(
        &mut self,
        table: &QualifiedName,
        column: &Column,
        primary_key: bool,
    ) -> Result<Found, QueryError> {
        let Some(rows) = self.before.table(table).map(|table| table.name.short_sql()) else {
            return Ok(Found::new(Verdict::Harmless));
        };
        let allowed = u64::from(primary_key && column.default.is_some());
        Ok(
            match self.asker.ask(&format!("SELECT count(*) FROM {rows}"))? {
                Answer::Counts(counts) => {
                    let all = number(&counts, 0);
                    let finding = match all {
                        0 => "the table has no rows".to_owned(),
                        all => format!("the table has {}", rows_of(all)),
                    };
                    let query = format!("SELECT * FROM {rows}");
                    if all <= allowed {
                        Found::saying(Verdict::Harmless, finding)
                    } else {
                        Found {
                            query: Some(query),
                            ..Found::counted(all, Verdict::Prevents, finding)
                        }
                    }
                }
                answer => Found::unanswered(answer),
            },
        )
    }

    fn unique_index(&mut self, table: &QualifiedName, index: &Index) -> Result<Found, QueryError> {
        let keys = index.keys.iter().map(|key| match &key.term {
            IndexTerm::Column(column) => quote_identifier(column),
            IndexTerm::Expression(expression) => in_parentheses(expression),
        });
        let keys: Vec<_> = keys.collect();
        let mut condition = if index.nulls_not_distinct {
            "true".to_owned()
        } else {
            all_given(&keys)
        };
        if let Some(predicate) = &index.predicate {
            condition.push_str(&format!(" AND {}", in_parentheses(predicate)));
        }
        let rows = self.before.rows(table, &|column| index.uses(column));
        self.duplicates(rows, &keys, &condition)
    }

    /// How many rows are equal to another one.
    fn duplicates(
        &mut self,
        rows: Option<String>,
        keys: &[String],
        condition: &str,
    ) -> Result<Found, QueryError> {
        let Some(rows) = rows else {
            return Ok(Found::new(Verdict::Harmless));
        };
        let keys = keys.join(", ");
        let groups = format!(
            "SELECT {keys}, count(*) FROM {rows} WHERE {condition} GROUP BY {keys} HAVING count(*) > 1"
        );
        let count = format!(
            "SELECT COALESCE(sum(number), 0)::bigint, (SELECT count(*) FROM {rows}) \
               FROM (SELECT count(*) AS number FROM {rows} WHERE {condition} GROUP BY {keys} HAVING count(*) > 1) AS equal"
        );
        Ok(match self.asker.ask(&count)? {
            Answer::Counts(counts) => obstructed(
                number(&counts, 0),
                number(&counts, 1),
                "are equal to another one",
                groups,
            ),
            answer => Found::unanswered(answer),
        })
    }

    fn no_key(&mut self, table: &QualifiedName, key: &PrimaryKey) -> Result<Found, QueryError> {
        let keys: Vec<_> = key.columns.iter().map(|it| quote_identifier(it)).collect();
        let nulls = format!("NOT ({})", all_given(&keys));
        let rows = (self.before).rows(table, &|it| key.columns.iter().any(|column| column == it));
        let found = self.in_the_way(rows.clone(), &nulls, "have NULL in it")?;
        if found.verdict == Verdict::Harmless {
            self.duplicates(rows, &keys, &all_given(&keys))
        } else {
            Ok(found)
        }
    }

    /// How many rows refer to nothing.
    fn orphans(&mut self, table: &QualifiedName, key: &ForeignKey) -> Result<Found, QueryError> {
        let used = |it: &str| key.columns.iter().any(|column| column == it);
        let Some(rows) = self.before.rows(table, &used) else {
            return Ok(Found::new(Verdict::Harmless));
        };
        let keys = key.columns.iter();
        let keys: Vec<_> = keys
            .map(|column| format!("child.{}", quote_identifier(column)))
            .collect();
        let mut orphan = all_given(&keys);
        let referred = |it: &str| key.referenced_columns.iter().any(|column| column == it);
        if let Some(parents) = self.before.rows(&key.references, &referred) {
            let matches = matches(&key.columns, &key.referenced_columns);
            orphan.push_str(&format!(
                " AND NOT EXISTS (SELECT FROM (SELECT * FROM {parents}) AS parent WHERE {matches})"
            ));
        }
        let children = format!("(SELECT * FROM {rows}) AS child");
        self.rows_in_the_way(&children, &orphan, "refer to nothing")
    }

    /// Whether new rows can get numbers that are taken.
    fn taken_numbers(
        &mut self,
        table: &QualifiedName,
        column: &str,
        start: i64,
    ) -> Result<Found, QueryError> {
        let Some(rows) = self.before.rows(table, &|it| it == column) else {
            return Ok(Found::new(Verdict::Harmless));
        };
        let highest = format!(
            "SELECT max({})::bigint FROM {rows}",
            quote_identifier(column)
        );

        Ok(match self.asker.ask(&highest)? {
            Answer::Counts(counts) => match counts[0] {
                Some(highest) if highest >= start => {
                    Found::saying(Verdict::Applies, format!("the highest number is {highest}"))
                }
                Some(highest) => Found::saying(
                    Verdict::Harmless,
                    format!("the highest number is {highest}, below {start}"),
                ),
                None => Found::saying(Verdict::Harmless, "there are no numbers yet"),
            },
            answer => Found::unanswered(answer),
        })
    }

    /// Whether a sequence has counted past its new bounds. What lets it begin anew then comes first.
    fn counted_past(&mut self, sequence: &Sequence) -> Result<Found, QueryError> {
        let (min, max) = (sequence.options.min, sequence.options.max);
        let otherwise = if self.before.restarts(&sequence.name) {
            Verdict::Harmless
        } else {
            Verdict::Prevents
        };
        self.outside_bounds(&sequence.name, min, max, otherwise)
    }

    fn outside_bounds(
        &mut self,
        sequence: &QualifiedName,
        min: i64,
        max: i64,
        otherwise: Verdict,
    ) -> Result<Found, QueryError> {
        let name = self.before.name(sequence).short_sql();
        let query = format!("SELECT last_value FROM {name}");
        Ok(match self.asker.ask_catalogs(&query)? {
            Answer::Counts(counts) => {
                let last = counts[0].unwrap_or_default();
                if (min..=max).contains(&last) {
                    Found::saying(Verdict::Harmless, format!("it is at {last}"))
                } else {
                    let finding = format!("it is at {last}, and would count from {min} to {max}");
                    Found {
                        query: (otherwise == Verdict::Prevents).then_some(query),
                        ..Found::saying(otherwise, finding)
                    }
                }
            }
            answer => Found::unanswered(answer),
        })
    }

    /// Whether the server has an extension at hand.
    fn availability(&mut self, extension: &str) -> Result<Found, QueryError> {
        let query = format!(
            "SELECT count(*) FROM pg_available_extensions() WHERE name = {}",
            quote_literal(extension)
        );
        Ok(match self.asker.ask(&query)? {
            Answer::Counts(counts) if counts[0] == Some(0) => Found {
                query: Some("SELECT name FROM pg_available_extensions".to_owned()),
                ..Found::saying(Verdict::Prevents, "the server does not have it installed")
            },
            Answer::Counts(_) => Found::saying(Verdict::Unknown, "the server has it installed"),
            answer => Found::unanswered(answer),
        })
    }
}

/// A condition by which the rows of one table refer to those of another.
fn matches(columns: &[String], referenced: &[String]) -> String {
    let pairs = columns.iter().zip(referenced);
    let equal = pairs.map(|(own, other)| {
        format!(
            "child.{} = parent.{}",
            quote_identifier(own),
            quote_identifier(other)
        )
    });
    equal.collect::<Vec<_>>().join(" AND ")
}

pub(super) fn obstructed(wrong: u64, all: u64, what: &str, query: String) -> Found {
    let finding = match (wrong, all) {
        (_, 0) => "the table has no rows".to_owned(),
        (0, all) => format!("none of {} is in the way", rows_of(all)),
        (wrong, all) => format!("{wrong} of {} {what}", rows_of(all)),
    };
    Found {
        query: (wrong > 0).then_some(query),
        ..Found::counted(wrong, Verdict::Prevents, finding)
    }
}
