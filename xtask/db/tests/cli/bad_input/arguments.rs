//! The command line, and answers that cannot be asked for.

use super::{Case, case, generated};
use crate::workspace::Workspace;

/// Of `db pull`, which writes a file.
fn source_files() -> Vec<Case> {
    vec![
        case(
            "a file for the source that cannot be written",
            &[
                "db pull --to Cargo.toml/schema.rs --no-baseline",
                "db pull --to /proc/schema.rs --no-baseline",
            ],
            1,
            || {
                let shop = Workspace::new();
                let _ = shop.query("CREATE TABLE t (a integer)");
                shop
            },
        ),
        case(
            "a folder for the source",
            &["db pull --to .", "db pull --to drizzle"],
            2,
            generated,
        ),
        case(
            "a source that is there already",
            &["db pull --to Cargo.toml"],
            3,
            generated,
        ),
        case(
            "a flag that is about a file, without one",
            &[
                "db pull --allow-remote",
                "db pull --overwrite",
                "db pull --no-baseline",
            ],
            2,
            generated,
        ),
    ]
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = vec![
        case(
            "an unknown command",
            &["db migarte", "db frobnicate"],
            2,
            generated,
        ),
        case("an unknown alias", &["db:migarte"], 2, generated),
        case(
            "an unknown flag",
            &["db migrate --dryrun", "db generate --frobnicate"],
            2,
            generated,
        ),
        case(
            "a flag without its value",
            &["db migrate --to", "db status --folder"],
            2,
            generated,
        ),
        case(
            "one argument too many",
            &["db generate add_users"],
            2,
            generated,
        ),
        case(
            "a --to that is not there",
            &[
                "db migrate --to 0000_inti",
                "db migrate --to 7",
                "db migrate --dry-run --to 0000_inti.sql",
            ],
            2,
            generated,
        ),
        case(
            "a filter where no database is looked at",
            &["db check --tables Orders"],
            2,
            generated,
        ),
        case(
            "no terminal to ask at",
            &["db seed", "db reset"],
            3,
            generated,
        ),
    ];
    cases.extend(folders());
    cases.extend(source_files());
    cases.extend(values());
    cases.extend(names());
    cases.push(case(
        "a schema with ten errors",
        &[
            "db generate",
            "db generate --dry-run",
            "db status",
            "db push --yes",
            "db seed --yes",
        ],
        1,
        || generated().with_env("SHOP_SCHEMA", "broken"),
    ));
    cases
}

/// What `--folder` names.
fn folders() -> Vec<Case> {
    vec![
        case(
            "a folder that is not there",
            &[
                "db migrate --folder nowhere",
                "db migrate --dry-run --folder nowhere",
                "db seed --yes --folder nowhere",
                "db reset --yes --folder nowhere",
            ],
            2,
            generated,
        ),
        case(
            "a folder that is a file",
            &[
                "db generate --folder Cargo.toml",
                "db generate --dry-run --folder Cargo.toml",
                "db migrate --folder Cargo.toml",
                "db status --folder Cargo.toml",
            ],
            2,
            generated,
        ),
        case(
            "a folder below a file",
            &[
                "db generate --folder Cargo.toml/drizzle",
                "db migrate --folder Cargo.toml/drizzle",
                "db status --folder Cargo.toml/drizzle",
            ],
            2,
            generated,
        ),
        case(
            "a folder with a hostile name that is not there",
            &["db migrate --folder", "db seed --yes --folder"],
            2,
            || generated().with_last_argument("it's \"not\" here\n€"),
        ),
    ]
}

/// Values of flags.
fn values() -> Vec<Case> {
    vec![
        case(
            "a time that is none",
            &[
                "db migrate --wait-lock soon",
                "db migrate --lock-timeout 5",
                "db push --statement-timeout 5",
            ],
            2,
            generated,
        ),
        case(
            "a hazard that is none",
            &["db push --allow everything", "db push --allow"],
            2,
            generated,
        ),
    ]
}

/// Of migrations; each is the last argument.
fn names() -> Vec<Case> {
    let too_long = "x".repeat(101);
    [
        ("a name that is a path", "../x"),
        ("a name with a slash", "a/b"),
        ("a name with quotes", "it's \"x\""),
        ("a name with a space", "add users"),
        ("a name with a letter beyond ASCII", "größe"),
        ("an empty name", ""),
        ("a name with a line break", "a\nb"),
        ("a name with a wildcard", "a*"),
        ("a name that begins with a dash", "-x"),
        ("a name that is too long", &too_long),
    ]
    .into_iter()
    .map(|(what, name)| {
        let name = name.to_owned();
        case(
            what,
            &["db generate --name", "db generate --custom --name"],
            2,
            move || generated().at_step(1).with_last_argument(&name),
        )
    })
    .collect()
}
