//! What kind of thing a property is: a duration, a count, a choice, and within which range.

use crate::fault::Site;
use crate::text::Text;
use crate::time::Span;

/// What a property is, and what it may be.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// A duration.
    Length {
        /// The shortest.
        least: Span,
        /// The longest.
        most: Span,
    },
    /// A whole number.
    Count {
        /// The smallest.
        least: u64,
        /// The largest.
        most: u64,
        /// What it counts.
        unit: Unit,
    },
    /// A number with decimals.
    Number {
        /// The smallest.
        least: f64,
        /// The largest.
        most: f64,
        /// What it measures. A share of 0 to 1 is measured in percent.
        unit: Unit,
    },
    /// One of these.
    Choice(Vec<Label>),
    /// On or off.
    Switch,
    /// A text.
    Text {
        /// The most characters.
        most: usize,
    },
    /// Durations or instants, written one after another.
    Lengths {
        /// The most of them.
        most: usize,
    },
}

/// What a number counts or measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Things.
    Plain,
    /// So many a second.
    PerSecond,
    /// So many of a hundred.
    Percent,
    /// So many times as much.
    Factor,
}

/// What a property, a section or something to choose is called.
#[derive(Debug, Clone, PartialEq)]
pub enum Label {
    /// By these words of the locale.
    Key(&'static str),
    /// As the design calls it.
    Title(Text),
    /// As this part is called.
    Site(Site),
    /// By these words of the locale, with a number from 1 filled in.
    Numbered(&'static str, usize),
}

/// Where a default comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A product and its name for the setting.
    Product(&'static str),
    /// It is a figure of ours, or what is simplest.
    Ours,
}

/// What a property is set to.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A duration.
    Length(Span),
    /// A whole number.
    Count(u64),
    /// A number.
    Number(f64),
    /// Which of those to choose from, from 0.
    Choice(usize),
    /// On or off.
    Switch(bool),
    /// A text.
    Text(String),
    /// Durations or instants.
    Lengths(Vec<Span>),
}

impl Kind {
    /// Whether `value` is of this kind and within its range.
    pub fn accepts(&self, value: &Value) -> bool {
        match (self, value) {
            (Kind::Length { least, most }, Value::Length(span)) => (least..=most).contains(&span),
            (Kind::Count { least, most, .. }, Value::Count(count)) => (least..=most).contains(&count),
            (Kind::Number { least, most, .. }, Value::Number(number)) => (least..=most).contains(&number),
            (Kind::Choice(choices), Value::Choice(place)) => *place < choices.len(),
            (Kind::Switch, Value::Switch(_)) => true,
            (Kind::Text { most }, Value::Text(text)) => {
                text.chars().count() <= *most && !text.chars().any(char::is_control)
            }
            (Kind::Lengths { most }, Value::Lengths(lengths)) => lengths.len() <= *most,
            _ => false,
        }
    }

    /// Whether it is a number or a duration, which can be dragged and stepped.
    pub const fn is_quantity(&self) -> bool {
        matches!(self, Kind::Length { .. } | Kind::Count { .. } | Kind::Number { .. })
    }

    /// `value`, or the nearest to it within the range.
    #[must_use]
    pub fn nearest(&self, value: Value) -> Value {
        match (self, value) {
            (Kind::Length { least, most }, Value::Length(span)) => Value::Length(span.clamp(*least, *most)),
            (Kind::Count { least, most, .. }, Value::Count(count)) => {
                Value::Count(count.clamp(*least, *most))
            }
            (Kind::Number { least, most, .. }, Value::Number(number)) => {
                Value::Number(number.clamp(*least, *most))
            }
            (_, value) => value,
        }
    }

    /// `value` moved by so many steps. A step is a tenth of the first digit's weight, so that a large number moves
    /// by more than a small one; `fineness` times finer (ten) or coarser (a tenth). No digits come that are finer
    /// than a tenth of a usual step.
    #[must_use]
    pub fn stepped(&self, value: &Value, steps: f64, fineness: f64) -> Value {
        let moved = |now: f64, smallest: f64| {
            let step = (power_of_ten(now) / 10.0 / fineness).max(smallest);
            let grain = (power_of_ten(now) / 100.0).max(smallest).min(step);
            ((now + steps * step) / grain).round() * grain
        };
        let stepped = match value {
            Value::Length(span) => {
                let smallest = if span.is_zero() { 1e6 } else { 1e3 };
                Value::Length(Span::from_nanos(moved(span.as_nanos() as f64, smallest).max(0.0) as u64))
            }
            Value::Count(count) => Value::Count(moved(*count as f64, 1.0).max(0.0) as u64),
            Value::Number(number) => {
                let smallest = match self {
                    Kind::Number { unit: Unit::Percent, .. } => 0.01 / fineness,
                    _ if *number == 0.0 => 0.1,
                    _ => 1e-3,
                };
                // Decimals that binary fractions leave behind are none of the person's.
                Value::Number((moved(*number, smallest) * 1e9).round() / 1e9)
            }
            other => other.clone(),
        };
        self.nearest(stepped)
    }
}

/// The weight of the first digit of `number`.
fn power_of_ten(number: f64) -> f64 {
    if number.abs() < 1e-9 { 0.0 } else { 10f64.powf(number.abs().log10().floor()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMES: Kind = Kind::Length { least: Span::ZERO, most: Span::from_secs(3600) };

    #[test]
    fn a_step_goes_with_the_size_of_the_number() {
        let stepped = |millis, steps, fineness| {
            TIMES.stepped(&Value::Length(Span::from_millis(millis)), steps, fineness)
        };
        assert_eq!(stepped(250, 1.0, 1.0), Value::Length(Span::from_millis(260)));
        assert_eq!(stepped(2_000, 1.0, 1.0), Value::Length(Span::from_millis(2_100)));
        assert_eq!(stepped(2_000, 1.0, 0.1), Value::Length(Span::from_secs(3)));
        assert_eq!(stepped(2_000, -1.0, 10.0), Value::Length(Span::from_millis(1_990)));
        assert_eq!(stepped(0, 3.0, 1.0), Value::Length(Span::from_millis(3)));
        let count = Kind::Count { least: 1, most: 1_000, unit: Unit::Plain };
        assert_eq!(count.stepped(&Value::Count(3), 1.0, 1.0), Value::Count(4));
        assert_eq!(count.stepped(&Value::Count(200), 1.0, 1.0), Value::Count(210));
        assert_eq!(count.stepped(&Value::Count(210), -1.0, 0.1), Value::Count(110));
        assert_eq!(count.stepped(&Value::Count(1), -1.0, 1.0), Value::Count(1), "it stays in its range");
        let share = Kind::Number { least: 0.0, most: 1.0, unit: Unit::Percent };
        assert_eq!(share.stepped(&Value::Number(0.5), 1.0, 1.0), Value::Number(0.51));
        assert_eq!(share.stepped(&Value::Number(0.05), 1.0, 10.0), Value::Number(0.051));
    }
}
