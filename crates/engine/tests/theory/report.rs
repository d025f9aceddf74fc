//! The judgement, for a terminal and as `docs/validation.md`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::cases::Judge;
use crate::judge::{Judged, Outcomes, Result, WIDE, unusual};
use crate::statistics::Level;

/// Prints a line for each row that says something.
pub fn print(outcomes: &Outcomes) {
    println!("{:<34} {:>14} {:>14} {:>9}  verdict", "row", "theory", "measured", "± 99 %");
    for row in &outcomes.rows {
        if let Some(cells) = cells(row) {
            println!(
                "{:<34} {:>14} {:>14} {:>9}  {}",
                row.id, row.expected, cells.measured, cells.width, cells.verdict
            );
        }
    }
    println!("{}", summary(outcomes));
}

struct Cells {
    measured: String,
    width: String,
    interval: String,
    verdict: String,
}

fn cells(row: &Judged) -> Option<Cells> {
    match &row.result {
        Result::Measured { judge, expected, verdict, allowed } => {
            let half = verdict.estimate.half_width(Level::Usual);
            let (low, high) = verdict.estimate.interval(Level::Certain);
            let width = match *expected {
                0.0 => format!("{half:.1e}"),
                expected => format!("{:.2} %", 100.0 * half / expected.abs()),
            };
            let how = match judge {
                Judge::Equal | Judge::Reference(_) => "inside",
                Judge::AtMost => "not exceeded",
                Judge::Within(_) => "within its error",
                Judge::LimitFromAbove => "approached",
            };
            let mut words = if verdict.refuted { "REFUTED".to_owned() } else { how.to_owned() };
            if verdict.unusual == Some(true) && !verdict.refuted {
                words += ", outside 99 %";
            }
            if verdict.wide && allowed.is_finite() {
                words += ", wide";
            }
            let measured = number(verdict.estimate.value);
            Some(Cells {
                measured,
                width,
                interval: format!("{} … {}", number(low), number(high)),
                verdict: words,
            })
        }
        Result::Exact { found, right } => Some(Cells {
            measured: found.clone(),
            width: "exact".to_owned(),
            interval: String::new(),
            verdict: if *right { "equal" } else { "REFUTED" }.to_owned(),
        }),
        Result::Unknown(why) => Some(Cells {
            measured: String::new(),
            width: String::new(),
            interval: String::new(),
            verdict: format!("UNKNOWN: {why}"),
        }),
        Result::NotSimulated(_) | Result::LeftOut => None,
    }
}

/// Seven digits, as the table has them.
fn number(value: f64) -> String {
    if value == 0.0 || (1e-3..1e7).contains(&value.abs()) {
        let digits = if value == 0.0 { 1 } else { (6.0 - value.abs().log10().floor()).max(0.0) as usize };
        format!("{value:.digits$}")
    } else {
        format!("{value:.6e}")
    }
}

fn summary(outcomes: &Outcomes) -> String {
    let count = |is: &dyn Fn(&Result) -> bool| outcomes.rows.iter().filter(|row| is(&row.result)).count();
    let measured = count(&|result| matches!(result, Result::Measured { .. }));
    let exact = count(&|result| matches!(result, Result::Exact { .. }));
    let not_simulated = count(&|result| matches!(result, Result::NotSimulated(_)));
    let left_out = count(&|result| matches!(result, Result::LeftOut));
    let unknown = count(&|result| matches!(result, Result::Unknown(_)));
    let (outside, tolerated) = unusual(outcomes);
    format!(
        "{measured} checks measured, {outside} outside their 99 % interval (up to {tolerated} by chance); {exact} \
         without chance; {not_simulated} not about anything simulated; {left_out} left out of a quick look; \
         {unknown} unknown. {:.2e} requests.",
        outcomes.requests
    )
}

/// Where the report of the whole table goes, unless the environment names another file.
const REPORT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/validation.md");

/// Writes the report.
pub fn write(outcomes: &Outcomes) {
    let path = std::env::var("ARCHLAB_VALIDATION_REPORT").unwrap_or_else(|_| REPORT.to_owned());
    std::fs::write(&path, page(outcomes)).unwrap_or_else(|error| panic!("{path}: {error}"));
}

fn page(outcomes: &Outcomes) -> String {
    let mut page = String::from(
        "# The engine against theory\n\n\
         Written by `cargo xtask validate`; not by hand. Every row of the validation table\n\
         (`crates/engine/tests/theory/validation.json`) that is about something simulated, run through the engine on\n\
         a design in the form of a document. *Inside*: the value lies in the 99.99 % confidence interval of\n\
         independent replications, which is given; the width is half of the 99 % interval, as a share of the value.\n\
         What else a verdict may be is said in `crates/engine/tests/theory/cases.rs`.\n\n",
    );
    let _ = writeln!(page, "{}\n", summary(outcomes));
    if !WIDE.is_empty() {
        page += "Wider than 2 % (5 % for tails and rare events):\n\n";
        for (id, width, why) in WIDE {
            let _ = writeln!(page, "- `{id}`, up to {:.0} %: {why}", 100.0 * width);
        }
        page.push('\n');
    }
    page += "| entry | kind | theory | measured | 99.99 % interval | ± 99 % | verdict |\n|---|---|---|---|---|---|---|\n";
    for row in &outcomes.rows {
        if let Some(Cells { measured, width, interval, verdict }) = cells(row) {
            let kind = row.kind.split(" (").next().unwrap_or_default();
            let _ = writeln!(
                page,
                "| `{}` | {kind} | {} | {measured} | {interval} | {width} | {verdict} |",
                row.id, row.expected
            );
        }
    }
    let mut reasons: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for row in &outcomes.rows {
        if let Result::NotSimulated(why) = row.result {
            reasons.entry(why).or_default().push(&row.id);
        }
    }
    page += "\n## Not simulated\n\n";
    for (why, rows) in reasons {
        let rows: Vec<String> = rows.iter().map(|row| format!("`{row}`")).collect();
        let _ = writeln!(page, "- {} rows, {why}: {}", rows.len(), rows.join(", "));
    }
    page
}
