//! What is said to those who do not see the canvas: what a drop would do, what it did, and what
//! happens to the run: fault, detection, recovery. One sentence at a time, at a calm rate.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use archlab_model::{GroupId, SimTime};
use archlab_words::story::{self, Sign};
use gloo::timers::callback::Interval;
use yew::prelude::*;

use crate::editor::{DropEffect, Spot};
use crate::session::Session;
use crate::ui::browser::now_ms;
use crate::ui::canvas::overlay::drop_words;
use crate::ui::i18n::{Words, use_words};
use crate::ui::names::Names;
use crate::ui::store::use_store;

/// How often it is looked whether there is something to say, in milliseconds.
const LOOK_MS: u32 = 250;
/// Between two sentences about the run passes at least so long.
const CALM_MS: f64 = 2_500.0;
/// How many sentences may wait; older ones are dropped.
const MOST_WAITING: usize = 4;

/// What was there to be said when it was last looked.
#[derive(Default)]
struct Memory {
    carried: Option<Spot>,
    drop: String,
    /// Whether that is a change by hand, whose words are a whole sentence.
    by_hand: bool,
    changes: u64,
    run: (u64, u64),
    told: BTreeMap<GroupId, Told>,
    waiting: VecDeque<String>,
    last_said: f64,
}

/// What was told of a group's latest episode.
#[derive(Default)]
struct Told {
    /// How many episodes there were.
    episodes: usize,
    lines: Vec<(Option<SimTime>, Sign)>,
}

/// The live region.
#[component]
pub fn Announcer() -> Html {
    let store = use_store(crate::ui::store::Pulse::Edit);
    let words = use_words();
    let said = use_state(String::new);
    let memory = use_mut_ref(Memory::default);
    {
        let said = said.setter();
        use_effect_with(words.lang, move |_| {
            let interval = Interval::new(LOOK_MS, move || {
                let sentence = store.read(|session| next_sentence(&memory, session, words));
                if let Some(sentence) = sentence {
                    said.set(sentence);
                }
            });
            move || drop(interval)
        });
    }
    html! { <div class="hidden-visually announcer" role="status">{ &*said }</div> }
}

fn next_sentence(memory: &Rc<RefCell<Memory>>, session: &Session, words: Words) -> Option<String> {
    let mut memory = memory.borrow_mut();
    if let Some(sentence) = of_hand(&mut memory, session, words) {
        memory.last_said = now_ms();
        return Some(sentence);
    }
    listen(&mut memory, session, words);
    if memory.waiting.is_empty() || now_ms() - memory.last_said < CALM_MS {
        return None;
    }
    memory.last_said = now_ms();
    memory.waiting.pop_front()
}

/// What the hand does.
fn of_hand(memory: &mut Memory, session: &Session, words: Words) -> Option<String> {
    let editor = &session.editor;
    let names = Names { design: editor.design(), scene: editor.scene(), words };
    let changed = std::mem::replace(&mut memory.changes, editor.changes()) != editor.changes();
    let carried = editor.carried_to().cloned();
    let before = std::mem::replace(&mut memory.carried, carried.clone());
    let drop = editor.foretold().map(|effect| drop_words(effect, session, words)).unwrap_or_default();
    let told = std::mem::replace(&mut memory.drop, drop.clone());
    if !drop.is_empty() {
        memory.by_hand = matches!(editor.foretold(), Some(DropEffect::ByHand(_)));
    }
    let chosen = editor.selection.last().map(|part| names.part(part)).unwrap_or_default();
    match (before, carried) {
        (None, Some(Spot::Home)) => Some(words.fill("said.picked_up", &[("part", &chosen)])),
        (before, Some(now)) if before.as_ref() != Some(&now) => {
            let place = match &now {
                Spot::Home => words.t("said.home"),
                Spot::Group(id) => names.group(id),
                Spot::Machine(id) => names.machine(id),
                Spot::Canvas => words.t("said.canvas"),
            };
            Some(if drop.is_empty() {
                place
            } else {
                words.fill("said.over", &[("place", &place), ("effect", &drop)])
            })
        }
        (Some(_), None) if !changed => Some(words.fill("said.stays", &[("part", &chosen)])),
        (_, None) if changed && !told.is_empty() => {
            let key = if memory.by_hand { "said.done_by_hand" } else { "said.done" };
            Some(words.fill(key, &[("part", &chosen), ("effect", &told)]))
        }
        (None, None) if drop != told && !drop.is_empty() => Some(drop),
        _ => None,
    }
}

/// What happens to the run, since it was last listened to.
fn listen(memory: &mut Memory, session: &Session, words: Words) {
    let run = (session.runs(), session.opened());
    if memory.run != run {
        memory.run = run;
        memory.told.clear();
        memory.waiting.clear();
    }
    let editor = &session.editor;
    let names = Names { design: editor.design(), scene: editor.scene(), words };
    for report in &session.report().groups {
        let episodes = report.episodes.len();
        let Some(latest) = report.episodes.last() else { continue };
        let told = memory.told.entry(report.group.clone()).or_default();
        if told.episodes != episodes {
            *told = Told { episodes, lines: Vec::new() };
        }
        // A sum changes all the time, and is no news.
        let lines =
            story::story(words.lang, latest, &names).into_iter().filter(|line| line.sign != Sign::Sum);
        let mut known = told.lines.clone();
        for line in lines {
            let told_before = known.iter().position(|other| *other == (line.at, line.sign));
            if let Some(place) = told_before {
                known.swap_remove(place);
                continue;
            }
            told.lines.push((line.at, line.sign));
            let sentence =
                words.fill("said.news", &[("group", &names.group(&report.group)), ("news", &line.words)]);
            memory.waiting.push_back(sentence);
        }
    }
    while memory.waiting.len() > MOST_WAITING {
        memory.waiting.pop_front();
    }
}
