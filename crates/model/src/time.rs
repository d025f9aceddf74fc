//! Simulated time: integers, in nanoseconds.
//!
//! A nanosecond is fine enough that rounding a sampled service time to it moves no figure a person
//! can see, and 64 bits of it last 584 years.

use std::fmt;
use std::ops::{Add, AddAssign, Mul, Sub};
use std::str::FromStr;

/// A length of simulated time, in nanoseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span(u64);

/// An instant of simulated time, in nanoseconds since the start of the run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SimTime(u64);

impl Span {
    /// No time at all.
    pub const ZERO: Span = Span(0);
    /// The longest span a person can write: ten years.
    pub const MAX: Span = Span(10 * 365 * 24 * 3600 * 1_000_000_000);

    /// A span of whole nanoseconds.
    pub const fn from_nanos(nanos: u64) -> Span {
        Span(nanos)
    }
    /// A span of whole microseconds.
    pub const fn from_micros(micros: u64) -> Span {
        Span(micros * 1_000)
    }
    /// A span of whole milliseconds.
    pub const fn from_millis(millis: u64) -> Span {
        Span(millis * 1_000_000)
    }
    /// A span of whole seconds.
    pub const fn from_secs(secs: u64) -> Span {
        Span(secs * 1_000_000_000)
    }
    /// The span nearest to `secs` seconds; negative and not-a-number give zero, the upper end is
    /// [`Span::MAX`].
    pub fn from_secs_f64(secs: f64) -> Span {
        Span(((secs * 1e9).round() as u64).min(Span::MAX.0))
    }
    /// Whole nanoseconds.
    pub const fn as_nanos(self) -> u64 {
        self.0
    }
    /// Milliseconds.
    pub fn as_millis_f64(self) -> f64 {
        self.0 as f64 / 1e6
    }
    /// Seconds.
    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / 1e9
    }
    /// Whether this is no time at all.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }
}

impl SimTime {
    /// The start of a run.
    pub const START: SimTime = SimTime(0);
    /// Later than anything that happens.
    pub const NEVER: SimTime = SimTime(u64::MAX);

    /// The instant `nanos` nanoseconds after the start.
    pub const fn from_nanos(nanos: u64) -> SimTime {
        SimTime(nanos)
    }
    /// Nanoseconds since the start.
    pub const fn as_nanos(self) -> u64 {
        self.0
    }
    /// Seconds since the start.
    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / 1e9
    }
    /// The span from `earlier` to this instant; zero if `earlier` is in fact later.
    pub const fn since(self, earlier: SimTime) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Span> for SimTime {
    type Output = SimTime;
    fn add(self, span: Span) -> SimTime {
        SimTime(self.0.saturating_add(span.0))
    }
}

impl AddAssign<Span> for SimTime {
    fn add_assign(&mut self, span: Span) {
        *self = *self + span;
    }
}

impl Add for Span {
    type Output = Span;
    fn add(self, other: Span) -> Span {
        Span(self.0.saturating_add(other.0))
    }
}

impl Sub for Span {
    type Output = Span;
    fn sub(self, other: Span) -> Span {
        Span(self.0.saturating_sub(other.0))
    }
}

impl Mul<u64> for Span {
    type Output = Span;
    fn mul(self, factor: u64) -> Span {
        Span(self.0.saturating_mul(factor))
    }
}

/// The units a person may write, longest name first, with their length in nanoseconds.
const UNITS: [(&str, u64); 7] = [
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60 * 1_000_000_000),
    ("h", 3600 * 1_000_000_000),
];

/// Why a text is not a span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpanError(String);

impl fmt::Display for SpanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "\"{}\" is not a duration; write a number and a unit, such as 250ms, 60s, 10m or 2h",
            self.0
        )
    }
}

impl std::error::Error for SpanError {}

impl FromStr for Span {
    type Err = SpanError;

    /// Reads `250ms`, `1.5s`, `10m`, `2h`; a bare `0` needs no unit.
    fn from_str(text: &str) -> Result<Span, SpanError> {
        let wrong = || SpanError(text.chars().take(40).collect());
        let text_trimmed = text.trim();
        if text_trimmed == "0" {
            return Ok(Span::ZERO);
        }
        let split = text_trimmed.find(|c: char| !(c.is_ascii_digit() || c == '.')).ok_or_else(wrong)?;
        let (number, unit) = text_trimmed.split_at(split);
        let unit = unit.trim_start();
        let (_, unit) = UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(wrong)?;
        nanos(number, *unit).filter(|span| *span <= Span::MAX).ok_or_else(wrong)
    }
}

/// `number` units of `unit` nanoseconds, to the nearest nanosecond; whole numbers all the way, since a
/// float would lose nanoseconds after a hundred days.
fn nanos(number: &str, unit: u64) -> Option<Span> {
    let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && decimals.is_empty() || whole.len() > 19 {
        return None;
    }
    let digits = |text: &str| if text.is_empty() { Some(0) } else { text.parse::<u64>().ok() };
    // Beyond 18 decimals nothing is left of a nanosecond, even in hours.
    let decimals = decimals.get(..18).unwrap_or(decimals);
    let scale = 10u128.pow(decimals.len() as u32);
    let whole = u128::from(digits(whole)?) * u128::from(unit);
    let part = (u128::from(digits(decimals)?) * u128::from(unit) + scale / 2) / scale;
    u64::try_from(whole + part).ok().map(Span)
}

impl fmt::Display for Span {
    /// Writes the span in the largest unit that needs no more than three decimals, so that what is
    /// written reads back as the same span.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, nanos) = match self.0 {
            0 => return f.write_str("0"),
            n if n % 3_600_000_000_000 == 0 => ("h", 3_600_000_000_000),
            n if n % 60_000_000_000 == 0 => ("m", 60_000_000_000),
            n if n % 1_000_000 == 0 && n >= 1_000_000_000 => ("s", 1_000_000_000),
            n if n % 1_000 == 0 && n >= 1_000_000 => ("ms", 1_000_000),
            n if n >= 1_000 => ("us", 1_000),
            _ => ("ns", 1),
        };
        let (whole, rest) = (self.0 / nanos, self.0 % nanos);
        if rest == 0 {
            return write!(f, "{whole}{name}");
        }
        let decimals = format!("{:0width$}", rest, width = nanos.ilog10() as usize);
        write!(f, "{whole}.{}{name}", decimals.trim_end_matches('0'))
    }
}

crate::serde_as_text!(Span, "a number and a unit: 250us, 1.5ms, 2s, 10m, 2h");
