//! The headless command `archlab`: runs a design and tells what came of it, or checks one.

mod arguments;
mod bench;
mod check;
mod file;
mod flow;
mod json;
mod report;
mod run;
mod table;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Task};

/// The design has errors.
const HAS_ERRORS: u8 = 1;
/// The command could not do its work: a wrong file, a wrong name, an output that cannot be written.
const COULD_NOT: u8 = 2;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match arguments.task {
        Task::Run(task) => run::run(&task),
        Task::Check(task) => check::check(&task),
        Task::Bench(task) => bench::bench(&task),
    };
    match done {
        Ok(code) => code.into(),
        Err(words) => {
            eprintln!("archlab: {words}");
            COULD_NOT.into()
        }
    }
}

/// Writes `text` to standard output. A reader that has gone away, as `head` does, is no error.
fn print(text: &str) -> Result<(), String> {
    let mut output = std::io::stdout().lock();
    match output.write_all(text.as_bytes()).and_then(|()| output.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.to_string()),
        _ => Ok(()),
    }
}
