//! What a database remembers of migrations.
//!
//! `drizzle.__drizzle_migrations` is drizzle's own table, to the letter: `hash` is the file's, `created_at` is the journal's `when`, and a migration is
//! applied if it has a row. drizzle reads our rows and we read drizzle's.
//!
//! `drizzle.__xtask_migrations` stands beside it and holds what drizzle's has no column for, one row for each migration that we have run, by `tag`:
//!
//! | column | meaning |
//! |---|---|
//! | `created_at` | the journal's `when`, as in drizzle's table |
//! | `applied_at`, `applied_by`, `duration_ms` | when, by which role and how long; written in the transaction that writes drizzle's row |
//! | `done` | for a `-- no-transaction` file that is half done (`applied_at` is null): a hash of each statement that took effect, in order |
//! | `attempting` | the hash of a statement that was begun and that no transaction covers; null when its outcome is known |
//! | `found_index` | the index that had the name of the one to be built before that statement was begun |
//! | `marked_at`, `marked_by` | when and by which role it was last [said](crate::resolve) to be applied, or not, without being run |
//!
//! Nothing depends on the second table: without a row in it, it is unknown when a migration was applied. Only writing creates the tables.

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use pg_migration::{HistoryRow, Migration};
use pg_schema::quote_literal;

use crate::connect::Database;
use crate::error::QueryError;

/// The schema that holds both tables.
pub const SCHEMA: &str = "drizzle";
/// drizzle's table.
pub const TABLE: &str = "drizzle.__drizzle_migrations";
/// Our table beside it.
pub const OWN_TABLE: &str = "drizzle.__xtask_migrations";

/// The statements for what is missing. `CREATE … IF NOT EXISTS` alone would need the right to create even when there is nothing to do.
const CREATE_SCHEMA: &str = "CREATE SCHEMA IF NOT EXISTS drizzle";
const CREATE_TABLE: &str = "CREATE TABLE IF NOT EXISTS drizzle.__drizzle_migrations (
    id serial PRIMARY KEY,
    hash text NOT NULL,
    created_at bigint
)";
const CREATE_OWN_TABLE: &str = "CREATE TABLE IF NOT EXISTS drizzle.__xtask_migrations (
    tag text PRIMARY KEY,
    created_at bigint NOT NULL,
    applied_at timestamptz,
    applied_by text NOT NULL,
    duration_ms bigint,
    done text[] NOT NULL DEFAULT '{}',
    attempting text,
    found_index oid,
    marked_at timestamptz,
    marked_by text
)";
/// For a table that an earlier version of this program made.
const ADD_MARKS: &str = "ALTER TABLE drizzle.__xtask_migrations
    ADD COLUMN IF NOT EXISTS marked_at timestamptz, ADD COLUMN IF NOT EXISTS marked_by text";

/// The role that logged in, whatever a migration has set: its rights are those that the tables were made with.
const OWN_ROLE: &str = "SET LOCAL SESSION AUTHORIZATION DEFAULT; SET LOCAL role TO DEFAULT";

/// What our own table holds on one migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The migration's tag.
    pub tag: String,
    /// Its `when` in the journal.
    pub created_at: i64,
    /// When it was applied; none while it is half done.
    pub applied_at: Option<SystemTime>,
    /// The role that ran it.
    pub applied_by: String,
    /// How long that took; of an interrupted one, the last run. None if it was only marked as applied.
    pub duration: Option<Duration>,
    /// When and by which role it was last said to be applied, or not, without being run.
    pub marked: Option<Marked>,
    /// The hashes of the statements that took effect, while it is half done.
    pub(crate) done: Vec<String>,
    /// The hash of a statement whose outcome is unknown.
    pub(crate) attempting: Option<String>,
    /// The index that had the name of the one to be built.
    pub(crate) found_index: Option<u32>,
}

/// That somebody said how a migration stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marked {
    /// When.
    pub at: SystemTime,
    /// The role.
    pub by: String,
}

/// Both tables as they are.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// drizzle's table, in the order of writing.
    pub rows: Vec<HistoryRow>,
    /// Our table, by tag.
    pub records: HashMap<String, Record>,
}

/// Reads the history. Tables that do not exist have no rows; nothing is created.
///
/// # Errors
///
/// [`QueryError`], such as a role without the right to read them.
pub fn read(database: &mut Database) -> Result<History, QueryError> {
    let exist = database.client().query_typed_one(
        "SELECT pg_catalog.to_regclass('drizzle.__drizzle_migrations') IS NOT NULL,
                pg_catalog.to_regclass('drizzle.__xtask_migrations') IS NOT NULL",
        &[],
    )?;
    let mut history = History::default();
    if exist.get(0) {
        let rows = database.client().query_typed(
            "SELECT id::bigint, hash, created_at FROM drizzle.__drizzle_migrations ORDER BY id",
            &[],
        )?;
        history.rows = rows
            .iter()
            .map(|row| HistoryRow {
                id: row.get(0),
                hash: row.get(1),
                created_at: row.get(2),
            })
            .collect();
    }
    if exist.get(1) {
        let rows = database.client().query_typed(
            // By way of JSON, since a table that an earlier version made has no columns for marks.
            "SELECT tag, created_at, applied_at, applied_by, duration_ms, done, attempting, found_index,
                    (to_jsonb(m) ->> 'marked_at')::timestamptz, to_jsonb(m) ->> 'marked_by'
               FROM drizzle.__xtask_migrations m",
            &[],
        )?;
        let records = rows.iter().map(|row| Record {
            tag: row.get(0),
            created_at: row.get(1),
            applied_at: row.get(2),
            applied_by: row.get(3),
            duration: row
                .get::<_, Option<i64>>(4)
                .and_then(|milliseconds| u64::try_from(milliseconds).ok())
                .map(Duration::from_millis),
            done: row.get(5),
            attempting: row.get(6),
            found_index: row.get(7),
            marked: row
                .get::<_, Option<SystemTime>>(8)
                .zip(row.get(9))
                .map(|(at, by)| Marked { at, by }),
        });
        history.records = records.map(|record| (record.tag.clone(), record)).collect();
    }
    Ok(history)
}

/// Creates the schema and the tables if they are missing. The caller holds the [lock](crate::lock): creating them twice at once fails even with `IF NOT EXISTS`.
///
/// # Errors
///
/// [`QueryError`], such as a role without the right to create them.
pub fn ensure_tables(database: &mut Database) -> Result<(), QueryError> {
    let exist = database.client().query_typed_one(
        "SELECT pg_catalog.to_regnamespace('drizzle') IS NOT NULL,
                pg_catalog.to_regclass('drizzle.__drizzle_migrations') IS NOT NULL,
                pg_catalog.to_regclass('drizzle.__xtask_migrations') IS NOT NULL",
        &[],
    )?;
    let statements = [CREATE_SCHEMA, CREATE_TABLE, CREATE_OWN_TABLE];
    let missing: Vec<&str> = (0..)
        .zip(statements)
        .filter(|(column, _)| !exist.get::<usize, bool>(*column))
        .map(|(_, statement)| statement)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    database.execute(&missing.join(";\n"))
}

/// Records a migration as applied, without running it. The caller holds the [lock](crate::lock), and the tables exist.
///
/// # Errors
///
/// [`QueryError`]; then nothing is recorded.
pub fn insert(database: &mut Database, migration: &Migration) -> Result<(), QueryError> {
    database.execute(&insert_sql(migration, None))
}

/// As [`ensure_tables`], with the columns for marks.
pub(crate) fn ensure_marks(database: &mut Database) -> Result<(), QueryError> {
    ensure_tables(database)?;
    let there = database.text(
        "SELECT 't' FROM pg_catalog.pg_attribute
          WHERE attrelid = 'drizzle.__xtask_migrations'::regclass AND attname = 'marked_by' AND NOT attisdropped",
    )?;
    match there {
        Some(_) => Ok(()),
        None => database.execute(ADD_MARKS),
    }
}

/// SQL for drizzle's row of a migration that counts as applied.
pub(crate) fn insert_row_sql(migration: &Migration) -> String {
    format!(
        "INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ({}, {})",
        quote_literal(migration.hash()),
        migration.entry.when
    )
}

/// SQL that takes the file's text as what was applied.
pub(crate) fn accept_sql(migration: &Migration, row: &HistoryRow) -> String {
    format!(
        "UPDATE drizzle.__drizzle_migrations SET hash = {} WHERE id = {}",
        quote_literal(migration.hash()),
        row.id
    )
}

/// SQL that takes drizzle's row away.
pub(crate) fn delete_row_sql(row: &HistoryRow) -> String {
    format!(
        "DELETE FROM drizzle.__drizzle_migrations WHERE id = {}",
        row.id
    )
}

/// SQL that records who said so, and when. `applied` is whether it counts as applied from now on; if it does already, when it was run stays.
pub(crate) fn mark_sql(tag: &str, when: i64, applied: bool) -> String {
    let applied_at = if applied {
        (
            "pg_catalog.clock_timestamp()",
            "COALESCE(m.applied_at, EXCLUDED.applied_at)",
        )
    } else {
        ("NULL", "NULL")
    };
    format!(
        "{OWN_ROLE}; \
         INSERT INTO drizzle.__xtask_migrations AS m (tag, created_at, applied_at, applied_by, marked_at, marked_by) \
         VALUES ({tag}, {when}, {at}, session_user, pg_catalog.clock_timestamp(), session_user) \
         ON CONFLICT (tag) DO UPDATE SET created_at = EXCLUDED.created_at, applied_at = {again}, \
         applied_by = CASE WHEN m.applied_at IS NULL THEN EXCLUDED.applied_by ELSE m.applied_by END, \
         duration_ms = CASE WHEN {again} IS NULL OR m.applied_at IS NULL THEN NULL ELSE m.duration_ms END, \
         done = DEFAULT, attempting = NULL, found_index = NULL, \
         marked_at = EXCLUDED.marked_at, marked_by = EXCLUDED.marked_by",
        tag = quote_literal(tag),
        at = applied_at.0,
        again = applied_at.1,
    )
}

/// SQL that records a migration as applied, for the transaction that applies it; sent alone, its statements share one. `duration` is none when nothing was run.
pub(crate) fn insert_sql(migration: &Migration, duration: Option<Duration>) -> String {
    let duration = duration.map_or_else(|| "NULL".to_owned(), |d| d.as_millis().to_string());
    let (tag, when) = (quote_literal(migration.tag()), migration.entry.when);
    format!(
        "{OWN_ROLE}; {row}; \
         INSERT INTO drizzle.__xtask_migrations (tag, created_at, applied_at, applied_by, duration_ms) \
         VALUES ({tag}, {when}, pg_catalog.clock_timestamp(), session_user, {duration}) \
         ON CONFLICT (tag) DO UPDATE SET created_at = EXCLUDED.created_at, applied_at = EXCLUDED.applied_at, \
         applied_by = EXCLUDED.applied_by, duration_ms = EXCLUDED.duration_ms, \
         done = DEFAULT, attempting = NULL, found_index = NULL",
        row = insert_row_sql(migration),
    )
}

/// SQL that begins the record of a `-- no-transaction` file.
pub(crate) fn begin_progress_sql(migration: &Migration) -> String {
    let (tag, when) = (quote_literal(migration.tag()), migration.entry.when);
    format!(
        "INSERT INTO drizzle.__xtask_migrations (tag, created_at, applied_by) VALUES ({tag}, {when}, session_user) \
         ON CONFLICT (tag) DO UPDATE SET created_at = EXCLUDED.created_at, applied_by = EXCLUDED.applied_by, \
         applied_at = NULL, duration_ms = NULL, done = DEFAULT, attempting = NULL, found_index = NULL"
    )
}

/// SQL that records a statement as done, for the transaction of the statement if it has one.
pub(crate) fn done_sql(tag: &str, statement_hash: &str) -> String {
    update_sql(
        tag,
        &format!(
            "done = done || {}::text, attempting = NULL, found_index = NULL",
            quote_literal(statement_hash)
        ),
    )
}

/// SQL that records that a statement without a transaction is about to be run.
pub(crate) fn attempt_sql(tag: &str, statement_hash: &str, found_index: Option<u32>) -> String {
    let found_index = found_index.map_or_else(|| "NULL".to_owned(), |oid| oid.to_string());
    update_sql(
        tag,
        &format!(
            "attempting = {}, found_index = {found_index}",
            quote_literal(statement_hash)
        ),
    )
}

/// SQL that records that the statement had no effect.
pub(crate) fn attempt_failed_sql(tag: &str) -> String {
    update_sql(tag, "attempting = NULL, found_index = NULL")
}

fn update_sql(tag: &str, assignments: &str) -> String {
    format!(
        "{OWN_ROLE}; UPDATE drizzle.__xtask_migrations SET {assignments} WHERE tag = {}",
        quote_literal(tag)
    )
}
