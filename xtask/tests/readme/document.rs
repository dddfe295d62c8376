//! The README's walks.

use std::ops::Range;

/// Another test has what is shown there: `xtask/db/tests/cli/adoption.rs`.
const ELSEWHERE: &str = "## Adoption";

pub(crate) struct Walk<'r> {
    pub(crate) title: &'r str,
    pub(crate) parts: Vec<Part<'r>>,
}

pub(crate) enum Part<'r> {
    Command {
        line: &'r str,
        /// Where what it says stands.
        output: Range<usize>,
    },
    Diff(&'r str),
    Sql(&'r str),
}

/// All that have a command.
pub(crate) fn walks(readme: &str) -> Vec<Walk<'_>> {
    let mut walks: Vec<Walk> = Vec::new();
    let mut is_elsewhere = false;
    let mut offset = 0;
    while let Some(line) = readme[offset..].split_inclusive('\n').next() {
        offset += line.len();
        if let Some(language) = line.strip_prefix("```") {
            let body = &readme[offset..];
            let end = body.find("\n```\n").expect("a fence that is closed") + 1;
            let parts = parts(language.trim_end(), &body[..end], offset);
            if let (Some(walk), false) = (walks.last_mut(), is_elsewhere) {
                walk.parts.extend(parts);
            }
            offset += end + "```\n".len();
        } else if line.starts_with("## ") || line.starts_with("### ") {
            if line.starts_with("## ") {
                is_elsewhere = line.trim_end() == ELSEWHERE;
            }
            let title = line.trim_start_matches('#').trim();
            if !continues(title) {
                let parts = Vec::new();
                walks.push(Walk { title, parts });
            }
        }
    }
    let is_command = |part: &Part| matches!(part, Part::Command { .. });
    walks.retain(|walk| walk.parts.iter().any(is_command));
    walks
}

fn continues(title: &str) -> bool {
    let number = title.split_once(". ").map(|(number, _)| number.parse());
    matches!(number, Some(Ok(2u32..)))
}

fn parts<'r>(language: &str, body: &'r str, offset: usize) -> Vec<Part<'r>> {
    match language {
        "console" => commands(body, offset),
        "diff" => vec![Part::Diff(body)],
        "sql" => vec![Part::Sql(body)],
        _ => Vec::new(),
    }
}

fn commands(body: &str, mut offset: usize) -> Vec<Part<'_>> {
    let mut commands = Vec::new();
    for line in body.split_inclusive('\n') {
        let end = offset + line.len();
        match (line.strip_prefix("$ "), commands.last_mut()) {
            (Some(command), _) => commands.push(Part::Command {
                line: command.trim_end(),
                output: end..end,
            }),
            (None, Some(Part::Command { output, .. })) => output.end = end,
            _ => panic!("a console block begins with a command, not with {line:?}"),
        }
        offset = end;
    }
    commands
}
