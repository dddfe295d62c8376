use super::{Object, QualifiedName};

/// A view or a materialized view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// Its name.
    pub name: QualifiedName,
    /// The query; `None` for a view that exists and is only referred to.
    pub definition: Option<String>,
    /// Whether it is materialized.
    pub materialized: bool,
}

impl Object for View {
    type Name = QualifiedName;

    fn name(&self) -> &QualifiedName {
        &self.name
    }
}
