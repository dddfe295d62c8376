//! What needs a server: one binary, so that all tests share one.

// A test fails by panicking.
#![allow(clippy::unwrap_used)]

mod browse;
mod common;
mod connect;
mod insert;
mod migrate;
mod pooler;
mod reset;
mod session;
mod stepwise;
mod tls;
