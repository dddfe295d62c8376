//! Columns that count: identity, and the serial types.

use pg_schema::{
    Column, ColumnType, Identity, QualifiedName, Sequence, SequenceOptions, SequenceType,
    automatic_name,
};

use super::Alteration;
use crate::plan::cast::{Cast, built_in, cast};
use crate::plan::enums::left_as;
use crate::plan::sequences::alter_sequence;
use crate::statement::{Statement, collated};

impl Alteration<'_> {
    pub(super) fn set_identity(&mut self) {
        match (&self.from.identity, &self.to.identity) {
            (None, Some(identity)) => {
                let added = identity.clone();
                self.push(|table, column| Statement::AddIdentity {
                    table,
                    column,
                    identity: added,
                });
                // The values that the sequence before it gave are taken.
                if self.from.data_type.is_serial() {
                    self.continue_behind_values(identity);
                }
            }
            (Some(from), Some(to)) => {
                let left = bounds_after(&from.options, &self.from.data_type, &self.to.data_type);
                let mut settings = identity_settings(from, to, left);
                let restarts = !(to.options.min..=to.options.max).contains(&from.options.start);
                if restarts {
                    settings = vec![format!("{} RESTART", settings.join(" SET "))];
                }
                for set in settings {
                    self.push(|table, column| Statement::AlterIdentity { table, column, set });
                }
                if from.sequence != to.sequence {
                    let name = QualifiedName::new(&self.table.schema, &from.sequence.name);
                    self.statements.push(Statement::RenameSequence {
                        name,
                        to: to.sequence.name.clone(),
                    });
                }
                if restarts {
                    self.continue_behind_values(to);
                }
            }
            _ => {}
        }
    }

    fn continue_behind_values(&mut self, identity: &Identity) {
        let sequence = QualifiedName::new(&self.table.schema, &identity.sequence.name);
        let (increment, start) = (identity.options.increment, identity.options.start);
        self.push(|table, column| Statement::SetSequenceValue {
            table,
            column,
            sequence,
            increment,
            start,
        });
    }

    /// `serial` is a notation for a column with a sequence of its own (manual, 8.1.4); ALTER COLUMN does not know it.
    pub(super) fn set_serial(&mut self, as_text: bool, standing: Option<&Sequence>) {
        let sequence = serial_sequence(self.table, &self.to.name);
        let before = if as_text {
            left_as(self.from)
        } else {
            self.from.data_type.clone()
        };
        let (from, to) = (behind_serial(&before), behind_serial(&self.to.data_type));
        let loses_sequence = from.is_some() && to.is_none();
        if loses_sequence || self.from.default.is_some() && !as_text {
            self.push(|table, column| Statement::DropDefault { table, column });
        }
        if loses_sequence && standing.is_none() {
            self.statements
                .push(Statement::DropSequence(sequence.clone()));
        }
        let (plain_from, plain_to) = (stored(&before), stored(&self.to.data_type));
        if plain_from != plain_to {
            let using = match cast(&self.to.name, &plain_from, &plain_to) {
                Cast::Automatic => None,
                Cast::Using(expression) => Some(expression),
            };
            let data_type = collated(plain_to.qualified_sql(), self.to.collation.as_ref());
            self.push(|table, column| Statement::SetDataType {
                table,
                column,
                data_type,
                using,
            });
        }
        match (from, to) {
            (Some(_), Some(data_type)) => self.statements.push(Statement::AlterSequenceType {
                sequence,
                data_type,
            }),
            (None, Some(data_type)) => {
                let default = format!(
                    "nextval({})",
                    pg_schema::quote_literal(&sequence.short_sql())
                );
                self.make_owned(sequence.clone(), data_type, standing);
                self.push(|table, column| Statement::SetSequenceValue {
                    table,
                    column,
                    sequence,
                    increment: 1,
                    start: 1,
                });
                self.push(|table, column| Statement::SetDefault {
                    table,
                    column,
                    default,
                });
            }
            (_, None) => self.set_default(None),
        }
    }

    /// The sequence of a serial: a new one, or the one that has stood for itself under its name.
    fn make_owned(
        &mut self,
        sequence: QualifiedName,
        data_type: &'static str,
        standing: Option<&Sequence>,
    ) {
        let serial = counted_by_serial(self.table, self.to);
        match standing.zip(serial) {
            None => self.push(|table, column| Statement::CreateOwnedSequence {
                table,
                column,
                sequence,
                data_type,
            }),
            Some((standing, serial)) => {
                self.statements.extend(alter_sequence(standing, &serial));
                self.statements.push(Statement::OwnSequence {
                    name: sequence,
                    owner: serial.owned_by,
                });
            }
        }
    }
}

/// The integer type that a serial notation stands for.
fn behind_serial(data_type: &ColumnType) -> Option<&'static str> {
    match built_in(data_type) {
        "smallserial" => Some("smallint"),
        "serial" => Some("integer"),
        "bigserial" => Some("bigint"),
        _ => None,
    }
}

/// The name of the sequence of a serial column.
pub(in crate::plan) fn serial_sequence(table: &QualifiedName, column: &str) -> QualifiedName {
    let name = automatic_name(&table.name, Some(column), "seq");
    QualifiedName::new(&table.schema, name)
}

/// The sequence of a serial column, as if it stood for itself.
pub(in crate::plan) fn counted_by_serial(
    table: &QualifiedName,
    column: &Column,
) -> Option<Sequence> {
    let base = behind_serial(&column.data_type)?;
    let mut types = SequenceType::ALL.into_iter();
    let data_type = types.find(|data_type| data_type.sql() == base)?;
    Some(Sequence {
        name: serial_sequence(table, &column.name),
        data_type,
        options: SequenceOptions {
            increment: 1,
            min: 1,
            max: *data_type.range().end(),
            start: 1,
            cache: 1,
            cycle: false,
        },
        owned_by: Some((table.clone(), column.name.clone())),
    })
}

/// The type that values are stored as.
pub(in crate::plan) fn stored(data_type: &ColumnType) -> ColumnType {
    behind_serial(data_type).map_or_else(|| data_type.clone(), ColumnType::parse)
}

/// What differs between two identities, in drizzle-kit's order, as the texts behind SET.
///
/// drizzle-kit alters each option by itself. PostgreSQL refuses that when the options do not go together in between, as they do not when the sequence
/// began outside of its new bounds: then they have to be altered at once, and the sequence restarted. `left` are the bounds that a change of type leaves,
/// which it does not know of.
fn identity_settings(from: &Identity, to: &Identity, left: (i64, i64)) -> Vec<String> {
    let (old, new) = (&from.options, &to.options);
    let numbers = [
        ("MINVALUE", old.min != new.min || left.0 != new.min, new.min),
        ("MAXVALUE", old.max != new.max || left.1 != new.max, new.max),
        (
            "INCREMENT BY",
            old.increment != new.increment,
            new.increment,
        ),
        ("START WITH", old.start != new.start, new.start),
        ("CACHE", old.cache != new.cache, new.cache),
    ];
    let mut settings = Vec::new();
    if from.kind != to.kind {
        settings.push(format!("GENERATED {}", to.kind.sql()));
    }
    settings.extend(
        numbers
            .iter()
            .filter(|(_, differs, _)| *differs)
            .map(|(option, _, to)| format!("{option} {to}")),
    );
    if old.cycle != new.cycle {
        settings.push(if new.cycle {
            "CYCLE".to_owned()
        } else {
            "NO CYCLE".to_owned()
        });
    }
    settings
}

/// The least and the greatest value of a sequence after its column has got another type: where they were the old type's limits, they become the
/// defaults for the new one (`init_params` in PostgreSQL's `sequence.c`).
fn bounds_after(options: &SequenceOptions, from: &ColumnType, to: &ColumnType) -> (i64, i64) {
    let limits = |data_type: &ColumnType| match built_in(data_type) {
        "smallint" => (i64::from(i16::MIN), i64::from(i16::MAX)),
        "integer" => (i64::from(i32::MIN), i64::from(i32::MAX)),
        _ => (i64::MIN, i64::MAX),
    };
    let (old, new) = (limits(from), limits(to));
    if old == new {
        return (options.min, options.max);
    }
    let (min, max) = if options.increment > 0 {
        (1, new.1)
    } else {
        (new.0, -1)
    };
    (
        if options.min == old.0 {
            min
        } else {
            options.min
        },
        if options.max == old.1 {
            max
        } else {
            options.max
        },
    )
}
