//! Texts and names as PostgreSQL makes them.

/// An expression without the parentheses that PostgreSQL prints around the whole of it.
pub(super) fn bare(expression: &str) -> &str {
    let mut expression = expression.trim();
    while let Some(inner) = inside_parentheses(expression) {
        expression = inner.trim();
    }
    expression
}

/// What stands between the first and the last character, if these are a pair of parentheses.
fn inside_parentheses(expression: &str) -> Option<&str> {
    let inner = expression.strip_prefix('(')?.strip_suffix(')')?;
    let (mut depth, mut quote) = (0_usize, None);
    for c in inner.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '\'' | '"') => quote = Some(c),
            (None, '(') => depth += 1,
            (None, ')') => depth = depth.checked_sub(1)?,
            _ => {}
        }
    }
    (depth == 0).then_some(inner)
}

#[cfg(test)]
mod tests {
    use super::bare;

    #[test]
    fn only_parentheses_around_the_whole_are_taken_off() {
        assert_eq!(bare("((a > 0))"), "a > 0");
        assert_eq!(bare("((a > 0) AND (b > 0))"), "(a > 0) AND (b > 0)");
        assert_eq!(bare("(a > 0) AND (b > 0)"), "(a > 0) AND (b > 0)");
        assert_eq!(bare("((a)::text = ')'::text)"), "(a)::text = ')'::text");
        assert_eq!(bare(r#"("a)" = '(''')"#), r#""a)" = '('''"#);
        assert_eq!(bare("lower((a)::text)"), "lower((a)::text)");
    }
}
