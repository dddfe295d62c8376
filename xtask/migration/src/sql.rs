//! The one splitter: an SQL text cut into statements as psql cuts it.
//!
//! A semicolon ends a statement unless it lies in a string, a quoted identifier, a comment, parentheses
//! (`CREATE RULE … DO (…; …)`), or the `BEGIN ATOMIC … END` body of a function. drizzle's `--> statement-breakpoint`
//! ends one too.

mod index_key;
mod kind;
mod lexer;
mod query;
mod quote;
mod rename;
mod words;

use std::ops::Range;

pub(crate) use index_key::is_index_key;
pub use kind::{ConcurrentIndex, RunsIn, StatementKind, TransactionControl};
use kind::{classify, copies_from_client};
pub(crate) use lexer::line_comments;
use lexer::{Lexeme, LexemeKind, lex};
pub use query::is_query;
pub(crate) use quote::{bare_or_quoted, break_after, in_parentheses};
pub(crate) use rename::RenamedNames;
pub(crate) use words::Words;

/// One statement of an SQL text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqlStatement {
    /// Where it lies, in bytes of the text: without its `;`, and without white space and comments around it.
    pub range: Range<usize>,
    /// What it means for the transaction that it runs in.
    pub kind: StatementKind,
}

impl SqlStatement {
    /// The statement's own text in the `sql` that it was split from.
    ///
    /// # Panics
    ///
    /// When `sql` is another text, in which the range does not exist.
    #[must_use]
    pub fn text<'sql>(&self, sql: &'sql str) -> &'sql str {
        &sql[self.range.clone()]
    }

    /// Whether it may share a transaction with other statements.
    #[must_use]
    pub fn runs_in(&self) -> RunsIn {
        self.kind.runs_in()
    }
}

/// Why a text cannot be cut into statements.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct SplitError {
    /// Where the trouble begins, in bytes of the text.
    pub offset: usize,
    /// The line of `offset`, counted from 1.
    pub line: usize,
    /// What is wrong there.
    pub problem: SplitProblem,
}

impl SplitError {
    fn new(sql: &str, offset: usize, problem: SplitProblem) -> Self {
        Self {
            offset,
            line: line_column(sql, offset).0,
            problem,
        }
    }
}

/// What is wrong with the text at a [`SplitError`]'s offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SplitProblem {
    /// A string constant without its closing quote.
    #[error("the string that begins here is never closed with `'`")]
    UnterminatedString,
    /// A quoted identifier without its closing quote.
    #[error("the quoted identifier that begins here is never closed with `\"`")]
    UnterminatedIdentifier,
    /// A dollar-quoted string without its closing tag.
    #[error("the dollar-quoted string that begins here is never closed with the same tag")]
    UnterminatedDollarQuote,
    /// A block comment without its end. They nest in PostgreSQL.
    #[error(
        "the comment that begins here is never closed; each `/*` inside a comment needs a `*/` of its own"
    )]
    UnterminatedComment,
    /// A backslash outside quotes.
    #[error("a command of psql, which only psql understands; remove it, or write it as SQL")]
    PsqlCommand,
    /// `COPY … FROM STDIN` or `TO STDOUT`.
    #[error(
        "COPY exchanges data with psql here; write INSERT statements instead, or load the data when seeding"
    )]
    CopyFromClient,
    /// A character that PostgreSQL's text cannot hold.
    #[error(
        "a NUL character, which PostgreSQL cannot read; the file may be saved in another encoding than UTF-8"
    )]
    NulCharacter,
}

/// Cuts `sql` into its statements.
///
/// Comments, and pieces that hold nothing else, yield no statement. What is not valid SQL but can be cut is left for
/// PostgreSQL to judge.
///
/// # Errors
///
/// [`SplitError`] when a string, a quoted identifier or a comment never ends, or when the text is not SQL but psql's.
pub fn split(sql: &str) -> Result<Vec<SqlStatement>, SplitError> {
    let (lexemes, lexed) = lex(sql);
    let mut statements = Vec::new();
    let mut start = 0;
    let mut nesting = Nesting::default();
    for (index, lexeme) in lexemes.iter().enumerate() {
        let statement = &lexemes[start..index];
        let ends = match lexeme.kind {
            LexemeKind::Breakpoint => true,
            LexemeKind::Semicolon => nesting.is_empty(),
            _ => {
                nesting.enter(sql, statement, lexeme);
                false
            }
        };
        if ends {
            statements.extend(self::statement(sql, statement)?);
            start = index + 1;
            nesting = Nesting::default();
        }
    }
    // What cannot be read after a `COPY … FROM STDIN` is its data: the copy is the error to name.
    statements.extend(statement(sql, &lexemes[start..])?);
    lexed?;
    Ok(statements)
}

fn statement(sql: &str, lexemes: &[Lexeme]) -> Result<Option<SqlStatement>, SplitError> {
    let [first, ..] = lexemes else {
        return Ok(None);
    };
    if copies_from_client(sql, lexemes) {
        return Err(SplitError::new(
            sql,
            first.range.start,
            SplitProblem::CopyFromClient,
        ));
    }
    let end = lexemes[lexemes.len() - 1].range.end;
    Ok(Some(SqlStatement {
        range: first.range.start..end,
        kind: classify(sql, lexemes),
    }))
}

/// What has been opened in a statement and not closed yet.
#[derive(Default)]
struct Nesting {
    parentheses: usize,
    blocks: Vec<Block>,
}

#[derive(PartialEq)]
enum Block {
    /// `BEGIN ATOMIC … END`.
    Body,
    /// `CASE … END` in a body.
    Case,
}

impl Nesting {
    fn is_empty(&self) -> bool {
        self.parentheses == 0 && self.blocks.is_empty()
    }

    /// Takes account of `lexeme`, which follows `before` in the statement.
    fn enter(&mut self, sql: &str, before: &[Lexeme], lexeme: &Lexeme) {
        match lexeme.kind {
            LexemeKind::OpenParenthesis => self.parentheses += 1,
            LexemeKind::CloseParenthesis => self.parentheses = self.parentheses.saturating_sub(1),
            LexemeKind::Word => self.enter_word(sql, before, lexeme),
            _ => {}
        }
    }

    /// CASE and END are reserved, but a label may be either: after AS or a dot, and END without them. Hence the END of
    /// a body is the one that follows the `;` of its last statement.
    fn enter_word(&mut self, sql: &str, before: &[Lexeme], word: &Lexeme) {
        let Some(previous) = before.last() else {
            return;
        };
        if word.is_word(sql, "atomic") {
            let opens = previous.is_word(sql, "begin");
            if opens
                && (!self.blocks.is_empty()
                    || self.parentheses == 0 && kind::creates_routine(sql, before))
            {
                self.blocks.push(Block::Body);
            }
            return;
        }
        let is_label = previous.kind == LexemeKind::Dot || previous.is_word(sql, "as");
        if self.blocks.is_empty() || is_label {
            return;
        }
        if word.is_word(sql, "case") {
            self.blocks.push(Block::Case);
        } else if word.is_word(sql, "end")
            && (self.blocks.last() == Some(&Block::Case)
                || previous.kind == LexemeKind::Semicolon
                || previous.is_word(sql, "atomic"))
        {
            self.blocks.pop();
        }
    }
}

/// The line and column of a byte `offset` in `sql`, both counted from 1, the column in characters.
///
/// An offset past the end or inside a character means the nearest place before it.
#[must_use]
pub fn line_column(sql: &str, offset: usize) -> (usize, usize) {
    let before = &sql[..sql.floor_char_boundary(offset)];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (
        before.matches('\n').count() + 1,
        before[line_start..].chars().count() + 1,
    )
}

#[cfg(test)]
mod tests;
