//! A PostgreSQL schema as data, and the builders that declare it.

mod quote;

pub use quote::{quote_identifier, quote_literal};
