//! What a project knows of its database beside what the database says.

use std::fmt;

use pg_database::Database;
use serde::Serialize;

/// What comes from the project's own code and files.
pub trait Project: Send + Sync {
    /// Its name.
    fn name(&self) -> &str;

    /// New values of the columns that the application gives a default, by the column's name.
    fn defaults(&self, schema: &str, table: &str) -> Vec<(String, String)>;

    /// The columns that the application gives a default.
    fn columns_with_defaults(&self, schema: &str, table: &str) -> Vec<String>;

    /// How the migrations, the schema in the code and a database stand to each other. Nothing is written but temporary relations.
    ///
    /// # Errors
    /// Why that cannot be found out.
    fn standing(&self, database: Database) -> Result<Standing, ProjectError>;

    /// Applies the pending migrations, and says which.
    ///
    /// # Errors
    /// Why not all were applied; what was stays.
    fn migrate(&self, database: Database) -> Result<Vec<String>, ProjectError>;
}

/// How the migrations, the schema in the code and a database stand to each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// The migrations, in order.
    pub history: Vec<Migration>,
    /// What leads from the database to the schema in the code.
    pub plan: Difference,
    /// What was done to the database beside its migrations; none if it is not known in which state those leave it.
    pub drift: Option<Difference>,
}

/// A migration, as a database has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Migration {
    /// Its tag.
    pub tag: String,
    /// `applied`, `pending`, `modified` since it was applied, `missing` from the folder, or `out of order`.
    pub state: &'static str,
    /// When it was applied.
    pub applied_at: Option<String>,
    /// By whom.
    pub applied_by: Option<String>,
    /// How long that took, in milliseconds.
    pub ms: Option<u64>,
    /// Its file.
    pub sql: Option<String>,
    /// What it can do to data and to others, if it is pending.
    pub hazards: Vec<String>,
}

/// In what two states differ.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The differences, a line each.
    pub changes: Vec<String>,
    /// The SQL that removes them.
    pub statements: Vec<String>,
}

/// Why a project could not do it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectError {
    /// What went wrong.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl fmt::Display for ProjectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ProjectError {}
