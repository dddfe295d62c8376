//! The shape of a version 7 snapshot. The order of the fields is drizzle-kit's key order.

use indexmap::IndexMap;
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::beyond::Beyond;

/// `Tables` is another map where it is written: one table at a time, since a state is held already.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Snapshot<Tables = IndexMap<String, Table>> {
    pub(super) id: String,
    pub(super) prev_id: String,
    pub(super) version: String,
    pub(super) dialect: String,
    pub(super) tables: Tables,
    #[serde(default)]
    pub(super) enums: IndexMap<String, Enum>,
    #[serde(default)]
    pub(super) schemas: IndexMap<String, String>,
    #[serde(default)]
    pub(super) sequences: IndexMap<String, Sequence>,
    #[serde(default)]
    pub(super) roles: IndexMap<String, Role>,
    #[serde(default)]
    pub(super) policies: IndexMap<String, Policy>,
    #[serde(default)]
    pub(super) views: IndexMap<String, View>,
    #[serde(rename = "_meta", default)]
    pub(super) meta: Meta,
    #[serde(rename = "xtask", skip_serializing_if = "Option::is_none")]
    pub(super) beyond: Option<Beyond>,
}

impl<Tables> Snapshot<Tables> {
    /// The same with other tables.
    pub(super) fn with_tables<Others>(self, tables: Others) -> Snapshot<Others> {
        Snapshot {
            id: self.id,
            prev_id: self.prev_id,
            version: self.version,
            dialect: self.dialect,
            tables,
            enums: self.enums,
            schemas: self.schemas,
            sequences: self.sequences,
            roles: self.roles,
            policies: self.policies,
            views: self.views,
            meta: self.meta,
            beyond: self.beyond,
        }
    }
}

/// Rename maps; drizzle-kit writes them empty.
#[derive(Serialize, Deserialize, Default)]
#[serde(default)]
pub(super) struct Meta {
    columns: IndexMap<String, Value>,
    schemas: IndexMap<String, Value>,
    tables: IndexMap<String, Value>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Table {
    pub(super) name: String,
    #[serde(default)]
    pub(super) schema: String,
    pub(super) columns: IndexMap<String, Column>,
    #[serde(default)]
    pub(super) indexes: IndexMap<String, Index>,
    #[serde(default)]
    pub(super) foreign_keys: IndexMap<String, ForeignKey>,
    #[serde(default)]
    pub(super) composite_primary_keys: IndexMap<String, PrimaryKey>,
    #[serde(default)]
    pub(super) unique_constraints: IndexMap<String, Unique>,
    #[serde(default)]
    pub(super) policies: IndexMap<String, Policy>,
    #[serde(default)]
    pub(super) check_constraints: IndexMap<String, Check>,
    #[serde(default, rename = "isRLSEnabled")]
    pub(super) is_rls_enabled: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Column {
    pub(super) name: String,
    #[serde(rename = "type")]
    pub(super) data_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) type_schema: Option<String>,
    #[serde(default)]
    pub(super) primary_key: bool,
    #[serde(default)]
    pub(super) not_null: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) generated: Option<Generated>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) identity: Option<Identity>,
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    pub(super) default: Option<Value>,
}

/// A default of `null` is there, unlike one that is absent.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

#[derive(Serialize, Deserialize)]
pub(super) struct Generated {
    #[serde(rename = "as")]
    pub(super) expression: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Identity {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) name: String,
    #[serde(default)]
    pub(super) schema: Option<String>,
    #[serde(flatten)]
    pub(super) options: SequenceOptions,
}

/// Numbers are strings here, as JavaScript's would lose digits.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SequenceOptions {
    pub(super) increment: Option<String>,
    pub(super) start_with: Option<String>,
    pub(super) min_value: Option<String>,
    pub(super) max_value: Option<String>,
    pub(super) cache: Option<String>,
    pub(super) cycle: Option<bool>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Sequence {
    pub(super) name: String,
    #[serde(default)]
    pub(super) schema: String,
    #[serde(flatten)]
    pub(super) options: SequenceOptions,
}

#[derive(Serialize, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub(super) struct Index {
    pub(super) name: String,
    pub(super) columns: Vec<IndexKey>,
    #[serde(default)]
    pub(super) is_unique: bool,
    #[serde(rename = "where", skip_serializing_if = "Option::is_none")]
    pub(super) predicate: Option<String>,
    #[serde(default)]
    pub(super) concurrently: bool,
    #[serde(default = "btree")]
    pub(super) method: String,
    #[serde(default)]
    pub(super) with: IndexMap<String, Value>,
}

fn btree() -> String {
    "btree".to_owned()
}

#[derive(Deserialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub(super) struct IndexKey {
    pub(super) expression: String,
    #[serde(default)]
    pub(super) is_expression: bool,
    #[serde(default = "yes")]
    pub(super) asc: bool,
    #[serde(default = "last")]
    pub(super) nulls: String,
    pub(super) opclass: Option<String>,
}

fn yes() -> bool {
    true
}

fn last() -> String {
    "last".to_owned()
}

/// By hand, because drizzle-kit orders the keys of an expression and of a column differently.
impl Serialize for IndexKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("expression", &self.expression)?;
        if self.is_expression {
            map.serialize_entry("asc", &self.asc)?;
            map.serialize_entry("isExpression", &true)?;
        } else {
            map.serialize_entry("isExpression", &false)?;
            map.serialize_entry("asc", &self.asc)?;
        }
        map.serialize_entry("nulls", &self.nulls)?;
        if let Some(opclass) = &self.opclass {
            map.serialize_entry("opclass", opclass)?;
        }
        map.end()
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ForeignKey {
    pub(super) name: String,
    pub(super) table_from: String,
    pub(super) table_to: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) schema_to: Option<String>,
    pub(super) columns_from: Vec<String>,
    pub(super) columns_to: Vec<String>,
    pub(super) on_delete: Option<String>,
    pub(super) on_update: Option<String>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct PrimaryKey {
    pub(super) name: String,
    pub(super) columns: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Unique {
    pub(super) name: String,
    #[serde(default)]
    pub(super) nulls_not_distinct: bool,
    pub(super) columns: Vec<String>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Check {
    pub(super) name: String,
    pub(super) value: String,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Enum {
    pub(super) name: String,
    #[serde(default)]
    pub(super) schema: String,
    pub(super) values: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Policy {
    pub(super) name: String,
    #[serde(rename = "as")]
    pub(super) kind: Option<String>,
    #[serde(rename = "for")]
    pub(super) command: Option<String>,
    #[serde(default)]
    pub(super) to: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) using: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) with_check: Option<String>,
    /// Only of a policy that stands outside of the tables.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) schema: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) on: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the keys are drizzle-kit\'s")]
pub(super) struct Role {
    pub(super) name: String,
    #[serde(default)]
    pub(super) create_db: bool,
    #[serde(default)]
    pub(super) create_role: bool,
    #[serde(default = "yes")]
    pub(super) inherit: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct View {
    #[serde(default)]
    pub(super) columns: IndexMap<String, Column>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) definition: Option<String>,
    pub(super) name: String,
    #[serde(default)]
    pub(super) schema: String,
    #[serde(default)]
    pub(super) is_existing: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) with: Option<IndexMap<String, Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) with_no_data: Option<bool>,
    #[serde(default)]
    pub(super) materialized: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) tablespace: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) using: Option<String>,
}
