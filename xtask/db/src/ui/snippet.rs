//! A place in a file, with a caret under it.

use std::ops::Range;
use std::path::Path;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use pg_database::ServerError;

/// A place in a statement of a file; all offsets in bytes from the file's beginning.
pub(crate) struct Place<'a> {
    pub(crate) path: &'a str,
    pub(crate) text: &'a str,
    pub(crate) statement: Range<usize>,
    pub(crate) offset: usize,
}

/// Lines of a statement that are shown around the caret at most.
const CONTEXT: usize = 12;

/// An error drawn as rustc draws it: the statement, a caret under the place, and notes below.
pub(crate) fn snippet(title: &str, place: &Place, notes: &[(&str, String)]) -> String {
    let text = place.text;
    let start = text.floor_char_boundary(place.offset.min(text.len()));
    let source = Snippet::source(text)
        .path(place.path)
        .annotation(AnnotationKind::Visible.span(visible(place)))
        .annotation(AnnotationKind::Primary.span(start..token_end(text, start)));
    let mut group = Level::ERROR.primary_title(title).element(source);
    for (kind, note) in notes {
        group = group.element(
            Level::NOTE
                .with_name(Some((*kind).to_owned()))
                .message(note.clone()),
        );
    }
    Renderer::styled()
        .decor_style(DecorStyle::Ascii)
        .render(&[group])
}

/// What the server says of a place in a statement, with all that it says beside.
pub(crate) fn server_problem(error: &ServerError, place: &Place) -> String {
    let title = format!("{} (SQLSTATE {})", error.message, error.sqlstate);
    let notes = [
        ("detail", &error.detail),
        ("hint", &error.hint),
        ("context", &error.context),
    ];
    let notes: Vec<_> = notes
        .into_iter()
        .filter_map(|(kind, note)| Some((kind, note.clone()?)))
        .collect();
    snippet(&title, place, &notes)
}

/// A file that is not the JSON that it should be: `what` it is not, and the place where reading it failed.
pub(crate) fn json_problem(
    what: &str,
    path: &Path,
    text: &str,
    error: &serde_json::Error,
) -> String {
    let path = path.display().to_string();
    if text.trim().is_empty() {
        return format!("{path} is empty");
    }
    let full = error.to_string();
    let title = match full.rsplit_once(" at line ") {
        _ if error.is_eof() => "the file ends here, in the middle",
        Some((title, _)) => title,
        None => &full,
    };
    // Not in Rust's words.
    let title = title
        .replace("expected i64", "expected an integer")
        .replace("expected u32", "expected an integer from 0 on");
    let line = text
        .split_inclusive('\n')
        .take(error.line().saturating_sub(1))
        .map(str::len)
        .sum::<usize>();
    // Counted in bytes; the column is that of the last byte that was read.
    let offset = (line + error.column().saturating_sub(1)).min(text.len());
    // Of a string that is not what it should be, that is the closing quote.
    let offset = match text.get(line..offset).and_then(|before| before.rfind('"')) {
        Some(opening) if error.is_data() && text[offset..].starts_with('"') => line + opening,
        _ => offset,
    };
    let place = Place {
        path: &path,
        text,
        statement: line..offset,
        offset,
    };
    format!("{path} is not {what}\n\n{}\n", snippet(&title, &place, &[]))
}

/// The statement, or, of a long one, the lines just before the place.
fn visible(place: &Place) -> Range<usize> {
    let before = &place.text[place.statement.start
        ..place
            .offset
            .clamp(place.statement.start, place.statement.end)];
    let start = before
        .rmatch_indices('\n')
        .nth(CONTEXT - 1)
        .map_or(0, |(newline, _)| newline + 1);
    let end = if place.text[place.statement.clone()].lines().count() > CONTEXT {
        place.offset
    } else {
        place.statement.end
    };
    place.statement.start + start..end.max(place.statement.start + start)
}

/// The end of the word, quoted name or sign that begins at `start`.
fn token_end(text: &str, start: usize) -> usize {
    let rest = &text[start..];
    let mut characters = rest.char_indices();
    let Some((_, first)) = characters.next() else {
        return start;
    };
    let length = match first {
        '"' | '\'' => rest[1..].find(first).map(|end| end + 2),
        c if c.is_alphanumeric() || c == '_' => characters
            .find(|(_, c)| !c.is_alphanumeric() && *c != '_')
            .map(|(end, _)| end)
            .or(Some(rest.len())),
        _ => None,
    };
    start + length.unwrap_or(first.len_utf8())
}
