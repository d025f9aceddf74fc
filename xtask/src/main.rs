//! The commands of the README: `cargo xtask serve`, `test` and `build`.
//!
//! Each of them first sets up what it needs and does not find, one announced step at a time.

mod build;
mod content_policy;
mod serve;
mod setup;
mod shell;
mod size;
mod test;
mod validate;

use std::process::ExitCode;

use anyhow::{Result, bail};

const USAGE: &str = "\
cargo xtask serve [trunk's options]   set up what is missing, then serve the page for development
cargo xtask test [steps]              set up what is missing, then run everything CI runs (or the steps named)
cargo xtask validate [table]          run every row of the validation table; writes docs/validation.md
cargo xtask build                     set up what is missing, then build the release into dist/
cargo xtask setup                     only set up what is missing, for all of these";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nxtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<()> {
    let Some((command, rest)) = arguments.split_first() else {
        bail!("which command?\n\n{USAGE}");
    };
    match (command.as_str(), rest) {
        ("serve", options) => serve::serve(options),
        ("test", steps) => test::test(steps),
        ("validate", []) => validate::validate(None),
        ("validate", [table]) => validate::validate(Some(table)),
        ("build", []) => build::build(),
        ("setup", []) => setup::ensure(setup::Tool::ALL).map(drop),
        // Called by trunk, see Trunk.toml.
        ("content-policy", []) => content_policy::apply(),
        ("help" | "--help" | "-h", _) => {
            println!("{USAGE}");
            Ok(())
        }
        _ => bail!("there is no command `{}`.\n\n{USAGE}", arguments.join(" ")),
    }
}
