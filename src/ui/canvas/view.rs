//! What the stage shows between two looks at the session: scenes and cameras on their way, marks, and
//! the painter.

use std::rc::Rc;

use archlab_engine::Flight;
use archlab_model::Point;
use web_sys::{Element, HtmlCanvasElement, SvgElement};

use crate::editor::Editor;
use crate::editor::camera::Camera;
use crate::editor::geometry::Rect;
use crate::editor::scene::Scene;
use crate::editor::scene::lift::Lift;
use crate::editor::tools::Tool;
use crate::session::Session;
use crate::ui::browser::{now_ms, prefers_reduced_motion, theme, window};
use crate::ui::canvas::traffic::Traffic;
use crate::ui::canvas::window::{Layers, Shown, Window, elements_of};
use crate::ui::paint::{self, Mark, Painter, Palette};

/// How long parts take to their new place.
const MOTION_MS: f64 = 420.0;
/// How long marks go on moving after a single step, so that its message is seen.
const AFTERGLOW_MS: f64 = 700.0;
/// The share of a frame that the run may use.
const RUN_BUDGET_MS: f64 = 8.0;
/// Panels and rows look at the run again this often.
const LOOK_MS: f64 = 110.0;
/// The canvas has no more device pixels than this for each CSS pixel: with a real graphics processor
/// all there are; pixels painted by ourselves cost time, and beyond 1.5 only time.
const MAX_RATIO_GPU: f64 = 3.0;
const MAX_RATIO_PIXELS: f64 = 1.5;

/// With more parts than this nothing moves to its new place: it is there at once.
const MOST_MOVING: usize = 500;
/// Between two looks at the run passes at least so many times what a look takes.
const LOOKS_SHARE: f64 = 14.0;

/// What a frame asks of the page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The canvas has to be drawn again: something moves.
    pub drawing: bool,
    /// The panels have to look again.
    pub look: bool,
    /// What follows the hand and the camera has to: guides, the zoom, the map.
    pub hand: bool,
    /// The painter is lost: it needs a fresh canvas.
    pub fresh_canvas: bool,
}

/// What paints the marks.
#[derive(Default)]
enum Brush {
    /// Nothing yet.
    #[default]
    Wanted,
    /// Nothing yet; the one before was lost, and its canvas with it.
    Replaced,
    /// This.
    Painter(Box<dyn Painter>),
    /// Nothing: the browser gives no drawing context.
    Broken,
}

/// A stretch of the camera's way.
#[derive(Default)]
struct Trip {
    from: Camera,
    to: Camera,
    started: f64,
}

/// The stage's own state, outside of what is rendered.
#[derive(Default)]
pub struct StageView {
    layers: Layers,
    /// Where parts are, apart from what is lifted.
    still: Rc<Scene>,
    target: Rc<Scene>,
    motion: Option<(Rc<Scene>, f64)>,
    lift: Option<Rc<Lift>>,
    /// The scene that it is lifted from.
    lifted_from: Rc<Scene>,
    /// The elements of what is lifted, found after each drawing.
    lifted: Vec<SvgElement>,
    drawn: bool,
    window: Window,
    shown: Option<Shown>,
    shown_camera: Option<Camera>,
    shown_stage: Rect,
    shown_tool: Tool,
    trip: Trip,
    traffic: Traffic,
    painter: Brush,
    palette: Option<Palette>,
    marks: Vec<Mark>,
    flights: Vec<Flight>,
    roster_len: usize,
    run: u64,
    last_frame: f64,
    last_look: f64,
    look_every: f64,
    steps: u64,
    glow_until: f64,
    painted: bool,
    /// Whether marks are drawn at all.
    pub marks_shown: bool,
}

impl StageView {
    /// A view that moves these layers.
    pub fn of(layers: Layers) -> StageView {
        StageView { layers, ..StageView::default() }
    }

    /// The scene as it is drawn, apart from what is lifted.
    pub fn scene(&self) -> Rc<Scene> {
        self.still.clone()
    }

    /// What is lifted.
    pub fn lift(&self) -> Option<Rc<Lift>> {
        self.lift.clone()
    }

    /// What is to be drawn for what the editor sees now.
    pub fn draw(&mut self, editor: &Editor) -> Window {
        if !self.window.does_for(editor) {
            self.window = Window::of(editor);
        }
        self.drawn = true;
        self.window
    }

    /// The share of messages that is drawn.
    pub fn share(&self) -> f64 {
        self.traffic.share()
    }

    /// Colours have changed.
    pub fn repaint(&mut self) {
        self.palette = None;
        self.painted = false;
    }

    /// The painter's canvas is replaced by a fresh one, to be painted by ourselves.
    pub fn replace_painter(&mut self) {
        self.painter = Brush::Replaced;
    }

    /// Brings the scene up to date with the editor's. `true` if parts are on their way.
    pub fn settle(&mut self, editor: &Editor, now: f64) -> bool {
        let mut moving = false;
        let scene = editor.shared_scene();
        if !Rc::ptr_eq(&self.target, &scene) {
            if *self.target != *scene {
                let first = self.target.boxes.is_empty();
                let many = scene.boxes.len() > MOST_MOVING;
                let from = match &self.lift {
                    Some(lift) => Rc::new(self.still.with_lifted(lift)),
                    None => self.still.clone(),
                };
                self.motion = (!first && !many && !prefers_reduced_motion()).then_some((from, now));
                moving = true;
            }
            self.target = scene;
        }
        let still = match &self.motion {
            Some((from, started)) if now - started < MOTION_MS => {
                Rc::new(Scene::between(from, &self.target, eased((now - started) / MOTION_MS)))
            }
            _ => self.target.clone(),
        };
        if !Rc::ptr_eq(&self.still, &still) {
            moving = true;
            self.traffic.follow(&still);
            self.still = still;
        }
        if Rc::ptr_eq(&self.still, &self.target) {
            self.motion = None;
        }
        moving
    }

    /// One frame: lets the run go on, moves marks, paints them.
    pub fn frame(&mut self, session: &mut Session) -> Wanted {
        let now = now_ms();
        let wall = if self.last_frame == 0.0 { 16.0 } else { (now - self.last_frame).min(250.0) };
        self.last_frame = now;
        session.tick(wall, RUN_BUDGET_MS, &|| now_ms() - now);
        let mut wanted = Wanted { drawing: self.settle(&session.editor, now), ..Wanted::default() };
        session.editor.see(self.motion.is_some().then(|| self.still.clone()));
        let sets_out = session.editor.set_out();
        wanted.drawing |= sets_out;
        let moved = self.move_camera(&mut session.editor, sets_out, now);
        let lifted = self.hold(&session.editor, &mut wanted);
        let camera = session.editor.camera;
        let stage = session.editor.view;
        if self.shown_camera != Some(camera) || self.shown_stage != stage {
            self.shown = self.layers.show(camera, stage, self.shown);
            self.shown_camera = self.shown.map(|_| camera);
            self.shown_stage = stage;
        }
        wanted.drawing |= !self.window.does_for(&session.editor);
        if session.editor.foretell() {
            wanted.drawing = true;
            wanted.hand = true;
        }
        if moved || self.shown_tool != session.editor.tool {
            self.shown_tool.clone_from(&session.editor.tool);
            wanted.hand = true;
        }
        self.traffic.hold(!session.playback.is_playing());
        self.take_flights(session);
        if self.steps != session.steps() {
            self.steps = session.steps();
            self.glow_until = now + AFTERGLOW_MS;
        }
        if session.playback.is_playing() || now < self.glow_until {
            self.traffic.advance(wall);
            self.painted = false;
        }
        wanted.fresh_canvas = self.paint(&session.editor, wanted.drawing || moved || lifted);
        let every = self.look_every.max(LOOK_MS);
        if session.playback.is_playing() && now - self.last_look >= every {
            self.last_look = now;
            wanted.look = true;
        }
        wanted
    }

    /// How long the last look at the run took, drawing included: where there is much to see, looks are
    /// rarer, so that the hand does not wait for them.
    pub fn looked(&mut self, took_ms: f64) {
        self.look_every = took_ms * LOOKS_SHARE;
    }

    /// Moves what the hand has lifted. `true` if something moved.
    fn hold(&mut self, editor: &Editor, wanted: &mut Wanted) -> bool {
        let dragged = editor.dragged();
        let same = match (&dragged, &self.lift) {
            (Some((parts, _)), Some(lift)) => {
                Rc::ptr_eq(&self.lifted_from, &self.still) && *parts == lift.parts
            }
            (None, None) => return false,
            _ => false,
        };
        if !same {
            for element in self.lifted.drain(..) {
                // What is not set need not be removed.
                let _ = element.style().remove_property("translate");
            }
            if let Some(path) = self.layers.bent.cast::<Element>() {
                // As above.
                let _ = path.remove_attribute("d");
            }
            self.lift = dragged.as_ref().map(|(parts, _)| Rc::new(Lift::of(&self.still, parts.clone())));
            self.lifted_from = self.still.clone();
            wanted.drawing = true;
        }
        let (Some((_, by)), Some(lift)) = (dragged, self.lift.as_mut()) else { return true };
        let moved = lift.by != by || !same;
        if moved {
            Rc::make_mut(lift).to(&self.still, by);
        }
        if std::mem::take(&mut self.drawn) || !same {
            self.lifted = elements_of(&self.layers.world, lift);
        } else if !moved {
            return false;
        }
        let translation = format!("{:.2}px {:.2}px", by.x, by.y);
        for element in &self.lifted {
            // A pair of lengths is always accepted.
            let _ = element.style().set_property("translate", &translation);
        }
        if let Some(path) = self.layers.bent.cast::<Element>() {
            let mut data = String::new();
            for route in lift.bent.values() {
                route.draw(&mut data);
            }
            // Path data is always accepted.
            let _ = path.set_attribute("d", &data);
        }
        moved
    }

    fn take_flights(&mut self, session: &mut Session) {
        if self.run != session.runs() {
            self.run = session.runs();
            self.traffic.clear();
            self.traffic.forget_places();
        }
        let recorded = session.take_flights(&mut self.flights);
        let roster = session.roster();
        let length = roster.instances.len() + roster.stores.len() + roster.groups.len();
        if self.roster_len != length {
            self.roster_len = length;
            self.traffic.forget_places();
        }
        if self.marks_shown && !self.flights.is_empty() {
            let (speed, now) = (session.playback.speed, session.now());
            let zoom = session.editor.camera.zoom;
            self.traffic.admit(&self.flights, recorded, session.roster(), (now, speed), zoom);
        }
    }

    /// Moves the camera to where it was sent; it may set out just now. `true` if it shows something else than before.
    fn move_camera(&mut self, editor: &mut Editor, sets_out: bool, now: f64) -> bool {
        if let Some(to) = editor.course().map(|destination| editor.camera_at(destination)) {
            if sets_out || to != self.trip.to {
                // What is gone to may have moved, or the stage: then it goes on from where it is.
                self.trip = Trip { from: editor.camera, to, started: now };
            }
            let Trip { from, started, .. } = self.trip;
            let share = if prefers_reduced_motion() { 1.0 } else { ((now - started) / MOTION_MS).min(1.0) };
            if share < 1.0 {
                editor.look(from.towards(to, eased(share)));
            } else {
                editor.look(to);
                editor.arrive();
            }
        }
        self.shown_camera != Some(editor.camera)
    }

    /// Paints the marks. `true` if the painter is lost.
    fn paint(&mut self, editor: &Editor, moved: bool) -> bool {
        if self.painted && !moved {
            return false;
        }
        let Some(canvas) = self.layers.marks.cast::<HtmlCanvasElement>() else { return false };
        let painter = match &mut self.painter {
            Brush::Painter(painter) => painter,
            Brush::Broken => return false,
            brush => {
                let painter = match brush {
                    Brush::Replaced => paint::pixel_painter_for(&canvas),
                    _ => paint::painter_for(&canvas),
                };
                // A refused context stays refused: one more try each frame would only cost.
                *brush = painter.map_or(Brush::Broken, Brush::Painter);
                return false;
            }
        };
        if painter.is_lost() {
            return true;
        }
        let most = if painter.name() == "pixels" { MAX_RATIO_PIXELS } else { MAX_RATIO_GPU };
        let ratio = window().device_pixel_ratio().clamp(1.0, most);
        painter.resize(editor.view.w, editor.view.h, ratio);
        if self.marks_shown {
            self.traffic.marks(&self.still, self.lift.as_deref(), editor, &mut self.marks);
        } else {
            self.marks.clear();
        }
        let palette = self.palette.get_or_insert_with(palette);
        painter.paint(&self.marks, palette);
        self.painted = true;
        false
    }
}

fn palette() -> Palette {
    let tones = ["--mark-request", "--mark-response", "--mark-retry", "--mark-failure"];
    Palette { tones: tones.map(theme::colour).to_vec(), halo: theme::colour("--canvas") }
}

/// Slow at both ends.
fn eased(share: f64) -> f64 {
    let share = share.clamp(0.0, 1.0);
    1.0 - (1.0 - share).powi(3)
}

/// The point of the stage that lies under a point of the window.
pub fn on_stage(stage: &web_sys::Element, x: i32, y: i32) -> Point {
    let rect = stage.get_bounding_client_rect();
    Point::new(f64::from(x) - rect.left(), f64::from(y) - rect.top())
}
