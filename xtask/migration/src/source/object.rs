//! Schemas, extensions, roles, enums, sequences, views and policies.

use std::collections::BTreeSet;

use pg_schema::{CommentTarget, PUBLIC, Policy, PolicyCommand, QualifiedName, SequenceType, View};

use super::column::{Constrained, counting};
use super::literal::{sql, text, texts};
use super::table::parameter;
use super::tree::{Expression, Method};
use super::{Writer, in_schema, reference};

/// Names that stand for roles without being one (manual, CREATE POLICY).
const ROLE_WORDS: [&str; 4] = ["public", "current_user", "current_role", "session_user"];

impl Writer<'_> {
    /// What lies in no table, in the order in which it is needed.
    pub(super) fn globals(&self) -> Vec<Method> {
        let mut items = Vec::new();
        let public = PUBLIC.to_owned();
        let commented = CommentTarget::Namespace(public.clone());
        let public = self.comments.0.contains(&commented).then_some(&public);
        for name in public
            .into_iter()
            .chain(self.schema.schemas.iter().map(|it| &it.name))
        {
            let comment = self.comments.method(CommentTarget::Namespace(name.clone()));
            items.push(item("pg_schema", vec![text(name)], comment));
        }
        for extension in &self.schema.extensions {
            let schema = extension.schema.as_ref();
            let schema = schema.map(|schema| Method::new("in_schema", vec![text(schema)]));
            let on = CommentTarget::Extension(extension.name.clone());
            let methods = schema.into_iter().chain(self.comments.method(on));
            items.push(item("pg_extension", vec![text(&extension.name)], methods));
        }
        items.extend(self.roles());
        for declared in &self.schema.enums {
            let arguments = vec![text(&declared.name.name), labels(&declared.values)];
            let comment = self
                .comments
                .method(CommentTarget::Enum(declared.name.clone()));
            let methods = in_schema(&declared.name).into_iter().chain(comment);
            items.push(item("pg_enum", arguments, methods));
        }
        items.extend(self.sequences());
        items
    }

    fn roles(&self) -> Vec<Method> {
        let mut items = Vec::new();
        for role in &self.schema.roles {
            let flag = |applies: bool, name| applies.then(|| Method::new(name, Vec::new()));
            let methods = [
                flag(role.create_db, "create_db"),
                flag(role.create_role, "create_role"),
                flag(!role.inherit, "no_inherit"),
                self.comments.method(CommentTarget::Role(role.name.clone())),
            ];
            items.push(item(
                "pg_role",
                vec![text(&role.name)],
                methods.into_iter().flatten(),
            ));
        }
        let of_tables = self.schema.tables.iter().flat_map(|table| &table.policies);
        let linked = self.schema.policies.iter().map(|linked| &linked.policy);
        let named: BTreeSet<_> = of_tables.chain(linked).flat_map(|it| &it.roles).collect();
        for name in named {
            if !self.schema.roles.contains(name) && !ROLE_WORDS.contains(&name.as_str()) {
                let existing = Method::new("existing", Vec::new());
                items.push(item("pg_role", vec![text(name)], [existing]));
            }
        }
        items
    }

    /// Tables that foreign keys refer to, but that the state does not hold.
    pub(super) fn existing_tables(&self) -> Vec<Method> {
        let keys = self
            .schema
            .tables
            .iter()
            .flat_map(|table| &table.foreign_keys);
        let names: BTreeSet<_> = keys.map(|key| &key.references).collect();
        let elsewhere = names
            .into_iter()
            .filter(|name| !self.schema.tables.contains(*name));
        let tables = elsewhere.map(|name| {
            let existing = Method::new("existing", Vec::new());
            let methods = in_schema(name).into_iter().chain([existing]);
            item(
                "pg_table",
                vec![text(&name.name), Expression::Array(Vec::new())],
                methods,
            )
        });
        tables.collect()
    }

    fn sequences(&self) -> Vec<Method> {
        let sequences = self.schema.sequences.iter().map(|sequence| {
            let mut methods: Vec<_> = in_schema(&sequence.name).into_iter().collect();
            let counts_in = match sequence.data_type {
                SequenceType::BigInt => None,
                SequenceType::Integer => Some("Integer"),
                SequenceType::SmallInt => Some("SmallInt"),
            };
            methods.extend(counts_in.map(|data_type| {
                Method::new("counts_in", vec![Expression::Text(data_type.to_owned())])
            }));
            let range = sequence.data_type.range();
            methods.extend(counting(&sequence.options, *range.end()));
            methods.extend(sequence.owned_by.as_ref().map(|(table, column)| {
                Method::new("owned_by", vec![text(&table.name), text(column)])
            }));
            let on = CommentTarget::Sequence(sequence.name.clone());
            methods.extend(self.comments.method(on));
            item("pg_sequence", vec![text(&sequence.name.name)], methods)
        });
        sequences.collect()
    }

    pub(super) fn view(&self, view: &View) -> Expression {
        let mut methods: Vec<_> = in_schema(&view.name).into_iter().collect();
        if !view.columns.is_empty() {
            let columns = view.columns.iter();
            let columns =
                columns.map(|column| self.column(&view.name, column, &Constrained::default()));
            methods.push(Method::new(
                "columns",
                vec![Expression::Array(columns.collect())],
            ));
        }
        for option in &view.with {
            methods.push(match option.name.as_str() {
                _ if view.materialized => parameter(option),
                "check_option" => {
                    let value = if option.value == "local" {
                        "Local"
                    } else {
                        "Cascaded"
                    };
                    Method::new("check_option", vec![Expression::Text(value.to_owned())])
                }
                name => {
                    let name = if name == "security_invoker" {
                        "security_invoker"
                    } else {
                        "security_barrier"
                    };
                    Method::new(name, vec![Expression::Text(option.value.clone())])
                }
            });
        }
        for (name, value) in [
            ("tablespace", &view.tablespace),
            ("using", &view.access_method),
        ] {
            methods.extend(
                value
                    .as_ref()
                    .map(|value| Method::new(name, vec![text(value)])),
            );
        }
        if view.with_no_data {
            methods.push(Method::new("with_no_data", Vec::new()));
        }
        methods.push(match &view.definition {
            Some(query) => Method::new("as_sql", vec![sql(query)]),
            None => Method::new("existing", Vec::new()),
        });
        methods.extend(
            view.indexes
                .iter()
                .map(|index| self.index(&view.name, index)),
        );
        methods.extend(self.comments.method(CommentTarget::View(view.name.clone())));
        let function = if view.materialized {
            "pg_materialized_view"
        } else {
            "pg_view"
        };
        Expression::Call(function, vec![text(&view.name.name)]).with(methods)
    }

    pub(super) fn policy(&self, table: &QualifiedName, policy: &Policy) -> Expression {
        let mut methods = Vec::new();
        if !policy.permissive {
            methods.push(Method::new("restrictive", Vec::new()));
        }
        let command = match policy.command {
            PolicyCommand::All => None,
            PolicyCommand::Select => Some("Select"),
            PolicyCommand::Insert => Some("Insert"),
            PolicyCommand::Update => Some("Update"),
            PolicyCommand::Delete => Some("Delete"),
        };
        methods.extend(
            command.map(|command| {
                Method::new("for_command", vec![Expression::Text(command.to_owned())])
            }),
        );
        if policy.roles != [PUBLIC] {
            methods.push(Method::new("to", vec![texts(&policy.roles)]));
        }
        for (name, condition) in [("using", &policy.using), ("with_check", &policy.with_check)] {
            methods.extend(
                condition
                    .as_ref()
                    .map(|it| Method::new(name, vec![sql(it)])),
            );
        }
        let on = CommentTarget::Policy(table.clone(), policy.name.clone());
        methods.extend(self.comments.method(on));
        Expression::Call("policy", vec![text(&policy.name)]).with(methods)
    }

    pub(super) fn linked_policies(&self) -> Vec<Method> {
        let linked = self.schema.policies.iter().map(|linked| {
            let (table, _) = &linked.name;
            let link = Method::new("link", vec![reference(table, PUBLIC)]);
            let policy = self.policy(table, &linked.policy).with(vec![link]);
            Method::new("with", vec![policy])
        });
        linked.collect()
    }
}

/// `.with(function(arguments).method()…)`.
fn item(
    function: &'static str,
    arguments: Vec<Expression>,
    methods: impl IntoIterator<Item = Method>,
) -> Method {
    let item = Expression::Call(function, arguments).with(methods.into_iter().collect());
    Method::new("with", vec![item])
}

/// Of an array without elements Rust cannot tell what they would be.
fn labels(labels: &[String]) -> Expression {
    if labels.is_empty() {
        Expression::Text("[\"\"; 0]".to_owned())
    } else {
        texts(labels)
    }
}
