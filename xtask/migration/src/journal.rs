//! `meta/_journal.json`: the migrations of a folder and their order, in drizzle-kit's format.

mod numbering;

use std::collections::{HashMap, HashSet};
use std::path::{Component, Path};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use numbering::Numbering;

/// The newest version of the journal, and of its entries, that drizzle-kit 0.31 writes and that we know.
const VERSION: u32 = 7;

/// The list of all migrations, in the order in which they are applied.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(expecting = "an object with `version`, `dialect` and `entries`")]
pub struct Journal {
    /// The format's version: `"7"`, or what an older drizzle-kit wrote when it began the journal.
    pub version: String,
    /// `"postgresql"`, or `"pg"` in older journals.
    pub dialect: String,
    /// The migrations.
    pub entries: Vec<JournalEntry>,
    /// Keys that we do not know, kept when the journal is written again.
    #[serde(flatten)]
    other: Map<String, Value>,
}

/// One migration in the journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(expecting = "an entry with `idx`, `version`, `when` and `tag`")]
pub struct JournalEntry {
    /// Its number: unique, and usually its position.
    pub idx: u32,
    /// The version of its snapshot.
    pub version: String,
    /// When it was generated, in milliseconds since 1970. drizzle tells by it what has been applied.
    pub when: i64,
    /// The name of its file, without `.sql`.
    pub tag: String,
    /// Whether its statements are separated by drizzle's marker.
    #[serde(default = "default_breakpoints")]
    pub breakpoints: bool,
    #[serde(flatten)]
    other: Map<String, Value>,
}

fn default_breakpoints() -> bool {
    true
}

/// Why a journal cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// Not JSON, or not a journal's; the message has line and column.
    #[error("it is not a journal of drizzle-kit: {0}")]
    Malformed(#[from] serde_json::Error),
    /// The journal of another database system.
    #[error("it is the journal of a database of the dialect {0:?}, not `postgresql`")]
    Dialect(String),
    /// Written by a drizzle-kit that is newer than what we know, or not a number.
    #[error("{place} has version {version:?}, and the newest that is known here is {VERSION}")]
    Version {
        /// The journal, or the entry by its tag.
        place: String,
        /// What stands there.
        version: String,
    },
    /// Two entries with one tag.
    #[error("two entries have the tag `{0}`")]
    DuplicateTag(String),
    /// Two entries with one number, as a merge of two branches leaves behind.
    #[error("`{first}` and `{second}` both have the idx {idx}, as after a merge of two branches")]
    DuplicateIdx {
        /// The number.
        idx: u32,
        /// The tag of the first entry with it.
        first: String,
        /// The tag of the second.
        second: String,
    },
    /// A tag that names no file of the folder.
    #[error("the tag {0:?} is not a plain file name")]
    Tag(String),
}

/// Why a journal cannot be used, and where in it.
pub(crate) struct JournalProblem {
    /// The position of the entry concerned, if it is one.
    pub(crate) entry: Option<usize>,
    pub(crate) error: JournalError,
}

impl JournalError {
    /// What to do about it; `text` is the journal's.
    #[must_use]
    pub fn hint(&self, text: &str) -> String {
        match self {
            Self::Malformed(_) if text.lines().any(|line| line.starts_with("<<<<<<<")) => {
                "it has the marks of a merge: keep the entries of both sides, each with an idx of its own"
            }
            Self::Malformed(_) => "restore the file from version control",
            Self::Dialect(_) => "name the folder of the PostgreSQL migrations",
            Self::Version { .. } => "it was written by a later tool: use that one, or a later version of this one",
            Self::DuplicateTag(_) => "take one of them out of the journal",
            Self::DuplicateIdx { .. } => {
                "generate the migration of one branch anew on top of the other, or give it the next free idx"
            }
            Self::Tag(_) => "a tag is the name of a file in the folder, without `.sql`",
        }
        .to_owned()
    }
}

impl Default for Journal {
    fn default() -> Self {
        Self {
            version: VERSION.to_string(),
            dialect: "postgresql".to_owned(),
            entries: Vec::new(),
            other: Map::new(),
        }
    }
}

impl Journal {
    /// Reads `_journal.json`: of any version up to 7, `when` in any order.
    ///
    /// # Errors
    ///
    /// [`JournalError`] when it is no journal of PostgreSQL migrations, or contradicts itself.
    pub fn parse(json: &str) -> Result<Self, JournalError> {
        let journal: Self = serde_json::from_str(json)?;
        match journal.problems().into_iter().next() {
            Some(problem) => Err(problem.error),
            None => Ok(journal),
        }
    }

    /// All that makes a journal of the right shape unusable.
    pub(crate) fn problems(&self) -> Vec<JournalProblem> {
        let mut problems = Vec::new();
        let mut found = |entry, error| problems.push(JournalProblem { entry, error });
        if !["postgresql", "pg"].contains(&self.dialect.as_str()) {
            found(None, JournalError::Dialect(self.dialect.clone()));
        }
        if let Err(error) = check_version("it", &self.version) {
            found(None, error);
        }
        let mut tags = HashSet::new();
        let mut by_idx = HashMap::new();
        for (index, entry) in self.entries.iter().enumerate() {
            if !is_plain_file_name(&entry.tag) {
                found(Some(index), JournalError::Tag(entry.tag.clone()));
            }
            if let Err(error) = check_version(&format!("`{}`", entry.tag), &entry.version) {
                found(Some(index), error);
            }
            if !tags.insert(&entry.tag) {
                found(Some(index), JournalError::DuplicateTag(entry.tag.clone()));
            } else if let Some(first) = by_idx.insert(entry.idx, &entry.tag) {
                let error = JournalError::DuplicateIdx {
                    idx: entry.idx,
                    first: first.clone(),
                    second: entry.tag.clone(),
                };
                found(Some(index), error);
            }
        }
        problems
    }

    /// The text of `_journal.json` as drizzle-kit writes it: indented by two spaces, without a final newline.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "it cannot fail")]
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self)
            .expect("strings, numbers and maps with string keys are always JSON")
    }

    /// Adds a migration after all others: numbered with the next free number, and newer than the last one, since
    /// drizzle takes what is not newer for applied.
    pub(crate) fn push(&mut self, name: &str, when: i64) -> &JournalEntry {
        let idx = self
            .entries
            .iter()
            .map(|entry| entry.idx.saturating_add(1))
            .max()
            .unwrap_or(0);
        let numbering = self
            .entries
            .last()
            .map_or(Numbering::Index, |last| Numbering::of(&last.tag));
        let newest = self.entries.iter().map(|entry| entry.when).max();
        let when = newest.map_or(when, |newest| when.max(numbering.next_after(newest)));
        let entry = JournalEntry {
            idx,
            version: VERSION.to_string(),
            when,
            tag: format!("{}_{name}", numbering.prefix(idx, when)),
            breakpoints: true,
            other: Map::new(),
        };
        self.entries.push_mut(entry)
    }
}

impl JournalEntry {
    /// The name of its SQL file in the folder.
    #[must_use]
    pub fn sql_file_name(&self) -> String {
        format!("{}.sql", self.tag)
    }

    /// The name of its snapshot in `meta`: the part of the tag before the first `_`, as drizzle-kit names it.
    #[must_use]
    pub fn snapshot_file_name(&self) -> String {
        let prefix = self.tag.split('_').next().unwrap_or_default();
        format!("{prefix}_snapshot.json")
    }
}

fn check_version(place: &str, version: &str) -> Result<(), JournalError> {
    match version.parse::<u32>() {
        Ok(number) if number <= VERSION => Ok(()),
        _ => Err(JournalError::Version {
            place: place.to_owned(),
            version: version.to_owned(),
        }),
    }
}

/// Whether `name` can only ever be a file of the folder itself, on any system.
fn is_plain_file_name(name: &str) -> bool {
    let mut components = Path::new(name).components();
    matches!(
        (components.next(), components.next()),
        (Some(Component::Normal(_)), None)
    ) && !name.starts_with('.')
        && !name.contains(|character: char| "/\\:".contains(character) || character.is_control())
}

#[cfg(test)]
mod tests;
