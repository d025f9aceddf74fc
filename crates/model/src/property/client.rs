//! Who sends requests: how many, when, what for and where to.

use std::ops::RangeInclusive;

use crate::business::Business;
use crate::client::{Client, Load, RatePoint};
use crate::distribution::Distribution;
use crate::document::{BATCHES, MAX_RATE_POINTS, MAX_RECORDED, MIN_ROUND, POPULATIONS, RATES, SHARES, USERS};
use crate::id::GroupId;
use crate::property::form::Form;
use crate::property::group::{DAY, HOUR, titled};
use crate::property::kind::Source::Ours;
use crate::property::kind::{Label, Unit};
use crate::time::Span;

/// From one burst, batch or recording to the next.
const ROUNDS: RangeInclusive<Span> = MIN_ROUND..=Span::from_secs(30 * 86_400);

pub(super) fn client(
    form: &mut Form,
    client: &mut Client,
    groups: &[(GroupId, Label)],
    business: &mut Business,
) {
    form.section("property.load", |form| load(form, &mut client.load));
    form.section("property.people", |form| {
        form.count("property.population", &mut client.users, POPULATIONS, Ours);
        form.length("property.patience", &mut client.patience, HOUR, Ours);
    });
    form.members("property.to", &mut client.to, groups);
    form.section("property.mix", |form| {
        for (id, kind) in &mut business.requests {
            let label = titled(kind.title.as_ref(), id.as_str());
            form.weight(id.as_str(), label, &mut kind.share, SHARES);
        }
    });
}

fn load(form: &mut Form, load: &mut Load) {
    let rate = match load {
        Load::Poisson { rate } | Load::Bursts { rate, .. } if *rate > 0.0 => *rate,
        _ => 100.0,
    };
    let point = |at, rate| RatePoint { at: Span::from_secs(at), rate };
    let think = Distribution::Exponential(Span::from_secs(5));
    let shapes = [
        (Load::Poisson { rate }, "choice.poisson"),
        (
            Load::Bursts {
                rate,
                peak: (rate * 5.0).min(*RATES.end()),
                length: Span::from_secs(5),
                every: Span::from_secs(30),
            },
            "choice.bursts",
        ),
        (
            Load::Ramp {
                points: vec![point(0, rate), point(60, (rate * 3.0).min(*RATES.end()))],
                repeat: false,
            },
            "choice.ramp",
        ),
        (Load::Batch { count: 10, at: Span::ZERO, every: None }, "choice.batch"),
        (Load::Recorded { at: vec![Span::ZERO], every: Some(Span::from_secs(1)) }, "choice.recorded"),
        (Load::Users { count: 300, think }, "choice.users"),
    ];
    form.shape("property.load_kind", load, &shapes, Ours, |form, load| match load {
        Load::Poisson { rate } => per_second(form, "property.rate", rate),
        Load::Bursts { rate, peak, length, every } => {
            per_second(form, "property.rate", rate);
            per_second(form, "property.peak", peak);
            form.length("property.burst_length", length, DAY, Ours);
            form.length("property.every", every, ROUNDS, Ours);
        }
        Load::Ramp { points, repeat } => {
            let next = |last: Option<&RatePoint>| {
                let next =
                    |last: &RatePoint| RatePoint { at: last.at + Span::from_secs(30), rate: last.rate };
                Some(last.map_or(point(0, rate), next))
            };
            form.list("property.rates", "property.point", points, MAX_RATE_POINTS, next, |form, point| {
                form.length("property.at", &mut point.at, ANY, Ours);
                per_second(form, "property.rate", &mut point.rate);
            });
            form.switch("property.repeat", repeat, Ours);
        }
        Load::Batch { count, at, every } => {
            form.count("property.batch", count, BATCHES, Ours);
            form.length("property.at", at, ANY, Ours);
            again(form, every);
        }
        Load::Recorded { at, every } => {
            form.instants("property.instants", at, MAX_RECORDED);
            again(form, every);
        }
        Load::Users { count, think } => {
            form.count("property.users", count, USERS, Ours);
            form.distribution("property.think", think);
        }
    });
}

/// Any instant of a run.
const ANY: RangeInclusive<Span> = Span::ZERO..=Span::MAX;

fn per_second(form: &mut Form, key: &'static str, rate: &mut f64) {
    form.number(key, rate, RATES, Unit::PerSecond, Ours);
}

fn again(form: &mut Form, every: &mut Option<Span>) {
    form.optional(
        "property.again",
        every,
        || Span::from_secs(10),
        |form, every| {
            form.length("property.every", every, ROUNDS, Ours);
        },
    );
}
