//! Snapshots, read and written.

use std::path::{Path, PathBuf};

use pg_migration::Snapshot;
use serde_json::Value;

use crate::{assert_same_text, corpus, fixtures, read};

fn snapshots_below(folder: &Path) -> Vec<PathBuf> {
    let entries = walkdir::WalkDir::new(folder)
        .into_iter()
        .map(|entry| entry.expect("a readable folder").into_path());
    entries
        .filter(|path| path.to_string_lossy().ends_with("_snapshot.json"))
        .collect()
}

#[test]
fn a_snapshot_read_and_written_is_the_same() {
    // `wrong` holds defaults that are broken in drizzle-kit's own snapshot.
    let mut folders: Vec<_> = ["autonome", "everything", "extensions", "kinds"]
        .map(|name| fixtures().join(name))
        .into();
    folders.extend(corpus().map(|corpus| corpus.join("chains")));
    let snapshots: Vec<_> = folders
        .iter()
        .flat_map(|folder| snapshots_below(folder))
        .collect();
    assert!(snapshots.len() >= 5, "{snapshots:?}");
    let mut bytes = 0;
    for path in snapshots {
        let text = read(&path);
        let written = Snapshot::parse(&text)
            .unwrap_or_else(|error| panic!("{} {error}", path.display()))
            .to_json();
        if is_from_generate(&text) {
            assert_same_text(&written, &text, &path.display().to_string());
            bytes += 1;
        } else {
            let value = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
            assert_eq!(value(&written), value(&text), "{}", path.display());
        }
    }
    assert!(bytes >= 5, "only {bytes} are from drizzle-kit generate");
}

/// Whether the text is as `drizzle-kit generate` writes it. `generate --custom` writes the snapshot before it once more in the key order of its
/// validator, and projects run formatters and scripts over their folder.
fn is_from_generate(text: &str) -> bool {
    let snapshot: serde_json::Map<String, Value> = serde_json::from_str(text).expect("JSON");
    let order =
        "id prevId version dialect tables enums schemas sequences roles policies views _meta";
    let formatted = serde_json::to_string_pretty(&snapshot).expect("JSON");
    snapshot.keys().eq(order.split(' ')) && formatted == text
}
