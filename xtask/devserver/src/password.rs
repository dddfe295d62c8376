use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use crate::{Error, random};

/// A server's password. Its `Debug` form does not show it.
#[derive(Clone)]
pub(crate) struct Password(String);

impl Password {
    /// A new one in hexadecimal: safe in a URL, a shell and an `.env` file.
    pub(crate) fn random() -> Result<Self, Error> {
        random::hex().map(Self)
    }

    /// Whether these bytes have the form of a [`random`](Self::random) one.
    pub(crate) fn is_random(bytes: &[u8]) -> bool {
        bytes.len() == 32
            && bytes
                .iter()
                .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(byte))
    }

    pub(crate) fn read(path: &Path) -> io::Result<Self> {
        Ok(Self(fs::read_to_string(path)?.trim_end().to_owned()))
    }

    /// Writes it into a file that only the owner can read, and that is whole or absent.
    pub(crate) fn write(&self, path: &Path) -> io::Result<()> {
        let new = path.with_extension("new");
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&new)?;
        writeln!(file, "{}", self.0)?;
        file.sync_all()?;
        fs::rename(new, path)
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Password(…)")
    }
}
