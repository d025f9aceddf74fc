//! `archlab check`: what is wrong with a design.

use std::fmt::{Display, Write};

use archlab_model::{Problem, Severity, validate};
use archlab_words::{Lang, fill, text};

use crate::arguments::Check;
use crate::{HAS_ERRORS, file, print};

/// Checks a design; gives the exit code.
pub fn check(task: &Check) -> Result<u8, String> {
    let lang = task.words.lang();
    let problems = validate(&file::open(lang, &task.design)?);
    print(&told(lang, &problems))?;
    let has_errors = problems.iter().any(|problem| problem.severity() == Severity::Error);
    Ok(if has_errors { HAS_ERRORS } else { 0 })
}

/// The problems, one on a line, and how many there are.
fn told(lang: Lang, problems: &[Problem]) -> String {
    let mut lines = String::new();
    for problem in problems {
        let _ = writeln!(lines, "{}", line(lang, problem));
    }
    let count = |severity| problems.iter().filter(|problem| problem.severity() == severity).count();
    let sum = match (count(Severity::Error), count(Severity::Warning)) {
        (0, 0) => text(lang, "cli.check.fine"),
        (errors, warnings) => fill(lang, "cli.check.sum", &[("errors", &errors), ("warnings", &warnings)]),
    };
    let _ = writeln!(lines, "{sum}");
    lines
}

/// A problem on a line.
pub fn line(lang: Lang, problem: &Problem) -> String {
    let sentence = filled(lang, problem.key(), &problem.arguments());
    match problem.severity() {
        Severity::Error => fill(lang, "cli.check.error", &[("problem", &sentence)]),
        Severity::Warning | Severity::Risk => fill(lang, "cli.check.warning", &[("problem", &sentence)]),
    }
}

/// The words for `key`, filled with the model's arguments.
pub fn filled(lang: Lang, key: &str, arguments: &[(&'static str, String)]) -> String {
    let values: Vec<(&str, &dyn Display)> =
        arguments.iter().map(|(name, value)| (*name, value as &dyn Display)).collect();
    fill(lang, key, &values)
}
