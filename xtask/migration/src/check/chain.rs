//! The chain of snapshots: each follows the one before it.

use std::collections::{HashMap, HashSet};
use std::num::NonZero;
use std::sync::Mutex;
use std::thread;

use pg_schema::Schema;

use super::{Finding, Problem, parse, snapshot_name, unreadable};
use crate::folder::FolderFiles;
use crate::journal::JournalEntry;
use crate::snapshot::{ORIGIN, Snapshot};

/// A snapshot's place in the chain.
struct Link {
    file: String,
    tag: String,
    id: String,
    prev_id: String,
    /// Whether it says what version 7 has no place for.
    beyond: bool,
}

/// Checks all snapshots that belong to entries, and gives the state that the newest one leads to.
pub(super) fn check(
    files: &FolderFiles,
    entries: &[JournalEntry],
    findings: &mut Vec<Finding>,
) -> Option<Schema> {
    let mut seen = HashSet::new();
    let snapshots: Vec<(String, &str)> = entries
        .iter()
        .map(|entry| (snapshot_name(entry), entry.tag.as_str()))
        .filter(|(name, _)| files.has(name) && seen.insert(name.clone()))
        .collect();
    let (mut links, mut newest, mut all_read) = (Vec::new(), None, true);
    for read in read_all(files, &snapshots) {
        match read {
            Ok((link, snapshot)) => {
                links.push(link);
                newest = newest.or(snapshot);
            }
            Err(finding) => {
                findings.push(*finding);
                all_read = false;
            }
        }
    }
    check_links(&links, all_read, findings);
    if snapshots.is_empty() {
        return Some(Schema::default());
    }
    let mut newest = newest?;
    let earlier = links.iter().rev().skip(1).find(|link| link.beyond);
    if let Some(earlier) = earlier.filter(|_| !newest.beyond) {
        let text = files.text(&earlier.file).ok().flatten()?;
        newest.inherit(&parse(&text).ok()?);
    }
    Some(newest.schema)
}

type Read = Result<(Link, Option<Snapshot>), Box<Finding>>;

/// All snapshots in order, the newest one whole. Most of the time of a check goes into this, so every processor takes its part.
fn read_all(files: &FolderFiles, snapshots: &[(String, &str)]) -> Vec<Read> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let next = Mutex::new(snapshots.iter().enumerate());
    let read = Mutex::new(Vec::with_capacity(snapshots.len()));
    let work = || {
        loop {
            let item = next.lock().ok().and_then(|mut next| next.next());
            let Some((index, (file, tag))) = item else {
                return;
            };
            let one = read_one(files, file, tag, index + 1 == snapshots.len());
            if let (Some(one), Ok(mut read)) = (one, read.lock()) {
                read.push((index, one));
            }
        }
    };
    thread::scope(|scope| {
        for _ in 1..threads.min(snapshots.len()) {
            scope.spawn(work);
        }
        work();
    });
    let mut read = read.into_inner().unwrap_or_default();
    read.sort_by_key(|(index, _)| *index);
    read.into_iter().map(|(_, one)| one).collect()
}

/// `None` for a file that has gone just now.
fn read_one(files: &FolderFiles, file: &str, tag: &str, whole: bool) -> Option<Read> {
    let text = match files.text(file) {
        Ok(text) => text?,
        Err(error) => return Some(Err(Box::new(unreadable(file, error)))),
    };
    Some(match parse(&text) {
        Ok(snapshot) => {
            let link = Link {
                file: file.to_owned(),
                tag: tag.to_owned(),
                id: snapshot.id.clone(),
                prev_id: snapshot.prev_id.clone(),
                beyond: snapshot.beyond,
            };
            Ok((link, whole.then_some(snapshot)))
        }
        Err((line, error)) => Err(Box::new(Finding::at(file, line, Problem::Snapshot(error)))),
    })
}

fn check_links(links: &[Link], all_read: bool, findings: &mut Vec<Finding>) {
    let mut by_id: HashMap<&str, &Link> = HashMap::new();
    let mut follower: HashMap<&str, &Link> = HashMap::new();
    let mut duplicates = HashSet::new();
    for link in links {
        if let Some(other) = by_id.get(link.id.as_str()) {
            let problem = Problem::DuplicateId {
                tag: link.tag.clone(),
                other: other.file.clone(),
            };
            findings.push(Finding::in_file(&link.file, problem));
            duplicates.insert(&link.file);
        } else {
            by_id.insert(&link.id, link);
        }
    }
    let mut before: Option<&Link> = None;
    for link in links {
        let previous = before.replace(link);
        // What repeats another would be found a second time as its fork.
        if duplicates.contains(&link.file) {
            continue;
        }
        let parent = by_id.get(link.prev_id.as_str());
        let problem = if let Some(first) = follower.get(link.prev_id.as_str()) {
            Problem::Forked {
                parent: parent.map(|parent| parent.tag.clone()),
                first: first.tag.clone(),
                second: link.tag.clone(),
            }
        } else {
            follower.insert(&link.prev_id, link);
            match parent {
                Some(parent) if previous.is_none_or(|previous| previous.id != parent.id) => {
                    Problem::OutOfChain {
                        tag: link.tag.clone(),
                        follows: parent.tag.clone(),
                        before: previous.map(|previous| previous.tag.clone()),
                    }
                }
                // What leads to a snapshot that cannot be read is no second problem.
                None if link.prev_id != ORIGIN && all_read => Problem::Orphan {
                    tag: link.tag.clone(),
                    prev_id: link.prev_id.clone(),
                },
                _ => continue,
            }
        };
        findings.push(Finding::in_file(&link.file, problem));
    }
}
