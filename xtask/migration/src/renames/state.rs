//! What a state is after its objects have been renamed, and nothing else.

use std::collections::HashMap;

use pg_schema::{
    Column, ColumnType, Comment, CommentTarget, DefaultValue, Enum, Extension, ForeignKey,
    GlobalKind, Identity, Index, IndexTerm, LinkedPolicy, Namespace, Object, Objects, PartKind,
    Policy, PrimaryKey, QualifiedName, RelationKind, Rename, Role, Schema, Sequence, Table, View,
    automatic_name, quote_literal,
};

use crate::sql::RenamedNames;

/// The state after `renames`.
///
/// What PostgreSQL carries along is carried along: references, the conditions and expressions over a table's own columns, the defaults that are a
/// renamed label. Queries of views keep their text, since PostgreSQL keeps in them what a renamed thing was called, and so do policies, which are
/// altered at no cost.
#[must_use]
pub fn renamed(state: &Schema, renames: &[Rename]) -> Schema {
    Names::of(renames).schema(state)
}

/// The same on the way to `later`, which can have left something behind that would be carried along.
pub(super) fn renamed_towards(later: &Schema, state: &Schema, renames: &[Rename]) -> Schema {
    let names = Names {
        towards: Some(later),
        ..Names::of(renames)
    };
    names.schema(state)
}

/// Later names by the earlier ones.
#[derive(Default)]
pub(super) struct Names<'a> {
    globals: HashMap<(GlobalKind, &'a String), &'a String>,
    relations: HashMap<(RelationKind, QualifiedName), &'a QualifiedName>,
    parts: HashMap<(PartKind, &'a QualifiedName), HashMap<&'a str, &'a str>>,
    /// The state that the renames are on the way to, where that is known.
    towards: Option<&'a Schema>,
}

impl<'a> Names<'a> {
    pub(super) fn of(renames: &'a [Rename]) -> Self {
        let mut names = Self::default();
        for rename in renames {
            match rename {
                Rename::Global { kind, from, to } => {
                    names.globals.insert((*kind, from), to);
                }
                Rename::InSchema { kind, from, to } => {
                    names.relations.insert((*kind, from.clone()), to);
                }
                Rename::Part { kind, of, from, to } => {
                    let parts = names.parts.entry((*kind, of)).or_default();
                    parts.insert(from.as_str(), to.as_str());
                }
            }
        }
        names
    }

    pub(super) fn global(&self, kind: GlobalKind, name: &String) -> String {
        self.globals
            .get(&(kind, name))
            .copied()
            .unwrap_or(name)
            .clone()
    }

    pub(super) fn relation(&self, kind: RelationKind, name: &QualifiedName) -> QualifiedName {
        let name = QualifiedName {
            schema: self.global(GlobalKind::Namespace, &name.schema),
            name: name.name.clone(),
        };
        let key = (kind, name);
        match self.relations.get(&key) {
            Some(later) => (*later).clone(),
            None => key.1,
        }
    }

    /// `of` under its later name.
    pub(super) fn part(&self, kind: PartKind, of: &QualifiedName, name: &str) -> String {
        let parts = self.parts.get(&(kind, of));
        let later = parts.and_then(|parts| parts.get(name)).copied();
        later.unwrap_or(name).to_owned()
    }

    fn parts(&self, kind: PartKind, of: &QualifiedName, names: &[String]) -> Vec<String> {
        let names = names.iter();
        names.map(|name| self.part(kind, of, name)).collect()
    }

    fn schema(&self, state: &Schema) -> Schema {
        Schema {
            schemas: each(&state.schemas, |it| Namespace {
                name: self.global(GlobalKind::Namespace, &it.name),
            }),
            enums: each(&state.enums, |it| {
                let name = self.relation(RelationKind::Enum, &it.name);
                let values = self.parts(PartKind::Label, &name, &it.values);
                Enum { name, values }
            }),
            sequences: each(&state.sequences, |it| self.sequence(it)),
            tables: each(&state.tables, |it| self.table(it)),
            views: each(&state.views, |it| View {
                name: self.relation(RelationKind::View, &it.name),
                ..it.clone()
            }),
            policies: each(&state.policies, |it| {
                let table = self.relation(RelationKind::Table, &it.name.0);
                let policy = self.policy(&table, &it.policy);
                LinkedPolicy {
                    name: (table, policy.name.clone()),
                    policy,
                }
            }),
            roles: each(&state.roles, |it| Role {
                name: self.global(GlobalKind::Role, &it.name),
                ..it.clone()
            }),
            extensions: each(&state.extensions, |it| {
                let schema = it.schema.as_ref();
                Extension {
                    schema: schema.map(|name| self.global(GlobalKind::Namespace, name)),
                    ..it.clone()
                }
            }),
            comments: each(&state.comments, |it| Comment {
                on: self.comment_target(&it.on, state),
                ..it.clone()
            }),
        }
    }

    /// One that a column owns lies where that does, unless it moves, or stays, by itself; for that it has to be freed.
    fn sequence(&self, sequence: &Sequence) -> Sequence {
        let name = self.relation(RelationKind::Sequence, &sequence.name);
        let freed = |name| Sequence {
            name,
            owned_by: None,
            ..sequence.clone()
        };
        let Some((table, column)) = &sequence.owned_by else {
            return freed(name);
        };
        if name.schema != self.global(GlobalKind::Namespace, &sequence.name.schema) {
            return freed(name);
        }
        let table = self.relation(RelationKind::Table, table);
        let column = self.part(PartKind::Column, &table, column);
        let carried = QualifiedName::new(&table.schema, &name.name);
        if self.towards.is_some_and(|later| {
            later.sequences.contains(&name) && !later.sequences.contains(&carried)
        }) {
            return freed(name);
        }
        Sequence {
            name: carried,
            owned_by: Some((table, column)),
            ..sequence.clone()
        }
    }

    fn table(&self, table: &Table) -> Table {
        let name = self.relation(RelationKind::Table, &table.name);
        let columns = self.parts.get(&(PartKind::Column, &name));
        let texts = RenamedNames {
            table: (&table.name.name, &name.name),
            schema: (&table.name.schema, &name.schema),
            columns: columns.cloned().unwrap_or_default(),
        };
        let text = |sql: &str| texts.applied_to(sql);
        let own = |names: &[String]| self.parts(PartKind::Column, &name, names);
        let constraint = |constraint: &str| self.part(PartKind::Constraint, &name, constraint);
        Table {
            columns: each(&table.columns, |it| Column {
                generated: it.generated.as_deref().map(text),
                ..self.column((&table.name.name, &name), it)
            }),
            primary_key: table.primary_key.as_ref().map(|it| PrimaryKey {
                name: it.name.as_deref().map(constraint),
                columns: own(&it.columns),
            }),
            uniques: each(&table.uniques, |it| pg_schema::Unique {
                name: constraint(&it.name),
                columns: own(&it.columns),
                ..it.clone()
            }),
            foreign_keys: each(&table.foreign_keys, |it| {
                let references = self.relation(RelationKind::Table, &it.references);
                let targets = &it.referenced_columns;
                ForeignKey {
                    name: constraint(&it.name),
                    columns: own(&it.columns),
                    referenced_columns: self.parts(PartKind::Column, &references, targets),
                    references,
                    ..it.clone()
                }
            }),
            checks: each(&table.checks, |it| pg_schema::Check {
                name: constraint(&it.name),
                expression: text(&it.expression),
            }),
            indexes: each(&table.indexes, |it| Index {
                name: self.part(PartKind::Index, &name, &it.name),
                keys: it
                    .keys
                    .iter()
                    .cloned()
                    .map(|mut key| {
                        key.term = match key.term {
                            IndexTerm::Column(column) => {
                                IndexTerm::Column(self.part(PartKind::Column, &name, &column))
                            }
                            IndexTerm::Expression(sql) => IndexTerm::Expression(text(&sql)),
                        };
                        if let Some(collation) = &mut key.collation {
                            collation.schema =
                                self.global(GlobalKind::Namespace, &collation.schema);
                        }
                        key
                    })
                    .collect(),
                include: own(&it.include),
                predicate: it.predicate.as_deref().map(text),
                ..it.clone()
            }),
            policies: each(&table.policies, |it| self.policy(&name, it)),
            row_security: table.row_security,
            name,
        }
    }

    fn column(&self, (earlier, table): (&str, &QualifiedName), column: &Column) -> Column {
        let mut column = column.clone();
        let earlier_name = column.name;
        column.name = self.part(PartKind::Column, table, &earlier_name);
        // Its sequence lies where its table does, and is called after both.
        if let Some(Identity { sequence, .. }) = &mut column.identity {
            sequence.schema.clone_from(&table.schema);
            if sequence.name == automatic_name(earlier, Some(&earlier_name), "seq") {
                sequence.name = automatic_name(&table.name, Some(&column.name), "seq");
            }
        }
        if let Some(schema) = column.data_type.schema() {
            let earlier = QualifiedName::new(schema, column.data_type.base());
            let later = self.relation(RelationKind::Enum, &earlier);
            column.default = column
                .default
                .map(|it| self.default_label(it, &later, &column.data_type));
            column.data_type = column.data_type.renamed(&later);
        }
        if let Some(collation) = &mut column.collation {
            collation.schema = self.global(GlobalKind::Namespace, &collation.schema);
        }
        column
    }

    /// A default that is a label of the enum stays that label. Any other text is set anew where it differs, which costs nothing.
    fn default_label(
        &self,
        default: DefaultValue,
        of: &QualifiedName,
        data_type: &ColumnType,
    ) -> DefaultValue {
        let labels = self.parts.get(&(PartKind::Label, of));
        let labels = labels.filter(|_| data_type.dimensions().is_empty());
        let later = labels.and_then(|labels| {
            let mut labels = labels.iter();
            labels.find(|(label, _)| quote_literal(label) == default.sql())
        });
        later.map_or(default, |(_, label)| {
            DefaultValue::Sql(quote_literal(label))
        })
    }

    fn policy(&self, table: &QualifiedName, policy: &Policy) -> Policy {
        Policy {
            name: self.part(PartKind::Policy, table, &policy.name),
            ..policy.clone()
        }
    }

    fn comment_target(&self, target: &CommentTarget, state: &Schema) -> CommentTarget {
        use CommentTarget as On;
        let part = |kind, owner: &QualifiedName, name: &str| {
            let table = self.relation(RelationKind::Table, owner);
            // Either has no more than one of the two kinds' renames.
            let later = if table.name == owner.name && table.schema == owner.schema {
                self.relation(RelationKind::View, owner)
            } else {
                table
            };
            let name = self.part(kind, &later, name);
            (later, name)
        };
        match target {
            On::Namespace(name) => On::Namespace(self.global(GlobalKind::Namespace, name)),
            On::Enum(name) => On::Enum(self.relation(RelationKind::Enum, name)),
            On::Sequence(name) => On::Sequence(match state.sequences.get(name) {
                Some(sequence) => self.sequence(sequence).name,
                None => self.relation(RelationKind::Sequence, name),
            }),
            On::Table(name) => On::Table(self.relation(RelationKind::Table, name)),
            On::View(name) => On::View(self.relation(RelationKind::View, name)),
            On::Column(owner, name) => {
                let (owner, name) = part(PartKind::Column, owner, name);
                On::Column(owner, name)
            }
            On::Constraint(table, name) => {
                let (later, later_name) = part(PartKind::Constraint, table, name);
                // An unnamed primary key is called after its table.
                if later_name == automatic_name(&table.name, None, "pkey") {
                    let name = automatic_name(&later.name, None, "pkey");
                    On::Constraint(later, name)
                } else {
                    On::Constraint(later, later_name)
                }
            }
            On::Index(table, name) => {
                let (table, name) = part(PartKind::Index, table, name);
                On::Index(table, name)
            }
            On::Policy(table, name) => {
                let (table, name) = part(PartKind::Policy, table, name);
                On::Policy(table, name)
            }
            On::Extension(name) => On::Extension(name.clone()),
            On::Role(name) => On::Role(self.global(GlobalKind::Role, name)),
        }
    }
}

/// Each object under its later name, in the order that was there. The caller's renames lead to no name that is taken.
fn each<T: Object>(objects: &Objects<T>, later: impl Fn(&T) -> T) -> Objects<T> {
    let mut renamed = Objects::default();
    for object in objects {
        let _ = renamed.insert(later(object));
    }
    renamed
}
