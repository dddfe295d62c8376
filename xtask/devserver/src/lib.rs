//! Finds an installed PostgreSQL and runs it: [`DevServer`] is the developer's own server with its data in the checkout,
//! [`TestServer`] a throw-away server that lives as long as the process that started it.
//!
//! Invariants:
//! * A server listens on 127.0.0.1 only, and only with a random password (root's server can read root's files).
//! * A data folder is either whole or absent: it is made under another name and renamed.
//! * Whether a server runs is decided by connecting to it, never by a process id.
//! * The environment is read in one place, [`Search::from_env`]; no path is fixed at compile time.
//! * Where no PostgreSQL is installed, the crate in `engine/` is built with cargo and used instead.

mod account;
mod cluster;
mod connection;
mod dev_server;
mod engine;
mod error;
mod event;
mod installation;
mod password;
mod pid_file;
mod random;
#[cfg(unix)]
mod test_server;

pub use dev_server::{DevServer, Server, Status};
pub use engine::Engine;
pub use error::Error;
pub use event::Event;
pub use installation::{Installation, Search};
#[cfg(unix)]
pub use test_server::TestServer;

/// The superuser of every server that this crate makes, and its maintenance database.
const SUPERUSER: &str = "postgres";
