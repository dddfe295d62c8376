use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::engine::Engine;
use crate::{Error, Event};

/// The oldest major version that is used.
pub(crate) const OLDEST_MAJOR: u32 = 14;

/// Where packages put PostgreSQL's binaries when they do not put them on PATH. A `*` stands for part of one name.
const PLACES: &[&str] = &[
    // Debian and Ubuntu.
    "/usr/lib/postgresql/*/bin",
    // The PostgreSQL project's RPMs, and the distributions' own.
    "/usr/pgsql-*/bin",
    "/usr/lib64/pgsql*/bin",
    // Homebrew: ARM and Intel Macs, Linux.
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/home/linuxbrew/.linuxbrew/opt/postgresql*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
    // EDB's installers.
    "/Library/PostgreSQL/*/bin",
    r"C:\Program Files\PostgreSQL\*\bin",
];

/// Where to look for PostgreSQL.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// `PG_BIN`: a folder with `postgres`, `initdb` and `pg_ctl`. Where set, nothing else is looked at.
    pub pg_bin: Option<PathBuf>,
    /// `PATH`, for the binaries themselves and for `pg_config`.
    pub path: Option<OsString>,
    /// Folders of binaries; a `*` stands for part of one name.
    pub places: Vec<PathBuf>,
    /// What to build where nothing is installed.
    pub engine: Option<Engine>,
}

impl Search {
    /// `PG_BIN` and `PATH` of this process, and the places where packages put PostgreSQL.
    /// `engine` is the `Cargo.toml` of the engine, where there is a checkout that holds it.
    #[must_use]
    pub fn from_env(engine: Option<PathBuf>) -> Self {
        Self {
            pg_bin: env::var_os("PG_BIN")
                .filter(|value| !value.is_empty())
                .map(PathBuf::from),
            path: env::var_os("PATH"),
            places: PLACES.iter().map(PathBuf::from).collect(),
            engine: engine.map(|manifest| Engine {
                manifest,
                cargo: env::var_os("CARGO")
                    .unwrap_or_else(|| "cargo".into())
                    .into(),
            }),
        }
    }

    /// All that can be used, the preferred one (the newest) first: at least one.
    /// With [`Search::pg_bin`] it is that one only; the engine is built when nothing else is there.
    ///
    /// # Errors
    /// [`Error::PgBin`], [`Error::NotFound`].
    pub fn installations(&self, events: &mut dyn FnMut(Event)) -> Result<Vec<Installation>, Error> {
        if let Some(path) = &self.pg_bin {
            return match Installation::at(path) {
                Ok(installation) => Ok(vec![installation]),
                Err(reason) => Err(Error::PgBin {
                    path: path.clone(),
                    reason,
                }),
            };
        }
        let (mut found, looked_in) = self.installed();
        if found.is_empty() {
            let engine = self
                .engine
                .as_ref()
                .ok_or_else(|| "there is no checkout that holds its source.".to_owned());
            let built = engine.and_then(|engine| engine.build(events));
            found.push(built.map_err(|engine| Error::NotFound { looked_in, engine })?);
        }
        found.sort_by_key(|installation| std::cmp::Reverse(installation.major));
        Ok(found)
    }

    /// A `psql`: that of the preferred installation, where it has one, or else the first on PATH.
    pub(crate) fn psql(&self) -> Option<PathBuf> {
        let mut search = self.clone();
        search.engine = None;
        let installations = search.installations(&mut |_| {}).unwrap_or_default();
        let beside = installations
            .iter()
            .map(|installation| installation.program("psql"));
        beside
            .chain(self.on_path("psql"))
            .find(|path| path.is_file())
    }

    /// What is installed, and a line for every place looked in.
    fn installed(&self) -> (Vec<Installation>, Vec<String>) {
        let mut found: Vec<Installation> = Vec::new();
        let mut looked_in = vec!["PG_BIN (not set)".to_owned()];
        let mut look = |place: String, folders: Vec<PathBuf>| {
            looked_in.push(place);
            for folder in folders {
                match Installation::at(&folder) {
                    Ok(new) if found.iter().any(|known| known.bin == new.bin) => {}
                    Ok(new) => found.push(new),
                    Err(reason) => looked_in.push(format!("  {}: {reason}", folder.display())),
                }
            }
        };
        look(
            "pg_config --bindir".to_owned(),
            self.on_path("pg_config")
                .filter_map(|tool| bindir(&tool))
                .collect(),
        );
        let on_path = self
            .on_path("initdb")
            .filter_map(|initdb| Some(initdb.parent()?.to_owned()));
        look("PATH".to_owned(), on_path.collect());
        for place in &self.places {
            look(place.display().to_string(), expand(place));
        }
        (found, looked_in)
    }

    fn on_path(&self, program: &str) -> impl Iterator<Item = PathBuf> {
        let file = executable(program);
        let folders: Vec<PathBuf> = self.path.iter().flat_map(env::split_paths).collect();
        folders
            .into_iter()
            .map(move |folder| folder.join(&file))
            .filter(|path| path.is_file())
    }
}

/// The binaries of one PostgreSQL, known to run on this machine.
#[derive(Debug, Clone)]
pub struct Installation {
    bin: PathBuf,
    major: u32,
    version: String,
    environment: Vec<(String, OsString)>,
}

impl Installation {
    /// Where `postgres`, `initdb` and `pg_ctl` are.
    #[must_use]
    pub fn bin(&self) -> &Path {
        &self.bin
    }

    /// The major version, e.g. 15.
    #[must_use]
    pub fn major(&self) -> u32 {
        self.major
    }

    /// The whole version, e.g. `15.13`.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.bin.join(executable(name))
    }

    /// What the programs need in their environment to run.
    pub(crate) fn environment(&self) -> &[(String, OsString)] {
        &self.environment
    }

    /// The one in the folder `bin`, or what is wrong with it.
    fn at(bin: &Path) -> Result<Self, String> {
        Self::with_environment(bin, Vec::new())
    }

    pub(crate) fn with_environment(
        bin: &Path,
        environment: Vec<(String, OsString)>,
    ) -> Result<Self, String> {
        // A folder on PATH often holds links into the real one, and a server finds its files beside its binary.
        let initdb = fs::canonicalize(bin.join(executable("initdb")));
        let bin = match initdb.as_deref().map(Path::parent) {
            Ok(Some(folder)) => folder.to_owned(),
            _ => return Err("there is no `initdb` in it".to_owned()),
        };
        if let Some(missing) = ["postgres", "pg_ctl"]
            .iter()
            .find(|name| !bin.join(executable(name)).is_file())
        {
            return Err(format!(
                "there is no `{missing}` in it (a client without the server?)"
            ));
        }
        let mut found = Self {
            bin,
            major: 0,
            version: String::new(),
            environment,
        };
        found.version = found.ask_version()?;
        found.major = leading_number(&found.version)
            .ok_or_else(|| format!("its version is `{}`", found.version))?;
        if found.major < OLDEST_MAJOR {
            return Err(format!(
                "it is PostgreSQL {}, and {OLDEST_MAJOR} or newer is needed",
                found.version
            ));
        }
        Ok(found)
    }

    /// Runs `postgres --version`, which also shows whether its libraries fit this machine.
    fn ask_version(&self) -> Result<String, String> {
        let mut command = Command::new(self.program("postgres"));
        let output = command
            .arg("--version")
            .envs(self.environment.iter().cloned())
            .output();
        let output =
            output.map_err(|error| format!("`postgres --version` cannot be run ({error})"))?;
        if !output.status.success() {
            let reason = String::from_utf8_lossy(&output.stderr);
            let reason = reason.lines().next().unwrap_or("it says nothing");
            return Err(format!("`postgres --version` fails: {reason}"));
        }
        // E.g. `postgres (PostgreSQL) 15.13 (Debian 15.13-0+deb12u1)`.
        let text = String::from_utf8_lossy(&output.stdout);
        let version = text
            .split_whitespace()
            .find(|word| leading_number(word).is_some());
        version
            .map(str::to_owned)
            .ok_or_else(|| format!("`postgres --version` says `{}`", text.trim()))
    }
}

/// The 15 of `15.13`, `15beta1` or `15devel`.
fn leading_number(version: &str) -> Option<u32> {
    version
        .split(|c: char| !c.is_ascii_digit())
        .next()?
        .parse()
        .ok()
}

fn executable(program: &str) -> String {
    format!("{program}{}", env::consts::EXE_SUFFIX)
}

fn bindir(pg_config: &Path) -> Option<PathBuf> {
    let output = Command::new(pg_config).arg("--bindir").output().ok()?;
    let bindir = String::from_utf8(output.stdout).ok()?;
    output
        .status
        .success()
        .then(|| PathBuf::from(bindir.trim_end()))
}

/// The folders that `pattern` stands for; a `*` may stand once, for part of one name.
fn expand(pattern: &Path) -> Vec<PathBuf> {
    let components: Vec<&OsStr> = pattern.iter().collect();
    let star = components
        .iter()
        .position(|name| name.to_string_lossy().contains('*'));
    let Some(star) = star else {
        return Vec::from_iter(pattern.is_dir().then(|| pattern.to_owned()));
    };
    let (parent, rest): (PathBuf, PathBuf) = (
        components[..star].iter().collect(),
        components[star + 1..].iter().collect(),
    );
    let name = components[star].to_string_lossy();
    let (start, end) = name.split_once('*').unwrap_or((&name, ""));
    let mut folders: Vec<PathBuf> = fs::read_dir(parent)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            name.starts_with(start) && name.ends_with(end)
        })
        .map(|entry| entry.path().join(&rest))
        .filter(|folder| folder.is_dir())
        .collect();
    folders.sort();
    folders
}
