//! What was renamed: from flags, a file, the schema itself, or a person who is asked.

use std::fs;
use std::path::PathBuf;

use pg_migration::{RenameError, RenameQuestion, TypedRename, rename_questions, resolve};
use pg_schema::{Rename, Schema};

use crate::app::App;
use crate::error::Error;
use crate::ui::BOLD;

/// Flags that say what was renamed.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct RenameArgs {
    /// What is renamed, as in users.name=users.full_name; give it once for each
    ///
    /// A schema, role, table, enum, sequence or view, with its schema unless that is public; or a part of a table (column, constraint, index,
    /// policy) or a label of an enum. A name with other signs than letters, digits and _ stands in double quotes. `.renamed_from("…")` says
    /// the same in the schema.
    #[arg(long = "rename", value_name = "OLD=NEW")]
    renames: Vec<TypedRename>,
    /// What is new although something goes that it could have been, as in users.full_name
    #[arg(long = "created", value_name = "NAME")]
    created: Vec<String>,
    /// A file of such answers: a line `rename OLD=NEW` or `created NAME` for each
    #[arg(long, value_name = "FILE")]
    hints: Option<PathBuf>,
}

/// The answers that are given beforehand.
#[derive(Debug, Default)]
struct Hints {
    renames: Vec<TypedRename>,
    created: Vec<String>,
}

impl RenameArgs {
    /// What was renamed between the two states, as far as flags, file and schema say it.
    ///
    /// # Errors
    /// A rename that cannot be, or what is wrong with the file.
    pub(crate) fn stated(
        &self,
        from: &Schema,
        to: &Schema,
        app: &App,
    ) -> Result<Vec<Rename>, Error> {
        let hints = self.hints(app)?;
        Ok(resolve(&hints.renames, app.renames(), from, to)?)
    }

    /// The same, and what a person answers where that leaves a question open.
    ///
    /// # Errors
    /// Also when a question cannot be asked here: exit code 3, with the flags that answer it.
    pub(crate) fn decided(
        &self,
        from: &Schema,
        to: &Schema,
        app: &App,
    ) -> Result<Vec<Rename>, Error> {
        let hints = self.hints(app)?;
        let mut renames = resolve(&hints.renames, app.renames(), from, to)?;
        let mut created = hints.created;
        loop {
            let questions = rename_questions(from, to, &renames, &created);
            let Some(question) = questions.first() else {
                return Ok(renames);
            };
            if !app.ui.can_ask() {
                return Err(open(&questions));
            }
            match ask(question, app)? {
                Some(rename) => renames.push(rename.clone()),
                None => created.push(question.new_name()),
            }
        }
    }

    fn hints(&self, app: &App) -> Result<Hints, Error> {
        let mut hints = Hints {
            renames: self.renames.clone(),
            created: Vec::new(),
        };
        let created = self.created.iter();
        hints
            .created
            .extend(created.map(|name| without_public(name)));
        let Some(path) = &self.hints else {
            return Ok(hints);
        };
        let shown = app.config.relative(path);
        let text = fs::read_to_string(path)
            .map_err(|error| Error::usage(format!("{shown} cannot be read: {error}")))
            .map_err(|error| error.hint("`--hints` names a file of answers, as `--help` says"))?;
        for (number, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let place = format!("{shown}:{}", number + 1);
            match line.split_once(char::is_whitespace) {
                Some(("rename", rename)) => {
                    let rename = rename.trim().parse().map_err(|error: RenameError| {
                        Error::usage(format!("{place}: `{rename}` cannot be read: {error}"))
                    })?;
                    hints.renames.push(rename);
                }
                Some(("created", name)) => hints.created.push(without_public(name.trim())),
                _ => {
                    return Err(
                        Error::usage(format!("{place}: `{line}` is no answer")).hint(
                            "a line is `rename OLD=NEW`, `created NAME` or a comment behind `#`",
                        ),
                    );
                }
            }
        }
        Ok(hints)
    }
}

fn without_public(name: &str) -> String {
    name.strip_prefix("public.").unwrap_or(name).to_owned()
}

/// Nobody can be asked: which flags answer.
fn open(questions: &[RenameQuestion]) -> Error {
    let mut message = String::from("it cannot be seen what is new and what is renamed:");
    for question in questions {
        let noun = question.candidates.first().map_or("", Rename::noun);
        let name = question.new_name();
        message.push_str(&format!("\n\n  the {noun} {name}"));
        for rename in &question.candidates {
            message.push_str(&format!(
                "\n    was renamed:  --rename {}",
                in_shell(&rename.to_string())
            ));
        }
        message.push_str(&format!(
            "\n    is new:       --created {}",
            in_shell(&name)
        ));
    }
    Error::needs_answer(format!("{message}\n"))
        .hint("give one of the flags for each, or say it in the schema: `.renamed_from(\"…\")`")
}

/// As a word of a shell's command line.
fn in_shell(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '=' | '-');
    if word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// `None` for what is new.
fn ask<'q>(question: &'q RenameQuestion, app: &App) -> Result<Option<&'q Rename>, Error> {
    let noun = question.candidates.first().map_or("", Rename::noun);
    let title = format!("Is the {noun} {BOLD}{}{BOLD:#} new?", question.new_name());
    let mut options: Vec<_> = question
        .candidates
        .iter()
        .map(|rename| {
            format!(
                "no, it was {BOLD}{}{BOLD:#} and is renamed",
                rename.earlier_name()
            )
        })
        .collect();
    options.push("yes".to_owned());
    let answer = app.ui.choose(&title, &options)?;
    Ok(question.candidates.get(answer))
}
