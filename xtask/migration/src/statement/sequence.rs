//! Sequences, those that stand for themselves and those behind columns.

use pg_schema::{quote_identifier, quote_literal};

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
            Self::CreateSequence(sequence) => format!(
                "CREATE SEQUENCE {} {};",
                sequence.name.sql(),
                sequence_options(&sequence.options)
            ),
            Self::AlterSequence { sequence, no_cycle } => format!(
                "ALTER SEQUENCE {} {}{};",
                sequence.name.sql(),
                sequence_options(&sequence.options),
                if *no_cycle { " NO CYCLE" } else { "" }
            ),
            Self::WidenSequence { name, min, max } => {
                format!(
                    "ALTER SEQUENCE {} MINVALUE {min} MAXVALUE {max};",
                    name.sql()
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
