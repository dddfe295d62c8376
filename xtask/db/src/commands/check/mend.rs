//! What each finding is called, and what mends it.

use pg_migration::{Finding, Problem};

use crate::git::Base;

/// The name under which `--json` has it.
pub(super) fn kind(problem: &Problem) -> &'static str {
    match problem {
        Problem::NoJournal(_) => "no-journal",
        Problem::NewerLayout(_) => "newer-layout",
        Problem::Unreadable(_) => "unreadable",
        Problem::Journal { .. } => "journal",
        Problem::WhenGoesBack { .. } => "when-goes-back",
        Problem::MissingFile(_) => "missing-file",
        Problem::StrayFile => "stray-file",
        Problem::StraySnapshot => "stray-snapshot",
        Problem::SharedSnapshot(_) => "shared-snapshot",
        Problem::Snapshot(_) => "snapshot",
        Problem::Forked { .. } => "forked-chain",
        Problem::Orphan { .. } => "broken-chain",
        Problem::DuplicateId { .. } => "duplicate-id",
        Problem::OutOfChain { .. } => "out-of-chain",
        Problem::Script(_) => "script",
        Problem::MergeMarks => "merge-marks",
        Problem::Edited(_) => "edited",
        Problem::EditedSnapshot(_) => "edited-snapshot",
        Problem::RemovedSnapshot(_) => "removed-snapshot",
        Problem::Removed(_) => "removed",
        Problem::WhenChanged { .. } => "when-changed",
        Problem::Inserted { .. } => "inserted",
    }
}

/// What mends it; `path` is its file as it is shown, and `base` what the folder was compared with.
pub(super) fn mend(finding: &Finding, path: &str, base: Option<&Base>) -> String {
    let anew = |tag: &str| {
        format!(
            "take it away (`cargo xtask db drop`, the newest migration first) and write it anew on top of the other: `cargo xtask db generate --name {}`",
            name(tag)
        )
    };
    let restore = || match base {
        Some(base) => format!("`git restore --source {} -- '{path}'`", base.commit),
        None => "version control".to_owned(),
    };
    match &finding.problem {
        Problem::NoJournal(_) => format!(
            "{} brings it back; files that are no migrations belong elsewhere",
            restore()
        ),
        Problem::NewerLayout(_) => {
            "keep using drizzle-kit 1.0 for this folder, or name another one with `--folder`"
                .to_owned()
        }
        Problem::Unreadable(error) => error.hint(),
        Problem::Journal { hint, .. } => hint.clone(),
        Problem::Snapshot(error) => error.hint().to_owned(),
        Problem::WhenGoesBack { when, .. } => format!(
            "as long as no database has it, set its `when` to {} or later",
            when.saturating_add(1)
        ),
        Problem::MissingFile(_) => format!(
            "{} brings it back; if no database has the migration, take its entry out of the journal",
            restore()
        ),
        Problem::StrayFile => {
            "delete it; if it is to be a migration, `cargo xtask db generate --custom` makes one for its SQL"
                .to_owned()
        }
        Problem::StraySnapshot => {
            "delete it, if its migration was taken away; if the journal lost an entry, restore that from version control"
                .to_owned()
        }
        Problem::SharedSnapshot(tags) => {
            let last = tags.last().map_or("", String::as_str);
            format!(
                "keep the snapshot as the branch without `{last}` has it (`git restore --source BRANCH -- '{path}'`); then {}",
                anew(last)
            )
        }
        Problem::Forked { second, .. } => {
            format!("if no database has `{second}` yet, {}", anew(second))
        }
        Problem::Orphan { .. } => {
            "restore the snapshot in between from version control; if its migration is gone for good, write here the id of the one before"
                .to_owned()
        }
        Problem::DuplicateId { tag, .. } => format!(
            "it looks like a copy: restore the file from version control; or, if no database has `{tag}` yet, {}",
            anew(tag)
        ),
        Problem::OutOfChain { tag, .. } => format!(
            "bring the journal's entries into the order of the chain; or, if no database has `{tag}` yet, {}",
            anew(tag)
        ),
        Problem::Script(_) => "correct the file: `cargo xtask db migrate` refuses it".to_owned(),
        Problem::MergeMarks => {
            "decide for one side, or let each have a migration of its own".to_owned()
        }
        Problem::Edited(tag) => format!(
            "{} takes it back, and a new migration takes the change: `cargo xtask db generate --custom`; if the text may change, `cargo xtask db resolve --applied {tag}` tells each database",
            restore()
        ),
        Problem::EditedSnapshot(_) | Problem::RemovedSnapshot(_) => {
            format!("{} takes it back", restore())
        }
        Problem::Removed(tag) => format!(
            "restore it with its snapshot and its entry in the journal, and take it back by a new one: `cargo xtask db generate --revert {tag}`"
        ),
        Problem::WhenChanged { was, .. } => format!("set it to {was} again"),
        Problem::Inserted { .. } => {
            "put its entry at the end of the journal, with a `when` later than all others".to_owned()
        }
    }
}

/// `add_venue` of `0002_add_venue`.
fn name(tag: &str) -> &str {
    tag.split_once('_').map_or(tag, |(_, name)| name)
}
