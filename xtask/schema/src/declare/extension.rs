/// An extension, declared. Which version of it is installed is the server's affair.
#[derive(Debug, Clone)]
pub struct Extension {
    pub(super) name: String,
    pub(super) schema: Option<String>,
    pub(super) comment: Option<String>,
}

/// An extension, e.g. `pg_trgm`. It is created if it is not there already, before all that can use it.
pub fn pg_extension(name: impl Into<String>) -> Extension {
    Extension {
        name: name.into(),
        schema: None,
        comment: None,
    }
}

impl Extension {
    /// The schema of its objects: one that is declared, or one that something else makes. What uses them names it, e.g. `gis.geometry`.
    #[must_use]
    pub fn in_schema(mut self, schema: impl Into<String>) -> Self {
        self.schema = Some(schema.into());
        self
    }
}
