//! The judge: runs what the rows ask for and holds each to what its kind allows.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use crate::cases::{Case, Check, Judge, Outcome, Verdict};
use crate::families;
use crate::statistics::{Estimate, Level, Regression, binomial_bound};
use crate::study::{Effort, Sample, Study, Wanted, in_parallel, play};
use crate::table::{self, Entry};

/// How much is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// What is quick, whatever the width of its interval.
    Quick,
    /// Everything, to the widths that are wanted.
    Whole,
}

impl Depth {
    fn effort(self) -> Effort {
        match self {
            Depth::Quick => Effort { first: 150_000.0, most: 600_000.0 },
            Depth::Whole => Effort { first: 400_000.0, most: MOST_REQUESTS },
        }
    }
}

/// Most requests that a study is given.
const MOST_REQUESTS: f64 = 2e9;

/// How improbable more rows outside their 99 % interval than allowed are, if all rows were true and told
/// nothing of one another. (Rows of one study do, so they leave in company.)
const IMPROBABLE: f64 = 1e-4;

/// Rows whose interval stays wider than wanted, and how wide it may be, as a share of the value, and why.
pub const WIDE: &[(&str, f64, &str)] = &[];

/// A row and what came of it.
pub struct Judged {
    pub id: String,
    pub kind: String,
    pub expected: String,
    pub result: Result,
}

pub enum Result {
    /// Measured, with an interval.
    Measured { judge: Judge, expected: f64, allowed: f64, verdict: Verdict },
    /// Run once, without chance.
    Exact { found: String, right: bool },
    /// Nothing that is simulated.
    NotSimulated(&'static str),
    /// Too long for a quick look.
    LeftOut,
    /// Nobody knows what to do about it.
    Unknown(String),
}

/// All rows, judged, and how long it took.
pub struct Outcomes {
    pub depth: Depth,
    pub rows: Vec<Judged>,
    pub requests: f64,
}

/// A study and what is asked of it: (row, check, part).
struct Asked {
    study: Arc<dyn Study + Send>,
    by: Vec<(usize, usize, usize)>,
}

/// Judges every row of the table.
pub fn judge(depth: Depth) -> Outcomes {
    // A part of the table, by the beginning of its ids, for who looks into something.
    let only = std::env::var("ARCHLAB_VALIDATION_ONLY").unwrap_or_default();
    let mine = |entry: &Entry| only.is_empty() || only.split(',').any(|start| entry.id.starts_with(start));
    let entries: Vec<Entry> = table::all().into_iter().filter(mine).collect();
    let cases: Vec<_> = entries.iter().map(families::case).collect();

    let mut studies: BTreeMap<String, Asked> = BTreeMap::new();
    for (row, case) in cases.iter().enumerate() {
        let Ok(Case::Measured(checks)) = case else { continue };
        for (number, check) in checks.iter().enumerate() {
            for (part, asked) in check.parts.iter().enumerate() {
                let entry = studies.entry(asked.study.name());
                let entry = entry.or_insert_with(|| Asked { study: asked.study.clone(), by: Vec::new() });
                entry.by.push((row, number, part));
            }
        }
    }

    let check_of = |row: usize, check: usize| -> &Check {
        match &cases[row] {
            Ok(Case::Measured(checks)) => &checks[check],
            _ => unreachable!("only measured rows ask studies"),
        }
    };
    let mut found: BTreeMap<(usize, usize, usize), Estimate> = BTreeMap::new();
    let mut trusted = Vec::new();
    let mut requests = 0.0;
    for (name, asked) in &studies {
        let study = &*asked.study;
        let least = study.warm_up() * study.rate() * study.replications() as f64;
        if depth == Depth::Quick && least > depth.effort().most {
            continue;
        }
        let wanted: Vec<Wanted> = asked
            .by
            .iter()
            .map(|&(row, check, part)| {
                let check = check_of(row, check);
                let share =
                    if depth == Depth::Quick { f64::INFINITY } else { allowed(&entries[row].id, check) };
                let share = share * check.part_width(part) / check.width.min(1e300);
                Wanted { ask: &check.parts[part].ask, share, of_nothing: check.expected == 0.0 }
            })
            .collect();
        let began = Instant::now();
        let samples = play(study, &wanted, depth.effort());
        let length: f64 = samples.iter().map(|sample| sample.length).sum();
        requests += length * study.rate();
        for (key, wanted) in asked.by.iter().zip(&wanted) {
            found.insert(*key, wanted.ask.estimate(&samples, study.controlled()));
        }
        trusted.extend(taken_for_granted(name, study, &samples));
        if depth == Depth::Whole {
            for &(row, number, _) in &asked.by {
                let check = check_of(row, number);
                let parts: Option<Vec<Estimate>> =
                    (0..check.parts.len()).map(|part| found.get(&(row, number, part)).copied()).collect();
                tell_early(&entries[row], check, parts.map(|parts| check.verdict(&parts)));
            }
        }
        if depth == Depth::Whole {
            eprintln!(
                "{:7.1} s {:9.2e} requests  {name}",
                began.elapsed().as_secs_f64(),
                length * study.rate()
            );
        }
    }

    let effort = if depth == Depth::Quick { 0.02 } else { 1.0 };
    let done: Vec<usize> = (0..cases.len()).filter(|row| matches!(cases[*row], Ok(Case::Done(_)))).collect();
    let outcomes = in_parallel(&done, |row| match &cases[*row] {
        // What one row runs into is not the others' affair.
        Ok(Case::Done(run)) => catch_unwind(AssertUnwindSafe(|| run(effort)))
            .unwrap_or_else(|_| Outcome::Text("panicked".to_owned())),
        _ => unreachable!("only what is to be done is done"),
    });
    let done: BTreeMap<usize, Outcome> = done.into_iter().zip(outcomes).collect();

    let mut rows = Vec::new();
    for (row, (entry, case)) in entries.iter().zip(&cases).enumerate() {
        let judged = |variant: &str, result| Judged {
            id: if variant.is_empty() { entry.id.clone() } else { format!("{} ({variant})", entry.id) },
            kind: entry.kind.clone(),
            expected: entry.shown(),
            result,
        };
        match case {
            Err(why) => rows.push(judged("", Result::Unknown(why.clone()))),
            Ok(Case::NotSimulated(why)) => rows.push(judged("", Result::NotSimulated(why))),
            Ok(Case::Done(_)) => rows.push(judged("", came_out(entry, &done[&row]))),
            Ok(Case::Measured(checks)) => {
                for (number, check) in checks.iter().enumerate() {
                    let parts: Option<Vec<Estimate>> =
                        (0..check.parts.len()).map(|part| found.get(&(row, number, part)).copied()).collect();
                    let result = parts.map_or(Result::LeftOut, |parts| Result::Measured {
                        judge: check.judge,
                        expected: check.expected,
                        allowed: allowed(&entry.id, check),
                        verdict: check.verdict(&parts),
                    });
                    rows.push(judged(&check.variant, result));
                }
            }
        }
    }
    rows.extend(trusted);
    Outcomes { depth, rows, requests }
}

/// Tells what is not as it should be as soon as it is known: the rest may take long.
fn tell_early(entry: &Entry, check: &Check, verdict: Option<Verdict>) {
    let Some(verdict) = verdict else { return };
    let wide = verdict.wide && allowed(&entry.id, check).is_finite();
    if verdict.refuted || wide || verdict.unusual == Some(true) {
        let (found, expected) = (verdict.estimate.value, check.expected);
        let word = if verdict.refuted { "REFUTED" } else { "wide, or outside 99 %" };
        eprintln!("{word}: {} {}: {found} for {expected}", entry.id, check.variant);
    }
}

fn allowed(id: &str, check: &Check) -> f64 {
    WIDE.iter().find(|(known, ..)| *known == id).map_or(check.width, |(_, width, _)| *width)
}

/// What the control variates take for granted: arrivals and services as such, then whether arrivals see what time
/// sees.
fn taken_for_granted(name: &str, study: &dyn Study, samples: &[Sample]) -> Vec<Judged> {
    if !study.controlled() {
        return Vec::new();
    }
    let names = study.taken_for_granted().iter().enumerate();
    let rows = names.map(|(place, what)| {
        let values: Vec<f64> = samples.iter().map(|sample| sample.controls[place]).collect();
        let estimate = Estimate::from(&Regression::new(&values, &[]));
        let verdict = Verdict {
            estimate,
            refuted: !covers_zero(&estimate, Level::Certain),
            unusual: Some(!covers_zero(&estimate, Level::Usual)),
            wide: false,
        };
        Judged {
            id: format!("{what} of {name}"),
            kind: "taken for granted".to_owned(),
            expected: "0".to_owned(),
            result: Result::Measured { judge: Judge::Equal, expected: 0.0, allowed: f64::INFINITY, verdict },
        }
    });
    rows.collect()
}

/// Whether an interval holds zero, but for what rounding to nanoseconds does.
fn covers_zero(estimate: &Estimate, level: Level) -> bool {
    let (low, high) = estimate.interval(level);
    low <= 1e-6 && high >= -1e-6
}

fn came_out(entry: &Entry, outcome: &Outcome) -> Result {
    let expected = entry.number().unwrap_or(f64::NAN);
    let near = |found: f64, share: f64| (found - expected).abs() <= share * expected.abs().max(1e-12);
    match outcome {
        Outcome::Number(found) => Result::Exact { found: found.to_string(), right: near(*found, 1e-6) },
        Outcome::Near(found, share) => {
            Result::Exact { found: found.to_string(), right: near(*found, *share) }
        }
        Outcome::Text(found) => Result::Exact { found: found.clone(), right: *found == entry.shown() },
        Outcome::Estimate(estimate, width) => {
            let relative =
                estimate.half_width(Level::Usual) / if expected == 0.0 { 1.0 } else { expected.abs() };
            let verdict = Verdict {
                estimate: *estimate,
                refuted: !estimate.covers(expected, Level::Certain),
                unusual: Some(!estimate.covers(expected, Level::Usual)),
                wide: relative.is_nan() || relative > *width * (1.0 + 1e-9),
            };
            Result::Measured { judge: Judge::Equal, expected, allowed: *width, verdict }
        }
    }
}

/// Fails unless every row is as it should be.
pub fn demand(outcomes: &Outcomes) {
    let which = |is: &dyn Fn(&Judged) -> bool| -> Vec<&str> {
        outcomes.rows.iter().filter(|row| is(row)).map(|row| row.id.as_str()).collect()
    };
    let wrong = which(&|row| match &row.result {
        Result::Measured { verdict, .. } => verdict.refuted,
        Result::Exact { right, .. } => !right,
        _ => false,
    });
    let unknown = which(&|row| matches!(row.result, Result::Unknown(_)));
    let wide = which(&|row| match &row.result {
        Result::Measured { verdict, allowed, .. } => verdict.wide && allowed.is_finite(),
        _ => false,
    });
    let (unusual, tolerated) = unusual(outcomes);
    assert!(wrong.is_empty(), "not as theory says: {wrong:?}");
    assert!(unusual <= tolerated, "{unusual} rows outside their 99 % interval, {tolerated} by chance");
    if outcomes.depth == Depth::Whole {
        assert!(unknown.is_empty(), "nobody knows what to do about {unknown:?}");
        assert!(wide.is_empty(), "intervals too wide to say anything: {wide:?}");
    }
}

/// How many rows lie outside their 99 % interval, and how many may.
pub fn unusual(outcomes: &Outcomes) -> (usize, usize) {
    let told = outcomes.rows.iter().filter_map(|row| match &row.result {
        Result::Measured { verdict, .. } => verdict.unusual,
        _ => None,
    });
    let (count, outside) = told.fold((0, 0), |(count, out), is| (count + 1, out + usize::from(is)));
    (outside, binomial_bound(count, Level::Usual.outside(), IMPROBABLE))
}
