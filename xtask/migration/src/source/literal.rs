//! Rust literals.

use super::tree::Expression;

/// A string literal in one line, whatever is in it: raw where that spares escapes.
pub(super) fn text(text: &str) -> Expression {
    Expression::Text(if text.chars().any(is_special) {
        escaped(text)
    } else {
        unescaped(text)
    })
}

/// As [`text`], but SQL keeps its line breaks.
pub(super) fn sql(sql: &str) -> Expression {
    // What ends a line unseen would be taken off by many an editor.
    let seen = |line: &str| !line.ends_with(' ') && !line.chars().any(is_special);
    Expression::Text(if sql.split('\n').all(seen) {
        unescaped(sql)
    } else {
        escaped(sql)
    })
}

/// An array of string literals.
pub(super) fn texts<'a>(texts: impl IntoIterator<Item = &'a String>) -> Expression {
    Expression::Array(texts.into_iter().map(|it| text(it)).collect())
}

/// An integer literal with a `_` between each three digits of a long one. One that is no `i32` is told to be an `i64` where it `may_be_either`.
pub(super) fn integer(value: i64, may_be_either: bool) -> Expression {
    let digits = value.unsigned_abs().to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && digits.len() > 4 && (digits.len() - place).is_multiple_of(3) {
            text.push('_');
        }
        text.push(digit);
    }
    let sign = if value < 0 { "-" } else { "" };
    let is_long = may_be_either && i32::try_from(value).is_err();
    let suffix = if is_long { "_i64" } else { "" };
    Expression::Text(format!("{sign}{text}{suffix}"))
}

/// Whether a character is not seen as what it is, or not allowed in a literal.
fn is_special(c: char) -> bool {
    !matches!(c, '"' | '\\' | '\'') && c.escape_debug().len() > 1
}

fn unescaped(text: &str) -> String {
    if !text.contains(['"', '\\']) {
        return format!("\"{text}\"");
    }
    let mut hashes = String::new();
    while text.contains(&format!("\"{hashes}")) {
        hashes.push('#');
    }
    format!("r{hashes}\"{text}\"{hashes}")
}

fn escaped(text: &str) -> String {
    let mut literal = "\"".to_owned();
    for c in text.chars() {
        match c {
            '\'' => literal.push(c),
            c => literal.extend(c.escape_debug()),
        }
    }
    literal.push('"');
    literal
}

#[cfg(test)]
mod tests {
    use super::super::tree::Expression;
    use super::{integer, sql, text};

    fn shown(expression: Expression) -> String {
        match expression {
            Expression::Text(text) => text,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_text_is_escaped_where_it_must_and_raw_where_that_reads_better() {
        for (given, literal) in [
            ("it's", "\"it's\""),
            ("größe {} %", "\"größe {} %\""),
            ("a\"b", "r#\"a\"b\"#"),
            (r"a\b", r#"r"a\b""#),
            ("a\"#b\"##", "r###\"a\"#b\"##\"###"),
            ("a\nb\"\\", r#""a\nb\"\\""#),
            ("a\tb\r\u{0}", r#""a\tb\r\0""#),
            ("\u{202e}x\u{200b}", r#""\u{202e}x\u{200b}""#),
        ] {
            assert_eq!(shown(text(given)), literal);
        }
        assert_eq!(
            shown(sql("SELECT \"a\"\n  FROM t")),
            "r#\"SELECT \"a\"\n  FROM t\"#"
        );
        assert_eq!(shown(sql("SELECT \n1")), r#""SELECT \n1""#);
    }

    #[test]
    fn a_long_integer_has_groups_and_its_type() {
        for (value, either, literal) in [
            (0, true, "0"),
            (-1000, true, "-1000"),
            (12345, true, "12_345"),
            (3_000_000_000, true, "3_000_000_000_i64"),
            (i64::MIN, false, "-9_223_372_036_854_775_808"),
        ] {
            assert_eq!(shown(integer(value, either)), literal);
        }
    }
}
