use std::fs;
use std::path::{Path, PathBuf};

use crate::Error;

/// What a running server writes into the `postmaster.pid` of its data folder, and a killed one leaves there
/// (PostgreSQL manual, "Database File Layout").
#[derive(Debug, Clone, Copy)]
pub(crate) struct PidFile {
    pub(crate) pid: u32,
    pub(crate) port: u16,
}

impl PidFile {
    /// `None` where there is none, or only half of one.
    pub(crate) fn read(data: &Path) -> Option<Self> {
        let text = fs::read_to_string(path(data)).ok()?;
        let mut lines = text.lines();
        Some(Self {
            pid: lines.next()?.trim().parse().ok()?,
            port: lines.nth(2)?.trim().parse().ok()?,
        })
    }

    pub(crate) fn remove(data: &Path) -> Result<(), Error> {
        fs::remove_file(path(data)).map_err(Error::io("remove", path(data)))
    }

    /// Whether the process with this id is the server of `data`; `None` where it is gone or hidden.
    #[cfg(target_os = "linux")]
    pub(crate) fn names_server_of(self, data: &Path) -> Option<bool> {
        use std::os::unix::fs::MetadataExt;

        // A server works in its data folder, whatever path leads there.
        let folder = fs::metadata(format!("/proc/{}/cwd", self.pid)).ok()?;
        let data = fs::metadata(data).ok()?;
        Some((folder.dev(), folder.ino()) == (data.dev(), data.ino()))
    }

    /// Whether the process with this id is the server of `data`; `None` where it is gone or hidden.
    #[cfg(not(target_os = "linux"))]
    pub(crate) fn names_server_of(self, data: &Path) -> Option<bool> {
        let mut ps = std::process::Command::new("ps");
        let output = ps
            .args(["-o", "args=", "-p", &self.pid.to_string()])
            .output()
            .ok()?;
        let arguments = String::from_utf8_lossy(&output.stdout);
        output
            .status
            .success()
            .then(|| arguments.contains(&*data.to_string_lossy()))
    }
}

fn path(data: &Path) -> PathBuf {
    data.join("postmaster.pid")
}
