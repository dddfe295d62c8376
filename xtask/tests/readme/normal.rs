//! What differs from run to run.

/// `#` stands for a number, `~` for a hexadecimal one.
const VARYING: [&str; 9] = [
    "127.0.0.1:#",
    " (# ms)",
    " (#.# s)",
    "#-#-#T#:#:#Z",
    "PostgreSQL #.#",
    ".devdb/pg#",
    "port #",
    "--source ~",
    "main (~)",
];

/// A text with the patterns themselves in place of what matches them.
pub(crate) fn form(text: &str) -> String {
    let mut form = String::new();
    let mut rest = text.trim_end();
    while let Some(next) = rest.chars().next() {
        let found = VARYING
            .iter()
            .find_map(|pattern| Some((pattern, length(pattern, rest)?)));
        let length = if let Some((pattern, length)) = found {
            form.push_str(pattern);
            length
        } else {
            form.push(next);
            next.len_utf8()
        };
        rest = &rest[length..];
    }
    form
}

/// Of the match at the beginning of a text.
fn length(pattern: &str, text: &str) -> Option<usize> {
    let mut rest = text;
    for sign in pattern.chars() {
        rest = match sign {
            '#' => after(rest, |c| c.is_ascii_digit())?,
            '~' => after(rest, |c| c.is_ascii_hexdigit())?,
            _ => rest.strip_prefix(sign)?,
        };
    }
    Some(text.len() - rest.len())
}

/// A text after one character or more of a kind.
fn after(text: &str, is_of_it: impl Fn(char) -> bool) -> Option<&str> {
    let rest = text.trim_start_matches(is_of_it);
    (rest.len() < text.len()).then_some(rest)
}

#[test]
fn only_what_varies_is_alike() {
    let shown = "Ready: 127.0.0.1:28592/autonome (37 ms), 3 migrations\n";
    assert_eq!(
        form(shown),
        form("Ready: 127.0.0.1:5/autonome (1 ms), 3 migrations")
    );
    for other in ["4 migrations", "3 migrations."] {
        assert_ne!(form(shown), form(&shown.replace("3 migrations", other)));
    }
    assert_eq!(
        form("2026-11-24T00:12:45Z by postgres (2.5 s)"),
        "#-#-#T#:#:#Z by postgres (#.# s)"
    );
}
