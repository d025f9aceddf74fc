//! A note is chosen: its text, its size, whether it stays where it is.

use archlab_model::document::{MAX_NOTE_CHARS, NOTE_SIZES};
use archlab_model::property::{Kind, Unit, Value};
use archlab_model::{NoteId, Point, intent, rework};
use archlab_words::Lang;
use yew::prelude::*;

use super::Look;
use crate::action::{arrange, edit};
use crate::editor::scene::Part;
use crate::ui::panels::field::LongTextField;
use crate::ui::panels::field::quantity::QuantityField;
use crate::ui::panels::field::said;

pub(super) fn note(look: &Look<'_>, id: &NoteId) -> Html {
    let words = look.words;
    let Some(note) = look.session.editor.design().notes.get(id) else { return Html::default() };
    let part = Part::Note(id.clone());
    let write = {
        let (store, id) = (look.store.clone(), id.clone());
        Callback::from(move |typed: String| {
            let text: String = typed.trim().chars().take(MAX_NOTE_CHARS).collect();
            store.act(|session| {
                let design = session.editor.design();
                let Some(note) = design.notes.get(&id) else { return };
                let text = rework::retitled(Some(&note.text), &text, words.lang == Lang::Zh);
                let to = archlab_model::Note { text, ..note.clone() };
                if let Some(command) = intent::set_note(design, &id, to) {
                    session.perform(command);
                }
            });
        })
    };
    let side = |key: &str, value: f64, resized: fn(Point, f64) -> Point| {
        let kind = Kind::Number { least: *NOTE_SIZES.start(), most: *NOTE_SIZES.end(), unit: Unit::Plain };
        let (store, note_id) = (look.store.clone(), id.clone());
        let change = Callback::from(move |value: Value| {
            if let Value::Number(side) = value {
                store.act(|session| {
                    let now = session.editor.design().notes.get(&note_id).map(|note| note.size);
                    if let Some(now) = now {
                        session.edit(|editor| editor.resize_note(&note_id, resized(now, side)));
                    }
                });
            }
            None
        });
        let value = Value::Number(value.round());
        let (shown, hint) = (said::plain(words, &kind, &value), said::range(words, &kind));
        html! {
            <QuantityField key={format!("{key} {id}")} id={key.replace('.', "-")} label={words.t(key)} {kind} {value} mixed=false {shown} {hint} {change} attend={Callback::noop()} />
        }
    };
    let text = archlab_words::of(words.lang, &note.text).into_owned();
    let lock = if note.locked { &arrange::UNLOCK } else { &arrange::LOCK };
    html! {
        <>
            <header><h2>{ look.names().note(id) }</h2></header>
            <LongTextField key={id.to_string()} label={words.t("rename.note")} value={text} most={MAX_NOTE_CHARS} change={write} />
            <section>
                <h3>{ words.t("inspector.size") }</h3>
                { side("inspector.width", note.size.x, |size, side| Point::new(side, size.y)) }
                { side("inspector.height", note.size.y, |size, side| Point::new(size.x, side)) }
            </section>
            <div class="actions">
                { look.button(lock, part.clone(), "") }
                { look.button(&edit::DELETE, part, "danger") }
            </div>
        </>
    }
}
