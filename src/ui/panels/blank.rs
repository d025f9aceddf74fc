//! What an empty canvas says: how to begin.

use yew::prelude::*;

use crate::action::{document, parts};
use crate::editor::input::Piece;
use crate::editor::tools::Tool;
use crate::ui::i18n::use_words;
use crate::ui::icon::{Icon, icon};
use crate::ui::store::{Pulse, use_store};

/// The groups that one can begin with.
const BEGINNINGS: [(Piece, Icon, &str); 3] = [
    (Piece::Group, Icon::Cluster, "palette.group"),
    (Piece::DistributedGroup, Icon::Distributed, "palette.distributed"),
    (Piece::MicroserviceGroup, Icon::Microservices, "palette.microservice"),
];

/// The way to begin, while there is nothing on the canvas and nothing in the hand.
#[component]
pub fn Blank() -> Html {
    let store = use_store(Pulse::Edit);
    let words = use_words();
    let (is_blank, is_guest) = store.read(|session| {
        let idle = matches!(session.editor.tool, Tool::Idle);
        (idle && session.editor.scene().boxes.is_empty(), session.page.guest)
    });
    if !is_blank {
        return Html::default();
    }
    let beginnings = BEGINNINGS.map(|(piece, sign, name)| {
        let store = store.clone();
        let onclick =
            Callback::from(move |_: MouseEvent| store.act(|session| parts::add(session, piece, None)));
        html! { <button type="button" class="button" {onclick}>{ icon(sign) }{ words.t(name) }</button> }
    });
    let designs = {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| store.act(|session| document::DESIGNS.run(session)))
    };
    html! {
        <section class="blank" aria-label={words.t("blank.title")}>
            <h2>{ words.t("blank.title") }</h2>
            <p>{ words.t("blank.begin") }</p>
            <div>{ for beginnings }</div>
            if !is_guest {
                <button type="button" class="link-button" onclick={designs}>{ words.t("action.designs") }</button>
            }
        </section>
    }
}
