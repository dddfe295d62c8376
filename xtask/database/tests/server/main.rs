//! What needs a server: one binary, so that all tests share one.

// A test fails by panicking.
#![allow(clippy::unwrap_used)]

mod common;
mod connect;
mod insert;
mod migrate;
mod reset;
mod stepwise;
mod tls;
