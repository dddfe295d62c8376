//! `hooks`: the git pre-commit hook.
//!
//! It looks at what is staged: the formatting of the staged text of each Rust file, and the folder of migrations as the next commit will have it. The
//! schema is the one exception: it is code that has to be compiled, so it is that of the work tree.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use xshell::{Shell, cmd};
use xtask_db::{App, Error, check_staged, count};

/// What tells our hook from any other.
const MARK: &str =
    "# Installed by `cargo xtask hooks install`; `cargo xtask hooks uninstall` takes it away.";
/// What a hook that was there before is called beside ours, which runs it first.
const EARLIER: &str = "pre-commit.before-xtask";
const RUST: &str = ":(glob)**/*.rs";

/// The git pre-commit hook: formatting and `db check` of what is staged
#[derive(clap::Subcommand)]
#[command(after_help = "Example:\n  cargo xtask hooks install")]
pub(crate) enum HooksCommand {
    /// Installs it; a hook that is there already is kept, and runs first
    #[command(after_help = "Example:\n  cargo xtask hooks install")]
    Install,
    /// Takes it away; a hook that was there before is as it was
    #[command(after_help = "Example:\n  cargo xtask hooks uninstall")]
    Uninstall,
    /// What the hook runs: changes nothing, and exits with 1 if the commit should not be made
    #[command(after_help = "Example:\n  git add --all && cargo xtask hooks run")]
    Run,
}

pub(crate) fn run(command: &HooksCommand, app: &App) -> Result<(), Error> {
    match command {
        HooksCommand::Install => install(app),
        HooksCommand::Uninstall => uninstall(app),
        HooksCommand::Run => check(app),
    }
}

/// Where git looks for hooks, of all work trees of the repository.
struct Hooks {
    directory: PathBuf,
    /// The workspace below the top of the work tree.
    prefix: String,
}

impl Hooks {
    fn find(app: &App) -> Result<Self, Error> {
        let shell = shell(&app.config.root)?;
        let prefix = git(&shell, &["rev-parse", "--show-prefix"])?;
        let top = git(&shell, &["rev-parse", "--show-toplevel"])?;
        shell.change_dir(&top);
        if let Ok(set) = git(
            &shell,
            &["config", "--show-scope", "--get", "core.hooksPath"],
        ) && let Some((scope @ ("global" | "system"), path)) = set.split_once('\t')
        {
            return Err(Error::usage(format!(
                "core.hooksPath is set for more than this repository ({scope}: {path}), and a hook there would run in all of them"
            ))
            .hint("`git config core.hooksPath .git/hooks` gives this repository hooks of its own")
            .hint("or let the hook there call `cargo xtask hooks run`"));
        }
        let directory = git(&shell, &["rev-parse", "--git-path", "hooks"])?;
        Ok(Self {
            directory: Path::new(&top).join(directory),
            prefix,
        })
    }

    fn hook(&self) -> PathBuf {
        self.directory.join("pre-commit")
    }

    fn earlier(&self) -> PathBuf {
        self.directory.join(EARLIER)
    }
}

fn install(app: &App) -> Result<(), Error> {
    let hooks = Hooks::find(app)?;
    let (hook, earlier) = (hooks.hook(), hooks.earlier());
    let folder = app.config.relative(&app.config.folder);
    let script = script(&hooks.prefix, &folder);
    let found = read(&hook)?;
    if found.as_deref() == Some(script.as_bytes()) {
        app.ui.done(format_args!(
            "The hook is installed already: {}",
            app.config.relative(&hook)
        ));
        return Ok(());
    }
    fs::create_dir_all(&hooks.directory).map_err(failed("make", &hooks.directory))?;
    // Whole or not at all, so that no commit meets half of it.
    let temporary = hooks.directory.join("pre-commit.xtask.tmp");
    write_executable(&temporary, &script).map_err(failed("write", &temporary))?;
    let foreign = found.filter(|found| !is_ours(found));
    if let Some(foreign) = &foreign {
        let kept = read(&earlier)?;
        if kept.as_ref().is_some_and(|kept| kept != foreign) {
            let _ = fs::remove_file(&temporary);
            return Err(Error::failed(format!(
                "{} is not ours, and neither is there room to keep it, since {} is there already",
                app.config.relative(&hook),
                app.config.relative(&earlier)
            ))
            .hint("make one hook of the two, or delete the one that is no longer used"));
        }
        // Under both names until ours takes the place of the one, where the file system can do that. One that was interrupted there has kept it.
        if kept.is_none() {
            fs::hard_link(&hook, &earlier)
                .or_else(|_| fs::rename(&hook, &earlier))
                .map_err(failed("keep", &hook))?;
        }
    }
    fs::rename(&temporary, &hook).map_err(failed("write", &hook))?;
    app.ui.done(format_args!(
        "Installed the hook: {}",
        app.config.relative(&hook)
    ));
    if foreign.is_some() {
        app.ui.say(format_args!(
            "The hook that was there runs before it: {}",
            app.config.relative(&earlier)
        ));
    }
    app.ui
        .hint("it looks at commits that touch Rust files or migrations; `git commit --no-verify` passes it by");
    Ok(())
}

fn uninstall(app: &App) -> Result<(), Error> {
    let hooks = Hooks::find(app)?;
    let (hook, earlier) = (hooks.hook(), hooks.earlier());
    let has_earlier = earlier.symlink_metadata().is_ok();
    if !read(&hook)?.is_some_and(|found| is_ours(&found)) {
        app.ui.done(format_args!(
            "There is no hook of ours in {}",
            app.config.relative(&hooks.directory)
        ));
        if has_earlier {
            app.ui.warning(format_args!(
                "{} is what was there before ours; something else has taken its place since",
                app.config.relative(&earlier)
            ));
        }
        return Ok(());
    }
    if has_earlier {
        fs::rename(&earlier, &hook).map_err(failed("bring back", &hook))?;
        app.ui.done(format_args!(
            "The hook is as it was before ours: {}",
            app.config.relative(&hook)
        ));
    } else {
        fs::remove_file(&hook).map_err(failed("remove", &hook))?;
        app.ui.done(format_args!(
            "Took the hook away: {}",
            app.config.relative(&hook)
        ));
    }
    Ok(())
}

/// It asks git before it asks cargo, so that a commit that touches nothing of ours waits for no compiler.
fn script(prefix: &str, folder: &str) -> String {
    let enter = if prefix.is_empty() {
        String::new()
    } else {
        // A branch that does not have the workspace has nothing to check.
        format!(
            "cd {} 2>/dev/null || exit 0\n",
            quoted(&format!("./{prefix}"))
        )
    };
    let folder = quoted(&format!(":(literal){folder}"));
    format!(
        r#"#!/bin/sh
{MARK}
earlier="$(dirname "$0")/{EARLIER}"
if [ -x "$earlier" ]; then
    "$earlier" "$@" || exit
fi
# In a linked work tree git names itself, and would take any folder for the top of the tree.
unset GIT_DIR GIT_WORK_TREE GIT_PREFIX
{enter}if git diff --cached --quiet --no-ext-diff -- '{RUST}' {folder}; then
    exit 0
fi
PATH="$PATH:$HOME/.cargo/bin"
exec cargo xtask hooks run
"#
    )
}

/// A word for the shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// All that is wrong is said before it fails.
fn check(app: &App) -> Result<(), Error> {
    let shell = shell(&app.config.root)?;
    // Outside of a repository, `git diff` is another command.
    git(&shell, &["rev-parse", "--git-dir"])?;
    let unformatted = unformatted(&shell, app)?;
    for path in &unformatted {
        app.ui.data(format_args!(
            "{path}: its staged text is not as rustfmt writes it"
        ));
    }
    let changed = git(&shell, &["diff", "--name-only", "--relative", "--", RUST])?;
    let checked = check_staged(app, changed.is_empty());
    if unformatted.is_empty() {
        return checked;
    }
    let mut error = Error::failed(format!(
        "{} not formatted",
        count(unformatted.len(), "Rust file")
    ));
    if let Err(checked) = checked {
        error.message = format!("{}; {}", error.message, checked.message);
        error.hints = checked.hints;
    }
    Err(error.hint("`cargo fmt --all` formats them; stage them again then"))
}

/// The staged Rust files of the workspace's packages whose text rustfmt would change.
fn unformatted(shell: &Shell, app: &App) -> Result<Vec<String>, Error> {
    let staged = git(
        shell,
        &[
            "diff",
            "--cached",
            "--name-only",
            "--diff-filter=d",
            "-z",
            "--relative",
            "--",
            RUST,
        ],
    )?;
    let staged: Vec<_> = staged.split('\0').filter(|path| !path.is_empty()).collect();
    if staged.is_empty() {
        return Ok(Vec::new());
    }
    let editions = editions(shell)?;
    let mut unformatted = Vec::new();
    for path in staged {
        let file = app.config.root.join(path);
        let packages = editions
            .iter()
            .filter(|(package, _)| file.starts_with(package));
        let nearest = packages.max_by_key(|(package, _)| package.components().count());
        // cargo fmt formats packages only.
        let Some((_, edition)) = nearest else {
            continue;
        };
        let text = git_bytes(shell, &["show", &format!(":./{path}")])?;
        let directory = file.parent().filter(|directory| directory.is_dir());
        if !is_formatted(&text, edition, directory.unwrap_or(&app.config.root))? {
            unformatted.push(path.to_owned());
        }
    }
    Ok(unformatted)
}

/// Whether rustfmt leaves a text as it is; `directory` is where it looks for its configuration. (Its `--check` says yes to whatever comes by stdin.)
fn is_formatted(text: &[u8], edition: &str, directory: &Path) -> Result<bool, Error> {
    let shell = shell(directory)?;
    let output = cmd!(shell, "rustfmt --edition {edition}")
        .stdin(text)
        .quiet()
        .ignore_status()
        .ignore_stderr()
        .output()
        .map_err(|error| {
            Error::failed(format!("rustfmt cannot be run: {error}"))
                .hint("`rustup component add rustfmt` installs it")
        })?;
    Ok(output.status.success() && output.stdout == text)
}

/// The directory of each package of the workspace, with its edition.
fn editions(shell: &Shell) -> Result<Vec<(PathBuf, String)>, Error> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let metadata = cmd!(
        shell,
        "{cargo} metadata --no-deps --offline --format-version 1"
    )
    .quiet()
    .read()
    .map_err(|error| {
        Error::failed(format!(
            "the workspace's packages cannot be listed: {error}"
        ))
    })?;
    let metadata: serde_json::Value = serde_json::from_str(&metadata).map_err(Error::failed)?;
    let packages = metadata["packages"].as_array().into_iter().flatten();
    Ok(packages
        .filter_map(|package| {
            let manifest = Path::new(package["manifest_path"].as_str()?);
            let edition = package["edition"].as_str()?;
            Some((manifest.parent()?.to_owned(), edition.to_owned()))
        })
        .collect())
}

fn shell(root: &Path) -> Result<Shell, Error> {
    let shell = Shell::new().map_err(Error::failed)?;
    shell.change_dir(root);
    Ok(shell)
}

/// What git answers, in a line or several.
fn git(shell: &Shell, arguments: &[&str]) -> Result<String, Error> {
    let answer = git_bytes(shell, arguments)?;
    let answer = String::from_utf8_lossy(&answer);
    Ok(answer.trim_end_matches(['\n', '\r']).to_owned())
}

/// What git answers; it is asked to write nothing, not even a fresher index. Without what git tells its hooks in a linked work tree: by that it would
/// take the current directory for the top of the tree.
fn git_bytes(shell: &Shell, arguments: &[&str]) -> Result<Vec<u8>, Error> {
    let output = cmd!(shell, "git --no-optional-locks {arguments...}")
        .env_remove("GIT_DIR")
        .env_remove("GIT_WORK_TREE")
        .env_remove("GIT_PREFIX")
        .quiet()
        .ignore_status()
        .output()
        .map_err(|_| Error::failed("git cannot be run").hint("install git, or put it into PATH"))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.lines().next().unwrap_or_default();
    let said = said.trim_start_matches("fatal: ");
    Err(Error::failed(format!("git says: {said}"))
        .hint("hooks belong to a git repository: `git init` makes one"))
}

fn read(path: &Path) -> Result<Option<Vec<u8>>, Error> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        // A link that leads nowhere is someone's, too.
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Ok(path.symlink_metadata().is_ok().then(Vec::new))
        }
        Err(error) => Err(failed("read", path)(error)),
    }
}

fn is_ours(hook: &[u8]) -> bool {
    let text = String::from_utf8_lossy(hook);
    text.lines().any(|line| line == MARK)
}

fn write_executable(path: &Path, text: &str) -> std::io::Result<()> {
    fs::write(path, text)?;
    #[cfg(unix)]
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    Ok(())
}

fn failed(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Error {
    let path = path.display().to_string();
    move |error| {
        Error::failed(format!("cannot {action} `{path}`: {error}"))
            .hint("the user who runs this needs the right to it")
    }
}
