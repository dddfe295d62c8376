//! Finding PostgreSQL, with fakes: scripts that answer `postgres --version`.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use pg_devserver::{DevServer, Engine, Error, Event, Search, Status};
use tempfile::TempDir;

/// Makes an executable script. Another process writes it: if this one did, a fork in another thread could hold the file
/// open for writing, and it could not be run ("text file busy").
fn script(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut sh = Command::new("sh");
    let sh = sh.args([
        "-c",
        r#"printf '#!/bin/sh\n%s\n' "$2" > "$1" && chmod +x "$1""#,
        "sh",
    ]);
    assert!(sh.arg(path).arg(text).status().unwrap().success());
}

fn fake_postgresql(bin: &Path, version: &str) {
    script(
        &bin.join("postgres"),
        &format!("echo 'postgres (PostgreSQL) {version}'"),
    );
    script(&bin.join("initdb"), "");
    script(&bin.join("pg_ctl"), "");
}

fn versions(search: &Search) -> Vec<String> {
    let found = search.installations(&mut |_| {}).unwrap();
    found
        .iter()
        .map(|installation| installation.version().to_owned())
        .collect()
}

fn message(search: &Search) -> String {
    search.installations(&mut |_| {}).unwrap_err().to_string()
}

#[test]
fn the_newest_comes_first_and_each_place_counts_once() {
    let root = TempDir::new().unwrap();
    for (folder, version) in [
        ("lib/9/bin", "9.6.24"),
        ("lib/16/bin", "16.4 (Debian)"),
        ("lib/17/bin", "17beta2"),
    ] {
        fake_postgresql(&root.path().join(folder), version);
    }
    fake_postgresql(&root.path().join("pgsql-18/bin"), "18.0");
    // PATH holds a link to one of them, and a `pg_config` that names another.
    let path = root.path().join("path");
    script(
        &path.join("pg_config"),
        &format!("echo '{}/lib/17/bin'", root.path().display()),
    );
    std::os::unix::fs::symlink(root.path().join("lib/16/bin/initdb"), path.join("initdb")).unwrap();
    let search = Search {
        path: Some(path.into()),
        places: vec![
            root.path().join("lib/*/bin"),
            root.path().join("pgsql-*/bin"),
        ],
        ..Search::default()
    };
    assert_eq!(versions(&search), ["18.0", "17beta2", "16.4"]);

    let pg_bin = Some(root.path().join("lib/16/bin"));
    assert_eq!(versions(&Search { pg_bin, ..search }), ["16.4"]);
}

#[test]
fn a_wrong_pg_bin_is_an_error_even_where_another_would_do() {
    let root = TempDir::new().unwrap();
    fake_postgresql(&root.path().join("good"), "17.0");
    let with = |folder: &str| {
        let places = vec![root.path().join("good")];
        message(&Search {
            pg_bin: Some(root.path().join(folder)),
            places,
            ..Search::default()
        })
    };
    let missing = with("missing");
    assert!(
        missing.contains("PG_BIN is set to") && missing.contains("there is no `initdb` in it"),
        "{missing}"
    );

    fake_postgresql(&root.path().join("old"), "13.22");
    assert!(
        with("old").contains("it is PostgreSQL 13.22, and 14 or newer is needed"),
        "{}",
        with("old")
    );

    fake_postgresql(&root.path().join("broken"), "17.0");
    script(
        &root.path().join("broken/postgres"),
        "echo 'GLIBC_2.38 not found' >&2; exit 1",
    );
    assert!(
        with("broken").contains("`postgres --version` fails: GLIBC_2.38 not found"),
        "{}",
        with("broken")
    );

    fake_postgresql(&root.path().join("client"), "17.0");
    fs::remove_file(root.path().join("client/postgres")).unwrap();
    assert!(
        with("client").contains("there is no `postgres` in it"),
        "{}",
        with("client")
    );
}

#[test]
fn where_nothing_is_found_the_error_lists_the_places_and_the_ways_out() {
    let root = TempDir::new().unwrap();
    fake_postgresql(&root.path().join("lib/13/bin"), "13.22");
    let search = Search {
        path: Some(root.path().into()),
        places: vec![root.path().join("lib/*/bin"), root.path().join("absent")],
        ..Search::default()
    };
    let message = message(&search);
    let root = root.path().display();
    for part in [
        "PG_BIN",
        "pg_config",
        "PATH",
        &format!("{root}/lib/*/bin"),
        &format!("{root}/lib/13/bin: it is PostgreSQL 13.22"),
        &format!("{root}/absent"),
        "there is no checkout that holds its source",
        "apt-get install postgresql",
        "dnf install postgresql-server",
        "brew install postgresql",
        "DATABASE_URL",
    ] {
        assert!(message.contains(part), "`{part}` is not in: {message}");
    }
}

#[test]
fn the_places_of_this_system_are_looked_at() {
    let search = Search {
        pg_bin: None,
        path: None,
        ..Search::from_env(None)
    };
    if Path::new("/usr/lib/postgresql").is_dir() {
        let found = search.installations(&mut |_| {}).unwrap();
        assert!(
            found[0].bin().starts_with("/usr/lib/postgresql"),
            "{found:?}"
        );
    } else {
        assert!(
            search
                .places
                .contains(&PathBuf::from("/usr/lib/postgresql/*/bin"))
        );
    }
}

#[test]
fn the_engine_is_built_only_where_nothing_is_installed() {
    let root = TempDir::new().unwrap();
    let (manifest, cargo, bin) = (
        root.path().join("Cargo.toml"),
        root.path().join("cargo"),
        root.path().join("bin"),
    );
    fs::write(&manifest, "").unwrap();
    fake_postgresql(&bin, "18.4");
    // As with the real one, it starts with its own libraries only.
    script(
        &bin.join("postgres"),
        r#"[ "$LD_LIBRARY_PATH" = /engine/lib ] && echo 'postgres (PostgreSQL) 18.4'"#,
    );
    let expected = format!(
        "run --locked --quiet --manifest-path {}",
        manifest.display()
    );
    script(
        &cargo,
        &format!(
            "[ \"$*\" = '{expected}' ] && echo '{}' && echo /engine/lib",
            bin.display()
        ),
    );

    let engine = Some(Engine {
        manifest: manifest.clone(),
        cargo: cargo.clone(),
    });
    let mut search = Search {
        engine,
        ..Search::default()
    };
    if cfg!(not(target_os = "macos")) {
        let mut events = Vec::new();
        let found = search
            .installations(&mut |event| events.push(event))
            .unwrap();
        assert_eq!(found[0].version(), "18.4");
        assert_eq!(
            events,
            [Event::BuildingEngine {
                manifest: manifest.clone()
            }]
        );
    }

    script(&cargo, "echo 'error: no network' >&2; exit 101");
    assert!(
        message(&search).contains("it cannot be built:\nerror: no network"),
        "{}",
        message(&search)
    );

    search.engine = Some(Engine {
        manifest: root.path().join("absent/Cargo.toml"),
        cargo,
    });
    assert!(
        message(&search).contains("absent/Cargo.toml, is not there"),
        "{}",
        message(&search)
    );

    fake_postgresql(&root.path().join("installed"), "15.1");
    search.places.push(root.path().join("installed"));
    assert_eq!(versions(&search), ["15.1"]);
}

/// The real thing, on a system that it runs on: the binaries need glibc 2.38.
#[test]
#[ignore = "downloads 14 MB, and does not run on older systems"]
fn the_engine_runs() {
    let engine = concat!(env!("CARGO_MANIFEST_DIR"), "/engine/Cargo.toml");
    let mut search = Search::from_env(Some(engine.into()));
    (search.pg_bin, search.places) = (None, Vec::new());
    search.path = None;
    let root = TempDir::new().unwrap();
    let server = DevServer::new(root.path().join("devdb"), "app", search);
    let started = server
        .start(&mut |_| {})
        .unwrap_or_else(|error: Error| panic!("{error}"));
    assert!(started.version.starts_with("18."), "{started:?}");
    let url = server.url().unwrap().unwrap();
    let mut client = postgres::Client::connect(&url, postgres::NoTls).unwrap();
    client
        .batch_execute(
            "DO $$ BEGIN CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY); END $$",
        )
        .unwrap();
    server.destroy().unwrap();
    assert_eq!(server.status().unwrap(), Status::Absent);
}
