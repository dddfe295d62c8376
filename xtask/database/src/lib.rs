//! Everything that talks to a PostgreSQL server.
//!
//! A [`ConnectionUrl`] leads to a [`Database`]: one connection, on which one command does all its work, so that the lock that keeps runners apart, the
//! session's settings and the statements belong together. [`migrate()`] brings a database up to date with a folder, [`plan`] says what it would do, and
//! [`status`] how the two stand to each other. [`introspect()`] reads a database as a state, and [`normalise()`] makes a desired one comparable to it.
//! [`examine`] says what the hazards of a plan come to in a database, and [`push()`] applies the plan to it. [`resolve()`] takes a person's word for
//! what is applied. [`reset()`] drops what a project manages and builds it anew; a [`Seed`] fills it through an [`Inserter`]. [`browse`] is for
//! people who look at rows and change them, [`console`] for those who type SQL.
//!
//! Invariants:
//! * Reading functions write nothing, not even the schema of the history.
//! * A migration takes effect together with its history row, or not at all; `-- no-transaction` files keep their progress, see [`history`].
//! * No password is ever shown, in a message or in a `Debug` form.
//! * What the server says is data ([`ServerError`]), and so is progress ([`MigrateEvent`]).

mod baseline;
pub mod browse;
mod connect;
pub mod console;
mod error;
pub mod history;
mod insert;
mod introspect;
pub mod lock;
mod migrate;
mod normalise;
mod push;
mod reset;
mod resolve;
mod seed;
mod status;
mod tls;
mod url;
mod wait;

pub use baseline::{BaselineError, record_baseline};
pub use connect::{Canceller, CertificateProblem, ConnectError, ConnectProblem, Database, Session};
pub use error::{InternalQuery, QueryError, ServerError};
pub use insert::{CopyIn, InsertError, Inserter, TableName, Value};
pub use introspect::{
    Filter, Introspection, Outside, Pattern, Patterns, Scope, introspect, leave_out,
};
pub use lock::{LockError, LockHolder};
pub use migrate::{
    AppliedMigration, FailureCause, FailurePoint, FileState, MigrateError, MigrateEvent,
    MigrateOptions, MigrateReport, MigrationFailure, PendingMigration, Refusal, UnreadableScript,
    hint_for, migrate, plan,
};
pub use normalise::normalise;
pub use push::{
    Fact, PushCause, PushEvent, PushFailure, PushOptions, PushPoint, Stage, Verdict, examine, push,
    stages,
};
pub use reset::{
    FileByFile, Inventory, Managed, ManagedObject, ResetCause, ResetError, ResetEvent, ResetReport,
    ResetState, inventory, reset,
};
pub use resolve::{
    Mark, MarkKind, Resolution, ResolveError, ResolvePlan, plan_resolution, resolve,
};
pub use seed::{Seed, SeedError, seed};
pub use status::{MigrationStatus, Progress, Status, status};
pub use url::{ConnectionUrl, Host, RootCertificate, SslMode, UrlError};
