//! What needs a second part to be done: where a copy moves to, what a service becomes part of, where a call
//! leads to. A hand shows it by a drag; who has none chooses it from a list.

use archlab_model::{FunctionId, GroupId, InstanceId, Layout, StoreId, StoreKind, intent};

use crate::editor::Editor;
use crate::editor::grasp::{Grasp, HandEffect, Outcome};
use crate::editor::scene::Part;

/// Something that waits for its second part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Errand {
    /// A copy goes to another machine.
    Move(InstanceId),
    /// The service of a copy becomes part of another one.
    Merge(InstanceId),
    /// Some functions of the service of a copy leave it.
    Split(InstanceId),
    /// A call leads from a part.
    Connect(Part),
    /// The data of a store lies in another one.
    Share(GroupId, StoreId),
}

impl Editor {
    /// What can be chosen for an errand: each part, and what it does. A split chooses functions instead.
    pub fn offers(&self, errand: &Errand) -> Vec<(Part, HandEffect)> {
        match errand {
            Errand::Move(instance) => {
                let Some(group) = self.design.groups.get(&instance.group) else { return Vec::new() };
                let home = self.scene.host(instance);
                let others = self.design.machines_in(group).into_iter().filter(|id| Some(*id) != home);
                let seats = |id: &archlab_model::MachineId| {
                    let (instance, machine) = (instance.clone(), id.clone());
                    (Part::Machine(id.clone()), HandEffect::Seats { instance, machine })
                };
                others.map(seats).collect()
            }
            Errand::Merge(instance) => {
                let Some(there) = self.scene.deployments.get(&instance.group) else { return Vec::new() };
                let others = there.services.iter().filter(|service| service.id != instance.service);
                let merges = |service: &archlab_model::Service| {
                    let (group, from) = (instance.group.clone(), instance.service.clone());
                    let effect = HandEffect::Merges { group, from, into: service.id.clone() };
                    Some((Part::Instance(service.instances.first()?.id.clone()), effect))
                };
                others.filter_map(merges).collect()
            }
            Errand::Connect(from) => self.landings(from),
            Errand::Share(group, store) => {
                let Some(there) = self.scene.deployments.get(group) else { return Vec::new() };
                let is_data = |kind| matches!(kind, StoreKind::Shared | StoreKind::Own | StoreKind::Named(_));
                let known = there.stores.iter().any(|it| it.id == *store && is_data(it.kind));
                let others = there.stores.iter().filter(|it| known && it.id != *store && is_data(it.kind));
                let shares = |it: &archlab_model::Store| {
                    let (from, into) = (store.clone(), it.id.clone());
                    let effect = HandEffect::Shares { group: group.clone(), from, into };
                    (Part::Store(group.clone(), it.id.clone()), effect)
                };
                others.map(shares).collect()
            }
            Errand::Split(_) => Vec::new(),
        }
    }

    /// Whether there is anything to choose for an errand.
    pub fn can_ask(&self, errand: &Errand) -> bool {
        match errand {
            Errand::Split(instance) => {
                self.scene.service(instance).is_some_and(|service| service.functions.len() > 1)
            }
            errand => !self.offers(errand).is_empty(),
        }
    }

    /// Does an errand with the part that was chosen.
    pub fn run_errand(&mut self, errand: &Errand, to: &Part) {
        let outcome = match errand {
            Errand::Move(instance) | Errand::Merge(instance) => {
                self.outcome_on(&Grasp::Instance(instance.clone()), to)
            }
            Errand::Connect(from) => self.outcome_on(&Grasp::Port(from.clone()), to),
            Errand::Share(group, from) => match to {
                Part::Store(_, into) => {
                    let command = intent::share_store(&self.design, group, from, into);
                    let (group, from, into) = (group.clone(), from.clone(), into.clone());
                    let effect = HandEffect::Shares { group, from, into };
                    Some(Outcome { effect, target: to.clone(), command })
                }
                _ => None,
            },
            Errand::Split(_) => None,
        };
        if let Some(outcome) = outcome {
            self.carry_out(outcome);
        }
    }

    /// Makes a service of its own of some functions of a service, and chooses it.
    pub fn split(&mut self, instance: &InstanceId, functions: &[FunctionId]) {
        let split = intent::split_service(&self.design, &instance.group, &instance.service, functions);
        let Some((service, command)) = split else { return };
        self.perform(command);
        let there = self.scene.deployments.get(&instance.group);
        let made = there.and_then(|there| there.services.iter().find(|known| known.id == service));
        if let Some(copy) = made.and_then(|service| service.instances.first()) {
            self.selection = Part::Instance(copy.id.clone()).into();
        }
    }

    /// Moves a function to another service of its group, or makes one of its own of it.
    pub fn send_function(&mut self, from: &InstanceId, function: &FunctionId, to: Option<&InstanceId>) {
        let grasp = Grasp::Function(from.clone(), function.clone());
        let over = to.map_or(Part::Group(from.group.clone()), |to| Part::Instance(to.clone()));
        if let Some(outcome) = self.outcome_on(&grasp, &over) {
            self.carry_out(outcome);
        }
    }

    /// How many things a person changed by hand in a group: of services, copies and stores. In a group that
    /// arranges nothing all is by hand, and nothing is counted.
    pub fn by_hand_count(&self, group: &GroupId) -> usize {
        let arranged = self.design.groups.get(group).filter(|group| group.layout != Layout::Free);
        let Some(hand) = arranged.map(|group| &group.by_hand) else { return 0 };
        let services = hand.services.values().map(|service| {
            usize::from(service.title.is_some())
                + usize::from(service.replicas.is_some())
                + service.machines.len()
        });
        hand.functions.len() + hand.data.len() + hand.stores.len() + services.sum::<usize>()
    }
}
