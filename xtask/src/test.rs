//! `cargo xtask test`: everything CI runs, what fails fastest first. Steps that wait for different things (a linker, a
//! test of one thread, an optimiser) run beside one another; what is measured by a clock runs alone.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
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
    turn: Turn,
    run: fn(&Shell) -> Result<()>,
}

/// When a step runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    /// With the machine for itself.
    Alone,
    /// After those before it on the host, beside those for the browser.
    Host,
    /// After those before it for the browser, beside those on the host: they build into different folders.
    Browser,
}

const STEPS: &[Step] = &[
    Step {
        name: "fmt",
        what: "sources are formatted",
        needs: &[],
        turn: Turn::Alone,
        run: |shell| shell.run("cargo", &["fmt", "--all", "--check"]),
    },
    Step {
        name: "clippy",
        what: "no warning, on the host and for the browser",
        needs: &[Tool::WasmTarget],
        turn: Turn::Host,
        run: clippy,
    },
    Step {
        name: "rust",
        what: "tests of the workspace on the host: the engine against queueing theory and tidy tests among them",
        needs: &[],
        turn: Turn::Host,
        run: |shell| shell.run("cargo", &["test", "--workspace", "--locked", "--quiet"]),
    },
    Step {
        name: "build",
        what: "the release build",
        needs: build::TOOLS,
        turn: Turn::Browser,
        run: build::release,
    },
    Step {
        name: "size",
        what: "the program's size against its budget",
        needs: &[Tool::Node],
        turn: Turn::Browser,
        run: size::check,
    },
    Step {
        name: "golden",
        what: "the golden runs in wasm: the same bits as on the host",
        needs: &[Tool::WasmTarget, Tool::WasmBindgen, Tool::Node],
        turn: Turn::Browser,
        run: golden,
    },
    Step {
        name: "page",
        what: "the release build in a real browser",
        needs: &[Tool::Node, Tool::NodePackages, Tool::Chromium],
        turn: Turn::Alone,
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

    let (ended, took) = timed(|| in_turns(&steps, &shell));
    let failed = ended.iter().find_map(|ended| ended.failure.as_ref().map(|error| (ended.name, error)));
    print(setup_took, &ended, setup_took + took);
    match failed {
        None => Ok(()),
        Some((name, error)) => bail!("`cargo xtask test {name}` fails: {error:#}"),
    }
}

/// A step that has ended.
struct Ended {
    name: &'static str,
    took: Duration,
    failure: Option<anyhow::Error>,
}

/// Runs steps when it is their turn. Once one has failed, none begins.
fn in_turns(steps: &[&Step], shell: &Shell) -> Vec<Ended> {
    let alone = |step: &&Step| step.turn == Turn::Alone;
    let mut ended = Vec::new();
    for company in steps.chunk_by(|one, next| !alone(one) && !alone(next)) {
        if ended.iter().any(|ended: &Ended| ended.failure.is_some()) {
            break;
        }
        let lane = |is: fn(&Step) -> bool| company.iter().copied().filter(move |step| is(step)).collect();
        let host: Vec<&Step> = lane(|step| step.turn != Turn::Browser);
        let browser: Vec<&Step> = lane(|step| step.turn == Turn::Browser);
        let aside = if host.is_empty() { shell.clone() } else { shell.aside() };
        let failed = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let beside = scope.spawn(|| in_order(&browser, &aside, &failed));
            ended.extend(in_order(&host, shell, &failed));
            ended.extend(beside.join().expect("a step that fails says so"));
        });
    }
    ended
}

/// Runs steps one after another, until one of these or of those beside them has failed.
fn in_order(steps: &[&Step], shell: &Shell, failed: &AtomicBool) -> Vec<Ended> {
    let mut ended = Vec::new();
    for step in steps {
        if failed.load(Ordering::Relaxed) {
            break;
        }
        eprintln!("\n── {}: {}", step.name, step.what);
        let (outcome, took) = timed(|| (step.run)(shell));
        failed.fetch_or(outcome.is_err(), Ordering::Relaxed);
        ended.push(Ended { name: step.name, took, failure: outcome.err() });
    }
    ended
}

#[expect(clippy::disallowed_methods, reason = "xtask runs on the host, where a clock is at hand")]
fn timed<T>(run: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    (run(), start.elapsed())
}

/// The table of steps and times. What ran beside something else counts once in the total.
fn print(setup: Duration, ended: &[Ended], total: Duration) {
    eprintln!("\n{:>8}  passed  {}", "setup", minutes_and_seconds(setup));
    for Ended { name, took, failure } in ended {
        let outcome = if failure.is_some() { "failed" } else { "passed" };
        eprintln!("{name:>8}  {outcome}  {}", minutes_and_seconds(*took));
    }
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

fn golden(shell: &Shell) -> Result<()> {
    let test = ["test", "--package", "archlab-engine", "--locked", "--test", "golden"];
    shell.run("cargo", &[&test[..], &["--release", "--target", "wasm32-unknown-unknown"]].concat())
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

#[cfg(test)]
mod tests {
    use super::*;

    const fn step(name: &'static str, turn: Turn, run: fn(&Shell) -> Result<()>) -> Step {
        Step { name, what: "nothing", needs: &[], turn, run }
    }

    fn names(steps: &[Step]) -> Vec<&'static str> {
        let steps: Vec<&Step> = steps.iter().collect();
        in_turns(&steps, &Shell::new()).iter().map(|ended| ended.name).collect()
    }

    #[test]
    fn every_step_runs_and_what_runs_alone_comes_after_all_before_it() {
        assert_eq!(
            names(&[
                step("first", Turn::Alone, |_| Ok(())),
                step("host", Turn::Host, |_| Ok(())),
                step("browser", Turn::Browser, |_| Ok(())),
                step("last", Turn::Alone, |_| Ok(())),
            ]),
            ["first", "host", "browser", "last"]
        );
    }

    #[test]
    fn after_a_failure_nothing_begins() {
        assert_eq!(
            names(&[
                step("host", Turn::Host, |_| bail!("it fails")),
                step("host too", Turn::Host, |_| Ok(())),
                step("last", Turn::Alone, |_| Ok(())),
            ]),
            ["host"]
        );
    }
}
