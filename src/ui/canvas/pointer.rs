//! Pointer events of the stage, as inputs of the editor.

use std::cell::RefCell;
use std::rc::Rc;

use archlab_model::{FunctionId, InstanceId, Point};
use gloo::render::{AnimationFrame, request_animation_frame};
use gloo::timers::callback::Timeout;
use wasm_bindgen::JsCast;
use web_sys::Element;
use yew::prelude::*;

use crate::editor::geometry::Rect;
use crate::editor::input::{Held, Input};
use crate::editor::tools::Tool;
use crate::ui::browser::leave_field;
use crate::ui::canvas::pinch::Fingers;
use crate::ui::canvas::view::on_stage;
use crate::ui::menu::MenuRequest;
use crate::ui::store::{Pulse, Store};

/// A finger that rests this long asks for the menu, in milliseconds.
const LONG_PRESS_MS: u32 = 520;
/// After a hand has let go, the canvas stays where it is for this long, in milliseconds: the hand may press again, which
/// makes a double click, and browsers repeat what a finger did as events of a mouse.
const LETTING_GO_MS: u32 = 500;
/// The controls that float above the stage, and those that are drawn on a group.
const FLOATING: &str = "button, input, select, textarea, a, .float";
const DRAWN: &str = ".switch .option, .arrange-again";
/// One notch of the wheel, in CSS pixels, zooms by this factor's 100th root.
const WHEEL_ZOOM: f64 = 1.35;

/// What the hand remembers between events.
#[derive(Default)]
pub struct Hand {
    fingers: Fingers,
    long_press: Option<LongPress>,
    /// It has let go just now.
    letting_go: Option<Timeout>,
}

/// A finger that has not moved yet, as far as is known.
enum LongPress {
    /// It has not rested long enough.
    Resting { _until: Timeout },
    /// It has. A browser tells of moves before it draws, and of the latest only then: what a busy page has not heard of
    /// yet is known with the next frame.
    Rested { _until: AnimationFrame },
}

/// Pointer events of the stage, as inputs of the editor.
#[derive(Clone)]
pub struct Pointer {
    /// The session.
    pub store: Store,
    /// The stage's element.
    pub stage: NodeRef,
    /// What is remembered between events.
    pub hand: Rc<RefCell<Hand>>,
    /// A menu is asked for.
    pub menu: Callback<MenuRequest>,
    /// Whether the page is a guest in another one, which scrolls by the wheel.
    pub embed: bool,
}

impl Pointer {
    fn at(&self, event: &MouseEvent) -> Option<Point> {
        Some(on_stage(&self.stage.cast::<Element>()?, event.client_x(), event.client_y()))
    }

    fn input(&self, input: Input) {
        self.store.act(|session| session.on(input));
    }

    /// An input that only moves the hand or the camera, as there are many of them.
    fn motion(&self, input: Input) {
        self.store.hand(|session| session.on(input));
    }

    /// Takes notice of how large the stage is.
    pub fn measure(&self) {
        let Some(stage) = self.stage.cast::<Element>() else { return };
        let rect = stage.get_bounding_client_rect();
        self.store.act(|session| session.editor.resize(Rect::new(0.0, 0.0, rect.width(), rect.height())));
    }

    /// A finger, or a button, goes down.
    fn press(&self) {
        self.hand.borrow_mut().letting_go = None;
        self.store.quietly(|session| session.editor.hand_presses());
    }

    /// A finger, or the button, went up.
    fn lift(&self, event: &PointerEvent) {
        let fingers = {
            let mut hand = self.hand.borrow_mut();
            hand.long_press = None;
            hand.fingers.release(event.pointer_id());
            hand.fingers.count()
        };
        if fingers == 0 {
            self.let_go();
        }
    }

    fn let_go(&self) {
        if !self.store.quietly(|session| session.editor.hand_lets_go()) {
            return;
        }
        let store = self.store.clone();
        let away = Timeout::new(LETTING_GO_MS, move || store.act(|session| session.editor.hand_is_away()));
        self.hand.borrow_mut().letting_go = Some(away);
    }

    /// Tells which keys are held with the pointer.
    fn hold(&self, event: &MouseEvent) {
        let held = Held {
            shift: event.shift_key(),
            alt: event.alt_key(),
            control: event.ctrl_key() || event.meta_key(),
        };
        let at = self.at(event);
        let is_touched = event.dyn_ref::<PointerEvent>().is_some_and(|it| it.pointer_type() != "mouse");
        let elsewhere = self.store.quietly(|session| {
            session.on(Input::Hold(held));
            session.editor.is_touched = is_touched;
            session.editor.hover(at.filter(|_| !is_touched))
        });
        if elsewhere {
            self.store.tell(Pulse::Hand);
        }
    }

    fn is_carried(&self) -> bool {
        self.store.read(|session| session.editor.carried_to().is_some())
    }

    /// A button or finger goes down: a press, a grip of the canvas, or the second finger of a pinch.
    pub fn down(&self) -> Callback<PointerEvent> {
        let this = self.clone();
        Callback::from(move |event: PointerEvent| {
            let Some(at) = this.at(&event) else { return };
            this.press();
            // A control looks after the press itself; but it must not slide away under it.
            if is_on(&event, DRAWN) {
                return;
            }
            if is_on(&event, FLOATING) {
                // The press may end where the stage does not hear of it.
                if this.hand.borrow().fingers.count() == 0 {
                    this.let_go();
                }
                return;
            }
            // What is being typed is for what is chosen now, not for what will be.
            leave_field();
            this.hold(&event);
            if let Some(stage) = this.stage.cast::<Element>() {
                // A pointer that is gone already cannot be captured; its cancel follows.
                let _ = stage.set_pointer_capture(event.pointer_id());
            }
            let fingers = match event.pointer_type().as_str() {
                "touch" => this.hand.borrow_mut().fingers.press(event.pointer_id(), at),
                _ => 1,
            };
            if this.is_carried() {
                // A hand that comes in while something is carried by keyboard puts it back first.
                this.input(Input::Cancel);
            }
            match (event.button(), fingers) {
                (0, 1) if this.store.use_space() => this.input(Input::Grip(at)),
                (0, 1) => {
                    match chip_under(&event) {
                        Some((instance, function)) => this.input(Input::Seize(instance, function, at)),
                        None => this.input(Input::Press(at)),
                    }
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

    /// It moves: a drag, or a pinch.
    pub fn travel(&self) -> Callback<PointerEvent> {
        let this = self.clone();
        Callback::from(move |event: PointerEvent| {
            let Some(at) = this.at(&event) else { return };
            if event.pointer_type() == "mouse" && event.buttons() == 0 {
                // It may have gone up over a menu of the browser's own, which tells nobody.
                this.lift(&event);
            }
            let pinch = this.hand.borrow_mut().fingers.travel(event.pointer_id(), at);
            if let Some(pinch) = pinch {
                this.store.hand(|session| {
                    session.on(Input::Pan(pinch.by));
                    session.on(Input::Zoom { at: pinch.at, factor: pinch.factor });
                });
                return;
            }
            let idle = this.store.read(|session| session.editor.tool == Tool::Idle);
            this.hold(&event);
            if !idle && this.hand.borrow().fingers.count() < 2 && !this.is_carried() {
                this.motion(Input::Move(at));
                let still = this.store.read(|session| matches!(session.editor.tool, Tool::Pressing { .. }));
                if !still {
                    this.hand.borrow_mut().long_press = None;
                }
            }
        })
    }

    /// It goes up.
    pub fn up(&self) -> Callback<PointerEvent> {
        let this = self.clone();
        Callback::from(move |event: PointerEvent| {
            let Some(at) = this.at(&event) else { return };
            this.lift(&event);
            let idle = this.store.read(|session| session.editor.tool == Tool::Idle);
            this.hold(&event);
            if !idle && !this.is_carried() {
                this.input(Input::Release(at));
            }
        })
    }

    /// It leaves the stage.
    pub fn leave(&self) -> Callback<PointerEvent> {
        let this = self.clone();
        Callback::from(move |_: PointerEvent| {
            if this.store.quietly(|session| session.editor.hover(None)) {
                this.store.tell(Pulse::Hand);
            }
        })
    }

    /// Twice in a row: what is there is renamed where it stands.
    pub fn double_click(&self) -> Callback<MouseEvent> {
        let this = self.clone();
        Callback::from(move |event: MouseEvent| {
            let Some(at) = this.at(&event) else { return };
            if !is_on(&event, FLOATING) && !is_on(&event, DRAWN) && event.button() == 0 {
                this.store.act(|session| {
                    let editor = &mut session.editor;
                    if let Some(part) = editor.part_at(at) {
                        editor.rename(&part);
                    }
                });
            }
        })
    }

    /// The browser takes it away.
    pub fn cancel(&self) -> Callback<PointerEvent> {
        let this = self.clone();
        Callback::from(move |event: PointerEvent| {
            this.lift(&event);
            this.input(Input::Cancel);
        })
    }

    /// The wheel pans; with Control or Command it zooms.
    pub fn wheel(&self) -> Callback<WheelEvent> {
        let this = self.clone();
        Callback::from(move |event: WheelEvent| {
            let Some(at) = this.at(&event) else { return };
            let zooms = event.ctrl_key() || event.meta_key();
            if this.embed && !zooms {
                return;
            }
            event.prevent_default();
            // Lines and pages become pixels as browsers do it.
            let unit = match event.delta_mode() {
                WheelEvent::DOM_DELTA_LINE => 16.0,
                WheelEvent::DOM_DELTA_PAGE => 400.0,
                _ => 1.0,
            };
            let (x, y) = (event.delta_x() * unit, event.delta_y() * unit);
            let input = if zooms {
                Input::Zoom { at, factor: WHEEL_ZOOM.powf(-y / 100.0) }
            } else if event.shift_key() && x == 0.0 {
                Input::Pan(Point::new(-y, 0.0))
            } else {
                Input::Pan(Point::new(-x, -y))
            };
            this.motion(input);
        })
    }

    /// The menu of what is under the pointer.
    pub fn context_menu(&self) -> Callback<MouseEvent> {
        let this = self.clone();
        Callback::from(move |event: MouseEvent| {
            let Some(at) = this.at(&event) else { return };
            if is_on(&event, FLOATING) {
                return;
            }
            event.prevent_default();
            this.open_menu(at, (f64::from(event.client_x()), f64::from(event.client_y())));
        })
    }

    fn await_long_press(&self, event: &PointerEvent) {
        let Some(at) = self.at(event) else { return };
        let place = (f64::from(event.client_x()), f64::from(event.client_y()));
        let (this, hand) = (self.clone(), self.hand.clone());
        let rested = move || {
            let drawn = request_animation_frame(move |_| {
                this.input(Input::Cancel);
                this.open_menu(at, place);
            });
            hand.borrow_mut().long_press = Some(LongPress::Rested { _until: drawn });
        };
        self.hand.borrow_mut().long_press =
            Some(LongPress::Resting { _until: Timeout::new(LONG_PRESS_MS, rested) });
    }

    fn open_menu(&self, at: Point, place: (f64, f64)) {
        let part = self.store.act(|session| {
            let editor = &mut session.editor;
            let part = editor.part_at(at);
            // The menu of one of several chosen parts is the menu of them all.
            if !part.as_ref().is_some_and(|part| editor.selection.contains(part)) {
                editor.selection = part.clone().into();
            }
            part
        });
        self.menu.emit(MenuRequest { at: place, part });
    }
}

/// The function whose name is under the pointer, and the instance that serves it.
fn chip_under(event: &PointerEvent) -> Option<(InstanceId, FunctionId)> {
    let chip = event.target_dyn_into::<Element>()?.closest("[data-function]").ok().flatten()?;
    let name = |attribute: &str| chip.get_attribute(attribute);
    let instance = InstanceId {
        group: name("data-group")?.parse().ok()?,
        service: name("data-service")?.parse().ok()?,
        number: name("data-number")?.parse().ok()?,
    };
    Some((instance, name("data-function")?.parse().ok()?))
}

/// Whether the event is on a control of a kind, which looks after itself.
fn is_on(event: &MouseEvent, controls: &str) -> bool {
    let element = event.target_dyn_into::<Element>();
    element.is_some_and(|element| element.closest(controls).ok().flatten().is_some())
}
