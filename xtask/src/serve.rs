//! `cargo xtask serve`: the page for development, rebuilt as its sources change.

use anyhow::Result;

use crate::setup::{Tool, ensure};

pub fn serve(options: &[String]) -> Result<()> {
    let shell = ensure(&[Tool::WasmTarget, Tool::Trunk, Tool::WasmBindgen])?;
    let mut arguments = vec!["serve"];
    arguments.extend(options.iter().map(String::as_str).filter(|option| *option != "--"));
    shell.run("trunk", &arguments)
}
