//! Snapshots: the state after a migration, as drizzle-kit's version 7 writes it.

mod beyond;
mod read;
mod view;
mod wire;
mod write;

use pg_schema::{Rename, Schema};
use serde_json::Value;
use thiserror::Error;
use uuid::Uuid;

use self::beyond::Beyond;
pub(crate) use self::read::{KnownTables, read_head};

/// The `prevId` of a first snapshot.
pub const ORIGIN: &str = "00000000-0000-0000-0000-000000000000";

/// The version of the format that is read and written.
pub const SNAPSHOT_VERSION: &str = "7";

/// A state and its place in the chain of states.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    /// A random UUID.
    pub id: String,
    /// The `id` of the snapshot before, [`ORIGIN`] for the first.
    pub prev_id: String,
    /// Whether it says what version 7 has no place for, be it that there is nothing of it. One that drizzle-kit wrote does not.
    pub beyond: bool,
    /// What was renamed on the way to the state. One that drizzle-kit wrote does not say.
    pub renames: Vec<Rename>,
    /// The state.
    pub schema: Schema,
}

/// Why a snapshot cannot be read.
#[derive(Debug, Error)]
pub enum SnapshotError {
    /// Not JSON, or not of version 7's shape.
    #[error("it is not a snapshot of version 7: {0}")]
    Malformed(#[from] serde_json::Error),
    /// Of a version that drizzle-kit 0.31 upgrades first.
    #[error("it is of version {0:?}, and only version 7 can be read")]
    Old(String),
    /// Of a version that is not known here.
    #[error("it is of version {0:?}, and the newest that is known here is 7")]
    Future(String),
    /// Of another database system.
    #[error("it is of the dialect {0:?}, not `postgresql`")]
    Dialect(String),
    /// Something in it cannot be.
    #[error("it {0}")]
    Invalid(String),
}

impl SnapshotError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Malformed(_) | Self::Invalid(_) => "restore the file from version control",
            Self::Old(_) => "`drizzle-kit up` of drizzle-kit 0.31 upgrades it",
            Self::Future(_) => {
                "it was written by a later tool: use that one, or a later version of this one"
            }
            Self::Dialect(_) => "name the folder of the PostgreSQL migrations",
        }
    }
}

impl Snapshot {
    /// The snapshot of a state that follows another, of which nothing is renamed.
    #[must_use]
    pub fn following(previous: Option<&Self>, schema: Schema) -> Self {
        // A snapshot that says nothing inherits, so what has gone must be said.
        let of_before = previous.map(|previous| beyond::of(&previous.schema, &[]));
        let before = of_before.is_some_and(|beyond| beyond != Beyond::default());
        Self {
            id: Uuid::new_v4().to_string(),
            prev_id: previous.map_or_else(|| ORIGIN.to_owned(), |previous| previous.id.clone()),
            beyond: before || beyond::of(&schema, &[]) != Beyond::default(),
            renames: Vec::new(),
            schema,
        }
    }

    /// Takes over what it does not say itself from the nearest snapshot before it that does, less what is no longer there.
    pub fn inherit(&mut self, earlier: &Self) {
        if !self.beyond && earlier.beyond {
            beyond::inherit(&mut self.schema, &earlier.schema);
            self.beyond = true;
        }
    }

    /// Reads a snapshot's text. Keys that version 7 does not have are passed over, and absent ones have drizzle's defaults.
    ///
    /// # Errors
    /// What is wrong with the text; the caller knows the file.
    pub fn parse(text: &str) -> Result<Self, SnapshotError> {
        read::read(text)
    }

    /// The snapshot's text, byte for byte as drizzle-kit writes it: two spaces, its key order, no newline at the end.
    #[must_use]
    pub fn to_json(&self) -> String {
        write::write(self)
    }
}

/// Whether a snapshot's text says what version 7 has no place for.
pub(crate) fn says_beyond(text: &str) -> bool {
    // Most say nothing of it, and need not be parsed for that.
    text.contains(&format!("\"{}\"", beyond::KEY))
        && serde_json::from_str::<serde_json::Map<String, Value>>(text)
            .is_ok_and(|snapshot| snapshot.contains_key(beyond::KEY))
}

/// The text of a snapshot that repeats another under a new id: what a migration without a change of state is given. Whatever the text
/// holds is kept.
///
/// # Errors
/// When the text is not a JSON object.
pub fn repeat_snapshot(text: &str) -> Result<String, SnapshotError> {
    let mut snapshot: serde_json::Map<String, Value> = serde_json::from_str(text)?;
    let previous = snapshot.insert("id".to_owned(), Value::String(Uuid::new_v4().to_string()));
    snapshot.insert(
        "prevId".to_owned(),
        previous.unwrap_or_else(|| Value::String(ORIGIN.to_owned())),
    );
    if let Some(Value::Object(beyond)) = snapshot.get_mut(beyond::KEY) {
        beyond.shift_remove(beyond::RENAMES);
    }
    Ok(serde_json::to_string_pretty(&snapshot)?)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use pg_schema::prelude::*;

    use super::{KnownTables, Snapshot, SnapshotError, read_head};

    /// With any line of it gone: what is passed over, since the snapshot before has it too, makes no difference.
    #[test]
    fn a_head_is_read_if_and_only_if_the_whole_can_be() {
        let meta = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/drizzle/turns/meta");
        let read = |number: usize| {
            let path = meta.join(format!("{number:04}_snapshot.json"));
            fs::read_to_string(path).expect("a recorded snapshot")
        };
        let (mut good, mut bad) = (0, 0);
        for number in 1..10 {
            let (before, text) = (read(number - 1), read(number));
            let lines: Vec<_> = text.lines().collect();
            for gone in 0..lines.len() {
                let shorter = [&lines[..gone], &lines[gone + 1..]].concat().join("\n");
                let mut known = KnownTables::default();
                read_head(before.clone(), &mut known).expect("a recorded snapshot");
                let head = read_head(shorter.clone(), &mut known);
                match (Snapshot::parse(&shorter), head) {
                    (Ok(whole), Ok(head)) => {
                        assert_eq!((whole.id, whole.prev_id), (head.id, head.prev_id));
                        good += 1;
                    }
                    (Err(whole), Err(head)) => {
                        assert_eq!(whole.to_string(), head.to_string());
                        bad += 1;
                    }
                    (whole, head) => panic!(
                        "{number} without line {gone}: {whole:?}, but {:?}",
                        head.map(|head| head.id)
                    ),
                }
            }
        }
        assert!(good > 100 && bad > 100, "{good} could be read, {bad} not");
    }

    #[test]
    fn whatever_the_names_are_the_state_is_the_same() {
        let mut declaration = Declaration::new();
        for (number, hostile) in ["a\"b", "a\".\"b", "a.b", "\"", "ü;--"]
            .into_iter()
            .enumerate()
        {
            declaration = declaration
                .with(pg_schema(hostile))
                .with(pg_sequence(hostile).in_schema(hostile))
                .with(pg_role(hostile))
                .with(policy(format!("{number}{hostile}")).link((hostile, hostile)))
                .with(
                    pg_materialized_view("v")
                        .in_schema(hostile)
                        .as_sql(hostile.trim_end_matches(';'))
                        .with("toast.autovacuum_enabled", false)
                        .using(hostile),
                );
        }
        let schema = declaration.build().expect("a valid declaration");
        let written = Snapshot::following(None, schema.clone()).to_json();
        assert_eq!(Snapshot::parse(&written).expect("our own").schema, schema);
    }

    #[test]
    fn what_is_no_snapshot_of_version_7_says_what_it_is() {
        let error = |text: &str| Snapshot::parse(text).expect_err(text);
        let old = r#"{"version":"5","dialect":"pg","tables":{"t":{"compositePrimaryKeys":[]}}}"#;
        assert!(matches!(error(old), SnapshotError::Old(version) if version == "5"));
        let future = r#"{"version":"8","dialect":"postgresql","ddl":[]}"#;
        assert!(matches!(error(future), SnapshotError::Future(version) if version == "8"));
        let other = r#"{"id":"","prevId":"","version":"6","dialect":"sqlite","tables":{}}"#;
        assert!(matches!(error(other), SnapshotError::Dialect(dialect) if dialect == "sqlite"));
        let cut = r#"{"version":"7","dialect":"postgresql","tables":{"#;
        assert!(matches!(error(cut), SnapshotError::Malformed(_)));
    }
}
