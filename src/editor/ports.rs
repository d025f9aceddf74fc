//! Ports: where a call begins that a person draws. They are there on what is pointed at, and on what is chosen.

use archlab_model::Point;
use archlab_model::intent::{self, LineKind};

use crate::editor::Editor;
use crate::editor::detail::{Detail, Look};
use crate::editor::grasp::Grasp;
use crate::editor::scene::links::port;
use crate::editor::scene::{Line, Part};
use crate::editor::tools::Tool;

/// How near a pointer takes hold of a port, in CSS pixels: a mouse, and a finger.
const REACH: f64 = 12.0;
const FINGER_REACH: f64 = 22.0;
/// How near to a line a press chooses it.
const LINE_REACH: f64 = 6.0;
const FINGER_LINE_REACH: f64 = 14.0;

impl Editor {
    /// How near to a port is on it.
    pub fn port_reach(&self) -> f64 {
        if self.is_touched { FINGER_REACH } else { REACH }
    }

    /// How near to a line is on it.
    pub(super) fn line_reach(&self) -> f64 {
        if self.is_touched { FINGER_LINE_REACH } else { LINE_REACH }
    }

    /// The ports that are seen, each with the part that it is of and its place on the stage.
    pub fn ports(&self) -> Vec<(Part, Point)> {
        let parts: Vec<&Part> = match &self.tool {
            Tool::Idle => [self.selection.single(), self.hovered.as_ref()].into_iter().flatten().collect(),
            Tool::Handing { grasp: Grasp::Port(part), .. } => vec![part],
            _ => Vec::new(),
        };
        if Look::at(self.camera.zoom).detail == Detail::Far {
            return Vec::new();
        }
        let mut ports: Vec<(Part, Point)> = Vec::new();
        for part in parts {
            if ports.iter().all(|(other, _)| other != part)
                && let Some(at) = self.port_of(part)
            {
                ports.push((part.clone(), at));
            }
        }
        ports
    }

    /// Where the port of a part is on the stage, if calls can begin there.
    pub fn port_of(&self, part: &Part) -> Option<Point> {
        if !matches!(part, Part::Client(_) | Part::Entry(_) | Part::Instance(_)) {
            return None;
        }
        let rect = port(&self.seen_scene().boxes, part)?;
        Some(self.camera.to_screen(Point::new(rect.right(), rect.centre().y)))
    }

    /// The pointer is somewhere, or nowhere. `true` if it is on something else than before.
    pub fn hover(&mut self, at: Option<Point>) -> bool {
        self.pointer = at;
        let stays = |part: &Part, at: Point| {
            self.port_of(part).is_some_and(|port| (port.x - at.x).hypot(port.y - at.y) <= self.port_reach())
        };
        let hovered = at.and_then(|at| match &self.hovered {
            Some(part) if stays(part, at) => Some(part.clone()),
            _ => self.part_at(at),
        });
        let changed = self.hovered != hovered;
        self.hovered = hovered;
        changed
    }

    /// The line that is chosen. None while a part is.
    pub fn line(&self) -> Option<&Line> {
        self.line.as_ref().filter(|_| self.selection.is_empty())
    }

    /// The kinds that the calls of a line have, each once.
    pub fn kinds_of(&self, line: &Line) -> Vec<LineKind> {
        let Line::Calls { group, from, to } = line else { return Vec::new() };
        let Some(there) = self.scene.deployments.get(group) else { return Vec::new() };
        let calls = intent::calls_in(&self.design.business, there, from, to);
        let mut kinds: Vec<LineKind> = calls.iter().map(|call| call.kind).collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    }

    /// Chooses a line, and no part.
    pub fn choose_line(&mut self, line: Line) {
        self.selection.clear();
        self.line = Some(line).filter(|line| self.scene.has_line(line));
    }

    /// Chooses nothing.
    pub fn choose_nothing(&mut self) {
        self.selection.clear();
        self.line = None;
    }
}
