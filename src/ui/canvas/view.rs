//! What the stage shows between two looks at the session: scenes and cameras on their way, marks, and
//! the painter.

use std::rc::Rc;

use archlab_engine::Flight;
use archlab_model::Point;
use web_sys::HtmlCanvasElement;

use crate::editor::Editor;
use crate::editor::camera::Camera;
use crate::editor::scene::Scene;
use crate::session::Session;
use crate::ui::browser::{now_ms, prefers_reduced_motion, theme, window};
use crate::ui::canvas::traffic::Traffic;
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

/// What a frame asks of the page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The canvas has to be drawn again: something moves.
    pub drawing: bool,
    /// The panels have to look again.
    pub look: bool,
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

/// The stage's own state, outside of what is rendered.
#[derive(Default)]
pub struct StageView {
    shown: Rc<Scene>,
    target: Scene,
    motion: Option<(Scene, f64)>,
    camera_motion: Option<(Camera, f64)>,
    traffic: Traffic,
    painter: Brush,
    palette: Option<Palette>,
    marks: Vec<Mark>,
    flights: Vec<Flight>,
    roster_len: usize,
    run: u64,
    last_frame: f64,
    last_look: f64,
    steps: u64,
    glow_until: f64,
    painted: bool,
    /// Whether marks are drawn at all.
    pub marks_shown: bool,
}

impl StageView {
    /// The scene as it is drawn now.
    pub fn scene(&self) -> Rc<Scene> {
        self.shown.clone()
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

    /// Brings the shown scene up to date with the editor's. `true` if something is still on its way.
    pub fn settle(&mut self, editor: &Editor, now: f64) -> bool {
        if self.target != *editor.scene() {
            let first = self.target.boxes.is_empty();
            self.target = editor.scene().clone();
            self.motion = (!first && !prefers_reduced_motion()).then(|| (Scene::clone(&self.shown), now));
        }
        let arrived = self.motion.as_ref().is_some_and(|(_, started)| now - started >= MOTION_MS);
        if arrived {
            self.motion = None;
        }
        let still = match &self.motion {
            Some((from, started)) => Scene::between(from, &self.target, eased((now - started) / MOTION_MS)),
            None => self.target.clone(),
        };
        let dragged = editor.dragged();
        let moving = self.motion.is_some() || dragged.is_some() || arrived;
        let scene = match dragged {
            Some((parts, by)) => still.with_moved(&parts, by),
            None => still,
        };
        if scene != *self.shown {
            self.traffic.follow(&scene);
            self.shown = Rc::new(scene);
        }
        moving
    }

    /// One frame: lets the run go on, moves marks, paints them.
    pub fn frame(&mut self, session: &mut Session, canvas: Option<HtmlCanvasElement>) -> Wanted {
        let now = now_ms();
        let wall = if self.last_frame == 0.0 { 16.0 } else { (now - self.last_frame).min(250.0) };
        self.last_frame = now;
        session.tick(wall, RUN_BUDGET_MS, &|| now_ms() - now);
        let mut wanted = Wanted { drawing: self.settle(&session.editor, now), ..Wanted::default() };
        wanted.drawing |= self.move_camera(&mut session.editor, now);
        self.take_flights(session);
        if self.steps != session.steps() {
            self.steps = session.steps();
            self.glow_until = now + AFTERGLOW_MS;
        }
        if session.playback.is_playing() || now < self.glow_until {
            self.traffic.advance(wall);
            self.painted = false;
        }
        wanted.fresh_canvas = self.paint(&session.editor, canvas, wanted.drawing);
        if session.playback.is_playing() && now - self.last_look >= LOOK_MS {
            self.last_look = now;
            wanted.look = true;
        }
        wanted
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
            self.traffic.admit(&self.flights, recorded, session.roster(), now, speed);
        }
    }

    /// Moves the camera towards everything, if that was asked for.
    fn move_camera(&mut self, editor: &mut Editor, now: f64) -> bool {
        if std::mem::take(&mut editor.wants_fit) {
            self.camera_motion = Some((editor.camera, now));
        }
        let Some((from, started)) = self.camera_motion else { return false };
        let share = if prefers_reduced_motion() { 1.0 } else { ((now - started) / MOTION_MS).min(1.0) };
        editor.camera = from.towards(editor.fitting_camera(), eased(share));
        if share >= 1.0 {
            self.camera_motion = None;
        }
        true
    }

    /// Paints the marks. `true` if the painter is lost.
    fn paint(&mut self, editor: &Editor, canvas: Option<HtmlCanvasElement>, moved: bool) -> bool {
        if self.painted && !moved {
            return false;
        }
        let Some(canvas) = canvas else { return false };
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
            self.traffic.marks(&self.shown, &editor.camera, &mut self.marks);
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
