//! SQL in colour.

use anstyle::{AnsiColor, Style};

/// Keywords, strings and comments of a statement as we write it, with our keywords in capitals.
pub(crate) fn highlight(sql: &str) -> String {
    const KEYWORD: Style = AnsiColor::Blue.on_default().bold();
    const STRING: Style = AnsiColor::Green.on_default();
    const COMMENT: Style = Style::new().dimmed();
    let mut coloured = String::with_capacity(sql.len() * 2);
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let (length, style) = match first {
            '-' if rest.starts_with("--") => (rest.find('\n').unwrap_or(rest.len()), Some(COMMENT)),
            '\'' => (closing_quote(rest, '\''), Some(STRING)),
            '"' => (closing_quote(rest, '"'), None),
            c if c.is_alphabetic() => {
                let length = rest
                    .find(|c: char| !c.is_alphanumeric() && c != '_')
                    .unwrap_or(rest.len());
                let keyword = rest[..length].chars().all(|c| c.is_ascii_uppercase());
                (length, keyword.then_some(KEYWORD))
            }
            c => (c.len_utf8(), None),
        };
        let (token, after) = rest.split_at(length);
        match style {
            Some(style) => coloured.push_str(&format!("{style}{token}{style:#}")),
            None => coloured.push_str(token),
        }
        rest = after;
    }
    coloured
}

/// The length of a quoted token; a doubled quote begins the next one, which looks the same.
fn closing_quote(text: &str, quote: char) -> usize {
    text[1..].find(quote).map_or(text.len(), |end| end + 2)
}

#[cfg(test)]
mod tests {
    use super::highlight;

    #[test]
    fn without_its_colours_the_text_is_the_same() {
        let sql = "-- note\nALTER TABLE \"Ünï\"\"t\" ADD COLUMN \"c\" text DEFAULT 'it''s' NOT NULL;\n'open";
        let coloured = highlight(sql);
        assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), sql);
        assert_ne!(coloured, sql);
    }
}
