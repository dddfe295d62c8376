//! The one place that writes to the terminal, and asks at it.

mod changes;
mod plan;
mod snippet;
mod sql;

use std::fmt::Display;
use std::io::{IsTerminal, Write};
use std::time::Duration;

use anstream::{AutoStream, ColorChoice, StripStream};
use anstyle::{AnsiColor, Style};
use indicatif::{ProgressBar, ProgressStyle};

use crate::error::Error;

pub(crate) use changes::change_lines;
pub(crate) use plan::{show_changes_and_sql, show_hazards, show_plan};
pub(crate) use snippet::{Place, json_problem, snippet};
use sql::highlight;

pub(crate) const ADDED: Style = AnsiColor::Green.on_default();
pub(crate) const REMOVED: Style = AnsiColor::Red.on_default();
pub(crate) const ALTERED: Style = AnsiColor::Yellow.on_default();
pub(crate) const DIM: Style = Style::new().dimmed();
pub(crate) const BOLD: Style = Style::new().bold();

/// Where lines go: data to stdout, everything else to stderr. Colour and signs show on a terminal only, and never with `NO_COLOR`.
#[derive(Debug, Clone, Copy)]
pub struct Ui {
    signs: bool,
    /// Of stdout.
    coloured_data: bool,
}

impl Ui {
    pub(crate) fn new() -> Self {
        Self {
            signs: AutoStream::choice(&std::io::stderr()) != ColorChoice::Never,
            coloured_data: AutoStream::choice(&std::io::stdout()) != ColorChoice::Never,
        }
    }

    /// A line of data, or several. A reader that has gone away is no error of ours.
    pub fn data(self, line: impl Display) {
        let _ = if self.coloured_data {
            writeln!(anstream::stdout(), "{line}")
        } else {
            std::io::stdout().write_all(&plain(line))
        };
    }

    /// SQL as data, in colour on a terminal.
    pub fn sql(self, sql: &str) {
        if self.coloured_data {
            self.data(highlight(sql));
        } else {
            self.data(sql);
        }
    }

    /// A line of talk, or several.
    pub fn say(self, line: impl Display) {
        let _ = if self.signs {
            writeln!(anstream::stderr(), "{line}")
        } else {
            std::io::stderr().write_all(&plain(line))
        };
    }

    /// That something begins.
    pub fn begin(self, line: impl Display) {
        self.signed("📦 ", line);
    }

    /// That something is done.
    pub fn done(self, line: impl Display) {
        self.signed("✅ ", line);
    }

    /// Something to beware of.
    pub fn warning(self, line: impl Display) {
        self.say(format_args!("{ALTERED}warning:{ALTERED:#} {line}"));
    }

    /// What to do next.
    pub fn hint(self, line: impl Display) {
        let style = AnsiColor::Cyan.on_default();
        self.say(format_args!("{style}hint:{style:#} {line}"));
    }

    pub(crate) fn error(self, error: &Error) {
        if !error.message.is_empty() {
            let style = REMOVED.bold();
            self.say(format_args!("{style}error:{style:#} {}", error.message));
        }
        for hint in &error.hints {
            self.hint(hint);
        }
    }

    /// On a terminal the line with the `^C`, and maybe with a question, is still open.
    pub(crate) fn interrupted(self, line: impl Display) {
        let end = if self.can_ask() { "\n" } else { "" };
        self.say(format_args!("{end}{line}"));
    }

    fn signed(self, sign: &str, line: impl Display) {
        self.say(format_args!("{}{line}", if self.signs { sign } else { "" }));
    }

    /// Says, on a terminal, what is going on while it goes on; ends when it is dropped.
    #[must_use]
    pub fn spinner(self, what: impl Display) -> Spinner {
        if !self.signs || !std::io::stderr().is_terminal() {
            return Spinner(None);
        }
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed:.dim}") {
            bar.set_style(style);
        }
        bar.set_message(what.to_string());
        bar.enable_steady_tick(Duration::from_millis(120));
        Spinner(Some(bar))
    }

    /// Whether a question can be asked here.
    #[must_use]
    pub fn can_ask(self) -> bool {
        std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
    }

    /// Asks a question that is answered with yes or no; no is the default.
    ///
    /// # Errors
    /// When it cannot be asked here: exit code 3, with the flag that answers it.
    pub fn confirm(self, question: &str, flag: &str) -> Result<bool, Error> {
        if !self.can_ask() {
            return Err(Error::needs_answer(format!(
                "{question} This cannot be asked without a terminal"
            ))
            .hint(format!("say `{flag}` to answer yes")));
        }
        let _ = write!(anstream::stderr(), "{question} [y/N] ");
        let answer = self.answer()?;
        Ok(["y", "yes"].contains(&answer.trim().to_lowercase().as_str()))
    }
}

impl Ui {
    /// Asks which of several options it is, and gives its place. Where [`can_ask`](Self::can_ask) says no, the caller knows what to do instead.
    ///
    /// # Errors
    /// When the input ends, or cannot be read.
    pub(crate) fn choose(self, question: &str, options: &[String]) -> Result<usize, Error> {
        self.say(question);
        for (number, option) in options.iter().enumerate() {
            self.say(format_args!("  {}  {option}", number + 1));
        }
        loop {
            let _ = write!(anstream::stderr(), "Which is it? [1-{}] ", options.len());
            let answer = self.answer()?;
            if answer.is_empty() {
                return Err(Error::failed(
                    "the question was not answered; nothing was written",
                ));
            }
            match answer.trim().parse() {
                Ok(number @ 1..) if number <= options.len() => return Ok(number - 1),
                _ => self.say(format_args!("{:?} is none of these", answer.trim())),
            }
        }
    }

    /// A line that is typed, with its end; nothing at the end of the input.
    fn answer(self) -> Result<String, Error> {
        let mut answer = String::new();
        std::io::stdin()
            .read_line(&mut answer)
            .map_err(|error| Error::failed(format!("the answer cannot be read: {error}")))?;
        if answer.is_empty() {
            // The end of the input, which ends no line.
            self.say("");
        }
        Ok(answer)
    }
}

/// A line without colours, to be written at once: the changes and the SQL of a first migration can have many lines, which `anstream` writes piece by piece;
/// and lines of several processes that write to one place stay whole.
fn plain(line: impl Display) -> Vec<u8> {
    let mut text = StripStream::new(Vec::new());
    let _ = writeln!(text, "{line}");
    text.into_inner()
}

/// A running indication of progress, where it can be seen.
#[derive(Debug)]
pub struct Spinner(Option<ProgressBar>);

impl Spinner {
    /// Writes lines above it.
    pub fn suspend(&self, lines: impl FnOnce()) {
        match &self.0 {
            Some(bar) => bar.suspend(lines),
            None => lines(),
        }
    }
}

impl Drop for Spinner {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

/// A duration as people read it: `12 ms`, `3.4 s`, `2 min 5 s`.
pub(crate) fn elapsed(duration: Duration) -> String {
    match duration.as_millis() {
        millis @ ..1000 => format!("{millis} ms"),
        1000..60_000 => format!("{:.1} s", duration.as_secs_f64()),
        _ => format!(
            "{} min {} s",
            duration.as_secs() / 60,
            duration.as_secs() % 60
        ),
    }
}

/// `1 table`, `2 tables`.
#[must_use]
pub fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
