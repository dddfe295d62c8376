//! What is renamed: said in the schema, by flags, in a file, at a prompt, or asked for.

use crate::terminal::at_terminal;
use crate::workspace::Workspace;

/// A workspace whose migrated database has an order, and whose schema calls the column `venue` and the table `Trades` otherwise.
fn renamed() -> Workspace {
    let shop = Workspace::new().at_step(7);
    let _ = shop.ok(&["db", "generate", "--name", "init"]);
    let _ = shop.ok(&["db", "migrate"]);
    let _ =
        shop.query(r#"INSERT INTO "Orders" ("id", "symbol", "venue") VALUES ('1', 'BTC', 'here')"#);
    let _ = shop.query(r#"INSERT INTO "Trades" ("id", "orderId") VALUES ('7', '1')"#);
    shop.with_env("SHOP_VENUE", "exchange")
        .with_env("SHOP_TRADES", "Deals")
}

const FLAGS: [&str; 4] = [
    "--rename",
    "Trades=Deals",
    "--rename",
    "Orders.venue=Orders.exchange",
];

fn assert_rows_are_there(shop: &Workspace) {
    let _ = shop.ok(&["db", "migrate"]);
    assert_eq!(shop.query(r#"SELECT "exchange" FROM "Orders""#), ["here"]);
    assert_eq!(shop.query(r#"SELECT "id" FROM "Deals""#), ["7"]);
    // Under every name that a database has which was never called otherwise.
    shop.assert_no_difference("database", "schema");
}

#[test]
fn flags_say_what_is_renamed() {
    let shop = renamed();
    let generate = [&["db", "generate", "--name", "other_names"], &FLAGS[..]].concat();
    let _ = shop.ok(&generate);
    let sql = shop.read("drizzle/0001_other_names.sql");
    assert!(!sql.contains("DROP") && !sql.contains("ADD"), "{sql}");
    assert_rows_are_there(&shop);
}

#[test]
fn a_file_says_what_is_renamed() {
    let shop = renamed();
    let hints = "# The names of the new design\nrename public.Trades=public.Deals\n\nrename Orders.venue=Orders.exchange\n";
    shop.write("names.txt", hints);
    let _ = shop.ok(&["db", "generate", "--hints", "names.txt"]);
    assert_rows_are_there(&shop);
}

/// It stays in the schema, and says nothing any more once the migration is there.
#[test]
fn the_schema_says_what_is_renamed() {
    let shop = renamed().with_env("SHOP_RENAMED_FROM", "venue");
    let generate = ["db", "generate", "--rename", "Trades=Deals"];
    let _ = shop.ok(&generate);
    assert_rows_are_there(&shop);
    let again = shop.ok(&["db", "generate"]);
    assert!(
        again.stderr.contains("nothing to generate"),
        "{}",
        again.stderr
    );
}

/// The snapshot remembers what was renamed, so the way back is a rename, too, and no row is lost.
#[test]
fn the_way_back_renames_as_well() {
    let shop = renamed();
    let dump = || {
        shop.query("SELECT format('%s %s', conrelid::regclass, conname) FROM pg_constraint WHERE conrelid <> 0 AND connamespace = 'public'::regnamespace ORDER BY 1")
    };
    let before = dump();
    let _ = shop.ok(&[&["db", "generate", "--name", "other_names"], &FLAGS[..]].concat());
    assert_rows_are_there(&shop);
    assert_ne!(dump(), before);
    let reverted = shop.ok(&["db", "generate", "--revert", "0001_other_names"]);
    assert!(
        !reverted.stderr.contains("data-loss"),
        "{}",
        reverted.stderr
    );
    let _ = shop.ok(&["db", "migrate"]);
    assert_eq!(dump(), before);
    assert_eq!(shop.query(r#"SELECT "venue" FROM "Orders""#), ["here"]);
    assert_eq!(shop.query(r#"SELECT "id" FROM "Trades""#), ["7"]);
}

#[test]
fn without_a_terminal_the_flags_are_named() {
    let shop = renamed();
    let open = shop.run(&["db", "generate"]);
    assert_eq!(open.code, Some(3), "{}", open.stderr);
    let named = |words: &str| open.stderr.contains(words);
    assert!(
        named("--rename Trades=Deals") && named("--created Deals"),
        "{}",
        open.stderr
    );
    assert!(
        named("--rename Orders.venue=Orders.exchange"),
        "{}",
        open.stderr
    );
    assert!(!shop.path("drizzle/meta/0001_snapshot.json").exists());
    // The other answer is an answer as well.
    let created = ["--created", "Deals", "--created", "Orders.exchange"];
    let generated = shop.ok(&[&["db", "generate", "--name", "anew"], &created[..]].concat());
    assert!(
        generated.stderr.contains("data-loss"),
        "{}",
        generated.stderr
    );
}

#[test]
fn at_a_terminal_it_is_asked() {
    let shop = renamed();
    let venue = [("SHOP_STEP", "7"), ("SHOP_VENUE", "exchange")];
    let generate = ["db", "generate", "--name", "asked"];
    for (answer, code, says) in [
        ("0\n1\n", 0, "RENAME COLUMN"),
        ("2\n", 0, "DROP COLUMN"),
        ("\u{4}", 1, "nothing was written"),
    ] {
        let arguments = [&generate[..], &["--dry-run"]].concat();
        let Some((ended, seen)) = at_terminal(&shop, &arguments, &venue, answer) else {
            return;
        };
        assert_eq!(ended, Some(code), "{answer:?}\n{seen}");
        // Words stand apart in colour.
        let plain = seen
            .replace("\u{1b}[1m\u{1b}[34m", "")
            .replace("\u{1b}[0m", "");
        assert!(plain.contains(says), "{answer:?}\n{seen}");
    }
}
