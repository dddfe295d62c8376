use std::io::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};

use pg_schema::{DefaultFn, QualifiedName};
use postgres::{Client, CopyInWriter};

use super::{InsertError, QueryError, Value, column_list};

/// The driver hands over what it is given to another thread; fewer and larger pieces cost less.
const BUFFER_BYTES: usize = 64 * 1024;

/// Rows on their way into a table through COPY … FROM STDIN (PostgreSQL manual, COPY, text format).
///
/// [`finish`](Self::finish) completes it; without that, no row of it is inserted and the seed fails.
#[must_use = "rows are inserted only by `finish`"]
pub struct CopyIn<'i> {
    writer: CopyInWriter<'i>,
    target: Target,
    buffer: Vec<u8>,
    rows: u64,
    /// The inserter's.
    inserted: &'i mut u64,
    /// The inserter's.
    problem: &'i mut Option<InsertError>,
    cancelled: &'i AtomicBool,
}

/// Where the rows go.
pub(super) struct Target {
    pub(super) table: QualifiedName,
    /// Those that a row gives, and then those that functions fill.
    pub(super) columns: Vec<String>,
    /// How many a row gives.
    pub(super) given: usize,
    /// One for each of the others.
    pub(super) default_fns: Vec<DefaultFn>,
}

impl<'i> CopyIn<'i> {
    pub(super) fn begin(
        client: &'i mut Client,
        target: Target,
        inserted: &'i mut u64,
        problem: &'i mut Option<InsertError>,
        cancelled: &'i AtomicBool,
    ) -> Result<Self, InsertError> {
        let columns = match target.columns.as_slice() {
            [] => String::new(),
            columns => format!(" ({})", column_list(columns)),
        };
        let sql = format!("COPY {}{columns} FROM STDIN", target.table.sql());
        let writer = client.copy_in(&sql).map_err(|error| {
            let error = target.error(error.into());
            problem.get_or_insert_with(|| error.clone());
            error
        })?;
        problem.get_or_insert_with(|| InsertError::UnfinishedCopy {
            table: target.table.clone(),
        });
        Ok(Self {
            writer,
            target,
            buffer: Vec::with_capacity(2 * BUFFER_BYTES),
            rows: 0,
            inserted,
            problem,
            cancelled,
        })
    }

    /// Adds a row: one value for each column that was named, in that order.
    ///
    /// # Errors
    /// When there are more or fewer values, or when one cannot be sent. The server may refuse a row later than here, at the latest in `finish`.
    pub fn row<'v>(
        &mut self,
        values: impl IntoIterator<Item = Value<'v>>,
    ) -> Result<(), InsertError> {
        let start = self.buffer.len();
        let result = self.write_row(values).and_then(|()| {
            if self.buffer.len() < BUFFER_BYTES {
                return Ok(());
            }
            self.send()
        });
        if let Err(error) = &result {
            self.buffer.truncate(start);
            settle(self.problem, Some(error));
        }
        result
    }

    /// Completes the command and returns how many rows it inserted.
    ///
    /// # Errors
    /// When the server refuses a row.
    pub fn finish(mut self) -> Result<u64, InsertError> {
        let result = self.send().and_then(|()| {
            let Self { writer, target, .. } = self;
            writer.finish().map_err(|error| target.error(error.into()))
        });
        settle(self.problem, result.as_ref().err());
        *self.inserted += result.as_ref().unwrap_or(&0);
        result
    }

    fn write_row<'v>(
        &mut self,
        values: impl IntoIterator<Item = Value<'v>>,
    ) -> Result<(), InsertError> {
        let mut written = 0;
        for value in values {
            self.write_value(written, &value)?;
            written += 1;
        }
        if written != self.target.given {
            return Err(InsertError::WrongNumberOfValues {
                table: self.target.table.clone(),
                row: self.rows + 1,
                expected: self.target.given,
                given: written,
            });
        }
        for index in 0..self.target.default_fns.len() {
            let value = (self.target.default_fns[index])();
            self.write_value(written + index, &value.into())?;
        }
        self.buffer.push(b'\n');
        self.rows += 1;
        Ok(())
    }

    fn write_value(&mut self, column: usize, value: &Value<'_>) -> Result<(), InsertError> {
        if column > 0 {
            self.buffer.push(b'\t');
        }
        let buffer = &mut self.buffer;
        let written = match value {
            Value::Null => buffer.write_all(b"\\N"),
            Value::Integer(value) => write!(buffer, "{value}"),
            Value::Float(value) => write!(buffer, "{value}"),
            Value::Boolean(value) => write!(buffer, "{value}"),
            Value::Text(_) if value.has_nul() => {
                return Err(InsertError::NulCharacter {
                    table: self.target.table.clone(),
                    row: self.rows + 1,
                    column: self.target.column(column),
                });
            }
            Value::Text(text) => {
                escape(text.as_bytes(), buffer);
                Ok(())
            }
        };
        written.expect("a Vec takes any number of bytes");
        Ok(())
    }

    fn send(&mut self) -> Result<(), InsertError> {
        if self.cancelled.load(Ordering::Relaxed) {
            let cancelled = QueryError::Driver("it was cancelled".to_owned());
            return Err(self.target.error(cancelled));
        }
        self.writer
            .write_all(&self.buffer)
            .map_err(|error| self.target.error(write_error(error)))?;
        self.buffer.clear();
        Ok(())
    }
}

impl Target {
    fn error(&self, error: QueryError) -> InsertError {
        InsertError::of_copy(&self.table, &self.columns, error)
    }

    fn column(&self, index: usize) -> String {
        self.columns.get(index).cloned().unwrap_or_default()
    }
}

/// Keeps the first real error, and drops the reminder that the copy was not finished.
fn settle(problem: &mut Option<InsertError>, error: Option<&InsertError>) {
    if matches!(problem, None | Some(InsertError::UnfinishedCopy { .. })) {
        *problem = error.cloned();
    }
}

/// Writes text so that COPY reads it back: a backslash before itself and before what divides values and rows.
fn escape(mut text: &[u8], buffer: &mut Vec<u8>) {
    let is_special = |byte: &u8| matches!(byte, b'\\' | b'\t' | b'\n' | b'\r');
    while let Some(position) = text.iter().position(is_special) {
        buffer.extend_from_slice(&text[..position]);
        buffer.push(b'\\');
        buffer.push(match text[position] {
            b'\t' => b't',
            b'\n' => b'n',
            b'\r' => b'r',
            other => other,
        });
        text = &text[position + 1..];
    }
    buffer.extend_from_slice(text);
}

/// The driver wraps its errors so that they fit through `io::Write`.
fn write_error(error: std::io::Error) -> QueryError {
    match error.downcast::<postgres::Error>() {
        Ok(error) => error.into(),
        Err(error) => QueryError::Driver(error.to_string()),
    }
}
