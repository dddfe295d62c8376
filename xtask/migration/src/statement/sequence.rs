//! Sequences, those that stand for themselves and those behind columns.

use pg_schema::{SequenceType, quote_identifier, quote_literal};

use super::Statement;
use super::definition::sequence_options;

impl Statement {
    pub(super) fn sequence(&self) -> String {
        match self {
            Self::CreateOwnedSequence {
                table,
                column,
                sequence,
                data_type,
            } => format!(
                "CREATE SEQUENCE {} AS {data_type} OWNED BY {}.{};",
                sequence.short_sql(),
                table.short_sql(),
                quote_identifier(column)
            ),
            Self::SetSequenceValue {
                table,
                column,
                sequence,
                increment,
                start,
            } => {
                let (further, last) = if *increment < 0 {
                    ("LEAST", "MIN")
                } else {
                    ("GREATEST", "MAX")
                };
                format!(
                    "SELECT setval({}, {further}((SELECT {last}({}) FROM {}) + {increment}, {start}), false);",
                    quote_literal(&sequence.short_sql()),
                    quote_identifier(column),
                    table.short_sql()
                )
            }
            Self::AlterSequenceType {
                sequence,
                data_type,
            } => {
                format!("ALTER SEQUENCE {} AS {data_type};", sequence.short_sql())
            }
            Self::RenameSequence { name, to } => {
                format!(
                    "ALTER SEQUENCE {} RENAME TO {};",
                    name.short_sql(),
                    quote_identifier(to)
                )
            }
            Self::CreateSequence(sequence) => {
                let is_stated = sequence.data_type != SequenceType::default();
                format!(
                    "CREATE SEQUENCE {}{} {};",
                    sequence.name.sql(),
                    counting_in(is_stated.then_some(sequence.data_type)),
                    sequence_options(&sequence.options)
                )
            }
            Self::AlterSequence {
                sequence,
                retyped,
                no_cycle,
            } => format!(
                "ALTER SEQUENCE {}{} {}{};",
                sequence.name.sql(),
                counting_in(retyped.then_some(sequence.data_type)),
                sequence_options(&sequence.options),
                if *no_cycle { " NO CYCLE" } else { "" }
            ),
            Self::OwnSequence { name, owner } => {
                let owner = owner.as_ref();
                let owner = owner.map_or_else(
                    || "NONE".to_owned(),
                    |(table, column)| format!("{}.{}", table.sql(), quote_identifier(column)),
                );
                format!("ALTER SEQUENCE {} OWNED BY {owner};", name.sql())
            }
            Self::WidenSequence {
                name,
                data_type,
                min,
                max,
            } => {
                format!(
                    "ALTER SEQUENCE {}{} MINVALUE {min} MAXVALUE {max};",
                    name.sql(),
                    counting_in(*data_type)
                )
            }
            Self::RestartSequenceOutside {
                name,
                min,
                max,
                start,
            } => format!(
                "SELECT setval({}, {start}, false) FROM {} WHERE last_value NOT BETWEEN {min} AND {max};",
                quote_literal(&name.sql()),
                name.sql()
            ),
            Self::DropSequence(name) => format!("DROP SEQUENCE {};", name.sql()),
            other => unreachable!("{other:?} is of no sequence"),
        }
    }
}

fn counting_in(data_type: Option<SequenceType>) -> String {
    data_type.map_or_else(String::new, |data_type| format!(" AS {}", data_type.sql()))
}
