//! What is left out of a database, by flags and by the project, is left out of what is compared with it.

use crate::workspace::Workspace;

/// A database with the schema as it is at a step.
fn migrated(step: u32) -> Workspace {
    let shop = Workspace::new().at_step(step);
    let _ = shop.ok(&["db", "generate", "--name", "init"]);
    let _ = shop.ok(&["db", "migrate"]);
    shop
}

#[test]
fn both_sides_are_narrowed_alike() {
    let mut shop = migrated(9);
    let _ = shop.query("CREATE TABLE legacy_notes (note text); DROP TABLE \"audit\".\"Trail\"");
    let diff = |shop: &Workspace, flags: &[&str]| {
        shop.ok(&[&["db", "diff", "--from", "database"], flags].concat())
            .stdout
    };
    let all = diff(&shop, &[]);
    assert!(
        all.contains("DROP TABLE \"legacy_notes\"")
            && all.contains("CREATE TABLE \"audit\".\"Trail\""),
        "{all}"
    );
    // The hidden table is not made either, which is what the reference tool gets wrong.
    for flags in [
        &["--schemas", "public", "--tables", "!legacy_*"][..],
        &["--tables", "Orders,Trades"],
        &["--tables", "Orders", "--tables", "Trades"],
        &["--tables", "!legacy_*,!audit.*"],
        &["--tables", "{Orders,Trades}"],
    ] {
        assert_eq!(diff(&shop, flags), "", "{flags:?}");
    }
    assert!(diff(&shop, &["--tables", "legacy_*"]).starts_with("DROP TABLE \"legacy_notes\""));
    assert!(diff(&shop, &["--schemas", "audit"]).starts_with("CREATE TABLE \"audit\".\"Trail\""));
    // What the project says holds until a flag says otherwise.
    shop = shop.with_env("SHOP_TABLES", "!legacy_*");
    assert!(!diff(&shop, &[]).contains("legacy"));
    assert!(diff(&shop, &["--tables", "*"]).contains("legacy"));
    // It is about databases: what `generate` would write is all that the schema says.
    let shop = shop.with_env("SHOP_TABLES", "!Orders");
    let first = shop.ok(&["db", "diff", "--from", "empty"]).stdout;
    assert!(first.contains("CREATE TABLE \"Orders\""), "{first}");
}

#[test]
fn what_is_exported_can_be_narrowed_and_a_slip_is_seen() {
    let shop = Workspace::new();
    let export = shop.ok(&["db", "export", "--tables", "Trades"]);
    assert!(export.stdout.contains("CREATE TABLE \"Trades\""));
    assert!(!export.stdout.contains("CREATE TABLE \"Orders\""));
    assert_eq!(export.stderr, "");
    let slip = shop.ok(&[
        "db",
        "export",
        "--tables",
        "trades",
        "--schemas",
        "public,adit",
    ]);
    assert_eq!(
        slip.stderr,
        "warning: no schema is called as in `adit`\nwarning: no table or view is called as in `trades`\n"
    );
}
