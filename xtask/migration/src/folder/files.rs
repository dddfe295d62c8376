//! A folder's files as they are, before anything is made of them.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::PathBuf;

use super::{Folder, FolderError, entries, files, io_error, not_utf8, read_if_exists, text};
use crate::journal::Journal;

/// The journal's name in a folder.
pub(crate) const JOURNAL: &str = "meta/_journal.json";

/// All files of a folder that concern migrations, unjudged, by their paths below it with `/` between the parts.
#[derive(Debug, Default)]
pub struct FolderFiles {
    files: BTreeMap<String, Content>,
}

#[derive(Debug)]
enum Content {
    /// To be read when it is asked for: all snapshots of a long history can be a gigabyte.
    At(PathBuf),
    Bytes(Vec<u8>),
}

impl Folder {
    /// Lists the folder as it is: but for what a writer has not finished, and without judging anything.
    ///
    /// # Errors
    ///
    /// [`FolderError`] when the folder cannot be listed.
    pub fn files(&self) -> Result<FolderFiles, FolderError> {
        if !self.exists()? {
            return Ok(FolderFiles::default());
        }
        // First, so that what a writer adds meanwhile is not in it, and can be told from what nobody is at work on.
        let journal = self.journal_path();
        let bytes = read_if_exists(&journal);
        let known = bytes.as_ref().ok().and_then(|bytes| {
            let json = text(&journal, bytes.as_deref()?).ok()?;
            let journal = serde_json::from_str::<Journal>(json).ok()?;
            Some(self.paths(&journal))
        });
        let mut paths = Vec::new();
        for name in files(&self.path, ".sql")? {
            paths.push((name.clone(), self.path.join(name)));
        }
        for name in files(&self.meta(), "_snapshot.json")? {
            paths.push((format!("meta/{name}"), self.meta().join(name)));
        }
        for entry in entries(&self.path)? {
            let path = entry.path().join("migration.sql");
            if let (true, Some(name)) = (path.exists(), entry.file_name().to_str()) {
                paths.push((format!("{name}/migration.sql"), path));
            }
        }
        let known: HashSet<PathBuf> = known.into_iter().flatten().collect();
        let unknown = paths.iter().map(|(_, path)| path.clone());
        let unknown: Vec<_> = unknown.filter(|path| !known.contains(path)).collect();
        // Nobody is at work on a journal that cannot be used.
        let whole = self.not_in_work(unknown.iter().cloned());
        let whole = whole.unwrap_or(unknown);
        paths.retain(|(_, path)| known.contains(path) || whole.contains(path));
        let files = paths.into_iter();
        let mut files: BTreeMap<_, _> = files
            .map(|(name, path)| (name, Content::At(path)))
            .collect();
        let journal = match bytes {
            Ok(bytes) => bytes.map(Content::Bytes),
            // Whoever reads it is told why it cannot be read.
            Err(_) => Some(Content::At(journal)),
        };
        files.extend(journal.map(|journal| (JOURNAL.to_owned(), journal)));
        Ok(FolderFiles { files })
    }
}

impl FolderFiles {
    /// The files of a folder that is kept elsewhere, such as in a version control system; those that do not concern migrations are left out.
    pub fn kept_elsewhere(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Self {
        let files = files.into_iter().filter(|(name, _)| Self::concerns(name));
        Self {
            files: files
                .map(|(name, bytes)| (name, Content::Bytes(bytes)))
                .collect(),
        }
    }

    /// Whether a file of that path below a folder concerns migrations.
    #[must_use]
    pub fn concerns(name: &str) -> bool {
        let parts: Vec<_> = name.split('/').collect();
        match parts.as_slice() {
            _ if parts.iter().any(|part| part.starts_with('.')) => false,
            [file] => is_sql(file),
            ["meta", file] => *file == "_journal.json" || file.ends_with("_snapshot.json"),
            [_, file] => *file == "migration.sql",
            _ => false,
        }
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.files.contains_key(name)
    }

    /// The SQL files, in order.
    pub(crate) fn sql(&self) -> impl Iterator<Item = &str> {
        let names = self.files.keys().map(String::as_str);
        names.filter(|name| !name.contains('/') && is_sql(name))
    }

    /// The snapshots, in order.
    pub(crate) fn snapshots(&self) -> impl Iterator<Item = &str> {
        let names = self.files.keys().map(String::as_str);
        names.filter(|name| name.starts_with("meta/") && name.ends_with("_snapshot.json"))
    }

    /// The directories of migrations as drizzle-kit 1.0 lays them out.
    pub(crate) fn newer_layout(&self) -> impl Iterator<Item = &str> {
        let names = self.files.keys().map(String::as_str);
        names.filter_map(|name| name.strip_suffix("/migration.sql"))
    }

    /// The text of a file, without a byte order mark; `None` for one that is not there.
    ///
    /// # Errors
    ///
    /// [`FolderError`] when it cannot be read, or is no text.
    pub fn text(&self, name: &str) -> Result<Option<String>, FolderError> {
        let Some(content) = self.files.get(name) else {
            return Ok(None);
        };
        let (path, bytes) = match content {
            Content::At(path) => (
                path.clone(),
                fs::read(path).map_err(io_error("read", path))?,
            ),
            Content::Bytes(bytes) => (PathBuf::from(name), bytes.clone()),
        };
        // Not copied: a snapshot can have megabytes.
        match String::from_utf8(bytes) {
            Ok(mut text) => {
                if text.starts_with('\u{feff}') {
                    text.remove(0);
                }
                Ok(Some(text))
            }
            Err(error) => Err(not_utf8(&path, error.as_bytes(), error.utf8_error())),
        }
    }
}

#[expect(
    clippy::case_sensitive_file_extension_comparisons,
    reason = "drizzle compares so too"
)]
fn is_sql(name: &str) -> bool {
    name.ends_with(".sql")
}
