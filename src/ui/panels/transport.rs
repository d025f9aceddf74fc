//! The transport: play, pause, step, begin anew, speed, and the clock.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::action::{Action, run};
use crate::playback::Playback;
use crate::ui::i18n::{Words, use_words};
use crate::ui::icon::{Icon, icon};
use crate::ui::shortcut::{hint, hint_named};
use crate::ui::store::{Pulse, use_store};

/// Below this share of the asked speed the page says that it is too slow.
const TOO_SLOW: f64 = 0.85;

/// The transport.
#[component]
pub fn Transport() -> Html {
    let store = use_store(Pulse::Live);
    let words = use_words();
    let act = |action: &'static Action| {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| store.act(|session| action.run(session)))
    };
    let oninput = {
        let store = store.clone();
        Callback::from(move |event: InputEvent| {
            let input = event.target_dyn_into::<HtmlInputElement>();
            if let Some(place) = input.map(|input| input.value_as_number()).filter(|place| place.is_finite())
            {
                // The middle of the scale is real time: it catches.
                let place = if (place - 0.5).abs() < 0.02 { 0.5 } else { place };
                store.act(|session| session.playback.speed = Playback::speed_at(place));
            }
        })
    };
    let (playing, speed, reached, now) = store.read(|session| {
        let Playback { speed, reached, .. } = session.playback;
        (session.playback.is_playing(), speed, reached, session.now())
    });
    let play_name = words.t(if playing { "action.pause" } else { "action.play" });
    let place = Playback::place_of(speed);
    html! {
        <div class="transport" role="group" aria-label={words.t("transport.name")}>
            <button class="play" aria-label={play_name.clone()} title={hint_named(&play_name, &run::PLAY_PAUSE, words)} onclick={act(&run::PLAY_PAUSE)}>
                { icon(if playing { Icon::Pause } else { Icon::Play }) }
            </button>
            <button class="button plain icon-only" aria-label={words.t("action.step")} title={hint(&run::STEP, words)}
                onclick={act(&run::STEP)}>{ icon(Icon::Step) }</button>
            <button class="button plain icon-only" aria-label={words.t("action.restart")} title={words.t("action.restart")}
                onclick={act(&run::RESTART)}>{ icon(Icon::Restart) }</button>
            <time class="clock">{ clock(now.as_secs_f64(), if playing { speed } else { 0.0 }) }</time>
            <label class="speed">
                <span>{ words.t("transport.speed") }</span>
                <input type="range" min="0" max="1" step="0.005" value={format!("{place:.3}")} {oninput}
                    aria-label={words.t("transport.speed")} aria-valuetext={speed_words(speed, words)} />
                <output>{ speed_words(speed, words) }</output>
            </label>
            if playing && reached < TOO_SLOW {
                <span class="status warn">{ words.fill("transport.too_slow", &[("speed", &speed_words(speed * reached, words))]) }</span>
            } else {
                <span class="status">{ words.t(if playing { "transport.playing" } else { "transport.paused" }) }</span>
            }
        </div>
    }
}

/// Minutes, seconds and as many decimals as a person can follow at this speed: all of them while time stands still.
fn clock(seconds: f64, speed: f64) -> String {
    let minutes = (seconds / 60.0).floor();
    let rest = seconds - minutes * 60.0;
    if speed < 0.2 { format!("{minutes:02.0}:{rest:06.3}") } else { format!("{minutes:02.0}:{rest:04.1}") }
}

fn speed_words(speed: f64, words: Words) -> String {
    let number = match speed {
        s if s < 0.1 => format!("{s:.3}"),
        s if s < 10.0 => format!("{s:.2}"),
        s => format!("{s:.0}"),
    };
    let number = if number.contains('.') {
        number.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        number
    };
    words.fill("transport.times", &[("speed", &number)])
}
