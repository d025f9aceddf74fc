//! What a person types for a value: `250ms`, `2k/s`, `5%`, `1.5x`.

use crate::property::kind::{Kind, Label, Unit, Value};
use crate::time::Span;

/// Units of time as a person may write them, in either language, with their length in nanoseconds. Longer names
/// stand before those they begin with.
const TIMES: [(&str, u64); 27] = [
    ("nanoseconds", 1),
    ("microseconds", 1_000),
    ("milliseconds", 1_000_000),
    ("minutes", 60_000_000_000),
    ("minute", 60_000_000_000),
    ("seconds", 1_000_000_000),
    ("second", 1_000_000_000),
    ("hours", 3_600_000_000_000),
    ("hour", 3_600_000_000_000),
    ("days", 86_400_000_000_000),
    ("day", 86_400_000_000_000),
    ("min", 60_000_000_000),
    ("sec", 1_000_000_000),
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("μs", 1_000),
    ("ms", 1_000_000),
    ("毫秒", 1_000_000),
    ("微秒", 1_000),
    ("分钟", 60_000_000_000),
    ("小时", 3_600_000_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
    ("d", 86_400_000_000_000),
    ("秒", 1_000_000_000),
];
/// Further ones of a single character.
const MORE_TIMES: [(&str, u64); 3] =
    [("分", 60_000_000_000), ("时", 3_600_000_000_000), ("天", 86_400_000_000_000)];

impl Kind {
    /// What `text` says, if that is of this kind; whether it is within the range, [`Kind::accepts`] knows. A bare
    /// number has the unit in which `now` is shown.
    pub fn read(&self, text: &str, now: Option<&Value>) -> Option<Value> {
        let text = plain(text);
        match self {
            Kind::Length { .. } => length(&text, now).map(Value::Length),
            Kind::Count { unit, .. } => {
                let number = number(&text, *unit)?;
                let whole =
                    (number.fract() == 0.0 && (0.0..=9e15).contains(&number)).then_some(number as u64);
                whole.map(Value::Count)
            }
            Kind::Number { unit, .. } => {
                let number = number(&text, *unit)?;
                let scale = if *unit == Unit::Percent { 100.0 } else { 1.0 };
                number.is_finite().then_some(Value::Number(number / scale))
            }
            Kind::Switch => match text.to_lowercase().as_str() {
                "on" | "yes" | "true" | "开" => Some(Value::Switch(true)),
                "off" | "no" | "false" | "关" => Some(Value::Switch(false)),
                _ => None,
            },
            Kind::Choice(choices) => {
                let is_it = |label: &Label| matches!(label, Label::Key(key) if key.rsplit('.').next() == Some(text.as_str()));
                choices.iter().position(is_it).map(Value::Choice)
            }
            Kind::Text { .. } => Some(Value::Text(text)),
            Kind::Lengths { .. } => {
                let parts = text.split([',', ' ', '\n', '、', ';']).filter(|part| !part.is_empty());
                let seconds = Value::Length(Span::from_secs(1));
                let lengths = parts.map(|part| length(part, Some(&seconds)));
                lengths.collect::<Option<Vec<Span>>>().map(Value::Lengths)
            }
        }
    }
}

/// `text` with wide characters as a Chinese keyboard makes them turned into plain ones.
fn plain(text: &str) -> String {
    let narrow = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        '。' => '.',
        other => other,
    };
    text.trim().chars().map(narrow).collect()
}

/// A duration: one or several numbers, each with its unit, such as `1m30s`.
fn length(text: &str, now: Option<&Value>) -> Option<Span> {
    let mut rest = text.trim().to_lowercase();
    rest.retain(|c| c != ' ' && c != ',');
    if rest.is_empty() {
        return None;
    }
    if rest.chars().all(|c| c.is_ascii_digit() || c == '.') {
        let unit = match now {
            Some(Value::Length(span)) => unit_of(*span),
            _ => 1_000_000_000,
        };
        return nanos(&rest, unit);
    }
    let mut sum = Span::ZERO;
    let mut rest = rest.as_str();
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).filter(|end| *end > 0)?;
        let (number, behind) = rest.split_at(digits);
        let (name, unit) = TIMES.iter().chain(&MORE_TIMES).find(|(name, _)| behind.starts_with(name))?;
        sum = sum + nanos(number, *unit)?;
        rest = &behind[name.len()..];
    }
    Some(sum)
}

fn nanos(number: &str, unit: u64) -> Option<Span> {
    let number: f64 = number.parse().ok()?;
    let nanos = (number * unit as f64).round();
    (nanos <= Span::MAX.as_nanos() as f64).then_some(Span::from_nanos(nanos as u64))
}

/// The unit in which a duration is shown, in nanoseconds: the largest that it is at least one of. No time at all is
/// shown in seconds.
pub fn unit_of(span: Span) -> u64 {
    match span.as_nanos() {
        0 => 1_000_000_000,
        n if n >= 86_400_000_000_000 && n % 86_400_000_000_000 == 0 => 86_400_000_000_000,
        n if n >= 3_600_000_000_000 && n % 3_600_000_000_000 == 0 => 3_600_000_000_000,
        n if n >= 120_000_000_000 && n % 60_000_000_000 == 0 => 60_000_000_000,
        n if n >= 1_000_000_000 => 1_000_000_000,
        n if n >= 1_000_000 => 1_000_000,
        n if n >= 1_000 => 1_000,
        _ => 1,
    }
}

/// A number with thousands (`k`), millions (`M`) or ten thousands (`万`), and the signs of its unit.
fn number(text: &str, unit: Unit) -> Option<f64> {
    let mut rest = text.trim().to_lowercase();
    rest.retain(|c| c != ',' && c != ' ' && c != '_');
    let mut per = 1.0;
    let endings: &[(&str, f64)] = match unit {
        Unit::PerSecond => &[
            ("requests/s", 1.0),
            ("请求/秒", 1.0),
            ("/s", 1.0),
            ("rps", 1.0),
            ("qps", 1.0),
            ("/秒", 1.0),
            ("/min", 60.0),
            ("/m", 60.0),
            ("/分", 60.0),
            ("/h", 3_600.0),
        ],
        Unit::Percent => &[("%", 1.0)],
        Unit::Factor => &[("x", 1.0), ("×", 1.0), ("倍", 1.0)],
        Unit::Plain => &[],
    };
    for (ending, seconds) in endings {
        if let Some(stem) = rest.strip_suffix(ending) {
            (rest, per) = (stem.to_owned(), *seconds);
            break;
        }
    }
    let scales = [("k", 1e3), ("m", 1e6), ("万", 1e4), ("亿", 1e8)];
    let mut scale = 1.0;
    for (ending, times) in scales {
        if let Some(stem) = rest.strip_suffix(ending) {
            (rest, scale) = (stem.to_owned(), times);
            break;
        }
    }
    let is_number = !rest.is_empty() && rest.chars().all(|c| c.is_ascii_digit() || "+-.e".contains(c));
    let number: f64 = if is_number { rest.parse().ok()? } else { return None };
    // To fifteen digits: 1.1 thousands are 1,100.
    let product = number * scale / per;
    format!("{product:.12e}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(kind: &Kind, text: &str) -> Option<Value> {
        kind.read(text, None)
    }

    #[test]
    fn durations_are_typed_with_units() {
        let kind = Kind::Length { least: Span::ZERO, most: Span::MAX };
        let millis = |millis| Some(Value::Length(Span::from_millis(millis)));
        for (text, expected) in [
            ("250ms", millis(250)),
            (" 1.5 s", millis(1_500)),
            ("1m30s", millis(90_000)),
            ("2 H", millis(7_200_000)),
            ("1 day", millis(86_400_000)),
            ("250 毫秒", millis(250)),
            ("３秒", millis(3_000)),
            ("2分钟", millis(120_000)),
            ("0", millis(0)),
            ("3", millis(3_000)),
            ("", None),
            ("ms", None),
            ("3 apples", None),
            ("-3s", None),
        ] {
            assert_eq!(read(&kind, text), expected, "{text}");
        }
        let now = Value::Length(Span::from_millis(250));
        assert_eq!(kind.read("300", Some(&now)), millis(300), "a bare number keeps the unit");
    }

    #[test]
    fn numbers_are_typed_with_units() {
        let kind = |unit| Kind::Number { least: 0.0, most: 1e9, unit };
        let is = |unit, text, expected: Option<f64>| {
            assert_eq!(read(&kind(unit), text), expected.map(Value::Number), "{text}");
        };
        is(Unit::PerSecond, "2k/s", Some(2_000.0));
        is(Unit::PerSecond, "120/min", Some(2.0));
        is(Unit::PerSecond, "1.1k", Some(1_100.0));
        is(Unit::PerSecond, "1,200 请求/秒", Some(1_200.0));
        is(Unit::Percent, "5%", Some(0.05));
        is(Unit::Percent, "5", Some(0.05));
        is(Unit::Factor, "1.5x", Some(1.5));
        is(Unit::Factor, "2 倍", Some(2.0));
        is(Unit::Factor, "x", None);
        is(Unit::Plain, "5%", None);
        is(Unit::Plain, "inf", None);
        let count = Kind::Count { least: 0, most: 1_000_000, unit: Unit::Plain };
        assert_eq!(read(&count, "1万"), Some(Value::Count(10_000)));
        assert_eq!(read(&count, "2k"), Some(Value::Count(2_000)));
        assert_eq!(read(&count, "1.5"), None);
        assert_eq!(read(&count, "-1"), None);
    }

    #[test]
    fn choices_and_switches_are_named_in_presets() {
        let kind = Kind::Choice(vec![Label::Key("choice.never"), Label::Key("choice.fixed")]);
        assert_eq!(read(&kind, "fixed"), Some(Value::Choice(1)));
        assert_eq!(read(&kind, "ever"), None);
        assert_eq!(read(&Kind::Switch, "on"), Some(Value::Switch(true)));
    }
}
