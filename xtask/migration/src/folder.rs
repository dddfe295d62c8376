//! The folder of migrations on disk: the crate's only I/O.
//!
//! Everything is read before anything is judged, so that what [`Folder::load`] returns does not change under its
//! reader. Writing is all or nothing: a migration exists from the moment its journal entry does, which comes last.

pub(crate) mod files;
mod lock;
mod migrations;
mod write;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::str::Utf8Error;
use std::{fs, io};

use walkdir::{DirEntry, WalkDir};

use crate::journal::{Journal, JournalEntry, JournalError};
use crate::snapshot::says_beyond;
use crate::sql::line_column;

pub use files::FolderFiles;
pub use lock::FolderLock;
pub use migrations::{Migration, Migrations, SnapshotFile};
pub use write::NewMigration;

/// A folder of migrations, which need not exist yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    path: PathBuf,
}

/// Why a folder cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// The operating system refused.
    #[error("cannot {action} `{}`", path.display())]
    Io {
        /// What was being done: “read”, “write” ….
        action: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The path leads to something else.
    #[error("`{}` is not a directory", .0.display())]
    NotADirectory(PathBuf),
    /// The journal cannot be used.
    #[error("{}: {source}", path.display())]
    Journal {
        /// The journal's file.
        path: PathBuf,
        /// Its content.
        text: String,
        /// What is wrong with it.
        source: JournalError,
    },
    /// SQL files that no journal puts in an order.
    #[error("`{}` has SQL files ({}), but no meta/_journal.json, which says what is a migration", path.display(), list(files))]
    NoJournal {
        /// The folder.
        path: PathBuf,
        /// The names of the files.
        files: Vec<String>,
    },
    /// The layout of drizzle-kit 1.0.
    #[error(
        "`{}` holds migrations of drizzle-kit 1.0, one directory each ({}); only the layout of drizzle-kit 0.31 is supported",
        path.display(), list(directories)
    )]
    NewerLayout {
        /// The folder.
        path: PathBuf,
        /// The names of the migrations.
        directories: Vec<String>,
    },
    /// A journal entry without its SQL file.
    #[error("`{}` does not exist, but the journal lists `{tag}`", path.display())]
    MissingFile {
        /// The entry.
        tag: String,
        /// Where the file should be.
        path: PathBuf,
    },
    /// A file that is not text.
    #[error("{}:{line} is not UTF-8 (byte {offset} of the file)", path.display())]
    NotUtf8 {
        /// The file.
        path: PathBuf,
        /// The first byte that is not UTF-8, counted from 0.
        offset: usize,
        /// Its line, counted from 1.
        line: usize,
    },
    /// A migration's name that cannot be part of a file name everywhere.
    #[error("{name:?} cannot name a migration: {reason}")]
    Name {
        /// The name.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A new migration's file exists already.
    #[error("`{}` exists already and is not in the journal, so it would be overwritten", .0.display())]
    Exists(PathBuf),
}

impl FolderError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Io { source, .. } if source.kind() == io::ErrorKind::PermissionDenied => {
                "give the user who runs this the right to it".to_owned()
            }
            Self::Io { source, .. } if source.kind() == io::ErrorKind::StorageFull => {
                "make room on the disk".to_owned()
            }
            Self::Io { path, .. } => {
                format!("look at what is there: ls -ld '{}'", path.display())
            }
            Self::NotADirectory(_) => {
                "name a directory, or one that is to be made".to_owned()
            }
            Self::Journal { source, text, .. } => source.hint(text),
            Self::NoJournal { .. } => {
                "restore the journal from version control, or move the files elsewhere".to_owned()
            }
            Self::NewerLayout { .. } => {
                "keep using drizzle-kit 1.0 for this folder, or name another one".to_owned()
            }
            Self::MissingFile { .. } => {
                "restore the file from version control; if no database has the migration, take the entry out of the journal".to_owned()
            }
            Self::NotUtf8 { .. } => "save the file as UTF-8".to_owned(),
            Self::Name { .. } => "name it after what it does, as in add_trailing_stop".to_owned(),
            Self::Exists(_) => "delete it, or choose another name for the new migration".to_owned(),
        }
    }

    /// The same with paths as they look from `root`, where they lie below it.
    #[must_use]
    pub fn relative_to(mut self, root: &Path) -> Self {
        let path = match &mut self {
            Self::Io { path, .. }
            | Self::NotADirectory(path)
            | Self::Journal { path, .. }
            | Self::NoJournal { path, .. }
            | Self::NewerLayout { path, .. }
            | Self::MissingFile { path, .. }
            | Self::NotUtf8 { path, .. }
            | Self::Exists(path) => path,
            Self::Name { .. } => return self,
        };
        if let Ok(below) = path.strip_prefix(root)
            && below != Path::new("")
        {
            *path = below.to_owned();
        }
        self
    }
}

fn list(names: &[String]) -> String {
    const SHOWN: usize = 5;
    let more = names.len().saturating_sub(SHOWN);
    let shown = names
        .iter()
        .take(SHOWN)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ");
    if more == 0 {
        shown
    } else {
        format!("{shown} and {more} more")
    }
}

impl Folder {
    /// The folder at `path`.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads the journal, the SQL files and the newest snapshot. A folder that does not exist has no migrations.
    ///
    /// # Errors
    ///
    /// [`FolderError`] when a file cannot be read, or when the journal and the SQL files do not belong together.
    pub fn load(&self) -> Result<Migrations, FolderError> {
        if !self.exists()? {
            return Ok(Migrations::default());
        }
        let sql_files = files(&self.path, ".sql")?;
        let Some(journal) = self.read_journal()? else {
            return self.without_journal(sql_files);
        };
        let snapshots = files(&self.meta(), "_snapshot.json")?;

        let mut migrations = Vec::with_capacity(journal.entries.len());
        for entry in &journal.entries {
            let path = self.path.join(entry.sql_file_name());
            let Some(bytes) = read_if_exists(&path)? else {
                return Err(FolderError::MissingFile {
                    tag: entry.tag.clone(),
                    path,
                });
            };
            let snapshot = entry.snapshot_file_name();
            let snapshot = snapshots
                .contains(&snapshot)
                .then(|| self.meta().join(snapshot));
            migrations.push(Migration::new(entry.clone(), path, snapshot, &bytes)?);
        }

        let sql_in_journal: BTreeSet<_> = journal
            .entries
            .iter()
            .map(JournalEntry::sql_file_name)
            .collect();
        let snapshots_in_journal: BTreeSet<_> = journal
            .entries
            .iter()
            .map(JournalEntry::snapshot_file_name)
            .collect();
        let newest_snapshot = migrations
            .iter()
            .rev()
            .find_map(|migration| migration.snapshot_path.as_deref());
        Ok(Migrations {
            newest_snapshot: newest_snapshot.map(SnapshotFile::read).transpose()?,
            stray: self.not_in_work(
                sql_files
                    .difference(&sql_in_journal)
                    .map(|name| self.path.join(name)),
            )?,
            unreferenced_snapshots: self.not_in_work(
                snapshots
                    .difference(&snapshots_in_journal)
                    .map(|name| self.meta().join(name)),
            )?,
            journal,
            files: migrations,
        })
    }

    /// Reads the snapshot of one of the folder's migrations, unless it has none.
    ///
    /// # Errors
    ///
    /// [`FolderError`] when the file cannot be read.
    pub fn read_snapshot(
        &self,
        migration: &Migration,
    ) -> Result<Option<SnapshotFile>, FolderError> {
        migration
            .snapshot_path
            .as_deref()
            .map(SnapshotFile::read)
            .transpose()
    }

    /// Reads the nearest snapshot before another one that says what version 7 has no place for, which the other one has then inherited.
    ///
    /// # Errors
    ///
    /// [`FolderError`] when a file cannot be read.
    pub fn read_bequeathing_snapshot(
        &self,
        migrations: &[Migration],
        heir: &SnapshotFile,
    ) -> Result<Option<SnapshotFile>, FolderError> {
        let paths = migrations.iter().rev();
        let paths = paths.filter_map(|migration| migration.snapshot_path.as_deref());
        let earlier = paths.skip_while(|path| *path != heir.path).skip(1);
        for path in earlier {
            let snapshot = SnapshotFile::read(path)?;
            if says_beyond(&snapshot.text) {
                return Ok(Some(snapshot));
            }
        }
        Ok(None)
    }

    fn meta(&self) -> PathBuf {
        self.path.join("meta")
    }

    fn journal_path(&self) -> PathBuf {
        self.meta().join("_journal.json")
    }

    fn exists(&self) -> Result<bool, FolderError> {
        match self.path.metadata() {
            Ok(metadata) if metadata.is_dir() => Ok(true),
            Ok(_) => Err(FolderError::NotADirectory(self.path.clone())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
                let file = self.path.ancestors().find(|path| path.is_file());
                Err(FolderError::NotADirectory(
                    file.unwrap_or(&self.path).to_owned(),
                ))
            }
            Err(error) => Err(io_error("read", &self.path)(error)),
        }
    }

    fn read_journal(&self) -> Result<Option<Journal>, FolderError> {
        let path = self.journal_path();
        let Some(bytes) = read_if_exists(&path)? else {
            return Ok(None);
        };
        let json = text(&path, &bytes)?;
        Journal::parse(json)
            .map(Some)
            .map_err(|source| FolderError::Journal {
                text: json.to_owned(),
                path,
                source,
            })
    }

    /// Of files that a journal does not name, those that no writer is at work on, or was until this moment.
    fn not_in_work(
        &self,
        paths: impl Iterator<Item = PathBuf>,
    ) -> Result<Vec<PathBuf>, FolderError> {
        let mut paths: Vec<PathBuf> = paths.collect();
        if paths.is_empty() {
            return Ok(paths);
        }
        // In this order: a journal that is no longer unfinished is in place, unless it was given up, and the files with it.
        let unfinished = self.unfinished_files()?;
        let finished = self.paths(&self.read_journal()?.unwrap_or_default());
        paths
            .retain(|path| !unfinished.contains(path) && !finished.contains(path) && path.exists());
        Ok(paths)
    }

    /// Nothing may look like an empty folder that is not one: the next migration would create everything anew.
    fn without_journal(&self, sql_files: BTreeSet<String>) -> Result<Migrations, FolderError> {
        let directories: Vec<String> = entries(&self.path)?
            .into_iter()
            .filter(|entry| entry.path().join("migration.sql").exists())
            .filter_map(|entry| entry.file_name().to_str().map(str::to_owned))
            .collect();
        if !directories.is_empty() {
            return Err(FolderError::NewerLayout {
                path: self.path.clone(),
                directories,
            });
        }
        let stray = self.not_in_work(sql_files.iter().map(|name| self.path.join(name)))?;
        if !stray.is_empty() {
            return Err(FolderError::NoJournal {
                path: self.path.clone(),
                files: sql_files.into_iter().collect(),
            });
        }
        let snapshots = files(&self.meta(), "_snapshot.json")?.into_iter();
        Ok(Migrations {
            unreferenced_snapshots: self
                .not_in_work(snapshots.map(|name| self.meta().join(name)))?,
            ..Migrations::default()
        })
    }
}

/// The names of the files in `directory` that end in `suffix`, in order. Hidden ones are no migrations: we write
/// temporary files under such names, and so do editors and macOS.
fn files(directory: &Path, suffix: &str) -> Result<BTreeSet<String>, FolderError> {
    let names = entries(directory)?
        .into_iter()
        .filter(|entry| !entry.file_type().is_dir());
    Ok(names
        .filter_map(|entry| entry.file_name().to_str().map(str::to_owned))
        .filter(|name| name.ends_with(suffix) && !name.starts_with('.'))
        .collect())
}

/// What lies directly in `directory`, by name; nothing when it does not exist.
fn entries(directory: &Path) -> Result<Vec<DirEntry>, FolderError> {
    let walk = WalkDir::new(directory)
        .min_depth(1)
        .max_depth(1)
        .follow_links(true)
        .sort_by_file_name();
    let mut entries = Vec::new();
    for entry in walk {
        match entry {
            Ok(entry) => entries.push(entry),
            // A link that leads nowhere, or to itself. If it has the name of a migration, reading that says why.
            Err(error) if error.depth() > 0 => {}
            Err(error) => {
                let error = io::Error::from(error);
                if error.kind() != io::ErrorKind::NotFound {
                    return Err(io_error("read", directory)(plain(error)));
                }
            }
        }
    }
    Ok(entries)
}

fn read_if_exists(path: &Path) -> Result<Option<Vec<u8>>, FolderError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(io_error("read", path)(error)),
    }
}

impl SnapshotFile {
    /// Reads a file, whatever folder it is in.
    ///
    /// # Errors
    ///
    /// [`FolderError`] when it cannot be read, or is no text.
    pub fn read(path: &Path) -> Result<Self, FolderError> {
        let bytes = fs::read(path).map_err(io_error("read", path))?;
        let text = text(path, &bytes)?.to_owned();
        Ok(Self {
            path: path.to_owned(),
            text,
        })
    }
}

/// The text of a file, without a byte order mark.
fn text<'bytes>(path: &Path, bytes: &'bytes [u8]) -> Result<&'bytes str, FolderError> {
    let text = str::from_utf8(bytes).map_err(|error| not_utf8(path, bytes, error))?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

fn not_utf8(path: &Path, bytes: &[u8], error: Utf8Error) -> FolderError {
    let offset = error.valid_up_to();
    let (line, _) = line_column(&String::from_utf8_lossy(&bytes[..offset]), offset);
    FolderError::NotUtf8 {
        path: path.to_owned(),
        offset,
        line,
    }
}

/// What the operating system said, without the path that walkdir adds.
fn plain(error: io::Error) -> io::Error {
    let inner = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<walkdir::Error>());
    inner
        .and_then(walkdir::Error::io_error)
        .and_then(io::Error::raw_os_error)
        .map_or(error, io::Error::from_raw_os_error)
}

fn io_error(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> FolderError {
    move |source| FolderError::Io {
        action,
        path: path.to_owned(),
        source,
    }
}
