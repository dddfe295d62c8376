//! The one function for quoting identifiers and the one for literals (PostgreSQL manual, 4.1.1 and 4.1.2.1), and the search for a name in SQL.

/// `name` as a quoted identifier: always in double quotes, inner ones doubled.
#[must_use]
pub fn quote_identifier(name: &str) -> String {
    ["\"", &name.replace('"', "\"\""), "\""].concat()
}

/// `text` as a string constant, inner quotes doubled.
///
/// Correct under `standard_conforming_strings = on`, the default since PostgreSQL 9.1, which the connection sets.
#[must_use]
pub fn quote_literal(text: &str) -> String {
    ["'", &text.replace('\'', "''"), "'"].concat()
}

/// Whether `sql` may refer to `name`: whether it stands there as a word. String constants count too, so this can say yes in vain, but never no.
#[must_use]
pub fn mentions(sql: &str, name: &str) -> bool {
    let sql = sql.to_lowercase();
    let name = name.replace('"', "\"\"").to_lowercase();
    let in_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$');
    let at_edge = |inside: Option<char>, outside: Option<char>| {
        !(inside.is_some_and(in_word) && outside.is_some_and(in_word))
    };
    sql.match_indices(&name).any(|(start, found)| {
        at_edge(found.chars().next(), sql[..start].chars().next_back())
            && at_edge(
                found.chars().next_back(),
                sql[start + found.len()..].chars().next(),
            )
    })
}

#[cfg(test)]
mod tests {
    use super::mentions;

    #[test]
    fn a_name_is_mentioned_as_a_whole_word() {
        for sql in ["c > 0", "\"t\".\"c\"", "lower(C)", "a+c"] {
            assert!(mentions(sql, "c"), "{sql}");
        }
        for sql in ["price > 0", "c1", "_c", "\"ca\""] {
            assert!(!mentions(sql, "c"), "{sql}");
        }
        assert!(mentions("\"a\"\"b\" = 1", "a\"b"));
        assert!(mentions("\"größe (cm)\" > 1", "größe (cm)"));
    }
}
