//! Texts and names as PostgreSQL makes them.

use pg_schema::MAX_NAME_BYTES;

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

/// The name that PostgreSQL gives what belongs to a table or a column of it: cut so that the suffix fits (`makeObjectName`).
pub(crate) fn automatic_name(table: &str, column: Option<&str>, suffix: &str) -> String {
    let separators = usize::from(column.is_some()) + 1;
    let available = MAX_NAME_BYTES - suffix.len() - separators;
    let (mut of_table, mut of_column) = (table.len(), column.map_or(0, str::len));
    while of_table + of_column > available {
        if of_table > of_column {
            of_table -= 1;
        } else {
            of_column -= 1;
        }
    }
    let table = cut(table, of_table);
    match column {
        Some(column) => format!("{table}_{}_{suffix}", cut(column, of_column)),
        None => format!("{table}_{suffix}"),
    }
}

fn cut(name: &str, bytes: usize) -> &str {
    &name[..name.floor_char_boundary(bytes)]
}

#[cfg(test)]
mod tests {
    use super::{automatic_name, bare};

    #[test]
    fn only_parentheses_around_the_whole_are_taken_off() {
        assert_eq!(bare("((a > 0))"), "a > 0");
        assert_eq!(bare("((a > 0) AND (b > 0))"), "(a > 0) AND (b > 0)");
        assert_eq!(bare("(a > 0) AND (b > 0)"), "(a > 0) AND (b > 0)");
        assert_eq!(bare("((a)::text = ')'::text)"), "(a)::text = ')'::text");
        assert_eq!(bare(r#"("a)" = '(''')"#), r#""a)" = '('''"#);
        assert_eq!(bare("lower((a)::text)"), "lower((a)::text)");
    }

    #[test]
    fn a_long_name_is_cut_as_postgresql_does_it() {
        let (long, umlauts) = ("t".repeat(63), "ä".repeat(31));
        assert_eq!(automatic_name("t", Some("id"), "seq"), "t_id_seq");
        assert_eq!(
            automatic_name(&long, None, "pkey"),
            format!("{}_pkey", "t".repeat(58))
        );
        assert_eq!(
            automatic_name(&long, Some(&long), "seq"),
            format!("{}_{}_seq", "t".repeat(29), "t".repeat(29))
        );
        assert_eq!(
            automatic_name(&umlauts, None, "pkey"),
            format!("{}_pkey", "ä".repeat(29))
        );
    }
}
