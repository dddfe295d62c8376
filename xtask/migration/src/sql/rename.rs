//! Names in expressions over a table's columns, put in other words after a rename.

use std::borrow::Cow;
use std::collections::HashMap;

use super::lexer::{Lexeme, LexemeKind, lex};
use super::quote::bare_or_quoted;

/// What is called otherwise in the expressions of a table.
#[derive(Debug)]
pub(crate) struct RenamedNames<'a> {
    /// The table's earlier and its later name, by which columns can be qualified.
    pub(crate) table: (&'a str, &'a str),
    /// The same of its schema.
    pub(crate) schema: (&'a str, &'a str),
    /// Columns, by their earlier names.
    pub(crate) columns: HashMap<&'a str, &'a str>,
}

impl RenamedNames<'_> {
    fn is_empty(&self) -> bool {
        self.table.0 == self.table.1 && self.schema.0 == self.schema.1 && self.columns.is_empty()
    }

    /// The expression as it would be written now: a name in quotes stays in quotes. What may be no column stays as it is: the name of a function or
    /// a type, and what is qualified by anything but the table.
    pub(crate) fn applied_to(&self, sql: &str) -> String {
        if self.is_empty() {
            return sql.to_owned();
        }
        let (lexemes, _) = lex(sql);
        let mut text = String::with_capacity(sql.len());
        let mut end = 0;
        for (index, lexeme) in lexemes.iter().enumerate() {
            if let Some(name) = self.replacement(sql, &lexemes, index) {
                text.push_str(&sql[end..lexeme.range.start]);
                text.push_str(&name);
                end = lexeme.range.end;
            }
        }
        text.push_str(&sql[end..]);
        text
    }

    fn replacement(&self, sql: &str, lexemes: &[Lexeme], index: usize) -> Option<String> {
        let name = name_of(sql, &lexemes[index])?;
        let kind = |place: usize| lexemes.get(place).map(|lexeme| lexeme.kind);
        let follows_dot = index > 0 && kind(index - 1) == Some(LexemeKind::Dot);
        let later = match kind(index + 1) {
            Some(LexemeKind::OpenParenthesis) => return None,
            Some(LexemeKind::Dot) => {
                let is_schema = !follows_dot && kind(index + 3) == Some(LexemeKind::Dot);
                let names = if is_schema { self.schema } else { self.table };
                Some(names).filter(|(earlier, _)| *earlier == name)?.1
            }
            _ if follows_dot => {
                let qualifier = name_of(sql, lexemes.get(index.checked_sub(2)?)?)?;
                let columns = Some(&self.columns).filter(|_| qualifier == self.table.0);
                columns?.get(&*name)?
            }
            _ if is_type(sql, lexemes, index) => return None,
            _ => self.columns.get(&*name)?,
        };
        Some(match lexemes[index].kind {
            LexemeKind::Word => bare_or_quoted(later),
            _ => pg_schema::quote_identifier(later),
        })
    }
}

fn name_of<'a>(sql: &'a str, lexeme: &Lexeme) -> Option<Cow<'a, str>> {
    let text = &sql[lexeme.range.clone()];
    match lexeme.kind {
        LexemeKind::Word => Some(text.to_lowercase().into()),
        LexemeKind::QuotedIdentifier => Some(text[1..text.len() - 1].replace("\"\"", "\"").into()),
        _ => None,
    }
}

/// Whether it follows `::`.
fn is_type(sql: &str, lexemes: &[Lexeme], index: usize) -> bool {
    let before = index.checked_sub(1).map(|before| &lexemes[before]);
    before.is_some_and(|before| sql[before.range.clone()].ends_with(':'))
}

#[cfg(test)]
mod tests {
    use super::RenamedNames;

    fn renamed(sql: &str) -> String {
        let names = RenamedNames {
            table: ("users", "People"),
            schema: ("app", "main"),
            columns: [
                ("date", "born"),
                ("Na\"me", "Full name"),
                ("a", "b"),
                ("b", "a"),
            ]
            .into(),
        };
        names.applied_to(sql)
    }

    #[test]
    fn columns_and_the_table_before_them_are_called_otherwise() {
        for (before, after) in [
            ("a > 1 and A < b", "b > 1 and b < a"),
            (r#""users"."a" <> users.b"#, r#""People"."b" <> "People".a"#),
            (r#"app."users"."a" > 0"#, r#"main."People"."b" > 0"#),
            (r#"length("Na""me") > 0"#, r#"length("Full name") > 0"#),
            ("a", "b"),
        ] {
            assert_eq!(renamed(before), after);
        }
    }

    #[test]
    fn what_may_be_no_column_stays() {
        for sql in [
            "'a' = '\"a\"'",
            "a(1)",
            "x.a",
            "'2000-01-01'::date",
            "-- a\n1",
            "$$a$$",
            "pg_catalog.date(1)",
        ] {
            assert_eq!(renamed(sql), sql);
        }
    }
}
