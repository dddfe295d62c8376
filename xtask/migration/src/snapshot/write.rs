//! From a state to the text of its snapshot.

use indexmap::IndexMap;
use pg_schema::{
    Column, DefaultValue, ForeignKey, IdentityKind, Index, IndexTerm, LinkedPolicy, NullsOrder,
    Objects, Policy, QualifiedName, SequenceOptions, SortOrder, StorageParameter, Table,
};
use serde::{Serialize, Serializer};
use serde_json::{Number, Value};

use super::{SNAPSHOT_VERSION, Snapshot, beyond, view, wire};

pub(super) fn write(snapshot: &Snapshot) -> String {
    let schema = &snapshot.schema;
    let wire = wire::Snapshot {
        id: snapshot.id.clone(),
        prev_id: snapshot.prev_id.clone(),
        version: SNAPSHOT_VERSION.to_owned(),
        dialect: "postgresql".to_owned(),
        tables: Tables(&schema.tables),
        enums: schema
            .enums
            .iter()
            .map(|e| {
                let declared = wire::Enum {
                    name: e.name.name.clone(),
                    schema: e.name.schema.clone(),
                    values: e.values.clone(),
                };
                (key(&e.name), declared)
            })
            .collect(),
        schemas: schema
            .schemas
            .iter()
            .map(|s| (s.name.clone(), s.name.clone()))
            .collect(),
        sequences: schema
            .sequences
            .iter()
            .map(|s| {
                let options = options(&s.options);
                (
                    key(&s.name),
                    wire::Sequence {
                        name: s.name.name.clone(),
                        schema: s.name.schema.clone(),
                        options,
                    },
                )
            })
            .collect(),
        roles: schema
            .roles
            .iter()
            .map(|r| {
                let role = wire::Role {
                    name: r.name.clone(),
                    create_db: r.create_db,
                    create_role: r.create_role,
                    inherit: r.inherit,
                };
                (r.name.clone(), role)
            })
            .collect(),
        policies: schema.policies.iter().map(linked_policy).collect(),
        views: schema
            .views
            .iter()
            .map(|v| (key(&v.name), view::write(v)))
            .collect(),
        meta: wire::Meta::default(),
        beyond: (snapshot.beyond || !snapshot.renames.is_empty())
            .then(|| beyond::of(schema, &snapshot.renames)),
    };
    serde_json::to_string_pretty(&wire)
        .expect("strings, numbers and maps with string keys are always JSON")
}

struct Tables<'a>(&'a Objects<Table>);

impl Serialize for Tables<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|it| (key(&it.name), table(it))))
    }
}

fn key(name: &QualifiedName) -> String {
    format!("{}.{}", name.schema, name.name)
}

fn table(table: &Table) -> wire::Table {
    let on_column = |name: &String| {
        table
            .primary_key
            .as_ref()
            .is_some_and(|key| key.name.is_none() && key.columns.contains(name))
    };
    let composite = table.primary_key.iter().filter_map(|key| {
        let name = key.name.clone()?;
        Some((
            name.clone(),
            wire::PrimaryKey {
                name,
                columns: key.columns.clone(),
            },
        ))
    });
    wire::Table {
        name: table.name.name.clone(),
        schema: outside_public(&table.name.schema).unwrap_or_default(),
        columns: table
            .columns
            .iter()
            .map(|c| (c.name.clone(), column(c, on_column(&c.name))))
            .collect(),
        indexes: table
            .indexes
            .iter()
            .map(|i| (i.name.clone(), index(i)))
            .collect(),
        foreign_keys: table
            .foreign_keys
            .iter()
            .map(|k| (k.name.clone(), foreign_key(table, k)))
            .collect(),
        composite_primary_keys: composite.collect(),
        unique_constraints: table
            .uniques
            .iter()
            .map(|u| {
                let unique = wire::Unique {
                    name: u.name.clone(),
                    nulls_not_distinct: u.nulls_not_distinct,
                    columns: u.columns.clone(),
                };
                (u.name.clone(), unique)
            })
            .collect(),
        policies: table.policies.iter().map(policy).collect(),
        check_constraints: table
            .checks
            .iter()
            .map(|c| {
                (
                    c.name.clone(),
                    wire::Check {
                        name: c.name.clone(),
                        value: c.expression.clone(),
                    },
                )
            })
            .collect(),
        is_rls_enabled: table.row_security,
    }
}

fn outside_public(schema: &str) -> Option<String> {
    (schema != pg_schema::PUBLIC).then(|| schema.to_owned())
}

pub(super) fn column(column: &Column, primary_key: bool) -> wire::Column {
    wire::Column {
        name: column.name.clone(),
        data_type: column.data_type.to_string(),
        type_schema: column.data_type.schema().map(str::to_owned),
        primary_key,
        not_null: column.not_null,
        generated: column.generated.as_ref().map(|expression| wire::Generated {
            expression: expression.clone(),
            kind: "stored".to_owned(),
        }),
        identity: column.identity.as_ref().map(|identity| wire::Identity {
            kind: match identity.kind {
                IdentityKind::Always => "always".to_owned(),
                IdentityKind::ByDefault => "byDefault".to_owned(),
            },
            name: identity.sequence.name.clone(),
            schema: Some(identity.sequence.schema.clone()),
            options: options(&identity.options),
        }),
        default: column.default.as_ref().map(default),
    }
}

fn default(default: &DefaultValue) -> Value {
    match default {
        DefaultValue::Null => Value::Null,
        DefaultValue::Boolean(value) => Value::Bool(*value),
        DefaultValue::Sql(sql) => Value::String(sql.clone()),
        DefaultValue::Number(text) => scalar(text),
    }
}

/// A JSON number or truth value if the text is one, else a string: drizzle keeps the type that JavaScript had.
fn scalar(text: &str) -> Value {
    match (text.parse::<bool>(), text.parse::<Number>()) {
        (Ok(value), _) => Value::Bool(value),
        (_, Ok(number)) => Value::Number(number),
        _ => Value::String(text.to_owned()),
    }
}

fn options(options: &SequenceOptions) -> wire::SequenceOptions {
    wire::SequenceOptions {
        increment: Some(options.increment.to_string()),
        start_with: Some(options.start.to_string()),
        min_value: Some(options.min.to_string()),
        max_value: Some(options.max.to_string()),
        cache: Some(options.cache.to_string()),
        cycle: Some(options.cycle),
    }
}

fn foreign_key(table: &Table, key: &ForeignKey) -> wire::ForeignKey {
    wire::ForeignKey {
        name: key.name.clone(),
        table_from: table.name.name.clone(),
        table_to: key.references.name.clone(),
        schema_to: outside_public(&key.references.schema),
        columns_from: key.columns.clone(),
        columns_to: key.referenced_columns.clone(),
        on_delete: Some(key.on_delete.sql().to_owned()),
        on_update: Some(key.on_update.sql().to_owned()),
    }
}

pub(super) fn index(index: &Index) -> wire::Index {
    let columns = index.keys.iter().map(|key| {
        let (expression, is_expression) = match &key.term {
            IndexTerm::Column(name) => (name.clone(), false),
            IndexTerm::Expression(sql) => (sql.clone(), true),
        };
        wire::IndexKey {
            expression,
            is_expression,
            asc: key.order == SortOrder::Ascending,
            nulls: if key.nulls == NullsOrder::First {
                "first".to_owned()
            } else {
                "last".to_owned()
            },
            opclass: key.operator_class.clone(),
        }
    });
    wire::Index {
        name: index.name.clone(),
        columns: columns.collect(),
        is_unique: index.unique,
        predicate: index.predicate.clone(),
        concurrently: index.concurrently,
        method: index.method.clone(),
        with: index
            .with
            .iter()
            .map(|parameter| (parameter.name.clone(), parameter_value(parameter)))
            .collect::<IndexMap<_, _>>(),
    }
}

pub(super) fn parameter_value(parameter: &StorageParameter) -> Value {
    if parameter.as_string {
        Value::String(parameter.value.clone())
    } else {
        scalar(&parameter.value)
    }
}

fn linked_policy(linked: &LinkedPolicy) -> (String, wire::Policy) {
    let (table, _) = &linked.name;
    let (name, mut wire) = policy(&linked.policy);
    wire.on = Some(format!("\"{}\".\"{}\"", table.schema, table.name));
    wire.schema = Some(table.schema.clone());
    (name, wire)
}

fn policy(policy: &Policy) -> (String, wire::Policy) {
    let wire = wire::Policy {
        name: policy.name.clone(),
        kind: Some(if policy.permissive {
            "PERMISSIVE".to_owned()
        } else {
            "RESTRICTIVE".to_owned()
        }),
        command: Some(policy.command.sql().to_owned()),
        to: policy.roles.clone(),
        using: policy.using.clone(),
        with_check: policy.with_check.clone(),
        schema: None,
        on: None,
    };
    (policy.name.clone(), wire)
}
