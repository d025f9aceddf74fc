//! Where the camera goes by itself, and what it does while a hand is on the canvas.
//!
//! A hand means what it saw when it pressed. So a press stops the camera, a stage of another size leaves it where it is,
//! and both are made up for when the hand is away for good: it may press again, which makes a double click. What nobody
//! asked for waits, too, while something is held without a press: a piece, a call that is drawn, what keys carry.

use crate::editor::Editor;
use crate::editor::camera::{Camera, Destination};
use crate::editor::geometry::Rect;
use crate::editor::tools::Tool;

/// Where the camera goes by itself.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Journey {
    /// Where it was sent, and has not set out for.
    wanted: Option<Destination>,
    /// Where it is on its way to.
    course: Option<Destination>,
    /// Where it will be sent when no hand is on the canvas, and nothing is held.
    later: Option<Destination>,
    hand: Presence,
}

/// Whether a hand is on the canvas.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Presence {
    #[default]
    Away,
    Down,
    /// It has let go, and may press again.
    Near,
}

impl Editor {
    /// Sends the camera somewhere, from the next frame on. What was to come after a hand counts no longer.
    pub(super) fn send_camera(&mut self, to: Destination) {
        self.journey.later = None;
        self.journey.wanted = Some(to);
    }

    /// Sends the camera to where everything is seen, unless a person chose what it shows, once nothing is held.
    pub(super) fn fit_if_free(&mut self) {
        if self.camera_is_chosen {
            return;
        }
        match self.tool {
            Tool::Idle => self.send_camera(Destination::Everything),
            _ => self.journey.later = Some(Destination::Everything),
        }
    }

    /// Puts the camera where a person wants it, at once. Where it was sent counts no longer, and an edit does not move it.
    pub fn put_camera(&mut self, camera: Camera) {
        self.cancel_journey();
        self.look(camera);
        self.camera_is_chosen = true;
    }

    /// The camera as it will be when it has come to rest.
    fn resting_camera(&self) -> Camera {
        let Journey { wanted, course, later, .. } = &self.journey;
        let goal = wanted.or(*course).or(*later);
        goal.map_or(self.camera, |goal| self.camera_at(goal))
    }

    /// Whether an area of the canvas is seen whole once the camera has come to rest.
    pub fn will_see(&self, area: Rect) -> bool {
        self.clear_area_seen_by(&self.resting_camera()).holds(area)
    }

    /// Has the camera at once where it was sent, if only there an area of the canvas is seen whole.
    pub fn hurry_to(&mut self, area: Rect) {
        if !self.clear_area_seen_by(&self.camera).holds(area) {
            let camera = self.resting_camera();
            self.cancel_journey();
            self.look(camera);
        }
    }

    fn cancel_journey(&mut self) {
        self.journey = Journey { hand: self.journey.hand, ..Journey::default() };
    }

    /// The stage has another size. Unless a person chose what the camera shows, it is fitted into the stage.
    pub fn resize(&mut self, view: Rect) {
        self.view = view;
        if self.camera_is_chosen || self.journey.course.is_some() {
            return;
        }
        if self.is_at_rest() {
            self.camera = self.fitting_camera();
        } else {
            self.journey.later = Some(Destination::Everything);
        }
    }

    /// A hand goes down on the canvas.
    pub fn hand_presses(&mut self) {
        let Journey { wanted, course, later, hand } = &mut self.journey;
        *hand = Presence::Down;
        if let Some(interrupted) = wanted.take().or(course.take()) {
            *later = Some(interrupted);
        }
    }

    /// It lets go. `false` if it was not down.
    pub fn hand_lets_go(&mut self) -> bool {
        let was_down = self.journey.hand == Presence::Down;
        if was_down {
            self.journey.hand = Presence::Near;
        }
        was_down
    }

    /// It has not pressed again.
    pub fn hand_is_away(&mut self) {
        self.journey.hand = Presence::Away;
    }

    /// No hand is on the canvas, and nothing is held.
    fn is_at_rest(&self) -> bool {
        self.journey.hand == Presence::Away && self.tool == Tool::Idle
    }

    /// Whether the camera will go somewhere when no hand is on the canvas, and nothing is held.
    pub fn waits_for_hand(&self) -> bool {
        self.journey.later.is_some()
    }

    /// The camera sets out for where it was sent. `false` if it was not sent anywhere, or a hand is down.
    pub fn set_out(&mut self) -> bool {
        if self.is_at_rest()
            && let Some(to) = self.journey.later.take()
        {
            self.journey.wanted = Some(to);
        }
        if self.journey.hand == Presence::Down || self.journey.wanted.is_none() {
            return false;
        }
        self.journey.course = self.journey.wanted.take();
        true
    }

    /// Where the camera is on its way to.
    pub fn course(&self) -> Option<Destination> {
        self.journey.course
    }

    /// The camera is where it was sent.
    pub fn arrive(&mut self) {
        self.journey.course = None;
    }

    /// Whether something of the design is out of sight, and stays so when the camera has come to rest.
    pub fn hides_something(&self) -> bool {
        let seen = self.area_seen_by(&self.resting_camera());
        self.scene().bounds().is_some_and(|all| !seen.holds(all))
    }
}
