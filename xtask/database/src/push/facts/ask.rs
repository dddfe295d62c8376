//! Questions with a limited time for each.

use std::time::{Duration, Instant};

use pg_schema::QualifiedName;
use postgres::types::Type;
use postgres::{IsolationLevel, Transaction};

use crate::connect::Database;
use crate::error::QueryError;
use crate::introspect::PRINT_SETTINGS;

/// How many times the limit of a question all of them together may take.
const ALL_TOGETHER: u32 = 6;

/// From here on, a default or a condition that writes, as `nextval` does for good, is refused.
const READ_ONLY: &str = "SET LOCAL transaction_read_only = on";

/// Asks at one moment, and writes nothing: what is made on the way is rolled back.
pub(super) struct Asker<'d> {
    transaction: Transaction<'d>,
    end: Instant,
}

/// What the catalogs know takes no time, but somebody can hold a lock on the table.
const CATALOGS: &str = "SET LOCAL statement_timeout = '5s'";

/// What is answered.
pub(super) enum Answer {
    /// The numbers of one row.
    Counts(Vec<Option<i64>>),
    /// The time is over.
    TooLong,
    /// The server cannot say, as of a column that is yet to be made.
    Refused { sqlstate: String, message: String },
}

/// Something that refers to a table.
pub(super) struct Named {
    /// The relation that it is, or is a part of.
    pub(super) of: QualifiedName,
    /// What it is.
    pub(super) what: String,
}

impl<'d> Asker<'d> {
    /// Row security would hide rows from the count; where it applies, the server is to refuse instead.
    pub(super) fn begin(database: &'d mut Database, limit: Duration) -> Result<Self, QueryError> {
        let mut transaction = database
            .client()
            .build_transaction()
            .isolation_level(IsolationLevel::RepeatableRead)
            .start()?;
        transaction.batch_execute(&format!(
            "{PRINT_SETTINGS}; SET LOCAL row_security = off; SET LOCAL statement_timeout = {}",
            limit.as_millis().max(1)
        ))?;
        Ok(Self {
            transaction,
            end: Instant::now() + limit * ALL_TOGETHER,
        })
    }

    /// A query of one row of numbers.
    pub(super) fn ask(&mut self, query: &str) -> Result<Answer, QueryError> {
        self.ask_with("", query)
    }

    /// The same of the catalogs, which takes no time to speak of, and is asked when the time of all is over, too.
    pub(super) fn ask_catalogs(&mut self, query: &str) -> Result<Answer, QueryError> {
        self.answer(CATALOGS, query)
    }

    /// The same with the help of what some statements make.
    pub(super) fn ask_with(&mut self, prepare: &str, query: &str) -> Result<Answer, QueryError> {
        if Instant::now() > self.end {
            return Ok(Answer::TooLong);
        }
        self.answer(prepare, query)
    }

    /// What the catalogs say to refer to a table, in columns `schema`, `name` and `what`.
    pub(super) fn names(&mut self, query: &str, table: &str) -> Result<Vec<Named>, QueryError> {
        let mut savepoint = self.transaction.savepoint("question")?;
        savepoint.batch_execute(CATALOGS)?;
        let rows = savepoint.query_typed(query, &[(&table, Type::TEXT)])?;
        savepoint.rollback()?;
        let named = rows.iter().map(|row| Named {
            of: QualifiedName::new(row.get::<_, String>("schema"), row.get::<_, String>("name")),
            what: row.get("what"),
        });
        Ok(named.collect())
    }

    fn answer(&mut self, prepare: &str, query: &str) -> Result<Answer, QueryError> {
        let mut savepoint = self.transaction.savepoint("question")?;
        let result = savepoint
            .batch_execute(&format!("{prepare}; {READ_ONLY}"))
            .and_then(|()| savepoint.query_typed_one(query, &[]));
        savepoint.rollback()?;
        let error = match result {
            Ok(row) => {
                let counts = (0..row.len()).map(|place| row.get(place));
                return Ok(Answer::Counts(counts.collect()));
            }
            Err(error) => QueryError::from(error),
        };
        match &error {
            QueryError::Server(server) if server.sqlstate == "57014" => Ok(Answer::TooLong),
            QueryError::Server(server) => Ok(Answer::Refused {
                sqlstate: server.sqlstate.clone(),
                message: server.message.clone(),
            }),
            _ => Err(error),
        }
    }

    pub(super) fn end(self) -> Result<(), QueryError> {
        Ok(self.transaction.rollback()?)
    }
}
