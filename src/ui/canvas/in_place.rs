//! Renaming in place: a field on the canvas, where the name stands.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlInputElement, HtmlTextAreaElement};
use yew::prelude::*;

use archlab_model::document::{MAX_NOTE_CHARS, MAX_TITLE_CHARS};

use crate::editor::geometry::Rect;
use crate::editor::renaming::Renaming;
use crate::editor::scene::{MACHINE_HEADER, Part};
use crate::session::Session;
use crate::ui::canvas::note::{LETTERS, PADDING};
use crate::ui::i18n::{Words, use_words};
use crate::ui::names::Names;
use crate::ui::store::{Pulse, use_store};

/// A field is at least as wide as this, in CSS pixels, and its letters at least as high.
const LEAST_WIDTH: f64 = 140.0;
const LEAST_LETTERS: f64 = 12.0;

/// The field, if a part is renamed now.
#[component]
pub fn InPlace() -> Html {
    let store = use_store(Pulse::Hand);
    let words = use_words();
    let shown = store.read(|session| {
        let Some(Renaming::Part(part)) = session.editor.renaming.clone() else { return None };
        let rect = *session.editor.scene().boxes.get(&part)?;
        let camera = &session.editor.camera;
        let header = match &part {
            Part::Group(id) => session.editor.scene().header_of(id),
            _ => MACHINE_HEADER,
        };
        let area = place(&part, rect, header);
        let corner = camera.to_screen(area.corner());
        let seen = Rect::new(corner.x, corner.y, area.w * camera.zoom, area.h * camera.zoom);
        Some((part.clone(), text_of(session, &part, words), seen, camera.zoom))
    });
    html! {
        if let Some((part, text, seen, zoom)) = shown {
            <Field key={format!("{part:?}")} part={part.clone()} {text} seen={(seen.x, seen.y, seen.w, seen.h)} {zoom} />
        }
    }
}

/// Where the name of a part stands.
fn place(part: &Part, rect: Rect, header: f64) -> Rect {
    match part {
        Part::Note(_) => rect,
        Part::Group(_) => Rect::new(rect.x + 6.0, rect.y + 6.0, (rect.w * 0.6).min(320.0), header - 12.0),
        Part::Machine(_) => Rect::new(rect.x + 28.0, rect.y + 3.0, rect.w - 34.0, MACHINE_HEADER - 5.0),
        _ => Rect::new(rect.x + 28.0, rect.y + 4.0, rect.w - 34.0, 26.0),
    }
}

fn text_of(session: &Session, part: &Part, words: Words) -> String {
    let editor = &session.editor;
    match part {
        Part::Note(_) => editor
            .renamed_text()
            .map_or_else(String::new, |text| archlab_words::of(words.lang, text).into_owned()),
        part => Names { design: editor.design(), scene: editor.scene(), words }.part(part),
    }
}

#[derive(Clone, PartialEq, Properties)]
struct FieldProps {
    part: Part,
    text: String,
    /// Left, top, width and height, in CSS pixels of the stage.
    seen: (f64, f64, f64, f64),
    zoom: f64,
}

#[component]
fn Field(props: &FieldProps) -> Html {
    let store = use_store(Pulse::Edit);
    let words = use_words();
    let element = use_node_ref();
    let text = use_state(|| props.text.clone());
    let is_note = matches!(props.part, Part::Note(_));
    {
        let element = element.clone();
        use_effect_with((), move |()| {
            let opener = gloo::utils::document().active_element();
            if let Some(field) = element.cast::<HtmlElement>() {
                // A refused focus changes nothing.
                let _ = field.focus();
            }
            if let Some(field) = element.cast::<HtmlInputElement>() {
                field.select();
            } else if let Some(field) = element.cast::<HtmlTextAreaElement>() {
                field.select();
            }
            move || give_back(opener)
        });
    }
    {
        let element = element.clone();
        use_effect_with((props.seen, props.zoom), move |(seen, zoom)| {
            if let Some(field) = element.cast::<HtmlElement>() {
                lay(&field, *seen, *zoom, is_note);
            }
        });
    }
    let end = {
        let (store, shown) = (store.clone(), props.text.clone());
        move |text: Option<String>| {
            let shown = shown.clone();
            store.act(|session| session.edit(|editor| editor.end_renaming(text.as_deref(), &shown)));
        }
    };
    let oninput = {
        let text = text.clone();
        Callback::from(move |event: InputEvent| {
            let target = event.target();
            let input =
                target.clone().and_then(|it| it.dyn_into::<HtmlInputElement>().ok()).map(|it| it.value());
            let area = target.and_then(|it| it.dyn_into::<HtmlTextAreaElement>().ok()).map(|it| it.value());
            if let Some(value) = input.or(area) {
                text.set(value);
            }
        })
    };
    let onkeydown = {
        let (end, text) = (end.clone(), text.clone());
        Callback::from(move |event: KeyboardEvent| {
            event.stop_propagation();
            let finished = event.ctrl_key() || event.meta_key() || !is_note;
            match event.key().as_str() {
                _ if event.is_composing() => return,
                "Enter" if finished => end(Some((*text).clone())),
                // What was written of a note is kept; a name that was not meant is not.
                "Escape" => end(is_note.then(|| (*text).clone())),
                _ => return,
            }
            event.prevent_default();
        })
    };
    let onblur = {
        let (end, text) = (end.clone(), text.clone());
        Callback::from(move |_: FocusEvent| end(Some((*text).clone())))
    };
    let label = words.t(if is_note { "rename.note" } else { "rename.name" });
    let onpointerdown = Callback::from(|event: PointerEvent| event.stop_propagation());
    html! {
        if is_note {
            <textarea class="in-place" ref={element} aria-label={label} maxlength={MAX_NOTE_CHARS.to_string()} value={(*text).clone()}
                {oninput} {onkeydown} {onblur} {onpointerdown} />
        } else {
            <input class="in-place" ref={element} aria-label={label} maxlength={MAX_TITLE_CHARS.to_string()} value={(*text).clone()}
                {oninput} {onkeydown} {onblur} {onpointerdown} />
        }
    }
}

/// Lays the field where the name stands. Through the style object: a `style` attribute is forbidden by the
/// content security policy.
fn lay(field: &HtmlElement, (x, y, w, h): (f64, f64, f64, f64), zoom: f64, is_note: bool) {
    let style = field.style();
    let padding = if is_note { PADDING * zoom } else { 6.0 };
    let lengths = [
        ("left", x),
        ("top", y),
        ("width", w.max(LEAST_WIDTH)),
        ("height", h.max(24.0)),
        ("font-size", (LETTERS * zoom).max(LEAST_LETTERS)),
        ("padding-left", padding),
        ("padding-right", padding),
        ("padding-top", if is_note { padding - 2.0 } else { 0.0 }),
    ];
    for (property, value) in lengths {
        // Lengths are always accepted.
        let _ = style.set_property(property, &format!("{:.1}px", value.max(0.0)));
    }
}

/// Gives the focus back to where it was, unless it has gone elsewhere meanwhile.
fn give_back(opener: Option<Element>) {
    let Some(opener) = opener else { return };
    // An SVG element has `focus` as an HTML element does; the name of the interface differs only.
    let opener: HtmlElement = opener.unchecked_into();
    gloo::timers::callback::Timeout::new(0, move || {
        let active = gloo::utils::document().active_element();
        if active.is_none_or(|active| active.tag_name() == "BODY") {
            // A refused focus changes nothing.
            let _ = opener.focus();
        }
    })
    .forget();
}
