use super::Object;

/// An installed extension (manual, 38.17). Its version is the server's affair, not a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    /// Its name.
    pub name: String,
    /// The schema of its objects, where it is stated.
    pub schema: Option<String>,
}

impl Object for Extension {
    type Name = String;

    fn name(&self) -> &String {
        &self.name
    }
}
