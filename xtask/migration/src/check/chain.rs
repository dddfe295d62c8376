//! The chain of snapshots: each follows the one before it.

use std::collections::{HashMap, HashSet};
use std::num::NonZero;
use std::thread;

use pg_schema::Schema;

use super::{Finding, Problem, malformed, snapshot_name, unreadable};
use crate::folder::FolderFiles;
use crate::journal::JournalEntry;
use crate::snapshot::{KnownTables, ORIGIN, Snapshot, read_head};

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
        newest.inherit(&Snapshot::parse(&text).ok()?);
    }
    Some(newest.schema)
}

type Read = Result<(Link, Option<Snapshot>), Box<Finding>>;

/// All snapshots in order, the newest one whole. Most of the time of a check goes into this, so each processor takes a part of the chain.
fn read_all(files: &FolderFiles, snapshots: &[(String, &str)]) -> Vec<Read> {
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    let part = snapshots.len().div_ceil(processors).max(1);
    let newest = snapshots.last().map(|(file, _)| file);
    thread::scope(|scope| {
        let parts = snapshots.chunks(part).map(|part| {
            scope.spawn(move || {
                let mut known = KnownTables::default();
                let read = part.iter().filter_map(|(file, tag)| {
                    read_one(files, file, tag, Some(file) == newest, &mut known)
                });
                read.collect::<Vec<_>>()
            })
        });
        let parts: Vec<_> = parts.collect();
        let read = parts.into_iter().map(|part| {
            part.join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        });
        read.flatten().collect()
    })
}

/// `None` for a file that has gone just now.
fn read_one(
    files: &FolderFiles,
    file: &str,
    tag: &str,
    whole: bool,
    known: &mut KnownTables,
) -> Option<Read> {
    let text = match files.text(file) {
        Ok(text) => text?,
        Err(error) => return Some(Err(Box::new(unreadable(file, error)))),
    };
    let link = |id, prev_id, beyond| Link {
        file: file.to_owned(),
        tag: tag.to_owned(),
        id,
        prev_id,
        beyond,
    };
    let read = if whole {
        Snapshot::parse(&text).map(|snapshot| {
            let (id, prev_id) = (snapshot.id.clone(), snapshot.prev_id.clone());
            (link(id, prev_id, snapshot.beyond), Some(snapshot))
        })
    } else {
        read_head(text, known).map(|head| (link(head.id, head.prev_id, head.beyond), None))
    };
    Some(read.map_err(|error| Box::new(malformed(file, error))))
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
