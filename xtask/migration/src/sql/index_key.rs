//! Which expressions can be a key of an index as they stand.

use super::lexer::{Lexeme, LexemeKind, lex};

/// Words that begin an expression which is neither a column nor a call.
const PREFIXES: [&str; 5] = ["case", "not", "array", "row", "exists"];

/// Words that are operators, or parts of one.
const OPERATORS: [&str; 16] = [
    "and", "or", "not", "is", "isnull", "notnull", "in", "like", "ilike", "similar", "between",
    "at", "operator", "overlaps", "any", "all",
];

/// Whether an expression needs no parentheses as a key of an index: a column, a call or a group in parentheses, and behind it nothing but a
/// collation, an operator class, ASC or DESC and NULLS FIRST or LAST (manual, CREATE INDEX).
pub(crate) fn is_index_key(expression: &str) -> bool {
    let (lexemes, lexed) = lex(expression);
    let is_one_of =
        |lexeme: &Lexeme, words: &[&str]| words.iter().any(|word| lexeme.is_word(expression, word));
    lexed.is_ok()
        && head(&lexemes, |first| is_one_of(first, &PREFIXES)).is_some_and(|options| {
            without_groups(options).all(|lexeme| match lexeme.kind {
                LexemeKind::Word => !is_one_of(lexeme, &OPERATORS),
                LexemeKind::QuotedIdentifier | LexemeKind::Dot => true,
                _ => false,
            })
        })
}

/// What follows the column, call or group at the beginning.
fn head(lexemes: &[Lexeme], is_prefix: impl Fn(&Lexeme) -> bool) -> Option<&[Lexeme]> {
    let first = lexemes.first()?;
    match first.kind {
        LexemeKind::OpenParenthesis => group(lexemes),
        LexemeKind::Word | LexemeKind::QuotedIdentifier if !is_prefix(first) => {
            let mut rest = &lexemes[1..];
            while let [dot, _, after @ ..] = rest
                && dot.kind == LexemeKind::Dot
            {
                rest = after;
            }
            match rest.first() {
                Some(open) if open.kind == LexemeKind::OpenParenthesis => group(rest),
                _ if rest.len() + 1 < lexemes.len() => None,
                _ => Some(rest),
            }
        }
        _ => None,
    }
}

/// What follows the parentheses that open at the beginning.
fn group(lexemes: &[Lexeme]) -> Option<&[Lexeme]> {
    let mut depth = 0_usize;
    for (index, lexeme) in lexemes.iter().enumerate() {
        match lexeme.kind {
            LexemeKind::OpenParenthesis => depth += 1,
            LexemeKind::CloseParenthesis => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if depth == 0 {
            return Some(&lexemes[index + 1..]);
        }
    }
    None
}

/// The lexemes outside of parentheses, in which the parameters of an operator class stand.
fn without_groups(lexemes: &[Lexeme]) -> impl Iterator<Item = &Lexeme> {
    let mut depth = 0_usize;
    lexemes.iter().filter(move |lexeme| {
        match lexeme.kind {
            LexemeKind::OpenParenthesis => depth += 1,
            LexemeKind::CloseParenthesis => {
                depth = depth.saturating_sub(1);
                return false;
            }
            _ => {}
        }
        depth == 0
    })
}

#[cfg(test)]
mod tests {
    use super::is_index_key;

    #[test]
    fn parentheses_are_needed_around_operators_only() {
        for bare in [
            "lower(a)",
            "(a || b)",
            "a",
            "\"A b\" gin_trgm_ops",
            "lower(\"b\") DESC",
            "pg_catalog.lower(a) text_pattern_ops DESC NULLS LAST",
            "a COLLATE \"C\" ASC",
            "a gist_trgm_ops(siglen=32)",
            "to_tsvector('english', a || ' (' || b)",
            "coalesce(a, (b))",
        ] {
            assert!(is_index_key(bare), "{bare}");
        }
        for grouped in [
            "a || b",
            "(a) || (b)",
            "lower(a) || ')'",
            "data ->> 'x'",
            "a::text",
            "a IS NULL",
            "t.a",
            "CASE a WHEN b THEN c END",
            "NOT a",
            "a AT TIME ZONE 'UTC'",
            "ARRAY[a]",
            "'x'",
            "",
        ] {
            assert!(!is_index_key(grouped), "{grouped}");
        }
    }
}
