//! The commands as a user runs them: the example `shop` as a process of its own, in a workspace of its own, on a real server.

mod errors;
mod guide;
mod help;
mod seed;
mod workspace;
