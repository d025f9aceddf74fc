//! What a form can tell: durations, counts, choices, shapes, each by its own word.

use std::fmt::Display;
use std::mem::discriminant;
use std::ops::RangeInclusive;

use crate::distribution::Distribution;
use crate::property::form::Form;
use crate::property::kind::{Kind, Label, Source, Unit, Value};
use crate::text::Text;
use crate::time::Span;

impl Form {
    /// A duration.
    pub(super) fn length(
        &mut self,
        key: &'static str,
        span: &mut Span,
        range: RangeInclusive<Span>,
        source: Source,
    ) {
        let kind = Kind::Length { least: *range.start(), most: *range.end() };
        self.leaf(key, kind, source, Value::Length(*span), |value| {
            if let Value::Length(to) = value {
                *span = *to;
            }
        });
    }

    /// A whole number of things.
    pub(super) fn count(
        &mut self,
        key: &'static str,
        count: &mut u32,
        range: RangeInclusive<u32>,
        source: Source,
    ) {
        self.whole(key, count, range, Unit::Plain, source);
    }

    /// A whole number of percent.
    pub(super) fn percent(
        &mut self,
        key: &'static str,
        count: &mut u32,
        range: RangeInclusive<u32>,
        source: Source,
    ) {
        self.whole(key, count, range, Unit::Percent, source);
    }

    fn whole(
        &mut self,
        key: &'static str,
        count: &mut u32,
        range: RangeInclusive<u32>,
        unit: Unit,
        source: Source,
    ) {
        let kind = Kind::Count { least: u64::from(*range.start()), most: u64::from(*range.end()), unit };
        self.leaf(key, kind, source, Value::Count(u64::from(*count)), |value| {
            if let Value::Count(to) = value {
                *count = u32::try_from(*to).unwrap_or(*count);
            }
        });
    }

    /// A seed: any whole number that a document can write.
    pub(super) fn seed(&mut self, key: &'static str, seed: &mut u64, most: u64) {
        let kind = Kind::Count { least: 0, most, unit: Unit::Plain };
        self.leaf(key, kind, Source::Ours, Value::Count(*seed), |value| {
            if let Value::Count(to) = value {
                *seed = *to;
            }
        });
    }

    /// A number with decimals.
    pub(super) fn number(
        &mut self,
        key: &'static str,
        number: &mut f64,
        range: RangeInclusive<f64>,
        unit: Unit,
        source: Source,
    ) {
        let kind = Kind::Number { least: *range.start(), most: *range.end(), unit };
        self.leaf(key, kind, source, Value::Number(*number), |value| {
            if let Value::Number(to) = value {
                *number = *to;
            }
        });
    }

    /// A share of a whole, shown in percent.
    pub(super) fn share(&mut self, key: &'static str, number: &mut f64, source: Source) {
        self.number(key, number, 0.0..=1.0, Unit::Percent, source);
    }

    /// On or off.
    pub(super) fn switch(&mut self, key: &'static str, on: &mut bool, source: Source) {
        self.leaf(key, Kind::Switch, source, Value::Switch(*on), |value| {
            if let Value::Switch(to) = value {
                *on = *to;
            }
        });
    }

    /// A text.
    pub(super) fn text(&mut self, key: &'static str, text: &mut String, most: usize) {
        let told = Value::Text(text.clone());
        self.leaf(key, Kind::Text { most }, Source::Ours, told, |value| {
            if let Value::Text(to) = value {
                *text = to.trim().to_owned();
            }
        });
    }

    /// Instants in order.
    pub(super) fn instants(&mut self, key: &'static str, instants: &mut Vec<Span>, most: usize) {
        self.lengths(key, instants, most, Source::Ours);
        instants.sort_unstable();
    }

    /// Durations one after another.
    pub(super) fn lengths(
        &mut self,
        key: &'static str,
        lengths: &mut Vec<Span>,
        most: usize,
        source: Source,
    ) {
        let told = Value::Lengths(lengths.clone());
        self.leaf(key, Kind::Lengths { most }, source, told, |value| {
            if let Value::Lengths(to) = value {
                lengths.clone_from(to);
            }
        });
    }

    /// One of a few.
    pub(super) fn choice<T: Clone + PartialEq>(
        &mut self,
        key: &'static str,
        chosen: &mut T,
        options: &[(T, &'static str)],
        source: Source,
    ) {
        let labels = options.iter().map(|(_, key)| Label::Key(key)).collect();
        let place = options.iter().position(|(option, _)| option == chosen).unwrap_or(0);
        self.leaf(key, Kind::Choice(labels), source, Value::Choice(place), |value| {
            if let Value::Choice(to) = value {
                *chosen = options[*to].0.clone();
            }
        });
    }

    /// One of the parts that there are. What is not among them is offered too, as it is named.
    pub(super) fn part<T: Clone + PartialEq + Display>(
        &mut self,
        key: &'static str,
        chosen: &mut T,
        options: &[(T, Label)],
    ) {
        let mut options = options.to_vec();
        if !options.iter().any(|(option, _)| option == chosen) {
            options.push((chosen.clone(), Label::Title(Text::Plain(chosen.to_string()))));
        }
        let labels = options.iter().map(|(_, label)| label.clone()).collect();
        let place = options.iter().position(|(option, _)| option == chosen).unwrap_or(0);
        self.leaf(key, Kind::Choice(labels), Source::Ours, Value::Choice(place), |value| {
            if let Value::Choice(to) = value {
                *chosen = options[*to].0.clone();
            }
        });
    }

    /// Which of the candidates are among the members.
    pub(super) fn members<T: Clone + PartialEq + Display>(
        &mut self,
        key: &'static str,
        members: &mut Vec<T>,
        candidates: &[(T, Label)],
    ) {
        self.section(key, |form| {
            for (id, label) in candidates {
                let is_one = members.contains(id);
                let (name, label) = (id.to_string(), label.clone());
                form.named(&name, label, Kind::Switch, Source::Ours, Value::Switch(is_one), |value| {
                    members.retain(|member| member != id);
                    if *value == Value::Switch(true) {
                        members.push(id.clone());
                    }
                });
            }
        });
    }

    /// Weights, each called by its label.
    pub(super) fn weight(&mut self, name: &str, label: Label, weight: &mut f64, range: RangeInclusive<f64>) {
        let kind = Kind::Number { least: *range.start(), most: *range.end(), unit: Unit::Plain };
        self.named(name, label, kind, Source::Ours, Value::Number(*weight), |value| {
            if let Value::Number(to) = value {
                *weight = *to;
            }
        });
    }

    /// One of several shapes, each with properties of its own.
    pub(super) fn shape<T: Clone>(
        &mut self,
        key: &'static str,
        value: &mut T,
        shapes: &[(T, &'static str)],
        source: Source,
        tell: impl Fn(&mut Form, &mut T),
    ) {
        let labels = shapes.iter().map(|(_, key)| Label::Key(key)).collect();
        let same = |shape: &T, value: &T| discriminant(shape) == discriminant(value);
        let place = shapes.iter().position(|(shape, _)| same(shape, value)).unwrap_or(0);
        self.leaf(key, Kind::Choice(labels), source, Value::Choice(place), |to| {
            if let Value::Choice(to) = to
                && *to != place
            {
                *value = shapes[*to].0.clone();
            }
        });
        if let Some((shape, _)) = shapes.iter().find(|(shape, _)| same(shape, value)) {
            self.fresh(|form| tell(form, &mut shape.clone()));
        }
        tell(self, value);
    }

    /// A duration that varies.
    pub(super) fn distribution(&mut self, key: &'static str, distribution: &mut Distribution) {
        const LENGTHS: RangeInclusive<Span> = Span::ZERO..=Span::from_secs(86_400);
        let mean = distribution.mean();
        let shapes = [
            (Distribution::Constant(mean), "choice.constant"),
            (Distribution::Exponential(mean), "choice.exponential"),
            (
                Distribution::Uniform {
                    from: Span::from_nanos(mean.as_nanos() / 2),
                    to: mean + Span::from_nanos(mean.as_nanos() / 2),
                },
                "choice.uniform",
            ),
            (Distribution::Erlang { mean, stages: 4 }, "choice.erlang"),
            (Distribution::Lognormal { mean, scv: 1.0 }, "choice.lognormal"),
            (Distribution::Hyperexponential { mean, scv: 4.0 }, "choice.hyperexponential"),
        ];
        self.section(key, |form| {
            form.shape("property.distribution", distribution, &shapes, Source::Ours, |form, it| match it {
                Distribution::Constant(mean) | Distribution::Exponential(mean) => {
                    form.length("property.mean", mean, LENGTHS, Source::Ours);
                }
                Distribution::Uniform { from, to } => {
                    let (least, most) = (*from, *to);
                    form.length("property.shortest", from, Span::ZERO..=most, Source::Ours);
                    form.length("property.longest", to, least..=*LENGTHS.end(), Source::Ours);
                }
                Distribution::Erlang { mean, stages } => {
                    form.length("property.mean", mean, LENGTHS, Source::Ours);
                    form.count("property.stages", stages, 1..=1_000, Source::Ours);
                }
                Distribution::Lognormal { mean, scv } => {
                    form.length("property.mean", mean, LENGTHS, Source::Ours);
                    form.number("property.scv", scv, 0.0..=1e4, Unit::Plain, Source::Ours);
                }
                Distribution::Hyperexponential { mean, scv } => {
                    form.length("property.mean", mean, LENGTHS, Source::Ours);
                    form.number("property.scv", scv, 1.0..=1e4, Unit::Plain, Source::Ours);
                }
            });
        });
    }
}
