//! One writer at a time.

use std::fs::{self, File};

use super::{Folder, FolderError, io_error};

/// Keeps other processes from writing the folder, until it is dropped or the process ends.
#[derive(Debug)]
#[must_use = "the folder is locked only as long as this lives"]
pub struct FolderLock {
    _file: File,
}

impl Folder {
    /// Waits until no other process writes the folder, and keeps them out. Held from reading the folder over planning
    /// to [`append`](Self::append).
    ///
    /// It creates the folder if need be, so what must not change anything reads without the lock: a migration that is
    /// being written at that moment is either wholly there or not at all.
    ///
    /// # Errors
    ///
    /// [`FolderError`] when the folder cannot be created or locked, or what a killed writer has left not be removed.
    pub fn lock(&self) -> Result<FolderLock, FolderError> {
        let file = self.lock_file()?;
        file.lock().map_err(io_error("lock", &self.path))?;
        self.locked(file)
    }

    /// As [`lock`](Self::lock), but `None` at once while another process has the lock.
    ///
    /// # Errors
    ///
    /// [`FolderError`] when the folder cannot be created or locked, or what a killed writer has left not be removed.
    pub fn try_lock(&self) -> Result<Option<FolderLock>, FolderError> {
        let file = self.lock_file()?;
        match file.try_lock() {
            Ok(()) => self.locked(file).map(Some),
            Err(fs::TryLockError::WouldBlock) => Ok(None),
            Err(fs::TryLockError::Error(error)) => Err(io_error("lock", &self.path)(error)),
        }
    }

    /// Whoever has the lock finds the folder as if no writer had ever been killed.
    fn locked(&self, file: File) -> Result<FolderLock, FolderError> {
        self.take_back_unfinished()?;
        Ok(FolderLock { _file: file })
    }

    /// On Unix the directory itself is locked, so that no file is left in the repository.
    #[cfg(unix)]
    fn lock_file(&self) -> Result<File, FolderError> {
        if !self.exists()? {
            fs::create_dir_all(&self.path).map_err(io_error("create", &self.path))?;
        }
        File::open(&self.path).map_err(io_error("read", &self.path))
    }

    /// Windows cannot lock a directory, but removes a file with its last handle, even when the process is killed.
    #[cfg(windows)]
    fn lock_file(&self) -> Result<File, FolderError> {
        use std::os::windows::fs::OpenOptionsExt;
        const FILE_FLAG_DELETE_ON_CLOSE: u32 = 0x0400_0000;
        fs::create_dir_all(&self.path).map_err(io_error("create", &self.path))?;
        let path = self.path.join(".lock");
        let mut options = fs::OpenOptions::new();
        options
            .create(true)
            .truncate(false)
            .write(true)
            .custom_flags(FILE_FLAG_DELETE_ON_CLOSE);
        options.open(&path).map_err(io_error("create", &path))
    }
}
