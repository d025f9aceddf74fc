//! What a person changes by hand of what a layout made.

use crate::by_hand::{ByHand, Places, ServiceByHand};
use crate::command::Command;
use crate::deployment::{Deployment, Service};
use crate::design::Design;
use crate::group::{Group, Layout};
use crate::id::{FunctionId, GroupId, InstanceId, MachineId, ServiceId};
use crate::intent::{Draft, Target, fresh_machine};
use crate::layout;
use crate::machine::Machine;
use crate::text::Text;

/// Moves a function to another service of its group, its calls with it. `None` if it is there, or one of
/// them is not.
pub fn move_function(
    design: &Design,
    group: &GroupId,
    function: &FunctionId,
    to: &ServiceId,
) -> Option<Command> {
    let there = deployed(design, group)?;
    there.services.iter().find(|service| service.id == *to)?;
    let from = there.service_of(function)?;
    if from.id == *to {
        return None;
    }
    change(design, group, |hand| send(hand, function, to))
}

/// Makes a service of its own of some functions of a service, called as the first of them. `None` if it
/// does not hold them, or holds nothing else.
pub fn split_service(
    design: &Design,
    group: &GroupId,
    service: &ServiceId,
    functions: &[FunctionId],
) -> Option<(ServiceId, Command)> {
    let there = deployed(design, group)?;
    let whole = there.services.iter().find(|known| known.id == *service)?;
    let leaving: Vec<&FunctionId> =
        whole.functions.iter().filter(|function| functions.contains(function)).collect();
    let first = *leaving.first()?;
    if leaving.len() == whole.functions.len() {
        return None;
    }
    let value = &design.groups[group];
    let taken = |name: &ServiceId| there.services.iter().any(|service| service.id == *name);
    let name = layout::free_name(first.as_str(), taken);
    let command = change(design, group, |hand| {
        for function in &leaving {
            send(hand, function, &name);
        }
        // The part that leaves has as many copies as the whole had, where they were put.
        if let Some(changed) = value.by_hand.services.get(service) {
            let kept = ServiceByHand { title: None, ..changed.clone() };
            hand.services.insert(name.clone(), kept);
        }
    })?;
    Some((name, command))
}

/// Puts all functions of one service into another of the same group. `None` if they are one, or one of
/// them is not.
pub fn merge_services(
    design: &Design,
    group: &GroupId,
    from: &ServiceId,
    into: &ServiceId,
) -> Option<Command> {
    let there = deployed(design, group)?;
    let find = |id: &ServiceId| there.services.iter().find(|service| service.id == *id);
    let (gone, _) = (find(from)?, find(into)?);
    if from == into {
        return None;
    }
    change(design, group, |hand| {
        for function in &gone.functions {
            send(hand, function, into);
        }
        hand.services.shift_remove(from);
    })
}

/// Lets so many copies of a service run. `None` if so many do already, or the layout has one on each
/// machine.
pub fn set_replicas(design: &Design, group: &GroupId, service: &ServiceId, count: u32) -> Option<Command> {
    let value = design.groups.get(group)?;
    deployed(design, group)?.services.iter().find(|known| known.id == *service)?;
    if value.layout == Layout::Cluster {
        return None;
    }
    change(design, group, |hand| {
        hand.services.entry(service.clone()).or_default().replicas = Some(count);
    })
}

/// One copy more of a service: in a cluster and in a group within a group, one machine more; else a copy
/// more on the machines there are.
pub fn add_replica(design: &Design, group: &GroupId, service: &ServiceId) -> Option<Command> {
    let (value, known) = known_service(design, group, service)?;
    if let Some(pool) = machines_make_copies(group, value, &known) {
        let like = design.groups.get(pool)?.machines().last().and_then(|id| design.machines.get(id));
        let like = like.map(|machine| Machine { title: None, ..machine.clone() });
        let mut draft = Draft::of(design);
        let name = fresh_machine(&draft.design);
        draft.add(name, like.unwrap_or_default(), &Target::Group(pool.clone()));
        return draft.finish();
    }
    set_replicas(design, group, service, copies(&known) + 1)
}

/// One copy less of a service: in a cluster and in a group within a group, the last machine leaves; else
/// the last copy does. `None` if it has a single one.
pub fn remove_replica(design: &Design, group: &GroupId, service: &ServiceId) -> Option<Command> {
    let (value, known) = known_service(design, group, service)?;
    if let Some(pool) = machines_make_copies(group, value, &known) {
        let machines: Vec<&MachineId> = design.groups.get(pool)?.machines().collect();
        let last = machines.last().filter(|_| machines.len() > 1)?;
        return super::remove_machine(design, last);
    }
    let count = copies(&known);
    if count < 2 {
        return None;
    }
    set_replicas(design, group, service, count - 1)
}

/// Puts an instance on another machine of its group. `None` if it is put there already, or one of them is
/// not in the group.
pub fn pin(design: &Design, instance: &InstanceId, machine: &MachineId) -> Option<Command> {
    let group = design.groups.get(&instance.group)?;
    if !design.machines_in(group).contains(&machine) {
        return None;
    }
    let there = deployed(design, &instance.group)?;
    let mut all = there.services.iter().flat_map(|service| &service.instances);
    let known = all.find(|known| known.id == *instance)?;
    if known.machine == *machine {
        return None;
    }
    change(design, &instance.group, |hand| {
        let service = hand.services.entry(instance.service.clone()).or_default();
        service.machines.insert(instance.number, machine.clone());
    })
}

/// Lets the layout choose the machine of an instance again. `None` if it does already.
pub fn unpin(design: &Design, instance: &InstanceId) -> Option<Command> {
    change(design, &instance.group, |hand| {
        if let Some(service) = hand.services.get_mut(&instance.service) {
            service.machines.remove(&instance.number);
        }
    })
}

/// Calls a service of a group something else; as the layout calls it, if nothing. `None` if it is called
/// that already, or is not in the group.
pub fn rename_service(
    design: &Design,
    group: &GroupId,
    service: &ServiceId,
    title: Option<Text>,
) -> Option<Command> {
    known_service(design, group, service)?;
    change(design, group, |hand| hand.services.entry(service.clone()).or_default().title = title)
}

/// Puts things where a person wants them in a group that arranges nothing. `None` if they stand there.
pub fn set_places(design: &Design, group: &GroupId, places: Places) -> Option<Command> {
    change(design, group, |hand| hand.places = places)
}

/// Forgets all that was changed by hand in a group but where things stand: the layout arranges it again.
/// `None` if nothing was.
pub fn arrange_again(design: &Design, group: &GroupId) -> Option<Command> {
    let from = &design.groups.get(group)?.by_hand;
    let to = ByHand { places: from.places.clone(), ..ByHand::default() };
    if *from == to {
        return None;
    }
    let mut draft = Draft::of(design);
    draft.set_by_hand(group, to);
    draft.finish()
}

/// Changes what was changed by hand in a group, and cleans it up. `None` if that comes to nothing.
pub(super) fn change(design: &Design, group: &GroupId, edit: impl FnOnce(&mut ByHand)) -> Option<Command> {
    let mut value = design.groups.get(group)?.clone();
    edit(&mut value.by_hand);
    let to = layout::clean(design, &value);
    let mut draft = Draft::of(design);
    draft.set_by_hand(group, to);
    draft.finish()
}

/// What a group deploys. `None` if it is not in the design.
pub(super) fn deployed(design: &Design, group: &GroupId) -> Option<Deployment> {
    Some(layout::deploy(design, group, design.groups.get(group)?))
}

fn send(hand: &mut ByHand, function: &FunctionId, to: &ServiceId) {
    hand.functions.shift_remove(function);
    hand.functions.insert(function.clone(), to.clone());
}

fn known_service<'a>(
    design: &'a Design,
    group: &GroupId,
    service: &ServiceId,
) -> Option<(&'a Group, Service)> {
    let value = design.groups.get(group)?;
    let services = deployed(design, group)?.services;
    Some((value, services.into_iter().find(|known| known.id == *service)?))
}

/// The group whose machines each run one copy of a service, if it is machines that make copies.
fn machines_make_copies<'a>(id: &'a GroupId, group: &Group, service: &'a Service) -> Option<&'a GroupId> {
    service.balanced_by.as_ref().or((group.layout == Layout::Cluster).then_some(id))
}

fn copies(service: &Service) -> u32 {
    u32::try_from(service.instances.len()).unwrap_or(u32::MAX)
}
