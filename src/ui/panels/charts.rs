//! The small charts: throughput, latency, failures, each with the faults marked on it.

use archlab_engine::Reason;
use archlab_engine::measure::report::{Episode, GroupReport};
use archlab_engine::measure::series::Point;
use archlab_model::{SimTime, Span};
use archlab_words::story;
use yew::prelude::*;

use crate::ui::i18n::{Words, use_words};
use crate::ui::names::group_report;
use crate::ui::store::{Pulse, use_store};

/// The charts' own units: they are stretched to the width there is.
const WIDTH: f64 = 300.0;
const HEIGHT: f64 = 80.0;
/// The axis is at least this long, so that a young run doesn't look like an old one.
const SHORTEST_SECS: f64 = 30.0;

/// The three charts.
#[component]
pub fn Charts() -> Html {
    let store = use_store(Pulse::Live);
    let words = use_words();
    let shown = store.read(|session| {
        let group = session.shown_group()?;
        let report = group_report(session.report(), &group)?.clone();
        Some((session.series(&group), report, session.now()))
    });
    let Some((points, report, now)) = shown else {
        return html! { <div class="chart quiet">{ words.t("chart.nothing") }</div> };
    };
    let axis = Axis { end: now.as_secs_f64().max(SHORTEST_SECS) };
    html! {
        <>
            { throughput(&points, &report, axis, words) }
            { latency(&points, &report, axis, words) }
            { failures(&points, &report, axis, words) }
        </>
    }
}

#[derive(Clone, Copy)]
struct Axis {
    end: f64,
}

impl Axis {
    fn x(self, at: SimTime) -> f64 {
        at.as_secs_f64() / self.end * WIDTH
    }

    /// The lines of faults, detections and recoveries.
    fn marks(self, episodes: &[Episode]) -> Html {
        let line = |at: SimTime, class: &'static str| {
            let x = format!("{:.1}", self.x(at));
            html! { <line {class} x1={x.clone()} x2={x} y1="0" y2={HEIGHT.to_string()} vector-effect="non-scaling-stroke" /> }
        };
        let of = |episode: &Episode| {
            html! {
                <>
                    { line(episode.at, "fault") }
                    if let Some(at) = episode.detected { { line(at, "detected") } }
                    if let Some(at) = episode.recovered.filter(|at| Some(*at) != episode.detected) { { line(at, "recovered") } }
                </>
            }
        };
        html! { <>{ for episodes.iter().map(of) }</> }
    }
}

/// A line through the middle of each stretch of time.
fn line(points: &[Point], axis: Axis, top: f64, value: impl Fn(&Point) -> Option<f64>) -> String {
    let mut path = String::new();
    let mut pen_down = false;
    for point in points {
        let Some(value) = value(point) else {
            pen_down = false;
            continue;
        };
        let middle = point.start + Span::from_nanos(point.width.as_nanos() / 2);
        let y = HEIGHT - value / top.max(1e-9) * HEIGHT;
        path += &format!("{}{:.1} {:.1}", if pen_down { "L" } else { "M" }, axis.x(middle), y);
        pen_down = true;
    }
    path
}

/// The area under such a line, from one that holds a value everywhere.
fn area(points: &[Point], axis: Axis, top: f64, value: impl Fn(&Point) -> f64) -> String {
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return String::new() };
    let middle = |point: &Point| axis.x(point.start + Span::from_nanos(point.width.as_nanos() / 2));
    let line = line(points, axis, top, |point| Some(value(point)));
    format!("{line}L{:.1} {HEIGHT}L{:.1} {HEIGHT}Z", middle(last), middle(first))
}

/// The points whose time has passed: the last one is still being counted.
fn complete(points: &[Point]) -> &[Point] {
    points.split_last().map_or(points, |(_, before)| before)
}

/// What succeeded per second over the last two seconds that were counted.
fn recent(points: &[Point]) -> f64 {
    let mut over = Span::ZERO;
    let mut count = 0;
    for point in points.iter().rev() {
        count += point.succeeded;
        over = over + point.width;
        if over >= Span::from_secs(2) {
            break;
        }
    }
    count as f64 / over.as_secs_f64().max(1e-9)
}

fn rate(count: u64, point: &Point) -> f64 {
    count as f64 / point.width.as_secs_f64().max(1e-9)
}

/// The next round number above a value, for the top of an axis.
fn nice_top(value: f64) -> f64 {
    let mut step = 1e-3;
    loop {
        for factor in [1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0] {
            if value <= step * factor {
                return step * factor;
            }
        }
        step *= 10.0;
    }
}

fn largest(points: &[Point], value: impl Fn(&Point) -> f64) -> f64 {
    points.iter().map(value).fold(0.0, f64::max)
}

#[derive(Clone, PartialEq, Properties)]
struct FrameProps {
    title: String,
    unit: String,
    value: String,
    top: String,
    end: f64,
    label: String,
    words: Words,
    children: Html,
}

#[component]
fn ChartFrame(props: &FrameProps) -> Html {
    let view = format!("0 0 {WIDTH} {HEIGHT}");
    let words = props.words;
    html! {
        <figure class="chart">
            <div class="head"><b>{ &props.title }</b><span>{ &props.unit }</span><output>{ &props.value }</output></div>
            <svg viewBox={view} preserveAspectRatio="none" role="img" aria-label={props.label.clone()}>
                <line class="axis" x1="0" x2={WIDTH.to_string()} y1={HEIGHT.to_string()} y2={HEIGHT.to_string()} vector-effect="non-scaling-stroke" />
                { props.children.clone() }
            </svg>
            <span class="top-of-axis">{ &props.top }</span>
            <div class="axis-ends"><span>{ "0" }</span><span>{ words.fill("unit.s", &[("value", &format!("{:.0}", props.end))]) }</span></div>
        </figure>
    }
}

fn throughput(points: &[Point], report: &GroupReport, axis: Axis, words: Words) -> Html {
    let points = complete(points);
    let value = |point: &Point| rate(point.succeeded, point);
    let top = nice_top(largest(points, value) * 1.05);
    let now = recent(points);
    let label = words.fill("chart.throughput_label", &[("value", &format!("{now:.0}"))]);
    html! {
        <ChartFrame title={words.t("chart.throughput")} unit={words.t("chart.per_second")} value={format!("{now:.0}")}
            top={format!("{top:.0}")} end={axis.end} {label} {words}>
            <path class="area" d={area(points, axis, top, value)} />
            <path class="line" d={line(points, axis, top, |point| Some(value(point)))} vector-effect="non-scaling-stroke" />
            { axis.marks(&report.episodes) }
        </ChartFrame>
    }
}

fn latency(points: &[Point], report: &GroupReport, axis: Axis, words: Words) -> Html {
    let points = complete(points);
    let p99 = |point: &Point| point.p99.map(|span| span.as_millis_f64());
    let p50 = |point: &Point| point.p50.map(|span| span.as_millis_f64());
    let top = nice_top(largest(points, |point| p99(point).unwrap_or_default()) * 1.05);
    let now = points.iter().rev().find(|point| point.p50.is_some());
    let say = |span: Option<Span>| span.map_or("–".to_owned(), |span| story::duration(words.lang, span));
    let value =
        format!("{} · {}", say(now.and_then(|point| point.p50)), say(now.and_then(|point| point.p99)));
    let label = words.fill("chart.latency_label", &[("value", &value)]);
    let top_words = story::duration(words.lang, Span::from_secs_f64(top / 1e3));
    html! {
        <ChartFrame title={words.t("chart.latency")} unit={"p50 · p99"} {value} top={top_words} end={axis.end} {label} {words}>
            <path class="area" d={area(points, axis, top, |point| p99(point).unwrap_or_default())} />
            <path class="line" d={line(points, axis, top, p99)} vector-effect="non-scaling-stroke" />
            <path class="line second" d={line(points, axis, top, p50)} vector-effect="non-scaling-stroke" />
            { axis.marks(&report.episodes) }
        </ChartFrame>
    }
}

fn failures(points: &[Point], report: &GroupReport, axis: Axis, words: Words) -> Html {
    let points = complete(points);
    let value = |point: &Point| rate(point.failed.iter().sum(), point);
    let top = nice_top(largest(points, value).max(0.9) * 1.05);
    let failed = report.total.failures();
    let mut reasons: Vec<(u64, Reason)> = Reason::ALL
        .into_iter()
        .map(|reason| (report.total.failed[reason.index()], reason))
        .filter(|(count, _)| *count > 0)
        .collect();
    reasons.sort_by_key(|(count, reason)| (std::cmp::Reverse(*count), reason.index()));
    let named: Vec<String> = reasons
        .iter()
        .take(2)
        .map(|(count, reason)| format!("{count} {}", story::reason(words.lang, *reason)))
        .collect();
    let unit = if named.is_empty() { words.t("chart.by_reason") } else { named.join(" · ") };
    let label = words.fill("chart.failures_label", &[("failed", &failed), ("reasons", &unit)]);
    html! {
        <ChartFrame title={words.t("chart.failures")} {unit} value={failed.to_string()} top={format!("{top:.0}/s")} end={axis.end}
            {label} {words}>
            <path class="area bad" d={area(points, axis, top, value)} />
            { for stacked(points, axis, top) }
            { axis.marks(&report.episodes) }
        </ChartFrame>
    }
}

/// For each reason that occurs, a line of what failed for it and for those before it.
fn stacked(points: &[Point], axis: Axis, top: f64) -> Vec<Html> {
    let occurs = |reason: &Reason| points.iter().any(|point| point.failed[reason.index()] > 0);
    let reasons: Vec<Reason> = Reason::ALL.into_iter().filter(occurs).collect();
    let upto = |count: usize| {
        let reasons = &reasons[..count];
        move |point: &Point| {
            Some(rate(reasons.iter().map(|reason| point.failed[reason.index()]).sum(), point))
        }
    };
    (1..=reasons.len())
        .map(|count| {
            let class = if count == reasons.len() { "line bad" } else { "line second" };
            html! { <path {class} d={line(points, axis, top, upto(count))} vector-effect="non-scaling-stroke" /> }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_top_of_an_axis_is_a_round_number_just_above() {
        for (value, top) in [(0.0, 1e-3), (0.9, 1.0), (1.2, 1.5), (201.0, 250.0), (50.0, 50.0)] {
            assert!((nice_top(value) - top).abs() < 1e-9 * top.max(1.0), "{value}");
        }
    }
}
