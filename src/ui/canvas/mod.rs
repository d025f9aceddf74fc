//! The canvas: the drawing as SVG, the marks above it, and the hand on both.

mod boxes;
pub mod drawing;
pub mod fit;
pub mod group;
pub mod machine;
mod node;
pub mod pinch;
pub mod traffic;
mod view;

use std::cell::RefCell;
use std::rc::Rc;

use archlab_model::{GroupId, Layout, Point};
use gloo::render::{AnimationFrame, request_animation_frame};
use gloo::timers::callback::Timeout;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{Element, HtmlCanvasElement, ResizeObserver};
use yew::prelude::*;

use crate::action::Action;
use crate::editor::geometry::Rect;
use crate::editor::input::Input;
use crate::editor::scene::Part;
use crate::editor::tools::Tool;
use crate::editor::{DropEffect, module_title};
use crate::session::Session;
use crate::ui::canvas::drawing::Drawing;
use crate::ui::canvas::machine::num;
use crate::ui::canvas::pinch::Fingers;
use crate::ui::canvas::view::{StageView, on_stage};
use crate::ui::i18n::{Words, use_words};
use crate::ui::icon::{Icon, icon};
use crate::ui::menu::MenuRequest;
use crate::ui::names::Names;
use crate::ui::store::{Pulse, Store, use_store};

/// A finger that rests this long asks for the menu, in milliseconds.
const LONG_PRESS_MS: u32 = 520;
/// One notch of the wheel, in CSS pixels, zooms by this factor's 100th root.
const WHEEL_ZOOM: f64 = 1.35;

/// What the canvas needs from the page.
#[derive(Clone, PartialEq, Properties)]
pub struct CanvasProps {
    /// A menu is asked for.
    pub menu: Callback<MenuRequest>,
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
    let layer = use_node_ref();
    let view = use_mut_ref(StageView::default);
    let hand = use_mut_ref(Hand::default);
    let layer_number = use_state(|| 0_u32);

    use_frames(&store, &view, &layer, {
        let layer_number = layer_number.clone();
        Callback::from(move |()| layer_number.set(*layer_number + 1))
    });
    use_size(&store, &stage);
    {
        let view = view.clone();
        use_effect_with((props.theme, props.marks), move |(_, marks)| {
            let mut view = view.borrow_mut();
            view.repaint();
            view.marks_shown = *marks;
        });
    }

    let pointer = Pointer { store: store.clone(), stage: stage.clone(), hand, menu: props.menu.clone() };
    let focused = {
        let store = store.clone();
        use_callback((), move |part: Part, ()| {
            let chosen = store.read(|session| session.editor.selection.as_ref() == Some(&part));
            if !chosen {
                store.act(|session| session.editor.selection = Some(part));
            }
        })
    };
    let switch = {
        let store = store.clone();
        use_callback((), move |(group, layout): (GroupId, Layout), ()| {
            store.act(|session| Action::SetLayout(group, layout).run(session));
        })
    };
    let onkeydown = {
        let (store, stage, menu) = (store.clone(), stage.clone(), props.menu.clone());
        Callback::from(move |event: KeyboardEvent| {
            let asks = event.key() == "ContextMenu" || (event.key() == "F10" && event.shift_key());
            let chosen = store.read(|session| session.editor.selection.clone());
            if let (true, Some(part), Some(stage)) = (asks, chosen, stage.cast::<Element>()) {
                event.prevent_default();
                menu.emit(MenuRequest { at: beside(&store, &stage, &part), part: Some(part) });
            }
        })
    };

    store.read(|session| {
        let mut view = view.borrow_mut();
        view.settle(&session.editor, crate::ui::browser::now_ms());
        let scene = view.scene();
        let camera = session.editor.camera;
        let effect = session.editor.drop_effect();
        let target = effect.as_ref().and_then(|effect| target_of(effect).cloned());
        let drawing = Drawing { session, scene: &scene, words, focused: &focused, switch: &switch, target };
        let class = classes!(
            "stage",
            matches!(session.editor.tool, Tool::Panning { .. }).then_some("panning"),
            matches!(session.editor.tool, Tool::Placing { .. }).then_some("placing"),
        );
        let transform =
            format!("translate({:.2} {:.2}) scale({:.4})", camera.offset.x, camera.offset.y, camera.zoom);
        let step = grid_step(camera.zoom);
        let pattern = format!("translate({:.2} {:.2})", camera.offset.x, camera.offset.y);
        html! {
            <div {class} ref={stage.clone()} {onkeydown} onpointerdown={pointer.down()} onpointermove={pointer.travel()}
                onpointerup={pointer.up()} onpointercancel={pointer.cancel()} onwheel={pointer.wheel()}
                oncontextmenu={pointer.context_menu()}>
                <svg class="drawing" role="group" aria-label={words.t("canvas.name")}>
                    <defs>
                        <pattern id="grid" width={num(step)} height={num(step)} patternUnits="userSpaceOnUse" patternTransform={pattern}>
                            <circle class="grid-dot" cx="1" cy="1" r="1" />
                        </pattern>
                    </defs>
                    <rect width="100%" height="100%" fill="url(#grid)" />
                    <g {transform}>{ drawing.html() }</g>
                </svg>
                <canvas key={*layer_number} class="marks" ref={layer} aria-hidden="true" />
                { legend(view.share(), props.marks, words) }
                if let Some(effect) = effect { { telling(&effect, session, words) } }
                { zoom_buttons(&store, camera.zoom, words) }
                { props.children.clone() }
            </div>
        }
    })
}

/// The frame loop: the only place where wall time drives anything.
#[hook]
fn use_frames(store: &Store, view: &Rc<RefCell<StageView>>, layer: &NodeRef, fresh_canvas: Callback<()>) {
    let update = use_force_update();
    let (store, view, layer) = (store.clone(), view.clone(), layer.clone());
    use_effect_with((), move |()| {
        let next: Rc<RefCell<Option<AnimationFrame>>> = Rc::default();
        let frame = Frames { store, view, layer, update, fresh_canvas, next: next.clone() };
        frame.ask();
        move || *next.borrow_mut() = None
    });
}

#[derive(Clone)]
struct Frames {
    store: Store,
    view: Rc<RefCell<StageView>>,
    layer: NodeRef,
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
        let canvas = self.layer.cast::<HtmlCanvasElement>();
        let wanted = self.store.quietly(|session| {
            let wanted = self.view.borrow_mut().frame(session, canvas);
            if wanted.look {
                session.refresh();
            }
            wanted
        });
        if wanted.fresh_canvas {
            self.view.borrow_mut().replace_painter();
            self.fresh_canvas.emit(());
        }
        if wanted.look {
            self.store.tell(Pulse::Live);
        } else if wanted.drawing {
            self.update.force_update();
        }
        self.ask();
    }
}

/// Tells the editor how large the stage is.
#[hook]
fn use_size(store: &Store, stage: &NodeRef) {
    let (store, stage) = (store.clone(), stage.clone());
    use_effect_with((), move |()| {
        let measure = {
            let stage = stage.clone();
            move || {
                let Some(element) = stage.cast::<Element>() else { return };
                let rect = element.get_bounding_client_rect();
                store.act(|session| {
                    session.editor.view = Rect::new(0.0, 0.0, rect.width(), rect.height());
                    if !session.editor.camera_is_chosen {
                        session.editor.camera = session.editor.fitting_camera();
                    }
                });
            }
        };
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

#[derive(Default)]
struct Hand {
    fingers: Fingers,
    long_press: Option<Timeout>,
}

/// Pointer events of the stage, as inputs of the editor.
#[derive(Clone)]
struct Pointer {
    store: Store,
    stage: NodeRef,
    hand: Rc<RefCell<Hand>>,
    menu: Callback<MenuRequest>,
}

impl Pointer {
    fn at(&self, event: &MouseEvent) -> Option<Point> {
        Some(on_stage(&self.stage.cast::<Element>()?, event.client_x(), event.client_y()))
    }

    fn input(&self, input: Input) {
        self.store.act(|session| session.on(input));
    }

    fn down(&self) -> Callback<PointerEvent> {
        let this = self.clone();
        Callback::from(move |event: PointerEvent| {
            let Some(at) = this.at(&event) else { return };
            if on_control(&event) {
                return;
            }
            if let Some(stage) = this.stage.cast::<Element>() {
                // A pointer that is gone already cannot be captured; its cancel follows.
                let _ = stage.set_pointer_capture(event.pointer_id());
            }
            let fingers = match event.pointer_type().as_str() {
                "touch" => this.hand.borrow_mut().fingers.press(event.pointer_id(), at),
                _ => 1,
            };
            match (event.button(), fingers) {
                (0, 1) => {
                    this.input(Input::Press(at));
                    if event.pointer_type() != "mouse" {
                        this.await_long_press(&event);
                    }
                }
                (0, _) => {
                    this.hand.borrow_mut().long_press = None;
                    this.input(Input::Cancel);
                }
                (1, _) => {
                    event.prevent_default();
                    this.input(Input::Grip(at));
                }
                _ => {}
            }
        })
    }

    fn travel(&self) -> Callback<PointerEvent> {
        let this = self.clone();
        Callback::from(move |event: PointerEvent| {
            let Some(at) = this.at(&event) else { return };
            let pinch = this.hand.borrow_mut().fingers.travel(event.pointer_id(), at);
            if let Some(pinch) = pinch {
                this.store.act(|session| {
                    session.on(Input::Pan(pinch.by));
                    session.on(Input::Zoom { at: pinch.at, factor: pinch.factor });
                });
                return;
            }
            let idle = this.store.read(|session| session.editor.tool == Tool::Idle);
            if !idle && this.hand.borrow().fingers.count() < 2 {
                this.input(Input::Move(at));
                let still = this.store.read(|session| matches!(session.editor.tool, Tool::Pressing { .. }));
                if !still {
                    this.hand.borrow_mut().long_press = None;
                }
            }
        })
    }

    fn up(&self) -> Callback<PointerEvent> {
        let this = self.clone();
        Callback::from(move |event: PointerEvent| {
            let Some(at) = this.at(&event) else { return };
            let mut hand = this.hand.borrow_mut();
            hand.long_press = None;
            hand.fingers.release(event.pointer_id());
            drop(hand);
            let idle = this.store.read(|session| session.editor.tool == Tool::Idle);
            if !idle {
                this.input(Input::Release(at));
            }
        })
    }

    fn cancel(&self) -> Callback<PointerEvent> {
        let this = self.clone();
        Callback::from(move |event: PointerEvent| {
            let mut hand = this.hand.borrow_mut();
            hand.long_press = None;
            hand.fingers.release(event.pointer_id());
            drop(hand);
            this.input(Input::Cancel);
        })
    }

    fn wheel(&self) -> Callback<WheelEvent> {
        let this = self.clone();
        Callback::from(move |event: WheelEvent| {
            let Some(at) = this.at(&event) else { return };
            event.prevent_default();
            // Lines and pages become pixels as browsers do it.
            let unit = match event.delta_mode() {
                WheelEvent::DOM_DELTA_LINE => 16.0,
                WheelEvent::DOM_DELTA_PAGE => 400.0,
                _ => 1.0,
            };
            let (x, y) = (event.delta_x() * unit, event.delta_y() * unit);
            let input = if event.ctrl_key() || event.meta_key() {
                Input::Zoom { at, factor: WHEEL_ZOOM.powf(-y / 100.0) }
            } else if event.shift_key() && x == 0.0 {
                Input::Pan(Point::new(-y, 0.0))
            } else {
                Input::Pan(Point::new(-x, -y))
            };
            this.input(input);
        })
    }

    fn context_menu(&self) -> Callback<MouseEvent> {
        let this = self.clone();
        Callback::from(move |event: MouseEvent| {
            let Some(at) = this.at(&event) else { return };
            if on_control(&event) {
                return;
            }
            event.prevent_default();
            this.open_menu(at, (f64::from(event.client_x()), f64::from(event.client_y())));
        })
    }

    fn await_long_press(&self, event: &PointerEvent) {
        let (this, at) = (self.clone(), self.at(event));
        let place = (f64::from(event.client_x()), f64::from(event.client_y()));
        let timeout = Timeout::new(LONG_PRESS_MS, move || {
            if let Some(at) = at {
                this.input(Input::Cancel);
                this.open_menu(at, place);
            }
        });
        self.hand.borrow_mut().long_press = Some(timeout);
    }

    fn open_menu(&self, at: Point, place: (f64, f64)) {
        let part = self.store.act(|session| {
            let editor = &mut session.editor;
            let part = editor.scene().hit(editor.camera.to_canvas(at)).cloned();
            editor.selection.clone_from(&part);
            part
        });
        self.menu.emit(MenuRequest { at: place, part });
    }
}

/// Whether the event is on a button that lies on the stage, which looks after itself.
fn on_control(event: &MouseEvent) -> bool {
    let element = event.target_dyn_into::<Element>();
    element.is_some_and(|element| element.closest("button, input, select, a").ok().flatten().is_some())
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

/// The distance of the grid's dots: doubled or halved until they are neither crowded nor lost.
fn grid_step(zoom: f64) -> f64 {
    let mut step = 20.0 * zoom;
    while step < 14.0 {
        step *= 2.0;
    }
    while step > 36.0 {
        step /= 2.0;
    }
    step
}

fn target_of(effect: &DropEffect) -> Option<&GroupId> {
    match effect {
        DropEffect::Replica { group, .. }
        | DropEffect::Module { group, .. }
        | DropEffect::Hosts { group, .. }
        | DropEffect::Idle { group } => Some(group),
        DropEffect::Leaves | DropEffect::Moves => None,
    }
}

/// What letting go would do, beside the pointer.
fn telling(effect: &DropEffect, session: &Session, words: Words) -> Html {
    let editor = &session.editor;
    let Some(at) = editor.tool.over() else { return Html::default() };
    let names = Names { design: editor.design(), scene: editor.scene(), words };
    let said = match effect {
        DropEffect::Replica { group, number } => {
            words.fill("drop.replica", &[("number", number), ("group", &names.group(group))])
        }
        DropEffect::Module { module, .. } => {
            let title = module_title(editor.design(), module);
            let title =
                title.map_or(module.clone(), |title| archlab_words::of(words.lang, title).into_owned());
            words.fill("drop.module", &[("module", &title)])
        }
        DropEffect::Hosts { instances, .. } => words.fill("drop.hosts", &[("instances", instances)]),
        DropEffect::Idle { .. } => words.t("drop.idle"),
        DropEffect::Leaves => words.t("drop.leaves"),
        DropEffect::Moves => return Html::default(),
    };
    let at = editor.camera.to_screen(at);
    html! { <Told at={(at.x, at.y)} words={said} /> }
}

#[derive(Clone, PartialEq, Properties)]
struct ToldProps {
    at: (f64, f64),
    words: String,
}

/// A sentence beside a point. Its place is set through the style object: a `style` attribute is
/// forbidden by the content security policy.
#[component]
fn Told(props: &ToldProps) -> Html {
    let element = use_node_ref();
    {
        let element = element.clone();
        use_effect_with(props.at, move |(x, y)| {
            if let Some(element) = element.cast::<web_sys::HtmlElement>() {
                place_at(&element, *x, *y);
            }
        });
    }
    html! { <div class="telling" role="status" ref={element}>{ &props.words }</div> }
}

/// Puts an element at a point of the box it is positioned in.
pub fn place_at(element: &web_sys::HtmlElement, x: f64, y: f64) {
    let style = element.style();
    for (property, value) in [("left", x), ("top", y)] {
        // Lengths are always accepted.
        let _ = style.set_property(property, &format!("{value:.0}px"));
    }
}

/// What the marks mean, and how many of them are drawn.
fn legend(share: f64, shown: bool, words: Words) -> Html {
    if !shown {
        return Html::default();
    }
    let every = (1.0 / share.max(1e-3)).round() as u64;
    html! {
        <div class="legend">
            <span><svg viewBox="0 0 12 12" aria-hidden="true"><circle cx="6" cy="6" r="3.6" fill="var(--mark-request)" /></svg>{ words.t("legend.request") }</span>
            <span><svg viewBox="0 0 12 12" aria-hidden="true"><circle cx="6" cy="6" r="2.6" fill="var(--mark-response)" /></svg>{ words.t("legend.response") }</span>
            <span><svg viewBox="0 0 12 12" aria-hidden="true"><circle cx="6" cy="6" r="3.6" fill="none" stroke="var(--mark-retry)" stroke-width="2" /></svg>{ words.t("legend.retry") }</span>
            <span><svg viewBox="0 0 12 12" aria-hidden="true"><path d="M6 1.2 10.8 6 6 10.8 1.2 6z" fill="var(--mark-failure)" /></svg>{ words.t("legend.failure") }</span>
            if every > 1 { <span>{ words.fill("legend.sampled", &[("every", &every)]) }</span> }
        </div>
    }
}

fn zoom_buttons(store: &Store, zoom: f64, words: Words) -> Html {
    let act = |action: Action| {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| store.act(|session| action.run(session)))
    };
    let percent = (zoom * 100.0).round();
    html! {
        <div class="float zoom">
            <button class="button plain icon-only" onclick={act(Action::ZoomOut)} aria-label={words.t("action.zoom_out")} title={words.t("action.zoom_out")}>{ icon(Icon::Minus) }</button>
            <output>{ format!("{percent}%") }</output>
            <button class="button plain icon-only" onclick={act(Action::ZoomIn)} aria-label={words.t("action.zoom_in")} title={words.t("action.zoom_in")}>{ icon(Icon::Plus) }</button>
            <button class="button plain icon-only" onclick={act(Action::Fit)} aria-label={words.t("action.fit")} title={words.t("action.fit")}>{ icon(Icon::Fit) }</button>
        </div>
    }
}
