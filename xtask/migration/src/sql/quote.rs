//! What quotes and parentheses a text needs inside of others.

use pg_schema::quote_identifier;

use super::lexer::line_comments;

/// Words that are no name of a role, tablespace or the like without quotes: PostgreSQL's reserved ones, those for functions and types included
/// (manual, appendix C).
const RESERVED: &str = "analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation column concurrently constraint create cross current_catalog current_date current_role current_schema current_time current_timestamp current_user default deferrable desc distinct do else end except false fetch for foreign freeze from full grant group having ilike in initially inner intersect into is isnull join lateral leading left like limit localtime localtimestamp natural not notnull null offset on only or order outer overlaps placing primary references returning right select session_user similar some symmetric system_user table tablesample then to trailing true union unique user using variadic verbose when where window with";

/// `name` as drizzle-kit leaves it where PostgreSQL reads it so, and quoted where it does not.
pub(crate) fn bare_or_quoted(name: &str) -> String {
    let mut letters = name.chars();
    let is_letter = |c: char| c.is_ascii_lowercase() || c == '_';
    let is_plain = letters.next().is_some_and(is_letter)
        && letters.all(|c| is_letter(c) || c.is_ascii_digit());
    if is_plain && !RESERVED.split(' ').any(|word| word == name) {
        name.to_owned()
    } else {
        quote_identifier(name)
    }
}

/// `sql` in parentheses, which a comment at its end must not swallow.
pub(crate) fn in_parentheses(sql: &str) -> String {
    format!("({sql}{})", break_after(sql))
}

/// The line break that must follow `sql`, so that a comment at its end does not swallow what comes then.
pub(crate) fn break_after(sql: &str) -> &'static str {
    let commented = line_comments(sql)
        .last()
        .is_some_and(|last| last.end == sql.len());
    if commented { "\n" } else { "" }
}

#[cfg(test)]
mod tests {
    use super::{bare_or_quoted, in_parentheses};

    #[test]
    fn a_name_is_quoted_only_where_it_must() {
        assert_eq!(bare_or_quoted("app_admin2"), "app_admin2");
        for name in ["Admin", "2nd", "user", "a b", "größe", "a\"b", "left", ""] {
            assert!(bare_or_quoted(name).starts_with('"'), "{name}");
        }
    }

    #[test]
    fn a_comment_at_the_end_does_not_swallow_the_parenthesis() {
        assert_eq!(in_parentheses("a -- b\n> 1"), "(a -- b\n> 1)");
        assert_eq!(in_parentheses("a > 1 -- b"), "(a > 1 -- b\n)");
        assert_eq!(in_parentheses("a = '--'"), "(a = '--')");
    }
}
