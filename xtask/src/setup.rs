//! Set-up: each tool is looked for first, and installed only when it is missing.
//!
//! A tool that is there but of an unfit version is left alone: ours then goes into `.tools/`, which only our own
//! commands look into.

mod chromium;
mod version;

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::shell::{Shell, root};
use version::Version;

/// The last trunk that builds with the Rust of `rust-toolchain.toml`: 0.22 wants a newer one.
const TRUNK: Version = Version(0, 21, 14);

/// The oldest wasm-opt that may be used. Older ones stop at what today's rustc emits ("invalid code after misc
/// prefix: 17") or bind the externref table wrongly, so that the page dies at its start.
const WASM_OPT: Version = Version(123, 0, 0);

/// What Playwright asks for.
const NODE: Version = Version(20, 0, 0);

/// What the commands need beyond cargo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    /// Rust's standard library for `wasm32-unknown-unknown`.
    WasmTarget,
    /// The bundler.
    Trunk,
    /// The generator of the JavaScript between page and program: exactly the version in `Cargo.lock`.
    WasmBindgen,
    /// Node.js, which runs the golden runs in wasm and the page tests.
    Node,
    /// What package-lock.json names: wasm-opt, playwright-core, axe-core.
    NodePackages,
    /// The optimiser of the release build.
    WasmOpt,
    /// The browser of the page tests.
    Chromium,
}

impl Tool {
    /// In the order of setting up.
    pub const ALL: &[Tool] = &[
        Tool::WasmTarget,
        Tool::Trunk,
        Tool::WasmBindgen,
        Tool::Node,
        Tool::NodePackages,
        Tool::WasmOpt,
        Tool::Chromium,
    ];
}

/// Sees to it that the tools are there; gives back a shell that finds them.
pub fn ensure(tools: &[Tool]) -> Result<Shell> {
    let mut shell = Shell::new();
    // Trunk asks its home page for a newer version at each start, unless told not to.
    shell.set("TRUNK_SKIP_VERSION_CHECK", "true");
    for tool in Tool::ALL.iter().filter(|tool| tools.contains(tool)) {
        match tool {
            Tool::WasmTarget => wasm_target(&shell)?,
            Tool::Trunk => cargo_program(&mut shell, "trunk", "trunk", TRUNK)?,
            Tool::WasmBindgen => {
                let version = locked_version("wasm-bindgen")?;
                cargo_program(&mut shell, "wasm-bindgen", "wasm-bindgen-cli", version)?;
            }
            Tool::Node => node(&shell)?,
            Tool::NodePackages => node_packages(&shell)?,
            Tool::WasmOpt => wasm_opt(&mut shell)?,
            Tool::Chromium => chromium::ensure(&mut shell)?,
        }
    }
    Ok(shell)
}

/// Says in one line what is about to be done and how long it takes.
fn announce(what: &str, how_long: &str) {
    eprintln!("setup: {what} ({how_long})");
}

fn wasm_target(shell: &Shell) -> Result<()> {
    let sysroot = PathBuf::from(shell.read("rustc", &["--print", "sysroot"])?);
    if sysroot.join("lib/rustlib/wasm32-unknown-unknown").is_dir() {
        return Ok(());
    }
    announce("adding the target wasm32-unknown-unknown through rustup", "seconds");
    shell.run("rustup", &["target", "add", "wasm32-unknown-unknown"]).context(
        "this Rust has no standard library for wasm32-unknown-unknown; install it the way your Rust was \
         installed, or install Rust by rustup (https://rustup.rs)",
    )
}

/// A program that cargo can install, in exactly this version.
fn cargo_program(shell: &mut Shell, program: &str, package: &str, wanted: Version) -> Result<()> {
    let ours = root().join(".tools").join(format!("{program}-{wanted}"));
    shell.append(ours.join("bin"));
    if choose(shell, program, |version| version == wanted) {
        return Ok(());
    }

    let place = if shell.named(program).is_some() {
        announce(
            &format!("another {program} than {wanted} is installed; building ours into .tools/"),
            "3 to 4 minutes on 2 cores",
        );
        vec!["--root".to_owned(), ours.display().to_string()]
    } else {
        announce(
            &format!("building {program} {wanted} into cargo's own folder of programs"),
            "3 to 4 minutes on 2 cores",
        );
        Vec::new()
    };
    install(shell, package, wanted, &place).with_context(|| {
        format!("{program} could not be installed; try `cargo install {package} --version {wanted}` by hand")
    })?;
    if !choose(shell, program, |version| version == wanted) {
        bail!("{program} {wanted} was installed but is not found: put cargo's bin folder on the search path");
    }
    Ok(())
}

/// Installs a package: ready-made by cargo-binstall where a person has that, else from source.
fn install(shell: &Shell, package: &str, version: Version, place: &[String]) -> Result<()> {
    let version = version.to_string();
    let place: Vec<&str> = place.iter().map(String::as_str).collect();
    if shell.named("cargo-binstall").is_some() {
        let fetch = ["binstall", "--no-confirm", "--disable-strategies", "compile", "--version", &version];
        if shell.run("cargo", &[&fetch[..], &place, &[package]].concat()).is_ok() {
            return Ok(());
        }
    }
    // A quarter of an hour with full optimisation, of which these programs make little use.
    let mut shell = shell.clone();
    shell.set("CARGO_PROFILE_DEV_DEBUG", "0");
    shell.set("CARGO_PROFILE_DEV_OPT_LEVEL", if package == "trunk" { "0" } else { "1" });
    shell.set("CARGO_PROFILE_DEV_INCREMENTAL", "false");
    let compile = ["install", "--debug", "--force", "--version", &version];
    let locked = [&compile[..], &["--locked"], &place, &[package]].concat();
    // The package's own lock file may name what a mirror of the registry does not have yet.
    shell.run("cargo", &locked).or_else(|_| shell.run("cargo", &[&compile[..], &place, &[package]].concat()))
}

/// Makes `program` mean the first one on the search path whose version fits; whether there is one.
fn choose(shell: &mut Shell, program: &str, fits: impl Fn(Version) -> bool) -> bool {
    let candidates = shell.all_named(program);
    let fitting = candidates.iter().position(|path| {
        let printed = shell.read(&path.display().to_string(), &["--version"]);
        printed.ok().and_then(|printed| Version::find_in(&printed)).is_some_and(&fits)
    });
    match fitting {
        Some(0) => true,
        Some(place) => {
            let directory = candidates[place].parent().expect("a program lies in a directory");
            shell.prefer(directory.to_owned());
            true
        }
        None => false,
    }
}

/// The version of a package that `Cargo.lock` names.
fn locked_version(package: &str) -> Result<Version> {
    let lock = fs::read_to_string(root().join("Cargo.lock")).context("Cargo.lock can't be read")?;
    let entry = format!("name = \"{package}\"\nversion = ");
    let version = lock.replace('\r', "").split_once(&entry).and_then(|(_, rest)| Version::find_in(rest));
    version.with_context(|| format!("Cargo.lock names no {package}"))
}

fn node(shell: &Shell) -> Result<()> {
    let version = shell.read("node", &["--version"]).ok().and_then(|printed| Version::find_in(&printed));
    match version {
        Some(version) if NODE <= version => {}
        Some(version) => bail!("Node.js {version} is too old: install {NODE} or newer (https://nodejs.org)"),
        None => bail!("install Node.js {NODE} or newer with its npm (https://nodejs.org)"),
    }
    if shell.named("npm").is_none() {
        bail!("Node.js is there but npm is not: install npm too");
    }
    Ok(())
}

/// `npm ci`, when node_modules is not what package-lock.json says.
fn node_packages(shell: &Shell) -> Result<()> {
    let lock = fs::read(root().join("package-lock.json")).context("package-lock.json can't be read")?;
    let installed_from = root().join("node_modules/.installed-from.json");
    if fs::read(&installed_from).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    announce("installing wasm-opt, Playwright and axe into node_modules by npm", "under a minute");
    shell
        .run("npm", &["ci", "--ignore-scripts"])
        .context("npm could not install what package-lock.json names")?;
    fs::write(&installed_from, lock).context("node_modules can't be written")
}

/// A wasm-opt that is there already, else npm's.
fn wasm_opt(shell: &mut Shell) -> Result<()> {
    shell.append(root().join("node_modules").join(".bin"));
    let fits = |version| WASM_OPT <= version;
    if choose(shell, "wasm-opt", fits) {
        return Ok(());
    }
    node(shell).context("the release build needs wasm-opt, from npm or from binaryen's own packages")?;
    node_packages(shell)?;
    if !choose(shell, "wasm-opt", fits) {
        bail!("node_modules has no wasm-opt {WASM_OPT} or newer: remove node_modules and try again");
    }
    Ok(())
}
