//! What a folder holds, once read.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::{FolderError, text};
use crate::journal::{Journal, JournalEntry};
use crate::script::{Script, ScriptError};

/// The migrations of a folder.
#[derive(Debug, Clone, Default)]
pub struct Migrations {
    /// The journal.
    pub journal: Journal,
    /// The migrations, in the journal's order.
    pub files: Vec<Migration>,
    /// SQL files that are not in the journal: they are never applied.
    pub stray: Vec<PathBuf>,
    pub(crate) newest_snapshot: Option<SnapshotFile>,
    pub(crate) unreferenced_snapshots: Vec<PathBuf>,
}

/// A snapshot as it is on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotFile {
    /// The file.
    pub path: PathBuf,
    /// Its content, JSON that is not parsed yet.
    pub text: String,
}

/// One migration.
#[derive(Debug, Clone, PartialEq)]
pub struct Migration {
    /// Its entry in the journal.
    pub entry: JournalEntry,
    /// Its SQL file.
    pub path: PathBuf,
    /// The text of the file, without a byte order mark and otherwise as it is.
    pub sql: String,
    pub(super) snapshot_path: Option<PathBuf>,
    hash: String,
    drizzle_hash: String,
}

impl Migrations {
    /// The state that the folder leads to: the snapshot of the newest migration that has one.
    ///
    /// Newest means last in the journal. drizzle-kit takes the last file in the order of names; where the two differ,
    /// the reason is among the [`unreferenced_snapshots`](Self::unreferenced_snapshots) or the folder mixes several
    /// ways of numbering.
    #[must_use]
    pub fn newest_snapshot(&self) -> Option<&SnapshotFile> {
        self.newest_snapshot.as_ref()
    }

    /// Snapshots that belong to no migration in the journal, such as a merge or a deleted migration leaves behind.
    /// drizzle-kit may take one of them for the newest state.
    #[must_use]
    pub fn unreferenced_snapshots(&self) -> &[PathBuf] {
        &self.unreferenced_snapshots
    }

    /// The migration of that name.
    #[must_use]
    pub fn find(&self, tag: &str) -> Option<&Migration> {
        self.files.iter().find(|migration| migration.tag() == tag)
    }
}

impl Migration {
    pub(crate) fn new(
        entry: JournalEntry,
        path: PathBuf,
        snapshot_path: Option<PathBuf>,
        bytes: &[u8],
    ) -> Result<Self, FolderError> {
        let sql = text(&path, bytes)?.to_owned();
        let hash = sha256(with_lf(&sql).as_bytes());
        let is_plain = bytes.len() == sql.len() && !sql.contains('\r');
        Ok(Self {
            drizzle_hash: if is_plain {
                hash.clone()
            } else {
                sha256(bytes)
            },
            hash,
            entry,
            path,
            sql,
            snapshot_path,
        })
    }

    /// Its name: the file's, without `.sql`.
    #[must_use]
    pub fn tag(&self) -> &str {
        &self.entry.tag
    }

    /// The hash that we record: SHA-256 of the text with line ends as LF and without a byte order mark, in lower-case
    /// hexadecimal. A checkout with other line ends has the same.
    #[must_use]
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// The hash that drizzle records: SHA-256 of the file as it is.
    #[must_use]
    pub fn drizzle_hash(&self) -> &str {
        &self.drizzle_hash
    }

    /// Whether `recorded` is a hash of this text, by whichever tool and from a checkout with whichever line ends.
    #[must_use]
    pub fn has_hash(&self, recorded: &str) -> bool {
        let crlf_hash = || sha256(with_lf(&self.sql).replace('\n', "\r\n").as_bytes());
        recorded == self.hash || recorded == self.drizzle_hash || recorded == crlf_hash()
    }

    /// Where its snapshot is; one written by hand may have none.
    #[must_use]
    pub fn snapshot_path(&self) -> Option<&Path> {
        self.snapshot_path.as_deref()
    }

    /// Its statements, ready to run.
    ///
    /// # Errors
    ///
    /// [`ScriptError`] when the file cannot be run as it is.
    pub fn script(&self) -> Result<Script, ScriptError> {
        Script::parse(&self.sql)
    }
}

fn with_lf(sql: &str) -> Cow<'_, str> {
    if sql.contains('\r') {
        Cow::Owned(sql.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(sql)
    }
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .fold(String::with_capacity(64), |mut hex, byte| {
            write!(hex, "{byte:02x}").expect("a String takes any text");
            hex
        })
}
