//! Prints the folder of PostgreSQL's binaries and, on a second line, that of their libraries.
//!
//! Run by `pg-devserver` where no PostgreSQL is installed; the paths are those of this build, in its target folder.

fn main() {
    let runtime = std::path::Path::new(env!("RUNTIME"));
    println!(
        "{}\n{}",
        runtime.join("bin").display(),
        runtime.join("lib").display()
    );
}
