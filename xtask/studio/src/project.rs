//! What a project knows of its database beside what the database says.

/// What comes from the project's own code.
pub trait Project: Send + Sync {
    /// Its name.
    fn name(&self) -> &str;

    /// New values of the columns that the application gives a default, by the column's name.
    fn defaults(&self, schema: &str, table: &str) -> Vec<(String, String)>;

    /// The columns that the application gives a default.
    fn columns_with_defaults(&self, schema: &str, table: &str) -> Vec<String>;
}
