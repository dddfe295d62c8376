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

/// Neither of the commands that drop everything takes what does not count.
#[test]
fn what_is_left_out_survives_a_reset() {
    let shop = migrated(9).with_env("SHOP_TABLES", "!legacy*");
    let _ = shop.query(
        "CREATE TABLE legacy (id serial PRIMARY KEY, note text); INSERT INTO legacy (note) VALUES ('kept'); \
         CREATE VIEW legacy_notes AS SELECT note FROM legacy",
    );
    for command in ["reset", "seed"] {
        let done = shop.ok(&["db", command, "--yes"]);
        let says = "Left alone, as it is not the project's: table legacy, view legacy_notes\n";
        assert!(done.stderr.contains(says), "{}", done.stderr);
        assert_eq!(shop.query("SELECT note FROM legacy_notes"), ["kept"]);
        assert_eq!(shop.query("SELECT nextval('legacy_id_seq') > 1"), ["t"]);
    }
    // What depends on what goes stops it.
    let _ = shop.query("ALTER TABLE legacy ADD COLUMN \"order\" text REFERENCES \"Orders\"");
    let before = shop.state();
    let stopped = shop.run(&["db", "reset", "--yes"]);
    assert_eq!(stopped.code, Some(1), "{}", stopped.stderr);
    assert!(
        stopped.stderr.contains("on table legacy"),
        "{}",
        stopped.stderr
    );
    assert!(shop.state() == before, "it changed something");
}
