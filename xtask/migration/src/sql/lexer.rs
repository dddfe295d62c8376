//! The significant tokens of an SQL text: without white space and comments, with drizzle's breakpoint marker.

use std::ops::Range;

use squawk_lexer::{LiteralKind, TokenKind};

use super::{SplitError, SplitProblem};

/// What drizzle-kit writes between statements. To PostgreSQL's lexer it is a comment up to the end of the line.
pub(super) const BREAKPOINT: &str = "--> statement-breakpoint";

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lexeme {
    pub(super) kind: LexemeKind,
    pub(super) range: Range<usize>,
}

impl Lexeme {
    /// Whether it is the unquoted word `keyword`, which is given in lower case.
    pub(super) fn is_word(&self, sql: &str, keyword: &str) -> bool {
        self.kind == LexemeKind::Word && sql[self.range.clone()].eq_ignore_ascii_case(keyword)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LexemeKind {
    /// An unquoted identifier or keyword.
    Word,
    QuotedIdentifier,
    /// `U&"…"`, whose name is not its text.
    EscapedIdentifier,
    /// A string constant of any kind, dollar-quoted ones included.
    String,
    Semicolon,
    OpenParenthesis,
    CloseParenthesis,
    Dot,
    Comma,
    Equals,
    Breakpoint,
    Other,
}

/// The lexemes of `sql` up to its end, or up to where it stops being SQL.
pub(super) fn lex(sql: &str) -> (Vec<Lexeme>, Result<(), SplitError>) {
    let mut lexemes = Vec::new();
    let result = lex_into(&mut lexemes, sql);
    (lexemes, result)
}

fn lex_into(lexemes: &mut Vec<Lexeme>, sql: &str) -> Result<(), SplitError> {
    if let Some(offset) = sql.find('\0') {
        return Err(SplitError::new(sql, offset, SplitProblem::NulCharacter));
    }
    let mut offset = 0;
    // An `E'…'` that may still be continued by a string on a following line.
    let mut escape_string_open = false;
    while offset < sql.len() {
        let start = offset;
        for token in squawk_lexer::tokenize(&sql[start..]) {
            let range = offset..offset + token.len as usize;
            offset = range.end;
            let text = &sql[range.clone()];
            match token.kind {
                TokenKind::Whitespace => continue,
                TokenKind::LineComment => {
                    if text.starts_with(BREAKPOINT) {
                        // drizzle executes what follows the marker on its line.
                        offset = range.start + BREAKPOINT.len();
                        lexemes.push(Lexeme {
                            kind: LexemeKind::Breakpoint,
                            range: range.start..offset,
                        });
                        escape_string_open = false;
                        break;
                    }
                    continue;
                }
                TokenKind::BlockComment { terminated } => {
                    terminated_or(
                        terminated,
                        sql,
                        range.start,
                        SplitProblem::UnterminatedComment,
                    )?;
                    escape_string_open = false;
                    continue;
                }
                TokenKind::Literal {
                    kind: LiteralKind::Str { .. },
                } if escape_string_open && follows_newline(sql, lexemes, range.start) => {
                    offset = escape_string_end(sql, range.start).ok_or_else(|| {
                        SplitError::new(sql, range.start, SplitProblem::UnterminatedString)
                    })?;
                    lexemes.push(Lexeme {
                        kind: LexemeKind::String,
                        range: range.start..offset,
                    });
                    break;
                }
                _ => {}
            }
            escape_string_open = matches!(
                token.kind,
                TokenKind::Literal {
                    kind: LiteralKind::EscStr { .. }
                }
            );
            let kind = kind(token.kind, sql, &range)?;
            lexemes.push(Lexeme { kind, range });
        }
    }
    Ok(())
}

fn kind(kind: TokenKind, sql: &str, range: &Range<usize>) -> Result<LexemeKind, SplitError> {
    Ok(match kind {
        TokenKind::Ident => LexemeKind::Word,
        TokenKind::QuotedIdent {
            terminated,
            uescape,
        } => {
            terminated_or(
                terminated,
                sql,
                range.start,
                SplitProblem::UnterminatedIdentifier,
            )?;
            if uescape {
                LexemeKind::EscapedIdentifier
            } else {
                LexemeKind::QuotedIdentifier
            }
        }
        TokenKind::Literal { kind } => match kind {
            LiteralKind::Int { .. } | LiteralKind::Numeric { .. } => LexemeKind::Other,
            LiteralKind::DollarQuotedString { terminated } => {
                terminated_or(
                    terminated,
                    sql,
                    range.start,
                    SplitProblem::UnterminatedDollarQuote,
                )?;
                LexemeKind::String
            }
            LiteralKind::Str { terminated }
            | LiteralKind::NationalStr { terminated }
            | LiteralKind::ByteStr { terminated }
            | LiteralKind::BitStr { terminated }
            | LiteralKind::UnicodeEscStr { terminated }
            | LiteralKind::EscStr { terminated } => {
                terminated_or(
                    terminated,
                    sql,
                    range.start,
                    SplitProblem::UnterminatedString,
                )?;
                LexemeKind::String
            }
        },
        TokenKind::Semi => LexemeKind::Semicolon,
        TokenKind::OpenParen => LexemeKind::OpenParenthesis,
        TokenKind::CloseParen => LexemeKind::CloseParenthesis,
        TokenKind::Dot => LexemeKind::Dot,
        TokenKind::Comma => LexemeKind::Comma,
        TokenKind::Eq => LexemeKind::Equals,
        // PostgreSQL has no use for a backslash outside quotes; psql's own commands begin with it.
        TokenKind::Unknown if sql[range.clone()].starts_with('\\') => {
            return Err(SplitError::new(sql, range.start, SplitProblem::PsqlCommand));
        }
        _ => LexemeKind::Other,
    })
}

fn terminated_or(
    terminated: bool,
    sql: &str,
    offset: usize,
    problem: SplitProblem,
) -> Result<(), SplitError> {
    if terminated {
        Ok(())
    } else {
        Err(SplitError::new(sql, offset, problem))
    }
}

/// Whether only white space with a line end, or line comments, lie before `start`: then PostgreSQL reads the string
/// as the continuation of the one before, in whose syntax it stays (manual, 4.1.2.1 and 4.1.2.2).
fn follows_newline(sql: &str, lexemes: &[Lexeme], start: usize) -> bool {
    lexemes
        .last()
        .is_some_and(|last| sql[last.range.end..start].contains(['\n', '\r']))
}

/// The end of a string with backslash escapes whose opening quote is at `start`.
fn escape_string_end(sql: &str, start: usize) -> Option<usize> {
    let bytes = sql.as_bytes();
    let mut at = start + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'\'' if bytes.get(at + 1) == Some(&b'\'') => at += 2,
            b'\'' => return Some(at + 1),
            _ => at += 1,
        }
    }
    None
}

/// Where the line comments of `sql` lie.
pub(crate) fn line_comments(sql: &str) -> impl Iterator<Item = Range<usize>> {
    squawk_lexer::tokenize(sql)
        .scan(0, |offset, token| {
            let start = *offset;
            *offset += token.len as usize;
            Some((token.kind, start..*offset))
        })
        .filter_map(|(kind, range)| (kind == TokenKind::LineComment).then_some(range))
}
