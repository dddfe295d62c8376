use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use postgres::error::SqlState;

use crate::cluster::Cluster;
use crate::connection;
use crate::password::Password;
use crate::pid_file::PidFile;
use crate::{Error, Event, Installation, SUPERUSER, Search};

/// A file that marks a folder as ours, and that whoever changes something in the folder holds locked.
const MARKER: &str = "pg-devserver.lock";

/// `fsync` stays on, so the data survives a power failure; only the last transactions before it may be lost.
const SETTINGS: &[(&str, &str)] = &[("synchronous_commit", "off")];

/// How long is waited for a server that is starting, recovering or stopping.
const RECOVERY: Duration = Duration::from_mins(1);

/// The developer's own server, all of it in one folder:
/// the data in `pg<major>/`, `server.log`, and the `password` and the `port` that make its URL the same every time.
#[derive(Debug, Clone)]
pub struct DevServer {
    dir: PathBuf,
    database: String,
    search: Search,
}

/// Whether the developer's server runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// It was never started, or destroyed since.
    Absent,
    /// Its data is there, and it does not run.
    Stopped,
    /// It runs.
    Running(Server),
}

/// A running server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// PostgreSQL's version, e.g. `15.13`.
    pub version: String,
    /// The port on 127.0.0.1 that it listens on.
    pub port: u16,
    /// Its process id.
    pub pid: u32,
    /// Its data folder.
    pub data: PathBuf,
}

impl DevServer {
    /// The server in the folder `dir`, of which this application uses `database`. Touches nothing yet.
    #[must_use]
    pub fn new(dir: impl Into<PathBuf>, database: impl Into<String>, search: Search) -> Self {
        Self {
            dir: dir.into(),
            database: database.into(),
            search,
        }
    }

    /// The folder with all that belongs to it.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The log of its present or last run; that of the run before is beside it (`server.log.old`).
    #[must_use]
    pub fn log(&self) -> PathBuf {
        self.dir.join("server.log")
    }

    /// Whether it runs.
    ///
    /// # Errors
    /// When it runs and has no connection left to tell so.
    pub fn status(&self) -> Result<Status, Error> {
        if self.data_folders().is_empty() {
            return Ok(Status::Absent);
        }
        Ok(self.running()?.map_or(Status::Stopped, Status::Running))
    }

    /// Makes it, starts it and creates the database, as far as each is still to be done.
    /// It runs until [`DevServer::stop`], also when this process ends.
    ///
    /// # Errors
    /// When no PostgreSQL is found, it does not start, or the folder holds something else.
    pub fn start(&self, events: &mut dyn FnMut(Event)) -> Result<Server, Error> {
        let _lock = self.lock()?;
        let server = match self.running()? {
            Some(server) => server,
            None => self.start_stopped(events)?,
        };
        self.remember_port(server.port, events)?;
        if connection::create_database(server.port, &self.password()?, &self.database)? {
            events(Event::DatabaseCreated {
                name: self.database.clone(),
            });
        }
        Ok(server)
    }

    /// Stops it, and returns whether it ran. Transactions under way are rolled back.
    ///
    /// # Errors
    /// When it does not stop, or no installation is left to stop it with.
    pub fn stop(&self) -> Result<bool, Error> {
        if self.data_folders().is_empty() {
            return Ok(false);
        }
        let _lock = self.lock()?;
        self.stop_running()
    }

    /// Stops it and deletes its folder with all data.
    ///
    /// # Errors
    /// [`Error::NotOurs`]; when it does not stop, or something cannot be deleted.
    pub fn destroy(&self) -> Result<(), Error> {
        if !self.dir.exists() {
            return Ok(());
        }
        let _lock = self.lock()?;
        self.stop_running()?;
        fs::remove_dir_all(&self.dir).map_err(Error::io("remove", &self.dir))
    }

    /// The URL of the database, whether it runs or not; `None` when it was never started.
    ///
    /// # Errors
    /// When the files that hold its parts cannot be read.
    pub fn url(&self) -> Result<Option<String>, Error> {
        let Some(port) = self.remembered_port() else {
            return Ok(None);
        };
        Ok(Some(connection::url(
            port,
            &self.password()?,
            &self.database,
        )))
    }

    /// Whether a URL with this host and port means this server, be it running or not.
    #[must_use]
    pub fn owns(&self, host: &str, port: u16) -> bool {
        ["127.0.0.1", "localhost"].contains(&host) && self.remembered_port() == Some(port)
    }

    /// Whether a URL with these parts is of our making: this server's, or that of one in this folder that is gone.
    #[must_use]
    pub fn made(&self, host: &str, user: &str, password: &[u8], database: &str) -> bool {
        host == "127.0.0.1"
            && user == SUPERUSER
            && Password::is_random(password)
            && database == self.database
    }

    /// A `psql`: from an installation, or else from PATH; `None` where there is none.
    #[must_use]
    pub fn psql(&self) -> Option<PathBuf> {
        self.search.psql()
    }

    fn start_stopped(&self, events: &mut dyn FnMut(Event)) -> Result<Server, Error> {
        let dir = fs::canonicalize(&self.dir).map_err(Error::io("read", &self.dir))?;
        let folders = self.data_folders();
        let installation = preferred(self.search.installations(events)?, &folders);
        let version = installation.version().to_owned();
        let data = dir.join(format!("pg{}", installation.major()));
        let cluster = Cluster::new(installation, data.clone(), dir.join("server.log"))?;
        if !data.exists() {
            let path = self.dir.join("password");
            if !path.exists() {
                Password::random()?
                    .write(&path)
                    .map_err(Error::io("write", &path))?;
            }
            let left_behind = folders.into_iter().map(|(_, folder)| folder).collect();
            events(Event::Initialising {
                version: version.clone(),
                data: data.clone(),
                left_behind,
            });
            cluster.initialise(&self.password()?, SETTINGS, true)?;
        }
        events(Event::Starting {
            version: version.clone(),
            data: data.clone(),
        });
        let PidFile { pid, port } = cluster.start(self.remembered_port())?;
        Ok(Server {
            version,
            port,
            pid,
            data,
        })
    }

    fn stop_running(&self) -> Result<bool, Error> {
        let Some(server) = self.running()? else {
            return Ok(false);
        };
        // Any version's `pg_ctl` will do.
        let installation = self.search.installations(&mut |_| {})?.swap_remove(0);
        Cluster::new(installation, server.data, self.log())?.stop("fast")?;
        Ok(true)
    }

    fn running(&self) -> Result<Option<Server>, Error> {
        for (_, data) in self.data_folders() {
            if let Some(server) = self.ask(&data)? {
                return Ok(Some(server));
            }
        }
        Ok(None)
    }

    /// The server of `data`, if it runs: what answers on the port in its `postmaster.pid`, knows our password and says
    /// that this is its data. The file alone proves nothing: it outlives its server, and its port may be another's.
    fn ask(&self, data: &Path) -> Result<Option<Server>, Error> {
        let deadline = Instant::now() + RECOVERY;
        while let Some(PidFile { pid, port }) = PidFile::read(data) {
            let mut client = match connection::connect(port, &self.password()?, SUPERUSER) {
                Ok(client) => client,
                Err(error) => match error.sqlstate() {
                    Some(&SqlState::CANNOT_CONNECT_NOW) if Instant::now() < deadline => {
                        thread::sleep(Duration::from_millis(100));
                        continue;
                    }
                    Some(&SqlState::CANNOT_CONNECT_NOW | &SqlState::TOO_MANY_CONNECTIONS) => {
                        return Err(error);
                    }
                    _ => return Ok(None),
                },
            };
            let sql = "SELECT current_setting('data_directory'), current_setting('server_version')";
            let failed = |source| Error::Query {
                action: "asking for the data folder".to_owned(),
                port,
                source,
            };
            let row = client.query_one(sql, &[]).map_err(failed)?;
            // After the checkout was moved, its path of before leads nowhere. That of a copy still leads to the original.
            let served = fs::canonicalize(row.get::<_, String>(0));
            let data = fs::canonicalize(data).map_err(Error::io("read", data))?;
            if served.is_ok_and(|served| served != data) {
                return Ok(None);
            }
            // E.g. `15.13 (Debian 15.13-0+deb12u1)`.
            let version = row
                .get::<_, &str>(1)
                .split(' ')
                .next()
                .unwrap_or_default()
                .to_owned();
            return Ok(Some(Server {
                version,
                port,
                pid,
                data,
            }));
        }
        Ok(None)
    }

    /// The data folders with their major versions, the newest first.
    fn data_folders(&self) -> Vec<(u32, PathBuf)> {
        let entries = fs::read_dir(&self.dir).into_iter().flatten().flatten();
        let folder = |entry: fs::DirEntry| {
            let major = entry
                .file_name()
                .to_str()?
                .strip_prefix("pg")?
                .parse()
                .ok()?;
            Some((major, entry.path()))
        };
        let mut folders: Vec<_> = entries.filter_map(folder).collect();
        folders.sort_by_key(|(major, _)| std::cmp::Reverse(*major));
        folders
    }

    fn password(&self) -> Result<Password, Error> {
        let path = self.dir.join("password");
        Password::read(&path).map_err(Error::io("read the server's password from", &path))
    }

    fn remembered_port(&self) -> Option<u16> {
        fs::read_to_string(self.dir.join("port"))
            .ok()?
            .trim()
            .parse()
            .ok()
    }

    fn remember_port(&self, port: u16, events: &mut dyn FnMut(Event)) -> Result<(), Error> {
        let remembered = self.remembered_port();
        if remembered == Some(port) {
            return Ok(());
        }
        let path = self.dir.join("port");
        fs::write(&path, format!("{port}\n")).map_err(Error::io("write", &path))?;
        if let Some(from) = remembered {
            events(Event::PortChanged { from, to: port });
        }
        Ok(())
    }

    /// Makes the folder unless it is there, and waits until no other process changes it.
    fn lock(&self) -> Result<File, Error> {
        fs::create_dir_all(&self.dir).map_err(Error::io("create", &self.dir))?;
        let marker = self.dir.join(MARKER);
        if !marker.exists()
            && !is_empty(&self.dir).map_err(Error::io("read", &self.dir))?
            && !marker.exists()
        {
            return Err(Error::NotOurs {
                dir: self.dir.clone(),
                marker: MARKER,
            });
        }
        let file = OpenOptions::new().append(true).create(true).open(&marker);
        let mut file = file.map_err(Error::io("open", &marker))?;
        file.lock().map_err(Error::io("lock", &marker))?;
        let first_time = |file: &mut File| -> io::Result<()> {
            if file.metadata()?.len() == 0 {
                fs::write(self.dir.join(".gitignore"), "*\n")?;
                file.write_all(
                    b"This folder holds a local PostgreSQL server for development, and its data.\n",
                )?;
            }
            Ok(())
        };
        first_time(&mut file).map_err(Error::io("write", &marker))?;
        Ok(file)
    }
}

/// The newest that has data already, so that no data is out of sight after an upgrade; otherwise the newest.
fn preferred(mut installations: Vec<Installation>, folders: &[(u32, PathBuf)]) -> Installation {
    let has_data = |installation: &Installation| {
        folders
            .iter()
            .any(|(major, _)| *major == installation.major())
    };
    let position = installations.iter().position(has_data).unwrap_or(0);
    installations.swap_remove(position)
}

fn is_empty(dir: &Path) -> io::Result<bool> {
    Ok(fs::read_dir(dir)?.next().is_none())
}
