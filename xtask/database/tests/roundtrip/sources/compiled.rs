//! Sources as the modules of one crate, which prints what each of them declares.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use pg_migration::Snapshot;
use pg_schema::Schema;

/// Between two printed states.
const END: &str = "\u{1}";

/// What each source declares when it is compiled, or why it declares nothing. `name` is the crate's.
pub(super) fn compiled<'a>(
    name: &str,
    sources: impl IntoIterator<Item = &'a str>,
) -> Vec<Result<Schema, String>> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sources");
    let package = folder.join(name);
    let _ = fs::remove_dir_all(&package);
    fs::create_dir_all(package.join("src")).unwrap();
    fs::write(package.join("Cargo.toml"), manifest(name)).unwrap();
    // The versions that are there, so that nothing need be fetched.
    fs::copy(root().join("Cargo.lock"), package.join("Cargo.lock")).unwrap();
    let (mut modules, mut calls) = (String::new(), String::new());
    for (number, source) in sources.into_iter().enumerate() {
        fs::write(package.join(format!("src/m{number}.rs")), source).unwrap();
        modules.push_str(&format!("mod m{number};\n"));
        calls.push_str(&format!("    show(m{number}::schema());\n"));
    }
    fs::write(
        package.join("src/main.rs"),
        format!("{modules}\n{SHOW}\nfn main() {{\n{calls}}}\n"),
    )
    .unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--offline"])
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .env("RUSTFLAGS", "-D warnings")
        .current_dir(&package)
        .output()
        .unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success(),
        "{}\nof {}",
        String::from_utf8_lossy(&output.stderr),
        package.display()
    );
    let states = printed
        .split_terminator(END)
        .map(|text| match text.strip_prefix("error: ") {
            Some(error) => Err(error.to_owned()),
            None => Ok(Snapshot::parse(text).unwrap().schema),
        });
    states.collect()
}

const SHOW: &str = r#"fn show(declaration: pg_schema::Declaration) {
    match declaration.build() {
        Ok(state) => print!("{}\u{1}", pg_migration::Snapshot::following(None, state).to_json()),
        Err(errors) => print!("error: {errors}\u{1}"),
    }
}
"#;

fn manifest(name: &str) -> String {
    let path = |package: &str| root().join("xtask").join(package).display().to_string();
    format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n\n[profile.dev]\ndebug = false\n\n[dependencies]\n\
         pg-schema = {{ path = {:?} }}\npg-migration = {{ path = {:?} }}\n",
        path("schema"),
        path("migration")
    )
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap()
}
