//! Who has to wait, and who sees another thing than before.

use pg_migration::Statement;
use pg_schema::{QualifiedName, quote_literal};

use super::ask::Answer;
use super::{Examiner, Found, Verdict};
use crate::error::QueryError;

/// What is rewritten or read in about a second keeps nobody waiting: 32 MB.
const SMALL: i64 = 32 << 20;

impl Examiner<'_, '_> {
    pub(super) fn size(&mut self, statement: &Statement) -> Result<Found, QueryError> {
        let Some(table) = table_of(statement) else {
            return Ok(Found::new(Verdict::Applies));
        };
        let name = self.before.name(table);
        let query = format!(
            "SELECT pg_total_relation_size({}::regclass)",
            quote_literal(&name.sql())
        );
        Ok(match self.asker.ask_catalogs(&query)? {
            Answer::Counts(counts) => {
                let bytes = counts[0].unwrap_or_default();
                let verdict = if bytes <= SMALL {
                    Verdict::Harmless
                } else {
                    Verdict::Applies
                };
                Found::saying(verdict, format!("\"{name}\" has {}", size(bytes)))
            }
            answer => Found::new(Verdict::Applies).because(answer),
        })
    }

    pub(super) fn access(&mut self, statement: &Statement) -> Result<Found, QueryError> {
        let Statement::DropView { name, .. } = statement else {
            return Ok(Found::new(Verdict::Applies));
        };
        let query = format!(
            "SELECT count(*) FROM pg_class WHERE oid = {}::regclass AND relacl IS NOT NULL",
            quote_literal(&self.before.name(name).sql())
        );
        Ok(match self.asker.ask_catalogs(&query)? {
            Answer::Counts(counts) if counts[0] == Some(0) => {
                Found::saying(Verdict::Harmless, "no privileges on it are granted")
            }
            Answer::Counts(_) => Found::saying(Verdict::Applies, "privileges on it are granted"),
            answer => Found::new(Verdict::Applies).because(answer),
        })
    }
}

/// The table or materialized view that a statement reads or writes anew.
fn table_of(statement: &Statement) -> Option<&QualifiedName> {
    match statement {
        Statement::AddColumn { table, .. }
        | Statement::SetDataType { table, .. }
        | Statement::SetNotNull { table, .. }
        | Statement::AddPrimaryKey { table, .. }
        | Statement::AddUnique { table, .. }
        | Statement::AddCheck { table, .. }
        | Statement::AddForeignKey { table, .. }
        | Statement::CreateIndex { table, .. } => Some(table),
        Statement::DropView { name, .. } | Statement::AlterView { name, .. } => Some(name),
        _ => None,
    }
}

/// A size as people read it.
fn size(bytes: i64) -> String {
    match bytes {
        ..1_048_576 => format!("{} kB", bytes.div_euclid(1024)),
        1_048_576..1_073_741_824 => format!("{} MB", bytes >> 20),
        _ => format!("{} GB", bytes >> 30),
    }
}
