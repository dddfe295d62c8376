//! Which names a query or condition may refer to.

use std::collections::HashSet;

use super::lexer::{LexemeKind, lex};

/// Functions and types whose string constants are names.
const READ_NAMES: [&str; 4] = ["nextval", "currval", "setval", "regclass"];

/// The names in an SQL text, as PostgreSQL folds them.
#[derive(Debug, Default)]
pub(crate) struct Words {
    names: HashSet<String>,
    /// Whether it takes all columns of something: `*`, but not `count(*)` or a product.
    pub(crate) selects_all: bool,
}

impl Words {
    pub(crate) fn of(sql: &str) -> Self {
        let (lexemes, _) = lex(sql);
        let mut words = Self::default();
        let mut strings = Vec::new();
        for (index, lexeme) in lexemes.iter().enumerate() {
            let text = &sql[lexeme.range.clone()];
            match lexeme.kind {
                LexemeKind::Word => {
                    words.names.insert(text.to_lowercase());
                }
                LexemeKind::QuotedIdentifier => {
                    words
                        .names
                        .insert(text[1..text.len() - 1].replace("\"\"", "\""));
                }
                LexemeKind::String => strings.push(text),
                LexemeKind::Other if text == "*" => {
                    let before = index.checked_sub(1).map(|before| &lexemes[before]);
                    let begins_list = before.is_some_and(|before| {
                        matches!(before.kind, LexemeKind::Dot | LexemeKind::Comma)
                            || ["select", "distinct", "all"]
                                .iter()
                                .any(|word| before.is_word(sql, word))
                    });
                    let ends_list = lexemes
                        .get(index + 1)
                        .is_some_and(|after| after.is_word(sql, "from"));
                    words.selects_all |= begins_list || ends_list;
                }
                _ => {}
            }
        }
        if READ_NAMES.iter().any(|word| words.names.contains(*word)) {
            for string in strings {
                let parts = Self::of(string.trim_matches('\''));
                words.names.extend(parts.names);
            }
        }
        words
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// Adds the later name of something, if the earlier one is there: that may be something else's.
    pub(crate) fn rename(&mut self, from: &str, to: &str) {
        if self.has(from) {
            self.names.insert(to.to_owned());
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::Words;

    #[test]
    fn names_are_folded_as_postgresql_folds_them() {
        let words = Words::of(
            r#"SELECT u.Id, "u"."Na""me" FROM Users u -- other
            WHERE x = 'constant'"#,
        );
        for name in ["id", "u", "Na\"me", "users", "x"] {
            assert!(words.has(name), "{name}");
        }
        for name in ["Id", "Users", "other", "constant"] {
            assert!(!words.has(name), "{name}");
        }
        assert!(Words::of("nextval('app.\"S\"'::regclass)").has("S"));
    }

    #[test]
    fn only_a_list_of_columns_is_all_columns() {
        for sql in [
            "select * from t",
            "SELECT t.* FROM t",
            "select 1, * from t",
            "select distinct on (a) * from t",
            "select distinct *",
        ] {
            assert!(Words::of(sql).selects_all, "{sql}");
        }
        for sql in [
            "select count(*) from t",
            "select a * b from t",
            "select 2*(a) from t",
            "select '*' from t /* * */",
        ] {
            assert!(!Words::of(sql).selects_all, "{sql}");
        }
    }
}
