#![allow(clippy::unwrap_used)]

use super::*;

const ENTRY: &str = r#"{"idx":0,"version":"7","when":5,"tag":"0000_a","breakpoints":true}"#;

fn journal(entries: &str) -> Result<Journal, JournalError> {
    Journal::parse(&format!(
        r#"{{"version":"7","dialect":"postgresql","entries":[{entries}]}}"#
    ))
}

#[test]
fn is_written_like_drizzle_kit_writes_it() {
    let mut journal = Journal::default();
    assert_eq!(
        journal.to_json(),
        "{\n  \"version\": \"7\",\n  \"dialect\": \"postgresql\",\n  \"entries\": []\n}"
    );
    journal.push("a", 5);
    let written = journal.to_json();
    assert_eq!(
        written,
        r#"{
  "version": "7",
  "dialect": "postgresql",
  "entries": [
    {
      "idx": 0,
      "version": "7",
      "when": 5,
      "tag": "0000_a",
      "breakpoints": true
    }
  ]
}"#
    );
    assert_eq!(Journal::parse(&written).unwrap(), journal);
}

#[test]
fn older_journals_are_read_and_unknown_keys_kept() {
    let json = r#"{
  "version": "5",
  "dialect": "pg",
  "entries": [
    {
      "idx": 0,
      "version": "6",
      "when": 9,
      "tag": "0000_a",
      "breakpoints": true,
      "note": {
        "b": 1,
        "a": []
      }
    }
  ],
  "z": 1,
  "a": null
}"#;
    assert_eq!(Journal::parse(json).unwrap().to_json(), json);

    let bare = journal(
        r#"{"idx":3,"version":"5","when":9,"tag":"a"},{"idx":1,"version":"7","when":5,"tag":"b"}"#,
    )
    .unwrap();
    assert!(bare.entries[0].breakpoints);
    assert_eq!(
        bare.entries[1].when, 5,
        "going back is for the runner to judge"
    );
}

#[test]
fn a_new_entry_is_newer_and_higher_than_all() {
    let mut journal =
        journal(r#"{"idx":7,"version":"5","when":90,"tag":"a"},{"idx":1,"version":"7","when":50,"tag":"b"}"#).unwrap();
    let entry = journal.push("c", 60);
    assert_eq!(
        (entry.idx, entry.when, entry.tag.as_str()),
        (8, 91, "0008_c")
    );
    assert_eq!(journal.push("d", 91).when, 92);
    assert_eq!(journal.push("e", 1000).when, 1000);
}

#[test]
fn a_new_entry_is_numbered_like_the_last_one() {
    // 2024-02-29 23:59:59.900 UTC.
    let when = 1_709_251_199_900;
    for (last, expected) in [
        ("0000_a", "0001_b"),
        ("20240229235958_a", "20240229235959_b"),
        ("1709251198_a", "1709251199_b"),
        ("2024_a", "0001_b"),
    ] {
        let mut journal = journal(&ENTRY.replace("0000_a", last)).unwrap();
        assert_eq!(journal.push("b", when).tag, expected);
    }
    // Two within one second would share a snapshot.
    let mut journal = journal(&ENTRY.replace("0000_a", "20240229235958_a")).unwrap();
    journal.push("b", when);
    let next = journal.push("c", when + 50);
    assert_eq!(
        (next.tag.as_str(), next.when),
        ("20240301000000_c", 1_709_251_200_000)
    );
}

#[test]
fn a_snapshot_is_named_after_the_prefix() {
    for (tag, snapshot) in [
        ("0000_a_b", "0000_snapshot.json"),
        ("20240102030405_a", "20240102030405_snapshot.json"),
        ("plain", "plain_snapshot.json"),
        ("_a", "_snapshot.json"),
    ] {
        let journal = journal(&ENTRY.replace("0000_a", tag)).unwrap();
        assert_eq!(journal.entries[0].snapshot_file_name(), snapshot);
    }
}

#[test]
fn mistakes_are_named_precisely() {
    for (json, message) in [
        (
            "",
            "not a journal of drizzle-kit: EOF while parsing a value at line 1 column 0",
        ),
        ("{\n  \"version\": 7", "line 2 column 14"),
        (
            "{\"version\":\"7\",\n\"dialect\":\"postgresql\",\n\"entries\":[{\"idx\":0}]}",
            "missing field `version` at line 3",
        ),
        (
            r#"{"version":"7","dialect":"mysql","entries":[]}"#,
            "of the dialect \"mysql\"",
        ),
        (
            r#"{"version":"8","dialect":"postgresql","entries":[]}"#,
            "it has version \"8\"",
        ),
        (
            r#"{"version":"x","dialect":"postgresql","entries":[]}"#,
            "it has version \"x\"",
        ),
    ] {
        let error = Journal::parse(json).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    }
    let entries = |changes: &[(&str, &str)]| {
        let second = changes.iter().fold(ENTRY.to_owned(), |entry, (from, to)| {
            entry.replace(from, to)
        });
        journal(&format!("{ENTRY},{second}"))
            .unwrap_err()
            .to_string()
    };
    assert!(entries(&[("\"idx\":0", "\"idx\":1")]).contains("two entries have the tag `0000_a`"));
    assert!(entries(&[("0000_a", "0000_b")]).contains("`0000_a` and `0000_b` both have the idx 0"));
    assert!(
        entries(&[
            ("\"idx\":0", "\"idx\":1"),
            ("0000_a", "b"),
            ("\"7\"", "\"8\"")
        ])
        .contains("`b` has version \"8\"")
    );
}

#[test]
fn a_tag_cannot_lead_out_of_the_folder() {
    for tag in [
        "", ".", "..", "../x", "a/b", "/a", "a/", "./a", r"a\\b", "c:a", ".hidden", r"a\u0000",
        r"a\n",
    ] {
        let error = journal(&ENTRY.replace("0000_a", tag)).unwrap_err();
        assert!(matches!(error, JournalError::Tag(_)), "{tag}: {error}");
    }
    for tag in ["a", "0000_naïve name", "0001_v1.2-x", "a..b"] {
        journal(&ENTRY.replace("0000_a", tag)).unwrap();
    }
}
