//! `export { id, sort, filters, where?, format }`: all rows as a file, in pieces.
//!
//! CSV holds values as they are: a program that takes `=1+1` for a formula has to be told otherwise. Null is nothing, the empty text `""`.

mod format;

use std::io;
use std::sync::mpsc::{self, SyncSender};
use std::thread;

use hyper::body::Bytes;
use hyper::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderValue};
use hyper::{Response, StatusCode};
use pg_database::browse::{self, BrowseError, Column, Query, Sink, Unwanted};
use serde::Deserialize;
use tokio::sync::mpsc::{Sender, channel};

use crate::body::Body;
use crate::error::ApiError;
use crate::studio::Call;
use format::{Format, Writer};

/// How large a piece is, in bytes.
const PIECE: usize = 64 << 10;
/// How many pieces wait to be sent.
const WAITING: usize = 4;

#[derive(Deserialize)]
pub(super) struct Request {
    /// `id`, `sort`, `filters` and `where`.
    #[serde(flatten)]
    query: Query,
    format: Format,
}

/// The response comes with the first rows, so that a wrong query is an error and no empty file.
pub(super) fn export(call: &Call<'_>, request: Request) -> Result<Response<Body>, ApiError> {
    let Request { query, format } = request;
    let relation = call.read(|database| browse::describe(database, query.id))?;
    let mut database = call.studio.pool.connect()?;
    // As long as there is no response, nobody else ends it when the client goes away.
    call.work.begin(database.canceller());
    let (pieces, receiver) = channel(WAITING);
    let (started, start) = mpsc::sync_channel(1);
    thread::spawn(move || {
        let mut file = File {
            writer: Writer::new(format),
            text: String::new(),
            pieces,
            started: Some(started),
        };
        let exported = browse::export(&mut database, &query, &mut file);
        file.end(exported);
    });
    let begun = start.recv();
    call.work.end();
    match begun {
        Ok(Ok(())) => {}
        Ok(Err(error)) => return Err(error.into()),
        Err(_) => {
            let message = "this is a bug: the export panicked";
            return Err(ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, message));
        }
    }
    let mut response = Response::new(Body::Pieces(receiver));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(format.mime()));
    if let Ok(disposition) = HeaderValue::try_from(disposition(&relation.name, format.extension()))
    {
        headers.insert(CONTENT_DISPOSITION, disposition);
    }
    Ok(response)
}

/// The name of a table as that of a file (RFC 6266): for those who read ASCII only, and for all others whole.
fn disposition(name: &str, extension: &str) -> String {
    // No file system has a `/` in a name, and no header a control character.
    let name = name.replace(|sign: char| sign == '/' || sign.is_control(), "_");
    // What would need quotes in a header is left out.
    let is_plain = |sign: &char| sign.is_ascii_alphanumeric() || "-_. ".contains(*sign);
    let plain: String = name.chars().filter(is_plain).collect();
    let ascii = if plain.trim().is_empty() {
        "rows"
    } else {
        &plain
    };
    let mut disposition = format!("attachment; filename=\"{ascii}.{extension}\"");
    if plain != name {
        // RFC 8187, 3.2.1.
        let encoded = name.bytes().map(|byte| match byte {
            b'-' | b'_' | b'.' => char::from(byte).to_string(),
            _ if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        });
        let encoded: String = encoded.collect();
        disposition.push_str(&format!("; filename*=UTF-8''{encoded}.{extension}"));
    }
    disposition
}

/// The file on its way.
struct File {
    writer: Writer,
    /// What is written and not sent.
    text: String,
    pieces: Sender<io::Result<Bytes>>,
    /// Who waits for the first rows, or for why there are none.
    started: Option<SyncSender<Result<(), BrowseError>>>,
}

impl File {
    fn send(&mut self) -> Result<(), Unwanted> {
        let text = std::mem::take(&mut self.text);
        let sent = self.pieces.blocking_send(Ok(Bytes::from(text)));
        sent.map_err(|_| Unwanted)
    }

    fn end(mut self, exported: Result<(), BrowseError>) {
        if let Some(started) = self.started.take() {
            // It ended before it began.
            let _ = started.send(exported);
            return;
        }
        // The other end may have gone.
        let _ = match exported {
            Ok(()) => {
                self.writer.end(&mut self.text);
                self.send()
            }
            Err(error) => {
                let sent = self.pieces.blocking_send(Err(io::Error::other(error)));
                sent.map_err(|_| Unwanted)
            }
        };
    }
}

impl Sink for File {
    fn begin(&mut self, table: &str, columns: &[Column]) -> Result<(), Unwanted> {
        self.writer.begin(table, columns, &mut self.text);
        match self.started.take() {
            Some(started) => started.send(Ok(())).map_err(|_| Unwanted),
            None => Ok(()),
        }
    }

    fn row(&mut self, values: &[Option<&str>]) -> Result<(), Unwanted> {
        self.writer.row(values, &mut self.text);
        if self.text.len() < PIECE {
            return Ok(());
        }
        self.send()
    }
}
