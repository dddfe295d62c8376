//! A local GUI for a PostgreSQL database: a web server on 127.0.0.1, and the page that it serves from within the binary.
//!
//! [`Server`] is the whole of it: bound, it has an address to be opened in a browser; run, it answers until its [`Stop`] is used.
//!
//! Invariants:
//! * Only `server.rs` is asynchronous. A handler is a plain function that runs on a thread where it may block, since the synchronous driver panics on
//!   a runtime's own thread.
//! * Every request passes `guard.rs` before anything else is looked at, assets included.
//! * Only `pg-database` talks to PostgreSQL. What comes from the browser names relations and columns by number; values are bind parameters.
//! * Nothing of the page is loaded from elsewhere, and all of it is in the table in `assets.rs`.

mod api;
mod assets;
mod body;
mod diagram;
mod error;
mod guard;
mod pool;
mod project;
mod server;
mod studio;
mod tabs;
mod token;
mod work;

pub use project::{Difference, Migration, Project, ProjectError, Standing};
pub use server::{Server, Stop};
pub use studio::Options;
