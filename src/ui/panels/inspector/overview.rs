//! Nothing is chosen: what clients see, kind by kind.

use archlab_engine::measure::report::GroupReport;
use archlab_model::validate::{Problem, Severity, validate};
use archlab_words::story;
use yew::prelude::*;

use super::Look;
use crate::ui::i18n::Words;
use crate::ui::icon::{Icon, icon};
use crate::ui::names::group_report;
use crate::ui::panels::field::shown;

/// No more problems than this are shown at once.
const MOST_PROBLEMS: usize = 6;

pub(super) fn overview(look: &Look<'_>) -> Html {
    let words = look.words;
    let group = look.session.shown_group();
    let report = group.as_ref().and_then(|group| group_report(look.session.report(), group));
    let (Some(group), Some(report)) = (group, report) else {
        return html! { <p>{ words.t("inspector.empty") }</p> };
    };
    let kinds = availability(look, report);
    let problems = validate(look.session.editor.design());
    let problems: Vec<Html> =
        problems.iter().take(MOST_PROBLEMS).map(|problem| problem_html(problem, words)).collect();
    let latency = report.latency;
    let duration = |span| story::duration(words.lang, span);
    html! {
        <>
            <header><h2>{ words.fill("inspector.clients_see", &[("group", &look.names().group(&group))]) }</h2></header>
            if !problems.is_empty() {
                <section><h3>{ words.t("inspector.problems") }</h3><ul class="problems">{ for problems }</ul></section>
            }
            { kinds }
            <section>
                <h3>{ words.t("inspector.since_start") }</h3>
                { shown(words.t("inspector.issued"), report.total.issued.to_string()) }
                { shown(words.t("inspector.succeeded"), report.total.succeeded.to_string()) }
                { shown(words.t("inspector.failed"), report.total.failures().to_string()) }
                { shown(words.t("inspector.in_flight"), report.total.in_flight.to_string()) }
                { shown(words.t("inspector.retries"), report.retries.to_string()) }
                { shown(words.t("inspector.wasted"), report.wasted.to_string()) }
            </section>
            <section>
                <h3>{ words.t("inspector.latency") }</h3>
                { shown(words.t("inspector.mean"), duration(latency.mean)) }
                { shown("p95".to_owned(), duration(latency.p95)) }
                { shown("p99".to_owned(), duration(latency.p99)) }
                { shown(words.t("inspector.slowest"), duration(latency.max)) }
            </section>
        </>
    }
}

/// What succeeded of each kind of request.
pub(super) fn availability(look: &Look<'_>, report: &GroupReport) -> Html {
    let kinds = report.kinds.iter().map(|(id, tally)| {
        let share = tally.availability();
        let class = match share {
            Some(share) if share < 0.99 => "chip bad",
            Some(_) => "chip ok",
            None => "chip",
        };
        let value = share.map_or("–".to_owned(), percent);
        html! { <div class="field"><span>{ look.names().kind(id) }</span><span {class}>{ value }</span></div> }
    });
    html! {
        <section>
            <h3>{ look.words.t("inspector.availability") }</h3>
            { for kinds }
        </section>
    }
}

fn problem_html(problem: &Problem, words: Words) -> Html {
    let severe = problem.severity() == Severity::Error;
    let said = words.sentence(problem.key(), &problem.arguments());
    html! { <li class={if severe { "bad" } else { "warn" }}>{ icon(Icon::Alert) }<span>{ said }</span></li> }
}

/// A share as a percentage, with the decimals that availability is argued about.
pub(super) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if share >= 1.0 {
        "100%".to_owned()
    } else if percent >= 99.995 {
        // Not all of them: rounding must not say so.
        "99.99%".to_owned()
    } else if percent >= 99.0 {
        format!("{percent:.2}%")
    } else {
        format!("{percent:.1}%")
    }
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn only_all_is_a_hundred_percent() {
        assert_eq!(percent(1.0), "100%");
        assert_eq!(percent(0.999_999_9), "99.99%");
        assert_eq!(percent(0.9987), "99.87%");
        assert_eq!(percent(0.684), "68.4%");
    }
}
