//! The file that the source goes into.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::app::App;
use crate::error::Error;

/// A file that may be written: it is not there, or it was said to be replaced.
pub(super) struct SourceFile {
    path: PathBuf,
    overwrite: bool,
}

/// A file whose content is on the disk, under another name as long as this is not [put in place](Self::put_in_place).
pub(super) struct WrittenFile {
    path: PathBuf,
    overwrite: bool,
    temporary: PathBuf,
}

impl SourceFile {
    /// Asks whether a file that is there may be replaced, unless that is said already.
    pub(super) fn at(path: &Path, overwrite: bool, app: &App) -> Result<Self, Error> {
        if path.is_dir() || path.file_name().is_none() {
            let inside = path.join("schema.rs");
            return Err(
                Error::usage(format!("`{}` is a folder, not a file", path.display()))
                    .hint(format!("name a file in it: `--to {}`", inside.display())),
            );
        }
        let path = std::path::absolute(path).map_err(|error| cannot("find", path, &error))?;
        let shown = app.config.relative(&path);
        let is_there = path.symlink_metadata().is_ok();
        let question = format!("Replace {shown}, which is there already?");
        if is_there && !overwrite && !app.ui.confirm(&question, "--overwrite")? {
            return Err(Error::failed("nothing was changed"));
        }
        Ok(Self {
            path,
            overwrite: is_there,
        })
    }

    /// The folder that it lies in.
    pub(super) fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(&self.path)
    }

    /// Whatever takes space is written first.
    pub(super) fn write(self, text: &str) -> Result<WrittenFile, Error> {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        let written = WrittenFile {
            temporary: self.path.with_file_name(format!(".{name}.tmp")),
            path: self.path,
            overwrite: self.overwrite,
        };
        let write = || -> io::Result<()> {
            fs::create_dir_all(written.path.parent().unwrap_or(Path::new("")))?;
            let mut file = File::create(&written.temporary)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()
        };
        write().map_err(|error| cannot("write", &written.path, &error))?;
        Ok(written)
    }
}

impl WrittenFile {
    /// Gives it its name.
    pub(super) fn put_in_place(&self) -> Result<&Path, Error> {
        let put = || -> io::Result<()> {
            if !self.overwrite {
                OpenOptions::new()
                    .write(true)
                    .create_new(true)
                    .open(&self.path)?;
            }
            fs::rename(&self.temporary, &self.path)
        };
        put().map_err(|error| {
            cannot("write", &self.path, &error).hint(
                "a baseline that was said to be recorded stands: `--no-baseline` writes just the file",
            )
        })?;
        Ok(&self.path)
    }
}

/// What did not get its name is of no use.
impl Drop for WrittenFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.temporary);
    }
}

fn cannot(action: &str, path: &Path, error: &io::Error) -> Error {
    Error::failed(format!("cannot {action} `{}`: {error}", path.display()))
        .hint("`--to` names a file in a folder that may be written, from the current folder")
}

/// The text as the rustfmt of the folder's own toolchain has it; as it is where there is none, or where it refuses.
pub(super) fn formatted(text: String, folder: &Path) -> String {
    let folder = folder.ancestors().find(|folder| folder.is_dir());
    let run = || -> io::Result<Option<String>> {
        let mut rustfmt = Command::new("rustfmt")
            .args(["--edition", "2024"])
            .current_dir(folder.unwrap_or(Path::new(".")))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        // It reads all before it writes anything.
        if let Some(mut input) = rustfmt.stdin.take() {
            input.write_all(text.as_bytes())?;
        }
        let output = rustfmt.wait_with_output()?;
        let formatted = String::from_utf8(output.stdout).ok();
        Ok(formatted.filter(|text| output.status.success() && !text.is_empty()))
    };
    match run() {
        Ok(Some(formatted)) => formatted,
        Ok(None) | Err(_) => text,
    }
}
