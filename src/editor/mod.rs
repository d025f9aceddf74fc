//! The hand: selection, tools, camera and history over a design. Headless: it knows points and keys,
//! not the browser.

pub mod align;
mod arrange;
pub mod camera;
mod carry;
mod clipboard;
pub mod deed;
pub mod detail;
mod draft;
mod drop;
pub mod errand;
mod foretell;
pub mod geometry;
pub mod grasp;
pub mod history;
pub mod input;
mod journey;
mod keeping;
mod landing;
mod looking;
mod moving;
mod nesting;
pub mod pieces;
mod placing;
mod ports;
pub mod renaming;
pub mod scene;
pub mod selection;
pub mod snap;
mod taken;
pub mod tools;
pub mod walk;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use archlab_model::command::{Command, Sheet};
use archlab_model::{Design, GroupId, InstanceId, Layout, MachineId, ModuleId, Point, Text, intent};

use crate::editor::camera::Camera;
use crate::editor::draft::Draft;
use crate::editor::geometry::Rect;
use crate::editor::history::History;
use crate::editor::input::{Held, Input};
use crate::editor::renaming::Renaming;
use crate::editor::scene::{Line, Part, Scene};
use crate::editor::selection::Selection;
use crate::editor::tools::{Request, Surroundings, Tool};

pub use crate::editor::carry::Spot;
pub use crate::editor::drop::DropEffect;
pub use crate::editor::grasp::{Grasp, HandEffect, Outcome};
pub use crate::editor::snap::GRID;

/// A design under a hand.
#[derive(Debug, Default)]
pub struct Editor {
    design: Design,
    history: History,
    scene: Rc<Scene>,
    seen: Option<Rc<Scene>>,
    placed: BTreeMap<InstanceId, MachineId>,
    /// What the hand is doing.
    pub tool: Tool,
    /// What is chosen.
    pub selection: Selection,
    /// What is renamed in place.
    pub renaming: Option<Renaming>,
    /// Whether the history list is shown.
    pub shows_history: bool,
    /// Where the pointer is, in CSS pixels of the stage; none while it is elsewhere, or there is none.
    pub pointer: Option<Point>,
    /// What the pointer is on.
    hovered: Option<Part>,
    /// Whether a finger was there last: it needs more room than a mouse.
    pub is_touched: bool,
    line: Option<Line>,
    /// What waits for its second part.
    pub errand: Option<errand::Errand>,
    /// What was copied last: the clipboard of a page that the browser lets have none.
    pub own_clipboard: Option<String>,
    /// Whether things snap to the grid.
    pub snaps_to_grid: bool,
    /// Whether a press adds to what is chosen or takes away from it, as if Shift were held: a finger has none.
    pub selects_several: bool,
    /// The keys that are held.
    pub held: Held,
    /// What part of the canvas is seen.
    pub camera: Camera,
    /// The size of the stage, in CSS pixels.
    pub view: Rect,
    journey: journey::Journey,
    foretold: foretell::Foretold,
    taken: taken::Taken,
    carry: Option<carry::Carry>,
    /// The part that the focus should go to, if a key chose it.
    pub attention: Option<Part>,
    /// Whether a person chose what the camera shows: then it does not move by itself.
    camera_is_chosen: bool,
    /// The title of a group that is made by hand.
    pub new_group_title: Text,
    /// Under which name the design is kept.
    document: String,
    changes: u64,
    run_changes: u64,
    opened: u64,
}

impl Editor {
    /// An editor of `design`.
    pub fn of(design: Design) -> Editor {
        let mut editor = Editor { design, snaps_to_grid: true, ..Editor::default() };
        editor.rebuild();
        editor
    }

    /// Under which name the design is kept.
    pub fn document(&self) -> &str {
        &self.document
    }

    /// Goes on under another name.
    pub fn keep_as(&mut self, name: String) {
        self.document = name;
    }

    /// A number that grows whenever another document takes the place of the whole design.
    pub fn opened(&self) -> u64 {
        self.opened
    }

    /// Opens another document in place of this one, as one step.
    pub fn open(&mut self, name: String, design: Design) {
        let from = Box::new(Sheet { name: self.document.clone(), design: self.design.clone() });
        self.perform(Command::Open { from, to: Box::new(Sheet { name, design }) });
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
        let document = name_of(&command, false);
        self.history.perform(command, &mut self.design);
        self.changed_to(document);
        self.changed(cosmetic);
    }

    /// Takes the last step back. `false` if there is none.
    pub fn undo(&mut self) -> bool {
        let depth = self.history.depth();
        if depth > 0 {
            self.go_to_step(depth - 1);
        }
        depth > 0
    }

    /// Does the last undone step again. `false` if there is none.
    pub fn redo(&mut self) -> bool {
        let some = self.history.undone() > 0;
        if some {
            self.go_to_step(self.history.depth() + 1);
        }
        some
    }

    /// What was done and undone.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// Goes back or forward to where `depth` steps are done.
    pub fn go_to_step(&mut self, depth: usize) {
        let (mut moved, mut cosmetic, mut document) = (false, true, None);
        loop {
            let back = self.history.depth() > depth;
            let step = match self.history.depth() {
                now if now > depth => self.history.undo(&mut self.design),
                now if now < depth => self.history.redo(&mut self.design),
                _ => None,
            };
            let Some(command) = step else { break };
            (moved, cosmetic) = (true, cosmetic && command.is_cosmetic());
            document = name_of(command, back).or(document);
        }
        if moved {
            self.changed_to(document);
            self.changed(cosmetic);
        }
    }

    /// Takes notice of where instances run now, apart from where the layout put them.
    pub fn set_placed(&mut self, placed: BTreeMap<InstanceId, MachineId>) {
        if self.placed != placed {
            self.placed = placed;
            self.rebuild();
            self.fit_if_free();
        }
    }

    /// Takes notice of another document in place of the whole design.
    fn changed_to(&mut self, document: Option<String>) {
        if let Some(document) = document {
            self.document = document;
            self.opened += 1;
            self.placed.clear();
            self.selection.clear();
            self.fit();
        }
    }

    fn changed(&mut self, cosmetic: bool) {
        self.changes += 1;
        if !cosmetic {
            self.fit_if_free();
        }
        self.run_changes += u64::from(!cosmetic);
        self.rebuild();
        self.selection.retain(|part| self.scene.boxes.contains_key(part));
        self.line = self.line.take().filter(|line| self.scene.has_line(line));
        self.hovered = self.hovered.take().filter(|part| self.scene.boxes.contains_key(part));
        if let Some(Renaming::Part(part)) = &self.renaming
            && !self.scene.boxes.contains_key(part)
        {
            self.renaming = None;
        }
    }

    fn rebuild(&mut self) {
        self.scene = Rc::new(Scene::of(&self.design, &self.placed));
        self.seen = None;
    }

    /// Takes what the hand did.
    pub fn on(&mut self, input: Input) {
        if let Input::Hold(held) = input {
            self.held = held;
            return;
        }
        let ports = self.ports();
        let reach = (self.port_reach(), self.line_reach());
        let tool = std::mem::take(&mut self.tool);
        let around = Surroundings {
            scene: self.seen.as_ref().unwrap_or(&self.scene),
            camera: &self.camera,
            selection: &self.selection,
            held: Held { shift: self.held.shift || self.selects_several, ..self.held },
            ports: &ports,
            reach,
            is_touched: self.is_touched,
        };
        let (tool, request) = tool.on(input, around);
        self.tool = tool;
        match request {
            None => {}
            Some(Request::Select(selection)) => {
                // A box adds to what was chosen when it began; an undo may have come in between.
                self.selection = selection;
                self.selection.retain(|part| self.scene.boxes.contains_key(part));
                self.line = None;
            }
            Some(Request::Choose(line)) => self.choose_line(line),
            Some(Request::HandOver(grasp, at)) => {
                if let Some(outcome) = self.outcome_at(&grasp, at) {
                    self.carry_out(outcome);
                }
            }
            Some(Request::Look(camera)) if camera == self.camera => {}
            Some(Request::Look(camera)) => self.put_camera(camera),
            Some(Request::Drop { parts, by, at }) => self.drop_parts(&parts, by, at),
            Some(Request::Resize(note, by)) => {
                let size = self.design.notes.get(&note).map(|value| value.size + by);
                if let Some(size) = size {
                    self.resize_note(&note, size);
                }
            }
            Some(Request::PlaceAt(piece, at)) => self.place_at(piece, at),
            Some(Request::PlaceIn(piece, group)) => self.place_in(piece, group),
        }
        if self.tool == Tool::Idle {
            self.carry = None;
        }
    }

    /// Gives the group another layout.
    pub fn set_layout(&mut self, group: &GroupId, to: Layout) {
        let mut draft = self.draft();
        draft.perform(intent::set_layout(&self.design, group, to));
        if to == Layout::Free && draft.design().groups.get(group) != self.design.groups.get(group) {
            // It begins as it is seen.
            draft.perform(intent::set_places(draft.design(), group, self.seen_places(group)));
        }
        if let Some(command) = draft.finish() {
            self.perform(command);
        }
    }

    /// Removes what is chosen, with what depends on it, as one step.
    pub fn remove_selected(&mut self) {
        let mut chosen = self.selection.clone();
        chosen.retain(|part| !self.scene.locked.contains(part));
        let removed = drafted(&self.design, &chosen, &mut |design, part| match part {
            Part::Machine(machine) => intent::remove_machine(design, machine),
            Part::Group(group) => intent::remove_group(design, group),
            Part::Client(client) => intent::remove_client(design, client),
            Part::Note(note) => intent::remove_note(design, note),
            Part::Entry(_) | Part::Store(..) | Part::Instance(_) => None,
        });
        if let Some(command) = removed {
            self.perform(intent::with_dependents(&self.design, command));
        }
    }

    /// Chooses everything that a person placed.
    pub fn select_all(&mut self) {
        self.selection = Selection::all(&self.scene);
    }

    /// Adds beside `group` another one like it, in another layout, with machines of its own and the
    /// same clients, for comparison.
    pub fn compare(&mut self, group: &GroupId, layout: Layout) {
        let Some(original) = self.design.groups.get(group) else { return };
        let at = Point::new(original.at.x, self.scene.bounds().map_or(0.0, |all| all.bottom()) + 32.0);
        let title = original.title.clone();
        if let Some((copy, command)) = intent::copy_group(&self.design, group, layout, title, at) {
            self.perform(command);
            self.selection = Part::Group(copy).into();
            self.fit();
        }
    }

    /// The parts that are being dragged, and how far. What is copied stays where it is.
    pub fn dragged(&self) -> Option<(Rc<BTreeSet<Part>>, Point)> {
        let (moved, snapped) = self.drag()?;
        (!self.held.alt).then_some((moved, snapped.by))
    }

    /// Does something to each of several parts, as one step: each as the ones before left the design.
    fn perform_for_each<'a>(
        &mut self,
        parts: impl IntoIterator<Item = &'a Part>,
        mut intent: impl FnMut(&Design, &Part) -> Option<Command>,
    ) {
        if let Some(command) = drafted(&self.design, parts, &mut intent) {
            self.perform(command);
        }
    }
}

/// What is done to each of several parts, as one command; none if it is nothing.
fn drafted<'a>(
    design: &Design,
    parts: impl IntoIterator<Item = &'a Part>,
    intent: &mut impl FnMut(&Design, &Part) -> Option<Command>,
) -> Option<Command> {
    let mut draft = Draft::of(design);
    for part in parts {
        draft.perform(intent(draft.design(), part));
    }
    draft.finish()
}

/// The title of a module, as the business says it.
pub fn module_title<'a>(design: &'a Design, name: &str) -> Option<&'a Text> {
    let id: ModuleId = name.parse().ok()?;
    design.business.modules.get(&id)?.title.as_ref()
}

/// The name of the document that a command opens, or opened before if it is taken back.
fn name_of(command: &Command, back: bool) -> Option<String> {
    match command {
        Command::Open { from, to } => Some(if back { from.name.clone() } else { to.name.clone() }),
        _ => None,
    }
}
