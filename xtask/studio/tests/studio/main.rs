//! A running studio on a real server, spoken to through a socket, and used in a browser.

// A test fails by panicking.
#![allow(clippy::unwrap_used)]

mod api;
mod browser;
mod console;
mod edit;
mod export;
mod guard;
mod limits;
mod studio;
