//! What git knows of the folder of migrations: what is staged, and what it was where this branch left the default branch.
//!
//! Git is asked and never told anything: no index is refreshed, no lock is taken. Where it cannot answer (it is not installed, this is no repository,
//! the clone is shallow), that is no error but a reason.

use std::collections::BTreeMap;
use std::env;
use std::path::{Path, PathBuf};

use pg_migration::{BaseFiles, FolderFiles};
use xshell::{Cmd, Shell, cmd};

/// Which files are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tree {
    /// Those that lie in the folder.
    Work,
    /// Those that the next commit will have.
    Staged,
}

/// The repository that holds the folder.
pub(crate) struct Repository {
    shell: Shell,
    /// The folder as it is called from where git is run: the folder itself, or the nearest directory above that exists.
    folder: String,
    /// The index, if the environment names another than the repository's own, as `git commit FILE` does for its hooks.
    index: Option<PathBuf>,
}

/// What the folder was where this branch left the default branch.
pub(crate) struct Base {
    /// The default branch, as in `origin/main`.
    pub(crate) branch: String,
    /// The commit, abbreviated.
    pub(crate) commit: String,
    /// The folder's files there.
    pub(crate) files: BaseFiles,
}

/// Why git cannot answer.
type Reason = String;

/// Where the default branch is looked for, the best first.
const DEFAULT_BRANCHES: [&str; 5] = [
    "refs/remotes/origin/HEAD",
    "refs/remotes/origin/main",
    "refs/remotes/origin/master",
    "refs/heads/main",
    "refs/heads/master",
];

const UNSHALLOW: &str = "`git fetch --unshallow` fetches the rest (in CI, a checkout with all history, such as `fetch-depth: 0`)";

impl Repository {
    /// The repository around a folder, which need not exist.
    pub(crate) fn around(folder: &Path) -> Result<Self, Reason> {
        let directory = folder.ancestors().find(|path| path.is_dir());
        let directory = directory.unwrap_or(Path::new("."));
        let shell = Shell::new().map_err(|error| error.to_string())?;
        shell.change_dir(directory);
        let below = folder.strip_prefix(directory).unwrap_or(folder);
        let below = below.to_string_lossy().replace('\\', "/");
        let mut repository = Self {
            shell,
            folder: if below.is_empty() {
                ".".to_owned()
            } else {
                below
            },
            index: None,
        };
        let top = repository.ask(&["rev-parse", "--show-toplevel"])?;
        repository.index = env::var_os("GIT_INDEX_FILE").map(|index| Path::new(&top).join(index));
        Ok(repository)
    }

    /// The folder as the next commit will have it.
    pub(crate) fn staged(&self) -> Result<FolderFiles, Reason> {
        let listed = self.bytes(&["ls-files", "--stage", "-z", "--", &self.folder])?;
        let listed = String::from_utf8_lossy(&listed);
        // `MODE ID STAGE<tab>PATH`
        let files = listed.split('\0').filter_map(|line| {
            let (about, path) = line.split_once('\t')?;
            let name = self.below_folder(path)?;
            let id = about.split(' ').nth(1)?;
            FolderFiles::concerns(&name).then(|| (name, id.to_owned()))
        });
        let (names, ids): (Vec<_>, Vec<_>) = files.unzip();
        let contents = self.contents(&ids)?;
        let files = names.into_iter().zip(contents);
        Ok(FolderFiles::kept_elsewhere(
            files.filter_map(|(name, content)| Some((name, content?))),
        ))
    }

    /// The folder where this branch left the default branch; on that branch itself, as it was committed last.
    pub(crate) fn base(&self, tree: Tree) -> Result<Base, Reason> {
        if self
            .ask(&["rev-parse", "--verify", "--quiet", "HEAD^{commit}"])
            .is_err()
        {
            return Err("nothing is committed yet".to_owned());
        }
        let is_shallow = self
            .ask(&["rev-parse", "--is-shallow-repository"])
            .as_deref()
            == Ok("true");
        let Some(branch) = self.default_branch() else {
            let reason = "no default branch is known here: there is no origin/HEAD, main or master";
            return Err(if is_shallow {
                format!("{reason}, and this is a shallow clone; {UNSHALLOW}")
            } else {
                format!("{reason}; `git remote set-head origin --auto` asks origin which it is")
            });
        };
        let name = short(&branch).to_owned();
        let Ok(commit) = self.ask(&["merge-base", "HEAD", &branch]) else {
            return Err(if is_shallow {
                format!(
                    "this is a shallow clone, which lacks where this branch left {name}; {UNSHALLOW}"
                )
            } else {
                format!("this branch and {name} have no commit in common")
            });
        };
        let mut abbreviated = commit.clone();
        abbreviated.truncate(9);
        Ok(Base {
            files: self.files_at(&commit, &branch, tree)?,
            commit: abbreviated,
            branch: name,
        })
    }

    fn files_at(&self, commit: &str, branch: &str, tree: Tree) -> Result<BaseFiles, Reason> {
        let mut arguments = vec!["diff-index", "--raw", "-z", "--no-renames", "--relative"];
        if tree == Tree::Staged {
            arguments.push("--cached");
        }
        arguments.extend(["--abbrev=40", commit, "--", &self.folder]);
        let changed = self.bytes(&arguments)?;
        let changed = String::from_utf8_lossy(&changed);
        // `:MODE MODE ID ID STATUS`, and the path
        let mut fields = changed.split('\0');
        let (mut names, mut ids) = (Vec::new(), Vec::new());
        while let (Some(about), Some(path)) = (fields.next(), fields.next()) {
            let id = about.split(' ').nth(2).unwrap_or_default();
            // What was not there has no content.
            let was_there = id.bytes().any(|byte| byte != b'0');
            if let Some(name) = self.below_folder(path)
                && was_there
                && FolderFiles::concerns(&name)
            {
                names.push(name);
                ids.push(id.to_owned());
            }
        }
        for revision in [commit, branch] {
            ids.push(format!("{revision}:./{}/meta/_journal.json", self.folder));
        }
        let mut contents = self.contents(&ids)?;
        let ahead = contents.pop().flatten();
        let journal = contents.pop().flatten();
        let changed = names.into_iter().zip(contents);
        Ok(BaseFiles {
            journal,
            ahead,
            changed: changed
                .filter_map(|(name, content)| Some((name, content?)))
                .collect::<BTreeMap<_, _>>(),
        })
    }

    /// The ref of the default branch.
    fn default_branch(&self) -> Option<String> {
        let mut arguments = vec!["for-each-ref", "--format=%(refname) %(symref)"];
        arguments.extend(DEFAULT_BRANCHES);
        let listed = self.ask(&arguments).unwrap_or_default();
        let known: BTreeMap<_, _> = listed
            .lines()
            .filter_map(|line| line.split_once(' '))
            .collect();
        let found = DEFAULT_BRANCHES.iter().find_map(|name| {
            let target = known.get(name)?;
            Some(if target.is_empty() { name } else { *target }.to_owned())
        });
        found.or_else(|| {
            let name = self.ask(&["config", "--get", "init.defaultBranch"]).ok()?;
            let branches = ["refs/remotes/origin", "refs/heads"];
            let mut branches = branches
                .map(|prefix| format!("{prefix}/{name}"))
                .into_iter();
            branches.find(|branch| {
                self.ask(&["rev-parse", "--verify", "--quiet", branch])
                    .is_ok()
            })
        })
    }

    /// A path from where git is run, as one from the folder.
    fn below_folder(&self, path: &str) -> Option<String> {
        if self.folder == "." {
            return Some(path.to_owned());
        }
        let below = path.strip_prefix(&self.folder)?.strip_prefix('/')?;
        Some(below.to_owned())
    }

    /// What git has under these names, `None` for what it has not.
    fn contents(&self, names: &[String]) -> Result<Vec<Option<Vec<u8>>>, Reason> {
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let question = names.join("\n") + "\n";
        let answer = output(self.git(&["cat-file", "--batch"]).stdin(question))?;
        let mut rest = answer.as_slice();
        let contents = names.iter().map(|_| {
            let (about, content) = split_at_newline(rest)?;
            // `ID blob SIZE`, or `NAME missing`
            let about = String::from_utf8_lossy(about);
            let size = about
                .contains(" blob ")
                .then(|| about.rsplit(' ').next()?.parse::<usize>().ok());
            let Some(size) = size else {
                rest = content;
                return Some(None);
            };
            let found = content.get(..size?)?;
            rest = content.get(size? + 1..)?;
            Some(Some(found.to_vec()))
        });
        let contents: Option<Vec<_>> = contents.collect();
        contents.ok_or_else(|| "`git cat-file` gave an answer that cannot be read".to_owned())
    }

    fn ask(&self, arguments: &[&str]) -> Result<String, Reason> {
        let answer = self.bytes(arguments)?;
        Ok(String::from_utf8_lossy(&answer)
            .trim_end_matches(['\n', '\r'])
            .to_owned())
    }

    fn bytes(&self, arguments: &[&str]) -> Result<Vec<u8>, Reason> {
        output(self.git(arguments))
    }

    /// Without what git tells its hooks: by that it would take the current directory for the top of the work tree.
    fn git(&self, arguments: &[&str]) -> Cmd<'_> {
        let mut git = cmd!(
            self.shell,
            "git --no-optional-locks --literal-pathspecs {arguments...}"
        )
        .env("LC_ALL", "C");
        for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_PREFIX", "GIT_INDEX_FILE"] {
            git = git.env_remove(variable);
        }
        match &self.index {
            Some(index) => git.env("GIT_INDEX_FILE", index),
            None => git,
        }
    }
}

/// What a command prints, or why it failed.
fn output(command: Cmd<'_>) -> Result<Vec<u8>, Reason> {
    let output = command
        .quiet()
        .ignore_status()
        .output()
        .map_err(|_| "git cannot be run".to_owned())?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let first = said.lines().next().unwrap_or_default();
    Err(if first.contains("not a git repository") {
        "this is no git repository".to_owned()
    } else {
        format!("git says: {}", first.trim_start_matches("fatal: "))
    })
}

fn split_at_newline(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let newline = bytes.iter().position(|byte| *byte == b'\n')?;
    Some((&bytes[..newline], &bytes[newline + 1..]))
}

/// `origin/main` of `refs/remotes/origin/main`.
fn short(branch: &str) -> &str {
    let prefixes = ["refs/remotes/", "refs/heads/"];
    let found = prefixes
        .iter()
        .find_map(|prefix| branch.strip_prefix(prefix));
    found.unwrap_or(branch)
}
