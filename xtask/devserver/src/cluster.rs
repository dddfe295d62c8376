use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::thread;
use std::time::{Duration, Instant};

use crate::account::Account;
use crate::password::Password;
use crate::pid_file::PidFile;
use crate::{Error, Installation, SUPERUSER, random};

/// The settings of every server. 1,024 locks per transaction, since one transaction drops or makes all the tables.
const SETTINGS: &[(&str, &str)] = &[
    ("listen_addresses", "127.0.0.1"),
    // The path of a socket is limited to 107 bytes, and a checkout may lie deeper.
    ("unix_socket_directories", ""),
    ("max_connections", "200"),
    ("max_locks_per_transaction", "1024"),
];

/// How long a start is tried again after the server was killed: its processes need a moment to go.
const PATIENCE: Duration = Duration::from_secs(10);

/// A data folder with the installation and the user that its server runs with.
#[derive(Debug)]
pub(crate) struct Cluster {
    installation: Installation,
    account: Account,
    data: PathBuf,
    log: PathBuf,
}

impl Cluster {
    pub(crate) fn new(
        installation: Installation,
        data: PathBuf,
        log: PathBuf,
    ) -> Result<Self, Error> {
        let account = Account::choose(&installation, &data)?;
        Ok(Self {
            installation,
            account,
            data,
            log,
        })
    }

    pub(crate) fn data(&self) -> &Path {
        &self.data
    }

    pub(crate) fn log(&self) -> &Path {
        &self.log
    }

    /// Makes the data folder, which is absent so far, under another name first.
    /// Only with `durable` does it survive a power failure.
    pub(crate) fn initialise(
        &self,
        password: &Password,
        settings: &[(&str, &str)],
        durable: bool,
    ) -> Result<(), Error> {
        let workshop = self.new_workshop()?;
        let data = workshop.join("data");
        let password_file = workshop.join("password");
        password
            .write(&password_file)
            .map_err(Error::io("write", &password_file))?;
        for path in [&workshop, &password_file] {
            self.account
                .own(path)
                .map_err(Error::io("change the owner of", path))?;
        }

        let mut command = self.account.command(&self.installation, "initdb");
        command
            .arg("--pgdata")
            .arg(&data)
            .arg("--pwfile")
            .arg(&password_file);
        command.args([
            "--username",
            SUPERUSER,
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
        ]);
        if !durable {
            command.arg("--no-sync");
        }
        let output = run(&mut command)?;
        if !output.status.success() {
            return Err(Error::Initialise {
                data: self.data.clone(),
                output: said(&output),
            });
        }
        append_settings(
            &data.join("postgresql.conf"),
            SETTINGS.iter().chain(settings),
            durable,
        )?;

        fs::rename(&data, &self.data)
            .map_err(Error::io("rename the new data folder to", &self.data))?;
        fs::remove_dir_all(&workshop).map_err(Error::io("remove", &workshop))
    }

    /// Starts the server on `port` or, where that is taken or not given, on a free one.
    pub(crate) fn start(&self, port: Option<u16>) -> Result<PidFile, Error> {
        loop {
            let port = port
                .filter(|port| is_free(*port))
                .map_or_else(free_port, Ok)?;
            match self.start_on(port) {
                // Another program was quicker.
                Err(_) if !is_free(port) => {}
                result => return result,
            }
        }
    }

    /// Starts the server on `port`.
    pub(crate) fn start_on(&self, port: u16) -> Result<PidFile, Error> {
        let was_killed = self.remove_stale_pid_file()?;
        self.new_log()?;
        let deadline = Instant::now() + PATIENCE;
        loop {
            let mut command = self.pg_ctl("start");
            // Recovery after a crash can take long.
            command
                .args(["--timeout=120", "--options"])
                .arg(format!("-p {port}"))
                .arg("--log")
                .arg(&self.log);
            let output = run(&mut command)?;
            if output.status.success()
                && let Some(file) = PidFile::read(&self.data)
            {
                return Ok(file);
            }
            if !was_killed || !is_free(port) || Instant::now() > deadline {
                let (data, log) = (self.data.clone(), self.log.clone());
                return Err(Error::Start {
                    data,
                    reason: said(&output),
                    tail: tail(&log),
                    log,
                });
            }
            thread::sleep(Duration::from_millis(200));
        }
    }

    /// Stops the server: in an orderly way, or at once as if it had crashed (the `fast` and `immediate` of `pg_ctl`).
    pub(crate) fn stop(&self, mode: &str) -> Result<(), Error> {
        let output = run(self.pg_ctl("stop").args(["--mode", mode]))?;
        if output.status.success() {
            return Ok(());
        }
        Err(Error::Stop {
            data: self.data.clone(),
            reason: said(&output),
        })
    }

    /// `pg_ctl` starts the server in a session of its own, so that it survives this process and its terminal's Ctrl-C.
    fn pg_ctl(&self, action: &str) -> Command {
        let mut command = self.account.command(&self.installation, "pg_ctl");
        command
            .arg(action)
            .arg("--wait")
            .arg("--pgdata")
            .arg(&self.data);
        command
    }

    /// An empty folder beside the data, with a new name: the `initdb` of a process that was killed may still be writing
    /// into its own. What such ones left behind is removed.
    fn new_workshop(&self) -> Result<PathBuf, Error> {
        const PREFIX: &str = "init.tmp.";
        let parent = self.data.parent().unwrap_or(&self.data);
        for entry in fs::read_dir(parent)
            .map_err(Error::io("read", parent))?
            .flatten()
        {
            if entry.file_name().to_string_lossy().starts_with(PREFIX) {
                // What cannot be removed now goes next time.
                let _ = fs::remove_dir_all(entry.path());
            }
        }
        let workshop = parent.join(format!("{PREFIX}{}", random::hex()?));
        fs::create_dir(&workshop).map_err(Error::io("create", &workshop))?;
        Ok(workshop)
    }

    /// Whether a server was here and did not end in an orderly way. When the process named in its `postmaster.pid` is
    /// by now another program, as happens after a reboot, the file is removed: PostgreSQL itself would not start then.
    fn remove_stale_pid_file(&self) -> Result<bool, Error> {
        let Some(file) = PidFile::read(&self.data) else {
            return Ok(false);
        };
        if file.names_server_of(&self.data) == Some(false) {
            PidFile::remove(&self.data)?;
        }
        Ok(true)
    }

    /// An empty log file that the server can write; that of the last run stays beside it.
    fn new_log(&self) -> Result<(), Error> {
        match fs::rename(&self.log, self.log.with_extension("log.old")) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(Error::io("rename", &self.log)(error));
            }
            _ => {}
        }
        File::create(&self.log).map_err(Error::io("create", &self.log))?;
        self.account
            .own(&self.log)
            .map_err(Error::io("change the owner of", &self.log))
    }
}

fn append_settings<'a>(
    path: &Path,
    settings: impl Iterator<Item = &'a (&'a str, &'a str)>,
    durable: bool,
) -> Result<(), Error> {
    let mut text = "\n# Set by the tool that made this server.\n".to_owned();
    for (name, value) in settings {
        text.extend([name, " = '", &value.replace('\'', "''"), "'\n"]);
    }
    let append = || {
        let mut file = OpenOptions::new().append(true).open(path)?;
        file.write_all(text.as_bytes())?;
        if durable { file.sync_all() } else { Ok(()) }
    };
    append().map_err(Error::io("write", path))
}

/// A free port. Below the ports that systems give to outgoing connections, so that it is likely to be free next time.
fn free_port() -> Result<u16, Error> {
    for _ in 0..100 {
        let port = 10_000 + u16::from_ne_bytes(random::bytes()?) % 20_000;
        if is_free(port) {
            return Ok(port);
        }
    }
    Err(Error::io("find a free port on", "127.0.0.1")(
        io::ErrorKind::AddrInUse.into(),
    ))
}

fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

fn run(command: &mut Command) -> Result<Output, Error> {
    command
        .output()
        .map_err(|error| Error::io("run", Path::new(command.get_program()))(error))
}

/// What a program complained about.
fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).trim().to_owned()
}

/// The last lines of a log.
fn tail(log: &Path) -> String {
    const LINES: usize = 20;
    let text = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(LINES)..].join("\n")
}
