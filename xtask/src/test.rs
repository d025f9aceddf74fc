//! `cargo xtask test`: everything CI runs, what fails fastest first.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::setup::{Tool, ensure};
use crate::shell::{Shell, root};
use crate::{build, size};

/// One thing that CI checks.
struct Step {
    name: &'static str,
    what: &'static str,
    needs: &'static [Tool],
    run: fn(&Shell) -> Result<()>,
}

const STEPS: &[Step] = &[
    Step {
        name: "fmt",
        what: "sources are formatted",
        needs: &[],
        run: |shell| shell.run("cargo", &["fmt", "--all", "--check"]),
    },
    Step {
        name: "clippy",
        what: "no warning, on the host and for the browser",
        needs: &[Tool::WasmTarget],
        run: clippy,
    },
    Step {
        name: "rust",
        what: "tests of the workspace on the host, tidy tests among them",
        needs: &[],
        run: |shell| shell.run("cargo", &["test", "--workspace", "--locked", "--quiet"]),
    },
    Step {
        name: "theory",
        what: "the engine against queueing theory, optimised",
        needs: &[],
        run: |shell| engine_test(shell, "theory", &["--release"]),
    },
    Step {
        name: "golden",
        what: "the golden runs in wasm: the same bits as on the host",
        needs: &[Tool::WasmTarget, Tool::WasmBindgen, Tool::Node],
        run: |shell| engine_test(shell, "golden", &["--release", "--target", "wasm32-unknown-unknown"]),
    },
    Step { name: "build", what: "the release build", needs: build::TOOLS, run: build::release },
    Step {
        name: "size",
        what: "the program's size against its budget",
        needs: &[Tool::Node],
        run: size::check,
    },
    Step {
        name: "page",
        what: "the release build in a real browser",
        needs: &[Tool::Node, Tool::NodePackages, Tool::Chromium],
        run: page,
    },
];

/// Runs the steps named, or all; prints how long each took.
pub fn test(names: &[String]) -> Result<()> {
    if let Some(unknown) = names.iter().find(|name| STEPS.iter().all(|step| step.name != name.as_str())) {
        let known: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
        bail!("there is no step `{unknown}`; the steps are {}", known.join(", "));
    }
    let chosen = |step: &&Step| names.is_empty() || names.iter().any(|name| name == step.name);
    let steps: Vec<&Step> = STEPS.iter().filter(chosen).collect();

    let tools: Vec<Tool> = steps.iter().flat_map(|step| step.needs).copied().collect();
    let (shell, setup_took) = timed(|| ensure(&tools));
    let mut shell = shell?;
    shell.set("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", "wasm-bindgen-test-runner");

    let mut table = vec![("setup", setup_took)];
    for step in steps {
        eprintln!("\n── {}: {}", step.name, step.what);
        let (outcome, took) = timed(|| (step.run)(&shell));
        table.push((step.name, took));
        if let Err(error) = outcome {
            print(&table, "failed");
            return Err(error).with_context(|| format!("`cargo xtask test {}` fails", step.name));
        }
    }
    print(&table, "passed");
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "xtask runs on the host, where a clock is at hand")]
fn timed<T>(run: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    (run(), start.elapsed())
}

/// The table of steps and times; the last step ended as `outcome` says, all before it passed.
fn print(table: &[(&str, Duration)], outcome: &str) {
    eprintln!();
    for (place, (name, took)) in table.iter().enumerate() {
        let outcome = if place + 1 == table.len() { outcome } else { "passed" };
        eprintln!("{name:>8}  {outcome}  {}", minutes_and_seconds(*took));
    }
    let total = table.iter().map(|(_, took)| *took).sum();
    eprintln!("{:>8}          {}", "total", minutes_and_seconds(total));
}

fn minutes_and_seconds(duration: Duration) -> String {
    let seconds = duration.as_secs_f64().round();
    format!("{:>3} min {:>2} s", (seconds / 60.0).floor(), seconds % 60.0)
}

fn clippy(shell: &Shell) -> Result<()> {
    let host = ["clippy", "--workspace", "--all-targets", "--locked", "--", "--deny", "warnings"];
    let page = ["clippy", "--target", "wasm32-unknown-unknown", "--locked", "--", "--deny", "warnings"];
    shell.run("cargo", &host)?;
    shell.run("cargo", &page)
}

/// Runs one of the engine's test targets in a way of its own.
fn engine_test(shell: &Shell, target: &str, options: &[&str]) -> Result<()> {
    let tests = root().join("crates/engine/tests");
    if !tests.join(target).with_extension("rs").is_file() && !tests.join(target).join("main.rs").is_file() {
        eprintln!("the engine has no test target `{target}`");
        return Ok(());
    }
    let test = ["test", "--package", "archlab-engine", "--locked", "--test", target];
    shell.run("cargo", &[&test[..], options].concat())
}

/// Page tests that measure how long something takes.
const TIMED_PAGE_TESTS: [&str; 2] = ["speed.test.mjs", "thousand.test.mjs"];

/// The page tests, against `dist/`. The files are named one by one: what a folder means to Node differs from one
/// version to the next.
fn page(shell: &Shell) -> Result<()> {
    if !root().join("dist/index.html").is_file() {
        bail!("there is no dist/: run `cargo xtask build` first");
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(root().join("tests/page")).context("tests/page can't be read")? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".test.mjs") {
            files.push(Path::new("tests/page").join(name).display().to_string());
        }
    }
    files.sort();
    // What measures time has the machine for itself.
    let (timed, others): (Vec<_>, Vec<_>) =
        files.iter().partition(|file| TIMED_PAGE_TESTS.iter().any(|name| file.ends_with(name)));
    for (concurrency, files) in [("2", others), ("1", timed)] {
        let concurrency = format!("--test-concurrency={concurrency}");
        let mut arguments = vec!["--test", &concurrency, "--test-reporter=spec"];
        arguments.extend(files.iter().map(|file| file.as_str()));
        shell.run("node", &arguments)?;
    }
    Ok(())
}
