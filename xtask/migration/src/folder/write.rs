//! Adding and removing migrations, each wholly or not at all.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::{Folder, FolderError, entries, io_error, read_if_exists, text};
use crate::journal::{Journal, JournalEntry};

/// The longest name: with number and suffix it stays far below what file systems take.
const MAX_NAME_LENGTH: usize = 100;

/// The suffix of files that are being written; together with a leading dot it is no migration's.
const TEMPORARY: &str = ".tmp";

/// A migration to add to the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMigration {
    /// Its name, to which the number is added: letters, digits, `_` and `-`.
    pub name: String,
    /// The content of its SQL file.
    pub sql: String,
    /// The content of its snapshot, JSON.
    pub snapshot: String,
    /// The time now, in milliseconds since 1970. The journal gets a later one if its newest migration is not older.
    pub when: i64,
}

impl NewMigration {
    /// Whether a migration can have this name.
    ///
    /// # Errors
    ///
    /// [`FolderError::Name`] when it cannot be part of a file name on every system.
    pub fn check_name(name: &str) -> Result<(), FolderError> {
        let foreign =
            |character: &char| !(character.is_ascii_alphanumeric() || "_-".contains(*character));
        let reason = if name.is_empty() {
            "it is empty".to_owned()
        } else if let Some(character) = name.chars().find(foreign) {
            format!("it contains {character:?}; letters, digits, `_` and `-` are possible")
        } else if name.len() > MAX_NAME_LENGTH {
            format!(
                "it is {} characters long; up to {MAX_NAME_LENGTH} are possible",
                name.len()
            )
        } else {
            return Ok(());
        };
        Err(FolderError::Name {
            name: name.to_owned(),
            reason,
        })
    }
}

impl Folder {
    /// Adds migrations after all others, and returns their entries in the journal. The caller holds the
    /// [`lock`](Self::lock).
    ///
    /// They exist all at once, when the journal is replaced; after a failure none of their files is left.
    ///
    /// # Errors
    ///
    /// [`FolderError`] when a name cannot be used, a file of theirs exists already, or writing fails.
    pub fn append(&self, new: &[NewMigration]) -> Result<Vec<JournalEntry>, FolderError> {
        new.iter()
            .try_for_each(|migration| NewMigration::check_name(&migration.name))?;
        let mut journal = self.read_journal()?.unwrap_or_default();
        let mut added = Vec::with_capacity(new.len());
        let mut files = Vec::with_capacity(2 * new.len());
        for migration in new {
            let entry = journal.push(&migration.name, migration.when);
            files.push((
                self.path.join(entry.sql_file_name()),
                migration.sql.as_str(),
            ));
            files.push((
                self.meta().join(entry.snapshot_file_name()),
                migration.snapshot.as_str(),
            ));
            added.push(entry.clone());
        }
        for (path, _) in &files {
            if path.symlink_metadata().is_ok() {
                return Err(FolderError::Exists(path.clone()));
            }
        }

        let written = self.write_all(&files, &journal.to_json());
        if written.is_err() {
            // Where even that is refused, the next writer does it.
            let _ = self.take_back_unfinished();
            // Empty if it was made for this.
            let _ = fs::remove_dir(self.meta());
        }
        written.map(|()| added)
    }

    /// Removes the newest migration with its snapshot, and returns its entry, if there is one. The caller holds the
    /// [`lock`](Self::lock).
    ///
    /// It is gone all at once, when the journal is replaced. What is left of its files then is nobody's, and the next writer removes it: a hidden copy of
    /// the journal as it was says so until they are gone.
    ///
    /// # Errors
    ///
    /// [`FolderError`] when the journal cannot be replaced, after which nothing has changed; or when a file cannot be removed.
    pub fn remove_newest(&self) -> Result<Option<JournalEntry>, FolderError> {
        let mut journal = self.read_journal()?.unwrap_or_default();
        let before = journal.to_json();
        let Some(newest) = journal.entries.pop() else {
            return Ok(None);
        };
        // Where a file cannot be made, none can be removed: better known before the journal is replaced.
        let probe = self.path.join("_dropping");
        let replaced = write_temporary(&probe, "").and_then(|()| {
            remove_if_exists(&temporary(&probe))?;
            write_file(&self.dropping_path(), &before)?;
            sync_directory(&self.meta());
            write_file(&self.journal_path(), &journal.to_json())
        });
        sync_directory(&self.meta());
        if let Err(error) = replaced {
            let _ = remove_if_exists(&self.dropping_path());
            return Err(error);
        }
        // With the snapshot, unless another migration has the same one.
        self.take_back_unfinished()?;
        Ok(Some(newest))
    }

    /// Whatever takes space is written first, under temporary names; only then do the files get theirs. The journal is the last in both halves: as long
    /// as its temporary file is there, and by what it says, the names can be [taken back](Self::take_back_unfinished).
    fn write_all(&self, files: &[(PathBuf, &str)], journal: &str) -> Result<(), FolderError> {
        fs::create_dir_all(self.meta()).map_err(io_error("create", &self.meta()))?;
        let journal_path = self.journal_path();
        for (path, content) in files {
            write_temporary(path, content)?;
        }
        write_temporary(&journal_path, journal)?;
        sync_directory(&self.path);
        sync_directory(&self.meta());

        for (path, _) in files {
            put_in_place(path)?;
        }
        sync_directory(&self.path);
        sync_directory(&self.meta());
        put_in_place(&journal_path)?;
        sync_directory(&self.meta());
        Ok(())
    }

    /// Removes what an [`append`](Self::append) that failed, or whose process was killed, has left, or a [`remove_newest`](Self::remove_newest).
    /// The caller holds the [`lock`](Self::lock), so that nobody is in the middle of one.
    pub(super) fn take_back_unfinished(&self) -> Result<(), FolderError> {
        for path in self.unfinished_files()? {
            remove_if_exists(&path)?;
        }
        sync_directory(&self.path);
        sync_directory(&self.meta());
        let witnesses = self.witnesses();
        for directory in [&self.path, &self.meta()] {
            for entry in entries(directory)? {
                let name = entry.file_name().to_string_lossy();
                let is_temporary = name.starts_with('.') && name.ends_with(TEMPORARY);
                let is_witness = witnesses.iter().any(|witness| witness == entry.path());
                if is_temporary && entry.file_type().is_file() && !is_witness {
                    remove_if_exists(entry.path())?;
                }
            }
        }
        for witness in witnesses.iter().filter(|witness| witness.is_file()) {
            remove_if_exists(witness)?;
        }
        Ok(())
    }

    /// A journal as it was before its newest migration was removed.
    fn dropping_path(&self) -> PathBuf {
        temporary(&self.meta().join("_dropping.json"))
    }

    /// The journals that tell of what is unfinished: one that did not get its name, and one that has lost it.
    fn witnesses(&self) -> [PathBuf; 2] {
        [temporary(&self.journal_path()), self.dropping_path()]
    }

    /// The files that have names although the journal, which would put them in an order, does not have them: not yet, or no longer.
    pub(super) fn unfinished_files(&self) -> Result<Vec<PathBuf>, FolderError> {
        let mut unfinished = Vec::new();
        for witness in self.witnesses() {
            let written = modified(&witness).ok().filter(|_| witness.is_file());
            let bytes = written
                .map(|_| read_if_exists(&witness))
                .transpose()?
                .flatten();
            // It may have got its name, or gone, just now; and half of it was written before any other file got one.
            let journal = bytes.and_then(|bytes| Journal::parse(text(&witness, &bytes).ok()?).ok());
            let (Some(written), Some(journal)) = (written, journal) else {
                continue;
            };
            let current = self.read_journal()?.unwrap_or_default();
            // A removal that came to nothing tells of nothing.
            if witness == self.dropping_path() && current.entries.len() + 1 != journal.entries.len()
            {
                continue;
            }
            let current = self.paths(&current);
            // What was edited since is not ours to remove.
            unfinished.extend(self.paths(&journal).into_iter().filter(|path| {
                !current.contains(path) && modified(path).is_ok_and(|edited| edited <= written)
            }));
        }
        Ok(unfinished)
    }

    /// The SQL files and snapshots of a journal.
    pub(super) fn paths(&self, journal: &Journal) -> Vec<PathBuf> {
        let entries = journal.entries.iter();
        entries
            .flat_map(|entry| {
                [
                    self.path.join(entry.sql_file_name()),
                    self.meta().join(entry.snapshot_file_name()),
                ]
            })
            .collect()
    }
}

/// Puts a file in place as a whole: under its name there is never half of it, not even after a power failure.
fn write_file(path: &Path, content: &str) -> Result<(), FolderError> {
    let written = write_temporary(path, content).and_then(|()| put_in_place(path));
    if written.is_err() {
        let _ = fs::remove_file(temporary(path));
    }
    written
}

fn temporary(path: &Path) -> PathBuf {
    let name = path
        .file_name()
        .expect("it was joined to a directory")
        .to_string_lossy();
    path.with_file_name(format!(".{name}{TEMPORARY}"))
}

fn write_temporary(path: &Path, content: &str) -> Result<(), FolderError> {
    let write = || -> io::Result<()> {
        let mut file = File::create(temporary(path))?;
        file.write_all(content.as_bytes())?;
        file.sync_all()
    };
    write().map_err(io_error("write", path))
}

fn put_in_place(path: &Path) -> Result<(), FolderError> {
    fs::rename(temporary(path), path).map_err(io_error("write", path))
}

fn modified(path: &Path) -> io::Result<SystemTime> {
    path.symlink_metadata()?.modified()
}

fn remove_if_exists(path: &Path) -> Result<(), FolderError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(io_error("remove", path)(error))
        }
        _ => Ok(()),
    }
}

/// Makes renames in `directory` last. Not every system can, and what is not on disk yet is whole all the same.
fn sync_directory(directory: &Path) {
    let _ = File::open(directory).and_then(|directory| directory.sync_all());
}
