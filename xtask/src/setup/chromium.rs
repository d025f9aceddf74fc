//! The browser of the page tests: any Chromium or Chrome that is installed.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::announce;
use crate::shell::Shell;

/// Names a browser that is not in one of the usual places; what the page tests read.
const VARIABLE: &str = "ARCHLAB_CHROMIUM";

const NAMES: &[&str] = &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/// Where browsers live on systems whose search path does not know them, below the folders of [`homes`].
const USUAL_PLACES: &[&str] = &[
    "Applications/Chromium.app/Contents/MacOS/Chromium",
    "Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "Google/Chrome/Application/chrome.exe",
    "Chromium/Application/chrome.exe",
    "Microsoft/Edge/Application/msedge.exe",
];

pub fn ensure(shell: &mut Shell) -> Result<()> {
    let browser = match find(shell)? {
        Some(browser) => browser,
        None => {
            install(shell)?;
            find(shell)?.context("Chromium was installed but is not found: name it in ARCHLAB_CHROMIUM")?
        }
    };
    shell.set(VARIABLE, browser);
    Ok(())
}

fn find(shell: &Shell) -> Result<Option<PathBuf>> {
    if let Some(named) = env::var_os(VARIABLE).filter(|named| !named.is_empty()) {
        let named = PathBuf::from(named);
        if !named.is_file() {
            bail!("{VARIABLE} names {}, which is no file", named.display());
        }
        return Ok(Some(named));
    }
    let on_path = NAMES.iter().find_map(|name| shell.named(name));
    let elsewhere = || {
        let places =
            homes().into_iter().flat_map(|home| USUAL_PLACES.iter().map(move |place| home.join(place)));
        places.into_iter().find(|place| place.is_file())
    };
    Ok(on_path.or_else(elsewhere))
}

fn homes() -> Vec<PathBuf> {
    let variables = ["HOME", "PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"];
    let homes = variables.iter().filter_map(env::var_os).map(PathBuf::from);
    std::iter::once(PathBuf::from("/")).chain(homes).collect()
}

/// Debian's packages, where we may install them; elsewhere a sentence that tells what to do.
fn install(shell: &Shell) -> Result<()> {
    let by_hand = format!(
        "the page tests need Chromium or Chrome, and there is none: install one, or name it in {VARIABLE}"
    );
    let Some(become_root) = shell.named("apt-get").and_then(|_| way_to_root(shell)) else {
        bail!("{by_hand}");
    };
    announce("installing chromium and a Chinese font by apt-get", "1 to 3 minutes");
    let apt = |arguments: &[&str]| {
        let line =
            [&become_root[..], &["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"], arguments].concat();
        shell.run(line[0], &line[1..])
    };
    apt(&["update", "--quiet"])
        .and_then(|()| apt(&["install", "--quiet", "--yes", "chromium", "fonts-noto-cjk"]))
        .context(by_hand)
}

/// How a command line becomes root's without asking for a password; `None` when it can't.
fn way_to_root(shell: &Shell) -> Option<Vec<&'static str>> {
    if shell.read("id", &["-u"]).is_ok_and(|user| user == "0") {
        return Some(Vec::new());
    }
    let sudo =
        Path::new("/usr/bin/sudo").is_file() && shell.read("sudo", &["--non-interactive", "true"]).is_ok();
    sudo.then(|| vec!["sudo", "--non-interactive"])
}
