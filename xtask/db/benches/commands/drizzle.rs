//! drizzle-kit on the same tables, where it is installed.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use tempfile::TempDir;

use crate::workspace::{Sample, timed};

pub(crate) struct DrizzleKit {
    folder: TempDir,
}

/// `DRIZZLE_KIT`, or beside the reference results: the folder with `node_modules`.
pub(crate) fn installation() -> Option<PathBuf> {
    let recorded = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migration/tests/drizzle");
    let folder = env::var_os("DRIZZLE_KIT").map_or(recorded, PathBuf::from);
    let modules = folder.join("node_modules").canonicalize().ok()?;
    let node = Command::new("node")
        .arg("--version")
        .stdout(Stdio::null())
        .status();
    (modules.join("drizzle-kit/bin.cjs").is_file() && node.is_ok()).then_some(modules)
}

impl DrizzleKit {
    pub(crate) fn new(modules: &Path, tables: usize) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let link = folder.path().join("node_modules");
        std::os::unix::fs::symlink(modules, link).expect("a link");
        fs::write(folder.path().join("schema.ts"), schema(tables)).expect("a schema");
        Self { folder }
    }

    pub(crate) fn forget(&self) {
        let _ = fs::remove_dir_all(self.folder.path().join("drizzle"));
    }

    pub(crate) fn generate(&self) -> Sample {
        let arguments = "node_modules/drizzle-kit/bin.cjs generate --dialect postgresql --schema schema.ts --out drizzle";
        timed(
            Command::new("node")
                .args(arguments.split(' '))
                .current_dir(self.folder.path()),
        )
    }
}

/// As `program::declaration`.
fn schema(tables: usize) -> String {
    let mut text = "import { index, integer, numeric, pgTable, serial, text, timestamp } from 'drizzle-orm/pg-core';\n\
         export const rows = pgTable('rows', { number: integer(), name: text() });\n"
        .to_owned();
    for number in 0..tables {
        let values: Vec<_> = (0..6)
            .map(|column| format!("value_{column}: numeric({{ precision: 18, scale: 8 }}), "))
            .collect();
        let values = values.concat();
        text += &format!(
            "export const table_{number} = pgTable('table_{number}', {{ id: serial().primaryKey(), \
             name: text().notNull().default(\"it's\"), owner: integer().references(() => table_{}.id), \
             created_at: timestamp().defaultNow().notNull(), {values}}}, (t) => [\
             index('table_{number}_name').on(t.name, t.owner), index('table_{number}_created').on(t.created_at)]);\n",
            number / 2
        );
    }
    text
}
