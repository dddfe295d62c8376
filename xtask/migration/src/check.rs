//! All that is wrong with a folder of migrations, where everything else stops at the first.

mod base;
mod chain;

use std::collections::{BTreeMap, HashSet};

use pg_schema::Schema;

use crate::folder::files::JOURNAL;
use crate::folder::{FolderError, FolderFiles};
use crate::journal::{Journal, JournalEntry, JournalError};
use crate::script::{Script, ScriptError};
use crate::snapshot::SnapshotError;
use crate::sql::line_column;

pub use base::{BaseFiles, check_since};

/// What a check of a folder has found.
#[derive(Debug)]
pub struct Checked {
    /// What is wrong, file by file.
    pub findings: Vec<Finding>,
    /// How many migrations the journal has.
    pub migrations: usize,
    /// The state that the folder leads to; `None` when that is not known, for a reason that is among the findings.
    pub state: Option<Schema>,
}

/// One thing that is wrong.
#[derive(Debug)]
pub struct Finding {
    /// The file, as a path in the folder with `/` between the parts.
    pub file: String,
    /// Where in it, counted from 1.
    pub line: Option<usize>,
    /// What it is.
    pub problem: Problem,
}

/// What can be wrong.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// SQL files that no journal puts in an order.
    #[error("there is no journal, which says what is a migration, beside the SQL files {}", .0.join(", "))]
    NoJournal(Vec<String>),
    /// The layout of drizzle-kit 1.0.
    #[error("these are migrations of drizzle-kit 1.0, one directory each ({}); only the layout of drizzle-kit 0.31 is supported", .0.join(", "))]
    NewerLayout(Vec<String>),
    /// A file that cannot be read.
    #[error("{}", without_path(.0))]
    Unreadable(FolderError),
    /// The journal cannot be used.
    #[error("{error}")]
    Journal {
        /// What is wrong with it.
        error: JournalError,
        /// What to do about it.
        hint: String,
    },
    /// An entry that is not newer than one before it.
    #[error(
        "`{tag}` is not newer than `{earlier}` before it (`when` {when}), so drizzle would pass it over without a word"
    )]
    WhenGoesBack {
        /// The entry.
        tag: String,
        /// The newest one before it.
        earlier: String,
        /// The `when` of that.
        when: i64,
    },
    /// An entry without its SQL file.
    #[error("the journal lists `{0}`, and its file is not there")]
    MissingFile(String),
    /// An SQL file without an entry.
    #[error("it is not in the journal, so it is never applied")]
    StrayFile,
    /// A snapshot without an entry.
    #[error(
        "the journal has no migration for it, and drizzle-kit may take it for the newest state"
    )]
    StraySnapshot,
    /// Several migrations whose tags begin alike have one snapshot between them.
    #[error("{} have one number and so one snapshot between them, as after a merge of two branches", list(.0))]
    SharedSnapshot(Vec<String>),
    /// A snapshot that cannot be read.
    #[error("{0}")]
    Snapshot(SnapshotError),
    /// Two snapshots that follow the same one.
    #[error("`{second}` and `{first}` both follow {}, as after a merge of two branches", parent.as_ref().map_or("the empty state".to_owned(), |tag| format!("`{tag}`")))]
    Forked {
        /// The migration before both; none if both begin a chain.
        parent: Option<String>,
        /// The first migration that follows it.
        first: String,
        /// The second.
        second: String,
    },
    /// A snapshot that follows one that is not there.
    #[error("its prevId {prev_id} leads nowhere: no snapshot has that id")]
    Orphan {
        /// Its migration.
        tag: String,
        /// What it says.
        prev_id: String,
    },
    /// A snapshot with the id of another.
    #[error("it has the id of {other}")]
    DuplicateId {
        /// Its migration.
        tag: String,
        /// The other file.
        other: String,
    },
    /// A snapshot that follows another one than the one before it in the journal.
    #[error("`{tag}` follows `{follows}`, and in the journal it stands behind {}", before.as_ref().map_or("none".to_owned(), |tag| format!("`{tag}`")))]
    OutOfChain {
        /// Its migration.
        tag: String,
        /// The migration that its `prevId` leads to.
        follows: String,
        /// The migration before it that has a snapshot.
        before: Option<String>,
    },
    /// A file that would not run, or do something else than it says.
    #[error("{}", .0.problem())]
    Script(ScriptError),
    /// A file that git has left with both sides of a conflict.
    #[error("it has the marks of a merge: both sides stand in it")]
    MergeMarks,
    /// A file that has another text than before.
    #[error("`{0}` has been edited, and databases may have it as it was")]
    Edited(String),
    /// A snapshot that holds another state than before.
    #[error(
        "the snapshot of `{0}` has been edited, so that it is no longer the state that databases are in"
    )]
    EditedSnapshot(String),
    /// A snapshot that is no longer there.
    #[error("the snapshot of `{0}` has been taken away")]
    RemovedSnapshot(String),
    /// A migration that is no longer there.
    #[error("`{0}` has been taken away, and databases may have it")]
    Removed(String),
    /// An entry with another `when`, by which drizzle tells what a database has.
    #[error("the `when` of `{tag}` was {was}: by that, databases know that they have it")]
    WhenChanged {
        /// The entry.
        tag: String,
        /// What it was.
        was: i64,
    },
    /// A new migration before one that was there.
    #[error("`{tag}` is new and stands before `{before}`, so databases that have that one miss it")]
    Inserted {
        /// The new migration.
        tag: String,
        /// The earlier one that stands behind it.
        before: String,
    },
}

/// What is wrong with a file whose name is said already.
fn without_path(error: &FolderError) -> String {
    match error {
        FolderError::Io { source, .. } => format!("it cannot be read: {source}"),
        FolderError::NotUtf8 { offset, .. } => {
            format!("it is not UTF-8 (byte {offset} of the file)")
        }
        other => other.to_string(),
    }
}

fn list(tags: &[String]) -> String {
    let quoted: Vec<_> = tags.iter().map(|tag| format!("`{tag}`")).collect();
    quoted.join(" and ")
}

impl Finding {
    fn in_file(file: &str, problem: Problem) -> Self {
        Self {
            file: file.to_owned(),
            line: None,
            problem,
        }
    }

    fn at(file: &str, line: Option<usize>, problem: Problem) -> Self {
        Self {
            line,
            ..Self::in_file(file, problem)
        }
    }
}

/// Checks a folder by itself: journal, snapshots, their chain, and whether each SQL file can be run.
#[must_use]
pub fn check(files: &FolderFiles) -> Checked {
    let mut findings = Vec::new();
    let journal = match read_journal(files) {
        Ok(Some(journal)) => journal,
        Ok(None) => return without_journal(files),
        Err(finding) => {
            return Checked {
                findings: vec![*finding],
                migrations: 0,
                state: None,
            };
        }
    };
    let entries = &journal.journal.entries;
    findings.extend(journal.findings());
    check_files(files, entries, &mut findings);
    let state = chain::check(files, entries, &mut findings);
    findings.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
    Checked {
        findings,
        migrations: entries.len(),
        state,
    }
}

/// A journal and its text.
struct ReadJournal {
    journal: Journal,
    text: String,
}

fn read_journal(files: &FolderFiles) -> Result<Option<ReadJournal>, Box<Finding>> {
    let text = match files.text(JOURNAL) {
        Ok(Some(text)) => text,
        Ok(None) => return Ok(None),
        Err(error) => return Err(Box::new(unreadable(JOURNAL, error))),
    };
    match serde_json::from_str(&text) {
        Ok(journal) => Ok(Some(ReadJournal { journal, text })),
        Err(error) => Err(Box::new(Finding::at(
            JOURNAL,
            Some(error.line()),
            journal_problem(error.into(), &text),
        ))),
    }
}

impl ReadJournal {
    fn findings(&self) -> Vec<Finding> {
        let problems = self.journal.problems().into_iter();
        let mut findings: Vec<_> = problems
            .map(|problem| {
                let line = problem.entry.and_then(|entry| self.line(entry));
                Finding::at(JOURNAL, line, journal_problem(problem.error, &self.text))
            })
            .collect();
        let mut newest: Option<&JournalEntry> = None;
        for (index, entry) in self.journal.entries.iter().enumerate() {
            match newest {
                Some(earlier) if entry.when <= earlier.when => findings.push(Finding::at(
                    JOURNAL,
                    self.line(index),
                    Problem::WhenGoesBack {
                        tag: entry.tag.clone(),
                        earlier: earlier.tag.clone(),
                        when: earlier.when,
                    },
                )),
                _ => newest = Some(entry),
            }
        }
        findings
    }

    /// The line of an entry's tag.
    fn line(&self, index: usize) -> Option<usize> {
        let entries = &self.journal.entries;
        let tag = &entries[index].tag;
        let same = entries[..index].iter().filter(|entry| entry.tag == *tag);
        let quoted = serde_json::to_string(tag).ok()?;
        let (offset, _) = self.text.match_indices(&quoted).nth(same.count())?;
        Some(line_column(&self.text, offset).0)
    }
}

fn journal_problem(error: JournalError, text: &str) -> Problem {
    let hint = error.hint(text);
    Problem::Journal { error, hint }
}

fn without_journal(files: &FolderFiles) -> Checked {
    let newer: Vec<_> = files.newer_layout().map(str::to_owned).collect();
    let sql: Vec<_> = files.sql().map(str::to_owned).collect();
    let mut findings = Vec::new();
    if !newer.is_empty() {
        findings.push(Finding::in_file("", Problem::NewerLayout(newer)));
    }
    if !sql.is_empty() {
        findings.push(Finding::in_file(JOURNAL, Problem::NoJournal(sql)));
    }
    let snapshots = files.snapshots();
    findings.extend(snapshots.map(|name| Finding::in_file(name, Problem::StraySnapshot)));
    Checked {
        state: findings.is_empty().then(Schema::default),
        migrations: 0,
        findings,
    }
}

/// What the journal says is there, and that it can be run; and nothing else is there.
fn check_files(files: &FolderFiles, entries: &[JournalEntry], findings: &mut Vec<Finding>) {
    let mut known: HashSet<String> = HashSet::new();
    let mut by_snapshot: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for entry in entries {
        let name = entry.sql_file_name();
        if !known.insert(name.clone()) {
            continue;
        }
        let with_snapshot = by_snapshot.entry(snapshot_name(entry)).or_default();
        with_snapshot.push(entry.tag.clone());
        match files.text(&name) {
            Ok(Some(sql)) if merge_mark(&sql).is_some() => {
                findings.push(Finding::at(&name, merge_mark(&sql), Problem::MergeMarks));
            }
            Ok(Some(sql)) => findings.extend(Script::problems(&sql).into_iter().map(|error| {
                let (line, _) = line_column(&sql, error.offset());
                Finding::at(&name, Some(line), Problem::Script(error))
            })),
            Ok(None) => {
                findings.push(Finding::in_file(
                    &name,
                    Problem::MissingFile(entry.tag.clone()),
                ));
            }
            Err(error) => findings.push(unreadable(&name, error)),
        }
    }
    let stray = files.sql().filter(|name| !known.contains(*name));
    findings.extend(stray.map(|name| Finding::in_file(name, Problem::StrayFile)));
    let stray = (files.snapshots()).filter(|name| !by_snapshot.contains_key(*name));
    findings.extend(stray.map(|name| Finding::in_file(name, Problem::StraySnapshot)));
    for (name, tags) in by_snapshot {
        if tags.len() > 1 && files.has(&name) {
            findings.push(Finding::in_file(&name, Problem::SharedSnapshot(tags)));
        }
    }
}

/// The line on which a conflict begins.
fn merge_mark(sql: &str) -> Option<usize> {
    let mut lines = sql.lines();
    let line = lines.position(|line| line.starts_with("<<<<<<< "))?;
    lines
        .any(|line| line.starts_with(">>>>>>> "))
        .then_some(line + 1)
}

fn snapshot_name(entry: &JournalEntry) -> String {
    format!("meta/{}", entry.snapshot_file_name())
}

fn unreadable(file: &str, error: FolderError) -> Finding {
    let line = match &error {
        FolderError::NotUtf8 { line, .. } => Some(*line),
        _ => None,
    };
    Finding::at(file, line, Problem::Unreadable(error))
}

/// A snapshot that cannot be read.
fn malformed(file: &str, error: SnapshotError) -> Finding {
    let line = match &error {
        SnapshotError::Malformed(json) => Some(json.line()).filter(|line| *line > 0),
        _ => None,
    };
    Finding::at(file, line, Problem::Snapshot(error))
}
