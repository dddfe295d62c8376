use super::Object;

/// An installed extension (manual, 38.17). Its version is the server's affair, not a state.
#[derive(Debug, Clone)]
pub struct Extension {
    /// Its name.
    pub name: String,
    /// The schema of its objects, where it is stated.
    pub schema: Option<String>,
}

/// A schema that one side leaves open fits any.
impl PartialEq for Extension {
    fn eq(&self, other: &Self) -> bool {
        let same_schema = match (&self.schema, &other.schema) {
            (Some(schema), Some(other)) => schema == other,
            _ => true,
        };
        self.name == other.name && same_schema
    }
}

impl Object for Extension {
    type Name = String;

    fn name(&self) -> &String {
        &self.name
    }
}
