//! The failover story in words.

use archlab_words::story::{self, Sign};
use yew::prelude::*;

use crate::ui::i18n::use_words;
use crate::ui::names::{Names, group_report};
use crate::ui::store::{Pulse, use_store};

/// How many of the latest episodes are told.
const EPISODES: usize = 4;

/// The story panel.
#[component]
pub fn Story() -> Html {
    let store = use_store(Pulse::Live);
    let words = use_words();
    let lines = store.read(|session| {
        let group = session.shown_group()?;
        let report = group_report(session.report(), &group)?;
        let names = Names { design: session.editor.design(), scene: session.editor.scene(), words };
        let episodes = report.episodes.iter().rev().take(EPISODES);
        Some(episodes.map(|episode| story::story(words.lang, episode, &names)).collect::<Vec<_>>())
    });
    let episodes = lines.unwrap_or_default();
    let told = episodes.into_iter().map(|lines| {
        let lines = lines.into_iter().map(|line| {
            let class = (line.sign == Sign::Sum).then_some("sum");
            let at =
                line.at.map(|at| words.fill("unit.s", &[("value", &format!("{:.1}", at.as_secs_f64()))]));
            html! {
                <li {class}>
                    <time>{ at.unwrap_or_default() }</time>
                    { sign(line.sign) }
                    <span>{ line.words }</span>
                </li>
            }
        });
        html! { <ol>{ for lines }</ol> }
    });
    let told: Vec<Html> = told.collect();
    html! {
        <section class="story" aria-label={words.t("story_panel.name")} tabindex="0">
            <div class="head">{ words.t("story_panel.name") }</div>
            if told.is_empty() {
                <p class="empty">{ words.t("story_panel.empty") }</p>
            } else {
                { for told }
            }
        </section>
    }
}

fn sign(sign: Sign) -> Html {
    let shape = match sign {
        Sign::Fault => html! { <path class="sign-fault" d="M5 0 10 5 5 10 0 5z" /> },
        Sign::Failure => html! { <circle class="sign-failure" cx="5" cy="5" r="3.4" /> },
        Sign::Detection => html! { <path class="sign-detection" d="M1.5 1.5h7v7h-7z" /> },
        Sign::Recovery => html! { <circle class="sign-recovery" cx="5" cy="5" r="4" /> },
        Sign::Sum => return html! { <svg viewBox="0 0 10 10" aria-hidden="true"></svg> },
    };
    html! { <svg viewBox="0 0 10 10" aria-hidden="true">{ shape }</svg> }
}
