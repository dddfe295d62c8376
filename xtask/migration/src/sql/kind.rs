//! What a statement means for transactions, judged by its keywords.

use super::lexer::{Lexeme, LexemeKind, lex};

/// What a statement means for the transaction that it runs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatementKind {
    /// Runs inside a transaction block, and cannot end one.
    Ordinary,
    /// Begins, ends or divides a transaction.
    TransactionControl(TransactionControl),
    /// `CREATE INDEX CONCURRENTLY`; nothing is known about an index that has no name, or an escaped one (`U&"…"`).
    CreateIndexConcurrently(Option<ConcurrentIndex>),
    /// `DROP INDEX CONCURRENTLY`; nothing is known about an index with an escaped name (`U&"…"`).
    DropIndexConcurrently(Option<ConcurrentIndex>),
    /// Any other statement that PostgreSQL refuses inside a transaction block; the text is what PostgreSQL calls it.
    Autocommit(&'static str),
    /// It depends on the objects that it meets: `CALL` (the procedure may commit), `DROP SUBSCRIPTION` (it may have a
    /// slot), `REINDEX` and `CLUSTER` (the table may be partitioned). Outside a transaction it works in any case.
    Undecided,
    /// `DISCARD ALL`, which also lets go of the session's locks.
    DiscardAll,
}

/// A statement of the transaction's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransactionControl {
    /// `BEGIN` or `START TRANSACTION`, with default modes.
    Begin,
    /// `BEGIN` or `START TRANSACTION` with an isolation level or an access mode.
    BeginWithModes,
    /// `COMMIT` or `END`.
    Commit,
    /// `SAVEPOINT`, `RELEASE` and `ROLLBACK TO`: they cannot end a transaction.
    Savepoint,
    /// `ROLLBACK`, `ABORT`, `COMMIT AND CHAIN`, and the statements of two-phase commit.
    Other,
}

/// How a statement may be run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunsIn {
    /// In a transaction, together with others.
    Transaction,
    /// By itself, outside any transaction block.
    Autocommit,
}

/// The index of a `CREATE` or `DROP INDEX CONCURRENTLY`, by names as the catalogs hold them: unquoted ones folded to
/// lower case, all of them cut at 63 bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConcurrentIndex {
    /// The schema, where the statement says it: that of the table, for an index lies in the schema of its table.
    pub schema: Option<String>,
    /// The index.
    pub name: String,
    /// The table, for `CREATE`.
    pub table: Option<String>,
}

impl StatementKind {
    /// What PostgreSQL calls a statement that it refuses inside a transaction block.
    pub(crate) fn refused_in_transaction(&self) -> Option<&'static str> {
        match self {
            Self::CreateIndexConcurrently(_) => Some("CREATE INDEX CONCURRENTLY"),
            Self::DropIndexConcurrently(_) => Some("DROP INDEX CONCURRENTLY"),
            Self::Autocommit(what) => Some(what),
            Self::Ordinary | Self::TransactionControl(_) | Self::Undecided | Self::DiscardAll => {
                None
            }
        }
    }

    pub(super) fn runs_in(&self) -> RunsIn {
        if *self == Self::Undecided || self.refused_in_transaction().is_some() {
            RunsIn::Autocommit
        } else {
            RunsIn::Transaction
        }
    }
}

/// The statements that PostgreSQL 14 to 18 refuses in a transaction block are those that call
/// `PreventInTransactionBlock`; their manual pages say “cannot be executed inside a transaction block”.
pub(super) fn classify(sql: &str, lexemes: &[Lexeme]) -> StatementKind {
    use StatementKind::{Autocommit, Ordinary, Undecided};
    let mut words = Words { sql, lexemes };
    let Some(first) = words.next_word() else {
        return Ordinary;
    };
    match first.as_str() {
        "begin" | "start" | "commit" | "end" | "rollback" | "abort" | "prepare" | "savepoint"
        | "release" => {
            transaction_control(&first, words).map_or(Ordinary, StatementKind::TransactionControl)
        }
        "create" => create(words),
        "drop" => drop(words),
        "alter" => alter(words),
        "reindex" => reindex(words),
        "vacuum" => Autocommit("VACUUM"),
        "cluster" => {
            words.eat("verbose");
            words.skip_parentheses();
            if words.is_empty() {
                Autocommit("CLUSTER of all tables")
            } else {
                Undecided
            }
        }
        "call" => Undecided,
        "do" if lexemes
            .iter()
            .any(|lexeme| commits(&sql[lexeme.range.clone()])) =>
        {
            Autocommit("DO with COMMIT")
        }
        "discard" if words.eat("all") => StatementKind::DiscardAll,
        _ => Ordinary,
    }
}

fn transaction_control(first: &str, mut words: Words<'_>) -> Option<TransactionControl> {
    Some(match first {
        "begin" | "start" => {
            if !(words.eat("transaction") || first == "begin") {
                return None;
            }
            words.eat("work");
            if words.is_empty() {
                TransactionControl::Begin
            } else {
                TransactionControl::BeginWithModes
            }
        }
        "prepare" => {
            if !words.eat("transaction") {
                return None;
            }
            TransactionControl::Other
        }
        "savepoint" | "release" => TransactionControl::Savepoint,
        _ => {
            let _ = words.eat("work") || words.eat("transaction");
            if first == "rollback" && words.eat("to") {
                return Some(TransactionControl::Savepoint);
            }
            let _ = words.eat_all(&["and", "no", "chain"]);
            let commits = first == "commit" || first == "end";
            if commits && words.is_empty() {
                TransactionControl::Commit
            } else {
                TransactionControl::Other
            }
        }
    })
}

fn create(mut words: Words<'_>) -> StatementKind {
    use StatementKind::{Autocommit, Ordinary};
    if words.eat("database") {
        return Autocommit("CREATE DATABASE");
    }
    if words.eat("tablespace") {
        return Autocommit("CREATE TABLESPACE");
    }
    if words.eat("subscription") {
        let without_slot = words.has_disabled("create_slot") || words.has_disabled("connect");
        return if without_slot {
            Ordinary
        } else {
            Autocommit("CREATE SUBSCRIPTION with a slot")
        };
    }
    words.eat("unique");
    if !words.eat_all(&["index", "concurrently"]) {
        return Ordinary;
    }
    words.eat_all(&["if", "not", "exists"]);
    let index = words.index_to_create();
    StatementKind::CreateIndexConcurrently(index)
}

fn drop(mut words: Words<'_>) -> StatementKind {
    use StatementKind::{Autocommit, Ordinary, Undecided};
    if words.eat("database") {
        return Autocommit("DROP DATABASE");
    }
    if words.eat("tablespace") {
        return Autocommit("DROP TABLESPACE");
    }
    if words.eat("subscription") {
        return Undecided;
    }
    if !words.eat_all(&["index", "concurrently"]) {
        return Ordinary;
    }
    words.eat_all(&["if", "exists"]);
    let index = words
        .qualified_name()
        .map(|(schema, name)| ConcurrentIndex {
            schema,
            name,
            table: None,
        });
    StatementKind::DropIndexConcurrently(index)
}

fn alter(mut words: Words<'_>) -> StatementKind {
    use StatementKind::{Autocommit, Ordinary};
    if words.eat("system") {
        return Autocommit("ALTER SYSTEM");
    }
    if words.eat("database") {
        return if words.contains(&["set", "tablespace"]) {
            Autocommit("ALTER DATABASE SET TABLESPACE")
        } else {
            Ordinary
        };
    }
    if words.eat("subscription") {
        let refreshes = words.contains(&["refresh", "publication"])
            || words.contains(&["publication"]) && !words.has_disabled("refresh");
        return if refreshes {
            Autocommit("ALTER SUBSCRIPTION with refresh")
        } else {
            Ordinary
        };
    }
    let detaches = words.eat("table")
        && words.contains(&["detach", "partition"])
        && words
            .lexemes
            .last()
            .is_some_and(|last| last.is_word(words.sql, "concurrently"));
    if detaches {
        Autocommit("ALTER TABLE … DETACH PARTITION CONCURRENTLY")
    } else {
        Ordinary
    }
}

fn reindex(mut words: Words<'_>) -> StatementKind {
    use StatementKind::{Autocommit, Undecided};
    let options = words.skip_parentheses();
    let concurrently = options.contains(&["concurrently"]) && !options.has_disabled("concurrently");
    let object = words.next_word().unwrap_or_default();
    if concurrently || words.eat("concurrently") {
        return Autocommit("REINDEX CONCURRENTLY");
    }
    match object.as_str() {
        "schema" => Autocommit("REINDEX SCHEMA"),
        "database" => Autocommit("REINDEX DATABASE"),
        "system" => Autocommit("REINDEX SYSTEM"),
        _ => Undecided,
    }
}

/// Whether the code of a DO statement, given as the constant that holds it, ends a transaction (manual, 43.8): the
/// word alone does not, for it may name a column.
fn commits(constant: &str) -> bool {
    let Some(code) = dollar_quoted(constant) else {
        return false;
    };
    let (lexemes, _) = lex(code);
    lexemes.windows(3).any(|window| {
        let [before, word, after] = window else {
            return false;
        };
        let begins_statement = before.kind == LexemeKind::Semicolon
            || ["begin", "then", "else", "loop"]
                .iter()
                .any(|keyword| before.is_word(code, keyword));
        let ends_transaction = word.is_word(code, "commit") || word.is_word(code, "rollback");
        let ends_statement = after.kind == LexemeKind::Semicolon || after.is_word(code, "and");
        begins_statement && ends_transaction && ends_statement
    })
}

/// The content of `$tag$…$tag$`.
fn dollar_quoted(constant: &str) -> Option<&str> {
    let tag_length = constant.strip_prefix('$')?.find('$')? + 2;
    constant.get(tag_length..constant.len().checked_sub(tag_length)?)
}

/// Whether it is a COPY whose other end is the client.
pub(super) fn copies_from_client(sql: &str, lexemes: &[Lexeme]) -> bool {
    let mut words = Words { sql, lexemes };
    words.eat("copy")
        && ["from", "to"].iter().any(|direction| {
            words.contains(&[direction, "stdin"]) || words.contains(&[direction, "stdout"])
        })
}

/// Whether it begins with `CREATE [OR REPLACE] FUNCTION` or `PROCEDURE`.
pub(super) fn creates_routine(sql: &str, lexemes: &[Lexeme]) -> bool {
    let mut words = Words { sql, lexemes };
    if !words.eat("create") {
        return false;
    }
    words.eat_all(&["or", "replace"]);
    words.eat("function") || words.eat("procedure")
}

/// A statement, or what is left of it.
#[derive(Clone, Copy)]
struct Words<'a> {
    sql: &'a str,
    lexemes: &'a [Lexeme],
}

impl<'a> Words<'a> {
    fn is_empty(&self) -> bool {
        self.lexemes.is_empty()
    }

    fn text(&self, lexeme: &Lexeme) -> &'a str {
        &self.sql[lexeme.range.clone()]
    }

    /// Takes the next lexeme when it is a word.
    fn next_word(&mut self) -> Option<String> {
        let (first, rest) = self.lexemes.split_first()?;
        if first.kind != LexemeKind::Word {
            return None;
        }
        self.lexemes = rest;
        Some(self.text(first).to_ascii_lowercase())
    }

    fn eat(&mut self, keyword: &str) -> bool {
        self.eat_all(&[keyword])
    }

    /// Takes the next lexemes when they are these words, all of them.
    fn eat_all(&mut self, keywords: &[&str]) -> bool {
        let eaten = self.starts_with(keywords);
        if eaten {
            self.lexemes = &self.lexemes[keywords.len()..];
        }
        eaten
    }

    fn starts_with(&self, keywords: &[&str]) -> bool {
        self.lexemes.len() >= keywords.len()
            && keywords
                .iter()
                .zip(self.lexemes)
                .all(|(keyword, lexeme)| lexeme.is_word(self.sql, keyword))
    }

    /// Whether these words follow each other anywhere, parentheses included.
    fn contains(&self, keywords: &[&str]) -> bool {
        (0..self.lexemes.len()).any(|start| {
            Self {
                lexemes: &self.lexemes[start..],
                ..*self
            }
            .starts_with(keywords)
        })
    }

    /// Whether an option is switched off: `option = false`, or without the `=`.
    fn has_disabled(&self, option: &str) -> bool {
        self.lexemes.iter().enumerate().any(|(index, lexeme)| {
            let mut after = self.lexemes[index + 1..].iter();
            lexeme.is_word(self.sql, option)
                && after
                    .find(|next| next.kind != LexemeKind::Equals)
                    .is_some_and(|value| {
                        let value = self.text(value).trim_matches('\'').to_ascii_lowercase();
                        ["false", "off", "0"].contains(&value.as_str())
                    })
        })
    }

    /// Takes a parenthesis that comes next, and returns what it holds.
    fn skip_parentheses(&mut self) -> Self {
        let mut depth = 0_usize;
        let length = self.lexemes.iter().position(|lexeme| {
            match lexeme.kind {
                LexemeKind::OpenParenthesis => depth += 1,
                LexemeKind::CloseParenthesis => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0
        });
        let opens = self
            .lexemes
            .first()
            .is_some_and(|first| first.kind == LexemeKind::OpenParenthesis);
        let (inside, rest) = match length {
            Some(last) if opens => self.lexemes.split_at(last + 1),
            _ => self.lexemes.split_at(0),
        };
        self.lexemes = rest;
        Self {
            lexemes: inside,
            ..*self
        }
    }

    /// `name ON [ONLY] [schema.]table`.
    fn index_to_create(&mut self) -> Option<ConcurrentIndex> {
        // ON is reserved, so it is not the name.
        if self.starts_with(&["on"]) {
            return None;
        }
        let name = self.name()?;
        if !self.eat("on") {
            return None;
        }
        self.eat("only");
        let (schema, table) = self.qualified_name()?;
        Some(ConcurrentIndex {
            schema,
            name,
            table: Some(table),
        })
    }

    /// `[[database.]schema.]name`, of which the database is left out.
    fn qualified_name(&mut self) -> Option<(Option<String>, String)> {
        let mut schema = None;
        let mut name = self.name()?;
        while let [dot, rest @ ..] = self.lexemes
            && dot.kind == LexemeKind::Dot
        {
            self.lexemes = rest;
            schema = Some(name);
            name = self.name()?;
        }
        Some((schema, name))
    }

    fn name(&mut self) -> Option<String> {
        let (first, rest) = self.lexemes.split_first()?;
        let text = self.text(first);
        let name = match first.kind {
            LexemeKind::Word => text.to_ascii_lowercase(),
            LexemeKind::QuotedIdentifier => text[1..text.len() - 1].replace("\"\"", "\""),
            _ => return None,
        };
        self.lexemes = rest;
        Some(name[..name.floor_char_boundary(MAX_IDENTIFIER_BYTES)].to_owned())
    }
}

/// PostgreSQL cuts longer identifiers off (manual, 4.1.1).
const MAX_IDENTIFIER_BYTES: usize = 63;
