//! The folder's migrations compared with the rows of a database's history table.

use std::collections::HashMap;

use crate::folder::{Migration, Migrations};

/// One row of `drizzle.__drizzle_migrations`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryRow {
    /// Its number in the table.
    pub id: i64,
    /// The file's hash when it was applied, in lower-case hexadecimal.
    pub hash: String,
    /// The journal's `when` of the migration, not the time it was applied.
    pub created_at: Option<i64>,
}

/// How a migration of the folder stands to a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MigrationState {
    /// Applied as it is.
    Applied,
    /// Applied, and its file has been changed since.
    Edited,
    /// Not applied yet.
    Pending,
    /// Not applied although a later one is: it stands before an applied one in the journal, or is not newer than the
    /// newest row of the history, for which reason drizzle would skip it without a word.
    OutOfOrder,
}

/// A migration of the folder with its state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReconciledMigration {
    /// Its position in [`Migrations::files`].
    pub index: usize,
    /// How it stands.
    pub state: MigrationState,
    /// Its row, when it is applied.
    pub row: Option<HistoryRow>,
}

/// The folder and the history, side by side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reconciliation {
    /// Every migration of the folder, in the journal's order.
    pub migrations: Vec<ReconciledMigration>,
    /// Rows of migrations that the folder does not have.
    pub missing: Vec<HistoryRow>,
    /// Further rows of migrations that have one already, as two runs of drizzle at the same time leave behind.
    pub duplicates: Vec<HistoryRow>,
}

/// Finds each migration's row.
///
/// A row belongs to the migration with its `when`, which is how drizzle itself tells migrations apart; where several
/// have the same, to the one with its hash. What is left is matched by hash alone: the journal's `when` was rewritten.
#[must_use]
pub fn reconcile(migrations: &Migrations, rows: &[HistoryRow]) -> Reconciliation {
    let files = &migrations.files;
    let mut matching = Matching {
        row_of: vec![None; files.len()],
        taken: vec![false; rows.len()],
    };
    let mut by_when: HashMap<i64, Vec<usize>> = HashMap::new();
    for (index, row) in rows.iter().enumerate() {
        if let Some(when) = row.created_at {
            by_when.entry(when).or_default().push(index);
        }
    }
    let rows_at = |file: &Migration| by_when.get(&file.entry.when).map_or(&[][..], Vec::as_slice);

    matching.pair(files, rows_at, |file, row| file.has_hash(&rows[row].hash));
    matching.pair(files, rows_at, |_, _| true);
    let all: Vec<usize> = (0..rows.len()).collect();
    matching.pair(files, |_| &all, |file, row| file.has_hash(&rows[row].hash));

    let last_applied = matching.row_of.iter().rposition(Option::is_some);
    let newest_row = rows.iter().filter_map(|row| row.created_at).max();
    let reconciled = files
        .iter()
        .zip(&matching.row_of)
        .enumerate()
        .map(|(index, (file, row))| {
            let row = row.map(|row| rows[row].clone());
            let state = match &row {
                Some(row) if file.has_hash(&row.hash) => MigrationState::Applied,
                Some(_) => MigrationState::Edited,
                None if Some(index) < last_applied || Some(file.entry.when) <= newest_row => {
                    MigrationState::OutOfOrder
                }
                None => MigrationState::Pending,
            };
            ReconciledMigration { index, state, row }
        });

    let left = rows
        .iter()
        .zip(&matching.taken)
        .filter(|(_, taken)| !**taken)
        .map(|(row, _)| row.clone());
    let (duplicates, missing) = left.partition(|left| {
        rows.iter().zip(&matching.taken).any(|(row, taken)| {
            *taken && row.created_at == left.created_at && row.hash == left.hash
        })
    });
    Reconciliation {
        migrations: reconciled.collect(),
        missing,
        duplicates,
    }
}

/// Which migration has which row, so far.
struct Matching {
    row_of: Vec<Option<usize>>,
    taken: Vec<bool>,
}

impl Matching {
    /// Gives every migration that has no row yet the first free candidate that `fits`.
    fn pair<'rows>(
        &mut self,
        files: &[Migration],
        candidates: impl Fn(&Migration) -> &'rows [usize],
        fits: impl Fn(&Migration, usize) -> bool,
    ) {
        for (file, row_of) in files
            .iter()
            .zip(&mut self.row_of)
            .filter(|(_, row_of)| row_of.is_none())
        {
            *row_of = candidates(file)
                .iter()
                .copied()
                .find(|row| !self.taken[*row] && fits(file, *row));
            if let Some(row) = *row_of {
                self.taken[row] = true;
            }
        }
    }
}

#[cfg(test)]
mod tests;
