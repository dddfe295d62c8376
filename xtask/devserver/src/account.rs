use std::io;
use std::path::Path;
use std::process::Command;

use crate::{Error, Installation};

/// Who a server runs as. PostgreSQL refuses to run as root, so root has to take on another user.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Account {
    /// The user of this process.
    Own,
    /// Root, who in a user namespace looks like this user: its files stay root's, so any folder will do.
    #[cfg(unix)]
    Namespace(User),
    /// This user, who must be able to enter the folder and read the binaries.
    #[cfg(unix)]
    Other(User),
}

#[cfg(unix)]
#[derive(Debug, Clone, Copy)]
pub(crate) struct User {
    uid: u32,
    gid: u32,
}

impl Account {
    /// Who can run a server of `installation` with its data in `data`, which may still have to be made.
    pub(crate) fn choose(installation: &Installation, data: &Path) -> Result<Self, Error> {
        #[cfg(unix)]
        if id("-u", None) == Some(0) {
            return Self::for_root(installation, data);
        }
        let _ = (installation, data);
        Ok(Self::Own)
    }

    /// A command that runs `program` of `installation`.
    pub(crate) fn command(self, installation: &Installation, program: &str) -> Command {
        let program = installation.program(program);
        let mut command = match self {
            Self::Own => Command::new(program),
            #[cfg(unix)]
            Self::Namespace(user) => {
                let mut unshare = Command::new("unshare");
                unshare
                    .arg("--user")
                    .arg(format!("--map-user={}", user.uid))
                    .arg(format!("--map-group={}", user.gid));
                unshare.arg("--").arg(program);
                unshare
            }
            #[cfg(unix)]
            Self::Other(user) => {
                use std::os::unix::process::CommandExt;
                let mut command = Command::new(program);
                command.uid(user.uid).gid(user.gid);
                command
            }
        };
        command.envs(installation.environment().iter().cloned());
        command
    }

    /// Makes the server's account the owner of `path`.
    pub(crate) fn own(self, path: &Path) -> io::Result<()> {
        match self {
            #[cfg(unix)]
            Self::Other(user) => std::os::unix::fs::chown(path, Some(user.uid), Some(user.gid)),
            _ => {
                let _ = path;
                Ok(())
            }
        }
    }

    #[cfg(unix)]
    fn for_root(installation: &Installation, data: &Path) -> Result<Self, Error> {
        use std::os::unix::fs::MetadataExt;

        let users = ["postgres", "nobody"].into_iter().filter_map(|name| {
            let (uid, gid) = (id("-u", Some(name))?, id("-g", Some(name))?);
            Some((format!("`{name}`"), User { uid, gid }))
        });
        let users: Vec<(String, User)> = users.collect();
        let namespace = |(name, user): &(String, User)| {
            (
                format!("{name} in a user namespace (unshare)"),
                Self::Namespace(*user),
            )
        };
        let other = |(name, user): &(String, User)| (name.clone(), Self::Other(*user));
        // PostgreSQL wants its data to be owned by whom it runs as.
        let candidates: Vec<(String, Self)> = match data.metadata() {
            Ok(metadata) if metadata.uid() != 0 => {
                let owner = User {
                    uid: metadata.uid(),
                    gid: metadata.gid(),
                };
                vec![other(&(
                    format!("the owner of the data (id {})", owner.uid),
                    owner,
                ))]
            }
            Ok(_) => users.iter().map(namespace).collect(),
            Err(_) => users
                .iter()
                .map(namespace)
                .chain(users.iter().map(other))
                .collect(),
        };
        let folder = data.ancestors().find(|path| path.is_dir()).unwrap_or(data);
        let mut tried = Vec::new();
        for (name, account) in candidates {
            let mut probe = account.command(installation, "postgres");
            match probe.arg("--version").current_dir(folder).output() {
                Ok(output) if output.status.success() => return Ok(account),
                Ok(output) => tried.push(format!(
                    "{name}: {}",
                    String::from_utf8_lossy(&output.stderr).trim()
                )),
                Err(error) => {
                    let program = probe.get_program().to_string_lossy();
                    tried.push(format!(
                        "{name}: running {program} in {}: {error}",
                        folder.display()
                    ));
                }
            }
        }
        Err(Error::Root { tried })
    }
}

/// What `id` of the POSIX tools says about a user, by default the effective one: the standard library has no such call.
#[cfg(unix)]
fn id(flag: &str, name: Option<&str>) -> Option<u32> {
    let output = Command::new("id").arg(flag).args(name).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}
