use std::io;
use std::path::{Path, PathBuf};

use postgres::error::SqlState;

use crate::installation::OLDEST_MAJOR;

/// Why a server could not be found, started, stopped or removed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// `PG_BIN` is set, but not to a PostgreSQL that can be used; nothing else is tried then.
    #[error(
        "PG_BIN is set to {path}, but {reason}. Set it to the folder that holds `postgres`, `initdb` and `pg_ctl` of PostgreSQL {OLDEST_MAJOR} or newer, or unset it."
    )]
    PgBin {
        /// The value of `PG_BIN`.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },

    /// No PostgreSQL is installed, and the engine cannot run here either.
    #[error(
        "no PostgreSQL server ({OLDEST_MAJOR} or newer) on this machine. Looked in:{}\nThe engine that is built where none is installed: {engine}\nDo one of:{}",
        indented(.looked_in),
        indented(WAYS_OUT)
    )]
    NotFound {
        /// Every place looked in, with what is wrong with what was there.
        looked_in: Vec<String>,
        /// Why the engine could not be used.
        engine: String,
    },

    /// PostgreSQL refuses to run as root, and no other user could be taken on.
    #[error(
        "running as root, and PostgreSQL refuses root. Tried to run it as another user:{}\nRun this as another user, or keep the data in a folder that the user `postgres` or `nobody` can enter, not below a closed home folder.",
        indented(.tried)
    )]
    Root {
        /// What was tried and how it failed.
        tried: Vec<String>,
    },

    /// `initdb` failed.
    #[error("could not make a new data folder {data}: initdb failed:\n{output}")]
    Initialise {
        /// The folder that was to be made.
        data: PathBuf,
        /// What `initdb` wrote.
        output: String,
    },

    /// The server did not start.
    #[error(
        "the server with the data in {data} did not start. {reason}\nThe end of {log}:\n{tail}"
    )]
    Start {
        /// Its data folder.
        data: PathBuf,
        /// What `pg_ctl` wrote.
        reason: String,
        /// The server's log file.
        log: PathBuf,
        /// The last lines of the log.
        tail: String,
    },

    /// The server did not stop.
    #[error("the server with the data in {data} did not stop: {reason}")]
    Stop {
        /// Its data folder.
        data: PathBuf,
        /// What `pg_ctl` wrote.
        reason: String,
    },

    /// The folder is not one that [`DevServer`](crate::DevServer) made.
    #[error(
        "{dir} was not made by the local server (there is no file `{marker}` in it), so it is left alone. Remove it by hand if it is no longer needed."
    )]
    NotOurs {
        /// The folder.
        dir: PathBuf,
        /// The file that marks a folder of ours.
        marker: &'static str,
    },

    /// The server is there but refused what was asked.
    #[error("{action} failed on the server at 127.0.0.1:{port}")]
    Query {
        /// What was being done.
        action: String,
        /// The server's port.
        port: u16,
        /// What the driver or the server said.
        source: postgres::Error,
    },

    /// Something listens on the server's port and does not answer like PostgreSQL.
    #[error("no answer from 127.0.0.1:{port} within {seconds} s")]
    NoAnswer {
        /// The port.
        port: u16,
        /// How long was waited.
        seconds: u64,
    },

    /// A file or folder could not be read or written, or a program not be run.
    #[error("could not {action} {path}")]
    Io {
        /// What was being done, as a verb.
        action: &'static str,
        /// To which file or program.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

impl Error {
    /// For `map_err` on an operation on `path`.
    pub(crate) fn io(
        action: &'static str,
        path: impl AsRef<Path>,
    ) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io {
            action,
            path: path.as_ref().to_owned(),
            source,
        }
    }

    /// What the server called the error, if it came from one.
    pub(crate) fn sqlstate(&self) -> Option<&SqlState> {
        match self {
            Self::Query { source, .. } => source.code(),
            _ => None,
        }
    }
}

const WAYS_OUT: &[&str] = &[
    "install it: apt-get install postgresql | dnf install postgresql-server | brew install postgresql",
    "set PG_BIN to the folder with an installation's `postgres`, `initdb` and `pg_ctl`",
    "set DATABASE_URL to a server that runs elsewhere",
];

fn indented<S: AsRef<str>>(lines: &[S]) -> String {
    lines
        .iter()
        .flat_map(|line| ["\n  ", line.as_ref()])
        .collect()
}
