//! Sequences that stand for themselves.

use pg_schema::Sequence;

use super::order::Order;
use crate::diff::{Change, Difference};
use crate::statement::Statement;

impl Order<'_> {
    pub(super) fn create_sequences(&mut self) {
        self.phase(|change| match change {
            Change::Sequence(Difference::Added(sequence)) => {
                Some(Statement::CreateSequence(sequence.clone()))
            }
            _ => None,
        });
        self.rename_sequences();
        self.phase(|change| match change {
            Change::Sequence(Difference::Altered { from, to }) => alter_sequence(from, to),
            _ => Vec::new(),
        });
    }

    pub(super) fn drop_sequences(&mut self) {
        self.phase(|change| match change {
            Change::Sequence(Difference::Removed(sequence)) => {
                Some(Statement::DropSequence(sequence.name.clone()))
            }
            _ => None,
        });
    }
}

/// PostgreSQL refuses bounds that the sequence has not counted to, as one that was never used has not when it began outside of them. Such a one
/// begins anew first.
fn alter_sequence(from: &Sequence, to: &Sequence) -> Vec<Statement> {
    let (old, new) = (&from.options, &to.options);
    let mut statements = Vec::new();
    if !(new.min..=new.max).contains(&old.start) {
        let name = || to.name.clone();
        if !(old.min..=old.max).contains(&new.start) {
            statements.push(Statement::WidenSequence {
                name: name(),
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
        no_cycle: old.cycle && !new.cycle,
    });
    statements
}
