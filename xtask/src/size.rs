//! The size of the program as it is sent, against the budget in `size-budget.toml`.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::shell::{Shell, root};

const BUDGET: &str = "xtask/size-budget.toml";

/// How far above its budget a size may be before the check fails: noise of the compiler, not a feature.
const TOLERANCE: f64 = 1.05;

/// Prints the three sizes of a file: as it is, by gzip -9, by brotli -11. Node has both built in.
const MEASURE: &str = "\
const zlib = require('node:zlib');
const file = require('node:fs').readFileSync(process.argv[1]);
const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT } = zlib.constants;
const params = { [BROTLI_PARAM_QUALITY]: 11, [BROTLI_PARAM_SIZE_HINT]: file.length };
console.log(file.length, zlib.gzipSync(file, { level: 9 }).length, zlib.brotliCompressSync(file, { params }).length);";

/// Fails when the program is more than 5 % above its budget.
pub fn check(shell: &Shell) -> Result<()> {
    let program = program()?;
    let printed = shell.read("node", &["--eval", MEASURE, &program.display().to_string()])?;
    let sizes: Vec<f64> = printed.split_whitespace().filter_map(|size| size.parse().ok()).collect();
    let budget =
        fs::read_to_string(root().join(BUDGET)).with_context(|| format!("{BUDGET} can't be read"))?;

    let mut too_big = Vec::new();
    for (name, size) in ["raw", "gzip", "brotli"].into_iter().zip(sizes) {
        let allowed = entry(&budget, name).with_context(|| format!("{BUDGET} has no number for `{name}`"))?;
        println!("{name:>7}: {:>7.1} kB of {:>6.1} kB", size / 1000.0, allowed / 1000.0);
        if allowed * TOLERANCE < size {
            too_big.push(name);
        }
    }
    if !too_big.is_empty() {
        bail!(
            "the program is more than 5 % above its budget ({}): make it smaller, or raise {BUDGET} and say why",
            too_big.join(", ")
        );
    }
    Ok(())
}

/// The program's size in one phrase.
pub fn summary() -> Result<String> {
    let bytes = fs::metadata(program()?).context("the program can't be read")?.len();
    Ok(format!("{} kB of WebAssembly before compression", bytes / 1000))
}

fn program() -> Result<PathBuf> {
    let entries = fs::read_dir(root().join("dist")).context("there is no dist/: run `cargo xtask build`")?;
    let files = entries.filter_map(|entry| entry.ok().map(|entry| entry.path()));
    let mut programs = files.filter(|path| path.extension().is_some_and(|extension| extension == "wasm"));
    programs.next().context("dist/ has no .wasm file")
}

fn entry(budget: &str, name: &str) -> Option<f64> {
    let line = budget.lines().find_map(|line| line.trim().strip_prefix(name)?.trim().strip_prefix('='))?;
    line.split('#').next()?.trim().replace('_', "").parse().ok()
}
