//! From a snapshot's text to the state it holds.

use std::collections::HashMap;
use std::ops::Range;

use indexmap::IndexMap;
use pg_schema::{
    Check, Column, ColumnType, DefaultValue, Deferrable, Enum, ForeignKey, Identity, IdentityKind,
    Index, IndexKey, IndexTerm, LinkedPolicy, Namespace, NullsOrder, Object, Objects, PUBLIC,
    Policy, PolicyCommand, PrimaryKey, QualifiedName, ReferentialAction, Rename, Role, Schema,
    Sequence, SequenceOptions, SequenceType, SortOrder, StorageParameter, Table, Unique,
};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::{SNAPSHOT_VERSION, Snapshot, SnapshotError, beyond, view, wire};

/// What is read of a snapshot whose shape is another.
#[derive(Deserialize)]
#[serde(expecting = "an object with `version`, `dialect` and `tables`")]
struct Header {
    version: Value,
    dialect: Option<String>,
}

/// The tables of a snapshot that was read, by which those of the next one are recognised.
#[derive(Default)]
pub(crate) struct KnownTables {
    text: String,
    places: HashMap<String, Range<usize>>,
}

/// A snapshot's place in the chain.
pub(crate) struct Head {
    pub(crate) id: String,
    pub(crate) prev_id: String,
    pub(crate) beyond: bool,
}

/// Reads no more of a snapshot than what is not in the one before it, which is nearly nothing: a long history repeats its tables in each. What is wrong
/// is found all the same.
pub(crate) fn read_head(text: String, known: &mut KnownTables) -> Result<Head, SnapshotError> {
    let Some((head, places)) = differing(&text, known) else {
        let snapshot = read(&text)?;
        return Ok(Head {
            id: snapshot.id,
            prev_id: snapshot.prev_id,
            beyond: snapshot.beyond,
        });
    };
    *known = KnownTables { text, places };
    Ok(head)
}

/// `None` if something is wrong, which reading it as a whole says.
fn differing(text: &str, known: &KnownTables) -> Option<(Head, HashMap<String, Range<usize>>)> {
    let raw: wire::Snapshot<IndexMap<String, &RawValue>> = serde_json::from_str(text).ok()?;
    check_header(&raw.version, Some(&raw.dialect)).ok()?;
    let head = Head {
        id: raw.id.clone(),
        prev_id: raw.prev_id.clone(),
        beyond: raw.beyond.is_some(),
    };
    let mut places = HashMap::with_capacity(raw.tables.len());
    let mut tables = IndexMap::new();
    for (key, table) in &raw.tables {
        let table = table.get();
        let is_known =
            (known.places.get(key)).is_some_and(|place| known.text[place.clone()] == *table);
        if !is_known {
            tables.insert(key.clone(), serde_json::from_str(table).ok()?);
        }
        let start = table.as_ptr().addr() - text.as_ptr().addr();
        places.insert(key.clone(), start..start + table.len());
    }
    schema(raw.with_tables(tables)).ok()?;
    Some((head, places))
}

pub(super) fn read(text: &str) -> Result<Snapshot, SnapshotError> {
    let wire: wire::Snapshot = match serde_json::from_str(text) {
        Ok(wire) => wire,
        Err(error) => {
            let header: Header = serde_json::from_str(text)?;
            let version = header.version;
            let version = version
                .as_str()
                .map_or_else(|| version.to_string(), str::to_owned);
            check_header(&version, header.dialect.as_deref())?;
            return Err(error.into());
        }
    };
    check_header(&wire.version, Some(&wire.dialect))?;
    let (id, prev_id) = (wire.id.clone(), wire.prev_id.clone());
    let beyond = wire.beyond.is_some();
    let (schema, renames) = schema(wire)?;
    Ok(Snapshot {
        id,
        prev_id,
        beyond,
        renames,
        schema,
    })
}

fn check_header(version: &str, dialect: Option<&str>) -> Result<(), SnapshotError> {
    if let Some(other) = dialect.filter(|dialect| !matches!(*dialect, "postgresql" | "pg")) {
        return Err(SnapshotError::Dialect(other.to_owned()));
    }
    match version {
        SNAPSHOT_VERSION => Ok(()),
        older if older.parse::<u32>().is_ok_and(|number| number < 7) => {
            Err(SnapshotError::Old(older.to_owned()))
        }
        newer => Err(SnapshotError::Future(newer.to_owned())),
    }
}

fn schema(mut wire: wire::Snapshot) -> Result<(Schema, Vec<Rename>), SnapshotError> {
    state_schemas_of_enums(&mut wire);
    let mut schema = Schema {
        schemas: collect(
            wire.schemas
                .into_values()
                .map(|name| Ok(Namespace { name })),
            "schema",
        )?,
        enums: collect(
            wire.enums.into_values().map(|e| {
                Ok(Enum {
                    name: qualified(e.schema, e.name),
                    values: e.values,
                })
            }),
            "enum",
        )?,
        sequences: collect(
            wire.sequences.into_values().map(|s| {
                Ok(Sequence {
                    name: qualified(s.schema, s.name),
                    data_type: SequenceType::default(),
                    options: options(s.options)?,
                    owned_by: None,
                })
            }),
            "sequence",
        )?,
        tables: collect(wire.tables.into_values().map(table), "table")?,
        views: collect(wire.views.into_values().map(view::read), "view")?,
        policies: collect(wire.policies.into_values().map(linked_policy), "policy")?,
        roles: collect(
            wire.roles.into_values().map(|r| {
                Ok(Role {
                    name: r.name,
                    create_db: r.create_db,
                    create_role: r.create_role,
                    inherit: r.inherit,
                })
            }),
            "role",
        )?,
        extensions: Objects::default(),
        comments: Objects::default(),
    };
    // PostgreSQL's own schema may stand among the others in snapshots that were made by introspection.
    schema.schemas.remove(PUBLIC);
    let renames = match wire.beyond {
        Some(stated) => beyond::add(&mut schema, stated)?,
        None => Vec::new(),
    };
    Ok((schema, renames))
}

/// drizzle-kit leaves out the schema of an enum that was made from an object of TypeScript.
fn state_schemas_of_enums(wire: &mut wire::Snapshot) {
    if wire.enums.is_empty() {
        return;
    }
    let columns = wire
        .tables
        .values_mut()
        .flat_map(|table| table.columns.values_mut());
    for column in columns.filter(|column| column.type_schema.is_none()) {
        let data_type = ColumnType::parse(&column.data_type);
        let key = format!("{PUBLIC}.{}", data_type.base());
        if !data_type.is_known() && wire.enums.contains_key(&key) {
            column.type_schema = Some(PUBLIC.to_owned());
        }
    }
}

pub(super) fn qualified(schema: String, name: String) -> QualifiedName {
    QualifiedName::new(
        if schema.is_empty() {
            PUBLIC.to_owned()
        } else {
            schema
        },
        name,
    )
}

pub(super) fn collect<T: Object>(
    items: impl Iterator<Item = Result<T, SnapshotError>>,
    kind: &str,
) -> Result<Objects<T>, SnapshotError>
where
    T::Name: std::fmt::Debug,
{
    let mut objects = Objects::default();
    for item in items {
        objects.insert(item?).map_err(|twice| {
            SnapshotError::Invalid(format!("holds the {kind} {:?} twice", twice.name()))
        })?;
    }
    Ok(objects)
}

fn table(wire: wire::Table) -> Result<Table, SnapshotError> {
    let name = qualified(wire.schema, wire.name);
    let on_column = wire
        .columns
        .values()
        .find(|column| column.primary_key)
        .map(|column| column.name.clone());
    let composite = wire.composite_primary_keys.into_values().next();
    let primary_key = match (on_column, composite) {
        (_, Some(key)) => Some(PrimaryKey {
            name: Some(key.name),
            columns: key.columns,
        }),
        (Some(column), None) => Some(PrimaryKey {
            name: None,
            columns: vec![column],
        }),
        (None, None) => None,
    };
    Ok(Table {
        columns: collect(
            wire.columns
                .into_values()
                .map(|column_wire| column(&name, column_wire)),
            "column",
        )?,
        primary_key,
        uniques: collect(
            wire.unique_constraints.into_values().map(|u| {
                Ok(Unique {
                    name: u.name,
                    columns: u.columns,
                    nulls_not_distinct: u.nulls_not_distinct,
                    deferrable: Deferrable::No,
                })
            }),
            "unique",
        )?,
        foreign_keys: collect(
            wire.foreign_keys.into_values().map(foreign_key),
            "foreign key",
        )?,
        checks: collect(
            wire.check_constraints.into_values().map(|c| {
                Ok(Check {
                    name: c.name,
                    expression: c.value,
                })
            }),
            "check",
        )?,
        indexes: collect(wire.indexes.into_values().map(|i| Ok(index(i))), "index")?,
        policies: collect(wire.policies.into_values().map(policy), "policy")?,
        row_security: wire.is_rls_enabled,
        name,
    })
}

pub(super) fn column(table: &QualifiedName, wire: wire::Column) -> Result<Column, SnapshotError> {
    let identity = wire.identity.map(|identity| {
        Ok::<_, SnapshotError>(Identity {
            kind: if identity.kind == "always" {
                IdentityKind::Always
            } else {
                IdentityKind::ByDefault
            },
            sequence: QualifiedName::new(
                identity.schema.unwrap_or_else(|| table.schema.clone()),
                identity.name,
            ),
            options: options(identity.options)?,
        })
    });
    Ok(Column {
        data_type: match wire.type_schema {
            Some(schema) => ColumnType::user_defined(schema, &wire.data_type),
            None => ColumnType::parse(&wire.data_type),
        },
        name: wire.name,
        not_null: wire.not_null,
        default: wire.default.map(default),
        generated: wire.generated.map(|generated| generated.expression),
        identity: identity.transpose()?,
        collation: None,
    })
}

fn default(value: Value) -> DefaultValue {
    match value {
        Value::Null => DefaultValue::Null,
        Value::Bool(value) => DefaultValue::Boolean(value),
        Value::Number(number) => DefaultValue::Number(number.to_string()),
        Value::String(sql) => DefaultValue::Sql(sql),
        other => DefaultValue::Sql(other.to_string()),
    }
}

/// An absent option has PostgreSQL's default for an ascending sequence of `bigint`.
fn options(wire: wire::SequenceOptions) -> Result<SequenceOptions, SnapshotError> {
    let number = |text: Option<String>, default: i64| match text {
        None => Ok(default),
        Some(text) => text.parse().map_err(|_| {
            SnapshotError::Invalid(format!(
                "holds a sequence option `{text}` that is no number"
            ))
        }),
    };
    let min = number(wire.min_value, 1)?;
    Ok(SequenceOptions {
        increment: number(wire.increment, 1)?,
        min,
        max: number(wire.max_value, i64::MAX)?,
        start: number(wire.start_with, min)?,
        cache: number(wire.cache, 1)?,
        cycle: wire.cycle.unwrap_or(false),
    })
}

fn foreign_key(wire: wire::ForeignKey) -> Result<ForeignKey, SnapshotError> {
    let action = |text: Option<String>| match text {
        None => Ok(ReferentialAction::NoAction),
        Some(text) => ReferentialAction::ALL
            .into_iter()
            .find(|action| action.sql() == text)
            .ok_or_else(|| {
                SnapshotError::Invalid(format!(
                    "holds a foreign key with the action `{text}`, which PostgreSQL does not have"
                ))
            }),
    };
    Ok(ForeignKey {
        name: wire.name,
        columns: wire.columns_from,
        references: qualified(wire.schema_to.unwrap_or_default(), wire.table_to),
        referenced_columns: wire.columns_to,
        on_delete: action(wire.on_delete)?,
        on_update: action(wire.on_update)?,
        deferrable: Deferrable::No,
    })
}

pub(super) fn index(wire: wire::Index) -> Index {
    let keys = wire.columns.into_iter().map(|key| IndexKey {
        term: if key.is_expression {
            IndexTerm::Expression(key.expression)
        } else {
            IndexTerm::Column(key.expression)
        },
        order: if key.asc {
            SortOrder::Ascending
        } else {
            SortOrder::Descending
        },
        nulls: if key.nulls == "first" {
            NullsOrder::First
        } else {
            NullsOrder::Last
        },
        collation: None,
        operator_class: key.opclass,
    });
    Index {
        name: wire.name,
        unique: wire.is_unique,
        method: wire.method,
        keys: keys.collect(),
        include: Vec::new(),
        nulls_not_distinct: false,
        predicate: wire.predicate,
        with: wire.with.into_iter().map(parameter).collect(),
        concurrently: wire.concurrently,
    }
}

pub(super) fn parameter((name, value): (String, Value)) -> StorageParameter {
    let as_string = value.is_string();
    let value = match value {
        Value::String(value) => value,
        other => other.to_string(),
    };
    StorageParameter {
        name,
        value,
        as_string,
    }
}

fn linked_policy(mut wire: wire::Policy) -> Result<LinkedPolicy, SnapshotError> {
    let table = wire.on.take().unwrap_or_default();
    let table = linked_table(&table, wire.schema.take()).ok_or_else(|| {
        SnapshotError::Invalid(format!("holds a policy on `{table}`, which is no table"))
    })?;
    let policy = policy(wire)?;
    Ok(LinkedPolicy {
        name: (table, policy.name.clone()),
        policy,
    })
}

/// The table of a linked policy, which drizzle-kit writes as SQL: `"schema"."table"`, unescaped.
fn linked_table(on: &str, schema: Option<String>) -> Option<QualifiedName> {
    let quoted = on.strip_prefix('"')?.strip_suffix('"')?;
    let stated = schema.unwrap_or_default();
    let (schema, name) = match quoted.strip_prefix(&format!("{stated}\".\"")) {
        Some(name) => (stated.as_str(), name),
        None => quoted.split_once("\".\"").unwrap_or((&stated, quoted)),
    };
    Some(qualified(schema.to_owned(), name.to_owned()))
}

fn policy(wire: wire::Policy) -> Result<Policy, SnapshotError> {
    let command = match wire
        .command
        .as_deref()
        .map(str::to_ascii_uppercase)
        .as_deref()
    {
        None | Some("ALL") => PolicyCommand::All,
        Some("SELECT") => PolicyCommand::Select,
        Some("INSERT") => PolicyCommand::Insert,
        Some("UPDATE") => PolicyCommand::Update,
        Some("DELETE") => PolicyCommand::Delete,
        Some(other) => {
            return Err(SnapshotError::Invalid(format!(
                "holds a policy for `{other}`, which is no command"
            )));
        }
    };
    Ok(Policy {
        name: wire.name,
        permissive: !wire
            .kind
            .is_some_and(|kind| kind.eq_ignore_ascii_case("restrictive")),
        command,
        roles: wire.to,
        using: wire.using,
        with_check: wire.with_check,
    })
}
