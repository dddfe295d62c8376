use std::env;
use std::fs;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::cluster::Cluster;
use crate::connection;
use crate::password::Password;
use crate::pid_file::PidFile;
use crate::{Error, SUPERUSER, Search, random};

/// Nothing waits for the disk. What was committed still survives a killed server, since the system has it by then.
const SETTINGS: &[(&str, &str)] = &[("fsync", "off"), ("full_page_writes", "off")];

/// A server for tests, with its data in the system's folder for temporary files.
/// It ends and its data goes when this value is dropped or the process ends, in whatever way (even by `kill -9`).
#[derive(Debug)]
pub struct TestServer {
    cluster: Cluster,
    port: u16,
    password: Password,
    databases: AtomicU32,
    _watchdog: Watchdog,
}

impl TestServer {
    /// The one that all tests of this process share. The installation is chosen as for the developer's server
    /// (`PG_BIN` first), and the engine is looked for in the checkout around the current folder.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<TestServer> = OnceLock::new();
        SHARED.get_or_init(|| Self::start(&[]).unwrap_or_else(|error| panic!("{error}")))
    }

    /// One of its own, for tests that need settings (`postgresql.conf`) or that stop and kill it.
    ///
    /// # Errors
    /// When no PostgreSQL is found, or it does not start.
    pub fn start(settings: &[(&str, &str)]) -> Result<Self, Error> {
        let installation = Search::from_env(engine_manifest())
            .installations(&mut |_| {})?
            .swap_remove(0);
        let password = Password::random()?;
        let folder = env::temp_dir().join(format!("pg-devserver-test-{}", random::hex()?));
        fs::create_dir(&folder).map_err(Error::io("create", &folder))?;
        let watchdog =
            Watchdog::over(&folder).map_err(Error::io("run `sh` to watch over", &folder))?;
        let cluster = Cluster::new(installation, folder.join("data"), folder.join("server.log"))?;
        let settings: Vec<_> = SETTINGS.iter().chain(settings).copied().collect();
        cluster.initialise(&password, &settings, false)?;
        let port = cluster.start(None)?.port;
        Ok(Self {
            cluster,
            port,
            password,
            databases: AtomicU32::new(0),
            _watchdog: watchdog,
        })
    }

    /// Makes an empty database, whose name is `name` and a number that no other has, and returns its URL.
    ///
    /// # Panics
    /// When the server refuses it.
    pub fn create_database(&self, name: &str) -> String {
        let name = format!("{name}_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        connection::create_database(self.port, &self.password, &name)
            .unwrap_or_else(|error| panic!("{error:?}"));
        self.url(&name)
    }

    /// The URL of a database on it, with the superuser and its password.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        connection::url(self.port, &self.password, database)
    }

    /// The URL of the database `postgres`.
    #[must_use]
    pub fn superuser_url(&self) -> String {
        self.url(SUPERUSER)
    }

    /// The port on 127.0.0.1 that it listens on; a restart keeps it.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its data folder.
    #[must_use]
    pub fn data(&self) -> &Path {
        self.cluster.data()
    }

    /// Its log file.
    #[must_use]
    pub fn log(&self) -> &Path {
        self.cluster.log()
    }

    /// Stops it as a crash would: without a checkpoint, so that the next start recovers from the log.
    ///
    /// # Errors
    /// When it does not run.
    pub fn stop_immediately(&self) -> Result<(), Error> {
        self.cluster.stop("immediate")
    }

    /// Ends its first process with `kill -9`; the other ones notice and follow.
    ///
    /// # Errors
    /// When it does not run.
    pub fn kill(&self) -> Result<(), Error> {
        let data = self.data();
        let not_running = || Error::Stop {
            data: data.to_owned(),
            reason: "it does not run".to_owned(),
        };
        let pid = PidFile::read(data).ok_or_else(not_running)?.pid;
        // The shell has a `kill` of its own; a program of that name is not everywhere.
        let kill = format!("kill -KILL {pid}");
        let status = Command::new("sh").args(["-c", &kill]).status();
        if status.map_err(Error::io("run", "sh"))?.success() {
            Ok(())
        } else {
            Err(not_running())
        }
    }

    /// Starts it again on the same port, after one of the above; a running one is stopped first.
    ///
    /// # Errors
    /// When it does not start, or the port was taken meanwhile.
    pub fn restart(&self) -> Result<(), Error> {
        if connection::connect(self.port, &self.password, SUPERUSER).is_ok() {
            self.cluster.stop("fast")?;
        }
        self.cluster.start_on(self.port).map(drop)
    }
}

/// A shell that waits for the end of its input, whose other end only this process holds, and then ends the server.
#[derive(Debug)]
struct Watchdog(Child);

impl Watchdog {
    /// Ends the server with the data in `folder/data` and removes the folder. It can be that either is just being made.
    const SCRIPT: &str = r#"
        trap '' HUP INT TERM
        read -r _
        while [ -e "$1" ]; do
            kill -QUIT "$(head -n 1 "$1/data/postmaster.pid")"
            rm -rf "$1"
        done
    "#;

    fn over(folder: &Path) -> io::Result<Self> {
        let mut shell = Command::new("sh");
        shell.args(["-c", Self::SCRIPT, "sh"]).arg(folder);
        // In a group of its own, since a terminal or a test runner may end the whole group of this process.
        shell
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0);
        shell.spawn().map(Self)
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        // It ends the server even when nobody waits.
        let _ = self.0.wait();
    }
}

/// The engine's manifest in the checkout around the current folder: tests run in one.
fn engine_manifest() -> Option<PathBuf> {
    let folder = env::current_dir().ok()?;
    folder
        .ancestors()
        .map(|folder| folder.join("xtask/devserver/engine/Cargo.toml"))
        .find(|path| path.is_file())
}
