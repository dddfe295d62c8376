use pg_database::{InsertError, Inserter};
use pg_schema::Declaration;

use crate::filters::Filters;

/// Fills an empty database. It runs in a transaction that its error rolls back.
pub type Seed = fn(&mut Inserter<'_>) -> Result<(), InsertError>;

/// A project's configuration: what `drizzle.config.ts` is to drizzle.
#[derive(Debug, Clone, Copy)]
pub struct Project {
    /// What the local server's database is called.
    pub name: &'static str,
    /// The schema: the single source of truth.
    pub schema: fn() -> Declaration,
    /// What `db seed` inserts.
    pub seed: Seed,
    /// The folder of the migrations, below the workspace's root.
    pub folder: &'static str,
    /// What of a database counts, wherever one is read.
    pub filters: Filters,
}

impl Default for Project {
    fn default() -> Self {
        Self {
            name: "app",
            schema: Declaration::new,
            seed: |_| Ok(()),
            folder: "drizzle",
            filters: Filters::default(),
        }
    }
}
