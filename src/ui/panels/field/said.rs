//! Values, ranges and defaults of properties in words.

use archlab_model::Span;
use archlab_model::property::{Kind, Label, Property, Source, Unit, Value, unit_of};
use archlab_words::story::Names as _;

use crate::ui::i18n::Words;
use crate::ui::names::Names;

/// A number with its thousands apart and no needless decimals.
pub fn number(value: f64) -> String {
    let digits = if value.abs() >= 100.0 { 2 } else { 6 };
    let text = format!("{value:.digits$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let (sign, whole) = whole.strip_prefix('-').map_or(("", whole), |whole| ("-", whole));
    let groups: Vec<&str> =
        whole.as_bytes().rchunks(3).rev().filter_map(|it| std::str::from_utf8(it).ok()).collect();
    let whole = groups.join(",");
    if decimals.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{decimals}") }
}

/// A duration in its own unit, exactly.
pub fn length(words: Words, span: Span) -> String {
    let unit = unit_of(span);
    let key = match unit {
        86_400_000_000_000 => "amount.days",
        3_600_000_000_000 => "amount.hours",
        60_000_000_000 => "amount.minutes",
        1_000_000_000 => "amount.seconds",
        1_000_000 => "amount.millis",
        1_000 => "amount.micros",
        _ => "amount.nanos",
    };
    words.fill(key, &[("value", &number(span.as_nanos() as f64 / unit as f64))])
}

fn measured(words: Words, value: f64, unit: Unit) -> String {
    match unit {
        Unit::Plain => number(value),
        Unit::PerSecond => words.fill("amount.per_second", &[("value", &number(value))]),
        Unit::Percent => words.fill("amount.percent", &[("value", &number(value))]),
        Unit::Factor => words.fill("amount.times", &[("value", &number(value))]),
    }
}

/// A value of a kind, as a person would type it.
pub fn value(names: &Names<'_>, kind: &Kind, value: &Value) -> String {
    match (kind, value) {
        (Kind::Choice(options), Value::Choice(place)) => {
            options.get(*place).map_or_else(String::new, |option| label(names, option))
        }
        _ => plain(names.words, kind, value),
    }
}

/// The same of what needs no names.
pub fn plain(words: Words, kind: &Kind, value: &Value) -> String {
    match (kind, value) {
        (_, Value::Length(span)) => length(words, *span),
        (Kind::Count { unit, .. }, Value::Count(count)) => measured(words, *count as f64, *unit),
        (Kind::Number { unit: Unit::Percent, .. }, Value::Number(share)) => {
            measured(words, share * 100.0, Unit::Percent)
        }
        (Kind::Number { unit, .. }, Value::Number(it)) => measured(words, *it, *unit),
        (_, Value::Switch(on)) => words.t(if *on { "setting.on" } else { "setting.off" }),
        (_, Value::Text(text)) => text.clone(),
        (_, Value::Lengths(lengths)) => {
            lengths.iter().map(|it| it.to_string()).collect::<Vec<_>>().join(", ")
        }
        (_, Value::Count(count)) => number(*count as f64),
        (_, Value::Number(it)) => number(*it),
        (_, Value::Choice(place)) => place.to_string(),
    }
}

/// What a property, a section or something to choose is called.
pub fn label(names: &Names<'_>, label: &Label) -> String {
    match label {
        Label::Key(key) => names.words.t(key),
        Label::Title(title) => archlab_words::of(names.words.lang, title).into_owned(),
        Label::Site(site) => names.site(site),
        Label::Numbered(key, number) => names.words.fill(key, &[("number", number)]),
    }
}

/// What is allowed, as a sentence.
pub fn range(words: Words, kind: &Kind) -> String {
    let between =
        |least: String, most: String| words.fill("setting.range", &[("least", &least), ("most", &most)]);
    match kind {
        Kind::Length { least, most } => {
            let from = if least.is_zero() { "0".to_owned() } else { length(words, *least) };
            words.fill("setting.length_range", &[("least", &from), ("most", &length(words, *most))])
        }
        Kind::Count { least, most, unit } => {
            let (least, most) = (measured(words, *least as f64, *unit), measured(words, *most as f64, *unit));
            words.fill("setting.whole_range", &[("least", &least), ("most", &most)])
        }
        Kind::Number { least, most, unit } => {
            let scale = if *unit == Unit::Percent { 100.0 } else { 1.0 };
            between(measured(words, least * scale, *unit), measured(words, most * scale, *unit))
        }
        Kind::Text { most } => words.fill("setting.text_range", &[("most", most)]),
        Kind::Lengths { most } => words.fill("setting.lengths_range", &[("most", most)]),
        Kind::Choice(_) | Kind::Switch => String::new(),
    }
}

/// What a property is unless somebody says otherwise, and who says so.
pub fn default(names: &Names<'_>, property: &Property) -> Option<String> {
    let said = value(names, &property.kind, property.default.as_ref()?);
    let said = if said.is_empty() { names.words.t("setting.nothing") } else { said };
    Some(match property.source {
        Source::Product(product) => {
            names.words.fill("setting.default_of", &[("value", &said), ("product", &product)])
        }
        Source::Ours => names.words.fill("setting.default", &[("value", &said)]),
    })
}

#[cfg(test)]
mod tests {
    use archlab_words::Lang;

    use super::*;

    #[test]
    fn numbers_are_grouped_and_durations_have_their_unit() {
        let words = Words { lang: Lang::En };
        assert_eq!(number(1_234_567.0), "1,234,567");
        assert_eq!(number(0.05), "0.05");
        assert_eq!(number(-1_000.5), "-1,000.5");
        for (span, said) in [
            (Span::from_millis(250), "250 ms"),
            (Span::from_millis(1_500), "1.5 s"),
            (Span::from_secs(90), "90 s"),
            (Span::from_secs(300), "5 min"),
            (Span::from_secs(86_400), "1 d"),
            (Span::ZERO, "0 s"),
        ] {
            assert_eq!(length(words, span), said);
            let kind = Kind::Length { least: Span::ZERO, most: Span::MAX };
            assert_eq!(kind.read(said, None), Some(Value::Length(span)), "{said} is understood again");
        }
        let words = Words { lang: Lang::Zh };
        for span in
            [Span::from_secs(300), Span::from_secs(7_200), Span::from_secs(86_400), Span::from_micros(20)]
        {
            let said = length(words, span);
            let kind = Kind::Length { least: Span::ZERO, most: Span::MAX };
            assert_eq!(kind.read(&said, None), Some(Value::Length(span)), "{said} is understood again");
        }
    }
}
