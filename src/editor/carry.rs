//! Carrying a machine or a group by keyboard: it is picked up, arrows choose where it goes, Enter puts it down.
//!
//! To the rest of the editor it is a drag: what a drop would do is told and done in the same way.

use archlab_model::{GroupId, MachineId, Point};

use crate::editor::Editor;
use crate::editor::input::Input;
use crate::editor::scene::{MACHINE_HEADER, MACHINE_WIDTH, Part};
use crate::editor::tools::{Tool, draggable};

/// Somewhere a carried part can be put down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Spot {
    /// Where it was.
    Home,
    /// In a group.
    Group(GroupId),
    /// On a machine.
    Machine(MachineId),
    /// On the canvas, in no group.
    Canvas,
}

/// What is carried.
#[derive(Debug, Clone, Default)]
pub struct Carry {
    /// Where it can go.
    spots: Vec<(Spot, Point)>,
    chosen: usize,
}

impl Editor {
    /// Whether what is chosen can be picked up.
    pub fn can_pick_up(&self) -> bool {
        self.tool == Tool::Idle && self.spots_for_chosen().is_some_and(|(_, spots)| spots.len() > 1)
    }

    /// Picks up what is chosen.
    pub fn pick_up(&mut self) {
        let Some((part, spots)) = self.spots_for_chosen() else { return };
        let Some((_, start)) = spots.first().cloned() else { return };
        self.carry = Some(Carry { spots, chosen: 0 });
        self.tool = Tool::Dragging { part, others: Vec::new(), start, now: start };
        self.foretell();
    }

    /// Where what is carried would be put down now; none if nothing is carried.
    pub fn carried_to(&self) -> Option<&Spot> {
        let carry = self.carry.as_ref().filter(|_| matches!(self.tool, Tool::Dragging { .. }))?;
        carry.spots.get(carry.chosen).map(|(spot, _)| spot)
    }

    /// Carries on to the next spot, or back to the one before.
    pub fn carry_on(&mut self, backward: bool) {
        let Some(carry) = &mut self.carry else { return };
        let count = carry.spots.len();
        carry.chosen = (carry.chosen + if backward { count - 1 } else { 1 }) % count;
        let at = carry.spots[carry.chosen].1;
        let place = match self.carried_to().cloned() {
            Some(Spot::Group(id)) => Some(Part::Group(id)),
            Some(Spot::Machine(id)) => Some(Part::Machine(id)),
            _ => None,
        };
        if let Some(place) = place {
            self.reveal(&place);
        }
        if let Tool::Dragging { now, .. } = &mut self.tool {
            *now = at;
        }
        // Not with the next frame: who listens may be told before it.
        self.foretell();
    }

    /// Puts down what is carried, where it is.
    pub fn put_down(&mut self) {
        let Some(carry) = self.carry.take() else { return };
        let (_, at) = &carry.spots[carry.chosen];
        self.attention = self.selection.last().cloned();
        self.on(Input::Release(self.camera.to_screen(*at)));
        self.tool = Tool::Idle;
    }

    /// The part that would be picked up, and where it could go: first of all where it is.
    fn spots_for_chosen(&self) -> Option<(Part, Vec<(Spot, Point)>)> {
        let part = draggable(self.selection.single()?.clone(), &self.scene)?;
        let rect = *self.scene.boxes.get(&part)?;
        let grip = rect.corner() + Point::new(MACHINE_WIDTH / 2.0, 16.0);
        let mut spots = vec![(Spot::Home, grip)];
        match &part {
            Part::Machine(_) | Part::Group(_) => {
                for group in self.homes_for(&part) {
                    let Some(area) = self.scene.boxes.get(&Part::Group(group.clone())) else { continue };
                    let at = Point::new(area.centre().x, area.y + self.scene.header_of(&group) / 2.0);
                    spots.push((Spot::Group(group), at));
                }
                if self.scene.home_of(&part).is_some() {
                    spots.push((Spot::Canvas, self.free_spot() + Point::new(MACHINE_WIDTH / 2.0, 16.0)));
                }
            }
            Part::Instance(instance) => {
                let home = self.scene.host(instance);
                let group = self.design.groups.get(&instance.group)?;
                for machine in group.machines().filter(|machine| Some(*machine) != home) {
                    let Some(card) = self.scene.boxes.get(&Part::Machine(machine.clone())) else { continue };
                    // By its header: on a row stands another service.
                    let at = Point::new(card.centre().x, card.y + MACHINE_HEADER / 2.0);
                    spots.push((Spot::Machine(machine.clone()), at));
                }
            }
            _ => {}
        }
        Some((part, spots))
    }
}
