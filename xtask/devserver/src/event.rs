use std::path::PathBuf;

/// What [`DevServer::start`](crate::DevServer::start) is doing; each can take a while or is something the user must know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// No PostgreSQL is installed, so the engine with this manifest is downloaded and built, once.
    BuildingEngine {
        /// The engine's `Cargo.toml`.
        manifest: PathBuf,
    },
    /// A new, empty data folder is made; older data stays where it is.
    Initialising {
        /// PostgreSQL's version, e.g. `15.13`.
        version: String,
        /// The new data folder.
        data: PathBuf,
        /// Data folders of other major versions, which this server cannot read.
        /// They come into use again with `PG_BIN` set to an installation of their version.
        left_behind: Vec<PathBuf>,
    },
    /// The server is being started.
    Starting {
        /// PostgreSQL's version, e.g. `15.13`.
        version: String,
        /// Its data folder.
        data: PathBuf,
    },
    /// Something else listens on the port of last time, so every stored URL of this server has to be written anew.
    PortChanged {
        /// The port of last time.
        from: u16,
        /// The port from now on.
        to: u16,
    },
    /// A database was created because the server had none of this name.
    DatabaseCreated {
        /// Its name.
        name: String,
    },
}
