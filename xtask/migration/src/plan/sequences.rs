//! Sequences that stand for themselves.

use pg_schema::{QualifiedName, Schema, Sequence};

use super::columns::{counted_by_serial, rebuilds, serial_sequence};
use super::context::Context;
use super::order::Order;
use crate::diff::{Change, Difference};
use crate::statement::Statement;

impl Order<'_> {
    pub(super) fn create_sequences(&mut self) {
        let context = self.context;
        self.phase(|change| match change {
            Change::Sequence(Difference::Added(sequence)) => {
                match of_serial(context.from, &sequence.name) {
                    None => vec![Statement::CreateSequence(sequence.clone())],
                    Some(serial) => {
                        let mut statements = vec![Statement::OwnSequence {
                            name: sequence.name.clone(),
                            owner: None,
                        }];
                        statements.extend(alter_sequence(&serial, sequence));
                        statements
                    }
                }
            }
            _ => Vec::new(),
        });
        self.rename_sequences();
        self.phase(|change| match change {
            Change::Sequence(Difference::Altered { from, to }) => alter_sequence(from, to),
            _ => Vec::new(),
        });
        self.free_sequences();
    }

    /// Sequences that would go with their column.
    fn free_sequences(&mut self) {
        let context = self.context;
        for sequence in &context.from.sequences {
            if context.to.sequences.contains(&sequence.name)
                && let Some(change) = loss_of_owner(context, sequence)
            {
                let name = sequence.name.clone();
                self.extend(change, [Statement::OwnSequence { name, owner: None }]);
            }
        }
    }

    /// When the columns are there, and before those that go are gone.
    pub(super) fn own_sequences(&mut self) {
        let context = self.context;
        for sequence in &context.to.sequences {
            let earlier = context.from.sequences.get(&sequence.name);
            let freed_for = earlier.and_then(|earlier| loss_of_owner(context, earlier));
            let owner = earlier.and_then(|earlier| earlier.owned_by.as_ref());
            if owner.filter(|_| freed_for.is_none()) == sequence.owned_by.as_ref() {
                continue;
            }
            let own_change = context.changes.iter().position(|change| {
                matches!(change, Change::Sequence(it) if it.to().is_some_and(|to| to.name == sequence.name))
            });
            if let Some(change) = own_change.or(freed_for) {
                let (name, owner) = (sequence.name.clone(), sequence.owned_by.clone());
                self.extend(change, [Statement::OwnSequence { name, owner }]);
            }
        }
    }

    /// Those that have not gone with their column, or become a serial column's.
    pub(super) fn drop_sequences(&mut self) {
        let context = self.context;
        self.phase(|change| match change {
            Change::Sequence(Difference::Removed(sequence))
                if loss_of_owner(context, sequence).is_none()
                    && of_serial(context.to, &sequence.name).is_none() =>
            {
                Some(Statement::DropSequence(sequence.name.clone()))
            }
            _ => None,
        });
    }
}

/// The change with which the column goes that owns the sequence in the earlier state.
fn loss_of_owner(context: &Context, sequence: &Sequence) -> Option<usize> {
    let (owner, owning) = sequence.owned_by.as_ref()?;
    context.changes.iter().position(|change| match change {
        Change::Table(Difference::Removed(table)) => table.name == *owner,
        Change::Column(table, Difference::Removed(column)) => {
            table == owner && column.name == *owning
        }
        Change::Column(table, Difference::Altered { from, to }) => {
            table == owner && from.name == *owning && rebuilds(from, to)
        }
        _ => false,
    })
}

/// The sequence of that name that a serial column of the state stands for.
fn of_serial(state: &Schema, name: &QualifiedName) -> Option<Sequence> {
    let in_schema = |table: &&pg_schema::Table| table.name.schema == name.schema;
    let mut tables = state.tables.iter().filter(in_schema);
    tables.find_map(|table| {
        let mut serials = table.columns.iter().filter(|it| it.data_type.is_serial());
        let column = serials.find(|column| serial_sequence(&table.name, &column.name) == *name)?;
        counted_by_serial(&table.name, column)
    })
}

/// PostgreSQL refuses bounds that the sequence has not counted to, as one that was never used has not when it began outside of them. Such a one
/// begins anew first.
pub(super) fn alter_sequence(from: &Sequence, to: &Sequence) -> Vec<Statement> {
    let (old, new) = (&from.options, &to.options);
    if (from.data_type, old) == (to.data_type, new) {
        return Vec::new();
    }
    let retyped = from.data_type != to.data_type;
    let mut statements = Vec::new();
    if !(new.min..=new.max).contains(&old.start) {
        let name = || to.name.clone();
        if !(old.min..=old.max).contains(&new.start) {
            let widest = from.data_type.max(to.data_type);
            statements.push(Statement::WidenSequence {
                name: name(),
                data_type: (widest != from.data_type).then_some(widest),
                min: old.min.min(new.min),
                max: old.max.max(new.max),
            });
        }
        statements.push(Statement::RestartSequenceOutside {
            name: name(),
            min: new.min,
            max: new.max,
            start: new.start,
        });
    }
    statements.push(Statement::AlterSequence {
        sequence: to.clone(),
        retyped,
        no_cycle: old.cycle && !new.cycle,
    });
    statements
}
