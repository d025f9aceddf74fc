//! The canvas: the drawing as SVG, the marks above it, and the hand on both.

mod announcer;
mod book;
mod boxes;
pub mod by_hand;
pub mod drawing;
mod far;
pub mod fit;
pub mod group;
pub mod hand;
mod in_place;
mod keys;
mod links;
pub mod machine;
mod minimap;
mod node;
pub mod note;
mod outline;
pub mod overlay;
pub mod pinch;
mod pointer;
mod row;
pub mod traffic;
mod view;
mod window;

use std::cell::RefCell;
use std::rc::Rc;

use archlab_model::{GroupId, Layout, Point};
use gloo::render::{AnimationFrame, request_animation_frame};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{Element, ResizeObserver};
use yew::prelude::*;

use crate::editor::Editor;
use crate::editor::detail::Detail;
use crate::editor::scene::Part;
use crate::editor::tools::Tool;
use crate::session::Session;
use crate::ui::canvas::announcer::Announcer;
use crate::ui::canvas::book::{Book, Now};
use crate::ui::canvas::drawing::Drawing;
use crate::ui::canvas::hand::HandMarks;
use crate::ui::canvas::in_place::InPlace;
use crate::ui::canvas::minimap::Minimap;
use crate::ui::canvas::outline::Outline;
use crate::ui::canvas::overlay::{Lost, Telling, ZoomButtons, copies_data, legend, target_of};
use crate::ui::canvas::pointer::{Hand, Pointer};
use crate::ui::canvas::view::StageView;
use crate::ui::canvas::window::Layers;
use crate::ui::i18n::use_words;
use crate::ui::menu::MenuRequest;
use crate::ui::panels::blank::Blank;
use crate::ui::store::{Pulse, Store, use_store};

/// What the canvas needs from the page.
#[derive(Clone, PartialEq, Properties)]
pub struct CanvasProps {
    /// A menu is asked for.
    pub menu: Callback<MenuRequest>,
    /// Whether the page is a guest in another one.
    pub embed: bool,
    /// Whether moving marks are drawn.
    pub marks: bool,
    /// Changes with the theme: colours are read again.
    pub theme: crate::ui::browser::theme::Theme,
    /// What lies on the stage besides: buttons, hints.
    pub children: Html,
}

/// The canvas.
#[component]
pub fn Canvas(props: &CanvasProps) -> Html {
    let store = use_store(Pulse::Live);
    let words = use_words();
    let stage = use_node_ref();
    let layers = Layers {
        sheet: use_node_ref(),
        world: use_node_ref(),
        grid: use_node_ref(),
        ground: use_node_ref(),
        bent: use_node_ref(),
        marks: use_node_ref(),
    };
    let view = {
        let layers = layers.clone();
        use_mut_ref(move || StageView::of(layers))
    };
    let hand = use_mut_ref(Hand::default);
    let book = use_mut_ref(Book::default);
    let layer_number = use_state(|| 0_u32);

    use_frames(&store, &view, {
        let layer_number = layer_number.clone();
        Callback::from(move |()| layer_number.set(*layer_number + 1))
    });
    {
        let view = view.clone();
        use_effect_with((props.theme, props.marks), move |(_, marks)| {
            let mut view = view.borrow_mut();
            view.repaint();
            view.marks_shown = *marks;
        });
    }

    let pointer = Pointer {
        store: store.clone(),
        stage: stage.clone(),
        hand,
        menu: props.menu.clone(),
        embed: props.embed,
    };
    use_size(&pointer);
    let focused = {
        let store = store.clone();
        use_callback((), move |part: Part, ()| {
            // The press that chooses a line gives the focus to what lies under it: the line stays chosen.
            let stays = |editor: &Editor| {
                editor.selects_several || editor.line().is_some() || editor.selection.contains(&part)
            };
            if !store.read(|session| stays(&session.editor)) {
                store.act(|session| session.editor.selection = part.into());
            }
        })
    };
    let switch = {
        let store = store.clone();
        use_callback((), move |(group, layout): (GroupId, Layout), ()| {
            store.act(|session| session.edit(|editor| editor.set_layout(&group, layout)));
        })
    };
    {
        let (store, world) = (store.clone(), layers.world.clone());
        use_effect(move || {
            let wanted = store.quietly(|session| session.editor.attention.take());
            if let Some(part) = wanted {
                keys::focus(&world, &part);
            }
        });
    }
    let onkeydown = {
        let (store, stage, menu) = (store.clone(), stage.clone(), props.menu.clone());
        let world = layers.world.clone();
        Callback::from(move |event: KeyboardEvent| {
            if keys::walk(&event, &store, &world) {
                return;
            }
            let asks = event.key() == "ContextMenu" || (event.key() == "F10" && event.shift_key());
            let chosen = store.read(|session| session.editor.selection.last().cloned());
            if let (true, Some(part), Some(stage)) = (asks, chosen, stage.cast::<Element>()) {
                event.prevent_default();
                menu.emit(MenuRequest { at: beside(&store, &stage, &part), part: Some(part) });
            }
        })
    };

    store.read(|session| {
        let mut view = view.borrow_mut();
        view.settle(&session.editor, crate::ui::browser::now_ms());
        let window = view.draw(&session.editor);
        let (scene, lift) = (view.scene(), view.lift());
        let mut book = book.borrow_mut();
        book.keep(session, words);
        // Where nothing can be asked, nothing travels.
        let has_groups = !session.editor.design().groups.is_empty();
        let target = session.editor.foretold().and_then(|effect| target_of(effect).cloned());
        let drawing = Drawing {
            session,
            scene: &scene,
            window,
            lift,
            now: Now::of(session.frame()),
            book: &book,
            words,
            focused: &focused,
            switch: &switch,
            target,
            bent: &layers.bent,
            stop: keys::stop(session, &scene, window),
        };
        let class = classes!(
            "stage",
            matches!(session.editor.tool, Tool::Panning { .. }).then_some("panning"),
            matches!(session.editor.tool, Tool::Placing { .. }).then_some("placing"),
            matches!(session.editor.tool, Tool::Handing { .. }).then_some("handing"),
        );
        html! {
            <main {class} data-waiting={session.editor.waits_for_hand().then_some("")} ref={stage.clone()} {onkeydown} onpointerdown={pointer.down()} onpointermove={pointer.travel()}
                onpointerup={pointer.up()} onpointercancel={pointer.cancel()} onwheel={pointer.wheel()}
                oncontextmenu={pointer.context_menu()} ondblclick={pointer.double_click()} onpointerleave={pointer.leave()}>
                <div class="sheet" ref={layers.sheet.clone()}>
                    <svg class={classes!("drawing", detail_class(window.look.detail))} role="application" aria-label={words.t("canvas.name")}
                        aria-describedby="canvas-keys">
                        <defs>
                            <pattern id="grid" ref={layers.grid.clone()} patternUnits="userSpaceOnUse">
                                <circle class="grid-dot" cx="1" cy="1" r="1" />
                            </pattern>
                        </defs>
                        <rect ref={layers.ground.clone()} fill="url(#grid)" />
                        <g ref={layers.world.clone()}>{ drawing.html() }</g>
                    </svg>
                </div>
                <svg class="above"><HandMarks /></svg>
                <canvas key={*layer_number} class="marks" ref={layers.marks.clone()} aria-hidden="true" />
                { legend(view.share(), props.marks && has_groups, copies_data(session), words) }
                <p id="canvas-keys" class="hidden-visually">{ words.t("canvas.keys") }</p>
                <Telling />
                <Announcer />
                <Outline />
                <Lost />
                <Blank />
                <Minimap />
                <ZoomButtons />
                <InPlace />
                <by_hand::Beside />
                <hand::SelectingSeveral />
                { props.children.clone() }
            </main>
        }
    })
}

/// The CSS class of a level of detail.
const fn detail_class(detail: Detail) -> &'static str {
    match detail {
        Detail::Far => "far",
        Detail::Brief => "brief",
        Detail::Full => "full",
        Detail::Near => "near",
    }
}

/// The frame loop: the only place where wall time drives anything.
#[hook]
fn use_frames(store: &Store, view: &Rc<RefCell<StageView>>, fresh_canvas: Callback<()>) {
    let update = use_force_update();
    let (store, view) = (store.clone(), view.clone());
    use_effect_with((), move |()| {
        let next: Rc<RefCell<Option<AnimationFrame>>> = Rc::default();
        let frame = Frames { store, view, update, fresh_canvas, next: next.clone() };
        frame.ask();
        move || *next.borrow_mut() = None
    });
}

#[derive(Clone)]
struct Frames {
    store: Store,
    view: Rc<RefCell<StageView>>,
    update: UseForceUpdateHandle,
    fresh_canvas: Callback<()>,
    next: Rc<RefCell<Option<AnimationFrame>>>,
}

impl Frames {
    fn ask(&self) {
        let frames = self.clone();
        *self.next.borrow_mut() = Some(request_animation_frame(move |_| frames.run()));
    }

    fn run(&self) {
        let wanted = self.store.quietly(|session| self.view.borrow_mut().frame(session));
        if wanted.fresh_canvas {
            self.view.borrow_mut().replace_painter();
            self.fresh_canvas.emit(());
        }
        if wanted.look {
            let began = crate::ui::browser::now_ms();
            self.store.quietly(Session::refresh);
            self.store.tell(Pulse::Live);
            let view = self.view.clone();
            // What was told to look is drawn before this.
            wasm_bindgen_futures::spawn_local(async move {
                view.borrow_mut().looked(crate::ui::browser::now_ms() - began);
            });
        } else {
            if wanted.drawing {
                self.update.force_update();
            }
            if wanted.hand {
                self.store.tell(Pulse::Hand);
            }
        }
        self.ask();
    }
}

/// Tells the editor how large the stage is.
#[hook]
fn use_size(pointer: &Pointer) {
    let pointer = pointer.clone();
    use_effect_with((), move |()| {
        let stage = pointer.stage.clone();
        let measure = move || pointer.measure();
        measure();
        let resized = Closure::<dyn FnMut()>::new(measure);
        let observer = ResizeObserver::new(resized.as_ref().unchecked_ref()).ok();
        if let (Some(observer), Some(element)) = (&observer, stage.cast::<Element>()) {
            observer.observe(&element);
        }
        move || {
            if let Some(observer) = observer {
                observer.disconnect();
            }
            drop(resized);
        }
    });
}

/// Where a menu for `part` opens when it was asked for by key.
fn beside(store: &Store, stage: &Element, part: &Part) -> (f64, f64) {
    let rect = stage.get_bounding_client_rect();
    store.read(|session| {
        let place = session.editor.scene().boxes.get(part).copied().unwrap_or_default();
        let at = session.editor.camera.to_screen(Point::new(place.x + 24.0, place.y + 24.0));
        (rect.left() + at.x, rect.top() + at.y)
    })
}
