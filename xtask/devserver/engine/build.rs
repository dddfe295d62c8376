//! Tells the program where the build script of the target's binaries has put them.

use std::env;
use std::path::Path;

fn main() {
    // Cargo passes on what a dependency with a `links` key reports; the middle of the name is the target's.
    let manifest = env::vars().find(|(name, _)| {
        name.starts_with("DEP_OLIPHAUNT_ARTIFACT_LIBOLIPHAUNT_NATIVE_")
            && name.ends_with("_MANIFEST")
    });
    let Some((_, manifest)) = manifest else {
        let target = env::var("TARGET").unwrap_or_default();
        println!("cargo::error=there are no PostgreSQL binaries for {target}");
        return;
    };
    let runtime = Path::new(&manifest)
        .with_file_name("payload")
        .join("runtime");
    println!("cargo::rustc-env=RUNTIME={}", runtime.display());
    println!("cargo::rerun-if-changed=build.rs");
}
