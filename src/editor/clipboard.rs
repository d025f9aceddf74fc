//! Copies: what is chosen as a text, and such a text as parts.

use archlab_model::{Design, DocumentError, GroupId, MachineId, Point, Target, document, intent};

use crate::editor::Editor;
use crate::editor::geometry::Rect;
use crate::editor::moving::reached;
use crate::editor::scene::{Part, Scene};
use crate::editor::selection::Selection;
use crate::editor::snap::to_grid;
use crate::editor::tools::owner;

/// Between an original and the copy beside it.
const BESIDE: f64 = 40.0;
/// How many places beside the originals are tried.
const TRIES: u32 = 64;

impl Editor {
    /// What is chosen, as a text for the clipboard. None if nothing is that can be copied.
    pub fn copied(&self) -> Option<String> {
        let fragment = self.fragment(&self.selection);
        (!is_empty(&fragment)).then(|| document::save_fragment(&fragment))
    }

    /// Whether something is chosen that can be copied.
    pub fn can_copy(&self) -> bool {
        self.selection.iter().any(|part| owner(part.clone(), &self.scene).is_some())
    }

    /// Adds the parts that a text holds, at a point or else beside what they are copies of, and chooses
    /// them. Machines that come in no group join the group that is there or that is chosen. One step.
    ///
    /// # Errors
    ///
    /// What is wrong with the text; then nothing is changed.
    pub fn paste(&mut self, text: &str, at: Option<Point>) -> Result<(), DocumentError> {
        let fragment = document::open_fragment(text)?;
        let at = at.map(reached);
        let Some(area) = self.area_of(&fragment) else { return Err(DocumentError::NotAFragment) };
        let only_machines =
            fragment.groups.is_empty() && fragment.clients.is_empty() && fragment.notes.is_empty();
        let group = match at {
            Some(at) => self.scene.group_at(at).cloned(),
            None => self.chosen_group(),
        };
        let by = match at {
            Some(at) => to_grid(area.corner() + at - area.centre()) - area.corner(),
            None => self.beside(area),
        };
        let group = group.filter(|_| only_machines);
        let place = |_: &MachineId, at| match &group {
            Some(group) => Target::Group(group.clone()),
            None => Target::Canvas(at),
        };
        self.put(&fragment, by, place, |_| None)
    }

    /// Adds a copy of what is chosen beside it: machines and groups within a group join that group again. One
    /// step.
    ///
    /// # Errors
    ///
    /// There would be too many of something.
    pub fn duplicate(&mut self) -> Result<(), DocumentError> {
        let fragment = self.fragment(&self.selection);
        let Some(area) = self.area_of(&fragment) else { return Ok(()) };
        let scene = self.shared_scene();
        let by = self.beside(area);
        let place = |machine: &MachineId, at| match scene.seated.get(machine) {
            Some(group) => Target::Group(group.clone()),
            None => Target::Canvas(at),
        };
        self.put(&fragment, by, place, |group| scene.held.get(group).cloned())
    }

    /// Adds copies of `parts` where a drag by `by` lets go of them; machines join the group there.
    pub(super) fn drop_copies(&mut self, parts: &[Part], by: Point, at: Point) {
        let fragment = self.fragment(&parts.iter().cloned().collect());
        let by = self.snapped_drag(parts, by, at).by;
        let group = self.group_under(at, parts);
        let into = group.clone().filter(|_| fragment.groups.is_empty());
        let place = |_: &MachineId, at| match &into {
            Some(group) => Target::Group(group.clone()),
            None => Target::Canvas(at),
        };
        // More than a design may hold is not added: the drag then leaves no trace.
        let _ = self.put(&fragment, by, place, |_| group.clone());
    }

    /// The chosen parts as a design of their own; a machine whose group does not come along lies where it
    /// is seen.
    fn fragment(&self, parts: &Selection) -> Design {
        let mut fragment = Design::default();
        let owners: Selection = parts.iter().filter_map(|part| owner(part.clone(), &self.scene)).collect();
        for part in &owners {
            match part {
                Part::Group(id) => {
                    for id in std::iter::once(id).chain(self.groups_within(id).iter()) {
                        let Some(mut group) = self.design.groups.get(id).cloned() else { continue };
                        if let Some(seen) = self.scene.boxes.get(&Part::Group(id.clone()))
                            && self.scene.held.contains_key(id)
                        {
                            group.at = reached(seen.corner());
                        }
                        fragment.groups.insert(id.clone(), group.clone());
                        for machine in group.machines() {
                            let value = self.design.machines.get(machine).cloned().unwrap_or_default();
                            fragment.machines.insert(machine.clone(), value);
                        }
                    }
                }
                Part::Machine(id) => {
                    let (Some(machine), Some(seen)) =
                        (self.design.machines.get(id), self.scene.boxes.get(part))
                    else {
                        continue;
                    };
                    let mut machine = machine.clone();
                    machine.at = Some(machine.at.unwrap_or(reached(seen.corner())));
                    fragment.machines.entry(id.clone()).or_insert(machine);
                }
                Part::Client(id) => {
                    fragment.clients.extend(self.design.clients.get(id).map(|it| (id.clone(), it.clone())));
                }
                Part::Note(id) => {
                    fragment.notes.extend(self.design.notes.get(id).map(|it| (id.clone(), it.clone())));
                }
                Part::Entry(_) | Part::Store(..) | Part::Instance(_) => {}
            }
        }
        let seated: Vec<MachineId> = fragment.groups.values().flat_map(|it| it.machines().cloned()).collect();
        for machine in seated {
            if let Some(machine) = fragment.machines.get_mut(&machine) {
                machine.at = None;
            }
        }
        fragment
    }

    /// The groups that lie in a group, at any depth.
    fn groups_within(&self, group: &GroupId) -> Vec<GroupId> {
        let content = self.scene.with_content(&Part::Group(group.clone()));
        let inner = content.into_iter().filter_map(|part| match part {
            Part::Group(inner) if inner != *group => Some(inner),
            _ => None,
        });
        inner.collect()
    }

    /// What a fragment would cover on the canvas; none if it is empty.
    fn area_of(&self, fragment: &Design) -> Option<Rect> {
        let here = Design { business: self.design.business.clone(), ..fragment.clone() };
        Scene::of(&here, &Default::default()).bounds()
    }

    fn put(
        &mut self,
        fragment: &Design,
        by: Point,
        place: impl Fn(&MachineId, Point) -> Target,
        holder: impl Fn(&GroupId) -> Option<GroupId>,
    ) -> Result<(), DocumentError> {
        let machines = self.design.machines.len() + fragment.machines.len();
        if machines > document::MAX_MACHINES {
            let (path, limit) = ("machines".to_owned(), document::MAX_MACHINES);
            return Err(DocumentError::TooMany { path, count: machines, limit });
        }
        let Some((pasted, command)) = intent::paste(&self.design, fragment, by, place) else { return Ok(()) };
        let mut draft = self.draft();
        draft.perform(Some(command));
        let originals = fragment.groups.keys().filter(|id| fragment.holder_of(id).is_none());
        for (original, copy) in originals.zip(&pasted.groups) {
            if let Some(holder) = holder(original) {
                draft.perform(intent::seat_group(draft.design(), copy, &holder, None));
            }
        }
        document::check_bounds(draft.design())?;
        if let Some(command) = draft.finish() {
            self.perform(command);
        }
        let groups = pasted.groups.into_iter().map(Part::Group);
        let machines = pasted.machines.into_iter().map(Part::Machine);
        let clients = pasted.clients.into_iter().map(Part::Client);
        let notes = pasted.notes.into_iter().map(Part::Note);
        let all: Selection = groups.chain(machines).chain(clients).chain(notes).collect();
        self.selection = all.without_content(&self.scene);
        Ok(())
    }

    /// How far copies of what lies in `area` go, so that they lie beside it and on nothing else: small
    /// things to the right, large ones below. Where the originals cannot be seen, into the middle of what can.
    fn beside(&self, area: Rect) -> Point {
        let by = self.room_beside(area);
        // What is strewn over the whole canvas has no room beside it, and nothing lies beyond the canvas: then the
        // copy lies on it, a little off.
        let copy = area.moved(by);
        let corners = [copy.corner(), Point::new(copy.right(), copy.bottom())];
        if corners.into_iter().all(|corner| corner == reached(corner)) {
            by
        } else {
            Point::new(BESIDE, BESIDE)
        }
    }

    fn room_beside(&self, area: Rect) -> Point {
        let seen = Rect::between(
            self.camera.to_canvas(self.view.corner()),
            self.camera.to_canvas(Point::new(self.view.right(), self.view.bottom())),
        );
        if !seen.meets(area) && self.view.w > 0.0 {
            return to_grid(area.corner() + seen.centre() - area.centre()) - area.corner();
        }
        let step = if area.w > area.h * 2.5 || area.w > seen.w / 2.0 {
            Point::new(0.0, area.h + BESIDE)
        } else {
            Point::new(area.w + BESIDE, 0.0)
        };
        let step = Point::new((step.x / 10.0).ceil() * 10.0, (step.y / 10.0).ceil() * 10.0);
        let is_free = |by: &Point| !self.scene.boxes.values().any(|rect| rect.meets(area.moved(*by)));
        let steps = (1..=TRIES).map(|step_count| {
            let times = f64::from(step_count);
            Point::new(step.x * times, step.y * times)
        });
        steps.into_iter().find(is_free).unwrap_or(step)
    }
}

fn is_empty(fragment: &Design) -> bool {
    fragment.groups.is_empty()
        && fragment.machines.is_empty()
        && fragment.clients.is_empty()
        && fragment.notes.is_empty()
}
