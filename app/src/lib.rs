//! The data layer of Autonome, an AI-driven trading platform: several language models trade under several strategy variants.
//!
//! [`db::schema`] is the single source of truth for the database: `cargo xtask db generate` turns its changes into migrations.
//! [`db::seed`] fills a database for development.

pub mod db;
