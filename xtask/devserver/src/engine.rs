use std::path::PathBuf;
use std::process::Command;

use crate::{Event, Installation};

/// The PostgreSQL that is built where none is installed: the crate in `engine/`, whose program prints where its
/// binaries and its libraries are.
#[derive(Debug, Clone)]
pub struct Engine {
    /// Its `Cargo.toml`.
    pub manifest: PathBuf,
    /// The cargo to build it with.
    pub cargo: PathBuf,
}

/// How the search path for shared libraries is called. (Windows finds them beside the binaries.)
const LIBRARY_PATH: &str = if cfg!(target_os = "macos") {
    "DYLD_LIBRARY_PATH"
} else {
    "LD_LIBRARY_PATH"
};

impl Engine {
    /// Builds it, or says why it cannot be used.
    pub(crate) fn build(&self, events: &mut dyn FnMut(Event)) -> Result<Installation, String> {
        if !self.manifest.is_file() {
            return Err(format!(
                "its source, {}, is not there.",
                self.manifest.display()
            ));
        }
        events(Event::BuildingEngine {
            manifest: self.manifest.clone(),
        });
        let mut command = Command::new(&self.cargo);
        command
            .args(["run", "--locked", "--quiet", "--manifest-path"])
            .arg(&self.manifest);
        let output = command
            .output()
            .map_err(|error| format!("{} cannot be run ({error}).", self.cargo.display()))?;
        let (stdout, stderr) = (
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
        );
        if !output.status.success() {
            return Err(format!("it cannot be built:\n{}", stderr.trim()));
        }
        let [bin, library] = stdout.lines().collect::<Vec<_>>()[..] else {
            return Err(format!(
                "its program should print two folders, and printed `{}`.",
                stdout.trim()
            ));
        };
        let environment = vec![
            (LIBRARY_PATH.to_owned(), library.into()),
            // Its ICU data is not part of it, and initdb would stop for want of it.
            (
                "OLIPHAUNT_INTERNAL_SKIP_ICU_DISCOVERY".to_owned(),
                "1".into(),
            ),
            (
                "OLIPHAUNT_INTERNAL_SKIP_SYSTEM_COLLATION_DISCOVERY".to_owned(),
                "1".into(),
            ),
        ];
        Installation::with_environment(bin.as_ref(), environment).map_err(|reason| {
            format!("it does not run here (on Linux it needs glibc 2.38 or newer): {reason}")
        })
    }
}
