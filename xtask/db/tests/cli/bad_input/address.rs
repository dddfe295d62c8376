//! What names the database.

use std::fs;

use super::{CONNECTING, Case, case, generated};
use crate::workspace::{Workspace, percent_encoded};

pub(super) const PASSWORD: &str = "qJ7xWv2k";

/// With a URL in `.env.local`; `{password}` stands for one that must not be seen.
pub(super) fn with_url(url: &str) -> Workspace {
    let url = url.replace("{password}", PASSWORD);
    let shop = Workspace::bare().with_folder().with_secret(PASSWORD);
    shop.write(".env.local", &format!("DATABASE_URL='{url}'\n"));
    shop
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = places();
    cases.extend(malformed());
    cases
}

fn places() -> Vec<Case> {
    const ONE: &[&str] = &["db status"];
    vec![
        case("no DATABASE_URL", CONNECTING, 2, || {
            Workspace::bare().with_folder()
        }),
        case("an empty DATABASE_URL", ONE, 2, || {
            let shop = Workspace::bare()
                .with_folder()
                .with_env("DATABASE_URL", "  \n");
            shop.write(".env.local", "DATABASE_URL=\n");
            shop
        }),
        case(
            "an env file that is not there",
            &["db status --env-file nowhere.env"],
            2,
            || Workspace::new().with_folder(),
        ),
        case(
            "an env file that is a directory",
            &["db status --env-file drizzle"],
            2,
            || Workspace::new().with_folder(),
        ),
        case(".env.local is a directory", ONE, 2, || {
            let shop = Workspace::bare().with_folder();
            fs::create_dir(shop.path(".env.local")).expect("a directory");
            shop
        }),
        case(
            "an env file without it",
            &["db status --env-file other.env"],
            2,
            || {
                let shop = Workspace::new().with_folder();
                shop.write("other.env", "OTHER=1\n");
                shop
            },
        ),
        case("an .env.local with an open quote", CONNECTING, 2, || {
            let shop = with_url("");
            shop.write(
                ".env.local",
                &format!("A=1\n\nDATABASE_URL='postgres://u:{PASSWORD}@h/d\nB=2\n"),
            );
            shop
        }),
        case(
            "an .env.local with a line that is no assignment",
            ONE,
            2,
            || {
                let shop = with_url("");
                shop.write(
                    ".env.local",
                    &format!("# local\nDATABASE_URL postgres://u:{PASSWORD}@h/d\n"),
                );
                shop
            },
        ),
        case("an .env.local that is not UTF-8", ONE, 2, || {
            let shop = Workspace::bare().with_folder();
            fs::write(
                shop.path(".env.local"),
                b"DATABASE_URL='postgres://u:p\xe9@h/d'\n",
            )
            .expect("a file");
            shop
        }),
        case("an .env.local in UTF-16", ONE, 2, || {
            let shop = Workspace::bare().with_folder();
            let text: Vec<u8> = "\u{feff}DATABASE_URL=x\r\n"
                .encode_utf16()
                .flat_map(u16::to_le_bytes)
                .collect();
            fs::write(shop.path(".env.local"), text).expect("a file");
            shop
        }),
        case("an .env.local in which a $ is lost", ONE, 1, || {
            let shop = generated();
            let url = shop
                .url
                .replacen("postgres://postgres:", "postgres://postgres:pa$word", 1);
            shop.write(".env.local", &format!("DATABASE_URL={url}\n"));
            shop
        }),
    ]
}

/// Each is given to `status` alone: all commands read a URL in one place.
fn malformed() -> Vec<Case> {
    [
        ("another scheme", "mysql://shop:{password}@127.0.0.1/shop"),
        ("no scheme", "shop:{password}@127.0.0.1:5432/shop"),
        (
            "quotation marks in the value",
            "\"postgres://shop:{password}@127.0.0.1/shop\"",
        ),
        (
            "port 99999",
            "postgres://shop:{password}@127.0.0.1:99999/shop",
        ),
        (
            "a port that is a word",
            "postgres://shop:{password}@127.0.0.1:port/shop",
        ),
        (
            "no @ before the host",
            "postgres://shop:{password}/127.0.0.1/shop",
        ),
        (
            "a host with a space",
            "postgres://shop:{password}@local host/shop",
        ),
        (
            "IPv6 without the bracket",
            "postgres://shop:{password}@[::1/shop",
        ),
        (
            "several hosts",
            "postgres://shop:{password}@a.invalid,b.invalid/shop",
        ),
        (
            "an unknown parameter",
            "postgres://shop:{password}@127.0.0.1/shop?sslmod=require",
        ),
        (
            "a parameter without a value",
            "postgres://shop:{password}@127.0.0.1/shop?sslmode",
        ),
        (
            "an unknown sslmode",
            "postgres://shop:{password}@127.0.0.1/shop?sslmode=on",
        ),
        (
            "a client certificate",
            "postgres://shop:{password}@127.0.0.1/shop?sslcert=a.pem",
        ),
        (
            "a provider's placeholder",
            "postgres://shop:[YOUR-PASSWORD]@127.0.0.1/shop",
        ),
        (
            "a zero byte in the password",
            "postgres://shop:{password}%00@127.0.0.1/shop",
        ),
        (
            "a user that is not UTF-8",
            "postgres://%ff:{password}@127.0.0.1/shop",
        ),
    ]
    .into_iter()
    .map(|(name, url)| case(name, &["db status"], 2, move || with_url(url)))
    .collect()
}

/// A password may hold whatever a keyboard has, in every place that names the database, and is not shown even when it is wrong.
#[test]
fn a_password_of_every_special_character_works_and_is_never_shown() {
    let shop = generated();
    let _ = shop.ok(&["db", "migrate"]);
    let special: String = (' '..='~').filter(|c| !c.is_ascii_alphanumeric()).collect();
    for (name, password) in [
        ("ascii", format!("qJ7x{special}Wv2k")),
        ("beyond", "€ ü 日本".to_owned()),
    ] {
        let role = shop.role(name, &password, "SUPERUSER");
        let server = shop.url.split_once('@').expect("a host").1.to_owned();
        let encoded = percent_encoded(&password);
        let url = format!("postgres://{role}:{encoded}@{server}");
        shop.write(".env.local", &format!("DATABASE_URL='{url}'\n"));
        let _ = shop.ok(&["db", "status"]);
        let _ = shop.ok(&["db", "status", "--database-url", &url]);
        // As it is, but for what ends a quoted value or would be an escape.
        let raw = password
            .replace('\'', "%27")
            .replace('%', "%25")
            .replace("%2527", "%27");
        shop.write(
            ".env.local",
            &format!("DATABASE_URL='postgres://{role}:{raw}@{server}'\n"),
        );
        let _ = shop.ok(&["db", "status"]);

        let wrong = Workspace::bare().with_folder().with_secret(&password);
        for url in [
            format!("postgres://{role}:{encoded}x@{server}"),
            format!("postgres://{role}:{raw}x@{server}"),
            format!("postgres://{role}:{encoded}@127.0.0.1:1/d"),
            format!("postgres://{role}:{raw}@127.0.0.1:99999/d"),
            format!("{role}:{raw}@127.0.0.1/d"),
            format!("postgres://{role}:{password}@{server}"),
            format!("postgres://{role}:{password}"),
        ] {
            for line in [
                format!("DATABASE_URL='{url}'"),
                format!("DATABASE_URL={url}"),
                format!("DATABASE_URL=\"{url}\""),
            ] {
                wrong.write(".env.local", &line);
                let outcome = wrong.run(&["db", "migrate"]);
                let shown = format!("{}{}", outcome.stdout, outcome.stderr);
                assert_eq!(wrong.leak(&shown), None, "{line}\n{shown}");
            }
            let (state, slip) = (format!("database:{url}"), format!("databse:{url}"));
            for arguments in [
                &["db", "migrate", "--database-url", &url][..],
                &["db", "diff", "--from", &state],
                &["db", "diff", "--from", &slip, "--to", &url],
                &["db", "export", &state],
            ] {
                let outcome = wrong.run(arguments);
                let shown = format!("{}{}", outcome.stdout, outcome.stderr);
                assert_eq!(wrong.leak(&shown), None, "{arguments:?}\n{shown}");
            }
        }
    }
}

/// What editors and shells leave in a file is no mistake of its author.
#[test]
fn an_env_file_may_have_a_mark_line_ends_and_export() {
    let shop = Workspace::new().with_folder();
    let url = shop.url.clone();
    for text in [
        format!("\u{feff}DATABASE_URL='{url}'\n"),
        format!("A=1\r\nDATABASE_URL='{url}'\r\nB=2\r\n"),
        format!("export DATABASE_URL=\"{url}\"\n"),
        format!("DATABASE_URL='{url}' # local\n"),
        format!("\n  DATABASE_URL = '{url}'\n"),
        // The first counts, as in a shell's `.env` readers.
        format!("DATABASE_URL='{url}'\nDATABASE_URL='postgres://u@127.0.0.1:1/d'\n"),
    ] {
        shop.write(".env.local", &text);
        let outcome = shop.run(&["db", "migrate"]);
        assert_eq!(outcome.code, Some(0), "{text}\n{}", outcome.stderr);
    }
    let shop = Workspace::bare()
        .with_folder()
        .with_env("DATABASE_URL", &format!(" {url}\r\n"));
    let _ = shop.ok(&["db", "migrate"]);
}
