//! The content security policy of the release build.
//!
//! Trunk calls this after each build. In development there is none, because `trunk serve` adds an inline script
//! for reloading, which the policy rightly forbids.

use std::path::PathBuf;
use std::{env, fs};

use anyhow::{Context, Result, bail};

/// Only our own files, no inline script, no inline style. `wasm-unsafe-eval` allows to compile WebAssembly and
/// nothing else; images from blobs are exported pictures, media from blobs recorded runs.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    connect-src 'self'; img-src 'self' data: blob:; media-src blob:; font-src 'self'; worker-src 'self' blob:; \
    manifest-src 'self'; base-uri 'none'; form-action 'none'";

/// What the policy is put behind: nothing of the page's is read before it.
const PLACE: &str = "<meta charset=\"utf-8\">";

/// Writes the policy into every page of the build that trunk has staged.
pub fn apply() -> Result<()> {
    let profile = env::var("TRUNK_PROFILE").context("trunk calls this command: it sets TRUNK_PROFILE")?;
    if profile != "release" {
        return Ok(());
    }
    let staging = PathBuf::from(env::var_os("TRUNK_STAGING_DIR").context("trunk sets TRUNK_STAGING_DIR")?);
    for entry in fs::read_dir(&staging).context("trunk's staging folder can't be read")? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "html") {
            let page =
                fs::read_to_string(&path).with_context(|| format!("{} can't be read", path.display()))?;
            let page = with_policy(&page).with_context(|| format!("in {}", path.display()))?;
            fs::write(&path, page).with_context(|| format!("{} can't be written", path.display()))?;
        }
    }
    Ok(())
}

fn with_policy(page: &str) -> Result<String> {
    // Trunk writes `<meta charset="utf-8">` however the source closes the tag; a file that is copied keeps its own.
    let page = page.replacen("<meta charset=\"utf-8\" />", PLACE, 1);
    let Some((before, after)) = page.split_once(PLACE) else {
        bail!("there is no {PLACE} to put the content security policy behind");
    };
    let meta = format!("<meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">");
    Ok(format!("{before}{PLACE}{meta}{after}"))
}

#[cfg(test)]
mod tests {
    use super::{POLICY, with_policy};

    #[test]
    fn the_policy_is_the_first_thing_after_the_charset() {
        for page in ["<head><meta charset=\"utf-8\"><title>", "<head><meta charset=\"utf-8\" /><title>"] {
            let page = with_policy(page).expect("the page has a charset");
            assert!(page.starts_with("<head><meta charset=\"utf-8\"><meta http-equiv="), "{page}");
            assert!(page.contains(POLICY) && page.ends_with("<title>"), "{page}");
        }
        assert!(with_policy("<head><title>").is_err());
    }
}
