//! Whether the records are still what drizzle-kit gives.

use std::process::Command;

use crate::fixtures;

#[test]
fn the_real_drizzle_kit_gives_what_is_recorded() {
    let fixtures = fixtures();
    if !fixtures.join("node_modules/drizzle-kit").is_dir() {
        eprintln!(
            "skipped the real drizzle-kit: `npm install` was not run in {}",
            fixtures.display()
        );
        return;
    }
    let output = Command::new("node")
        .args(["record.mjs", "--check"])
        .current_dir(fixtures)
        .output()
        .expect("node, which ran npm");
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
