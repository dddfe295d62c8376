use pg_database::{Database, QueryError};

/// A model that trades under a variant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    /// What people read.
    pub name: String,
    /// The strategy.
    pub variant: String,
    /// The name at OpenRouter.
    pub open_router_name: String,
    /// How often it has run.
    pub invocations: i32,
}

/// All models, by name, their variants in the order of the enum.
///
/// # Errors
/// When they cannot be read.
pub fn models(db: &mut Database) -> Result<Vec<Model>, QueryError> {
    let rows = db.client().query_typed(
        r#"SELECT "name", "variant"::text, "openRouterModelName", "invocationCount"
             FROM "Models" ORDER BY "name", "Models"."variant""#,
        &[],
    )?;
    let models = rows.iter().map(|row| Model {
        name: row.get(0),
        variant: row.get(1),
        open_router_name: row.get(2),
        invocations: row.get(3),
    });
    Ok(models.collect())
}
