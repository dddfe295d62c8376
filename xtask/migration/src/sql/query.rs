//! Which statements are queries.

use super::lexer::{LexemeKind, lex};

/// Whether a statement is a query as `DECLARE … CURSOR FOR` takes it: SELECT, VALUES, TABLE, or WITH without a part that changes rows. Not sure means no:
/// a name like `"update"` in a WITH is taken for the statement, if it is not quoted.
///
/// `SELECT … INTO` looks like one. PostgreSQL tells it from a query by its having no columns.
#[must_use]
pub fn is_query(statement: &str) -> bool {
    let (lexemes, lexed) = lex(statement);
    let mut lexemes = lexemes
        .iter()
        .skip_while(|lexeme| lexeme.kind == LexemeKind::OpenParenthesis);
    let Some(first) = lexemes.next() else {
        return false;
    };
    let is_one_of = |words: &[&str]| words.iter().any(|word| first.is_word(statement, word));
    lexed.is_ok()
        && (is_one_of(&["select", "values", "table"])
            || first.is_word(statement, "with")
                && !lexemes.any(|lexeme| {
                    let mut changing = ["insert", "update", "delete", "merge"].iter();
                    changing.any(|word| lexeme.is_word(statement, word))
                }))
}

#[cfg(test)]
mod tests {
    use super::is_query;

    #[test]
    fn queries_are_told_from_what_changes_rows() {
        for query in [
            "SELECT 1",
            "select 1 -- delete",
            "VALUES (1)",
            "TABLE t",
            "((SELECT 1))",
            "WITH x AS (SELECT 'insert', \"update\" FROM t /* merge */) SELECT * FROM x",
            "WITH RECURSIVE x AS (SELECT 1) SELECT * FROM x",
        ] {
            assert!(is_query(query), "{query}");
        }
        for other in [
            "",
            "INSERT INTO t VALUES (1) RETURNING id",
            "WITH x AS (INSERT INTO t VALUES (1) RETURNING id) SELECT * FROM x",
            "(WITH x AS (DELETE FROM t RETURNING id) SELECT * FROM x)",
            "WITH x AS (SELECT 1) UPDATE t SET id = 1 RETURNING id",
            "WITH x AS (SELECT 1) MERGE INTO t USING x ON true WHEN MATCHED THEN DELETE",
            "SHOW ALL",
            "EXECUTE p",
            "\"select\"",
        ] {
            assert!(!is_query(other), "{other}");
        }
    }
}
