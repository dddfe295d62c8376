//! The database: what it looks like, what it starts with, and how it is read.

mod models;
mod schema;
mod seed;
mod variants;

pub use models::{Model, models};
pub use schema::schema;
pub use seed::seed;
pub use variants::VARIANTS;
