//! Changes that were staged, applied together or not at all.
//!
//! A change says what it was based on: the row's key and the values that it knew. Another one made meanwhile is a conflict, and never written over.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use postgres::Transaction;
use serde::{Deserialize, Serialize};

use super::condition::Parameters;
use super::identity::{IdentityKind, Key};
use super::page::{Cell, Row, cells, is_cut, value_list};
use super::relation::{Generated, Relation};
use super::{BrowseError, LIMIT, describe, reading};
use crate::connect::Database;

/// How long a row that another session has changed and not committed is waited for.
const LOCKED: Duration = Duration::from_secs(5);

/// One change of one row: just one of `insert`, `update` and `delete`.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Change {
    /// The relation's oid.
    pub relation: u32,
    /// The row, unless it is new.
    #[serde(default)]
    pub key: Option<Key>,
    /// The values that must still be there, by the column's number.
    #[serde(default)]
    pub old: BTreeMap<i16, Option<String>>,
    /// A new row; what is not said gets its default.
    #[serde(default)]
    pub insert: Option<BTreeMap<i16, NewValue>>,
    /// New values.
    #[serde(default)]
    pub update: Option<BTreeMap<i16, NewValue>>,
    /// That the row goes.
    #[serde(default)]
    pub delete: bool,
}

/// What a column gets.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum NewValue {
    /// A value or null.
    Value(Option<String>),
    /// `{"default": true}`: what the database puts there.
    Default {
        /// That it is so.
        default: bool,
    },
}

/// A change in SQL.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChangeStatement {
    /// The statement.
    pub sql: String,
    /// The values behind `$1` …
    pub parameters: Vec<Option<String>>,
}

/// Why nothing was changed.
#[derive(Clone, Debug)]
pub struct ApplyError {
    /// Which change it was, counted from 0; none when all were made and could not be committed.
    pub change: Option<usize>,
    /// What is wrong with it.
    pub error: BrowseError,
    /// The row as it is now, where another session has changed it: none in it if it is gone.
    pub conflict: Option<Option<Vec<Cell>>>,
}

/// The changes in SQL, as [`apply`] would run them.
///
/// # Errors
/// The first change that cannot be made, as far as that can be told without trying.
pub fn preview(
    database: &mut Database,
    changes: &[Change],
) -> Result<Vec<ChangeStatement>, BrowseError> {
    reading(database, LIMIT, |transaction| {
        let mut relations = Relations::default();
        let statements = changes.iter().map(|change| {
            let (sql, parameters) = relations.get(transaction, change)?.statement(change)?;
            let parameters = parameters.into_values();
            Ok(ChangeStatement { sql, parameters })
        });
        statements.collect()
    })
}

/// Makes the changes in their order, all in one transaction, and returns the rows as they are then; deleted ones as they were.
///
/// # Errors
/// [`ApplyError`]: then nothing was changed.
pub fn apply(database: &mut Database, changes: &[Change]) -> Result<Vec<Row>, ApplyError> {
    let unplaced = |error: postgres::Error| ApplyError {
        change: None,
        error: error.into(),
        conflict: None,
    };
    let mut transaction = database.client().transaction().map_err(unplaced)?;
    let limits = format!(
        "SET LOCAL statement_timeout = {}; SET LOCAL lock_timeout = {}",
        LIMIT.as_millis(),
        LOCKED.as_millis()
    );
    transaction.batch_execute(&limits).map_err(unplaced)?;
    let mut relations = Relations::default();
    let mut applied = Vec::new();
    for (place, change) in changes.iter().enumerate() {
        let at = |error| ApplyError {
            change: Some(place),
            error,
            conflict: None,
        };
        let relation = relations.get(&mut transaction, change).map_err(at)?;
        let row = apply_one(&mut transaction, relation, change).map_err(at)?;
        let Some(row) = row else {
            let now = now(&mut transaction, relation, change).map_err(at)?;
            return Err(ApplyError {
                conflict: Some(now),
                ..at(BrowseError::Conflict)
            });
        };
        applied.push(row);
    }
    transaction.commit().map_err(unplaced)?;
    Ok(applied)
}

/// The row that came of it; none if there was none to change.
fn apply_one(
    transaction: &mut Transaction<'_>,
    relation: &Relation,
    change: &Change,
) -> Result<Option<Row>, BrowseError> {
    let (sql, parameters) = relation.statement(change)?;
    let mut list = value_list(relation);
    list.extend(relation.key_parts()?.into_iter().map(|part| part.text));
    let sql = format!("{sql} RETURNING {}", list.join(", "));
    let rows = transaction.query_typed(&sql, &parameters.typed())?;
    match rows.as_slice() {
        [] if change.insert.is_some() => Err(BrowseError::Suppressed),
        [] => Ok(None),
        [row] => Ok(Some(changed(relation, row))),
        _ => Err(BrowseError::Several(rows.len())),
    }
}

/// What comes of a list of values and the parts of the key.
fn changed(relation: &Relation, row: &postgres::Row) -> Row {
    let (values, next) = cells(relation, row);
    let key: Key = (next..row.len()).map(|index| row.get(index)).collect();
    Row {
        key: (!key.is_empty()).then_some(key),
        values,
    }
}

fn now(
    transaction: &mut Transaction<'_>,
    relation: &Relation,
    change: &Change,
) -> Result<Option<Vec<Cell>>, BrowseError> {
    let key = change
        .key
        .as_ref()
        .ok_or(BrowseError::Change("names no row"))?;
    let mut parameters = Parameters::default();
    let is_row = relation.is_row(key, &mut parameters)?;
    let list = value_list(relation).join(", ");
    let sql = format!("SELECT {list} FROM {} WHERE {is_row}", relation.sql());
    let rows = transaction.query_typed(&sql, &parameters.typed())?;
    Ok(rows.first().map(|row| cells(relation, row).0))
}

/// Each is described once.
#[derive(Default)]
struct Relations(HashMap<u32, Relation>);

impl Relations {
    fn get(
        &mut self,
        transaction: &mut Transaction<'_>,
        change: &Change,
    ) -> Result<&Relation, BrowseError> {
        Ok(match self.0.entry(change.relation) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(describe::find(transaction, change.relation)?),
        })
    }
}

impl Relation {
    fn statement(&self, change: &Change) -> Result<(String, Parameters), BrowseError> {
        let mut parameters = Parameters::default();
        let writable = &self.writable;
        let (may, sql) = match change {
            Change {
                insert: Some(values),
                update: None,
                delete: false,
                ..
            } => (writable.insert, self.insert(values, &mut parameters)?),
            Change {
                insert: None,
                update: Some(values),
                delete: false,
                ..
            } => (
                writable.update,
                self.update(change, values, &mut parameters)?,
            ),
            Change {
                insert: None,
                update: None,
                delete: true,
                ..
            } => {
                let sql = format!("DELETE FROM {} WHERE ", self.sql());
                (
                    writable.delete,
                    sql + &self.is_unchanged(change, &mut parameters)?,
                )
            }
            _ => {
                return Err(BrowseError::Change(
                    "must be one of insert, update and delete",
                ));
            }
        };
        if may {
            return Ok((sql, parameters));
        }
        let reason = writable.reason.clone().unwrap_or_default();
        Err(BrowseError::NotWritable {
            relation: self.sql(),
            reason,
        })
    }

    fn insert(
        &self,
        values: &BTreeMap<i16, NewValue>,
        parameters: &mut Parameters,
    ) -> Result<String, BrowseError> {
        if values.is_empty() {
            return Ok(format!("INSERT INTO {} DEFAULT VALUES", self.sql()));
        }
        let (mut names, mut new) = (Vec::new(), Vec::new());
        for (number, value) in values {
            names.push(self.column(*number)?.sql());
            new.push(self.value(*number, value, parameters)?);
        }
        let (names, new) = (names.join(", "), new.join(", "));
        Ok(format!(
            "INSERT INTO {} ({names}) VALUES ({new})",
            self.sql()
        ))
    }

    fn update(
        &self,
        change: &Change,
        values: &BTreeMap<i16, NewValue>,
        parameters: &mut Parameters,
    ) -> Result<String, BrowseError> {
        if values.is_empty() {
            return Err(BrowseError::Change("changes nothing"));
        }
        let mut assignments = Vec::new();
        for (number, value) in values {
            let name = self.column(*number)?.sql();
            assignments.push(format!(
                "{name} = {}",
                self.value(*number, value, parameters)?
            ));
        }
        let is_unchanged = self.is_unchanged(change, parameters)?;
        let assignments = assignments.join(", ");
        Ok(format!(
            "UPDATE {} SET {assignments} WHERE {is_unchanged}",
            self.sql()
        ))
    }

    /// The cast leaves out lengths and scales, which would cut or round in silence: the assignment refuses what does not fit.
    fn value(
        &self,
        number: i16,
        value: &NewValue,
        parameters: &mut Parameters,
    ) -> Result<String, BrowseError> {
        Ok(match value {
            NewValue::Default { .. } => "DEFAULT".to_owned(),
            NewValue::Value(value) => {
                let column = self.column(number)?;
                if let Some(Generated::Stored | Generated::IdentityAlways) = column.generated {
                    return Err(BrowseError::Generated(column.sql()));
                }
                let parameter = parameters.add(value.clone());
                column.cast(&parameter)
            }
        })
    }

    /// That a row is the one that was seen, and as it was seen: by the text, since not every type has an equality, nor does each tell `1.0` from `1.00`.
    fn is_unchanged(
        &self,
        change: &Change,
        parameters: &mut Parameters,
    ) -> Result<String, BrowseError> {
        let key = change
            .key
            .as_ref()
            .ok_or(BrowseError::Change("names no row"))?;
        if self.identity.kind == IdentityKind::Ctid && change.old.is_empty() {
            // Another row may lie in its place by now.
            return Err(BrowseError::Change("says nothing of a row that has no key"));
        }
        let mut condition = self.is_row(key, parameters)?;
        for (number, old) in &change.old {
            let column = self.column(*number)?;
            let part = match old {
                None => format!("{} IS NOT DISTINCT FROM NULL", column.sql()),
                Some(old) => {
                    let parameter = parameters.add(Some(old.clone()));
                    format!("({}) COLLATE \"C\" = {parameter}", column.text())
                }
            };
            condition.push_str(" AND ");
            condition.push_str(&part);
        }
        if self.identity.kind == IdentityKind::Ctid {
            // Another row may lie in its place by now, so that all of it is compared; of a value that was cut only that it still is.
            let columns = self.columns.iter();
            let unsaid = columns.filter(|column| !change.old.contains_key(&column.number));
            for column in unsaid {
                let unknown = BrowseError::Change("does not say all values of a row without a key");
                condition.push_str(" AND ");
                condition.push_str(&is_cut(column).ok_or(unknown)?);
            }
        }
        Ok(condition)
    }
}
