//! `cargo xtask build`: the release build into `dist/`, for any static host and any path.

use anyhow::Result;

use crate::setup::{Tool, ensure};
use crate::shell::Shell;
use crate::size;

/// What the release build needs. No [`Tool::NodePackages`]: npm is only asked where no fit wasm-opt is installed.
pub const TOOLS: &[Tool] = &[Tool::WasmTarget, Tool::Trunk, Tool::WasmBindgen, Tool::WasmOpt];

pub fn build() -> Result<()> {
    let shell = ensure(TOOLS)?;
    release(&shell)?;
    println!("dist/ is ready for any static host: {}", size::summary()?);
    Ok(())
}

pub fn release(shell: &Shell) -> Result<()> {
    shell.run("trunk", &["build", "--release", "--locked"])
}
