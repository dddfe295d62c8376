//! An edit as a diff shows it.

/// A text after the edit. The lines before it are looked for by what stands in them, however far they are indented; `@@` stands between two places.
pub(crate) fn patched(text: &str, diff: &str) -> Result<String, String> {
    let mut lines: Vec<&str> = text.lines().collect();
    for hunk in diff.split("@@\n") {
        let kept_or_removed = hunk.lines().filter(|line| !line.starts_with('+'));
        let before: Vec<_> = kept_or_removed.map(content).collect();
        let is_here = |window: &[&str]| {
            let window = window.iter().map(|line| line.trim());
            window.eq(before.iter().copied())
        };
        let windows = lines.windows(before.len()).enumerate();
        let places: Vec<_> = windows
            .filter_map(|(place, window)| is_here(window).then_some(place))
            .collect();
        let &[place] = places.as_slice() else {
            let number = places.len();
            return Err(format!("there are {number} places for this edit:\n{hunk}"));
        };
        let mut here = lines[place..place + before.len()].iter();
        let mut after = Vec::new();
        for line in hunk.lines() {
            if let Some(added) = line.strip_prefix('+') {
                after.push(added);
            } else if let Some(kept) = here.next()
                && !line.starts_with('-')
            {
                after.push(kept);
            }
        }
        lines.splice(place..place + before.len(), after);
    }
    Ok(lines.join("\n") + "\n")
}

fn content(line: &str) -> &str {
    line.get(1..).unwrap_or_default().trim()
}

#[test]
fn a_diff_changes_what_it_shows() {
    let text = "a\n    b(\n        c,\n    )\nd\n";
    assert_eq!(
        patched(text, " b(\n-    c,\n+    e,\n )\n@@\n d\n+f\n"),
        Ok("a\n    b(\n    e,\n    )\nd\nf\n".to_owned())
    );
    for nowhere in ["-e\n", "-c\n+g\n@@\n e\n"] {
        assert!(patched(text, nowhere).is_err());
    }
    assert!(patched("a\na\n", "-a\n").is_err());
}
