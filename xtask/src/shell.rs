//! Running other programs: from the workspace's root, with our tools on their search path.

use std::env;
use std::ffi::OsString;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use anyhow::{Context, Result, bail};

/// The root of the workspace: where this package's folder lies.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the workspace")
}

/// Where programs are looked up, and what they are told.
#[derive(Debug, Clone)]
pub struct Shell {
    directories: Vec<PathBuf>,
    variables: Vec<(&'static str, OsString)>,
    /// Whether what a program prints is shown in one piece, when it has ended.
    aside: bool,
}

impl Shell {
    /// The caller's search path, and cargo's own folder of programs behind it.
    pub fn new() -> Self {
        let mut directories: Vec<PathBuf> =
            env::var_os("PATH").map(|path| env::split_paths(&path).collect()).unwrap_or_default();
        directories.extend(cargo_programs());
        Self { directories, variables: Vec::new(), aside: false }
    }

    /// Looks into `directory` before all others from now on.
    pub fn prefer(&mut self, directory: PathBuf) {
        self.directories.insert(0, directory);
    }

    /// Looks into `directory` after all others from now on.
    pub fn append(&mut self, directory: PathBuf) {
        self.directories.push(directory);
    }

    /// Sets an environment variable for every program run from now on.
    pub fn set(&mut self, variable: &'static str, value: impl Into<OsString>) {
        self.variables.push((variable, value.into()));
    }

    /// The same, for what runs beside something else: what a program prints is shown in one piece, when it has ended.
    pub fn aside(&self) -> Self {
        Self { aside: true, ..self.clone() }
    }

    /// Every program of this name on the search path, in its order.
    pub fn all_named(&self, program: &str) -> Vec<PathBuf> {
        self.directories.iter().filter_map(|directory| program_in(directory, program)).collect()
    }

    /// The program a bare name means.
    pub fn named(&self, program: &str) -> Option<PathBuf> {
        self.all_named(program).into_iter().next()
    }

    fn command(&self, program: &str, arguments: &[&str]) -> Result<Command> {
        let path = if Path::new(program).is_absolute() { Some(program.into()) } else { self.named(program) };
        let path = path.with_context(|| format!("`{program}` is not on the search path"))?;
        let mut command = Command::new(path);
        command.args(arguments).current_dir(root());
        command.env("PATH", env::join_paths(&self.directories).context("the search path can't be written")?);
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        Ok(command)
    }

    /// Runs a program to its end, its output being ours.
    pub fn run(&self, program: &str, arguments: &[&str]) -> Result<()> {
        let mut command = self.command(program, arguments)?;
        let status = if self.aside { status_aside(command) } else { command.status() };
        let status = status.with_context(|| format!("`{program}` could not be started"))?;
        if !status.success() {
            bail!("`{program} {}` failed ({status})", arguments.join(" "));
        }
        Ok(())
    }

    /// What a program prints to its standard output, trimmed; an error if it fails.
    pub fn read(&self, program: &str, arguments: &[&str]) -> Result<String> {
        let output = self.command(program, arguments)?.stderr(Stdio::null()).output();
        let output = output.with_context(|| format!("`{program}` could not be started"))?;
        if !output.status.success() {
            bail!("`{program} {}` failed ({})", arguments.join(" "), output.status);
        }
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }
}

/// Runs a program to its end, and then shows what it has printed.
fn status_aside(mut command: Command) -> io::Result<ExitStatus> {
    let (mut printed, writer) = io::pipe()?;
    let mut child = command.stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer).spawn()?;
    // It holds the pipe open.
    drop(command);
    let mut text = Vec::new();
    printed.read_to_end(&mut text)?;
    let status = child.wait()?;
    io::stderr().lock().write_all(&text)?;
    Ok(status)
}

/// The program of this name in `directory`, with the endings of the system at hand.
fn program_in(directory: &Path, program: &str) -> Option<PathBuf> {
    let endings: &[&str] = if cfg!(windows) { &[".exe", ".cmd"] } else { &[""] };
    endings.iter().map(|ending| directory.join(format!("{program}{ending}"))).find(|path| path.is_file())
}

/// Where `cargo install` puts programs when it is not told otherwise.
fn cargo_programs() -> Option<PathBuf> {
    let home = env::var_os("CARGO_INSTALL_ROOT").or_else(|| env::var_os("CARGO_HOME")).map(PathBuf::from);
    let home = home.or_else(|| env::home_dir().map(|home| home.join(".cargo")));
    home.map(|home| home.join("bin"))
}
