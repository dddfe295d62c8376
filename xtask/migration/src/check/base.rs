//! A folder compared with what it was: what others may have applied stays as it is.

use std::collections::{BTreeMap, HashMap};

use super::{Finding, Problem, read_journal, snapshot_name};
use crate::folder::FolderFiles;
use crate::folder::files::JOURNAL;
use crate::journal::{Journal, JournalEntry};
use crate::snapshot::{Snapshot, SnapshotError};

/// What a folder was.
#[derive(Debug, Clone, Default)]
pub struct BaseFiles {
    /// Its journal; none where there was no folder.
    pub journal: Option<Vec<u8>>,
    /// The journal of the line that it was taken from as that has gone on since; none where there was no folder.
    pub ahead: Option<Vec<u8>>,
    /// As they were, the files that are not the same any more, by their paths below the folder with `/` between the parts.
    pub changed: BTreeMap<String, Vec<u8>>,
}

impl BaseFiles {
    /// The names of its migrations, in order; none if its journal cannot be read.
    #[must_use]
    pub fn tags(&self) -> Vec<String> {
        tags(entries(self.journal.as_deref()))
    }

    /// The migrations that have been added on both sides since: on the other one, and in `files`. Once they meet, they collide. None if it is not on both.
    #[must_use]
    pub fn collisions(&self, files: &FolderFiles) -> Option<(Vec<String>, Vec<String>)> {
        let common = self.tags();
        let own = read_journal(files).ok()??.journal.entries;
        let mut theirs = tags(entries(self.ahead.as_deref()));
        let mut ours = tags(own);
        let met: Vec<_> = ours
            .iter()
            .filter(|tag| theirs.contains(tag))
            .cloned()
            .collect();
        for side in [&mut theirs, &mut ours] {
            side.retain(|tag| !common.contains(tag) && !met.contains(tag));
        }
        (!theirs.is_empty() && !ours.is_empty()).then_some((theirs, ours))
    }
}

fn entries(journal: Option<&[u8]>) -> Vec<JournalEntry> {
    let journal = journal.and_then(text);
    let journal = journal.and_then(|text| serde_json::from_str::<Journal>(&text).ok());
    journal.map_or_else(Vec::new, |journal| journal.entries)
}

fn tags(entries: Vec<JournalEntry>) -> Vec<String> {
    entries.into_iter().map(|entry| entry.tag).collect()
}

/// Checks that what was there is there as it was, and that what is new comes after it. Line ends and the layout of JSON do not count.
#[must_use]
pub fn check_since(files: &FolderFiles, base: &BaseFiles) -> Vec<Finding> {
    let earlier = entries(base.journal.as_deref());
    // Without a journal, that is what is wrong.
    let Ok(Some(journal)) = read_journal(files) else {
        return Vec::new();
    };
    let now: HashMap<&str, usize> = (journal.journal.entries.iter().enumerate())
        .map(|(index, entry)| (entry.tag.as_str(), index))
        .collect();
    let mut findings = Vec::new();
    for entry in &earlier {
        let Some(index) = now.get(entry.tag.as_str()) else {
            findings.push(Finding::in_file(
                &entry.sql_file_name(),
                Problem::Removed(entry.tag.clone()),
            ));
            continue;
        };
        if journal.journal.entries[*index].when != entry.when {
            findings.push(Finding::at(
                JOURNAL,
                journal.line(*index),
                Problem::WhenChanged {
                    tag: entry.tag.clone(),
                    was: entry.when,
                },
            ));
        }
        findings.extend(edited_sql(files, base, entry));
        findings.extend(edited_snapshot(files, base, entry));
    }
    let is_earlier = |tag: &str| earlier.iter().any(|entry| entry.tag == tag);
    let last = (journal.journal.entries.iter()).rposition(|entry| is_earlier(&entry.tag));
    for (index, entry) in journal.journal.entries.iter().enumerate() {
        let mut behind = journal.journal.entries[index..].iter();
        if Some(index) < last
            && !is_earlier(&entry.tag)
            && let Some(before) = behind.find(|entry| is_earlier(&entry.tag))
        {
            findings.push(Finding::at(
                JOURNAL,
                journal.line(index),
                Problem::Inserted {
                    tag: entry.tag.clone(),
                    before: before.tag.clone(),
                },
            ));
        }
    }
    findings
}

fn edited_sql(files: &FolderFiles, base: &BaseFiles, entry: &JournalEntry) -> Option<Finding> {
    let name = entry.sql_file_name();
    let was = text(base.changed.get(&name)?)?;
    // One that is not there, or cannot be read, is found by itself.
    let now = with_lf(&files.text(&name).ok()??);
    if now == was {
        return None;
    }
    let same = now.lines().zip(was.lines()).take_while(|(a, b)| a == b);
    let line = (same.count() + 1).min(now.lines().count().max(1));
    Some(Finding::at(
        &name,
        Some(line),
        Problem::Edited(entry.tag.clone()),
    ))
}

fn edited_snapshot(files: &FolderFiles, base: &BaseFiles, entry: &JournalEntry) -> Option<Finding> {
    let name = snapshot_name(entry);
    let was = text(base.changed.get(&name)?)?;
    let Some(now) = files.text(&name).ok()? else {
        let problem = Problem::RemovedSnapshot(entry.tag.clone());
        return Some(Finding::in_file(&name, problem));
    };
    let json = |text: &str| serde_json::from_str::<serde_json::Value>(text).ok();
    // `drizzle-kit up` writes old ones anew.
    let is_upgraded = || matches!(Snapshot::parse(&was), Err(SnapshotError::Old(_)));
    // What cannot be read is found by itself.
    let now = json(&now)?;
    (json(&was).as_ref() != Some(&now) && !is_upgraded())
        .then(|| Finding::in_file(&name, Problem::EditedSnapshot(entry.tag.clone())))
}

/// A text as it compares: without a byte order mark, lines ended by LF.
fn text(bytes: &[u8]) -> Option<String> {
    let text = str::from_utf8(bytes).ok()?;
    Some(with_lf(text.strip_prefix('\u{feff}').unwrap_or(text)))
}

fn with_lf(text: &str) -> String {
    text.replace("\r\n", "\n")
}
