//! The hand: selection, tools, camera and history over a design. Headless: it knows points and keys,
//! not the browser.

pub mod camera;
pub mod geometry;
pub mod history;
pub mod input;
pub mod scene;
pub mod tools;

use std::collections::{BTreeMap, BTreeSet};

use archlab_model::command::Command;
use archlab_model::{
    Design, GroupId, InstanceId, Layout, Machine, MachineId, ModuleId, Point, Target, Text, intent, layout,
};

use crate::editor::camera::Camera;
use crate::editor::geometry::Rect;
use crate::editor::history::History;
use crate::editor::input::{Input, Piece};
use crate::editor::scene::{MACHINE_WIDTH, Part, Scene};
use crate::editor::tools::{Request, Tool};

/// A stage below this width, in CSS pixels, is a phone's.
const NARROW: f64 = 600.0;
/// What the legend takes of the stage's height.
const LEGEND_HEIGHT: f64 = 26.0;
/// Loose machines snap to this grid.
pub const GRID: f64 = 10.0;

/// A design under a hand.
#[derive(Debug, Default)]
pub struct Editor {
    design: Design,
    history: History,
    scene: Scene,
    placed: BTreeMap<InstanceId, MachineId>,
    /// What the hand is doing.
    pub tool: Tool,
    /// What is chosen.
    pub selection: Option<Part>,
    /// What part of the canvas is seen.
    pub camera: Camera,
    /// The size of the stage, in CSS pixels.
    pub view: Rect,
    /// Whether the camera should go to where everything is seen.
    pub wants_fit: bool,
    /// Whether a person chose what the camera shows: then it does not move by itself.
    pub camera_is_chosen: bool,
    /// The title of a group that is made by hand.
    pub new_group_title: Text,
    changes: u64,
    run_changes: u64,
}

/// What a drop would do.
#[derive(Debug, Clone, PartialEq)]
pub enum DropEffect {
    /// The machine runs one more copy: the `number`-th of the whole application.
    Replica {
        /// Of which group.
        group: GroupId,
        /// Its number.
        number: usize,
    },
    /// The machine takes a module.
    Module {
        /// Of which group.
        group: GroupId,
        /// The service that the module is, by its name.
        module: String,
    },
    /// The machine hosts some of the microservices.
    Hosts {
        /// Of which group.
        group: GroupId,
        /// How many instances.
        instances: usize,
    },
    /// The machine joins a group that gives it nothing to run.
    Idle {
        /// The group.
        group: GroupId,
    },
    /// The machine leaves its group.
    Leaves,
    /// Nothing but its place changes.
    Moves,
}

impl Editor {
    /// An editor of `design`.
    pub fn of(design: Design) -> Editor {
        let mut editor = Editor { design, ..Editor::default() };
        editor.rebuild();
        editor
    }

    /// The design.
    pub fn design(&self) -> &Design {
        &self.design
    }

    /// Where everything lies.
    pub fn scene(&self) -> &Scene {
        &self.scene
    }

    /// A number that grows with each change of the design.
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// A number that grows with each change that a run can notice: not when things are only moved about
    /// or renamed.
    pub fn run_changes(&self) -> u64 {
        self.run_changes
    }

    /// How many steps can be taken back, and how many done again.
    pub fn steps(&self) -> (usize, usize) {
        (self.history.depth(), self.history.undone())
    }

    /// Changes the design, as one step.
    pub fn perform(&mut self, command: Command) {
        let cosmetic = command.is_cosmetic();
        self.history.perform(command, &mut self.design);
        self.changed(cosmetic);
    }

    /// Takes the last step back. `false` if there is none.
    pub fn undo(&mut self) -> bool {
        let step = self.history.undo(&mut self.design).map(Command::is_cosmetic);
        if let Some(cosmetic) = step {
            self.changed(cosmetic);
        }
        step.is_some()
    }

    /// Does the last undone step again. `false` if there is none.
    pub fn redo(&mut self) -> bool {
        let step = self.history.redo(&mut self.design).map(Command::is_cosmetic);
        if let Some(cosmetic) = step {
            self.changed(cosmetic);
        }
        step.is_some()
    }

    /// Takes notice of where instances run now, apart from where the layout put them.
    pub fn set_placed(&mut self, placed: BTreeMap<InstanceId, MachineId>) {
        if self.placed != placed {
            self.placed = placed;
            self.rebuild();
            self.wants_fit |= !self.camera_is_chosen;
        }
    }

    /// Sends the camera to where everything is seen.
    pub fn fit(&mut self) {
        self.wants_fit = true;
        self.camera_is_chosen = false;
    }

    fn changed(&mut self, cosmetic: bool) {
        self.changes += 1;
        self.wants_fit |= !self.camera_is_chosen && !cosmetic;
        self.run_changes += u64::from(!cosmetic);
        self.rebuild();
        if self.selection.as_ref().is_some_and(|part| !self.scene.boxes.contains_key(part)) {
            self.selection = None;
        }
    }

    fn rebuild(&mut self) {
        self.scene = Scene::of(&self.design, &self.placed);
    }

    /// Takes what the hand did.
    pub fn on(&mut self, input: Input) {
        let tool = std::mem::take(&mut self.tool);
        let (tool, request) = tool.on(input, &self.scene, &self.camera);
        self.tool = tool;
        match request {
            None => {}
            Some(Request::Select(part)) => self.selection = part,
            Some(Request::Look(camera)) => {
                self.camera = camera;
                self.camera_is_chosen = true;
            }
            Some(Request::Drop { part, by, at }) => self.drop_part(&part, by, at),
            Some(Request::PlaceAt(piece, at)) => self.place_at(piece, at),
            Some(Request::PlaceIn(piece, group)) => self.place_in(piece, group),
        }
    }

    /// Gives the group another layout.
    pub fn set_layout(&mut self, group: &GroupId, to: Layout) {
        if let Some(command) = intent::set_layout(&self.design, group, to) {
            self.perform(command);
        }
    }

    /// Removes what is chosen.
    pub fn remove_selected(&mut self) {
        let command = match &self.selection {
            Some(Part::Machine(machine)) => intent::remove_machine(&self.design, machine),
            Some(Part::Group(group)) => intent::remove_group(&self.design, group),
            _ => None,
        };
        if let Some(command) = command {
            self.perform(command);
        }
    }

    /// Moves a machine into a group, or out of the one it is in.
    pub fn move_machine(&mut self, machine: &MachineId, to: Option<GroupId>) {
        let target = match to {
            Some(group) => Target::Group(group),
            None => Target::Canvas(self.free_spot()),
        };
        if let Some(command) = intent::move_machine(&self.design, machine, &target) {
            self.perform(command);
        }
    }

    /// Adds beside `group` another one like it, in another layout, with machines of its own and the
    /// same clients, for comparison.
    pub fn compare(&mut self, group: &GroupId, layout: Layout) {
        let Some(original) = self.design.groups.get(group) else { return };
        let at = Point::new(original.at.x, self.scene.bounds().map_or(0.0, |all| all.bottom()) + 32.0);
        let title = original.title.clone();
        if let Some((copy, command)) = intent::copy_group(&self.design, group, layout, title, at) {
            self.perform(command);
            self.selection = Some(Part::Group(copy));
            self.fit();
        }
    }

    /// The camera that shows everything.
    /// On a narrow screen that is the first group only: with everything nothing could be read.
    pub fn fitting_camera(&self) -> Camera {
        let narrow = self.view.w < NARROW;
        let margin = if narrow { 8.0 } else { 28.0 };
        let group = self.design.groups.keys().next().filter(|_| narrow);
        let group = group.and_then(|id| self.scene.boxes.get(&Part::Group(id.clone()))).copied();
        let bounds = group.or_else(|| self.scene.bounds()).unwrap_or(Rect::new(0.0, 0.0, 600.0, 400.0));
        let seen = Rect { h: self.view.h - if narrow { 0.0 } else { LEGEND_HEIGHT }, ..self.view };
        Camera::fitting(bounds, seen.grown(-margin))
    }

    /// The parts that are being dragged, and how far.
    pub fn dragged(&self) -> Option<(BTreeSet<Part>, Point)> {
        match &self.tool {
            Tool::Dragging { part, start, now } => Some((self.scene.with_content(part), *now - *start)),
            _ => None,
        }
    }

    /// What letting go now would do; nothing while nothing is dragged or placed.
    pub fn drop_effect(&self) -> Option<DropEffect> {
        let at = self.tool.over()?;
        match &self.tool {
            Tool::Placing { piece: Piece::Machine, .. } => {
                let target = self.target(at);
                let (machine, command) = intent::add_machine(&self.design, Machine::default(), &target);
                Some(self.effect_of(&machine, &command))
            }
            Tool::Dragging { part: Part::Machine(machine), .. } => {
                let target = self.target(at);
                let command = intent::move_machine(&self.design, machine, &target)?;
                Some(self.effect_of(machine, &command))
            }
            _ => None,
        }
    }

    fn effect_of(&self, machine: &MachineId, command: &Command) -> DropEffect {
        let mut after = self.design.clone();
        command.apply(&mut after);
        let Some((group, seat)) = after.seat_of(machine) else {
            let was_inside = self.design.seat_of(machine).is_some();
            return if was_inside { DropEffect::Leaves } else { DropEffect::Moves };
        };
        if self.design.seat_of(machine).is_some_and(|(before, _)| before == group) {
            return DropEffect::Moves;
        }
        let id = group.clone();
        let deployment = layout::deploy(&after.business, &id, &after.groups[&id]);
        let here = |service: &&archlab_model::Service| {
            service.instances.iter().any(|instance| instance.machine == *machine)
        };
        match after.groups[&id].layout {
            Layout::Cluster => DropEffect::Replica { group: id, number: seat + 1 },
            Layout::Distributed => match deployment.services.iter().find(here) {
                Some(service) => DropEffect::Module { group: id, module: service.id.to_string() },
                None => DropEffect::Idle { group: id },
            },
            Layout::Microservice => {
                let instances = deployment.services.iter().flat_map(|service| &service.instances);
                let instances = instances.filter(|instance| instance.machine == *machine).count();
                DropEffect::Hosts { group: id, instances }
            }
        }
    }

    fn target(&self, at: Point) -> Target {
        match self.scene.group_at(at) {
            Some(group) => Target::Group(group.clone()),
            None => Target::Canvas(snapped(at - Point::new(MACHINE_WIDTH / 2.0, 16.0))),
        }
    }

    fn drop_part(&mut self, part: &Part, by: Point, at: Point) {
        if !self.scene.boxes.contains_key(part) || by == Point::default() {
            // It is gone, for an undo or a fault came in between press and release; or it is back home,
            // which need not lie on the grid.
            return;
        }
        match part {
            Part::Machine(machine) => {
                let command = match self.target(at) {
                    Target::Canvas(_) => {
                        let corner = self.scene.boxes[part].corner();
                        intent::move_machine(&self.design, machine, &Target::Canvas(snapped(corner + by)))
                    }
                    target => intent::move_machine(&self.design, machine, &target),
                };
                if let Some(command) = command {
                    self.perform(command);
                }
            }
            Part::Group(group) => {
                let from = self.design.groups[group].at;
                self.move_to(from, snapped(from + by), |from, to| Command::MoveGroup {
                    group: group.clone(),
                    from,
                    to,
                });
            }
            Part::Client(client) => {
                let from = self.design.clients[client].at;
                self.move_to(from, snapped(from + by), |from, to| Command::MoveClient {
                    client: client.clone(),
                    from,
                    to,
                });
            }
            Part::Entry(_) | Part::Store(..) | Part::Instance(_) => {}
        }
    }

    fn move_to(&mut self, from: Point, to: Point, command: impl FnOnce(Point, Point) -> Command) {
        if from != to {
            self.perform(command(from, to));
        }
    }

    /// Moves what is chosen by `by` canvas units, off the grid if that is where it goes: the arrow keys'
    /// way.
    pub fn nudge(&mut self, by: Point) {
        let command = match &self.selection {
            Some(Part::Group(group)) => {
                let from = self.design.groups[group].at;
                Some(Command::MoveGroup { group: group.clone(), from, to: from + by })
            }
            Some(Part::Client(client)) => {
                let from = self.design.clients[client].at;
                Some(Command::MoveClient { client: client.clone(), from, to: from + by })
            }
            Some(part @ Part::Machine(machine)) if !self.scene.group_of.contains_key(machine) => {
                let corner = self.scene.boxes[part].corner();
                intent::move_machine(&self.design, machine, &Target::Canvas(corner + by))
            }
            _ => None,
        };
        if let Some(command) = command {
            self.perform(command);
        }
    }

    fn place_at(&mut self, piece: Piece, at: Point) {
        match piece {
            Piece::Machine => {
                let target = self.target(at);
                let (machine, command) = intent::add_machine(&self.design, Machine::default(), &target);
                self.perform(command);
                self.selection = Some(Part::Machine(machine));
            }
            Piece::Group => {
                let title = self.new_group_title.clone();
                let corner = snapped(at - Point::new(60.0, 20.0));
                let (group, command) = intent::add_group(&self.design, Layout::Cluster, title, corner);
                self.perform(command);
                self.selection = Some(Part::Group(group));
            }
        }
    }

    fn place_in(&mut self, piece: Piece, group: Option<GroupId>) {
        let chosen = || match self.selection.as_ref()? {
            Part::Group(group) | Part::Entry(group) | Part::Store(group, _) => Some(group.clone()),
            Part::Instance(instance) => Some(instance.group.clone()),
            Part::Machine(machine) => self.scene.group_of.get(machine).cloned(),
            Part::Client(_) => None,
        };
        let group = group.or_else(chosen).or_else(|| self.design.groups.keys().next().cloned());
        match (piece, group) {
            (Piece::Machine, Some(group)) => {
                let target = Target::Group(group);
                let (machine, command) = intent::add_machine(&self.design, Machine::default(), &target);
                self.perform(command);
                self.selection = Some(Part::Machine(machine));
            }
            (piece, _) => {
                let spot = self.free_spot();
                self.place_at(piece, spot + Point::new(60.0, 20.0));
            }
        }
    }

    /// A place below everything.
    fn free_spot(&self) -> Point {
        let bounds = self.scene.bounds();
        snapped(bounds.map_or(Point::default(), |all| Point::new(all.x + 180.0, all.bottom() + 30.0)))
    }
}

/// The title of a module, as the business says it.
pub fn module_title<'a>(design: &'a Design, name: &str) -> Option<&'a Text> {
    let id: ModuleId = name.parse().ok()?;
    design.business.modules.get(&id)?.title.as_ref()
}

fn snapped(point: Point) -> Point {
    Point::new((point.x / GRID).round() * GRID, (point.y / GRID).round() * GRID)
}
