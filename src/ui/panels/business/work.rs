//! How long work takes: a distribution, as fields and in words.

use archlab_model::{Distribution, Span};
use archlab_words::story::duration;
use yew::prelude::*;

use super::cell::{Cell, Pick, count, length};
use crate::ui::i18n::{Words, use_words};

/// The longest work that can be typed.
const LONGEST: Span = Span::from_secs(24 * 3600);
/// The most that work may vary, as variance / mean².
const MOST_VARIED: f64 = 1e4;

/// A distribution to be changed.
#[derive(Clone, PartialEq, Properties)]
pub struct WorkProps {
    /// Of what.
    pub label: String,
    pub value: Distribution,
    pub change: Callback<Distribution>,
}

/// The shapes in the order they are offered, each with its key and made from a mean and the variation it had.
const SHAPES: [&str; 6] = [
    "business_editor.constant",
    "business_editor.exponential",
    "business_editor.uniform",
    "business_editor.erlang",
    "business_editor.lognormal",
    "business_editor.hyperexponential",
];

fn shape_of(distribution: &Distribution) -> usize {
    match distribution {
        Distribution::Constant(_) => 0,
        Distribution::Exponential(_) => 1,
        Distribution::Uniform { .. } => 2,
        Distribution::Erlang { .. } => 3,
        Distribution::Lognormal { .. } => 4,
        Distribution::Hyperexponential { .. } => 5,
    }
}

/// The same mean in another shape.
fn reshaped(mean: Span, shape: usize) -> Distribution {
    let half = Span::from_nanos(mean.as_nanos() / 2);
    match shape {
        0 => Distribution::Constant(mean),
        2 => Distribution::Uniform { from: half, to: mean + half },
        3 => Distribution::Erlang { mean, stages: 4 },
        4 => Distribution::Lognormal { mean, scv: 1.0 },
        5 => Distribution::Hyperexponential { mean, scv: 4.0 },
        _ => Distribution::Exponential(mean),
    }
}

fn with_mean(distribution: Distribution, mean: Span) -> Distribution {
    match distribution {
        Distribution::Constant(_) => Distribution::Constant(mean),
        Distribution::Exponential(_) | Distribution::Uniform { .. } => Distribution::Exponential(mean),
        Distribution::Erlang { stages, .. } => Distribution::Erlang { mean, stages },
        Distribution::Lognormal { scv, .. } => Distribution::Lognormal { mean, scv },
        Distribution::Hyperexponential { scv, .. } => Distribution::Hyperexponential { mean, scv },
    }
}

/// A distribution as fields, with its mean and spread in words beneath.
#[component]
pub fn Work(props: &WorkProps) -> Html {
    let words = use_words();
    let value = props.value;
    let name = |key: &str| format!("{}: {}", props.label, words.t(key));
    let reshape = props.change.reform(move |shape| reshaped(value.mean(), shape));
    let typed = |understand: fn(Distribution, &str, Words) -> Result<Distribution, String>| {
        let change = props.change.clone();
        Callback::from(move |typed: String| match understand(value, &typed, words) {
            Ok(distribution) => {
                change.emit(distribution);
                None
            }
            Err(why) => Some(why),
        })
    };
    let mean = html! {
        <Cell class="span" label={name("business_editor.mean")} value={value.mean().to_string()}
            change={typed(|value, typed, words| Ok(with_mean(value, length(typed, LONGEST, words)?)))} />
    };
    let scv = |scv: f64| {
        html! {
            <><span class="label">{ words.t("business_editor.variation") }</span>
            <Cell class="number" label={name("business_editor.variation")} value={format!("{scv}")}
                change={typed(|value, typed, words| {
                    let least = if matches!(value, Distribution::Hyperexponential { .. }) { 1.0 } else { 0.0 };
                    let scv = typed.trim().parse().ok().filter(|scv| (least..=MOST_VARIED).contains(scv));
                    let scv = scv.ok_or_else(|| words.fill("business_editor.variation_hint", &[("least", &least)]))?;
                    Ok(match value {
                        Distribution::Hyperexponential { mean, .. } => Distribution::Hyperexponential { mean, scv },
                        other => Distribution::Lognormal { mean: other.mean(), scv },
                    })
                })} /></>
        }
    };
    let fields = match value {
        Distribution::Constant(_) | Distribution::Exponential(_) => mean,
        Distribution::Uniform { from, to } => html! {
            <>
                <Cell class="span" label={name("business_editor.from")} value={from.to_string()} change={typed(|value, typed, words| {
                    let Distribution::Uniform { to, .. } = value else { return Ok(value) };
                    let from = length(typed, LONGEST, words)?;
                    if from <= to { Ok(Distribution::Uniform { from, to }) } else { Err(words.t("business_editor.backwards_hint")) }
                })} />
                <span class="label">{ words.t("business_editor.to") }</span>
                <Cell class="span" label={name("business_editor.to")} value={to.to_string()} change={typed(|value, typed, words| {
                    let Distribution::Uniform { from, .. } = value else { return Ok(value) };
                    let to = length(typed, LONGEST, words)?;
                    if from <= to { Ok(Distribution::Uniform { from, to }) } else { Err(words.t("business_editor.backwards_hint")) }
                })} />
            </>
        },
        Distribution::Erlang { stages, .. } => html! {
            <>{ mean }<span class="label">{ words.t("business_editor.stages") }</span>
                <Cell class="number" label={name("business_editor.stages")} value={stages.to_string()} change={typed(|value, typed, words| {
                    let stages = count(typed, (1, 1000), words)?;
                    Ok(Distribution::Erlang { mean: value.mean(), stages })
                })} /></>
        },
        Distribution::Lognormal { scv: now, .. } | Distribution::Hyperexponential { scv: now, .. } => {
            html! { <>{ mean }{ scv(now) }</> }
        }
    };
    let options: Vec<String> = SHAPES.iter().map(|key| words.t(key)).collect();
    html! {
        <div class="work">
            <Pick class="shape" label={name("business_editor.shape")} {options} chosen={shape_of(&value)} change={reshape} />
            { fields }
            { curve(&value) }
            <span class="in-words">{ in_words(&value, words) }</span>
        </div>
    }
}

/// How far the curve goes, in means.
const FAR: f64 = 3.0;
/// The points of the curve.
const POINTS: usize = 48;

/// The curve of a distribution from nothing to three times its mean, for those who see it: the words say the same.
fn curve(distribution: &Distribution) -> Html {
    let (width, height) = (72.0, 20.0);
    if distribution.mean().is_zero() {
        return Html::default();
    }
    let mut d = String::new();
    if distribution.scv() == 0.0 {
        let x = width / FAR;
        d = format!("M0 {height}H{x}V2V{height}H{width}");
    } else {
        let at = |place: usize| (place as f64 + 0.5) / POINTS as f64 * FAR;
        let values: Vec<f64> = (0..POINTS).map(|place| density(distribution, at(place))).collect();
        let most = values.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
        for (place, value) in values.iter().enumerate() {
            let (x, y) = (at(place) / FAR * width, height - value / most * (height - 2.0));
            d.push_str(&format!("{}{x:.1} {y:.1}", if place == 0 { "M" } else { "L" }));
        }
    }
    html! {
        <svg class="curve" viewBox={format!("0 0 {width} {height}")} width="72" height="20" aria-hidden="true">
            <path class="area" d={format!("{d}V{height}H0Z")} /><path class="stroke" {d} />
            <path class="mean" d={format!("M{0} {height}v-4", width / FAR)} />
        </svg>
    }
}

/// The density of a distribution at `x` means, in parts of the mean.
fn density(distribution: &Distribution, x: f64) -> f64 {
    match *distribution {
        Distribution::Constant(_) => 0.0,
        Distribution::Exponential(_) => (-x).exp(),
        Distribution::Uniform { from, to } => {
            let mean = distribution.mean().as_secs_f64();
            let within = from.as_secs_f64() / mean..=to.as_secs_f64() / mean;
            if within.contains(&x) { 1.0 } else { 0.0 }
        }
        Distribution::Erlang { stages, .. } => {
            let k = f64::from(stages.max(1));
            let factorial: f64 = (1..stages.max(1)).map(|n| f64::from(n).ln()).sum();
            (k * k.ln() + (k - 1.0) * x.ln() - k * x - factorial).exp()
        }
        Distribution::Lognormal { scv, .. } => {
            let variance = scv.ln_1p().max(1e-9);
            let away = x.ln() + variance / 2.0;
            (-away * away / (2.0 * variance)).exp() / (x * variance.sqrt())
        }
        Distribution::Hyperexponential { scv, .. } => {
            let scv = scv.max(1.0);
            let often = (1.0 + ((scv - 1.0) / (scv + 1.0)).sqrt()) / 2.0;
            [often, 1.0 - often].iter().map(|part| 2.0 * part * part * (-2.0 * part * x).exp()).sum()
        }
    }
}

/// A distribution's mean and spread, in a sentence.
pub fn in_words(distribution: &Distribution, words: Words) -> String {
    let time = |span: Span| duration(words.lang, span);
    let mean = distribution.mean();
    if mean.is_zero() {
        return words.t("business_editor.no_work");
    }
    let scv = distribution.scv();
    let spread = Span::from_secs_f64(mean.as_secs_f64() * scv.sqrt());
    let key = match distribution {
        Distribution::Constant(_) => "business_editor.says_constant",
        Distribution::Exponential(_) => "business_editor.says_exponential",
        Distribution::Uniform { .. } => "business_editor.says_uniform",
        _ if scv == 0.0 => "business_editor.says_constant",
        _ if scv < 0.7 => "business_editor.says_little",
        _ if scv <= 1.5 => "business_editor.says_like_exponential",
        _ => "business_editor.says_much",
    };
    let tail = Span::from_secs_f64(mean.as_secs_f64() * 3.0);
    words.fill(key, &[("mean", &time(mean)), ("spread", &time(spread)), ("tail", &time(tail))])
}

/// A mean in a word or two, for a box of the diagram.
pub fn in_short(distribution: &Distribution, words: Words) -> String {
    match distribution.mean() {
        Span::ZERO => words.t("business_editor.no_work_short"),
        mean => format!("⌀ {}", duration(words.lang, mean)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn densities_hold_all_there_is_and_have_their_mean() {
        let mean = Span::from_millis(10);
        for distribution in [
            Distribution::Exponential(mean),
            Distribution::Uniform { from: Span::from_millis(5), to: Span::from_millis(15) },
            Distribution::Erlang { mean, stages: 4 },
            Distribution::Lognormal { mean, scv: 0.5 },
            Distribution::Hyperexponential { mean, scv: 4.0 },
        ] {
            let step = 1e-3;
            let points = (0..60_000).map(|place| (f64::from(place) + 0.5) * step);
            let sums = points.map(|x| (density(&distribution, x), x * density(&distribution, x)));
            let (all, moment) = sums.fold((0.0, 0.0), |(a, b), (c, d)| (a + c * step, b + d * step));
            assert!((moment / all - 1.0).abs() < 0.01, "{distribution:?}: mean {}", moment / all);
        }
    }

    #[test]
    fn another_shape_keeps_the_mean() {
        for shape in 0..SHAPES.len() {
            let reshaped = reshaped(Span::from_millis(8), shape);
            assert_eq!((reshaped.mean(), shape_of(&reshaped)), (Span::from_millis(8), shape));
        }
    }
}
