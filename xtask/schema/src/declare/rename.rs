//! Earlier names. They are no state: they say what a change of state is, and may stay in the declaration after the migration has been made.

use super::{
    Check, Column, Declaration, Enum, ForeignKey, Index, Item, MaterializedView, Namespace, Policy,
    PrimaryKey, Reference, Role, Sequence, Table, Unique, View,
};
use crate::model::{PUBLIC, QualifiedName};
use crate::rename::{GlobalKind, PartKind, RelationKind, Rename};

macro_rules! renamed_from {
    ($($declared:ident: $name:ty),*) => {
        $(impl $declared {
            /// What it was called before, so that it is renamed rather than dropped and created. Where nothing of that name is left, or this one is
            /// there already, it says nothing.
            #[must_use]
            pub fn renamed_from(mut self, name: impl Into<$name>) -> Self {
                self.renamed_from = Some(name.into());
                self
            }
        })*
    };
}

renamed_from!(
    Namespace: String,
    Role: String,
    Enum: Reference,
    Sequence: Reference,
    Table: Reference,
    View: Reference,
    Column: String,
    PrimaryKey: String,
    Unique: String,
    ForeignKey: String,
    Check: String,
    Index: String,
    Policy: String
);

impl MaterializedView {
    /// What it was called before; as [`View::renamed_from`].
    #[must_use]
    pub fn renamed_from(mut self, name: impl Into<Reference>) -> Self {
        self.view = self.view.renamed_from(name);
        self
    }
}

impl Enum {
    /// What the label `value` was called before.
    #[must_use]
    pub fn value_renamed_from(
        mut self,
        value: impl Into<String>,
        earlier: impl Into<String>,
    ) -> Self {
        self.renamed_values.push((earlier.into(), value.into()));
        self
    }
}

impl Declaration {
    /// The renames that are stated, whether or not they still say something.
    #[must_use]
    pub fn renames(&self) -> Vec<Rename> {
        let mut renames = Vec::new();
        for item in &self.items {
            match item {
                Item::Namespace(namespace) => renames.extend(global(
                    GlobalKind::Namespace,
                    namespace.renamed_from.as_deref(),
                    &namespace.name,
                )),
                Item::Role(role) => renames.extend(global(
                    GlobalKind::Role,
                    role.renamed_from.as_deref(),
                    &role.state.name,
                )),
                Item::Enum(declared) => {
                    let name = qualified(declared.schema.as_deref(), &declared.name);
                    let earlier = declared.renamed_from.as_ref();
                    renames.extend(in_schema(RelationKind::Enum, earlier, &name));
                    let values = declared.renamed_values.iter();
                    renames.extend(values.map(|(from, to)| Rename::Part {
                        kind: PartKind::Label,
                        of: name.clone(),
                        from: from.clone(),
                        to: to.clone(),
                    }));
                }
                Item::Sequence(sequence) => {
                    let name = qualified(sequence.schema.as_deref(), &sequence.name);
                    let earlier = sequence.renamed_from.as_ref();
                    renames.extend(in_schema(RelationKind::Sequence, earlier, &name));
                }
                Item::View(view) | Item::MaterializedView(MaterializedView { view, .. }) => {
                    let name = qualified(view.schema.as_deref(), &view.name);
                    let earlier = view.renamed_from.as_ref();
                    renames.extend(in_schema(RelationKind::View, earlier, &name));
                }
                // It has the name that its files have.
                Item::Extension(_) => {}
                Item::Table(table) => table.renames(&mut renames),
                Item::Policy(policy) => {
                    let table = policy.linked.as_ref();
                    let table = table.map(|table| table.resolve(PUBLIC, |_| true));
                    renames.extend(table.and_then(|table| {
                        part(
                            PartKind::Policy,
                            &table,
                            policy.renamed_from.as_ref(),
                            policy.name.clone(),
                        )
                    }));
                }
            }
        }
        renames
    }
}

impl Table {
    fn renames(&self, renames: &mut Vec<Rename>) {
        let name = self.qualified_name();
        let earlier = self.renamed_from.as_ref();
        renames.extend(in_schema(RelationKind::Table, earlier, &name));
        let columns = self.columns.iter();
        renames.extend(columns.filter_map(|column| {
            let earlier = column.renamed_from.as_ref();
            part(PartKind::Column, &name, earlier, column.name.clone())
        }));
        let keys = self.primary_keys.iter();
        let keys = keys.map(|it| (&it.renamed_from, it.name_in(&self.name)));
        let uniques = self.uniques.iter();
        let uniques = uniques.map(|it| (&it.renamed_from, it.name_in(&self.name)));
        let foreign_keys = self.foreign_keys.iter();
        let foreign_keys = foreign_keys.map(|it| (&it.renamed_from, it.name_in(&self.name)));
        let checks = self.checks.iter();
        let checks = checks.map(|it| (&it.renamed_from, it.name.clone()));
        let constraints = keys.chain(uniques).chain(foreign_keys).chain(checks);
        renames.extend(constraints.filter_map(|(earlier, later)| {
            part(PartKind::Constraint, &name, earlier.as_ref(), later)
        }));
        renames.extend(self.indexes.iter().filter_map(|index| {
            let later = index.name_in(&self.name);
            part(PartKind::Index, &name, index.renamed_from.as_ref(), later)
        }));
        renames.extend(self.policies.iter().filter_map(|policy| {
            let earlier = policy.renamed_from.as_ref();
            part(PartKind::Policy, &name, earlier, policy.name.clone())
        }));
    }
}

fn qualified(schema: Option<&str>, name: &str) -> QualifiedName {
    QualifiedName::new(schema.unwrap_or(PUBLIC), name)
}

fn global(kind: GlobalKind, from: Option<&str>, to: &str) -> Option<Rename> {
    Some(Rename::Global {
        kind,
        from: from?.to_owned(),
        to: to.to_owned(),
    })
}

/// An earlier name without a schema lay in the same one.
fn in_schema(kind: RelationKind, from: Option<&Reference>, to: &QualifiedName) -> Option<Rename> {
    Some(Rename::InSchema {
        kind,
        from: from?.resolve(&to.schema, |_| true),
        to: to.clone(),
    })
}

fn part(kind: PartKind, of: &QualifiedName, from: Option<&String>, to: String) -> Option<Rename> {
    Some(Rename::Part {
        kind,
        of: of.clone(),
        from: from?.clone(),
        to,
    })
}
