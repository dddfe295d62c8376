//! Extensions: first of all that lies in a schema, since columns are of their types and indexes of their operator classes, and gone last.

use pg_schema::PUBLIC;

use super::order::Order;
use crate::diff::{Change, Difference};
use crate::statement::Statement;

impl Order<'_> {
    pub(super) fn create_extensions(&mut self) {
        let context = self.context;
        let moved = |name: &str, schema: &str| Statement::SetExtensionSchema {
            name: name.to_owned(),
            schema: schema.to_owned(),
        };
        self.phase(|change| match change {
            Change::Extension(Difference::Added(extension)) => {
                vec![Statement::CreateExtension(extension.clone())]
            }
            Change::Extension(Difference::Altered { to, .. }) => {
                let schema = to.schema.iter();
                schema.map(|schema| moved(&to.name, schema)).collect()
            }
            // Wherever it may lie, it cannot stay there.
            Change::Namespace(Difference::Removed(namespace)) => {
                let extensions = context.from.extensions.iter();
                let left = extensions.filter(|it| {
                    let later = context.to.extensions.get(&it.name);
                    it.schema.as_ref() == Some(&namespace.name)
                        && later.is_some_and(|later| later.schema.is_none())
                });
                left.map(|it| moved(&it.name, PUBLIC)).collect()
            }
            _ => Vec::new(),
        });
    }

    /// The latest first, as it may need an earlier one.
    pub(super) fn drop_extensions(&mut self) {
        for (index, change) in self.context.changes.iter().enumerate().rev() {
            if let Change::Extension(Difference::Removed(extension)) = change {
                self.extend(index, [Statement::DropExtension(extension.name.clone())]);
            }
        }
    }
}
